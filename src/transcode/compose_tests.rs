//! JSON into wire bytes: `null`, names, numbers, maps, and what is refused where.

use proptest::prelude::*;

use super::super::options::{JsonOutput, Unknown};
use super::super::testing::{behind_length, fields, json_of, kinds, open, wire, wire_of};
use super::super::{DataError, Plan};

const I32: &str = "that is a whole number from -2147483648 to 2147483647";
const I64: &str = "that is a whole number from -9223372036854775808 to 9223372036854775807";
const U32: &str = "that is a whole number from 0 to 4294967295";
const U64: &str = "that is a whole number from 0 to 18446744073709551615";
const NAMES: &str = "is no k.Color: it is one of RED, CRIMSON, GREEN, BLUE";
const TIME: &str = "is no google.protobuf.Timestamp: that is an RFC 3339 time such as \"2026-01-31T12:00:00Z\", in the years 1 to 9999";
const SPAN: &str =
    "is no google.protobuf.Duration: that is seconds such as \"1.5s\", at most 315576000000 of them";
const PATH: &str = "is no path of a google.protobuf.FieldMask: its names are in lowerCamelCase";

fn made(plan: &Plan, json: &str) -> Vec<u8> {
    wire_of(plan, json, Unknown::Refuse).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Rows of JSON and the wire bytes that it makes.
fn table(plan: &Plan, rows: &[(&str, &str)]) {
    for (json, text) in rows {
        let bytes = made(plan, json);
        assert_eq!(bytes, wire(text), "{json}");
        assert_eq!(plan.check(&bytes), Ok(()), "{json}");
    }
}

fn refused(plan: &Plan, json: &str) -> DataError {
    match wire_of(plan, json, Unknown::Refuse) {
        Ok(wire) => panic!("{json} was taken as {wire:?}"),
        Err(error) => error,
    }
}

/// Rows of JSON and the error that it is.
fn wrong(plan: &Plan, rows: &[(&str, &str)]) {
    for (json, error) in rows {
        assert_eq!(refused(plan, json).to_string(), *error, "{json}");
    }
}

#[test]
fn null_is_no_value_but_where_it_is_one() {
    table(
        kinds(),
        &[
            (
                r#"{"i32":null,"text":null,"raw":null,"color":null,"leaf":null,"data":null,"many":null,"packed":null,
                    "leaves":null,"row":null,"counts":null,"byId":null,"set":null,"any":null,"config":null,
                    "list":null,"at":null,"ttl":null,"mask":null,"maybe":null,"empty":null,"needs":null,
                    "[k.level]":null,"[k.levels]":null,"number":null,"sub":null,"values":null}"#,
                "",
            ),
            (r#"{"anything":null}"#, "53: { 1: 0 }"),
            (r#"{"null":null}"#, "61: 0"),
            (r#"{"null":"NULL_VALUE"}"#, "61: 0"),
            (r#"{"null":0}"#, "61: 0"),
            (r#"{"values":[null,null]}"#, "64: { 1: 0 } 64: { 1: 0 }"),
            (r#"{"nulls":[null,"NULL_VALUE",0]}"#, "66: 0 66: 0 66: 0"),
            (r#"{"mValue":{"a":null}}"#, "49: { 1: \"a\" 2: { 1: 0 } }"),
            (r#"{"list":[null]}"#, "54: { 1: { 1: 0 } }"),
            (r#"{"config":{"a":null}}"#, "52: { 1: { 1: \"a\" 2: { 1: 0 } } }"),
            // a oneof is set by a null only where that is a value
            (r#"{"number":null,"word":"a"}"#, "31: \"a\""),
            (r#"{"word":"a","sub":null}"#, "31: \"a\""),
            (r#"{"nothing":null}"#, "35: 0"),
            (r#"{"set":{"[k.Member.member]":null}}"#, "50: { }"),
        ],
    );
    wrong(
        kinds(),
        &[
            (r#"{"many":[1,null]}"#, "line 1, column 12, at .many[1]: null is no int32"),
            (r#"{"packed":[null]}"#, "line 1, column 12, at .packed[0]: null is no int32"),
            (r#"{"texts":[null]}"#, "line 1, column 11, at .texts[0]: null is no string"),
            (r#"{"colors":[null]}"#, "line 1, column 12, at .colors[0]: null is no k.Color"),
            (r#"{"leaves":[null]}"#, "line 1, column 12, at .leaves[0]: null is no k.Leaf"),
            (r#"{"anys":[null]}"#, "line 1, column 10, at .anys[0]: null is no google.protobuf.Any"),
            (
                r#"{"maybes":[null]}"#,
                "line 1, column 12, at .maybes[0]: null is no google.protobuf.Int64Value",
            ),
            (r#"{"row":[null]}"#, "line 1, column 9, at .row[0]: null is no k.Kinds.Row"),
            (r#"{"counts":{"a":null}}"#, "line 1, column 16, at .counts.a: null is no int32"),
            (r#"{"byId":{"1":null}}"#, "line 1, column 14, at .byId.1: null is no k.Leaf"),
            (
                r#"{"nothing":null,"number":1}"#,
                "line 1, column 17, at .number: the oneof \"pick\" holds \"nothing\" already",
            ),
            (
                r#"{"needs":{"a":null,"b":""}}"#,
                "line 1, column 11, at .needs.a: k.Needs needs its field \"a\"",
            ),
            ("null", "line 1, column 1: null is no k.Kinds"),
        ],
    );
}

#[test]
fn each_field_is_given_once() {
    wrong(
        kinds(),
        &[
            (r#"{"i32":1,"i32":1}"#, "line 1, column 10, at .i32: the field \"i32\" is given twice"),
            (r#"{"i32":null,"i32":1}"#, "line 1, column 13, at .i32: the field \"i32\" is given twice"),
            (r#"{"byId":{},"by_id":{}}"#, "line 1, column 12, at .by_id: the field \"by_id\" is given twice"),
            (r#"{"by_id":{},"byId":{}}"#, "line 1, column 13, at .byId: the field \"byId\" is given twice"),
            (r#"{"i32":1,"i\u00332":1}"#, "line 1, column 10, at .i32: the field \"i32\" is given twice"),
            (
                "{\"leaf\":{\"a\":1,\n \"b\":\"\", \"a\":1}}",
                "line 2, column 10, at .leaf.a: the field \"a\" is given twice",
            ),
            (
                r#"{"[k.level]":1,"[k.level]":1}"#,
                "line 1, column 16, at [\"[k.level]\"]: the field \"[k.level]\" is given twice",
            ),
            (
                r#"{"number":1,"word":""}"#,
                "line 1, column 13, at .word: the oneof \"pick\" holds \"number\" already",
            ),
            (
                r#"{"word":null,"sub":{},"number":1}"#,
                "line 1, column 23, at .number: the oneof \"pick\" is given twice",
            ),
            (
                r#"{"sub":{},"third":{}}"#,
                "line 1, column 11, at .third: the oneof \"pick\" holds \"sub\" already",
            ),
            (
                r#"{"number":0,"shade":"RED"}"#,
                "line 1, column 13, at .shade: the oneof \"pick\" holds \"number\" already",
            ),
        ],
    );
    // a name of one field that is the JSON name of another belongs to that
    let source = r#"syntax = "proto2"; message M { optional int32 a_b = 1; optional int32 c = 2 [json_name = "a_b"]; }"#;
    let plan = Plan::compile(&crate::transcode::testing::closure(source), "M").unwrap();
    table(&plan, &[(r#"{"a_b":1,"aB":2}"#, "2: 1 1: 2")]);
}

#[test]
fn keys_of_maps() {
    table(
        kinds(),
        &[
            (r#"{"counts":{"":1,"a":0}}"#, "36: { 1: \"\" 2: 1 } 36: { 1: \"a\" 2: 0 }"),
            (r#"{"counts":{"\u00e4\n":1}}"#, "36: { 1: \"\u{e4}\n\" 2: 1 }"),
            (r#"{"counts":{}}"#, ""),
            (r#"{"flags":{"true":"a","false":""}}"#, "39: { 1: 1 2: \"a\" } 39: { 1: 0 2: \"\" }"),
            (
                r#"{"byId":{"2147483647":{},"-2147483648":{}}}"#,
                "37: { 1: 2147483647 2: { } } 37: { 1: -2147483648 2: { } }",
            ),
            (
                r#"{"byId":{"1.0":{},"1e1":{},"-0":{}}}"#,
                "37: { 1: 1 2: { } } 37: { 1: 10 2: { } } 37: { 1: 0 2: { } }",
            ),
            (
                r#"{"mI64":{"-9223372036854775808":"","9223372036854775807":""}}"#,
                "40: { 1: -9223372036854775808 2: \"\" } 40: { 1: 9223372036854775807 2: \"\" }",
            ),
            (r#"{"mU32":{"4294967295":0}}"#, "41: { 1: 4294967295 2: 0 }"),
            (r#"{"mU64":{"18446744073709551615":0}}"#, "42: { 1: -1 2: 0 }"),
            (r#"{"mS32":{"-1":1,"2147483647":2}}"#, "43: { 1: 1 2: 1 } 43: { 1: 4294967294 2: 2 }"),
            (r#"{"mS64":{"-9223372036854775808":1}}"#, "44: { 1: -1 2: 1 }"),
            (r#"{"mF32":{"4294967295":1}}"#, "45: { 1: -1i32 2: 1 }"),
            (r#"{"mF64":{"18446744073709551615":1}}"#, "46: { 1: -1i64 2: 1 }"),
            (r#"{"mSf32":{"-2147483648":1}}"#, "47: { 1: -2147483648i32 2: 1 }"),
            (r#"{"mSf64":{"-1":1.5}}"#, "48: { 1: -1i64 2: 4609434218613702656i64 }"),
        ],
    );
    wrong(
        kinds(),
        &[
            (r#"{"flags":{"1":"a"}}"#, "line 1, column 11, at .flags.1: the key \"1\" is no bool"),
            (r#"{"flags":{"True":"a"}}"#, "line 1, column 11, at .flags.True: the key \"True\" is no bool"),
            (
                r#"{"byId":{"2147483648":{}}}"#,
                "line 1, column 10, at .byId.2147483648: the key \"2147483648\" is no int32",
            ),
            (r#"{"byId":{"01":{}}}"#, "line 1, column 10, at .byId.01: the key \"01\" is no int32"),
            (r#"{"byId":{" 1":{}}}"#, "line 1, column 10, at .byId[\" 1\"]: the key \" 1\" is no int32"),
            (r#"{"byId":{"1.5":{}}}"#, "line 1, column 10, at .byId[\"1.5\"]: the key \"1.5\" is no int32"),
            (r#"{"byId":{"":{}}}"#, "line 1, column 10, at .byId[\"\"]: the key \"\" is no int32"),
            (
                r#"{"mI64":{"9223372036854775808":""}}"#,
                "line 1, column 10, at .mI64.9223372036854775808: the key \"9223372036854775808\" is no int64",
            ),
            (r#"{"mU32":{"-1":0}}"#, "line 1, column 10, at .mU32[\"-1\"]: the key \"-1\" is no uint32"),
            (
                r#"{"mU32":{"4294967296":0}}"#,
                "line 1, column 10, at .mU32.4294967296: the key \"4294967296\" is no uint32",
            ),
            (
                r#"{"mU64":{"18446744073709551616":0}}"#,
                "line 1, column 10, at .mU64.18446744073709551616: the key \"18446744073709551616\" is no uint64",
            ),
            (
                r#"{"mS32":{"2147483648":0}}"#,
                "line 1, column 10, at .mS32.2147483648: the key \"2147483648\" is no sint32",
            ),
            (
                r#"{"mF32":{"4294967296":0}}"#,
                "line 1, column 10, at .mF32.4294967296: the key \"4294967296\" is no fixed32",
            ),
            (r#"{"mSf64":{"x":0}}"#, "line 1, column 11, at .mSf64.x: the key \"x\" is no sfixed64"),
            (r#"{"counts":{"a":1,"a":2}}"#, "line 1, column 18, at .counts.a: the key \"a\" is given twice"),
            (
                r#"{"counts":{"a":1,"\u0061":2}}"#,
                "line 1, column 18, at .counts.a: the key \"a\" is given twice",
            ),
            (
                r#"{"byId":{"1":{},"1.0":{}}}"#,
                "line 1, column 17, at .byId[\"1.0\"]: the key \"1.0\" is given twice",
            ),
            (
                r#"{"kinds":{"a":{"kinds":{"b":{},"b":{}}}}}"#,
                "line 1, column 32, at .kinds.a.kinds.b: the key \"b\" is given twice",
            ),
            (r#"{"config":{"a":1,"a":1}}"#, "line 1, column 18, at .config.a: the key \"a\" is given twice"),
            (r#"{"counts":[]}"#, "line 1, column 11, at .counts: an array is no map of string to int32"),
        ],
    );
}

#[test]
fn large_maps_have_no_key_twice() {
    for count in [6, 7, 8, 9, 10, 300] {
        for twice in [0, 3, count - 1] {
            for (name, value) in
                [("counts", "1"), ("byId", "{}"), ("config", "[1]"), ("byId", r#"{"b":"\n"}"#)]
            {
                let mut members: Vec<String> = (0..count).map(|key| format!("\"{key}\":{value}")).collect();
                made(kinds(), &format!("{{\"{name}\":{{{}}}}}", members.join(",")));
                let before = format!("{{\"{name}\":{{{},", members.join(","));
                // whatever follows
                members.splice(.., [format!("\"{twice}\":{value}"), format!("\"999\":{value}")]);
                for more in [&members[..1], &members] {
                    let error = refused(kinds(), &format!("{before}{}}}}}", more.join(","))).to_string();
                    let place = format!("line 1, column {}, at .{name}.{twice}", before.len() + 1);
                    assert_eq!(error, format!("{place}: the key \"{twice}\" is given twice"));
                }
            }
        }
    }
    // a value that takes more room for its length than was left moves its key
    let long = "x".repeat(200);
    let members: Vec<String> = (0..20)
        .map(|key| {
            let text = if key % 3 == 0 { &long } else { "" };
            format!("\"{}\":{{\"b\":\"{text}\"}}", key % 19)
        })
        .collect();
    let error = refused(kinds(), &format!("{{\"byId\":{{{}}}}}", members.join(",")));
    assert_eq!(error.message(), "the key \"0\" is given twice");
    made(kinds(), &format!("{{\"byId\":{{{}}}}}", members[..19].join(",")));
}

#[test]
fn whole_numbers() {
    table(
        kinds(),
        &[
            (
                r#"{"i32":"5","i64":"-9223372036854775808","u32":"1e2","u64":"18446744073709551615"}"#,
                "1: 5 2: -9223372036854775808 3: 100 4: -1",
            ),
            (
                r#"{"i32":-2147483648,"s32":2147483647,"sf32":-2147483648}"#,
                "1: -2147483648 5: 4294967294 9: -2147483648i32",
            ),
            (
                r#"{"i32":2147483647,"s32":-2147483648,"sf32":2147483647}"#,
                "1: 2147483647 5: 4294967295 9: 2147483647i32",
            ),
            (r#"{"u32":4294967295,"f32":"4294967295"}"#, "3: 4294967295 7: -1i32"),
            (
                r#"{"i64":9223372036854775807,"s64":-9223372036854775808,"sf64":9223372036854775807}"#,
                "2: 9223372036854775807 6: -1 10: 9223372036854775807i64",
            ),
            (r#"{"u64":18446744073709551615,"f64":18446744073709551615}"#, "4: -1 8: -1i64"),
            (
                r#"{"i64":9223372036854775807.0,"u64":1.8446744073709551615e19}"#,
                "2: 9223372036854775807 4: -1",
            ),
            (r#"{"i32":1.0,"u32":1e9,"s32":"-1.50e1","i64":10E-1}"#, "1: 1 3: 1000000000 5: 29 2: 1"),
            (r#"{"i32":-0,"u32":-0,"s32":-0.0}"#, "1: 0 3: 0 5: 0"),
        ],
    );
    for (name, value, shown) in [
        ("i32", "2147483648", format!("2147483648 is no int32: {I32}")),
        ("i32", "-2147483649", format!("-2147483649 is no int32: {I32}")),
        ("i32", "1e10", format!("1e10 is no int32: {I32}")),
        ("i32", "\"2147483648\"", format!("\"2147483648\" is no int32: {I32}")),
        ("i32", "1.5", format!("1.5 is no int32: {I32}")),
        ("i32", "1e-1", format!("1e-1 is no int32: {I32}")),
        ("s32", "2147483648", format!("2147483648 is no sint32: {I32}")),
        ("sf32", "-2147483649", format!("-2147483649 is no sfixed32: {I32}")),
        ("u32", "4294967296", format!("4294967296 is no uint32: {U32}")),
        ("u32", "-1", format!("-1 is no uint32: {U32}")),
        ("f32", "-1", format!("-1 is no fixed32: {U32}")),
        ("i64", "9223372036854775808", format!("9223372036854775808 is no int64: {I64}")),
        ("i64", "-9223372036854775809", format!("-9223372036854775809 is no int64: {I64}")),
        ("s64", "\"9223372036854775808\"", format!("\"9223372036854775808\" is no sint64: {I64}")),
        ("sf64", "0.5", format!("0.5 is no sfixed64: {I64}")),
        ("u64", "18446744073709551616", format!("18446744073709551616 is no uint64: {U64}")),
        ("f64", "-1", format!("-1 is no fixed64: {U64}")),
        ("i32", "\" 5\"", "\" 5\" is no int32".to_owned()),
        ("i32", "\"5 \"", "\"5 \" is no int32".to_owned()),
        ("i32", "\"\"", "\"\" is no int32".to_owned()),
        ("i32", "\"+5\"", "\"+5\" is no int32".to_owned()),
        ("i32", "\"0x5\"", "\"0x5\" is no int32".to_owned()),
        ("i32", "\"NaN\"", "\"NaN\" is no int32".to_owned()),
        ("i32", "true", "true is no int32".to_owned()),
        ("u64", "[]", "an array is no uint64".to_owned()),
    ] {
        let column = name.len() + 5;
        let json = format!("{{\"{name}\":{value}}}");
        assert_eq!(
            refused(kinds(), &json).to_string(),
            format!("line 1, column {column}, at .{name}: {shown}")
        );
    }
}

#[test]
fn floating_numbers() {
    let single = |value: f32| format!("12: {}i32", value.to_bits());
    let double = |value: f64| format!("13: {}i64", value.to_bits());
    for (json, value) in [
        ("0", Some(0.0)),
        ("-0", Some(-0.0)),
        ("-0.0", Some(-0.0)),
        ("1.5", Some(1.5)),
        ("\"1.5\"", Some(1.5)),
        ("1e-50", Some(0.0)),
        ("3.4028234663852886e38", Some(f32::MAX)),
        ("-3.4028235e38", Some(f32::MIN)),
        // up to half a step beyond the largest one
        ("3.4028235677973366e38", Some(f32::MAX)),
        ("3.4028235677973367e38", None),
        ("1e-45", Some(f32::from_bits(1))),
        ("16777217", Some(16_777_216.0)),
        // the nearest float, not that of the nearest double
        ("1.00000005960464477540", Some(1.000_000_1)),
        ("\"Infinity\"", Some(f32::INFINITY)),
        ("\"-Infinity\"", Some(f32::NEG_INFINITY)),
        ("\"NaN\"", Some(f32::NAN)),
        ("\"\\u004eaN\"", Some(f32::NAN)),
        ("\"-Infinit\\u0079\"", Some(f32::NEG_INFINITY)),
        ("\"\\u0031\"", Some(1.0)),
    ] {
        let made = wire_of(kinds(), &format!("{{\"small\":{json}}}"), Unknown::Refuse).ok();
        assert_eq!(made, value.map(|value| wire(&single(value))), "{json}");
    }
    for (json, value) in [
        ("-0", -0.0),
        ("1.7976931348623157e308", f64::MAX),
        ("5e-324", f64::from_bits(1)),
        ("1e-400", 0.0),
        ("0.1", 0.1),
        ("123456789012345678901234567890", 123_456_789_012_345_678_901_234_567_890.0),
        ("9007199254740993", 9_007_199_254_740_992.0),
        ("\"Infinity\"", f64::INFINITY),
        ("\"NaN\"", f64::NAN),
        ("\"1e3\"", 1000.0),
    ] {
        assert_eq!(made(kinds(), &format!("{{\"wide\":{json}}}")), wire(&double(value)), "{json}");
    }
    wrong(
        kinds(),
        &[
            (r#"{"small":3.5e38}"#, "line 1, column 10, at .small: 3.5e38 is no float: it is out of range"),
            (r#"{"wide":1.8e308}"#, "line 1, column 9, at .wide: 1.8e308 is no double: it is out of range"),
            (
                r#"{"wide":"1.8e308"}"#,
                "line 1, column 9, at .wide: \"1.8e308\" is no double: it is out of range",
            ),
            (r#"{"small":"nan"}"#, "line 1, column 10, at .small: \"nan\" is no float"),
            (r#"{"small":"inf"}"#, "line 1, column 10, at .small: \"inf\" is no float"),
            (r#"{"small":"+Infinity"}"#, "line 1, column 10, at .small: \"+Infinity\" is no float"),
            (r#"{"small":""}"#, "line 1, column 10, at .small: \"\" is no float"),
            (r#"{"wide":" 1"}"#, "line 1, column 9, at .wide: \" 1\" is no double"),
            (r#"{"wide":NaN}"#, "line 1, column 9, at .wide: no valid JSON: NaN where a value was expected"),
            (r#"{"wide":-Infinity}"#, "line 1, column 9, at .wide: no valid JSON: -Infinity is no number"),
            (
                r#"{"anything":1e999}"#,
                "line 1, column 13, at .anything: 1e999 is no double: it is out of range",
            ),
        ],
    );
}

#[test]
fn zero_is_left_out_where_there_is_no_presence() {
    table(
        open(),
        &[
            (
                r#"{"i32":0,"u64":"0","s32":-0,"f32":0.0,"sf64":"0e5","on":false,"small":0,"wide":0.0,"text":"","raw":"","color":"NONE","leaf":{}}"#,
                "12: { }",
            ),
            (r#"{"color":0,"leaf":{"a":0,"b":""},"small":1e-50}"#, "12: { }"),
            (r#"{"small":-0.0,"wide":-0}"#, "7: -2147483648i32 8: -9223372036854775808i64"),
            (r#"{"number":0}"#, "15: 0"),
            (r#"{"word":""}"#, "16: \"\""),
            (r#"{"shade":"NONE"}"#, "17: 0"),
            (r#"{"maybe":0,"perhaps":0}"#, "19: 0 20: 0"),
            (
                r#"{"many":[0],"colors":["NONE"],"shades":{"":0},"byId":{"0":{}},"loose":[0]}"#,
                "13: { 0 } 14: { 0 } 21: { 1: \"\" 2: 0 } 22: { 1: 0 2: { } } 23: 0",
            ),
            (r#"{"many":[]}"#, ""),
        ],
    );
    table(
        kinds(),
        &[
            (r#"{"i32":0,"on":false,"text":"","leaf":{"a":0}}"#, "1: 0 11: 0 14: \"\" 17: { 1: 0 }"),
            (
                r#"{"maybe":0,"perhaps":"","blob":"","real":0,"maybes":["0"]}"#,
                "58: { } 59: { } 69: { } 70: { } 65: { }",
            ),
            (r#"{"real":-0.0}"#, "70: { 1: -9223372036854775808i64 }"),
            (r#"{"packed":[],"many":[],"texts":[],"leaves":[]}"#, ""),
        ],
    );
}

#[test]
fn enum_values_by_name_and_number() {
    table(
        kinds(),
        &[
            (r#"{"color":"RED"}"#, "16: 1"),
            (r#"{"color":"CRIMSON"}"#, "16: 1"),
            (r#"{"color":-3}"#, "16: -3"),
            (
                r#"{"color":2.0,"colors":["GREEN",1,"BLUE"],"hues":[2,"RED"]}"#,
                "16: 2 28: 2 28: 1 28: -3 29: { 2 1 }",
            ),
            (r#"{"color":"\u0052ED"}"#, "16: 1"),
        ],
    );
    table(
        open(),
        &[
            (
                r#"{"color":9,"colors":[9,"RED"],"shade":-1,"shades":{"a":9},"perhaps":2147483647}"#,
                "11: 9 14: { 9 1 } 17: -1 21: { 1: \"a\" 2: 9 } 20: 2147483647",
            ),
            (r#"{"color":"CRIMSON"}"#, "11: 1"),
        ],
    );
    for (json, at, shown) in [
        (r#"{"color":"PINK"}"#, "line 1, column 10, at .color", format!("\"PINK\" {NAMES}")),
        (r#"{"color":"red"}"#, "line 1, column 10, at .color", format!("\"red\" {NAMES}")),
        (r#"{"color":"1"}"#, "line 1, column 10, at .color", format!("\"1\" {NAMES}")),
        (r#"{"color":9}"#, "line 1, column 10, at .color", format!("9 {NAMES}")),
        (r#"{"colors":["RED","PINK"]}"#, "line 1, column 18, at .colors[1]", format!("\"PINK\" {NAMES}")),
        (r#"{"hues":[1,9]}"#, "line 1, column 12, at .hues[1]", format!("9 {NAMES}")),
        (r#"{"shades":{"a":"PINK"}}"#, "line 1, column 16, at .shades.a", format!("\"PINK\" {NAMES}")),
        (r#"{"color":true}"#, "line 1, column 10, at .color", "true is no k.Color".to_owned()),
        (r#"{"color":1.5}"#, "line 1, column 10, at .color", "1.5 is no k.Color".to_owned()),
        (r#"{"color":2147483648}"#, "line 1, column 10, at .color", "2147483648 is no k.Color".to_owned()),
    ] {
        assert_eq!(refused(kinds(), json).to_string(), format!("{at}: {shown}"));
    }
    assert_eq!(
        refused(open(), r#"{"color":"PINK"}"#).to_string(),
        "line 1, column 10, at .color: \"PINK\" is no o.Color: it is one of NONE, RED, CRIMSON, GREEN, BLUE"
    );
}

#[test]
fn what_is_unknown_is_dropped_on_demand() {
    let table = |plan: &Plan, rows: &[(&str, &str)]| {
        for (json, text) in rows {
            let made = wire_of(plan, json, Unknown::Drop).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(made, wire(text), "{json}");
        }
    };
    table(
        kinds(),
        &[
            (r#"{"nope":[1,{"a":[null,"x\n",true]}],"i32":1,"leaf":{"nope":1}}"#, "1: 1 17: { }"),
            (r#"{"[k.nope]":1,"[nope":2,"":3,"@type":"x"}"#, ""),
            (r#"{"color":"PINK"}"#, ""),
            (r#"{"color":9}"#, ""),
            (r#"{"colors":["PINK","RED",9]}"#, "28: 1"),
            (r#"{"hues":["PINK","RED",9]}"#, "29: { 1 }"),
            (r#"{"hues":["PINK"]}"#, ""),
            (r#"{"shades":{"a":"PINK","b":"RED","c":9}}"#, "38: { 1: \"b\" 2: 1 }"),
            (r#"{"shades":{"a":"PINK"}}"#, ""),
            (r#"{"shade":"PINK"}"#, ""),
            (r#"{"set":{"[k.Nope.nope]":{"a":1}}}"#, "50: { }"),
            (r#"{"mask":{"paths":["a"],"more":1}}"#, "57: { 1: \"a\" }"),
            (r#"{"empty":{"a":1}}"#, "60: { }"),
            (r#"{"any":{"@type":"x/k.Leaf","nope":1,"a":1}}"#, "51: { 1: \"x/k.Leaf\" 2: { 1: 1 } }"),
            (
                r#"{"any":{"@type":"x/google.protobuf.Int32Value","nope":1,"value":1}}"#,
                "51: { 1: \"x/google.protobuf.Int32Value\" 2: { 1: 1 } }",
            ),
        ],
    );
    table(
        open(),
        &[
            (
                r#"{"color":"PINK","colors":["PINK","RED"],"shades":{"a":"PINK","b":9},"shade":"PINK","perhaps":"PINK"}"#,
                "14: { 1 } 21: { 1: \"b\" 2: 9 }",
            ),
            (r#"{"color":9}"#, "11: 9"),
        ],
    );
    let refused = |json: &str| wire_of(kinds(), json, Unknown::Drop).unwrap_err().to_string();
    assert_eq!(refused(r#"{"color":true}"#), "line 1, column 10, at .color: true is no k.Color");
    // it is dropped, and still a member of its oneof
    assert_eq!(
        refused(r#"{"shade":"PINK","number":1}"#),
        "line 1, column 17, at .number: the oneof \"pick\" holds \"shade\" already"
    );
    assert_eq!(
        refused(r#"{"nope":[1,}"#),
        "line 1, column 12: no valid JSON: '}' where a value was expected"
    );
    let deep = format!("{{\"nope\":{}", "[".repeat(1_000_000));
    assert_eq!(refused(&deep), "line 1, column 109: nested more than 100 levels deep");
}

#[test]
fn well_known_types() {
    table(
        kinds(),
        &[
            (
                r#"{"at":"1970-01-01T00:00:01.5Z","ttl":"-1.5s"}"#,
                "55: { 1: 1 2: 500000000 } 56: { 1: -1 2: -500000000 }",
            ),
            (r#"{"at":"1970-01-01T00:00:00Z","ttl":"0s"}"#, "55: { } 56: { }"),
            (r#"{"mask":"a,bC.dE"}"#, "57: { 1: \"a\" 1: \"b_c.d_e\" }"),
            (r#"{"mask":""}"#, "57: { }"),
            (r#"{"mask":{"paths":["a","b_c","Any"]}}"#, "57: { 1: \"a\" 1: \"b_c\" 1: \"Any\" }"),
            (r#"{"mask":{}}"#, "57: { }"),
            (r#"{"mask":{"paths":null}}"#, "57: { }"),
            (
                r#"{"maybe":"5","perhaps":"x","blob":"AQ","real":"-Infinity"}"#,
                "58: { 1: 5 } 59: { 1: \"x\" } 69: { 1:LEN `0101` } 70: { 1: -4503599627370496i64 }",
            ),
            (r#"{"empty":{}}"#, "60: { }"),
            (r#"{"anything":true}"#, "53: { 4: 1 }"),
            (r#"{"anything":"NaN"}"#, "53: { 3: \"NaN\" }"),
            (
                r#"{"anything":[1,[],{"a":{}}]}"#,
                "53: { 6: { 1: { 2: 4607182418800017408i64 } 1: { 6: { } } 1: { 5: { 1: { 1: \"a\" 2: { 5: { } } } } } } }",
            ),
            (
                r#"{"config":{"":false,"a":"\""}}"#,
                "52: { 1: { 1: \"\" 2: { 4: 0 } } 1: { 1: \"a\" 2: { 3:LEN `0122` } } }",
            ),
            (r#"{"list":[]}"#, "54: { }"),
        ],
    );
    for (name, value, shown) in [
        ("at", "1", format!("1 {TIME}")),
        ("at", "\"x\"", format!("\"x\" {TIME}")),
        ("at", "{}", format!("an object {TIME}")),
        ("ttl", "\"1\"", format!("\"1\" {SPAN}")),
        ("ttl", "\"315576000001s\"", format!("\"315576000001s\" {SPAN}")),
        ("mask", "\"a_b\"", format!("\"a_b\" {PATH}")),
        ("mask", "\"a,,b\"", format!("\"\" {PATH}")),
        ("mask", "\"a,\"", format!("\"\" {PATH}")),
        ("mask", "[\"a\"]", "an array is no google.protobuf.FieldMask".to_owned()),
        ("maybe", "{}", "an object is no int32".to_owned()),
        (
            "maybe",
            "2147483648",
            "2147483648 is no int32: that is a whole number from -2147483648 to 2147483647".to_owned(),
        ),
        ("perhaps", "5", "5 is no string".to_owned()),
        ("blob", "\"?\"", "\"?\" is no bytes (base64)".to_owned()),
        ("config", "[]", "an array is no google.protobuf.Struct".to_owned()),
        ("list", "{}", "an object is no google.protobuf.ListValue".to_owned()),
        ("empty", "[]", "an array is no google.protobuf.Empty".to_owned()),
    ] {
        let json = format!("{{\"{name}\":{value}}}");
        let column = name.len() + 5;
        assert_eq!(
            refused(kinds(), &json).to_string(),
            format!("line 1, column {column}, at .{name}: {shown}")
        );
    }
    wrong(
        kinds(),
        &[
            (
                r#"{"empty":{"a":1}}"#,
                "line 1, column 11, at .empty: unknown field \"a\" in google.protobuf.Empty",
            ),
            (
                r#"{"mask":{"path":[]}}"#,
                "line 1, column 10, at .mask: unknown field \"path\" in google.protobuf.FieldMask",
            ),
            (
                r#"{"config":{"a":[1,{"b":tru}]}}"#,
                "line 1, column 24, at .config.a[1].b: no valid JSON: tru where a value was expected",
            ),
            (
                r#"{"list":[1,]}"#,
                "line 1, column 12, at .list[1]: no valid JSON: ']' where a value was expected",
            ),
        ],
    );
}

#[test]
fn extensions_groups_and_sets() {
    table(
        kinds(),
        &[
            (
                r#"{"[k.level]":5,"[k.levels]":[1,2],"[k.kinds]":[{"[k.level]":1}],"[k.extra]":{"x":1},"[k.tone]":"RED","[k.Scope.notes]":["a"]}"#,
                "100: 5 101: { 1 2 } 102: { 100: 1 } 103: !{ 1: 1 } 104: 1 110: \"a\"",
            ),
            (
                r#"{"data":{"a":1,"leaf":{},"in":{"data":{}}},"row":[{"cell":"a","col":{"n":1}},{}],"third":{}}"#,
                "18: !{ 1: 1 2: { } 3: { 18: !{ } } } 27: !{ 1: \"a\" 2: !{ 1: 1 } } 27: !{ } 34: !{ }",
            ),
            (
                r#"{"set":{"[k.Other.other]":{"s":"x"},"[k.Member.member]":{"set":{"[k.Member.member]":{}}}}}"#,
                "50: { 1: !{ 2: 536870911 3: { 1: \"x\" } } 1: !{ 2: 1547769 3: { 6: { 1: !{ 2: 1547769 3: { } } } } } }",
            ),
        ],
    );
    wrong(
        kinds(),
        &[
            (r#"{"[k.nope]":1}"#, "line 1, column 2: unknown field \"[k.nope]\" in k.Kinds"),
            (r#"{"k.level":1}"#, "line 1, column 2: unknown field \"k.level\" in k.Kinds"),
            (r#"{"level":1}"#, "line 1, column 2: unknown field \"level\" in k.Kinds"),
            (
                r#"{"leaf":{"[k.level]":1}}"#,
                "line 1, column 10, at .leaf: unknown field \"[k.level]\" in k.Leaf",
            ),
            (r#"{"Data":{}}"#, "line 1, column 2: unknown field \"Data\" in k.Kinds"),
            (r#"{"data":{"b":1}}"#, "line 1, column 10, at .data: unknown field \"b\" in k.Kinds.Data"),
            (
                r#"{"set":{"[k.Member.member]":5}}"#,
                "line 1, column 29, at .set[\"[k.Member.member]\"]: 5 is no k.Member",
            ),
            (r#"{"set":{"[k.level]":5}}"#, "line 1, column 9, at .set: unknown field \"[k.level]\" in k.Set"),
        ],
    );
}

#[test]
fn required_fields_are_demanded() {
    table(kinds(), &[(r#"{"needs":{"b":"","a":0,"more":null,"all":[]}}"#, "62: { 3: \"\" 1: 0 }")]);
    wrong(
        kinds(),
        &[
            (r#"{"needs":{}}"#, "line 1, column 2, at .needs: k.Needs needs its field \"a\""),
            (r#"{"needs":{"a":1}}"#, "line 1, column 11, at .needs: k.Needs needs its field \"b\""),
            (
                r#"{"needs":{"a":1,"b":"","more":{"b":""}}}"#,
                "line 1, column 32, at .needs.more: k.Needs needs its field \"a\"",
            ),
            (
                r#"{"needs":{"a":1,"b":"","all":[{"a":1,"b":""},{"b":""}]}}"#,
                "line 1, column 47, at .needs.all[1]: k.Needs needs its field \"a\"",
            ),
            (r#"{"needed":{"7":{"a":1}}}"#, "line 1, column 17, at .needed.7: k.Needs needs its field \"b\""),
            (
                r#"{"any":{"@type":"x/k.Needs","a":1}}"#,
                "line 1, column 29, at .any: k.Needs needs its field \"b\"",
            ),
        ],
    );
}

#[test]
fn depth_is_bounded_as_on_the_wire() {
    const TOO_DEEP: &str = "nested more than 100 levels deep";
    for (before, open, close, after, most) in [
        ("", r#"{"deeper":"#, "}", "", 100),
        ("", r#"{"[k.kinds]":["#, "]}", "", 100),
        ("", r#"{"kinds":{"a":"#, "}}", "", 100),
        ("", r#"{"data":{"in":"#, "}}", "", 50),
        (r#"{"set":"#, r#"{"[k.Member.member]":{"set":"#, "}}", "}", 49),
        (r#"{"config":"#, r#"{"a":"#, "}", "}", 49),
        (r#"{"anything":"#, "[", "]", "}", 50),
        (r#"{"mValue":{"k":"#, r#"{"a":"#, "}", "}}", 49),
        ("", r#"{"any":{"@type":"x/k.Kinds","deeper":"#, "}}", "", 33),
        (r#"{"any":"#, r#"{"@type":"x/google.protobuf.Any","value":"#, "}", "}", 99),
        (r#"{"any":"#, r#"{"value":"#, r#","@type":"x/google.protobuf.Any"}"#, "}", 12),
    ] {
        let innermost = if open == "[" { "" } else { "{}" };
        let text =
            |times: usize| format!("{before}{}{innermost}{}{after}", open.repeat(times), close.repeat(times));
        let bytes = made(kinds(), &text(most));
        // what is written can be read
        assert_eq!(kinds().check(&bytes), Ok(()), "{open}");
        assert!(json_of(kinds(), &bytes, JsonOutput::default()).is_ok(), "{open}");
        if most > 12 {
            assert_eq!(refused(kinds(), &text(most + 1)).message(), TOO_DEEP, "{open}");
        }
        assert_eq!(refused(kinds(), &text(10_000)).message(), TOO_DEEP, "{open}");
    }
}

#[test]
fn strings_and_bytes() {
    table(
        kinds(),
        &[
            (r#"{"text":"\ud83d\ude00\u0000\b\f\n\r\t\"\\\/"}"#, "14: { `f09f988000080c0a0d09225c2f` }"),
            (r#"{"raw":"-_8=","blob":"\u0041Q\/\/"}"#, "15:LEN `02fbff` 69: { 1:LEN `03010fff` }"),
            (r#"{"raw":"AQ"}"#, "15:LEN `0101`"),
            (r#"{"raw":""}"#, "15: \"\""),
        ],
    );
    wrong(
        kinds(),
        &[
            (
                r#"{"text":"\ud83d"}"#,
                "line 1, column 10, at .text: no valid JSON: half of a surrogate pair in a string",
            ),
            (
                r#"{"text":"\ude00"}"#,
                "line 1, column 10, at .text: no valid JSON: half of a surrogate pair in a string",
            ),
            (
                r#"{"text":"a\ud83dx"}"#,
                "line 1, column 11, at .text: no valid JSON: half of a surrogate pair in a string",
            ),
            (
                r#"{"text":"\u12"}"#,
                "line 1, column 10, at .text: no valid JSON: four hexadecimal digits are due behind \\u",
            ),
            (r#"{"text":"\x"}"#, "line 1, column 10, at .text: no valid JSON: an escape that there is not"),
            (
                "{\"text\":\"a\tb\"}",
                "line 1, column 11, at .text: no valid JSON: the control character 0x09 in a string must be escaped",
            ),
            (r#"{"text":"a"#, "line 1, column 11, at .text: the JSON ends too early: a string is not closed"),
            (r#"{"te\ud83dxt":1}"#, "line 1, column 5: no valid JSON: half of a surrogate pair in a string"),
            (r#"{"raw":"A"}"#, "line 1, column 8, at .raw: \"A\" is no bytes (base64)"),
            (r#"{"raw":"AQ\n"}"#, "line 1, column 8, at .raw: \"AQ\\n\" is no bytes (base64)"),
            (r#"{"raw":[1]}"#, "line 1, column 8, at .raw: an array is no bytes (base64)"),
        ],
    );
    // at every length, with the last character escaped and not
    for length in 0..100 {
        let plain = "a".repeat(length);
        let wanted = |text: &str| [wire("14:LEN"), behind_length(text.as_bytes())].concat();
        assert_eq!(made(kinds(), &format!("{{\"text\":\"{plain}\"}}")), wanted(&plain));
        assert_eq!(made(kinds(), &format!("{{\"text\":\"{plain}\\n\"}}")), wanted(&format!("{plain}\n")));
    }
}

#[test]
fn what_is_no_json_is_refused_where_it_is_not() {
    wrong(
        kinds(),
        &[
            ("", "line 1, column 1: the JSON ends too early"),
            (" \n ", "line 2, column 2: the JSON ends too early"),
            ("{", "line 1, column 2: the JSON ends too early"),
            ("{\"i32\"", "line 1, column 7: the JSON ends too early"),
            ("{\"i32\":", "line 1, column 8, at .i32: the JSON ends too early"),
            ("{\"i32\":1", "line 1, column 9: the JSON ends too early"),
            ("{\"i32\":1,", "line 1, column 10: the JSON ends too early"),
            ("{\"many\":[", "line 1, column 10, at .many[0]: the JSON ends too early"),
            ("{\"many\":[1", "line 1, column 11, at .many: the JSON ends too early"),
            ("{\"many\":[1,", "line 1, column 12, at .many[1]: the JSON ends too early"),
            ("{\"counts\":{", "line 1, column 12, at .counts: the JSON ends too early"),
            ("{\"config\":{\"a\":[", "line 1, column 17, at .config.a[0]: the JSON ends too early"),
            ("{}x", "line 1, column 3: no valid JSON: x where no more was expected"),
            ("{} {}", "line 1, column 4: no valid JSON: '{' where no more was expected"),
            ("{i32:1}", "line 1, column 2: no valid JSON: i32 where a key was expected"),
            ("{'i32':1}", "line 1, column 2: no valid JSON: '\\'' where a key was expected"),
            ("{\"i32\" 1}", "line 1, column 8: no valid JSON: 1 where a colon was expected"),
            (
                "{\"i32\":1 \"i64\":1}",
                "line 1, column 10: no valid JSON: '\"' where a comma or '}' was expected",
            ),
            ("{\"i32\":1,}", "line 1, column 10: no valid JSON: '}' where a key was expected"),
            ("{,\"i32\":1}", "line 1, column 2: no valid JSON: ',' where a key was expected"),
            ("{\"i32\":01}", "line 1, column 8, at .i32: no valid JSON: 01 is no number"),
            ("{\"i32\":1.}", "line 1, column 8, at .i32: no valid JSON: 1. is no number"),
            ("{\"i32\":-}", "line 1, column 8, at .i32: no valid JSON: - is no number"),
            ("{\"i32\":+1}", "line 1, column 8, at .i32: no valid JSON: '+' where a value was expected"),
            ("{\"i32\":.5}", "line 1, column 8, at .i32: no valid JSON: '.' where a value was expected"),
            ("{\"i32\":0x1}", "line 1, column 8, at .i32: no valid JSON: 0x1 is no number"),
            ("{\"i32\":1_0}", "line 1, column 9: no valid JSON: '_' where a comma or '}' was expected"),
            ("{\"on\":tru}", "line 1, column 7, at .on: no valid JSON: tru where a value was expected"),
            ("{\"on\":truer}", "line 1, column 7, at .on: no valid JSON: truer where a value was expected"),
            ("{\"on\":True}", "line 1, column 7, at .on: no valid JSON: True where a value was expected"),
            (
                "{\"many\":[1,]}",
                "line 1, column 12, at .many[1]: no valid JSON: ']' where a value was expected",
            ),
            (
                "{\"many\":[,1]}",
                "line 1, column 10, at .many[0]: no valid JSON: ',' where a value was expected",
            ),
            (
                "{\"many\":[1 2]}",
                "line 1, column 12, at .many: no valid JSON: 2 where a comma or ']' was expected",
            ),
            (
                "{\"many\":[1}",
                "line 1, column 11, at .many: no valid JSON: '}' where a comma or ']' was expected",
            ),
            ("{\"i32\":1]", "line 1, column 9: no valid JSON: ']' where a comma or '}' was expected"),
            ("// c\n{}", "line 1, column 1: no valid JSON: '/' where a value was expected"),
            ("\u{feff}{}", "line 1, column 1: no valid JSON: '\\u{feff}' where a value was expected"),
            (
                "{\"\u{e4}\u{1f600}\": \u{e4}}",
                "line 1, column 2: unknown field \"\u{e4}\u{1f600}\" in k.Kinds",
            ),
            (
                "{\"text\":\"\u{e4}\u{1f600}\", \u{e4}}",
                "line 1, column 15: no valid JSON: '\u{e4}' where a key was expected",
            ),
            ("[]", "line 1, column 1: an array is no k.Kinds: each message stands for itself"),
            ("\"a\"", "line 1, column 1: \"a\" is no k.Kinds"),
        ],
    );
    table(
        kinds(),
        &[
            (
                " {\n\t\"i32\" :\r 1 , \"many\" : [ 1 , 2 ] , \"leaf\" : { } , \"counts\" : { \"a\" : 1 } }\n ",
                "1: 1 19: 1 19: 2 17: { } 36: { 1: \"a\" 2: 1 }",
            ),
            ("{}", ""),
            ("{ }", ""),
        ],
    );
}

#[test]
fn errors_stand_where_they_stand_in_long_texts_too() {
    // beyond what is read from a copy
    for blanks in [0, 4000, 4090, 4096, 5000, 100_000] {
        for (json, column, message) in [
            ("{\"i32\":tru}", 8, "no valid JSON: tru where a value was expected"),
            ("{\"i32\":1", 9, "the JSON ends too early"),
            ("{\"i32\":", 8, "the JSON ends too early"),
            ("{\"text\":\"a", 11, "the JSON ends too early: a string is not closed"),
            ("{\"text\":\"a\\", 12, "the JSON ends too early: a string is not closed"),
            ("{\"text\":\"\\u12", 10, "no valid JSON: four hexadecimal digits are due behind \\u"),
            ("{\"i32\":1}x", 10, "no valid JSON: x where no more was expected"),
            ("{\"nope\":1}", 2, "unknown field \"nope\" in k.Kinds"),
            ("{\"i32\":1,\"i32\":1}", 10, "the field \"i32\" is given twice"),
        ] {
            let text = format!("{}\n{json}", " ".repeat(blanks));
            let error = refused(kinds(), &text);
            assert_eq!((error.position(), error.message()), (Some((2, column)), message), "{blanks} {json}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(text in fields()) {
        let bytes = wire(&text);
        prop_assume!(kinds().check(&bytes).is_ok());
        let json = json_of(kinds(), &bytes, JsonOutput::default()).unwrap();
        let again = made(kinds(), &json);
        prop_assert_eq!(json_of(kinds(), &again, JsonOutput::default()).unwrap(), json.clone());
        // and in whatever layout
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(made(kinds(), &serde_json::to_string_pretty(&value).unwrap()), again);
    }
}

#[test]
fn a_hundred_levels_need_little_stack() {
    // Servers read on threads of 2 MiB, and this is without optimisation.
    let deep = || {
        for (open, close, levels) in
            [("{\"deeper\":", "}", 99), ("{\"[k.kinds]\":[", "]}", 99), ("{\"kinds\":{\"\":", "}}", 99)]
        {
            let text = format!("{}{{}}{}", open.repeat(levels), close.repeat(levels));
            let bytes = made(kinds(), &text);
            let again = |bytes: &[u8]| json_of(kinds(), bytes, JsonOutput::default());
            assert_eq!(again(&bytes).as_deref(), Ok(&*text));
            // and from an index
            assert_eq!(again(&[&wire("536870911: {}"), &bytes[..]].concat()).as_deref(), Ok(&*text));
            assert_eq!(kinds().check(&bytes), Ok(()));
        }
        for (open, close) in [("[", "]"), ("{\"\":", "}")] {
            let text = format!("{{\"anything\":{}null{}}}", open.repeat(49), close.repeat(49));
            let bytes = made(kinds(), &text);
            assert_eq!(json_of(kinds(), &bytes, JsonOutput::default()), Ok(text));
        }
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(deep).unwrap();
    thread.join().unwrap();
}

#[test]
fn types_of_many_fields_and_oneofs() {
    let oneofs: Vec<String> = (0..70)
        .map(|n| format!("oneof o{n} {{ int32 a{n} = {}; int32 b{n} = {}; }}", n + 1, n + 401))
        .collect();
    let fields: Vec<String> = (101..400).map(|n| format!("optional int32 f{n} = {n};")).collect();
    let source = format!(
        "syntax = \"proto2\"; package w; message Wide {{ {} {} required int32 last = 600; optional Wide inner = 601; }}",
        oneofs.join(" "),
        fields.join(" ")
    );
    let plan = Plan::compile(&crate::transcode::testing::closure(&source), "w.Wide").unwrap();
    let all: Vec<String> = (101..400).map(|n| format!("\"f{n}\":{n}")).collect();
    let most = format!("{},\"last\":0", all.join(","));
    for (n, inner) in [(101, "{\"last\":1}"), (256, "null"), (399, "{\"last\":0,\"b69\":1}")] {
        made(&plan, &format!("{{{most},\"inner\":{inner}}}"));
        let error = refused(&plan, &format!("{{{most},\"inner\":{inner},\"f{n}\":0}}"));
        assert_eq!(error.message(), format!("the field \"f{n}\" is given twice"));
    }
    for n in [0, 1, 63, 64, 69] {
        let error = refused(&plan, &format!("{{\"a{n}\":1,\"b{n}\":1,\"last\":0}}"));
        assert_eq!(error.message(), format!("the oneof \"o{n}\" holds \"a{n}\" already"));
        // of all others each may be given too
        let others: Vec<String> =
            (0..70).map(|other| format!("\"{}{other}\":1", if other == n { "b" } else { "a" })).collect();
        let bytes = made(&plan, &format!("{{{},\"last\":0}}", others.join(",")));
        let text = json_of(&plan, &bytes, JsonOutput::default()).unwrap();
        assert_eq!((text.matches("\"a").count(), text.matches("\"b").count()), (69, 1), "{text}");
        // the last member counts
        let both = [&bytes[..], &wire(&format!("{}: 7", n + 1))].concat();
        let text = json_of(&plan, &both, JsonOutput::default()).unwrap();
        assert!(text.contains(&format!("\"a{n}\":7")) && !text.contains("\"b"), "{text}");
    }
    assert_eq!(
        refused(&plan, &format!("{{{}}}", all.join(","))).message(),
        "w.Wide needs its field \"last\""
    );
    assert_eq!(refused(&plan, &format!("{{{most},\"inner\":{{}}}}")).path(), Some(".inner"));
}
