//! Closures and plans for this room's tests, compiled from .proto text.

use super::Plan;
pub(super) use crate::schema::sample::closure;

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

/// The plan of `t.All`, made once a test run.
pub(super) fn all() -> &'static Plan {
    static PLAN: std::sync::OnceLock<Plan> = std::sync::OnceLock::new();
    PLAN.get_or_init(|| Plan::compile(&closure(ALL), "t.All").unwrap())
}

/// The plan of `old.Base`.
pub(super) fn old() -> Plan {
    Plan::compile(&closure(OLD), "old.Base").unwrap()
}
