//! Cuts messages on the wire.

use super::intake::Intake;
use super::{Cut, too_large};
use crate::leaf::Size;
use crate::transcode::DataError;

/// An input that is one message.
#[derive(Debug)]
pub(super) struct Whole {
    limit: Size,
    cut: bool,
}

impl Whole {
    pub(super) fn new(limit: Size) -> Self {
        Self { limit, cut: false }
    }

    /// The message, when all of it is there.
    pub(super) fn cut(&mut self, intake: &mut Intake) -> Result<Option<Cut>, DataError> {
        let length = intake.rest().len();
        if length > self.limit.get() {
            return Err(too_large(self.limit));
        }
        if self.cut || !intake.is_finished() {
            return Ok(None);
        }
        self.cut = true;
        Ok(Some(Cut::Whole { range: intake.take(length), begun: 0 }))
    }
}

/// Messages, each behind its length.
#[derive(Debug)]
pub(super) struct Delimited {
    limit: Size,
}

impl Delimited {
    pub(super) fn new(limit: Size) -> Self {
        Self { limit }
    }

    /// The next message, if it is there.
    pub(super) fn cut(&mut self, intake: &mut Intake) -> Result<Option<Cut>, DataError> {
        let begun = intake.at();
        let rest = intake.rest();
        let ends = match length(rest) {
            Length::Open => "in the middle of its length".to_owned(),
            Length::Wrong => {
                return Err(DataError::new(format!("the length at byte {begun} is no varint")));
            }
            Length::Known { length, prefix } => {
                let length = usize::try_from(length).ok().filter(|length| *length <= self.limit.get());
                let Some(length) = length else { return Err(too_large(self.limit)) };
                let there = rest.len() - prefix;
                if there >= length {
                    intake.take(prefix);
                    return Ok(Some(Cut::Whole { range: intake.take(length), begun }));
                }
                format!("after {there} of its {length} bytes")
            }
        };
        if rest.is_empty() || !intake.is_finished() {
            return Ok(None);
        }
        Err(DataError::unfinished(format!("the message at byte {begun} ends {ends}")))
    }
}

/// What a message's first bytes say of its length.
enum Length {
    /// Not all of it is there.
    Open,
    /// It is no varint of 64 bits.
    Wrong,
    Known {
        length: u64,
        prefix: usize,
    },
}

fn length(bytes: &[u8]) -> Length {
    let mut value = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        if index == 9 && byte > 1 {
            return Length::Wrong;
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Length::Known { length: value, prefix: index + 1 };
        }
    }
    Length::Open
}
