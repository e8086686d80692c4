//! Text format to wire and back (protobuf.dev/reference/protobuf/textformat-spec).

mod writer;

use miette::Diagnostic as _;
use prost_reflect::prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor};

use super::flaw::Flaw;
use super::json::expect::{no_such_field, no_such_value};
use super::place::Place;
use super::{DataError, Plan};

/// How deep a message may be nested.
const DEPTH: usize = 100;

/// Reads one message in text format and appends its wire bytes to `out`.
///
/// # Errors
/// When the text is no text format or does not fit the type; with line and column.
pub fn to_wire(plan: &Plan, text: &str, out: &mut Vec<u8>) -> Result<(), DataError> {
    let message = read(&plan.message()?, text).map_err(|flaw| {
        let place = Place::of(text.as_bytes(), flaw.offset);
        flaw.error.at(place.line, place.column)
    })?;
    message.encode(out).map_err(|error| DataError::new(error.to_string()))
}

/// Reads wire bytes as a message of the plan's type and appends it in text format, as protoc prints it:
/// one field a line, each line ended. Fields that the type does not have are left out.
///
/// # Errors
/// When the bytes are no message of this type.
pub fn from_wire(plan: &Plan, wire: &[u8], out: &mut Vec<u8>) -> Result<(), DataError> {
    writer::write(&plan.decode_dynamic(wire)?, out);
    Ok(())
}

/// Reads one message; an error has its offset in the text, and no line and column.
pub(super) fn read(type_: &MessageDescriptor, text: &str) -> Result<DynamicMessage, Flaw> {
    bound_depth(text)?;
    DynamicMessage::parse_text_format(type_.clone(), text).map_err(|error| {
        let label = error.labels().and_then(|mut labels| labels.next());
        let offset = label.map_or(text.len(), |label| label.offset());
        Flaw { offset, error: explain(&error.to_string(), type_) }
    })
}

/// What the parser found, with the names that may have been meant.
fn explain(cause: &str, type_: &MessageDescriptor) -> DataError {
    let between = |before: &str, middle: &str| {
        let (first, second) = cause.strip_prefix(before)?.split_once(middle)?;
        Some((first.to_owned(), second.strip_suffix('\'')?.to_owned()))
    };
    let pool = type_.parent_pool();
    if let Some((field, message)) = between("field '", "' not found for message '")
        && let Some(message) = pool.get_message_by_name(&message)
    {
        return no_such_field(&field, &message);
    }
    if let Some((value, name)) = between("value '", "' was not found for enum '")
        && let Some(e) = pool.get_enum_by_name(&name)
    {
        return no_such_value(&value, &e);
    }
    let error = format!("no valid text format: {cause}");
    if cause.ends_with("end of input") { DataError::unfinished(error) } else { DataError::new(error) }
}

/// The parser calls itself for each bracket, so their depth is bounded before it begins.
fn bound_depth(text: &str) -> Result<(), Flaw> {
    let (mut depth, mut quote, mut escaped, mut comment) = (0_usize, None, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' => (quote, escaped, comment) = (None, false, false),
            _ if comment => {}
            _ if escaped => escaped = false,
            b'\\' if quote.is_some() => escaped = true,
            _ if quote == Some(byte) => quote = None,
            _ if quote.is_some() => {}
            b'"' | b'\'' => quote = Some(byte),
            b'#' => comment = true,
            b'{' | b'<' | b'[' => {
                depth += 1;
                if depth > DEPTH {
                    let error = DataError::new(format!("nested more than {DEPTH} levels deep"));
                    return Err(Flaw { offset, error });
                }
            }
            b'}' | b'>' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
