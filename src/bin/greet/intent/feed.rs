//! Requests one after the other, as soon as each closes: documents cut out of files, arguments and standard input.

use std::collections::VecDeque;
use std::io::Read;

use bytes::Bytes;
use greet::leaf::os_cause::words;
use greet::transcode::documents::{Dialect, Documents};
use greet::transcode::{JsonInput, Plan};
use tokio::sync::mpsc;

use super::requests::Input;
use crate::failure::{Failure, Kind};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// A source of requests.
#[derive(Debug)]
pub(crate) struct Feed {
    inputs: VecDeque<Input>,
    dialect: Dialect,
    json: JsonInput,
    open: Option<Open>,
}

/// The input that is being read.
#[derive(Debug)]
struct Open {
    input: Input,
    documents: Documents,
    chunks: Chunks,
    at_end: bool,
}

#[derive(Debug)]
enum Chunks {
    /// An argument, whole.
    Ready(Option<Bytes>),
    /// A file or standard input, read by a thread that nothing joins: a read that never ends must not
    /// keep greet from ending.
    Thread(mpsc::Receiver<std::io::Result<Bytes>>),
}

impl Feed {
    pub(crate) fn new(inputs: Vec<Input>, dialect: Dialect, json: JsonInput) -> Self {
        Self { inputs: inputs.into(), dialect, json, open: None }
    }

    /// The next request on the wire; `None` when all inputs are at their end.
    ///
    /// May be dropped and called again without losing anything.
    pub(crate) async fn next(&mut self, plan: &Plan) -> Result<Option<Bytes>, Failure> {
        if !self.advance().await? {
            return Ok(None);
        }
        self.to_wire(plan).map(Some)
    }

    /// Goes to the next value, as soon as it closes; `false` when all inputs are at their end. As [`Feed::next`].
    pub(crate) async fn advance(&mut self) -> Result<bool, Failure> {
        loop {
            if self.open.is_none() {
                let Some(input) = self.inputs.pop_front() else { return Ok(false) };
                let chunks = Chunks::open(&input);
                self.open =
                    Some(Open { input, documents: Documents::new(self.dialect), chunks, at_end: false });
            }
            let Some(open) = &mut self.open else { continue };
            if open.documents.advance().map_err(|error| Failure::data(&open.input.name(), &error))? {
                return Ok(true);
            }
            if open.at_end {
                self.open = None;
                continue;
            }
            match open.chunks.next().await {
                Some(Ok(chunk)) => open.documents.push(&chunk),
                Some(Err(error)) => {
                    return Err(Failure::new(
                        Kind::Data,
                        format!("cannot read {}: {}", open.input.name(), words(&error)),
                    ));
                }
                None => {
                    open.documents.finish();
                    open.at_end = true;
                }
            }
        }
    }

    /// The value at hand on the wire.
    pub(crate) fn to_wire(&self, plan: &Plan) -> Result<Bytes, Failure> {
        let mut wire = Vec::new();
        if let Some(open) = &self.open
            && let Some(document) = open.documents.current()
        {
            let converted = document.to_wire(plan, self.json, &mut wire);
            converted.map_err(|error| Failure::data(&open.input.name(), &error))?;
        }
        Ok(wire.into())
    }

    /// What to call the input that is being read.
    pub(crate) fn name(&self) -> String {
        self.open.as_ref().map_or_else(String::new, |open| open.input.name())
    }

    /// The value at hand as one line of JSON, where it is JSON.
    pub(crate) fn line(&self) -> Option<String> {
        let document = self.open.as_ref()?.documents.current()?;
        // Between the values of strict JSON a line end is a blank, and inside of a string there is none.
        Some(document.as_json()?.replace(['\n', '\r'], " "))
    }
}

impl Chunks {
    fn open(input: &Input) -> Self {
        match input {
            Input::Argument(text) => Self::Ready(Some(text.clone().into())),
            Input::Stdin => Self::Thread(read(|| Ok(std::io::stdin()))),
            Input::File(path) => {
                let path = path.clone();
                // Opening waits too, where the file is a pipe that nobody writes yet.
                Self::Thread(read(move || std::fs::File::open(path)))
            }
        }
    }

    async fn next(&mut self) -> Option<std::io::Result<Bytes>> {
        match self {
            Self::Ready(chunk) => chunk.take().map(Ok),
            Self::Thread(chunks) => chunks.recv().await,
        }
    }
}

/// Opens and reads on a thread of its own, at most a few chunks ahead.
fn read<R: Read>(
    open: impl FnOnce() -> std::io::Result<R> + Send + 'static,
) -> mpsc::Receiver<std::io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(2);
    std::thread::spawn(move || {
        let mut from = match open() {
            Ok(from) => from,
            Err(error) => {
                let _ = sender.blocking_send(Err(error));
                return;
            }
        };
        let mut buffer = vec![0; CHUNK];
        loop {
            let chunk = match from.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => Ok(Bytes::copy_from_slice(&buffer[..length])),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let ended = chunk.is_err();
            if sender.blocking_send(chunk).is_err() || ended {
                return;
            }
        }
    });
    receiver
}
