//! A call as it would be sent, on stdout: its head, and each message as JSON, as text and on the wire.

use std::io::Write as _;
use std::time::Duration;

use greet::MetadataMap;
use greet::leaf::metadata::entries;
use greet::leaf::{duration, printable, secret};
use greet::protocol::{Encoding, frame};
use greet::transcode::{DataError, JsonOutput, Plan, annotated};

use super::{Form, Printer, Wire};
use crate::failure::Failure;

/// Shows it.
pub(crate) struct Sheet {
    form: Form,
    json: JsonOutput,
    encoding: Encoding,
}

impl Sheet {
    /// JSON is laid out as replies in this form are; one that is no JSON stands for one line a message.
    pub(crate) fn new(form: Form, json: JsonOutput, encoding: Encoding) -> Self {
        let form = if form == Form::Pretty { Form::Pretty } else { Form::Json };
        Self { form, json, encoding }
    }

    /// Appends what is sent before the first message.
    pub(crate) fn head(
        request: &http::Request<()>,
        timeout: Option<Duration>,
        show_secrets: bool,
        out: &mut Vec<u8>,
    ) {
        // Writing into a Vec cannot fail.
        let _ = writeln!(out, "{} {} HTTP/2", request.method(), request.uri().path());
        if let Some(authority) = request.uri().authority() {
            let _ = writeln!(out, ":authority: {authority}");
        }
        for (name, value) in entries(&MetadataMap::from_headers(request.headers().clone())) {
            let shown = if show_secrets || !secret::is_secret(&name) { &value } else { secret::REDACTED };
            let _ = writeln!(out, "{name}: {}", printable::one_line(shown));
        }
        if let Some(timeout) = timeout {
            let _ = writeln!(out, "# the call may take {}", duration::render(timeout));
        }
    }

    /// Appends a message.
    pub(crate) fn message(
        &mut self,
        plan: &Plan,
        n: u64,
        wire: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let wrong = |error: &DataError| Failure::data("request data", error);
        let bytes = |count: usize| if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") };
        let _ = writeln!(out, "\n# request {n}, {}: {}", plan.type_name(), bytes(wire.len()));
        Printer::new(self.form, self.json).append(plan, Wire::Own(wire), out, wrong)?;
        let _ = writeln!(out, "# as text");
        Printer::new(Form::Text, self.json).append(plan, Wire::Own(wire), out, wrong)?;
        // What is empty is not compressed.
        let compressed = match self.encoding {
            Encoding::Identity => None,
            encoding => Some(encoding.compress(wire)).filter(|_| !wire.is_empty()),
        };
        let compressed = compressed.and_then(Result::ok);
        let length = compressed.as_ref().map_or(wire.len(), Vec::len);
        let prefix = frame::prefix(compressed.is_some(), u32::try_from(length).unwrap_or(u32::MAX));
        let _ = write!(out, "# on the wire, behind the prefix");
        for byte in prefix {
            let _ = write!(out, " {byte:02x}");
        }
        if compressed.is_some() {
            let _ = write!(out, ", compressed by {} to {}", self.encoding.name(), bytes(length));
        }
        out.push(b'\n');
        annotated::from_wire(plan, wire, out).map_err(|error| wrong(&error))
    }

    /// Appends that there is no further message.
    pub(crate) fn half_close(out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n# no further request\n");
    }
}
