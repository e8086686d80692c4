//! Text format to wire and back (protobuf.dev/reference/protobuf/textformat-spec).

mod literal;
mod name;
mod number;
mod reader;
mod skip;
#[cfg(test)]
mod testing;
mod token;
mod unknown;
mod value;
mod writer;

use super::options::{TextInput, TextOutput, UnknownFields};
use super::out::Page;
use super::place::Place;
use super::walk::{Required, walk};
use super::wrong::Wrong;
use super::{DataError, Plan};
use reader::Reader;
use writer::TextSink;

/// Reads one message in text format and appends its wire bytes to `out`.
///
/// # Errors
/// When the text is no text format or does not fit the type; with line, column and the field's path. `out` is
/// then as it was.
pub fn to_wire(plan: &Plan, text: &str, options: TextInput, out: &mut Vec<u8>) -> Result<(), DataError> {
    read(plan, text, options, out).map_err(|wrong| wrong.placed(|offset| Place::of(text.as_bytes(), offset)))
}

/// Reads wire bytes as a message of the plan's type and appends it in text format, as protoc prints it: one field
/// a line, each line ended, maps in the order of their keys, an Any as what it holds where its type is in the
/// plan's closure or bundled. Numbers that are not whole have as few digits as are read back.
///
/// # Errors
/// When the bytes are no message of this type. `out` is then as it was.
pub fn from_wire(plan: &Plan, wire: &[u8], options: TextOutput, out: &mut Vec<u8>) -> Result<(), DataError> {
    match options.unknown {
        UnknownFields::Omit => write::<false>(plan, wire, out),
        UnknownFields::Print => write::<true>(plan, wire, out),
    }
}

/// The same as [`to_wire`]; an error has its offset in the text, and no line and column.
pub(super) fn read(plan: &Plan, text: &str, options: TextInput, out: &mut Vec<u8>) -> Result<(), Wrong> {
    let mut page = Page::EMPTY;
    Reader::new(text, plan.types(), options.unknown, &mut page, out)?.read(plan.root())
}

fn write<const UNKNOWN: bool>(plan: &Plan, wire: &[u8], out: &mut Vec<u8>) -> Result<(), DataError> {
    let begun = out.len();
    let walked = walk(plan, wire, Required::Optional, TextSink::<UNKNOWN>::new(out), TextSink::restart);
    walked.map(drop).map_err(|error| {
        out.truncate(begun);
        error.of_type(plan.type_name())
    })
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
