//! Maps: the last entry of each key, in the order in which these stand.

#![expect(
    clippy::cast_possible_truncation,
    reason = "a kind of 32 bits has the lower half of what stands in a varint"
)]

use super::super::plan::{Field, Kind, WireType};
use super::super::reader;
use super::super::sink::{Key, Sink, Span};
use super::super::utf8;
use super::super::zigzag;
use super::arena::Pair;
use super::straight::head;
use super::{DEPTH, Slice, Stop, Walk};

/// Keys of so many entries are compared with each other; those of more are sorted.
const FEW: usize = 8;

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// Notes the entry of a map whose length is at `begun`; answers the place behind it.
    pub(super) fn pair(&mut self, field: &'p Field, begun: usize, end: usize) -> Result<usize, Stop> {
        let wire = self.wire;
        let (start, end) = reader::delimited(wire, begun, end)?;
        let Some(entry) = field.entry() else { return Ok(end) };
        let from = self.arena.slices.len();
        let nested = entry.value.kind.is_message();
        let mut pair =
            Pair { key: 0, text: Slice { start: 0, end: 0 }, values: (usize::MAX, end), dropped: false };
        let mut at = start;
        // As nearly every entry is: a key, a value, and no more.
        let (first, second) = (entry.key.single.value as u8, entry.value.single.value as u8);
        if wire.get(at) == Some(&first)
            && at + 1 < end
            && let behind = self.map_key(&entry.key, at + 1, end, &mut pair)?
            && wire.get(behind) == Some(&second)
            && behind < end
        {
            let value = behind + 1;
            let (start, ends) = match entry.value.wire_type {
                WireType::Varint => (value, reader::varint(wire, value, end)?.1),
                WireType::Delimited => reader::delimited(wire, value, end)?,
                WireType::Fixed32 => (value, value + 4),
                WireType::Fixed64 => (value, value + 8),
                WireType::StartGroup | WireType::EndGroup => (value, end + 1),
            };
            if ends == end {
                if nested {
                    self.arena.slices.push(Slice { start, end });
                } else {
                    pair.values = (value, end);
                }
                at = end;
            }
        }
        while at < end {
            let (key, behind) = reader::key(wire, at, end)?;
            let member = match key.number {
                1 => &entry.key,
                2 => &entry.value,
                _ => {
                    at = reader::skip(wire, behind, end, key, DEPTH - self.depth)?.1;
                    continue;
                }
            };
            if key.wire_type != member.kind.wire_type() {
                return Err(self.wrong_wire_type(member, key.wire_type, at));
            }
            if key.number == 1 {
                at = self.map_key(member, behind, end, &mut pair)?;
            } else {
                let (content, next) = reader::skip(wire, behind, end, key, DEPTH - self.depth)?;
                if nested {
                    let start = match key.wire_type {
                        WireType::Delimited => reader::delimited(wire, behind, end)?.0,
                        _ => behind,
                    };
                    self.arena.slices.push(Slice { start, end: content });
                } else {
                    self.look_at_pair(member, pair)?;
                    pair.values = (behind, end);
                }
                at = next;
            }
        }
        if nested {
            pair.values = (from, self.arena.slices.len());
        } else if entry.value.closed && entry.value.kind == Kind::Enum && pair.values.0 != usize::MAX {
            let (raw, _) = reader::varint(wire, pair.values.0, end)?;
            if self.types.enum_of(&entry.value).is_none_or(|e| e.name_of(raw as i32).is_none()) {
                if S::UNKNOWN {
                    // The bytes behind the tag: the length, however it is spelt, and the entry.
                    let bytes = wire.get(begun..end).unwrap_or_default();
                    self.sink.unknown(field.number, WireType::Delimited as u32, bytes);
                }
                return Ok(end);
            }
        }
        self.arena.pairs.push(pair);
        Ok(end)
    }

    fn map_key(&mut self, field: &'p Field, at: usize, end: usize, pair: &mut Pair) -> Result<usize, Stop> {
        if field.kind != Kind::String {
            let (key, behind) = self.number_key(field, at, end)?;
            pair.key = key;
            return Ok(behind);
        }
        let wire = self.wire;
        let (start, behind) = reader::delimited(wire, at, end)?;
        if (field.utf8 || S::WELL_KNOWN) && !utf8::is_utf8(Span::new(wire, start, behind)) {
            return Err(Stop::broken(format!("a map's key is not UTF-8, at byte {start}")));
        }
        (pair.key, pair.text) = (head(wire, start, behind), Slice { start, end: behind });
        Ok(behind)
    }

    /// A key that is no text, and the place behind it.
    #[inline]
    pub(super) fn number_key(&self, field: &Field, at: usize, end: usize) -> Result<(u64, usize), Stop> {
        let wire = self.wire;
        Ok(match field.kind {
            Kind::Fixed32 => reader::fixed32(wire, at, end).map(|(raw, behind)| (u64::from(raw), behind))?,
            Kind::Sfixed32 => {
                let (raw, behind) = reader::fixed32(wire, at, end)?;
                (i64::from(raw.cast_signed()).cast_unsigned(), behind)
            }
            Kind::Fixed64 | Kind::Sfixed64 => reader::fixed64(wire, at, end)?,
            kind => {
                let (raw, behind) = reader::wide_varint(wire, at, end)?;
                let key = match kind {
                    Kind::Bool => u64::from(raw != 0),
                    Kind::Int32 => i64::from(raw as i32).cast_unsigned(),
                    Kind::Uint32 => u64::from(raw as u32),
                    Kind::Sint32 => zigzag::read(u64::from(raw as u32)).cast_unsigned(),
                    Kind::Sint64 => zigzag::read(raw).cast_unsigned(),
                    _ => raw,
                };
                (key, behind)
            }
        })
    }

    /// Hands on a map: the pairs from `from` on. `introduced` says whether the field has to be introduced first.
    pub(super) fn pairs(&mut self, field: &'p Field, from: usize, introduce: bool) -> Result<(), Stop> {
        self.drop_replaced(from);
        let to = self.arena.pairs.len();
        let Some(entry) = field.entry() else { return Ok(()) };
        if introduce {
            if to == from {
                if self.defaults {
                    self.absent(field);
                }
                return Ok(());
            }
            self.sink.field(field);
        }
        let mark = self.sink.begin_map();
        for place in from..to {
            let pair = self.arena.pairs[place];
            let text = Span::new(self.wire, pair.text.start, pair.text.end);
            let key = key_of(entry.key.kind, pair.key, text);
            if pair.dropped {
                self.look_at_pair(&entry.value, pair).map_err(|stop| stop.in_entry(key))?;
                continue;
            }
            self.sink.entry(key);
            self.pair_value(&entry.value, pair).map_err(|stop| stop.in_entry(key))?;
        }
        self.sink.end_map(mark);
        Ok(())
    }

    fn pair_value(&mut self, field: &'p Field, pair: Pair) -> Result<(), Stop> {
        let (start, end) = pair.values;
        if !field.kind.is_message() {
            return match start {
                usize::MAX => self.zero(field),
                _ => self.bare_value(field, start, end).map(drop),
            };
        }
        match end - start {
            0 => self.submessage(field, Slice { start: 0, end: 0 }),
            1 => self.submessage(field, self.arena.slices[start]),
            _ => self.merged(field, (start, end)),
        }
    }

    /// Looks that the value of a pair that a later one replaces is whole.
    #[cold]
    fn look_at_pair(&mut self, field: &'p Field, pair: Pair) -> Result<(), Stop> {
        match pair.values {
            _ if field.kind.is_message() => self.look(|walk| walk.pair_value(field, pair)),
            (usize::MAX, _) => Ok(()),
            (start, end) => self.look_at(field, Slice { start, end }),
        }
    }

    /// Marks the pairs from `from` on whose key a later one has too.
    pub(super) fn drop_replaced(&mut self, from: usize) {
        let (wire, notes) = (self.wire, &mut *self.arena);
        let pairs = &mut notes.pairs[from..];
        let text = |pair: &Pair| wire.get(pair.text.start..pair.text.end).unwrap_or_default();
        if pairs.len() <= FEW {
            for later in 1..pairs.len() {
                let (before, rest) = pairs.split_at_mut(later);
                let last = rest[0];
                for pair in before {
                    pair.dropped |= pair.key == last.key && text(pair) == text(&last);
                }
            }
            return;
        }
        notes.order.clear();
        notes.order.extend(0..u32::try_from(pairs.len()).unwrap_or(u32::MAX));
        let key = |place: u32| (pairs[place as usize].key, text(&pairs[place as usize]), place);
        notes.order.sort_unstable_by(|&a, &b| key(a).cmp(&key(b)));
        for pair in notes.order.windows(2) {
            let (a, b) = (pair[0] as usize, pair[1] as usize);
            if pairs[a].key == pairs[b].key && text(&pairs[a]) == text(&pairs[b]) {
                pairs[a].dropped = true;
            }
        }
    }
}

/// The key of this kind that is a number, or a text.
#[inline]
pub(super) fn key_of(kind: Kind, number: u64, text: Span<'_>) -> Key<'_> {
    match kind {
        Kind::String => Key::Text(text),
        Kind::Bool => Key::Bool(number != 0),
        Kind::Uint32 | Kind::Uint64 | Kind::Fixed32 | Kind::Fixed64 => Key::Unsigned(number),
        _ => Key::Signed(number.cast_signed()),
    }
}
