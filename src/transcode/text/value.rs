//! Reads the values of fields that hold no messages.

use super::literal::{Literal, unescape};
use super::reader::Reader;
use super::token::Shape;
use crate::transcode::DataError;
use crate::transcode::json::shown;
use crate::transcode::options::Unknown;
use crate::transcode::plan::{Count, Field, Kind, Presence, Tag, Types, no_such_value, value_text};
use crate::transcode::writer::Writer;
use crate::transcode::wrong::Wrong;
use crate::transcode::zigzag;

/// A number as the wire has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Varint(u64),
    Fixed32(u32),
    Fixed64(u64),
}

impl Number {
    /// Writes it behind a tag, or as it is in a packed list.
    pub(super) fn write(self, writer: &mut Writer<'_>, tag: Option<Tag>) {
        match (self, tag) {
            (Self::Varint(value), Some(tag)) => writer.varint(tag, value),
            (Self::Varint(value), None) => writer.bare_varint(value),
            (Self::Fixed32(value), Some(tag)) => writer.fixed32(tag, value),
            (Self::Fixed32(value), None) => writer.bare_fixed32(value),
            (Self::Fixed64(value), Some(tag)) => writer.fixed64(tag, value),
            (Self::Fixed64(value), None) => writer.bare_fixed64(value),
        }
    }

    fn signed(value: i64) -> Self {
        Self::Varint(value.cast_unsigned())
    }

    fn zigzag(value: i64) -> Self {
        Self::Varint(zigzag::write(value))
    }

    fn is_zero(self) -> bool {
        matches!(self, Self::Varint(0) | Self::Fixed32(0) | Self::Fixed64(0))
    }
}

impl Reader<'_, '_> {
    /// One value that is no message, with its tag, unless it is a default that is not written.
    pub(super) fn scalar(&mut self, types: &Types, field: &Field) -> Result<(), Wrong> {
        // Elements of a list are written whatever they are.
        let implicit = field.presence == Presence::Implicit && field.count == Count::One;
        let tag = field.single;
        if matches!(field.kind, Kind::String | Kind::Bytes) {
            self.text(types, field)?;
            if !(implicit && self.string.is_empty()) {
                self.writer.bytes(tag, &self.string);
            }
        } else if let Some(number) = self.number(types, field)?
            && !(implicit && number.is_zero())
        {
            number.write(&mut self.writer, Some(tag));
        }
        Ok(())
    }

    /// Puts the strings that stand here together.
    fn text(&mut self, types: &Types, field: &Field) -> Result<(), Wrong> {
        let start = self.token().offset;
        if self.token().shape != Shape::String {
            return Err(self.mismatch(types, field, start, ""));
        }
        self.string.clear();
        while self.token().shape == Shape::String {
            unescape(self.token().text, self.token().offset, &mut self.string)?;
            self.lexer.advance()?;
        }
        if field.kind == Kind::String && field.utf8 && std::str::from_utf8(&self.string).is_err() {
            return Err(Wrong::new(start, DataError::new("the string is not UTF-8")));
        }
        Ok(())
    }

    /// A number, a bool, or a value of an enum; `None` for a name or number that the enum does not have, where
    /// those are let pass.
    pub(super) fn number(&mut self, types: &Types, field: &Field) -> Result<Option<Number>, Wrong> {
        let start = self.token().offset;
        let minus = self.take(b'-')?;
        let literal = Literal { minus, shape: self.token().shape, text: self.token().text };
        let number = match field.kind {
            Kind::Int32 => literal.int32().map(|value| Number::signed(value.into())),
            Kind::Int64 => literal.int64().map(Number::signed),
            Kind::Sint32 => literal.int32().map(|value| Number::zigzag(value.into())),
            Kind::Sint64 => literal.int64().map(Number::zigzag),
            Kind::Sfixed32 => literal.int32().map(|value| Number::Fixed32(value.cast_unsigned())),
            Kind::Sfixed64 => literal.int64().map(|value| Number::Fixed64(value.cast_unsigned())),
            Kind::Uint32 => literal.uint32().map(|value| Number::Varint(value.into())),
            Kind::Uint64 => literal.uint64().map(Number::Varint),
            Kind::Fixed32 => literal.uint32().map(Number::Fixed32),
            Kind::Fixed64 => literal.uint64().map(Number::Fixed64),
            Kind::Float => literal.real().map(|value: f32| Number::Fixed32(value.to_bits())),
            Kind::Double => literal.real().map(|value: f64| Number::Fixed64(value.to_bits())),
            Kind::Bool => literal.bool().map(|value| Number::Varint(value.into())),
            Kind::Enum => match self.enum_number(types, field, literal, start)? {
                Found::Number(value) => Some(Number::signed(value.into())),
                Found::Dropped => {
                    self.lexer.advance()?;
                    return Ok(None);
                }
                Found::Nothing => None,
            },
            Kind::String | Kind::Bytes | Kind::Message | Kind::Group => None,
        };
        let Some(number) = number else {
            let real = matches!(field.kind, Kind::Float | Kind::Double);
            return Err(self.mismatch(
                types,
                field,
                start,
                match (literal.is_integer(), real) {
                    (true, true) => ": octal and hexadecimal numbers are whole",
                    (true, false) => ": it is out of range",
                    (false, _) => "",
                },
            ));
        };
        self.lexer.advance()?;
        Ok(Some(number))
    }

    /// What a name or a number is in the enum of a field.
    fn enum_number(
        &self,
        types: &Types,
        field: &Field,
        literal: Literal<'_>,
        start: usize,
    ) -> Result<Found, Wrong> {
        let Some(e) = types.enum_of(field) else { return Ok(Found::Nothing) };
        let found = if literal.is_word() {
            e.number_of(literal.text.as_bytes())
        } else if let Some(number) = literal.int32() {
            Some(number).filter(|&number| !field.closed || e.name_of(number).is_some())
        } else {
            return Ok(Found::Nothing);
        };
        match (found, self.unknown) {
            (Some(number), _) => Ok(Found::Number(number)),
            (None, Unknown::Drop) => Ok(Found::Dropped),
            (None, Unknown::Refuse) => Err(Wrong::new(start, no_such_value(self.lexer.since(start), e))),
        }
    }

    /// The error for a value, which begins at `start`, that is none of the field's type.
    fn mismatch(&self, types: &Types, field: &Field, start: usize, why: &str) -> Wrong {
        let type_name = match field.kind {
            Kind::Bytes => "bytes".to_owned(),
            _ => value_text(types, field),
        };
        if matches!(self.token().shape, Shape::Symbol(_) | Shape::End) {
            return self.due(&format!("a value of type {type_name}"));
        }
        let given = shown(self.lexer.since(start).as_bytes());
        Wrong::new(start, DataError::new(format!("{given} is no {type_name}{why}")))
    }
}

/// What an enum makes of a literal.
enum Found {
    Number(i32),
    /// It does not have it, and that is let pass.
    Dropped,
    /// It is neither a name nor a number of 32 bits.
    Nothing,
}
