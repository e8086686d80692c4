//! h2spec, which breaks each rule of HTTP/2 in turn, and what greet does then.

use crate::peers::{run, serve};
use crate::tls::Made;
use crate::tools::h2spec;

/// All of them but `http2/4.2/3`.
const CASES: &str =
    "generic hpack http2/3 http2/4.1 http2/4.2/1 http2/4.2/2 http2/4.3 http2/5 http2/6 http2/7 http2/8";
/// That one sends a frame of 20 KB, which it takes for more than a server takes. Ours says that it takes 256 KiB:
/// with one that is larger it is as the case wants it.
const TOO_LARGE: &str = "http2/4.2/3 --max-header-length 60000";

/// How many of these passed, and whatever is said if not all did.
#[track_caller]
fn assert_passed(target: &str, options: &str, cases: &str, count: usize) {
    let (_, port) = target.rsplit_once(':').expect("a target has a port");
    let mut command = h2spec().expect("the test has asked for it");
    // It waits so long for what does not come, and fails.
    command.args(["--strict", "--timeout", "30", "-h", "127.0.0.1", "-p", port]);
    let ended = run(command.args(options.split_whitespace()).args(cases.split(' ')));
    let wanted = format!("{count} tests, {count} passed, 0 skipped, 0 failed");
    assert!(ended.stdout.contains(&wanted), "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn every_rule_of_http2_is_kept_and_demanded() {
    if h2spec().is_none() {
        return;
    }
    let (_server, target) = serve(&["--quiet"]);
    assert_passed(&target, "", CASES, 145);
    assert_passed(&target, "", TOO_LARGE, 1);
    let Some(made) = Made::new() else { return };
    let (cert, key) = (made.text("server.pem"), made.text("server.key"));
    let (_server, target) = serve(&["--quiet", "--cert", &cert, "--key", &key]);
    assert_passed(&target, "--tls --insecure", CASES, 145);
}
