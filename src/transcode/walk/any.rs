//! An Any, handed on as the message that it holds.

use super::super::compose::named;
use super::super::plan::{Form, Type, Types, WireType};
use super::super::reader;
use super::super::sink::{Sink, Span};
use super::super::utf8;
use super::{Order, Slice, Stop, Walk};

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// The Any that is these slices of the arena, merged; `false` when it is to be handed on by its own fields.
    pub(super) fn any(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<bool, Stop> {
        let (url, value) = self.last_two(type_, slices)?;
        if url.start == url.end && value.start == value.end {
            if S::WELL_KNOWN {
                // `{}`, also where default values are printed: it has no fields in JSON.
                let mark = self.sink.begin();
                self.sink.end(mark);
            }
            return Ok(S::WELL_KNOWN);
        }
        let text = Span::new(self.wire, url.start, url.end);
        if !utf8::is_utf8(text) {
            return Err(Stop::broken(format!("a string is not UTF-8, at byte {}", url.start)));
        }
        let name = named(text.get());
        let mut found = name.and_then(|name| self.home.any(name));
        if !S::WELL_KNOWN {
            let fits = |(types, inner): &(&'p Types, &'p Type)| {
                self.sink.expands(text.get()) && self.message_in(types, inner, value).is_ok()
            };
            found = found.filter(fits);
        }
        let Some((types, inner)) = found else {
            if !S::WELL_KNOWN {
                return Ok(false);
            }
            let url = String::from_utf8_lossy(text.get());
            return Err(Stop::broken(match name {
                Some(name) => format!("the message type '{name}' of an Any is not in the schema"),
                None => format!("{url:?} is no type URL of an Any such as \"type.googleapis.com/pkg.Type\""),
            }));
        };
        let outer = std::mem::replace(&mut self.types, types);
        let mark = self.sink.begin();
        self.sink.type_url(text.get());
        self.nested(|walk| walk.any_value(inner, value))?;
        self.sink.end(mark);
        self.types = outer;
        Ok(true)
    }

    fn any_value(&mut self, type_: &'p Type, value: Slice) -> Result<(), Stop> {
        if S::WELL_KNOWN && type_.form != Form::Plain {
            self.sink.boxed();
            return self.message(type_, value);
        }
        if self.order == Order::Kept && !type_.message_set {
            return self.ordered(type_, value);
        }
        let from = self.arena.slices.len();
        self.arena.slices.push(value);
        let done = self.indexed(type_, (from, from + 1));
        self.arena.slices.truncate(from);
        done
    }

    /// The last values of fields 1 and 2 of these slices, without their lengths.
    fn last_two(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(Slice, Slice), Stop> {
        let empty = Slice { start: 0, end: 0 };
        let mut last = (empty, empty);
        self.each(type_, slices, |walk, field, at, end| {
            if field.number > 2 || field.kind.wire_type() != WireType::Delimited {
                return Ok(());
            }
            walk.look_at(field, Slice { start: at, end })?;
            let (start, end) = reader::delimited(walk.wire, at, end)?;
            *(if field.number == 1 { &mut last.0 } else { &mut last.1 }) = Slice { start, end };
            Ok(())
        })?;
        Ok(last)
    }
}
