//! A message type, made ready for transcoding.

use std::sync::{Arc, OnceLock};

use prost_reflect::DynamicMessage;
use prost_reflect::prost::{DecodeError, Message as _};

use super::DataError;
use super::tree::table::Table;
use crate::schema::Closure;

/// A type with all that transcoding needs to know of it; made once, used for every message.
#[derive(Debug, Clone)]
pub struct Plan {
    closure: Arc<Closure>,
    message: prost_reflect::MessageDescriptor,
    /// Made by the first who asks.
    table: Arc<OnceLock<Table>>,
}

impl Plan {
    /// Prepares the message type `name` (full, without a leading dot) of a closure.
    ///
    /// # Errors
    /// When the closure does not have the type, or cannot be held by prost-reflect.
    pub fn compile(closure: &Arc<Closure>, name: &str) -> Result<Self, DataError> {
        let pool = closure.dynamic().map_err(|error| DataError::new(error.to_string()))?;
        let message = pool
            .get_message_by_name(name)
            .ok_or_else(|| DataError::new(format!("the message type '{name}' is not in the schema")))?;
        Ok(Self { closure: Arc::clone(closure), message, table: Arc::default() })
    }

    /// The type's full name.
    pub fn type_name(&self) -> &str {
        self.message.full_name()
    }

    /// The closure that the type is of.
    pub fn closure(&self) -> &Arc<Closure> {
        &self.closure
    }

    /// Whether wire bytes are a message of this type.
    ///
    /// # Errors
    /// When they are not: truncated, a wrong wire type, bad UTF-8, nested more than 100 deep.
    pub fn check(&self, wire: &[u8]) -> Result<(), DataError> {
        self.decode_dynamic(wire).map(drop)
    }

    /// The message as a value, for those who want to look into it.
    ///
    /// # Errors
    /// When the bytes are no message of this type.
    pub fn decode_dynamic(&self, wire: &[u8]) -> Result<DynamicMessage, DataError> {
        DynamicMessage::decode(self.message.clone(), wire).map_err(|error| self.broken(&error))
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

    /// The type as prost-reflect knows it.
    pub(super) fn message(&self) -> &prost_reflect::MessageDescriptor {
        &self.message
    }

    /// What the shortcut of [`super::tree`] knows of the type.
    pub(super) fn table(&self) -> &Table {
        self.table.get_or_init(|| Table::new(&self.message))
    }

    fn broken(&self, error: &DecodeError) -> DataError {
        let text = error.to_string();
        let cause = text.strip_prefix("failed to decode Protobuf message: ").unwrap_or(&text);
        DataError::new(format!("the bytes are no {}: {cause}", self.type_name()))
    }
}
