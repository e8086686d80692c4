//! Maps: entries as messages of two fields, no key twice.

use super::super::DataError;
use super::super::number;
use super::super::plan::{Field, Kind, Tag, WireType, type_text, value_text};
use super::super::source::{Member, Next, Source};
use super::super::wrong::Wrong;
use super::super::zigzag;
use super::{Composer, value};

/// A key that a map has, by where it stands in what was written.
#[derive(Debug, Clone, Copy)]
pub(in crate::transcode) struct MapKey {
    start: usize,
    end: usize,
    /// The first bytes of its text, or all of its varint: keys that differ in it differ.
    head: u64,
}

/// Up to so many keys are compared with each other; more are sorted.
const FEW: usize = 8;

impl<'c, S: Source> Composer<'c, '_, '_, S> {
    #[inline(never)]
    pub(super) fn map(&mut self, field: &'c Field) -> Result<(), Wrong> {
        match self.source.next()? {
            Next::Null => return Ok(()),
            Next::Object => {}
            _ => return Err(self.mismatch(&type_text(self.types, field))),
        }
        let Some(entry) = field.entry() else { return Err(self.no_value(field)) };
        let object = self.source.place();
        self.source.open_object()?;
        let keys = self.keys.len();
        let mut first = true;
        while self.source.member(first, None)? != Member::End {
            first = false;
            let begun = self.out.at();
            let place = self.source.key_place();
            let open = self.out.begin_field(field);
            let body = self.out.at();
            self.key(&entry.key)?;
            let length = self.out.at() - body;
            let written = self.entry_value(&entry.value);
            if !written.map_err(|wrong| wrong.in_member(&self.source.key_at(place)))? {
                self.out.back_to(begun);
                continue;
            }
            let before = self.out.at();
            self.out.end_field(open, field);
            // Where the length took more room or less than was left for it, the entry has moved.
            let start = body + self.out.at() - before;
            self.note_key(keys, start, start + length, place)?;
        }
        self.refuse_second_keys(keys, object, Some(&entry.key))?;
        self.keys.truncate(keys);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn entry_value(&mut self, field: &'c Field) -> Result<bool, Wrong> {
        if let Some(kind) = field.plain
            && self.plain::<{ value::ELEMENT }>(kind, field)
        {
            return Ok(true);
        }
        self.other_value(field)
    }

    #[inline(never)]
    fn other_value(&mut self, field: &'c Field) -> Result<bool, Wrong> {
        let next = self.source.next()?;
        if next == Next::Null && !self.holds_null(field) {
            return Err(self.no_value(field));
        }
        self.value::<{ value::ELEMENT }>(field, next)
    }

    /// Writes the key that the source gave last.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn key(&mut self, field: &'c Field) -> Result<(), Wrong> {
        let text = self.source.key();
        if field.kind == Kind::String {
            match text.window::<16>(0) {
                Some(window) if text.len() <= 16 => self.out.short(field.single, window, text.len()),
                _ => self.out.span(field.single, text),
            }
            return Ok(());
        }
        self.number_key(field)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number that was asked for in 32 bits has no more, and they are written as they are"
    )]
    #[inline(never)]
    fn number_key(&mut self, field: &'c Field) -> Result<(), Wrong> {
        let text = self.source.key();
        let bytes = text.get();
        let is_number = || number::is_number(bytes);
        let signed = |bits| if is_number() { number::signed(bytes, bits) } else { None };
        let unsigned = |bits| if is_number() { number::unsigned(bytes, bits) } else { None };
        let tag = field.single;
        let written = match field.kind {
            Kind::Bool => match bytes {
                b"true" => Some(1),
                b"false" => Some(0),
                _ => None,
            }
            .map(|key| self.out.varint(tag, key)),
            Kind::Int32 => signed(32).map(|key| self.out.varint(tag, key.cast_unsigned())),
            Kind::Int64 => signed(64).map(|key| self.out.varint(tag, key.cast_unsigned())),
            Kind::Sint32 => signed(32).map(|key| self.out.varint(tag, zigzag::write(key))),
            Kind::Sint64 => signed(64).map(|key| self.out.varint(tag, zigzag::write(key))),
            Kind::Sfixed32 => signed(32).map(|key| self.out.fixed32(tag, key as u32)),
            Kind::Sfixed64 => signed(64).map(|key| self.out.fixed64(tag, key.cast_unsigned())),
            Kind::Uint32 => unsigned(32).map(|key| self.out.varint(tag, key)),
            Kind::Uint64 => unsigned(64).map(|key| self.out.varint(tag, key)),
            Kind::Fixed32 => unsigned(32).map(|key| self.out.fixed32(tag, key as u32)),
            Kind::Fixed64 => unsigned(64).map(|key| self.out.fixed64(tag, key)),
            Kind::String
            | Kind::Double
            | Kind::Float
            | Kind::Bytes
            | Kind::Enum
            | Kind::Message
            | Kind::Group => None,
        };
        written.ok_or_else(|| {
            let (key, kind) = (String::from_utf8_lossy(bytes).into_owned(), value_text(self.types, field));
            let error = DataError::new(format!("the key {key:?} is no {kind}"));
            self.source.wrong_key(self.source.key_place(), error).in_member(&key)
        })
    }

    /// Notes a key of the map whose keys begin at `from`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn note_key(
        &mut self,
        from: usize,
        start: usize,
        end: usize,
        place: S::Key,
    ) -> Result<(), Wrong> {
        let head = self.out.head(start, end);
        let earlier = &self.keys[from..];
        if earlier.len() < FEW {
            let same =
                |key: &MapKey| key.head == head && self.out.is_same((key.start, key.end), (start, end));
            if earlier.iter().any(same) {
                return Err(self.key_given_twice(place));
            }
        }
        self.keys.push(MapKey { start, end, head });
        Ok(())
    }

    #[cold]
    fn key_given_twice(&self, place: S::Key) -> Wrong {
        let name = self.source.key_at(place);
        let error = DataError::new(format!("the key {name:?} is given twice"));
        self.source.wrong_key(place, error).in_member(&name)
    }

    /// Looks at the keys of a map that had too many to compare each. The map's object is at `object`, and `key` is the
    /// field of its keys; `None` in a Struct.
    pub(super) fn refuse_second_keys(
        &mut self,
        from: usize,
        object: S::Place,
        key: Option<&'c Field>,
    ) -> Result<(), Wrong> {
        let keys = &mut self.keys[from..];
        if keys.len() <= FEW {
            return Ok(());
        }
        let written = self.out.written();
        let text = |key: &MapKey| written.part(key.start, key.end);
        keys.sort_unstable_by(|a, b| text(a).cmp(text(b)));
        let twice = keys.windows(2).find(|pair| text(&pair[0]) == text(&pair[1])).map(|pair| pair[0]);
        match twice {
            None => Ok(()),
            Some(twice) => self.find_second_key(twice, object, key),
        }
    }

    /// Reads the object again, up to where a key is given for the second time, which is an error.
    #[cold]
    fn find_second_key(
        &mut self,
        twice: MapKey,
        object: S::Place,
        key: Option<&'c Field>,
    ) -> Result<(), Wrong> {
        let begun = self.out.at();
        self.source.back_to(object);
        let _ = self.source.next()?;
        self.source.open_object()?;
        let (mut first, mut seen) = (true, false);
        while self.source.member(first, None)? != Member::End {
            first = false;
            let place = self.source.key_place();
            match key {
                Some(field) => self.key(field)?,
                None => self.out.span(Tag::new(1, WireType::Delimited), self.source.key()),
            }
            let same = self.out.is_same((begun, self.out.at()), (twice.start, twice.end));
            self.out.back_to(begun);
            if same && std::mem::replace(&mut seen, true) {
                return Err(self.key_given_twice(place));
            }
            let next = self.source.next()?;
            self.source.skip(next)?;
        }
        Ok(())
    }
}
