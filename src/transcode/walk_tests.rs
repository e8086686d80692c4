//! Messages in every order in which the wire may have them, and what is no message.

use proptest::prelude::*;

use super::super::testing::{
    ALL, PIECES, behind_length, closure, fields, json_of, kinds, open, rewritten, wire,
};
use super::*;
use crate::transcode::JsonOutput;
use crate::transcode::options::Defaults;

/// A field that stands behind all others of its type, with nothing in it. Put before others it leaves no order.
const LAST_FIELD: &str = "536870911: {}";

/// What the wire bytes are as JSON, or the error: in the order of the wire, from an index, and written again, which
/// must agree.
fn seen_with(plan: &Plan, text: &str, options: JsonOutput) -> Result<String, String> {
    let bytes = wire(text);
    let last = wire(LAST_FIELD);
    let shown = |wire: &[u8]| json_of(plan, wire, options);
    let ordered = shown(&bytes).map_err(|error| places_from(&error, 0));
    let indexed = shown(&[&last, &bytes[..]].concat()).map_err(|error| places_from(&error, last.len()));
    assert_eq!(indexed, ordered, "from an index and in order: {text}");
    if ordered.is_ok() {
        let again = rewritten(plan, &bytes).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(shown(&again).map_err(|error| error.to_string()), ordered, "written again: {text}");
    }
    ordered
}

fn seen(plan: &Plan, text: &str) -> String {
    seen_with(plan, text, JsonOutput::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn broken(plan: &Plan, text: &str) -> String {
    match seen_with(plan, text, JsonOutput::default()) {
        Ok(json) => panic!("{text} was taken as {json}"),
        Err(error) => error,
    }
}

/// An error as it would be if the first `skipped` bytes were not there.
fn places_from(error: &DataError, skipped: usize) -> String {
    let text = error.to_string();
    let (before, after) =
        text.split_once(": the bytes are no ").map_or(("", &*text), |(path, rest)| (path, rest));
    let what = after.split_once(": ").map_or(after, |(_, what)| what);
    let what = match what.split_once("at byte ") {
        Some((what, place)) => {
            let length = place.find(|c: char| !c.is_ascii_digit()).unwrap_or(place.len());
            let (digits, rest) = place.split_at(length);
            format!("{what}at byte {}{rest}", digits.parse::<usize>().unwrap() - skipped)
        }
        None => what.to_owned(),
    };
    if before.is_empty() { what } else { format!("{before}: {what}") }
}

const NO_TAG: &str = "a tag is none: its field number or wire type does not exist, at byte 0";

/// One thing within so many others.
fn nested(open: &str, close: &str, times: usize) -> String {
    format!("{}{}", open.repeat(times), close.repeat(times))
}

#[test]
fn singular_fields_are_seen_once() {
    for (text, json) in [
        ("", "{}"),
        ("1: 5 2: 6", r#"{"i32":5,"i64":"6"}"#),
        ("2: 6 1: 5", r#"{"i32":5,"i64":"6"}"#),
        // the last one counts, also when it is zero
        ("1: 5 1: 6", r#"{"i32":6}"#),
        ("1: 5 2: 6 1: 0", r#"{"i32":0,"i64":"6"}"#),
        ("14: \"a\" 14: \"\"", r#"{"text":""}"#),
        ("11: 1 11: 0", r#"{"on":false}"#),
        // messages are merged, fields of fields too
        (
            "17: { 1: 1 3: { 1 } } 17: { 2: \"x\" 3: { 2 } } 17: { 1: 2 3: 3 }",
            r#"{"leaf":{"a":2,"b":"x","c":[1,2,3]}}"#,
        ),
        (
            "17: { 4: { 1: 1 } } 1: 5 17: { 4: { 2: \"b\" } 4: { 4: { } } }",
            r#"{"i32":5,"leaf":{"leaf":{"a":1,"b":"b","leaf":{}}}}"#,
        ),
        (
            "17: { 5: { 1: \"k\" 2: { 1: 1 } } } 17: { 5: { 1: \"k\" 2: { 2: \"b\" } } }",
            r#"{"leaf":{"by":{"k":{"b":"b"}}}}"#,
        ),
        ("17: { } 17: { }", r#"{"leaf":{}}"#),
        // what is merged may be out of order within
        ("17: { 2: \"b\" 1: 1 } 1: 5", r#"{"i32":5,"leaf":{"a":1,"b":"b"}}"#),
    ] {
        assert_eq!(seen(kinds(), text), json, "{text}");
    }
    for (text, json) in [
        ("1: 5 1: 0", "{}"),
        ("1: 0 5: 0i64 6: 0 7: 0i32 8: 0i64 9: \"\" 10: \"\" 11: 0", "{}"),
        // zero with a sign is not zero
        ("7: 2147483648i32 8: -9223372036854775808i64", r#"{"small":-0.0,"wide":-0.0}"#),
        // more bits than the kind has are cut off before that is asked
        ("1: 4294967296 3: 8589934592", "{}"),
        ("1: 4294967295", r#"{"i32":-1}"#),
        ("12: { } 19: 0 20: 0", r#"{"leaf":{},"maybe":0,"perhaps":"NONE"}"#),
    ] {
        assert_eq!(seen(open(), text), json, "{text}");
    }
}

#[test]
fn the_last_member_of_a_oneof_counts() {
    for (text, json) in [
        ("30: 1 31: \"a\"", r#"{"word":"a"}"#),
        ("31: \"a\" 30: 1", r#"{"number":1}"#),
        ("30: 1 31: \"a\" 30: 2", r#"{"number":2}"#),
        ("30: 1 30: 0", r#"{"number":0}"#),
        // one message in parts is merged, and begins anew behind another member
        ("32: { 1: 1 } 32: { 2: \"x\" }", r#"{"sub":{"a":1,"b":"x"}}"#),
        ("32: { 1: 1 } 30: 5 32: { 2: \"x\" }", r#"{"sub":{"b":"x"}}"#),
        ("32: { 1: 1 } 30: 5 32: { 2: \"x\" } 32: { 3: { 7 } }", r#"{"sub":{"b":"x","c":[7]}}"#),
        ("34: !{ 1: 1 } 34: !{ }", r#"{"third":{"a":1}}"#),
        ("34: !{ 1: 1 } 32: { } 34: !{ }", r#"{"third":{}}"#),
        ("32: { 1: 1 6: 1 } 32: { 7: { } }", r#"{"sub":{"a":1,"right":{}}}"#),
        ("32: { 7: { 1: 1 } } 32: { 7: { 2: \"x\" } }", r#"{"sub":{"right":{"a":1,"b":"x"}}}"#),
        ("32: { 7: { 1: 1 } } 32: { 6: 3 7: { 2: \"x\" } }", r#"{"sub":{"right":{"b":"x"}}}"#),
        ("35: 0", r#"{"nothing":null}"#),
        // a number that the closed enum does not name is no member
        ("30: 1 33: 9", r#"{"number":1}"#),
        ("33: 9 30: 1", r#"{"number":1}"#),
        ("33: 9", "{}"),
        ("33: 2 33: 9", r#"{"shade":"GREEN"}"#),
        ("33: 2 30: 1 33: 9", r#"{"number":1}"#),
    ] {
        assert_eq!(seen(kinds(), text), json, "{text}");
    }
    for (text, json) in [
        ("15: 0", r#"{"number":0}"#),
        ("16: \"\" 15: 0 16: \"\"", r#"{"word":""}"#),
        ("17: 9", r#"{"shade":9}"#),
    ] {
        assert_eq!(seen(open(), text), json, "{text}");
    }
}

#[test]
fn what_is_replaced_is_looked_at_too() {
    let bool_keys = Plan::compile(&closure(ALL), "t.All").unwrap();
    for (plan, text, expected) in [
        (kinds(), "32: { 1: \"a\" } 31: \"w\"", "at .sub.a: field 1 has the wire type length-delimited"),
        (kinds(), "34: !{ 1: \"a\" } 31: \"w\"", "at .third.a: field 1 has the wire type length-delimited"),
        (kinds(), "32: { 1: 1 } 31: \"w\" 32: { 1: \"a\" } 30: 1", "at .sub.a: field 1 has the wire type"),
        (
            kinds(),
            "37: { 1: 1 2: { 1: \"a\" } } 37: { 1: 1 2: { 1: 1 } }",
            "at .byId[\"1\"].a: field 1 has the wire type length-delimited",
        ),
        (
            kinds(),
            "53: { 5: { 1: { 1: \"a\" 2: { 2: 1 } } } 4: 1 }",
            "at .anything.structValue.fields.a.numberValue: field 2 has the wire type varint",
        ),
        (kinds(), "53: { 3:LEN `01ff` 4: 1 }", "at .anything.stringValue: a string is not UTF-8"),
        (kinds(), "59: { 1:LEN `01ff` 1: \"a\" }", "at .perhaps.value: a string is not UTF-8"),
        (kinds(), "51: { 1:LEN `01ff` 1: \"x/k.Leaf\" }", "at .any.typeUrl: a string is not UTF-8"),
        (open(), "16:LEN `01ff` 15: 1", "at .word: a string is not UTF-8"),
        (
            &bool_keys,
            "29: { 1: 1 2:LEN `01ff` } 29: { 1: 1 2: \"a\" }",
            "at .flags[\"true\"]: a string is not UTF-8",
        ),
        (&bool_keys, "29: { 1: 1 2:LEN `01ff` 2: \"a\" }", "at .flags[\"true\"]: a string is not UTF-8"),
    ] {
        let bytes = wire(text);
        let ordered = plan.check(&bytes).map_err(|error| places_from(&error, 0)).unwrap_err();
        assert!(ordered.starts_with(expected), "{text}: {ordered}");
        // whatever stands before or behind it
        let last = wire(LAST_FIELD);
        assert!(plan.check(&[&last, &bytes[..]].concat()).is_err(), "{text}");
        assert!(json_of(plan, &[&last, &bytes[..]].concat(), JsonOutput::default()).is_err(), "{text}");
        assert!(plan.rewrite(&[&last, &bytes[..]].concat(), &mut Vec::new()).is_err(), "{text}");
    }
}

#[test]
fn what_has_no_json_may_be_replaced() {
    for (text, expected) in [
        ("55: { 1: 300 2: -1 } 55: { 2: 5 }", r#"{"at":"1970-01-01T00:05:00.000000005Z"}"#),
        ("53: { 2: 9218868437227405312i64 } 53: { 4: 1 }", r#"{"anything":true}"#),
        ("51: { 1: \"x/no.Type\" } 51: { 1: \"x/k.Leaf\" }", r#"{"any":{"@type":"x/k.Leaf"}}"#),
    ] {
        assert_eq!(seen(kinds(), text), expected, "{text}");
    }
}

#[test]
fn lists_are_read_in_chunks_and_one_by_one() {
    for (text, json) in [
        ("19: 1 19: 2", r#"{"many":[1,2]}"#),
        ("19: 1 19: { 2 3 } 19: 4 19: { }", r#"{"many":[1,2,3,4]}"#),
        ("20: 1 20: { 2 3 } 20: 4", r#"{"packed":[1,2,3,4]}"#),
        ("20: { 1 } 1: 5 20: { 2 } 20: 3", r#"{"i32":5,"packed":[1,2,3]}"#),
        ("20: { }", "{}"),
        ("21: { 1 2 } 21: 3", r#"{"zigzags":["-1","1","-2"]}"#),
        ("22: { 1i32 } 22: 2i32", r#"{"fixed":[1,2]}"#),
        ("23: 4607182418800017408i64 23: { 0i64 -9223372036854775808i64 }", r#"{"doubles":[1,0,-0.0]}"#),
        ("24: { 0 1 2 }", r#"{"bits":[false,true,true]}"#),
        ("25: \"a\" 25: \"\" 1: 5 25: \"b\"", r#"{"i32":5,"texts":["a","","b"]}"#),
        ("26: { } 26: { 1: 1 } 26: { 1: 2 1: 3 }", r#"{"leaves":[{},{"a":1},{"a":3}]}"#),
        (
            "27: !{ 1: \"a\" 2: !{ 1: 1 } } 27: !{ } 1: 1",
            r#"{"i32":1,"row":[{"cell":"a","col":{"n":1}},{}]}"#,
        ),
        ("27: !{ 2: !{ 1: 1 } 1: \"a\" 2: !{ 1: 2 } }", r#"{"row":[{"cell":"a","col":{"n":2}}]}"#),
        ("28: 1 28: 2 28: -3", r#"{"colors":["RED","GREEN","BLUE"]}"#),
        ("101: { 1 } 100: 5 101: 2", r#"{"[k.level]":5,"[k.levels]":[1,2]}"#),
    ] {
        assert_eq!(seen(kinds(), text), json, "{text}");
    }
    assert_eq!(seen(open(), "23: { 1 2 } 23: 3"), r#"{"loose":[1,2,3]}"#);
}

#[test]
fn maps_have_each_key_once() {
    for (text, json) in [
        ("36: { 1: \"a\" 2: 1 } 36: { 1: \"b\" 2: 2 }", r#"{"counts":{"a":1,"b":2}}"#),
        ("36: { 1: \"a\" 2: 1 } 1: 5 36: { 1: \"b\" 2: 2 }", r#"{"i32":5,"counts":{"a":1,"b":2}}"#),
        ("36: { 1: \"a\" 2: 1 } 36: { 1: \"b\" 2: 2 } 36: { 1: \"a\" 2: 3 }", r#"{"counts":{"b":2,"a":3}}"#),
        // a member that an entry does not have is that of its kind; one that it has twice is the last
        ("36: { } 36: { 1: \"a\" } 36: { 2: 5 }", r#"{"counts":{"a":0,"":5}}"#),
        ("36: { 2: 5 1: \"a\" }", r#"{"counts":{"a":5}}"#),
        ("36: { 1: \"a\" 2: 1 1: \"b\" 2: 2 }", r#"{"counts":{"b":2}}"#),
        ("36: { 1: \"a\" 3: 7 2: 1 15: { } 4: !{ 1: 1 } }", r#"{"counts":{"a":1}}"#),
        ("37: { 1: 1 2: { 1: 1 } 2: { 2: \"b\" } }", r#"{"byId":{"1":{"a":1,"b":"b"}}}"#),
        ("37: { 2: { 2: \"b\" 1: 1 } } 37: { 1: -1 }", r#"{"byId":{"0":{"a":1,"b":"b"},"-1":{}}}"#),
        // another entry is not merged with an earlier one of its key
        ("37: { 1: 1 2: { 1: 1 } } 37: { 1: 1 2: { 2: \"b\" } }", r#"{"byId":{"1":{"b":"b"}}}"#),
        ("38: { 1: \"a\" }", r#"{"shades":{"a":"RED"}}"#),
        (
            "39: { 1: 1 2: \"y\" } 39: { 2: \"n\" } 39: { 1: 7 2: \"z\" }",
            r#"{"flags":{"false":"n","true":"z"}}"#,
        ),
        ("40: { 1: -1 2: \"\" }", r#"{"mI64":{"-1":""}}"#),
        ("41: { 1: 4294967295 } 41: { 1: 4294967296 }", r#"{"mU32":{"4294967295":0,"0":0}}"#),
        ("42: { 1: -1 }", r#"{"mU64":{"18446744073709551615":0}}"#),
        ("43: { 1: 1 } 43: { 1: 4294967295 }", r#"{"mS32":{"-1":0,"-2147483648":0}}"#),
        ("44: { 1: -1 }", r#"{"mS64":{"-9223372036854775808":0}}"#),
        ("45: { 1: -1i32 }", r#"{"mF32":{"4294967295":0}}"#),
        ("46: { 1: -1i64 }", r#"{"mF64":{"18446744073709551615":0}}"#),
        ("47: { 1: -1i32 }", r#"{"mSf32":{"-1":0}}"#),
        ("48: { 1: -1i64 2: 4609434218613702656i64 }", r#"{"mSf64":{"-1":1.5}}"#),
        ("49: { 1: \"a\" } 49: { 1: \"b\" 2: { 3: \"x\" } }", r#"{"mValue":{"a":null,"b":"x"}}"#),
    ] {
        assert_eq!(seen(kinds(), text), json, "{text}");
    }
}

#[test]
fn large_maps_have_each_key_once() {
    for count in [7, 8, 9, 10, 100] {
        let entry = |key: usize, value: usize| format!("37: {{ 1: {key} 2: {{ 1: {value} }} }}");
        let mut text: Vec<String> = (0..count).rev().map(|key| entry(key, key)).collect();
        assert_eq!(seen(kinds(), &text.join(" ")).matches("\"a\":").count(), count);
        // the first three again, which are the last three keys, and one of them a third time
        text.extend([entry(count - 1, 1), entry(count - 3, 2), entry(count - 2, 3), entry(count - 3, 4)]);
        let mut members: Vec<String> =
            (0..count - 3).rev().map(|key| format!("\"{key}\":{{\"a\":{key}}}")).collect();
        for (key, value) in [(count - 1, 1), (count - 2, 3), (count - 3, 4)] {
            members.push(format!("\"{key}\":{{\"a\":{value}}}"));
        }
        assert_eq!(seen(kinds(), &text.join(" ")), format!("{{\"byId\":{{{}}}}}", members.join(",")));

        let names: Vec<String> = (0..count).map(|key| format!("36: {{ 1: \"k{key}\" 2: {key} }}")).collect();
        let again = format!("{} 36: {{ 1: \"k0\" 2: 5 }}", names.join(" "));
        let mut members: Vec<String> = (1..count).map(|key| format!("\"k{key}\":{key}")).collect();
        members.push("\"k0\":5".to_owned());
        assert_eq!(seen(kinds(), &again), format!("{{\"counts\":{{{}}}}}", members.join(",")));
    }
}

#[test]
fn numbers_that_a_closed_enum_does_not_name_are_unknown_fields() {
    for (text, json) in [
        ("16: 9", "{}"),
        ("16: 0", "{}"),
        ("16: 2 16: 9", r#"{"color":"GREEN"}"#),
        ("16: 9 16: 2", r#"{"color":"GREEN"}"#),
        ("16: 4294967293", r#"{"color":"BLUE"}"#),
        ("28: 9", "{}"),
        ("28: 1 28: 9 28: 2 28: { 9 1 }", r#"{"colors":["RED","GREEN","RED"]}"#),
        ("29: { 9 } 29: 9", "{}"),
        ("29: { 1 9 2 } 28: { 1 9 } 29: 1", r#"{"colors":["RED"],"hues":["RED","GREEN","RED"]}"#),
        ("38: { 1: \"a\" 2: 9 } 38: { 1: \"b\" 2: 2 }", r#"{"shades":{"b":"GREEN"}}"#),
        ("38: { 1: \"b\" 2: 2 } 38: { 1: \"b\" 2: 9 }", r#"{"shades":{"b":"GREEN"}}"#),
        ("38: { 2: 9 2: 2 1: \"k\" }", r#"{"shades":{"k":"GREEN"}}"#),
        ("38: { 1: \"a\" 2: 9 }", "{}"),
        ("104: 9", "{}"),
        // this one is open, whoever uses it
        ("61: 7", r#"{"null":null}"#),
    ] {
        assert_eq!(seen(kinds(), text), json, "{text}");
    }
    for (text, json) in [
        ("11: 9", r#"{"color":9}"#),
        ("11: -3 14: { 9 1 }", r#"{"color":"BLUE","colors":[9,"RED"]}"#),
        ("20: -1 21: { 1: \"a\" 2: 9 }", r#"{"perhaps":-1,"shades":{"a":9}}"#),
    ] {
        assert_eq!(seen(open(), text), json, "{text}");
    }
}

#[test]
fn groups_are_messages() {
    for (text, json) in [
        ("18: !{ }", r#"{"data":{}}"#),
        ("18: !{ 1: 1 2: { 1: 1 } } 18: !{ 2: { 2: \"b\" } }", r#"{"data":{"a":1,"leaf":{"a":1,"b":"b"}}}"#),
        ("18: !{ 2: { } 1: 1 }", r#"{"data":{"a":1,"leaf":{}}}"#),
        ("18: !{ 3: { 18: !{ 1: 2 } } }", r#"{"data":{"in":{"data":{"a":2}}}}"#),
        ("18: !{ 96: !{ 1: 1 96: !{ } } 1: 1 }", r#"{"data":{"a":1}}"#),
        ("103: !{ 1: 2 }", r#"{"[k.extra]":{"x":2}}"#),
    ] {
        assert_eq!(seen(kinds(), text), json, "{text}");
    }
    for (text, error) in [
        ("18:SGROUP", "a group is not ended, at byte 2"),
        ("18:SGROUP 1: 1", "a group is not ended, at byte 2"),
        ("18:SGROUP 1: 1 19:EGROUP", "a group ends that has not begun, at byte 4"),
        ("1: 1 96:EGROUP", "a group ends that has not begun, at byte 4"),
        ("67: { 18:SGROUP } 1: 1", "a group is not ended, at byte 5"),
        ("18:SGROUP 2:LEN 18:EGROUP", "a length goes beyond the end, at byte 3"),
        ("96:SGROUP 1: 5", "a group is not ended, at byte 2"),
        ("96:SGROUP 97:EGROUP", "a group ends that has not begun, at byte 2"),
        ("96:EGROUP", "a group ends that has not begun, at byte 2"),
    ] {
        assert_eq!(broken_somewhere(text), error, "{text}");
    }
}

#[test]
fn message_sets_are_read_in_both_encodings() {
    for (text, json) in [
        ("50: { 1: !{ 2: 1547769 3: { 5: 1 } } }", r#"{"set":{"[k.Member.member]":{"i":1}}}"#),
        ("50: { 1: !{ 3: { 5: 1 } 2: 1547769 } }", r#"{"set":{"[k.Member.member]":{"i":1}}}"#),
        ("50: { 1547769: { 5: 1 } }", r#"{"set":{"[k.Member.member]":{"i":1}}}"#),
        (
            "50: { 1547769: { 5: 1 } 1: !{ 2: 1547769 3: { 6: { 1547769: { 5: 2 } } } } }",
            r#"{"set":{"[k.Member.member]":{"i":1,"set":{"[k.Member.member]":{"i":2}}}}}"#,
        ),
        (
            "50: { 1: !{ 2: 99 3: { 5: 1 } } 1: !{ 2: 536870911 3: { 1: \"o\" } } }",
            r#"{"set":{"[k.Other.other]":{"s":"o"}}}"#,
        ),
        ("50: { 1: !{ 2: 536870911 4: 5 5: !{ } 3: { } } }", r#"{"set":{"[k.Other.other]":{}}}"#),
        // half an item is none
        ("50: { 1: !{ 2: 1547769 } 1: !{ 3: { 5: 1 } } 1: !{ } 7: 3 }", r#"{"set":{}}"#),
        ("50: { }", r#"{"set":{}}"#),
    ] {
        assert_eq!(seen(kinds(), text), json, "{text}");
    }
    for (text, error) in [
        (
            "50: { 1547769: 5 }",
            "at .set[\"[k.Member.member]\"]: field 1547769 has the wire type varint, at byte 3, which is no k.Member",
        ),
        (
            "50: { 1: !{ 2: 1547769 3: { 5: \"x\" } } }",
            "at .set[\"[k.Member.member]\"].i: field 5 has the wire type length-delimited, at byte 10, which is no int32",
        ),
        ("50: { 1: !{ 3:LEN 2 } }", "at .set: a length goes beyond the end, at byte 5"),
    ] {
        assert_eq!(broken(kinds(), text), error, "{text}");
    }
}

#[test]
fn unknown_fields_are_passed_over() {
    for text in [
        "99: 1",
        "99: 1i32",
        "99: 1i64",
        "99: \"x\"",
        "99: { 1 }",
        "99: !{ 1: 2 5: !{ 1: \"a\" } }",
        "99: !{ }",
    ] {
        for (before, after, json) in [
            ("", "", "{}"),
            ("1: 5", "", r#"{"i32":5}"#),
            ("", "1: 5", r#"{"i32":5}"#),
            ("1: 5", "2: 6", r#"{"i32":5,"i64":"6"}"#),
            ("2: 6", "1: 5", r#"{"i32":5,"i64":"6"}"#),
            ("17: { 1: 1", "2: \"b\" }", r#"{"leaf":{"a":1,"b":"b"}}"#),
            ("18: !{ 1: 1", "2: { } }", r#"{"data":{"a":1,"leaf":{}}}"#),
            ("19: 1", "19: 2", r#"{"many":[1,2]}"#),
            ("36: { 1: \"a\"", "2: 2 }", r#"{"counts":{"a":2}}"#),
            ("50: { 1: !{ 2: 1547769", "3: { 5: 1 } } }", r#"{"set":{"[k.Member.member]":{"i":1}}}"#),
            ("58: { 1: 1", "}", r#"{"maybe":1}"#),
            ("52: { 1: { 1: \"a\"", "2: { 4: 1 } } }", r#"{"config":{"a":true}}"#),
        ] {
            let text = format!("{before} {text} {after}");
            assert_eq!(seen(kinds(), &text), json, "{text}");
        }
    }
    assert_eq!(seen(kinds(), "536870910: 1 200: 1 199: 2"), "{}");
}

#[test]
fn a_wire_type_that_is_not_the_fields_is_an_error() {
    for (text, error) in [
        ("1: \"x\"", "at .i32: field 1 has the wire type length-delimited, at byte 0, which is no int32"),
        ("1: 0i32", "at .i32: field 1 has the wire type fixed32, at byte 0, which is no int32"),
        ("7: 0i64", "at .f32: field 7 has the wire type fixed64, at byte 0, which is no fixed32"),
        ("8: 0i32", "at .f64: field 8 has the wire type fixed32, at byte 0, which is no fixed64"),
        ("12: 5", "at .small: field 12 has the wire type varint, at byte 0, which is no float"),
        ("14: 5", "at .text: field 14 has the wire type varint, at byte 0, which is no string"),
        (
            "16: { 1 }",
            "at .color: field 16 has the wire type length-delimited, at byte 0, which is no k.Color",
        ),
        ("17: 5", "at .leaf: field 17 has the wire type varint, at byte 0, which is no k.Leaf"),
        ("17: !{ }", "at .leaf: field 17 has the wire type start of a group, at byte 0, which is no k.Leaf"),
        (
            "18: { }",
            "at .data: field 18 has the wire type length-delimited, at byte 0, which is no k.Kinds.Data",
        ),
        ("19: 1i32", "at .many: field 19 has the wire type fixed32, at byte 2, which is no int32"),
        ("19: 1 19: 1i64", "at .many: field 19 has the wire type fixed64, at byte 5, which is no int32"),
        ("25: 1", "at .texts: field 25 has the wire type varint, at byte 2, which is no string"),
        (
            "27: { }",
            "at .row: field 27 has the wire type length-delimited, at byte 2, which is no k.Kinds.Row",
        ),
        (
            "36: 5",
            "at .counts: field 36 has the wire type varint, at byte 2, which is no map of string to int32",
        ),
        ("36: { 1: 5 }", "at .counts: field 1 has the wire type varint, at byte 3, which is no string"),
        (
            "36: { 2: \"b\" }",
            "at .counts: field 2 has the wire type length-delimited, at byte 3, which is no int32",
        ),
        (
            "17: { 4: { 1: \"\" } }",
            "at .leaf.leaf.a: field 1 has the wire type length-delimited, at byte 5, which is no int32",
        ),
        (
            "26: { } 26: { 1: \"\" }",
            "at .leaves[1].a: field 1 has the wire type length-delimited, at byte 6, which is no int32",
        ),
        (
            "37: { 1: 7 2: { 1: \"\" } }",
            "at .byId[\"7\"].a: field 1 has the wire type length-delimited, at byte 7, which is no int32",
        ),
        (
            "71: { 1: \"a b\" 2: { 1: \"\" } }",
            "at .kinds[\"a b\"].i32: field 1 has the wire type length-delimited, at byte 10, which is no int32",
        ),
        (
            "100: \"\"",
            "at [\"[k.level]\"]: field 100 has the wire type length-delimited, at byte 0, which is no int32",
        ),
    ] {
        assert_eq!(broken(kinds(), text), error, "{text}");
    }
}

#[test]
fn tags_and_varints_are_what_they_may_be() {
    for (text, json) in [
        ("1:VARINT `8500`", r#"{"i32":5}"#),
        ("1:VARINT `ffffffffffffffffff01`", r#"{"i32":-1}"#),
        ("1:VARINT `80808080808080808000`", r#"{"i32":0}"#),
        ("`8800` 5", r#"{"i32":5}"#),
        ("`8880808000` 5", r#"{"i32":5}"#),
        ("17:LEN `8200` 1: 1", r#"{"leaf":{"a":1}}"#),
        ("14:LEN `81808000` `61`", r#"{"text":"a"}"#),
        ("11: 256", r#"{"on":true}"#),
        ("11:VARINT `80808080808080808001`", r#"{"on":true}"#),
        ("536870910: 5", "{}"),
    ] {
        assert_eq!(seen(kinds(), text), json, "{text}");
    }
    for (text, error) in [
        ("0: 5", NO_TAG),
        ("0:LEN 0", NO_TAG),
        ("0:SGROUP 0:EGROUP", NO_TAG),
        ("`0e`", NO_TAG),
        ("`0f`", NO_TAG),
        // five bytes are the most that a tag has
        ("`888080808000` 5", NO_TAG),
        ("`ffffffffffffffffff01` 5", "a tag is larger than 32 bits, at byte 0"),
        ("`8080808010` 5", "a tag is larger than 32 bits, at byte 0"),
    ] {
        assert_eq!(broken(kinds(), text), error, "{text}");
        // within others too; `f` is how many bytes stand before it
        for (before, after, path, at) in
            [("17: {", "}", "at .leaf: ", 3), ("37: { 2: {", "} }", "at .byId[\"0\"]: ", 5)]
        {
            let text = format!("{before} {text} {after}");
            assert_eq!(
                broken(kinds(), &text),
                format!("{path}{}", error.replace("byte 0", &format!("byte {at}"))),
                "{text}"
            );
        }
    }
    for (text, error) in [
        ("1:VARINT `ffffffffffffffffff02`", "a varint is larger than 64 bits, at byte 1"),
        ("1:VARINT `8080808080808080808000`", "a varint is longer than 10 bytes, at byte 1"),
        ("1:VARINT", "the bytes end in the middle of a value, at byte 1"),
        ("1:VARINT `80`", "the bytes end in the middle of a value, at byte 1"),
        ("12:I32 `000000`", "the bytes end in the middle of a value, at byte 1"),
        ("13:I64 `00000000000000`", "the bytes end in the middle of a value, at byte 1"),
        ("14:LEN 2 `61`", "a length goes beyond the end, at byte 1"),
        ("14:LEN `ffffffffffffffffff01` `61`", "a length goes beyond the end, at byte 1"),
        ("17:LEN `ffffffff0f`", "a length goes beyond the end, at byte 2"),
        ("20: { `80` }", "the bytes end in the middle of a value, at byte 3"),
        ("22: { `010203` }", "the bytes end in the middle of a value, at byte 3"),
        ("36: { 1:LEN 9 }", "a length goes beyond the end, at byte 4"),
        ("99:LEN 9", "a length goes beyond the end, at byte 2"),
        ("99: !{ 1:LEN 9 }", "a length goes beyond the end, at byte 3"),
        ("99:I64 1", "the bytes end in the middle of a value, at byte 2"),
    ] {
        let shown = broken_somewhere(text);
        assert_eq!(shown, error, "{text}");
    }
}

/// An error without its path: an index finds what is broken before it knows whose it is.
fn broken_somewhere(text: &str) -> String {
    let bytes = wire(text);
    let last = wire(LAST_FIELD);
    let of = |wire: &[u8], skipped| {
        let error = json_of(kinds(), wire, JsonOutput::default()).unwrap_err();
        let shown = places_from(&error, skipped);
        shown
            .strip_prefix("at .")
            .and_then(|shown| shown.split_once(": "))
            .map_or(shown.clone(), |(_, rest)| rest.to_owned())
    };
    let (ordered, indexed) = (of(&bytes, 0), of(&[&last, &bytes[..]].concat(), last.len()));
    assert_eq!(ordered, indexed, "{text}");
    assert!(kinds().check(&bytes).is_err() && kinds().rewrite(&bytes, &mut Vec::new()).is_err(), "{text}");
    ordered
}

#[test]
fn what_is_cut_off_is_never_taken() {
    let whole = PIECES.join(" ");
    let whole = wire(&whole);
    let mut ends = vec![0];
    for piece in PIECES {
        ends.push(ends[ends.len() - 1] + wire(piece).len());
    }
    assert!(json_of(kinds(), &whole, JsonOutput::default()).is_ok());
    let last = wire(LAST_FIELD);
    for end in 0..=whole.len() {
        let cut = &whole[..end];
        let within = [
            cut.to_vec(),
            [wire("67:LEN"), behind_length(cut)].concat(),
            [wire("102:LEN"), behind_length(cut)].concat(),
            [wire("71:LEN"), behind_length(&[wire("1: \"k\" 2:LEN"), behind_length(cut)].concat())].concat(),
            [wire("18:SGROUP 3:LEN"), behind_length(cut), wire("18:EGROUP")].concat(),
            [wire("67: { 1: 1 } 67:LEN"), behind_length(cut)].concat(),
        ];
        for (place, bytes) in within.iter().enumerate() {
            for bytes in [bytes.clone(), [&last, &bytes[..]].concat()] {
                let read = json_of(kinds(), &bytes, JsonOutput::default());
                assert_eq!(read.is_ok(), ends.contains(&end), "{end} of {place}: {read:?}");
                assert_eq!(kinds().check(&bytes).is_ok(), read.is_ok(), "{end} of {place}");
                assert_eq!(rewritten(kinds(), &bytes).is_ok(), read.is_ok(), "{end} of {place}");
            }
        }
    }
}

#[test]
fn strings_are_utf8_where_that_is_asked_for() {
    // proto2 does not ask for it, but JSON does
    for text in [
        "14:LEN `01ff`",
        "25: \"a\" 25:LEN `01ff`",
        "36: { 1:LEN `01ff` }",
        "39: { 2:LEN `01ff` }",
        "14:LEN `01ff` 14: \"a\"",
    ] {
        assert!(kinds().check(&wire(text)).is_ok(), "{text}");
        assert!(rewritten(kinds(), &wire(text)).is_ok(), "{text}");
        assert!(broken_text(kinds(), text).contains("is not UTF-8, at byte "), "{text}");
    }
    for text in [
        "9:LEN `01ff`",
        "9:LEN `02c328`",
        "9:LEN `03eda080`",
        "9: \"a\" 9:LEN `01ff` 9: \"b\"",
        "16:LEN `01ff`",
        "21: { 1:LEN `01ff` }",
        "12: { 2:LEN `01ff` }",
    ] {
        let error = open().check(&wire(text)).unwrap_err();
        assert!(error.message().contains("is not UTF-8, at byte "), "{text}: {error}");
        assert!(broken_text(open(), text).contains("is not UTF-8, at byte "), "{text}");
    }
    // a long one, whose fault stands far behind
    let mut long = "a".repeat(100).into_bytes();
    long.push(0xff);
    let bytes = [wire("9:LEN 101"), long].concat();
    assert!(open().check(&bytes).is_err());
    for text in ["9: \"\u{e4}\u{1f600}\"", "10:LEN `01ff`"] {
        assert!(open().check(&wire(text)).is_ok(), "{text}");
    }
}

fn broken_text(plan: &Plan, text: &str) -> String {
    json_of(plan, &wire(text), JsonOutput::default()).unwrap_err().to_string()
}

#[test]
fn depth_is_bounded_wherever_a_message_nests() {
    const TOO_DEEP: &str = "nested more than 100 levels deep";
    for (before, open, close, after, most) in [
        ("", "67: {", "} 1: 1", "", 100),
        ("", "102: {", "}", "", 100),
        ("", "71: { 1: \"a\" 2: {", "} }", "", 100),
        ("", "18: !{ 3: {", "} }", "", 50),
        ("99: !{", "99: !{", "}", "}", 100),
        ("67: { 67: {", "99: !{ 1: 1 ", "}", "} }", 98),
        ("50: {", "1: !{ 2: 1547769 3: { 6: {", "} } }", "}", 49),
        ("52: {", "1: { 1: \"a\" 2: { 5: {", "} } }", "}", 49),
        ("53: {", "6: { 1: {", "} }", "}", 49),
        ("49: { 1: \"k\" 2: {", "5: { 1: { 1: \"a\" 2: {", "} } }", "} }", 49),
        ("", "51: { 1: \"x/k.Kinds\" 2: {", "} }", "", 50),
        ("51: {", "1: \"x/google.protobuf.Any\" 2: {", "}", "}", 99),
    ] {
        let bytes = |times| wire(&format!("{before} {} {after}", nested(open, close, times)));
        for order in ["", LAST_FIELD] {
            let read = |times| json_of(kinds(), &[wire(order), bytes(times)].concat(), JsonOutput::default());
            if let Err(error) = read(most) {
                panic!("{open} {most}: {error}");
            }
            let error = read(most + 1).unwrap_err();
            assert!(error.message().contains(TOO_DEEP), "{open} {error}");
        }
    }
}

#[test]
fn defaults_are_printed_where_their_fields_stand() {
    let defaults = JsonOutput { defaults: Defaults::Print, ..JsonOutput::default() };
    let with = |text: &str| seen_with(open(), text, defaults).unwrap();
    let head = r#""i32":0,"u64":"0","s32":0,"f32":0,"sf64":"0","on":false,"small":0,"wide":0,"text":"","raw":"","color":"NONE""#;
    let tail = r#""loose":[]"#;
    let none = format!(r#"{{{head},"many":[],"colors":[],"shades":{{}},"byId":{{}},{tail},"tail":[]}}"#);
    assert_eq!(with(""), none);
    assert_eq!(with("24: { }"), none.replace(tail, &format!("{tail},\"deeper\":{none}")));
    assert_eq!(with("1: 0 12: { 1: 0 }"), none.replace(",\"many\"", r#","leaf":{"a":0,"b":""},"many""#));
    assert_eq!(with("15: 0 19: 0"), none.replace(",\"shades\"", r#","number":0,"maybe":0,"shades""#));
    assert_eq!(with("11: 9 13: 5"), none.replace("\"NONE\"", "9").replace("\"many\":[]", "\"many\":[5]"));
    assert_eq!(
        with("22: { 1: 1 } 1: 7"),
        none.replace("\"i32\":0", "\"i32\":7").replace("\"byId\":{}", r#""byId":{"1":{"a":0,"b":""}}"#)
    );
    assert_eq!(with("99: 5 13: { }"), none);
    // with presence nothing is printed, nor what only could be there
    assert_eq!(
        seen_with(kinds(), "17: { 1: 0 }", defaults).unwrap().matches("\"a\":0,\"c\":[],\"by\":{}").count(),
        1
    );
    let shown = seen_with(kinds(), "", defaults).unwrap();
    assert!(shown.starts_with(r#"{"many":[],"packed":[],"zigzags":[]"#) && !shown.contains("[k."), "{shown}");
    assert!(
        seen_with(kinds(), "28: 9 38: { 1: \"a\" 2: 9 }", defaults)
            .unwrap()
            .contains(r#""colors":[],"hues":[],"counts":{},"byId":{},"shades":{}"#)
    );
}

#[test]
fn required_fields_are_demanded_of_requests() {
    for text in [
        "",
        "62: { 1: 0 3: \"\" }",
        "62: { 3: \"b\" 1: 1 }",
        "62: { 1: 1 } 62: { 3: \"b\" }",
        "62: { 1: 1 3: \"b\" 2: { 3: \"x\" } 2: { 1: 1 } }",
        "62: { 1: 1 2: { 3: \"x\" } } 1: 5 62: { 3: \"b\" 2: { 1: 1 } }",
        "63: { 1: 1 2: { 1: 1 } 2: { 3: \"b\" } }",
        "63: { 1: 1 } 63: { 1: 1 2: { 1: 1 3: \"b\" } }",
    ] {
        assert_eq!(kinds().check(&wire(text)), Ok(()), "{text}");
    }
    for (text, error) in [
        ("62: { }", "at .needs: the bytes are no k.Kinds: k.Needs needs its field \"a\""),
        ("62: { 1: 1 }", "at .needs: the bytes are no k.Kinds: k.Needs needs its field \"b\""),
        ("62: { 3: \"\" 99: 1 }", "at .needs: the bytes are no k.Kinds: k.Needs needs its field \"a\""),
        (
            "62: { 1: 1 3: \"b\" 2: { 3: \"b\" } }",
            "at .needs.more: the bytes are no k.Kinds: k.Needs needs its field \"a\"",
        ),
        (
            "62: { 1: 1 3: \"b\" 4: { 1: 1 } 4: { 3: \"b\" } }",
            "at .needs.all[0]: the bytes are no k.Kinds: k.Needs needs its field \"b\"",
        ),
        ("63: { 1: 7 }", "at .needed[\"7\"]: the bytes are no k.Kinds: k.Needs needs its field \"a\""),
        (
            "67: { 67: { 62: { } } }",
            "at .deeper.deeper.needs: the bytes are no k.Kinds: k.Needs needs its field \"a\"",
        ),
        (
            "18: !{ 3: { 62: { } } }",
            "at .data.in.needs: the bytes are no k.Kinds: k.Needs needs its field \"a\"",
        ),
    ] {
        assert_eq!(kinds().check(&wire(text)).unwrap_err().to_string(), error, "{text}");
        // to look at, it is good enough
        seen(kinds(), text);
    }
}

proptest! {
    #[test]
    fn in_order_and_from_an_index_are_the_same(text in fields()) {
        let json = seen(kinds(), &text);
        // what is checked is what is handed on, but for required fields
        let checked = kinds().check(&wire(&text));
        prop_assert!(checked.as_ref().err().is_none_or(|error| error.message().contains(" needs its field ")), "{:?}", checked);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{}", json);
    }
    #[test]
    fn bytes_are_read_the_same_wherever_they_stand(bytes in nearly(), beside: u8, defaults: bool) {
        let defaults = if defaults { Defaults::Print } else { Defaults::Omit };
        let json = |parts: &[&[u8]]| {
            let bytes = parts.concat();
            let options = JsonOutput { defaults, ..JsonOutput::default() };
            let json = json_of(kinds(), &bytes, options).ok();
            if json.is_some() {
                let again = rewritten(kinds(), &bytes).expect("what has JSON is a message");
                assert_eq!(json_of(kinds(), &again, options).ok(), json, "written again");
            }
            json
        };
        // long enough for what is read no longer to be a copy, whatever its bytes are
        let beside = [wire("98:LEN 200"), vec![beside; 200]].concat();
        let alone = json(&[&bytes]);
        prop_assert_eq!(&json(&[&beside, &bytes]), &alone);
        prop_assert_eq!(&json(&[&wire(LAST_FIELD), &bytes]), &alone);
        prop_assert_eq!(&json(&[&wire(LAST_FIELD), &bytes, &wire(LAST_FIELD)]).is_some(), &json(&[&bytes, &wire(LAST_FIELD)]).is_some());
        if alone.is_some() {
            prop_assert_eq!(&json(&[&bytes, &beside]), &alone);
        }
        let within = behind_length(&bytes);
        let inner = json(&[&wire("67:LEN"), &within]);
        prop_assert_eq!(inner.is_some(), alone.is_some());
        prop_assert_eq!(&json(&[&wire("67:LEN"), &within, &beside]), &inner);
        prop_assert_eq!(&json(&[&wire("67:LEN"), &within, &wire("67: {}")]), &inner);
    }
}

/// Bytes that are nearly a message: a few of those of one are others, or left out, or twice.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(vec![0, 1, 0x7f, 0x80, 0xff])];
    let change = (any::<prop::sample::Index>(), 0..4_u8, byte);
    (fields(), prop::collection::vec(change, 0..4)).prop_map(|(text, changes)| {
        let mut bytes = wire(&text);
        for (place, how, byte) in changes.iter().filter(|_| !text.is_empty()) {
            let place = place.index(bytes.len() + 1);
            match how {
                0 => bytes.insert(place, *byte),
                1 => bytes.truncate(place),
                2 if place < bytes.len() => drop(bytes.remove(place)),
                _ if place < bytes.len() => bytes[place] = *byte,
                _ => {}
            }
        }
        bytes
    })
}
