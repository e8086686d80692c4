//! What a server is started with.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::{Health, Listen, Observer};
use crate::leaf::Size;

/// How a server listens and what it bounds; every field has a default.
#[derive(Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// Where to listen; loopback, port 50051.
    pub listen: Vec<Listen>,
    /// How many threads answer, each with connections of its own; the cores.
    pub threads: NonZeroUsize,
    /// The largest request, after decompression; 64 MiB.
    pub max_recv_size: Size,
    /// Calls that may be open on one connection; 1000.
    pub max_concurrent_streams: u32,
    /// How long a new connection may take until it has said what it speaks; 10 s.
    pub handshake_timeout: Duration,
    /// Who is told of every call that ended; nobody.
    pub observer: Option<Arc<dyn Observer>>,
    /// The health that turns `NOT_SERVING` when the server drains; none.
    pub health: Option<Health>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            listen: vec![Listen::Loopback { port: 50051 }],
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            max_recv_size: Size::mebibytes(64),
            max_concurrent_streams: 1000,
            handshake_timeout: Duration::from_secs(10),
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
            .field("max_recv_size", &self.max_recv_size)
            .field("max_concurrent_streams", &self.max_concurrent_streams)
            .field("handshake_timeout", &self.handshake_timeout)
            .field("observed", &self.observer.is_some())
            .finish_non_exhaustive()
    }
}
