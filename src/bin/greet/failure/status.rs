//! A status that a call ended with, as a failure: its code, the server's words, its details.

use std::sync::Arc;

use greet::caller::Prepared;
use greet::client::{Ending, Origin};
use greet::protocol::Status;
use greet::protocol::status::Details;
use greet::schema::{Closure, bundled_closure};
use greet::transcode::{DataError, any};
use greet::{Code, Layer};

use super::{Failure, Kind};

impl Failure {
    /// A call that ended otherwise than OK: `NOT_FOUND (5): no such user`, the details below.
    pub(crate) fn ended(ending: &Ending, types: Types<'_>) -> Self {
        match ending.origin.connect_error() {
            Some(error) => Self::connect(error),
            None => status(ending, types),
        }
    }
}

/// Where the types of a status's details are looked for: with the method that was called, if there is one, and among those
/// that are known without anybody's help.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Types<'a>(Option<&'a Arc<Closure>>);

impl<'a> Types<'a> {
    /// Those that the method reaches, and what else its schema has at hand.
    pub(crate) fn of(prepared: &'a Prepared) -> Self {
        Self(Some(prepared.method().closure()))
    }

    /// The bundled ones only.
    pub(crate) fn bundled() -> Self {
        Self(None)
    }

    /// The details of a status as JSON.
    fn readable(self, details: &[u8]) -> Result<Vec<serde_json::Value>, DataError> {
        let closures: Vec<_> = self.0.into_iter().chain([bundled_closure()]).cloned().collect();
        any::details(&closures, details)
    }
}

/// A status as programs see it in `$status`, in the form of the event: code, name, message, details.
pub(crate) fn status_object(status: &Status, types: Types<'_>) -> serde_json::Value {
    let details = match &status.details {
        Details::Some(bytes) => types.readable(bytes).unwrap_or_default(),
        Details::None | Details::Malformed(_) => Vec::new(),
    };
    serde_json::json!({
        "code": status.code.number(),
        "name": status.code.name(),
        "message": status.message,
        "details": details,
    })
}

fn status(ending: &Ending, types: Types<'_>) -> Failure {
    let status = &ending.status;
    let kind = match ending.origin.layer() {
        // A reset is a status by gRPC's own table; only a lost connection is the connection's fault.
        Layer::Status | Layer::Http2 => Kind::Status(status.code),
        layer => Failure::kind_of(layer),
    };
    let mut failure = Failure::new(kind, status.to_string());
    failure.message = Some(status.message.clone());
    match &status.details {
        Details::None => {}
        Details::Malformed(text) => {
            failure = failure.detail(format!("details that are not base64: {text}"));
        }
        Details::Some(bytes) => match types.readable(bytes) {
            Ok(details) => {
                for detail in details {
                    failure = failure.detail(detail.to_string());
                }
            }
            Err(error) => failure = failure.detail(format!("details that cannot be read: {error}")),
        },
    }
    match (&ending.origin, status.code) {
        (Origin::Deadline, _) => failure.hint("more time is given by --timeout"),
        (Origin::Malformed, Code::RESOURCE_EXHAUSTED) => {
            failure.hint("larger replies are taken with --max-recv-size")
        }
        // Not so where it says who may pass.
        (Origin::NotGrpc, code) if ![Code::UNAUTHENTICATED, Code::PERMISSION_DENIED].contains(&code) => {
            failure.hint("a proxy or a web server answers so: are the port and the path right?")
        }
        (Origin::NotGrpc, _) => {
            failure.hint("what it wants of those who ask is in its headers, which -v shows")
        }
        _ => failure,
    }
}
