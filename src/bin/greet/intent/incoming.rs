//! The messages of one file or of standard input, one after the other, in constant memory.

use greet::transcode::DataError;
use greet::transcode::documents::{Document, Documents};

use super::forms;
use super::reading::Reading;
use crate::args::ConvertForm;
use crate::failure::Failure;

/// How much is read at once.
const CHUNK: usize = 128 * 1024;

/// An input and how it is cut.
#[derive(Debug)]
pub(crate) struct Incoming {
    reading: Reading,
    form: ConvertForm,
    documents: Documents,
    chunk: Vec<u8>,
    at_end: bool,
    /// How many messages have come.
    count: u64,
    /// Whether the form of the input was taken for granted, and what has come does not bear it out.
    doubtful: bool,
}

impl Incoming {
    /// Of a file, or `-`; without a form it is taken to be `usual`.
    pub(crate) fn open(file: &str, form: Option<ConvertForm>, usual: ConvertForm) -> Result<Self, Failure> {
        let doubtful = form.is_none() && usual == ConvertForm::Json;
        let form = form.unwrap_or(usual);
        Ok(Self {
            reading: Reading::open(file)?,
            form,
            documents: Documents::new(forms::converted(form)),
            chunk: vec![0; CHUNK],
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

    /// Whether each of them stands behind its length.
    pub(crate) fn is_stream(&self) -> bool {
        self.form == ConvertForm::Delimited
    }

    /// How many messages have come.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The next message, as soon as it closes; `None` at the end. `flush` runs before anything is waited for.
    pub(crate) fn next(
        &mut self,
        mut flush: impl FnMut() -> Result<(), Failure>,
    ) -> Result<Option<Document>, Failure> {
        loop {
            if let Some(document) = self.documents.next() {
                self.count += 1;
                return document.map(Some).map_err(|error| self.wrong(&error));
            }
            if self.at_end {
                return Ok(None);
            }
            if !self.reading.is_ready() {
                flush()?;
            }
            let length = self.reading.read(&mut self.chunk)?;
            let chunk = &self.chunk[..length];
            if self.count == 0 && chunk.trim_ascii_start().first().is_some_and(|byte| begins_json(*byte)) {
                self.doubtful = false;
            }
            self.documents.push(chunk);
            if length == 0 {
                self.documents.finish();
                self.at_end = true;
            }
        }
    }

    /// What is wrong with the message that came last.
    pub(crate) fn wrong(&self, error: &DataError) -> Failure {
        let failure = Failure::data(self.name(), error);
        if self.doubtful && failure.hints().is_empty() {
            return failure.hint("the input is read as JSON; another form is said by --in");
        }
        failure
    }
}

/// Whether the JSON of a message may begin so.
fn begins_json(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | b'"' | b'-') || byte.is_ascii_digit()
}
