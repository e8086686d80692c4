//! One call and its tries: whether it is made again when it failed, after which pause, and what the next try says.

use std::sync::Arc;
use std::time::Duration;

use greet::client::{CallHead, Decision, Ending, Failed, Origin, Pushback, RetryPolicy, Throttle, Tries};
use greet::leaf::duration;
use greet::{Code, Size};
use tokio::time::Instant;

use super::hedged::Tried;
use crate::failure::{Failure, Kind};
use crate::intent::chance;
use crate::intent::terms::Terms;

/// A pause that is longer, as a server may ask for, is not begun.
const LONGEST: Duration = Duration::from_secs(60);

/// How often a call was tried, and whether it may be again.
#[derive(Debug, Clone)]
pub(super) struct Repeat {
    policy: Option<RetryPolicy>,
    timeout: Option<Duration>,
    max_recv: Option<Size>,
    throttle: Option<Arc<Throttle>>,
    /// The codes after which a call is made again, or one more attempt: those count where too many calls fail.
    codes: Vec<Code>,
    tries: Tries,
    /// Tries that were begun.
    count: u32,
    /// Those that failed, for who wants to know.
    pub(super) tried: Vec<Tried>,
    /// How many attempts were begun before this beside it.
    attempt: u32,
    /// When the first was: since then `--timeout` runs.
    begun: Option<Instant>,
    /// Whether it is made again, once and without a policy, when the server was going away as it came.
    spare: bool,
}

impl Repeat {
    pub(super) fn new(terms: &Terms) -> Self {
        let (policy, throttle) = (terms.retry.clone(), terms.throttle.clone());
        let hedged = terms.hedging.as_ref().map(|hedging| hedging.non_fatal.clone());
        let codes = hedged.or_else(|| policy.as_ref().map(|policy| policy.codes.clone())).unwrap_or_default();
        let (timeout, max_recv, tries) = (terms.timeout, terms.max_recv, Tries::default());
        Self {
            policy,
            timeout,
            max_recv,
            throttle,
            codes,
            tries,
            count: 0,
            tried: Vec::new(),
            attempt: 0,
            begun: None,
            spare: false,
        }
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
        head.max_recv_size = self.max_recv.or(head.max_recv_size);
        self.begun.get_or_insert_with(Instant::now);
        head.previous = self.tries.previous() + self.attempt;
        head
    }

    /// What the head of the try that was begun last said.
    pub(super) fn said(&self, mut head: CallHead) -> CallHead {
        head.previous = self.tries.previous() + self.attempt;
        head
    }

    /// The pause before the call is made again; `None` when it is not, and this is how it ended.
    pub(super) fn after(&mut self, ending: &Ending) -> Option<Duration> {
        self.after_at(ending, chance(), Instant::now())
    }

    /// Takes in how a try ended, where calls are no longer repeated when too many fail (A6, "Throttling"): an end that is
    /// neither good nor one after which a call is made again counts as nothing.
    pub(super) fn tell(&self, ending: &Ending) {
        let Some(throttle) = &self.throttle else { return };
        match Failed::of(ending) {
            None if ending.status.is_ok() => throttle.succeeded(),
            Some(failed) if self.codes.contains(&failed.code) || failed.pushback == Pushback::Never => {
                throttle.failed();
            }
            _ => {}
        }
    }

    /// This is one of several attempts that run beside each other; counts from 1.
    pub(super) fn is_attempt(&mut self, number: u32) {
        self.attempt = number - 1;
    }

    /// Whether anything is tried once more: not while too many calls fail.
    pub(super) fn may_go_on(&self) -> bool {
        self.throttle.as_ref().is_none_or(|throttle| throttle.allows())
    }

    /// The time of all tries runs from now on.
    pub(super) fn starts(&mut self) {
        self.begun.get_or_insert_with(Instant::now);
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
        let decision = match (&self.policy, Failed::of(ending)) {
            (Some(policy), Some(failed)) => policy.decide(self.tries, failed, random),
            _ => Decision::Stop,
        };
        // One that no server has looked at says nothing of how servers are, and is made again whatever that is.
        let counts =
            !matches!(decision, Decision::Again { tries, .. } if tries.previous() == self.tries.previous());
        if counts {
            self.tell(ending);
        }
        let Decision::Again { after, tries } = decision else { return None };
        if counts && !self.may_go_on() {
            return None;
        }
        // What the server said is more than that the time was up.
        if after > LONGEST || self.deadline().is_some_and(|deadline| now + after >= deadline) {
            return None;
        }
        self.tries = tries;
        Some(after)
    }
}
