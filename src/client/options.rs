//! How a connection is made, and what it takes and sends at most.

use std::time::Duration;

use crate::leaf::{Security, Size};

/// How to connect; [`Default`] is what `greet call` does when nothing is said.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// Plaintext or TLS; `None` leaves it to the target.
    pub security: Option<Security>,
    /// How long names, connection and handshake may take together; 10 s.
    pub connect_timeout: Duration,
    /// `:authority` of every call; `None` is the target's host and port, `localhost` for unix sockets.
    pub authority: Option<String>,
    /// What stands before `greet/VERSION` in `user-agent`.
    pub user_agent: Option<String>,
    /// The largest reply that is taken, decompressed; 1 GiB.
    pub max_recv_size: Size,
    /// The largest request that is sent; no limit but that of the prefix, 4 GiB.
    pub max_send_size: Size,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            security: None,
            connect_timeout: Duration::from_secs(10),
            authority: None,
            user_agent: None,
            max_recv_size: Size::mebibytes(1024),
            max_send_size: Size::UNLIMITED,
        }
    }
}

impl ConnectOptions {
    /// Says plaintext or TLS explicitly.
    #[must_use]
    pub fn with_security(mut self, security: Security) -> Self {
        self.security = Some(security);
        self
    }

    /// Bounds names, connection and handshake together.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets `:authority`.
    #[must_use]
    pub fn with_authority(mut self, authority: impl Into<String>) -> Self {
        self.authority = Some(authority.into());
        self
    }

    /// Sets what stands before `greet/VERSION` in `user-agent`.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Bounds a reply.
    #[must_use]
    pub fn with_max_recv_size(mut self, size: Size) -> Self {
        self.max_recv_size = size;
        self
    }

    /// Bounds a request.
    #[must_use]
    pub fn with_max_send_size(mut self, size: Size) -> Self {
        self.max_send_size = size;
        self
    }
}
