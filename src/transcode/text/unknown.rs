//! Fields that a type does not have, by their numbers, as protoc prints them.

use std::io::Write as _;

use super::quoted;

/// How deep bytes behind a length are looked into for messages.
const GUESSES: usize = 10;

/// How deep groups may be nested in one another.
const GROUPS: usize = 100;

/// A field as the wire has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Raw<'w> {
    number: u32,
    value: Value<'w>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value<'w> {
    Varint(u64),
    Fixed32(u32),
    Fixed64(u64),
    Delimited(&'w [u8]),
    /// What stands before its end tag.
    Group(&'w [u8]),
}

/// Appends one field, given by its number, its wire type and the bytes behind its tag, those of a group up to
/// its end tag. `depth` is how many braces are open. What is no field leaves nothing.
pub(super) fn write(number: u32, wire_type: u32, bytes: &[u8], depth: usize, out: &mut Vec<u8>) {
    let mut rest = bytes;
    let value = match wire_type {
        3 => Some(Value::Group(bytes)),
        _ => Value::take(number, wire_type, &mut rest, GROUPS),
    };
    if let Some(value) = value {
        Raw { number, value }.write(depth, GUESSES, out);
    }
}

impl<'w> Raw<'w> {
    /// The fields that bytes are, if they are nothing else.
    fn all(mut bytes: &'w [u8], groups: usize) -> Option<Vec<Self>> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let (number, wire_type) = tag(&mut bytes)?;
            fields.push(Self { number, value: Value::take(number, wire_type, &mut bytes, groups)? });
        }
        Some(fields)
    }

    fn write(self, depth: usize, guesses: usize, out: &mut Vec<u8>) {
        indent(depth, out);
        let line = match self.value {
            Value::Varint(value) => write!(out, "{}: {value}", self.number),
            Value::Fixed32(value) => write!(out, "{}: {value:#010x}", self.number),
            Value::Fixed64(value) => write!(out, "{}: {value:#018x}", self.number),
            Value::Delimited(bytes) => {
                // What can be read as a message is taken for one.
                let message = (!bytes.is_empty() && guesses > 0).then(|| Self::all(bytes, guesses)).flatten();
                match message {
                    Some(fields) => self.block(&fields, depth, guesses, out),
                    None => {
                        let name = write!(out, "{}: ", self.number);
                        quoted::bytes(bytes, out);
                        name
                    }
                }
            }
            Value::Group(bytes) => {
                self.block(&Self::all(bytes, GROUPS).unwrap_or_default(), depth, guesses, out)
            }
        };
        line.expect("a Vec takes all that is written");
        out.push(b'\n');
    }

    fn block(self, fields: &[Self], depth: usize, guesses: usize, out: &mut Vec<u8>) -> std::io::Result<()> {
        writeln!(out, "{} {{", self.number)?;
        for field in fields {
            field.write(depth + 1, guesses.saturating_sub(1), out);
        }
        indent(depth, out);
        out.write_all(b"}")
    }
}

impl<'w> Value<'w> {
    /// Takes a value off the front; groups may be nested `groups` deep.
    fn take(number: u32, wire_type: u32, bytes: &mut &'w [u8], groups: usize) -> Option<Self> {
        Some(match wire_type {
            0 => Self::Varint(varint(bytes)?),
            1 => Self::Fixed64(u64::from_le_bytes(*bytes.split_off(..8)?.first_chunk()?)),
            2 => {
                let length = usize::try_from(varint(bytes)?).ok()?;
                Self::Delimited(bytes.split_off(..length)?)
            }
            3 => {
                let (all, groups) = (*bytes, groups.checked_sub(1)?);
                loop {
                    let body = all.len() - bytes.len();
                    match tag(bytes)? {
                        (end, 4) if end == number => return Some(Self::Group(&all[..body])),
                        (inner, wire_type) => Self::take(inner, wire_type, bytes, groups)?,
                    };
                }
            }
            5 => Self::Fixed32(u32::from_le_bytes(*bytes.split_off(..4)?.first_chunk()?)),
            _ => return None,
        })
    }
}

/// Takes a tag off the front: the number of a field and its wire type.
fn tag(bytes: &mut &[u8]) -> Option<(u32, u32)> {
    let tag = u32::try_from(varint(bytes)?).ok()?;
    (tag > 7).then_some((tag >> 3, tag & 7))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..70).step_by(7) {
        let byte = *bytes.split_off_first()?;
        // Of the tenth byte only the lowest bit is left.
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Two spaces a level.
pub(super) fn indent(depth: usize, out: &mut Vec<u8>) {
    out.resize(out.len() + 2 * depth, b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: u32, wire_type: u32, bytes: &[u8]) -> String {
        let mut out = Vec::new();
        write(number, wire_type, bytes, 1, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_wire_type_has_its_form() {
        assert_eq!(text(7, 0, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "  7: 18446744073709551615\n");
        assert_eq!(text(7, 5, b"\x01\x02\0\0"), "  7: 0x00000201\n");
        assert_eq!(text(7, 1, b"\x01\0\0\0\0\0\0\xa0"), "  7: 0xa000000000000001\n");
        assert_eq!(text(7, 2, b"\x05hello"), "  7: \"hello\"\n");
        assert_eq!(text(7, 2, b"\0"), "  7: \"\"\n");
        assert_eq!(text(7, 2, b"\x02\xff\x27"), "  7: \"\\377\\'\"\n");
        assert_eq!(
            text(7, 3, b"\x08\x05\x1b\x10\x06\x1c"),
            "  7 {\n    1: 5\n    3 {\n      2: 6\n    }\n  }\n"
        );
        assert_eq!(text(7, 3, b""), "  7 {\n  }\n");
    }

    #[test]
    fn what_reads_as_a_message_is_one() {
        assert_eq!(text(7, 2, b"\x02\x08\x05"), "  7 {\n    1: 5\n  }\n");
        assert_eq!(text(7, 2, b"\x05\x1b\x08\x05\x1c\x00"), "  7: \"\\033\\010\\005\\034\\000\"\n");
        assert_eq!(text(7, 2, b"\x03\x1b\x1c\x00"), "  7: \"\\033\\034\\000\"\n");
        assert_eq!(text(7, 2, b"\x02\x1b\x1c"), "  7 {\n    3 {\n    }\n  }\n");
        // Neither an end without a beginning, nor one of another number, nor a field 0.
        assert_eq!(text(7, 2, b"\x01\x1c"), "  7: \"\\034\"\n");
        assert_eq!(text(7, 2, b"\x02\x1b\x24"), "  7: \"\\033$\"\n");
        assert_eq!(text(7, 2, b"\x02\x00\x01"), "  7: \"\\000\\001\"\n");
    }

    #[test]
    fn guesses_end_somewhere() {
        let mut bytes = Vec::new();
        for _ in 0..20 {
            let length = u8::try_from(bytes.len()).unwrap();
            bytes.splice(..0, [0x0a, length]);
        }
        let length = u8::try_from(bytes.len()).unwrap();
        bytes.insert(0, length);
        let text = text(1, 2, &bytes);
        assert_eq!(text.matches('{').count(), GUESSES);
        assert!(text.contains(": \"\\n\\022"), "{text}");
        // groups in groups do not end in the stack
        assert_eq!(Raw::all(&[0x0b].repeat(1_000_000), GROUPS), None);
    }
}
