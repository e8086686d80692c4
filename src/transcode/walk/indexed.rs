//! A message in any order and in several parts: first noted, then handed on in the order of its fields.

#![expect(
    clippy::cast_possible_truncation,
    reason = "a kind of 32 bits has the lower half of what stands in a varint"
)]

use super::super::nothing::Nothing;
use super::super::plan::{Count, Field, Kind, Type, WireType};
use super::super::reader;
use super::super::sink::Sink;
use super::arena::{Arena, Entry, Oneof};
use super::list::List;
use super::ordered::{follows, known};
use super::{DEPTH, Order, Required, Slice, Stop, Walk};

impl<'p, 'w, S: Sink<'p>> Walk<'p, 'w, S> {
    /// The fields of a message that is these slices of the arena, merged.
    pub(super) fn indexed(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        let (from, sorted) = (self.arena.entries.len(), self.arena.sorted.len());
        self.index(type_, slices)?;
        let notes = &mut *self.arena;
        let places = (0_u64..).zip(&notes.entries[from..]);
        notes.sorted.extend(places.map(|(place, entry)| u64::from(entry.rank) << 32 | place));
        // Sorted by the place too, this keeps the order of what is of one field.
        notes.sorted[sorted..].sort_unstable();
        let to = notes.sorted.len();
        let (mut at, mut lowest) = (sorted, 0);
        while at < to {
            let rank = self.arena.sorted[at] >> 32;
            let same = |sorted: &u64| sorted >> 32 == rank;
            let count = self.arena.sorted[at..to].iter().take_while(|sorted| same(sorted)).count();
            let rank = usize::try_from(rank).unwrap_or(usize::MAX);
            let Some(field) = type_.fields.get(rank) else { break };
            if self.defaults {
                self.all_absent(type_, lowest, rank);
            }
            lowest = rank + 1;
            self.of_field(field, from, (at, at + count)).map_err(|stop| stop.inside(field))?;
            at += count;
        }
        if self.required == Required::Demanded {
            let sorted = &self.arena.sorted[sorted..to];
            let has =
                |rank: u32| sorted.binary_search_by_key(&u64::from(rank), |sorted| sorted >> 32).is_ok();
            if let Some(&rank) = type_.required.iter().find(|&&rank| !has(rank)) {
                return Err(Self::missing(type_, &type_.fields[rank as usize]));
            }
        }
        if self.defaults {
            self.all_absent(type_, lowest, type_.fields.len());
        }
        for sorted in at..to {
            let Entry { rank, number, wire_type, slice } = self.entry(from, sorted);
            if rank == Entry::REPLACED {
                let member = type_.rank_of(number).and_then(|rank| type_.fields.get(rank));
                member
                    .map_or(Ok(()), |field| self.look_at(field, slice).map_err(|stop| stop.inside(field)))?;
            } else if S::UNKNOWN {
                let bytes = self.wire.get(slice.start..slice.end).unwrap_or_default();
                self.sink.unknown(number, wire_type as u32, bytes);
            }
        }
        self.arena.sorted.truncate(sorted);
        self.arena.entries.truncate(from);
        Ok(())
    }

    /// The entry that is noted at this place of the sorted ones; those of its message begin at `from`.
    #[inline]
    fn entry(&self, from: usize, sorted: usize) -> Entry {
        self.arena.entries[from + self.arena.sorted[sorted] as u32 as usize]
    }

    /// Notes all values of this level.
    fn index(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        let wire = self.wire;
        let (from, oneofs) = (self.arena.entries.len(), self.arena.oneofs.len());
        self.arena.oneofs.resize(oneofs + type_.oneofs.len(), Oneof::EMPTY);
        for place in slices.0..slices.1 {
            let Slice { start: mut at, end } = self.arena.slices[place];
            while at < end {
                if let Some((entry, next)) = self.plain_entry(type_, at, end) {
                    self.arena.entries.push(entry);
                    at = next;
                    continue;
                }
                let (key, behind) = reader::key(wire, at, end)?;
                let (content, next) = reader::skip(wire, behind, end, key, DEPTH - self.depth)?;
                let turn = self.arena.entries.len() as u32;
                let mut entry = Entry {
                    rank: Entry::UNKNOWN,
                    number: key.number,
                    wire_type: key.wire_type,
                    slice: Slice { start: behind, end: content },
                };
                if type_.message_set && key.number == 1 && key.wire_type == WireType::StartGroup {
                    self.set_item(type_, &mut entry)?;
                } else if let Some(rank) = type_.rank_of(key.number) {
                    let field = &type_.fields[rank];
                    entry.rank = u32::try_from(rank).unwrap_or(Entry::UNKNOWN);
                    if field.count == Count::One {
                        if key.wire_type != field.kind.wire_type() {
                            return Err(self.wrong_wire_type(field, key.wire_type, at).inside(field));
                        }
                        if field.kind == Kind::Enum
                            && field.closed
                            && self.is_unknown_number(field, entry.slice)?
                        {
                            entry.rank = Entry::UNKNOWN;
                        }
                    }
                    if let (Some(oneof), true) = (field.oneof, entry.rank != Entry::UNKNOWN) {
                        let state = &mut self.arena.oneofs[oneofs + usize::from(oneof)];
                        if state.rank != entry.rank {
                            *state = Oneof { rank: entry.rank, since: turn };
                        }
                    }
                }
                self.arena.entries.push(entry);
                at = next;
            }
        }
        if !type_.oneofs.is_empty() {
            let notes = &mut *self.arena;
            for (turn, entry) in (0..).zip(&mut notes.entries).skip(from) {
                let oneof = type_.fields.get(entry.rank as usize).and_then(|field| field.oneof);
                if let Some(oneof) = oneof {
                    let last = notes.oneofs[oneofs + usize::from(oneof)];
                    if last.rank != entry.rank || turn < last.since {
                        entry.rank = Entry::REPLACED;
                    }
                }
            }
        }
        self.arena.oneofs.truncate(oneofs);
        Ok(())
    }

    fn is_unknown_number(&self, field: &'p Field, slice: Slice) -> Result<bool, Stop> {
        let (raw, _) = reader::varint(self.wire, slice.start, slice.end)?;
        Ok(self.types.enum_of(field).is_none_or(|e| e.name_of(raw as i32).is_none()))
    }

    /// An item of a `MessageSet`: its type's number, and its message, in any order.
    fn set_item(&mut self, type_: &'p Type, entry: &mut Entry) -> Result<(), Stop> {
        let (wire, Slice { start: mut at, end }) = (self.wire, entry.slice);
        let (mut number, mut message) = (None, None);
        while at < end {
            let (key, behind) = reader::key(wire, at, end)?;
            let next = reader::skip(wire, behind, end, key, DEPTH - self.depth)?.1;
            match (key.number, key.wire_type) {
                (2, WireType::Varint) => number = u32::try_from(reader::varint(wire, behind, end)?.0).ok(),
                (3, WireType::Delimited) => message = Some(Slice { start: behind, end: next }),
                _ => {}
            }
            at = next;
        }
        let (Some(number), Some(message)) = (number, message) else { return Ok(()) };
        if let Some(rank) = type_.rank_of(number).filter(|&rank| type_.fields[rank].set_item) {
            entry.rank = u32::try_from(rank).unwrap_or(Entry::UNKNOWN);
            (entry.number, entry.wire_type) = (number, WireType::Delimited);
            entry.slice = message;
        }
        Ok(())
    }

    /// A value that needs no more than to be noted, and the place behind it: in no oneof, of no closed enum, no group, and
    /// behind its tag as it is mostly written.
    #[inline]
    fn plain_entry(&self, type_: &'p Type, at: usize, end: usize) -> Option<(Entry, usize)> {
        let (rank, field) = known(type_, self.wire, at)?;
        if !(field.plain.is_some() || field.listed.is_some() || field.count == Count::Map) {
            return None;
        }
        let (wire, behind) = (self.wire, at + usize::from(field.tag.length));
        let next = match field.tag.wire_type() {
            WireType::Varint => reader::varint(wire, behind, end).ok()?.1,
            WireType::Delimited => reader::delimited(wire, behind, end).ok()?.1,
            WireType::Fixed32 => reader::fixed32(wire, behind, end).ok()?.1,
            WireType::Fixed64 => reader::fixed64(wire, behind, end).ok()?.1,
            WireType::StartGroup | WireType::EndGroup => return None,
        };
        let (rank, slice) = (u32::try_from(rank).ok()?, Slice { start: behind, end: next });
        Some((Entry { rank, number: field.number, wire_type: field.tag.wire_type(), slice }, next))
    }

    /// All values of one field, which are those of the sorted entries from where up to where; the entries of their message
    /// begin at `first`.
    fn of_field(&mut self, field: &'p Field, first: usize, (from, to): (usize, usize)) -> Result<(), Stop> {
        match field.count {
            Count::One if field.kind.is_message() => {
                let slices = self.arena.slices.len();
                for place in from..to {
                    let Slice { mut start, end } = self.entry(first, place).slice;
                    if field.kind == Kind::Message {
                        (start, _) = reader::delimited(self.wire, start, end)?;
                    }
                    self.arena.slices.push(Slice { start, end });
                }
                self.sink.field(field);
                self.merged(field, (slices, self.arena.slices.len()))?;
                self.arena.slices.truncate(slices);
            }
            Count::One => {
                // The earlier ones are looked at too: what is wrong in them is wrong.
                for place in from..to - 1 {
                    let slice = self.entry(first, place).slice;
                    self.look_at(field, slice)?;
                }
                let Slice { start, end } = self.entry(first, to - 1).slice;
                self.noted_value(field, start, end)?;
            }
            Count::List => {
                if let Some(kind) = field.listed
                    && let Some(Slice { start, end }) = self.in_a_row(field, first, (from, to))
                {
                    return self.straight_list(kind, field, start, end).map(drop);
                }
                let mut list = List::default();
                for place in from..to {
                    let Entry { wire_type, slice, .. } = self.entry(first, place);
                    // The end of a group is behind its content, and its tag is looked for again.
                    let end = if wire_type == WireType::StartGroup { self.end } else { slice.end };
                    self.elements(field, wire_type, slice.start, end, &mut list)?;
                }
                self.end_list(field, list);
            }
            Count::Map => {
                let (pairs, slices) = (self.arena.pairs.len(), self.arena.slices.len());
                for place in from..to {
                    let Entry { wire_type, slice, .. } = self.entry(first, place);
                    if wire_type != WireType::Delimited {
                        return Err(self.wrong_wire_type(field, wire_type, slice.start));
                    }
                    self.pair(field, slice.start, slice.end)?;
                }
                self.pairs(field, pairs, true)?;
                self.arena.pairs.truncate(pairs);
                self.arena.slices.truncate(slices);
            }
        }
        Ok(())
    }

    /// Where the values of a list are, if they are as [`Walk::straight_list`] wants them: one chunk, or one after the other,
    /// each behind the same tag.
    #[inline]
    fn in_a_row(&self, field: &Field, first: usize, (from, to): (usize, usize)) -> Option<Slice> {
        let begin = self.entry(first, from);
        let Slice { start, mut end } = begin.slice;
        if begin.wire_type != field.tag.wire_type() || (field.packed && to - from > 1) {
            return None;
        }
        for place in from + 1..to {
            let Slice { start, end: next } = self.entry(first, place).slice;
            if start != end + usize::from(field.tag.length) || !follows(self.wire, end, start, field.tag) {
                return None;
            }
            end = next;
        }
        Some(Slice { start, end })
    }

    /// Looks that a value that a later one replaces is whole: what is wrong in it is wrong. It begins behind its tag.
    #[cold]
    pub(super) fn look_at(&mut self, field: &'p Field, slice: Slice) -> Result<(), Stop> {
        let Slice { start, end } = slice;
        if field.kind == Kind::String {
            let (start, end) = reader::delimited(self.wire, start, end)?;
            return self.string(field, start, end).map(drop);
        }
        // The end of a group is behind its content, and its tag is looked for again.
        let end = if field.kind == Kind::Group { self.end } else { end };
        self.look(|walk| walk.bare_value(field, start, end).map(drop))
    }

    /// Goes over a part of the same bytes, and keeps nothing of it.
    #[cold]
    pub(super) fn look(
        &mut self,
        inner: impl FnOnce(&mut Walk<'p, 'w, Nothing>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let arena = std::mem::take(&mut self.arena);
        let mut walk = self.with_nothing(arena);
        let looked = inner(&mut walk);
        self.arena = walk.arena;
        looked
    }

    /// The same walk into nothing.
    pub(super) fn with_nothing(&self, arena: Arena) -> Walk<'p, 'w, Nothing> {
        let Walk { types, home, wire, end, depth, .. } = *self;
        let (sink, order, required) = (Nothing, Order::Indexed, Required::Optional);
        Walk { types, home, wire, end, sink, required, defaults: false, order, depth, arena }
    }
}
