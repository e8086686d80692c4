//! Signs of life: while a call is open the server is pinged, and a connection on which it does not answer is given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use h2::{Ping, PingPong};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::socket::FirstBytes;

/// The least and the most that an answer is waited for.
const ANSWER: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(20));

/// The pings of one connection, shared with its calls.
#[derive(Debug, Clone)]
pub(super) struct Keepalive(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    every: Duration,
    /// How many calls are open.
    calls: AtomicUsize,
    begun: Notify,
    unanswered: AtomicBool,
}

/// A call that is open.
#[derive(Debug)]
pub(super) struct OpenCall(Arc<Shared>);

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Keepalive {
    pub(super) fn new(every: Duration) -> Self {
        let (calls, begun) = (AtomicUsize::new(0), Notify::new());
        Self(Arc::new(Shared { every, calls, begun, unanswered: AtomicBool::new(false) }))
    }

    /// A call begins; it is open until this is dropped.
    pub(super) fn open(&self) -> OpenCall {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        self.0.begun.notify_one();
        OpenCall(Arc::clone(&self.0))
    }

    /// How long was waited for the answer that did not come.
    pub(super) fn unanswered(&self) -> Option<Duration> {
        self.0.unanswered.load(Ordering::Relaxed).then(|| self.patience())
    }

    /// How long an answer is waited for: as long as there is between two pings, within bounds.
    fn patience(&self) -> Duration {
        self.0.every.clamp(ANSWER.0, ANSWER.1)
    }

    /// Pings until the connection ends, or ends it.
    pub(super) fn watch(self, ping: PingPong, heard: FirstBytes, mut driver: JoinHandle<()>) {
        tokio::spawn(async move {
            tokio::select! {
                biased;
                _ = &mut driver => {}
                () = self.silence(ping, heard) => {
                    self.0.unanswered.store(true, Ordering::Relaxed);
                    // All calls end with the connection, and ask here why.
                    driver.abort();
                }
            }
        });
    }

    /// Ends when an answer does not come.
    async fn silence(&self, mut ping: PingPong, heard: FirstBytes) {
        loop {
            while self.0.calls.load(Ordering::Relaxed) == 0 {
                self.0.begun.notified().await;
            }
            sleep(self.0.every).await;
            if self.0.calls.load(Ordering::Relaxed) == 0 {
                continue;
            }
            let answer = ping.ping(Ping::opaque());
            tokio::pin!(answer);
            // In two halves: where this process was kept from running, an answer that is there is read in the second.
            let mut silent = 0;
            while silent < 2 {
                let before = heard.reads();
                match timeout(self.patience() / 2, &mut answer).await {
                    Ok(Ok(_)) => break,
                    // The connection has ended, which its driver says.
                    Ok(Err(_)) => return std::future::pending().await,
                    // A server of which anything is heard is alive: the answer stands behind what it was sending.
                    Err(_) if heard.reads() != before => silent = 0,
                    Err(_) => silent += 1,
                }
            }
            if silent == 2 {
                return;
            }
        }
    }
}
