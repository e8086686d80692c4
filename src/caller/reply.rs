//! A reply, to be read as JSON, as bytes or as a value.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::{CallError, Prepared};
use crate::transcode::{JsonOutput, json};

/// One message that a server sent.
#[derive(Clone)]
pub struct Reply {
    prepared: Arc<Prepared>,
    wire: Bytes,
}

impl Reply {
    pub(super) fn new(prepared: Arc<Prepared>, wire: Bytes) -> Self {
        Self { prepared, wire }
    }

    /// The message as ProtoJSON, on one line.
    ///
    /// # Errors
    /// When the bytes are no message of the method's reply type.
    pub fn json(&self) -> Result<String, CallError> {
        let mut text = Vec::new();
        json::from_wire(self.prepared.reply(), &self.wire, JsonOutput::default(), &mut text)
            .map_err(CallError::reply)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// The message as a tree of JSON values.
    ///
    /// # Errors
    /// As [`Reply::json`].
    pub fn to_value(&self) -> Result<serde_json::Value, CallError> {
        Ok(serde_json::from_str(&self.json()?).unwrap_or_default())
    }

    /// The message as a dynamic value.
    ///
    /// # Errors
    /// As [`Reply::json`].
    pub fn to_dynamic(&self) -> Result<prost_reflect::DynamicMessage, CallError> {
        self.prepared.reply().decode_dynamic(&self.wire).map_err(CallError::reply)
    }

    /// The message on the wire.
    pub fn wire(&self) -> &Bytes {
        &self.wire
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.json() {
            Ok(text) => write!(f, "Reply({text})"),
            Err(_) => write!(f, "Reply({:?})", self.wire),
        }
    }
}
