//! Signals and closed pipes.

use std::io::{BufRead, Write};
use std::process::Stdio;

use crate::run::{Folder, Running, SHAPES, command, serve};

fn open_stream(target: &str) -> Running {
    let mut call = command(&["call", target, "shapes.Shapes/Both", "-"]);
    call.stdin(Stdio::piped());
    let mut running = Running::start(call);
    running.stdin().write_all(b"{\"name\":\"a\"}").unwrap();
    assert!(running.line().contains("\"a\""));
    running
}

#[test]
fn ctrl_c_ends_a_call_with_130_and_sigterm_with_143() {
    let folder = Folder::new();
    let server = serve(&[&folder.file("shapes.proto", SHAPES)]);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let call = open_stream(&server.target);
        call.signal(signal);
        let ran = call.end();
        assert_eq!((ran.code, ran.stderr.as_str()), (code, ""), "{}", ran.shown());
    }
}

#[test]
fn a_drain_waits_for_open_calls() {
    let folder = Folder::new();
    let server = serve(&[&folder.file("shapes.proto", SHAPES), "--grace", "60s"]);
    let mut call = open_stream(&server.target);
    server.running.signal("TERM");
    // The call that is open goes on.
    call.stdin().write_all(b"{\"name\":\"b\"}").unwrap();
    assert!(call.line().contains("\"b\""));
    drop(call.child.stdin.take());
    assert_eq!(call.end().code, 0);
    assert_eq!(server.running.end().code, 0);
}

#[test]
fn what_a_drain_cuts_is_said() {
    let folder = Folder::new();
    let server = serve(&[&folder.file("shapes.proto", SHAPES), "--grace", "10ms"]);
    let call = open_stream(&server.target);
    server.running.signal("TERM");
    let ended = server.running.end();
    assert_eq!(ended.shown(), "1\n--- stdout\n--- stderr\nerror: 1 open call was cut\n");
    assert_eq!(call.end().code, 5);
}

#[test]
fn a_second_signal_cuts_at_once() {
    let folder = Folder::new();
    let server = serve(&[&folder.file("shapes.proto", SHAPES), "--grace", "1h"]);
    let call = open_stream(&server.target);
    server.running.signal("INT");
    // Two signals at once may be one to a program: the drain has begun when nobody is let in any more.
    let port = server.target.strip_prefix("localhost:").unwrap();
    while std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_ok() {
        std::thread::yield_now();
    }
    server.running.signal("INT");
    let ended = server.running.end();
    assert_eq!(ended.code, 1, "{}", ended.shown());
    drop(call);
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let folder = Folder::new();
    let rule = "shapes.Shapes/Down => range(10000) as $i | {name: \"x\", size: $i}";
    let server = serve(&[&folder.file("shapes.proto", SHAPES), "--rule", rule]);
    let mut running = Running::start(command(&["call", &server.target, "shapes.Shapes/Down"]));
    let mut first = String::new();
    running.stdout.read_line(&mut first).unwrap();
    assert_eq!(first, "{\"name\":\"x\"}\n");
    // Closes the pipe while greet still writes.
    let mut child =
        std::mem::replace(&mut running.child, std::process::Command::new("true").spawn().unwrap());
    drop(running);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn health_is_watched_until_interrupted() {
    let server = serve(&[]);
    let mut watch = Running::start(command(&["health", &server.target, "greeter.Greeter", "--watch"]));
    assert_eq!(watch.line(), "SERVING");
    watch.signal("INT");
    assert_eq!(watch.end().code, 0);
}

#[test]
fn a_pipe_that_nobody_writes_does_not_keep_greet() {
    let folder = Folder::new();
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let fifo = fifo.to_str().unwrap().to_owned();
    let server = serve(&[&folder.file("shapes.proto", SHAPES)]);
    let (at, field) = (format!("@{fifo}"), format!("right@{fifo}"));
    for args in [
        vec!["call", &server.target, "shapes.Shapes/Unary", &at],
        vec!["call", &server.target, "shapes.Shapes/Unary", &field],
        vec!["list", "-p", &fifo],
        vec!["serve", "--port", "0", "--rules", &fifo],
    ] {
        let running = Running::start(command(&args));
        // Wherever it is by now: in a handler of its own, or in none at all.
        running.signal("INT");
        let ran = running.end();
        assert!([130, -1].contains(&ran.code), "{args:?}: {}", ran.shown());
        assert_eq!(ran.stdout, "", "{args:?}");
    }
}
