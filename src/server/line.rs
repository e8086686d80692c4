//! What the calls of one connection share with it: the count of open calls, and a wish that it take no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Waker;

use futures_util::task::AtomicWaker;

/// One connection, as its calls see it.
#[derive(Debug)]
pub(super) struct Line {
    /// The open calls of the thread.
    pub(super) open: Arc<AtomicUsize>,
    leaving: AtomicBool,
    connection: AtomicWaker,
}

impl Line {
    pub(super) fn new(open: Arc<AtomicUsize>) -> Self {
        Self { open, leaving: AtomicBool::new(false), connection: AtomicWaker::new() }
    }

    /// The connection is to take no further call.
    pub(super) fn go_away(&self) {
        self.leaving.store(true, Ordering::Release);
        self.connection.wake();
    }

    /// Whether it is to take none; costs one load.
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }

    /// Who is woken when it is to take no more.
    pub(super) fn register(&self, waker: &Waker) {
        self.connection.register(waker);
    }
}
