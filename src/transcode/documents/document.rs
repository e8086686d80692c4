//! One value of an input, and where each of its bytes came from.

use super::intake::after;
use crate::transcode::options::TextInput;
use crate::transcode::place::Place;
use crate::transcode::{DataError, JsonInput, Plan, json, text};

/// One value of an input, cut out and normalised; its bytes are lent by whoever cuts.
#[derive(Debug, Clone, Copy)]
pub struct DocumentRef<'a> {
    pub(super) form: Form,
    pub(super) body: &'a [u8],
    pub(super) whence: Whence<'a>,
    pub(super) number: u64,
    pub(super) begun: u64,
    pub(super) offset: u64,
}

/// The same as [`DocumentRef`], with bytes of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    form: Form,
    body: Vec<u8>,
    anchors: Vec<Anchor>,
    number: u64,
    begun: u64,
    offset: u64,
}

/// What the bytes of a value are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Strict JSON.
    Json,
    Text,
    Wire,
}

/// A byte of the document and its place in the input; what follows it stands side by side in both,
/// up to the next anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) offset: usize,
    pub(super) place: Place,
}

/// How the places of a value's bytes are found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whence<'a> {
    /// All stand in the input as they stand here, behind these bytes, which begin at a known place.
    Behind(Place, &'a [u8]),
    Anchors(&'a [Anchor]),
}

impl DocumentRef<'_> {
    /// Appends the wire bytes of this value as a message of the plan's type.
    ///
    /// # Errors
    /// When it does not fit the type; line and column are those in the whole input.
    pub fn to_wire(&self, plan: &Plan, options: JsonInput, out: &mut Vec<u8>) -> Result<(), DataError> {
        let read = match self.form {
            Form::Json => json::read(plan, self.body, options, out),
            Form::Text => match std::str::from_utf8(self.body) {
                Ok(body) => text::read(plan, body, TextInput { unknown: options.unknown }, out),
                Err(error) => return Err(not_utf8(self.place(error.valid_up_to()))),
            },
            Form::Wire => {
                plan.check(self.body)?;
                out.extend_from_slice(self.body);
                return Ok(());
            }
        };
        read.map_err(|wrong| wrong.placed(|offset| self.place(offset)))
    }

    /// The strict JSON of this value, where the input is JSON.
    pub fn as_json(&self) -> Option<&str> {
        if self.form == Form::Json { std::str::from_utf8(self.body).ok() } else { None }
    }

    /// The document's bytes: strict JSON, text format or the wire's.
    pub fn as_bytes(&self) -> &[u8] {
        self.body
    }

    /// Which value of the input it is, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Where in the input it begins, in bytes from 0; a length before it belongs to it.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Where in the input its first byte is: behind its length, if it has one before it.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Line and column in the input of the byte at `offset`, both from 1; `None` where the input is no text.
    pub fn position(&self, offset: usize) -> Option<(usize, usize)> {
        if self.form == Form::Wire {
            return None;
        }
        let place = self.place(offset);
        Some((place.line, place.column))
    }

    /// The same with bytes of its own.
    pub fn to_document(&self) -> Document {
        let anchors = match self.whence {
            _ if self.form == Form::Wire => Vec::new(),
            Whence::Behind(known, before) => vec![Anchor { offset: 0, place: after(known, before) }],
            Whence::Anchors(anchors) => anchors.to_vec(),
        };
        let Self { form, number, begun, offset, .. } = *self;
        Document { form, body: self.body.to_vec(), anchors, number, begun, offset }
    }

    fn place(&self, offset: usize) -> Place {
        match self.whence {
            Whence::Behind(known, before) => {
                after(after(known, before), &self.body[..offset.min(self.body.len())])
            }
            Whence::Anchors(anchors) => place_of(anchors, self.body, offset),
        }
    }
}

impl Document {
    /// As [`DocumentRef::to_wire`].
    ///
    /// # Errors
    /// As there.
    pub fn to_wire(&self, plan: &Plan, options: JsonInput, out: &mut Vec<u8>) -> Result<(), DataError> {
        self.lent().to_wire(plan, options, out)
    }

    /// The strict JSON of this value, where the input is JSON.
    pub fn as_json(&self) -> Option<&str> {
        if self.form == Form::Json { std::str::from_utf8(&self.body).ok() } else { None }
    }

    /// The document's bytes: strict JSON, text format or the wire's.
    pub fn as_bytes(&self) -> &[u8] {
        &self.body
    }

    /// Line and column in the input of the byte at `offset`, both from 1; `None` where the input is no text.
    pub fn position(&self, offset: usize) -> Option<(usize, usize)> {
        self.lent().position(offset)
    }

    /// The value, lent.
    pub fn lent(&self) -> DocumentRef<'_> {
        let Self { form, number, begun, offset, .. } = *self;
        let whence = Whence::Anchors(&self.anchors);
        DocumentRef { form, body: &self.body, whence, number, begun, offset }
    }
}

/// The place in the input of the byte at `offset` of a text.
pub(super) fn place_of(anchors: &[Anchor], text: &[u8], offset: usize) -> Place {
    let offset = offset.min(text.len());
    let behind = anchors.partition_point(|anchor| anchor.offset <= offset);
    match behind.checked_sub(1).map(|index| anchors[index]) {
        Some(anchor) => after(anchor.place, &text[anchor.offset..offset]),
        None => Place::START,
    }
}

/// The error for a text that is none.
pub(super) fn not_utf8(place: Place) -> DataError {
    DataError::new("the text is not UTF-8").at(place.line, place.column)
}
