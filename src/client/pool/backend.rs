//! One address of the pool: its connections, the calls on each, and what is known of how they went.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::client::connection::Connection;
use crate::client::names::Located;
use crate::client::resolve::Peer;

use super::load::{LoadReport, Weight, WeightOptions};
use super::outlier::Tally;

/// An address and its connections.
#[derive(Debug)]
pub(super) struct Backend {
    pub(super) id: u64,
    pub(super) endpoint: Located,
    /// Calls that are open.
    open: AtomicUsize,
    state: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    links: Vec<Link>,
    /// Whether one more connection is being made, as the others are full.
    growing: bool,
    /// Until when none more is made, as the last could not be.
    full_until: Option<Instant>,
    tally: Tally,
    weight: Weight,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Link {
    id: u64,
    connection: Connection,
    open: usize,
    /// Who watches it for its end or its health.
    watcher: Option<JoinHandle<()>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(watcher) = &self.watcher {
            watcher.abort();
        }
    }
}

/// What comes of asking for a connection.
pub(super) enum Taken {
    /// One with room, and its number.
    Link(u64, Connection),
    /// All have as many calls as the server takes. Whether one more is to be made now.
    Full(bool),
    /// None takes calls.
    Gone,
}

impl Backend {
    pub(super) fn new(id: u64, endpoint: Located) -> Self {
        Self { id, endpoint, open: AtomicUsize::new(0), state: Mutex::default() }
    }

    pub(super) fn peer(&self) -> &Peer {
        &self.endpoint.peer
    }

    /// How many calls are open here.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, Kept> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, id: u64, connection: Connection, watcher: Option<JoinHandle<()>>) {
        let mut state = self.state();
        state.links.push(Link { id, connection, open: 0, watcher });
        state.growing = false;
        state.full_until = None;
        state.weight.reconnected();
    }

    /// One more connection could not be made.
    pub(super) fn cannot_grow(&self, until: Instant) {
        let mut state = self.state();
        state.growing = false;
        state.full_until = Some(until);
    }

    /// A connection for one more call. Those that take none any longer are forgotten; their open calls go on.
    pub(super) fn take(&self) -> Taken {
        let mut state = self.state();
        state.links.retain(|link| link.connection.takes_calls());
        if state.links.is_empty() {
            return Taken::Gone;
        }
        if let Some(link) = state.links.iter_mut().find(|link| link.open < link.connection.most_calls()) {
            link.open += 1;
            self.open.fetch_add(1, Ordering::Relaxed);
            return Taken::Link(link.id, link.connection.clone());
        }
        let resting = state.full_until.is_some_and(|until| until > Instant::now());
        let grow = !resting && !std::mem::replace(&mut state.growing, true);
        Taken::Full(grow)
    }

    /// A call has ended on this connection.
    pub(super) fn release(&self, id: u64) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        if let Some(link) = self.state().links.iter_mut().find(|link| link.id == id) {
            link.open -= 1;
        }
    }

    /// A connection is over; whether it was the last one.
    pub(super) fn lose(&self, id: u64) -> bool {
        let mut state = self.state();
        let before = state.links.len();
        state.links.retain(|link| link.id != id);
        state.links.len() < before && state.links.is_empty()
    }

    /// Whether this connection is still held.
    pub(super) fn has(&self, id: u64) -> bool {
        self.state().links.iter().any(|link| link.id == id)
    }

    /// Whether any connection still takes calls.
    pub(super) fn is_there(&self) -> bool {
        self.state().links.iter().any(|link| link.connection.takes_calls())
    }

    /// No connection is needed any longer; calls that are open go on.
    pub(super) fn leave(&self) {
        self.state().links.clear();
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        self.state().links.len()
    }

    pub(super) fn went(&self, well: bool) {
        let tally = &mut self.state().tally;
        let count = if well { &mut tally.well } else { &mut tally.badly };
        *count = count.saturating_add(1);
    }

    /// What there was since this was last asked.
    pub(super) fn tally(&self) -> Tally {
        std::mem::take(&mut self.state().tally)
    }

    pub(super) fn report(&self, report: &LoadReport, options: &WeightOptions) {
        self.state().weight.report(report, options, Instant::now());
    }

    pub(super) fn weight(&self, options: &WeightOptions) -> f64 {
        self.state().weight.current(options, Instant::now())
    }
}
