//! The compiler of last resort: a `protoc` on the PATH.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What `protoc` makes of files: a `FileDescriptorSet` with all that they import. `None` where there is no `protoc`,
/// where it is too old to know editions, and where it refuses the files too. `known` is a set of what is imported
/// but is in no folder.
pub(in crate::schema) fn protoc(names: &[String], includes: &[PathBuf], known: &[u8]) -> Option<Vec<u8>> {
    // It goes through pipes, as a file beside would have to be made safely; only unix has names for these. A file
    // whose name begins as a flag does cannot be told from one.
    if includes.is_empty() || !cfg!(unix) || names.iter().any(|name| name.starts_with(['-', '@'])) {
        return None;
    }
    let mut command = Command::new("protoc");
    command.args(["--descriptor_set_in=/dev/stdin", "--descriptor_set_out=/dev/stdout"]);
    // One that is too old to know editions does not know the last of these.
    command.args(["--include_imports", "--include_source_info", "--retain_options"]);
    for include in includes {
        let mut flag = std::ffi::OsString::from("--proto_path=");
        flag.push(include);
        command.arg(flag);
    }
    command.args(names);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that refuses its arguments does not read on; how it ends says it.
        let _ = stdin.write_all(known);
    }
    let output = child.wait_with_output().ok()?;
    (output.status.success() && !output.stdout.is_empty()).then_some(output.stdout)
}
