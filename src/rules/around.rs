//! The world as the program of a rule sees it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, MutexGuard, PoisonError};

use super::memory::{Memory, mix};
use super::store::Store;
use super::types::Types;
use crate::query::{Val, World};

/// Around one run.
pub(super) struct Around {
    memory: Arc<Memory>,
    types: Arc<Types>,
    chance: Cell<u64>,
    /// What is remembered, while it is lent to the run.
    store: RefCell<Store>,
}

impl Around {
    pub(super) fn new(memory: &Arc<Memory>, types: &Arc<Types>, chance: u64) -> Self {
        let (memory, types) = (Arc::clone(memory), Arc::clone(types));
        Self { memory, types, chance: Cell::new(chance), store: RefCell::default() }
    }

    /// Lends the run what is remembered, for as long as nobody else may change it. With [`Patience::None`] nothing
    /// is lent when somebody else has it.
    pub(super) fn lend(&self, patience: Patience) -> Option<Lent<'_>> {
        let memory = &self.memory.store;
        let guard = match patience {
            Patience::Some => memory.lock().unwrap_or_else(PoisonError::into_inner),
            Patience::None => memory.try_lock().ok()?,
        };
        let mut lent = Lent { around: self, guard };
        lent.swap();
        Some(lent)
    }

    /// As [`Store::merge`] on what is lent.
    pub(super) fn remember(&self, patch: &Val) -> Result<Val, String> {
        self.store.borrow_mut().merge(patch)
    }

    /// As [`Store::undo`] on what is lent.
    pub(super) fn undo(&self, undo: &Val) {
        self.store.borrow_mut().undo(undo);
    }
}

/// Whether one waits for what somebody else has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    Some,
    None,
}

/// What is remembered goes back when this is dropped.
pub(super) struct Lent<'a> {
    around: &'a Around,
    guard: MutexGuard<'a, Store>,
}

impl Lent<'_> {
    fn swap(&mut self) {
        std::mem::swap(&mut *self.guard, &mut *self.around.store.borrow_mut());
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.swap();
    }
}

impl World for Around {
    fn state(&self) -> Val {
        self.store.borrow().val()
    }

    fn random(&self) -> u64 {
        let chance = self.chance.get().wrapping_add(1);
        self.chance.set(chance);
        mix(chance)
    }

    fn now(&self) -> f64 {
        self.memory.now()
    }

    fn encode(&self, name: &str, val: &Val) -> Result<Vec<u8>, String> {
        self.types.encode(name, val)
    }

    fn decode(&self, name: &str, wire: &[u8]) -> Result<Val, String> {
        self.types.decode(name, wire)
    }
}

/// The same for a run that rests: who pulls it has the world too.
pub(super) struct Shared(pub(super) Rc<Around>);

impl World for Shared {
    fn state(&self) -> Val {
        self.0.state()
    }

    fn random(&self) -> u64 {
        self.0.random()
    }

    fn now(&self) -> f64 {
        self.0.now()
    }

    fn encode(&self, name: &str, val: &Val) -> Result<Vec<u8>, String> {
        self.0.encode(name, val)
    }

    fn decode(&self, name: &str, wire: &[u8]) -> Result<Val, String> {
        self.0.decode(name, wire)
    }
}
