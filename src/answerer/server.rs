//! A running server: where it is, what it saw, and its end.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::serving::Serving;
use super::{Expected, ServeError, ServerBuilder, UnmetRule, Verified};
use crate::event::Recording;
use crate::rules::Rule;
use crate::schema::Schema;
use crate::server::{Drained, Health, Journal, Running, ServerTls};

/// A server that answers until it is drained, cut or dropped. It brings its own threads.
pub struct Server {
    pub(super) running: Running,
    pub(super) serving: Arc<Serving>,
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

    /// The addresses that TCP listens on, in the order asked for.
    pub fn addresses(&self) -> &[SocketAddr] {
        self.running.addresses()
    }

    /// What it says of its health, where it is asked; `None` if it does not offer that.
    pub fn health(&self) -> Option<&Health> {
        self.running.health()
    }

    /// What happened, call by call; empty if the builder was told not to keep it.
    pub fn journal(&self) -> &Journal {
        &self.serving.journal
    }

    /// Serves these rules from now on, and this schema if there is one, in one step: a call that has begun keeps what it
    /// began with.
    ///
    /// # Errors
    /// As [`ServerBuilder::start`]; then all stays as it was.
    pub async fn reload(
        &self,
        schema: impl Into<Option<Schema>>,
        rules: Vec<Rule>,
    ) -> Result<(), ServeError> {
        self.serving.reload(schema.into(), rules).await
    }

    /// Whether the calls so far, as far as the journal has them, are as they are expected.
    pub fn verify(&self, expected: &Expected) -> Verified {
        expected.verify(&Recording::of(self.journal().events()))
    }

    /// The expectations of rules that are not met so far, with what came instead, as far as the journal has it.
    pub async fn unmet(&self) -> Vec<UnmetRule> {
        let unmet = self.serving.current.lock().await.assembled.shared.rules.unmet();
        let recording =
            Recording::of(if unmet.is_empty() { Vec::new() } else { self.serving.journal.events() });
        unmet.into_iter().map(|unmet| UnmetRule::of(unmet, &recording)).collect()
    }

    /// Makes every method ready now that would be by its first call, one after the other beside the connections. What cannot
    /// be made ready is told when it is called.
    pub async fn make_ready(&self) {
        self.serving.make_ready().await;
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

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("running", &self.running).finish_non_exhaustive()
    }
}
