//! The view, and that its shortcut says what the long way says.

use proptest::prelude::*;

use super::*;
use crate::query::sample;
use crate::transcode::options::{Defaults, Int64};
use crate::transcode::{JsonInput, JsonOutput, json};

/// The form of JSON that the view is.
fn form() -> JsonOutput {
    JsonOutput { defaults: Defaults::Print, int64: Int64::Number, ..JsonOutput::default() }
}

/// The long way, to compare with.
fn from_wire_by_text(plan: &Plan, wire: &[u8]) -> Result<Val, DataError> {
    let mut json = Vec::with_capacity(2 * wire.len() + 64);
    json::from_wire(plan, wire, form(), &mut json)?;
    jaq_json::read::parse_single(&json).map_err(|error| DataError::new(error.to_string()))
}

/// The long way, to compare with.
fn to_wire_by_text(plan: &Plan, val: &Val, out: &mut Vec<u8>) -> Result<(), DataError> {
    let mut json = Vec::with_capacity(256);
    text::proto(val, &mut json);
    let before = out.len();
    json::to_wire(plan, &json, JsonInput::default(), out).inspect_err(|_| out.truncate(before))
}

fn plan(name: &str) -> Plan {
    Plan::compile(&sample::closure(sample::SHOP), name).expect(name)
}

fn val(json: &str) -> Val {
    jaq_json::read::parse_single(json.as_bytes()).expect(json)
}

#[test]
fn a_message_is_seen_with_defaults_and_numbers() {
    let plan = plan("shop.Item");
    let mut wire = Vec::new();
    to_wire(&plan, &val(r#"{"id":"9007199254740993","kind":"BOOK"}"#), &mut wire).expect("it fits");
    let seen = to_text(&from_wire(&plan, &wire).expect("it is a message")).replace(".0", "");
    assert_eq!(seen, r#"{"id":9007199254740993,"name":"","kind":"BOOK","price":0,"tags":[],"data":""}"#);
}

#[test]
fn what_jq_calculates_is_written_as_the_type_wants_it() {
    let plan = plan("shop.Item");
    for (json, seen) in [
        (r#"{"price":NaN}"#, r#""price":"NaN""#),
        (r#"{"price":-Infinity}"#, r#""price":"-Infinity""#),
        (r#"{"id":3.0}"#, r#""id":3,"#),
        (r#"{"id":1e2}"#, r#""id":100,"#),
        (r#"{"data":b"\x00\xff"}"#, r#""data":"AP8=""#),
        // where a string is meant, bytes are what they print as
        (r#"{"name":b"\x00\xff"}"#, r#""name":"AP8=""#),
        (r#"{"id":"12"}"#, r#""id":12,"#),
        (r#"{"name":null}"#, r#""name":"""#),
    ] {
        let mut wire = Vec::new();
        to_wire(&plan, &val(json), &mut wire).expect(json);
        let mut out = Vec::new();
        json::from_wire(&plan, &wire, form(), &mut out).expect(json);
        let out = String::from_utf8(out).expect("JSON is UTF-8");
        assert!(out.contains(seen), "{json}: {out}");
    }
}

#[test]
fn what_does_not_fit_leaves_nothing_behind() {
    let plan = plan("shop.Item");
    for json in [r#"{"nmae":"x"}"#, r#"{"id":1.5}"#, "3", "[]", r#"{"kind":"CAR"}"#] {
        let mut wire = b"before".to_vec();
        assert!(to_wire(&plan, &val(json), &mut wire).is_err(), "{json}");
        assert_eq!(wire, b"before", "{json}");
    }
    assert!(from_wire(&plan, b"\xff").is_err());
}

#[test]
fn doubles_are_whole_numbers_up_to_the_limits() {
    let plan = all("t.All");
    let written = |json: &str, value: f64| {
        let name = Val::utf8_str(json.to_owned());
        let mut wire = Vec::new();
        let member = [(name, Val::from(value))].into_iter().collect();
        to_wire(&plan, &Val::obj(member), &mut wire).map(|()| wire).ok()
    };
    for (name, value, fits) in [
        ("sfixed64", 9.223_372_036_854_774e18, true),
        ("sfixed64", 9_223_372_036_854_775_808.0, false),
        ("sfixed64", -9_223_372_036_854_775_808.0, true),
        ("sfixed64", -9.223_372_036_854_778e18, false),
        ("fixed64", 1.844_674_407_370_955e19, true),
        ("fixed64", 18_446_744_073_709_551_616.0, false),
        ("fixed64", -1.0, false),
    ] {
        assert_eq!(written(name, value).is_some(), fits, "{name}: {value}");
    }
}

#[test]
fn names_are_utf8() {
    let plan = all("t.All");
    let object = |name: Val, value: Val| Val::obj([(name, value)].into_iter().collect());
    for field in ["counts", "value"] {
        let inner = object(Val::utf8_str(b"\xff".to_vec()), Val::from(1_isize));
        let mut wire = Vec::new();
        let written = to_wire(&plan, &object(Val::utf8_str(field), inner), &mut wire);
        assert!(written.unwrap_err().to_string().contains("is not UTF-8"), "{field}");
        assert!(wire.is_empty(), "{field}");
    }
}

#[test]
fn values_print_as_jq_prints_them() {
    assert_eq!(to_raw_text(&val(r#""a\"b\n""#)), "a\"b\n");
    assert_eq!(to_text(&val(r#"{"a":[1,2.50,NaN,"x\u0001"]}"#)), r#"{"a":[1,2.50,null,"x\u0001"]}"#);
}

/// Every kind of field.
const ALL: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
enum Role { NONE = 0; ADMIN = 1; LOW = -3; }
message City { string zip_code = 1; }
message All {
  double double = 1; float float = 2; int32 int32 = 3; int64 int64 = 4; uint32 uint32 = 5; uint64 uint64 = 6;
  sint32 sint32 = 7; sint64 sint64 = 8; fixed32 fixed32 = 9; fixed64 fixed64 = 10; sfixed32 sfixed32 = 11;
  sfixed64 sfixed64 = 12; bool bool = 13; string str_ing = 14; bytes bytes = 15; Role role = 16; City city = 17;
  repeated double doubles = 21; repeated float floats = 22; repeated int32 ints = 23; repeated sint64 sints = 24;
  repeated fixed32 fixeds = 25; repeated bool bools = 26; repeated string strings = 27; repeated bytes bits = 28;
  repeated Role roles = 29; repeated City cities = 30; repeated int64 loose = 31 [packed = false];
  optional int32 maybe = 32; optional string perhaps = 33; optional Role either = 34;
  oneof pick { string left = 35; int32 right = 36; City side = 37; }
  map<string, int32> counts = 38; google.protobuf.Timestamp time = 39; google.protobuf.NullValue nil = 40;
  All all = 41; repeated All alls = 42; google.protobuf.Value value = 43;
}
message Plain { string name = 1; int64 page_size = 2; City city = 3; repeated string tags = 4; bool on = 5; }
"#;

fn all(name: &str) -> Plan {
    Plan::compile(&sample::closure(ALL), name).expect(name)
}

/// Names of fields, right and wrong.
const NAMES: [&str; 46] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64",
    "sfixed32", "sfixed64", "bool", "strIng", "str_ing", "bytes", "role", "city", "doubles", "floats",
    "ints", "sints", "fixeds", "bools", "strings", "bits", "roles", "cities", "loose", "maybe", "perhaps",
    "either", "left", "right", "side", "counts", "time", "all", "alls", "value", "nope", "zip_code",
    "zipCode", "ints", "loose", "nil",
];

fn scalar() -> BoxedStrategy<Val> {
    prop_oneof![
        Just(Val::Null),
        any::<bool>().prop_map(Val::from),
        prop_oneof![-3..3_isize, any::<isize>(), any::<i32>().prop_map(|n| n as isize)].prop_map(Val::from),
        prop_oneof![any::<f64>(), -2.0..2.0, Just(0.0), Just(-0.0), Just(3.0)].prop_map(Val::from),
        "[a-z\u{0}-\u{20}é\"]{0,6}".prop_map(Val::from),
        "ADMIN|LOW|NONE|NaN|12|1e2|AAE=|2020-01-01T00:00:00Z".prop_map(Val::from),
        prop::collection::vec(any::<u8>(), 0..4).prop_map(Val::byte_str),
        "-?[1-9][0-9]{0,19}(\\.[0-9]{1,3})?".prop_map(|n| Val::from_number(&n)),
    ]
    .boxed()
}

/// A value that a field of this name takes, as a rule.
fn fitting(name: &str, inner: BoxedStrategy<Val>) -> BoxedStrategy<Val> {
    let integer = || (-3..300_isize).prop_map(Val::from).boxed();
    let double = || any::<f64>().prop_map(Val::from).boxed();
    let truth = || any::<bool>().prop_map(Val::from).boxed();
    let text = || "\\PC{0,9}".prop_map(Val::from).boxed();
    let bytes = || prop::collection::vec(any::<u8>(), 0..9).prop_map(Val::byte_str).boxed();
    let role = || "ADMIN|LOW|NONE".prop_map(Val::from).boxed();
    let city = || {
        let object = |zip| Val::obj(Map::from_iter([(Val::from("zipCode".to_owned()), zip)]));
        prop_oneof![Just(Val::obj(Map::default())), text().prop_map(object)].boxed()
    };
    let many = |one: BoxedStrategy<Val>| {
        prop::collection::vec(one, 0..4).prop_map(|items| Val::Arr(items.into())).boxed()
    };
    match name {
        "double" | "float" => double(),
        "bool" => truth(),
        "strIng" | "str_ing" | "perhaps" | "left" => text(),
        "bytes" => bytes(),
        "role" | "either" => role(),
        "city" | "side" => city(),
        "doubles" | "floats" => many(double()),
        "ints" | "sints" | "fixeds" | "loose" => many(integer()),
        "bools" => many(truth()),
        "strings" => many(text()),
        "bits" => many(bytes()),
        "roles" => many(role()),
        "cities" => many(city()),
        "all" => inner,
        "alls" => many(inner),
        _ => integer(),
    }
}

/// Objects that are often messages of `t.All`, and often nearly so.
fn object() -> BoxedStrategy<Val> {
    let empty = Just(Val::obj(Map::default())).boxed();
    empty
        .prop_recursive(3, 24, 4, |inner| {
            let member = prop::sample::select(&NAMES[..]).prop_flat_map(move |name| {
                let odd = prop_oneof![
                    scalar(),
                    prop::collection::vec(scalar(), 0..3).prop_map(|v| Val::Arr(v.into()))
                ];
                let value = prop_oneof![30 => fitting(name, inner.clone()), 1 => odd];
                value.prop_map(move |value| (Val::from(name.to_owned()), value))
            });
            prop::collection::vec(member, 0..6).prop_map(|members| Val::obj(members.into_iter().collect()))
        })
        .boxed()
}

fn written(
    by: fn(&Plan, &Val, &mut Vec<u8>) -> Result<(), DataError>,
    val: &Val,
) -> Result<Vec<u8>, DataError> {
    let mut wire = Vec::new();
    // Values have no lines and columns.
    let placeless =
        |error: DataError| DataError::new(error.message()).within(error.path().unwrap_or_default());
    by(&ALL_PLAN, val, &mut wire).map(|()| wire).map_err(placeless)
}

/// The order of members and the form of numbers are seen too.
fn seen(by: fn(&Plan, &[u8]) -> Result<Val, DataError>, wire: &[u8]) -> Result<String, DataError> {
    by(&ALL_PLAN, wire).map(|val| format!("{val:?}"))
}

static ALL_PLAN: std::sync::LazyLock<Plan> = std::sync::LazyLock::new(|| all("t.All"));

proptest! {
    #[test]
    fn the_shortcut_writes_what_the_long_way_writes(val in object()) {
        prop_assert_eq!(written(to_wire, &val), written(to_wire_by_text, &val));
    }

    #[test]
    fn the_shortcut_reads_what_the_long_way_reads(one in object(), other in object(), cut in 0..40_usize, byte: u8) {
        let wire = written(to_wire_by_text, &one).unwrap_or_default();
        prop_assert_eq!(seen(from_wire, &wire), seen(from_wire_by_text, &wire));
        // Then what is out of order, cut off and broken.
        let mut both = [wire, written(to_wire_by_text, &other).unwrap_or_default()].concat();
        prop_assert_eq!(seen(from_wire, &both), seen(from_wire_by_text, &both));
        if let Some(at) = cut.checked_rem(both.len()) {
            both[at] = byte;
            prop_assert_eq!(seen(from_wire, &both), seen(from_wire_by_text, &both));
            both.truncate(at);
            prop_assert_eq!(seen(from_wire, &both), seen(from_wire_by_text, &both));
        }
    }

    #[test]
    fn the_shortcut_reads_garbage_as_the_long_way_does(tag in 0..0x180_u32, rest: Vec<u8>) {
        let mut wire = Vec::new();
        prost::encoding::encode_varint(u64::from(tag), &mut wire);
        wire.extend(rest);
        prop_assert_eq!(seen(from_wire, &wire), seen(from_wire_by_text, &wire));
    }
}

#[test]
fn unusual_encodings_are_read_as_the_long_way_reads_them() {
    let wires: [&[u8]; 9] = [
        b"\x68\x02",                                     // a bool that is 2
        b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // int32: -1 in ten bytes
        b"\x28\xff\xff\xff\xff\x7f",                     // uint32: more than 32 bits
        b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // uint64: its largest
        b"\x3a\x00",                                     // a scalar with the wire type of a chunk
        b"\xb8\x01\x01\xb8\x01\x02\xba\x01\x01\x03",     // a packed list, loose and then packed
        b"\xfa\x01\x02\x01\x02",                         // a loose list, packed
        b"\x80\x01\x09",                                 // an enum's number without a name
        b"\x9a\x02\x00\xa0\x02\x01",                     // two members of a oneof
    ];
    for wire in wires {
        assert_eq!(seen(from_wire, wire), seen(from_wire_by_text, wire), "{wire:x?}");
    }
}

#[test]
fn a_value_is_read_from_json_and_written_in_order() {
    let val = from_json("{\"b\": [1, {\"d\": null, \"c\": \"x\"}], \"a\": 1e2}").unwrap();
    let shown = |members| {
        let mut out = b">".to_vec();
        write(&val, members, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(shown(Members::AsTheyCame), ">{\"b\":[1,{\"d\":null,\"c\":\"x\"}],\"a\":1e2}");
    assert_eq!(shown(Members::Sorted), ">{\"a\":1e2,\"b\":[1,{\"c\":\"x\",\"d\":null}]}");
    assert_eq!((as_text(&from_json("\"a\\n\"").unwrap()), as_text(&val)), (Some(&b"a\n"[..]), None));
    for bad in ["", "{", "1 2", "{1:2}", &"[".repeat(300), "x"] {
        assert!(from_json(bad).is_err(), "{bad}");
    }
}

#[test]
fn metadata_has_each_name_once() {
    let mut map = tonic::metadata::MetadataMap::new();
    for entry in ["a: 1", "b-bin: AQI=", "a: 2"] {
        metadata::parse(entry, &mut map).unwrap();
    }
    assert_eq!(to_text(&from_metadata(&map)), "{\"a\":\"1, 2\",\"b-bin\":\"AQI\"}");
}
