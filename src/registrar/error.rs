//! Why a server is not to be found.

use std::fmt;

use crate::client::etcd::EtcdError;

/// A place where the server is not registered, and why.
#[derive(Debug)]
pub struct RegisterError {
    kind: Kind,
    place: Option<String>,
}

#[derive(Debug)]
enum Kind {
    /// What was said of the place cannot be meant.
    Invalid(String),
    Etcd(EtcdError),
    /// Another place said no, or nothing.
    Other(String),
}

impl RegisterError {
    pub(super) fn invalid(why: impl Into<String>) -> Self {
        Self { kind: Kind::Invalid(why.into()), place: None }
    }

    pub(super) fn other(why: impl Into<String>) -> Self {
        Self { kind: Kind::Other(why.into()), place: None }
    }

    /// The same with the name of the place.
    pub(super) fn at(mut self, place: &str) -> Self {
        self.place = Some(place.to_owned());
        self
    }

    /// Whether what was said of the place is at fault, so that it will not be otherwise later.
    pub fn is_invalid(&self) -> bool {
        matches!(&self.kind, Kind::Invalid(_))
            || matches!(&self.kind, Kind::Etcd(error) if error.is_options())
    }
}

impl From<EtcdError> for RegisterError {
    fn from(error: EtcdError) -> Self {
        Self { kind: Kind::Etcd(error), place: None }
    }
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "not registered in {place}: ")?;
        }
        match &self.kind {
            Kind::Invalid(why) | Kind::Other(why) => f.write_str(why),
            Kind::Etcd(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RegisterError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Etcd(error) => Some(error),
            Kind::Invalid(_) | Kind::Other(_) => None,
        }
    }
}
