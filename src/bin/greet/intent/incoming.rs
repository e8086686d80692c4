//! The messages of one file or of standard input, one after the other, in constant memory.

use greet::transcode::DataError;
use greet::transcode::documents::{DocumentRef, Documents};

use super::forms;
use super::reading::Reading;
use crate::args::ConvertForm;
use crate::failure::Failure;

/// An input and how it is cut.
#[derive(Debug)]
pub(crate) struct Incoming {
    reading: Reading,
    form: ConvertForm,
    documents: Documents,
    at_end: bool,
    /// How many messages have come.
    count: u64,
    /// Whether the form of the input was taken for granted, and what has come does not bear it out.
    doubtful: bool,
}

impl Incoming {
    /// Of a file, or `-`; without a form it is taken to be `usual`.
    pub(crate) fn open(file: &str, form: Option<ConvertForm>, usual: ConvertForm) -> Result<Self, Failure> {
        let doubtful = form.is_none();
        let form = form.unwrap_or(usual);
        Ok(Self {
            reading: Reading::open(file)?,
            form,
            documents: Documents::new(forms::converted(form)),
            at_end: false,
            count: 0,
            doubtful,
        })
    }

    /// What the input is called.
    pub(crate) fn name(&self) -> &str {
        self.reading.name()
    }

    /// Whether its messages are bytes, which nobody has looked at.
    pub(crate) fn is_wire(&self) -> bool {
        matches!(self.form, ConvertForm::Binary | ConvertForm::Delimited)
    }

    /// How many messages have come.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Goes to the next message, as soon as it closes; at the end there is no current one. `flush` runs before
    /// anything is waited for.
    pub(crate) fn advance(&mut self, mut flush: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
        loop {
            match self.documents.advance() {
                Ok(true) => {
                    self.count += 1;
                    return Ok(());
                }
                Ok(false) if self.at_end => return Ok(()),
                Ok(false) => {}
                Err(error) => return Err(self.wrong(&error)),
            }
            if !self.reading.is_ready() {
                flush()?;
            }
            self.read()?;
        }
    }

    /// The message at hand.
    pub(crate) fn current(&self) -> Option<DocumentRef<'_>> {
        self.documents.current()
    }

    fn read(&mut self) -> Result<(), Failure> {
        let room = self.documents.room();
        let length = self.reading.read(room)?;
        if length == 0 {
            self.documents.finish();
            self.at_end = true;
            return Ok(());
        }
        let json = self.form == ConvertForm::Json;
        if json
            && self.count == 0
            && room[..length].trim_ascii_start().first().is_some_and(|b| begins_json(*b))
        {
            self.doubtful = false;
        }
        self.documents.filled(length);
        Ok(())
    }

    /// What is wrong with the message at hand, or with what follows the last one.
    pub(crate) fn wrong(&self, error: &DataError) -> Failure {
        let failure = match self.current() {
            Some(document) if self.form == ConvertForm::Delimited => {
                let (number, begun) = (document.number(), document.begun());
                Failure::data(&format!("{}, message {number} at byte {begun}", self.name()), error)
            }
            _ => Failure::data(self.name(), error),
        };
        match self.form {
            _ if !self.doubtful || !failure.hints().is_empty() => failure,
            ConvertForm::Binary => failure.hint(
                "the input is read as one message; --in delimited reads any number behind their lengths",
            ),
            _ => failure.hint("the input is read as JSON; another form is said by --in"),
        }
    }
}

/// Whether the JSON of a message may begin so.
fn begins_json(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | b'"' | b'-') || byte.is_ascii_digit()
}
