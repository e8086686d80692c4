//! How often rules have answered, each by itself or by a key.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::query::{Val, view};

/// How many keys a rule counts by; then the oldest is forgotten.
const MOST_KEYS: usize = 100_000;
/// A key whose JSON is longer is known by a number: a client may send keys as long as it likes.
const LONGEST_KEY: usize = 64;

/// How often one rule has answered.
#[derive(Debug, Default)]
pub(super) struct Count {
    all: AtomicU64,
    /// There once a key was counted: of very many rules few count by one.
    keyed: OnceLock<Box<Mutex<Keyed>>>,
    /// Which of all calls that were expected were its first and its last, from 1; 0 is none.
    first: AtomicU64,
    last: AtomicU64,
}

#[derive(Debug, Default)]
struct Keyed {
    counts: HashMap<Key, u64>,
    /// The keys, the oldest first.
    order: VecDeque<Key>,
    hasher: RandomState,
    /// All counts together, those that were forgotten too.
    total: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Text(Box<str>),
    Long(u64, usize),
}

impl Count {
    /// Begins anew.
    pub(super) fn reset(&self) {
        for number in [&self.all, &self.first, &self.last] {
            number.store(0, Ordering::Relaxed);
        }
        if let Some(keyed) = self.keyed.get() {
            *keyed.lock().unwrap_or_else(PoisonError::into_inner) = Keyed::default();
        }
    }

    /// How often it has answered, whatever the key.
    pub(super) fn total(&self) -> u64 {
        let keyed = self.keyed.get().map(|keyed| keyed.lock().unwrap_or_else(PoisonError::into_inner).total);
        self.all.load(Ordering::Relaxed) + keyed.unwrap_or_default()
    }

    /// This call of all that were expected was one of its own.
    pub(super) fn mark(&self, call: u64) {
        // Only the first finds none.
        let _ = self.first.compare_exchange(0, call, Ordering::Relaxed, Ordering::Relaxed);
        self.last.fetch_max(call, Ordering::Relaxed);
    }

    /// Its first and its last, as [`Count::mark`] was told; 0 where there was none.
    pub(super) fn span(&self) -> (u64, u64) {
        (self.first.load(Ordering::Relaxed), self.last.load(Ordering::Relaxed))
    }

    /// One more, for this key; null is one for all. Nothing when there were `most` already.
    pub(super) fn next(&self, key: &Val, most: Option<u64>) -> Option<u64> {
        let most = most.unwrap_or(u64::MAX);
        if *key == Val::Null {
            let next = |count: u64| (count < most).then(|| count + 1);
            return self
                .all
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
                .ok()
                .map(|count| count + 1);
        }
        let mut keyed = self.keyed.get_or_init(Box::default).lock().unwrap_or_else(PoisonError::into_inner);
        let keyed = &mut *keyed;
        let text = view::to_text(key);
        let key = if text.len() <= LONGEST_KEY {
            Key::Text(text.into())
        } else {
            Key::Long(keyed.hasher.hash_one(&text), text.len())
        };
        if let Some(count) = keyed.counts.get_mut(&key) {
            return (*count < most).then(|| {
                *count += 1;
                keyed.total += 1;
                *count
            });
        }
        if keyed.order.len() >= MOST_KEYS
            && let Some(oldest) = keyed.order.pop_front()
        {
            keyed.counts.remove(&oldest);
        }
        keyed.order.push_back(key.clone());
        keyed.counts.insert(key, 1);
        keyed.total += 1;
        Some(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: impl Into<String>) -> Val {
        Val::from(text.into())
    }

    #[test]
    fn counts_for_all_and_by_key() {
        let count = Count::default();
        let next = |key: &Val| count.next(key, None);
        assert_eq!([next(&Val::Null), next(&Val::Null), next(&key("a"))], [Some(1), Some(2), Some(1)]);
        assert_eq!(
            [next(&key("a")), next(&key("b")), next(&Val::from(7_usize))],
            [Some(2), Some(1), Some(1)]
        );
        // A text is not the number that it looks like.
        assert_eq!(next(&key("7")), Some(1));
        let long = |end: &str| key("x".repeat(1000) + end);
        assert_eq!([next(&long("a")), next(&long("b")), next(&long("a"))], [Some(1), Some(1), Some(2)]);
        assert_eq!(count.total(), 10);
        count.mark(3);
        count.mark(5);
        assert_eq!(count.span(), (3, 5));
        count.reset();
        assert_eq!((count.total(), count.span()), (0, (0, 0)));
    }

    #[test]
    fn ends_where_it_is_told_to() {
        let count = Count::default();
        for by in [Val::Null, key("a")] {
            assert_eq!([count.next(&by, Some(1)), count.next(&by, Some(1))], [Some(1), None]);
            // What was refused does not count.
            assert_eq!(count.next(&by, None), Some(2));
        }
    }

    #[test]
    fn the_oldest_key_is_forgotten() {
        let count = Count::default();
        for i in 0..MOST_KEYS {
            assert_eq!(count.next(&Val::from(i), None), Some(1));
        }
        assert_eq!(count.next(&Val::from(0_usize), None), Some(2));
        assert_eq!(count.next(&key("new"), None), Some(1));
        assert_eq!(count.next(&Val::from(1_usize), None), Some(2));
        assert_eq!(count.next(&Val::from(0_usize), None), Some(1));
    }
}
