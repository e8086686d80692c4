//! A call as the answerer sees it, and who answers it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Uri;
use tonic::metadata::MetadataMap;

use super::{Peer, Replies, Requests};

/// The work of one call.
pub type Answer = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Answers the calls of one method, or of several.
///
/// The server polls the future first inside its connection's own task, so that an answer that waits for
/// nothing costs no task and shares its write with others; it must not block. It is dropped when the client
/// leaves or the deadline passes, so [`Requests`] and [`Replies`] must stay inside it. A panic ends the one
/// call with INTERNAL.
pub trait Responder: Send + Sync + 'static {
    /// Begins to answer; the future ends when the answer is complete.
    fn respond(self: Arc<Self>, call: Call) -> Answer;
}

/// One call: what was asked, and where the answer goes.
#[derive(Debug)]
#[non_exhaustive]
pub struct Call {
    /// What came before the first request.
    pub head: Head,
    /// The requests.
    pub requests: Requests,
    /// Where replies and the status go.
    pub replies: Replies,
}

/// What a client says before its first request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Head {
    pub(super) uri: Uri,
    /// The metadata, without what belongs to gRPC itself.
    pub metadata: MetadataMap,
    /// Who calls.
    pub peer: Peer,
    /// `grpc-timeout` as sent.
    pub timeout: Option<Duration>,
    /// When the call ends, whatever it does; from the arrival of the head.
    pub deadline: Option<Instant>,
}

impl Head {
    /// The path as it came: `/greeter.Greeter/SayHello`.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// `greeter.Greeter`.
    pub fn service(&self) -> &str {
        self.split().0
    }

    /// `SayHello`.
    pub fn method(&self) -> &str {
        self.split().1
    }

    /// What the client calls this server, `localhost:50051`.
    pub fn authority(&self) -> Option<&str> {
        self.uri.authority().map(http::uri::Authority::as_str)
    }

    fn split(&self) -> (&str, &str) {
        let path = self.path();
        path.strip_prefix('/').unwrap_or(path).rsplit_once('/').unwrap_or_default()
    }
}

/// The client is not there any more: nothing that is sent arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client has left")
    }
}

impl std::error::Error for Gone {}
