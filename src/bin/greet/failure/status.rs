//! A status that a call ended with, as a failure: its code, the server's words, its details.

use greet::client::{Ending, Origin};
use greet::protocol::Status;
use greet::protocol::status::Details;
use greet::schema::bundled_closure;
use greet::transcode::{DataError, any};
use greet::{Code, Layer};

use super::{Failure, Kind};

impl Failure {
    /// A call that ended otherwise than OK: `NOT_FOUND (5): no such user`, the details below.
    pub(crate) fn ended(ending: &Ending) -> Self {
        match ending.origin.connect_error() {
            Some(error) => Self::connect(error),
            None => status(ending),
        }
    }
}

/// The details of a status as JSON, of the types that are known without the server's help.
fn readable(details: &[u8]) -> Result<Vec<serde_json::Value>, DataError> {
    any::details(&[bundled_closure().clone()], details)
}

/// A status as programs see it in `$status`, in the form of the event: code, name, message, details.
pub(crate) fn status_object(status: &Status) -> serde_json::Value {
    let details = match &status.details {
        Details::Some(bytes) => readable(bytes).unwrap_or_default(),
        Details::None | Details::Malformed(_) => Vec::new(),
    };
    serde_json::json!({
        "code": status.code.number(),
        "name": status.code.name(),
        "message": status.message,
        "details": details,
    })
}

fn status(ending: &Ending) -> Failure {
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
        Details::Some(bytes) => match readable(bytes) {
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
