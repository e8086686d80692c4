//! Lists: their elements one after the other, packed or each behind its tag.

use super::super::plan::{Field, Form, Kind, Type, type_text, value_text};
use super::super::source::{Next, Source};
use super::super::writer::Open;
use super::super::wrong::Wrong;
use super::{Before, Composer, value};

impl<'c, S: Source> Composer<'c, '_, '_, S> {
    /// A list, whose value comes next.
    pub(super) fn list(&mut self, field: &'c Field) -> Result<(), Wrong> {
        match self.source.next()? {
            Next::Null => return Ok(()),
            Next::List => {}
            _ => return Err(self.mismatch(&type_text(self.types, field))),
        }
        self.source.open_list()?;
        let open = field.packed.then(|| self.out.begin_field(field));
        let body = self.out.at();
        self.elements(field)?;
        self.end_packed(open, body, field);
        Ok(())
    }

    /// The elements, in one loop of their kind.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn elements(&mut self, field: &'c Field) -> Result<(), Wrong> {
        macro_rules! each {
            ($kind:ident) => {
                if field.packed {
                    self.each(field, |composer| composer.plain::<{ value::PACKED }>(Kind::$kind, field))
                } else {
                    self.each(field, |composer| composer.plain::<{ value::ELEMENT }>(Kind::$kind, field))
                }
            };
        }
        match field.kind {
            Kind::Int32 => each!(Int32),
            Kind::Int64 => each!(Int64),
            Kind::Uint32 => each!(Uint32),
            Kind::Uint64 => each!(Uint64),
            Kind::Sint32 => each!(Sint32),
            Kind::Sint64 => each!(Sint64),
            Kind::Fixed32 => each!(Fixed32),
            Kind::Fixed64 => each!(Fixed64),
            Kind::Sfixed32 => each!(Sfixed32),
            Kind::Sfixed64 => each!(Sfixed64),
            Kind::String => {
                self.each(field, |composer| composer.plain::<{ value::ELEMENT }>(Kind::String, field))
            }
            Kind::Bool => each!(Bool),
            Kind::Double => each!(Double),
            Kind::Enum => each!(Enum),
            Kind::Float => each!(Float),
            Kind::Bytes | Kind::Group => self.each(field, |_| false),
            Kind::Message => match self.types.of(field) {
                Some(type_) if type_.form == Form::Plain => self.messages(type_, field),
                _ => self.each(field, |_| false),
            },
        }
    }

    /// Elements that `plain` writes if they are simply spelt.
    #[inline(never)]
    fn each(&mut self, field: &'c Field, plain: impl Fn(&mut Self) -> bool) -> Result<(), Wrong> {
        let mut index = 0;
        while self.source.element(index == 0)? {
            if !plain(self) {
                self.element(field).map_err(|wrong| wrong.in_element(index))?;
            }
            index += 1;
        }
        Ok(())
    }

    /// Messages whose JSON is an object of their fields.
    #[inline(never)]
    fn messages(&mut self, type_: &'c Type, field: &'c Field) -> Result<(), Wrong> {
        let mut index = 0;
        while self.source.element(index == 0)? {
            self.message_element(type_, field).map_err(|wrong| wrong.in_element(index))?;
            index += 1;
        }
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn message_element(&mut self, type_: &'c Type, field: &'c Field) -> Result<(), Wrong> {
        let next = self.source.next()?;
        if next != Next::Object {
            return Err(self.mismatch(&value_text(self.types, field)));
        }
        self.source.open_object()?;
        let open = self.out.begin_field(field);
        self.nested(|composer| composer.members(type_, Before::Bracket))?;
        self.out.end_field(open, field);
        Ok(())
    }

    /// Ends a list that is packed, unless nothing is in it: elements may have been dropped.
    fn end_packed(&mut self, open: Option<Open>, body: usize, field: &Field) {
        match open {
            Some(open) if self.out.at() == body => self.out.take_back(open, field),
            Some(open) => self.out.end_field(open, field),
            None => {}
        }
    }

    #[inline(never)]
    fn element(&mut self, field: &'c Field) -> Result<(), Wrong> {
        let next = self.source.next()?;
        if next == Next::Null && !self.holds_null(field) {
            return Err(self.mismatch(&value_text(self.types, field)));
        }
        if field.packed {
            self.value::<{ value::PACKED }>(field, next).map(drop)
        } else {
            self.value::<{ value::ELEMENT }>(field, next).map(drop)
        }
    }
}
