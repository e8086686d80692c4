//! `greet serve --rules`: the moments, steps and faults of rules, in all shapes, as somebody who types sees them.

use crate::run::{Folder, Ran, command, greet, serve_command};

const PROTO: &str = r#"
syntax = "proto3";
package t;
service T {
  rpc Unary(M) returns (M);
  rpc Down(M) returns (stream M);
  rpc Up(stream M) returns (M);
  rpc Talk(stream M) returns (stream M);
}
message M { string text = 1; int64 n = 2; }
"#;

/// What comes of calls of a server with these rules, one after the other.
fn asked(rules: &str, calls: &[&[&str]]) -> Vec<Ran> {
    let folder = Folder::new();
    let proto = folder.file("t.proto", PROTO);
    let rules = folder.file("r.yaml", rules);
    let server = serve_command(command(&["serve", &proto, "--rules", &rules, "--port", "0", "--quiet"]));
    let call = |words: &&[&str]| {
        let ran = greet(&[&["call", &server.target], *words].concat());
        Ran { stderr: ran.stderr.replace(&rules, "r.yaml"), ..ran }
    };
    calls.iter().map(call).collect()
}

/// The replies' texts and numbers, then the code.
fn shown(ran: &Ran) -> String {
    let replies = ran.stdout.lines().map(|line| {
        let reply: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        let said = |name: &str| reply[name].as_str().unwrap_or_default().to_owned();
        said("text") + &said("n")
    });
    let said: Vec<String> = replies.chain([ran.code.to_string()]).collect();
    said.join(" ")
}

#[test]
fn every_moment_in_every_shape() {
    let rules = r#"
define: 'def said: "said \(.text)";'
rules:
- {method: T/Unary, reply: '{text: said}, wait("1ms")'}
- method: T/Down
  reply: '(range(1; 4) as $i | {n: $i}, wait("1ms")), {text: "end"}'
- method: T/Up
  each: 'if .text == "big" then error({code: "OUT_OF_RANGE", message: "too big"}) else keep(($kept // 0) + 1) end'
  end: '{text: "kept", n: $kept}'
- method: T/Talk
  open: '{text: "welcome"}'
  each: 'if .text == "bye" then {text: "so-long"}, close else {text: .text, n: $n} end'
  end: '{text: "that-was", n: length}'
  meanwhile: 'repeat(wait("1h"), {text: "ping"})'
"#;
    let ran = asked(
        rules,
        &[
            &["Unary", "text=a"],
            &["Down", "text=a"],
            &["Up", "{text:'a'} {text:'b'}"],
            &["Up", "{text:'a'} {text:'big'} {text:'c'}"],
            &["Talk", "{text:'a'} {text:'b'}"],
            &["Talk", "{text:'a'} {text:'bye'} {text:'c'}"],
            &["Talk", ""],
        ],
    );
    let all: Vec<String> = ran.iter().map(shown).collect();
    assert_eq!(
        all,
        [
            "said a 0",
            "1 2 3 end 0",
            "kept2 0",
            "75",
            "welcome a1 b2 that-was2 0",
            "welcome a1 so-long 0",
            "welcome that-was 0"
        ]
    );
    assert!(ran[3].stderr.contains("too big"), "{}", ran[3].shown());
}

#[test]
fn every_fault_as_its_client_sees_it() {
    let rules = r#"
rules:
- {method: T/Down, when: .text == "reset", reply: '{n: 1}, reset("CANCEL")'}
- {method: T/Down, when: .text == "goaway", reply: 'goaway, {n: 1}, wait("5ms"), {n: 2}'}
- {method: T/Down, when: .text == "truncate", reply: '{n: 1}, truncate({text: "0123456789"})'}
- {method: T/Down, when: .text == "drop", reply: '{n: 1}, drop_trailers'}
- {method: T/Down, when: .text == "http", reply: 'http(502; "bad gateway")'}
- {method: T/Down, when: .text == "hang", reply: '{n: 1}, hang'}
- {method: T/Down, when: .text == "endless", reply: 'def f: f; f'}
- {method: T/Down, when: .text == "deep", reply: 'def f: [f]; f'}
"#;
    let ran = asked(
        rules,
        &[
            &["Down", "text=reset"],
            &["Down", "text=goaway"],
            &["Down", "text=truncate"],
            &["Down", "text=drop"],
            &["Down", "text=http"],
            &["Down", "text=hang", "--timeout", "300ms"],
            &["Down", "text=endless"],
            &["Down", "text=deep"],
            &["Down", "text=other"],
        ],
    );
    let all: Vec<String> = ran.iter().map(shown).collect();
    // 64 and the status: CANCELLED, INTERNAL, UNKNOWN, UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED.
    assert_eq!(all[..8], ["1 65", "1 2 0", "1 77", "1 66", "78", "1 68", "72", "72"], "{ran:#?}");
    assert!(
        ran[6].stderr.contains("r.yaml:9:54: the program was stopped: it takes too many steps"),
        "{}",
        ran[6].shown()
    );
    assert!(ran[7].stderr.contains("r.yaml:10:51: the program was stopped: it "), "{}", ran[7].shown());
    assert_eq!(ran[8].code, 0, "the server lives on: {}", ran[8].shown());
}

#[test]
fn calls_are_counted_and_things_remembered() {
    let rules = r#"
rules:
- method: T/Unary
  per: .text
  replies:
  - {error: UNAVAILABLE, trailers: {grpc-retry-pushback-ms: "50"}}
  - reply: 'remember({seen: {(.text): $call}}), {n: $call}'
  then: last
- {method: T/Up, reply: '{text: (state.seen | tojson)}'}
"#;
    let (a, b): (&[&str], &[&str]) = (&["Unary", "text=a"], &["Unary", "text=b"]);
    let ran = asked(rules, &[a, a, b, b, a, &["Up", ""]]);
    let all: Vec<String> = ran.iter().map(shown).collect();
    assert_eq!(all, ["78", "2 0", "78", "2 0", "3 0", r#"{"a":3,"b":2} 0"#]);
}
