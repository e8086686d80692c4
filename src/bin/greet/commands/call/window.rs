//! The calls that are under way or whose results wait for an earlier one, in the order of the input.

use std::collections::VecDeque;

use bytes::Bytes;

use super::links::Done;
use crate::failure::Failure;

/// Results that wait for an earlier one: so many.
const AHEAD: usize = 1024;
/// What inputs and replies in it may take, in bytes.
const HELD: usize = 32 << 20;

/// What came of an input.
pub(super) type Outcome = Result<Box<Done>, Failure>;

/// Inputs whose results have not been taken out.
#[derive(Default)]
pub(super) struct Window {
    slots: VecDeque<Slot>,
    /// How many were before the first of these.
    before: u64,
    held: usize,
}

struct Slot {
    /// The value as it came, if it is to be kept should its call fail.
    line: Option<String>,
    outcome: Option<Outcome>,
    held: usize,
}

/// An input with what came of it.
pub(super) struct Finished {
    /// Counts from 1.
    pub(super) n: u64,
    pub(super) line: Option<String>,
    pub(super) outcome: Outcome,
}

impl Window {
    /// Whether one more may be added. What is held is bounded, so that one slow call among many does not make greet grow.
    pub(super) fn has_room(&self) -> bool {
        self.slots.is_empty() || self.slots.len() < AHEAD && self.held < HELD
    }

    /// Adds an input of so many bytes on the wire, and gives its number.
    pub(super) fn add(&mut self, line: Option<String>, bytes: usize) -> u64 {
        let held = bytes + line.as_ref().map_or(0, String::len);
        self.held += held;
        self.slots.push_back(Slot { line, outcome: None, held });
        self.before + self.slots.len() as u64
    }

    /// Says what came of an input.
    pub(super) fn put(&mut self, n: u64, outcome: Outcome) {
        let at = usize::try_from(n - self.before - 1).ok();
        let Some(slot) = at.and_then(|at| self.slots.get_mut(at)) else { return };
        let reply = outcome.as_ref().ok().and_then(|done| done.reply.as_ref()).map_or(0, Bytes::len);
        slot.held += reply;
        self.held += reply;
        slot.outcome = Some(outcome);
    }

    /// Takes out the first, once it is known what came of it.
    pub(super) fn pop(&mut self) -> Option<Finished> {
        let outcome = self.slots.front_mut()?.outcome.take()?;
        let slot = self.slots.pop_front()?;
        self.held -= slot.held;
        self.before += 1;
        Some(Finished { n: self.before, line: slot.line, outcome })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;

    fn failed(why: &str) -> Outcome {
        Err(Failure::new(Kind::Other, why))
    }

    fn popped(window: &mut Window) -> Option<(u64, String)> {
        window
            .pop()
            .map(|done| (done.n, done.outcome.err().map(|f| f.cause().to_owned()).unwrap_or_default()))
    }

    #[test]
    fn results_come_out_in_the_order_of_the_input() {
        let mut window = Window::default();
        assert_eq!([window.add(None, 1), window.add(None, 1), window.add(None, 1)], [1, 2, 3]);
        window.put(3, failed("c"));
        assert_eq!(popped(&mut window), None);
        window.put(1, failed("a"));
        assert_eq!(popped(&mut window), Some((1, "a".to_owned())));
        assert_eq!(popped(&mut window), None);
        window.put(2, failed("b"));
        assert_eq!(popped(&mut window), Some((2, "b".to_owned())));
        assert_eq!(popped(&mut window), Some((3, "c".to_owned())));
        assert_eq!(window.add(None, 1), 4);
        assert_eq!(window.held, 1);
    }

    #[test]
    fn one_slow_call_does_not_make_it_grow() {
        let mut window = Window::default();
        while window.has_room() {
            window.add(None, 0);
        }
        assert_eq!(window.slots.len(), AHEAD);
        let mut window = Window::default();
        window.add(Some("x".repeat(HELD)), 0);
        assert!(!window.has_room());
        window.put(1, failed(""));
        assert!(window.pop().is_some() && window.has_room());
    }
}
