//! The one view of a message as a jq value: what `-o json --defaults --int64 number` prints.

use bytes::Bytes;
use jaq_json::{Map, Num, Val};

use super::text;
use crate::transcode::options::{Defaults, Int64};
use crate::transcode::tree::{self, Look, Tree};
use crate::transcode::{DataError, JsonInput, JsonOutput, Plan, json};

/// The form of JSON that the view is.
fn form() -> JsonOutput {
    JsonOutput { defaults: Defaults::Print, int64: Int64::Number, ..JsonOutput::default() }
}

/// Reads wire bytes as the view of a message.
///
/// # Errors
/// When the bytes are no message of the plan's type.
pub fn from_wire(plan: &Plan, wire: &[u8]) -> Result<Val, DataError> {
    tree::from_wire(plan, wire).map_or_else(|| from_wire_by_text(plan, wire), Ok)
}

/// The long way, which knows all of JSON and says what is wrong.
fn from_wire_by_text(plan: &Plan, wire: &[u8]) -> Result<Val, DataError> {
    let mut json = Vec::with_capacity(2 * wire.len() + 64);
    json::from_wire(plan, wire, form(), &mut json)?;
    jaq_json::read::parse_single(&json).map_err(|error| DataError::new(error.to_string()))
}

/// Writes a value as a message and appends its wire bytes to `out`.
///
/// # Errors
/// When the value does not fit the type, with the path to what does not; `out` is then as it was.
pub fn to_wire(plan: &Plan, val: &Val, out: &mut Vec<u8>) -> Result<(), DataError> {
    tree::to_wire(plan, val, out).map_or_else(|| to_wire_by_text(plan, val, out), Ok)
}

/// The long way, as with [`from_wire_by_text`].
fn to_wire_by_text(plan: &Plan, val: &Val, out: &mut Vec<u8>) -> Result<(), DataError> {
    let mut json = Vec::with_capacity(256);
    text::proto(val, &mut json);
    let before = out.len();
    json::to_wire(plan, &json, JsonInput::default(), out).inspect_err(|_| out.truncate(before))
}

impl Tree for Val {
    type Object = Map;

    fn from_bool(value: bool) -> Self {
        Self::Bool(value)
    }

    fn from_integer(value: i64) -> Self {
        isize::try_from(value)
            .map_or_else(|_| Self::from_number(&value.to_string()).unwrap_or_default(), Self::from)
    }

    fn from_number(json: &str) -> Option<Self> {
        jaq_json::read::parse_single_num(json.as_bytes()).map(Self::Num)
    }

    fn from_text(value: &str) -> Self {
        Self::utf8_str(Bytes::copy_from_slice(value.as_bytes()))
    }

    fn from_list(items: Vec<Self>) -> Self {
        Self::Arr(items.into())
    }

    fn object(members: usize) -> Map {
        Map::with_capacity_and_hasher(members, <_>::default())
    }

    fn add(object: &mut Map, name: &Bytes, value: Self) {
        object.insert(Self::utf8_str(name.clone()), value);
    }

    fn from_object(object: Map) -> Self {
        Self::obj(object)
    }

    fn look(&self) -> Look<'_, Self> {
        match self {
            Self::Null => Look::Null,
            Self::Bool(value) => Look::Bool(*value),
            Self::Num(Num::Int(value)) => i64::try_from(*value).map_or(Look::Other, Look::Integer),
            Self::Num(Num::Float(value)) => Look::Float(*value),
            Self::Num(Num::BigInt(_) | Num::Dec(_)) => Look::Other,
            Self::TStr(text) => Look::Text(text),
            Self::BStr(bytes) => Look::Bytes(bytes),
            Self::Arr(items) => Look::List(items),
            Self::Obj(members) => Look::Object(members.len()),
        }
    }

    fn members<'a>(&'a self, take: &mut dyn FnMut(&'a [u8], &'a Self)) -> Option<()> {
        let Self::Obj(members) = self else { return None };
        for (name, value) in members.iter() {
            let Self::TStr(name) = name else { return None };
            take(name, value);
        }
        Some(())
    }
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

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
