//! Rule files without a server: `greet rules check`, `greet rules explain`, their schema, and what docs/rules.md shows.

use std::path::Path;

use serde_json::Value;

use crate::json_schema::check;
use crate::run::{Folder, Ran, greet};

/// The page about rules.
fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md")).unwrap()
}

/// The fenced parts of the page in this language.
fn parts(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn explain(folder: &Folder, rules: &str, more: &[&str]) -> Ran {
    let proto = folder.file("shop.proto", &parts(&page(), "proto")[0]);
    let rules = folder.file("rules.yaml", rules);
    let words = ["rules", "explain", &rules, "-p", &proto];
    let ran = greet(&[&words[..], more].concat());
    Ran {
        stdout: ran.stdout.replace(&rules, "rules.yaml"),
        stderr: ran.stderr.replace(&rules, "rules.yaml"),
        ..ran
    }
}

#[test]
fn every_file_of_the_page_is_right_and_as_the_schema_says() {
    let page = page();
    let folder = Folder::new();
    let proto = folder.file("shop.proto", &parts(&page, "proto")[0]);
    let schema: Value = serde_json::from_str(include_str!("../../docs/rules.schema.json")).unwrap();
    let files = parts(&page, "yaml");
    assert!(files.len() >= 6, "{}", files.len());
    for text in files {
        let file = folder.file("rules.yaml", &text);
        let ran = greet(&["rules", "check", &file, "--proto", &proto]);
        let last = ran.stderr.lines().last().unwrap_or_default();
        assert!(ran.code == 0 && last.ends_with("nothing wrong"), "{text}: {}", ran.shown());
        let value: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(check(&schema, &schema, &value), Ok(()), "{text}");
    }
}

#[test]
fn what_no_rule_file_has_is_not_as_the_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/rules.schema.json")).unwrap();
    for wrong in [
        "rule: []",
        "rules: {}",
        "rules: [{method: a}]",
        "rules: [{reply: .}]",
        "rules: [{method: a, reply: ., wehn: x}]",
        "rules: [{method: a, reply: 3}]",
        "rules: [{method: a, reply: ., then: lest}]",
        "rules: [{method: a, replies: []}]",
        "rules: [{method: a, replies: [{method: a, reply: .}]}]",
        "rules: [{method: a, error: {message: x}}]",
        "rules: [{method: a, error: {code: 5, details: [{}]}}]",
        "rules: [{method: a, reply: ., metadata: {a: {}}}]",
        "rules: [{method: a, reply: ., expect: {time: 1}}]",
        "rules: [{method: a, reply: ., delay: true}]",
    ] {
        let value: Value = serde_saphyr::from_str(wrong).unwrap();
        assert!(check(&schema, &schema, &value).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_wrong_with_rules_is_said_as_serve_says_it() {
    let folder = Folder::new();
    let proto = folder.file("shop.proto", &parts(&page(), "proto")[0]);
    for (text, message) in [
        (
            "rules: [{method: Get, reply: '{nmae: 1}'}]",
            ":1:31: for the example request the reply is no example.Item: unknown field \"nmae\" in example.Item\nhint: did you mean name?\n",
        ),
        (
            "rules: [{method: Get, when: .page_size > 1, reply: {}}]",
            ":1:30: 'page_size' is the name in Protobuf: a program sees the field as 'pageSize'\nhint: did you mean pageSize?\n",
        ),
        ("rules: [{method: Get, reply: {price: x}}]", ":1:31: the reply is no example.Item at .price: "),
        ("rules:\n- method: Get\n  reply: {id: .x", ":3:"),
        ("include: no.yaml", ":1:10: cannot read '"),
    ] {
        let file = folder.file("rules.yaml", text);
        let ran = greet(&["rules", "check", &file, "-p", &proto]);
        let served = greet(&["serve", "--rules", &file, &proto, "--port", "0"]);
        assert!(
            ran.code == 2 && ran.stderr.starts_with(&format!("error: {file}{message}")),
            "{}",
            ran.shown()
        );
        assert_eq!((served.code, served.stderr), (ran.code, ran.stderr));
    }
    // Every rule that is wrong is named, of every file.
    let file = folder.file(
        "rules.yaml",
        "rules:
- {method: Get, reply: '{nmae: 1}'}
- {method: Get, reply: {id: x}}
- {method: Got, reply: {}}
- {method: Get, reply: {price: x}}
",
    );
    let other = folder.file("other.yaml", "rules: [{method: Get}]");
    let ran = greet(&["rules", "check", &other, &file, "-p", &proto]);
    let places: Vec<_> =
        ran.stderr.lines().filter_map(|line| line.trim().split(": ").find(|w| w.contains("yaml:"))).collect();
    let wanted =
        [format!("{other}:1:9"), format!("{file}:2:25"), format!("{file}:4:12"), format!("{file}:5:25")];
    assert_eq!((ran.code, places), (2, wanted.iter().map(String::as_str).collect()), "{}", ran.shown());
    assert!(ran.stderr.contains("example.Item; did you mean name?\n"), "{}", ran.shown());
    let many = format!("rules: [{}]", "{method: Got, reply: {}}, ".repeat(30));
    let ran = greet(&["rules", "check", &folder.file("rules.yaml", many), "-p", &proto]);
    assert_eq!((ran.code, ran.stderr.matches("'Got'").count()), (2, 20), "{}", ran.shown());
    assert!(ran.stderr.contains("\n  and more\n"), "{}", ran.shown());
    // A program that fails may be meant to.
    let file = folder.file("rules.yaml", "rules: [{method: Get, reply: '{id: (.id + 1)}'}]");
    let ran = greet(&["rules", "check", &file, "-p", &proto]);
    let note = format!("note: {file}:1:31: for the example request: ");
    assert!(ran.code == 0 && ran.stderr.starts_with(&note), "{}", ran.shown());
    assert!(ran.stderr.ends_with("\n1 rule, nothing wrong\n"), "{}", ran.shown());
    // Without a schema it is the embedded one, as serve has it.
    let file = folder.file("rules.yaml", "rules: [{method: SayHello, reply: '{message: .name}'}]");
    assert_eq!(
        greet(&["rules", "check", &file]).shown(),
        "0\n--- stdout\n--- stderr\n1 rule, nothing wrong\n"
    );
}

#[test]
fn files_take_definitions_values_and_rules_from_others() {
    let folder = Folder::new();
    folder.file("users.json", "[{\"id\": \"7\", \"name\": \"Ann\"}]");
    folder.file("lines.ndjson", "{\"price\": 1.5}\n\n{\"price\": 2}\n");
    folder.file("more.yaml", "define: 'def twice: . + .;'\ndata: {kind: chair, more: {file: lines.ndjson}}\nrules:\n- method: Get\n  reply: '{name: ($data.kind | twice)}'\n");
    folder.file("again.yaml", "include: more.yaml\ndata: {again: 1}\n");
    let rules = "include: [more.yaml, again.yaml]\ndefine: 'def user($id): first($data.users[] | select(.id == $id));'\n\
        data: {users: {file: users.json}}\nrules:\n- method: Get\n  when: any($data.users[]; .id == \"8\") or .id == \"7\"\n  \
        reply: '{id, name: (user(.id).name | twice), price: $data.more[1].price}'\n";
    let ran = explain(&folder, rules, &["Get", "{id: '7'}"]);
    let more = folder.path().join("more.yaml").display().to_string();
    let answer = r#"{"id":"7","name":"AnnAnn","price":2}"#;
    let wanted = format!("rules.yaml:5:3 answers:\n  {answer}\n{more}:4:3 is not asked\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, wanted.as_str()), "{}", ran.shown());
    let ran = explain(&folder, rules, &["Get", "{id: '8'}"]);
    assert!(ran.stdout.ends_with(":4:3 answers:\n  {\"name\":\"chairchair\"}\n"), "{}", ran.shown());
    // Who includes what includes it is told.
    folder.file("again.yaml", "include: rules.yaml\n");
    let ran = explain(&folder, rules, &["Get"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(
        ran.stderr.contains("again.yaml:1:10: 'rules.yaml' is included by what it includes itself\n"),
        "{}",
        ran.shown()
    );
    folder.file("lines.ndjson", "1\n{");
    folder.file("again.yaml", "{}");
    let ran = explain(&folder, rules, &["Get"]);
    assert!(ran.code == 2 && ran.stderr.contains("lines.ndjson:2:1: this is no JSON: "), "{}", ran.shown());
}

#[test]
fn the_rule_that_answers_and_the_reasons_of_the_others_are_told() {
    let folder = Folder::new();
    let rules = "rules:\n- {method: Get, when: '.id == \"a\" and .pageSize > 1', reply: {}}\n\
        - {method: Get, when: '.pageSize > 5', reply: {}}\n- {method: Get, when: 'error(\"oh\")', reply: {}}\n\
        - method: Get\n  when: $metadata.x == \"y\"\n  metadata: {a: b}\n  trailers: '{t: .id}'\n  delay: 20ms\n  \
        reply: 'wait(1), {id}, error(\"NOT_FOUND\")'\n- {method: '*', error: ABORTED}\n";
    let ran = explain(&folder, rules, &["Shop/Get", "{id: 'b'}", "--header", "x: y"]);
    assert_eq!(
        ran.shown(),
        "0\n--- stdout\nrules.yaml:2:3 does not match: .id is \"b\", not \"a\"\n\
         rules.yaml:3:3 does not match: .pageSize > 5 is false\n\
         rules.yaml:4:3 does not match: its condition fails: oh\n\
         rules.yaml:5:3 answers:\n  delay 20ms\n  metadata a: b\n  wait 1s\n  {\"id\":\"b\"}\n  error NOT_FOUND (5)\n  \
         trailers {\"t\":\"b\"}\nrules.yaml:11:3 is not asked\n--- stderr\n"
    );
    let other = explain(&folder, rules, &["Shop/Get"]);
    assert!(other.stdout.ends_with("rules.yaml:11:3 answers:\n  error ABORTED (10)\n"), "{}", other.shown());
    let two = explain(&folder, rules, &["Shop/Get", "{}", "{}"]);
    assert_eq!((two.code, two.stdout.as_str()), (3, ""), "{}", two.shown());
    let talk = "rules:\n- {method: Talk, open: {text: hi}, each: '{text: \"\\(.text) \\($n)\"}', end: '{text: \"\\(length)\"}', meanwhile: 'repeat({text: \"x\"})'}\n";
    let ran = explain(&folder, talk, &["Talk", "{text: 'a'} {text: 'b'}"]);
    let shown = "open: {\"text\":\"hi\"}\n  {\"text\":\"a 1\"}\n  {\"text\":\"b 2\"}\n  {\"text\":\"2\"}\n  meanwhile: {\"text\":\"x\"}\n";
    assert!(ran.stdout.contains(shown) && ran.stdout.ends_with("  meanwhile: and more\n"), "{}", ran.shown());
    assert_eq!(explain(&folder, "rules: []", &["Get"]).stdout, "no rule is for example.Shop/Get\n");
    let none = explain(&folder, "rules: [{method: Get, when: .id == \"x\", reply: {}}]", &["Get"]);
    assert_eq!(none.stdout, "rules.yaml:1:9 does not match: .id is \"\", not \"x\"\nno rule matches\n");
}

#[test]
fn a_schema_is_given_in_every_way() {
    let folder = Folder::new();
    let proto = folder.file("protos/shop.proto", &parts(&page(), "proto")[0]);
    let protos = folder.path().join("protos").display().to_string();
    let set = folder.path().join("shop.binpb").display().to_string();
    assert_eq!(greet(&["export", "-p", &proto, "--set", &set]).code, 0);
    let rules = folder.file("rules.yaml", "rules: [{method: Get, reply: '{id}'}]");
    for words in [&["--descriptor-set", &set][..], &["--proto", &proto, "--include", &protos]] {
        assert_eq!(greet(&[&["rules", "check", &rules], words].concat()).code, 0, "{words:?}");
    }
}
