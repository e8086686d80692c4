//! Text format there and back.

use proptest::prelude::*;

use super::*;
use crate::transcode::options::Unknown;
use crate::transcode::testing::{all, old};
use crate::transcode::text::testing::kinds;
use crate::transcode::{JsonInput, JsonOutput, json};

fn wire(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    to_wire(all(), text, TextInput::default(), &mut out).unwrap_or_else(|error| panic!("{text}: {error}"));
    out
}

fn text(wire: &[u8]) -> String {
    let mut out = Vec::new();
    from_wire(all(), wire, TextOutput::default(), &mut out).unwrap();
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
    from_wire(&plan, &bytes, TextOutput::default(), &mut again).unwrap();
    let expected = "name: \"a\"\n[old.level]: 3\n[old.inner] {\n  [old.notes]: \"x\"\n}\n";
    assert_eq!(String::from_utf8(again).unwrap(), expected);
}

/// A message with something of everything.
const GIVEN: &str = "i32: 1 text: 'a' Data { inner_value: 3 } packed: [1, 2] Row {} by_name { key: 'x' value {} } \
    set { [two.Member] { i: 3 } } any { [a/two.Kinds] { i32: 1 } } deeper { color: RED } right {} [two.levels]: [1]";

/// Fields of a `two.Kinds`, mostly such as fit together.
fn fields() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "i32: -1",
        "i64: 0x7f",
        "u32: 017",
        "u64: 18446744073709551615;",
        "s32: -7",
        "s64: 9",
        "f32: 0",
        "f64: 5",
        "sf32: -1",
        "sf64: - 2",
        "on: t",
        "color: BLUE",
        "small: 1e-3f",
        "wide: -inf",
        "wide: nan",
        "text: 'a' \"\\303\"",
        "raw: '\\u1234\\377'",
        "Data { inner_value: 3 }",
        "many: [1, 2]",
        "many: 3",
        "packed: [1, -1]",
        "packed: 2,",
        "fixed: [1]",
        "Row < cell: 'x' >",
        "row {}",
        "colors { key: 3 value: RED }",
        "colors { key: -1 }",
        "colors {}",
        "set { [two.Member] { i: 3 } [two.other] {} }",
        "needs { a: 1 b: '' }",
        "palette: [RED, -2]",
        "left: 'x'",
        "Third {}",
        "user_id: 5",
        "[two.level]: 3",
        "[two.levels]: [1]",
        "[two.levels]: 2",
        "[two.extra] { x: 1 }",
        "[two.Scope.shade]: 7",
        "any { type_url: 'a/b' value: 'c' }",
        "any { [a/google.protobuf.Any] {} }",
        "gone: [1]",
        "}",
        "nope: 1",
        "5: 6",
        "",
        "#\n",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    leaf.prop_recursive(6, 40, 5, |inner| {
        let around = prop::sample::select(vec![
            ("deeper {", "}"),
            ("right <", ">"),
            ("[two.kinds]: [{", "}, {}]"),
            ("by_name { key: 'x' value {", "} }"),
            ("by_name { value {", "} key: '\\377' }"),
            ("any { [x.y/two.Kinds] {", "} }"),
        ]);
        (around, prop::collection::vec(inner, 0..5))
            .prop_map(|((open, close), inner)| format!("{open} {} {close}", inner.join(" ")))
    })
}

proptest! {
    #[test]
    fn no_text_panics(given in "[nametgsro:{}<>\\[\\]'\"0-9 .,;#\\\\/\n-]{0,60}|\\PC*") {
        for unknown in [Unknown::Refuse, Unknown::Drop] {
            let mut out = Vec::new();
            if to_wire(all(), &given, TextInput { unknown }, &mut out).is_ok() {
                prop_assert!(all().check(&out).is_ok());
            }
        }
    }

    #[test]
    fn what_is_read_is_a_message_and_printed_as_it_was_read(given in prop::collection::vec(fields(), 0..6)) {
        let given = given.join(" ");
        for unknown in [Unknown::Refuse, Unknown::Drop] {
            let mut wire = Vec::new();
            if to_wire(kinds(), &given, TextInput { unknown }, &mut wire).is_err() {
                continue;
            }
            prop_assert_eq!(kinds().check(&wire), Ok(()));
            let (mut first, mut second, mut again) = (Vec::new(), Vec::new(), Vec::new());
            from_wire(kinds(), &wire, TextOutput::default(), &mut first).unwrap();
            let first = String::from_utf8(first).unwrap();
            to_wire(kinds(), &first, TextInput::default(), &mut again).unwrap_or_else(|error| panic!("{error}\n{first}"));
            from_wire(kinds(), &again, TextOutput::default(), &mut second).unwrap();
            prop_assert_eq!(&first, &String::from_utf8(second).unwrap());
        }
    }

    #[test]
    fn no_bytes_panic(wire in prop::collection::vec(any::<u8>(), 0..60), spoilt in (any::<prop::sample::Index>(), any::<u8>())) {
        let mut message = Vec::new();
        to_wire(kinds(), GIVEN, TextInput::default(), &mut message).unwrap();
        let at = spoilt.0.index(message.len());
        message[at] = spoilt.1;
        for wire in [&wire, &message] {
            for unknown in [UnknownFields::Omit, UnknownFields::Print] {
                let mut out = Vec::new();
                match from_wire(kinds(), wire, TextOutput { unknown }, &mut out) {
                    Ok(()) => prop_assert!(String::from_utf8(out).is_ok()),
                    Err(_) => prop_assert!(out.is_empty()),
                }
            }
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
