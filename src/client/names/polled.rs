//! Lists that nobody tells of: they are asked for from time to time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Lists, Resolution, ResolveError, Resolver};

/// The shortest time between two questions, whatever is said and however hurried.
const SHORTEST: Duration = Duration::from_millis(100);

/// Asks a resolver again and again.
pub(super) struct Polled {
    resolver: Arc<dyn Resolver>,
    every: Duration,
    /// When it was last asked, and answered.
    asked: Option<Instant>,
    /// When it is asked next; at once the first time.
    due: Option<Instant>,
}

impl Polled {
    pub(super) fn new(resolver: Arc<dyn Resolver>, every: Duration) -> Self {
        Self { resolver, every: every.max(SHORTEST), asked: None, due: None }
    }
}

#[async_trait::async_trait]
impl Lists for Polled {
    async fn next(&mut self) -> Result<Resolution, ResolveError> {
        if let Some(due) = self.due {
            sleep_until(due).await;
        }
        let list = self.resolver.resolve().await;
        let now = Instant::now();
        self.asked = Some(now);
        // After an error, how long to wait is the asker's business.
        self.due = list.is_ok().then(|| now + self.every);
        list
    }

    fn hurry(&mut self) {
        if let (Some(asked), Some(due)) = (self.asked, self.due) {
            self.due = Some(due.min(asked + SHORTEST.max(self.every.min(Duration::from_secs(1)))));
        }
    }
}
