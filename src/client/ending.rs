//! How a call ended, and who said so.

use std::sync::Arc;

use h2::Reason;
use tonic::metadata::MetadataMap;

use crate::leaf::{Code, Layer, duration};
use crate::protocol::Status;
use crate::protocol::status::code_of_reset;

use super::call::Deadline;
use super::connection::Remote;
use super::error::{ConnectError, Kind};

/// The end of a call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ending {
    /// The status, the server's or one made here.
    pub status: Status,
    /// What else stood in the trailers, or in the headers of a reply that has nothing but trailers or is no gRPC.
    pub trailers: MetadataMap,
    /// Who made the status.
    pub origin: Origin,
}

/// Who made the status of an [`Ending`], and what that says of the call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Origin {
    /// The server, in `grpc-status`.
    Server,
    /// This side: the reply is not as gRPC wants it (no status, a broken or missing message).
    Malformed,
    /// This side: whoever replied does not speak gRPC (an HTTP status, another content type), as a proxy or a web
    /// server.
    NotGrpc,
    /// This side: the call's time was up.
    Deadline,
    /// This side left the call.
    Cancelled,
    /// The server reset the stream with this reason.
    Reset(Reason),
    /// The server reset the stream with `REFUSED_STREAM`: it has not looked at the call.
    Refused,
    /// The server is going away (GOAWAY) and says that it will not look at the call.
    GoneAway,
    /// The call never left this side.
    NeverSent(Arc<ConnectError>),
    /// The connection was lost; whether the server has seen the call is not known.
    Lost(Arc<ConnectError>),
}

impl Origin {
    /// The layer to blame: status, request or HTTP/2.
    pub fn layer(&self) -> Layer {
        match self {
            Self::Server | Self::Malformed | Self::NotGrpc | Self::Deadline | Self::Cancelled => {
                Layer::Status
            }
            Self::Reset(_) | Self::Refused | Self::GoneAway => Layer::Http2,
            Self::NeverSent(error) | Self::Lost(error) => error.layer(),
        }
    }

    /// Whether the server has certainly not begun the call, so that it may be made again.
    pub fn is_unprocessed(&self) -> bool {
        matches!(self, Self::Refused | Self::GoneAway | Self::NeverSent(_))
    }

    /// What became of the connection, with the questions about it.
    pub fn connect_error(&self) -> Option<&Arc<ConnectError>> {
        match self {
            Self::NeverSent(error) | Self::Lost(error) => Some(error),
            _ => None,
        }
    }
}

impl Ending {
    /// An end that this side found.
    pub(super) fn here(origin: Origin, code: Code, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { status: Status::new(code, message), trailers: MetadataMap::new(), origin })
    }

    /// A reply that is not as gRPC wants it.
    pub(super) fn malformed(code: Code, message: impl Into<String>) -> Box<Self> {
        Self::here(Origin::Malformed, code, message)
    }

    /// What is said after the end.
    pub(super) fn over() -> Box<Self> {
        Self::here(Origin::Cancelled, Code::CANCELLED, "the call is over")
    }

    /// The call's time was up.
    pub(super) fn late(deadline: Deadline, remote: &Remote) -> Box<Self> {
        let mut message = format!("the call was not done within {}", duration::render(deadline.after));
        if remote.is_silent() {
            message = format!("{message}; {} has sent nothing at all", remote.peer);
        }
        Self::here(Origin::Deadline, Code::DEADLINE_EXCEEDED, message)
    }

    /// The server has sent nothing at all, and the time to connect is up.
    pub(super) fn silent(patience: Deadline, remote: &Remote) -> Box<Self> {
        Self::lost(Kind::Silent { peer: remote.peer.clone(), after: patience.after }.into())
    }

    /// The end of a stream that failed.
    pub(super) fn failed(error: h2::Error, remote: &Remote) -> Box<Self> {
        match error.reason() {
            Some(Reason::REFUSED_STREAM) if error.is_reset() && error.is_remote() => {
                Self::here(Origin::Refused, Code::UNAVAILABLE, "the server refused the call (REFUSED_STREAM)")
            }
            Some(reason) if error.is_reset() && error.is_remote() => {
                let message = format!("the server reset the call ({})", name(reason));
                Self::here(Origin::Reset(reason), code_of_reset(reason), message)
            }
            Some(reason) if error.is_reset() && error.is_library() => {
                let message = format!("the server broke the rules of HTTP/2 ({})", name(reason));
                Self::malformed(Code::INTERNAL, message)
            }
            Some(_) if error.is_reset() => {
                Self::here(Origin::Cancelled, Code::CANCELLED, "the call was cancelled")
            }
            Some(reason) if error.is_go_away() && error.is_remote() => {
                let message =
                    format!("the server is going away and did not take the call ({})", name(reason));
                Self::here(Origin::GoneAway, Code::UNAVAILABLE, message)
            }
            _ => Self::lost(remote.explain(Some(error))),
        }
    }

    /// The end of a call whose head could not be handed over.
    pub(super) fn never_sent(error: h2::Error, remote: &Remote) -> Box<Self> {
        if error.is_go_away() && error.is_remote() {
            return Self::failed(error, remote);
        }
        let error = if error.is_io() || error.is_go_away() {
            remote.explain(Some(error))
        } else {
            super::error::Kind::Head(format!("the call cannot be sent: {error}")).into()
        };
        Self::unsent(error)
    }

    /// The end of a call that this error kept here.
    pub(super) fn unsent(error: ConnectError) -> Box<Self> {
        let code = if error.layer() == Layer::Request { Code::INTERNAL } else { Code::UNAVAILABLE };
        Self::here(Origin::NeverSent(Arc::new(error)), code, "").with_cause()
    }

    fn lost(error: ConnectError) -> Box<Self> {
        Self::here(Origin::Lost(Arc::new(error)), Code::UNAVAILABLE, "").with_cause()
    }

    fn with_cause(mut self: Box<Self>) -> Box<Self> {
        if let Some(error) = self.origin.connect_error() {
            self.status.message = error.to_string();
        }
        self
    }
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.status.fmt(f)
    }
}

impl std::error::Error for Ending {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.origin.connect_error().map(|error| &**error as _)
    }
}

impl From<Box<Ending>> for tonic::Status {
    fn from(ending: Box<Ending>) -> Self {
        Self::from(*ending)
    }
}

impl From<Ending> for tonic::Status {
    fn from(ending: Ending) -> Self {
        let source = ending.origin.connect_error().cloned();
        let mut status = Self::from(ending.status);
        *status.metadata_mut() = ending.trailers;
        if let Some(source) = source {
            status.set_source(source);
        }
        status
    }
}

/// The reason as the specification spells it.
fn name(reason: Reason) -> String {
    let known = match reason {
        Reason::NO_ERROR => "NO_ERROR",
        Reason::PROTOCOL_ERROR => "PROTOCOL_ERROR",
        Reason::INTERNAL_ERROR => "INTERNAL_ERROR",
        Reason::FLOW_CONTROL_ERROR => "FLOW_CONTROL_ERROR",
        Reason::SETTINGS_TIMEOUT => "SETTINGS_TIMEOUT",
        Reason::STREAM_CLOSED => "STREAM_CLOSED",
        Reason::FRAME_SIZE_ERROR => "FRAME_SIZE_ERROR",
        Reason::REFUSED_STREAM => "REFUSED_STREAM",
        Reason::CANCEL => "CANCEL",
        Reason::COMPRESSION_ERROR => "COMPRESSION_ERROR",
        Reason::CONNECT_ERROR => "CONNECT_ERROR",
        Reason::ENHANCE_YOUR_CALM => "ENHANCE_YOUR_CALM",
        Reason::INADEQUATE_SECURITY => "INADEQUATE_SECURITY",
        Reason::HTTP_1_1_REQUIRED => "HTTP_1_1_REQUIRED",
        other => return format!("error {}", u32::from(other)),
    };
    known.to_owned()
}
