//! When the next of many calls may begin.

use std::time::Duration;

use tokio::time::Instant;

/// So much may be caught up on: the clock wakes nobody more often than every millisecond, and a machine may be busy
/// for a while.
const DEBT: Duration = Duration::from_millis(20);

/// Calls at a steady rate, with no burst after a pause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    interval: Duration,
    next: Option<Instant>,
}

impl Pace {
    /// One call each `interval`, the first at once.
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, next: None }
    }

    /// When the next call may begin; `None` if that is now.
    pub(super) fn wait(&self, now: Instant) -> Option<Instant> {
        self.next.filter(|next| *next > now)
    }

    /// Counts a call that begins.
    pub(super) fn begun(&mut self, now: Instant) {
        let due = self.next.unwrap_or(now);
        let due = due.max(now.checked_sub(DEBT).unwrap_or(now));
        self.next = due.checked_add(self.interval);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// The milliseconds at which calls begin, when there is always one to begin and the clock is looked at this often.
    fn begun(interval: Duration, every: Duration, until: Duration) -> Vec<u128> {
        let start = Instant::now();
        let (mut pace, mut now, mut all) = (Pace::new(interval), start, Vec::new());
        while now <= start + until {
            while pace.wait(now).is_none() {
                pace.begun(now);
                all.push((now - start).as_millis());
            }
            now += every;
        }
        all
    }

    #[test]
    fn calls_are_spread_evenly() {
        assert_eq!(begun(20 * MS, MS, 100 * MS), [0, 20, 40, 60, 80, 100]);
        // More often than the clock wakes: the rate is kept all the same.
        assert_eq!(begun(MS / 10, MS, 10 * MS).len(), 101);
    }

    #[test]
    fn a_pause_is_not_made_up_for() {
        let start = Instant::now();
        let mut pace = Pace::new(10 * MS);
        pace.begun(start);
        let late = start + 1000 * MS;
        let mut burst = 0;
        while pace.wait(late).is_none() {
            pace.begun(late);
            burst += 1;
        }
        assert_eq!(burst, 3);
        assert_eq!(pace.wait(late), Some(late + 10 * MS));
    }
}
