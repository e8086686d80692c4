//! The one error of this room: whatever can end a call.

use std::fmt;

use crate::client::{ConnectError, Ending, PoolError};
use crate::leaf::Layer;
use crate::protocol::Status;
use crate::schema::SchemaError;
use crate::transcode::DataError;

/// Why a call has no reply, or not all of them.
#[derive(Debug)]
pub struct CallError {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Schema(SchemaError),
    Request(DataError),
    Reply(DataError),
    Connect(ConnectError),
    Pool(PoolError),
    Ended(Box<Ending>),
}

impl CallError {
    /// A call that ended with this, OK excepted.
    pub(crate) fn ended(ending: Box<Ending>) -> Self {
        Self { kind: Kind::Ended(ending) }
    }

    /// A reply that is no message of its type.
    pub(crate) fn reply(error: DataError) -> Self {
        Self { kind: Kind::Reply(error) }
    }

    /// The layer that failed.
    pub fn layer(&self) -> Layer {
        match &self.kind {
            Kind::Schema(_) => Layer::Schema,
            Kind::Request(_) => Layer::Request,
            Kind::Connect(error) => error.layer(),
            Kind::Pool(error) => error.connect_error().map_or(Layer::Connect, |error| error.layer()),
            Kind::Reply(_) => Layer::Status,
            Kind::Ended(ending) => ending.origin.connect_error().map_or(Layer::Status, |error| error.layer()),
        }
    }

    /// The status, when the call got as far as to have one.
    pub fn status(&self) -> Option<&Status> {
        self.ending().filter(|ending| ending.origin.connect_error().is_none()).map(|ending| &ending.status)
    }

    /// How the call ended, when it was begun: status, trailers, and who said so.
    pub fn ending(&self) -> Option<&Ending> {
        match &self.kind {
            Kind::Ended(ending) => Some(ending),
            _ => None,
        }
    }

    /// What was wrong with the schema.
    pub fn schema(&self) -> Option<&SchemaError> {
        match &self.kind {
            Kind::Schema(error) => Some(error),
            _ => None,
        }
    }

    /// What was wrong with a request's data.
    pub fn request(&self) -> Option<&DataError> {
        match &self.kind {
            Kind::Request(error) => Some(error),
            _ => None,
        }
    }

    /// Why there is no connection, or no longer one.
    pub fn connect(&self) -> Option<&ConnectError> {
        match &self.kind {
            Kind::Connect(error) => Some(error),
            Kind::Pool(error) => error.connect_error().map(AsRef::as_ref),
            Kind::Ended(ending) => ending.origin.connect_error().map(AsRef::as_ref),
            _ => None,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Schema(error) => error.fmt(f),
            Kind::Request(error) => write!(f, "request data, {error}"),
            Kind::Reply(error) => write!(f, "a reply does not fit its type, {error}"),
            Kind::Connect(error) => error.fmt(f),
            Kind::Pool(error) => error.fmt(f),
            Kind::Ended(ending) => match ending.origin.connect_error() {
                Some(error) => error.fmt(f),
                None => ending.status.fmt(f),
            },
        }
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Schema(error) => error.source(),
            Kind::Connect(error) => error.source(),
            Kind::Pool(error) => error.source(),
            Kind::Request(_) | Kind::Reply(_) | Kind::Ended(_) => None,
        }
    }
}

impl From<SchemaError> for CallError {
    fn from(error: SchemaError) -> Self {
        Self { kind: Kind::Schema(error) }
    }
}

impl From<DataError> for CallError {
    fn from(error: DataError) -> Self {
        Self { kind: Kind::Request(error) }
    }
}

impl From<ConnectError> for CallError {
    fn from(error: ConnectError) -> Self {
        Self { kind: Kind::Connect(error) }
    }
}

impl From<PoolError> for CallError {
    fn from(error: PoolError) -> Self {
        Self { kind: Kind::Pool(error) }
    }
}
