//! Replies on stdout, one after the other, in the form that was asked for.

use std::io::{BufWriter, IsTerminal, StdoutLock, Write};

use greet::transcode::options::{Layout, TextOutput};
use greet::transcode::{DataError, JsonOutput, Plan, json, text};

use crate::args::{OutputArgs, OutputForm};
use crate::failure::{Failure, Kind};

/// Writes the messages of one call.
#[derive(Debug)]
pub(crate) struct Messages {
    out: BufWriter<StdoutLock<'static>>,
    form: OutputForm,
    json: JsonOutput,
    /// Whether a message is written with its length before it, as a stream's are.
    delimited: bool,
    written: u64,
    buffer: Vec<u8>,
}

impl Messages {
    /// For the replies of a method that gives one message or a stream of them.
    pub(crate) fn new(args: &OutputArgs, json: JsonOutput, stream: bool) -> Self {
        let form = args.form.unwrap_or_else(|| {
            if std::io::stdout().is_terminal() { OutputForm::Pretty } else { OutputForm::Json }
        });
        let layout = if form == OutputForm::Pretty { Layout::Pretty } else { Layout::Line };
        Self {
            out: BufWriter::with_capacity(64 * 1024, std::io::stdout().lock()),
            form,
            json: JsonOutput { layout, ..json },
            delimited: stream,
            written: 0,
            buffer: Vec::new(),
        }
    }

    /// Writes one message; it is seen after the next [`Messages::flush`].
    pub(crate) fn write(&mut self, plan: &Plan, wire: &[u8]) -> Result<(), Failure> {
        self.buffer.clear();
        match self.form {
            OutputForm::Pretty | OutputForm::Json => {
                json::from_wire(plan, wire, self.json, &mut self.buffer)
                    .map_err(|e| undecodable(plan, &e))?;
                self.buffer.push(b'\n');
            }
            OutputForm::Text => {
                if self.written > 0 {
                    self.buffer.extend_from_slice(b"# ---\n");
                }
                text::from_wire(plan, wire, TextOutput::default(), &mut self.buffer)
                    .map_err(|e| undecodable(plan, &e))?;
                if self.buffer.last().is_some_and(|last| *last != b'\n') {
                    self.buffer.push(b'\n');
                }
            }
            OutputForm::Binary => {
                plan.check(wire).map_err(|e| undecodable(plan, &e))?;
                if self.delimited {
                    push_varint(wire.len(), &mut self.buffer);
                }
                self.buffer.extend_from_slice(wire);
            }
        }
        self.written += 1;
        self.out.write_all(&self.buffer)?;
        Ok(())
    }

    /// Makes everything written so far visible.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }
}

fn push_varint(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or(0));
}

fn undecodable(plan: &Plan, error: &DataError) -> Failure {
    Failure::new(Kind::Schema, format!("a reply is no {}: {error}", plan.type_name()))
        .hint("the server's schema may differ from the one that was used")
}
