//! `greet call --retry`: calls are made again, and attempts to connect are not.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use greet::protocol::Status;
use greet::{Code, MetadataMap, Shape};
use h2::Reason;
use serde_json::{Value, json};

use crate::events::events;
use crate::h2_peer::{Then, end, ok, start};
use crate::peer::{Peer, item, metadata};
use crate::run::{Folder, Ran, SHAPES, greet, greet_with_input};

/// What came with each call: `grpc-previous-rpc-attempts`, the requests, the time that was left.
type Log = Arc<Mutex<Vec<(Option<String>, Vec<Bytes>, Option<u128>)>>>;

/// Fails calls with these codes, one after the other, and answers those that are 0 or come then; each with these trailers.
fn failing(shape: Shape, codes: &'static [u32], trailers: &'static [&'static str]) -> (Peer, Log) {
    let log = Log::default();
    let kept = Arc::clone(&log);
    let peer = Peer::start(shape, 100, move |call| {
        let log = Arc::clone(&kept);
        async move {
            let (mut requests, replies) = (call.requests, call.replies);
            let mut all = Vec::new();
            while let Some(request) = requests.next().await {
                all.push(request.unwrap());
            }
            let previous = call.head.metadata.get("grpc-previous-rpc-attempts");
            let previous = previous.map(|value| value.to_str().unwrap().to_owned());
            let nth = {
                let mut log = log.lock().unwrap();
                log.push((previous, all, call.head.timeout.map(|left| left.as_millis())));
                log.len() - 1
            };
            if let Some(code) = codes.get(nth).filter(|code| **code != 0) {
                replies.finish(Status::new(Code::new(*code), "not now"), metadata(trailers));
                return;
            }
            // An empty message is one of any type.
            replies.send(Bytes::new()).await.unwrap();
            replies.finish(Status::ok(), MetadataMap::new());
        }
    });
    (peer, log)
}

fn previous(log: &Log) -> Vec<Option<String>> {
    log.lock().unwrap().iter().map(|(previous, ..)| previous.clone()).collect()
}

fn attempts(ran: &Ran) -> Vec<Value> {
    events(ran).0.into_iter().filter(|event| event["event"] == "attempt").collect()
}

/// `greet call` of a unary method there.
fn unary(target: &str, args: &[&str]) -> Ran {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let mut all = vec!["call", "-p", &proto, target, "Unary"];
    all.extend(args);
    greet(&all)
}

#[test]
fn a_call_is_repeated_while_it_ends_unavailable() {
    let (peer, log) = failing(Shape::Unary, &[14, 14], &["grpc-retry-pushback-ms: 1", "x-why: rest"]);
    let ran = greet(&peer.call(&["Unary", "name=b", "--retry", "3", "-o", "events"]));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(previous(&log), [None, some("1"), some("2")]);
    assert!(log.lock().unwrap().iter().all(|(_, requests, _)| *requests == [item("b")]));
    let (_, names) = events(&ran);
    let wanted =
        ["start", "request", "half_close", "attempt", "attempt", "metadata", "message", "status", "timing"];
    assert_eq!(names, wanted);
    let attempts = attempts(&ran);
    for (n, attempt) in (1..).zip(&attempts) {
        assert_eq!(
            (&attempt["n"], &attempt["code"], &attempt["name"], &attempt["message"], &attempt["pause_ms"]),
            (&json!(n), &json!(14), &json!("UNAVAILABLE"), &json!("not now"), &json!(1.0)),
            "{attempt}"
        );
        assert_eq!(attempt["metadata"]["x-why"], "rest");
    }

    // Off unless it is asked for.
    let (peer, log) = failing(Shape::Unary, &[14], &[]);
    let ran = greet(&peer.call(&["Unary"]));
    assert_eq!(ran.shown(), "78\n--- stdout\n--- stderr\nerror: UNAVAILABLE (14): not now\n");
    assert_eq!(previous(&log), [None]);
}

#[test]
fn it_ends_after_so_many_tries() {
    let (peer, log) = failing(Shape::Unary, &[14; 9], &["grpc-retry-pushback-ms: 0"]);
    let ran = greet(&peer.call(&["Unary", "--retry", "2"]));
    assert_eq!(
        ran.shown(),
        "78\n--- stdout\n--- stderr\nnote: the call was tried 3 times\nerror: UNAVAILABLE (14): not now\n"
    );
    assert_eq!(log.lock().unwrap().len(), 3);
    let ran = greet(&peer.call(&["Unary", "--retry", "1", "-v"]));
    assert!(
        ran.stderr.contains("* try 1 failed: UNAVAILABLE (14): not now; the next comes after 0 ms\n")
            && ran.stderr.contains("> grpc-previous-rpc-attempts: 1\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn other_codes_are_named_and_the_server_may_forbid_it() {
    let pushed: &[&str] = &["grpc-retry-pushback-ms: 0"];
    for (codes, trailers, option, tries) in [
        (&[8, 10][..], pushed, "--retry-on=resource_exhausted,10", 3),
        (&[14], pushed, "--retry-on=Aborted", 1),
        (&[14], &["grpc-retry-pushback-ms: -1"], "--retry-on=14", 1),
        (&[14], &["grpc-retry-pushback-ms: soon"], "--retry-on=14", 1),
        // Nobody waits for so long.
        (&[14], &["grpc-retry-pushback-ms: 600000"], "--retry-on=14", 1),
    ] {
        let (peer, log) = failing(Shape::Unary, codes, trailers);
        let ran = greet(&peer.call(&["Unary", "--retry", "5", option]));
        assert_eq!(log.lock().unwrap().len(), tries, "{option} {trailers:?}: {}", ran.shown());
        assert_eq!(ran.code == 0, tries > 1, "{}", ran.shown());
    }
    for (args, said) in [
        (&["--retry-on", "14"][..], "--retry <N>"),
        (&["--retry", "1", "--retry-on", "ok"], "a call that ended OK is not repeated"),
        (&["--retry", "1", "--retry-on", "14,nope"], "nope"),
        (&["--retry", "0"], "0"),
    ] {
        let mut all = vec!["call", ":1", "a.B/C"];
        all.extend(args);
        let ran = greet(&all);
        assert!(ran.code == 2 && ran.stderr.contains(said), "{}", ran.shown());
    }
}

#[test]
fn whoever_has_begun_to_answer_is_not_asked_again() {
    type Begin = fn(&mut greet::server::Replies) -> bool;
    let begin: [Begin; 2] = [|replies| replies.metadata(metadata(&["x: y"])), |_| true];
    for begins in begin {
        let calls = Arc::new(Mutex::new(0));
        let count = Arc::clone(&calls);
        let peer = Peer::start(Shape::ServerStreaming, 100, move |call| {
            *count.lock().unwrap() += 1;
            async move {
                let mut replies = call.replies;
                begins(&mut replies);
                replies.send(item("a")).await.unwrap();
                replies.finish(Status::new(Code::UNAVAILABLE, "half"), MetadataMap::new());
            }
        });
        let ran = greet(&peer.call(&["Down", "--retry", "5"]));
        assert_eq!(
            ran.shown(),
            "78\n--- stdout\n{\"name\":\"a\"}\n--- stderr\nerror: UNAVAILABLE (14): half\n"
        );
        assert_eq!(*calls.lock().unwrap(), 1);
    }
}

#[test]
fn the_time_of_a_call_is_that_of_all_its_tries() {
    let (peer, log) = failing(Shape::Unary, &[14], &["grpc-retry-pushback-ms: 30"]);
    let ran = greet(&peer.call(&["Unary", "--retry", "5", "--timeout", "40s"]));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let left: Vec<_> = log.lock().unwrap().iter().map(|(.., left)| left.unwrap()).collect();
    assert!(left[0] <= 40_000 && left[1] + 30 <= left[0], "{left:?}");

    // A pause that lasts longer than the time is not begun: what the server said is said.
    let (peer, log) = failing(Shape::Unary, &[14; 9], &["grpc-retry-pushback-ms: 50000"]);
    let ran = greet(&peer.call(&["Unary", "--retry", "5", "--timeout", "40s"]));
    assert_eq!(ran.shown(), "78\n--- stdout\n--- stderr\nerror: UNAVAILABLE (14): not now\n");
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[test]
fn requests_of_a_stream_are_sent_again_as_far_as_they_are_kept() {
    let pushed: &[&str] = &["grpc-retry-pushback-ms: 0"];
    let (peer, log) = failing(Shape::ClientStreaming, &[14], pushed);
    let input = "{\"name\":\"a\"}{\"name\":\"b\"}{\"name\":\"c\"}";
    let ran = greet_with_input(&peer.call(&["Up", "-", "--retry", "5"]), input);
    assert_eq!(ran.shown(), "0\n--- stdout\n{}\n--- stderr\n");
    let sent = [item("a"), item("b"), item("c")];
    assert!(log.lock().unwrap().iter().all(|(_, requests, _)| *requests == sent), "{log:?}");
    assert_eq!(log.lock().unwrap().len(), 2);

    // Requests of more than 1 MiB are not kept; what is at hand whole is there anyway.
    let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(1 << 20));
    let (peer, log) = failing(Shape::ClientStreaming, &[14], pushed);
    let ran = greet_with_input(&peer.call(&["Up", "-", "--retry", "5"]), &huge);
    assert_eq!(ran.code, 78, "{}", ran.stderr);
    assert_eq!(log.lock().unwrap().len(), 1);
    let folder = Folder::new();
    let file = format!("@{}", folder.file("huge.json", &huge));
    let (peer, log) = failing(Shape::Unary, &[14], pushed);
    let ran = greet(&peer.call(&["Unary", &file, "--retry", "5"]));
    assert_eq!((ran.code, log.lock().unwrap().len()), (0, 2), "{}", ran.stderr);
}

#[test]
fn a_stream_that_was_refused_is_made_again() {
    let refuse = |n, target: &str| {
        let ran = unary(target, &["--retry", "1", "-o", "events"]);
        let attempts = attempts(&ran);
        assert_eq!(attempts.len(), n, "{}", ran.shown());
        // At once the first time.
        assert_eq!(attempts[0]["pause_ms"], 0.0);
        assert!(attempts[1..].iter().all(|attempt| attempt["pause_ms"].as_f64().unwrap() >= 80.0));
        ran
    };
    let target = start(0, |n, request, mut respond| {
        let previous = request.headers().get("grpc-previous-rpc-attempts").cloned();
        match n {
            1 => respond.send_reset(Reason::REFUSED_STREAM),
            // It was not tried, as nobody has looked at it.
            2 if previous.is_none() => respond.send_reset(Reason::REFUSED_STREAM),
            3 if previous.is_some_and(|value| value == "1") => ok(respond),
            _ => end(respond, 2, &[]),
        }
        Then::Keep
    });
    assert_eq!(refuse(2, &target).code, 0);
    let target = start(0, |_, _, mut respond| {
        respond.send_reset(Reason::REFUSED_STREAM);
        Then::Keep
    });
    let ran = refuse(2, &target);
    assert_eq!(ran.code, 78, "{}", ran.shown());
    assert!(ran.stderr.ends_with("the server refused the call (REFUSED_STREAM)\n"), "{}", ran.stderr);

    // A server that goes away has not looked at what comes above its last stream: another connection has it.
    let target = start(1, |n, _, respond| {
        if n == 1 {
            ok(respond);
        } else {
            end(respond, 2, &[]);
        }
        Then::Keep
    });
    assert_eq!(refuse(1, &target).code, 0);
    let target = start(1, |_, _, respond| {
        ok(respond);
        Then::Keep
    });
    let ran = unary(&target, &[]);
    assert_eq!(ran.code, 78, "it is not made again unless it is asked for: {}", ran.shown());
}

#[test]
fn a_lost_connection_is_made_again_for_a_call_and_only_then() {
    let target = start(0, |n, _, respond| {
        if n == 1 {
            return Then::Drop;
        }
        ok(respond);
        Then::Keep
    });
    let ran = unary(&target, &["--retry", "1"]);
    assert_eq!(ran.shown(), "0\n--- stdout\n{}\n--- stderr\n");

    // Nobody listens: no call was made, and none is repeated.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap().to_string();
    drop(listener);
    let ran = unary(&nobody, &["--retry", "1000", "-o", "events"]);
    assert_eq!((ran.code, attempts(&ran)), (5, vec![]), "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: connection refused by"), "{}", ran.stderr);

    // Somebody else does.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let _ = std::io::Write::write_all(&mut socket.unwrap(), b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let ran = unary(&other, &["--retry", "1000", "-o", "events"]);
    assert_eq!((ran.code, attempts(&ran)), (5, vec![]), "{}", ran.shown());
}

#[test]
fn each_of_many_calls_is_repeated() {
    let seen = Arc::new(Mutex::new(std::collections::HashMap::<Bytes, u32>::new()));
    let peer = Peer::start(Shape::Unary, 100, move |call| {
        let seen = Arc::clone(&seen);
        async move {
            let (mut requests, replies) = (call.requests, call.replies);
            let request = requests.only().await.unwrap();
            let count = {
                let mut seen = seen.lock().unwrap();
                let count = seen.entry(request.clone()).or_default();
                *count += 1;
                *count
            };
            // Those with an even number need a second try, and "bad" more than there are.
            let name = String::from_utf8_lossy(&request[2..]).into_owned();
            let needed = if name == "bad" { 9 } else { name.parse::<u32>().map_or(1, |n| 2 - n % 2) };
            if count < needed {
                let after = metadata(&["grpc-retry-pushback-ms: 1"]);
                return replies.finish(Status::new(Code::UNAVAILABLE, "not now"), after);
            }
            replies.send(request).await.unwrap();
            replies.finish(Status::ok(), MetadataMap::new());
        }
    });
    let lines = |range: std::ops::Range<u32>| {
        range.map(|n| format!("{{\"name\":\"{n}\"}}\n")).collect::<Vec<_>>().concat()
    };
    let input = format!("{}{{\"name\":\"bad\"}}\n{}", lines(0..20), lines(20..40));
    let ran = greet_with_input(&peer.call(&["Unary", "--each", "-", "-j", "7", "--retry", "2"]), &input);
    let bad = "{\"error\":{\"n\":21,\"code\":14,\"name\":\"UNAVAILABLE\",\"message\":\"not now\"}}\n";
    assert_eq!(ran.stdout, format!("{}{bad}{}", lines(0..20), lines(20..40)), "{}", ran.stderr);
    assert_eq!(ran.code, 78);
}

#[test]
fn what_is_hedged_counts_where_too_many_calls_fail() {
    let config = |ratio: f64| {
        json!({
            "retryThrottling": {"maxTokens": 4, "tokenRatio": ratio},
            "methodConfig": [{"name": [{}], "hedgingPolicy": {
                "maxAttempts": 4, "hedgingDelay": "600s", "nonFatalStatusCodes": ["UNAVAILABLE"],
            }}],
        })
        .to_string()
    };
    // Two of four tokens are gone after two attempts; the first of a call is always made.
    for (codes, ratio, tries) in [
        (&[14; 9][..], 0.1, vec![None, Some("1"), None, None]),
        // What goes well gives some back, and what fails otherwise none.
        (&[14, 14, 0, 14, 14], 2.0, vec![None, Some("1"), None, None, Some("1")]),
        (&[14, 14, 3, 14], 2.0, vec![None, Some("1"), None, None]),
    ] {
        let (peer, log) = failing(Shape::Unary, codes, &[]);
        let config = config(ratio);
        let args = peer.call(&["Unary", "--each", "-", "--service-config", &config]);
        let ran = greet_with_input(&args, "{}{}{}");
        assert_eq!(ran.stdout.lines().count(), 3, "{}", ran.shown());
        let wanted: Vec<_> = tries.iter().map(|text| text.map(str::to_owned)).collect();
        assert_eq!(previous(&log), wanted, "{codes:?}: {}", ran.shown());
    }
}

#[test]
fn whoever_has_begun_to_answer_has_the_last_word_of_what_is_hedged() {
    let (peer, log) = begun_then_failing();
    let ran = greet(&peer.call(&["Unary", "--hedge", "3,600s"]));
    assert_eq!(ran.shown(), "78\n--- stdout\n--- stderr\nerror: UNAVAILABLE (14): half\n");
    assert_eq!(*log.lock().unwrap(), 1);
}

/// Begins to answer each call, and fails it then; how many there were.
fn begun_then_failing() -> (Peer, Arc<Mutex<usize>>) {
    let calls = Arc::new(Mutex::new(0));
    let count = Arc::clone(&calls);
    let peer = Peer::start(Shape::Unary, 100, move |call| {
        *count.lock().unwrap() += 1;
        async move {
            let replies = call.replies;
            replies.metadata(metadata(&["x: y"]));
            replies.finish(Status::new(Code::UNAVAILABLE, "half"), MetadataMap::new());
        }
    });
    (peer, calls)
}

#[test]
fn a_hedged_call_ends_as_its_attempt_when_there_is_nobody_else() {
    // The only server leaves with each call: who comes in its place is not there yet, or leaves too.
    let target = start(0, |_, _, _| Then::Drop);
    let ran = unary(&target, &["--lb", "round_robin", "--hedge", "3,600s"]);
    let lost = format!("error: the connection to {target} was lost: closed by the other side\n");
    assert_eq!(ran.shown(), format!("5\n--- stdout\n--- stderr\n{lost}"));
}

#[test]
fn a_stream_that_was_refused_counts_for_nothing_where_too_many_calls_fail() {
    let target = start(0, |n, _, mut respond| {
        if n == 1 {
            respond.send_reset(Reason::REFUSED_STREAM);
        } else {
            ok(respond);
        }
        Then::Keep
    });
    // After one failure that counts nothing is made again.
    let config = json!({
        "retryThrottling": {"maxTokens": 2, "tokenRatio": 0.1},
        "methodConfig": [{"name": [{}], "retryPolicy": {
            "maxAttempts": 2, "initialBackoff": "0.001s", "maxBackoff": "0.001s", "backoffMultiplier": 1,
            "retryableStatusCodes": ["UNAVAILABLE"],
        }}],
    });
    let ran = unary(&target, &["--service-config", &config.to_string()]);
    assert_eq!(ran.shown(), "0\n--- stdout\n{}\n--- stderr\n");
}
