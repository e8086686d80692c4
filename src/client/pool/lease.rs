//! A connection that was picked for one call.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::client::connection::Connection;
use crate::client::ending::{Ending, Origin};
use crate::client::resolve::Peer;

use super::Inner;
use super::backend::Backend;
use super::driver::Event;
use super::load::LoadReport;

/// The connection for one call. As long as it is held the call counts as open there.
pub struct Lease {
    inner: Arc<Inner>,
    backend: Arc<Backend>,
    link: u64,
    connection: Connection,
}

impl Lease {
    pub(super) fn new(inner: &Arc<Inner>, backend: &Arc<Backend>, link: u64, connection: Connection) -> Self {
        Self { inner: Arc::clone(inner), backend: Arc::clone(backend), link, connection }
    }

    /// The connection.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The address on the other side.
    pub fn peer(&self) -> &Peer {
        self.backend.peer()
    }

    /// The call is over: what its end says of the address is taken in.
    pub fn ended(self, ending: &Ending) {
        if self.inner.options.outlier.is_some() {
            self.backend.went(ending.status.is_ok());
        }
        if let Some(weights) = self.inner.options.weights()
            && weights.out_of_band.is_none()
            && let Some(report) = LoadReport::of(&ending.trailers)
        {
            self.backend.report(&report, weights);
        }
        if matches!(ending.origin, Origin::GoneAway | Origin::NeverSent(_) | Origin::Lost(_)) {
            self.inner.tell(Event::Gone(self.backend.id));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.backend.release(self.link);
        if self.inner.starved.swap(false, Ordering::Relaxed) {
            self.inner.wake();
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("peer", self.peer()).finish_non_exhaustive()
    }
}
