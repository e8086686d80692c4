//! Text format there and back, with the errors and their places.

use proptest::prelude::*;

use super::*;
use crate::transcode::testing::{all, old};
use crate::transcode::{JsonInput, JsonOutput, json};

fn wire(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    to_wire(all(), text, TextInput::default(), &mut out).unwrap_or_else(|error| panic!("{text}: {error}"));
    out
}

fn text(wire: &[u8]) -> String {
    let mut out = Vec::new();
    from_wire(all(), wire, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_is_read_is_written_as_protoc_writes_it() {
    let given = r#"
        # all of it
        name: 'W"' "\n☃\001"  age: -3; ratio: 1.5, small: inf on: true raw: "\xff\000a" role: ADMIN
        address < name: "Oslo" twin: { zip_code: 7 } >
        tags: ["a", 'b'] cities {} cities { name: "x" }
        counts { key: "b" value: 2 } counts { key: "a" value: 1 }
        any { [type.googleapis.com/t.City] { name: "y" } }
    "#;
    let expected = r#"name: "W\"\n☃\001"
age: -3
ratio: 1.5
small: inf
on: true
raw: "\377\000a"
role: ADMIN
address {
  name: "Oslo"
  twin {
    zip_code: 7
  }
}
tags: "a"
tags: "b"
cities {
}
cities {
  name: "x"
}
counts {
  key: "a"
  value: 1
}
counts {
  key: "b"
  value: 2
}
any {
  [type.googleapis.com/t.City] {
    name: "y"
  }
}
"#;
    let bytes = wire(given);
    assert_eq!(text(&bytes), expected);
    assert_eq!(text(&wire(expected)), expected);
    assert_eq!(text(b""), "");
}

#[test]
fn extensions_have_their_full_names() {
    let (plan, mut bytes, mut again) = (old(), Vec::new(), Vec::new());
    to_wire(
        &plan,
        "name: 'a' [old.level]: 3 [old.inner] { [old.notes]: 'x' }",
        TextInput::default(),
        &mut bytes,
    )
    .unwrap();
    from_wire(&plan, &bytes, &mut again).unwrap();
    let expected = "name: \"a\"\n[old.level]: 3\n[old.inner] {\n  [old.notes]: \"x\"\n}\n";
    assert_eq!(String::from_utf8(again).unwrap(), expected);
}

proptest! {
    #[test]
    fn no_text_panics(given in "[nametgsro:{}<>\\[\\]'\"0-9 .,;#\\\\/\n-]{0,60}|\\PC*") {
        let mut out = Vec::new();
        if to_wire(all(), &given, TextInput::default(), &mut out).is_ok() {
            prop_assert!(all().check(&out).is_ok());
        }
    }

    #[test]
    fn what_is_printed_is_read_back(name in "\\PC*", raw in prop::collection::vec(any::<u8>(), 0..20),
                                    ratio in any::<f64>(), small in any::<f32>(), big in any::<i64>()) {
        let value = serde_json::json!({"name": name, "raw": base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &raw),
            "ratio": ratio, "small": small, "big": big, "counts": {name: 1}});
        let mut first = Vec::new();
        json::to_wire(all(), value.to_string().as_bytes(), JsonInput::default(), &mut first).unwrap();
        let (mut a, mut b) = (Vec::new(), Vec::new());
        json::from_wire(all(), &first, JsonOutput::default(), &mut a).unwrap();
        json::from_wire(all(), &wire(&text(&first)), JsonOutput::default(), &mut b).unwrap();
        prop_assert_eq!(String::from_utf8(a).unwrap(), String::from_utf8(b).unwrap());
    }
}
