//! Cuts messages in text format, which are separated by lines `# ---`.

use memchr::memchr;

use super::document::not_utf8;
use super::intake::{Intake, after};
use super::{Cut, too_large};
use crate::leaf::Size;
use crate::transcode::DataError;

/// The line between two messages.
const SEPARATOR: &[u8] = b"# ---";

#[derive(Debug)]
pub(super) struct Cutter {
    limit: Size,
    /// Where the last line of the open message begins in it.
    line: usize,
    /// Up to where that line has been looked at.
    looked: usize,
}

impl Cutter {
    pub(super) fn new(limit: Size) -> Self {
        Self { limit, line: 0, looked: 0 }
    }

    /// The next message, if it is there.
    pub(super) fn cut(&mut self, intake: &mut Intake) -> Result<Option<Cut>, DataError> {
        loop {
            let text = intake.rest();
            let ends = memchr(b'\n', &text[self.looked..]).map(|at| self.looked + at + 1);
            let end = ends.unwrap_or(text.len());
            if end > self.limit.get() {
                let place = intake.place();
                return Err(too_large(self.limit).at(place.line, place.column));
            }
            if ends.is_none() && !intake.is_finished() {
                self.looked = end;
                return Ok(None);
            }
            let separator = text[self.line..end].trim_ascii_end() == SEPARATOR;
            if !separator && ends.is_some() {
                (self.line, self.looked) = (end, end);
                continue;
            }
            let length = if separator { self.line } else { end };
            if let Err(error) = simdutf8::compat::from_utf8(&text[..length]) {
                let upto = error.valid_up_to();
                let place = intake.place();
                return Err(not_utf8(after(place, &intake.rest()[..upto])));
            }
            (self.line, self.looked) = (0, 0);
            let begun = intake.at();
            let whole = intake.take(end);
            if length > 0 {
                return Ok(Some(Cut::Whole { range: whole.start..whole.start + length, begun }));
            }
            if ends.is_none() {
                return Ok(None);
            }
        }
    }
}
