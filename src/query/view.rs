//! The one view of a message as a jq value: what `-o json --defaults --int64 number` prints.

use jaq_json::Val;

use super::text;
use crate::transcode::options::{Defaults, Int64};
use crate::transcode::{DataError, JsonInput, JsonOutput, Plan, json};

/// Reads wire bytes as the view of a message.
///
/// # Errors
/// When the bytes are no message of the plan's type.
pub fn from_wire(plan: &Plan, wire: &[u8]) -> Result<Val, DataError> {
    let mut json = Vec::with_capacity(2 * wire.len() + 64);
    let view = JsonOutput { defaults: Defaults::Print, int64: Int64::Number, ..JsonOutput::default() };
    json::from_wire(plan, wire, view, &mut json)?;
    jaq_json::read::parse_single(&json).map_err(|error| DataError::new(error.to_string()))
}

/// Writes a value as a message and appends its wire bytes to `out`.
///
/// # Errors
/// When the value does not fit the type, with the path to what does not; `out` is then as it was.
pub fn to_wire(plan: &Plan, val: &Val, out: &mut Vec<u8>) -> Result<(), DataError> {
    let mut json = Vec::with_capacity(256);
    text::proto(val, &mut json);
    let before = out.len();
    json::to_wire(plan, &json, JsonInput::default(), out).inspect_err(|_| out.truncate(before))
}

/// A value as `-q` prints it: JSON on one line without blanks.
pub fn to_text(val: &Val) -> String {
    String::from_utf8_lossy(&text::jq(val)).into_owned()
}

/// A value as `-q -r` prints it: a string as it is, anything else as [`to_text`].
pub fn to_raw_text(val: &Val) -> String {
    match val {
        Val::TStr(text) => String::from_utf8_lossy(text).into_owned(),
        other => to_text(other),
    }
}
