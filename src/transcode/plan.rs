//! A message type, made ready for transcoding.

mod describe;
mod enumeration;
mod features;
mod field;
mod kind;
mod message;
mod reserved;
mod spelling;
mod types;

use std::sync::Arc;

use prost_reflect::DynamicMessage;
use prost_reflect::prost::{DecodeError, Message as _};

use super::DataError;
use super::nothing::Nothing;
use super::rewrite::rewrite;
use super::walk::{Required, walk};
use crate::schema::{Closure, Method};
pub(super) use describe::{no_such_field, no_such_value, second_of_oneof, type_text, value_text};
pub(super) use enumeration::Enum;
pub(super) use field::{Entry, Field, HEAD, Of, SHORT, SetItem, Tag, TypeId};
pub(super) use kind::{Count, Kind, Presence, WireType};
pub(super) use message::{Form, Type};
pub(super) use reserved::is_reserved;
pub(super) use types::Types;

/// A type with all that transcoding needs to know of it; made once, used for every message.
///
/// The types that it refers to are made ready by the first message that reaches them.
#[derive(Debug, Clone)]
pub struct Plan {
    types: Arc<Types>,
    root: TypeId,
}

impl Plan {
    /// Prepares the message type `name` (full, without a leading dot) of a closure.
    ///
    /// # Errors
    /// When the closure does not have the type.
    pub fn compile(closure: &Arc<Closure>, name: &str) -> Result<Self, DataError> {
        Self::of(&Arc::new(Types::new(closure)), name)
    }

    /// Prepares another message type of the same closure; the types that both reach are made only once.
    ///
    /// # Errors
    /// When the closure does not have the type.
    pub fn sibling(&self, name: &str) -> Result<Self, DataError> {
        Self::of(&self.types, name)
    }

    /// Prepares the types that a method takes and gives.
    ///
    /// # Errors
    /// When the method's closure does not have them.
    pub fn of_method(method: &Method) -> Result<(Self, Self), DataError> {
        let input = Self::compile(method.closure(), method.input())?;
        let output = input.sibling(method.output())?;
        Ok((input, output))
    }

    fn of(types: &Arc<Types>, name: &str) -> Result<Self, DataError> {
        let root = types
            .find(name)
            .ok_or_else(|| DataError::new(format!("the message type '{name}' is not in the schema")))?;
        Ok(Self { types: Arc::clone(types), root })
    }

    /// The type's full name.
    pub fn type_name(&self) -> &str {
        &self.root().name
    }

    /// The closure that the type is of.
    pub fn closure(&self) -> &Arc<Closure> {
        self.types.closure()
    }

    /// Whether wire bytes are a message of this type.
    ///
    /// # Errors
    /// When they are not: truncated, a wrong wire type, bad UTF-8, nested more than 100 deep, a required field
    /// missing.
    pub fn check(&self, wire: &[u8]) -> Result<(), DataError> {
        let checked = walk(self, wire, Required::Demanded, Nothing, |_| {});
        checked.map(drop).map_err(|error| error.of_type(self.type_name()))
    }

    /// What a message lacks, which may be one of this type otherwise: the first required field that is missing.
    ///
    /// It costs nothing where no type that messages have reached so far has required fields.
    pub fn lacks(&self, wire: &[u8]) -> Option<DataError> {
        if !self.types.demand() {
            return None;
        }
        let walked = walk(self, wire, Required::Demanded, Nothing, |_| {});
        walked.err().filter(DataError::is_incomplete)
    }

    /// Reads a message of this type and appends it as it was understood: fields in the order of their numbers, each
    /// singular one once, repeated ones packed where the type says so; what the type does not have is kept.
    ///
    /// # Errors
    /// As [`Plan::check`], but that required fields may be missing. `out` is then as it was.
    pub fn rewrite(&self, wire: &[u8], out: &mut Vec<u8>) -> Result<(), DataError> {
        rewrite(self, wire, out).map_err(|error| error.of_type(self.type_name()))
    }

    /// The message as a value, for those who want to look into it.
    ///
    /// # Errors
    /// When the bytes are no message of this type, or the type is one that prost-reflect cannot hold.
    pub fn decode_dynamic(&self, wire: &[u8]) -> Result<DynamicMessage, DataError> {
        DynamicMessage::decode(self.message()?, wire).map_err(|error| self.broken(&error))
    }

    /// Appends the wire bytes of a message that is held as a value.
    ///
    /// # Errors
    /// When the value is of another type.
    pub fn encode_dynamic(&self, message: &DynamicMessage, out: &mut Vec<u8>) -> Result<(), DataError> {
        let given = prost_reflect::ReflectMessage::descriptor(message);
        if given.full_name() != self.type_name() {
            let (given, wanted) = (given.full_name(), self.type_name());
            return Err(DataError::new(format!("a {given} is no {wanted}")));
        }
        message.encode(out).map_err(|error| DataError::new(error.to_string()))
    }

    /// All types that its messages can reach.
    pub(super) fn types(&self) -> &Types {
        &self.types
    }

    /// The type itself.
    pub(super) fn root(&self) -> &Type {
        self.types.get(self.root)
    }

    /// Whether its JSON is an object of its fields. All others stand under `value` in an Any
    /// (protobuf.dev/programming-guides/json).
    pub(crate) fn is_plain(&self) -> bool {
        self.root().form == Form::Plain
    }

    /// The type as prost-reflect knows it.
    pub(super) fn message(&self) -> Result<prost_reflect::MessageDescriptor, DataError> {
        let pool = self.closure().dynamic().map_err(|error| DataError::new(error.to_string()))?;
        let message = pool.get_message_by_name(self.type_name());
        message.ok_or_else(|| DataError::new(format!("'{}' is not held as a value", self.type_name())))
    }

    fn broken(&self, error: &DecodeError) -> DataError {
        let text = error.to_string();
        let cause = text.strip_prefix("failed to decode Protobuf message: ").unwrap_or(&text);
        DataError::new(format!("the bytes are no {}: {cause}", self.type_name()))
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
