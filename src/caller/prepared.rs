//! A method with the plans of the types it takes and gives.

use bytes::Bytes;

use super::CallError;
use crate::schema::{Method, SchemaError};
use crate::transcode::{DataError, JsonInput, Plan, json};

/// A method made ready: its request's and its reply's types are compiled.
#[derive(Debug)]
pub struct Prepared {
    method: Method,
    request: Plan,
    reply: Plan,
}

impl Prepared {
    /// Compiles both types.
    ///
    /// # Errors
    /// When a type is missing or cannot be compiled.
    pub fn new(method: Method) -> Result<Self, CallError> {
        let (request, reply) =
            Plan::of_method(&method).map_err(|error| SchemaError::invalid(error.to_string()))?;
        Ok(Self { method, request, reply })
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The type it takes.
    pub fn request(&self) -> &Plan {
        &self.request
    }

    /// The type it gives.
    pub fn reply(&self) -> &Plan {
        &self.reply
    }

    /// One strict ProtoJSON value as a request on the wire.
    pub(super) fn encode(&self, json: &[u8]) -> Result<Bytes, DataError> {
        let mut wire = Vec::new();
        json::to_wire(&self.request, json, JsonInput::default(), &mut wire)?;
        Ok(wire.into())
    }
}
