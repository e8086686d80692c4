//! The one error of this room: a place where the server cannot listen.

use std::fmt;
use std::io;

use crate::leaf::os_cause;

/// Why a server could not start: the place, and what the system said.
#[derive(Debug)]
pub struct ListenError {
    place: String,
    source: io::Error,
}

impl ListenError {
    /// `place` as it was asked for, `source` as the system said it.
    pub(super) fn new(place: impl fmt::Display, source: io::Error) -> Self {
        Self { place: place.to_string(), source }
    }

    /// A text that names no place to listen.
    pub(super) fn invalid(text: &str, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(text, io::Error::new(io::ErrorKind::InvalidInput, why))
    }

    /// The place that was asked for: `localhost:50051`, `unix:/run/greet.sock`.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether someone else listens there.
    pub fn is_port_in_use(&self) -> bool {
        self.source.kind() == io::ErrorKind::AddrInUse
    }

    /// Whether what was asked for names no place at all.
    pub fn is_invalid(&self) -> bool {
        self.source.kind() == io::ErrorKind::InvalidInput
    }

    /// Whether the system forbids it: a port below 1024, a folder without the right to write.
    pub fn is_forbidden(&self) -> bool {
        self.source.kind() == io::ErrorKind::PermissionDenied
    }
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot listen on {}: {}", self.place, os_cause::words(&self.source))
    }
}

impl std::error::Error for ListenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
