//! The secret that says who calls: from the command line, a file, the environment or a command.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use greet::leaf::os_cause::words;

use crate::args::CredentialArgs;
use crate::failure::{Failure, Kind};

/// No secret is longer; what a server takes as metadata is less.
const LONGEST: u64 = 64 * 1024;

/// The value of `authorization`, and the option that says it.
pub(crate) fn authorization(args: &CredentialArgs) -> Result<Option<(&'static str, String)>, Failure> {
    let bearer = |token: String| format!("Bearer {token}");
    let said = if let Some(token) = &args.bearer {
        ("--bearer", bearer(token.clone()))
    } else if let Some(path) = &args.bearer_file {
        ("--bearer-file", bearer(of_file("--bearer-file", path)?))
    } else if let Some(name) = &args.bearer_env {
        ("--bearer-env", bearer(of_environment("--bearer-env", name)?))
    } else if let Some(line) = &args.bearer_command {
        ("--bearer-command", bearer(of_command(line)?))
    } else if let Some(pair) = &args.basic {
        ("--basic", basic("--basic", pair)?)
    } else if let Some(path) = &args.basic_file {
        ("--basic-file", basic("--basic-file", &of_file("--basic-file", path)?)?)
    } else if let Some(name) = &args.basic_env {
        ("--basic-env", basic("--basic-env", &of_environment("--basic-env", name)?)?)
    } else {
        return Ok(None);
    };
    Ok(Some(said))
}

fn basic(option: &str, pair: &str) -> Result<String, Failure> {
    if pair.contains(':') {
        Ok(format!("Basic {}", STANDARD.encode(pair)))
    } else {
        Err(usage(format!("{option}: there is no ':' in it")).hint("the form is USER:PASSWORD"))
    }
}

pub(super) fn of_file(option: &str, path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    read.map_err(|error| usage(format!("{option}: cannot read '{}': {}", path.display(), words(&error))))?;
    sound(option, &text)
}

/// The value of a variable of the environment.
pub(crate) fn of_environment(option: &str, name: &str) -> Result<String, Failure> {
    let value = std::env::var(name).map_err(|error| {
        let why = match error {
            std::env::VarError::NotPresent => "is not set",
            std::env::VarError::NotUnicode(_) => "is no text",
        };
        usage(format!("{option}: the environment variable '{name}' {why}"))
    })?;
    sound(option, &value)
}

fn of_command(line: &str) -> Result<String, Failure> {
    const OPTION: &str = "--bearer-command";
    // Standard input may be the data of the call.
    let mut command = Command::new("sh");
    command.args(["-c", line]).stdin(Stdio::null()).stderr(Stdio::inherit());
    let ran =
        command.output().map_err(|error| usage(format!("{OPTION}: cannot run sh: {}", words(&error))))?;
    if !ran.status.success() {
        return Err(usage(format!("{OPTION}: the command ended with {}", ran.status)));
    }
    let text =
        String::from_utf8(ran.stdout).map_err(|_| usage(format!("{OPTION}: what it prints is no text")))?;
    sound(OPTION, &text)
}

/// Without the line end that files and commands have. The secret itself stands in no message.
pub(super) fn sound(option: &str, text: &str) -> Result<String, Failure> {
    match text.trim_end_matches(['\n', '\r']) {
        "" => Err(usage(format!("{option}: there is nothing in it"))),
        text if text.len() as u64 > LONGEST => Err(usage(format!("{option}: it is longer than 64 KiB"))),
        text => Ok(text.to_owned()),
    }
}

fn usage(cause: String) -> Failure {
    Failure::new(Kind::Usage, cause)
}
