//! `--journal`, `--replay`, `--upstream`, `--from` and `greet verify`: what happened, told and played again.

use std::collections::HashMap;

use serde_json::Value;

use crate::run::{Folder, SHAPES, Served, greet, serve};
use crate::secure::Authority;

const RULES: &str = r#"
rules:
  - method: shapes.Shapes/Unary
    when: .name == "none"
    error: {code: NOT_FOUND, message: no such thing, details: [{"@type": google.rpc.ErrorInfo, reason: GONE}]}
  - method: shapes.Shapes/Unary
    reply: '{name: "one \(.name)", size: 7}'
  - method: shapes.Shapes/Up
    reply: '{count: length}'
  - method: shapes.Shapes/Down
    reply: 'range(3) as $i | {name: .name, size: $i}'
  - method: shapes.Shapes/Both
    reply: '{name: "you said \(.name)"}'
"#;

/// What calls of all shapes print and end with.
const CALLS: [(&[&str], i32, &str); 5] = [
    (&["Unary", "name=a"], 0, "{\"name\":\"one a\",\"size\":\"7\"}\n"),
    (&["Unary", "name=none"], 69, ""),
    (&["Up", "{name:'a'}{name:'b'}"], 0, "{\"count\":2}\n"),
    (
        &["Down", "name=a"],
        0,
        "{\"name\":\"a\"}\n{\"name\":\"a\",\"size\":\"1\"}\n{\"name\":\"a\",\"size\":\"2\"}\n",
    ),
    (&["Both", "{name:'a'}{name:'b'}"], 0, "{\"name\":\"you said a\"}\n{\"name\":\"you said b\"}\n"),
];

fn call_all(target: &str, more: &[&str]) {
    for (words, code, stdout) in CALLS {
        let line = [&["call", target], words, more].concat();
        let ran = greet(&line);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, stdout), "{line:?}\n{}", ran.stderr);
        if code == 69 {
            let said = concat!(
                "error: NOT_FOUND (5): no such thing\n",
                "  {\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"GONE\"}\n"
            );
            assert_eq!(ran.stderr, said);
        }
    }
}

/// The calls of a recording: method and kinds of events, in the order in which the calls began.
fn calls(file: &str) -> Vec<(String, Vec<String>)> {
    let (mut calls, mut places) = (Vec::<(String, Vec<String>)>::new(), HashMap::new());
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let (kind, call) = (event["event"].as_str().unwrap(), event["call"].as_str().unwrap().to_owned());
        if kind == "start" {
            places.insert(call.clone(), calls.len());
            calls.push((event["method"].as_str().unwrap().to_owned(), Vec::new()));
        }
        calls[places[&call]].1.push(kind.to_owned());
    }
    calls
}

struct Recorded {
    folder: Folder,
    proto: String,
    journal: String,
}

impl Recorded {
    /// A server that keeps a journal, and the folder that it is in.
    fn serve(more: &[&str]) -> (Self, Served) {
        let folder = Folder::new();
        let proto = folder.file("shapes.proto", SHAPES);
        let rules = folder.file("rules.yaml", RULES);
        let journal = folder.path().join("journal.ndjson").to_str().unwrap().to_owned();
        let line = [&[&proto, "--rules", &rules, "--journal", &journal], more].concat();
        let server = serve(&line);
        (Self { folder, proto, journal }, server)
    }
}

#[test]
fn a_journal_is_written_before_the_client_has_its_answer() {
    let (recorded, server) = Recorded::serve(&[]);
    let secret = ["-H", "authorization: Bearer x", "-H", "k: v"];
    assert_eq!(greet(&[&["call", &server.target, "Unary", "name=a"], &secret[..]].concat()).code, 0);
    let verified = greet(&["verify", &recorded.journal, "Unary", "--times", "1"]);
    assert_eq!(verified.shown(), "0\n--- stdout\n--- stderr\n");
    let text = std::fs::read_to_string(&recorded.journal).unwrap();
    assert!(text.contains(r#""authorization":"[redacted]","k":"v""#), "{text}");
    let calls = calls(&recorded.journal);
    assert_eq!(calls[0].0, "shapes.Shapes/Unary");
    for kind in ["start", "metadata", "request", "half_close", "message", "status"] {
        assert!(calls[0].1.iter().any(|seen| seen == kind), "{kind}: {calls:?}");
    }
}

#[test]
fn a_journal_on_stdout_has_it_alone() {
    let mut server = crate::run::Running::start(crate::run::command(&[
        "serve",
        "--port",
        "0",
        "--journal",
        "-",
        "--show-secrets",
        "--",
        "sh",
        "-c",
        "greet call $GREET_TARGET SayHello name=World -H 'x-token: 1' >&2",
    ]));
    let first = server.line();
    assert!(first.starts_with(r#"{"v":1,"event":"start","method":"greeter.Greeter/SayHello""#), "{first}");
    let ran = server.end();
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stdout.contains(r#""x-token":"1""#), "{}", ran.stdout);
    assert!(ran.stdout.lines().all(|line| line.starts_with('{')), "{}", ran.stdout);
    assert!(ran.stderr.contains("{\"message\":\"Hello, World!\"}"), "{}", ran.stderr);
}

#[test]
fn what_was_recorded_is_answered_once_more() {
    let (recorded, server) = Recorded::serve(&[]);
    call_all(&server.target, &[]);
    drop(server);
    let replayed = serve(&[&recorded.proto, "--replay", &recorded.journal]);
    call_all(&replayed.target, &[]);
    call_all(&replayed.target, &[]);
    let ran = greet(&["call", &replayed.target, "Unary", "name=b"]);
    assert_eq!(ran.code, 76, "{}", ran.shown());
    let said = "no recorded call of shapes.Shapes/Unary has this request 1; one has {\"name\":\"a\"}";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    let other = recorded.folder.file("other.proto", SHAPES.replace("int64 size", "bool size"));
    let ran = greet(&["serve", "--port", "0", &other, "--replay", &recorded.journal]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    let said = "error: the recording does not fit: shapes.Shapes/Down, call ";
    assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
}

#[test]
fn metadata_is_recorded_and_played_too() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let rules = folder.file(
        "rules.yaml",
        "rules: [{method: Unary, metadata: {x-a: [b, c]}, reply: 'metadata({\"x-d\": .name}), {name: .name}'}]",
    );
    let journal = folder.path().join("journal.ndjson").to_str().unwrap().to_owned();
    let again = folder.path().join("again.ndjson").to_str().unwrap().to_owned();
    let metadata = |target: &str| {
        let ran = greet(&["call", target, "Unary", "name=a", "-o", "events"]);
        let events = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let event = events.into_iter().find(|event| event["event"] == "metadata");
        event.unwrap_or_else(|| panic!("{}", ran.shown()))["metadata"].clone()
    };
    let expected = serde_json::json!({"x-a": ["b", "c"], "x-d": "a"});
    let server = serve(&[&proto, "--rules", &rules, "--journal", &journal]);
    assert_eq!(metadata(&server.target), expected);
    let passed = serve(&[&proto, "--upstream", &server.target, "--journal", &again]);
    assert_eq!(metadata(&passed.target), expected);
    for journal in [&journal, &again] {
        let replayed = serve(&[&proto, "--replay", journal]);
        assert_eq!(metadata(&replayed.target), expected, "{journal}");
    }
    let schema: Value = serde_json::from_str(include_str!("../../docs/events.schema.json")).unwrap();
    let text = std::fs::read_to_string(&journal).unwrap();
    for line in text.lines() {
        let event = serde_json::from_str(line).unwrap();
        assert_eq!(crate::json_schema::check(&schema, &schema, &event), Ok(()), "{line}");
    }
    assert!(text.contains("\"event\":\"rule\",\"rule\":\""), "{text}");
}

#[test]
fn equal_requests_are_answered_in_their_order_and_the_last_answer_stays() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let rules = "rules: [{method: Unary, reply: '{name: .name, size: ($metadata.size | tonumber)}'}]";
    let server = serve(&[&proto, "--rules", &folder.file("rules.yaml", rules)]);
    let mut recording = String::new();
    for size in ["1", "2"] {
        let header = format!("size: {size}");
        let ran = greet(&["call", &server.target, "Unary", "name=a", "-H", &header, "-o", "events"]);
        recording.push_str(&ran.stdout);
    }
    // A client's recording has the server's metadata, and ids that begin again.
    let recording = recording.replacen(r#""metadata":{}"#, r#""metadata":{"x-first":"1"}"#, 1);
    let recording = folder.file("recording.ndjson", recording);
    let replayed = serve(&[&proto, "--replay", &recording, "--pace", "50"]);
    let call = || greet(&["call", &replayed.target, "Unary", "name=a", "-v", "-q", ".size"]);
    let first = call();
    assert!(first.stderr.contains("< x-first: 1"), "{}", first.shown());
    let sizes = [first.stdout, call().stdout, call().stdout];
    assert_eq!(sizes, ["1\n", "2\n", "2\n"]);
}

#[test]
fn calls_are_passed_on_in_all_shapes() {
    let (_recorded, behind) = Recorded::serve(&[]);
    let folder = Folder::new();
    let journal = folder.path().join("passed.ndjson").to_str().unwrap().to_owned();
    let front =
        serve(&["--upstream", &behind.target, "--journal", &journal, "--upstream-header", "k: front"]);
    call_all(&front.target, &[]);
    let kinds = |kinds: &str| kinds.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
    let seen = calls(&journal);
    let whole = kinds("start metadata request half_close message status");
    assert_eq!(seen[0], ("shapes.Shapes/Unary".to_owned(), whole), "{seen:?}");
    assert_eq!(seen.len(), CALLS.len(), "reflection is not in it: {seen:?}");
    // What was recorded on the way is as good as what the server itself wrote.
    let proto = folder.file("shapes.proto", SHAPES);
    call_all(&serve(&[&proto, "--replay", &journal]).target, &[]);
    // Its health is the other's.
    assert_eq!(greet(&["health", &front.target, "shapes.Shapes"]).stdout, "SERVING\n");
    drop(behind);
    let ran = greet(&["call", &front.target, "Unary", "name=a", "-p", &proto]);
    assert_eq!(ran.code, 78, "{}", ran.shown());
    assert!(ran.stderr.contains("connection refused"), "{}", ran.stderr);
}

#[test]
fn rules_stand_before_the_other_server_which_needs_no_schema() {
    let (recorded, behind) = Recorded::serve(&["--no-reflection"]);
    let front = serve(&["--upstream", &behind.target]);
    call_all(&front.target, &["-p", &recorded.proto]);
    let rule = "Up => {count: 99}";
    let front = serve(&[&recorded.proto, "--upstream", &behind.target, "--rule", rule]);
    assert_eq!(greet(&["call", &front.target, "Up"]).stdout, "{\"count\":99}\n");
    assert_eq!(greet(&["call", &front.target, "Unary", "name=a"]).stdout, CALLS[0].2);
    // Rules need the other's schema.
    let ran = greet(&["serve", "--port", "0", "--upstream", &behind.target, "--rule", rule]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
}

#[test]
fn the_schema_alone_is_taken_from_a_server() {
    let (_recorded, behind) = Recorded::serve(&[]);
    let front = serve(&["--from", &behind.target]);
    drop(behind);
    assert_eq!(greet(&["call", &front.target, "Unary", "name=a", "-q", ".name"]).stdout, "\"a\"\n");
    let ran = greet(&["serve", "--port", "0", "--from", "127.0.0.1:1"]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
}

#[test]
fn what_was_seen_instead_is_shown() {
    let (recorded, server) = Recorded::serve(&[]);
    for name in ["Ann", "Bob", "none"] {
        greet(&["call", &server.target, "Unary", &format!("name={name}")]);
    }
    let verify = |words: &[&str]| greet(&[&["verify", recorded.journal.as_str()], words].concat());
    let ran = verify(&["Shapes/Unary", "--where", ".name == \"Ann\"", "--times", "2"]);
    assert_eq!(
        ran.shown(),
        "7\n--- stdout\n--- stderr\n\
         error: expected 2 calls of Shapes/Unary where .name == \"Ann\", and saw 1 of 3\n  \
         OK {\"name\":\"Bob\"}\n  NOT_FOUND {\"name\":\"none\"}\n"
    );
    for (words, code) in [
        (&["Unary", "--at-least", "3"][..], 0),
        (&["Unary", "--at-most", "2"], 7),
        (&["Unary", "--where", "$status.name == \"NOT_FOUND\"", "--times", "1"], 0),
        (&["Up"], 7),
        (&["Up", "--at-most", "0"], 0),
        (&["Unary", "--where", ".name =="], 2),
    ] {
        assert_eq!(verify(words).code, code, "{words:?}");
    }
    assert_eq!(greet(&["verify", "/no/such/file", "Unary"]).code, 1);
    let broken = recorded.folder.file("broken.ndjson", "{}\n");
    let ran = greet(&["verify", &broken, "Unary"]);
    let said = format!("error: {broken}: line 1 is no event: missing field `v`");
    assert!(ran.code == 1 && ran.stderr.starts_with(&said), "{}", ran.shown());
}

/// A server that takes no client without a certificate, and the folder with those that its clients need.
fn guarded() -> (Folder, Served) {
    let folder = Folder::new();
    let authority = Authority::new("an authority");
    let (server, client) = (authority.issue(&["greet.test"]), authority.issue(&["a client"]));
    let ca = folder.file("ca.pem", authority.pem());
    let cert = folder.file("server.pem", server.certificate);
    let key = folder.file("server.key", server.key);
    folder.file("client.pem", client.certificate);
    folder.file("client.key", client.key);
    let behind = serve(&["--cert", &cert, "--key", &key, "--client-ca", &ca]);
    (folder, behind)
}

#[test]
fn the_other_server_is_reached_in_tls_as_call_reaches_it() {
    let (folder, behind) = guarded();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ca, cert, key) = (path("ca.pem"), path("client.pem"), path("client.key"));
    let upstream = ["--upstream", behind.target.as_str(), "--upstream-cert", &cert, "--upstream-key", &key];
    let trusting = ["--upstream-cacert", &ca, "--upstream-server-name", "greet.test"];
    for more in [&trusting[..], &["--upstream-insecure", "--upstream-tls", "--upstream-authority", "a.test"]]
    {
        let front = serve(&[&upstream[..], more].concat());
        let ran = greet(&["call", &front.target, "SayHello", "name=World"]);
        assert_eq!(ran.shown(), "0\n--- stdout\n{\"message\":\"Hello, World!\"}\n--- stderr\n", "{more:?}");
    }
    // Without its schema the server is passed on to all the same; why it cannot be is what its client hears.
    let front = serve(&["--upstream", &behind.target, "--upstream-cacert", &ca]);
    let greeter = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
    let ran = greet(&["call", &front.target, "SayHello", "-p", greeter]);
    assert!(ran.code == 78 && ran.stderr.contains("is not for 'localhost'"), "{}", ran.shown());
    let plain = behind.target.replace("https://", "");
    let ran = greet(&["serve", "--port", "0", "--from", &plain, "--upstream-plaintext"]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
}

/// Runs calls, each of a line of words, against a server with these rules; its end with the file's name cut short.
fn expecting(rules: &str, calls: &[&str], end: &str) -> crate::run::Ran {
    let folder = Folder::new();
    let (proto, rules) = (folder.file("shapes.proto", SHAPES), folder.file("rules.yaml", rules));
    let calls: Vec<String> = calls.iter().map(|call| format!("greet call $GREET_TARGET {call}; ")).collect();
    let script = format!("{}{end}", calls.concat());
    let ran = greet(&["serve", &proto, "--rules", &rules, "--", "sh", "-c", &script]);
    crate::run::Ran { stderr: ran.stderr.replace(&rules, "rules.yaml"), ..ran }
}

/// What stderr says after the line with the target.
fn said(ran: &crate::run::Ran) -> &str {
    ran.stderr.split_once('\n').map_or("", |(_, said)| said)
}

#[test]
fn what_rules_expect_is_looked_at_when_the_command_ends() {
    let rules = r#"
rules:
- {method: Unary, when: .name == "a", reply: {name: a}, expect: {times: 2, order: 1}}
- {method: Unary, when: .name == "b", reply: {name: b}, expect: {order: 2}}
- {method: Unary, when: .name == "c", reply: {name: c}, expect: {times: {max: 1}}}
- {method: Unary, when: .name == "d", reply: {name: d}}
"#;
    let (a, b) = ("Unary name=a", "Unary name=b");
    let met = expecting(rules, &[a, a, b, "Unary name=c"], "");
    assert_eq!((met.code, said(&met)), (0, ""));

    let ran = expecting(rules, &[a, b, "Unary name=d", "Unary name=e"], "");
    let once = concat!(
        "error: rules.yaml:3:3 expects 2 calls of Unary where .name == \"a\", and answered 1\n",
        "  OK {\"name\":\"b\"}\n  OK {\"name\":\"d\"}\n  OK {\"name\":\"e\"}\n"
    );
    assert!(ran.code == 7 && said(&ran).ends_with(once), "{}", ran.shown());

    // All calls of the first come before any of the second.
    let ran = expecting(rules, &[a, b, a], "");
    let order = "error: rules.yaml:4:3 has order 2, and answered before the last call of rules.yaml:3:3, which has order 1\n";
    assert!(ran.code == 7 && said(&ran).starts_with(order), "{}", ran.shown());

    let ran = expecting(rules, &["Unary name=c", "Unary name=c"], "exit 3");
    let several = concat!(
        "error: 3 expectations of rules are not met\n",
        "  rules.yaml:3:3 expects 2 calls of Unary where .name == \"a\", and answered none\n",
        "    OK {\"name\":\"c\"}\n    OK {\"name\":\"c\"}\n",
        "  rules.yaml:4:3 expects at least 1 call of Unary where .name == \"b\", and answered none\n",
        "    OK {\"name\":\"c\"}\n    OK {\"name\":\"c\"}\n",
        "  rules.yaml:5:3 expects at most 1 call of Unary where .name == \"c\", and answered 2\n"
    );
    assert_eq!((ran.code, said(&ran)), (3, several));
}

#[test]
fn a_server_that_is_stopped_tells_what_was_not_met() {
    let folder = Folder::new();
    let rules = folder.file("rules.yaml", "rules: [{method: SayHello, reply: {message: x}, expect: 1}]");
    let server = serve(&["--rules", &rules]);
    server.running.signal("TERM");
    let ran = server.running.end();
    let note = format!("note: {rules}:1:9 expects 1 call of SayHello, and answered none\n");
    assert_eq!((ran.code, ran.stderr), (0, note));
}
