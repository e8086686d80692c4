//! A message whose fields stand in the order of their numbers, handed on as it is read.

use super::super::plan::{Count, Field, Kind, Presence, Tag, Type, WireType};
use super::super::reader;
use super::super::sink::Sink;
use super::super::window::eight;
use super::{DEPTH, Required, Slice, Stop, Walk, value};

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// The fields of a message between two places.
    pub(super) fn ordered(&mut self, type_: &'p Type, slice: Slice) -> Result<(), Stop> {
        let (wire, Slice { start: mut at, end }) = (self.wire, slice);
        // The lowest rank that may come next, the oneofs that have a member, and how many required fields came.
        let (mut lowest, mut oneofs, mut required) = (0, 0_u64, 0);
        let mut successor = &type_.first;
        if type_.oneofs.len() > 64 {
            return Err(Stop::Disorder);
        }
        while at < end {
            let guess = successor.get();
            let (rank, wire_type, behind) = match type_.fields.get(guess) {
                Some(field) if stands(wire, at, end, field.tag) => {
                    (guess, field.tag.wire_type(), at + usize::from(field.tag.length))
                }
                _ => match self.sought(type_, at, end)? {
                    Found::Field(rank, wire_type, behind) => {
                        successor.learn(rank);
                        (rank, wire_type, behind)
                    }
                    Found::Unknown(next) => {
                        at = next;
                        continue;
                    }
                },
            };
            let Some(field) = type_.fields.get(rank) else { break };
            if rank < lowest {
                return Err(Stop::Disorder);
            }
            if self.defaults {
                self.all_absent(type_, lowest, rank);
            }
            (lowest, successor) = (rank + 1, &field.next);
            if field.is_plain && wire_type == field.wire_type {
                // Nothing is to be noted of it, and nothing to be looked for.
                at = self.value::<{ value::FIELD }>(field, behind, end).map_err(|stop| stop.inside(field))?;
                continue;
            }
            at = match field.count {
                Count::One => {
                    if wire_type != field.wire_type {
                        return Err(self.wrong_wire_type(field, wire_type, at).inside(field));
                    }
                    if field.closed
                        && let Some(behind) = self.unknown_number(field, behind, end)?
                    {
                        at = behind;
                        continue;
                    }
                    if let Some(oneof) = field.oneof {
                        let bit = 1 << oneof;
                        if oneofs & bit != 0 {
                            return Err(Stop::Disorder);
                        }
                        oneofs |= bit;
                    }
                    required += usize::from(field.presence == Presence::Required);
                    self.noted_value(field, behind, end)
                }
                Count::List => self.list(field, wire_type, behind, end),
                Count::Map => self.map(field, wire_type, behind, end),
            }
            .map_err(|stop| stop.inside(field))?;
        }
        if self.defaults {
            self.all_absent(type_, lowest, type_.fields.len());
        }
        if self.required == Required::Demanded && required < type_.required.len() {
            // The index says which one it is.
            return Err(Stop::Disorder);
        }
        Ok(())
    }

    /// What stands at `at`, where it is not what was expected. Something unknown is handed on.
    #[inline(never)]
    fn sought(&mut self, type_: &'p Type, at: usize, end: usize) -> Result<Found, Stop> {
        let wire = self.wire;
        let (key, behind) = reader::key(wire, at, end)?;
        if let Some(rank) = type_.rank_of(key.number) {
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
        self.value::<{ value::FIELD }>(field, at, end)
    }

    #[cold]
    #[inline(never)]
    pub(super) fn all_absent(&mut self, type_: &'p Type, from: usize, to: usize) {
        for field in type_.fields.get(from..to).unwrap_or_default() {
            self.absent(field);
        }
    }

    /// A list, whose values stand one after the other, in chunks or each behind its tag.
    fn list(
        &mut self,
        field: &'p Field,
        mut wire_type: WireType,
        mut at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        if field.kind == Kind::String && wire_type == WireType::Delimited {
            return self.strings(field, at, end);
        }
        if field.kind == Kind::Message && wire_type == WireType::Delimited {
            return self.messages(field, at, end);
        }
        let mut list = value::List::default();
        loop {
            at = self.elements(field, wire_type, at, end, &mut list)?;
            if at >= end {
                break;
            }
            match self.again(field, at, end) {
                Some(next) => (wire_type, at) = next,
                None => break,
            }
        }
        self.end_list(field, list);
        Ok(at)
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
        if (window ^ field.tag.bytes) & field.tag.mask() & !7 != 0 || behind > end {
            return None;
        }
        WireType::of((window & 7) as u32).map(|wire_type| (wire_type, behind))
    }

    /// A map, whose entries stand one after the other.
    fn map(
        &mut self,
        field: &'p Field,
        mut wire_type: WireType,
        mut at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        if wire_type == WireType::Delimited
            && let Some(behind) = self.straight_map(field, at, end)?
        {
            return Ok(behind);
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

/// Whether this tag stands at `at`. It may also be there and not be seen, near the end of the bytes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn stands(wire: &[u8], at: usize, end: usize, tag: Tag) -> bool {
    let Some(window) = eight(wire, at) else { return false };
    (window ^ tag.bytes) & tag.mask() == 0 && at + usize::from(tag.length) <= end
}
