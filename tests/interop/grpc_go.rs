//! gRPC's public interoperability cases, as command lines, against grpc-go's server of them.
//!
//! The cases are those of grpc's `doc/interop-test-descriptions.md` that need no cloud; each test has the name of its case.

use std::process::Stdio;

use serde_json::Value;

use crate::peers::{Ended, Peer, free_port, listening, run};
use crate::tools::{greet, grpc_interop, protos};

/// The server, and how to call it.
struct Server {
    _peer: Peer,
    target: String,
    schema: Vec<String>,
}

impl Server {
    fn start() -> Option<Self> {
        let schema = protos()?.into_iter().flat_map(|folder| ["-I".to_owned(), folder.display().to_string()]);
        let mut schema: Vec<_> = schema.collect();
        schema.extend(["-p", "grpc/testing/test.proto"].map(ToOwned::to_owned));
        let mut command = grpc_interop()?;
        // It says nothing of the port that it was given by the system, so a free one is looked for.
        let port = free_port();
        let peer = Peer::start(command.args(["--port", &port.to_string()]));
        Some(Self { _peer: listening(peer, port), target: format!("localhost:{port}"), schema })
    }

    fn command(&self, method: &str, arguments: &[&str]) -> std::process::Command {
        let mut command = greet(["call", &self.target, method, "--wait", "60s"]);
        command.args(&self.schema).args(arguments);
        command
    }

    fn call(&self, method: &str, arguments: &[&str]) -> Ended {
        run(&mut self.command(method, arguments))
    }
}

/// The replies on stdout of a call that is OK.
#[track_caller]
fn replies(ended: &Ended) -> Vec<Value> {
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many bytes so many digits of base64 in a reply's payload stand for.
#[track_caller]
fn assert_sizes(ended: &Ended, sizes: &[usize]) {
    let found: Vec<_> = replies(ended)
        .iter()
        .map(|reply| {
            let body = reply["payload"]["body"].as_str().unwrap();
            assert!(body.trim_end_matches('=').bytes().all(|digit| digit == b'A'), "not all are zeros");
            body.len() / 4 * 3 - body.bytes().filter(|&digit| digit == b'=').count()
        })
        .collect();
    assert_eq!(found, sizes);
}

/// Base64 of so many zeros, a multiple of three or one that leaves two or one.
fn zeros(count: usize) -> String {
    let digits = (count * 4).div_ceil(3);
    format!("{}{}", "A".repeat(digits), "=".repeat((4 - digits % 4) % 4))
}

const UNARY: &str = "grpc.testing.TestService/UnaryCall";
const DUPLEX: &str = "grpc.testing.TestService/FullDuplexCall";
const SIZES: [usize; 4] = [31_415, 9, 2_653, 58_979];
const SENT: [usize; 4] = [27_182, 8, 1_828, 45_904];

/// The requests of `ping_pong`, one a line.
fn pings() -> String {
    let ping = |(size, sent): (usize, usize)| {
        let body = zeros(sent);
        format!("{{\"responseParameters\":[{{\"size\":{size}}}],\"payload\":{{\"body\":\"{body}\"}}}}\n")
    };
    SIZES.into_iter().zip(SENT).map(ping).collect()
}

#[test]
fn empty_unary() {
    let Some(server) = Server::start() else { return };
    let ended = server.call("grpc.testing.TestService/EmptyCall", &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "{}\n"), "{}", ended.stderr);
}

#[test]
fn large_unary() {
    let Some(server) = Server::start() else { return };
    let request = format!("{{\"responseSize\":314159,\"payload\":{{\"body\":\"{}\"}}}}", zeros(271_828));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.json");
    // More than one argument may hold.
    std::fs::write(&file, request).unwrap();
    assert_sizes(&server.call(UNARY, &[&format!("@{}", file.display())]), &[314_159]);
}

#[test]
fn client_streaming() {
    let Some(server) = Server::start() else { return };
    let requests = SENT.map(|sent| format!("{{\"payload\":{{\"body\":\"{}\"}}}}", zeros(sent))).join("\n");
    let ended = server.call("grpc.testing.TestService/StreamingInputCall", &[&requests]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (0, "{\"aggregatedPayloadSize\":74922}\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn server_streaming() {
    let Some(server) = Server::start() else { return };
    let sizes = SIZES.map(|size| format!("{{size:{size}}}")).join(",");
    let request = format!("{{responseParameters:[{sizes}]}}");
    assert_sizes(&server.call("grpc.testing.TestService/StreamingOutputCall", &[&request]), &SIZES);
}

#[test]
fn ping_pong() {
    let Some(server) = Server::start() else { return };
    let ended = server.call(DUPLEX, &["--lockstep", &pings()]);
    assert_sizes(&ended, &SIZES);
    // What was sent and received, in its order: a reply after each request.
    let ended = server.call(DUPLEX, &["--lockstep", "-o", "events", &pings()]);
    let mut order = Vec::new();
    for event in replies(&ended) {
        let name = event["event"].as_str().unwrap().to_owned();
        if ["request", "message", "half_close"].contains(&name.as_str()) {
            order.push(name);
        }
    }
    let turn = ["request", "message"];
    assert_eq!(order[..7], [&turn[..], &turn, &turn, &turn[..1]].concat(), "{order:?}");
    assert_eq!(order.len(), 9);
}

#[test]
fn empty_stream() {
    let Some(server) = Server::start() else { return };
    let ended = server.call(DUPLEX, &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
}

#[test]
fn custom_metadata() {
    let Some(server) = Server::start() else { return };
    // The bytes ab ab ab.
    let sent = [
        "-H",
        "x-grpc-test-echo-initial: test_initial_metadata_value",
        "-H",
        "x-grpc-test-echo-trailing-bin: q6ur",
    ];
    let body = zeros(271_828);
    let unary = format!("{{\"responseSize\":314159,\"payload\":{{\"body\":\"{body}\"}}}}");
    let duplex =
        format!("{{\"responseParameters\":[{{\"size\":314159}}],\"payload\":{{\"body\":\"{body}\"}}}}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.json");
    for (method, request) in [(UNARY, unary), (DUPLEX, duplex)] {
        std::fs::write(&file, request).unwrap();
        let data = format!("@{}", file.display());
        let ended = server.call(method, &[&sent[..], &["-o", "events", &data]].concat());
        let events = replies(&ended);
        let of = |name: &str| events.iter().find(|event| event["event"] == name).unwrap()["metadata"].clone();
        let first = of("metadata");
        assert_eq!(first["x-grpc-test-echo-initial"], "test_initial_metadata_value", "{first}");
        assert!(first.get("x-grpc-test-echo-trailing-bin").is_none(), "{first}");
        let last = of("trailers");
        assert_eq!(last["x-grpc-test-echo-trailing-bin"], "q6ur", "{last}");
        assert!(last.get("x-grpc-test-echo-initial").is_none(), "{last}");
    }
}

#[test]
fn status_code_and_message() {
    let Some(server) = Server::start() else { return };
    let request = r#"{"responseStatus":{"code":2,"message":"test status message"}}"#;
    for method in [UNARY, DUPLEX] {
        let ended = server.call(method, &[request]);
        let said = (ended.code, ended.stdout.as_str(), ended.stderr.as_str());
        assert_eq!(said, (66, "", "error: UNKNOWN (2): test status message\n"), "{method}");
    }
}

#[test]
fn special_status_message() {
    let Some(server) = Server::start() else { return };
    let message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
    let request = serde_json::json!({"responseStatus": {"code": 2, "message": message}}).to_string();
    let ended = server.call(UNARY, &[&request, "-o", "events"]);
    assert_eq!(ended.code, 66, "{}", ended.stderr);
    let events = ended.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let status = events.into_iter().find(|event| event["event"] == "status").unwrap();
    assert_eq!((&status["name"], &status["message"]), (&Value::from("UNKNOWN"), &Value::from(message)));
    assert!(
        ended.stderr.starts_with("error: UNKNOWN (2): ") && ended.stderr.contains("☺ and non-BMP 😈"),
        "{}",
        ended.stderr
    );
}

#[test]
fn unimplemented_method() {
    let Some(server) = Server::start() else { return };
    let ended = server.call("grpc.testing.TestService/UnimplementedCall", &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (76, ""), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: UNIMPLEMENTED (12): "), "{}", ended.stderr);
}

#[test]
fn unimplemented_service() {
    let Some(server) = Server::start() else { return };
    let ended = server.call("grpc.testing.UnimplementedService/UnimplementedCall", &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (76, ""), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: UNIMPLEMENTED (12): unknown service "), "{}", ended.stderr);
}

#[test]
fn cancel_after_begin() {
    let Some(server) = Server::start() else { return };
    let mut command = server.command("grpc.testing.TestService/StreamingInputCall", &["-", "-o", "events"]);
    let mut talk = Peer::start(command.stdin(Stdio::piped()));
    // The call has begun, and nothing of it is sent yet but its head.
    talk.say("{}");
    while !talk.line().contains("\"request\"") {}
    talk.signal("INT");
    let ended = talk.end();
    assert_eq!(ended.code, 130, "{}", ended.stderr);
    assert!(ended.stdout.starts_with("{\"v\":1,\"event\":\"cancel\""), "{}", ended.stdout);
}

#[test]
fn cancel_after_first_response() {
    let Some(server) = Server::start() else { return };
    let first = format!(
        "{{\"responseParameters\":[{{\"size\":31415}}],\"payload\":{{\"body\":\"{}\"}}}}",
        zeros(27_182)
    );
    // By itself, after so many messages.
    let ended = server.call(DUPLEX, &[&first, "--no-half-close", "-n", "1"]);
    assert_sizes(&ended, &[31_415]);
    // And by hand.
    let mut talk = Peer::start(&mut server.command(DUPLEX, &["-"]));
    talk.say(&first);
    let reply: Value = serde_json::from_str(&talk.line()).unwrap();
    assert_eq!(reply["payload"]["body"].as_str().unwrap().len(), zeros(31_415).len());
    talk.signal("INT");
    let ended = talk.end();
    assert_eq!((ended.code, ended.stdout.as_str()), (130, ""), "{}", ended.stderr);
}

#[test]
fn timeout_on_sleeping_server() {
    let Some(server) = Server::start() else { return };
    let request = format!("{{\"payload\":{{\"body\":\"{}\"}}}}", zeros(27_182));
    // It answers nothing, as nothing is asked for, and waits for the next request.
    let ended = server.call(DUPLEX, &[&request, "--no-half-close", "-t", "1ms"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (68, ""), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: DEADLINE_EXCEEDED (4): "), "{}", ended.stderr);
}
