//! Descriptors made wrong where it hurts: a message's fields are taken apart, changed, and put together again.

use crate::random::Choices;
use crate::random::wire::varint;

/// What names, types and files are called in descriptors, right and wrong.
const WORDS: &[&str] = &[
    "",
    ".",
    "M0",
    ".random.M0",
    "random.M0",
    ".random.M1",
    ".google.protobuf.Any",
    ".google.protobuf.FieldOptions",
    "google/protobuf/descriptor.proto",
    "../../etc/passwd",
    "\u{1b}[2J",
    "a b",
    ".E",
    "MEntry",
    "proto2",
    "proto3",
    "editions",
    "key",
    "value",
];

/// Numbers at some limit.
const NUMBERS: &[u64] = &[
    0,
    1,
    2,
    3,
    10,
    11,
    14,
    100,
    1000,
    1001,
    19_000,
    65_536,
    (1 << 29) - 1,
    1 << 29,
    (1 << 31) - 1,
    1 << 31,
    u64::MAX,
    u64::MAX - (1 << 31) + 1,
];

enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message, if it is one without fixed numbers and groups, of which descriptors have few.
fn fields(mut message: &[u8]) -> Option<Vec<(u64, Value<'_>)>> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let key = take_varint(&mut message)?;
        let value = match key & 7 {
            0 => Value::Varint(take_varint(&mut message)?),
            2 => {
                let length = usize::try_from(take_varint(&mut message)?).ok()?;
                let (value, rest) = message.split_at_checked(length)?;
                message = rest;
                Value::Bytes(value)
            }
            _ => return None,
        };
        fields.push((key >> 3, value));
    }
    Some(fields)
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in 0..10 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << (7 * shift).min(63);
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn put(number: u64, value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Varint(value) => {
            varint(number << 3, out);
            varint(*value, out);
        }
        Value::Bytes(bytes) => {
            varint(number << 3 | 2, out);
            varint(bytes.len() as u64, out);
            out.extend_from_slice(bytes);
        }
    }
}

/// The message with one place in it changed; all around it still fits.
pub(crate) fn mutated(choices: &mut Choices, message: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    let Some(fields) = fields(&message).filter(|fields| !fields.is_empty()) else {
        crate::random::mutate::bytes(choices, &mut message, b"");
        return message;
    };
    let at = choices.below(fields.len());
    let mut out = Vec::new();
    for (index, (number, value)) in fields.iter().enumerate() {
        if index != at {
            put(*number, value, &mut out);
            continue;
        }
        match (choices.below(20), value) {
            (0, _) => {}
            (1, _) => {
                put(*number, value, &mut out);
                put(*number, value, &mut out);
            }
            (2, _) => put(1 + choices.below(16) as u64, value, &mut out),
            (3, _) => put(*number, &Value::Bytes(choices.one_of(WORDS).as_bytes()), &mut out),
            (_, Value::Varint(_)) => put(*number, &Value::Varint(*choices.one_of(NUMBERS)), &mut out),
            (4..8, Value::Bytes(_)) => {
                put(*number, &Value::Bytes(choices.one_of(WORDS).as_bytes()), &mut out);
            }
            (_, Value::Bytes(bytes)) => put(*number, &Value::Bytes(&mutated(choices, bytes)), &mut out),
        }
    }
    out
}
