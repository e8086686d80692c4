//! ProtoJSON to wire and back (protobuf.dev/programming-guides/json).

mod cursor;
pub(super) mod expect;
mod walk;
mod writer;

use prost_reflect::prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor};

use super::options::{JsonInput, JsonOutput, Layout, Unknown};
use super::place::Place;
use super::{DataError, Plan};
pub(super) use cursor::shown;
pub(super) use expect::is_well_known;
pub(super) use walk::Flaw;
use walk::{Stop, Walk};
pub(super) use writer::{key_text, write};

/// Reads one strict JSON value as a message of the plan's type and appends its wire bytes to `out`.
///
/// # Errors
/// When the text is no JSON or does not fit the type; with line, column and path.
pub fn to_wire(plan: &Plan, json: &[u8], options: JsonInput, out: &mut Vec<u8>) -> Result<(), DataError> {
    let message = read(&plan.message()?, json, options).map_err(|flaw| {
        let place = Place::of(json, flaw.offset);
        flaw.error.at(place.line, place.column)
    })?;
    message.encode(out).map_err(|error| DataError::new(error.to_string()))
}

/// Reads wire bytes as a message of the plan's type and appends its JSON to `out`, without a line end.
///
/// # Errors
/// When the bytes are no message of this type, or a message in them has no JSON: an Any whose type is not
/// in the plan's closure, a time out of range. `out` is then as it was.
pub fn from_wire(plan: &Plan, wire: &[u8], options: JsonOutput, out: &mut Vec<u8>) -> Result<(), DataError> {
    let message = plan.decode_dynamic(wire)?;
    let before = out.len();
    let written = write(&message, options, out);
    if written.is_err() {
        out.truncate(before);
    } else if options.layout == Layout::Pretty {
        let line = out.split_off(before);
        writer::pretty(&line, out);
    }
    written
}

/// Reads one strict JSON value; an error has its offset in the text, and no line and column.
pub(super) fn read(
    type_: &MessageDescriptor,
    json: &[u8],
    options: JsonInput,
) -> Result<DynamicMessage, Flaw> {
    // The walk finds most of what can be wrong and says it better than serde can; it leaves syntax to it.
    let path = match Walk::check(json, type_, options) {
        Err(Stop::Flaw(flaw)) => return Err(flaw),
        Err(Stop::Syntax(path)) => path,
        Err(Stop::Found(_)) | Ok(()) => String::new(),
    };
    let mut reader = serde_json::Deserializer::from_slice(json);
    let how = DeserializeOptions::new().deny_unknown_fields(options.unknown == Unknown::Refuse);
    DynamicMessage::deserialize_with_options(type_.clone(), &mut reader, &how)
        .and_then(|message| reader.end().map(|()| message))
        .map_err(|error| explain(&error, type_, json, path))
}

/// What serde found, in this room's words.
fn explain(error: &serde_json::Error, type_: &MessageDescriptor, json: &[u8], path: String) -> Flaw {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let cause = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    let lines = json.split_inclusive(|&byte| byte == b'\n');
    let begin: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let offset = (begin + column).saturating_sub(1).min(json.len());
    if error.is_eof() {
        let error = DataError::unfinished(format!("the JSON ends too early: {cause}")).within(path);
        return Flaw { offset: json.len(), error };
    }
    if error.is_syntax() {
        return Flaw { offset, error: DataError::new(format!("no valid JSON: {cause}")).within(path) };
    }
    match Walk::find(json, type_, offset) {
        Some(found) => {
            let given = shown(&json[found.start..found.end.max(found.start)]);
            let error = DataError::new(format!("{given} is no {}: {cause}", found.expected));
            Flaw { offset: found.start, error: error.within(found.path) }
        }
        None => Flaw { offset, error: DataError::new(cause.to_owned()).within(path) },
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
