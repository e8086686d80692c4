//! What an open message has been given so far.

use std::cell::RefCell;

use super::plan::{Field, Type};

/// Which fields and oneofs of a message have been seen: a bit each, those of the oneofs behind those of the fields.
#[derive(Debug)]
pub(super) struct Frame {
    first: [u64; FIRST],
    /// The words of a large type that do not stand here: a `Vec` that another frame had before, most of the time.
    more: Option<Vec<u64>>,
    fields: usize,
}

thread_local! {
    /// What frames of large types have left, one for each level that was open at once.
    static LEFT: RefCell<Vec<Vec<u64>>> = const { RefCell::new(Vec::new()) };
}

/// So many words stand in the frame itself.
const FIRST: usize = 4;

impl Frame {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn new(type_: &Type) -> Self {
        let fields = type_.fields.len();
        let bits = fields + type_.oneofs.len();
        let more = if bits > 64 * FIRST { Some(Self::more(bits)) } else { None };
        Self { first: [0; FIRST], more, fields }
    }

    #[cold]
    #[inline(never)]
    fn more(bits: usize) -> Vec<u64> {
        let mut left = LEFT.with_borrow_mut(Vec::pop).unwrap_or_default();
        left.clear();
        left.resize(bits.div_ceil(64) - FIRST, 0);
        left
    }

    /// Notes the field of this rank; `false` when it has been seen before.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn take(&mut self, rank: usize) -> bool {
        let Some(word) = self.first.get_mut(rank / 64) else { return self.take_more(rank) };
        let bit = 1 << (rank % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[cold]
    #[inline(never)]
    fn take_more(&mut self, rank: usize) -> bool {
        let word = self.more.as_mut().and_then(|more| more.get_mut(rank / 64 - FIRST));
        let Some(word) = word else { return true };
        let bit = 1 << (rank % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Notes a member of this oneof; `false` when one has been seen before.
    #[inline]
    pub(super) fn take_oneof(&mut self, oneof: u16) -> bool {
        self.take(self.fields + usize::from(oneof))
    }

    /// Leaves what it had of a large type to the next; where that is not done, the next makes its own.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn end(self) {
        if let Some(more) = self.more {
            Self::leave(more);
        }
    }

    #[cold]
    #[inline(never)]
    fn leave(more: Vec<u64>) {
        LEFT.with_borrow_mut(|left| left.push(more));
    }

    /// The first required field that has not been seen.
    #[inline]
    pub(super) fn missing<'t>(&self, type_: &'t Type) -> Option<&'t Field> {
        if type_.required.is_empty() {
            return None;
        }
        let missing = type_.required.iter().find(|&&rank| !self.has(rank as usize))?;
        type_.fields.get(*missing as usize)
    }

    /// The field that has been seen of the oneof that this one is in; `None` when there are several, of which all but
    /// one were `null`.
    #[cold]
    pub(super) fn other_of_oneof<'t>(&self, type_: &'t Type, than: &Field) -> Option<&'t Field> {
        let is_other = |field: &Field| field.oneof == than.oneof && field.number != than.number;
        let seen = type_.fields.iter().enumerate().filter(|(rank, field)| is_other(field) && self.has(*rank));
        let mut others = seen.map(|(_, field)| field);
        others.next().filter(|_| others.next().is_none())
    }

    fn has(&self, at: usize) -> bool {
        let more = || self.more.as_ref()?.get((at / 64).wrapping_sub(FIRST));
        let word = self.first.get(at / 64).or_else(more);
        word.is_some_and(|word| word & 1 << (at % 64) != 0)
    }
}
