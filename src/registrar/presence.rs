//! What is said of a server where it is registered.

use std::net::IpAddr;
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
    /// Where it listens at all addresses of its machine, `0.0.0.0` or `::`, and no address was chosen: a place that tells
    /// several tells each of them, and `address` only names the server there.
    pub everywhere: Option<IpAddr>,
}

impl Presence {
    /// A server in plaintext, found for 10 s after its death.
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), secure: false, ttl: Duration::from_secs(10), everywhere: None }
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

    /// Says that it listens at all addresses of its machine, `0.0.0.0` or `::`.
    #[must_use]
    pub fn with_everywhere(mut self, any: IpAddr) -> Self {
        self.everywhere = Some(any);
        self
    }

    /// How often it gives a sign of life: two may be lost before it is forgotten.
    pub(super) fn every(&self) -> Duration {
        self.ttl / 3
    }
}
