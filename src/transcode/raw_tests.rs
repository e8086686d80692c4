//! Bytes without a schema, beside what protoc says of them.

use proptest::prelude::*;

use super::*;

fn shown(wire: &[u8]) -> (String, Option<String>) {
    let mut out = Vec::new();
    let error = from_wire(wire, 0, &mut out).err();
    (String::from_utf8(out).unwrap(), error.map(|error| error.to_string()))
}

/// The lines without their comments, as protoc prints them.
fn bare(wire: &[u8]) -> String {
    let (text, error) = shown(wire);
    assert_eq!(error, None, "{text}");
    text.lines().map(|line| line.rfind("  # @").map_or(line, |at| &line[..at]).to_owned() + "\n").collect()
}

/// A length-delimited field.
fn field(number: u8, body: &[u8]) -> Vec<u8> {
    let mut wire = vec![number << 3 | 2];
    prost::encoding::encode_varint(body.len() as u64, &mut wire);
    wire.extend_from_slice(body);
    wire
}

#[test]
fn protoc_says_the_same() {
    // What the protoc of grpcio-tools 1.85 prints for `--decode_raw`.
    for (wire, expected) in [
        (&b""[..], ""),
        (b"\x08\x96\x01", "1: 150\n"),
        (b"\x0a\x05World", "1: \"World\"\n"),
        (b"\x0a\x00", "1: \"\"\n"),
        (b"\x0a\x05World\x12\x03\x08\x96\x01", "1: \"World\"\n2 {\n  1: 150\n}\n"),
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "1: 18446744073709551615\n"),
        (b"\xf8\xff\xff\xff\x0f\x00", "536870911: 0\n"),
        (b"\x1d\x00\x00\xc8B", "3: 0x42c80000\n"),
        (b"!\x00\x00\x00\x00\x00\x00\xf8\xbf", "4: 0xbff8000000000000\n"),
        (b"%\x00\x00\x00\x00", "4: 0x00000000\n"),
        (b"+\x08\x0134,", "5 {\n  1: 1\n  6 {\n  }\n}\n"),
        (
            b"\x0a\x0dGr\xc3\xbc\xc3\x9fe\n\t'\"\\\x7f",
            "1: \"Gr\\303\\274\\303\\237e\\n\\t\\'\\\"\\\\\\177\"\n",
        ),
        (b"\x0a\x03\xff\x00\x80", "1: \"\\377\\000\\200\"\n"),
        (b"\x0a\x02(X", "1 {\n  5: 88\n}\n"),
        (b"\x0a\x07\x0a\x05\x0a\x03\x0a\x01a", "1 {\n  1 {\n    1 {\n      1: \"a\"\n    }\n  }\n}\n"),
        (b"\x0a\x02\x13\x14", "1 {\n  2 {\n  }\n}\n"),
        (b"\x0a\x02\x13\x1c", "1: \"\\023\\034\"\n"),
        (b"\x0a\x01\x13", "1: \"\\023\"\n"),
        (b"\x0a\x01\x14", "1: \"\\024\"\n"),
        (b"\x0a\x01\x00", "1: \"\\000\"\n"),
        (b"\x0a\x01\x08", "1: \"\\010\"\n"),
        (b"\x0a\x01\x06", "1: \"\\006\"\n"),
        (b"\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "1 {\n  1: 18446744073709551615\n}\n"),
        (
            b"\x0a\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            "1: \"\\010\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\001\"\n",
        ),
        (b"\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "1 {\n  1: 18446744073709551615\n}\n"),
        (b"\x0a\x05\x12\x05abc", "1: \"\\022\\005abc\"\n"),
        (b"\x0a\x03\x0d\x01\x02", "1: \"\\r\\001\\002\"\n"),
        (b"\x0a\x04\x88\x80\x00\x01", "1 {\n  1: 1\n}\n"),
        (b"\x0a\x03\x0a\x80\x00", "1 {\n  1: \"\"\n}\n"),
        (b"\x0a\x03\x08\x01\x00", "1: \"\\010\\001\\000\"\n"),
        (b"\x0a\x0a2020-01-01", "1: \"2020-01-01\"\n"),
        (b"z\x0c\n\n\n\n\n\n\n\n\n\n\n\n", "15 {\n  1: \"\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\"\n}\n"),
    ] {
        assert_eq!(bare(wire), expected, "{wire:x?}");
    }
}

#[test]
fn each_line_says_where_it_is_and_what_it_may_be() {
    let wire =
        b"\x0a\x05World\x12\x03\x08\x96\x01\x1d\x00\x00\xc8B\x21\x00\x00\x00\x00\x00\x00\xf8\xbf\x2b\x2c\
                 \x32\x07Gr\xc3\xbc\xc3\x9fe\x3a\x02(X\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    let expected = "1: \"World\"  # @100 len 5\n\
                    2 {  # @107 len 3\n\
                    \x20 1: 150  # @109 varint\n\
                    }\n\
                    3: 0x42c80000  # @112 i32, 1120403456 as fixed32, 100.0 as float\n\
                    4: 0xbff8000000000000  # @117 i64, 13832806255468478464 as fixed64, -1.5 as double\n\
                    5 {  # @126 group\n\
                    }\n\
                    6: \"Gr\\303\\274\\303\\237e\"  # @128 len 7 \"Grüße\"\n\
                    7 {  # @137 len 2 \"(X\"\n\
                    \x20 5: 88  # @139 varint\n\
                    }\n\
                    1: 18446744073709551615  # @141 varint, -1 as int64\n";
    let mut out = Vec::new();
    from_wire(wire, 100, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    // What a text hides from a terminal is escaped.
    let (text, _) = shown(&field(1, "\u{202e}x☃".as_bytes()));
    assert!(text.ends_with("len 7 \"\\u{202e}x☃\"\n"), "{text}");
}

#[test]
fn what_is_broken_is_shown_up_to_there() {
    let first = "1: 1  # @0 varint\n";
    for (wire, lines, expected) in [
        (&b"\x08\x01\x08"[..], first, "the bytes end within the field at byte 2"),
        (b"\x08\x01\x80", first, "the bytes end within the field at byte 2"),
        (b"\x08\x01\x1a\x64abcde", first, "field 3 at byte 2 has a value of 100 bytes, and 5 are left"),
        (b"\x08\x01\x1d\x00\x00", first, "field 3 at byte 2 has a value of 4 bytes, and 2 are left"),
        (b"\x08\x01\x00", first, "the field at byte 2 has the number 0"),
        (b"\x08\x01\x0e", first, "the field at byte 2 has the wire type 6, which there is not"),
        (b"\x08\x01\x0f", first, "the field at byte 2 has the wire type 7, which there is not"),
        (
            b"\x08\x01\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            first,
            "the field at byte 2 has a varint without an end",
        ),
        (b"\x08\x01\xff\xff\xff\xff\xff\x01", first, "the field at byte 2 has a varint without an end"),
        (b"\x08\x01\x14", first, "group 2 ends at byte 2, and no such group is open"),
        (
            b"\x0b\x08\x01\x14",
            "1 {  # @0 group\n  1: 1  # @1 varint\n",
            "group 2 ends at byte 3, and no such group is open",
        ),
        (b"\x0b\x08\x01", "1 {  # @0 group\n  1: 1  # @1 varint\n", "group 1 at byte 0 has no end"),
    ] {
        assert_eq!(shown(wire), (lines.to_owned(), Some(expected.to_owned())), "{wire:x?}");
        let mut lines = Lines::new(wire, 0);
        while lines.next_line(&mut Vec::new()).is_some_and(|line| line.is_ok()) {}
        assert!(lines.next_line(&mut Vec::new()).is_none(), "nothing comes behind an error");
    }
}

#[test]
fn depth_is_bounded() {
    let mut wire = b"\x08\x01".to_vec();
    for _ in 0..DEPTH {
        wire = field(1, &wire);
    }
    let text = bare(&wire);
    assert!(text.contains(&format!("\n{}1: 1\n", " ".repeat(2 * DEPTH))), "{text}");
    let text = bare(&field(1, &wire));
    assert!(text.contains(&format!("\n{}1: \"\\010\\001\"\n", " ".repeat(2 * DEPTH))), "{text}");
    let groups = [b"\x0b".repeat(DEPTH), b"\x0c".repeat(DEPTH)].concat();
    assert_eq!(bare(&groups).lines().count(), 2 * DEPTH);
    // As a value they would be one level deeper.
    assert!(bare(&field(1, &groups)).starts_with("1: \"\\013"));
    let error = shown(&b"\x0b".repeat(1_000_000)).1.unwrap();
    assert_eq!(error, "groups are nested more than 100 levels deep at byte 100");
}

/// A message that guesses like: fields of every kind, nested a few levels.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        any::<u8>().prop_map(|n| vec![0x08, n & 0x7f]),
        any::<[u8; 4]>().prop_map(|bytes| [&[0x15][..], &bytes].concat()),
        any::<[u8; 8]>().prop_map(|bytes| [&[0x19][..], &bytes].concat()),
        "\\PC{0,8}".prop_map(|text| field(4, text.as_bytes())),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(|bytes| field(5, &bytes)),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|fields| field(6, &fields.concat())),
            prop::collection::vec(inner, 0..4)
                .prop_map(|fields| [&[0x3b][..], &fields.concat(), &[0x3c]].concat()),
        ]
    })
}

proptest! {
    #[test]
    fn a_message_is_shown_whole_and_a_cut_one_up_to_there(wire in message(), cut in any::<prop::sample::Index>()) {
        let (whole, error) = shown(&wire);
        prop_assert_eq!(error, None);
        let (part, _) = shown(&wire[..cut.index(wire.len() + 1)]);
        // What is cut within a value that may be a message is not begun.
        let shared = part.lines().zip(whole.lines()).take_while(|(a, b)| a == b).count();
        prop_assert!(shared + 1 >= part.lines().count(), "{}\n{}", part, whole);
    }

    #[test]
    fn nothing_breaks_it(wire in prop::collection::vec(any::<u8>(), 0..200)) {
        let (text, _) = shown(&wire);
        prop_assert!(text.is_empty() || text.ends_with('\n'));
    }
}
