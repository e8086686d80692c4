//! Templates and examples, as they look and as they are read.

use std::fmt::Write as _;

use futures_util::FutureExt as _;

use super::*;
use crate::schema::Schema;
use crate::transcode::documents::{Dialect, Documents};
use crate::transcode::{JsonInput, Plan};

fn closure_of(text: &str, name: &str) -> Arc<Closure> {
    let schema = Schema::from_proto_text("given.proto", text).unwrap();
    schema.closure(name).now_or_never().expect("files are at hand").unwrap()
}

/// The wire bytes of a template or a line, read as `greet call` reads them.
fn wire(closure: &Arc<Closure>, name: &str, text: &str) -> Vec<u8> {
    let plan = Plan::compile(closure, name).unwrap();
    let documents = Documents::all(Dialect::Relaxed, text.as_bytes()).unwrap();
    assert_eq!(documents.len(), 1, "{text}");
    let mut out = Vec::new();
    documents[0]
        .to_wire(&plan, JsonInput::default(), &mut out)
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    out
}

const SHAPES: &str = r#"
    syntax = "proto3";
    package shapes;
    import "google/protobuf/timestamp.proto";
    import "google/protobuf/any.proto";
    enum Colour { COLOUR_UNSPECIFIED = 0; RED = 1; GREEN = 2; }
    message Item {
      string name = 1;
      optional int64 big_size = 2;
      Colour colour = 3;
      repeated Part parts = 4;
      map<string, Part> by_name = 5;
      Item inner = 6;
      oneof choice { Part left = 7; bytes right = 8; }
      google.protobuf.Timestamp at = 9;
      repeated google.protobuf.Any anys = 10;
      map<bool, Colour> colours = 11;
      Nothing nothing = 12;
    }
    message Part { double weight = 1; }
    message Nothing {}
"#;

#[test]
fn a_template_shows_every_field_and_explains_it() {
    let closure = closure_of(SHAPES, "shapes.Item");
    let template = template(&closure, "shapes.Item").unwrap();
    assert_eq!(
        template,
        r#"{
  "name": "name", // string
  "bigSize": "1", // int64
  "colour": "RED", // shapes.Colour: COLOUR_UNSPECIFIED, RED, GREEN
  "parts": [{ // list of shapes.Part
    "weight": 1.5, // double
  }],
  "byName": { // map of string to shapes.Part
    "key": {
      "weight": 1.5, // double
    },
  },
  // "inner": {}, // shapes.Item, not shown here
  // oneof choice: only one of left, right
  "left": { // shapes.Part
    "weight": 1.5, // double
  },
  // "right": "cmlnaHQ=", // bytes in base64
  "at": "2024-01-01T00:00:00Z", // google.protobuf.Timestamp
  "anys": [{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"text"}], // list of google.protobuf.Any
  "colours": { // map of bool to shapes.Colour: COLOUR_UNSPECIFIED, RED, GREEN
    "true": "RED",
  },
  "nothing": {}, // shapes.Nothing
}
"#
    );
    let line = line(&closure, "shapes.Item").unwrap();
    assert_eq!(
        line,
        r#"{"name":"name","bigSize":"1","colour":"RED","parts":[{"weight":1.5}],"byName":{"key":{"weight":1.5}},"left":{"weight":1.5},"at":"2024-01-01T00:00:00Z","anys":[{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"text"}],"colours":{"true":"RED"},"nothing":{}}"#
    );
    assert_eq!(wire(&closure, "shapes.Item", &template), wire(&closure, "shapes.Item", &line));
    // What stands in comments is right too, once it is let in.
    let other = template.replace("  \"left\": {", "  //\"left\": {").replace("  // \"right\"", "  \"right\"");
    let other =
        other.replace("shapes.Part\n    \"weight\": 1.5, // double\n  },\n  \"right\"", "\n  \"right\"");
    let other = other.replace("// \"inner\"", "\"inner\"");
    assert_ne!(wire(&closure, "shapes.Item", &other), wire(&closure, "shapes.Item", &line));
    assert!(super::template(&closure, "shapes.None").is_err());
}

#[test]
fn every_bundled_type_has_a_template_that_is_read_again() {
    let closure = crate::schema::bundled_closure();
    let mut tried = 0;
    for message in closure.descriptors().messages() {
        let name = message.full_name();
        if message.options().is_some_and(|options| options.map_entry == Some(true)) {
            continue;
        }
        let template = template(closure, name).unwrap();
        let line = line(closure, name).unwrap();
        let deep = wire(closure, name, &template);
        assert!(deep.len() >= wire(closure, name, &line).len(), "{name}");
        tried += 1;
    }
    assert!(tried > 150, "{tried}");
}

#[test]
fn what_has_to_be_there_is_there_and_what_never_ends_ends() {
    let text = r#"
        syntax = "proto2";
        package old;
        message A { required B b = 1; optional C c = 2; extensions 10 to 20; optional group G = 3 { required int32 n = 1; } }
        message B { required D d = 1; }
        message C { optional C c = 1; repeated A a = 2; }
        message D { required E e = 1; }
        message E { required F f = 1; }
        message F { required int32 n = 1; }
        message Loop { required Loop loop = 1; }
        extend A { optional string more = 10; }
    "#;
    let closure = closure_of(text, "old.A");
    assert_eq!(
        line(&closure, "old.A").unwrap(),
        r#"{"b":{"d":{"e":{"f":{"n":1}}}},"c":{},"g":{"n":1}}"#,
        "beyond the depth of what need not be there"
    );
    wire(&closure, "old.A", &template(&closure, "old.A").unwrap());
    assert!(
        template(&closure, "old.A")
            .unwrap()
            .contains("  // \"[old.more]\": \"more\", // string, an extension\n")
    );
    assert_eq!(
        template(&closure, "old.Loop").unwrap(),
        "{\n  // \"loop\": {}, // old.Loop, required, not shown here\n}\n"
    );

    // Each type has two of the next: as many values as there are leaves on that tree, if nothing bounded them.
    let mut wide = String::from("syntax = \"proto3\"; package wide; message M0 { int32 n = 1; }");
    for n in 1..40 {
        let _ = write!(wide, " message M{n} {{");
        for field in 1..20 {
            let _ = write!(wide, " M{} f{field} = {field};", n - 1);
        }
        wide.push_str(" }");
    }
    let closure = closure_of(&wide, "wide.M39");
    let template = template(&closure, "wide.M39").unwrap();
    assert!(template.len() < 1_000_000, "{}", template.len());
    wire(&closure, "wide.M39", &template);
}

#[test]
fn names_cannot_leave_their_quotes_or_comments() {
    assert_eq!(layout::quoted("a\"\n\u{85}\u{202e}é😀"), "\"a\\\"\\n\\u0085\\u202eé😀\"");
    let value = made::Value::Object(vec![made::Member {
        key: layout::quoted("a"),
        value: made::Value::Plain("1".to_owned()),
        above: Some("x\n\"b\": 2".to_owned()),
        beside: "y\r\n}".to_owned(),
        set: true,
    }]);
    assert_eq!(layout::lines(&value), "{\n  // x\\n\"b\": 2\n  \"a\": 1, // y\\r\\n}\n}\n");
}
