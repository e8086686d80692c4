//! One value, or the values of a list, from the wire to the sink.

#![expect(
    clippy::cast_possible_truncation,
    reason = "a kind of 32 bits has the lower half of what stands in a varint"
)]

use super::super::plan::{Field, Kind, Presence, WireType};
use super::super::reader;
use super::super::sink::{Before, Sink, Span};
use super::super::utf8;
use super::super::zigzag;
use super::{DEPTH, Slice, Stop, Walk};

/// A singular field: introduced as one, and left out when it is the default one of a field without presence.
pub(super) const FIELD: u8 = 0;
/// An element of a list.
pub(super) const ELEMENT: u8 = 1;
/// A value that has been introduced.
pub(super) const BARE: u8 = 2;

impl<'p, 'w, S: Sink<'p>> Walk<'p, 'w, S> {
    /// The value of a field of this kind at `at`; answers the place behind it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value<const AS: u8>(
        &mut self,
        kind: Kind,
        wire: &'w [u8],
        field: &'p Field,
        at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        match kind {
            Kind::Message => {
                let (start, behind) = reader::delimited(wire, at, end)?;
                self.sink.introduce(before::<AS>(field));
                self.submessage(field, Slice { start, end: behind })?;
                Ok(behind)
            }
            Kind::Group => {
                let key = reader::Key { number: field.number, wire_type: WireType::StartGroup };
                let (content, behind) = reader::skip(wire, at, end, key, DEPTH - self.depth)?;
                self.sink.introduce(before::<AS>(field));
                self.submessage(field, Slice { start: at, end: content })?;
                Ok(behind)
            }
            _ => self.scalar::<AS>(kind, wire, field, at, end),
        }
    }

    /// The same of what is no message. Without optimisation its frame is large, and is not to stand on the stack once
    /// a level.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn scalar<const AS: u8>(
        &mut self,
        kind: Kind,
        wire: &'w [u8],
        field: &'p Field,
        at: usize,
        end: usize,
    ) -> Result<usize, Stop> {
        macro_rules! number {
            ($read:ident, $sink:ident, |$raw:ident| $value:expr, $is_zero:expr) => {{
                let ($raw, behind) = reader::$read(wire, at, end)?;
                let value = $value;
                if AS == FIELD && $is_zero(value) && self.omits(field) {
                    return Ok(behind);
                }
                self.sink.$sink(before::<AS>(field), value);
                Ok(behind)
            }};
        }
        match kind {
            Kind::String => {
                let (start, behind) = reader::delimited(wire, at, end)?;
                if AS == FIELD && start == behind && self.omits(field) {
                    return Ok(behind);
                }
                self.text(field, before::<AS>(field), start, behind)?;
                Ok(behind)
            }
            Kind::Bytes => {
                let (start, behind) = reader::delimited(wire, at, end)?;
                if AS == FIELD && start == behind && self.omits(field) {
                    return Ok(behind);
                }
                self.sink.introduce(before::<AS>(field));
                self.sink.bytes(Span::new(wire, start, behind));
                Ok(behind)
            }
            Kind::Int32 => number!(varint, int32_after, |raw| raw as i32, |value| value == 0),
            Kind::Int64 => number!(wide_varint, int64_after, |raw| raw.cast_signed(), |value| value == 0),
            Kind::Uint32 => number!(varint, uint32_after, |raw| raw as u32, |value| value == 0),
            Kind::Uint64 => number!(wide_varint, uint64_after, |raw| raw, |value| value == 0),
            Kind::Sint32 => {
                number!(varint, int32_after, |raw| zigzag::read(u64::from(raw as u32)) as i32, |value| value
                    == 0)
            }
            Kind::Sint64 => number!(wide_varint, int64_after, |raw| zigzag::read(raw), |value| value == 0),
            Kind::Fixed32 => number!(fixed32, uint32_after, |raw| raw, |value| value == 0),
            Kind::Fixed64 => number!(fixed64, uint64_after, |raw| raw, |value| value == 0),
            Kind::Sfixed32 => number!(fixed32, int32_after, |raw| raw.cast_signed(), |value| value == 0),
            Kind::Sfixed64 => number!(fixed64, int64_after, |raw| raw.cast_signed(), |value| value == 0),
            Kind::Bool => number!(varint, bool_after, |raw| raw != 0, |value: bool| !value),
            // Zero with a sign is not the default value.
            Kind::Float => {
                number!(fixed32, float_after, |raw| f32::from_bits(raw), |value: f32| value.to_bits() == 0)
            }
            Kind::Double => {
                number!(fixed64, double_after, |raw| f64::from_bits(raw), |value: f64| value.to_bits() == 0)
            }
            Kind::Enum => {
                let (raw, behind) = reader::varint(wire, at, end)?;
                let number = raw as i32;
                if AS == FIELD && number == 0 && self.omits(field) {
                    return Ok(behind);
                }
                let Some(e) = self.types.enum_of(field) else { return Ok(behind) };
                self.sink.introduce(before::<AS>(field));
                self.sink.number_of(e, number);
                Ok(behind)
            }
            Kind::Message | Kind::Group => Ok(at),
        }
    }

    /// Hands on the string between two places.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn text(
        &mut self,
        field: &'p Field,
        before: Before<'p>,
        start: usize,
        end: usize,
    ) -> Result<(), Stop> {
        if self.sink.plain_text(before, Span::new(self.wire, start, end)) {
            return Ok(());
        }
        self.checked_text(field, before, start, end)
    }

    #[inline(never)]
    fn checked_text(
        &mut self,
        field: &'p Field,
        before: Before<'p>,
        start: usize,
        end: usize,
    ) -> Result<(), Stop> {
        let text = self.string(field, start, end)?;
        self.sink.introduce(before);
        self.sink.text(text);
        Ok(())
    }

    /// The string between two places, which is UTF-8 where its type or the sink asks for it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn string(&self, field: &Field, start: usize, end: usize) -> Result<Span<'w>, Stop> {
        let text = Span::new(self.wire, start, end);
        if (field.utf8 || S::WELL_KNOWN) && !utf8::is_utf8(text) {
            return Err(Stop::broken(format!("a string is not UTF-8, at byte {start}")));
        }
        Ok(text)
    }

    /// A message of this field's type.
    #[inline]
    pub(super) fn submessage(&mut self, field: &'p Field, slice: Slice) -> Result<(), Stop> {
        let Some(type_) = self.types.of(field) else { return Ok(()) };
        self.nested(|walk| walk.message(type_, slice))
    }

    /// The default value of a field's kind.
    pub(super) fn zero(&mut self, field: &'p Field) -> Result<(), Stop> {
        match field.kind {
            Kind::String => self.sink.text(Span::from(&[][..])),
            Kind::Bytes => self.sink.bytes(Span::from(&[][..])),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => self.sink.int32(0),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => self.sink.int64(0),
            Kind::Uint32 | Kind::Fixed32 => self.sink.uint32(0),
            Kind::Uint64 | Kind::Fixed64 => self.sink.uint64(0),
            Kind::Bool => self.sink.bool(false),
            Kind::Float => self.sink.float(0.0),
            Kind::Double => self.sink.double(0.0),
            Kind::Enum => {
                if let Some(e) = self.types.enum_of(field) {
                    self.sink.number_of(e, e.default_number());
                }
            }
            Kind::Message | Kind::Group => return self.submessage(field, Slice { start: 0, end: 0 }),
        }
        Ok(())
    }

    /// A value that has been introduced.
    #[inline(never)]
    pub(super) fn bare_value(&mut self, field: &'p Field, at: usize, end: usize) -> Result<usize, Stop> {
        self.value::<BARE>(field.kind, self.wire, field, at, end)
    }

    /// If a closed enum does not name the number at `at`: hands it on as unknown, and answers the place behind it.
    pub(super) fn unknown_number(
        &mut self,
        field: &'p Field,
        at: usize,
        end: usize,
    ) -> Result<Option<usize>, Stop> {
        if field.kind != Kind::Enum {
            return Ok(None);
        }
        let (raw, behind) = reader::varint(self.wire, at, end)?;
        let known = self.types.enum_of(field).is_some_and(|e| e.name_of(raw as i32).is_some());
        if known {
            return Ok(None);
        }
        if S::UNKNOWN {
            let bytes = self.wire.get(at..behind).unwrap_or_default();
            self.sink.unknown(field.number, WireType::Varint as u32, bytes);
        }
        Ok(Some(behind))
    }

    /// Whether a field's default value is left out.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn omits(&self, field: &Field) -> bool {
        field.presence == Presence::Implicit && !self.defaults
    }
}

/// What introduces a value.
#[cfg_attr(not(debug_assertions), inline(always))]
fn before<const AS: u8>(field: &Field) -> Before<'_> {
    match AS {
        FIELD => Before::Field(field),
        ELEMENT => Before::Element,
        _ => Before::Nothing,
    }
}
