//! What a walk notes of a message that is out of order; kept between walks, so that it is made once.

use std::cell::Cell;

use super::Slice;

/// Notes of the messages that are open, innermost last: each takes back what it noted.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Parts of messages.
    pub(super) slices: Vec<Slice>,
    /// Values found in a message.
    pub(super) entries: Vec<Entry>,
    /// Of each message that is open, the ranks of its entries and their places among them, sorted.
    pub(super) sorted: Vec<u64>,
    /// The state of each oneof of a message.
    pub(super) oneofs: Vec<Oneof>,
    /// Entries of a map.
    pub(super) pairs: Vec<Pair>,
    /// Places of pairs, to be sorted by their keys.
    pub(super) order: Vec<u32>,
    /// A text that is put together from several.
    pub(super) text: Vec<u8>,
}

/// One value found in a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// The field's place in its type; [`Entry::UNKNOWN`] when the type does not have it.
    pub(super) rank: u32,
    /// Its number on the wire.
    pub(super) number: u32,
    pub(super) wire_type: super::super::plan::WireType,
    /// Where the value begins, behind its tag, and where it ends; of a group that is before its end tag.
    pub(super) slice: Slice,
}

impl Entry {
    pub(super) const UNKNOWN: u32 = u32::MAX;
    /// A member of a oneof that a later member has replaced.
    pub(super) const REPLACED: u32 = u32::MAX - 1;
}

/// The last member of a oneof, and the turn from which on it was the last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oneof {
    pub(super) rank: u32,
    pub(super) since: u32,
}

impl Oneof {
    pub(super) const EMPTY: Self = Self { rank: u32::MAX, since: 0 };
}

/// One entry of a map.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// The key as a number; of a text, its first bytes.
    pub(super) key: u64,
    /// Where the key's text is.
    pub(super) text: Slice,
    /// The value's slices in the arena, or, of a scalar, where it begins behind its tag, and where its entry ends.
    pub(super) values: (usize, usize),
    /// Whether a later entry has the same key.
    pub(super) dropped: bool,
}

/// Notes, taken from those that this thread keeps when they are first needed.
#[derive(Debug, Default)]
pub(super) struct Arena(Option<Box<Notes>>);

thread_local! {
    static KEPT: Cell<Option<Box<Notes>>> = const { Cell::new(None) };
}

/// Notes that have grown beyond this many slices, entries, pairs or bytes are not kept.
const MOST_KEPT: usize = 1 << 16;

impl Arena {
    pub(super) fn clear(&mut self) {
        if let Some(notes) = &mut self.0 {
            notes.clear();
        }
    }
}

impl Notes {
    fn clear(&mut self) {
        self.slices.clear();
        self.entries.clear();
        self.sorted.clear();
        self.oneofs.clear();
        self.pairs.clear();
        self.order.clear();
        self.text.clear();
    }
}

impl std::ops::Deref for Arena {
    type Target = Notes;

    fn deref(&self) -> &Notes {
        // Nothing is looked at before something was noted.
        static NOTHING: Notes = Notes {
            slices: Vec::new(),
            entries: Vec::new(),
            sorted: Vec::new(),
            oneofs: Vec::new(),
            pairs: Vec::new(),
            order: Vec::new(),
            text: Vec::new(),
        };
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl std::ops::DerefMut for Arena {
    #[inline]
    fn deref_mut(&mut self) -> &mut Notes {
        self.0.get_or_insert_with(|| KEPT.take().unwrap_or_default())
    }
}

impl Drop for Arena {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn drop(&mut self) {
        if self.0.is_some() {
            self.leave();
        }
    }
}

impl Arena {
    #[cold]
    #[inline(never)]
    fn leave(&mut self) {
        let Some(mut notes) = self.0.take() else { return };
        let most = notes
            .slices
            .capacity()
            .max(notes.entries.capacity())
            .max(notes.sorted.capacity())
            .max(notes.pairs.capacity())
            .max(notes.text.capacity());
        if most <= MOST_KEPT {
            notes.clear();
            KEPT.set(Some(notes));
        }
    }
}
