//! `greet serve` keeps up with its files: one swap, and a bad edit changes nothing.

use std::io::{BufRead as _, BufReader};

use crate::run::{Folder, SHAPES, Served, command, greet, serve, serve_command};

/// The lines that the server says from now on.
fn said(server: &mut Served) -> impl Iterator<Item = String> + use<> {
    BufReader::new(server.running.child.stderr.take().unwrap()).lines().map(Result::unwrap)
}

fn rules(name: &str) -> String {
    format!("rules: [{{method: Unary, reply: '{{name: \"{name}\"}}'}}]")
}

fn name(server: &Served, method: &str) -> String {
    greet(&["call", &server.target, method, "name=x", "-q", ".name", "-r"]).stdout.trim().to_owned()
}

#[test]
fn an_edit_is_served_and_a_bad_one_is_not() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let file = folder.file("rules.yaml", rules("first"));
    let mut server = serve(&[&proto, "--rules", &file]);
    let mut said = said(&mut server);
    assert_eq!(name(&server, "Unary"), "first");

    folder.file("rules.yaml", rules("second"));
    assert_eq!(said.next().unwrap(), format!("note: '{file}' has changed, and is served from now on"));
    assert_eq!(name(&server, "Unary"), "second");

    folder.file("rules.yaml", "rules: [{method: Nowhere, reply: '{}'}]");
    let words = "no method is called 'Nowhere'";
    assert_eq!(said.next().unwrap(), format!("error: {file}:1:18: {words}"));
    assert_eq!(
        said.next().unwrap(),
        format!("note: '{file}' has changed; the server goes on with what it had")
    );
    assert_eq!(name(&server, "Unary"), "second");

    folder.file("rules.yaml", rules("third"));
    assert!(said.next().unwrap().starts_with("note: "));
    // A method more, and one that was not called before a bad edit.
    folder.file("shapes.proto", SHAPES.replace("rpc Unary", "rpc More (Item) returns (Item); rpc Unary"));
    assert_eq!(said.next().unwrap(), format!("note: '{proto}' has changed, and is served from now on"));
    assert_eq!(name(&server, "More"), "x");
    folder.file("shapes.proto", "syntax = \"proto3\"; message {}");
    assert!(said.next().unwrap().contains("its reply is made up"));
    assert!(said.next().unwrap().starts_with(&format!("error: {proto}:1:28: ")));
    while !said.next().unwrap().contains("goes on with what it had") {}
    assert_eq!((name(&server, "Unary"), name(&server, "Down")), ("third".into(), "x\nx\nx".into()));
    assert_eq!(greet(&["health", &server.target, "shapes.Shapes"]).stdout, "SERVING\n");
}

#[test]
fn an_open_call_keeps_what_it_began_with() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let rule = |name: &str| format!("rules: [{{method: Both, reply: '{{name: \"{name}\"}}'}}]");
    let file = folder.file("rules.yaml", rule("first"));
    let mut server = serve(&[&proto, "--rules", &file]);
    let mut said = said(&mut server);
    let mut line = command(&["call", &server.target, "Both", "-"]);
    line.stdin(std::process::Stdio::piped());
    let mut call = crate::run::Running::start(line);
    let mut ask = || {
        std::io::Write::write_all(call.stdin(), b"{}\n").unwrap();
        call.line()
    };
    assert_eq!(ask(), "{\"name\":\"first\"}");
    folder.file("rules.yaml", rule("second"));
    assert!(said.next().unwrap().starts_with("note: "));
    assert_eq!(ask(), "{\"name\":\"first\"}");
    assert_eq!(greet(&["call", &server.target, "Both", "{}"]).stdout, "{\"name\":\"second\"}\n");
}

#[test]
fn what_rules_read_beside_their_file_is_looked_at_too() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let data = folder.file("names.json", "[\"first\"]");
    let text = "data: {names: {file: names.json}}\nrules: [{method: Unary, reply: '{name: $data.names[0]}'}]";
    let mut server = serve(&[&proto, "--rules", &folder.file("rules.yaml", text)]);
    let mut said = said(&mut server);
    assert_eq!(name(&server, "Unary"), "first");
    folder.file("names.json", "[\"second\"]");
    assert_eq!(said.next().unwrap(), format!("note: '{data}' has changed, and is served from now on"));
    assert_eq!(name(&server, "Unary"), "second");
}

#[test]
fn who_does_not_want_it_is_left_alone() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let file = folder.file("rules.yaml", rules("first"));
    let journal = folder.path().join("journal.ndjson");
    let server = serve_command(command(&[
        "serve",
        "--port",
        "0",
        &proto,
        "--rules",
        &file,
        "--no-reload",
        "--journal",
        journal.to_str().unwrap(),
    ]));
    folder.file("rules.yaml", "no rules at all");
    assert_eq!(name(&server, "Unary"), "first");
    server.running.signal("TERM");
    let ran = server.running.end();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}
