//! A message type, made ready for transcoding.

use std::sync::Arc;

use super::DataError;
use crate::schema::Closure;

/// A type with all that transcoding needs to know of it; made once, used for every message.
#[derive(Debug, Clone)]
pub struct Plan {
    closure: Arc<Closure>,
    message: prost_reflect::MessageDescriptor,
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
        Ok(Self { closure: Arc::clone(closure), message })
    }

    /// The type's full name.
    pub fn type_name(&self) -> &str {
        self.message.full_name()
    }

    /// The closure that the type is of.
    pub fn closure(&self) -> &Arc<Closure> {
        &self.closure
    }

    /// The type as prost-reflect knows it.
    pub(crate) fn message(&self) -> &prost_reflect::MessageDescriptor {
        &self.message
    }
}
