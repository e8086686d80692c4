//! The one error of the whole library, folded from the rooms' own.

use std::fmt;

use crate::answerer::ServeError;
use crate::caller::CallError;
use crate::client::ConnectError;
use crate::rules::RuleError;
use crate::schema::SchemaError;
use crate::transcode::DataError;

/// Whatever can go wrong in this library; every room's error becomes one by `?`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A call did not end well.
    Call(CallError),
    /// There is no connection.
    Connect(ConnectError),
    /// A message does not fit its type or its form.
    Data(DataError),
    /// A rule cannot be used.
    Rule(RuleError),
    /// A schema cannot be used.
    Schema(SchemaError),
    /// A server does not start.
    Serve(ServeError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Connect(error) => error.fmt(f),
            Self::Data(error) => error.fmt(f),
            Self::Rule(error) => error.fmt(f),
            Self::Schema(error) => error.fmt(f),
            Self::Serve(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call(error) => error.source(),
            Self::Connect(error) => error.source(),
            Self::Data(error) => error.source(),
            Self::Rule(error) => error.source(),
            Self::Schema(error) => error.source(),
            Self::Serve(error) => error.source(),
        }
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<ConnectError> for Error {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

impl From<RuleError> for Error {
    fn from(error: RuleError) -> Self {
        Self::Rule(error)
    }
}

impl From<SchemaError> for Error {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

impl From<ServeError> for Error {
    fn from(error: ServeError) -> Self {
        Self::Serve(error)
    }
}
