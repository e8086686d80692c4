//! Maps as they are mostly written, a key and a value in each entry and no key twice: handed on as they are read.

use super::super::plan::{Entry, Field, Kind};
use super::super::reader;
use super::super::sink::{Before, Sink, Span};
use super::super::utf8;
use super::super::window::eight;
use super::arena::Pair;
use super::map::key_of;
use super::ordered::follows;
use super::{Slice, Stop, Walk};

/// Keys of so many entries are compared with each other; those of more are noted, and sorted in the end.
const FEW: usize = 8;

/// A key that came before: as a number, or the first bytes of its text, and where that is.
#[derive(Clone, Copy)]
struct Earlier {
    head: u64,
    text: Slice,
}

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// The entries of a map from `at` on, which is behind the tag of the first; answers the place behind the last. Where
    /// an entry is not as most are, it is disorder.
    #[inline(never)]
    pub(super) fn straight_map(
        &mut self,
        field: &'p Field,
        entry: &'p Entry,
        mut at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        let wire = self.wire;
        let (is_text, noted) = (entry.key.kind == Kind::String, self.arena.pairs.len());
        let mut earlier = [Earlier { head: 0, text: Slice { start: 0, end: 0 } }; FEW];
        let mut count = 0;
        self.sink.field(field);
        let mark = self.sink.begin_map();
        loop {
            let (start, behind) = reader::delimited(wire, at, end)?;
            let (key, value) = self.straight_key(&entry.key, start, behind)?;
            let same = |other: &Earlier| {
                let bytes = |slice: Slice| wire.get(slice.start..slice.end);
                other.head == key.head && (!is_text || bytes(other.text) == bytes(key.text))
            };
            if count < FEW {
                if earlier[..count].iter().any(same) {
                    return Err(Stop::Disorder);
                }
                earlier[count] = key;
            } else {
                if count == FEW {
                    self.arena.pairs.extend(earlier.map(pair));
                }
                self.arena.pairs.push(pair(key));
            }
            count += 1;
            self.straight_entry(entry, key, value, behind)?;
            at = behind;
            if at >= end || !follows(wire, at, end, field.tag) {
                break;
            }
            at += usize::from(field.tag.length);
        }
        if count > FEW {
            self.drop_replaced(noted);
            if self.arena.pairs[noted..].iter().any(|pair| pair.dropped) {
                return Err(Stop::Disorder);
            }
            self.arena.pairs.truncate(noted);
        }
        self.sink.end_map(mark);
        Ok(at)
    }

    /// The key of an entry, and the place behind it. Some writers leave it out where it is empty or zero.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn straight_key(&mut self, field: &'p Field, start: usize, end: usize) -> Result<(Earlier, usize), Stop> {
        let nowhere = Slice { start, end: start };
        if start >= end || self.wire.get(start).is_none_or(|&byte| u32::from(byte) != field.single.value) {
            return Ok((Earlier { head: 0, text: nowhere }, start));
        }
        if field.kind == Kind::String {
            let (text, behind) = reader::delimited(self.wire, start + 1, end)?;
            let head = head(self.wire, text, behind);
            return Ok((Earlier { head, text: Slice { start: text, end: behind } }, behind));
        }
        let (number, behind) = self.number_key(field, start + 1, end)?;
        Ok((Earlier { head: number, text: nowhere }, behind))
    }

    /// Hands on an entry whose value's tag is at `at`; some writers leave a value out that is empty or zero.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn straight_entry(&mut self, entry: &'p Entry, key: Earlier, at: usize, end: usize) -> Result<(), Stop> {
        let wire = self.wire;
        let text = Span::new(wire, key.text.start, key.text.end);
        if entry.key.kind != Kind::String {
            self.sink.entry(key_of(entry.key.kind, key.head, text));
        } else if !self.sink.plain_entry(text) {
            if (entry.key.utf8 || S::WELL_KNOWN) && !utf8::is_utf8(text) {
                let at = key.text.start;
                return Err(Stop::broken(format!("a map's key is not UTF-8, at byte {at}")));
            }
            self.sink.entry(key_of(entry.key.kind, key.head, text));
        }
        let value = &entry.value;
        let read = if at == end {
            self.zero(value).map(|()| end)
        } else if wire.get(at).is_none_or(|&byte| u32::from(byte) != value.single.value) {
            return Err(Stop::Disorder);
        } else if value.kind == Kind::String {
            reader::delimited(wire, at + 1, end).map_err(Stop::from).and_then(|(start, behind)| {
                self.text(value, Before::Nothing, start, behind)?;
                Ok(behind)
            })
        } else {
            self.bare_value(value, at + 1, end)
        };
        match read {
            Ok(behind) if behind == end => Ok(()),
            Ok(_) => Err(Stop::Disorder),
            Err(stop) => Err(stop.in_entry(key_of(entry.key.kind, key.head, text))),
        }
    }
}

/// A key as it is noted.
fn pair(Earlier { head, text }: Earlier) -> Pair {
    Pair { key: head, text, values: (usize::MAX, 0), dropped: false }
}

/// The first bytes of a text, as a number: texts that differ in it differ.
#[inline]
pub(super) fn head(wire: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    match eight(wire, start) {
        Some(window) if length > 0 => window & u64::MAX >> (64 - 8 * length.min(8)),
        _ => {
            let mut window = [0; 8];
            for (to, from) in window.iter_mut().zip(wire.get(start..end).unwrap_or_default()) {
                *to = *from;
            }
            u64::from_le_bytes(window)
        }
    }
}
