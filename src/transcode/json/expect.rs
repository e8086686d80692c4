//! What JSON a place in a message can hold, and how to say it.

use prost_reflect::{ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor};

/// What is expected at one place of a JSON text.
#[derive(Debug, Clone)]
pub(crate) enum Expect {
    /// Anything: nothing is known of this place.
    Free,
    /// One value of this type.
    One(Kind),
    /// A list of them.
    List(Kind),
    /// A map from keys to them.
    Map(Kind, Kind),
}

/// The JSON that a type is written as.
pub(crate) enum Wants {
    Anything,
    String,
    NumberOrString,
    Bool,
    /// The name or the number of an enum's value.
    EnumValue(prost_reflect::EnumDescriptor),
    /// `null`, or its name.
    Null,
    Object,
    Array,
    Message(MessageDescriptor),
    Any(MessageDescriptor),
}

impl Expect {
    pub(crate) fn field(field: &FieldDescriptor) -> Self {
        Self::new(field.kind(), field.is_list(), field.is_map())
    }

    pub(crate) fn extension(extension: &ExtensionDescriptor) -> Self {
        Self::new(extension.kind(), extension.is_list(), false)
    }

    fn new(kind: Kind, list: bool, map: bool) -> Self {
        match kind {
            Kind::Message(entry) if map => {
                Self::Map(entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind())
            }
            kind if list => Self::List(kind),
            kind => Self::One(kind),
        }
    }

    /// The type in words: `int32`, `list of string`, `map of string to t.City`.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Free => "JSON".to_owned(),
            Self::One(kind) => type_text(kind),
            Self::List(kind) => format!("list of {}", type_text(kind)),
            Self::Map(key, value) => format!("map of {} to {}", type_text(key), type_text(value)),
        }
    }
}

/// The JSON that a type is written as.
pub(crate) fn wants(kind: &Kind) -> Wants {
    match kind {
        Kind::Bool => Wants::Bool,
        Kind::String | Kind::Bytes => Wants::String,
        Kind::Enum(e) if e.full_name() == "google.protobuf.NullValue" => Wants::Null,
        Kind::Enum(e) => Wants::EnumValue(e.clone()),
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" | "google.protobuf.Duration" | "google.protobuf.FieldMask" => {
                Wants::String
            }
            "google.protobuf.Value" => Wants::Anything,
            "google.protobuf.Struct" => Wants::Object,
            "google.protobuf.ListValue" => Wants::Array,
            "google.protobuf.Any" => Wants::Any(message.clone()),
            _ => match wrapped(message) {
                Some(kind) => wants(&kind),
                None => Wants::Message(message.clone()),
            },
        },
        _ => Wants::NumberOrString,
    }
}

/// The type inside of a wrapper such as `google.protobuf.Int32Value`.
pub(crate) fn wrapped(message: &MessageDescriptor) -> Option<Kind> {
    let name = message.full_name().strip_prefix("google.protobuf.")?;
    let wraps = matches!(
        name,
        "DoubleValue"
            | "FloatValue"
            | "Int64Value"
            | "UInt64Value"
            | "Int32Value"
            | "UInt32Value"
            | "BoolValue"
            | "StringValue"
            | "BytesValue"
    );
    if wraps { message.get_field(1).map(|field| field.kind()) } else { None }
}

/// Whether a number is one of the type's, as far as its 64-bit range goes: what is read as a double on the way
/// would otherwise be cut to the nearest end.
pub(crate) fn in_range(kind: &Kind, number: &[u8]) -> bool {
    let (least, most, beyond) = match kind {
        Kind::Message(message) => return wrapped(message).is_none_or(|kind| in_range(&kind, number)),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            (i128::from(i64::MIN), i128::from(i64::MAX), 9_223_372_036_854_775_808.0)
        }
        Kind::Uint64 | Kind::Fixed64 => (0, i128::from(u64::MAX), 18_446_744_073_709_551_616.0),
        _ => return true,
    };
    let Ok(text) = std::str::from_utf8(number) else { return false };
    match (text.parse::<i128>(), text.parse::<f64>()) {
        (Ok(whole), _) => (least..=most).contains(&whole),
        (_, Ok(real)) => real < beyond && real >= -beyond,
        // No number at all, such as `null`: that is for others to say.
        _ => true,
    }
}

/// Whether a type's JSON is not simply an object of its fields.
pub(crate) fn is_well_known(message: &MessageDescriptor) -> bool {
    let name = message.full_name().strip_prefix("google.protobuf.").unwrap_or_default();
    let special = ["Any", "Timestamp", "Duration", "FieldMask", "Struct", "ListValue", "Value", "Empty"];
    special.contains(&name) || wrapped(message).is_some()
}

/// A type's name as people say it.
pub(crate) fn type_text(kind: &Kind) -> String {
    match kind {
        Kind::Double => "double".to_owned(),
        Kind::Float => "float".to_owned(),
        Kind::Int32 => "int32".to_owned(),
        Kind::Int64 => "int64".to_owned(),
        Kind::Uint32 => "uint32".to_owned(),
        Kind::Uint64 => "uint64".to_owned(),
        Kind::Sint32 => "sint32".to_owned(),
        Kind::Sint64 => "sint64".to_owned(),
        Kind::Fixed32 => "fixed32".to_owned(),
        Kind::Fixed64 => "fixed64".to_owned(),
        Kind::Sfixed32 => "sfixed32".to_owned(),
        Kind::Sfixed64 => "sfixed64".to_owned(),
        Kind::Bool => "bool".to_owned(),
        Kind::String => "string".to_owned(),
        Kind::Bytes => "bytes (base64)".to_owned(),
        Kind::Message(message) => message.full_name().to_owned(),
        Kind::Enum(e) => e.full_name().to_owned(),
    }
}

/// Whether `null` is a value of this type, not only its absence.
pub(super) fn holds_null(kind: &Kind) -> bool {
    matches!(wants(kind), Wants::Anything | Wants::Null)
}

/// The error for a name that an enum does not have.
pub(crate) fn no_such_value(name: &str, e: &prost_reflect::EnumDescriptor) -> super::super::DataError {
    const SHOWN: usize = 10;
    let values: Vec<_> = e.values().collect();
    let names: Vec<&str> = values.iter().map(prost_reflect::EnumValueDescriptor::name).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    let allowed = names[..names.len().min(SHOWN)].join(", ");
    let nearest = crate::leaf::nearest::nearest(name, names.iter().copied(), 3);
    super::super::DataError::new(format!("{name:?} is no {}: it is one of {allowed}{more}", e.full_name()))
        .with_nearest(nearest.into_iter().map(str::to_owned).collect())
}

/// The error for a field that a type does not have; the nearest are given by their JSON names.
pub(crate) fn no_such_field(name: &str, message: &MessageDescriptor) -> super::super::DataError {
    let fields: Vec<_> = message.fields().collect();
    let names = fields.iter().map(FieldDescriptor::json_name);
    let nearest = crate::leaf::nearest::nearest(name, names, 3);
    super::super::DataError::new(format!("unknown field {name:?} in {}", message.full_name()))
        .with_nearest(nearest.into_iter().map(str::to_owned).collect())
}
