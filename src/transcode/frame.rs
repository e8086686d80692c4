//! What an open message has been given so far.

use super::plan::{Field, Type};

/// Which fields and oneofs of a message have been seen: a bit each, those of the oneofs behind those of the fields.
#[derive(Debug)]
pub(super) struct Frame {
    first: [u64; FIRST],
    more: Vec<u64>,
    fields: usize,
}

/// So many words stand in the frame itself.
const FIRST: usize = 4;

impl Frame {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn new(type_: &Type) -> Self {
        let fields = type_.fields.len();
        let words = (fields + type_.oneofs.len()).div_ceil(64);
        let more = if words > FIRST { vec![0; words - FIRST] } else { Vec::new() };
        Self { first: [0; FIRST], more, fields }
    }

    /// Notes the field of this rank; `false` when it has been seen before.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn take(&mut self, rank: usize) -> bool {
        let (word, bit) = (rank / 64, 1 << (rank % 64));
        let Some(word) = self.first.get_mut(word).or_else(|| self.more.get_mut(word - FIRST)) else {
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

    fn has(&self, at: usize) -> bool {
        let word = self.first.get(at / 64).or_else(|| self.more.get((at / 64).wrapping_sub(FIRST)));
        word.is_some_and(|word| word & 1 << (at % 64) != 0)
    }
}
