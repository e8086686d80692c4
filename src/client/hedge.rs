//! When a call is made once more though it has not failed: hedging by gRFC A6, as a value that is told what happened.

use tokio::time::Instant;

use super::ending::Ending;
use super::retry::{Failed, LookedAt, Pushback};
use super::service_config::HedgingPolicy;

/// The attempts of one call.
#[derive(Debug, Clone)]
pub struct Hedge {
    policy: HedgingPolicy,
    begun: u32,
    open: u32,
    next: Option<Instant>,
}

impl Hedge {
    /// The first attempt begins now.
    pub fn new(policy: HedgingPolicy, now: Instant) -> Self {
        let next = (policy.attempts > 1).then(|| now + policy.delay);
        Self { policy, begun: 1, open: 1, next }
    }

    /// When the next attempt begins, if nothing happens before.
    pub fn next(&self) -> Option<Instant> {
        self.next
    }

    /// How many attempts were begun.
    pub fn begun(&self) -> u32 {
        self.begun
    }

    /// Whether another attempt begins now; it counts as begun then.
    pub fn begins(&mut self, now: Instant) -> bool {
        if self.next.is_none_or(|next| next > now) {
            return false;
        }
        self.begun += 1;
        self.open += 1;
        self.next = (self.begun < self.policy.attempts).then(|| now + self.policy.delay);
        true
    }

    /// No further attempt begins, as there is nobody to make it to, or too many calls fail.
    pub fn stop(&mut self) {
        self.next = None;
        self.policy.attempts = self.begun;
    }

    /// An attempt that was said to begin did not.
    pub fn not_begun(&mut self) {
        self.begun -= 1;
        self.open -= 1;
        self.stop();
    }

    /// An attempt ended; whether the call has, with this.
    pub fn ended(&mut self, ending: &Ending, now: Instant) -> bool {
        let failed = Failed::of(ending);
        self.failed(failed, now)
    }

    /// The same of what matters; `None` is an end after which nothing is tried, as when it went well.
    fn failed(&mut self, failed: Option<Failed>, now: Instant) -> bool {
        self.open -= 1;
        let Some(failed) = failed else { return true };
        if failed.looked_at == LookedAt::Perhaps && !self.policy.non_fatal.contains(&failed.code) {
            return true;
        }
        if self.begun < self.policy.attempts {
            match failed.pushback {
                Pushback::None => self.next = Some(now),
                Pushback::After(time) => self.next = Some(now + time),
                Pushback::Never => self.stop(),
            }
        }
        self.open == 0 && self.next.is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::leaf::Code;

    const DELAY: Duration = Duration::from_millis(500);

    fn failed(code: Code, pushback: Pushback) -> Failed {
        Failed { code, looked_at: LookedAt::Perhaps, pushback }
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_begin_one_delay_after_each_other() {
        let start = Instant::now();
        let mut hedge = Hedge::new(HedgingPolicy::new(3, DELAY), start);
        let mut told = Vec::new();
        while let Some(next) = hedge.next() {
            assert!(!hedge.begins(next - Duration::from_millis(1)));
            assert!(hedge.begins(next));
            told.push((next - start).as_millis());
        }
        assert_eq!((told, hedge.begun()), (vec![500, 1000], 3));
        // The first that goes well ends it, whatever the others do.
        assert!(hedge.failed(None, start));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_fails_hurries_the_next_unless_it_is_fatal() {
        let start = Instant::now();
        let policy = HedgingPolicy::new(3, DELAY);
        let mut hedge = Hedge::new(policy.clone(), start);
        let unavailable = Some(failed(Code::UNAVAILABLE, Pushback::None));
        assert!(!hedge.failed(unavailable, start));
        assert!(hedge.begins(start));
        // The one after that has its delay again.
        assert_eq!(hedge.next(), Some(start + DELAY));
        assert!(!hedge.failed(unavailable, start));
        assert!(hedge.begins(start));
        // The last that fails ends it.
        assert!(hedge.failed(unavailable, start));

        let mut hedge = Hedge::new(policy.clone(), start);
        assert!(hedge.failed(Some(failed(Code::INTERNAL, Pushback::None)), start));
        // What no server has looked at is not fatal.
        let mut hedge = Hedge::new(policy, start);
        let refused = Failed { looked_at: LookedAt::No, ..failed(Code::INTERNAL, Pushback::None) };
        assert!(!hedge.failed(Some(refused), start));
    }

    #[tokio::test(start_paused = true)]
    async fn servers_say_when_the_next_begins_or_that_none_does() {
        let start = Instant::now();
        let policy = HedgingPolicy::new(4, DELAY);
        let mut hedge = Hedge::new(policy.clone(), start);
        assert!(hedge.begins(start + DELAY));
        let after = Pushback::After(Duration::from_secs(9));
        assert!(!hedge.failed(Some(failed(Code::UNAVAILABLE, after)), start));
        assert_eq!(hedge.next(), Some(start + Duration::from_secs(9)));
        assert!(!hedge.failed(Some(failed(Code::UNAVAILABLE, Pushback::None)), start));
        let mut hedge = Hedge::new(policy, start);
        assert!(hedge.begins(start + DELAY));
        assert!(!hedge.failed(Some(failed(Code::UNAVAILABLE, Pushback::Never)), start));
        assert_eq!(hedge.next(), None);
        assert!(hedge.failed(Some(failed(Code::UNAVAILABLE, Pushback::None)), start));
    }
}
