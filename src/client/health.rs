//! The standard health check, asked (grpc/doc/health-checking.md).

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::leaf::Code;

use super::call::{CallHead, ReplyCount};
use super::connection::Connection;
use super::ending::Ending;
use super::replies::{Replies, Reply};

/// The health service at the other end of a connection.
#[derive(Debug, Clone)]
pub struct Health {
    connection: Connection,
    metadata: MetadataMap,
    timeout: Option<Duration>,
}

/// How a service is, as the server said it: a number, which may be one that has no name yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Serving(i32);

impl Serving {
    /// Whether the service serves.
    pub fn is_serving(self) -> bool {
        self.0 == ServingStatus::Serving as i32
    }

    /// The number on the wire.
    pub fn number(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match ServingStatus::try_from(self.0) {
            Ok(status) => f.write_str(status.as_str_name()),
            Err(_) => self.0.fmt(f),
        }
    }
}

impl Health {
    /// The health service at the other end of a connection.
    pub fn new(connection: &Connection) -> Self {
        Self { connection: connection.clone(), metadata: MetadataMap::new(), timeout: None }
    }

    /// Sets the metadata that goes with the question.
    #[must_use]
    pub fn with_metadata(mut self, metadata: MetadataMap) -> Self {
        self.metadata = metadata;
        self
    }

    /// Bounds a check, or a whole watch.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Asks once; an empty service means the whole server.
    ///
    /// # Errors
    /// How the call ended, if not well; `NOT_FOUND` for a service that the server does not know.
    pub async fn check(&self, service: &str) -> Result<Serving, Box<Ending>> {
        let only = self.ask("Check", service, ReplyCount::One).only().await?;
        read(only.message)
    }

    /// Asks once and hears of every change.
    pub fn watch(&self, service: &str) -> HealthWatch {
        HealthWatch { replies: self.ask("Watch", service, ReplyCount::Many) }
    }

    /// Asks once, for those who want to hear all that comes of it: the state, and then the end.
    pub fn begin_check(&self, service: &str) -> HealthWatch {
        HealthWatch { replies: self.ask("Check", service, ReplyCount::One) }
    }

    /// What is said before a question, of the method `Check` or `Watch`.
    pub fn head(&self, method: &str) -> CallHead {
        let path = format!("/grpc.health.v1.Health/{method}");
        CallHead { timeout: self.timeout, ..CallHead::new(path).with_metadata(self.metadata.clone()) }
    }

    fn ask(&self, method: &str, service: &str, count: ReplyCount) -> Replies {
        let head = CallHead { count, ..self.head(method) };
        let (requests, replies) = self.connection.call(head);
        let request = HealthCheckRequest { service: service.to_owned() }.encode_to_vec();
        // If it cannot be sent, the replies say why.
        let _ = requests.send_last(request.into());
        replies
    }
}

/// A stream of a service's changes; dropping it ends it.
#[derive(Debug)]
pub struct HealthWatch {
    replies: Replies,
}

impl HealthWatch {
    /// The first answer, then the next change. Dropping this future loses nothing.
    ///
    /// # Errors
    /// How the call ended; OK too, though a watch has no end of its own.
    pub async fn next(&mut self) -> Result<Serving, Box<Ending>> {
        loop {
            match self.next_said().await {
                HealthSaid::Metadata(_) => {}
                HealthSaid::State(state) => return Ok(state),
                HealthSaid::End(ending) => return Err(ending),
            }
        }
    }

    /// Whatever comes next: the server's metadata, a state, or the end. Dropping this future loses nothing.
    pub async fn next_said(&mut self) -> HealthSaid {
        match self.replies.next().await {
            Reply::Metadata(metadata) => HealthSaid::Metadata(metadata),
            Reply::Message(message) => match read(message) {
                Ok(state) => HealthSaid::State(state),
                Err(ending) => HealthSaid::End(ending),
            },
            Reply::End(ending) => HealthSaid::End(ending),
        }
    }
}

/// What comes of a question, piece by piece.
#[derive(Debug)]
#[non_exhaustive]
pub enum HealthSaid {
    /// The server's initial metadata.
    Metadata(MetadataMap),
    /// How the service is.
    State(Serving),
    /// How the call ended; nothing comes after it.
    End(Box<Ending>),
}

fn read(message: Bytes) -> Result<Serving, Box<Ending>> {
    HealthCheckResponse::decode(message)
        .map(|response| Serving(response.status))
        .map_err(|error| Ending::malformed(Code::INTERNAL, format!("the answer does not decode: {error}")))
}
