//! greet calls the server that Python's grpcio runs.

use crate::peers::{Ended, Peer, run};
use crate::tools::{greet, python};

/// Python's server, and its target.
fn server() -> Option<(Peer, String)> {
    let mut peer = Peer::start(&mut python("server.py")?);
    let target = peer.line();
    Some((peer, target))
}

fn call(target: &str, arguments: &[&str]) -> Ended {
    run(greet(["call", target]).args(arguments))
}

#[track_caller]
fn assert_prints(ended: &Ended, stdout: &str) {
    assert_eq!((ended.code, ended.stdout.as_str()), (0, stdout), "{}", ended.stderr);
}

#[test]
fn unary_with_reflection_and_with_files() {
    let Some((_server, target)) = server() else { return };
    let hello = "{\"message\":\"Hello, World!\"}\n";
    for data in [r#"{"name":"World"}"#, "name=World", r#"<"name":"World">"#] {
        assert_prints(&call(&target, &["greeter.Greeter/SayHello", data]), hello);
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
    assert_prints(&call(&target, &["-p", file, "greeter.Greeter/SayHello", "name=World"]), hello);
    assert_prints(&call(&target, &["-p", file, "--reflection", "off", "SayHello", "name=World"]), hello);
}

#[test]
fn every_kind_of_field_there_and_back() {
    let Some((_server, target)) = server() else { return };
    let all = concat!(
        r#"{"aDouble":0.1,"aFloat":1.5,"anInt32":-3,"anInt64":"-9223372036854775808","aUint32":4294967295,"#,
        r#""aUint64":"18446744073709551615","aSint32":-5,"aSint64":"-6","aFixed32":7,"aFixed64":"8","#,
        r#""anSfixed32":-9,"anSfixed64":"-10","aBool":true,"aString":"Grüße, 世界","someBytes":"AP7/","#,
        r#""colour":"COLOUR_BLUE","inner":{"name":"one","next":{"name":"two"}},"numbers":[1,-1,300],"#,
        r#""words":["a","","c"],"inners":[{"name":"x"},{}],"counts":{"k":1},"byNumber":{"-5":{"name":"m"}},"#,
        r#""text":"chosen","maybe":0,"at":"2026-01-02T03:04:05.678Z","lasting":"1.500s","#,
        r#""any":{"@type":"type.googleapis.com/shapes.Everything.Inner","name":"packed"},"wrapped":"w"}"#,
    );
    assert_prints(&call(&target, &["shapes.Shapes/Mirror", all]), &format!("{all}\n"));
}

#[test]
fn streams_of_replies_and_of_requests() {
    let Some((_server, target)) = server() else { return };
    let counted = "{\"value\":\"1\"}\n{\"value\":\"2\"}\n{\"value\":\"3\"}\n";
    assert_prints(&call(&target, &["shapes.Shapes/Count", "upTo=3"]), counted);
    assert_prints(&call(&target, &["shapes.Shapes/Count"]), "");
    let sum = call(&target, &["shapes.Shapes/Sum", "{value: 1} {value: 2}", "{value: \"9007199254740993\"}"]);
    assert_prints(&sum, "{\"count\":3,\"sum\":\"9007199254740996\"}\n");
    assert_prints(&call(&target, &["shapes.Shapes/Sum"]), "{}\n");
}

#[test]
fn a_conversation_goes_both_ways_at_once() {
    let Some((_server, target)) = server() else { return };
    let mut talk = Peer::start(&mut greet(["call", &target, "shapes.Shapes/Talk", "-"]));
    for word in ["one", "two"] {
        // No line end: a request goes out when its JSON closes.
        talk.say(&format!("{{\"text\":\"{word}\"}}"));
        assert_eq!(talk.line(), format!("{{\"text\":\"you said {word}\"}}"));
    }
    talk.hang_up();
    assert_prints(&talk.end(), "");
}

#[test]
fn the_server_ends_first() {
    let Some((_server, target)) = server() else { return };
    let mut talk = Peer::start(&mut greet(["call", &target, "shapes.Shapes/Talk", "-"]));
    talk.say(r#"{"text":"bye"}"#);
    // Standard input stays open.
    assert_prints(&talk.end(), "{\"text\":\"so long\"}\n");
}

#[test]
fn a_status_is_shown_with_its_details() {
    let Some((_server, target)) = server() else { return };
    let plain = call(&target, &["shapes.Shapes/Fail", r#"{"code":5,"message":"näme: 100%"}"#]);
    assert_eq!((plain.code, plain.stdout.as_str()), (69, ""), "{}", plain.stderr);
    assert!(plain.stderr.contains("error: NOT_FOUND (5): näme: 100%\n"), "{}", plain.stderr);

    let detailed = call(&target, &["shapes.Shapes/Fail", r#"{"code":3,"message":"bad","details":true}"#]);
    assert_eq!((detailed.code, detailed.stdout.as_str()), (67, ""), "{}", detailed.stderr);
    let readable =
        ["INVALID_ARGUMENT (3): bad", "BadRequest", "must not be empty", "ErrorInfo", "TOO_SHORT", "3s"];
    for part in readable {
        assert!(detailed.stderr.contains(part), "{part} is not in: {}", detailed.stderr);
    }
}

#[test]
fn every_code_has_its_exit_code() {
    let Some((_server, target)) = server() else { return };
    for code in 1..=16 {
        let ended = call(&target, &["shapes.Shapes/Fail", &format!("{{\"code\":{code}}}")]);
        assert_eq!(ended.code, 64 + code, "{}", ended.stderr);
    }
}

#[test]
fn replies_before_an_error_are_printed() {
    let Some((_server, target)) = server() else { return };
    let late = call(&target, &["shapes.Shapes/FailLate", "code=8", "after=2", "message=full"]);
    assert_eq!(
        (late.code, late.stdout.as_str()),
        (72, "{\"value\":\"1\"}\n{\"value\":\"2\"}\n"),
        "{}",
        late.stderr
    );
    assert!(late.stderr.contains("RESOURCE_EXHAUSTED (8): full"), "{}", late.stderr);
}

#[test]
fn metadata_goes_out_literally() {
    let Some((_server, target)) = server() else { return };
    let sent = ["-H", "x-who: me", "-H", "X-Who: you", "-H", "x-raw-bin: AAH/", "-H", "x-empty:"];
    let ended = call(&target, &[&["shapes.Shapes/Meta"], &sent[..]].concat());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let reply: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let values = |name: &str| reply["metadata"][name]["values"].clone();
    assert_eq!(values("x-who"), serde_json::json!(["me", "you"]));
    assert_eq!(values("x-raw-bin"), serde_json::json!(["0001ff"]));
    assert_eq!(values("x-empty"), serde_json::json!([""]));
    let agent = values("user-agent");
    assert!(agent[0].as_str().is_some_and(|agent| agent.starts_with("greet/")), "{agent}");
}

#[test]
fn a_deadline_is_sent_and_kept() {
    let Some((mut peer, target)) = server() else { return };
    let left = call(&target, &["shapes.Shapes/Left", "--timeout", "100s"]);
    let seconds = left.stdout.trim().trim_start_matches(r#"{"left":""#).trim_end_matches(r#"s"}"#);
    let seconds: u32 = seconds.parse().unwrap_or_else(|_| panic!("{left:?}"));
    assert!((50..=100).contains(&seconds), "{seconds}");
    assert_prints(&call(&target, &["shapes.Shapes/Left"]), "{}\n");

    for (method, stdout) in [("Wait", ""), ("WaitAfterOne", "{\"value\":\"1\"}\n")] {
        let late = call(&target, &[&format!("shapes.Shapes/{method}"), "--timeout", "700ms"]);
        assert_eq!((late.code, late.stdout.as_str()), (68, stdout), "{}", late.stderr);
        assert!(late.stderr.contains("DEADLINE_EXCEEDED (4)"), "{}", late.stderr);
        assert_eq!(peer.line(), format!("cancelled {method}"));
    }
}

#[test]
fn an_interrupted_call_is_cancelled_on_the_other_side() {
    let Some((mut peer, target)) = server() else { return };
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut waiting = Peer::start(&mut greet(["call", &target, "shapes.Shapes/WaitAfterOne"]));
        assert_eq!(waiting.line(), r#"{"value":"1"}"#);
        waiting.signal(signal);
        assert_eq!(waiting.end().code, code);
        assert_eq!(peer.line(), "cancelled WaitAfterOne");
    }
}

#[test]
fn compressed_replies_are_read() {
    let Some((_server, target)) = server() else { return };
    let text = "a".repeat(100_000);
    assert_prints(
        &call(&target, &["shapes.Shapes/Squeezed", "upTo=100000"]),
        &format!("{{\"aString\":\"{text}\"}}\n"),
    );
}

#[test]
fn a_unix_socket_is_a_target() {
    let folder = tempfile::tempdir().unwrap();
    let target = format!("unix:{}", folder.path().join("s").display());
    let Some(mut command) = python("server.py") else { return };
    let mut peer = Peer::start(command.arg(&target));
    assert_eq!(peer.line(), target);
    let hello = "{\"message\":\"Hello, World!\"}\n";
    assert_prints(&call(&target, &["greeter.Greeter/SayHello", "name=World"]), hello);
}

#[test]
fn reflection_of_another_implementation_is_read() {
    let Some((_server, target)) = server() else { return };
    let services =
        "greeter.Greeter\nshapes.Shapes\ngrpc.health.v1.Health\ngrpc.reflection.v1alpha.ServerReflection\n";
    assert_prints(&run(&mut greet(["list", &target])), services);
    assert_prints(&run(&mut greet(["list", &target, "greeter.Greeter"])), "greeter.Greeter/SayHello\n");
    let described = run(&mut greet(["describe", &target, "shapes.Shapes.Sum"]));
    assert_eq!(described.code, 0, "{}", described.stderr);
    assert!(described.stdout.contains("rpc Sum"), "{}", described.stdout);
    let unknown = call(&target, &["greeter.Greeter/SayHallo"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (4, ""), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("SayHello"), "{}", unknown.stderr);
    // The old version of the service is all that this server speaks.
    let newer = call(&target, &["--reflection", "v1", "greeter.Greeter/SayHello"]);
    assert_eq!(newer.code, 4, "{}", newer.stderr);
}

/// Python's server with these options, and its target.
fn server_with(options: &[&str]) -> Option<(Peer, String)> {
    let mut peer = Peer::start(python("server.py")?.args(options));
    let target = peer.line();
    Some((peer, target))
}

#[test]
fn reflection_behind_a_doorkeeper() {
    let Some((_server, target)) = server_with(&["--token", "sesame"]) else { return };
    let hello = ["greeter.Greeter/SayHello", "name=World"];
    let refused = call(&target, &hello);
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""), "{}", refused.stderr);
    for part in [
        "v1: UNAUTHENTICATED (16): reflection is not for everybody",
        "v1alpha: UNAUTHENTICATED (16)",
        "hint: say who asks",
    ] {
        assert!(refused.stderr.contains(part), "{part} is not in: {}", refused.stderr);
    }
    for option in ["-H", "--reflect-header"] {
        let ended = call(&target, &[&hello[..], &[option, "authorization: Bearer sesame"]].concat());
        assert_prints(&ended, "{\"message\":\"Hello, World!\"}\n");
    }
    let other = call(&target, &[&hello[..], &["--rpc-header", "authorization: Bearer sesame"]].concat());
    assert_eq!(other.code, 4, "{}", other.stderr);
    // Given files need nobody's leave.
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
    assert_prints(&call(&target, &[&hello[..], &["-p", file]].concat()), "{\"message\":\"Hello, World!\"}\n");
}

#[test]
fn one_stream_at_once_is_enough() {
    let Some((_server, target)) = server_with(&["--one-stream"]) else { return };
    for _ in 0..3 {
        assert_prints(&call(&target, &["SayHello", "name=World"]), "{\"message\":\"Hello, World!\"}\n");
        assert_prints(&call(&target, &["shapes.Shapes/Count", "upTo=1"]), "{\"value\":\"1\"}\n");
    }
    let described = run(&mut greet(["describe", &target, "shapes.Everything"]));
    assert!(described.stdout.starts_with("message Everything {"), "{}", described.stderr);
}

#[test]
fn health_of_another_implementation_is_read() {
    let Some((_server, target)) = server() else { return };
    let table = [
        (None, 0, "SERVING\n"),
        (Some("greeter.Greeter"), 0, "SERVING\n"),
        (Some("shapes.Shapes"), 7, "NOT_SERVING\n"),
    ];
    for (service, code, stdout) in table {
        let ended = run(greet(["health", &target]).args(service));
        assert_eq!((ended.code, ended.stdout.as_str()), (code, stdout), "{}", ended.stderr);
    }
    let unknown = run(&mut greet(["health", &target, "no.Such"]));
    assert_eq!((unknown.code, unknown.stdout.as_str()), (69, ""), "{}", unknown.stderr);
}
