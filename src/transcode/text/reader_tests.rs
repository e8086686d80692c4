//! What text format may look like, rule by rule, with the wire bytes that come of it.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::schema::{Closure, File};
use crate::transcode::options::{TextInput, Unknown};
use crate::transcode::testing::{all, closure};
use crate::transcode::text::testing::kinds;
use crate::transcode::text::to_wire;
use crate::transcode::{DataError, Plan};

/// A descriptor set that protoc made of this:
///
/// ```proto
/// edition = "2023";
/// package ed;
/// enum Open { ZERO = 0; ONE = 1; }
/// message Apart { int32 c = 1; }
/// message All {
///   message Within { int32 c = 1; }
///   Within within = 1 [features.message_encoding = DELIMITED];
///   Apart field = 2 [features.message_encoding = DELIMITED];
///   Open open = 3;
///   int32 implicit = 4 [features.field_presence = IMPLICIT];
///   string loose = 5 [features.utf8_validation = NONE];
///   repeated int32 expanded = 6 [features.repeated_field_encoding = EXPANDED];
///   int32 needed = 7 [features.field_presence = LEGACY_REQUIRED];
/// }
/// ```
const EDITION: &str = "CuMCCgdlLnByb3RvEgJlZCIVCgVBcGFydBIMCgFjGAEgASgFUgFjIpQCCgNBbGwSLQoGd2l0aGluGAEgASgLMg4u\
    ZWQuQWxsLldpdGhpbkIFqgECKAJSBndpdGhpbhImCgVmaWVsZBgCIAEoCzIJLmVkLkFwYXJ0QgWqAQIoAlIFZmllbGQSHAoEb3Blbh\
    gDIAEoDjIILmVkLk9wZW5SBG9wZW4SIQoIaW1wbGljaXQYBCABKAVCBaoBAggCUghpbXBsaWNpdBIbCgVsb29zZRgFIAEoCUIFqgEC\
    IANSBWxvb3NlEiEKCGV4cGFuZGVkGAYgAygFQgWqAQIYAlIIZXhwYW5kZWQSHQoGbmVlZGVkGAcgASgFQgWqAQIIA1IGbmVlZGVkGh\
    YKBldpdGhpbhIMCgFjGAEgASgFUgFjKhkKBE9wZW4SCAoEWkVSTxAAEgcKA09ORRABYghlZGl0aW9uc3DoBw==";

fn read(plan: &Plan, text: &str, unknown: Unknown) -> Result<Vec<u8>, DataError> {
    let mut out = b"kept".to_vec();
    let read = to_wire(plan, text, TextInput { unknown }, &mut out);
    let written = out.strip_prefix(b"kept").expect("what was there stays").to_vec();
    assert!(read.is_ok() || written.is_empty(), "an error leaves nothing: {text}");
    read.map(|()| written)
}

/// The wire bytes of a `two.Kinds`.
#[track_caller]
fn wire(text: &str) -> Vec<u8> {
    read(kinds(), text, Unknown::Refuse).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The error for a `two.Kinds`.
#[track_caller]
fn error(text: &str) -> String {
    match read(kinds(), text, Unknown::Refuse) {
        Ok(bytes) => panic!("{text} was read: {bytes:?}"),
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn same(text: &str, as_text: &str) {
    assert_eq!(wire(text), wire(as_text), "{text} and {as_text}");
}

#[test]
fn each_kind_stands_on_the_wire() {
    for (text, bytes) in [
        ("i32: -1", &b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"[..]),
        ("i64: 300", b"\x10\xac\x02"),
        ("u32: 4294967295", b"\x18\xff\xff\xff\xff\x0f"),
        ("u64: 18446744073709551615", b"\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        ("s32: -2", b"\x28\x03"),
        ("s32: -2147483648", b"\x28\xff\xff\xff\xff\x0f"),
        ("s64: 2", b"\x30\x04"),
        ("s64: -9223372036854775808", b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        ("f32: 1", b"\x3d\x01\0\0\0"),
        ("f64: 1", b"\x41\x01\0\0\0\0\0\0\0"),
        ("sf32: -1", b"\x4d\xff\xff\xff\xff"),
        ("sf64: -2", b"\x51\xfe\xff\xff\xff\xff\xff\xff\xff"),
        ("on: true", b"\x58\x01"),
        ("color: BLUE", b"\x60\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        ("small: 1.5", b"\x6d\0\0\xc0\x3f"),
        ("wide: -0", b"\x71\0\0\0\0\0\0\0\x80"),
        ("text: 'a'", b"\x7a\x01a"),
        ("raw: '\\xff'", b"\x82\x01\x01\xff"),
        ("Data { inner_value: 3 }", b"\x8b\x01\x08\x03\x8c\x01"),
        // Explicit presence: a default that is given is there.
        ("i32: 0 text: '' on: false", b"\x08\0\x7a\0\x58\0"),
        ("", b""),
    ] {
        assert_eq!(wire(text), bytes, "{text}");
    }
}

#[test]
fn integers_are_decimal_octal_or_hexadecimal() {
    for (text, decimal) in [
        ("i32: 0x7FFFFFFF", "i32: 2147483647"),
        ("i32: -0x80000000", "i32: -2147483648"),
        ("i32: 017777777777", "i32: 2147483647"),
        ("i32: -020000000000", "i32: -2147483648"),
        ("i32: - # of course\n 0X1f", "i32: -31"),
        ("i32: -0", "i32: 0"),
        ("i32: 00", "i32: 0"),
        ("i64: -0x8000000000000000", "i64: -9223372036854775808"),
        ("i64: -01000000000000000000000", "i64: -9223372036854775808"),
        ("u64: 01777777777777777777777", "u64: 18446744073709551615"),
        ("u64: 0xFFFFFFFFFFFFFFFF", "u64: 18446744073709551615"),
        ("f32: 0x123", "f32: 291"),
    ] {
        same(text, decimal);
    }
    for (text, what) in [
        ("i32: 2147483648", "line 1, column 6, at .i32: 2147483648 is no int32: it is out of range"),
        ("i32: -2147483649", "line 1, column 6, at .i32: -2147483649 is no int32: it is out of range"),
        ("i32: 0x80000000", "line 1, column 6, at .i32: 0x80000000 is no int32: it is out of range"),
        ("i32: -020000000001", "line 1, column 6, at .i32: -020000000001 is no int32: it is out of range"),
        ("u32: 4294967296", "line 1, column 6, at .u32: 4294967296 is no uint32: it is out of range"),
        ("u32: -0", "line 1, column 6, at .u32: -0 is no uint32: it is out of range"),
        ("f64: -1", "line 1, column 6, at .f64: -1 is no fixed64: it is out of range"),
        (
            "i64: 9223372036854775808",
            "line 1, column 6, at .i64: 9223372036854775808 is no int64: it is out of range",
        ),
        (
            "i64: -9223372036854775809",
            "line 1, column 6, at .i64: -9223372036854775809 is no int64: it is out of range",
        ),
        (
            "u64: 18446744073709551616",
            "line 1, column 6, at .u64: 18446744073709551616 is no uint64: it is out of range",
        ),
        (
            "u64: 02000000000000000000000",
            "line 1, column 6, at .u64: 02000000000000000000000 is no uint64: it is out of range",
        ),
        ("s32: 1.0", "line 1, column 6, at .s32: 1.0 is no sint32"),
        ("sf32: 10f", "line 1, column 7, at .sf32: 10f is no sfixed32"),
        ("i32: '1'", "line 1, column 6, at .i32: '1' is no int32"),
        ("i32: true", "line 1, column 6, at .i32: true is no int32"),
        ("i32: +1", "line 1, column 6, at .i32: a value of type int32 is due where '+' stands"),
        ("i32: --1", "line 1, column 7, at .i32: a value of type int32 is due where '-' stands"),
        ("i32: 089", "line 1, column 6, at .i32: 089 is no number: what begins with 0 is octal"),
        ("i32: 0x", "line 1, column 6, at .i32: 0x is followed by no hexadecimal digit"),
        ("i32: 10bar: 20", "line 1, column 6, at .i32: 10bar is no number: a name stands apart from one"),
        ("i32: 0x1g", "line 1, column 6, at .i32: 0x1g is no number: a name stands apart from one"),
        ("i32: 012.5", "line 1, column 6, at .i32: 012.5 is no number"),
    ] {
        assert_eq!(error(text), what);
    }
    // A number may touch what is no name.
    same("i32: 10[two.level]: 20", "i32: 10 [two.level]: 20");
    same("i32: 10,u32:2", "i32: 10 u32: 2");
}

#[test]
fn reals_are_decimal() {
    for (text, value) in [
        ("wide: 1.5", 1.5),
        ("wide: 1.5f", 1.5),
        ("wide: 10f", 10.0),
        ("wide: 0F", 0.0),
        ("wide: -.5", -0.5),
        ("wide: - .123e2", -12.3),
        ("wide: 5.", 5.0),
        ("wide: 5.e+1F", 50.0),
        ("wide: 1e-1", 0.1),
        ("wide: 18446744073709551616", 18_446_744_073_709_551_616.0),
        ("wide: -0", -0.0),
        ("wide: 1e9999", f64::INFINITY),
        ("wide: -1e18446744073709551616", f64::NEG_INFINITY),
        ("wide: 1e-18446744073709551616", 0.0),
        ("wide: -1e-400", -0.0),
        ("wide: inf", f64::INFINITY),
        ("wide: -INFINITY", f64::NEG_INFINITY),
        ("wide: - iNf", f64::NEG_INFINITY),
        ("wide: nAn", f64::NAN),
    ] {
        let bytes = wire(text);
        assert_eq!(bytes[1..], value.to_le_bytes(), "{text}");
    }
    for (text, value) in [
        ("small: 3.4028235e+38", f32::MAX),
        ("small: 1e50", f32::INFINITY),
        ("small: -3.4028235e+39f", f32::NEG_INFINITY),
        ("small: 1.17549e-39", 1.17549e-39),
        ("small: 3.123456789123456789", 3.123_456_8),
        ("small: 4294967296", 4_294_967_296.0),
        ("small: -1e-50", -0.0),
        ("small: infinity", f32::INFINITY),
        ("small: NaN", f32::NAN),
    ] {
        let bytes = wire(text);
        assert_eq!(bytes[1..], value.to_le_bytes(), "{text}");
    }
    for (text, what) in [
        (
            "small: 0x1",
            "line 1, column 8, at .small: 0x1 is no float: octal and hexadecimal numbers are whole",
        ),
        (
            "wide: -012",
            "line 1, column 7, at .wide: -012 is no double: octal and hexadecimal numbers are whole",
        ),
        ("wide: 2 . 0", "line 1, column 9: the name of a field is due where '.' stands"),
        ("wide: 1.2.3", "line 1, column 7, at .wide: 1.2.3 is no number"),
        ("wide: 1e", "line 1, column 7, at .wide: 1e is followed by no exponent"),
        ("wide: 1e+x", "line 1, column 7, at .wide: 1e+ is followed by no exponent"),
        ("wide: infinite", "line 1, column 7, at .wide: infinite is no double"),
        ("wide: '1'", "line 1, column 7, at .wide: '1' is no double"),
        ("wide: -'1'", "line 1, column 7, at .wide: -'1' is no double"),
    ] {
        assert_eq!(error(text), what);
    }
}

#[test]
fn bools_have_their_words() {
    for yes in ["true", "True", "t", "1", "01", "0x1"] {
        same(&format!("on: {yes}"), "on: true");
    }
    for no in ["false", "False", "f", "0", "00", "0x0"] {
        same(&format!("on: {no}"), "on: false");
    }
    for wrong in ["TRUE", "2", "-1", "-0", "-true", "1.0", "'true'", "yes"] {
        let what = error(&format!("on: {wrong}"));
        assert!(what.starts_with(&format!("line 1, column 5, at .on: {wrong} is no bool")), "{what}");
    }
}

#[test]
fn enums_have_names_and_numbers() {
    for (text, number) in [
        ("color: GREEN", "color: 1"),
        ("color: BLUE", "color: -0x2"),
        ("color: infinity", "color: 7"),
        ("color: true", "color: 010"),
    ] {
        same(text, number);
    }
    let listed = "it is one of RED, GREEN, BLUE, infinity, true";
    assert_eq!(error("color: GREN"), format!("line 1, column 8, at .color: GREN is no two.Color: {listed}"));
    assert_eq!(error("color: 42"), format!("line 1, column 8, at .color: 42 is no two.Color: {listed}"));
    assert_eq!(error("color: -3"), format!("line 1, column 8, at .color: -3 is no two.Color: {listed}"));
    assert_eq!(
        error("color: 2147483648"),
        "line 1, column 8, at .color: 2147483648 is no two.Color: it is out of range"
    );
    assert_eq!(error("color: -RED"), "line 1, column 8, at .color: -RED is no two.Color");
    assert_eq!(error("color: 'RED'"), "line 1, column 8, at .color: 'RED' is no two.Color");
    let error = read(kinds(), "color: GREN", Unknown::Refuse).unwrap_err();
    assert_eq!(error.nearest(), ["GREEN"]);
    // An open enum has all numbers of 32 bits.
    assert_eq!(read(all(), "role: 42", Unknown::Refuse).unwrap(), b"\x40\x2a");
    assert!(read(all(), "role: GUST", Unknown::Refuse).is_err());
}

#[test]
fn strings_are_put_together() {
    same("text: 'first' \"second\"\n # and\n'third'", "text: 'firstsecondthird'");
    same("text: 'a''b'\"c\"", "text: 'abc'");
    same("text: '\\xe1' '\\x88\\xb4'", "text: '\u{1234}'");
    same("text: '\\u1234\\U00010437'", "text: '\u{1234}\u{10437}'");
    // Old files do not have their strings checked, new ones do, and bytes are bytes.
    assert_eq!(wire("text: '\\300'"), b"\x7a\x01\xc0");
    let unchecked = read(all(), "name: '\\300'", Unknown::Refuse).unwrap_err();
    assert_eq!(unchecked.to_string(), "line 1, column 7, at .name: the string is not UTF-8");
    assert!(read(all(), "counts { key: '\\xff' }", Unknown::Refuse).is_err());
    assert_eq!(read(all(), "raw: '\\300'", Unknown::Refuse).unwrap(), b"\x3a\x01\xc0");
    for (text, what) in [
        ("text: 'a\nb'", "line 1, column 7, at .text: the string that begins here is not closed on its line"),
        ("text: 'a", "line 1, column 7, at .text: the string that begins here is never closed"),
        ("text: 'a\\", "line 1, column 7, at .text: the string that begins here is never closed"),
        ("text: 'a\\'", "line 1, column 7, at .text: the string that begins here is never closed"),
        ("text: 'a\0'", "line 1, column 9, at .text: a zero byte in a string is written \\000"),
        ("text: 'é\\q'", "line 1, column 9, at .text: \\q is no escape sequence"),
        ("text: 'a' 'b\\ud801\\udc37'", "line 1, column 13, at .text: \\ud801 is no character"),
        ("text: a", "line 1, column 7, at .text: a is no string"),
        ("raw: 5", "line 1, column 6, at .raw: 5 is no bytes"),
        ("text: ☃", "line 1, column 7, at .text: '☃' has no place outside of strings"),
        ("\u{1}", "line 1, column 1: '\\u{1}' has no place outside of strings"),
    ] {
        assert_eq!(error(text), what);
    }
}

#[test]
fn messages_have_two_kinds_of_brackets_and_need_no_colon() {
    for text in [
        "deeper { i32: 1 }",
        "deeper: { i32: 1 }",
        "deeper <i32:1>",
        "deeper:<i32:1,>;",
        "\u{feff}deeper#\n{i32\n:\t1\r}\x0b\x0c",
    ] {
        assert_eq!(wire(text), b"\xda\x01\x02\x08\x01", "{text}");
    }
    for (text, what) in [
        ("deeper { i32: 1 >", "line 1, column 17, at .deeper: the name of a field is due where '>' stands"),
        ("deeper < }", "line 1, column 10, at .deeper: the name of a field is due where '}' stands"),
        ("deeper {", "line 1, column 9, at .deeper: the name of a field is due where the text ends"),
        ("deeper: 5", "line 1, column 9, at .deeper: '{' is due where '5' stands"),
        ("deeper", "line 1, column 7, at .deeper: '{' is due where the text ends"),
        ("i32 10", "line 1, column 5, at .i32: ':' is due where '10' stands"),
        ("i32:", "line 1, column 5, at .i32: a value of type int32 is due where the text ends"),
        ("i32: {}", "line 1, column 6, at .i32: a value of type int32 is due where '{' stands"),
        ("}", "line 1, column 1: the name of a field is due where '}' stands"),
        ("'i32': 1", "line 1, column 1: the name of a field is due where 'i32' stands"),
    ] {
        assert_eq!(error(text), what);
    }
    for unfinished in ["deeper {", "deeper", "i32:", "text: 'a", "[two.lev"] {
        assert!(read(kinds(), unfinished, Unknown::Refuse).unwrap_err().is_unfinished(), "{unfinished}");
    }
}

#[test]
fn one_separator_may_stand_behind_a_field() {
    for text in [
        "i32: 1, i64: 2",
        "i32: 1; i64: 2;",
        "i32: 1 i64: 2,",
        "i32:1,deeper{},",
        "many: [1];",
        "Data{},",
        "[two.level]: 1,",
    ] {
        wire(text);
    }
    for text in [
        "i32: 1,,",
        "i32: 1;;",
        "i32: 1,;",
        ", i32: 1",
        ";",
        "many: [1],,",
        "deeper { i32: 1,, }",
        "[two.level]: 1,,",
    ] {
        let what = error(text);
        assert!(what.contains("the name of a field is due where"), "{text}: {what}");
    }
}

#[test]
fn lists_have_two_forms() {
    assert_eq!(
        wire("many: 1 many: [2, 3] i32: 9 many: [] many: 4"),
        b"\x90\x01\x01\x90\x01\x02\x90\x01\x03\x08\x09\x90\x01\x04"
    );
    // Packed values that stand together are one chunk.
    assert_eq!(
        wire("packed: 1 packed: [2, 3], packed: [] packed: -1"),
        b"\x9a\x01\x0d\x01\x02\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
    );
    assert_eq!(wire("packed: 1 i32: 9 packed: [2]"), b"\x9a\x01\x01\x01\x08\x09\x9a\x01\x01\x02");
    assert_eq!(wire("packed: []"), b"");
    assert_eq!(
        wire("[two.levels]: 1 [ two.levels ]: [2] [two.level]: 3"),
        b"\xaa\x06\x02\x01\x02\xa0\x06\x03"
    );
    assert_eq!(wire("fixed: [0, 1]"), b"\xa2\x01\x08\0\0\0\0\x01\0\0\0");
    let long = format!("packed: [{}7]", "300, ".repeat(100));
    assert_eq!(wire(&long), [&b"\x9a\x01\xc9\x01"[..], &[0xac, 0x02].repeat(100), b"\x07"].concat());
    same("Row [{cell: 'a'}, <>]", "Row { cell: 'a' } row {}");
    same("Row: []", "");
    same("palette: [RED, 1, BLUE]", "palette: RED palette: GREEN palette: BLUE");
    for (text, what) in [
        ("many: [1,]", "line 1, column 10, at .many: a value of type int32 is due where ']' stands"),
        ("packed: [1,, 2]", "line 1, column 12, at .packed: a value of type int32 is due where ',' stands"),
        ("packed: [1; 2]", "line 1, column 11, at .packed: ',' or ']' is due where ';' stands"),
        ("many: [1 2]", "line 1, column 10, at .many: ',' or ']' is due where '2' stands"),
        ("many: [[1]]", "line 1, column 8, at .many: a value of type int32 is due where '[' stands"),
        ("many [1]", "line 1, column 6, at .many: ':' is due where '[' stands"),
        ("packed [1]", "line 1, column 8, at .packed: ':' is due where '[' stands"),
        ("many: [1", "line 1, column 9, at .many: ',' or ']' is due where the text ends"),
        ("i32: [1]", "line 1, column 6, at .i32: i32 is no list but int32"),
        ("deeper: [{}]", "line 1, column 9, at .deeper: deeper is no list but two.Kinds"),
        ("Row: [5]", "line 1, column 7, at .Row: '{' is due where '5' stands"),
    ] {
        assert_eq!(error(text), what);
    }
}

#[test]
fn entries_of_maps_are_messages() {
    let city = |text: &str| read(all(), text, Unknown::Refuse).unwrap();
    assert_eq!(city("counts { key: 'a' value: 2 }"), b"\x62\x05\x0a\x01a\x10\x02");
    assert_eq!(city("counts { value: 2 key: 'a' }"), b"\x62\x05\x10\x02\x0a\x01a");
    assert_eq!(city("counts {} counts: [{key: ''}, <value: 0;>]"), b"\x62\0\x62\x02\x0a\0\x62\x02\x10\0");
    assert_eq!(city("by_id { key: 1 value { name: 'x' } }"), b"\x6a\x07\x08\x01\x12\x03\x0a\x01x");
    assert_eq!(
        wire("colors { key: -1 value: GREEN }"),
        b"\xba\x01\x0d\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x01"
    );
    same("by_name { value < by_name { key: 'a' } > }", "by_name: [{ value { by_name: { key: 'a' } } }]");
    for (text, what) in [
        ("colors { key: 1 key: 2 }", "line 1, column 17, at .colors: the field \"key\" is given twice"),
        (
            "colors { keys: 1 }",
            "line 1, column 10, at .colors: unknown field \"keys\": an entry has \"key\" and \"value\"",
        ),
        ("colors { key: 'a' }", "line 1, column 15, at .colors.key: 'a' is no int32"),
        (
            "colors { value: 9 }",
            "line 1, column 17, at .colors.value: 9 is no two.Color: it is one of RED, GREEN, BLUE, infinity, true",
        ),
        ("colors { value: [RED] }", "line 1, column 17, at .colors.value: value is no list but two.Color"),
        ("colors: 5", "line 1, column 9, at .colors: '{' is due where '5' stands"),
    ] {
        assert_eq!(error(text), what);
    }
}

#[test]
fn groups_go_by_two_names() {
    same("Data { inner_value: 3 }", "data: { inner_value: 3 }");
    same("Row {}", "row {}");
    same("Third {}", "third {}");
    assert!(error("DATA {}").contains("unknown field \"DATA\""));
    assert!(error("Deeper {}").contains("unknown field \"Deeper\""));
    let set = BASE64_STANDARD.decode(EDITION).unwrap();
    let file = Arc::new(File::parse(set[3..].to_vec().into()).unwrap());
    let edition = Plan::compile(&Arc::new(Closure::link(vec![file]).unwrap()), "ed.All").unwrap();
    let wire = |text: &str| read(&edition, &format!("{text} needed: 1"), Unknown::Refuse);
    assert_eq!(wire("Within { c: 1 }").unwrap(), b"\x0b\x08\x01\x0c\x38\x01");
    assert_eq!(wire("within { c: 1 }").unwrap(), b"\x0b\x08\x01\x0c\x38\x01");
    assert_eq!(wire("field { c: 1 }").unwrap(), b"\x13\x08\x01\x14\x38\x01");
    assert!(wire("Apart { c: 1 }").is_err());
    assert_eq!(
        wire("open: 9 implicit: 0 loose: '\\xff' expanded: [1, 0]").unwrap(),
        b"\x18\x09\x2a\x01\xff\x30\x01\x30\0\x38\x01"
    );
}

#[test]
fn extensions_go_by_their_full_names() {
    assert_eq!(wire("[two.level]: 3"), b"\xa0\x06\x03");
    assert_eq!(wire("[ two . level # yes\n ] : 3"), b"\xa0\x06\x03");
    assert_eq!(wire("[two.extra] { x: 1 }"), b"\xbb\x06\x08\x01\xbc\x06");
    assert_eq!(wire("[two.Scope.shade]: GREEN"), b"\xf0\x06\x01");
    same("[two.kinds]: [{}, {}]", "[two.kinds] {} [two.kinds]: <>");
    for (text, what) in [
        ("[two.levell]: 1", "line 1, column 1: unknown extension [two.levell] of two.Kinds"),
        ("[two.Extra] {}", "line 1, column 1: unknown extension [two.Extra] of two.Kinds"),
        ("[x/two.level]: 1", "line 1, column 1: unknown extension [x/two.level] of two.Kinds"),
        ("[two.level]: 1 [two.level]: 2", "line 1, column 16: the field \"[two.level]\" is given twice"),
        ("[two.kinds] { i32: 'a' }", "line 1, column 20, at .[two.kinds].i32: 'a' is no int32"),
        ("[two.level] 1", "line 1, column 13, at .[two.level]: ':' is due where '1' stands"),
        ("[]: 1", "line 1, column 1: \"\" is no name such as pkg.Name"),
        ("[two..level]: 1", "line 1, column 1: \"two..level\" is no name such as pkg.Name"),
        ("[.two.level]: 1", "line 1, column 1: \".two.level\" is no name such as pkg.Name"),
        ("[two.1level]: 1", "line 1, column 1: \"two.1level\" is no name such as pkg.Name"),
        ("[two.level: 1", "line 1, column 11: ']' is due where ':' stands"),
        ("[two.level", "line 1, column 1: the '[' that stands here is never closed"),
    ] {
        assert_eq!(error(text), what);
    }
    let error = read(kinds(), "[two.levell]: 1", Unknown::Refuse).unwrap_err();
    assert_eq!(error.nearest(), ["[two.level]", "[two.levels]"]);
}

#[test]
fn members_of_a_message_set_are_items() {
    let item = b"\xc2\x01\x0a\x0b\x10\xf9\xbb\x5e\x1a\x02\x28\x03\x0c";
    assert_eq!(wire("set { [two.Member.member] { i: 3 } }"), item);
    assert_eq!(wire("set { [two.Member] { i: 3 } }"), item);
    assert_eq!(wire("set { [two.other] {} }"), b"\xc2\x01\x0a\x0b\x10\xff\xff\xff\xff\x01\x1a\x00\x0c");
    // Only where the type itself declares the extension does its name stand for it.
    assert!(error("set { [two.Other] {} }").contains("unknown extension [two.Other] of two.Set"));
    assert!(error("set { [two.Member] {} [two.Member.member] {} }").contains("is given twice"));
}

#[test]
fn an_any_is_expanded() {
    let url = "type.googleapis.com/two.Needs";
    let expected = [b"\xca\x01\x26\x0a\x1d", url.as_bytes(), b"\x12\x05\x08\x05\x1a\x01x"].concat();
    assert_eq!(wire(&format!("any {{ [{url}] {{ a: 5 b: 'x' }} }}")), expected);
    assert_eq!(wire("any: <[ type.googleapis.com / # to\n two . Needs ]: <a: 5 b: 'x'>, >"), expected);
    assert_eq!(wire(&format!("any {{ type_url: '{url}' value: '\\010\\005\\032\\001x' }}")), expected);
    // Bundled types are known everywhere.
    let inner = "any { [x.y/google.protobuf.Any] { [a/google.protobuf.Duration] { seconds: 1 } } }";
    same(
        inner,
        "any { type_url: 'x.y/google.protobuf.Any' value: '\\n\\032a/google.protobuf.Duration\\022\\002\\010\\001' }",
    );
    assert_eq!(wire("any { [x%2f~/two.Other] {} }"), b"\xca\x01\x13\x0a\x0fx%2f~/two.Other\x12\0");
    for (text, what) in [
        (
            "any { [a/two.Nope] {} }",
            "line 1, column 7, at .any.[a/two.Nope]: the message type 'two.Nope' is not in the schema",
        ),
        (
            "any { [two.Needs] {} }",
            "line 1, column 7, at .any.[two.Needs]: \"two.Needs\" is no type URL such as \"type.googleapis.com/pkg.Type\"",
        ),
        (
            "any { [/two.Needs] {} }",
            "line 1, column 7, at .any: \"/two.Needs\" is no type URL such as \"type.googleapis.com/pkg.Type\"",
        ),
        (
            "any { [%2/two.Needs] {} }",
            "line 1, column 7, at .any: \"%2/two.Needs\" is no type URL such as \"type.googleapis.com/pkg.Type\"",
        ),
        ("any { [a/two.Needs] { a: 'x' } }", "line 1, column 26, at .any.[a/two.Needs].a: 'x' is no int32"),
        (
            "any { [a/two.Needs] { a: 1 } }",
            "line 1, column 28, at .any.[a/two.Needs]: two.Needs needs its field \"b\"",
        ),
        (
            "any { [a/two.Other] {} [a/two.Other] {} }",
            "line 1, column 24, at .any.[a/two.Other]: what the Any holds is given twice",
        ),
        (
            "any { type_url: '' [a/two.Other] {} }",
            "line 1, column 20, at .any.[a/two.Other]: what the Any holds is given twice",
        ),
        (
            "any { [a/two.Other] {} value: '' }",
            "line 1, column 24, at .any: the field \"value\" is given twice",
        ),
        ("any { [a/two.Other]: 5 }", "line 1, column 22, at .any.[a/two.Other]: '{' is due where '5' stands"),
    ] {
        assert_eq!(error(text), what);
    }
}

#[test]
fn a_field_is_given_once_and_a_oneof_too() {
    for (text, what) in [
        ("i32: 1 i32: 1", "line 1, column 8: the field \"i32\" is given twice"),
        (
            "deeper { text: 'a' text: 'b' }",
            "line 1, column 20, at .deeper: the field \"text\" is given twice",
        ),
        ("deeper {} deeper {}", "line 1, column 11: the field \"deeper\" is given twice"),
        ("left: 'a' right {}", "line 1, column 11: the oneof \"pick\" holds \"left\" already"),
        ("Third {} left: 'a'", "line 1, column 10: the oneof \"pick\" holds \"third\" already"),
        ("left: 'a' left: 'a'", "line 1, column 11: the field \"left\" is given twice"),
    ] {
        assert_eq!(error(text), what);
    }
    let twice = read(all(), "age: 0 age: 0", Unknown::Refuse).unwrap_err();
    assert_eq!(twice.to_string(), "line 1, column 8: the field \"age\" is given twice");
}

#[test]
fn defaults_without_presence_are_not_written() {
    let wire = |text: &str| read(all(), text, Unknown::Refuse).unwrap();
    assert_eq!(wire("age: 0 name: '' on: false role: NONE ratio: 0 small: 0.0 raw: '' huge: 0x0"), b"");
    assert_eq!(wire("ratio: -0.0"), b"\x21\0\0\0\0\0\0\0\x80");
    assert_eq!(wire("nick_name: ''"), b"\xb2\x01\0");
    assert_eq!(wire("left: ''"), b"\xa2\x01\0");
    assert_eq!(wire("tags: '' roles: [NONE]"), b"\x52\0\xba\x01\x01\0");
    assert_eq!(wire("address {}"), b"\x4a\0");
}

#[test]
fn required_fields_are_asked_for() {
    assert_eq!(wire("needs { b: '' a: 0 }"), b"\xd2\x01\x04\x1a\0\x08\0");
    assert_eq!(error("needs {\n b: '' }"), "line 2, column 8, at .needs: two.Needs needs its field \"a\"");
    let more = error("needs { a: 1 b: '' more { a: 1 } }");
    assert_eq!(more, "line 1, column 32, at .needs.more: two.Needs needs its field \"b\"");
    // a value that an entry does not give is a message without fields
    let entry = error("needs { a: 1 b: '' by { key: true } }");
    assert_eq!(entry, "line 1, column 35, at .needs.by: two.Needs needs its field \"a\"");
    let needs = kinds().sibling("two.Needs").unwrap();
    let error = read(&needs, "a: 1\n", Unknown::Refuse).unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 1: two.Needs needs its field \"b\"");
}

#[test]
fn reserved_names_are_gone_over() {
    for value in [
        ": true",
        ": -123",
        ": 0.123",
        ": ENUM_VALUE",
        ": \"hello\" 'you'",
        ": { a: 123 }",
        " < a: 123 >",
        ": [-123, 456]",
        ": [0.123, 1e-10]",
        ": [\"hello\", 'world' '!']",
        ": []",
        ": [{}, <>]",
        ": -inf",
        ": - nan",
        " { [a.b]: 1, [x/y] {}; c { d: [1] } e: 'x' }",
        " {};",
    ] {
        assert_eq!(wire(&format!("gone{value} i32: 1 gone_too: 5")), b"\x08\x01", "{value}");
    }
    for (text, what) in [
        ("gone 5", "line 1, column 6, at .gone: '{' is due where '5' stands"),
        ("gone: -x", "line 1, column 7, at .gone: -x is no value"),
        ("gone: -'x'", "line 1, column 8, at .gone: a value is due where 'x' stands"),
        ("gone: '\\q'", "line 1, column 8, at .gone: \\q is no escape sequence"),
        ("gone: [1 2]", "line 1, column 10, at .gone: ',' or ']' is due where '2' stands"),
        ("gone: }", "line 1, column 7, at .gone: a value is due where '}' stands"),
        ("gone { a: 1 >", "line 1, column 13, at .gone: the name of a field is due where '>' stands"),
        ("gone:", "line 1, column 6, at .gone: a value is due where the text ends"),
        ("gone: 1,,", "line 1, column 9: the name of a field is due where ',' stands"),
        ("deeper { go: 1 }", "line 1, column 10, at .deeper: unknown field \"go\" in two.Kinds"),
        ("data { gone: 1 }", "line 1, column 8, at .data: unknown field \"gone\" in two.Kinds.Data"),
    ] {
        assert_eq!(error(text), what);
    }
}

#[test]
fn unknown_fields_are_refused_with_what_was_meant() {
    let nearest = |text: &str| read(kinds(), text, Unknown::Refuse).unwrap_err().nearest().to_vec();
    assert_eq!(
        error("deeper {\n  txt: 'a'\n}"),
        "line 2, column 3, at .deeper: unknown field \"txt\" in two.Kinds"
    );
    assert_eq!(nearest("txt: 'a'"), ["text"]);
    assert_eq!(nearest("Dat {}"), ["Data"]);
    // Text format has no JSON names, and a field is found though one has its name.
    assert_eq!(error("userId: 1"), "line 1, column 1: unknown field \"userId\" in two.Kinds");
    assert_eq!(nearest("userId: 1"), ["user_id"]);
    assert_eq!(wire("shadow: 'a' shadowed: 'b'"), b"\x8a\x02\x01a\x92\x02\x01b");
    assert_eq!(error("1: 5"), "line 1, column 1: a field is given by its name, and 1 is a number");
    assert_eq!(
        error("deeper { 999 { } }"),
        "line 1, column 10, at .deeper: a field is given by its name, and 999 is a number"
    );
}

#[test]
fn unknown_fields_are_left_out_when_asked() {
    let wire = |text: &str| read(kinds(), text, Unknown::Drop);
    for text in [
        "nope: 1",
        "nope { a: [1] 5: 'x' 7 { 8: 0x01 } }",
        "999: 1",
        "[x.y]: 1",
        "[x.y/z.Z] {}",
        "color: NOPE",
        "color: 42",
        "palette: [NOPE, 42]",
        "colors { nope: 1 }",
        "1: 7",
        "nope: -inf nope: [{}]",
    ] {
        let bytes = wire(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(bytes, if text.starts_with("colors") { &b"\xba\x01\0"[..] } else { b"" }, "{text}");
    }
    assert_eq!(wire("palette: [1, NOPE, 0] i32: 1").unwrap(), b"\xe0\x01\x01\xe0\x01\0\x08\x01");
    assert_eq!(read(all(), "roles: [NOPE] roles: NOPE", Unknown::Drop).unwrap(), b"");
    assert_eq!(read(all(), "roles: [NOPE, GUEST]", Unknown::Drop).unwrap(), b"\xba\x01\x01\x02");
    for text in [
        "i32: 'a'",
        "i32: 1 i32: 2",
        "nope: }",
        "any { [a/two.Nope] {} }",
        "color: -NOPE",
        "color: 4294967296",
    ] {
        assert!(wire(text).is_err(), "{text}");
    }
}

#[test]
fn depth_is_bounded() {
    let nested =
        |open: &str, levels: usize, close: &str| format!("{}{}", open.repeat(levels), close.repeat(levels));
    for (open, close, each) in [
        ("deeper {", "}", 1),
        ("right: <", ">", 1),
        ("by_name { value {", "}}", 2),
        ("[two.kinds]: [{", "}]", 1),
        ("any { [a/two.Kinds] {", "}}", 2),
        ("nope {", "}", 1),
        ("nope: [{", "}]", 1),
    ] {
        let most = 100 / each;
        let read = |levels| read(kinds(), &nested(open, levels, close), Unknown::Drop);
        assert!(read(most).is_ok(), "{open}");
        for levels in [most + 1, 100_000] {
            assert_eq!(read(levels).unwrap_err().message(), "nested more than 100 levels deep", "{open}");
        }
    }
    // What is read can be read again.
    kinds().check(&wire(&nested("by_name { value {", 50, "}}"))).unwrap();
    kinds().check(&wire(&nested("deeper {", 100, "}"))).unwrap();
    // Brackets in strings and comments do not count.
    wire(&format!("text: '{}' # {}\n", "{".repeat(200), "[".repeat(200)));
}

#[test]
fn what_is_reserved_is_found_in_nested_types() {
    let nested = r#"
        syntax = "proto3";
        message Outer { message Inner { reserved "old"; int32 new = 1; } Inner inner = 1; reserved "out"; }
    "#;
    let plan = Plan::compile(&closure(nested), "Outer").unwrap();
    assert_eq!(
        read(&plan, "out: 1 inner { old: [1] new: 2 }", Unknown::Refuse).unwrap(),
        b"\x0a\x02\x08\x02"
    );
    assert!(read(&plan, "old: 1", Unknown::Refuse).is_err());
    assert!(read(&plan, "inner { out: 1 }", Unknown::Refuse).is_err());
}
