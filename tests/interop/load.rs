//! h2load presses greet, and every byte that comes back is counted.

use crate::peers::{run, serve};
use crate::tools;

/// `HelloRequest { name: "World" }` in gRPC's five-byte frame.
const REQUEST: &[u8] = b"\0\0\0\0\x07\x0a\x05World";
/// `HelloReply { message: "Hello, World!" }` in the same.
const REPLY_BYTES: usize = 5 + 2 + "Hello, World!".len();

#[test]
fn every_call_under_load_is_answered() {
    let Some(mut h2load) = tools::h2load() else { return };
    let (_server, target) = serve(&["--threads", "1"]);
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("body");
    std::fs::write(&body, REQUEST).unwrap();
    let calls = 5000;
    h2load.args(["-n", &calls.to_string(), "-c", "10", "-m", "10"]).arg("-d").arg(body);
    h2load.args(["-H", "content-type: application/grpc", "-H", "te: trailers"]);
    let ended = run(h2load.arg(format!("http://{target}/greeter.Greeter/SayHello")));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let traffic = ended.stdout.lines().find(|line| line.starts_with("traffic:")).unwrap_or_default();
    // `traffic: 9.5MB (…) total, 0.6MB (…) headers (space savings …%), 97.66KB (100000) data`
    let data =
        traffic.rsplit_once('(').and_then(|(_, rest)| rest.split_once(") data")).map(|(bytes, _)| bytes);
    assert_eq!(data, Some((calls * REPLY_BYTES).to_string().as_str()), "{}", ended.stdout);
}
