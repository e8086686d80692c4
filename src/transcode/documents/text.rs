//! Cuts messages in text format, which are separated by lines `# ---`.

use std::collections::VecDeque;

use super::{Document, too_large};
use crate::leaf::Size;
use crate::transcode::DataError;
use crate::transcode::place::Place;

/// The line between two messages.
const SEPARATOR: &[u8] = b"# ---";

#[derive(Debug)]
pub(super) struct Cutter {
    limit: Size,
    place: Place,
    /// Where the open message begins in the input.
    begun: Place,
    text: Vec<u8>,
    /// Where its last line begins in `text`.
    line: usize,
}

impl Cutter {
    pub(super) fn new(limit: Size) -> Self {
        Self { limit, place: Place::START, begun: Place::START, text: Vec::new(), line: 0 }
    }

    pub(super) fn push(&mut self, input: &[u8], ready: &mut VecDeque<Document>) -> Result<(), DataError> {
        for line in input.split_inclusive(|&byte| byte == b'\n') {
            if line.len() > self.limit.get().saturating_sub(self.text.len()) {
                return Err(too_large(self.limit).at(self.begun.line, self.begun.column));
            }
            self.text.extend_from_slice(line);
            self.place = self.place.after(line);
            if line.ends_with(b"\n") {
                if self.is_separator() {
                    self.cut(ready)?;
                }
                self.line = self.text.len();
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, ready: &mut VecDeque<Document>) -> Result<(), DataError> {
        if !self.is_separator() {
            self.line = self.text.len();
        }
        self.cut(ready)
    }

    fn is_separator(&self) -> bool {
        self.text[self.line..].trim_ascii_end() == SEPARATOR
    }

    /// Hands on what stands before the last line.
    fn cut(&mut self, ready: &mut VecDeque<Document>) -> Result<(), DataError> {
        let mut text = std::mem::take(&mut self.text);
        text.truncate(self.line);
        let begun = std::mem::replace(&mut self.begun, self.place);
        self.line = 0;
        if !text.is_empty() {
            ready.push_back(Document::text(text, begun)?);
        }
        Ok(())
    }
}
