//! How far a server is on its way from serving to its end, known to all its threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use tokio::sync::watch;

/// The stages of a server's life, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It takes connections and calls.
    Serving,
    /// It takes no new ones, and ends those that are open.
    Draining,
    /// It is over.
    Over,
}

/// The stage, with those who wait for the next, and the counts of open calls.
#[derive(Debug)]
pub(super) struct Stages {
    stage: watch::Sender<Stage>,
    /// The stage as a number, for those who look often.
    quick: AtomicU8,
    /// Open calls, a count for each thread.
    open: Vec<Arc<AtomicUsize>>,
    cut: AtomicUsize,
}

impl Stages {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            stage: watch::Sender::new(Stage::Serving),
            quick: AtomicU8::new(Stage::Serving as u8),
            open: (0..threads).map(|_| Arc::default()).collect(),
            cut: AtomicUsize::new(0),
        }
    }

    /// Begins to drain.
    pub(super) fn drain(&self) {
        self.advance(Stage::Draining, || {});
    }

    /// It is over, and nothing was cut: no connection is left.
    pub(super) fn end(&self) {
        self.advance(Stage::Over, || {});
    }

    /// It is over for those calls, too, that are open.
    pub(super) fn cut(&self) {
        self.advance(Stage::Over, || {
            let open = self.open.iter().map(|count| count.load(Ordering::Relaxed)).sum();
            self.cut.store(open, Ordering::Relaxed);
        });
    }

    /// Goes on to a stage, never back.
    fn advance(&self, to: Stage, first: impl FnOnce()) {
        self.stage.send_if_modified(|stage| {
            let forward = *stage < to;
            if forward {
                first();
                *stage = to;
                self.quick.store(to as u8, Ordering::Release);
            }
            forward
        });
    }

    /// Whether it still takes new work; costs one load.
    pub(super) fn is_serving(&self) -> bool {
        self.quick.load(Ordering::Acquire) == Stage::Serving as u8
    }

    /// Waits until it drains, or is over.
    pub(super) async fn draining(&self) {
        self.reached(Stage::Draining).await;
    }

    /// Waits until this stage.
    pub(super) async fn reached(&self, wanted: Stage) {
        // The sender is ours, so it is not gone while this runs.
        let _ = self.stage.subscribe().wait_for(|stage| *stage >= wanted).await;
    }

    /// The open calls of one thread.
    pub(super) fn open(&self, thread: usize) -> Arc<AtomicUsize> {
        self.open[thread].clone()
    }

    /// How many calls were open when they were cut.
    pub(super) fn were_cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }
}
