//! One value of a field, as a source has it, on the wire.

use super::super::number;
use super::super::options::Unknown;
use super::super::plan::{Field, Kind, Presence, no_such_value, value_text};
use super::super::sink::Span;
use super::super::source::{Next, Source};
use super::super::wrong::Wrong;
use super::super::zigzag;
use super::Composer;

/// A singular field: behind its tag, and left out when it is the default one of a field without presence.
pub(super) const FIELD: u8 = 0;
/// An element of a list, or the member of a map's entry: always behind its tag.
pub(super) const ELEMENT: u8 = 1;
/// An element of a packed list: without a tag.
pub(super) const PACKED: u8 = 2;

impl<'c, S: Source> Composer<'c, '_, '_, S> {
    /// Writes the value that comes next, if it is simply spelt; takes nothing if it is not.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a number that was asked for in 32 bits has no more, and they are written as they are"
    )]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn plain<const AS: u8>(&mut self, kind: Kind, field: &'c Field) -> bool {
        macro_rules! integer {
            ($bits:literal, $signed:literal, $write:ident, |$raw:ident| $value:expr) => {
                match self.source.integer::<$bits, $signed>() {
                    Some($raw) => self.$write::<AS>(field, $value),
                    None => return false,
                }
            };
        }
        match kind {
            Kind::String => match self.source.short_text() {
                Some((_, 0)) if AS == FIELD && field.presence == Presence::Implicit => {}
                Some((text, length)) => self.out.short(field.single, text, length),
                None => return false,
            },
            Kind::Int32 => integer!(32, true, varint, |raw| raw),
            Kind::Int64 => integer!(64, true, varint, |raw| raw),
            Kind::Uint32 => integer!(32, false, varint, |raw| raw),
            Kind::Uint64 => integer!(64, false, varint, |raw| raw),
            Kind::Sint32 => integer!(32, true, varint, |raw| zigzag::write(raw.cast_signed())),
            Kind::Sint64 => integer!(64, true, varint, |raw| zigzag::write(raw.cast_signed())),
            Kind::Fixed32 => integer!(32, false, fixed32, |raw| raw as u32),
            Kind::Fixed64 => integer!(64, false, fixed64, |raw| raw),
            Kind::Sfixed32 => integer!(32, true, fixed32, |raw| raw as u32),
            Kind::Sfixed64 => integer!(64, true, fixed64, |raw| raw),
            Kind::Bool => match self.source.boolean() {
                Some(value) => self.varint::<AS>(field, value.into()),
                None => return false,
            },
            Kind::Double => match self.source.bare_double() {
                Some(value) => self.fixed64::<AS>(field, value.to_bits()),
                None => return false,
            },
            Kind::Enum => match self.spelt_number(field) {
                Some(number) => self.varint::<AS>(field, i64::from(number).cast_unsigned()),
                None => return false,
            },
            Kind::Float => match self.source.bare_float() {
                Some(value) => self.fixed32::<AS>(field, value.to_bits()),
                None => return false,
            },
            Kind::Bytes | Kind::Message | Kind::Group => return false,
        }
        true
    }

    /// The number of the enum's value whose name comes next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn spelt_number(&mut self, field: &'c Field) -> Option<i32> {
        let e = self.types.enum_of(field)?;
        let place = self.source.place();
        let (text, length) = self.source.short_text()?;
        let number = e.number_spelt(Span::new(text, 0, length));
        if number.is_none() {
            self.source.back_to(place);
        }
        number
    }

    /// Writes a value; `false` when it is an unknown enum name that may be dropped.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value<const AS: u8>(&mut self, field: &'c Field, next: Next) -> Result<bool, Wrong> {
        match field.kind {
            Kind::Message => {
                let Some(type_) = self.types.of(field) else { return Err(self.no_value(field)) };
                let open = self.out.begin_field(field);
                self.nested(|composer| composer.message_value(type_, next))?;
                self.out.end_field(open, field);
            }
            Kind::Group => {
                let Some(type_) = self.types.of(field) else { return Err(self.no_value(field)) };
                self.out.tag(field.tag);
                self.nested(|composer| composer.message_value(type_, next))?;
                self.out.tag(field.end_tag());
            }
            _ => return self.scalar::<AS>(field, next),
        }
        Ok(true)
    }

    /// The same of what is no message. Without optimisation its frame is large, and is not to stand on the stack once
    /// a level.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number that was asked for in 32 bits has no more, and they are written as they are"
    )]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn scalar<const AS: u8>(&mut self, field: &'c Field, next: Next) -> Result<bool, Wrong> {
        match field.kind {
            Kind::String => {
                let Some(text) = self.source.text(next)? else { return Err(self.no_value(field)) };
                if AS != FIELD || text.len() > 0 || field.presence != Presence::Implicit {
                    self.out.span(field.single, text);
                }
            }
            Kind::Bytes => {
                let Some(bytes) = self.source.bytes(next)? else { return Err(self.no_value(field)) };
                if AS != FIELD || bytes.len() > 0 || field.presence != Presence::Implicit {
                    self.out.span(field.single, bytes);
                }
            }
            Kind::Int32 => {
                let Some(value) = self.source.signed(next, 32)? else { return Err(self.no_value(field)) };
                self.varint::<AS>(field, value.cast_unsigned());
            }
            Kind::Int64 => {
                let Some(value) = self.source.signed(next, 64)? else { return Err(self.no_value(field)) };
                self.varint::<AS>(field, value.cast_unsigned());
            }
            Kind::Uint32 => {
                let Some(value) = self.source.unsigned(next, 32)? else { return Err(self.no_value(field)) };
                self.varint::<AS>(field, value);
            }
            Kind::Uint64 => {
                let Some(value) = self.source.unsigned(next, 64)? else { return Err(self.no_value(field)) };
                self.varint::<AS>(field, value);
            }
            Kind::Sint32 => {
                let Some(value) = self.source.signed(next, 32)? else { return Err(self.no_value(field)) };
                self.varint::<AS>(field, zigzag::write(value));
            }
            Kind::Sint64 => {
                let Some(value) = self.source.signed(next, 64)? else { return Err(self.no_value(field)) };
                self.varint::<AS>(field, zigzag::write(value));
            }
            Kind::Fixed32 => {
                let Some(value) = self.source.unsigned(next, 32)? else { return Err(self.no_value(field)) };
                self.fixed32::<AS>(field, value as u32);
            }
            Kind::Fixed64 => {
                let Some(value) = self.source.unsigned(next, 64)? else { return Err(self.no_value(field)) };
                self.fixed64::<AS>(field, value);
            }
            Kind::Sfixed32 => {
                let Some(value) = self.source.signed(next, 32)? else { return Err(self.no_value(field)) };
                self.fixed32::<AS>(field, value as u32);
            }
            Kind::Sfixed64 => {
                let Some(value) = self.source.signed(next, 64)? else { return Err(self.no_value(field)) };
                self.fixed64::<AS>(field, value.cast_unsigned());
            }
            Kind::Double => {
                let Some(value) = self.source.double(next)? else { return Err(self.no_value(field)) };
                self.fixed64::<AS>(field, value.to_bits());
            }
            Kind::Float => {
                let Some(value) = self.source.float(next)? else { return Err(self.no_value(field)) };
                self.fixed32::<AS>(field, value.to_bits());
            }
            Kind::Bool => {
                let value = match next {
                    Next::True => 1,
                    Next::False => 0,
                    _ => return Err(self.no_value(field)),
                };
                self.varint::<AS>(field, value);
            }
            Kind::Enum => match self.enum_number(field, next)? {
                Some(number) => self.varint::<AS>(field, i64::from(number).cast_unsigned()),
                None => return Ok(false),
            },
            Kind::Message | Kind::Group => {}
        }
        Ok(true)
    }

    /// The number of an enum's value, by its name or by itself; `None` when its name is unknown and that is allowed.
    fn enum_number(&mut self, field: &'c Field, next: Next) -> Result<Option<i32>, Wrong> {
        let Some(e) = self.types.enum_of(field) else { return Err(self.no_value(field)) };
        match next {
            Next::Null if e.is_null => Ok(Some(0)),
            Next::Number => {
                let number = self.source.signed(next, 32)?.and_then(|number| i32::try_from(number).ok());
                let Some(number) = number else { return Err(self.no_value(field)) };
                if field.closed && e.name_of(number).is_none() {
                    return match self.unknown {
                        Unknown::Drop => Ok(None),
                        Unknown::Refuse => Err(self.source.wrong(no_such_value(&self.source.shown(), e))),
                    };
                }
                Ok(Some(number))
            }
            Next::Text => {
                let Some(name) = self.source.text(next)? else { return Err(self.no_value(field)) };
                let name = name.get();
                match e.number_of(name) {
                    Some(number) => Ok(Some(number)),
                    None if self.unknown == Unknown::Drop => Ok(None),
                    None => {
                        let name = format!("{:?}", String::from_utf8_lossy(name));
                        Err(self.source.wrong(no_such_value(&name, e)))
                    }
                }
            }
            _ => Err(self.no_value(field)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn varint<const AS: u8>(&mut self, field: &Field, value: u64) {
        match AS {
            PACKED => self.out.bare_varint(value),
            FIELD if value == 0 && field.presence == Presence::Implicit => {}
            _ => self.out.varint(field.single, value),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn fixed32<const AS: u8>(&mut self, field: &Field, value: u32) {
        match AS {
            PACKED => self.out.bare_fixed32(value),
            FIELD if value == 0 && field.presence == Presence::Implicit => {}
            _ => self.out.fixed32(field.single, value),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn fixed64<const AS: u8>(&mut self, field: &Field, value: u64) {
        match AS {
            PACKED => self.out.bare_fixed64(value),
            FIELD if value == 0 && field.presence == Presence::Implicit => {}
            _ => self.out.fixed64(field.single, value),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn no_value(&self, field: &Field) -> Wrong {
        let what = value_text(self.types, field);
        let shown = self.source.shown();
        let range = match field.kind {
            _ if !number::is_number(shown.trim_matches('"').as_bytes()) => None,
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Some((i64::from(i32::MIN), i32::MAX as u64)),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Some((i64::MIN, i64::MAX as u64)),
            Kind::Uint32 | Kind::Fixed32 => Some((0, u64::from(u32::MAX))),
            Kind::Uint64 | Kind::Fixed64 => Some((0, u64::MAX)),
            Kind::Double | Kind::Float => return self.mismatch(&format!("{what}: it is out of range")),
            _ => None,
        };
        match range {
            Some((least, most)) => {
                self.mismatch(&format!("{what}: that is a whole number from {least} to {most}"))
            }
            None => self.mismatch(&what),
        }
    }
}
