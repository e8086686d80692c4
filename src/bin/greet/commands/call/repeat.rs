//! One call and its tries: whether it is made again when it failed, after which pause, and what the next try says.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use greet::Code;
use greet::client::{CallHead, Decision, Ending, Failed, Origin, RetryPolicy, Tries};
use greet::leaf::duration;
use tokio::time::Instant;

use crate::args::{CallArgs, RetryArgs};
use crate::failure::{Failure, Kind};

/// A pause that is longer, as a server may ask for, is not begun.
const LONGEST: Duration = Duration::from_secs(60);

/// The policy that was typed.
pub(super) fn policy(args: &RetryArgs) -> Option<RetryPolicy> {
    let policy = RetryPolicy::new(args.retry?);
    Some(if args.retry_on.is_empty() { policy } else { policy.with_codes(args.retry_on.clone()) })
}

/// How often a call was tried, and whether it may be again.
#[derive(Debug, Clone)]
pub(super) struct Repeat {
    policy: Option<RetryPolicy>,
    timeout: Option<Duration>,
    tries: Tries,
    /// Tries that were begun.
    count: u32,
    /// When the first was: since then `--timeout` runs.
    begun: Option<Instant>,
    /// Whether it is made again, once and without a policy, when the server was going away as it came.
    spare: bool,
}

impl Repeat {
    pub(super) fn new(args: &CallArgs, policy: Option<RetryPolicy>) -> Self {
        let (timeout, tries) = (args.timeout, Tries::default());
        Self { policy, timeout, tries, count: 0, begun: None, spare: false }
    }

    /// Says that the connection may take no further call after the questions about the schema.
    pub(super) fn may_be_gone(&mut self) {
        self.spare = true;
    }

    /// Whether any end leads to another try.
    pub(super) fn may(&self) -> bool {
        self.policy.is_some() || self.spare
    }

    pub(super) fn has_policy(&self) -> bool {
        self.policy.is_some()
    }

    /// How many tries were begun.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The next try begins: what its head says.
    pub(super) fn begin(&mut self, mut head: CallHead) -> CallHead {
        self.count += 1;
        // The first try is given the time whole.
        head.since = self.begun;
        self.begun.get_or_insert_with(Instant::now);
        head.previous = self.tries.previous();
        head
    }

    /// What the head of the try that was begun last said.
    pub(super) fn said(&self, mut head: CallHead) -> CallHead {
        head.previous = self.tries.previous();
        head
    }

    /// The pause before the call is made again; `None` when it is not, and this is how it ended.
    pub(super) fn after(&mut self, ending: &Ending) -> Option<Duration> {
        self.after_at(ending, chance(), Instant::now())
    }

    /// When the time of all tries is up, once it runs.
    fn deadline(&self) -> Option<Instant> {
        self.begun?.checked_add(self.timeout?)
    }

    /// Waits for what another try needs, at most until the time of all tries is up.
    pub(super) async fn in_time<T>(
        &self,
        future: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let Some(deadline) = self.deadline() else { return future.await };
        tokio::time::timeout_at(deadline, future).await.unwrap_or_else(|_| {
            let within = duration::render(self.timeout.unwrap_or_default());
            let cause =
                format!("the call was not done within {within}: there was no connection for another try");
            Err(Failure::new(Kind::Status(Code::DEADLINE_EXCEEDED), cause))
        })
    }

    fn after_at(&mut self, ending: &Ending, random: f64, now: Instant) -> Option<Duration> {
        if std::mem::take(&mut self.spare) && matches!(ending.origin, Origin::GoneAway) {
            return Some(Duration::ZERO);
        }
        let policy = self.policy.as_ref()?;
        let Decision::Again { after, tries } = policy.decide(self.tries, Failed::of(ending)?, random) else {
            return None;
        };
        // What the server said is more than that the time was up.
        if after > LONGEST || self.deadline().is_some_and(|deadline| now + after >= deadline) {
            return None;
        }
        self.tries = tries;
        Some(after)
    }
}

/// From 0 up to 1. What a hash map is protected by is good enough to keep clients apart.
fn chance() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(0_u8) >> 32).unwrap_or_default();
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}
