//! The type that the tests of text format read and write.

use crate::transcode::Plan;
use crate::transcode::testing::closure;

/// What only proto2 has, and one field of each kind.
const TWO: &str = r#"
    syntax = "proto2";
    package two;
    import "google/protobuf/any.proto";
    enum Color { RED = 0; GREEN = 1; BLUE = -2; infinity = 7; true = 8; }
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
        optional Color color = 12;
        optional float small = 13;
        optional double wide = 14;
        optional string text = 15;
        optional bytes raw = 16;
        optional group Data = 17 { optional int32 inner_value = 1; }
        repeated int32 many = 18;
        repeated int32 packed = 19 [packed = true];
        repeated fixed32 fixed = 20 [packed = true];
        repeated group Row = 21 { optional string cell = 1; }
        map<string, Kinds> by_name = 22;
        map<int32, Color> colors = 23;
        optional Set set = 24;
        optional google.protobuf.Any any = 25;
        optional Needs needs = 26;
        optional Kinds deeper = 27;
        repeated Color palette = 28;
        oneof pick { string left = 29; Kinds right = 30; group Third = 31 {} }
        optional int32 user_id = 32;
        optional string shadow = 33 [json_name = "shadowed"];
        optional string shadowed = 34 [json_name = "shadow"];
        reserved 90 to 92;
        reserved "gone", "gone_too";
        extensions 100 to 200;
    }
    message Needs {
        required int32 a = 1;
        optional Needs more = 2;
        required string b = 3;
        map<bool, Needs> by = 4;
    }
    message Set { option message_set_wire_format = true; extensions 4 to max; }
    message Member {
        extend Set { optional Member member = 1547769; }
        optional int32 i = 5;
    }
    message Other {}
    extend Set { optional Other other = 536870911; }
    extend Kinds {
        optional int32 level = 100;
        repeated int32 levels = 101 [packed = true];
        repeated Kinds kinds = 102;
        optional group Extra = 103 { optional int32 x = 1; }
    }
    message Scope { extend Kinds { optional Color shade = 110; } }
"#;

/// The plan of `two.Kinds`, made once a test run.
pub(super) fn kinds() -> &'static Plan {
    static PLAN: std::sync::OnceLock<Plan> = std::sync::OnceLock::new();
    PLAN.get_or_init(|| Plan::compile(&closure(TWO), "two.Kinds").unwrap())
}
