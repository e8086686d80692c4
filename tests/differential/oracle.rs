//! What prost-reflect makes of a message, and how two of its values are compared.

mod closed;

use prost_reflect::prost::Message as _;
use prost_reflect::{
    DeserializeOptions, DynamicMessage, MapKey, MessageDescriptor, ReflectMessage as _, SerializeOptions,
    Value,
};

/// Reads wire bytes.
pub(crate) fn decode(type_: &MessageDescriptor, wire: &[u8]) -> Result<DynamicMessage, String> {
    let message = DynamicMessage::decode(type_.clone(), wire).map_err(|error| error.to_string())?;
    Ok(closed::unknown_numbers_dropped(message))
}

/// Reads JSON. It keeps explicit zeros, so the message is written and read again.
pub(crate) fn parse(type_: &MessageDescriptor, json: &str, unknown: bool) -> Result<DynamicMessage, String> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let options = DeserializeOptions::new().deny_unknown_fields(!unknown);
    let message = DynamicMessage::deserialize_with_options(type_.clone(), &mut reader, &options)
        .and_then(|message| reader.end().map(|()| message))
        .map_err(|error| error.to_string())?;
    decode(type_, &message.encode_to_vec())
}

/// Whether the oracle says no to what it should take.
pub(crate) fn wrongly_refused(error: &str) -> bool {
    // It compares the double that the text is with the largest float, and not what that rounds to; it does
    // not take 1.0 or 1e0 for an enum's 1.
    error.contains("float value out of range")
        || (error.contains("invalid type: floating point") && error.contains("expected a string or integer"))
}

/// Reads text format.
pub(crate) fn parse_text(type_: &MessageDescriptor, text: &str) -> Result<DynamicMessage, String> {
    let message =
        DynamicMessage::parse_text_format(type_.clone(), text).map_err(|error| error.to_string())?;
    decode(type_, &message.encode_to_vec())
}

/// Whether the oracle takes what is to be refused, for the reason that greet gave.
pub(crate) fn wrongly_taken(error: &str) -> bool {
    // In quotes it takes what Rust takes for a number (`+1`, `01`, `1.`), and numbers of enums.
    let quoted = error.split_once("\" is no ").and_then(|(before, _)| before.rsplit_once('"'));
    let quoted =
        quoted.or_else(|| error.split_once("the key \"")?.1.split_once('"').map(|(key, _)| ("", key)));
    let number = |(_, text): (&str, &str)| {
        text.contains(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c))
    };
    // Of two members with one name it takes the last. To it, every string is a path of a FieldMask, base64 may
    // end in too few `=`, a time may have more digits than nanoseconds have, and a tag more bytes than five.
    quoted.is_some_and(number)
        || error.contains("twice")
        || error.contains("is no path of a google.protobuf.FieldMask")
        || error.contains("is no bytes (base64)")
        || error.contains("is no google.protobuf.Timestamp")
        || error.contains("is no google.protobuf.Duration")
        || error.contains("a tag is none")
        // It does not ask for what is required.
        || error.contains(" needs its field ")
}

/// Writes JSON, and reads that as a value; a value without text between would hold floats as doubles.
pub(crate) fn print(
    message: &DynamicMessage,
    options: &SerializeOptions,
) -> Result<serde_json::Value, String> {
    let mut text = Vec::new();
    let mut writer = serde_json::Serializer::new(&mut text);
    message.serialize_with_options(&mut writer, options).map_err(|error| error.to_string())?;
    serde_json::from_slice(&text).map_err(|error| error.to_string())
}

/// Where two messages differ, if they do. Bits count: -0.0 is not 0.0, and NaN is NaN.
///
/// `assert_eq!` would print both whole, and calls itself so deeply that the stack may end.
pub(crate) fn difference(one: &DynamicMessage, other: &DynamicMessage) -> Option<String> {
    match (held(one), held(other)) {
        (Some((one_url, one)), Some((other_url, other))) if one_url == other_url => difference(&one, &other),
        _ => fields(one, other).or_else(|| fields(other, one)),
    }
}

/// What an Any holds, by its URL; bytes that differ may mean the same.
fn held(any: &DynamicMessage) -> Option<(String, DynamicMessage)> {
    let type_ = any.descriptor();
    if type_.full_name() != "google.protobuf.Any" {
        return None;
    }
    let url = any.get_field_by_name("type_url")?.as_str()?.to_owned();
    let held = type_.parent_pool().get_message_by_name(url.rsplit('/').next()?)?;
    let message = decode(&held, any.get_field_by_name("value")?.as_bytes()?).ok()?;
    Some((url, message))
}

fn fields(one: &DynamicMessage, other: &DynamicMessage) -> Option<String> {
    for (field, value) in one.fields() {
        let name = field.name();
        if !other.has_field(&field) {
            return Some(format!(".{name} is only in one"));
        }
        if let Some(place) = values(value, &other.get_field(&field)) {
            return Some(format!(".{name}{place}"));
        }
    }
    for (extension, value) in one.extensions() {
        let name = extension.full_name();
        if !other.has_extension(&extension) {
            return Some(format!(".[{name}] is only in one"));
        }
        if let Some(place) = values(value, &other.get_extension(&extension)) {
            return Some(format!(".[{name}]{place}"));
        }
    }
    None
}

fn values(one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Message(one), Value::Message(other)) => difference(one, other),
        (Value::List(one), Value::List(other)) => {
            if one.len() != other.len() {
                return Some(format!(" has {} and {} elements", one.len(), other.len()));
            }
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(at, (one, other))| values(one, other).map(|place| format!("[{at}]{place}")))
        }
        (Value::Map(one), Value::Map(other)) => {
            let zero = |value: &Value| matches!(value, Value::F64(0.0) | Value::F32(0.0));
            if one.len() != other.len() {
                return Some(format!(" has {} and {} entries", one.len(), other.len()));
            }
            one.iter().find_map(|(key, value)| match other.get(key) {
                None => Some(format!(" has {} only in one", key_text(key))),
                // It writes -0.0 as nothing where it is a map's value.
                Some(other) if zero(value) && zero(other) => None,
                Some(other) => values(value, other).map(|place| format!("[{}]{place}", key_text(key))),
            })
        }
        (Value::F32(one), Value::F32(other)) if one.is_nan() && other.is_nan() => None,
        (Value::F64(one), Value::F64(other)) if one.is_nan() && other.is_nan() => None,
        (Value::F32(one), Value::F32(other)) => {
            (one.to_bits() != other.to_bits()).then(|| format!(": {one:?} and {other:?}"))
        }
        (Value::F64(one), Value::F64(other)) => {
            (one.to_bits() != other.to_bits()).then(|| format!(": {one:?} and {other:?}"))
        }
        (one, other) => (one != other).then(|| format!(": {one:?} and {other:?}")),
    }
}

fn key_text(key: &MapKey) -> String {
    format!("{key:?}")
}

/// Where greet's JSON and the oracle's differ, if they do. A number is what it means as a double, or as an
/// integer. The oracle writes a `DoubleValue` or `FloatValue` that is not finite as null, and one of -0.0 as 0.0.
pub(crate) fn json_difference(one: &serde_json::Value, other: &serde_json::Value) -> Option<String> {
    use serde_json::Value as J;
    match (one, other) {
        (J::Object(one), J::Object(other)) => {
            // To it, -0.0 is the default.
            let said =
                |name: &&String| one[&name[..]].as_f64().map(f64::to_bits) != Some((-0.0_f64).to_bits());
            let missing = other.keys().find(|name| !one.contains_key(*name));
            let missing = missing.or_else(|| one.keys().filter(said).find(|name| !other.contains_key(*name)));
            if let Some(name) = missing {
                return Some(format!(".{name} is only in one"));
            }
            one.iter().find_map(|(name, value)| {
                json_difference(value, other.get(name)?).map(|place| format!(".{name}{place}"))
            })
        }
        (J::Array(one), J::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(at, (one, other))| {
                json_difference(one, other).map(|place| format!("[{at}]{place}"))
            })
        }
        (J::Number(one), J::Number(other)) if one.is_f64() || other.is_f64() => {
            let bits = |number: &serde_json::Number| number.as_f64().map(f64::to_bits);
            let signless = bits(one) == Some((-0.0_f64).to_bits()) && bits(other) == Some(0);
            (bits(one) != bits(other) && !signless).then(|| format!(": {one} and {other}"))
        }
        (J::String(one), J::Null) if matches!(&one[..], "NaN" | "Infinity" | "-Infinity") => None,
        (one, other) => (one != other).then(|| format!(": {one} and {other}")),
    }
}
