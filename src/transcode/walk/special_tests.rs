//! Well-known types from the wire, whole, in parts and out of order.

use super::super::super::testing::{json_of, kinds, rewritten, wire};
use super::super::super::{JsonOutput, Plan};

/// What the wire bytes are as JSON, or the error: in the order of the wire and from an index, which must agree.
fn seen(plan: &Plan, text: &str) -> Result<String, String> {
    let bytes = wire(text);
    let shown = |wire: &[u8]| {
        let read = json_of(plan, wire, JsonOutput::default());
        read.map_err(|error| error.to_string().replace("the bytes are no k.Kinds: ", ""))
    };
    let ordered = shown(&bytes);
    // A field that stands behind all others, with nothing in it: put before others it leaves no order.
    let indexed = shown(&[&wire("536870911: {}"), &bytes[..]].concat());
    match (&ordered, &indexed) {
        // The places of bytes differ.
        (Err(a), Err(b)) => assert_eq!(a.split(", at byte").next(), b.split(", at byte").next(), "{text}"),
        _ => assert_eq!(indexed, ordered, "{text}"),
    }
    // Without their JSON they are messages like any other.
    if ordered.is_ok() {
        assert_eq!(shown(&rewritten(plan, &bytes).unwrap()), ordered, "{text}");
        assert_eq!(plan.check(&bytes), Ok(()), "{text}");
    }
    ordered
}

fn table(rows: &[(&str, &str)]) {
    for (text, json) in rows {
        assert_eq!(seen(kinds(), text).as_deref(), Ok(*json), "{text}");
    }
}

fn wrong(rows: &[(&str, &str)]) {
    for (text, error) in rows {
        assert_eq!(seen(kinds(), text).as_ref().err().map(String::as_str), Some(*error), "{text}");
    }
}

#[test]
fn times() {
    table(&[
        ("55: { }", r#"{"at":"1970-01-01T00:00:00Z"}"#),
        ("55: { 1: 1 2: 5 }", r#"{"at":"1970-01-01T00:00:01.000000005Z"}"#),
        ("55: { 2: 5000 1: 1 1: 2 }", r#"{"at":"1970-01-01T00:00:02.000005Z"}"#),
        ("55: { 1: 1 } 55: { 2: 1000000 }", r#"{"at":"1970-01-01T00:00:01.001Z"}"#),
        ("55: { 1: -62135596800 }", r#"{"at":"0001-01-01T00:00:00Z"}"#),
        ("55: { 1: 253402300799 2: 999999999 }", r#"{"at":"9999-12-31T23:59:59.999999999Z"}"#),
        ("56: { }", r#"{"ttl":"0s"}"#),
        ("56: { 1: -1 2: -500000000 }", r#"{"ttl":"-1.500s"}"#),
        ("56: { 1: 315576000000 2: 999999999 }", r#"{"ttl":"315576000000.999999999s"}"#),
    ]);
    wrong(&[
        (
            "55: { 1: 253402300800 }",
            "at .at: a google.protobuf.Timestamp of 253402300800 seconds and 0 nanoseconds is out of range",
        ),
        (
            "55: { 2: -1 }",
            "at .at: a google.protobuf.Timestamp of 0 seconds and -1 nanoseconds is out of range",
        ),
        (
            "55: { 2: 1000000000 }",
            "at .at: a google.protobuf.Timestamp of 0 seconds and 1000000000 nanoseconds is out of range",
        ),
        (
            "67: { 56: { 1: 1 2: -1 } }",
            "at .deeper.ttl: a google.protobuf.Duration of 1 seconds and -1 nanoseconds is out of range",
        ),
        (
            "56: { 1: -315576000001 }",
            "at .ttl: a google.protobuf.Duration of -315576000001 seconds and 0 nanoseconds is out of range",
        ),
        (
            "55: { 1: 1i64 }",
            "at .at.seconds: field 1 has the wire type fixed64, at byte 3, which is no int64",
        ),
    ]);
}

#[test]
fn field_masks() {
    table(&[
        ("57: { }", r#"{"mask":""}"#),
        ("57: { 1: \"a\" }", r#"{"mask":"a"}"#),
        ("57: { 1: \"a_b\" } 1: 5 57: { 1: \"c.d_e\" 1: \"f\" }", r#"{"i32":5,"mask":"aB,c.dE,f"}"#),
    ]);
    wrong(&[
        (
            "57: { 1: \"aB\" }",
            "at .mask: the path \"aB\" of a FieldMask would not come back from JSON the same",
        ),
        (
            "57: { 1: \"a\" 1: \"\" }",
            "at .mask: the path \"\" of a FieldMask would not come back from JSON the same",
        ),
        (
            "57: { 1: \"a_1\" }",
            "at .mask: the path \"a_1\" of a FieldMask would not come back from JSON the same",
        ),
    ]);
}

#[test]
fn wrappers() {
    table(&[
        ("58: { }", r#"{"maybe":0}"#),
        ("58: { 1: 5 1: 6 }", r#"{"maybe":6}"#),
        ("58: { 1: 5 } 58: { }", r#"{"maybe":5}"#),
        ("58: { 2: 7 1: 5 2: \"x\" }", r#"{"maybe":5}"#),
        ("59: { }", r#"{"perhaps":""}"#),
        ("59: { 1: \"a\" }", r#"{"perhaps":"a"}"#),
        ("65: { } 65: { 1: -1 }", r#"{"maybes":["0","-1"]}"#),
        ("69: { 1: \"a\" }", r#"{"blob":"YQ=="}"#),
        ("70: { } ", r#"{"real":0}"#),
        ("70: { 1: 9221120237041090560i64 }", r#"{"real":"NaN"}"#),
    ]);
    wrong(&[
        (
            "58: { 1: \"x\" }",
            "at .maybe.value: field 1 has the wire type length-delimited, at byte 3, which is no int32",
        ),
        ("59: { 1:LEN `01ff` }", "at .perhaps: a string is not UTF-8, at byte 5"),
    ]);
}

#[test]
fn any_json() {
    table(&[
        // a Value that holds nothing is null
        ("53: { }", r#"{"anything":null}"#),
        ("53: { 1: 0 }", r#"{"anything":null}"#),
        ("53: { 2: 4609434218613702656i64 }", r#"{"anything":1.5}"#),
        ("53: { 3: \"\" }", r#"{"anything":""}"#),
        ("53: { 4: 0 }", r#"{"anything":false}"#),
        ("53: { 5: { } }", r#"{"anything":{}}"#),
        ("53: { 6: { } }", r#"{"anything":[]}"#),
        ("53: { 3: \"a\" 4: 1 }", r#"{"anything":true}"#),
        ("53: { 4: 1 3: \"a\" }", r#"{"anything":"a"}"#),
        // parts of one member are merged, unless another came between
        (
            "53: { 5: { 1: { 1: \"a\" 2: { 3: \"x\" } } } 5: { 1: { 1: \"b\" 2: { 4: 1 } } } }",
            r#"{"anything":{"a":"x","b":true}}"#,
        ),
        (
            "53: { 5: { 1: { 1: \"a\" 2: { 3: \"x\" } } } 4: 1 5: { 1: { 1: \"b\" 2: { 4: 1 } } } }",
            r#"{"anything":{"b":true}}"#,
        ),
        ("53: { 6: { 1: { 4: 1 } } } 53: { 6: { 1: { 4: 0 } } }", r#"{"anything":[true,false]}"#),
        ("53: { 6: { 1: { 4: 1 } } } 53: { 4: 1 }", r#"{"anything":true}"#),
        ("54: { 1: { } 1: { 2: 0i64 } 1: { 6: { } } }", r#"{"list":[null,0,[]]}"#),
        ("54: { 1: { 4: 1 } } 1: 5 54: { 1: { 4: 0 } }", r#"{"i32":5,"list":[true,false]}"#),
        ("64: { } 64: { 3: \"x\" }", r#"{"values":[null,"x"]}"#),
        ("52: { }", r#"{"config":{}}"#),
        (
            "52: { 1: { 1: \"a\" 2: { 4: 1 } } } 52: { 1: { 1: \"a\" 2: { 4: 0 } } 1: { 1: \"b\" 2: { 4: 0 } } }",
            r#"{"config":{"a":false,"b":false}}"#,
        ),
        (
            "52: { 1: { 1: \"a\" } 1: { 2: { 4: 1 } } 1: { 2: { 3: \"x\" } } }",
            r#"{"config":{"a":null,"":"x"}}"#,
        ),
        (
            "52: { 1: { 1: \"a\" 2: { 5: { } } 2: { 5: { 1: { 1: \"x\" 2: { 1: 0 } } } } } }",
            r#"{"config":{"a":{"x":null}}}"#,
        ),
        ("52: { 1: { 1: \"a\\\u{1}\" 2: { 3: \"b\\\n\" } } }", r#"{"config":{"a\\\u0001":"b\\\n"}}"#),
    ]);
    wrong(&[
        (
            "53: { 2: 9221120237041090560i64 }",
            "at .anything: a google.protobuf.Value that is no finite number has no JSON",
        ),
        (
            "54: { 1: { } 1: { 2: -4503599627370496i64 } }",
            "at .list[1]: a google.protobuf.Value that is no finite number has no JSON",
        ),
        (
            "52: { 1: { 1: \"a\" 2: { 6: { 1: { 2: 9218868437227405312i64 } } } } }",
            "at .config.a[0]: a google.protobuf.Value that is no finite number has no JSON",
        ),
        ("52: { 1: { 1: \"a\" 2: { 3:LEN `01ff` } } }", "at .config.a: a string is not UTF-8, at byte 12"),
        ("52: { 1: { 1:LEN `01ff` } }", "at .config: a map's key is not UTF-8, at byte 7"),
    ]);
}

#[test]
fn structs_have_each_key_once_however_large() {
    for count in [8, 9, 40] {
        let entry = |key: usize, value: &str| format!("1: {{ 1: \"k{key}\" 2: {{ 3: \"{value}\" }} }}");
        let mut text: Vec<String> = (0..count).map(|key| entry(key, "a")).collect();
        text.push(entry(3, "b"));
        let mut members: Vec<String> =
            (0..count).filter(|&key| key != 3).map(|key| format!("\"k{key}\":\"a\"")).collect();
        members.push("\"k3\":\"b\"".to_owned());
        let json = format!("{{\"config\":{{{}}}}}", members.join(","));
        assert_eq!(seen(kinds(), &format!("52: {{ {} }}", text.join(" "))), Ok(json));
    }
}

#[test]
fn any_is_what_it_holds() {
    table(&[
        ("51: { }", r#"{"any":{}}"#),
        ("51: { 1: \"x/k.Leaf\" }", r#"{"any":{"@type":"x/k.Leaf"}}"#),
        ("51: { 1: \"x/k.Leaf\" 2: { 1: 1 } }", r#"{"any":{"@type":"x/k.Leaf","a":1}}"#),
        ("51: { 2: { 1: 1 } 1: \"x/k.Leaf\" }", r#"{"any":{"@type":"x/k.Leaf","a":1}}"#),
        ("51: { 1: \"/k.Leaf\" 3: 5 }", r#"{"any":{"@type":"/k.Leaf"}}"#),
        // an Any has two singular fields, of which the last counts
        (
            "51: { 1: \"x/k.Leaf\" } 51: { 2: { 1: 1 } 1: \"y/k.Leaf\" }",
            r#"{"any":{"@type":"y/k.Leaf","a":1}}"#,
        ),
        ("51: { 1: \"x/k.Leaf\" 2: { 1: 1 } 2: { 2: \"b\" } }", r#"{"any":{"@type":"x/k.Leaf","b":"b"}}"#),
        // what it holds may be out of order itself
        (
            "51: { 1: \"x/k.Leaf\" 2: { 2: \"b\" 1: 1 1: 2 } } 1: 5",
            r#"{"i32":5,"any":{"@type":"x/k.Leaf","a":2,"b":"b"}}"#,
        ),
        (
            "51: { 1: \"x/k.Set\" 2: { 1547769: { 5: 1 } } }",
            r#"{"any":{"@type":"x/k.Set","[k.Member.member]":{"i":1}}}"#,
        ),
        (
            "68: { 1: \"x/k.Leaf\" } 68: { } 68: { 1: \"x/k.Kinds\" 2: { 51: { 1: \"x/k.Leaf\" } } }",
            r#"{"anys":[{"@type":"x/k.Leaf"},{},{"@type":"x/k.Kinds","any":{"@type":"x/k.Leaf"}}]}"#,
        ),
        (
            "51: { 1: \"x/google.protobuf.Timestamp\" 2: { 1: 1 } }",
            r#"{"any":{"@type":"x/google.protobuf.Timestamp","value":"1970-01-01T00:00:01Z"}}"#,
        ),
        (
            "51: { 1: \"x/google.protobuf.Int64Value\" }",
            r#"{"any":{"@type":"x/google.protobuf.Int64Value","value":"0"}}"#,
        ),
        (
            "51: { 1: \"x/google.protobuf.Value\" 2: { 1: 0 } }",
            r#"{"any":{"@type":"x/google.protobuf.Value","value":null}}"#,
        ),
        (
            "51: { 1: \"x/google.protobuf.Struct\" 2: { 1: { 1: \"a\" 2: { 4: 1 } } } }",
            r#"{"any":{"@type":"x/google.protobuf.Struct","value":{"a":true}}}"#,
        ),
        (
            "51: { 1: \"x/google.protobuf.Empty\" }",
            r#"{"any":{"@type":"x/google.protobuf.Empty","value":{}}}"#,
        ),
        (
            "51: { 1: \"x/google.protobuf.Any\" 2: { 1: \"y/k.Leaf\" 2: { 1: 1 } } }",
            r#"{"any":{"@type":"x/google.protobuf.Any","value":{"@type":"y/k.Leaf","a":1}}}"#,
        ),
        ("51: { 1: \"x/google.protobuf.Any\" }", r#"{"any":{"@type":"x/google.protobuf.Any","value":{}}}"#),
        // bundled types, and the schema's own within them
        (
            "51: { 1: \"x/google.rpc.BadRequest\" 2: { 1: { 1: \"f\" } } }",
            r#"{"any":{"@type":"x/google.rpc.BadRequest","fieldViolations":[{"field":"f"}]}}"#,
        ),
        (
            "51: { 1: \"x/google.rpc.Status\" 2: { 1: 5 3: { 1: \"x/k.Leaf\" 2: { 1: 1 } } } } 54: { 1: { 4: 1 } }",
            r#"{"any":{"@type":"x/google.rpc.Status","code":5,"details":[{"@type":"x/k.Leaf","a":1}]},"list":[true]}"#,
        ),
    ]);
    wrong(&[
        ("51: { 1: \"x/k.Nope\" }", "at .any: the message type 'k.Nope' of an Any is not in the schema"),
        (
            "51: { 1: \"k.Leaf\" }",
            "at .any: \"k.Leaf\" is no type URL of an Any such as \"type.googleapis.com/pkg.Type\"",
        ),
        (
            "51: { 2: \"x\" }",
            "at .any: \"\" is no type URL of an Any such as \"type.googleapis.com/pkg.Type\"",
        ),
        (
            "51: { 1: \"x/\" }",
            "at .any: \"x/\" is no type URL of an Any such as \"type.googleapis.com/pkg.Type\"",
        ),
        ("51: { 1:LEN `01ff` }", "at .any: a string is not UTF-8, at byte 5"),
        (
            "51: { 1: \"x/k.Leaf\" 2: { 1: \"x\" } }",
            "at .any.a: field 1 has the wire type length-delimited, at byte 15, which is no int32",
        ),
        (
            "68: { } 68: { 1: \"x/google.protobuf.Duration\" 2: { 1: 1 2: -1 } }",
            "at .anys[1]: a google.protobuf.Duration of 1 seconds and -1 nanoseconds is out of range",
        ),
    ]);
}

#[test]
fn they_may_be_the_whole_message() {
    for (name, text, json) in [
        ("google.protobuf.Timestamp", "1: 1", "\"1970-01-01T00:00:01Z\""),
        ("google.protobuf.Duration", "", "\"0s\""),
        ("google.protobuf.FieldMask", "1: \"a_b\"", "\"aB\""),
        ("google.protobuf.Int32Value", "", "0"),
        ("google.protobuf.StringValue", "1: \"a\"", "\"a\""),
        ("google.protobuf.Value", "", "null"),
        ("google.protobuf.Value", "3: \"a\"", "\"a\""),
        ("google.protobuf.Struct", "1: { 1: \"a\" 2: { 4: 1 } }", "{\"a\":true}"),
        ("google.protobuf.ListValue", "1: { 4: 1 }", "[true]"),
        ("google.protobuf.Any", "1: \"x/k.Leaf\"", "{\"@type\":\"x/k.Leaf\"}"),
        ("google.protobuf.Empty", "1: 5", "{}"),
    ] {
        let plan = kinds().sibling(name).unwrap();
        assert_eq!(json_of(&plan, &wire(text), JsonOutput::default()).as_deref(), Ok(json), "{name}");
    }
}
