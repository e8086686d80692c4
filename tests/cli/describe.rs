//! `greet describe`: source, descriptors, templates, and lines that call.

use std::path::Path;
use std::process::Command;

use crate::run::{Folder, SHAPES, finish, greet, greet_with_input, serve};

/// What proto2 has and proto3 has not.
const OLD: &str = r#"
syntax = "proto2";
package old;
import "google/protobuf/descriptor.proto";
import "google/protobuf/any.proto";

extend google.protobuf.FieldOptions { optional string why = 50001; }

// Keeps things.
service Keeper {
  rpc Keep (Thing) returns (Thing);
  rpc Stream (stream Thing) returns (stream google.protobuf.Any);
}

// A thing
// of two lines.
message Thing {
  extensions 100 to 199;
  reserved 7, 9 to 11;
  reserved "gone";
  // It's its "name".
  required string name = 1 [(why) = "it is wanted"];
  optional group Part = 2 { required int32 number = 1; }
  optional Deep deep = 3;
  oneof choice { string it_is = 4; Kind kind = 5; }
  enum Kind { option allow_alias = true; NONE = 0; SOME = 1; FEW = 1; }
}
message Deep { required Deeper deeper = 1; }
message Deeper { required bool sure = 1; optional Deeper again = 2; }
extend Thing { optional string more = 100; }
"#;

#[test]
fn every_kind_of_symbol_is_shown() {
    let folder = Folder::new();
    let proto = folder.file("old.proto", OLD);
    for (symbol, wanted) in [
        ("old.Thing.name", "// It's its \"name\".\nrequired string name = 1 [(why) = \"it is wanted\"];\n"),
        ("Thing.choice", "oneof choice {\n  string it_is = 4;\n  Kind kind = 5;\n}\n"),
        ("Thing.Kind.SOME", "SOME = 1;\n"),
        ("old.more", "extend Thing {\n  optional string more = 100;\n}\n"),
        (
            "Thing.Kind",
            "enum Kind {\n  option allow_alias = true;\n  NONE = 0;\n  SOME = 1;\n  FEW = 1;\n}\n",
        ),
        ("Part", "message Part {\n  required int32 number = 1;\n}\n"),
    ] {
        assert_eq!(
            greet(&["describe", "-p", &proto, symbol]).shown(),
            format!("0\n--- stdout\n{wanted}--- stderr\n")
        );
    }
    let thing = greet(&["describe", "-p", &proto, "Thing"]).stdout;
    assert!(
        thing.starts_with(
            "// A thing\n// of two lines.\nmessage Thing {\n  extensions 100 to 199;\n  reserved 7, 9 to 11;\n  \
             reserved \"gone\";\n\n  // It's"
        ),
        "{thing}"
    );
}

#[test]
fn a_method_is_shown_with_its_types() {
    let server = serve(&[]);
    let method = greet(&["describe", &server.target, "SayHello"]);
    assert_eq!(
        method.shown(),
        "0\n--- stdout\n// Sends a greeting\nrpc SayHello(HelloRequest) returns (HelloReply) {}\n\n\
         // The request message containing the user's name.\nmessage HelloRequest {\n  string name = 1;\n}\n\n\
         // The response message containing the greetings.\nmessage HelloReply {\n  string message = 1;\n}\n\
         --- stderr\n"
    );
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let same = greet(&["describe", "-p", &proto, "Unary"]).stdout;
    assert_eq!(same.matches("message Item {").count(), 1, "{same}");
}

#[test]
fn a_program_gets_the_descriptor() {
    let folder = Folder::new();
    let proto = folder.file("old.proto", OLD);
    let ran = greet(&["describe", "-p", &proto, "Thing.name", "-o", "json"]);
    assert_eq!(
        ran.shown(),
        "0\n--- stdout\n{\"symbol\":\"old.Thing.name\",\"kind\":\"field\",\"file\":\"old.proto\",\
         \"comment\":\"It's its \\\"name\\\".\",\"descriptor\":{\"name\":\"name\",\"number\":1,\
         \"label\":\"LABEL_REQUIRED\",\"type\":\"TYPE_STRING\",\"options\":{\"[old.why]\":\"it is wanted\"},\"jsonName\":\"name\"}}\n--- stderr\n"
    );
    let kinds = |symbol: &str| {
        let ran = greet(&["describe", "-p", &proto, symbol, "--output", "json"]);
        let line = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        ran.stdout.lines().map(|text| line(text)["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (symbol, kind) in [
        ("old.Keeper", "service"),
        ("Thing", "message"),
        ("Thing.Kind", "enum"),
        ("Thing.Kind.SOME", "enum_value"),
        ("Thing.choice", "oneof"),
        ("old.more", "extension"),
    ] {
        assert_eq!(kinds(symbol), [kind], "{symbol}");
    }
    assert_eq!(kinds("Keep"), ["method", "message"]);
    assert_eq!(kinds("Keeper.Stream"), ["method", "message", "message"]);
}

/// Each method of a .proto is called with its template and by its example, and answers.
fn call_by_what_is_shown(proto: &str) {
    let server = serve(&[proto]);
    let service = greet(&["list", "-p", proto]).stdout;
    let methods = greet(&["list", "-p", proto, service.trim()]).stdout;
    let own = Path::new(env!("CARGO_BIN_EXE_greet")).parent().unwrap();
    assert!(methods.lines().count() > 1);
    for method in methods.lines() {
        let template = greet(&["describe", &server.target, method, "--template"]);
        assert_eq!((template.code, template.stderr.as_str()), (0, ""), "{method}");
        let called = greet_with_input(&["call", &server.target, method, "-"], &template.stdout);
        assert_eq!((called.code, called.stderr.as_str()), (0, ""), "{method}: {}", template.stdout);

        for arguments in
            [vec![&server.target[..], method], vec!["-p", proto, method, "--target", &server.target]]
        {
            let mut words = vec!["describe", "--example"];
            words.extend(&arguments);
            let example = greet(&words);
            assert_eq!(example.code, 0, "{}", example.shown());
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(example.stdout.trim_end()).env_clear();
            shell.env("PATH", format!("{}:/usr/bin:/bin", own.display()));
            let called = finish(shell);
            assert_eq!((called.code, called.stderr.as_str()), (0, ""), "{}", example.stdout);
            // Without a reply there would have been no call.
            assert!(!called.stdout.is_empty(), "{}", example.stdout);
        }
    }
}

#[test]
fn templates_and_examples_work_as_they_are() {
    let folder = Folder::new();
    call_by_what_is_shown(&folder.file("it's a folder/shapes.proto", SHAPES));
    call_by_what_is_shown(&folder.file("old.proto", OLD));
    call_by_what_is_shown(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/shapes.proto"));
}

#[test]
fn an_example_has_the_schema_and_the_connection_that_were_given() {
    let folder = Folder::new();
    let proto = folder.file("it's.proto", SHAPES);
    let path = folder.path().to_str().unwrap();
    let quoted = format!("'{}'", proto.replace('\'', r"'\''"));
    let ran = greet(&[
        "describe",
        "-p",
        &proto,
        "-I",
        path,
        "-H",
        "a: b c",
        "--plaintext",
        "--reflection",
        "off",
        "--authority",
        "x",
        "Up",
        "--example",
    ]);
    assert_eq!(
        ran.shown(),
        format!(
            "0\n--- stdout\ngreet call -p {quoted} -I {path} -H 'a: b c' --plaintext --reflection off --authority x \
             localhost:50051 shapes.Shapes/Up '{{\"name\":\"name\",\"size\":\"1\",\"colour\":\"RED\",\
             \"tags\":[\"tags\"],\"counts\":{{\"key\":1}},\"left\":\"left\"}}'\n--- stderr\n"
        )
    );
}

#[test]
fn only_what_can_be_sent_has_a_template() {
    let folder = Folder::new();
    let proto = folder.file("old.proto", OLD);
    let message = greet(&["describe", "-p", &proto, "Deeper", "--template"]).stdout;
    assert_eq!(
        message,
        "{\n  \"sure\": true, // bool, required\n  // \"again\": {}, // old.Deeper, not shown here\n}\n"
    );
    for (words, error) in [
        (&["Keeper", "--template"][..], "error: 'old.Keeper' is no method and no message"),
        (&["Thing.Kind.SOME", "--template"], "error: 'old.Thing.SOME' is no method and no message"),
        (&["Thing", "--example"], "error: 'old.Thing' is no method"),
    ] {
        let mut all = vec!["describe", "-p", &proto];
        all.extend(words);
        let ran = greet(&all);
        assert_eq!((ran.code, ran.stderr.lines().next()), (2, Some(error)));
    }
    let ran = greet(&["describe", "-p", &proto, "--template"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: a SYMBOL is missing"), "{}", ran.stderr);
    assert_eq!(greet(&["describe", "-p", &proto, "Keep", "--template", "-o", "json"]).code, 2);
}
