//! What is said of a server where it is registered.

use std::time::Duration;

/// A server that is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Presence {
    /// Where clients reach it: a host and a port.
    pub address: String,
    /// Whether it speaks TLS.
    pub secure: bool,
    /// How long it is found after it has died without a word, at least 1 s; 10 s.
    pub ttl: Duration,
}

impl Presence {
    /// A server in plaintext, found for 10 s after its death.
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), secure: false, ttl: Duration::from_secs(10) }
    }

    /// Says that it speaks TLS, or does not.
    #[must_use]
    pub fn with_secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Says how long it is found after its death; less than a second is one.
    #[must_use]
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl.max(Duration::from_secs(1));
        self
    }

    /// How often it gives a sign of life: two may be lost before it is forgotten.
    pub(super) fn every(&self) -> Duration {
        self.ttl / 3
    }
}
