//! A status that a call ended with, as a failure: its code, the server's words, its details.

use greet::client::{Ending, Origin};
use greet::protocol::status::Details;
use greet::schema::bundled_closure;
use greet::transcode::any;
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

fn status(ending: &Ending) -> Failure {
    let status = &ending.status;
    let kind = match ending.origin.layer() {
        // A reset is a status by gRPC's own table; only a lost connection is the connection's fault.
        Layer::Status | Layer::Http2 => Kind::Status(status.code),
        layer => Failure::kind_of(layer),
    };
    let mut failure = Failure::new(kind, status.to_string());
    match &status.details {
        Details::None => {}
        Details::Malformed(text) => {
            failure = failure.detail(format!("details that are not base64: {text}"));
        }
        Details::Some(bytes) => match any::details(&[bundled_closure().clone()], bytes) {
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
        _ => failure,
    }
}
