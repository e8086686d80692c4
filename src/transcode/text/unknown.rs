//! Fields that a type does not have, by their numbers, as protoc prints them.

use std::io::Write as _;

use crate::transcode::plan::WireType;
use crate::transcode::quoted;
use crate::transcode::raw::reader::{Reader, Value, may_be_message};

/// How deep bytes behind a length are looked into for messages.
const GUESSES: usize = 10;

/// Appends one field, given by its number, its wire type and the bytes behind its tag, those of a group up to
/// its end tag. `depth` is how many braces are open. What is no field leaves nothing.
pub(super) fn write(number: u32, wire_type: u32, bytes: &[u8], depth: usize, out: &mut Vec<u8>) {
    if let Ok(value) = (Reader { bytes, at: 0 }).value(number, wire_type) {
        line(number, value, depth, GUESSES, out);
    }
    if wire_type == WireType::StartGroup as u32 {
        fields(bytes, depth + 1, GUESSES - 1, out);
        line(number, Value::End, depth, GUESSES, out);
    }
}

/// Appends the fields of a message or a group, in which bytes are looked into `guesses` levels deep.
fn fields(bytes: &[u8], depth: usize, guesses: usize, out: &mut Vec<u8>) {
    let (mut reader, mut groups) = (Reader { bytes, at: 0 }, 0);
    while reader.at < bytes.len() {
        let Ok(field) = reader.field() else { return };
        groups -= usize::from(field.value == Value::End && groups > 0);
        line(field.number, field.value, depth + groups, guesses.saturating_sub(groups), out);
        groups += usize::from(field.value == Value::Begin);
    }
}

fn line(number: u32, value: Value<'_>, depth: usize, guesses: usize, out: &mut Vec<u8>) {
    indent(depth, out);
    let written = match value {
        Value::Varint(value) => write!(out, "{number}: {value}"),
        Value::Fixed32(value) => write!(out, "{number}: {value:#010x}"),
        Value::Fixed64(value) => write!(out, "{number}: {value:#018x}"),
        Value::Begin => write!(out, "{number} {{"),
        Value::End => write!(out, "}}"),
        // What can be read as a message is taken for one.
        Value::Bytes(bytes) if guesses > 0 && may_be_message(bytes, guesses) => {
            let name = writeln!(out, "{number} {{");
            fields(bytes, depth + 1, guesses - 1, out);
            indent(depth, out);
            out.push(b'}');
            name
        }
        Value::Bytes(bytes) => {
            let name = write!(out, "{number}: ");
            quoted::bytes(bytes, out);
            name
        }
    };
    written.expect("a Vec takes all that is written");
    out.push(b'\n');
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
        let shown = text(1, 2, &bytes);
        assert_eq!(shown.matches('{').count(), GUESSES);
        assert!(shown.contains(": \"\\n\\022"), "{shown}");
        // groups in groups do not end in the stack
        let groups = [&b"\xc0\x84\x3d"[..], &[0x0b].repeat(1_000_000)].concat();
        assert!(text(1, 2, &groups).starts_with("  1: \"\\013"));
    }
}
