//! A running server: where it is, what it saw, and its end.

use std::time::Duration;

use super::ServerBuilder;
use crate::server::{Drained, Journal, Running, ServerTls};

/// A server that answers until it is drained, cut or dropped. It brings its own threads.
#[derive(Debug)]
pub struct Server {
    pub(super) running: Running,
    pub(super) journal: Journal,
}

impl Server {
    /// Says what a server is to be before it starts.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// Where it listens, as `greet call` and [`Client::connect`](crate::caller::Client::connect) take it:
    /// `localhost:50051`, `https://localhost:50051`, `unix:/path`.
    pub fn target(&self) -> &str {
        self.running.target()
    }

    /// The port of the first place that is none of a unix socket.
    pub fn port(&self) -> Option<u16> {
        self.running.port()
    }

    /// What happened, call by call; empty if the builder was told not to keep it.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Secures new connections in this way, as after a change of certificates; those that stand stay. A server
    /// that was started in plaintext goes on to speak it.
    pub fn renew(&self, tls: ServerTls) {
        self.running.renew(tls);
    }

    /// Reports `NOT_SERVING`, stops accepting, lets open calls come to their end for so long, cuts the rest.
    pub async fn drain(&self, grace: Duration) -> Drained {
        self.running.drain(grace).await
    }

    /// As [`Server::drain`], after health has said so for `delay`, in which calls are still taken.
    pub async fn drain_after(&self, delay: Duration, grace: Duration) -> Drained {
        self.running.drain_after(delay, grace).await
    }

    /// Ends at once. A drain that runs ends too, and counts what was cut.
    pub fn cut(&self) {
        self.running.cut();
    }
}
