//! What an open message has been given so far.

use std::cell::RefCell;

use super::plan::{Field, Type};

/// Which fields and oneofs of a message have been seen: a bit each, those of the oneofs behind those of the fields.
#[derive(Debug)]
pub(super) struct Frame {
    first: [u64; FIRST],
    more: More,
    fields: usize,
}

/// The words of a large type that do not stand in the frame: a `Vec` that another frame had before, most of the time.
#[derive(Debug, Default)]
struct More(Vec<u64>);

thread_local! {
    /// What frames of large types have left, one for each level that was open at once.
    static LEFT: RefCell<Vec<Vec<u64>>> = const { RefCell::new(Vec::new()) };
}

impl More {
    #[cold]
    fn new(words: usize) -> Self {
        let mut left = LEFT.with_borrow_mut(Vec::pop).unwrap_or_default();
        left.clear();
        left.resize(words, 0);
        Self(left)
    }
}

impl Drop for More {
    #[inline]
    fn drop(&mut self) {
        if self.0.capacity() > 0 {
            let words = std::mem::take(&mut self.0);
            // Where the thread is at its end, nobody needs them any more.
            let _ = LEFT.try_with(|left| left.borrow_mut().push(words));
        }
    }
}

/// So many words stand in the frame itself.
const FIRST: usize = 4;

impl Frame {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn new(type_: &Type) -> Self {
        let fields = type_.fields.len();
        let words = (fields + type_.oneofs.len()).div_ceil(64);
        let more = if words > FIRST { More::new(words - FIRST) } else { More::default() };
        Self { first: [0; FIRST], more, fields }
    }

    /// Notes the field of this rank; `false` when it has been seen before.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn take(&mut self, rank: usize) -> bool {
        let (word, bit) = (rank / 64, 1 << (rank % 64));
        let Some(word) = self.first.get_mut(word).or_else(|| self.more.0.get_mut(word - FIRST)) else {
            return true;
        };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Notes a member of this oneof; `false` when one has been seen before.
    #[inline]
    pub(super) fn take_oneof(&mut self, oneof: u16) -> bool {
        self.take(self.fields + usize::from(oneof))
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
        let word = self.first.get(at / 64).or_else(|| self.more.0.get((at / 64).wrapping_sub(FIRST)));
        word.is_some_and(|word| word & 1 << (at % 64) != 0)
    }
}
