//! Cuts JSON into values: those that are plain in one look, the rest byte by byte.

use super::Cut;
use super::bytewise::{Bytewise, Step};
use super::intake::Intake;
use super::structure::{Found, Look, Manner};
use crate::leaf::Size;
use crate::transcode::DataError;

/// An input of JSON values.
#[derive(Debug)]
pub(super) struct Cutter {
    limit: Size,
    state: State,
    look: Look,
    bytewise: Bytewise,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No value is open.
    Between,
    /// An object or an array is open, and nothing about it is odd so far.
    Looking,
    /// Something is read byte by byte; the offset of the value's first byte, once it is known.
    Reading(Option<u64>),
}

impl Cutter {
    pub(super) fn new(manner: Manner, limit: Size) -> Self {
        let (look, bytewise) = (Look::new(manner), Bytewise::new(manner, limit));
        Self { limit, state: State::Between, look, bytewise }
    }

    /// The value that was read byte by byte.
    pub(super) fn bytewise(&self) -> &Bytewise {
        &self.bytewise
    }

    /// The next value, if it is there.
    pub(super) fn cut(&mut self, intake: &mut Intake) -> Result<Option<Cut>, DataError> {
        loop {
            match self.state {
                State::Between => {
                    let rest = intake.rest();
                    let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
                    let Some(&first) = rest.get(blanks) else {
                        intake.take(blanks);
                        return Ok(None);
                    };
                    intake.take(blanks);
                    self.state = State::Looking;
                    self.look.restart();
                    if !matches!(first, b'{' | b'[') {
                        self.read_bytewise(intake);
                    }
                }
                State::Looking => match self.look.go_on(intake.rest()) {
                    Found::End(length)
                        if length <= self.limit.get() && self.is_utf8(&intake.rest()[..length]) =>
                    {
                        self.state = State::Between;
                        let begun = intake.at();
                        return Ok(Some(Cut::Whole { range: intake.take(length), begun }));
                    }
                    Found::Open if self.look.at() <= self.limit.get() && !intake.is_finished() => {
                        return Ok(None);
                    }
                    // What is wrong is said by who reads byte by byte, and knows each bracket's place.
                    _ => self.read_bytewise(intake),
                },
                State::Reading(begun) => match self.read(intake, begun)? {
                    Some(cut) => return Ok(Some(cut)),
                    None if self.state == State::Between => {}
                    None => return Ok(None),
                },
            }
        }
    }

    fn is_utf8(&self, text: &[u8]) -> bool {
        self.look.ascii || simdutf8::basic::from_utf8(text).is_ok()
    }

    /// What is not done with is read byte by byte; the look that was taken is lost, at most once a value.
    fn read_bytewise(&mut self, intake: &mut Intake) {
        self.bytewise.restart(intake.place());
        self.state = State::Reading(None);
    }

    /// Reads what is there, up to where a value closes or nothing is open any more.
    fn read(&mut self, intake: &mut Intake, mut begun: Option<u64>) -> Result<Option<Cut>, DataError> {
        let mut read = 0;
        let mut closed = false;
        let mut failed = None;
        for &byte in intake.rest() {
            match self.bytewise.read(byte) {
                Ok(Step::ClosedBefore) => closed = true,
                Ok(step) => {
                    if begun.is_none() && !self.bytewise.text().is_empty() {
                        begun = Some(intake.at() + read as u64);
                    }
                    read += 1;
                    closed = step == Step::Closed;
                }
                Err(error) => failed = Some(error),
            }
            if closed || failed.is_some() || self.bytewise.is_idle() {
                break;
            }
        }
        intake.take(read);
        if let Some(error) = failed {
            return Err(error);
        }
        self.state = State::Reading(begun);
        if !closed && !self.bytewise.is_idle() {
            if !intake.is_finished() {
                return Ok(None);
            }
            closed = self.bytewise.finish()?;
        }
        intake.know(self.bytewise.place());
        self.state = State::Between;
        if !closed {
            return Ok(None);
        }
        self.bytewise.check_utf8()?;
        Ok(Some(Cut::Made { begun: begun.unwrap_or_else(|| intake.at()) }))
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
