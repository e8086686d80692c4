//! Made-up values keep to buf.validate and validate.rules, and to what google.api says of names.

use bytes::Bytes;
use serde_json::Value;
use tonic::metadata::MetadataMap;

use crate::query::{sample, view};
use crate::rules::{Automatic, CallView};
use crate::schema::{Method, Shape};

/// The options that are read, as far as these tests use them, with the numbers that they have.
const OPTIONS: &str = r"
message FieldRules {
  FloatRules float = 1; IntRules int32 = 3; IntRules int64 = 4; UintRules uint64 = 6; SintRules sint32 = 7;
  Const bool = 13; StringRules string = 14; BytesRules bytes = 15; EnumRules enum = 16; RepeatedRules repeated = 18;
  MapRules map = 19; DurationRules duration = 21; TimestampRules timestamp = 22; Cel cel = 23; optional bool required = 25;
}
message FloatRules { optional float lt = 2; optional float lte = 3; optional float gt = 4; optional float gte = 5; }
message IntRules { optional int64 const = 1; optional int64 lt = 2; optional int64 lte = 3; optional int64 gt = 4; optional int64 gte = 5; repeated int64 in = 6 [packed = false]; repeated int64 not_in = 7 [packed = false]; }
message UintRules { optional uint64 gte = 5; }
message SintRules { optional sint32 lte = 3; optional sint32 gte = 5; }
message Const { optional bool const = 1; }
message StringRules { optional string const = 1; optional uint64 min_len = 2; optional uint64 max_len = 3; optional string pattern = 6; optional string prefix = 7; optional string suffix = 8; optional string contains = 9; repeated string in = 10; optional bool email = 12; optional bool ipv6 = 16; optional bool uuid = 22; optional uint64 len = 19; }
message BytesRules { optional uint64 len = 13; optional bytes prefix = 5; }
message EnumRules { optional int32 const = 1; repeated int32 in = 3 [packed = false]; repeated int32 not_in = 4 [packed = false]; }
message RepeatedRules { optional uint64 min_items = 1; optional uint64 max_items = 2; optional FieldRules items = 4; }
message MapRules { optional uint64 min_pairs = 1; optional FieldRules keys = 4; optional FieldRules values = 5; }
message DurationRules { optional google.protobuf.Duration lte = 4; }
message TimestampRules { optional google.protobuf.Timestamp gte = 6; optional bool gt_now = 8; }
message Cel { string id = 1; }
message Resource { string type = 1; repeated string pattern = 2; }
message Reference { string type = 1; }
message Info { int32 format = 1; }
extend google.protobuf.FieldOptions {
  FieldRules field = 1159;
  FieldRules rules = 1071;
  repeated int32 behavior = 1052 [packed = false];
  Info info = 291403980;
  Reference reference = 1055;
}
extend google.protobuf.MessageOptions { Resource resource = 1053; }
message Empty {}
";

/// The made-up reply of a method that returns a message with these fields.
fn made(fields: &str) -> (Value, Vec<String>) {
    let text = format!(
        "syntax = \"proto3\"; package t;
        import \"google/protobuf/descriptor.proto\"; import \"google/protobuf/duration.proto\";
        import \"google/protobuf/timestamp.proto\"; {OPTIONS}
        enum E {{ ZERO = 0; ONE = 1; TWO = 2; THREE = 3; }}
        message Topic {{ option (resource) = {{type: \"t/Topic\", pattern: \"projects/{{project}}/topics/{{topic}}\"}}; string name = 1; }}
        message M {{ {fields} }}"
    );
    let method = Method::new("t.S", "M", "t.Empty", "t.M", Shape::Unary, sample::closure(&text));
    let automatic = Automatic::new(&method, 7).expect("the types are there");
    let (metadata, requests) = (MetadataMap::new(), [Bytes::new()]);
    let call = CallView { requests: &requests, number: 1, ..CallView::new(&metadata, &"") };
    let answer = automatic.answer(&call);
    let plan = crate::transcode::Plan::of_method(&method).expect("a plan").1;
    let reply = view::from_wire(&plan, &answer.messages[0]).expect("a message");
    (serde_json::from_str(&view::to_text(&reply)).expect("JSON"), answer.notes)
}

fn value(declaration: &str) -> Value {
    let (reply, notes) = made(declaration);
    assert!(notes.is_empty(), "{declaration}: {notes:?}");
    reply["v"].clone()
}

#[test]
fn numbers_are_within_their_bounds() {
    for (declaration, low, high) in [
        ("int32 v = 1 [(field).int32 = {gte: 5000, lt: 5003}];", 5000.0, 5002.0),
        ("int32 v = 1 [(field).int32 = {lt: -20}];", f64::MIN, -21.0),
        ("int64 v = 1 [(field).int64 = {gt: 9000}];", 9001.0, f64::MAX),
        ("sint32 v = 1 [(field).sint32 = {gte: -3, lte: -2}];", -3.0, -2.0),
        ("float v = 1 [(field).float = {gt: 0, lt: 1}];", 0.000_1, 0.999),
        ("float v = 1 [(field).float = {lte: -1}];", f64::MIN, -1.0),
        ("int32 v = 1 [(rules).int32 = {in: [77, 78]}];", 77.0, 77.0),
        ("int32 v = 1 [(rules).int32 = {const: -4}];", -4.0, -4.0),
        ("int32 v = 1 [(rules).int32 = {gte: 1, lte: 3, not_in: [1, 2]}];", 3.0, 3.0),
    ] {
        let v = value(declaration);
        let v = v.as_f64().unwrap_or_else(|| panic!("{declaration}: {v}"));
        assert!((low..=high).contains(&v), "{declaration}: {v}");
    }
    let large = value("uint64 v = 1 [(field).uint64 = {gte: 18446744073709551000}];");
    assert!(large.to_string().starts_with("18446744073709551"), "{large}");
}

#[test]
fn texts_have_the_form_and_the_length_that_is_wanted() {
    for (declaration, expression) in [
        ("string v = 1 [(field).string = {const: \"x\"}];", "^x$"),
        ("string v = 1 [(field).string = {in: [\"red\", \"green\"]}];", "^red$"),
        ("string v = 1 [(field).string = {min_len: 40}];", "^.{40,}$"),
        ("string v = 1 [(field).string = {max_len: 2}];", "^.{1,2}$"),
        ("string v = 1 [(field).string = {len: 9}];", "^.{9}$"),
        (
            "string v = 1 [(field).string = {prefix: \"ab\", suffix: \"yz\", contains: \"mm\", max_len: 8}];",
            "^ab..?mmyz$",
        ),
        ("string v = 1 [(field).string = {pattern: \"^[A-Z]{3}-[0-9]{4}$\"}];", "^[A-Z]{3}-[0-9]{4}$"),
        ("string v = 1 [(rules).string = {email: true}];", "^v-[0-9]+@example[.]com$"),
        ("string v = 1 [(rules).string = {ipv6: true}];", "^2001:db8::[0-9a-f]+$"),
        ("string v = 1 [(field).string = {uuid: true}];", "^[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}$"),
        ("string v = 1 [(info) = {format: 1}];", "^[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}$"),
        (
            "string v = 1 [(reference) = {type: \"t/Topic\"}];",
            "^projects/project-[0-9]+/topics/topic-[0-9]+$",
        ),
        ("google.protobuf.Duration v = 1 [(field).duration = {lte: {nanos: 5}}];", "^-?[0-9.]+s$"),
        (
            "google.protobuf.Timestamp v = 1 [(field).timestamp = {gte: {seconds: 4102444800}}];",
            "^2100-01-01T",
        ),
    ] {
        let v = value(declaration);
        let text = v.as_str().unwrap_or_else(|| panic!("{declaration}: {v}"));
        let found = regex_automata::meta::Regex::builder()
            .syntax(regex_automata::util::syntax::Config::new().unicode(false).utf8(false))
            .build(expression)
            .expect(expression)
            .is_match(text);
        assert!(found, "{declaration}: {text}");
    }
    assert_eq!(value("bool v = 1 [(field).bool = {const: true}];"), true);
    assert_eq!(
        value("bytes v = 1 [(field).bytes = {len: 3, prefix: \"ab\"}];").as_str().map(str::len),
        Some(4)
    );
}

#[test]
fn lists_maps_and_enums_keep_their_rules() {
    assert_eq!(value("E v = 1 [(field).enum = {const: 3}];"), "THREE");
    assert_eq!(value("E v = 1 [(field).enum = {not_in: [1, 2]}];"), "THREE");
    assert_eq!(
        value("repeated E v = 1 [(field).repeated = {items: {enum: {in: [2, 3]}}}];"),
        serde_json::json!(["TWO", "THREE"])
    );
    let list = value(
        "repeated int32 v = 1 [(field).repeated = {min_items: 5, items: {int32: {gte: 100, lte: 109}}}];",
    );
    let list = list.as_array().expect("a list");
    assert!(
        list.len() == 5 && list.iter().all(|n| (100..=109).contains(&n.as_i64().unwrap_or(0))),
        "{list:?}"
    );
    assert_eq!(
        value("repeated int32 v = 1 [(field).repeated = {max_items: 1}];").as_array().map(Vec::len),
        Some(1)
    );
    let map = value(
        "map<string, int32> v = 1 [(field).map = {min_pairs: 3, keys: {string: {prefix: \"k\"}}, values: {int32: {lt: 0}}}];",
    );
    let map = map.as_object().expect("a map");
    assert!(map.len() == 3 && map.iter().all(|(k, v)| k.starts_with('k') && v.as_i64() < Some(0)), "{map:?}");
}

#[test]
fn what_is_for_requests_is_left_out_and_resources_have_names() {
    assert_eq!(value("string v = 1 [(behavior) = 4];"), "");
    let name = value("Topic v = 1;")["name"].clone();
    assert!(name.as_str().is_some_and(|name| name.starts_with("projects/project-")), "{name}");
}

#[test]
fn what_is_not_kept_is_named() {
    let (_, notes) = made("int32 v = 1 [(field).cel = {id: \"x\"}];");
    assert_eq!(notes, ["the made-up reply of t.S/M does not keep the cel rule of t.M.v"]);
    let (_, notes) = made("string v = 1 [(field).string = {pattern: \"a\\\\bc\"}];");
    assert_eq!(notes, ["the made-up reply of t.S/M does not keep the pattern rule of t.M.v"]);
    let (_, notes) = made("google.protobuf.Timestamp v = 1 [(field).timestamp = {gt_now: true}];");
    assert_eq!(notes, ["the made-up reply of t.S/M does not keep the present time rule of t.M.v"]);
}
