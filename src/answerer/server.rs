//! A running server: where it is, what it saw, and its end.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::Mutex;

use super::assembly::{Assembled, Assembly};
use super::{ServeError, ServerBuilder, UnmetRule};
use crate::event::Recording;
use crate::rules::Rule;
use crate::schema::Schema;
use crate::server::{Door, Drained, Health, Journal, Running, ServerTls};

/// A server that answers until it is drained, cut or dropped. It brings its own threads.
pub struct Server {
    pub(super) running: Running,
    pub(super) journal: Journal,
    pub(super) door: Door,
    pub(super) current: Mutex<Current>,
}

/// What is served now, and what it was made from.
pub(super) struct Current {
    pub(super) assembly: Assembly,
    pub(super) assembled: Assembled,
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
        &self.journal
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
        let mut current = self.current.lock().await;
        let mut assembly = Assembly { rules, ..current.assembly.clone() };
        if let Some(schema) = schema.into() {
            assembly.schema = schema;
        }
        let assembled = assembly.clone().assemble().await?;
        self.door.swap(assembled.routes.clone());
        if let Some(health) = &assembly.health {
            for gone in current.assembled.services.iter().filter(|name| !assembled.services.contains(name)) {
                health.remove(gone);
            }
        }
        *current = Current { assembly, assembled };
        Ok(())
    }

    /// The expectations of rules that are not met so far, with what came instead, as far as the journal has it.
    pub async fn unmet(&self) -> Vec<UnmetRule> {
        let unmet = self.current.lock().await.assembled.shared.rules.unmet();
        let recording = Recording::of(if unmet.is_empty() { Vec::new() } else { self.journal.events() });
        unmet.into_iter().map(|unmet| UnmetRule::of(unmet, &recording)).collect()
    }

    /// Makes every method ready now that would be by its first call, one after the other beside the connections. What cannot
    /// be made ready is told when it is called.
    pub async fn make_ready(&self) {
        let methods = self.current.lock().await.assembled.methods.clone();
        for method in methods {
            method.make_ready().await;
        }
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
