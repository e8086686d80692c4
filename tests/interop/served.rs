//! Python's grpcio calls what greet serves.

use crate::peers::{Peer, run, serve};
use crate::tools::{greet, python};

const SHAPES: &[&str] =
    &["proto/greeter.proto", "tests/interop/shapes.proto", "--rules", "tests/interop/shapes.rules.yaml"];

/// Runs scenarios of `client.py` against one server and compares what each prints.
#[track_caller]
fn check(arguments: &[&str], scenarios: &[(&str, &str)]) {
    if python("client.py").is_none() {
        return;
    }
    let (_server, target) = serve(arguments);
    for (scenario, stdout) in scenarios {
        let mut client = python("client.py").expect("it was there just now");
        let ended = run(client.args([&target, *scenario]));
        assert_eq!((ended.code, ended.stdout.as_str()), (0, *stdout), "{scenario}: {}", ended.stderr);
    }
}

#[test]
fn three_lines_of_python_greet_the_world() {
    let Some(mut client) = python("hello.py") else { return };
    let (_server, target) = serve(&[]);
    let ended = run(client.arg(target));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "Greeting: Hello, World!\n"), "{}", ended.stderr);
}

#[test]
fn a_unix_socket_is_served() {
    let Some(mut client) = python("hello.py") else { return };
    let folder = tempfile::tempdir().unwrap();
    let place = format!("unix:{}", folder.path().join("s").display());
    let mut server = Peer::start(&mut greet(["serve", "--listen", &place]));
    assert_eq!(server.line(), place);
    let ended = run(client.arg(place));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "Greeting: Hello, World!\n"), "{}", ended.stderr);
}

#[test]
fn every_shape_by_rules() {
    check(
        SHAPES,
        &[
            ("hello", "Hello, World!\n"),
            ("mirror", "same\n"),
            ("count", "1\n2\n3\n4\n"),
            ("sum", "3 9007199254740995\n"),
            ("sum_of_none", "0 0\n"),
            ("talk", "you said one\nyou said two\nyou said three\nOK\n"),
            ("talk_long", "5000 True\n"),
        ],
    );
}

#[test]
fn every_shape_without_rules() {
    check(&["tests/interop/shapes.proto"], &[("mirror", "same\n"), ("talk", "one\ntwo\nthree\nOK\n")]);
}

#[test]
fn errors_with_details_and_after_replies() {
    let details = concat!(
        "INVALID_ARGUMENT 'näme: 100%\\nwrong'\n",
        "google.rpc.BadRequest {\"fieldViolations\": [{\"field\": \"name\", \"description\": \"must not be empty\"}]}\n",
        "google.rpc.RetryInfo {\"retryDelay\": \"3s\"}\n",
    );
    check(SHAPES, &[("fail", details), ("fail_late", "1\n2\nNOT_FOUND 'no third'\n")]);
}

#[test]
fn metadata_is_seen_by_rules() {
    check(SHAPES, &[("metadata", "x-who ['me', 'you']\nx-raw-bin ['AAH/']\ninitial []\ntrailing []\n")]);
}

#[test]
fn deadlines_and_cancellation() {
    check(
        SHAPES,
        &[
            ("deadline", "you said one\nDEADLINE_EXCEEDED\n"),
            ("cancel", "you said one\nCANCELLED\nHello, World!\n"),
        ],
    );
}

#[test]
fn calls_that_break_the_rules_of_grpc() {
    let Some(mut client) = python("client.py") else { return };
    let (_server, target) = serve(SHAPES);
    let mut codes = |scenario: &str| -> Vec<String> {
        let ended = run(python("client.py").as_mut().unwrap_or(&mut client).args([&target, scenario]));
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        ended.stdout.lines().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(codes("unknown"), ["UNIMPLEMENTED"; 2]);
    assert_eq!(codes("counts"), ["UNIMPLEMENTED"; 4]);
    assert_eq!(codes("garbage"), ["INTERNAL"]);
}

#[test]
fn compressed_and_many() {
    check(SHAPES, &[("compressed", "True\n"), ("many", "True\n")]);
}

#[test]
fn reflection_and_health_are_understood() {
    let services = concat!(
        "greeter.Greeter\ngrpc.health.v1.Health\ngrpc.reflection.v1.ServerReflection\n",
        "grpc.reflection.v1alpha.ServerReflection\nHello, World!\n",
    );
    check(&[], &[("reflection", services)]);
    if python("client.py").is_none() {
        return;
    }
    let (_server, target) = serve(&[]);
    let ended = run(python("client.py").expect("it was there just now").args([&target, "health"]));
    let mut lines = ended.stdout.lines();
    let mut next = || lines.next().unwrap_or_default();
    assert_eq!([next(), next()], ["SERVING"; 2], "{}", ended.stderr);
    assert!(next().starts_with("NOT_FOUND"), "{}", ended.stdout);
    assert_eq!([next(), next()], ["SERVING", "SERVICE_UNKNOWN"], "{}", ended.stderr);
    assert!(next().contains("'greeter.Greeter'"), "{}", ended.stdout);
}

#[test]
fn a_drain_lets_open_calls_end() {
    let Some(mut client) = python("client.py") else { return };
    let (server, target) = serve(SHAPES);
    let mut talking = Peer::start(client.args([&target, "deadline"]));
    assert_eq!(talking.line(), "you said one");
    server.signal("TERM");
    assert_eq!(talking.end().stdout, "DEADLINE_EXCEEDED\n");
    let ended = server.end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}
