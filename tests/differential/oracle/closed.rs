//! Numbers that a closed enum does not name, which prost-reflect keeps as if they were values.

use prost_reflect::prost::Message as _;
use prost_reflect::{DynamicMessage, EnumDescriptor, Kind, Syntax, Value};

/// Takes out of a message what is an unknown field by right.
pub(super) fn unknown_numbers_dropped(mut message: DynamicMessage) -> DynamicMessage {
    if let Some((_, held)) = super::held(&message) {
        let value = Value::Bytes(held.encode_to_vec().into());
        message.set_field_by_name("value", value);
        return message;
    }
    for (field, value) in message.fields().map(|(field, value)| (field, value.clone())).collect::<Vec<_>>() {
        match kept(value, &field.kind()) {
            Some(value) => message.set_field(&field, value),
            None => message.clear_field(&field),
        }
    }
    let extensions = message.extensions().map(|(extension, value)| (extension, value.clone()));
    for (extension, value) in extensions.collect::<Vec<_>>() {
        match kept(value, &extension.kind()) {
            Some(value) => message.set_extension(&extension, value),
            None => message.clear_extension(&extension),
        }
    }
    message
}

fn kept(value: Value, kind: &Kind) -> Option<Value> {
    match (value, kind) {
        (Value::EnumNumber(number), Kind::Enum(type_)) => {
            let named = !is_closed(type_) || type_.get_value(number).is_some();
            named.then_some(Value::EnumNumber(number))
        }
        (Value::Message(message), _) => Some(Value::Message(unknown_numbers_dropped(message))),
        (Value::List(values), kind) => {
            let values: Vec<_> = values.into_iter().filter_map(|value| kept(value, kind)).collect();
            (!values.is_empty()).then_some(Value::List(values))
        }
        (Value::Map(entries), Kind::Message(entry)) => {
            let kind = entry.map_entry_value_field().kind();
            let entries = entries.into_iter().filter_map(|(key, value)| Some((key, kept(value, &kind)?)));
            let entries: std::collections::HashMap<_, _> = entries.collect();
            (!entries.is_empty()).then_some(Value::Map(entries))
        }
        (other, _) => Some(other),
    }
}

/// Only files of proto2 have closed enums; the oracle knows no editions.
fn is_closed(type_: &EnumDescriptor) -> bool {
    type_.parent_file().syntax() == Syntax::Proto2
}
