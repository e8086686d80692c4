//! An example of a type: JSON with a value in every field, as the schema shapes it.

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::Plan;
use super::json::expect::{Expect, wrapped};

/// How deep messages are nested; fields that would go deeper stay out.
const DEPTH: usize = 3;

/// How many values an example has at most, so that a type with a thousand fields of such types ends.
const VALUES: usize = 10_000;

/// An example message of the plan's type, always the same: strings are their field's name, lists and maps
/// have one member, enums the first value that is not zero, of a oneof the first member is set.
pub fn message(plan: &Plan) -> Value {
    let mut left = VALUES;
    object(plan.message(), DEPTH, &mut left).unwrap_or_else(|| json!({}))
}

fn object(type_: &MessageDescriptor, depth: usize, left: &mut usize) -> Option<Value> {
    if let Some(kind) = wrapped(type_) {
        return one(&kind, "value", depth, left);
    }
    match type_.full_name().strip_prefix("google.protobuf.") {
        Some("Timestamp") => return Some(json!("2026-01-01T00:00:00Z")),
        Some("Duration") => return Some(json!("1s")),
        Some("FieldMask") => return Some(json!("name")),
        Some("Struct") => return Some(json!({"key": "value"})),
        Some("Value") => return Some(json!("value")),
        Some("ListValue") => return Some(json!(["value"])),
        // What an Any holds is not for the schema to say.
        Some("Any") => return None,
        _ => {}
    }
    let depth = depth.checked_sub(1)?;
    let mut members = Map::new();
    for field in type_.fields().filter(is_shown) {
        *left = left.checked_sub(1)?;
        let name = field.name();
        let value = match Expect::field(&field) {
            Expect::Free => None,
            Expect::One(kind) => one(&kind, name, depth, left),
            Expect::List(kind) => one(&kind, name, depth, left).map(|value| json!([value])),
            Expect::Map(key, kind) => {
                let key = match key {
                    Kind::String => "key",
                    Kind::Bool => "true",
                    _ => "1",
                };
                one(&kind, name, depth, left).map(|value| json!({key: value}))
            }
        };
        if let Some(value) = value {
            members.insert(field.json_name().to_owned(), value);
        }
    }
    Some(Value::Object(members))
}

/// Whether a field is no member of a oneof, or its first.
fn is_shown(field: &FieldDescriptor) -> bool {
    field.containing_oneof().is_none_or(|oneof| oneof.fields().next().as_ref() == Some(field))
}

fn one(kind: &Kind, name: &str, depth: usize, left: &mut usize) -> Option<Value> {
    match kind {
        Kind::Double | Kind::Float => Some(json!(1.5)),
        Kind::Bool => Some(json!(true)),
        Kind::String => Some(json!(name)),
        Kind::Bytes => Some(json!(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, name))),
        Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64 => Some(json!("1")),
        Kind::Int32 | Kind::Uint32 | Kind::Sint32 | Kind::Fixed32 | Kind::Sfixed32 => Some(json!(1)),
        Kind::Enum(e) => Some(first_value(e)),
        Kind::Message(message) => object(message, depth, left),
    }
}

fn first_value(e: &EnumDescriptor) -> Value {
    if e.full_name() == "google.protobuf.NullValue" {
        return Value::Null;
    }
    let value = e.values().find(|value| value.number() != 0).unwrap_or_else(|| e.default_value());
    json!(value.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcode::testing::{all, closure, old};
    use crate::transcode::{JsonInput, json};

    #[test]
    fn an_example_has_each_field_and_fits_its_type() {
        let example = message(all());
        for (member, value) in [
            ("name", json!("name")),
            ("big", json!("1")),
            ("role", json!("ADMIN")),
            ("tags", json!(["tags"])),
            ("counts", json!({"key": 1})),
            ("maybe", json!(1)),
            ("address", json!({"name": "name", "zipCode": 1, "twin": {"name": "name", "zipCode": 1}})),
            ("left", json!("left")),
        ] {
            assert_eq!(example[member], value, "{member}");
        }
        assert_eq!(example.get("right"), None);
        for plan in [all(), &old()] {
            let text = message(plan).to_string();
            json::to_wire(plan, text.as_bytes(), JsonInput::default(), &mut Vec::new()).unwrap();
        }
    }

    #[test]
    fn a_type_of_such_types_ends() {
        let fields: String = (1..150).map(|n| format!("M f{n} = {n};")).collect::<Vec<_>>().concat();
        let proto = format!("syntax = \"proto3\"; message M {{ string s = 1000; {fields} }}");
        let plan = Plan::compile(&closure(proto.leak()), "M").unwrap();
        assert!(message(&plan).to_string().len() < 1_000_000);
    }
}
