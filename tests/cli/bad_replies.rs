//! Servers that speak HTTP/2 and answer a call with what is no good reply: what is said, and the event that tells it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::thread;

use serde_json::Value;

use crate::run::{Folder, Ran, SHAPES, greet};

type Entries<'a> = &'a [(&'a str, &'a str)];

const GRPC: (&str, &str) = ("content-type", "application/grpc");
const HEADERS: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame (RFC 9113, 4.1) of the first stream, or of the connection.
fn frame(kind: u8, flags: u8, stream: u8, body: &[u8]) -> Vec<u8> {
    let [.., a, b, c] = body.len().to_be_bytes();
    [&[a, b, c, kind, flags, 0, 0, 0, stream][..], body].concat()
}

/// Fields as HPACK has them at its simplest: each in full, none kept (RFC 7541, 6.2.2).
fn fields(entries: Entries<'_>) -> Vec<u8> {
    let text = |text: &str| {
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 127).unwrap();
        [&[length][..], text.as_bytes()].concat()
    };
    entries.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

/// The head of a reply; `last` if nothing follows.
fn head(status: &str, entries: Entries<'_>, last: bool) -> Vec<u8> {
    let all = [&[(":status", status)], entries].concat();
    frame(HEADERS, END_HEADERS | (u8::from(last) * END_STREAM), 1, &fields(&all))
}

fn data(body: &[u8], last: bool) -> Vec<u8> {
    frame(0, u8::from(last) * END_STREAM, 1, body)
}

fn trailers(entries: Entries<'_>) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, 1, &fields(entries))
}

fn reset(reason: u8) -> Vec<u8> {
    frame(3, 0, 1, &[0, 0, 0, reason])
}

/// Of streams after `last` it knows nothing.
fn goaway(last: u8, reason: u8) -> Vec<u8> {
    frame(7, 0, 0, &[0, 0, 0, last, 0, 0, 0, reason])
}

/// A reply of this body, and its trailers.
fn reply(body: &[u8], entries: Entries<'_>) -> Vec<u8> {
    [head("200", &[GRPC], false), data(body, false), trailers(entries)].concat()
}

/// A server of many connections that answers the first call on each so; then it hangs up, or waits for the other to.
fn server(answer: Vec<u8>, hangs_up: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut buffer = [0; 4096];
            let mut said = Vec::new();
            let _ = socket.write_all(&frame(4, 0, 0, &[]));
            while !has_ended(&said) {
                match socket.read(&mut buffer) {
                    Ok(read @ 1..) => said.extend_from_slice(&buffer[..read]),
                    _ => break,
                }
            }
            let _ = socket.write_all(&answer);
            if hangs_up {
                let _ = socket.shutdown(Shutdown::Write);
            }
            while socket.read(&mut buffer).is_ok_and(|read| read > 0) {}
        }
    });
    target
}

/// Whether the requests of the first call are all there.
fn has_ended(said: &[u8]) -> bool {
    let mut frames = said.get(24..).unwrap_or_default();
    while let Some((head, rest)) = frames.split_first_chunk::<9>() {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let Some(rest) = rest.get(length..) else { return false };
        if head[3] <= HEADERS && head[4] & END_STREAM != 0 {
            return true;
        }
        frames = rest;
    }
    false
}

fn call(target: &str, proto: &str, method: &str) -> (Ran, Vec<Value>) {
    let words = ["call", "-p", proto, target, method, "{name: \"a\"}"];
    let ran = greet(&words);
    let told = greet(&[&words[..], &["-o", "events"]].concat());
    assert_eq!((told.code, &told.stderr), (ran.code, &ran.stderr));
    (ran, told.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

const STAYS: bool = false;
const HANGS_UP: bool = true;
const X: &[u8] = b"\0\0\0\0\x03\n\x01x";

/// What a server answers, and what is said of it: the exit code, and the lines after `error: `.
struct Case {
    answer: Vec<u8>,
    hangs_up: bool,
    code: i32,
    said: String,
}

fn wrong(answer: Vec<u8>, code: i32, said: impl Into<String>) -> Case {
    Case { answer, hangs_up: STAYS, code, said: said.into() }
}

fn gone(answer: Vec<u8>, code: i32, said: &str) -> Case {
    Case { hangs_up: HANGS_UP, ..wrong(answer, code, said) }
}

/// On stderr, and in the last event but the times: a status, or a failure with its layer, addresses and hint.
fn check(cases: Vec<Case>) {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    for Case { answer, hangs_up, code, said } in cases {
        let target = server(answer, hangs_up);
        let (ran, events) = call(&target, &proto, "Unary");
        let said = said.replace("TARGET", &target);
        assert_eq!(ran.shown(), format!("{code}\n--- stdout\n--- stderr\nerror: {said}\n"));
        let ends = |event: &&Value| event["event"] == "status" || event["event"] == "failure";
        let ends: Vec<_> = events.iter().filter(ends).collect();
        let [end] = ends[..] else { panic!("{events:?}") };
        if code >= 64 {
            assert_eq!(end["event"], "status", "{said}");
            assert!(said.starts_with(end["name"].as_str().unwrap()), "{said}: {end}");
            assert!(said.contains(end["message"].as_str().unwrap()), "{said}: {end}");
        } else {
            let hint = said.split_once("\nhint: ").map(|(_, hint)| hint);
            let (layer, cause) = (if code == 5 { "http2" } else { "schema" }, said.lines().next().unwrap());
            assert_eq!((&end["layer"], &end["cause"]), (&Value::from(layer), &Value::from(cause)));
            assert_eq!(end["hint"].as_str(), hint);
            let addresses = end["addresses"].as_array().map_or(&[][..], |all| all);
            assert_eq!(addresses == [Value::from(target)], code == 5, "{end}");
        }
    }
}

#[test]
fn who_does_not_speak_grpc_is_told_from_a_server_that_does() {
    let html = [("content-type", "text/html"), ("server", "front")];
    let page = |code, entries| [head(code, entries, false), data(b"<html>", true)].concat();
    let kind = "with content type 'text/html' and no grpc-status";
    let proxy = "hint: a proxy or a web server answers so: are the port and the path right?";
    let asks = "hint: what it wants of those who ask is in its headers, which -v shows";
    let answered =
        |said: &str, hint: &str| format!("{}\n{hint}", said.replace("HTTP", "the server answered HTTP"));
    let strange = |kind: &str| format!("UNKNOWN (2): the server's reply is no gRPC: it has {kind}\n{proxy}");
    check(vec![
        wrong(page("502", &html), 78, answered(&format!("UNAVAILABLE (14): HTTP 502 {kind}"), proxy)),
        wrong(head("404", &html, true), 76, answered(&format!("UNIMPLEMENTED (12): HTTP 404 {kind}"), proxy)),
        wrong(
            page("429", &[]),
            78,
            answered("UNAVAILABLE (14): HTTP 429 with no content type and no grpc-status", proxy),
        ),
        wrong(
            head("401", &html, true),
            80,
            answered(&format!("UNAUTHENTICATED (16): HTTP 401 {kind}"), asks),
        ),
        wrong(
            head("403", &[GRPC], true),
            71,
            answered(
                "PERMISSION_DENIED (7): HTTP 403 with content type application/grpc and no grpc-status",
                asks,
            ),
        ),
        wrong(page("200", &html), 66, strange("content type 'text/html'")),
        wrong(page("200", &[]), 66, strange("no content type")),
        wrong(
            head("200", &[("content-type", "application/grpc-web")], true),
            66,
            strange("content type 'application/grpc-web'"),
        ),
    ]);
}

#[test]
fn what_is_wrong_with_a_status_is_named() {
    let details =
        [("grpc-status", "5"), ("grpc-message", "gone"), ("grpc-status-details-bin", "!no base64!")];
    let broken = [("grpc-status", "5"), ("grpc-status-details-bin", "/////w")];
    check(vec![
        wrong(head("200", &[GRPC], true), 66, "UNKNOWN (2): the server's only headers have no grpc-status"),
        wrong(
            [head("200", &[GRPC], false), data(X, true)].concat(),
            66,
            "UNKNOWN (2): the server ended the reply without trailers",
        ),
        wrong(reply(X, &[("x-a", "b")]), 66, "UNKNOWN (2): the server's trailers have no grpc-status"),
        wrong(
            reply(X, &[("grpc-status", "fine")]),
            66,
            "UNKNOWN (2): the server sent grpc-status 'fine', which is no number",
        ),
        wrong(reply(X, &[("grpc-status", "17")]), 66, "UNKNOWN (17)"),
        wrong(reply(b"", &details), 69, "NOT_FOUND (5): gone\n  details that are not base64: !no base64!"),
        wrong(
            reply(b"", &broken),
            69,
            "NOT_FOUND (5)\n  details that cannot be read: the bytes are no google.rpc.Status: \
             failed to decode Protobuf message: invalid varint",
        ),
    ]);
}

#[test]
fn what_is_wrong_with_a_message_is_named() {
    let ok = [("grpc-status", "0")];
    let gzip = [GRPC, ("grpc-encoding", "gzip")];
    let marked = b"\x01\0\0\0\x03\n\x01x";
    check(vec![
        wrong(
            reply(&[X, X].concat(), &ok),
            76,
            "UNIMPLEMENTED (12): the server sent two replies to a method that has one",
        ),
        wrong(reply(b"", &ok), 76, "UNIMPLEMENTED (12): the server sent no reply to a method that has one"),
        wrong(
            reply(b"\0\0\0\0\x02\n\x09", &ok),
            4,
            "a reply is no shapes.Item: at .name: the bytes are no shapes.Item: a length goes beyond the end, at byte 1\n\
             hint: the server's schema may differ from the one that was used",
        ),
        wrong(
            reply(&X[..6], &ok),
            77,
            "INTERNAL (13): the reply ended in the middle of a message, after 6 bytes of it",
        ),
        wrong(
            reply(&X[..3], &ok),
            77,
            "INTERNAL (13): the reply ended in the middle of a message, after 3 bytes of it",
        ),
        wrong(
            reply(marked, &ok),
            77,
            "INTERNAL (13): a message is marked as compressed, but no grpc-encoding was named",
        ),
        wrong(
            [head("200", &gzip, false), data(marked, false), trailers(&ok)].concat(),
            77,
            "INTERNAL (13): a compressed message is broken: unexpected end of file",
        ),
        wrong(
            reply(b"\x07\0\0\0\x03\n\x01x", &ok),
            77,
            "INTERNAL (13): a message begins with the byte 7, which is no compression flag",
        ),
    ]);
}

#[test]
fn how_a_call_or_its_connection_was_cut_is_named() {
    let begun = || head("200", &[GRPC], false);
    let closed = "the connection to TARGET was lost: closed by the other side";
    check(vec![
        wrong(reset(2), 77, "INTERNAL (13): the server reset the call (INTERNAL_ERROR)"),
        wrong(
            [begun(), data(X, false), reset(8)].concat(),
            65,
            "CANCELLED (1): the server reset the call (CANCEL)",
        ),
        wrong(reset(7), 78, "UNAVAILABLE (14): the server refused the call (REFUSED_STREAM)"),
        gone(
            goaway(0, 0),
            78,
            "UNAVAILABLE (14): the server is going away and did not take the call (NO_ERROR)",
        ),
        gone(
            goaway(0, 11),
            78,
            "UNAVAILABLE (14): the server is going away and did not take the call (ENHANCE_YOUR_CALM)",
        ),
        // It has taken the call, and then hangs up on it.
        gone([begun(), goaway(1, 0)].concat(), 5, closed),
        gone(vec![], 5, closed),
        gone([begun(), data(X, false)].concat(), 5, closed),
        gone(
            [begun(), data(X, false)[..12].to_vec()].concat(),
            5,
            "the connection to TARGET was lost: it ended in the middle of a frame",
        ),
        // DATA of no stream.
        wrong(
            frame(0, 0, 0, b"x"),
            5,
            "the connection to TARGET was lost: connection error detected: unspecific protocol error detected",
        ),
    ]);
}

/// What a server says of itself beside an error is seen.
#[test]
fn the_headers_of_a_refusal_are_told() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let target = server(head("401", &[("www-authenticate", "Bearer"), ("x-request", "r7")], true), STAYS);
    let told = greet(&["call", "-p", &proto, &target, "Unary", "-v"]);
    for line in ["< www-authenticate: Bearer\n", "< x-request: r7\n"] {
        assert!(told.stderr.contains(line), "{}", told.stderr);
    }
    let (_, events) = call(&target, &proto, "Unary");
    let trailers = events.iter().find(|event| event["event"] == "trailers").unwrap();
    assert_eq!(trailers["metadata"]["www-authenticate"], "Bearer");
}

/// What came before it went wrong is printed, and the exit code still says that it did.
#[test]
fn replies_before_it_are_printed() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    for (end, hangs_up, code) in
        [(reset(2), STAYS, 77), (data(&X[..6], true), STAYS, 77), (vec![], HANGS_UP, 5)]
    {
        let target = server([head("200", &[GRPC], false), data(X, false), end].concat(), hangs_up);
        let (ran, events) = call(&target, &proto, "Down");
        assert_eq!((ran.code, ran.stdout.as_str()), (code, "{\"name\":\"x\"}\n"), "{}", ran.stderr);
        let message = events.iter().find(|event| event["event"] == "message").unwrap();
        assert_eq!(message["body"]["name"], "x");
    }
}
