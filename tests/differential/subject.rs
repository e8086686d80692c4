//! What is tested: a random schema, its plan, and what greet makes of messages of it.

use std::sync::Arc;

use buffa_descriptor::MessageIndex;
use greet::schema::Closure;
use greet::transcode::options::{JsonInput, JsonOutput, TextInput, TextOutput, Unknown};
use greet::transcode::{DataError, Plan, json, text};

use crate::random::schema::{ROOT, Syntax};
use crate::random::{Choices, link, schema};

/// A random schema and the plan of its root.
pub(crate) struct Subject {
    pub(crate) closure: Arc<Closure>,
    pub(crate) plan: Plan,
}

impl Subject {
    /// The schema that these choices make.
    pub(crate) fn draw(choices: &mut Choices, syntax: Syntax) -> Self {
        let file = schema::draw(choices, syntax);
        let closure = link::file(&file, ROOT);
        let plan = Plan::compile(&closure, ROOT).unwrap();
        Self { closure, plan }
    }

    /// The root's place in the closure.
    pub(crate) fn root(&self) -> MessageIndex {
        self.closure.descriptors().message_index(ROOT).unwrap()
    }

    /// The root as the oracle knows it.
    pub(crate) fn oracle(&self) -> prost_reflect::MessageDescriptor {
        self.closure.dynamic().unwrap().get_message_by_name(ROOT).unwrap()
    }

    pub(crate) fn json_to_wire(&self, text: &str) -> Result<Vec<u8>, DataError> {
        let mut out = Vec::new();
        json::to_wire(&self.plan, text.as_bytes(), JsonInput::default(), &mut out).map(|()| out)
    }

    pub(crate) fn json_to_wire_dropping(&self, text: &str) -> Result<Vec<u8>, DataError> {
        let mut out = Vec::new();
        let options = JsonInput { unknown: Unknown::Drop };
        json::to_wire(&self.plan, text.as_bytes(), options, &mut out).map(|()| out)
    }

    pub(crate) fn wire_to_json(&self, wire: &[u8], options: JsonOutput) -> Result<String, DataError> {
        let mut out = Vec::new();
        json::from_wire(&self.plan, wire, options, &mut out)?;
        Ok(String::from_utf8(out).expect("JSON is UTF-8"))
    }

    pub(crate) fn text_to_wire(&self, input: &str) -> Result<Vec<u8>, DataError> {
        let mut out = Vec::new();
        text::to_wire(&self.plan, input, TextInput::default(), &mut out).map(|()| out)
    }

    pub(crate) fn wire_to_text(&self, wire: &[u8]) -> Result<String, DataError> {
        let mut out = Vec::new();
        text::from_wire(&self.plan, wire, TextOutput::default(), &mut out)?;
        Ok(String::from_utf8(out).expect("text is UTF-8"))
    }
}
