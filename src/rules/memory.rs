//! What a server knows beyond one call and one set of rules: what programs remember, counts, chance and the time.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::counts::Count;
use super::identity::RuleId;
use super::store::Store;

/// Outlives the rules: who reads them anew gives it to the next set.
#[derive(Debug)]
pub struct Memory {
    pub(super) store: Mutex<Store>,
    counts: Mutex<HashMap<RuleId, Arc<Count>>>,
    /// How many calls were answered by rules that expect some.
    expected: AtomicU64,
    seed: u64,
    clock: fn() -> f64,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(0, || 0.0)
    }
}

impl Memory {
    /// Nothing yet. What programs draw by chance depends on the seed; the clock gives seconds since 1970.
    pub fn new(seed: u64, clock: fn() -> f64) -> Self {
        Self { store: Mutex::default(), counts: Mutex::default(), expected: AtomicU64::new(0), seed, clock }
    }

    /// Forgets what programs remember.
    pub fn forget(&self) {
        *self.store.lock().unwrap_or_else(PoisonError::into_inner) = Store::default();
    }

    /// Begins all counts anew, those of rules that are in use too.
    pub fn reset_counts(&self) {
        for count in self.counts.lock().unwrap_or_else(PoisonError::into_inner).values() {
            count.reset();
        }
    }

    /// The count of a rule, which it keeps as long as its text does not change.
    pub(super) fn count(&self, rule: RuleId) -> Arc<Count> {
        Arc::clone(self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(rule).or_default())
    }

    /// Forgets the counts of all rules but these.
    pub(super) fn keep_counts(&self, of: &HashSet<RuleId>) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).retain(|rule, _| of.contains(rule));
    }

    /// A call was answered by a rule that expects some.
    pub(super) fn mark(&self, count: &Count) {
        count.mark(self.expected.fetch_add(1, Ordering::Relaxed) + 1);
    }

    pub(super) fn now(&self) -> f64 {
        (self.clock)()
    }

    /// Where chance begins for a run: the same for the same rule, call and moment, whatever else is going on.
    pub(super) fn chance(&self, rule: RuleId, call: u64, run: u64) -> u64 {
        [rule.number(), call, run].into_iter().fold(self.seed, |sum, part| mix(sum ^ mix(part)))
    }
}

/// Splitmix64's finish, which makes neighbours strangers.
pub(super) fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
