//! Text format to wire and back (protobuf.dev/reference/protobuf/textformat-spec).

mod literal;
mod name;
mod reader;
mod skip;
mod token;
mod value;
mod writer;

use super::flaw::Wrong;
use super::options::TextInput;
use super::place::Place;
use super::{DataError, Plan};
use reader::Reader;

/// Reads one message in text format and appends its wire bytes to `out`.
///
/// # Errors
/// When the text is no text format or does not fit the type; with line, column and the field's path. `out` is
/// then as it was.
pub fn to_wire(plan: &Plan, text: &str, options: TextInput, out: &mut Vec<u8>) -> Result<(), DataError> {
    read(plan, text, options, out).map_err(|flaw| {
        let place = Place::of(text.as_bytes(), flaw.offset);
        flaw.error.at(place.line, place.column)
    })
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

/// The same as [`to_wire`]; an error has its offset in the text, and no line and column.
pub(super) fn read(plan: &Plan, text: &str, options: TextInput, out: &mut Vec<u8>) -> Result<(), Wrong> {
    Reader::new(text, options.unknown, out)?.read(plan.types(), plan.root())
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
