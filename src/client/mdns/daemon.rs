//! The thread that speaks multicast DNS, for as long as somebody needs it.

use std::ops::Deref;
use std::time::Duration;

use mdns_sd::{Error, ServiceDaemon};

/// How long it may take to say goodbye to the network before the thread ends.
const GOODBYE: Duration = Duration::from_secs(1);

/// A thread with its sockets, which ends with this; what it had announced is taken back then.
pub(crate) struct Daemon(ServiceDaemon);

impl Daemon {
    /// # Errors
    /// When there can be no such thread. That nobody can be heard is not known yet.
    pub(crate) fn start() -> Result<Self, Error> {
        ServiceDaemon::new().map(Self)
    }

    /// Ends the thread, and waits until all that it has to say is said.
    pub(crate) async fn end(self) {
        if let Ok(ended) = self.0.shutdown() {
            // Whatever is said of it, the thread has ended, or will not by waiting.
            let _ = tokio::time::timeout(GOODBYE, ended.recv_async()).await;
        }
    }
}

impl Deref for Daemon {
    type Target = ServiceDaemon;

    fn deref(&self) -> &ServiceDaemon {
        &self.0
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // An error is a thread that has ended.
        let _ = self.0.shutdown();
    }
}
