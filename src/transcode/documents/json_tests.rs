//! Values cut in one look, held against the same input read byte by byte.

use proptest::prelude::*;

use super::*;
use crate::transcode::documents::{Dialect, Documents};
use crate::transcode::place::Place;

/// The values of an input, and the error behind them.
type Values = (Vec<Vec<u8>>, Option<DataError>);

/// What reading every byte says.
fn read(manner: Manner, input: &[u8]) -> Values {
    let (mut bytewise, mut values) = (Bytewise::new(manner, Size::mebibytes(1)), Vec::new());
    let mut at = 0;
    let close = |bytewise: &mut Bytewise, values: &mut Vec<Vec<u8>>| {
        bytewise.check_utf8()?;
        values.push(bytewise.text().to_vec());
        bytewise.restart(bytewise.place());
        Ok(())
    };
    while at < input.len() {
        let step = match bytewise.read(input[at]) {
            Ok(step) => step,
            Err(error) => return (values, Some(error)),
        };
        at += usize::from(step != Step::ClosedBefore);
        if step != Step::Read
            && let Err(error) = close(&mut bytewise, &mut values)
        {
            return (values, Some(error));
        }
    }
    let error = match bytewise.finish() {
        Ok(true) => close(&mut bytewise, &mut values).err(),
        Ok(false) => None,
        Err(error) => Some(error),
    };
    (values, error)
}

/// What cutting says, the input pushed in two pieces.
fn cut(manner: Manner, input: &[u8], split: usize) -> Values {
    let dialect = if manner == Manner::Strict { Dialect::Strict } else { Dialect::Relaxed };
    let (mut documents, mut values) = (Documents::bounded(dialect, Size::mebibytes(1)), Vec::new());
    let mut error = None;
    let (first, second) = input.split_at(split);
    for (piece, last) in [(first, false), (second, true)] {
        documents.push(piece);
        if last {
            documents.finish();
        }
        loop {
            match documents.advance() {
                Ok(true) => values.push(documents.current().expect("it says so").as_bytes().to_vec()),
                Ok(false) => break,
                Err(wrong) => error = Some(wrong),
            }
        }
    }
    (values, error)
}

/// JSON and what is nearly JSON, long enough for several blocks of 64 bytes.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\"a\":", "\"a\" :", "1e+5", "null", " ", "\n", "☃",
            "\"\\\"\"", "\"\\\\\"", "\"]\"", "\"{\\\\\\\"\"", "{\"a\":[{}]}",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["'", "#", "/", "//", "/*", "*/", "<", ">", ",}", ", ]", "a:", "\u{c}"]).prop_map(str::to_owned),
        1 => "\"[a-z]{0,90}\"",
        1 => " {0,70}",
        1 => "\"(\\\\\\\\){0,70}\"",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// JSON, and where blanks and line ends may be, some.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<f64>().prop_filter_map("is no JSON", |n| serde_json::to_string(&n).ok()),
        "\\PC{0,80}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        "[\"\\\\/<>{}\\[\\]'#,:]{0,80}".prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    let blank = prop::sample::select(vec!["", " ", "\n", "\t\r\n   "]);
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..6), blank.clone())
                .prop_map(|(items, b)| format!("[{b}{}{b}]", items.join(&format!("{b},{b}")))),
            (prop::collection::vec(("[a-z\"]{0,9}", inner), 0..6), blank.clone()).prop_map(|(members, b)| {
                let member = |(key, value): &(String, String)| {
                    format!("{}{b}:{b}{value}", serde_json::to_string(key).unwrap())
                };
                let members: Vec<_> = members.iter().map(member).collect();
                format!("{{{b}{}{b}}}", members.join(&format!("{b},{b}")))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn a_look_sees_what_reading_sees(input in nearly(), split in any::<prop::sample::Index>()) {
        let split = split.index(input.len() + 1);
        prop_assert_eq!(cut(Manner::Strict, input.as_bytes(), split), read(Manner::Strict, input.as_bytes()));
    }

    #[test]
    fn what_is_json_is_cut_as_it_stands(values in prop::collection::vec(json(), 0..4), split in any::<prop::sample::Index>()) {
        let input = values.join("\n");
        let split = split.index(input.len() + 1);
        let expected = (values.iter().map(|value| value.as_bytes().to_vec()).collect(), None);
        for manner in [Manner::Strict, Manner::Relaxed] {
            prop_assert_eq!(&cut(manner, input.as_bytes(), split), &expected);
            prop_assert_eq!(&read(manner, input.as_bytes()), &expected);
        }
    }

    #[test]
    fn what_people_type_is_seen(value in json(), odd in "'a'|//\n|#\n|/**/|b:1|<|,", at in any::<prop::sample::Index>()) {
        // Whatever stands in the middle of a value, a look either passes the value on as reading would, or leaves it.
        let mut input = value.clone();
        let places: Vec<_> = input.char_indices().map(|(at, _)| at).collect();
        input.insert_str(*at.get(&places), &odd);
        let (made, error) = read(Manner::Relaxed, input.as_bytes());
        let right = made.iter().all(|made| serde_json::from_slice::<serde::de::IgnoredAny>(made).is_ok());
        if right || error.is_some() {
            prop_assert_eq!(cut(Manner::Relaxed, input.as_bytes(), 0), (made, error));
        }
    }

    #[test]
    fn what_is_no_utf8_is_found(text in "[a-z☃]{1,80}", at in any::<prop::sample::Index>(), split in any::<prop::sample::Index>()) {
        let mut input = format!("{{}}\n[\"{text}\"]").into_bytes();
        let at = 5 + at.index(text.len());
        input[at] = 0xff;
        let split = split.index(input.len() + 1);
        let (values, error) = cut(Manner::Strict, &input, split);
        prop_assert_eq!(&values, &[b"{}"]);
        prop_assert_eq!((values, error), read(Manner::Strict, &input));
    }
}

#[test]
fn an_odd_value_is_read_and_the_next_one_looked_at() {
    let mut documents = Documents::new(Dialect::Relaxed);
    documents.push(b"{\"a\":1} // one\n{a:'2',}{\"b\":[1, 2]} 3 \"x\" {\"c\":{}}");
    documents.finish();
    let mut seen = Vec::new();
    while documents.advance().unwrap() {
        let document = documents.current().unwrap();
        let text = std::str::from_utf8(document.as_bytes()).unwrap();
        seen.push((document.number(), document.begun(), document.position(0).unwrap(), text.to_owned()));
    }
    let expected = [
        (1, 0, (1, 1), "{\"a\":1}"),
        (2, 15, (2, 1), "{\"a\":\"2\" }"),
        (3, 23, (2, 9), "{\"b\":[1, 2]}"),
        (4, 36, (2, 22), "3"),
        (5, 38, (2, 24), "\"x\""),
        (6, 42, (2, 28), "{\"c\":{}}"),
    ];
    assert_eq!(seen, expected.map(|(n, begun, place, text)| (n, begun, place, text.to_owned())));
}

#[test]
fn only_what_is_odd_is_read_byte_by_byte() {
    // That is what makes cutting fast; nothing else would show it.
    for (manner, input, odd) in [
        (Manner::Strict, "{\"a\":[1e+5,\"//'#<>\\\\\\\"\",{\"☃\":null}]}", false),
        (Manner::Relaxed, "{\"a\" : [1e+5,\"//'#<>\\\\\\\"\",{\"☃\":null}] }", false),
        (Manner::Strict, "{\"a\":1,}", false),
        (Manner::Relaxed, "{\"a\":1,\n}", true),
        (Manner::Relaxed, "{a:1}", true),
        (Manner::Relaxed, "{'a':1}", true),
        (Manner::Relaxed, "{\"a\":1/**/}", true),
        (Manner::Strict, "{\"a\":\\\"\"}", true),
    ] {
        let mut look = Look::new(manner);
        let wanted = if odd { Found::Odd } else { Found::End(input.len()) };
        assert_eq!(look.go_on(input.as_bytes()), wanted, "{input}");
    }
    assert_eq!(Bytewise::new(Manner::Strict, Size::bytes(1)).place(), Place::START);
}
