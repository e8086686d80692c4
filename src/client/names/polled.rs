//! Lists that nobody tells of: they are asked for from time to time.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Lists, Resolution, ResolveError, Resolver};

/// The shortest time between two questions, whatever is said and however hurried.
const SHORTEST: Duration = Duration::from_millis(100);

/// A question, until it is answered.
type Question = Pin<Box<dyn Future<Output = Result<Resolution, ResolveError>> + Send>>;

/// Asks a resolver again and again.
pub(super) struct Polled {
    resolver: Arc<dyn Resolver>,
    every: Duration,
    /// The question that is open. It is kept here, as whoever waits for its answer may be called away more often than an
    /// answer takes.
    open: Option<Question>,
    /// Whether the answer to it is known to be too old already.
    hurried: bool,
    /// When it was last asked, and answered.
    asked: Option<Instant>,
    /// When it is asked next; at once the first time.
    due: Option<Instant>,
}

impl Polled {
    pub(super) fn new(resolver: Arc<dyn Resolver>, every: Duration) -> Self {
        let every = every.max(SHORTEST);
        Self { resolver, every, open: None, hurried: false, asked: None, due: None }
    }
}

#[async_trait::async_trait]
impl Lists for Polled {
    async fn next(&mut self) -> Result<Resolution, ResolveError> {
        if let (Some(due), None) = (self.due, &self.open) {
            sleep_until(due).await;
        }
        let open = self.open.get_or_insert_with(|| {
            let resolver = Arc::clone(&self.resolver);
            Box::pin(async move { resolver.resolve().await })
        });
        let list = open.await;
        self.open = None;
        let now = Instant::now();
        self.asked = Some(now);
        // After an error, how long to wait is the asker's business.
        self.due = list.is_ok().then(|| now + self.every);
        if std::mem::take(&mut self.hurried) {
            self.hurry();
        }
        list
    }

    fn hurry(&mut self) {
        if self.open.is_some() {
            self.hurried = true;
        } else if let (Some(asked), Some(due)) = (self.asked, self.due) {
            self.due = Some(due.min(asked + SHORTEST.max(self.every.min(Duration::from_secs(1)))));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{sleep, timeout};

    use super::*;

    /// Answers after two seconds.
    struct Slow;

    #[async_trait::async_trait]
    impl Resolver for Slow {
        async fn resolve(&self) -> Result<Resolution, ResolveError> {
            sleep(Duration::from_secs(2)).await;
            Ok(Resolution::default())
        }

        fn lists(self: Arc<Self>) -> Box<dyn Lists> {
            Box::new(Polled::new(self, Duration::from_secs(30)))
        }
    }

    /// When an answer comes, in tenths of a second, to somebody who is called away each 100 ms.
    async fn answered(lists: &mut dyn Lists, start: Instant) -> u128 {
        while timeout(Duration::from_millis(100), lists.next()).await.is_err() {
            assert!(start.elapsed() < Duration::from_secs(600), "it is asked anew each time");
        }
        (start.elapsed().as_millis() + 50) / 100
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_goes_on_while_nobody_waits_for_its_answer() {
        let start = Instant::now();
        let mut lists = Arc::new(Slow).lists();
        assert_eq!(answered(&mut *lists, start).await, 20);
        assert_eq!(answered(&mut *lists, start).await, 340);
        // In a hurry: a second after the last answer.
        lists.hurry();
        assert_eq!(answered(&mut *lists, start).await, 370);
        // What came to be known while it was asked may not be in the answer.
        assert!(timeout(Duration::from_secs(31), lists.next()).await.is_err());
        lists.hurry();
        assert_eq!(answered(&mut *lists, start).await, 690);
        assert_eq!(answered(&mut *lists, start).await, 720);
        assert_eq!(answered(&mut *lists, start).await, 1040);
    }
}
