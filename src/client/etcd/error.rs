//! Why etcd did not do what it was asked.

use std::fmt;

use crate::client::{ConnectError, Ending};
use crate::leaf::Code;

/// What was wrong with etcd, or with what is said of it.
#[derive(Debug)]
pub struct EtcdError(Kind);

#[derive(Debug)]
enum Kind {
    /// What was said of it cannot be meant.
    Options(String),
    /// No member took a connection; that of the last.
    Connect(ConnectError),
    /// A call did not end well.
    Call(&'static str, Box<Ending>),
    /// It answered, and not as it should.
    Strange(String),
    /// What was to be watched has been compacted.
    Compacted,
    /// There is no such lease any more.
    LeaseGone,
    /// It has not answered in this many milliseconds.
    Silent(u128),
}

impl EtcdError {
    pub(super) fn options(why: impl Into<String>) -> Self {
        Self(Kind::Options(why.into()))
    }

    pub(super) fn connect(error: ConnectError) -> Self {
        Self(Kind::Connect(error))
    }

    /// Whether no member took a connection.
    pub fn is_connect(&self) -> bool {
        matches!(self.0, Kind::Connect(_))
    }

    pub(super) fn call(what: &'static str, ending: Box<Ending>) -> Self {
        if ending.status.code == Code::NOT_FOUND && ending.status.message.contains("lease not found") {
            return Self::lease_gone();
        }
        Self(Kind::Call(what, ending))
    }

    pub(super) fn strange(why: impl Into<String>) -> Self {
        Self(Kind::Strange(why.into()))
    }

    pub(super) fn compacted() -> Self {
        Self(Kind::Compacted)
    }

    pub(super) fn lease_gone() -> Self {
        Self(Kind::LeaseGone)
    }

    pub(super) fn silent(after: std::time::Duration) -> Self {
        Self(Kind::Silent(after.as_millis()))
    }

    /// Whether a lease has run out, or was revoked by somebody else.
    pub fn is_lease_gone(&self) -> bool {
        matches!(self.0, Kind::LeaseGone)
    }

    /// Whether what was to be heard of is no longer known: all is to be asked for again.
    pub fn is_compacted(&self) -> bool {
        matches!(self.0, Kind::Compacted)
    }

    /// Whether what was said of etcd is at fault, so that it will not be otherwise later.
    pub fn is_options(&self) -> bool {
        matches!(self.0, Kind::Options(_))
    }
}

impl fmt::Display for EtcdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Options(why) | Kind::Strange(why) => f.write_str(why),
            Kind::Connect(error) => error.fmt(f),
            Kind::Call(what, ending) => write!(f, "{what}: {}", ending.status),
            Kind::Compacted => f.write_str("the changes asked for have been compacted"),
            Kind::LeaseGone => f.write_str("the lease has run out"),
            Kind::Silent(after) => write!(f, "no answer within {after} ms"),
        }
    }
}

impl std::error::Error for EtcdError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Connect(error) => Some(error),
            _ => None,
        }
    }
}
