//! What an open message has been given so far.

use super::plan::{Field, Type};

/// Which fields and oneofs of a message have been seen.
#[derive(Debug)]
pub(super) struct Frame {
    fields: Bits,
    oneofs: Bits,
}

impl Frame {
    pub(super) fn new(type_: &Type) -> Self {
        Self { fields: Bits::new(type_.fields.len()), oneofs: Bits::new(type_.oneofs.len()) }
    }

    /// Notes the field of this rank; `false` when it has been seen before.
    pub(super) fn take(&mut self, rank: usize) -> bool {
        self.fields.set(rank)
    }

    /// Notes a member of this oneof; `false` when one has been seen before.
    pub(super) fn take_oneof(&mut self, oneof: u16) -> bool {
        self.oneofs.set(usize::from(oneof))
    }

    /// The first required field that has not been seen.
    pub(super) fn missing<'t>(&self, type_: &'t Type) -> Option<&'t Field> {
        let missing = type_.required.iter().find(|&&rank| !self.fields.has(rank as usize))?;
        type_.fields.get(*missing as usize)
    }
}

/// A set of small numbers.
#[derive(Debug)]
struct Bits {
    first: [u64; 4],
    more: Vec<u64>,
}

impl Bits {
    fn new(most: usize) -> Self {
        Self { first: [0; 4], more: vec![0; most.div_ceil(64).saturating_sub(4)] }
    }

    fn set(&mut self, at: usize) -> bool {
        let (word, bit) = (at / 64, 1 << (at % 64));
        let Some(word) = self.first.get_mut(word).or_else(|| self.more.get_mut(word - 4)) else {
            return true;
        };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    fn has(&self, at: usize) -> bool {
        let word = self.first.get(at / 64).or_else(|| self.more.get((at / 64).wrapping_sub(4)));
        word.is_some_and(|word| word & 1 << (at % 64) != 0)
    }
}
