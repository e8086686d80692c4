//! An Any from JSON: its type first, last and in between, and what it holds.

use super::super::super::options::Unknown;
use super::super::super::testing::{kinds, wire, wire_of};

fn table(rows: &[(&str, &str)]) {
    for (json, text) in rows {
        let made = wire_of(kinds(), &format!("{{\"any\":{json}}}"), Unknown::Refuse);
        let made = made.unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(made, wire(&format!("51: {{ {text} }}")), "{json}");
    }
}

/// Columns count from the bracket of the Any.
fn wrong(rows: &[(&str, usize, &str, &str)]) {
    for (json, column, path, message) in rows {
        let error = wire_of(kinds(), &format!("{{\"any\":{json}}}"), Unknown::Refuse).unwrap_err();
        assert_eq!(
            (error.position(), error.path(), error.message()),
            (Some((1, column + 7)), Some(*path), *message),
            "{json}"
        );
    }
}

#[test]
fn the_type_may_stand_anywhere() {
    table(&[
        ("{}", ""),
        (r#"{"@type":"x/k.Leaf"}"#, r#"1: "x/k.Leaf""#),
        (r#"{"@type":"x/k.Leaf","a":1,"b":"b"}"#, r#"1: "x/k.Leaf" 2: { 1: 1 2: "b" }"#),
        (r#"{"a":1,"@type":"x/k.Leaf","b":"b"}"#, r#"1: "x/k.Leaf" 2: { 1: 1 2: "b" }"#),
        (r#"{ "a" : 1 , "b" : "b" , "@type" : "x/k.Leaf" }"#, r#"1: "x/k.Leaf" 2: { 1: 1 2: "b" }"#),
        (
            r#"{"c":[1,2],"leaf":{"b":"}],\"@type\""},"@type":"x/k.Leaf"}"#,
            "1: \"x/k.Leaf\" 2: { 3: { 1 2 } 4: { 2:LEN `0a7d5d2c22407479706522` } }",
        ),
        (r#"{"\u0040type":"x\/k.Leaf","a":1}"#, r#"1: "x/k.Leaf" 2: { 1: 1 }"#),
        (r#"{"a":1,"\u0040type":"x\/k.Leaf"}"#, r#"1: "x/k.Leaf" 2: { 1: 1 }"#),
        (r#"{"@type":"/k.Leaf"}"#, r#"1: "/k.Leaf""#),
        (r#"{"@type":"a/b/k.Leaf","a":0}"#, r#"1: "a/b/k.Leaf" 2: { 1: 0 }"#),
        (r#"{"@type":"x/k.Kinds","[k.level]":1}"#, r#"1: "x/k.Kinds" 2: { 100: 1 }"#),
        (r#"{"@type":"x/k.Set","[k.Member.member]":{}}"#, r#"1: "x/k.Set" 2: { 1: !{ 2: 1547769 3: { } } }"#),
    ]);
}

#[test]
fn what_it_holds_may_be_well_known() {
    table(&[
        (
            r#"{"@type":"x/google.protobuf.Timestamp","value":"1970-01-01T00:00:01Z"}"#,
            r#"1: "x/google.protobuf.Timestamp" 2: { 1: 1 }"#,
        ),
        (
            r#"{"value":"1970-01-01T00:00:01Z","@type":"x/google.protobuf.Timestamp"}"#,
            r#"1: "x/google.protobuf.Timestamp" 2: { 1: 1 }"#,
        ),
        (r#"{"@type":"x/google.protobuf.Duration","value":"0s"}"#, r#"1: "x/google.protobuf.Duration""#),
        (
            r#"{"@type":"x/google.protobuf.Int64Value","value":"5"}"#,
            r#"1: "x/google.protobuf.Int64Value" 2: { 1: 5 }"#,
        ),
        (
            r#"{"@type":"x/google.protobuf.FieldMask","value":"aB"}"#,
            r#"1: "x/google.protobuf.FieldMask" 2: { 1: "a_b" }"#,
        ),
        (
            r#"{"@type":"x/google.protobuf.Value","value":null}"#,
            r#"1: "x/google.protobuf.Value" 2: { 1: 0 }"#,
        ),
        (
            r#"{"@type":"x/google.protobuf.ListValue","value":[true]}"#,
            r#"1: "x/google.protobuf.ListValue" 2: { 1: { 4: 1 } }"#,
        ),
        (
            r#"{"@type":"x/google.protobuf.Struct","value":{"@type":[]}}"#,
            r#"1: "x/google.protobuf.Struct" 2: { 1: { 1: "@type" 2: { 6: { } } } }"#,
        ),
        (r#"{"@type":"x/google.protobuf.Empty","value":{}}"#, r#"1: "x/google.protobuf.Empty""#),
        (r#"{"@type":"x/google.protobuf.Empty"}"#, r#"1: "x/google.protobuf.Empty""#),
        (
            r#"{"@type":"x/google.protobuf.Any","value":{"@type":"y/k.Leaf","a":1}}"#,
            r#"1: "x/google.protobuf.Any" 2: { 1: "y/k.Leaf" 2: { 1: 1 } }"#,
        ),
        (
            r#"{"value":{"a":1,"@type":"y/k.Leaf"},"@type":"x/google.protobuf.Any"}"#,
            r#"1: "x/google.protobuf.Any" 2: { 1: "y/k.Leaf" 2: { 1: 1 } }"#,
        ),
        (r#"{"@type":"x/google.protobuf.Any","value":{}}"#, r#"1: "x/google.protobuf.Any""#),
    ]);
}

#[test]
fn types_come_from_the_schema_and_the_bundled_ones() {
    table(&[
        (
            r#"{"@type":"x/google.rpc.BadRequest","fieldViolations":[{"field":"f"}]}"#,
            r#"1: "x/google.rpc.BadRequest" 2: { 1: { 1: "f" } }"#,
        ),
        (
            r#"{"@type":"x/google.rpc.Status","details":[{"@type":"x/google.rpc.ErrorInfo","reason":"r"}]}"#,
            r#"1: "x/google.rpc.Status" 2: { 3: { 1: "x/google.rpc.ErrorInfo" 2: { 1: "r" } } }"#,
        ),
        (
            r#"{"@type":"x/google.rpc.Status","details":[{"a":1,"@type":"x/k.Leaf"}],"code":5}"#,
            r#"1: "x/google.rpc.Status" 2: { 3: { 1: "x/k.Leaf" 2: { 1: 1 } } 1: 5 }"#,
        ),
        (
            r#"{"@type":"x/k.Kinds","any":{"i32":5,"@type":"x/k.Kinds"}}"#,
            r#"1: "x/k.Kinds" 2: { 51: { 1: "x/k.Kinds" 2: { 1: 5 } } }"#,
        ),
    ]);
}

#[test]
fn what_is_no_any() {
    const URL: &str = "\"@type\" is a string such as \"type.googleapis.com/pkg.Type\"";
    wrong(&[
        ("5", 1, ".any", "5 is no google.protobuf.Any"),
        ("[]", 1, ".any", "an array is no google.protobuf.Any"),
        (r#"{"a":1}"#, 1, ".any", "an Any needs its \"@type\""),
        (r#"{"a":1,"b":{}}"#, 1, ".any", "an Any needs its \"@type\""),
        (r#"{"@type":5}"#, 10, ".any[\"@type\"]", URL),
        (r#"{"@type":null}"#, 10, ".any[\"@type\"]", URL),
        (r#"{"a":1,"@type":{}}"#, 16, ".any[\"@type\"]", URL),
        (
            r#"{"@type":""}"#,
            10,
            ".any[\"@type\"]",
            "\"\" is no type URL such as \"type.googleapis.com/pkg.Type\"",
        ),
        (
            r#"{"@type":"k.Leaf"}"#,
            10,
            ".any[\"@type\"]",
            "\"k.Leaf\" is no type URL such as \"type.googleapis.com/pkg.Type\"",
        ),
        (
            r#"{"@type":"x/"}"#,
            10,
            ".any[\"@type\"]",
            "\"x/\" is no type URL such as \"type.googleapis.com/pkg.Type\"",
        ),
        (r#"{"@type":"x/k.Nope"}"#, 10, ".any[\"@type\"]", "the message type 'k.Nope' is not in the schema"),
        (
            r#"{"@type":"x/k.Color"}"#,
            10,
            ".any[\"@type\"]",
            "the message type 'k.Color' is not in the schema",
        ),
        (
            r#"{"@type":"x/k.Leaf","@type":"x/k.Leaf"}"#,
            21,
            ".any[\"@type\"]",
            "the field \"@type\" is given twice",
        ),
        (
            r#"{"a":1,"@type":"x/k.Leaf","@type":"x/k.Other"}"#,
            27,
            ".any[\"@type\"]",
            "the field \"@type\" is given twice",
        ),
        (r#"{"@type":"x/k.Leaf","nope":1}"#, 21, ".any", "unknown field \"nope\" in k.Leaf"),
        (r#"{"nope":1,"@type":"x/k.Leaf"}"#, 2, ".any", "unknown field \"nope\" in k.Leaf"),
        (r#"{"@type":"x/k.Leaf","value":{}}"#, 21, ".any", "unknown field \"value\" in k.Leaf"),
        (r#"{"a":{},"@type":"x/k.Leaf"}"#, 6, ".any.a", "an object is no int32"),
        (r#"{"a":1,,"@type":"x/k.Leaf"}"#, 8, ".any", "no valid JSON: ',' where a key was expected"),
        (
            r#"{"@type":"x/google.protobuf.Int32Value"}"#,
            2,
            ".any",
            "an Any of google.protobuf.Int32Value needs its \"value\"",
        ),
        (r#"{"@type":"x/google.protobuf.Int32Value","value":null}"#, 49, ".any.value", "null is no int32"),
        (
            r#"{"@type":"x/google.protobuf.Int32Value","value":1,"value":1}"#,
            51,
            ".any.value",
            "the field \"value\" is given twice",
        ),
        (
            r#"{"@type":"x/google.protobuf.Int32Value","value":1,"more":1}"#,
            51,
            ".any",
            "unknown field \"more\" beside \"@type\" and \"value\"",
        ),
        (
            r#"{"value":1,"@type":"x/google.protobuf.Int32Value","@type":"x/k.Leaf"}"#,
            51,
            ".any[\"@type\"]",
            "the field \"@type\" is given twice",
        ),
        (
            r#"{"@type":"x/google.protobuf.Int32Value","value":tru}"#,
            49,
            ".any.value",
            "no valid JSON: tru where a value was expected",
        ),
        (
            r#"{"@type":"x/google.protobuf.Empty","value":{"a":1}}"#,
            45,
            ".any.value",
            "unknown field \"a\" in google.protobuf.Empty",
        ),
        (
            r#"{"@type":"x/google.protobuf.Empty","value":5}"#,
            44,
            ".any.value",
            "5 is no google.protobuf.Empty",
        ),
    ]);
    let error = wire_of(kinds(), r#"{"i32":1,"@type":"x/k.Kinds"}"#, Unknown::Refuse).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 10: unknown field \"@type\" in k.Kinds");
}
