//! How long to wait before something that failed is tried again: longer each time, and never quite as long as others do.

use std::time::Duration;

/// Pauses that grow, by gRPC's rule (`connection-backoff.md`): each is so many times the one before, up to the longest, give
/// or take a fifth. It has no clock and no randomness of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Backoff {
    first: Duration,
    factor: f64,
    longest: Duration,
    /// How many pauses there were since it was last well.
    before: u32,
}

impl Backoff {
    /// How much a pause may be longer or shorter than the rule says.
    const JITTER: f64 = 0.2;

    /// Pauses from `first` on, each `factor` times the one before, at most `longest`.
    pub fn new(first: Duration, factor: f64, longest: Duration) -> Self {
        Self { first, factor, longest, before: 0 }
    }

    /// gRPC's own: 1 s, 1.6 times, 120 s.
    pub fn grpc() -> Self {
        Self::new(Duration::from_secs(1), 1.6, Duration::from_secs(120))
    }

    /// For those who wait for a server, or press it: from 50 ms to 1 s.
    pub fn brisk() -> Self {
        Self::new(Duration::from_millis(50), 1.6, Duration::from_secs(1))
    }

    /// The next pause. `random` is evenly from 0 up to 1.
    pub fn pause(&mut self, random: f64) -> Duration {
        let grown = self.first.as_secs_f64() * self.factor.powf(f64::from(self.before));
        // The smaller of the two also where the first is infinite.
        let bounded = grown.min(self.longest.as_secs_f64());
        self.before = self.before.saturating_add(1);
        let seconds = bounded * (1.0 - Self::JITTER + 2.0 * Self::JITTER * random.clamp(0.0, 1.0));
        Duration::try_from_secs_f64(seconds).unwrap_or(self.longest)
    }

    /// It went well: the next pause is the first again.
    pub fn reset(&mut self) {
        self.before = 0;
    }
}

/// Evenly from 0 up to 1, for pauses and picks; no secret is to be made of it.
pub(crate) fn random() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    // The keys of a hasher are the standard library's only randomness.
    let thousandths = u32::try_from(RandomState::new().hash_one(()) % 1000).unwrap_or_default();
    f64::from(thousandths) / 1000.0
}

/// Puts a list into an order by chance.
pub(super) fn shuffle<T>(list: &mut [T]) {
    use std::hash::{BuildHasher as _, RandomState};
    list.sort_by_cached_key(|_| RandomState::new().hash_one(()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_by_the_rule_and_stay_below_the_longest() {
        let mut backoff = Backoff::grpc();
        for wanted in [1.0, 1.6, 2.56, 4.096, 6.5536] {
            assert!((backoff.pause(0.5).as_secs_f64() - wanted).abs() < 1e-9, "{wanted}");
        }
        for _ in 0..2000 {
            backoff.pause(0.5);
        }
        assert_eq!(backoff.pause(0.0), Duration::from_secs(96));
        assert_eq!(backoff.pause(0.5), Duration::from_secs(120));
        assert_eq!(backoff.pause(1.0), Duration::from_secs(144));
        backoff.reset();
        assert_eq!(backoff.pause(0.0), Duration::from_millis(800));
    }

    /// Each of the six orders of three is as likely: of 6000 about 1000, with a deviation of 29.
    #[test]
    fn every_order_is_as_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..6000 {
            let mut list = [0, 1, 2];
            shuffle(&mut list);
            *counts.entry(list).or_insert(0_u32) += 1;
        }
        assert!(counts.len() == 6 && counts.values().all(|count| count.abs_diff(1000) < 290), "{counts:?}");
    }

    #[test]
    fn randomness_is_within_its_bounds() {
        assert!((0..1000).map(|_| random()).all(|random| (0.0..1.0).contains(&random)));
    }
}
