//! Recordings: read alike however they arrive, written again as they were, asked about, and made ready to be played.

use std::io::BufReader;
use std::sync::OnceLock;

use futures_util::FutureExt as _;
use greet::answerer::{Expected, Times};
use greet::event::{Event, Recorded, Recording};
use greet::{Schema, answerer};
use serde_json::{Map, Value, json};

use crate::random::{Choices, mutate};

/// Greets, in a schema with a type of detail.
fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        Schema::from_proto_text("greeter.proto", include_str!("../../proto/greeter.proto")).unwrap()
    })
}

/// What is asked about every call: each variable that there is.
fn expected(method: &str) -> Expected {
    static ASKED: OnceLock<Expected> = OnceLock::new();
    const WHERE: &str = ".name != $peer and ($metadata | length) >= 0 and $status.code != 3 and \
        ($requests | length) <= 1 and ($replies | length) < 9 and $method != \"\"";
    let asked = ASKED.get_or_init(|| Expected::of("", Times::SOME).and(WHERE, "--where").unwrap());
    if method.is_empty() { asked.clone() } else { Expected::of(method, Times::exactly(1)) }
}

/// An input is a recording: events, a line each.
pub(crate) fn recordings(data: &[u8]) {
    let read = Recording::read(data);
    let slow = Recording::read(BufReader::with_capacity(1, data));
    let recording = match (read, slow) {
        (Ok(read), Ok(slow)) => {
            assert_eq!(events(&read), events(&slow));
            read
        }
        (Err(error), Err(slow)) => {
            assert_eq!(error.to_string(), slow.to_string());
            let lines = data.split(|byte| *byte == b'\n').count();
            assert!(error.line() >= 1 && error.line() <= lines, "there are {lines} lines: {error}");
            return;
        }
        (read, slow) => panic!("{read:?} in one piece, {slow:?} in many"),
    };
    // What was read, written as a journal is, is the same recording; the first call is of itself.
    let mut written = Vec::new();
    for call in recording.calls() {
        assert!(call.is_of(call.method()) || call.method().is_empty(), "{}", call.method());
        for event in call.events() {
            serde_json::to_writer(&mut written, event).unwrap();
            written.push(b'\n');
        }
    }
    let again = Recording::read(&written[..]);
    let again = again.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&written)));
    assert_eq!(events(&again), events(&recording));
    for method in recording.calls().iter().map(Recorded::method).take(3) {
        let seen = expected(method).verify(&recording);
        assert!(seen.count <= seen.of_method && !seen.to_string().is_empty());
    }
    let _ = expected("").verify(&recording);
    let played = answerer::fuzzed::replay(schema(), &recording).now_or_never().expect("files are at hand");
    if let Err(error) = played {
        assert!(!error.to_string().is_empty());
    }
}

/// The events of each call. The order of calls whose events are mixed is that of their beginnings.
fn events(recording: &Recording) -> Vec<&[Event]> {
    recording.calls().iter().map(Recorded::events).collect()
}

/// A journal of a few calls, changed in a few places.
pub(crate) fn input(choices: &mut Choices) -> Vec<u8> {
    let mut lines = Vec::new();
    for call in 0..choices.below(4) {
        let is_clients = choices.chance(50);
        let mut event = |kind: &str, members: Value| {
            let mut event = Map::new();
            event.insert("v".to_owned(), json!(1));
            event.insert("event".to_owned(), json!(kind));
            event.extend(members.as_object().cloned().unwrap_or_default());
            event.insert("call".to_owned(), json!(call.to_string()));
            event.insert("at_ms".to_owned(), json!(lines.len()));
            lines.push(Value::Object(event).to_string());
        };
        let target = if is_clients { json!("localhost:1") } else { Value::Null };
        let method = *choices.one_of(&["greeter.Greeter/SayHello", "greeter.Greeter/SayHello", "a.B/C"]);
        event(
            "start",
            json!({"method": method, "target": target, "peer": "127.0.0.1:1", "time": "2026-01-01T00:00:00Z"}),
        );
        if choices.chance(50) {
            event("metadata", json!({"metadata": {"user-agent": "x", "a-bin": ["AQI=", "*"], "k": 1}}));
        }
        if choices.chance(20) {
            event(
                "rule",
                json!({"rule": "rules.yaml:2:5", "passed": [{"rule": "a", "why": "b"}], "more": 3}),
            );
            event("sent_metadata", json!({"metadata": {"k": "v"}}));
        }
        for n in 1..=choices.below(3) {
            match choices.below(4) {
                0 => event("request", json!({"n": n, "body": null, "wire": "CgFh"})),
                _ => event("request", json!({"n": n, "body": {"name": "Ann"}})),
            }
        }
        if choices.chance(50) {
            event("half_close", json!({}));
        }
        for n in 1..=choices.below(3) {
            event("message", json!({"n": n, "body": {"message": "Hello, Ann!"}}));
        }
        let detail = match choices.below(3) {
            0 => json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "r"}),
            1 => json!({"@type": "type.googleapis.com/greeter.HelloReply", "message": "m"}),
            _ => json!({"@type": "a.B", "value": "AQI="}),
        };
        match choices.below(5) {
            0 => event("cancel", json!({})),
            1 => event(
                "failure",
                json!({"layer": "tcp", "cause": "refused", "addresses": ["a:1"], "hint": "h"}),
            ),
            2 => {
                event("status", json!({"code": 5, "name": "NOT_FOUND", "message": "m", "details": [detail]}));
            }
            3 => {
                event(
                    "attempt",
                    json!({"n": 1, "code": 14, "name": "UNAVAILABLE", "message": "m", "pause_ms": 0.5}),
                );
                event("trailers", json!({"metadata": {"k": ["v", "w"]}}));
                event("timing", json!({"dns": 1.5, "total": 2}));
            }
            _ => event("status", json!({"code": 0, "name": "OK", "message": ""})),
        }
    }
    let mut text = lines.join(*choices.one_of(&["\n", "\n", "\n", "\r\n", "\n\n"]));
    if choices.chance(80) {
        text.push('\n');
    }
    if choices.chance(60) {
        text = mutate::text(choices, &text, WORDS);
    }
    let mut input = text.into_bytes();
    if choices.chance(15) {
        mutate::bytes(choices, &mut input, b"");
    }
    input
}

/// Words of events, right ones and wrong ones.
const WORDS: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1e300",
    "-1e300",
    "1e999",
    "1.5",
    "18446744073709551615",
    "18446744073709551616",
    "0.1000000000000000055511151231257827",
    "\"\"",
    "{}",
    "[]",
    "{\"@type\":\"x\"}",
    "\"v\":2",
    "start",
    "request",
    "message",
    "status",
    "trailers",
    "dream",
    "timing",
    "event",
    "call",
    "at_ms",
    "body",
    "wire",
    "metadata",
    "grpc-status",
    "a b",
    "\\u0000",
    "\\ud800",
    "\\n",
    "\n",
    "\"",
    ",",
    "}",
    "]",
    "\u{0}",
    "é",
];
