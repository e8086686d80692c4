//! An Any, handed on as the message that it holds.

use super::super::compose::named;
use super::super::nothing::Nothing;
use super::super::plan::{Form, Type, Types, WireType};
use super::super::reader;
use super::super::sink::{Sink, Span};
use super::super::utf8;
use super::arena::Arena;
use super::{DEPTH, Order, Required, Slice, Stop, Walk};

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// The Any that is these slices of the arena, merged; `false` when it is to be handed on by its own fields.
    pub(super) fn any(&mut self, slices: (usize, usize)) -> Result<bool, Stop> {
        let empty = Slice { start: 0, end: 0 };
        let (url, value) = self.last_two(slices)?;
        let (url, value) = (url.unwrap_or(empty), value.unwrap_or(empty));
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
                self.sink.expands(text.get()) && self.is_message(types, inner, value)
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

    /// Whether bytes are a message of this type.
    fn is_message(&self, types: &'p Types, of: &'p Type, slice: Slice) -> bool {
        let (sink, order, required) = (Nothing, Order::Indexed, Required::Optional);
        let (home, wire, end, depth, arena) = (self.home, self.wire, self.end, self.depth, Arena::default());
        let mut walk = Walk { types, home, wire, end, sink, required, defaults: false, order, depth, arena };
        walk.nested(|walk| walk.message(of, slice)).is_ok()
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

    /// The last values of fields 1 and 2 of these slices, both behind their lengths.
    fn last_two(&self, slices: (usize, usize)) -> Result<(Option<Slice>, Option<Slice>), Stop> {
        let mut last = (None, None);
        for place in slices.0..slices.1 {
            let Slice { start: mut at, end } = self.arena.slices[place];
            while at < end {
                let (key, behind) = reader::key(self.wire, at, end)?;
                at = reader::skip(self.wire, behind, end, key, DEPTH - self.depth)?.1;
                let value = match key.wire_type {
                    WireType::Delimited => {
                        let (start, end) = reader::delimited(self.wire, behind, end)?;
                        Some(Slice { start, end })
                    }
                    _ => continue,
                };
                match key.number {
                    1 => last.0 = value,
                    2 => last.1 = value,
                    _ => {}
                }
            }
        }
        Ok(last)
    }
}
