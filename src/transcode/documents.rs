//! Cuts one input, however its bytes arrive, into the values it holds.

mod binary;
mod document;
mod json;
mod text;

use std::collections::VecDeque;

pub use document::Document;

use super::DataError;
use crate::leaf::Size;

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
/// Push bytes as they come, take documents out (this is an iterator), and say when the input is at its
/// end. The first error is the last thing that comes out. All work is linear in the bytes pushed.
#[derive(Debug)]
pub struct Documents {
    cutter: Cutter,
    ready: VecDeque<Document>,
    error: Option<DataError>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// So many bytes of a byte order mark have come, and nothing else.
    Mark(usize),
    Open,
    Ended,
}

#[derive(Debug)]
enum Cutter {
    Json(json::Cutter),
    Text(text::Cutter),
    Binary(binary::Whole),
    Delimited(binary::Delimited),
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
        let (cutter, state) = match dialect {
            Dialect::Strict => (Cutter::Json(json::Cutter::new(json::Manner::Strict, limit)), State::Mark(0)),
            Dialect::Relaxed => {
                (Cutter::Json(json::Cutter::new(json::Manner::Relaxed, limit)), State::Mark(0))
            }
            Dialect::Text => (Cutter::Text(text::Cutter::new(limit)), State::Mark(0)),
            Dialect::Binary => (Cutter::Binary(binary::Whole::new(limit)), State::Open),
            Dialect::Delimited => (Cutter::Delimited(binary::Delimited::new(limit)), State::Open),
        };
        Self { cutter, ready: VecDeque::new(), error: None, state }
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
    pub fn push(&mut self, mut bytes: &[u8]) {
        while let (State::Mark(seen), Some(&byte)) = (self.state, bytes.first()) {
            if byte == MARK[seen] {
                bytes = &bytes[1..];
                self.state = if seen + 1 == MARK.len() { State::Open } else { State::Mark(seen + 1) };
            } else {
                self.state = State::Open;
                self.cut(&MARK[..seen]);
            }
        }
        if self.state == State::Open {
            self.cut(bytes);
        }
    }

    /// Says that no more bytes come. A value that is open then is an error.
    pub fn finish(&mut self) {
        if let State::Mark(seen) = self.state {
            self.state = State::Open;
            self.cut(&MARK[..seen]);
        }
        if self.state == State::Ended {
            return;
        }
        self.state = State::Ended;
        let ended = match &mut self.cutter {
            Cutter::Json(cutter) => cutter.finish(&mut self.ready),
            Cutter::Text(cutter) => cutter.finish(&mut self.ready),
            Cutter::Binary(cutter) => {
                cutter.finish(&mut self.ready);
                Ok(())
            }
            Cutter::Delimited(cutter) => cutter.finish(),
        };
        self.error = ended.err();
    }

    fn cut(&mut self, bytes: &[u8]) {
        let cut = match &mut self.cutter {
            Cutter::Json(cutter) => cutter.push(bytes, &mut self.ready),
            Cutter::Text(cutter) => cutter.push(bytes, &mut self.ready),
            Cutter::Binary(cutter) => cutter.push(bytes),
            Cutter::Delimited(cutter) => cutter.push(bytes, &mut self.ready),
        };
        if let Err(error) = cut {
            self.state = State::Ended;
            self.error = Some(error);
        }
    }
}

impl Iterator for Documents {
    type Item = Result<Document, DataError>;

    /// The next value that has closed; `None` while there is none, and at the end.
    fn next(&mut self) -> Option<Self::Item> {
        match self.ready.pop_front() {
            Some(document) => Some(Ok(document)),
            None => self.error.take().map(Err),
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
