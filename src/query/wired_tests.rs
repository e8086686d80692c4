//! Plans against the long way: the same bytes, or none.

use futures_util::FutureExt as _;
use proptest::prelude::*;
use prost::encoding::encode_varint;

use super::super::straight::MOST_TEXT;
use super::*;
use crate::query::{Limits, Origin};
use crate::schema::Schema;

const PROTO: &str = r#"
syntax = "proto3";
service S { rpc Do(In) returns (Out); }
message In { string name = 1; int32 n = 2; int64 id = 3; uint32 u = 4; uint64 big = 5; sint32 s = 6; sint64 z = 7;
  bool on = 8; Inner inner = 9; optional string maybe = 10; oneof one { string a = 11; string b = 12; }
  bytes data = 13; double d = 14; repeated string tags = 15; string long_name = 16; }
message Inner { string name = 1; int64 id = 2; Inner inner = 3; }
message Out { string text = 1; int32 n = 2; int64 id = 3; uint32 u = 4; uint64 big = 5; sint32 s = 6; sint64 z = 7;
  bool on = 8; Out inner = 9; optional string maybe = 10; optional int64 count = 11; oneof one { string a = 12; string b = 13; }
  repeated string tags = 14; map<string, string> labels = 15; string long_name = 16; }
"#;

/// Programs that are plans.
const WIRED: [&str; 20] = [
    "{}",
    "{text: .name}",
    r#"{text: "Hello, \(.name)!"}"#,
    r#"{text: "\(.name)\(.name)", maybe: .name, id: .id}"#,
    "{n: .n, id, u: .u, big: .big, s: .s, z: .z, on: .on}",
    r#"{text: "\(.n) \(.id) \(.u) \(.big) \(.s) \(.z) \(.on)"}"#,
    "{count: .id, maybe: .name}",
    "{text: .inner.name}",
    "{text: .inner.inner.name, id: .inner.id, maybe: .inner.name}",
    r#"{inner: {text: .name, inner: {id: .id, text: "x"}}}"#,
    "{inner: {}}",
    "{inner: {inner: {text: .inner.name}}, text: .name}",
    r#"{labels: {a: "b"}, text: .name, n: 7}"#,
    r#"{maybe: "", text: ""}"#,
    "{n: 0, count: 0}",
    "{text: .maybe}",
    "{longName: .longName}",
    r#"{text: "\u00e9\(.name)"}"#,
    "{id: .id, text: .name, n: .n}",
    r#"{inner: {inner: {text: "\(.name)\(.name)\(.name)\(.name)\(.name)\(.name)\(.name)\(.name)\(.name)\(.name)"}}}"#,
];

/// Straight programs that are none: what becomes of them jq says.
const OTHERS: [&str; 19] = [
    ".",
    r#""text""#,
    "{text: .id}",
    "{n: .id}",
    "{text: .nope}",
    "{nope: .name}",
    "{text: .a}",
    "{a: .name}",
    "{text: .inner}",
    "{inner: .inner}",
    "{text: .data}",
    "{text: .d}",
    "{tags: .tags}",
    r#"{text: "\(.inner)"}"#,
    "{text: .name, text: .name}",
    "{long_name: .name}",
    "{labels: {a: .name}}",
    r#"{n: "a"}"#,
    r#"{text: "\("x\(.name)")"}"#,
];

fn method() -> Method {
    let schema = Schema::from_proto_text("t.proto", PROTO).expect("a schema");
    schema.method("S/Do").now_or_never().expect("at hand").expect("a method")
}

fn program(text: &str) -> Program {
    Program::compile(text, &[], Origin::new("test")).expect(text)
}

/// Fields of a request as somebody may send them: in any order, several times, of other types, broken.
fn field() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![4 => 1_u64..10, 1 => 10_u64..20];
    let varint = prop_oneof![0..300_u64, any::<u64>()];
    let text = prop_oneof![4 => "[a-zé]{0,4}".prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 0..5)];
    let long = "[a-z]{60,70}".prop_map(String::into_bytes);
    let tagged = |number: u64, wire_type: u64, value: &[u8]| {
        let mut out = Vec::new();
        encode_varint(number << 3 | wire_type, &mut out);
        if wire_type == 2 {
            encode_varint(value.len() as u64, &mut out);
        }
        out.extend_from_slice(value);
        out
    };
    let varints = (number.clone(), varint).prop_map(move |(number, varint)| {
        let mut value = Vec::new();
        encode_varint(varint, &mut value);
        tagged(number, 0, &value)
    });
    let names = prop_oneof![3 => Just(1_u64), 1 => number];
    let texts =
        (names, prop_oneof![3 => text, 1 => long]).prop_map(move |(number, text)| tagged(number, 2, &text));
    let fixed = (1_u64..16, any::<[u8; 8]>()).prop_map(move |(number, value)| tagged(number, 1, &value));
    let flat = prop_oneof![4 => varints, 4 => texts, 1 => fixed];
    let message = |fields: BoxedStrategy<Vec<u8>>, number: u64| {
        prop::collection::vec(fields, 0..4).prop_map(move |fields| tagged(number, 2, &fields.concat()))
    };
    let inner = prop_oneof![3 => flat.clone(), 1 => message(flat.clone().boxed(), 3)];
    prop_oneof![6 => flat, 2 => message(inner.boxed(), 9), 1 => prop::collection::vec(any::<u8>(), 1..4)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn they_make_what_the_long_way_makes(fields in prop::collection::vec(field(), 0..7)) {
        let method = method();
        let (input, output) = Plan::of_method(&method).expect("plans");
        let request = fields.concat();
        // Others are refused before a plan is asked.
        let checked = input.check(&request).ok().and_then(|()| view::from_wire(&input, &request).ok());
        for text in WIRED {
            let program = program(text);
            let wired = program.wired(&method, &output, &Readings::default()).expect(text);
            let made = wired.run(&request);
            let (Some(val), Some(made)) = (&checked, made) else { continue };
            let mut expected = Vec::new();
            let val = program.straightly(val, &Limits::inline()).expect(text);
            view::to_wire(&output, &val, &mut expected).expect(text);
            prop_assert_eq!(&made[..], &expected[..], "{} of {:?}", text, request);
        }
    }
}

#[test]
fn which_programs_they_are() {
    let method = method();
    let (_, output) = Plan::of_method(&method).expect("plans");
    for text in OTHERS {
        let program = program(text);
        assert!(program.is_straight(), "{text}");
        assert!(program.wired(&method, &output, &Readings::default()).is_none(), "{text}");
    }
}

#[test]
fn they_answer_what_is_sent_as_a_rule() {
    let method = method();
    let (input, output) = Plan::of_method(&method).expect("plans");
    let request = |json: &str| {
        let mut wire = Vec::new();
        view::to_wire(&input, &view::from_json(json).expect(json), &mut wire).expect(json);
        wire
    };
    let run = |text: &str, json: &str| {
        let wire =
            program(text).wired(&method, &output, &Readings::default()).expect(text).run(&request(json))?;
        Some(view::to_text(&view::from_wire(&output, &wire).expect("a reply")))
    };
    let text = |text: &str, json: &str| {
        let reply = run(text, json)?;
        reply.split(r#""text":""#).nth(1).and_then(|rest| rest.split('"').next()).map(ToOwned::to_owned)
    };
    assert_eq!(text(WIRED[2], r#"{"name":"World"}"#).as_deref(), Some("Hello, World!"));
    assert_eq!(text(WIRED[2], "{}").as_deref(), Some("Hello, !"));
    let all = r#"{"n":-1,"id":-2,"u":3,"big":18446744073709551615,"s":-3,"z":-4,"on":true}"#;
    assert_eq!(text(WIRED[5], all).as_deref(), Some("-1 -2 3 18446744073709551615 -3 -4 true"));
    assert_eq!(text(WIRED[7], r#"{"inner":{"name":"x"}}"#).as_deref(), Some("x"));
    // What is not there is null, which jq turns into a field that is not set, or into a text.
    assert_eq!(run(WIRED[7], "{}"), None);
    assert_eq!(run(WIRED[15], "{}"), None);
    assert_eq!(text(WIRED[15], r#"{"maybe":"m"}"#).as_deref(), Some("m"));
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(MOST_TEXT));
    assert_eq!(run(WIRED[2], &long), None);
}
