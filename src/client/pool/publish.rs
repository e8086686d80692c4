//! What the driver tells those who pick: who takes calls, and what all of it is in.

use std::sync::Arc;

use tokio::time::Instant;

use crate::client::backoff::random;

use super::driver::Driver;
use super::error::{Kind, PoolError};
use super::life::{Life, State};
use super::picker::Picker;
use super::policy::{LoadBalancing, Step};

impl Driver {
    /// Whether calls may begin, and when to look again if not.
    pub(super) fn settle(&mut self, step: &Step, now: Instant) -> Option<Instant> {
        if self.settled || step.state != State::Ready {
            return None;
        }
        let until = *self.settles.get_or_insert(now + self.inner.options.settle);
        let connecting =
            |life: &Life| matches!(life.state(), State::Connecting | State::Idle) && !life.has_failed();
        let spreads = self.inner.options.policy != LoadBalancing::PickFirst;
        self.settled = !spreads || until <= now || !self.lives.iter().any(connecting);
        (!self.settled).then_some(until)
    }

    /// Tells it, and wakes those who wait if it is another than before.
    pub(super) fn publish(&mut self, step: &Step) {
        let ready: Vec<usize> =
            step.ready.iter().copied().filter(|at| !self.seats[*at].ejection.is_ejected()).collect();
        let mut state = step.state;
        if state == State::Ready && ready.is_empty() {
            state = State::TransientFailure;
            if let Some(at) = step.ready.first() {
                self.error = PoolError(Kind::Ejected(self.seats[*at].backend.peer().clone()));
            }
        }
        // Before there is a list there is nothing that has failed.
        if !self.listed {
            state = State::Connecting;
        }
        let inner = Arc::clone(&self.inner);
        let mut shared = inner.shared();
        let same = shared.picker.ready() == ready
            && shared.backends.len() == self.seats.len()
            && shared.backends.iter().zip(&self.seats).all(|(one, seat)| Arc::ptr_eq(one, &seat.backend));
        if !same || self.inner.options.weights().is_some() {
            let weights: Vec<f64> = match self.inner.options.weights() {
                Some(weights) => ready.iter().map(|at| self.seats[*at].backend.weight(weights)).collect(),
                None => Vec::new(),
            };
            // Who was next stays so, as far as that can be said.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // It is chance.
            let begin = shared
                .picker
                .turn()
                .filter(|_| !shared.picker.ready().is_empty())
                .map_or_else(|| (random() * f64::from(u32::MAX)) as u64, u64::from);
            let options = &self.inner.options;
            let picker = Picker::new(options.policy, ready, begin, &weights);
            shared.picker = picker.with_choices(options.choices);
            shared.backends = self.seats.iter().map(|seat| Arc::clone(&seat.backend)).collect();
        }
        shared.lives = self.lives.iter().map(Life::state).collect();
        let woken = !same || shared.state != state || shared.settled != self.settled;
        shared.state = state;
        shared.settled = self.settled;
        if state == State::TransientFailure {
            shared.error = self.error.clone();
        }
        drop(shared);
        if woken {
            self.inner.wake();
        }
    }
}
