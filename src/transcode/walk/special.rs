//! Well-known types, handed on in the form that their JSON has.

#![expect(
    clippy::cast_possible_truncation,
    reason = "a kind of 32 bits has the lower half of what stands in a varint"
)]

use super::super::plan::{Field, Form, Kind, Type};
use super::super::reader;
use super::super::sink::{Before, Sink, Span};
use super::super::well_known::{field_mask, time};
use super::ordered::follows;
use super::{DEPTH, Slice, Stop, Walk};

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// A message that is these slices of the arena, if it is handed on in a way of its own; `false` when it is not.
    pub(super) fn special(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<bool, Stop> {
        if type_.form == Form::Any && (S::ANY || S::WELL_KNOWN) {
            return self.any(type_, slices);
        }
        if !S::WELL_KNOWN {
            return Ok(false);
        }
        match type_.form {
            Form::Plain | Form::Empty | Form::Any => return Ok(false),
            Form::Timestamp | Form::Duration => self.time(type_, slices)?,
            Form::FieldMask => self.field_mask(type_, slices)?,
            Form::Struct => self.object(type_, slices)?,
            Form::Value => self.any_json(type_, slices)?,
            Form::ListValue => self.list_value(type_, slices)?,
            Form::Wrapper(_) => self.wrapper(type_, slices)?,
        }
        Ok(true)
    }

    /// A well-known type that stands in one piece and has in it what it mostly has; `None` when it does not.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn plain_special(&mut self, type_: &'p Type, slice: Slice) -> Option<Result<(), Stop>> {
        match type_.form {
            Form::Timestamp | Form::Duration => {
                let (seconds, nanos) = self.plain_time(slice)?;
                Some(self.time_text(type_, seconds, nanos))
            }
            Form::Wrapper(kind) => {
                let field = type_.fields.first()?;
                let start = slice.start;
                if start == slice.end {
                    return Some(self.zero(field));
                }
                let behind = follows(self.wire, start, slice.end, field.tag).then_some(start + 1)?;
                let (_, next) = reader::skip(
                    self.wire,
                    behind,
                    slice.end,
                    reader::Key { number: field.number, wire_type: kind.wire_type() },
                    0,
                )
                .ok()?;
                (next == slice.end).then(|| self.bare_value(field, behind, next).map(drop))
            }
            _ => None,
        }
    }

    /// Hands each value of these slices to `take`: the rank of its field, and where it stands behind its tag. The wire
    /// type has been looked at.
    pub(super) fn each(
        &mut self,
        type_: &'p Type,
        slices: (usize, usize),
        mut take: impl FnMut(&mut Self, &'p Field, usize, usize) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        for place in slices.0..slices.1 {
            let Slice { start: mut at, end } = self.arena.slices[place];
            while at < end {
                let (key, behind) = reader::key(self.wire, at, end)?;
                let next = reader::skip(self.wire, behind, end, key, DEPTH - self.depth)?.1;
                if let Some(field) = type_.rank_of(key.number).and_then(|rank| type_.fields.get(rank)) {
                    if key.wire_type != field.kind.wire_type() {
                        return Err(self.wrong_wire_type(field, key.wire_type, at).inside(field));
                    }
                    take(self, field, behind, next)?;
                }
                at = next;
            }
        }
        Ok(())
    }

    fn time(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        let (mut seconds, mut nanos) = (0, 0);
        self.each(type_, slices, |walk, field, at, end| {
            let (raw, _) = reader::varint(walk.wire, at, end)?;
            match field.number {
                1 => seconds = raw.cast_signed(),
                _ => nanos = raw as i32,
            }
            Ok(())
        })?;
        self.time_text(type_, seconds, nanos)
    }

    /// Seconds and nanoseconds where nothing else is there, and each at most once.
    fn plain_time(&self, slice: Slice) -> Option<(i64, i32)> {
        let (wire, Slice { start: mut at, end }) = (self.wire, slice);
        let (mut seconds, mut nanos) = (0, 0);
        if at < end && wire.get(at) == Some(&0x08) {
            (seconds, at) = reader::varint(wire, at + 1, end).ok()?;
        }
        if at < end && wire.get(at) == Some(&0x10) {
            (nanos, at) = reader::varint(wire, at + 1, end).ok()?;
        }
        (at == end).then_some((seconds.cast_signed(), nanos as i32))
    }

    fn time_text(&mut self, type_: &Type, seconds: i64, nanos: i32) -> Result<(), Stop> {
        let text = match type_.form {
            Form::Timestamp => time::timestamp_text(seconds, nanos),
            _ => time::duration_text(seconds, nanos),
        };
        let Some(text) = text else {
            let name = &type_.name;
            return Err(Stop::broken(format!(
                "a {name} of {seconds} seconds and {nanos} nanoseconds is out of range"
            )));
        };
        if !self.sink.plain_text(Before::Nothing, text.get()) {
            self.sink.text(text.get());
        }
        Ok(())
    }

    fn field_mask(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        let mut text = std::mem::take(&mut self.arena.text);
        text.clear();
        self.each(type_, slices, |walk, _, at, end| {
            let (start, end) = reader::delimited(walk.wire, at, end)?;
            if !text.is_empty() {
                text.push(b',');
            }
            let path = walk.wire.get(start..end).unwrap_or_default();
            if field_mask::to_camel(path, &mut text) {
                return Ok(());
            }
            let path = String::from_utf8_lossy(path);
            Err(Stop::broken(format!(
                "the path {path:?} of a FieldMask would not come back from JSON the same"
            )))
        })?;
        self.sink.text(Span::from(text.as_slice()));
        self.arena.text = text;
        Ok(())
    }

    /// A Struct: its one field is a map.
    fn object(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        let Some(field) = type_.fields.first() else { return Ok(()) };
        let (pairs, parts) = (self.arena.pairs.len(), self.arena.slices.len());
        self.each(type_, slices, |walk, field, at, end| walk.pair(field, at, end).map(drop))?;
        self.pairs(field, pairs, false)?;
        self.arena.pairs.truncate(pairs);
        self.arena.slices.truncate(parts);
        Ok(())
    }

    /// A Value: what its last member holds.
    fn any_json(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        let parts = self.arena.slices.len();
        let mut last: Option<(&'p Field, usize, usize)> = None;
        self.each(type_, slices, |walk, field, at, end| {
            match last.replace((field, at, end)) {
                None => {}
                Some((before, ..)) if before.number == field.number && field.kind == Kind::Message => {}
                Some((before, ..)) if before.kind == Kind::Message => {
                    walk.look(|walk| walk.merged(before, (parts, walk.arena.slices.len())))?;
                    walk.arena.slices.truncate(parts);
                }
                Some((before, start, end)) => walk.look_at(before, Slice { start, end })?,
            }
            if field.kind == Kind::Message {
                let (start, end) = reader::delimited(walk.wire, at, end)?;
                walk.arena.slices.push(Slice { start, end });
            }
            Ok(())
        })?;
        let Some((field, at, end)) = last else {
            // Nobody writes such a Value on purpose; `null` is what most readers make of it.
            self.sink.null();
            return Ok(());
        };
        match field.kind {
            Kind::Enum => self.sink.null(),
            Kind::Message => {
                self.merged(field, (parts, self.arena.slices.len()))?;
            }
            Kind::Double => {
                let (raw, _) = reader::fixed64(self.wire, at, end)?;
                let number = f64::from_bits(raw);
                if !number.is_finite() {
                    return Err(Stop::broken(format!(
                        "a {} that is no finite number has no JSON",
                        type_.name
                    )));
                }
                self.sink.double(number);
            }
            _ => {
                self.bare_value(field, at, end)?;
            }
        }
        self.arena.slices.truncate(parts);
        Ok(())
    }

    fn list_value(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        let mark = self.sink.begin_list();
        let mut index = 0;
        self.each(type_, slices, |walk, field, at, end| {
            walk.sink.element();
            index += 1;
            let read = walk.bare_value(field, at, end);
            read.map(drop).map_err(|stop| stop.in_element(index - 1))
        })?;
        self.sink.end_list(mark);
        Ok(())
    }

    fn wrapper(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        let mut last = None;
        self.each(type_, slices, |walk, field, at, end| match last.replace((field, at, end)) {
            Some((before, start, end)) => walk.look_at(before, Slice { start, end }),
            None => Ok(()),
        })?;
        match (last, type_.fields.first()) {
            (Some((field, at, end)), _) => self.bare_value(field, at, end).map(drop),
            (None, Some(field)) => self.zero(field),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "special_tests.rs"]
mod tests;
