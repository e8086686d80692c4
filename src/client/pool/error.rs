//! Why there is nobody to make a call to.

use std::fmt;
use std::sync::Arc;

use crate::client::error::ConnectError;
use crate::client::resolve::Peer;

/// No address of a pool takes a call: the error of the one that failed last.
#[derive(Debug, Clone)]
pub struct PoolError(pub(super) Kind);

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// It could not be connected to, or the names led to nothing.
    Connect(Arc<ConnectError>),
    /// It says that it does not serve.
    NotServing { peer: Peer, service: String, state: String },
    /// It failed more than the others.
    Ejected(Peer),
    /// There is no address.
    Empty,
}

impl PoolError {
    /// Why the last address could not be connected to, with the questions about it; none where it could be.
    pub fn connect_error(&self) -> Option<&Arc<ConnectError>> {
        match &self.0 {
            Kind::Connect(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the last address is there, and says that it does not serve.
    pub fn is_not_serving(&self) -> bool {
        matches!(self.0, Kind::NotServing { .. })
    }
}

impl From<Arc<ConnectError>> for PoolError {
    fn from(error: Arc<ConnectError>) -> Self {
        Self(Kind::Connect(error))
    }
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Connect(error) => error.fmt(f),
            Kind::NotServing { peer, service, state } if service.is_empty() => {
                write!(f, "{peer} does not serve: it is {state}")
            }
            Kind::NotServing { peer, service, state } => {
                write!(f, "{peer} does not serve '{}': it is {state}", service.escape_debug())
            }
            Kind::Ejected(peer) => write!(f, "{peer} is left out, as its calls fail more often than others'"),
            Kind::Empty => f.write_str("there are no backends"),
        }
    }
}

impl std::error::Error for PoolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Connect(error) => std::error::Error::source(&**error),
            _ => None,
        }
    }
}
