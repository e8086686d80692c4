//! Wire bytes with what each of them means, for people: offset, bytes, and the field as its .proto declares it.

use std::io::Write as _;

use super::plan::{Count, Entry, Field, Form, Kind, Of, Type, Types, value_text};
use super::raw::reader::{Reader, Value};
use super::{DataError, Plan, quoted, zigzag};
use crate::leaf::printable;

/// Messages and groups are looked into so deep; what is deeper is shown as bytes.
const DEPTH: usize = 100;
/// Bytes on a line.
const ROW: usize = 8;
/// Lines of one value's bytes.
const ROWS: usize = 4;
/// Bytes of a value that is shown as text.
const SHOWN: usize = 40;

/// Appends all fields of a message, in the order in which they stand on the wire, one a line; what is inside of one is
/// indented below it.
///
/// ```text
///      0  0a 05 57 6f 72 6c 64     string name = 1: "World"
///      7  12 03                    t.City address = 2: 3 bytes
///      9  0a 01 61                   string name = 1: "a"
/// ```
///
/// The offset is in bytes from the beginning of the message. Of a long value the first bytes are shown. Fields that the
/// type does not have go by their number and wire type.
///
/// # Errors
/// When the bytes are no message; `out` has the fields before the flaw then.
pub fn from_wire(plan: &Plan, wire: &[u8], out: &mut Vec<u8>) -> Result<(), DataError> {
    let mut page = Page { wire, out };
    page.fields(plan.types(), Scope::Type(plan.root()), 0..wire.len(), 0, None).map(drop)
}

struct Page<'a> {
    wire: &'a [u8],
    out: &'a mut Vec<u8>,
}

/// Where a number is looked up.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Type(&'a Type),
    Entry(&'a Entry),
    Unknown,
}

impl<'a> Scope<'a> {
    fn find(self, number: u32) -> Option<&'a Field> {
        match self {
            Self::Type(type_) => type_.rank_of(number).map(|rank| &type_.fields[rank]),
            Self::Entry(entry) => [&entry.key, &entry.value].into_iter().find(|field| field.number == number),
            Self::Unknown => None,
        }
    }

    fn is_any(self) -> bool {
        matches!(self, Self::Type(type_) if type_.form == Form::Any)
    }
}

impl Page<'_> {
    /// The fields of a message, or of a group of this number; gives the place behind them.
    fn fields(
        &mut self,
        types: &Types,
        scope: Scope<'_>,
        at: std::ops::Range<usize>,
        depth: usize,
        group: Option<u32>,
    ) -> Result<usize, DataError> {
        let wire = self.wire;
        let mut reader = Reader { bytes: &wire[..at.end], at: at.start };
        // The name of the type in an Any, once it has come.
        let mut inside = None;
        while reader.at < at.end {
            let begun = reader.at;
            let field = reader.field().map_err(|_| flaw(begun))?;
            let known = scope.find(field.number);
            let label = known.map_or_else(
                || format!("? = {}, {}", field.number, word(field.value)),
                |known| label(types, known),
            );
            match field.value {
                Value::End if group == Some(field.number) => {
                    self.line(begun..reader.at, depth - 1, "end");
                    return Ok(reader.at);
                }
                Value::End => return Err(flaw(begun)),
                Value::Begin if depth == DEPTH => return Err(flaw(begun)),
                Value::Begin => {
                    self.line(begun..reader.at, depth, &label);
                    let scope = known.map_or(Scope::Unknown, |known| below(types, known));
                    let rest = reader.at..at.end;
                    reader.at = self.fields(types, scope, rest, depth + 1, Some(field.number))?;
                }
                Value::Bytes(bytes) => {
                    let body = reader.at - bytes.len()..reader.at;
                    if scope.is_any() && field.number == 1 {
                        inside = std::str::from_utf8(bytes).ok().and_then(|url| url.rsplit('/').next());
                    }
                    let held = inside.filter(|_| scope.is_any() && field.number == 2);
                    let nested = match known {
                        Some(known) if known.kind == Kind::Message => Some((types, below(types, known))),
                        Some(_) => {
                            held.and_then(|name| types.any(name)).map(|(types, t)| (types, Scope::Type(t)))
                        }
                        None => None,
                    };
                    match (nested, known) {
                        (Some((types, scope)), _) if depth < DEPTH => {
                            self.line(begun..body.start, depth, &format!("{label}: {} bytes", bytes.len()));
                            self.fields(types, scope, body, depth + 1, None)?;
                        }
                        (_, Some(known)) if is_packed(known) => {
                            let text = format!("{label}: {} bytes, packed", bytes.len());
                            self.line(begun..body.start, depth, &text);
                            self.packed(types, known, body, depth + 1)?;
                        }
                        (_, known) => {
                            let is_text = known.is_some_and(|known| known.kind == Kind::String);
                            let text = format!("{label}: {}", shown(bytes, is_text));
                            self.line(begun..reader.at, depth, &text);
                        }
                    }
                }
                value => {
                    let text = known.and_then(|known| scalar(types, known, value));
                    let text = text.unwrap_or_else(|| number(value));
                    self.line(begun..reader.at, depth, &format!("{label}: {text}"));
                }
            }
        }
        if group.is_some() { Err(flaw(at.end)) } else { Ok(reader.at) }
    }

    /// The values of a list that stand in one chunk.
    fn packed(
        &mut self,
        types: &Types,
        field: &Field,
        at: std::ops::Range<usize>,
        depth: usize,
    ) -> Result<(), DataError> {
        let wire = self.wire;
        let mut reader = Reader { bytes: &wire[..at.end], at: at.start };
        while reader.at < at.end {
            let begun = reader.at;
            let wire_type = field.kind.wire_type() as u32;
            let value = reader.value(field.number, wire_type).map_err(|_| flaw(begun))?;
            let text = scalar(types, field, value).unwrap_or_else(|| number(value));
            self.line(begun..reader.at, depth, &text);
        }
        Ok(())
    }

    /// One line, and further ones where there are more bytes than fit.
    fn line(&mut self, at: std::ops::Range<usize>, depth: usize, text: &str) {
        let bytes = &self.wire[at.clone()];
        for (row, chunk) in bytes.chunks(ROW).take(ROWS).enumerate() {
            // Writing into a Vec cannot fail.
            let _ = write!(self.out, "{:>6}  ", at.start + row * ROW);
            for byte in chunk {
                let _ = write!(self.out, "{byte:02x} ");
            }
            if row == 0 {
                self.out.resize(self.out.len() + 3 * (ROW - chunk.len()) + 1 + 2 * depth, b' ');
                self.out.extend_from_slice(text.as_bytes());
            } else {
                self.out.pop();
            }
            self.out.push(b'\n');
        }
        if bytes.len() > ROW * ROWS {
            let _ = writeln!(self.out, "        and {} bytes more", bytes.len() - ROW * ROWS);
        }
    }
}

/// Whether bytes are a list of its values.
fn is_packed(field: &Field) -> bool {
    let apart = matches!(field.kind, Kind::String | Kind::Bytes | Kind::Message | Kind::Group);
    field.count == Count::List && !apart
}

/// A field as its .proto declares it.
fn label(types: &Types, field: &Field) -> String {
    let (name, number) = (&field.name, field.number);
    // JSON's form of bytes is not meant here.
    let value_text = |field: &Field| match field.kind {
        Kind::Bytes => "bytes".to_owned(),
        _ => value_text(types, field),
    };
    match (&field.of, field.count) {
        (Of::Entry(entry), _) => {
            let (key, value) = (value_text(&entry.key), value_text(&entry.value));
            format!("map<{key}, {value}> {name} = {number}")
        }
        (_, Count::List) => format!("repeated {} {name} = {number}", value_text(field)),
        _ => format!("{} {name} = {number}", value_text(field)),
    }
}

/// Where what is inside of a field is looked up.
fn below<'a>(types: &'a Types, field: &'a Field) -> Scope<'a> {
    match &field.of {
        Of::Message(id) => Scope::Type(types.get(*id)),
        Of::Entry(entry) => Scope::Entry(entry),
        Of::Scalar | Of::Enum(_) => Scope::Unknown,
    }
}

/// A number as the field means it; `None` where the wire has another type.
fn scalar(types: &Types, field: &Field, value: Value<'_>) -> Option<String> {
    Some(match (field.kind, value) {
        (Kind::Int64, Value::Varint(value)) | (Kind::Sfixed64, Value::Fixed64(value)) => {
            value.cast_signed().to_string()
        }
        // What is beyond 32 bits is dropped, as every reader does.
        (Kind::Int32, Value::Varint(value)) => low(value).cast_signed().to_string(),
        (Kind::Uint32, Value::Varint(value)) => low(value).to_string(),
        (Kind::Uint64, Value::Varint(value)) | (Kind::Fixed64, Value::Fixed64(value)) => value.to_string(),
        (Kind::Sint32 | Kind::Sint64, Value::Varint(value)) => zigzag::read(value).to_string(),
        (Kind::Bool, Value::Varint(value)) => (value != 0).to_string(),
        (Kind::Enum, Value::Varint(value)) => {
            let number = low(value).cast_signed();
            match types.enum_of(field).and_then(|e| e.name_of(number)) {
                Some(name) => format!("{name} ({number})"),
                None => number.to_string(),
            }
        }
        (Kind::Fixed32, Value::Fixed32(value)) => value.to_string(),
        (Kind::Sfixed32, Value::Fixed32(value)) => value.cast_signed().to_string(),
        (Kind::Float, Value::Fixed32(value)) => f32::from_bits(value).to_string(),
        (Kind::Double, Value::Fixed64(value)) => f64::from_bits(value).to_string(),
        _ => return None,
    })
}

fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or_default()
}

/// A number that nobody knows the meaning of.
fn number(value: Value<'_>) -> String {
    match value {
        Value::Varint(value) => value.to_string(),
        Value::Fixed32(value) => format!("{value:#010x}"),
        Value::Fixed64(value) => format!("{value:#018x}"),
        Value::Bytes(_) | Value::Begin | Value::End => String::new(),
    }
}

/// The wire type of a field that the type does not have.
fn word(value: Value<'_>) -> &'static str {
    match value {
        Value::Varint(_) => "varint",
        Value::Fixed64(_) => "fixed64",
        Value::Bytes(_) => "length-delimited",
        Value::Begin | Value::End => "group",
        Value::Fixed32(_) => "fixed32",
    }
}

/// The beginning of a string or of bytes, in quotes; and how many bytes there are, where that is not all.
fn shown(bytes: &[u8], is_text: bool) -> String {
    let mut end = bytes.len().min(SHOWN);
    // No character is cut.
    while is_text && end < bytes.len() && end > 0 && bytes[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    let text = if is_text {
        // Control characters would move a terminal.
        format!("\"{}\"", printable::one_line(&String::from_utf8_lossy(&bytes[..end])))
    } else {
        let mut text = Vec::new();
        quoted::bytes(&bytes[..end], &mut text);
        String::from_utf8_lossy(&text).into_owned()
    };
    if end < bytes.len() { format!("{text}… ({} bytes)", bytes.len()) } else { text }
}

fn flaw(at: usize) -> DataError {
    DataError::new(format!("the bytes are no message from byte {at} on"))
}

#[cfg(test)]
#[path = "annotated_tests.rs"]
mod tests;
