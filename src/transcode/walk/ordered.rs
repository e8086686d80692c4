//! A message whose fields stand in the order of their numbers, handed on as it is read.

use super::super::plan::{Count, Field, Presence, Tag, Type, WireType};
use super::super::reader;
use super::super::sink::Sink;
use super::super::window::eight;
use super::{DEPTH, Required, Slice, Stop, Walk, value};

/// What is noted of the fields of a message that came: the oneofs that have a member, and how many required fields.
#[derive(Default)]
struct Seen {
    oneofs: u64,
    required: usize,
}

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// The fields of a message between two places.
    pub(super) fn ordered(&mut self, type_: &'p Type, slice: Slice) -> Result<(), Stop> {
        let (wire, Slice { start: mut at, end }) = (self.wire, slice);
        // The lowest rank that may come next.
        let (mut lowest, mut seen) = (0, Seen::default());
        let mut successor = &type_.first;
        if type_.oneofs.len() > 64 || end > wire.len() {
            return Err(Stop::Disorder);
        }
        while at < end {
            let guess = successor.get();
            let (rank, field, wire_type, behind) = match type_.fields.get(guess) {
                Some(field) if guess >= lowest && stands(wire, at, field.tag) => {
                    (guess, field, field.tag.wire_type(), at + usize::from(field.tag.length))
                }
                _ if let Some((rank, field)) = known(type_, wire, at)
                    && rank >= lowest =>
                {
                    successor.learn(rank);
                    (rank, field, field.tag.wire_type(), at + usize::from(field.tag.length))
                }
                _ => match self.sought(type_, at, end)? {
                    Found::Field(rank, wire_type, behind) => {
                        successor.learn(rank);
                        let Some(field) = type_.fields.get(rank).filter(|_| rank >= lowest) else {
                            return Err(Stop::Disorder);
                        };
                        (rank, field, wire_type, behind)
                    }
                    Found::Unknown(next) => {
                        at = next;
                        continue;
                    }
                },
            };
            if self.defaults {
                self.all_absent(type_, lowest, rank);
            }
            (lowest, successor) = (rank + 1, &field.next);
            at = match field.plain {
                Some(kind) => self.value::<{ value::FIELD }>(kind, wire, field, behind, end),
                None => match field.listed {
                    Some(kind) if wire_type == field.tag.wire_type() => {
                        self.straight_list(kind, field, behind, end)
                    }
                    _ => self.noted(field, wire_type, behind, end, &mut seen),
                },
            }
            .map_err(|stop| stop.inside(field))?;
        }
        if self.defaults {
            self.all_absent(type_, lowest, type_.fields.len());
        }
        if self.required == Required::Demanded && seen.required < type_.required.len() {
            // The index says which one it is.
            return Err(Stop::Disorder);
        }
        Ok(())
    }

    /// A field of which something is to be noted, or a list, or a map; answers the place behind it.
    #[inline(never)]
    fn noted(
        &mut self,
        field: &'p Field,
        wire_type: WireType,
        at: usize,
        end: usize,
        seen: &mut Seen,
    ) -> Result<usize, Stop> {
        match field.count {
            Count::One => {
                if field.closed
                    && let Some(behind) = self.unknown_number(field, at, end)?
                {
                    return Ok(behind);
                }
                if let Some(oneof) = field.oneof {
                    let bit = 1 << oneof;
                    if seen.oneofs & bit != 0 {
                        return Err(Stop::Disorder);
                    }
                    seen.oneofs |= bit;
                }
                seen.required += usize::from(field.presence == Presence::Required);
                self.noted_value(field, at, end)
            }
            Count::List => self.list(field, wire_type, at, end),
            Count::Map => self.map(field, wire_type, at, end),
        }
    }

    /// What stands at `at`, where it is not what was expected. Something unknown is handed on.
    #[inline(never)]
    fn sought(&mut self, type_: &'p Type, at: usize, end: usize) -> Result<Found, Stop> {
        let wire = self.wire;
        let (key, behind) = reader::key(wire, at, end)?;
        if let Some(rank) = type_.rank_of(key.number) {
            let field = &type_.fields[rank];
            if field.count == Count::One && key.wire_type != field.wire_type {
                return Err(self.wrong_wire_type(field, key.wire_type, at).inside(field));
            }
            return Ok(Found::Field(rank, key.wire_type, behind));
        }
        let (content, next) = reader::skip(wire, behind, end, key, DEPTH - self.depth)?;
        if S::UNKNOWN {
            let bytes = wire.get(behind..content).unwrap_or_default();
            self.sink.unknown(key.number, key.wire_type as u32, bytes);
        }
        Ok(Found::Unknown(next))
    }

    #[inline(never)]
    pub(super) fn noted_value(&mut self, field: &'p Field, at: usize, end: usize) -> Result<usize, Stop> {
        self.value::<{ value::FIELD }>(field.kind, self.wire, field, at, end)
    }

    #[cold]
    #[inline(never)]
    pub(super) fn all_absent(&mut self, type_: &'p Type, from: usize, to: usize) {
        for field in type_.fields.get(from..to).unwrap_or_default() {
            self.absent(field);
        }
    }

    /// The wire type that stands at `at` and the place behind it, if it is the same field's again.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn again(&self, field: &Field, at: usize, end: usize) -> Option<(WireType, usize)> {
        let Some(window) = eight(self.wire, at) else {
            return match reader::key(self.wire, at, end) {
                Ok((key, behind)) if key.number == field.number => Some((key.wire_type, behind)),
                _ => None,
            };
        };
        // The lowest three bits are the wire type: the same field may come in another one.
        let behind = at + usize::from(field.tag.length);
        if (window ^ field.tag.bytes) & field.tag.mask & !7 != 0 || behind > end {
            return None;
        }
        WireType::of((window & 7) as u32).map(|wire_type| (wire_type, behind))
    }

    /// A map, whose entries stand one after the other.
    #[inline(never)]
    fn map(
        &mut self,
        field: &'p Field,
        mut wire_type: WireType,
        mut at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        if let Some(entry) = field.entry()
            && wire_type == WireType::Delimited
            && !entry.value.closed
        {
            return self.straight_map(field, entry, at, end);
        }
        let from = self.arena.pairs.len();
        let slices = self.arena.slices.len();
        loop {
            if wire_type != WireType::Delimited {
                return Err(self.wrong_wire_type(field, wire_type, at));
            }
            at = self.pair(field, at, end)?;
            match self.again(field, at, end) {
                Some(next) if at < end => (wire_type, at) = next,
                _ => break,
            }
        }
        self.pairs(field, from, true)?;
        self.arena.pairs.truncate(from);
        self.arena.slices.truncate(slices);
        Ok(at)
    }
}

/// What was found by its number.
enum Found {
    /// The rank of a field, its wire type, and the place behind its tag.
    Field(usize, WireType, usize),
    /// Nothing that the type has; the place behind it.
    Unknown(usize),
}

/// The field whose tag of one or two bytes stands at `at`, if it is written as that field mostly is.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn known<'p>(type_: &'p Type, wire: &[u8], at: usize) -> Option<(usize, &'p Field)> {
    let window = eight(wire, at)?;
    let long = (window >> 7 & 1) * 0x3f80;
    let tag = window & 0x7f | window >> 1 & long;
    let rank = type_.rank_of_small((tag >> 3) as usize)?;
    let field = type_.fields.get(rank)?;
    ((window ^ field.tag.bytes) & field.tag.mask == 0).then_some((rank, field))
}

/// Whether this tag stands at `at`; where it does, it may go beyond the end of its message.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn follows(wire: &[u8], at: usize, end: usize, tag: Tag) -> bool {
    match eight(wire, at) {
        Some(window) => (window ^ tag.bytes) & tag.mask == 0,
        None => follows_at_end(wire, at, end, tag),
    }
}

#[cold]
#[inline(never)]
fn follows_at_end(wire: &[u8], at: usize, end: usize, tag: Tag) -> bool {
    let bytes = &tag.bytes.to_le_bytes()[..usize::from(tag.length)];
    wire.get(at..end).is_some_and(|rest| rest.starts_with(bytes))
}

/// Whether this tag stands at `at`. It may also be there and not be seen, near the end of the bytes; where it is seen, it
/// may go beyond the end of its message.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn stands(wire: &[u8], at: usize, tag: Tag) -> bool {
    let Some(window) = eight(wire, at) else { return false };
    (window ^ tag.bytes) & tag.mask == 0
}
