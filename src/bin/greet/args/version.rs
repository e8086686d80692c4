//! Which greet this is: its version, and for `--version` how it was built.

use std::env::consts::{ARCH, OS};
use std::sync::LazyLock;

/// The version, and below it the facts of the build, one a line.
///
/// All of it is known to the compiler: a build script would be run in every build of the library. A build that knows its
/// commit says so by the variable `GREET_COMMIT`; no repository has to be there.
pub(super) fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(facts);
    &LONG
}

fn facts() -> String {
    let libc = if cfg!(target_env = "musl") {
        "-musl"
    } else if cfg!(target_env = "gnu") {
        "-gnu"
    } else {
        ""
    };
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let commit = option_env!("GREET_COMMIT").filter(|commit| !commit.is_empty()).unwrap_or("not known");
    format!(
        "{}\ncommit: {commit}\ntarget: {ARCH}-{OS}{libc}\nprofile: {profile}\nfeatures: cli\n\
         tls: rustls with {}\ncompression: gzip, deflate, zstd",
        env!("CARGO_PKG_VERSION"),
        greet::client::TLS_PROVIDER,
    )
}
