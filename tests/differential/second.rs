//! The second oracle: buffa's own values, which know editions and keep every bit, but are never asked for JSON.

use std::sync::Arc;

use buffa_descriptor::{DynamicMessage, MessageIndex, Value};
use greet::schema::Closure;

use crate::random::tree::Field;

/// Reads wire bytes.
pub(crate) fn decode(
    closure: &Arc<Closure>,
    index: MessageIndex,
    wire: &[u8],
) -> Result<DynamicMessage, String> {
    let pool = Arc::clone(closure.descriptors());
    DynamicMessage::decode(pool, index, wire).map_err(|error| error.to_string())
}

/// Where two messages differ, if they do. Bits count, and whether a field is there; an explicit zero of a
/// field without presence is nothing, and the bytes of an Any are what they mean.
pub(crate) fn difference(one: &DynamicMessage, other: &DynamicMessage) -> Option<String> {
    let pool = one.pool();
    if let (Ok(one), Ok(other)) = (one.unpack_any(), other.unpack_any()) {
        let urls = one.message_index() != other.message_index();
        return if urls { Some(" holds two types".to_owned()) } else { difference(&one, &other) };
    }
    for field in Field::all(pool, one.message_index()) {
        let given = |message: &DynamicMessage| {
            let value = message.field_by_number(field.number()).cloned();
            value.filter(|value| field.has_presence() || !is_nothing(value))
        };
        let place = match (given(one), given(other)) {
            (None, None) => continue,
            (Some(one), Some(other)) => values(&one, &other),
            (one, _) => Some(format!(" is only in the {}", if one.is_some() { "first" } else { "second" })),
        };
        if let Some(place) = place {
            return Some(format!(".{}{place}", field.name()));
        }
    }
    None
}

fn values(one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Message(one), Value::Message(other)) => difference(one, other),
        (Value::List(one), Value::List(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(at, (one, other))| values(one, other).map(|place| format!("[{at}]{place}")))
        }
        // Both are sorted by their keys.
        (Value::Map(one), Value::Map(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other.iter());
            pairs.find_map(|((key, one), (other_key, other))| {
                if key != other_key {
                    return Some(format!(" has {key:?} and {other_key:?}"));
                }
                values(one, other).map(|place| format!("[{key:?}]{place}"))
            })
        }
        (Value::F32(one), Value::F32(other)) if one.to_bits() == other.to_bits() => None,
        (Value::F64(one), Value::F64(other)) if one.to_bits() == other.to_bits() => None,
        (Value::F32(_), Value::F32(_)) | (Value::F64(_), Value::F64(_)) => {
            Some(format!(": {one:?} and {other:?}"))
        }
        (one, other) => (one != other).then(|| format!(": {one:?} and {other:?}")),
    }
}

/// Whether a field without presence that has this has nothing. Zero with a sign is something.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Bool(value) => !value,
        Value::I32(value) | Value::EnumNumber(value) => *value == 0,
        Value::I64(value) => *value == 0,
        Value::U32(value) => *value == 0,
        Value::U64(value) => *value == 0,
        Value::F32(value) => value.to_bits() == 0,
        Value::F64(value) => value.to_bits() == 0,
        Value::String(value) => value.is_empty(),
        Value::Bytes(value) => value.is_empty(),
        Value::List(values) => values.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        Value::Message(_) => false,
    }
}
