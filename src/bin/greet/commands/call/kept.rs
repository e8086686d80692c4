//! The replies of a call, kept for a program that runs at its end over all of them.

use std::sync::Arc;

use bytes::Bytes;
use greet::caller::Prepared;
use greet::query::{Val, view};

use crate::failure::{Failure, Kind};

/// Replies on the wire, in their order.
#[derive(Debug, Default, Clone)]
pub(super) struct Kept {
    messages: Vec<Bytes>,
    bytes: usize,
}

impl Kept {
    pub(super) fn keep(&mut self, wire: &Bytes) {
        self.bytes += wire.len();
        self.messages.push(wire.clone());
    }

    pub(super) fn messages(&self) -> &[Bytes] {
        &self.messages
    }

    /// Runs `work` over the array of all, and how many bytes they were, on a thread that nothing waits for but this.
    ///
    /// # Errors
    /// When a reply is no message of its type.
    pub(super) async fn apart<T: Send + 'static>(
        self,
        prepared: Arc<Prepared>,
        work: impl FnOnce(Val, usize) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let done = tokio::task::spawn_blocking(move || {
            let plan = prepared.reply();
            let all: Result<Val, _> = self.messages.iter().map(|wire| view::from_wire(plan, wire)).collect();
            let all = all.map_err(|error| Failure::reply(plan, &error))?;
            // Empty messages too are something to look at.
            Ok(work(all, self.bytes + self.messages.len()))
        });
        done.await.unwrap_or_else(|_| Err(Failure::new(Kind::Other, "a program failed inside jq")))
    }
}
