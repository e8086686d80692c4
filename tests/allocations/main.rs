//! Once warm, no message costs an allocation on its way from JSON to wire bytes or back.

// A test that cannot go on is to end with a panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod disorder;

use std::fmt::Write as _;

use futures_util::FutureExt as _;
use greet::Schema;
use greet::transcode::options::{Defaults, Enums, Int64, Layout, Names, Unknown};
use greet::transcode::{DataError, JsonInput, JsonOutput, Plan, json};

const MESSAGES: &str = include_str!("messages.proto");

const KINDS: &str = r#"{"double":-1.5e-7,"float":0.1,"int32":-5,"int64":"9007199254740993","uint32":4294967295,
    "uint64":"18446744073709551615","sint32":-2147483648,"sint64":"-9223372036854775808","fixed32":1e3,"fixed64":"12",
    "sfixed32":-1,"sfixed64":"-1.50e1","bool":true,"string":"plain","bytes":"AQIDBAUGBwg=","color":"RED","maybe":0}"#;

/// Messages, each with its type and with what is worth looking at in it.
fn messages() -> Vec<(&'static str, &'static str, String)> {
    let long = "long enough for two bytes of length, and then some more of it ".repeat(5);
    let many = |from: usize, to: usize, one: &dyn Fn(usize) -> String| {
        (from..to).map(one).collect::<Vec<_>>().join(",")
    };
    let bytes = "QUJD".repeat(100);
    let counts = many(0, 300, &|at| format!("\"key {at}\":{at}"));
    let names = many(0, 9, &|at| format!("\"-1{at}\":\"{at}\""));
    let kinds = many(0, 40, &|_| KINDS.to_owned());
    let nest = |levels: usize| {
        format!("{}{}", "{\"oneofs\":".repeat(levels) + "{\"text\":\"\"}", "}".repeat(levels))
    };
    let wide = many(1, 301, &|at| format!("\"f{at}\":{at}"));
    vec![
        ("every kind", "a.Kinds", KINDS.to_owned()),
        ("nothing", "a.Kinds", "{}".to_owned()),
        ("no finite numbers", "a.Kinds", r#"{"double":"NaN","float":"-Infinity"}"#.to_owned()),
        ("numbers of many digits", "a.Kinds", r#"{"double":3.141592653589793115997963468544185161590576171875,"float":1.00000005960464477540,"int64":"0.9223372036854775807e19","int32":120e-1,"uint64":18446744073709551615}"#.to_owned()),
        ("escapes", "a.Kinds", r#"{"string":"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00\u0000 and plain"}"#.to_owned()),
        ("escapes in keys", "a.Maps", r#"{"c\u006funts":{"a\nb":1,"\u0000":2},"kinds":{"\"":{}}}"#.to_owned()),
        ("text beyond ASCII", "a.Kinds", r#"{"string":"Grüße, 世界, 😀"}"#.to_owned()),
        ("long text", "a.Kinds", format!(r#"{{"string":"{long}","bytes":"{bytes}"}}"#)),
        ("long escaped text", "a.Kinds", format!(r#"{{"string":"{long}\n{long}","bytes":"{bytes}\/\/8="}}"#)),
        ("the other base64", "a.Kinds", r#"{"bytes":"-_-_-w"}"#.to_owned()),
        ("lists", "a.Lists", format!(r#"{{"whole":[1,-2,300],"real":[0,-0.0,1e300],"text":["","a","{long}"],"raw":["","AQ=="],"color":["RED",-3,7],"kinds":[{KINDS},{{}}],"lists":[{{"lists":[{{"whole":[1]}}]}}],"loose":["1","2"]}}"#)),
        ("a text of more than 4 KB", "a.Lists", format!(r#"{{"kinds":[{kinds}]}}"#)),
        ("small maps", "a.Maps", format!(r#"{{"counts":{{"a":1,"":0}},"names":{{"-1":"a","1":""}},"colors":{{"true":"RED","false":0}},"maps":{{"-5":{{"maps":{{"1":{{"counts":{{"a":2}}}}}}}}}},"kinds":{{"k":{KINDS}}},"raw":{{"7":"AQ=="}}}}"#)),
        ("large maps", "a.Maps", format!(r#"{{"counts":{{{counts}}},"names":{{{names}}},"maps":{{"1":{{"names":{{{names}}}}}}}}}"#)),
        ("oneofs", "a.Oneofs", format!(r#"{{"kinds":{KINDS},"oneofs":{{"null":null,"oneofs":{{"color":"BLUE","number":0}}}}}}"#)),
        ("a hundred levels", "a.Oneofs", nest(100)),
        ("times", "a.WellKnown", r#"{"timestamp":"2026-01-31T12:00:00.123456789+01:00","duration":"-315576000000.5s","timestamps":["1970-01-01T00:00:00Z","9999-12-31T23:59:59.999Z"],"durations":{"a":"1s","b":"0s"}}"#.to_owned()),
        ("field masks", "a.WellKnown", r#"{"mask":"a,bC.dEf,g1.h"}"#.to_owned()),
        ("no path", "a.WellKnown", r#"{"mask":""}"#.to_owned()),
        ("wrappers", "a.WellKnown", r#"{"int64":"5","string":"a\n","bytes":"AQ==","double":"NaN","bool":false,"empty":{}}"#.to_owned()),
        ("any JSON", "a.WellKnown", format!(r#"{{"struct":{{"a":[1,null,{{"b\n":"c","":[]}},true],{counts}}},"value":[[["deep"]],{{}}],"list":[null,-0.5,"x"]}}"#)),
        (
            "any",
            "a.WellKnown",
            format!(
                r#"{{"anys":[{{"@type":"x/a.Kinds","string":"a"}},{{"whole":[1],"@type":"x/a.Lists"}},{{"@type":"x/google.protobuf.Any","value":{{"@type":"x/google.protobuf.Duration","value":"1s"}}}},{{"@type":"x/google.rpc.Status","details":[{{"@type":"x/a.Maps","counts":{{{counts}}}}}]}}]}}"#
            ),
        ),
        ("more than 256 fields", "a.Wide", format!("{{{wide}}}")),
        ("more than 256 fields within others", "a.Wide", format!(r#"{{"f3":1,"inner":{{"f299":2,"inner":{{}},"inners":[{{{wide}}},{{"f1":1}}]}}}}"#)),
    ]
}

fn schema() -> Schema {
    let mut text = format!("{MESSAGES}\nmessage Wide {{ Wide inner = 401; repeated Wide inners = 402;\n");
    for number in 1..=300 {
        writeln!(text, "int32 f{number} = {number};").unwrap();
    }
    text.push('}');
    Schema::from_proto_text("messages.proto", &text).unwrap()
}

fn plan(schema: &Schema, name: &str) -> Plan {
    Plan::compile(&schema.closure(name).now_or_never().unwrap().unwrap(), name).unwrap()
}

/// How many allocations one more run makes, when others have made what is kept between messages.
fn allocations(out: &mut Vec<u8>, mut run: impl FnMut(&mut Vec<u8>) -> Result<(), DataError>) -> u64 {
    for _ in 0..3 {
        out.clear();
        run(out).unwrap();
    }
    let once_more = || {
        out.clear();
        run(out).unwrap();
    };
    allocation_counter::measure(once_more).count_total
}

#[test]
fn allocations_are_seen() {
    let mut out = Vec::new();
    let one = |_: &mut Vec<u8>| {
        drop(std::hint::black_box(Box::new(1_u8)));
        Ok(())
    };
    assert_eq!(allocations(&mut out, one), 1);
    // a vector that grows is one too
    let grown = |_: &mut Vec<u8>| {
        let mut vec: Vec<u8> = std::hint::black_box(Vec::with_capacity(1));
        vec.extend_from_slice(&[0; 100]);
        drop(std::hint::black_box(vec));
        Ok(())
    };
    assert_eq!(allocations(&mut out, grown), 2);
}

#[test]
fn json_to_wire_makes_none() {
    let (schema, mut made) = (schema(), String::new());
    for (what, type_name, text) in messages() {
        let plan = plan(&schema, type_name);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let texts =
            [("", text), (", in many lines", pretty), (", backwards", disorder::of_json(&value).to_string())];
        for (how, text) in &texts {
            for unknown in [Unknown::Refuse, Unknown::Drop] {
                let count = allocations(&mut Vec::new(), |out| {
                    json::to_wire(&plan, text.as_bytes(), JsonInput { unknown }, out)
                });
                if count > 0 {
                    writeln!(made, "{count} for {what}{how}").unwrap();
                }
            }
        }
    }
    assert_eq!(made, "");
}

#[test]
fn wire_to_json_makes_none() {
    let (schema, mut made) = (schema(), String::new());
    let standard = JsonOutput::default();
    let options = [
        ("", standard),
        (", defaults", JsonOutput { defaults: Defaults::Print, ..standard }),
        (", .proto names", JsonOutput { names: Names::Proto, ..standard }),
        (", numbers", JsonOutput { int64: Int64::Number, enums: Enums::Number, ..standard }),
        (", in many lines", JsonOutput { layout: Layout::Pretty, ..standard }),
    ];
    for (what, type_name, text) in messages() {
        let plan = plan(&schema, type_name);
        for (order, wire) in disorder::orders(&wire(&plan, &text)) {
            for (how, options) in options {
                let count = allocations(&mut Vec::new(), |out| json::from_wire(&plan, &wire, options, out));
                if count > 0 {
                    writeln!(made, "{count} for {what}{order}{how}").unwrap();
                }
            }
        }
    }
    assert_eq!(made, "");
}

#[test]
fn wire_to_wire_makes_none() {
    let (schema, mut made) = (schema(), String::new());
    for (what, type_name, text) in messages() {
        let plan = plan(&schema, type_name);
        for (order, wire) in disorder::orders(&wire(&plan, &text)) {
            let checked = allocations(&mut Vec::new(), |_| plan.check(&wire));
            let rewritten = allocations(&mut Vec::new(), |out| plan.rewrite(&wire, out));
            if checked + rewritten > 0 {
                writeln!(made, "{checked} to check and {rewritten} to rewrite {what}{order}").unwrap();
            }
        }
    }
    assert_eq!(made, "");
}

fn wire(plan: &Plan, text: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    json::to_wire(plan, text.as_bytes(), JsonInput::default(), &mut wire).unwrap();
    wire
}
