//! Input cut into documents, in pieces and whole, right and broken.

use proptest::prelude::*;

use super::*;
use crate::transcode::testing::all;
use crate::transcode::{JsonInput, JsonOutput};

fn cut(dialect: Dialect, input: &str) -> Vec<String> {
    let documents = Documents::all(dialect, input.as_bytes()).unwrap_or_else(|e| panic!("{input}: {e}"));
    documents.iter().map(|d| String::from_utf8(d.as_bytes().to_vec()).unwrap()).collect()
}

fn error(dialect: Dialect, input: &str) -> DataError {
    match Documents::all(dialect, input.as_bytes()) {
        Ok(documents) => panic!("{input} was cut into {documents:?}"),
        Err(error) => error,
    }
}

/// The first error of an input read as messages of `t.All`, and how many messages came before it.
fn wrong(dialect: Dialect, input: &str) -> (usize, String) {
    let (mut documents, mut good) = (Documents::new(dialect), 0);
    documents.push(input.as_bytes());
    documents.finish();
    for document in documents {
        match document.and_then(|d| d.to_wire(all(), JsonInput::default(), &mut Vec::new())) {
            Ok(()) => good += 1,
            Err(error) => return (good, error.to_string()),
        }
    }
    panic!("{input} is right")
}

#[test]
fn strict_values_are_cut() {
    assert_eq!(cut(Dialect::Strict, ""), [""; 0]);
    assert_eq!(cut(Dialect::Strict, " \r\n\t"), [""; 0]);
    assert_eq!(cut(Dialect::Strict, "{\"a\": 1}\n{\"b\":[{}]}{}"), ["{\"a\": 1}", "{\"b\":[{}]}", "{}"]);
    assert_eq!(
        cut(Dialect::Strict, "1 true\"}\\\"{\"null[1]2"),
        ["1", "true", "\"}\\\"{\"", "null", "[1]", "2"]
    );
    assert_eq!(cut(Dialect::Strict, "\u{feff}{}\r\n"), ["{}"]);
}

#[test]
fn relaxed_values_are_cut_and_made_strict() {
    for (input, expected) in [
        (r#"<"name":"World">"#, r#"{"name":"World"}"#),
        ("{name:'World',}", r#"{"name":"World" }"#),
        ("{'a':[1,2,],}", r#"{"a":[1,2 ] }"#),
        (r#"{a_b:'it\'s "x"\n'}"#, r#"{"a_b":"it's \"x\"\n"}"#),
        (r"{'a':'\\'}", r#"{"a":"\\"}"#),
        ("{1:'a',-2:null}", r#"{"1":"a","-2":null}"#),
        ("// one\n# two\n/* three **/{}", "{}"),
        ("{a/**/:/*x*/1//y\n}", "{\"a\" : 1 \n}"),
        ("{a:1,# c\n}", "{\"a\":1  \n}"),
        ("<a:[{b:1}]>", r#"{"a":[{"b":1}]}"#),
        (r#"{"//":"/* no comment */ # 'x'"}"#, r#"{"//":"/* no comment */ # 'x'"}"#),
        ("'a'", "\"a\""),
        ("{a:true,b:x}", r#"{"a":true,"b":x}"#),
    ] {
        assert_eq!(cut(Dialect::Relaxed, input), [expected], "{input}");
    }
    assert_eq!(cut(Dialect::Relaxed, "<a:1>{b:2},".trim_end_matches(',')), [r#"{"a":1}"#, r#"{"b":2}"#]);
    assert_eq!(cut(Dialect::Relaxed, "1//x\n2/**/3#"), ["1", "2", "3"]);
    // a comma that nothing stands before is not a trailing one
    assert_eq!(cut(Dialect::Relaxed, "[,] [1,,]"), ["[,]", "[1,,]"]);
}

#[test]
fn strict_refuses_what_is_relaxed() {
    for input in ["{'a':1}", "<\"a\":1>", "// x\n{}", "# x\n{}", "{}/**/", "{\"a\":1 /**/}"] {
        let message = error(Dialect::Strict, input).message().to_owned();
        assert!(message.starts_with("no valid JSON: '"), "{input}: {message}");
    }
    for input in ["{a:1}", "{\"name\":\"\",}", "[1,]"] {
        assert_eq!(wrong(Dialect::Strict, input).0, 0);
    }
}

#[test]
fn brackets_that_do_not_match_are_refused() {
    for (dialect, input, expected) in [
        (Dialect::Strict, "{}\n }", "line 2, column 2: no valid JSON: '}' where a value was expected"),
        (Dialect::Strict, "1,2", "line 1, column 2: no valid JSON: ',' where a value was expected"),
        (
            Dialect::Strict,
            "{\"a\":[}",
            "line 1, column 7: '}' where ']' is due: the '[' of line 1, column 6 is open",
        ),
        (
            Dialect::Relaxed,
            "<a:1}",
            "line 1, column 5: '}' where '>' is due: the '<' of line 1, column 1 is open",
        ),
        (Dialect::Relaxed, "{a:<>}", "line 1, column 4: no valid JSON: '<' where a value was expected"),
        (
            Dialect::Strict,
            "{}\n{\n \"a\": [{}, {",
            "line 3, column 12: the object that begins here is never closed",
        ),
        (Dialect::Strict, "{\n \"a\": [1,", "line 2, column 7: the array that begins here is never closed"),
        (Dialect::Strict, "{\"a\": \"b}", "line 1, column 7: the string that begins here is never closed"),
        (Dialect::Relaxed, "{} /* ", "line 1, column 4: the comment that begins here is never closed"),
        (Dialect::Relaxed, "{} /", "line 1, column 4: no valid JSON: '/' where a value was expected"),
    ] {
        assert_eq!(error(dialect, input).to_string(), expected, "{input}");
    }
    assert!(error(Dialect::Strict, "[").is_unfinished());
    assert!(!error(Dialect::Strict, "]").is_unfinished());
}

#[test]
fn errors_stand_where_they_stand_in_the_input() {
    for (dialect, input, good, expected) in [
        (
            Dialect::Strict,
            "{\"name\":\"a\"}\n{\"age\":1}\n  {\"nam\":1}",
            2,
            "line 3, column 4: unknown field \"nam\" in t.All",
        ),
        (Dialect::Relaxed, "{/*\n*/nam:1}", 0, "line 2, column 3: unknown field"),
        (Dialect::Relaxed, "{/* a\nb */ name: 5}", 0, "line 2, column 12, at .name: 5 is no string"),
        (
            Dialect::Relaxed,
            "<name:'☃\"',tags:['a','b',],// x\n  ages:1>",
            0,
            "line 2, column 3: unknown field \"ages\" in t.All",
        ),
        (Dialect::Relaxed, "{name:'it\\'s', age:'x'}", 0, "line 1, column 20, at .age: \"x\" is no int32"),
        (
            Dialect::Relaxed,
            "{} # x\n\n{address:{\n  'name':1,}}",
            1,
            "line 4, column 10, at .address.name: 1 is no string",
        ),
        (
            Dialect::Relaxed,
            "{}\n{role:ADMIN}",
            1,
            "line 2, column 7, at .role: no valid JSON: ADMIN where a value was expected",
        ),
        (
            Dialect::Relaxed,
            "{name:'a\n'}",
            0,
            "line 1, column 9, at .name: no valid JSON: the control character 0x0a in a string must be escaped",
        ),
        (
            Dialect::Text,
            "name: 'a'\n# ---\nage: 1\n nam: 2",
            1,
            "line 4, column 2: unknown field \"nam\" in t.All",
        ),
        (
            Dialect::Delimited,
            "\x03\x0a\x01a\x02\x0a\x05",
            1,
            "at .name: the bytes are no t.All: a length goes beyond the end, at byte 1",
        ),
    ] {
        let (before, error) = wrong(dialect, input);
        assert!(error.starts_with(expected), "{input}: {error}");
        assert_eq!(before, good, "{input}");
    }
}

#[test]
fn a_value_is_handed_on_as_soon_as_it_closes() {
    let mut documents = Documents::new(Dialect::Relaxed);
    documents.push(b"{\"a\":1");
    assert_eq!(documents.next(), None);
    documents.push(b"}{");
    assert_eq!(documents.next().unwrap().unwrap().as_json(), Some("{\"a\":1}"));
    assert_eq!(documents.next(), None);
    documents.push(b"} 12");
    assert_eq!(documents.next().unwrap().unwrap().as_json(), Some("{}"));
    assert_eq!(documents.next(), None);
    documents.push(b"3\n");
    assert_eq!(documents.next().unwrap().unwrap().as_json(), Some("123"));
    documents.push(b"}");
    assert!(documents.next().unwrap().is_err());
    documents.push(b"{}");
    documents.finish();
    assert_eq!(documents.next(), None);
}

#[test]
fn text_is_cut_at_its_separators() {
    assert_eq!(cut(Dialect::Text, ""), [""; 0]);
    assert_eq!(cut(Dialect::Text, "\n"), ["\n"]);
    assert_eq!(cut(Dialect::Text, "a: 1\n# ---\n\n# ---\r\nb: 2"), ["a: 1\n", "\n", "b: 2"]);
    assert_eq!(cut(Dialect::Text, "a: 1\n # ---\n# ---"), ["a: 1\n # ---\n"]);
}

#[test]
fn binary_is_one_message_or_each_behind_its_length() {
    assert_eq!(cut(Dialect::Binary, ""), [""]);
    assert_eq!(cut(Dialect::Binary, "\x0a\x01a"), ["\x0a\x01a"]);
    assert_eq!(cut(Dialect::Delimited, ""), [""; 0]);
    assert_eq!(cut(Dialect::Delimited, "\0\x03abc\0"), ["", "abc", ""]);
    assert_eq!(
        error(Dialect::Delimited, "\x01a\x05bc").to_string(),
        "the message at byte 2 ends after 2 of its 5 bytes"
    );
    let long = Documents::all(Dialect::Delimited, b"\x80\x80").unwrap_err();
    assert_eq!(long.to_string(), "the message at byte 0 ends in the middle of its length");
    let large = Documents::all(Dialect::Delimited, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").unwrap_err();
    assert_eq!(large.to_string(), "a message is larger than 1 GiB");
    let broken = Documents::all(Dialect::Delimited, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02").unwrap_err();
    assert_eq!(broken.to_string(), "the length at byte 0 is no varint");
}

#[test]
fn a_value_is_lent_where_it_lies() {
    let mut documents = Documents::new(Dialect::Delimited);
    documents.push(b"\x01a\x80");
    assert!(documents.current().is_none());
    assert_eq!(documents.advance(), Ok(true));
    let first = documents.current().unwrap();
    assert_eq!((first.number(), first.begun(), first.offset(), first.as_bytes()), (1, 0, 1, &b"a"[..]));
    assert_eq!(documents.advance(), Ok(false));
    assert!(documents.current().is_none());
    let room = documents.room();
    assert!(room.len() >= 64 * 1024);
    room[0] = 1;
    room[1..129].fill(b'b');
    documents.filled(129);
    documents.finish();
    assert_eq!(documents.advance(), Ok(true));
    let second = documents.current().unwrap();
    assert_eq!((second.number(), second.begun(), second.offset()), (2, 2, 4));
    assert_eq!(second.as_bytes(), [b'b'; 128]);
    assert_eq!(second.to_document().lent().offset(), 4);
    assert_eq!(documents.advance(), Ok(false));
    // What comes behind the end is not looked at, as what comes behind an error is not.
    documents.push(b"\x01a");
    assert_eq!(documents.advance(), Ok(false));
    let mut documents = Documents::new(Dialect::Strict);
    documents.push(b"}");
    assert!(documents.advance().is_err());
    documents.push(b"{}");
    assert_eq!((documents.advance(), documents.next()), (Ok(false), None));
}

#[test]
fn a_stream_holds_no_more_than_what_is_open() {
    let line = format!("{{\"name\":\"{}\"}}\n", "x".repeat(1000));
    let blanks = " ".repeat(1000);
    let comment = format!("/*{}*/", "x".repeat(1000));
    let text = format!("{line}# ---\n");
    let wire = format!("\x64{}", "x".repeat(100));
    for (dialect, piece) in [
        (Dialect::Strict, &line),
        (Dialect::Strict, &blanks),
        (Dialect::Relaxed, &comment),
        (Dialect::Text, &text),
        (Dialect::Delimited, &wire),
    ] {
        let mut documents = Documents::new(dialect);
        for _ in 0..4000 {
            documents.push(piece.as_bytes());
            while documents.advance().unwrap() {}
        }
        assert!(documents.intake.held() < 1 << 20, "{dialect:?}: {}", documents.intake.held());
    }
    // One large value is held as a whole, and let go.
    let mut documents = Documents::new(Dialect::Delimited);
    documents.push(b"\x80\x80\x80\x08");
    for _ in 0..256 {
        documents.push(&vec![0; 64 * 1024]);
    }
    assert_eq!(documents.advance(), Ok(true));
    documents.push(b"\0");
    assert_eq!(documents.advance(), Ok(true));
    assert!(documents.intake.held() < 1 << 20, "{}", documents.intake.held());
}

#[test]
fn size_and_depth_are_bounded() {
    for dialect in [Dialect::Strict, Dialect::Relaxed, Dialect::Text, Dialect::Binary] {
        let mut documents = Documents::bounded(dialect, Size::bytes(10));
        documents.push(b"\"12345678\"");
        documents.push(b"\n{\"12345678\":9}");
        documents.finish();
        let last = documents.last().unwrap().unwrap_err();
        assert_eq!(last.message(), "a message is larger than 10 bytes");
    }
    let deep = error(Dialect::Strict, &"[".repeat(1_000_000));
    assert_eq!(deep.to_string(), "line 1, column 101: nested more than 100 levels deep");
}

#[test]
fn what_is_no_utf8_is_refused_with_its_place() {
    let error = Documents::all(Dialect::Strict, b"{}\n{\"a\":\"\xff\"}").unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 7: the text is not UTF-8");
    assert!(Documents::all(Dialect::Strict, b"\xef\xbb{}").is_err());
    assert!(Documents::all(Dialect::Relaxed, b"\xef\xbb").is_err());
}

/// Bytes that are nearly JSON as people type it.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{", "}", "[", "]", "<", ">", ":", ",", "\"", "'", "\\", "\"a\"", "'b'", "name", "1", "null", " ",
        "\n", "//", "/*", "*/", "#", "☃", "\u{feff}", "{a:1}", "# ---\n", "\0", "\x02",
    ]);
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

/// A JSON value, written relaxed and strict.
fn both() -> impl Strategy<Value = (String, serde_json::Value)> {
    let leaf = prop_oneof![
        Just(("null".to_owned(), serde_json::Value::Null)),
        any::<i32>().prop_map(|n| (format!("/* n */{n}"), n.into())),
        "[a-z'\"\\\\ ☃#/]{0,6}".prop_map(|text| {
            let quoted = text.replace('\\', "\\\\").replace('\'', "\\'");
            (format!("'{quoted}'"), text.into())
        }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..4), any::<bool>()).prop_map(|(items, trailing)| {
                let comma = if trailing && !items.is_empty() { " , " } else { "" };
                let texts: Vec<_> = items.iter().map(|(text, _)| text.clone()).collect();
                let values = items.into_iter().map(|(_, value)| value).collect();
                (format!("[{}{comma}]", texts.join(" // c\n,")), serde_json::Value::Array(values))
            }),
            (prop::collection::btree_map("[a-z_]{1,3}", inner, 0..4), any::<bool>()).prop_map(
                |(members, trailing)| {
                    let comma = if trailing && !members.is_empty() { "," } else { "" };
                    let texts: Vec<_> =
                        members.iter().map(|(key, (text, _))| format!("{key}: {text}")).collect();
                    let values = members.into_iter().map(|(key, (_, value))| (key, value)).collect();
                    (format!("{{{}{comma}#\n}}", texts.join(",\n ")), serde_json::Value::Object(values))
                }
            ),
        ]
    })
}

proptest! {
    #[test]
    fn cutting_does_not_depend_on_how_bytes_arrive(input in nearly(), cuts in prop::collection::vec(0_usize..9, 0..40)) {
        for dialect in [Dialect::Strict, Dialect::Relaxed, Dialect::Text, Dialect::Binary, Dialect::Delimited] {
            let mut whole = Documents::new(dialect);
            whole.push(input.as_bytes());
            whole.finish();
            let (mut pieces, mut rest, mut came) = (Documents::new(dialect), input.as_bytes(), Vec::new());
            for cut in &cuts {
                let (piece, tail) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                came.extend(pieces.by_ref());
                rest = tail;
            }
            pieces.push(rest);
            pieces.finish();
            came.extend(pieces);
            prop_assert_eq!(came, whole.collect::<Vec<_>>());
        }
    }

    #[test]
    fn relaxed_means_what_strict_says((text, value) in both(), angle in any::<bool>()) {
        let text = match text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
            Some(inner) if angle => format!("<{inner}>"),
            _ => text,
        };
        let documents = Documents::all(Dialect::Relaxed, text.as_bytes()).unwrap();
        prop_assert_eq!(documents.len(), 1, "{}", text);
        let strict: serde_json::Value = serde_json::from_slice(documents[0].as_bytes()).unwrap();
        prop_assert_eq!(strict, value);
    }

    #[test]
    fn each_error_is_placed_in_the_input(input in nearly()) {
        for dialect in [Dialect::Strict, Dialect::Relaxed, Dialect::Text] {
            let mut documents = Documents::new(dialect);
            documents.push(input.as_bytes());
            documents.finish();
            for document in documents {
                let read = document.and_then(|d| d.to_wire(all(), JsonInput::default(), &mut Vec::new()));
                if let Err(error) = read {
                    let (line, column) = error.position().expect("text has places");
                    let lines: Vec<_> = input.split('\n').collect();
                    prop_assert!(line <= lines.len(), "{}", error);
                    prop_assert!(column <= lines[line - 1].chars().count() + 1, "{}", error);
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_cut_again(names in prop::collection::vec("\\PC{0,5}", 0..5)) {
        let mut stream = Vec::new();
        for name in &names {
            let mut wire = Vec::new();
            let json = serde_json::json!({"name": name}).to_string();
            crate::transcode::json::to_wire(all(), json.as_bytes(), JsonInput::default(), &mut wire).unwrap();
            crate::transcode::json::from_wire(all(), &wire, JsonOutput::default(), &mut stream).unwrap();
        }
        let again = Documents::all(Dialect::Strict, &stream).unwrap();
        prop_assert_eq!(again.len(), names.len());
    }
}
