//! ProtoJSON there and back, with the errors and their places.

use proptest::prelude::*;

use super::super::padded::SHORT;
use super::*;
use crate::transcode::options::{Defaults, Enums, Int64, Names, Unknown};
use crate::transcode::testing::{all, closure, fields, kinds, old, rewritten, wire as proto_wire};

fn wire(json: &str) -> Vec<u8> {
    let mut out = Vec::new();
    to_wire(all(), json.as_bytes(), JsonInput::default(), &mut out).unwrap_or_else(|e| panic!("{json}: {e}"));
    out
}

fn error(json: &str) -> DataError {
    match to_wire(all(), json.as_bytes(), JsonInput::default(), &mut Vec::new()) {
        Ok(()) => panic!("{json} was taken"),
        Err(error) => error,
    }
}

fn json(wire: &[u8], options: JsonOutput) -> String {
    let mut out = Vec::new();
    from_wire(all(), wire, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_is_read_is_written_again() {
    for text in [
        "{}",
        r#"{"name":"W\"\n☃","age":-3,"big":"9007199254740993","ratio":1.5,"on":true,"raw":"AQID","role":"ADMIN"}"#,
        r#"{"address":{"name":"Oslo","twin":{"name":"Bergen"}},"tags":["a","b"],"cities":[{},{"zipCode":1}]}"#,
        r#"{"counts":{"a":1,"b":2,"c":3,"d":4},"byId":{"-1":{},"7":{"name":"x"}},"flags":{"false":"n","true":"y"}}"#,
        r#"{"expires":"2026-01-01T00:00:00Z","ttl":"5s","maybe":0,"blob":"AQ=="}"#,
        r#"{"anything":null,"config":{"a":[1,null,{"b":"c"}]},"list":[true],"nothing":{},"values":[null,"x"]}"#,
        r#"{"any":{"@type":"type.googleapis.com/t.City","name":"Oslo"}}"#,
        r#"{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.500s"}}"#,
        r#"{"left":""}"#,
        r#"{"nickName":""}"#,
        r#"{"ratio":"NaN","small":"-Infinity"}"#,
        r#"{"roles":["NONE","GUEST",7],"huge":"18446744073709551615"}"#,
    ] {
        assert_eq!(json(&wire(text), JsonOutput::default()), text);
    }
    assert_eq!(
        json(&wire(r#"{"nick_name":"n","age":"5"}"#), JsonOutput::default()),
        r#"{"age":5,"nickName":"n"}"#
    );
    // an Any whose type comes last
    let late = r#"{"any":{"name":"Oslo","@type":"type.googleapis.com/t.City"}}"#;
    assert_eq!(
        json(&wire(late), JsonOutput::default()),
        r#"{"any":{"@type":"type.googleapis.com/t.City","name":"Oslo"}}"#
    );
}

/// Bytes of every length about the bounds of what writes them, with other fields before and behind them.
#[test]
fn long_bytes_are_written_and_read() {
    use ::base64::Engine as _;
    for length in (500..530).chain([1500, 2000, 2048, 2049, 5000, 200_000]) {
        let bytes: Vec<u8> = (0_u32..length).map(|n| (n * 7).to_le_bytes()[0]).collect();
        let text = ::base64::prelude::BASE64_STANDARD.encode(bytes);
        let message = format!(r#"{{"nickName":"before","raw":"{text}","tags":["behind"]}}"#);
        let again: serde_json::Value =
            serde_json::from_str(&json(&wire(&message), JsonOutput::default())).unwrap();
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(&message).unwrap(), "{length}");
    }
}

#[test]
fn each_option_changes_what_is_written() {
    let bytes = wire(r#"{"nickName":"n","big":"5","role":"ADMIN","tags":["a"],"maybe":2,"counts":{}}"#);
    let with = |change: fn(&mut JsonOutput)| {
        let mut options = JsonOutput::default();
        change(&mut options);
        json(&bytes, options)
    };
    assert_eq!(with(|_| {}), r#"{"big":"5","role":"ADMIN","tags":["a"],"maybe":2,"nickName":"n"}"#);
    assert_eq!(
        with(|o| o.names = Names::Proto),
        r#"{"big":"5","role":"ADMIN","tags":["a"],"maybe":2,"nick_name":"n"}"#
    );
    assert_eq!(
        with(|o| o.int64 = Int64::Number),
        r#"{"big":5,"role":"ADMIN","tags":["a"],"maybe":2,"nickName":"n"}"#
    );
    assert_eq!(
        with(|o| o.enums = Enums::Number),
        r#"{"big":"5","role":1,"tags":["a"],"maybe":2,"nickName":"n"}"#
    );
    let pretty = "{\n  \"big\": \"5\",\n  \"role\": \"ADMIN\",\n  \"tags\": [\n    \"a\"\n  ],\n  \"maybe\": 2,\n  \"nickName\": \"n\"\n}";
    assert_eq!(with(|o| o.layout = Layout::Pretty), pretty);
}

#[test]
fn pretty_leaves_empty_brackets_and_strings_alone() {
    let mut out = Vec::new();
    pretty::pretty(br#"{"a":{},"b":[],"c":"{\",:\\"}"#, &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "{\n  \"a\": {},\n  \"b\": [],\n  \"c\": \"{\\\",:\\\\\"\n}");
}

#[test]
fn defaults_leave_out_what_is_not_set() {
    let text = json(b"", JsonOutput { defaults: Defaults::Print, ..JsonOutput::default() });
    for there in
        [r#""name":"""#, r#""big":"0""#, r#""role":"NONE""#, r#""tags":[]"#, r#""counts":{}"#, r#""raw":"""#]
    {
        assert!(text.contains(there), "{there} in {text}");
    }
    for absent in ["address", "expires", "maybe", "left", "right", "nickName", "anything", "any"] {
        assert!(!text.contains(&format!("\"{absent}\"")), "{absent} in {text}");
    }
    // An Any that nobody has filled has no fields in JSON.
    let text =
        json(&wire(r#"{"any":{}}"#), JsonOutput { defaults: Defaults::Print, ..JsonOutput::default() });
    assert!(text.contains(r#""any":{}"#), "{text}");
}

#[test]
fn errors_say_what_and_where() {
    for (text, expected) in [
        ("{\"nam\":1}", "line 1, column 2: unknown field \"nam\" in t.All"),
        (
            "{\n  \"address\": {\n    \"nme\": 1}}",
            "line 3, column 5, at .address: unknown field \"nme\" in t.City",
        ),
        ("{\"name\":5}", "line 1, column 9, at .name: 5 is no string"),
        ("{\"name\":{\"a\":1}}", "line 1, column 9, at .name: an object is no string"),
        ("{\"tags\":[\"a\",{}]}", "line 1, column 14, at .tags[1]: an object is no string"),
        ("{\"tags\":[\"☃\",[]]}", "line 1, column 14, at .tags[1]: an array is no string"),
        ("{\"tags\":\"a\"}", "line 1, column 9, at .tags: \"a\" is no list of string"),
        ("{\"tags\":[null]}", "line 1, column 10, at .tags[0]: null is no string"),
        ("{\"counts\":{\"a\":null}}", "line 1, column 16, at .counts.a: null is no int32"),
        ("{\"counts\":{\"a b\":\"x\"}}", "line 1, column 18, at .counts[\"a b\"]: \"x\" is no int32"),
        ("{\"byId\":{\"x\" : {}}}", "line 1, column 10, at .byId.x: the key \"x\" is no int32"),
        ("{\"age\":[1]}", "line 1, column 8, at .age: an array is no int32"),
        (
            "{\"age\":1.5}",
            "line 1, column 8, at .age: 1.5 is no int32: that is a whole number from -2147483648 to 2147483647",
        ),
        (
            "{\"age\": 3000000000 , \"name\":\"\"}",
            "line 1, column 9, at .age: 3000000000 is no int32: that is a whole number from -2147483648 to 2147483647",
        ),
        ("{\"on\":\"true\"}", "line 1, column 7, at .on: \"true\" is no bool"),
        ("{\"raw\":\"?\"}", "line 1, column 8, at .raw: \"?\" is no bytes (base64)"),
        (
            "{\"role\":\"ADMIM\"}",
            "line 1, column 9, at .role: \"ADMIM\" is no t.Role: it is one of NONE, ADMIN, GUEST",
        ),
        ("{\"roles\":[\"ADMIN\",true]}", "line 1, column 19, at .roles[1]: true is no t.Role"),
        (
            "{\"name\":\"a\",\n\"name\":\"b\"}",
            "line 2, column 1, at .name: the field \"name\" is given twice",
        ),
        (
            "{\"nickName\":\"a\",\"nick_name\":\"b\"}",
            "line 1, column 17, at .nick_name: the field \"nick_name\" is given twice",
        ),
        (
            "{\"left\":\"a\",\"right\":{}}",
            "line 1, column 13, at .right: the oneof \"pick\" holds \"left\" already",
        ),
        (
            "{\"expires\":\"yesterday\"}",
            "line 1, column 12, at .expires: \"yesterday\" is no google.protobuf.Timestamp: that is an RFC 3339 time such as \"2026-01-31T12:00:00Z\", in the years 1 to 9999",
        ),
        ("{\"maybe\":\"x\"}", "line 1, column 10, at .maybe: \"x\" is no int32"),
        ("{\"any\":{\"a\":1}}", "line 1, column 8, at .any: an Any needs its \"@type\""),
        (
            "{\"any\":{\"@type\":\"x/t.Nope\"}}",
            "line 1, column 17, at .any[\"@type\"]: the message type 't.Nope' is not in the schema",
        ),
        (
            "{\"any\":{\"@type\":\"x/t.City\",\"nam\":\"\"}}",
            "line 1, column 28, at .any: unknown field \"nam\" in t.City",
        ),
        ("null", "line 1, column 1: null is no t.All"),
        ("5", "line 1, column 1: 5 is no t.All"),
        ("[]", "line 1, column 1: an array is no t.All: each message stands for itself"),
        ("{\"name\":\"a\",}", "line 1, column 13: no valid JSON: '}' where a key was expected"),
        (
            "{\"address\":{\"name\":tru}}",
            "line 1, column 20, at .address.name: no valid JSON: tru where a value was expected",
        ),
        ("{\"name\":\"a\"", "line 1, column 12: the JSON ends too early"),
        (
            "{\"config\":{\"a\":[tru]}}",
            "line 1, column 17, at .config.a[0]: no valid JSON: tru where a value was expected",
        ),
        ("{} {}", "line 1, column 4: no valid JSON: '{' where no more was expected"),
        ("", "line 1, column 1: the JSON ends too early"),
    ] {
        assert_eq!(error(text).to_string(), expected, "{text}");
    }
}

#[test]
fn errors_answer_questions() {
    assert_eq!(error("{\"nam\":1}").nearest(), ["name"]);
    assert_eq!(error("{\"nick_nam\":1}").nearest(), ["nickName"]);
    assert_eq!(error("{\"role\":\"admin\"}").nearest(), ["ADMIN"]);
    assert!(error("[{}]").is_top_level_array());
    assert!(!error("{\"tags\":5}").is_top_level_array());
    assert!(error("{\"name\":").is_unfinished());
}

#[test]
fn unknown_names_are_dropped_on_demand() {
    let options = JsonInput { unknown: Unknown::Drop };
    let mut out = Vec::new();
    let text = br#"{"nam":[{"x":1}],"role":"NOPE","name":"a","address":{"q":null}}"#;
    to_wire(all(), text, options, &mut out).unwrap();
    assert_eq!(json(&out, JsonOutput::default()), r#"{"name":"a","address":{}}"#);
}

#[test]
fn lists_and_values_may_stand_at_the_top() {
    let closure = closure("syntax = \"proto3\"; import \"google/protobuf/struct.proto\"; message M {}");
    for (name, text) in [("ListValue", "[1,null]"), ("Value", "[true]"), ("Value", "null"), ("Struct", "{}")]
    {
        let plan = Plan::compile(&closure, &format!("google.protobuf.{name}")).unwrap();
        let (mut wire, mut again) = (Vec::new(), Vec::new());
        to_wire(&plan, text.as_bytes(), JsonInput::default(), &mut wire).unwrap();
        from_wire(&plan, &wire, JsonOutput::default(), &mut again).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), text);
    }
}

#[test]
fn extensions_have_their_names() {
    let (plan, text) =
        (old(), br#"{"name":"a","[old.level]":3,"[old.notes]":["x"],"[old.inner]":{"[old.level]":1}}"#);
    let (mut wire, mut again) = (Vec::new(), Vec::new());
    to_wire(&plan, text, JsonInput::default(), &mut wire).unwrap();
    from_wire(&plan, &wire, JsonOutput::default(), &mut again).unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(text.to_vec()).unwrap());
    let error = to_wire(&plan, br#"{"[old.inner]":{"[old.level]":true}}"#, JsonInput::default(), &mut wire);
    assert_eq!(
        error.unwrap_err().to_string(),
        "line 1, column 31, at [\"[old.inner]\"][\"[old.level]\"]: true is no int32"
    );
}

#[test]
fn depth_is_bounded_both_ways() {
    let nest = |levels: usize| {
        let mut text = r#"{"address":"#.to_owned();
        text.push_str(&r#"{"twin":"#.repeat(levels));
        text.push_str("{}");
        text.push_str(&"}".repeat(levels + 1));
        text
    };
    wire(&nest(50));
    assert_eq!(error(&nest(120)).message(), "nested more than 100 levels deep");
    assert_eq!(
        error(&format!("{{\"anything\":{}", "[".repeat(200_000))).message(),
        "nested more than 100 levels deep"
    );
    // an Any in an Any in an Any …, which no decoder counts
    let mut bytes = Vec::new();
    for _ in 0..2000 {
        let mut any = b"\x0a\x2etype.googleapis.com/google.protobuf.Any".to_vec();
        any[1] = u8::try_from(any.len() - 2).unwrap();
        if !bytes.is_empty() {
            any.push(0x12);
            prost::encoding::encode_varint(bytes.len() as u64, &mut any);
            any.extend_from_slice(&bytes);
        }
        bytes = any;
    }
    let plan = Plan::compile(all().closure(), "google.protobuf.Any").unwrap();
    let mut out = b"before".to_vec();
    let error = from_wire(&plan, &bytes, JsonOutput::default(), &mut out).unwrap_err();
    assert_eq!(error.message(), "the bytes are no google.protobuf.Any: nested more than 100 levels deep");
    assert_eq!(out, b"before");
}

#[test]
fn broken_bytes_are_refused() {
    for bytes in [
        &b"\x0a"[..],
        b"\x0a\x05ab",
        b"\x0a\x01\xff",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x0d\0\0\0\0",
    ] {
        let error = all().check(bytes).unwrap_err();
        assert!(error.message().starts_with("the bytes are no t.All: "), "{error}");
    }
    assert_eq!(all().check(b"\x0a\x01a"), Ok(()));
    let wrong_time = b"\x72\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x10\x01";
    let error = from_wire(all(), wrong_time, JsonOutput::default(), &mut Vec::new()).unwrap_err();
    assert_eq!(error.path(), Some(".expires"));
}

/// Text that is nearly JSON of the type.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"name\"",
        "\"tags\"",
        "\"any\"",
        "\"@type\"",
        "\"x/t.City\"",
        "\"counts\"",
        "\"a\"",
        "1",
        "-1.5e3",
        "null",
        "true",
        "\"anything\"",
        "\"address\"",
        " ",
        "\n",
        "\\",
        "\"",
        "☃",
        "\"role\"",
        "\"byId\"",
        "\"expires\"",
        "\"left\"",
        "\"config\"",
        "1e999",
        "\"\\ud800\"",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The JSON of a message, in which a few characters are others, or left out, or new.
fn changed() -> impl Strategy<Value = String> {
    let characters =
        prop::sample::select("{}[]\":,\\/untrfe01-+.@ \n\0\u{1f}\u{e4}".chars().collect::<Vec<_>>());
    let change = (any::<prop::sample::Index>(), 0..3_u8, characters);
    (fields(), prop::collection::vec(change, 0..3)).prop_map(|(text, changes)| {
        let mut json = Vec::new();
        from_wire(kinds(), &proto_wire(&text), JsonOutput::default(), &mut json).unwrap();
        let mut characters: Vec<char> = String::from_utf8(json).unwrap().chars().collect();
        for (place, how, character) in changes {
            let place = place.index(characters.len());
            match how {
                0 => characters.insert(place, character),
                1 if characters.len() > 1 => drop(characters.remove(place)),
                _ => characters[place] = character,
            }
        }
        characters.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn no_text_panics(text in prop_oneof![nearly(), nearly().prop_map(|t| format!("{{{t}}}")), "\\PC*"]) {
        let mut out = Vec::new();
        match to_wire(all(), text.as_bytes(), JsonInput::default(), &mut out) {
            Ok(()) => prop_assert!(all().check(&out).is_ok()),
            Err(error) => {
                let (line, _) = error.position().expect("each error has a place");
                prop_assert!(line <= text.split('\n').count());
            }
        }
    }

    #[test]
    fn text_is_read_the_same_wherever_it_stands(text in changed()) {
        let read = |parts: &[&str]| {
            let mut out = Vec::new();
            to_wire(kinds(), parts.concat().as_bytes(), JsonInput::default(), &mut out).map(|()| out).ok()
        };
        let blanks = " ".repeat(SHORT + 1);
        let alone = read(&[&text]);
        prop_assert_eq!(&read(&[&blanks, &text]), &alone);
        prop_assert_eq!(&read(&[&text, &blanks]), &alone);
        if let Some(wire) = alone {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
            let mut json = Vec::new();
            from_wire(kinds(), &wire, JsonOutput::default(), &mut json).expect("what was read has JSON");
            let json = String::from_utf8(json).unwrap();
            prop_assert_eq!(read(&[&json]), Some(rewritten(kinds(), &wire).unwrap()), "{}", json);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let mut out = Vec::new();
        if from_wire(all(), &bytes, JsonOutput::default(), &mut out).is_ok() {
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&out).is_ok());
        }
    }

    #[test]
    fn pretty_is_the_same_json(text in nearly()) {
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
            let mut out = Vec::new();
            pretty::pretty(value.to_string().as_bytes(), &mut out);
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).unwrap(), value.clone());
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string_pretty(&value).unwrap());
        }
    }
}
