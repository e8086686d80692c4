//! What a server is started with.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::{Health, Listen, Observer, ServerTls, Token};
use crate::leaf::Size;

/// How a server listens, whom it lets in and what it bounds; every field has a default.
#[derive(Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// Where to listen; loopback, port 50051.
    pub listen: Vec<Listen>,
    /// How many threads answer, each with connections of its own; the cores.
    pub threads: NonZeroUsize,
    /// What clients are kept to.
    pub limits: Limits,
    /// How connections are secured; not at all.
    pub tls: Option<ServerTls>,
    /// What every call must show; nothing.
    pub token: Option<Token>,
    /// Who is told of every call that ended; nobody.
    pub observer: Option<Arc<dyn Observer>>,
    /// The health that turns `NOT_SERVING` when the server drains; none.
    pub health: Option<Health>,
}

/// What clients are kept to; every field has a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest request, after decompression; 64 MiB.
    pub max_recv_size: Size,
    /// The metadata of a call, names and values and 32 bytes for each; 64 KiB. A call with more is refused.
    pub max_header_list_size: Size,
    /// Calls that may be open on one connection; 1000. One more is refused.
    pub max_concurrent_streams: u32,
    /// Connections that may be open; 16384. One more is closed at once.
    pub max_connections: usize,
    /// How long a new connection may take until it has said what it speaks, TLS included; 10 s.
    pub handshake_timeout: Duration,
    /// A connection without a call for so long is told to go, and closed; 1 h.
    pub idle_timeout: Option<Duration>,
    /// A client is asked for a sign of life (an HTTP/2 ping) after each such time, and is cut if the last one
    /// was not answered: one that is gone, or reads nothing of what it is sent; 10 min.
    pub keepalive: Option<Duration>,
    /// A connection that is so old, give or take a tenth, is told to go: calls go on, new ones are made on
    /// another. It spreads clients over servers that came later; never.
    pub max_connection_age: Option<Duration>,
    /// How long the calls of such a connection may go on, which then are cut; for ever.
    pub max_connection_age_grace: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_recv_size: Size::mebibytes(64),
            max_header_list_size: Size::bytes(64 << 10),
            max_concurrent_streams: 1000,
            max_connections: 16384,
            handshake_timeout: Duration::from_secs(10),
            idle_timeout: Some(Duration::from_secs(3600)),
            keepalive: Some(Duration::from_secs(600)),
            max_connection_age: None,
            max_connection_age_grace: None,
        }
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            listen: vec![Listen::Loopback { port: 50051 }],
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            limits: Limits::default(),
            tls: None,
            token: None,
            observer: None,
            health: None,
        }
    }
}

impl fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerOptions")
            .field("listen", &self.listen)
            .field("threads", &self.threads)
            .field("limits", &self.limits)
            .field("tls", &self.tls)
            .field("token", &self.token)
            .field("observed", &self.observer.is_some())
            .finish_non_exhaustive()
    }
}
