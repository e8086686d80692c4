//! `greet call -o events` and `--in events`: all that happens, as data, and its requests once more.

use std::net::TcpListener;
use std::process::Stdio;

use greet::protocol::Status;
use greet::protocol::status::Details;
use greet::{Code, Shape};
use prost::Message;
use serde_json::{Value, json};

use crate::json_schema::check;
use crate::peer::{Peer, item, metadata};
use crate::run::{Folder, Ran, Running, SHAPES, Served, command, greet, greet_with_input, serve};

/// The events on stdout, each as the schema says; and their names.
pub(crate) fn events(ran: &Ran) -> (Vec<Value>, Vec<String>) {
    let schema: Value = serde_json::from_str(include_str!("../../docs/events.schema.json")).unwrap();
    let events: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for event in &events {
        assert_eq!(check(&schema, &schema, event), Ok(()), "{event}");
        assert_eq!(event["call"], "1");
    }
    let at = |event: &Value| event["at_ms"].as_f64().unwrap();
    assert!(events.is_sorted_by(|a, b| at(a) <= at(b)), "{}", ran.stdout);
    let names = events.iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect();
    (events, names)
}

fn shapes(rule: &str) -> Served {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    serve(&[&proto, "--rule", rule])
}

#[test]
fn a_call_is_events() {
    let server = serve(&[]);
    let ran = greet(&["call", &server.target, "SayHello", "name=World", "-o", "events"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
    let (events, names) = events(&ran);
    assert_eq!(names, ["start", "request", "half_close", "metadata", "message", "status", "timing"]);
    assert_eq!(events[0]["method"], "greeter.Greeter/SayHello");
    assert_eq!(events[0]["target"], server.target.as_str());
    let port = server.target.rsplit(':').next().unwrap();
    assert!(events[0]["peer"].as_str().unwrap().ends_with(&format!(":{port}")), "{}", events[0]);
    assert_eq!(events[1]["body"], json!({"name": "World"}));
    assert_eq!((&events[4]["n"], &events[4]["body"]), (&json!(1), &json!({"message": "Hello, World!"})));
    assert_eq!((&events[5]["code"], &events[5]["name"]), (&json!(0), &json!("OK")));
    for phase in ["dns", "connect", "http2", "schema", "first_message", "total"] {
        assert!(events[6][phase].is_number(), "{phase}: {}", events[6]);
    }
}

#[test]
fn metadata_trailers_and_details_are_told_apart_and_secrets_are_not_shown() {
    let peer = Peer::start(Shape::ServerStreaming, 100, |call| async move {
        let replies = call.replies;
        replies.metadata(metadata(&["x-who: me", "x-who: you", "set-cookie: id=7"]));
        replies.send(item("a")).await.unwrap();
        let info = prost_types::Any {
            type_url: "type.googleapis.com/google.rpc.RequestInfo".to_owned(),
            value: b"\n\x02r7".to_vec(),
        };
        // google.rpc.Status: the details are its field 3.
        let mut details = vec![0x1a, u8::try_from(info.encoded_len()).unwrap()];
        info.encode(&mut details).unwrap();
        let mut status = Status::new(Code::NOT_FOUND, "no more");
        status.details = Details::Some(details.into());
        replies.finish(status, metadata(&["x-cost: 3", "x-token-bin: AQI"]));
    });
    let ran = greet(&peer.call(&["Down", "-o", "events"]));
    assert_eq!(ran.code, 69, "{}", ran.shown());
    let (all, names) = events(&ran);
    let wanted = ["start", "request", "half_close", "metadata", "message", "trailers", "status", "timing"];
    assert_eq!(names, wanted);
    assert_eq!(all[3]["metadata"], json!({"x-who": ["me", "you"], "set-cookie": "[redacted]"}));
    assert_eq!(all[5]["metadata"], json!({"x-cost": "3", "x-token-bin": "[redacted]"}));
    assert_eq!((&all[6]["name"], &all[6]["message"]), (&json!("NOT_FOUND"), &json!("no more")));
    assert_eq!(all[6]["details"][0]["requestId"], "r7", "{}", all[6]);
    assert!(all[7].get("schema").is_some() && all[7].get("tls").is_none(), "{}", all[7]);
    let ran = greet(&peer.call(&["Down", "-o", "events", "--show-secrets"]));
    let (all, _) = events(&ran);
    assert_eq!(all[3]["metadata"]["set-cookie"], "id=7");
    assert_eq!(all[5]["metadata"]["x-token-bin"], "AQI");
}

#[test]
fn what_was_sent_with_the_call_is_told_at_its_start() {
    let server = serve(&[]);
    let sent = ["-H", "x-who: me", "-H", "x-who: you", "--rpc-header", "x-token: t1", "-t", "9s"];
    let call = |more: &[&str]| {
        let mut args = vec!["call", &server.target, "SayHello", "name=a", "-o", "events"];
        args.extend(sent.iter().chain(more));
        let ran = greet(&args);
        events(&ran).0[0]["metadata"].clone()
    };
    let agent = format!("greet/{}", env!("CARGO_PKG_VERSION"));
    let mut wanted = json!({"x-who": ["me", "you"], "x-token": "[redacted]", "user-agent": agent});
    assert_eq!(call(&[]), wanted);
    wanted["x-token"] = json!("t1");
    wanted["user-agent"] = json!(format!("me {agent}"));
    assert_eq!(call(&["--show-secrets", "--user-agent", "me"]), wanted);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap().to_string();
    drop(listener);
    let (all, _) = events(&greet(&["call", &nobody, "a.B/C", "-o", "events"]));
    assert_eq!(all[0].get("metadata"), None, "nothing was sent: {}", all[0]);
}

#[test]
fn details_are_read_with_the_schema_at_hand() {
    let of = |name: &str, value: &[u8]| prost_types::Any {
        type_url: format!("type.googleapis.com/{name}"),
        value: value.to_vec(),
    };
    // A type of the method's own, one that only another given file has, and one that nobody has.
    let details = [of("shapes.Item", b"\n\x01a"), of("fault.Fault", b"\n\x01b"), of("x.Y", b"\n\x01c")];
    let mut wire = Vec::new();
    for any in details {
        wire.extend([0x1a, u8::try_from(any.encoded_len()).unwrap()]);
        any.encode(&mut wire).unwrap();
    }
    let peer = Peer::start(Shape::Unary, 100, move |call| {
        let mut status = Status::new(Code::NOT_FOUND, "no");
        status.details = Details::Some(wire.clone().into());
        async move { call.replies.finish(status, metadata(&[])) }
    });
    let folder = Folder::new();
    let proto = "syntax = \"proto3\"; package fault; message Fault { string why = 1; }";
    let fault = folder.file("fault.proto", proto);
    let read = [
        json!({"@type": "type.googleapis.com/shapes.Item", "name": "a"}),
        json!({"@type": "type.googleapis.com/fault.Fault", "why": "b"}),
        json!({"@type": "type.googleapis.com/x.Y", "value": "CgFj"}),
    ];
    let ran = greet(&peer.call(&["Unary", "-p", &fault]));
    let shown = read.iter().map(|detail| format!("  {detail}\n")).collect::<Vec<_>>().concat();
    assert_eq!(ran.shown(), format!("69\n--- stdout\n--- stderr\nerror: NOT_FOUND (5): no\n{shown}"));
    let ran = greet(&peer.call(&["Unary", "-p", &fault, "-o", "events"]));
    let (all, _) = events(&ran);
    let status = all.iter().find(|event| event["event"] == "status").unwrap();
    assert_eq!(status["details"], json!(read));
    let why = "$status.details[1].why == \"b\"";
    let args = ["Unary", "-p", &fault, "--expect", why, "--expect-code", "5"];
    let ran = greet(&peer.call(&args));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let ran = greet_with_input(&peer.call(&["Unary", "-p", &fault, "--each", "-"]), "{}");
    let line: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(line["error"]["details"], json!(read));
}

#[test]
fn what_fails_here_is_an_event_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap().to_string();
    drop(listener);
    let server = serve(&[]);
    let there = server.target.as_str();
    for (target, method, data, layer, code) in [
        (nobody.as_str(), "a.B/C", "{}", "connect", 5),
        ("nothing.invalid:1", "a.B/C", "{}", "resolve", 5),
        (there, "a.B/C", "{}", "schema", 4),
        (there, "SayHello", "nme=World", "request", 3),
        (there, "SayHello", "{", "request", 3),
        (there, "SayHello", "a=b=c:={", "request", 3),
    ] {
        let ran = greet(&["call", "--plaintext", target, method, data, "-o", "events"]);
        assert_eq!(ran.code, code, "{}", ran.shown());
        let (events, names) = events(&ran);
        assert_eq!(names, ["start", "failure", "timing"], "{}", ran.shown());
        assert_eq!(events[1]["layer"], layer, "{}", events[1]);
        let cause = format!("error: {}", events[1]["cause"].as_str().unwrap());
        assert!(ran.stderr.starts_with(&cause), "{}", ran.shown());
        if layer == "connect" {
            assert_eq!(events[1]["addresses"], json!([nobody]));
            assert!(events[2]["connect"].is_number(), "{}", events[2]);
        }
    }
    let ran = greet(&["call", "--tls", there, "SayHello", "-o", "events"]);
    let (events, names) = events(&ran);
    assert_eq!((ran.code, names), (6, ["start", "failure", "timing"].map(ToOwned::to_owned).to_vec()));
    assert_eq!(events[1]["layer"], "tls");
    let address = events[1]["addresses"][0].as_str().unwrap();
    assert_eq!(address.rsplit(':').next(), there.rsplit(':').next(), "{}", events[1]);
    assert!(events[2]["tls"].is_number() && events[2]["connect"].is_number(), "{}", events[2]);
    // What was typed wrong is no call.
    let ran = greet(&["call", there, "SayHello", "-o", "events", "--lockstep"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.shown());
}

/// Whoever follows a call that is slow to answer sees what it was asked.
#[test]
fn a_request_is_seen_before_there_is_a_reply() {
    let server = shapes("shapes.Shapes/Both => empty");
    for more in [&[][..], &["--no-half-close"], &["--lockstep"]] {
        let mut call = command(&[&["call", &server.target, "Both", "-", "-o", "events"], more].concat());
        call.stdin(Stdio::piped());
        let mut running = Running::start(call);
        std::io::Write::write_all(running.stdin(), b"{\"name\":\"a\"}").unwrap();
        while !running.line().contains("\"request\"") {}
        running.signal("INT");
        assert_eq!(running.end().code, 130);
    }
}

#[test]
fn a_call_that_is_left_is_cancelled() {
    let server = shapes("shapes.Shapes/Both => .");
    let ran = greet(&[
        "call",
        &server.target,
        "Both",
        "{name: \"a\"}",
        "--no-half-close",
        "-n",
        "1",
        "-o",
        "events",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let (_, names) = events(&ran);
    assert_eq!(names, ["start", "request", "metadata", "message", "cancel", "timing"]);

    let mut call = command(&["call", &server.target, "Both", "-", "-o", "events"]);
    call.stdin(Stdio::piped());
    let mut running = Running::start(call);
    std::io::Write::write_all(running.stdin(), b"{\"name\":\"a\"}").unwrap();
    while !running.line().contains("\"message\"") {}
    running.signal("INT");
    let ran = running.end();
    assert_eq!(ran.code, 130, "{}", ran.shown());
    assert_eq!(events(&ran).1, ["cancel", "timing"]);

    // Data that is wrong in the middle of a stream resets it.
    let ran = greet_with_input(
        &["call", &server.target, "Both", "-", "-o", "events"],
        "{\"name\":\"a\"}{\"nme\":1}",
    );
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let (_, names) = events(&ran);
    assert_eq!(
        names.last_chunk(),
        Some(&["cancel", "failure", "timing"].map(ToOwned::to_owned)),
        "{names:?}"
    );
}

#[test]
fn the_time_of_a_call_is_up() {
    let peer = Peer::start(Shape::Unary, 100, |call| async move {
        let _call = call;
        std::future::pending::<()>().await;
    });
    let ran = greet(&peer.call(&["Unary", "-o", "events", "-t", "50ms"]));
    assert_eq!(ran.code, 68, "{}", ran.shown());
    let (all, names) = events(&ran);
    assert_eq!(names, ["start", "request", "half_close", "cancel", "status", "timing"]);
    assert_eq!(all[4]["name"], "DEADLINE_EXCEEDED");
}

#[test]
fn a_recording_is_sent_again() {
    let server = shapes("shapes.Shapes/Both => .");
    let folder = Folder::new();
    let recorded = greet(&["call", &server.target, "Both", "{name:'a'}{name:'b',size:5}", "-o", "events"]);
    assert_eq!(recorded.code, 0, "{}", recorded.shown());
    let file = format!("@{}", folder.file("both.ndjson", &recorded.stdout));
    let ran = greet(&["call", &server.target, "Both", "--in", "events", &file]);
    assert_eq!(ran.shown(), "0\n--- stdout\n{\"name\":\"a\"}\n{\"name\":\"b\",\"size\":\"5\"}\n--- stderr\n");

    let two = format!(
        "{}{}",
        recorded.stdout,
        recorded.stdout.replace("\"call\":\"1\"", "\"call\":\"2\"").replace("\"a\"", "\"c\"")
    );
    let again = |args: &[&str]| {
        let mut all = vec!["call", &server.target];
        all.extend(args);
        all.extend(["--in", "events", "-"]);
        greet_with_input(&all, &two)
    };
    assert_eq!(again(&["Both", "-q", ".name", "-r"]).stdout, "a\nb\nc\nb\n");
    assert_eq!(again(&["Both", "-q", ".name", "-r", "--call", "2"]).stdout, "c\nb\n");
    let ran = again(&["Both", "--call", "3"]);
    assert_eq!(
        ran.shown(),
        "3\n--- stdout\n--- stderr\nerror: --call: there is no request of a call '3' in the recording\n\
         hint: --call ID takes one of 1, 2\n"
    );

    let greeter = serve(&[]);
    let one = greet(&["call", &greeter.target, "SayHello", "name=Ann", "-o", "events"]).stdout;
    let unary = |recording: &str, options: &[&str]| {
        let mut all = vec!["call", &greeter.target, "SayHello", "--in", "events", "-"];
        all.extend(options);
        greet_with_input(&all, recording)
    };
    assert_eq!(unary(&one, &[]).stdout, "{\"message\":\"Hello, Ann!\"}\n");
    let other = one.replace("\"call\":\"1\"", "\"call\":\"two\"").replace("Ann", "Bob");
    let both = format!("{one}{other}");
    assert_eq!(unary(&both, &["--call", "two"]).stdout, "{\"message\":\"Hello, Bob!\"}\n");
    let ran = unary(&both, &[]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.ends_with("there are several\nhint: --call ID takes one of 1, two\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_no_recording_is_refused() {
    let server = serve(&[]);
    for (recording, wrong) in [
        ("{\"name\":\"World\"}", "event 1: this is no event"),
        ("[1]", "event 1: this is no event"),
        (
            "{\"v\":2,\"event\":\"request\",\"call\":\"1\",\"body\":{}}",
            "event 1: events of version 2 are not known",
        ),
        ("{\"v\":1,\"event\":\"request\",\"call\":\"1\"}", "event 1: a request has a body"),
        (
            "{\"v\":1,\"event\":\"new\"}{\"v\":1,\"event\":\"request\",\"call\":\"1\",\"body\":{\"nme\":1}}",
            "event 2, its body,",
        ),
        ("{\"v\":1,\"event\":\"new\"}", "there is none"),
    ] {
        let ran = greet_with_input(&["call", &server.target, "SayHello", "--in", "events", "-"], recording);
        assert_eq!(ran.code, 3, "{}", ran.shown());
        assert!(ran.stderr.contains(wrong), "{recording}: {}", ran.stderr);
    }
    for (args, wrong) in [
        (vec!["{}", "--call", "1"], "--call goes with --in events"),
        (vec!["--each", "-", "--in", "events"], "--each reads messages, and --in events a recording"),
        (vec!["-o", "events", "-q", "."], "-q prints replies, and -o events prints events"),
        (vec!["-o", "events", "-w", "x"], "-w writes to stdout, where the events of -o events are"),
        (vec!["-o", "text", "--each", "-"], "--each prints one line for each input"),
    ] {
        let mut all = vec!["call", &server.target, "SayHello"];
        all.extend(args);
        let ran = greet(&all);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.shown());
        assert!(ran.stderr.starts_with(&format!("error: {wrong}")), "{}", ran.stderr);
    }
}
