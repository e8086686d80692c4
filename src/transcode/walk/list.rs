//! Lists from the wire to the sink.

#![expect(
    clippy::cast_possible_truncation,
    reason = "a kind of 32 bits has the lower half of what stands in a varint"
)]

use super::super::plan::{Field, Kind, WireType};
use super::super::reader::{self, Broken};
use super::super::sink::{Before, Sink};
use super::super::zigzag;
use super::ordered::follows;
use super::{Slice, Stop, Walk, value};

/// A list that begins with its first element.
pub(super) struct List<M> {
    mark: Option<M>,
    index: usize,
}

impl<M> Default for List<M> {
    fn default() -> Self {
        Self { mark: None, index: 0 }
    }
}

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// A list, whose values stand one after the other, in chunks or each behind its tag.
    #[cold]
    #[inline(never)]
    pub(super) fn list(
        &mut self,
        field: &'p Field,
        wire_type: WireType,
        mut at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        let mut list = List::default();
        at = self.elements(field, wire_type, at, end, &mut list)?;
        self.rest_of_list(field, list, at, end)
    }

    /// The same of which some values have been handed on.
    #[cold]
    #[inline(never)]
    fn rest_of_list(
        &mut self,
        field: &'p Field,
        mut list: List<S::Mark>,
        mut at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        while at < end
            && let Some((wire_type, behind)) = self.again(field, at, end)
        {
            at = self.elements(field, wire_type, behind, end, &mut list)?;
        }
        self.end_list(field, list);
        Ok(at)
    }

    /// A list of this kind as it is mostly written: one chunk, or values each behind the same tag. No enum in it is closed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn straight_list(
        &mut self,
        kind: Kind,
        field: &'p Field,
        at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        macro_rules! each {
            ($read:ident, $hand:ident, |$raw:ident| $value:expr) => {
                if field.packed {
                    self.numbers::<true, _>(
                        field,
                        at,
                        end,
                        |wire, at, end| reader::$read(wire, at, end),
                        |sink, $raw| {
                            sink.$hand(Before::Element, $value);
                        },
                    )
                } else {
                    self.numbers::<false, _>(
                        field,
                        at,
                        end,
                        |wire, at, end| reader::$read(wire, at, end),
                        |sink, $raw| {
                            sink.$hand(Before::Element, $value);
                        },
                    )
                }
            };
        }
        match kind {
            Kind::String => self.strings(field, at, end),
            Kind::Message => self.messages(field, at, end),
            Kind::Int32 => each!(short_varint, int32_after, |raw| raw as i32),
            Kind::Int64 => each!(wide_varint, int64_after, |raw| raw.cast_signed()),
            Kind::Uint32 => each!(short_varint, uint32_after, |raw| raw as u32),
            Kind::Uint64 => each!(wide_varint, uint64_after, |raw| raw),
            Kind::Sint32 => {
                each!(short_varint, int32_after, |raw| zigzag::read(u64::from(raw as u32)) as i32)
            }
            Kind::Sint64 => each!(wide_varint, int64_after, |raw| zigzag::read(raw)),
            Kind::Fixed32 => each!(fixed32, uint32_after, |raw| raw),
            Kind::Fixed64 => each!(fixed64, uint64_after, |raw| raw),
            Kind::Sfixed32 => each!(fixed32, int32_after, |raw| raw.cast_signed()),
            Kind::Sfixed64 => each!(fixed64, int64_after, |raw| raw.cast_signed()),
            Kind::Bool => each!(varint, bool_after, |raw| raw != 0),
            Kind::Float => each!(fixed32, float_after, |raw| f32::from_bits(raw)),
            Kind::Double => each!(fixed64, double_after, |raw| f64::from_bits(raw)),
            Kind::Enum => {
                let Some(e) = self.types.enum_of(field) else { return Ok(end) };
                each!(varint, number_of_after, |raw| (e, raw as i32))
            }
            Kind::Bytes | Kind::Group => self.list(field, field.wire_type, at, end),
        }
    }

    /// Numbers of one kind, without a look at it each time.
    #[inline(never)]
    fn numbers<const PACKED: bool, T>(
        &mut self,
        field: &'p Field,
        at: usize,
        end: usize,
        read: impl Fn(&[u8], usize, usize) -> Result<(T, usize), Broken>,
        hand: impl Fn(&mut S, T),
    ) -> Result<usize, Stop> {
        let wire = self.wire;
        let (mut at, chunk) = if PACKED { reader::delimited(wire, at, end)? } else { (at, end) };
        if (PACKED && at == chunk) || chunk > wire.len() {
            // An empty chunk is no list.
            return self.rest_of_list(field, List::default(), at, end);
        }
        self.sink.field(field);
        let mark = self.sink.begin_list();
        let mut index = 0;
        loop {
            match read(wire, at, chunk) {
                Ok((value, behind)) => {
                    hand(&mut self.sink, value);
                    (at, index) = (behind, index + 1);
                }
                Err(broken) => return Err(Stop::from(broken).in_element(index)),
            }
            if at >= chunk {
                break;
            }
            if !PACKED {
                if !follows(wire, at, end, field.tag) {
                    break;
                }
                at += usize::from(field.tag.length);
            }
        }
        if at < end && self.again(field, at, end).is_some() {
            return self.rest_of_list(field, List { mark: Some(mark), index }, at, end);
        }
        self.sink.end_list(mark);
        Ok(at)
    }

    /// The strings of a list from `at` on, which is behind the tag of the first; answers the place behind the last.
    #[inline(never)]
    pub(super) fn strings(&mut self, field: &'p Field, mut at: usize, end: usize) -> Result<usize, Stop> {
        let wire = self.wire;
        if end > wire.len() {
            return Ok(end);
        }
        self.sink.field(field);
        let mark = self.sink.begin_list();
        let mut index = 0;
        loop {
            let (start, behind) =
                reader::delimited(wire, at, end).map_err(|broken| Stop::from(broken).in_element(index))?;
            self.text(field, Before::Element, start, behind).map_err(|stop| stop.in_element(index))?;
            (at, index) = (behind, index + 1);
            // Where the same field comes in another wire type, the order has it twice.
            if at >= end || !follows(wire, at, end, field.tag) {
                break;
            }
            at += usize::from(field.tag.length);
        }
        self.sink.end_list(mark);
        Ok(at)
    }

    /// The messages of a list from `at` on, which is behind the tag of the first; answers the place behind the last.
    #[inline(never)]
    pub(super) fn messages(&mut self, field: &'p Field, mut at: usize, end: usize) -> Result<usize, Stop> {
        let Some(type_) = self.types.of(field) else { return Ok(end) };
        let wire = self.wire;
        self.sink.field(field);
        let mark = self.sink.begin_list();
        let mut index = 0;
        loop {
            let (start, behind) =
                reader::delimited(wire, at, end).map_err(|broken| Stop::from(broken).in_element(index))?;
            self.sink.element();
            let slice = Slice { start, end: behind };
            self.nested(|walk| walk.message(type_, slice)).map_err(|stop| stop.in_element(index))?;
            (at, index) = (behind, index + 1);
            // Where the same field comes in another wire type, the order has it twice.
            if at >= end || !follows(wire, at, end, field.tag) {
                break;
            }
            at += usize::from(field.tag.length);
        }
        self.sink.end_list(mark);
        Ok(at)
    }

    /// The elements behind one tag of a list: one, or a chunk of them.
    pub(super) fn elements(
        &mut self,
        field: &'p Field,
        wire_type: WireType,
        mut at: usize,
        end: usize,
        list: &mut List<S::Mark>,
    ) -> Result<usize, Stop> {
        if wire_type == field.wire_type {
            return self.list_element(field, at, end, list);
        }
        if wire_type != WireType::Delimited || !field.kind.is_packable() {
            return Err(self.wrong_wire_type(field, wire_type, at));
        }
        let (start, behind) = reader::delimited(self.wire, at, end)?;
        at = start;
        while at < behind {
            at = self.list_element(field, at, behind, list)?;
        }
        Ok(behind)
    }

    #[inline(never)]
    fn element_value(&mut self, field: &'p Field, at: usize, end: usize) -> Result<usize, Stop> {
        self.value::<{ value::ELEMENT }>(field.kind, self.wire, field, at, end)
    }

    #[inline]
    fn list_element(
        &mut self,
        field: &'p Field,
        at: usize,
        end: usize,
        list: &mut List<S::Mark>,
    ) -> Result<usize, Stop> {
        if field.closed
            && let Some(behind) = self.unknown_number(field, at, end)?
        {
            return Ok(behind);
        }
        if list.mark.is_none() {
            self.sink.field(field);
            list.mark = Some(self.sink.begin_list());
        }
        let behind = self.element_value(field, at, end).map_err(|stop| stop.in_element(list.index))?;
        list.index += 1;
        Ok(behind)
    }

    #[inline]
    pub(super) fn end_list(&mut self, field: &'p Field, List { mark, .. }: List<S::Mark>) {
        match mark {
            Some(mark) => self.sink.end_list(mark),
            None if self.defaults => self.absent(field),
            None => {}
        }
    }
}
