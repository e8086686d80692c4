//! Messages on stdout, one after the other, in the form that was asked for.

use std::io::IsTerminal;

use greet::transcode::options::{Layout, TextOutput};
use greet::transcode::{DataError, JsonOutput, Plan, json, text};

use super::stream::Stream;
use super::style::{self, Style};
use crate::args::{ConvertOutput, OutputForm};
use crate::failure::Failure;
use crate::ui;

/// What a message looks like on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Pretty,
    Json,
    Text,
    /// The message's own bytes.
    Binary,
    /// The same behind their length.
    Delimited,
}

impl Form {
    /// Of the replies of a method that gives one message or a stream of them.
    pub(crate) fn of_replies(form: Option<OutputForm>, stream: bool) -> Self {
        match form {
            None => Self::usual(),
            Some(OutputForm::Pretty) => Self::Pretty,
            // What programs make of replies, and what stands in events, is JSON.
            Some(OutputForm::Json | OutputForm::Events) => Self::Json,
            Some(OutputForm::Text) => Self::Text,
            Some(OutputForm::Binary) if stream => Self::Delimited,
            Some(OutputForm::Binary) => Self::Binary,
        }
    }

    /// Of what is converted.
    pub(crate) fn of_converted(form: Option<ConvertOutput>) -> Self {
        match form {
            None => Self::usual(),
            Some(ConvertOutput::Pretty) => Self::Pretty,
            Some(ConvertOutput::Json) => Self::Json,
            Some(ConvertOutput::Text) => Self::Text,
            Some(ConvertOutput::Binary) => Self::Binary,
            Some(ConvertOutput::Delimited) => Self::Delimited,
        }
    }

    fn usual() -> Self {
        if std::io::stdout().is_terminal() { Self::Pretty } else { Self::Json }
    }
}

/// The bytes of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wire<'a> {
    /// From somewhere else: nobody has looked at them.
    Foreign(&'a [u8]),
    /// Known to be a message of the type.
    Own(&'a [u8]),
}

impl<'a> Wire<'a> {
    fn bytes(self) -> &'a [u8] {
        match self {
            Self::Foreign(bytes) | Self::Own(bytes) => bytes,
        }
    }

    /// Looks that the bytes are a message; one that others sent may lack required fields.
    fn check(self, plan: &Plan) -> Result<&'a [u8], DataError> {
        match self {
            Self::Foreign(bytes) => match plan.check(bytes) {
                Err(error) if !error.is_incomplete() => Err(error),
                _ => Ok(bytes),
            },
            Self::Own(bytes) => Ok(bytes),
        }
    }
}

/// Makes messages into what is seen of them.
#[derive(Debug)]
pub(crate) struct Printer {
    form: Form,
    json: JsonOutput,
    style: Style,
    /// A message on one line, before it is styled.
    line: Vec<u8>,
    written: u64,
    /// Whether it was said that a message lacks a required field.
    lacked: bool,
}

impl Printer {
    pub(crate) fn new(form: Form, json: JsonOutput) -> Self {
        let layout = if form == Form::Pretty { style::Layout::Spaces(2) } else { style::Layout::Line };
        let style = Style::of_stdout(layout);
        Self { form, json, style, line: Vec::new(), written: 0, lacked: false }
    }

    /// Appends one message. `wrong` says what it means that the bytes are no message of the type, or one that has no
    /// JSON; nothing of it is appended then.
    pub(crate) fn append(
        &mut self,
        plan: &Plan,
        wire: Wire<'_>,
        out: &mut Vec<u8>,
        wrong: impl FnOnce(&DataError) -> Failure,
    ) -> Result<(), Failure> {
        let before = out.len();
        let appended = match self.form {
            Form::Pretty | Form::Json => self.json(plan, wire, out).map(|()| out.push(b'\n')),
            Form::Text => {
                if self.written > 0 {
                    out.extend_from_slice(b"# ---\n");
                }
                let begun = out.len();
                text::from_wire(plan, wire.bytes(), TextOutput::default(), out).map(|()| {
                    // A message without fields is an empty line, as it is on input.
                    if out.len() == begun || out.last() != Some(&b'\n') {
                        out.push(b'\n');
                    }
                })
            }
            Form::Binary | Form::Delimited => wire.check(plan).map(|bytes| {
                if self.form == Form::Delimited {
                    push_varint(bytes.len(), out);
                }
                out.extend_from_slice(bytes);
            }),
        };
        if let Err(error) = appended {
            out.truncate(before);
            return Err(wrong(&error));
        }
        self.written += 1;
        if let (Wire::Foreign(bytes), false) = (wire, self.lacked)
            && let Some(lack) = plan.lacks(bytes)
        {
            self.lacked = true;
            ui::note(&format!("a message is not complete: {lack}"));
        }
        Ok(())
    }

    fn json(&mut self, plan: &Plan, wire: Wire<'_>, out: &mut Vec<u8>) -> Result<(), DataError> {
        if !self.style.coloured && !self.style.terminal {
            let layout = if self.form == Form::Pretty { Layout::Pretty } else { Layout::Line };
            return json::from_wire(plan, wire.bytes(), JsonOutput { layout, ..self.json }, out);
        }
        self.line.clear();
        let one_line = JsonOutput { layout: Layout::Line, ..self.json };
        json::from_wire(plan, wire.bytes(), one_line, &mut self.line)?;
        self.style.show(&self.line, out);
        Ok(())
    }
}

/// Writes messages.
#[derive(Debug)]
pub(crate) struct Messages {
    stream: Stream,
    printer: Printer,
}

impl Messages {
    pub(crate) fn new(form: Form, json: JsonOutput) -> Self {
        Self { stream: Stream::new(), printer: Printer::new(form, json) }
    }

    /// Writes one message; it is seen after the next [`Messages::flush`]. `wrong` is as of [`Printer::append`].
    pub(crate) fn write(
        &mut self,
        plan: &Plan,
        wire: Wire<'_>,
        wrong: impl FnOnce(&DataError) -> Failure,
    ) -> Result<(), Failure> {
        self.printer.append(plan, wire, self.stream.gathered(), wrong)?;
        self.stream.pass()
    }

    /// Makes everything written so far visible.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.stream.flush()
    }
}

fn push_varint(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or(0));
}
