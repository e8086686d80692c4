//! Lists of strings and messages, and maps with text for keys, as they are mostly written: handed on as they are read.

use super::super::plan::{Entry, Field, Kind, WireType};
use super::super::reader;
use super::super::sink::{Key, Sink, Span};
use super::super::utf8;
use super::super::window::eight;
use super::ordered::stands;
use super::{Order, Slice, Stop, Walk};

/// Keys of so many entries are compared with each other: maps with more take the longer way.
const FEW: usize = 8;

/// A key that came before: its first bytes, and where it is.
#[derive(Clone, Copy)]
struct Earlier {
    head: u64,
    text: Slice,
}

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// The strings of a list from `at` on, which is behind the tag of the first; answers the place behind the last.
    pub(super) fn strings(&mut self, field: &'p Field, mut at: usize, end: usize) -> Result<usize, Stop> {
        let wire = self.wire;
        self.sink.field(field);
        let mark = self.sink.begin_list();
        let mut index = 0;
        loop {
            let (start, behind) =
                reader::delimited(wire, at, end).map_err(|broken| Stop::from(broken).in_element(index))?;
            let text = self.string(field, start, behind).map_err(|stop| stop.in_element(index))?;
            self.sink.element();
            self.sink.text(text);
            (at, index) = (behind, index + 1);
            match self.again(field, at, end) {
                Some((WireType::Delimited, behind)) if at < end => at = behind,
                _ => break,
            }
        }
        self.sink.end_list(mark);
        Ok(at)
    }

    /// The messages of a list from `at` on, which is behind the tag of the first; answers the place behind the last.
    pub(super) fn messages(&mut self, field: &'p Field, mut at: usize, end: usize) -> Result<usize, Stop> {
        let Some(type_) = self.types.of(field) else { return Ok(end) };
        self.sink.field(field);
        let mark = self.sink.begin_list();
        let mut index = 0;
        loop {
            let (start, behind) = reader::delimited(self.wire, at, end)
                .map_err(|broken| Stop::from(broken).in_element(index))?;
            self.sink.element();
            let slice = Slice { start, end: behind };
            self.nested(|walk| walk.message(type_, slice)).map_err(|stop| stop.in_element(index))?;
            (at, index) = (behind, index + 1);
            match self.again(field, at, end) {
                Some((WireType::Delimited, behind)) if at < end => at = behind,
                _ => break,
            }
        }
        self.sink.end_list(mark);
        Ok(at)
    }

    /// A map whose first entry's length is at `at`, if it is as most are: a few entries, each a text and a value, no key
    /// twice. `None` when it is not; then nothing has been handed on that does not begin again.
    #[inline]
    pub(super) fn straight_map(
        &mut self,
        field: &'p Field,
        mut at: usize,
        end: usize,
    ) -> Result<Option<usize>, Stop> {
        let Some(entry) = field.entry() else { return Ok(None) };
        let plain = entry.key.kind == Kind::String && !entry.value.kind.is_message() && !entry.value.closed;
        if !plain || self.order == Order::Indexed || !self.is_short(field, at, end) {
            return Ok(None);
        }
        let mut earlier = [Earlier { head: 0, text: Slice { start: 0, end: 0 } }; FEW];
        let mut count = 0;
        self.sink.field(field);
        let mark = self.sink.begin_map();
        loop {
            let (start, behind) = reader::delimited(self.wire, at, end)?;
            let (key, value) = self.straight_entry(entry, start, behind)?;
            let head = head(self.wire, key.start, key.end);
            let same = |other: &Earlier| {
                let bytes = |slice: Slice| self.wire.get(slice.start..slice.end);
                other.head == head && bytes(other.text) == bytes(key)
            };
            if count == FEW || earlier[..count].iter().any(same) {
                return Err(Stop::Disorder);
            }
            (earlier[count], count) = (Earlier { head, text: key }, count + 1);
            let key = Key::Text(Span::new(self.wire, key.start, key.end));
            self.sink.entry(key);
            let read = match value {
                Some(value) => self.bare_value(&entry.value, value, behind),
                None => self.zero(&entry.value).map(|()| behind),
            };
            if read.map_err(|stop| stop.in_entry(key))? != behind {
                return Err(Stop::Disorder);
            }
            at = behind;
            match self.again(field, at, end) {
                Some((WireType::Delimited, behind)) if at < end => at = behind,
                _ => break,
            }
        }
        self.sink.end_map(mark);
        Ok(Some(at))
    }

    /// Whether no more entries follow each other than are compared.
    fn is_short(&self, field: &Field, mut at: usize, end: usize) -> bool {
        for _ in 0..FEW {
            let Ok((_, behind)) = reader::delimited(self.wire, at, end) else { return false };
            if behind >= end {
                return true;
            }
            if !stands(self.wire, behind, end, field.tag) {
                // Near the end of the bytes a tag may be there and not be seen.
                return self.wire.len() - behind >= 8;
            }
            at = behind + usize::from(field.tag.length);
        }
        false
    }

    /// Where an entry's key is, and where its value begins behind its tag. Some leave out what is empty or zero.
    #[inline]
    fn straight_entry(
        &self,
        entry: &Entry,
        start: usize,
        end: usize,
    ) -> Result<(Slice, Option<usize>), Stop> {
        let wire = self.wire;
        let is_next = |field: &Field, at: usize| {
            at < end && wire.get(at).is_some_and(|&byte| u32::from(byte) == field.single.value)
        };
        let (mut key, mut at) = (Slice { start, end: start }, start);
        if is_next(&entry.key, at) {
            let (text, behind) = reader::delimited(wire, at + 1, end)?;
            if (entry.key.utf8 || S::WELL_KNOWN) && !utf8::is_utf8(Span::new(wire, text, behind)) {
                return Err(Stop::broken(format!("a map's key is not UTF-8, at byte {text}")));
            }
            (key, at) = (Slice { start: text, end: behind }, behind);
        }
        match at {
            at if at == end => Ok((key, None)),
            at if is_next(&entry.value, at) => Ok((key, Some(at + 1))),
            _ => Err(Stop::Disorder),
        }
    }
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
