//! The well-known types, each from the JSON that is its own.

use super::super::DataError;
use super::super::plan::{Form, Tag, Type, WireType};
use super::super::source::{Member, Next, Source};
use super::super::well_known::{field_mask, time};
use super::super::wrong::Wrong;
use super::{Composer, value};

impl<'c, S: Source> Composer<'c, '_, '_, S> {
    /// The body of a message whose JSON is not simply an object of its fields.
    #[inline(never)]
    pub(super) fn special(&mut self, type_: &'c Type, next: Next) -> Result<(), Wrong> {
        match type_.form {
            Form::Any => self.any(type_, next),
            Form::Timestamp | Form::Duration => self.time(type_, next),
            Form::FieldMask => self.field_mask(type_, next),
            Form::Struct => self.object(next),
            Form::Value => self.any_json(next),
            Form::ListValue => self.list_value(next),
            Form::Wrapper(_) => {
                let Some(field) = type_.fields.first() else { return Err(self.mismatch(&type_.name)) };
                if next == Next::Null {
                    return Err(self.no_value(field));
                }
                self.value::<{ value::FIELD }>(field, next).map(drop)
            }
            Form::Plain | Form::Empty => {
                if next != Next::Object {
                    return Err(self.mismatch(&type_.name));
                }
                self.source.open_object()?;
                self.members(type_, super::Before::Bracket)
            }
        }
    }

    /// Seconds and nanoseconds.
    fn time(&mut self, type_: &Type, next: Next) -> Result<(), Wrong> {
        let read = match self.source.text(next)? {
            Some(text) if type_.form == Form::Timestamp => time::timestamp(text.get()),
            Some(text) => time::duration(text.get()),
            None => None,
        };
        let Some((seconds, nanos)) = read else {
            let shown = self.source.shown();
            let how = if type_.form == Form::Timestamp {
                "an RFC 3339 time such as \"2026-01-31T12:00:00Z\", in the years 1 to 9999"
            } else {
                "seconds such as \"1.5s\", at most 315576000000 of them"
            };
            return Err(self
                .source
                .wrong(DataError::new(format!("{shown} is no {}: that is {how}", type_.name))));
        };
        if seconds != 0 {
            self.out.varint(Tag::new(1, WireType::Varint), seconds.cast_unsigned());
        }
        if nanos != 0 {
            self.out.varint(Tag::new(2, WireType::Varint), i64::from(nanos).cast_unsigned());
        }
        Ok(())
    }

    /// `"a.b,cD"`, or as some write it, `{"paths": ["a.b", "c_d"]}`.
    fn field_mask(&mut self, type_: &'c Type, next: Next) -> Result<(), Wrong> {
        if next == Next::Object {
            self.source.open_object()?;
            return self.members(type_, super::Before::Bracket);
        }
        let Some(text) = self.source.text(next)? else { return Err(self.mismatch(&type_.name)) };
        let text = text.get();
        for camel in text.split(|&byte| byte == b',').filter(|_| !text.is_empty()) {
            let open = self.out.begin(Tag::new(1, WireType::Delimited));
            if !field_mask::to_snake(camel, |byte| self.out.bare_varint(u64::from(byte))) {
                let camel = String::from_utf8_lossy(camel);
                let what =
                    format!("{camel:?} is no path of a {}: its names are in lowerCamelCase", type_.name);
                return Err(self.source.wrong(DataError::new(what)));
            }
            self.out.end(open);
        }
        Ok(())
    }

    /// Any JSON, as a Value.
    fn any_json(&mut self, next: Next) -> Result<(), Wrong> {
        match next {
            Next::Null => self.out.varint(Tag::new(1, WireType::Varint), 0),
            Next::Number => {
                let Some(number) = self.source.double(next)? else {
                    return Err(self.mismatch("double: it is out of range"));
                };
                if number.is_finite() {
                    self.out.fixed64(Tag::new(2, WireType::Fixed64), number.to_bits());
                } else {
                    // JSON has only strings for these.
                    let name: &[u8] = match number {
                        _ if number.is_nan() => b"NaN",
                        _ if number > 0.0 => b"Infinity",
                        _ => b"-Infinity",
                    };
                    self.out.bytes(Tag::new(3, WireType::Delimited), name);
                }
            }
            Next::Text => {
                let Some(text) = self.source.text(next)? else { return Err(self.mismatch("string")) };
                self.out.span(Tag::new(3, WireType::Delimited), text);
            }
            Next::False => self.out.varint(Tag::new(4, WireType::Varint), 0),
            Next::True => self.out.varint(Tag::new(4, WireType::Varint), 1),
            Next::Object => {
                let open = self.out.begin(Tag::new(5, WireType::Delimited));
                self.nested(|composer| composer.object(next))?;
                self.out.end(open);
            }
            Next::List => {
                let open = self.out.begin(Tag::new(6, WireType::Delimited));
                self.nested(|composer| composer.list_value(next))?;
                self.out.end(open);
            }
        }
        Ok(())
    }

    /// An object, as a Struct.
    fn object(&mut self, next: Next) -> Result<(), Wrong> {
        if next != Next::Object {
            return Err(self.mismatch("google.protobuf.Struct"));
        }
        let object = self.source.place();
        self.source.open_object()?;
        let keys = self.keys.len();
        let mut first = true;
        while self.source.member(first, None)? != Member::End {
            first = false;
            let place = self.source.key_place();
            let open = self.out.begin(Tag::new(1, WireType::Delimited));
            let body = self.out.at();
            self.out.span(Tag::new(1, WireType::Delimited), self.source.key());
            let length = self.out.at() - body;
            let value = self.out.begin(Tag::new(2, WireType::Delimited));
            let written = self.source.next().and_then(|next| self.nested(|composer| composer.any_json(next)));
            written.map_err(|wrong| wrong.in_member(&self.source.key_at(place)))?;
            self.out.end(value);
            let before = self.out.at();
            self.out.end(open);
            let start = body + self.out.at() - before;
            self.note_key(keys, start, start + length, place)?;
        }
        self.refuse_second_keys(keys, object, None)?;
        self.keys.truncate(keys);
        Ok(())
    }

    /// An array, as a `ListValue`.
    fn list_value(&mut self, next: Next) -> Result<(), Wrong> {
        if next != Next::List {
            return Err(self.mismatch("google.protobuf.ListValue"));
        }
        self.source.open_list()?;
        let mut index = 0;
        while self.source.element(index == 0)? {
            let open = self.out.begin(Tag::new(1, WireType::Delimited));
            let written = self.source.next().and_then(|next| self.nested(|composer| composer.any_json(next)));
            written.map_err(|wrong| wrong.in_element(index))?;
            self.out.end(open);
            index += 1;
        }
        Ok(())
    }
}

impl Form {
    /// Whether its JSON may be an array.
    pub(super) fn takes_list(self) -> bool {
        matches!(self, Self::Value | Self::ListValue)
    }
}
