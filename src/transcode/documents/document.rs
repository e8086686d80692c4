//! One value of an input, and where each of its bytes came from.

use crate::transcode::flaw::Flaw;
use crate::transcode::options::TextInput;
use crate::transcode::place::Place;
use crate::transcode::{DataError, JsonInput, Plan};

/// One value of an input, cut out and normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    body: Body,
    anchors: Vec<Anchor>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    /// Strict JSON.
    Json(String),
    Text(String),
    Wire(Vec<u8>),
}

/// A byte of the document and its place in the input; what follows it stands side by side in both,
/// up to the next anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) offset: usize,
    pub(super) place: Place,
}

impl Document {
    pub(super) fn json(text: Vec<u8>, anchors: Vec<Anchor>) -> Result<Self, DataError> {
        Self::utf8(text, anchors, Body::Json)
    }

    pub(super) fn text(text: Vec<u8>, start: Place) -> Result<Self, DataError> {
        Self::utf8(text, vec![Anchor { offset: 0, place: start }], Body::Text)
    }

    pub(super) fn wire(bytes: Vec<u8>) -> Self {
        Self { body: Body::Wire(bytes), anchors: Vec::new() }
    }

    fn utf8(text: Vec<u8>, anchors: Vec<Anchor>, body: fn(String) -> Body) -> Result<Self, DataError> {
        match String::from_utf8(text) {
            Ok(text) => Ok(Self { body: body(text), anchors }),
            Err(error) => {
                let place = place(&anchors, error.as_bytes(), error.utf8_error().valid_up_to());
                Err(DataError::new("the text is not UTF-8").at(place.line, place.column))
            }
        }
    }

    /// Appends the wire bytes of this value as a message of the plan's type.
    ///
    /// # Errors
    /// When it does not fit the type; line and column are those in the whole input.
    pub fn to_wire(&self, plan: &Plan, options: JsonInput, out: &mut Vec<u8>) -> Result<(), DataError> {
        let read = match &self.body {
            Body::Json(text) => crate::transcode::json::read(plan, text.as_bytes(), options, out),
            Body::Text(text) => {
                let options = TextInput { unknown: options.unknown };
                crate::transcode::text::read(plan, text, options, out)
            }
            Body::Wire(bytes) => {
                plan.check(bytes)?;
                out.extend_from_slice(bytes);
                return Ok(());
            }
        };
        read.map_err(|flaw| self.placed(*flaw))
    }

    /// The strict JSON of this value, where the input is JSON.
    pub fn as_json(&self) -> Option<&str> {
        match &self.body {
            Body::Json(text) => Some(text),
            Body::Text(_) | Body::Wire(_) => None,
        }
    }

    /// The document's bytes: strict JSON, text format or the wire's.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.body {
            Body::Json(text) | Body::Text(text) => text.as_bytes(),
            Body::Wire(bytes) => bytes,
        }
    }

    /// Line and column in the input of the byte at `offset`, both from 1; `None` where the input is no text.
    pub fn position(&self, offset: usize) -> Option<(usize, usize)> {
        if self.anchors.is_empty() {
            return None;
        }
        let place = place(&self.anchors, self.as_bytes(), offset);
        Some((place.line, place.column))
    }

    pub(in crate::transcode) fn placed(&self, flaw: Flaw) -> DataError {
        match self.position(flaw.offset) {
            Some((line, column)) => flaw.error.at(line, column),
            None => flaw.error,
        }
    }
}

fn place(anchors: &[Anchor], text: &[u8], offset: usize) -> Place {
    let offset = offset.min(text.len());
    let behind = anchors.partition_point(|anchor| anchor.offset <= offset);
    match behind.checked_sub(1).map(|index| anchors[index]) {
        Some(anchor) => anchor.place.after(&text[anchor.offset..offset]),
        None => Place::START,
    }
}
