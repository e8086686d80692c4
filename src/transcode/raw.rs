//! Wire bytes without a schema, as lines for people: what `protoc --decode_raw` says, and where each field begins.

pub(super) mod reader;

use std::io::Write as _;

use super::{DataError, quoted};
use crate::leaf::printable;
use reader::{Flaw, Reader, Value, may_be_message};

/// How deep fields are looked into; what is deeper is shown as bytes.
const DEPTH: usize = 100;
/// Bytes of what may be a message and may be text, up to which both are shown.
const SHORT: usize = 64;
/// Characters of a text in a comment.
const SHOWN: usize = 40;

/// Appends all fields of a message, one a line.
///
/// A line is the one that `protoc --decode_raw` prints, with a comment behind it: `# @`, the offset of the field
/// in bytes from `begun`, the wire type (`varint`, `i64`, `len` and its bytes, `group`, `i32`), and what else the
/// value may be.
///
/// ```text
/// 1: "World"  # @0 len 5
/// 2 {  # @7 len 3
///   1: 150  # @9 varint
/// }
/// 3: 0x42c80000  # @12 i32, 1120403456 as fixed32, 100.0 as float
/// ```
///
/// What is length-delimited is shown as a message where it may be one, up to 100 levels, else as a string with
/// protoc's escapes. protoc goes only 10 levels deep, and takes tags of more than five bytes within a value; nobody
/// else does. All work is linear in the bytes.
///
/// # Errors
/// When the bytes are no message, with the offset; `out` has the fields before it then.
pub fn from_wire(wire: &[u8], begun: u64, out: &mut Vec<u8>) -> Result<(), DataError> {
    let mut lines = Lines::new(wire, begun);
    while let Some(line) = lines.next_line(out) {
        line?;
    }
    Ok(())
}

/// The lines of [`from_wire`], one at a time, for those who write them out as they come.
#[derive(Debug)]
pub struct Lines<'a> {
    wire: &'a [u8],
    /// The offset of the message's first byte in whatever it is part of.
    begun: u64,
    at: usize,
    open: Vec<Open>,
    failed: bool,
}

/// A message or a group that is being shown.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Where it, or the message around it, has to end.
    end: usize,
    /// The number of a group, and where it began.
    group: Option<(u32, usize)>,
}

impl<'a> Lines<'a> {
    /// Of a message whose first byte has this offset.
    pub fn new(wire: &'a [u8], begun: u64) -> Self {
        Self { wire, begun, at: 0, open: Vec::new(), failed: false }
    }

    /// Appends the next line; `None` behind the last, and behind an error.
    ///
    /// # Errors
    /// As [`from_wire`].
    pub fn next_line(&mut self, out: &mut Vec<u8>) -> Option<Result<(), DataError>> {
        let end = self.open.last().map_or(self.wire.len(), |open| open.end);
        if self.failed || self.at == end && self.open.is_empty() {
            return None;
        }
        let line = if self.at == end { self.close(out) } else { self.field(end, out) };
        self.failed = line.is_err();
        Some(line)
    }

    /// What is open ends with its bytes: right for a message, not for a group.
    fn close(&mut self, out: &mut Vec<u8>) -> Result<(), DataError> {
        match self.open.pop() {
            Some(Open { group: Some((number, at)), .. }) => {
                Err(DataError::unfinished(format!("group {number} at byte {} has no end", self.offset(at))))
            }
            _ => {
                self.indent(out);
                out.extend_from_slice(b"}\n");
                Ok(())
            }
        }
    }

    fn field(&mut self, end: usize, out: &mut Vec<u8>) -> Result<(), DataError> {
        let mut reader = Reader { bytes: &self.wire[..end], at: self.at };
        let field = reader.field().map_err(|flaw| self.broken(flaw))?;
        let (number, offset) = (field.number, self.offset(field.at));
        match field.value {
            Value::End => {
                let group = self.open.last().and_then(|open| open.group);
                if group.is_none_or(|(open, _)| open != number) {
                    let error = format!("group {number} ends at byte {offset}, and no such group is open");
                    return Err(DataError::new(error));
                }
                self.open.pop();
            }
            Value::Begin if self.open.len() == DEPTH => {
                let error = format!("groups are nested more than {DEPTH} levels deep at byte {offset}");
                return Err(DataError::new(error));
            }
            _ => {}
        }
        self.at = reader.at;
        self.indent(out);
        // Writing into a Vec cannot fail.
        let _ = match field.value {
            Value::Varint(value) => {
                let signed = value.cast_signed();
                let also = if signed < 0 { format!(", {signed} as int64") } else { String::new() };
                writeln!(out, "{number}: {value}  # @{offset} varint{also}")
            }
            Value::Fixed32(value) => {
                let float = f32::from_bits(value);
                writeln!(
                    out,
                    "{number}: {value:#010x}  # @{offset} i32, {value} as fixed32, {float:?} as float"
                )
            }
            Value::Fixed64(value) => {
                let double = f64::from_bits(value);
                writeln!(
                    out,
                    "{number}: {value:#018x}  # @{offset} i64, {value} as fixed64, {double:?} as double"
                )
            }
            Value::Begin => {
                self.open.push(Open { end, group: Some((number, field.at)) });
                writeln!(out, "{number} {{  # @{offset} group")
            }
            Value::Bytes(bytes) => {
                let levels = DEPTH.saturating_sub(self.open.len());
                let nested = levels > 0 && may_be_message(bytes, levels - 1);
                if nested {
                    self.open.push(Open { end: reader.at, group: None });
                    self.at = reader.at - bytes.len();
                    let _ = write!(out, "{number} {{");
                } else {
                    let _ = write!(out, "{number}: ");
                    quoted::bytes(bytes, out);
                }
                let _ = write!(out, "  # @{offset} len {}", bytes.len());
                if let Some(text) = also_text(bytes, nested) {
                    let _ = write!(out, " \"{text}\"");
                }
                writeln!(out)
            }
            Value::End => writeln!(out, "}}"),
        };
        Ok(())
    }

    fn indent(&self, out: &mut Vec<u8>) {
        out.resize(out.len() + 2 * self.open.len(), b' ');
    }

    fn offset(&self, at: usize) -> u64 {
        self.begun.saturating_add(at as u64)
    }

    /// The error for the field that is next.
    fn broken(&self, flaw: Flaw) -> DataError {
        let at = self.offset(self.at);
        match flaw {
            Flaw::Ends => DataError::unfinished(format!("the bytes end within the field at byte {at}")),
            Flaw::Varint => DataError::new(format!("the field at byte {at} has a varint without an end")),
            Flaw::Number => DataError::new(format!("the field at byte {at} has the number 0")),
            Flaw::WireType(wire_type) => DataError::new(format!(
                "the field at byte {at} has the wire type {wire_type}, which there is not"
            )),
            Flaw::Length { number, length, left } => DataError::unfinished(format!(
                "field {number} at byte {at} has a value of {length} bytes, and {left} are left"
            )),
        }
    }
}

/// Bytes as text, where their line does not show it: they are short and stand as a message, or are escaped.
fn also_text(bytes: &[u8], nested: bool) -> Option<String> {
    if nested && bytes.len() > SHORT || !nested && bytes.is_ascii() {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    if nested && text.chars().any(char::is_control) {
        return None;
    }
    let (cut, more) = match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => (cut, "…"),
        None => (text.len(), ""),
    };
    Some(format!("{}{more}", printable::one_line(&text[..cut])))
}

#[cfg(test)]
#[path = "raw_tests.rs"]
mod tests;
