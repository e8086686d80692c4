//! greet call with jq programs, and many calls, against the server that Python's grpcio runs.

use crate::peers::{Ended, Peer, run};
use crate::tools::{greet, python};

fn server(arguments: &[&str]) -> Option<(Peer, String)> {
    let mut peer = Peer::start(python("server.py")?.args(arguments));
    let target = peer.line();
    Some((peer, target))
}

fn call(target: &str, arguments: &[&str]) -> Ended {
    run(greet(["call", target]).args(arguments))
}

#[test]
fn status_metadata_and_trailers_are_seen_by_programs() {
    let Some((_server, target)) = server(&[]) else { return };
    let program = "$metadata[\"x-first\"], $metadata[\"x-raw-bin\"], $trailers[\"x-last\"], $status.name";
    let ended = call(&target, &["shapes.Shapes/Meta", "-r", "-q", program]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "one, two\nAP8\nend\nOK\n"), "{}", ended.stderr);
    let failing =
        ["shapes.Shapes/Fail", "code=3", "message=no", "details:=true", "--expect-code", "3", "--expect"];
    let call_with = |expectation: &str| call(&target, &[&failing[..], &[expectation]].concat());
    let details =
        "$status.details[2].retryDelay == \"3s\" and $status.details[0].fieldViolations[0].field == \"name\"";
    let ended = call_with(details);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
    assert_eq!(call_with("$status.details == []").code, 7);
}

#[test]
fn a_call_that_is_left_is_cancelled_there() {
    let Some((mut server, target)) = server(&[]) else { return };
    let ended = call(&target, &["shapes.Shapes/WaitAfterOne", "-n", "1"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "{\"value\":\"1\"}\n"), "{}", ended.stderr);
    assert_eq!(server.line(), "cancelled WaitAfterOne");
}

#[test]
fn a_conversation_in_lockstep() {
    let Some((_server, target)) = server(&[]) else { return };
    let program = "range(3) | {text: \"\\(.)\"}, wait(\"1ms\")";
    let ended =
        call(&target, &["shapes.Shapes/Talk", "--generate", program, "--lockstep", "-r", "-q", ".text"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (0, "you said 0\nyou said 1\nyou said 2\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn many_calls_outlive_connections_that_the_server_ends() {
    // grpcio says GOAWAY after so many milliseconds, again and again; calls under way are answered.
    let Some((_server, target)) = server(&["--max-age", "100"]) else { return };
    let count = 3000;
    let mut each =
        Peer::start(&mut greet(["call", &target, "greeter.Greeter/SayHello", "--each", "-", "-j", "10"]));
    for n in 0..count {
        each.say(&format!("{{\"name\":\"{n}\"}}\n"));
    }
    each.hang_up();
    let ended = each.end();
    let wanted = (0..count).fold(String::new(), |all, n| all + &format!("{{\"message\":\"Hello, {n}!\"}}\n"));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout == wanted);
}
