//! What happened in a server's calls, kept for those who ask.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::{Event, Kind};

/// How many events a journal keeps by default.
const KEPT: usize = 100_000;

/// Keeps the newest events; clones are handles on the same journal.
#[derive(Debug, Clone)]
pub struct Journal {
    kept: Arc<Mutex<VecDeque<Event>>>,
    most: usize,
}

impl Default for Journal {
    fn default() -> Self {
        Self::new(KEPT)
    }
}

impl Journal {
    /// A journal that keeps the newest `most` events.
    pub fn new(most: usize) -> Self {
        Self { kept: Arc::default(), most }
    }

    /// Keeps an event, and forgets the oldest if there are too many.
    pub fn push(&self, event: Event) {
        let mut kept = self.kept();
        while kept.len() >= self.most.max(1) {
            kept.pop_front();
        }
        if self.most > 0 {
            kept.push_back(event);
        }
    }

    /// All events that are kept, oldest first.
    pub fn events(&self) -> Vec<Event> {
        self.kept().iter().cloned().collect()
    }

    /// The events of each call of a method, calls in the order they began. The method is a full name or its
    /// last components: `SayHello`, `Greeter/SayHello`, `greeter.Greeter/SayHello`.
    ///
    /// A call whose beginning is forgotten is not among them.
    pub fn calls(&self, method: &str) -> Vec<Vec<Event>> {
        let kept = self.kept();
        let (mut places, mut calls) = (HashMap::new(), Vec::<Vec<Event>>::new());
        for event in kept.iter() {
            if let Kind::Start { method: name, .. } = &event.kind
                && is_meant(name, method)
            {
                places.insert(event.call.as_str(), calls.len());
                calls.push(Vec::new());
            }
            if let Some(&place) = places.get(event.call.as_str()) {
                calls[place].push(event.clone());
            }
        }
        calls
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `wanted` is `name` or whole last components of it.
fn is_meant(name: &str, wanted: &str) -> bool {
    let wanted = wanted.strip_prefix('/').unwrap_or(wanted);
    name.strip_suffix(wanted)
        .is_some_and(|before| !wanted.is_empty() && (before.is_empty() || before.ends_with(['/', '.'])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn start(call: &str, method: &str) -> Event {
        let (target, peer, rule) = (None, None, None);
        let (time, metadata) = (String::new(), None);
        let kind = Kind::Start { method: method.into(), target, peer, time, metadata, rule };
        Event::new(call, Duration::ZERO, kind)
    }

    fn half_close(call: &str) -> Event {
        Event::new(call, Duration::ZERO, Kind::HalfClose {})
    }

    #[test]
    fn calls_are_told_apart_by_method_and_kept_in_order() {
        let journal = Journal::default();
        let events = [
            start("1", "greeter.Greeter/SayHello"),
            start("2", "greeter.Greeter/SayBye"),
            start("3", "greeter.Greeter/SayHello"),
            half_close("1"),
            half_close("2"),
        ];
        for event in &events {
            journal.push(event.clone());
        }
        let [one, two, three, four, _] = events;
        for name in ["SayHello", "Greeter/SayHello", "greeter.Greeter/SayHello", "/greeter.Greeter/SayHello"]
        {
            assert_eq!(journal.calls(name), [vec![one.clone(), four.clone()], vec![three.clone()]], "{name}");
        }
        for name in ["Hello", "", "reeter/SayHello"] {
            assert!(journal.calls(name).is_empty(), "{name}");
        }
        journal.clear();
        journal.clone().push(two.clone());
        assert_eq!(journal.events(), [two]);
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let journal = Journal::new(2);
        for call in ["1", "2", "3"] {
            journal.push(half_close(call));
        }
        assert_eq!(journal.events(), [half_close("2"), half_close("3")]);
    }
}
