//! What rules do at the moments of a call, seen from a client.

use std::time::Duration;

use tokio::time::timeout;

use super::{Offer, Server};
use crate::caller::{Call, CallError, Client};
use crate::event::Kind;
use crate::leaf::{Size, metadata};
use crate::rules::file;
use crate::schema::Schema;

const PROTO: &str = r#"
syntax = "proto3";
package t;
service T {
  rpc Unary(M) returns (M);
  rpc Down(M) returns (stream M);
  rpc Up(stream M) returns (M);
  rpc Talk(stream M) returns (stream M);
}
message M { string text = 1; int64 n = 2; bytes data = 3; }
"#;

/// Everything that is awaited here comes, or the test fails.
async fn soon<F: Future>(what: F) -> F::Output {
    timeout(Duration::from_secs(30), what).await.expect("it comes")
}

async fn serve(rules: &str) -> (Server, Client) {
    let schema = Schema::from_proto_text("t.proto", PROTO).unwrap();
    let rules = file::parse(rules, "r.yaml").unwrap_or_else(|error| panic!("{error}"));
    let server = Server::builder().schema(schema).rules(rules).journal(Offer::No);
    let server = server.max_recv_size(Size::mebibytes(1)).start().await;
    let server = server.unwrap_or_else(|error| panic!("{error}"));
    let client = Client::connect(server.target()).await.unwrap();
    (server, client)
}

/// What the next reply says, or how the call ended.
async fn step(call: &mut Call) -> Result<String, String> {
    match soon(call.next()).await {
        Ok(Some(reply)) => {
            let reply = reply.to_value().unwrap();
            let said =
                |name: &str| reply.get(name).and_then(|val| val.as_str()).unwrap_or_default().to_owned();
            let all = said("text") + &said("n");
            Ok(if all.is_empty() { "0".to_owned() } else { all })
        }
        Ok(None) => Err("OK".to_owned()),
        Err(error) => Err(ending(&error)),
    }
}

async fn next(call: &mut Call) -> String {
    step(call).await.unwrap_or_else(|ending| ending)
}

fn ending(error: &CallError) -> String {
    error
        .status()
        .map_or_else(|| error.to_string(), |status| format!("{} {}", status.code.name(), status.message))
}

async fn rest(call: &mut Call) -> String {
    let mut all = Vec::new();
    loop {
        match step(call).await {
            Ok(said) => all.push(said),
            Err(ending) => {
                all.push(ending);
                return all.join(", ");
            }
        }
    }
}

/// All that comes of a call with these requests.
async fn ask(client: &Client, method: &str, requests: &[&str]) -> String {
    let mut call = client.start(&format!("t.T/{method}")).await.unwrap();
    for request in requests {
        // A server may have ended the call by now.
        let _ = call.send(request).await;
    }
    call.half_close();
    rest(&mut call).await
}

/// One rule for one method, and what comes of some requests.
async fn one(method: &str, rule: &str, requests: &[&str]) -> String {
    let (_server, client) = serve(&format!("rules:\n- method: T/{method}\n{rule}\n")).await;
    ask(&client, method, requests).await
}

const A: &str = r#"{"text":"a"}"#;
const B: &str = r#"{"text":"b"}"#;

#[tokio::test]
async fn the_moments_of_each_shape() {
    for (method, rule, requests, answer) in [
        ("Unary", "  reply: '{text: \"u\\(.text)\"}'", &[A][..], "ua, OK"),
        ("Down", "  reply: '{text: .text}, wait(\"1ms\"), {text: \"end\"}'", &[A], "a, end, OK"),
        ("Down", "  reply: [{text: x}, '{text: .text}', {text: y}]", &[A], "x, a, y, OK"),
        ("Down", "  reply: [{text: x}, {text: y}]", &[A], "x, y, OK"),
        ("Up", "  reply: '{n: length}'", &[A, B], "2, OK"),
        ("Up", "  reply: '{text: (map(.text) | join(\"+\"))}'", &[A, B], "a+b, OK"),
        ("Up", "  reply: '{n: length}'", &[], "0, OK"),
        (
            "Up",
            "  each: 'if .text == \"b\" then {text: \"enough\"}, close else empty end'\n  end: '{text: \"end\"}'",
            &[A, B, A],
            "enough, OK",
        ),
        (
            "Up",
            "  each: 'if .text == \"b\" then error(\"OUT_OF_RANGE\") else empty end'\n  end: '{text: \"all\"}'",
            &[A, A],
            "all, OK",
        ),
        ("Talk", "  reply: '{text: .text}'", &[A, B], "a, b, OK"),
        (
            "Talk",
            "  open: '{text: \"hi\"}'\n  each: '{text: .text, n: $n}'\n  end: '{n: length, text: ($first.text + \"-\")}'",
            &[A, B],
            "hi, a1, b2, a-2, OK",
        ),
        ("Talk", "  end: '{n: length}'", &[A, B], "2, OK"),
        ("Talk", "  end: '{text: \"no\", n: $n}'", &[A, B], "no2, OK"),
        ("Talk", "  open: '{text: \"hi\"}'", &[A, B], "hi, OK"),
        (
            "Talk",
            "  each: 'if .text == \"b\" then {text: \"bye\"}, close, {text: \"never\"} else {text: .text} end'\n  end: '{text: \"never\"}'",
            &[A, B],
            "a, bye, OK",
        ),
    ] {
        assert_eq!(one(method, rule, requests).await, answer, "{method} {rule}");
    }
}

#[tokio::test]
async fn push_before_the_first_request_and_a_pulse_beside() {
    let rules = "
rules:
- method: T/Talk
  open: '{text: \"welcome\"}'
  each: 'wait(\"1ms\"), {text: \"you said \\(.text)\"}'
  end: '{text: \"that was \\(length)\"}'
  meanwhile: '{text: \"ping\"}, wait(\"1h\"), {text: \"never\"}'
";
    let (_server, client) = serve(rules).await;
    let mut call = client.start("t.T/Talk").await.unwrap();
    let mut first = [next(&mut call).await, next(&mut call).await];
    first.sort();
    assert_eq!(first, ["ping", "welcome"], "both before any request");
    call.send(A).await.unwrap();
    assert_eq!(next(&mut call).await, "you said a");
    call.half_close();
    assert_eq!([next(&mut call).await, next(&mut call).await], ["that was 1", "OK"]);
    // What ends in the pulse ends the call.
    let rules =
        "rules:\n- method: T/Talk\n  each: '{text: .text}'\n  meanwhile: 'wait(\"1ms\"), error(\"ABORTED\")'";
    let (_server, client) = serve(rules).await;
    let mut call = client.start("t.T/Talk").await.unwrap();
    assert_eq!(next(&mut call).await, "ABORTED ");
}

#[tokio::test]
async fn requests_wait_their_turn() {
    let rule = "  each: '{text: \"<\\(.text)\"}, wait(\"2ms\"), {text: \"\\(.text)>\"}'";
    assert_eq!(one("Talk", rule, &[A, B, A]).await, "<a, a>, <b, b>, <a, a>, OK");
}

#[tokio::test]
async fn endless_streams_end_with_their_client() {
    let (server, client) =
        serve("rules:\n- method: T/Down\n  reply: 'repeat({text: \"tick\"}, wait(\"1ms\"))'").await;
    for _ in 0..3 {
        let mut call = client.start("t.T/Down").await.unwrap();
        call.send(A).await.unwrap();
        call.half_close();
        for _ in 0..5 {
            assert_eq!(next(&mut call).await, "tick");
        }
    }
    // Without a wait it goes as fast as its client takes it, and no faster.
    let (_other, client) = serve("rules:\n- method: T/Down\n  reply: 'repeat({text: \"tick\"})'").await;
    let mut call = client.start("t.T/Down").await.unwrap();
    call.send(A).await.unwrap();
    call.half_close();
    for _ in 0..20_000 {
        assert_eq!(next(&mut call).await, "tick");
    }
    drop(call);
    assert_eq!(soon(server.drain(Duration::from_secs(20))).await.cut, 0);
}

#[tokio::test]
async fn a_call_that_has_one_reply_has_exactly_one() {
    for (method, rule, said) in [
        ("Unary", "  reply: 'if .text == \"a\" then empty else {} end'", "yields 0"),
        ("Unary", "  reply: '{}, {}'", "yields 2"),
        ("Unary", "  reply: [{}, {}]", "yields 2"),
        ("Unary", "  reply: '{}, wait(\"1ms\"), {}'", "yields 2"),
        ("Up", "  reply: '{}, {}'", "yields 2"),
        ("Up", "  each: '{}'", "yields 2"),
        ("Unary", "  reply: close", "yields 0"),
    ] {
        let answer = one(method, rule, &[A, A][..if method == "Up" { 2 } else { 1 }]).await;
        assert!(answer.starts_with("INTERNAL r.yaml:2:3: ") && answer.contains(said), "{rule}: {answer}");
    }
    // A message before an error is not sent.
    assert_eq!(one("Unary", "  reply: '{text: \"x\"}, error(\"ABORTED\")'", &[A]).await, "ABORTED ");
}

#[tokio::test]
async fn errors_name_the_place_and_statuses_are_statuses() {
    for (text, answer) in [
        (r#"error("NOT_FOUND")"#, "NOT_FOUND "),
        (r#"error({code: "NOT_FOUND", message: "no \(.text)"})"#, "NOT_FOUND no a"),
        (r#"{text: "x"}, error("ABORTED"), {text: "y"}"#, "x, ABORTED "),
        (r#"try error("ABORTED") catch {text: "caught \(.)"}"#, "caught ABORTED"),
        ("error(\"ouch\")", "INTERNAL r.yaml:3:11: ouch"),
        (".text.x", "INTERNAL r.yaml:3:11: cannot index \"a\" with \"x\""),
        (
            "[close]",
            "INTERNAL r.yaml:3:11: a step, such as wait, is no value: it can only be yielded by itself",
        ),
        (
            "if .text == \"a\" then {nope: 1} else {} end",
            "INTERNAL r.yaml:3:11: the reply is no t.M: unknown field \"nope\" in t.M",
        ),
        (
            "def f: 1 + f; f",
            "RESOURCE_EXHAUSTED r.yaml:3:11: the program was stopped: it calls itself too deeply",
        ),
        ("def f: f; f", "RESOURCE_EXHAUSTED r.yaml:3:11: the program was stopped: it takes too many steps"),
        (
            "[range(1e9)] | {n: length}",
            "RESOURCE_EXHAUSTED r.yaml:3:11: the program was stopped: it takes too many steps",
        ),
    ] {
        let (_server, client) = serve(&format!("rules:\n- method: T/Down\n  reply: '{text}'")).await;
        let said = ask(&client, "Down", &[A]).await;
        assert!(said.starts_with(answer), "{text}: {said}");
        // The server lives on.
        assert!(ask(&client, "Unary", &[A]).await.ends_with("OK"));
    }
}

#[tokio::test]
async fn metadata_trailers_and_delay() {
    let rules = "
rules:
- method: T/Unary
  reply: '{text: \"r\"}'
  metadata: {x-a: one, x-list: [a, b]}
  trailers: '{\"x-t\": .text, \"x-n\": $call}'
  delay: 1ms
- method: T/Down
  delay: '0.001'
  reply: 'metadata({\"x-a\": \"sent\"}), {text: \"m\"}, trailers({\"x-t\": \"1\"}), trailers({\"x-t\": \"2\", \"x-u-bin\": \"AAE\"})'
- method: T/Up
  reply: '{}'
  metadata: '{\"te\": \"x\"}'
- method: T/Talk
  each: '{text: .text}, metadata({a: \"late\"})'
";
    let (_server, client) = serve(rules).await;
    let entries = |map: &tonic::metadata::MetadataMap| {
        let mut all: Vec<_> =
            metadata::entries(map).into_iter().filter(|(k, _)| k.starts_with("x-")).collect();
        all.sort();
        all.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    };
    let mut call = client.start("t.T/Unary").await.unwrap();
    call.send(A).await.unwrap();
    call.half_close();
    assert_eq!(rest(&mut call).await, "r, OK");
    assert_eq!(entries(call.metadata()), "x-a=one x-list=a x-list=b");
    assert_eq!(entries(call.trailers()), "x-n=1 x-t=a");
    let mut call = client.start("t.T/Down").await.unwrap();
    call.send(A).await.unwrap();
    call.half_close();
    assert_eq!(rest(&mut call).await, "m, OK");
    assert_eq!(entries(call.metadata()), "x-a=sent");
    assert_eq!(entries(call.trailers()), "x-t=2 x-u-bin=AAE");
    let said = ask(&client, "Up", &[A]).await;
    assert_eq!(said, "INTERNAL r.yaml:13:14: 'te' is no metadata: this name is reserved");
    let said = ask(&client, "Talk", &[A]).await;
    let late = "a, INTERNAL r.yaml:14:3: the rule sends metadata after a message, which is too late";
    assert_eq!(said, late);
}

#[tokio::test]
async fn faults() {
    for (text, answer) in [
        ("{text: \"x\"}, reset(\"CANCEL\")", "x, CANCELLED"),
        ("reset(\"REFUSED_STREAM\")", "UNAVAILABLE"),
        ("{text: \"x\"}, drop_trailers", "x, UNKNOWN"),
        ("{text: \"x\"}, truncate({text: \"0123456789\"})", "x, INTERNAL"),
        ("http(503; \"busy\")", "UNAVAILABLE"),
        ("{text: \"x\"}, http(503; \"busy\")", "x, INTERNAL r.yaml:2:3: the rule answers in HTTP after"),
        ("{text: \"x\"}, goaway, {text: \"y\"}", "x, y, OK"),
        ("goaway, {text: \"y\"}, wait(\"5ms\"), {text: \"z\"}", "y, z, OK"),
    ] {
        let (_server, client) = serve(&format!("rules:\n- method: T/Down\n  reply: '{text}'")).await;
        let said = ask(&client, "Down", &[A]).await;
        assert!(said.starts_with(answer), "{text}: {said}");
    }
    // A call that hangs ends with its deadline.
    let (server, _) = serve("rules:\n- method: T/Down\n  reply: '{text: \"x\"}, hang'").await;
    let client =
        Client::builder().timeout(Duration::from_millis(300)).connect(server.target()).await.unwrap();
    let said = ask(&client, "Down", &[A]).await;
    assert!(said.starts_with("x, DEADLINE_EXCEEDED"), "{said}");
}

#[tokio::test]
async fn replies_in_turn_and_keys() {
    let rules = |then: &str, per: &str| {
        format!(
            "
rules:
- method: T/Unary
  {per}
  replies:
  - {{error: UNAVAILABLE}}
  - reply: '{{text: \"\\(.text)\", n: $call}}'
    trailers: {{x: y}}
  then: {then}
- method: T/Unary
  reply: {{text: other}}
"
        )
    };
    for (then, answers) in [
        ("last", ["UNAVAILABLE ", "a2, OK", "a3, OK", "a4, OK"]),
        ("cycle", ["UNAVAILABLE ", "a2, OK", "UNAVAILABLE ", "a4, OK"]),
        ("next", ["UNAVAILABLE ", "a2, OK", "other, OK", "other, OK"]),
    ] {
        let (_server, client) = serve(&rules(then, "")).await;
        for answer in answers {
            assert_eq!(ask(&client, "Unary", &[A]).await, answer, "{then}");
        }
    }
    let (_server, client) = serve(&rules("last", "per: .text")).await;
    for (request, answer) in
        [(A, "UNAVAILABLE "), (B, "UNAVAILABLE "), (B, "b2, OK"), (A, "a2, OK"), (A, "a3, OK")]
    {
        assert_eq!(ask(&client, "Unary", &[request]).await, answer);
    }
}

#[tokio::test]
async fn what_is_remembered_is_seen_by_later_calls() {
    let rules = "
rules:
- method: T/Unary
  when: .text == \"b\"
  reply: 'remember({count: null}), {text: \"cleared\"}'
- method: T/Unary
  when: state.count == 3
  reply: {text: full}
- method: T/Unary
  reply: 'remember({count: ((state.count // 0) + 1)}), {n: state.count}'
- method: T/Down
  reply: 'repeat({n: (state.count // 0)}, wait(\"2ms\"))'
";
    let (_server, client) = serve(rules).await;
    let mut watch = client.start("t.T/Down").await.unwrap();
    watch.send(A).await.unwrap();
    watch.half_close();
    assert_eq!(next(&mut watch).await, "0");
    for (request, answer) in [
        (A, "1, OK"),
        (A, "2, OK"),
        (A, "3, OK"),
        (A, "full, OK"),
        (B, "cleared, OK"),
        (A, "1, OK"),
        (A, "2, OK"),
    ] {
        assert_eq!(ask(&client, "Unary", &[request]).await, answer);
    }
    // What a stream sees changes while it waits.
    while next(&mut watch).await != "2" {}
}

#[tokio::test]
async fn a_stretch_between_two_waits_is_one_transaction() {
    // Each adds one, after a look that is far from its write.
    let rules = "rules:\n- method: T/Unary\n  reply: 'state.n as $n | ([range(300)] | length) as $x | remember({n: (($n // 0) + 1)}), {n: state.n}'\n- method: T/Down\n  reply: 'range(20) | wait(0), (state.n as $n | remember({n: (($n // 0) + 1)}))'\n- method: T/Up\n  reply: '{n: state.n}'";
    let (server, _) = serve(rules).await;
    let mut tasks = Vec::new();
    for task in 0..4 {
        let client = Client::connect(server.target()).await.unwrap();
        tasks.push(tokio::spawn(async move {
            for _ in 0..50 {
                assert!(ask(&client, "Unary", &[A]).await.ends_with("OK"), "{task}");
            }
            assert_eq!(ask(&client, "Down", &[A]).await, "OK");
        }));
    }
    for task in tasks {
        soon(task).await.unwrap();
    }
    let client = Client::connect(server.target()).await.unwrap();
    assert_eq!(ask(&client, "Up", &[]).await, "280, OK");
}

#[tokio::test]
async fn what_is_kept_is_of_one_call() {
    let rule =
        "  each: '{text: \"\\($kept // 0)\"}, keep(($kept // 0) + 1)'\n  end: '{text: \"kept \\($kept)\"}'";
    let (_server, client) = serve(&format!("rules:\n- method: T/Talk\n{rule}")).await;
    for _ in 0..2 {
        let mut call = client.start("t.T/Talk").await.unwrap();
        for expected in ["0", "1", "2"] {
            call.send(A).await.unwrap();
            assert_eq!(next(&mut call).await, expected);
        }
        call.half_close();
        assert_eq!(next(&mut call).await, "kept 3");
    }
}

#[tokio::test]
async fn the_variables_and_what_is_of_the_world() {
    for (text, answer) in [
        (
            "{text: \"\\($timeout) \\($deadline) \\($kept) \\($call) \\($n) \\($size)\"}",
            "null null null 1 1 3",
        ),
        ("{text: (encode(\"t.M\"; {text: \"x\"}))}", "CgF4"),
        ("{text: (decode(\"t.M\"; \"CgF4\").text)}", "x"),
        ("{n: (zeros(5) | length)}", "5"),
        ("{text: (if now > 1600000000 then \"late\" else \"early\" end)}", "late"),
        ("{n: (uuid | length)}", "36"),
        ("{n: ([range(50) | random(10)] | map(select(. < 0 or . > 9)) | length)}", "0"),
    ] {
        let said = one("Unary", &format!("  reply: '{text}'"), &[A]).await;
        assert_eq!(said, format!("{answer}, OK"), "{text}");
    }
    // Chance is the same for the same seed and the same call of a rule, and another for the next.
    let rule = "rules:\n- method: T/Unary\n  reply: '{text: uuid}'";
    let (_server, client) = serve(rule).await;
    let (_other, again) = serve(rule).await;
    let (first, second) = (ask(&client, "Unary", &[A]).await, ask(&client, "Unary", &[A]).await);
    assert_ne!(first, second);
    assert_eq!((ask(&again, "Unary", &[A]).await, ask(&again, "Unary", &[A]).await), (first, second));
}

#[tokio::test]
async fn when_the_rule_is_chosen() {
    // At the first request, where one has `each`; the other rule is for the whole call too.
    let rules = "rules:\n- {method: T/Talk, when: .text == \"a\", each: '{text: \"A\"}'}\n- {method: T/Talk, end: '{n: length}'}";
    let (_server, client) = serve(rules).await;
    assert_eq!(ask(&client, "Talk", &[A, B]).await, "A, A, OK");
    assert_eq!(ask(&client, "Talk", &[B, A]).await, "2, OK");
    // At half-close, where all have nothing before.
    let rules = "rules:\n- {method: T/Up, when: length == 2, reply: {text: two}}\n- {method: T/Up, reply: {text: more}}";
    let (_server, client) = serve(rules).await;
    assert_eq!(ask(&client, "Up", &[A, B]).await, "two, OK");
    assert_eq!(ask(&client, "Up", &[A]).await, "more, OK");
    // Before the first request, where one speaks first.
    let rules = "rules:\n- {method: T/Talk, when: . == null, open: '{text: \"null\"}'}";
    let (_server, client) = serve(rules).await;
    let mut call = client.start("t.T/Talk").await.unwrap();
    assert_eq!(next(&mut call).await, "null");
}

#[tokio::test]
async fn requests_are_gathered_only_for_who_looks_at_them() {
    let large = format!(r#"{{"text":"{}"}}"#, "x".repeat(300_000));
    let requests = [&*large; 8];
    let said = one("Up", "  reply: '{n: $n}'", &requests).await;
    assert_eq!(said, "8, OK");
    let said = one("Up", "  reply: '{n: length}'", &requests).await;
    assert!(said.starts_with("RESOURCE_EXHAUSTED the requests together are larger than"), "{said}");
}

#[tokio::test]
async fn a_million_messages() {
    let (_server, client) = serve("rules:\n- method: T/Down\n  reply: 'range(100000) | {n: .}'").await;
    let mut call = client.start("t.T/Down").await.unwrap();
    call.send(A).await.unwrap();
    call.half_close();
    let mut count = 0_u32;
    while let Some(reply) = soon(call.next()).await.unwrap() {
        if count % 10_000 == 1 {
            assert_eq!(reply.to_value().unwrap()["n"], count.to_string());
        }
        count += 1;
    }
    assert_eq!(count, 100_000);
}

#[tokio::test]
async fn many_programs_rest_on_few_threads() {
    let (_server, client) =
        serve("rules:\n- method: T/Talk\n  open: 'repeat({text: \"tick\"}, wait(\"20ms\"))'").await;
    let mut calls = Vec::new();
    for _ in 0..500 {
        calls.push(client.start("t.T/Talk").await.unwrap());
    }
    for _ in 0..2 {
        for call in &mut calls {
            assert_eq!(next(call).await, "tick");
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let threads = status.lines().find_map(|line| line.strip_prefix("Threads:")).map(str::trim);
    let threads: usize = threads.and_then(|threads| threads.parse().ok()).unwrap_or_default();
    assert!(threads < 200, "{threads} threads for 500 programs");
}

#[tokio::test]
async fn the_journal_has_what_was_sent() {
    let schema = Schema::from_proto_text("t.proto", PROTO).unwrap();
    let rules =
        file::parse("rules:\n- method: T/Unary\n  reply: '{text: \"r\"}, trailers({a: \"b\"})'", "r.yaml");
    let server = Server::builder().schema(schema).rules(rules.unwrap()).start().await.unwrap();
    let client = Client::connect(server.target()).await.unwrap();
    assert_eq!(ask(&client, "Unary", &[A]).await, "r, OK");
    let kinds: Vec<String> = server
        .journal()
        .events()
        .iter()
        .map(|event| match &event.kind {
            Kind::Message { body, .. } => format!("message {body}"),
            Kind::Trailers { metadata } => format!("trailers {metadata:?}"),
            Kind::Status { name, .. } => name.clone(),
            _ => String::new(),
        })
        .filter(|text| !text.is_empty())
        .collect();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    assert_eq!((kinds[0].as_str(), kinds[2].as_str()), (r#"message {"text":"r"}"#, "OK"));
}
