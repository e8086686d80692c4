//! Wire bytes as tests spell them, in a part of Protoscope (github.com/protocolbuffers/protoscope).

use crate::transcode::plan::{Tag, WireType};

/// The bytes that a text says.
///
/// `1: 5` is field 1 as a varint, `1: 5i32` and `1: 5i64` as fixed widths, `1: "a"` as a string, `1: {…}` whatever
/// stands in the brackets behind its length, `1: !{…}` as a group. `1:LEN` is a tag alone, as are `VARINT`, `I64`,
/// `SGROUP`, `EGROUP` and `I32`; values may stand without a tag; and `` `0aff` `` are bytes as they are.
pub(in crate::transcode) fn wire(text: &str) -> Vec<u8> {
    let mut rest = text;
    let mut bytes = Vec::new();
    items(&mut rest, &mut bytes);
    assert_eq!(rest, "", "in {text}");
    bytes
}

/// The bytes behind their length.
pub(in crate::transcode) fn behind_length(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(bytes.len() as u64, &mut out);
    out.extend_from_slice(bytes);
    out
}

fn items(rest: &mut &str, out: &mut Vec<u8>) {
    loop {
        *rest = rest.trim_start();
        match rest.as_bytes().first() {
            None | Some(b'}') => return,
            Some(b'`') => {
                let (hex, behind) = rest[1..].split_once('`').expect("hex ends");
                let pairs = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("ASCII"));
                out.extend(pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hex")));
                *rest = behind;
            }
            Some(b'"') => {
                let (text, behind) = rest[1..].split_once('"').expect("a string ends");
                varint(text.len() as u64, out);
                out.extend_from_slice(text.as_bytes());
                *rest = behind;
            }
            Some(b'{') => {
                let inner = bracketed(rest, 1);
                varint(inner.len() as u64, out);
                out.extend(inner);
            }
            Some(_) => word(rest, out),
        }
    }
}

/// What stands in the bracket behind so many bytes.
fn bracketed(rest: &mut &str, skip: usize) -> Vec<u8> {
    *rest = &rest[skip..];
    let mut inner = Vec::new();
    items(rest, &mut inner);
    *rest = rest.strip_prefix('}').expect("a bracket closes");
    inner
}

/// A number, or a number with a colon and what follows it.
fn word(rest: &mut &str, out: &mut Vec<u8>) {
    let end = rest.find(|c: char| c.is_whitespace() || ":{}`\"".contains(c)).unwrap_or(rest.len());
    let (word, behind) = rest.split_at(end);
    *rest = behind;
    let Some(behind) = rest.strip_prefix(':') else { return number(word, out) };
    *rest = behind;
    let field = word.parse().unwrap_or_else(|_| panic!("{word:?} is no field number"));
    let named = [
        ("VARINT", WireType::Varint),
        ("I64", WireType::Fixed64),
        ("LEN", WireType::Delimited),
        ("SGROUP", WireType::StartGroup),
        ("EGROUP", WireType::EndGroup),
        ("I32", WireType::Fixed32),
    ];
    let named = named.iter().find_map(|(name, wire_type)| Some((rest.strip_prefix(name)?, *wire_type)));
    if let Some((behind, wire_type)) = named {
        *rest = behind;
        return tag(field, wire_type, out);
    }
    *rest = rest.trim_start();
    match rest.as_bytes().first() {
        Some(b'!') => {
            tag(field, WireType::StartGroup, out);
            out.extend(bracketed(rest, 2));
            tag(field, WireType::EndGroup, out);
        }
        Some(b'`') => panic!("bytes follow {word}:, which says no wire type"),
        Some(b'{' | b'"') => tag(field, WireType::Delimited, out),
        _ => {
            let end = rest.find(|c: char| c.is_whitespace() || c == '}').unwrap_or(rest.len());
            tag(field, width(&rest[..end]).1, out);
        }
    }
}

fn tag(field: u32, wire_type: WireType, out: &mut Vec<u8>) {
    let tag = Tag::new(field, wire_type);
    out.extend_from_slice(&tag.bytes.to_le_bytes()[..usize::from(tag.length)]);
}

/// A number's digits and how it stands on the wire.
fn width(word: &str) -> (&str, WireType) {
    match (word.strip_suffix("i32"), word.strip_suffix("i64")) {
        (Some(digits), _) => (digits, WireType::Fixed32),
        (_, Some(digits)) => (digits, WireType::Fixed64),
        _ => (word, WireType::Varint),
    }
}

fn number(word: &str, out: &mut Vec<u8>) {
    let (digits, wire_type) = width(word);
    let value: i128 = digits.parse().unwrap_or_else(|_| panic!("{word:?} is no number"));
    let bytes = value.to_le_bytes();
    match wire_type {
        WireType::Fixed32 => out.extend_from_slice(&bytes[..4]),
        WireType::Fixed64 => out.extend_from_slice(&bytes[..8]),
        _ => varint(u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")), out),
    }
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[test]
fn bytes_are_what_the_text_says() {
    for (text, bytes) in [
        ("1: 5", &b"\x08\x05"[..]),
        ("1: -1", b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        ("16: \"a\" 1: { 2: 300 \"x\" }", b"\x82\x01\x01a\x0a\x05\x10\xac\x02\x01x"),
        ("1: !{ 2: 1i32 } 3: 1i64", b"\x0b\x15\x01\0\0\0\x0c\x19\x01\0\0\0\0\0\0\0"),
        ("1: {1 2 300}", b"\x0a\x04\x01\x02\xac\x02"),
        ("1:LEN `8000` 1:EGROUP", b"\x0a\x80\0\x0c"),
        ("1:{}", b"\x0a\0"),
    ] {
        assert_eq!(wire(text), bytes, "{text}");
    }
}
