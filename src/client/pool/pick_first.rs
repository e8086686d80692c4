//! One address for all calls, the first that works: `pick_first` with happy eyeballs (gRFC A61, RFC 8305).

use std::time::Duration;

use tokio::time::Instant;

use super::life::{Life, State};
use super::policy::Step;

/// How long an address may take before the next is tried beside it (A61, "Connection Attempt Delay").
pub(super) const HEAD_START: Duration = Duration::from_millis(250);

/// Where `pick_first` is with a list of addresses.
#[derive(Debug, Clone, Default)]
pub(super) struct PickFirst {
    /// The one that calls go to.
    chosen: Option<usize>,
    /// How many addresses of the first round were begun; `None` while no round is under way.
    round: Option<usize>,
    /// When the next of the round is begun beside those that are silent.
    next: Option<Instant>,
    /// Whether all have failed, and none has worked since: then how often they had when the names were last looked up.
    failed: Option<u64>,
}

impl PickFirst {
    /// What is to be done, by what the addresses are in now. `wanted` is whether anybody has a call to make.
    pub(super) fn step(&mut self, lives: &[Life], wanted: bool, now: Instant) -> Step {
        let mut step = Step::default();
        if let Some(chosen) = self.chosen {
            if lives.get(chosen).is_some_and(|life| life.state() == State::Ready) {
                step.state = State::Ready;
                step.ready = vec![chosen];
                return step;
            }
            // It is gone: nothing is made until a call wants it, and the list may be another by now.
            self.chosen = None;
            self.round = None;
            step.resolve = true;
        }
        if let Some(ready) = lives.iter().position(|life| life.state() == State::Ready) {
            *self = Self { chosen: Some(ready), ..Self::default() };
            step.state = State::Ready;
            step.ready = vec![ready];
            // Whoever came second is not needed.
            let others = lives.iter().enumerate().filter(|(at, life)| {
                *at != ready && matches!(life.state(), State::Ready | State::Connecting)
            });
            step.drop = others.map(|(at, _)| at).collect();
            return step;
        }
        if lives.is_empty() {
            step.state = State::TransientFailure;
            return step;
        }
        if let Some(failures) = &mut self.failed {
            // Each is tried again as soon as its own pause is over, and the names when so many tries have failed (A61).
            if troubles(lives) - *failures >= lives.len() as u64 {
                *failures = troubles(lives);
                step.resolve = true;
            }
            step.state = State::TransientFailure;
            step.connect = idle(lives);
            step.again = lives.iter().filter_map(Life::until).min();
            return step;
        }
        if self.round.is_none() && !wanted {
            step.state = State::Idle;
            return step;
        }
        step.state = State::Connecting;
        let mut begun = self.round.unwrap_or(0);
        while begun < lives.len() {
            let waits = begun > 0
                && self.next.is_some_and(|next| next > now)
                && lives[..begun].iter().any(|life| life.state() == State::Connecting);
            // Those of this round that were begun and failed hold nobody up.
            let last_failed = begun > 0 && lives[begun - 1].state() == State::TransientFailure;
            if waits && !last_failed {
                break;
            }
            // One that is still left alone from before is passed by in this round.
            if lives[begun].state() == State::Idle {
                step.connect.push(begun);
                self.next = Some(now + HEAD_START);
                begun += 1;
                break;
            }
            begun += 1;
        }
        self.round = Some(begun);
        if begun < lives.len() {
            step.again = self.next;
        }
        let under_way =
            !step.connect.is_empty() || lives.iter().any(|life| matches!(life.state(), State::Connecting));
        if begun == lives.len() && !under_way {
            *self = Self { failed: Some(troubles(lives)), ..Self::default() };
            step.state = State::TransientFailure;
            step.resolve = true;
            step.connect = idle(lives);
            step.again = lives.iter().filter_map(Life::until).min();
        }
        step
    }

    /// The list is another, and is gone through from its head. What calls go to is kept if it is still there.
    pub(super) fn relist(&mut self, chosen: Option<usize>) {
        *self = Self { chosen, ..Self::default() };
    }

    /// The address that calls go to.
    pub(super) fn chosen(&self) -> Option<usize> {
        self.chosen
    }
}

fn troubles(lives: &[Life]) -> u64 {
    lives.iter().map(Life::troubles).sum()
}

fn idle(lives: &[Life]) -> Vec<usize> {
    lives.iter().enumerate().filter(|(_, life)| life.state() == State::Idle).map(|(at, _)| at).collect()
}
