//! Cuts messages on the wire.

use std::collections::VecDeque;

use super::{Document, too_large};
use crate::leaf::Size;
use crate::transcode::DataError;

/// An input that is one message.
#[derive(Debug)]
pub(super) struct Whole {
    limit: Size,
    bytes: Vec<u8>,
}

impl Whole {
    pub(super) fn new(limit: Size) -> Self {
        Self { limit, bytes: Vec::new() }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        if bytes.len() > self.limit.get().saturating_sub(self.bytes.len()) {
            return Err(too_large(self.limit));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn finish(&mut self, ready: &mut VecDeque<Document>) {
        ready.push_back(Document::wire(std::mem::take(&mut self.bytes)));
    }
}

/// Messages, each behind its length.
#[derive(Debug)]
pub(super) struct Delimited {
    limit: Size,
    /// Where the message that is read, or its length, begins in the input.
    begun: u64,
    at: u64,
    length: Length,
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum Length {
    Reading { value: u64, shift: u32 },
    Known(usize),
}

impl Delimited {
    const START: Length = Length::Reading { value: 0, shift: 0 };

    pub(super) fn new(limit: Size) -> Self {
        Self { limit, begun: 0, at: 0, length: Self::START, bytes: Vec::new() }
    }

    pub(super) fn push(&mut self, mut input: &[u8], ready: &mut VecDeque<Document>) -> Result<(), DataError> {
        loop {
            match self.length {
                Length::Known(length) => {
                    let take = (length - self.bytes.len()).min(input.len());
                    self.bytes.extend_from_slice(&input[..take]);
                    self.at += take as u64;
                    input = &input[take..];
                    if self.bytes.len() < length {
                        return Ok(());
                    }
                    ready.push_back(Document::wire(std::mem::take(&mut self.bytes)));
                    self.length = Self::START;
                    self.begun = self.at;
                }
                Length::Reading { value, shift } => {
                    let Some((&byte, rest)) = input.split_first() else { return Ok(()) };
                    input = rest;
                    self.at += 1;
                    if shift == 63 && byte > 1 {
                        let begun = self.begun;
                        return Err(DataError::new(format!("the length at byte {begun} is no varint")));
                    }
                    let value = value | u64::from(byte & 0x7f) << shift;
                    self.length = if byte & 0x80 != 0 {
                        Length::Reading { value, shift: shift + 7 }
                    } else {
                        match usize::try_from(value) {
                            Ok(length) if length <= self.limit.get() => Length::Known(length),
                            _ => return Err(too_large(self.limit)),
                        }
                    };
                }
            }
        }
    }

    pub(super) fn finish(&mut self) -> Result<(), DataError> {
        if self.at == self.begun {
            return Ok(());
        }
        let what = match self.length {
            Length::Reading { .. } => "in the middle of its length".to_owned(),
            Length::Known(length) => format!("after {} of its {length} bytes", self.bytes.len()),
        };
        Err(DataError::unfinished(format!("the message at byte {} ends {what}", self.begun)))
    }
}
