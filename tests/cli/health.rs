//! `greet health`: a state and an exit code, waited for, watched, told of.

use std::io::{BufRead, BufReader};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use greet::protocol::Status;
use greet::server::{
    Answer, Call, Door, Health, Listen, Responder, Route, Routes, Running as Server, ServerOptions,
    ServingStatus, start,
};
use greet::{Code, MetadataMap, Shape};

use crate::run::{Running, command, greet, serve};

/// A server with these routes.
fn server(routes: Routes) -> (Server, String) {
    let mut options = ServerOptions::default();
    options.listen = vec![Listen::parse("127.0.0.1", 0).unwrap()];
    options.threads = NonZeroUsize::MIN;
    let running = start(options, &Door::new(routes)).unwrap();
    let target = running.target().to_owned();
    (running, target)
}

/// A server whose only service is its health.
fn with_health() -> (Health, Server, String) {
    let health = Health::new();
    health.set("a.A", ServingStatus::NotServing);
    let mut routes = Routes::new();
    health.add_to(&mut routes);
    let (running, target) = server(routes);
    (health, running, target)
}

/// Answers Check by what it is given for the first call, the second and so on; the last holds.
struct Check {
    answers: Vec<Result<u8, Code>>,
    count: AtomicUsize,
}

impl Responder for Check {
    fn respond(self: Arc<Self>, call: Call) -> Answer {
        Box::pin(async move {
            let n = self.count.fetch_add(1, Ordering::Relaxed).min(self.answers.len() - 1);
            let replies = call.replies;
            let status = match self.answers[n] {
                Ok(state) => {
                    let _ = replies.send(Bytes::copy_from_slice(&[8, state])).await;
                    Status::ok()
                }
                Err(code) => Status::new(code, "as said"),
            };
            replies.finish(status, MetadataMap::new());
        })
    }
}

/// A server that has Check and no Watch.
fn with_check(answers: &[Result<u8, Code>]) -> (Server, String) {
    let mut routes = Routes::new();
    let responder = Arc::new(Check { answers: answers.to_vec(), count: AtomicUsize::new(0) });
    routes.add("/grpc.health.v1.Health/Check".to_owned(), Route { shape: Shape::Unary, responder });
    server(routes)
}

#[test]
fn a_service_is_waited_for_until_it_serves() {
    let (health, _server, target) = with_health();
    let mut waiting = Running::start(command(&["health", &target, "a.A", "--wait", "60s"]));
    let mut stderr = BufReader::new(waiting.child.stderr.take().unwrap());
    let mut said = String::new();
    stderr.read_line(&mut said).unwrap();
    let wanted = format!("note: waiting for a.A on {target} to be SERVING, at most 60s: it is NOT_SERVING\n");
    assert_eq!(said, wanted);
    health.set("a.A", ServingStatus::Unknown);
    health.set("a.A", ServingStatus::Serving);
    assert_eq!(waiting.line(), "SERVING");
    let mut rest = String::new();
    stderr.read_line(&mut rest).unwrap();
    assert_eq!(rest, "", "it is said once");
    assert_eq!(waiting.child.wait().unwrap().code(), Some(0));
    // One that serves already says nothing.
    assert_eq!(greet(&["health", &target, "--wait", "60s"]).shown(), "0\n--- stdout\nSERVING\n--- stderr\n");
}

#[test]
fn a_service_that_does_not_serve_in_time_is_said_to_be_what_it_is() {
    let (_health, _server, target) = with_health();
    for (service, state) in [("a.A", "NOT_SERVING"), ("no.Such", "SERVICE_UNKNOWN")] {
        let ran = greet(&["health", &target, service, "--wait", "200ms"]);
        assert_eq!(
            ran.shown(),
            format!(
                "7\n--- stdout\n{state}\n--- stderr\n\
                 note: waiting for {service} on {target} to be SERVING, at most 200ms: it is {state}\n\
                 error: {service} on {target} is not SERVING after 200ms: it is {state}\n"
            )
        );
    }
    // Where there is no server, that is what is wrong.
    let ran = greet(&["health", "127.0.0.1:1", "--wait", "50ms"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""), "{}", ran.shown());
}

#[test]
fn a_server_that_cannot_be_watched_is_asked_again() {
    let waits = |answers: &[Result<u8, Code>], limit: &str| {
        let (_server, target) = with_check(answers);
        let ran = greet(&["health", &target, "a.A", "--wait", limit]);
        (ran.code, ran.stdout, ran.stderr.replace(&target, "TARGET"))
    };
    let (code, stdout, stderr) = waits(&[Err(Code::NOT_FOUND), Err(Code::UNAVAILABLE), Ok(2), Ok(1)], "60s");
    assert_eq!((code, stdout.as_str()), (0, "SERVING\n"));
    assert_eq!(
        stderr,
        "note: waiting for a.A on TARGET to be SERVING, at most 60s: NOT_FOUND (5): as said\n"
    );
    let (code, stdout, stderr) = waits(&[Ok(2)], "300ms");
    assert_eq!((code, stdout.as_str()), (7, "NOT_SERVING\n"), "{stderr}");
    let (code, stdout, stderr) = waits(&[Err(Code::NOT_FOUND)], "300ms");
    assert_eq!((code, stdout.as_str()), (7, ""), "{stderr}");
    assert!(stderr.contains("is not SERVING after 300ms: NOT_FOUND (5): as said\n"), "{stderr}");
    // What waiting does not mend ends it.
    let (code, stdout, _) = waits(&[Err(Code::PERMISSION_DENIED)], "60s");
    assert_eq!((code, stdout.as_str()), (71, ""));
    // Neither is there.
    let (_server, target) = server(Routes::new());
    assert_eq!(greet(&["health", &target, "--wait", "60s"]).code, 76);
}

#[test]
fn a_watch_shows_every_change_and_ends_as_the_server_ends_it() {
    let (health, _server, target) = with_health();
    let mut watch = Running::start(command(&["health", &target, "a.A", "--watch"]));
    assert_eq!(watch.line(), "NOT_SERVING");
    health.set("a.A", ServingStatus::Serving);
    assert_eq!(watch.line(), "SERVING");
    health.stop();
    assert_eq!(watch.line(), "NOT_SERVING");
    let ran = watch.end();
    assert_eq!(ran.code, 64 + 14, "{}", ran.shown());
}

#[test]
fn a_watch_that_the_server_ends_well_is_over_too_early() {
    let mut routes = Routes::new();
    let responder = Arc::new(Check { answers: vec![Ok(1)], count: AtomicUsize::new(0) });
    let route = Route { shape: Shape::ServerStreaming, responder };
    routes.add("/grpc.health.v1.Health/Watch".to_owned(), route);
    let (_server, target) = server(routes);
    let ran = greet(&["health", &target, "--watch"]);
    assert_eq!(ran.shown(), "1\n--- stdout\nSERVING\n--- stderr\nerror: the server ended the watch\n");
}

#[test]
fn any_other_state_is_7() {
    let (_health, _server, target) = with_health();
    assert_eq!(greet(&["health", &target, "a.A"]).shown(), "7\n--- stdout\nNOT_SERVING\n--- stderr\n");
}

#[test]
fn what_is_asked_is_told_as_of_a_call() {
    let server = serve(&[]);
    let ran = greet(&[
        "health",
        &server.target,
        "greeter.Greeter",
        "-v",
        "--timing",
        "-t",
        "9s",
        "-H",
        "x-token: t",
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "SERVING\n"), "{}", ran.shown());
    let port = server.target.rsplit(':').next().unwrap();
    for line in [
        "* plaintext",
        "> POST /grpc.health.v1.Health/Check HTTP/2",
        &format!("> :authority: localhost:{port}"),
        "> x-token: [redacted]",
        "< grpc-status: 0 (OK)",
    ] {
        assert_eq!(ran.stderr.lines().filter(|told| *told == line).count(), 1, "{line}\n{}", ran.stderr);
    }
    for start in [&format!("* connected to {}", server.target), "* dns ", "timing: dns "] {
        assert_eq!(ran.stderr.lines().filter(|told| told.starts_with(start)).count(), 1, "{}", ran.stderr);
    }
}
