//! ProtoJSON to wire and back (protobuf.dev/programming-guides/json).

use prost_reflect::prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, SerializeOptions};

use super::{DataError, Plan};

/// What a JSON reader lets pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JsonInput {
    /// Unknown members and unknown enum names are dropped instead of refused.
    pub allow_unknown: bool,
}

/// How JSON is written. The default is what `greet call` prints into a pipe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JsonOutput {
    /// Two spaces and line ends instead of one line.
    pub pretty: bool,
    /// Fields without presence are written at their default value.
    pub defaults: bool,
    /// Names as in the .proto instead of JSON names.
    pub proto_names: bool,
    /// 64-bit integers as numbers instead of strings.
    pub int64_numbers: bool,
    /// Enum values as numbers instead of names.
    pub enum_numbers: bool,
}

/// Reads one strict JSON value as a message of the plan's type and appends its wire bytes to `out`.
///
/// # Errors
/// When the text is no JSON or does not fit the type; with line, column and path.
pub fn to_wire(plan: &Plan, json: &[u8], options: JsonInput, out: &mut Vec<u8>) -> Result<(), DataError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let how = DeserializeOptions::new().deny_unknown_fields(!options.allow_unknown);
    let message = DynamicMessage::deserialize_with_options(plan.message().clone(), &mut reader, &how)
        .and_then(|message| reader.end().map(|()| message))
        .map_err(|error| DataError::new(error.to_string()).at(error.line(), error.column()))?;
    message.encode(out).map_err(|error| DataError::new(error.to_string()))
}

/// Reads wire bytes as a message of the plan's type and appends its JSON to `out`.
///
/// # Errors
/// When the bytes are no message of this type.
pub fn from_wire(plan: &Plan, wire: &[u8], options: JsonOutput, out: &mut Vec<u8>) -> Result<(), DataError> {
    let message = DynamicMessage::decode(plan.message().clone(), wire)
        .map_err(|error| DataError::new(error.to_string()))?;
    let how = SerializeOptions::new()
        .skip_default_fields(!options.defaults)
        .use_proto_field_name(options.proto_names)
        .stringify_64_bit_integers(!options.int64_numbers)
        .use_enum_numbers(options.enum_numbers);
    let written = if options.pretty {
        message.serialize_with_options(&mut serde_json::Serializer::pretty(out), &how)
    } else {
        message.serialize_with_options(&mut serde_json::Serializer::new(out), &how)
    };
    written.map_err(|error| DataError::new(error.to_string()))
}
