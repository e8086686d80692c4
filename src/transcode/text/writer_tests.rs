//! How messages look in text format.

use crate::transcode::Plan;
use crate::transcode::options::{TextInput, TextOutput, UnknownFields};
use crate::transcode::testing::all;
use crate::transcode::text::testing::kinds;
use crate::transcode::text::{from_wire, to_wire};

fn written(plan: &Plan, wire: &[u8], unknown: UnknownFields) -> String {
    let mut out = b"kept\n".to_vec();
    from_wire(plan, wire, TextOutput { unknown }, &mut out).unwrap();
    String::from_utf8(out).unwrap().strip_prefix("kept\n").expect("what was there stays").to_owned()
}

/// What comes of text that is read and written again.
#[track_caller]
fn again(plan: &Plan, given: &str) -> String {
    let mut wire = Vec::new();
    to_wire(plan, given, TextInput::default(), &mut wire).unwrap_or_else(|error| panic!("{given}: {error}"));
    written(plan, &wire, UnknownFields::Print)
}

/// Text that is written as it stands.
#[track_caller]
fn stays(plan: &Plan, given: &str) {
    assert_eq!(again(plan, given), given);
}

#[test]
fn each_kind_has_its_line() {
    stays(
        kinds(),
        r#"i32: -1
i64: -9223372036854775808
u32: 4294967295
u64: 18446744073709551615
s32: -2147483648
s64: 9223372036854775807
f32: 7
f64: 8
sf32: -9
sf64: -10
on: true
color: BLUE
small: 1e-05
wide: -0
text: "W\"\n☃\001"
raw: "\377\000a\303\251"
"#,
    );
    assert_eq!(
        again(kinds(), "text: '\\377é' small: nan wide: -inf on: f color: infinity"),
        "on: false\ncolor: infinity\nsmall: nan\nwide: -inf\ntext: \"\\377é\"\n"
    );
    assert_eq!(again(all(), "role: 42 roles: [1, 9]"), "role: 42\nroles: ADMIN\nroles: 9\n");
}

#[test]
fn messages_groups_and_lists_are_indented() {
    stays(
        kinds(),
        r#"Data {
  inner_value: 1
}
many: 1
many: 2
packed: 3
packed: 4
Row {
}
Row {
  cell: "a"
}
deeper {
  deeper {
    i32: 1
  }
  palette: RED
}
Third {
}
[two.level]: 5
[two.kinds] {
  i64: 6
}
[two.extra] {
  x: 7
}
"#,
    );
    assert_eq!(written(kinds(), b"", UnknownFields::Print), "");
}

#[test]
fn maps_are_sorted_by_key() {
    let given = r#"by_name {
  key: ""
  value {
    by_name {
      key: "y"
      value {
      }
    }
    by_name {
      key: "z"
      value {
        i32: 1
      }
    }
  }
}
by_name {
  key: "\303"
  value {
  }
}
colors {
  key: -2
  value: RED
}
colors {
  key: 10
  value: GREEN
}
"#;
    stays(kinds(), given);
    assert_eq!(
        again(
            kinds(),
            r"colors { key: 10 value: GREEN } by_name: [{ key: '\303' }, { value: { by_name { key: 'z' value { i32: 1 } } by_name { key: 'y' } } }] colors { key: -2 }"
        ),
        given
    );
    let flags = "flags {\n  key: false\n  value: \"\"\n}\nflags {\n  key: true\n  value: \"a\"\n}\n";
    assert_eq!(again(all(), "flags { key: 1 value: 'a' } flags {}"), flags);
}

#[test]
fn an_any_is_expanded_where_it_can_be_read_back() {
    let expanded = "any {
  [type.googleapis.com/two.Kinds] {
    i32: 1
    any {
      [x/google.protobuf.Duration] {
        seconds: 2
      }
    }
  }
}
";
    stays(kinds(), expanded);
    for url in ["two.Kinds", "/two.Kinds", "a b/two.Kinds", "a/two.Nope", "%2/two.Kinds", "é/two.Kinds"] {
        stays(kinds(), &format!("any {{\n  type_url: \"{url}\"\n  value: \"\\010\\001\"\n}}\n"));
    }
}

#[test]
fn members_of_a_message_set_go_by_their_types() {
    stays(
        kinds(),
        r"set {
  [two.Member] {
    i: 3
  }
  [two.other] {
  }
}
",
    );
}

#[test]
fn what_an_any_holds_is_shown_as_it_is_where_it_is_no_message() {
    for value in ["\\010", "\\377", "\\010\\001\\013", "\\322\\001\\002\\n\\005"] {
        stays(kinds(), &format!("any {{\n  type_url: \"x/two.Kinds\"\n  value: \"{value}\"\n}}\n"));
    }
    // What lacks a required field is shown all the same.
    let expected = "any {\n  [x/two.Needs] {\n    a: 5\n  }\n}\n";
    assert_eq!(again(kinds(), "any { type_url: 'x/two.Needs' value: '\\010\\005' }"), expected);
}

#[test]
fn the_order_on_the_wire_does_not_matter() {
    let wire = b"\x10\x02\xda\x01\x02\x10\x05\x90\x01\x01\x08\x01\xea\x01\x01a\x90\x01\x02\xf2\x01\0\xda\x01\x02\x08\x04\x08\x03";
    let expected = "i32: 3\ni64: 2\nmany: 1\nmany: 2\ndeeper {\n  i32: 4\n  i64: 5\n}\nright {\n}\n";
    assert_eq!(written(kinds(), wire, UnknownFields::Omit), expected);
    let unknown = b"\xc0\x3e\x05\x10\x02\x08\x01";
    assert_eq!(written(kinds(), unknown, UnknownFields::Print), "i32: 1\ni64: 2\n1000: 5\n");
}

#[test]
fn what_is_no_message_leaves_nothing() {
    let mut out = b"kept".to_vec();
    let error = from_wire(kinds(), b"\x08\x01\x10", TextOutput::default(), &mut out).unwrap_err();
    assert_eq!(
        error.to_string(),
        "at .i64: the bytes are no two.Kinds: the bytes end in the middle of a value, at byte 3"
    );
    assert_eq!(out, b"kept");
}

#[test]
fn unknown_fields_stand_behind_the_others_when_asked() {
    let wire = b"\xc0\x3e\x05\x08\x01\xc3\x3e\x08\x07\xc4\x3e\xda\x01\x06\xc2\x3e\x01a\x10\x02\x60\x2a\xca\x3e\x02\x08\x07";
    assert_eq!(written(kinds(), wire, UnknownFields::Omit), "i32: 1\ndeeper {\n  i64: 2\n}\n");
    let expected = r#"i32: 1
deeper {
  i64: 2
  1000: "a"
}
1000: 5
1000 {
  1: 7
}
12: 42
1001 {
  1: 7
}
"#;
    assert_eq!(written(kinds(), wire, UnknownFields::Print), expected);
    let any = b"\xca\x01\x1a\x0a\x0bx/two.Kinds\x12\x0b\xc0\x3e\x05\xda\x01\x03\xc0\x3e\x06\x08\x01";
    let expected =
        "any {\n  [x/two.Kinds] {\n    i32: 1\n    deeper {\n      1000: 6\n    }\n    1000: 5\n  }\n}\n";
    assert_eq!(written(kinds(), any, UnknownFields::Print), expected);
}
