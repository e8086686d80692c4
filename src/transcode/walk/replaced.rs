//! What a later value replaces: nobody is handed it, and what is wrong in it is wrong all the same.

use super::super::nothing::Nothing;
use super::super::plan::{Field, Kind, Type, Types};
use super::super::reader;
use super::super::sink::{Sink, Span};
use super::super::utf8;
use super::arena::{Arena, Entry, Pair};
use super::{Order, Required, Slice, Stop, Walk};

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// Looks that a value is whole; of a message the slice is its content, of others what is behind the tag.
    #[cold]
    pub(super) fn look_at(&self, field: &'p Field, slice: Slice) -> Result<(), Stop> {
        if field.kind.is_message() {
            let Some(type_) = self.types.of(field) else { return Ok(()) };
            return self.message_in(self.types, type_, slice);
        }
        if field.kind == Kind::String && (field.utf8 || S::WELL_KNOWN) {
            let (start, end) = reader::delimited(self.wire, slice.start, slice.end)?;
            if !utf8::is_utf8(Span::new(self.wire, start, end)) {
                return Err(Stop::broken(format!("a string is not UTF-8, at byte {start}")));
            }
        }
        Ok(())
    }

    /// Looks that the members of oneofs that later ones replaced are whole: these entries of the arena.
    #[cold]
    pub(super) fn look_at_members(&self, type_: &'p Type, entries: (usize, usize)) -> Result<(), Stop> {
        for entry in &self.arena.entries[entries.0..entries.1] {
            if entry.rank == Entry::REPLACED
                && let Some(field) = type_.rank_of(entry.number).and_then(|rank| type_.fields.get(rank))
            {
                self.look_at(field, entry.slice).map_err(|stop| stop.inside(field))?;
            }
        }
        Ok(())
    }

    /// Looks that the value of a map's entry is whole.
    #[cold]
    pub(super) fn look_at_pair(&self, value: &'p Field, pair: Pair) -> Result<(), Stop> {
        let (from, to) = pair.values;
        match (value.kind.is_message(), from) {
            (true, _) => {
                let mut parts = self.arena.slices[from..to].iter();
                parts.try_for_each(|part| self.look_at(value, *part))
            }
            (false, usize::MAX) => Ok(()),
            (false, start) => self.look_at(value, Slice { start, end: to }),
        }
    }

    /// Looks that a slice is a message of this type; parts of one need not have what is required.
    pub(super) fn message_in(&self, types: &'p Types, type_: &'p Type, slice: Slice) -> Result<(), Stop> {
        let (home, wire, end, depth) = (self.home, self.wire, self.end, self.depth);
        let (sink, required, order, arena) = (Nothing, Required::Optional, Order::Indexed, Arena::default());
        let mut walk = Walk { types, home, wire, end, sink, required, defaults: false, order, depth, arena };
        walk.nested(|walk| walk.message(type_, slice))
    }
}
