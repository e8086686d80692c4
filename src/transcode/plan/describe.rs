//! Types and fields in the words of errors.

use super::enumeration::Enum;
use super::field::{Field, Of};
use super::kind::Count;
use super::message::Type;
use super::types::Types;
use crate::leaf::nearest::nearest;
use crate::transcode::DataError;

/// The type of a field: `int32`, `list of string`, `map of string to t.City`.
pub(in crate::transcode) fn type_text(types: &Types, field: &Field) -> String {
    match (field.count, field.entry()) {
        (Count::Map, Some(entry)) => {
            format!("map of {} to {}", value_text(types, &entry.key), value_text(types, &entry.value))
        }
        (Count::List, _) => format!("list of {}", value_text(types, field)),
        _ => value_text(types, field),
    }
}

/// The type of one value of a field.
pub(in crate::transcode) fn value_text(types: &Types, field: &Field) -> String {
    match &field.of {
        Of::Message(id) => types.get(*id).name.to_string(),
        Of::Enum(id) => types.get_enum(*id).name.to_string(),
        Of::Scalar | Of::Entry(_) => field.kind.word().to_owned(),
    }
}

/// The error for a name or a number, as it was given, that an enum does not have.
pub(in crate::transcode) fn no_such_value(given: &str, e: &Enum) -> DataError {
    const SHOWN: usize = 10;
    let names: Vec<&str> = e.values().map(|(name, _)| name).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    let allowed = names[..names.len().min(SHOWN)].join(", ");
    let near = nearest(given.trim_matches('"'), names.iter().copied(), 3);
    DataError::new(format!("{given} is no {}: it is one of {allowed}{more}", e.name))
        .with_nearest(near.into_iter().map(str::to_owned).collect())
}

/// The error for a second member of the oneof that the field is in; `other` is the first one's name, where it is known.
pub(in crate::transcode) fn second_of_oneof(type_: &Type, field: &Field, other: Option<&str>) -> DataError {
    let name = field.oneof.and_then(|oneof| type_.oneofs.get(usize::from(oneof))).map_or("", |name| name);
    DataError::new(match other {
        Some(other) => format!("the oneof {name:?} holds {other:?} already"),
        None => format!("the oneof {name:?} is given twice"),
    })
}

/// The error for a field that a type does not have; the nearest are given by their JSON names.
pub(in crate::transcode) fn no_such_field(name: &str, type_: &Type) -> DataError {
    let names = type_.fields.iter().map(|field| &*field.json_name);
    let near = nearest(name, names, 3);
    DataError::new(format!("unknown field {name:?} in {}", type_.name))
        .with_nearest(near.into_iter().map(str::to_owned).collect())
}
