//! Cuts one input, however its bytes arrive, into the values it holds.

mod binary;
mod bytewise;
mod document;
mod intake;
mod json;
mod structure;
mod text;

use std::ops::Range;

pub use document::{Document, DocumentRef};

use super::DataError;
use super::place::Place;
use crate::leaf::Size;
use document::{Form, Whence};
use intake::Intake;
use structure::Manner;

/// The form that an input is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// JSON values, one after the other, with or without line ends between them.
    Strict,
    /// The same as people type it: `//`, `/* */` and `#` comments, trailing commas, bare keys, single
    /// quotes, and one outermost pair `<` `>` in place of `{` `}`.
    Relaxed,
    /// Messages in text format, with a line `# ---` between two. An input of no bytes holds none; a
    /// message without fields is an empty line.
    Text,
    /// One message on the wire: the input is its bytes.
    Binary,
    /// Messages on the wire, each behind its length as a varint.
    Delimited,
}

/// The values of one input, handed on as soon as each closes.
///
/// Push bytes as they come, or read them into the room that is lent, take values out, and say when the input is
/// at its end. [`Documents::advance`] and [`Documents::current`] lend each value where it lies; as an iterator it
/// copies them. The first error is the last thing that comes out. All work is linear in the bytes pushed, and
/// what is held is the value that is open and what was pushed behind it.
#[derive(Debug)]
pub struct Documents {
    intake: Intake,
    cutter: Cutter,
    state: State,
    current: Option<Cut>,
    /// How many values have come out.
    count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A byte order mark may still come.
    Mark,
    Open,
    /// There has been an error.
    Failed,
}

#[derive(Debug)]
enum Cutter {
    Json(Box<json::Cutter>),
    Text(text::Cutter),
    Binary(binary::Whole),
    Delimited(binary::Delimited),
}

/// A value that was found.
#[derive(Debug, Clone)]
enum Cut {
    /// These bytes of the intake; with a length that belongs to it, it began at this offset of the input.
    Whole { range: Range<usize>, begun: u64 },
    /// What was read byte by byte, which began at this offset.
    Made { begun: u64 },
}

/// UTF-8's byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Documents {
    /// Begins an input whose documents are at most 1 GiB each.
    pub fn new(dialect: Dialect) -> Self {
        Self::bounded(dialect, Size::mebibytes(1024))
    }

    /// Begins an input whose documents are at most `limit` each.
    pub fn bounded(dialect: Dialect, limit: Size) -> Self {
        let json = |manner| Cutter::Json(Box::new(json::Cutter::new(manner, limit)));
        let (cutter, state) = match dialect {
            Dialect::Strict => (json(Manner::Strict), State::Mark),
            Dialect::Relaxed => (json(Manner::Relaxed), State::Mark),
            Dialect::Text => (Cutter::Text(text::Cutter::new(limit)), State::Mark),
            Dialect::Binary => (Cutter::Binary(binary::Whole::new(limit)), State::Open),
            Dialect::Delimited => (Cutter::Delimited(binary::Delimited::new(limit)), State::Open),
        };
        Self { intake: Intake::new(), cutter, state, current: None, count: 0 }
    }

    /// All values of an input that is there as a whole.
    ///
    /// # Errors
    /// The first error; what stands before it is lost.
    pub fn all(dialect: Dialect, input: &[u8]) -> Result<Vec<Document>, DataError> {
        let mut documents = Self::new(dialect);
        documents.push(input);
        documents.finish();
        documents.collect()
    }

    /// Takes the next bytes. After an error or the end they are not looked at.
    pub fn push(&mut self, bytes: &[u8]) {
        self.current = None;
        if self.state != State::Failed && !self.intake.is_finished() {
            self.intake.push(bytes);
        }
    }

    /// Room for the next bytes of the input, at least 64 KiB; [`Documents::filled`] says how many have come.
    pub fn room(&mut self) -> &mut [u8] {
        self.current = None;
        self.intake.room()
    }

    /// Takes the first bytes of [`Documents::room`], as [`Documents::push`] takes others.
    pub fn filled(&mut self, length: usize) {
        if self.state != State::Failed && !self.intake.is_finished() {
            self.intake.filled(length);
        }
    }

    /// Says that no more bytes come. A value that is open then is an error.
    pub fn finish(&mut self) {
        self.intake.finish();
    }

    /// Goes to the next value that has closed. `false` while there is none, and at the end.
    ///
    /// # Errors
    /// When what comes next is no value, once; then there is nothing more.
    pub fn advance(&mut self) -> Result<bool, DataError> {
        self.current = None;
        if self.state == State::Mark && !self.pass_mark() || self.state == State::Failed {
            return Ok(false);
        }
        self.intake.count_on();
        let intake = &mut self.intake;
        let cut = match &mut self.cutter {
            Cutter::Json(cutter) => cutter.cut(intake),
            Cutter::Text(cutter) => cutter.cut(intake),
            Cutter::Binary(cutter) => cutter.cut(intake),
            Cutter::Delimited(cutter) => cutter.cut(intake),
        };
        match cut {
            Ok(cut) => {
                self.count += u64::from(cut.is_some());
                self.current = cut;
                Ok(self.current.is_some())
            }
            Err(error) => {
                self.state = State::Failed;
                Err(error)
            }
        }
    }

    /// The value that [`Documents::advance`] went to, until bytes are taken in.
    pub fn current(&self) -> Option<DocumentRef<'_>> {
        let form = match self.cutter {
            Cutter::Json(_) => Form::Json,
            Cutter::Text(_) => Form::Text,
            Cutter::Binary(_) | Cutter::Delimited(_) => Form::Wire,
        };
        let number = self.count;
        match (self.current.clone()?, &self.cutter) {
            (Cut::Made { begun }, Cutter::Json(cutter)) => {
                let made = cutter.bytewise();
                let whence = Whence::Anchors(made.anchors());
                Some(DocumentRef { form, body: made.text(), whence, number, begun, offset: begun })
            }
            // Nothing else makes values.
            (Cut::Made { .. }, _) => None,
            (Cut::Whole { range, begun }, _) => {
                let (known, before) = self.intake.way_to(range.start);
                let (whence, offset) = (Whence::Behind(known, before), self.intake.offset(range.start));
                Some(DocumentRef { form, body: self.intake.get(range), whence, number, begun, offset })
            }
        }
    }

    /// Passes the byte order mark, if there is one; `false` as long as that is not known.
    fn pass_mark(&mut self) -> bool {
        let rest = self.intake.rest();
        let marked = rest.starts_with(MARK);
        if !marked && MARK.starts_with(rest) && !self.intake.is_finished() {
            return false;
        }
        if marked {
            self.intake.take(MARK.len());
            // It takes no column.
            self.intake.know(Place::START);
        }
        self.state = State::Open;
        true
    }
}

impl Iterator for Documents {
    type Item = Result<Document, DataError>;

    /// The next value that has closed; `None` while there is none, and at the end.
    fn next(&mut self) -> Option<Self::Item> {
        let advanced = self.advance();
        if let Some(Cut::Whole { range, .. }) = &self.current {
            // Each value is told its place, so what is counted once is not counted for the next one.
            self.intake.count_to(range.start);
        }
        match advanced {
            Ok(_) => self.current().map(|document| Ok(document.to_document())),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The error for a document that is larger than it may be.
fn too_large(limit: Size) -> DataError {
    DataError::new(format!("a message is larger than {limit}"))
}

#[cfg(test)]
#[path = "documents_tests.rs"]
mod tests;
