//! The values of an example, made from a type.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use buffa::editions::FieldPresence;
use buffa_descriptor::{
    DescriptorPool, EnumIndex, EnumValueDescriptor, FieldDescriptor, FieldKind, MessageDescriptor,
    MessageIndex, ScalarType, SingularKind,
};

use super::layout::quoted;
use crate::schema::Closure;
use crate::transcode::DataError;

/// So deep are messages that have to be there, whatever else the bound is.
const REQUIRED_DEPTH: usize = 32;
/// When so many values are made, no further messages are begun.
const MANY: usize = 2_000;
/// So many names of an enum are shown.
const NAMES: usize = 24;

/// A value, with what is to be said of it.
#[derive(Debug)]
pub(super) enum Value {
    /// JSON as it is.
    Plain(String),
    List(Box<Value>),
    Object(Vec<Member>),
}

#[derive(Debug)]
pub(super) struct Member {
    /// The key as JSON.
    pub(super) key: String,
    pub(super) value: Value,
    /// What stands above it, if anything.
    pub(super) above: Option<String>,
    /// What stands beside it.
    pub(super) beside: String,
    /// Whether it is set, and not only shown.
    pub(super) set: bool,
}

pub(super) struct Maker<'c> {
    pool: &'c DescriptorPool,
    /// How many levels of messages there are at most.
    depth: usize,
    made: usize,
    /// The types that are being made.
    inside: Vec<MessageIndex>,
}

impl<'c> Maker<'c> {
    pub(super) fn new(closure: &'c Arc<Closure>, depth: usize) -> Self {
        Self { pool: closure.descriptors(), depth, made: 0, inside: Vec::new() }
    }

    pub(super) fn root(mut self, type_name: &str) -> Result<Value, DataError> {
        let index = self
            .pool
            .message_index(type_name)
            .ok_or_else(|| DataError::new(format!("the message type '{type_name}' is not in the schema")))?;
        Ok(self.message(index))
    }

    fn message(&mut self, index: MessageIndex) -> Value {
        let pool = self.pool;
        let message = pool.message(index);
        if let Some(value) = well_known(message.full_name()) {
            return value;
        }
        self.inside.push(index);
        let mut members = Vec::new();
        // Of each oneof: whether it was explained, and whether one of its members is set.
        let mut begun = vec![(false, false); message.oneofs().len()];
        for field in message.fields() {
            let oneof =
                field.oneof_index().map(usize::from).filter(|&at| !message.oneofs()[at].is_synthetic());
            let wanted = oneof.is_none_or(|at| !begun[at].1);
            let mut member = self.member(quoted(field.json_name()), field, wanted);
            if let Some(at) = oneof {
                let (explained, set) = begun[at];
                member.above = (!explained).then(|| choice(message, at));
                begun[at] = (true, set || member.set);
            }
            members.push(member);
        }
        for extension in pool.extensions_of(index) {
            let mut member = self.member(quoted(extension.json_key()), extension.field(), false);
            member.beside.push_str(", an extension");
            members.push(member);
        }
        self.inside.pop();
        Value::Object(members)
    }

    fn member(&mut self, key: String, field: &FieldDescriptor, wanted: bool) -> Member {
        self.made += 1;
        let required = field.presence() == FieldPresence::LegacyRequired;
        let (kind, mut beside) = match field.kind() {
            FieldKind::Singular(kind) => (kind, self.type_of(kind)),
            FieldKind::List(kind) => (kind, format!("list of {}", self.type_of(kind))),
            FieldKind::Map { key, value } => {
                (value, format!("map of {} to {}", scalar_name(key), self.type_of(value)))
            }
        };
        if required {
            beside.push_str(", required");
        }
        let one = self.one(kind, field.name(), required);
        let set = wanted && one.is_some();
        let one = one.unwrap_or_else(|| {
            beside.push_str(", not shown here");
            Value::Object(Vec::new())
        });
        let value = match field.kind() {
            FieldKind::Singular(_) => one,
            FieldKind::List(_) => Value::List(Box::new(one)),
            FieldKind::Map { key, .. } => {
                let key = match key {
                    ScalarType::String => "\"key\"",
                    ScalarType::Bool => "\"true\"",
                    _ => "\"1\"",
                };
                let (key, above, beside) = (key.to_owned(), None, String::new());
                Value::Object(vec![Member { key, value: one, above, beside, set: true }])
            }
        };
        Member { key, value, above: None, beside, set }
    }

    /// One value of a field; `None` where it would be too deep, too much or inside of itself.
    fn one(&mut self, kind: SingularKind, name: &str, required: bool) -> Option<Value> {
        match kind {
            SingularKind::Scalar(scalar) => Some(Value::Plain(plain(scalar, name))),
            SingularKind::Enum(index) => {
                let values = self.pool.enumeration(index).values();
                let value = values.iter().find(|value| value.number() != 0).or(values.first())?;
                if self.pool.enumeration(index).full_name() == "google.protobuf.NullValue" {
                    return Some(Value::Plain("null".to_owned()));
                }
                Some(Value::Plain(quoted(value.name())))
            }
            SingularKind::Message(index) => {
                let depth = if required { REQUIRED_DEPTH } else { self.depth };
                let most = if required { usize::MAX } else { MANY };
                let fits = self.inside.len() < depth && self.made < most && !self.inside.contains(&index);
                fits.then(|| self.message(index))
            }
        }
    }

    fn type_of(&self, kind: SingularKind) -> String {
        match kind {
            SingularKind::Scalar(ScalarType::Bytes) => "bytes in base64".to_owned(),
            SingularKind::Scalar(scalar) => scalar_name(scalar).to_owned(),
            SingularKind::Message(index) => self.pool.message(index).full_name().to_owned(),
            SingularKind::Enum(index) => self.enum_type(index),
        }
    }

    /// The type's name and what it may be.
    fn enum_type(&self, index: EnumIndex) -> String {
        let found = self.pool.enumeration(index);
        let names: Vec<_> = found.values().iter().take(NAMES).map(EnumValueDescriptor::name).collect();
        let more = match found.values().len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}: {}{more}", found.full_name(), names.join(", "))
    }
}

/// What a oneof offers.
fn choice(message: &MessageDescriptor, at: usize) -> String {
    let oneof = &message.oneofs()[at];
    let fields = oneof.field_indices().iter().filter_map(|&index| message.fields().get(usize::from(index)));
    let names: Vec<_> = fields.map(FieldDescriptor::json_name).collect();
    format!("oneof {}: only one of {}", oneof.name(), names.join(", "))
}

/// A scalar's JSON; what is text is the name of the field.
fn plain(scalar: ScalarType, name: &str) -> String {
    match scalar {
        ScalarType::Bool => "true".to_owned(),
        ScalarType::String => quoted(name),
        ScalarType::Bytes => quoted(&STANDARD.encode(name)),
        ScalarType::Double | ScalarType::Float => "1.5".to_owned(),
        ScalarType::Int64
        | ScalarType::Uint64
        | ScalarType::Sint64
        | ScalarType::Fixed64
        | ScalarType::Sfixed64 => "\"1\"".to_owned(),
        _ => "1".to_owned(),
    }
}

fn scalar_name(scalar: ScalarType) -> &'static str {
    match scalar {
        ScalarType::Double => "double",
        ScalarType::Float => "float",
        ScalarType::Int64 => "int64",
        ScalarType::Uint64 => "uint64",
        ScalarType::Int32 => "int32",
        ScalarType::Fixed64 => "fixed64",
        ScalarType::Fixed32 => "fixed32",
        ScalarType::Bool => "bool",
        ScalarType::String => "string",
        ScalarType::Bytes => "bytes",
        ScalarType::Uint32 => "uint32",
        ScalarType::Sfixed32 => "sfixed32",
        ScalarType::Sfixed64 => "sfixed64",
        ScalarType::Sint32 => "sint32",
        ScalarType::Sint64 => "sint64",
    }
}

/// The types of google.protobuf that have a JSON of their own.
fn well_known(type_name: &str) -> Option<Value> {
    let json = match type_name.strip_prefix("google.protobuf.")? {
        "Any" => r#"{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"text"}"#,
        "Timestamp" => "\"2024-01-01T00:00:00Z\"",
        "Duration" => "\"1.5s\"",
        "FieldMask" => "\"path\"",
        "Struct" => r#"{"key":"value"}"#,
        "Value" | "StringValue" => "\"value\"",
        "ListValue" => r#"["value"]"#,
        "BytesValue" => "\"dmFsdWU=\"",
        "BoolValue" => "true",
        "DoubleValue" | "FloatValue" => "1.5",
        "Int64Value" | "UInt64Value" => "\"1\"",
        "Int32Value" | "UInt32Value" => "1",
        "Empty" => "{}",
        _ => return None,
    };
    Some(Value::Plain(json.to_owned()))
}
