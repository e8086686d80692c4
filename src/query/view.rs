//! The one view of a message as a jq value: what `-o json --defaults --int64 number` prints.

use bytes::Bytes;
use jaq_json::{Map, Num, Val};
use tonic::metadata::MetadataMap;

use super::{json, text};
use crate::leaf::metadata;
use crate::transcode::tree::{self, Look, Tree};
use crate::transcode::{DataError, Plan};

/// Reads wire bytes as the view of a message.
///
/// # Errors
/// When the bytes are no message of the plan's type.
pub fn from_wire(plan: &Plan, wire: &[u8]) -> Result<Val, DataError> {
    tree::from_wire(plan, wire)
}

/// Writes a value as a message and appends its wire bytes to `out`.
///
/// # Errors
/// When the value does not fit the type, with the path to what does not; `out` is then as it was.
pub fn to_wire(plan: &Plan, val: &Val, out: &mut Vec<u8>) -> Result<(), DataError> {
    tree::to_wire(plan, val, out)
}

impl Tree for Val {
    type Object = Map;

    fn null() -> Self {
        Self::Null
    }

    fn from_bool(value: bool) -> Self {
        Self::Bool(value)
    }

    fn from_integer(value: i64) -> Self {
        isize::try_from(value).map_or_else(|_| <Self as Tree>::from_number(&value.to_string()), Self::from)
    }

    fn from_number(json: &str) -> Self {
        jaq_json::read::parse_single_num(json.as_bytes()).map_or_else(Self::default, Self::Num)
    }

    fn from_text(value: &[u8]) -> Self {
        Self::utf8_str(Bytes::copy_from_slice(value))
    }

    fn from_list(items: Vec<Self>) -> Self {
        Self::Arr(items.into())
    }

    fn object() -> Map {
        Map::default()
    }

    fn add(object: &mut Map, name: Bytes, value: Self) {
        object.insert(Self::utf8_str(name), value);
    }

    fn from_object(object: Map) -> Self {
        Self::obj(object)
    }

    fn look(&self) -> Look<'_, Self> {
        match self {
            Self::Null => Look::Null,
            Self::Bool(value) => Look::Bool(*value),
            Self::Num(Num::Int(value)) => i64::try_from(*value).map_or(Look::Number, Look::Integer),
            Self::Num(Num::Float(value)) => Look::Float(*value),
            Self::Num(Num::BigInt(_) | Num::Dec(_)) => Look::Number,
            Self::TStr(text) => Look::Text(text),
            Self::BStr(bytes) => Look::Bytes(bytes),
            Self::Arr(items) => Look::List(items),
            Self::Obj(_) => Look::Object,
        }
    }

    fn members(&self) -> Option<Vec<(&[u8], &Self)>> {
        let Self::Obj(members) = self else { return None };
        let mut named: Vec<(&[u8], &Self)> = Vec::with_capacity(members.len());
        for (name, value) in members.iter() {
            let Self::TStr(name) = name else { return None };
            named.push((&name[..], value));
        }
        Some(named)
    }

    fn to_json(&self) -> String {
        let mut json = Vec::new();
        match self {
            // Of these only what they are is shown.
            Self::Arr(_) => json.push(b'['),
            Self::Obj(_) => json.push(b'{'),
            _ => text::proto(self, &mut json),
        }
        String::from_utf8_lossy(&json).into_owned()
    }
}

/// Reads a value from its JSON, such as an argument of a program.
///
/// # Errors
/// Why the text is no JSON value.
pub fn from_json(text: &str) -> Result<Val, String> {
    json::parse(text.as_bytes())
}

/// Metadata as programs see it in `$metadata`: each name once, several values joined by `, `; those of `-bin` names
/// in base64.
pub fn from_metadata(map: &MetadataMap) -> Val {
    let mut joined: Vec<(String, String)> = Vec::new();
    for (key, value) in metadata::entries(map) {
        match joined.iter_mut().find(|(other, _)| *other == key) {
            Some((_, values)) => *values = format!("{values}, {value}"),
            None => joined.push((key, value)),
        }
    }
    let members = joined.into_iter().map(|(key, value)| (Val::from(key), Val::from(value)));
    Val::obj(members.collect())
}

/// In which order the members of an object are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Members {
    /// In that of the value.
    #[default]
    AsTheyCame,
    /// By their names.
    Sorted,
}

/// Appends a value as JSON on one line without blanks.
pub fn write(val: &Val, members: Members, out: &mut Vec<u8>) {
    text::append(val, members, out);
}

/// The text of a string, as `-q -r` prints it; nothing of any other value.
pub fn as_text(val: &Val) -> Option<&[u8]> {
    if let Val::TStr(text) = val { Some(text) } else { None }
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
