//! Closures, plans and wire bytes for this room's tests, compiled from text.

mod protoscope;

use std::sync::OnceLock;

use proptest::prelude::*;

use super::options::Unknown;
use super::{DataError, JsonInput, JsonOutput, Plan, json};
pub(super) use crate::schema::sample::closure;
pub(super) use protoscope::{behind_length, wire};

/// A type for everything.
pub(super) const ALL: &str = r#"
    syntax = "proto3";
    package t;
    import "google/protobuf/any.proto";
    import "google/protobuf/duration.proto";
    import "google/protobuf/struct.proto";
    import "google/protobuf/timestamp.proto";
    import "google/protobuf/wrappers.proto";
    import "google/protobuf/empty.proto";
    enum Role { NONE = 0; ADMIN = 1; GUEST = 2; }
    message City { string name = 1; int32 zip_code = 2; City twin = 3; }
    message All {
        string name = 1;
        int32 age = 2;
        int64 big = 3;
        double ratio = 4;
        float small = 5;
        bool on = 6;
        bytes raw = 7;
        Role role = 8;
        City address = 9;
        repeated string tags = 10;
        repeated City cities = 11;
        map<string, int32> counts = 12;
        map<int32, City> by_id = 13;
        google.protobuf.Timestamp expires = 14;
        google.protobuf.Duration ttl = 15;
        google.protobuf.Int32Value maybe = 16;
        google.protobuf.Value anything = 17;
        google.protobuf.Struct config = 18;
        google.protobuf.Any any = 19;
        oneof pick { string left = 20; City right = 21; }
        optional string nick_name = 22;
        repeated Role roles = 23;
        uint64 huge = 24;
        google.protobuf.BytesValue blob = 25;
        google.protobuf.ListValue list = 26;
        google.protobuf.Empty nothing = 27;
        repeated google.protobuf.Value values = 28;
        map<bool, string> flags = 29;
    }
"#;

/// A type with what only proto2 has.
pub(super) const OLD: &str = r#"
    syntax = "proto2";
    package old;
    message Base { optional string name = 1; extensions 100 to 200; }
    extend Base { optional int32 level = 100; repeated string notes = 101; optional Base inner = 102; }
"#;

/// Every kind of field in every place, with what only proto2 has: closed enums, groups, required fields, sets.
pub(super) const KINDS: &str = r#"
    syntax = "proto2";
    package k;
    import "google/protobuf/any.proto";
    import "google/protobuf/duration.proto";
    import "google/protobuf/field_mask.proto";
    import "google/protobuf/struct.proto";
    import "google/protobuf/timestamp.proto";
    import "google/protobuf/wrappers.proto";
    import "google/protobuf/empty.proto";
    enum Color { option allow_alias = true; RED = 1; CRIMSON = 1; GREEN = 2; BLUE = -3; }
    message Leaf {
        optional int32 a = 1;
        optional string b = 2;
        repeated int32 c = 3 [packed = true];
        optional Leaf leaf = 4;
        map<string, Leaf> by = 5;
        oneof pick { int32 left = 6; Leaf right = 7; }
    }
    message Needs { required int32 a = 1; optional Needs more = 2; required string b = 3; repeated Needs all = 4; }
    message Set { option message_set_wire_format = true; extensions 4 to max; }
    message Member { extend Set { optional Member member = 1547769; } optional int32 i = 5; optional Set set = 6; }
    message Other { extend Set { optional Other other = 536870911; } optional string s = 1; }
    message Kinds {
        optional int32 i32 = 1;
        optional int64 i64 = 2;
        optional uint32 u32 = 3;
        optional uint64 u64 = 4;
        optional sint32 s32 = 5;
        optional sint64 s64 = 6;
        optional fixed32 f32 = 7;
        optional fixed64 f64 = 8;
        optional sfixed32 sf32 = 9;
        optional sfixed64 sf64 = 10;
        optional bool on = 11;
        optional float small = 12;
        optional double wide = 13;
        optional string text = 14;
        optional bytes raw = 15;
        optional Color color = 16;
        optional Leaf leaf = 17;
        optional group Data = 18 { optional int32 a = 1; optional Leaf leaf = 2; optional Kinds in = 3; }
        repeated int32 many = 19;
        repeated int32 packed = 20 [packed = true];
        repeated sint64 zigzags = 21 [packed = true];
        repeated fixed32 fixed = 22 [packed = true];
        repeated double doubles = 23;
        repeated bool bits = 24 [packed = true];
        repeated string texts = 25;
        repeated Leaf leaves = 26;
        repeated group Row = 27 { optional string cell = 1; optional group Col = 2 { optional int32 n = 1; } }
        repeated Color colors = 28;
        repeated Color hues = 29 [packed = true];
        oneof pick {
            int32 number = 30;
            string word = 31;
            Leaf sub = 32;
            Color shade = 33;
            group Third = 34 { optional int32 a = 1; }
            google.protobuf.NullValue nothing = 35;
        }
        map<string, int32> counts = 36;
        map<int32, Leaf> by_id = 37;
        map<string, Color> shades = 38;
        map<bool, string> flags = 39;
        map<int64, bytes> m_i64 = 40;
        map<uint32, int32> m_u32 = 41;
        map<uint64, int32> m_u64 = 42;
        map<sint32, int32> m_s32 = 43;
        map<sint64, int32> m_s64 = 44;
        map<fixed32, int32> m_f32 = 45;
        map<fixed64, int32> m_f64 = 46;
        map<sfixed32, int32> m_sf32 = 47;
        map<sfixed64, double> m_sf64 = 48;
        map<string, google.protobuf.Value> m_value = 49;
        optional Set set = 50;
        optional google.protobuf.Any any = 51;
        optional google.protobuf.Struct config = 52;
        optional google.protobuf.Value anything = 53;
        optional google.protobuf.ListValue list = 54;
        optional google.protobuf.Timestamp at = 55;
        optional google.protobuf.Duration ttl = 56;
        optional google.protobuf.FieldMask mask = 57;
        optional google.protobuf.Int32Value maybe = 58;
        optional google.protobuf.StringValue perhaps = 59;
        optional google.protobuf.Empty empty = 60;
        optional google.protobuf.NullValue null = 61;
        optional Needs needs = 62;
        map<int32, Needs> needed = 63;
        repeated google.protobuf.Value values = 64;
        repeated google.protobuf.Int64Value maybes = 65;
        repeated google.protobuf.NullValue nulls = 66;
        optional Kinds deeper = 67;
        repeated google.protobuf.Any anys = 68;
        optional google.protobuf.BytesValue blob = 69;
        optional google.protobuf.DoubleValue real = 70;
        map<string, Kinds> kinds = 71;
        extensions 100 to 200;
        repeated int32 tail = 536870911 [packed = true];
    }
    extend Kinds {
        optional int32 level = 100;
        repeated int32 levels = 101 [packed = true];
        repeated Kinds kinds = 102;
        optional group Extra = 103 { optional int32 x = 1; }
        optional Color tone = 104;
    }
    message Scope { extend Kinds { repeated string notes = 110; } }
"#;

/// The same for what only proto3 has: no presence, open enums.
pub(super) const OPEN: &str = r#"
    syntax = "proto3";
    package o;
    enum Color { option allow_alias = true; NONE = 0; RED = 1; CRIMSON = 1; GREEN = 2; BLUE = -3; }
    message Leaf { int32 a = 1; string b = 2; }
    message Open {
        int32 i32 = 1;
        uint64 u64 = 2;
        sint32 s32 = 3;
        fixed32 f32 = 4;
        sfixed64 sf64 = 5;
        bool on = 6;
        float small = 7;
        double wide = 8;
        string text = 9;
        bytes raw = 10;
        Color color = 11;
        Leaf leaf = 12;
        repeated int32 many = 13;
        repeated Color colors = 14;
        oneof pick { int32 number = 15; string word = 16; Color shade = 17; Leaf sub = 18; }
        optional int32 maybe = 19;
        optional Color perhaps = 20;
        map<string, Color> shades = 21;
        map<int32, Leaf> by_id = 22;
        repeated int32 loose = 23 [packed = false];
        Open deeper = 24;
        repeated int32 tail = 536870911;
    }
"#;

/// The plan of `k.Kinds`, made once a test run.
pub(super) fn kinds() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| Plan::compile(&closure(KINDS), "k.Kinds").unwrap())
}

/// The plan of `o.Open`, made once a test run.
pub(super) fn open() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| Plan::compile(&closure(OPEN), "o.Open").unwrap())
}

/// The plan of `t.All`, made once a test run.
pub(super) fn all() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| Plan::compile(&closure(ALL), "t.All").unwrap())
}

/// The plan of `old.Base`.
pub(super) fn old() -> Plan {
    Plan::compile(&closure(OLD), "old.Base").unwrap()
}

/// What the wire bytes are as JSON.
pub(super) fn json_of(plan: &Plan, wire: &[u8], options: JsonOutput) -> Result<String, DataError> {
    let mut out = b"before".to_vec();
    let read = json::from_wire(plan, wire, options, &mut out);
    let text = String::from_utf8(out.split_off(6)).unwrap();
    assert!(out == b"before" && (read.is_ok() || text.is_empty()), "{text}");
    read.map(|()| text)
}

/// The wire bytes of a message in JSON.
pub(super) fn wire_of(plan: &Plan, text: &str, unknown: Unknown) -> Result<Vec<u8>, DataError> {
    let mut out = b"before".to_vec();
    let read = json::to_wire(plan, text.as_bytes(), JsonInput { unknown }, &mut out);
    let wire = out.split_off(6);
    assert!(out == b"before" && (read.is_ok() || wire.is_empty()), "{wire:?}");
    read.map(|()| wire)
}

/// The wire bytes as they are when they are written again, which changes nothing more when it is done once more.
pub(super) fn rewritten(plan: &Plan, wire: &[u8]) -> Result<Vec<u8>, DataError> {
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    plan.rewrite(wire, &mut once)?;
    plan.rewrite(&once, &mut twice)?;
    assert_eq!(once, twice, "of {wire:?}");
    Ok(once)
}

/// Fields of every kind, each of which ends where the next begins.
pub(super) const PIECES: &[&str] = &[
    "1: 300",
    "6: 3",
    "7: 1i32",
    "10: -1i64",
    "11: 1",
    "12: 1065353216i32",
    "13: 1i64",
    "14: \"text\"",
    "15: \"raw\"",
    "16: 2",
    "17: { 1: 1 2: \"b\" 3: { 1 2 } 4: { 1: 2 } }",
    "18: !{ 1: 1 2: { 1: 1 } }",
    "19: 300",
    "20: { 1 300 }",
    "22: { 1i32 2i32 }",
    "25: \"a\"",
    "26: { 1: 1 }",
    "27: !{ 1: \"a\" 2: !{ 1: 1 } }",
    "28: 9",
    "29: { 1 9 }",
    "32: { 1: 300 }",
    "36: { 1: \"a\" 2: 300 }",
    "37: { 1: 1 2: { 1: 1 } }",
    "38: { 1: \"a\" 2: 9 }",
    "50: { 1: !{ 2: 1547769 3: { 5: 300 } } }",
    "51: { 1: \"x/k.Leaf\" 2: { 1: 1 } }",
    "52: { 1: { 1: \"a\" 2: { 2: 1i64 } } }",
    "53: { 6: { 1: { 4: 1 } } }",
    "55: { 1: 300 2: 5 }",
    "57: { 1: \"a_b\" }",
    "58: { 1: 300 }",
    "62: { 1: 1 3: \"b\" }",
    "99: !{ 1: 300 2: \"a\" }",
    "101: { 1 2 }",
    "103: !{ 1: 300 }",
];

/// How the fields of a message stand on the wire, all of it valid; as Protoscope.
pub(super) fn fields() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES).prop_map(str::to_owned);
    let more = prop::sample::select(vec![
        "1: 0",
        "16: 9",
        "16: 1",
        "17: { 5: { 1: \"k\" 2: { 1: 1 } } }",
        "17: { 6: 1 }",
        "17: { 7: { 1: 1 } 1: 2 }",
        "20: 5",
        "19: { 1 2 }",
        "30: 5",
        "31: \"w\"",
        "33: 2",
        "33: 9",
        "34: !{ 1: 1 }",
        "36: { 2: 5 }",
        "36: { 1: \"b\" }",
        "37: { 1: 1 2: { 2: \"b\" } }",
        "38: { 1: \"a\" 2: 2 }",
        "53: { 3: \"a\" }",
        "53: { 5: { 1: { 1: \"a\" 2: { 4: 1 } } } }",
        "58: { }",
        "62: { 2: { 1: 1 } }",
        "99: 5",
        "536870911: { 1 }",
    ])
    .prop_map(str::to_owned);
    let fields = prop::collection::vec(prop_oneof![piece, more], 0..10).prop_map(|pieces| pieces.join(" "));
    fields.prop_recursive(3, 40, 4, |inner| {
        let within = prop_oneof![
            inner.clone().prop_map(|inner| format!("67: {{ {inner} }}")),
            inner.clone().prop_map(|inner| format!("18: !{{ 3: {{ {inner} }} }}")),
            inner.clone().prop_map(|inner| format!("102: {{ {inner} }}")),
            inner.prop_map(|inner| format!("71: {{ 1: \"k\" 2: {{ {inner} }} }}")),
        ];
        prop::collection::vec(within, 1..4).prop_map(|pieces| pieces.join(" "))
    })
}
