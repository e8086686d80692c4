//! An Any: whose type is looked for first, and whose JSON is that of what it holds.

use super::super::DataError;
use super::super::plan::{Form, Tag, Type, Types, WireType};
use super::super::source::{Member, Next, Source};
use super::super::wrong::Wrong;
use super::{Before, Composer};

/// The member that says what an Any holds.
const TYPE: &[u8] = b"@type";

impl<'c, S: Source> Composer<'c, '_, '_, S> {
    pub(super) fn any(&mut self, any: &'c Type, next: Next) -> Result<(), Wrong> {
        if next != Next::Object {
            return Err(self.mismatch(&any.name));
        }
        let object = self.source.place();
        self.source.open_object()?;
        match self.source.member(true, None)? {
            Member::End => return Ok(()),
            _ if self.source.key().get() == TYPE => {
                let (types, inner) = self.any_type()?;
                return self.any_value(types, inner, Before::AnyType);
            }
            _ => {}
        }
        // The type stands further on: it is looked for, and the object is read again.
        loop {
            let next = self.source.next()?;
            self.source.skip(next)?;
            if self.source.member(false, None)? == Member::End {
                self.source.back_to(object);
                let _ = self.source.next()?;
                return Err(self.source.wrong(DataError::new("an Any needs its \"@type\"")));
            }
            if self.source.key().get() == TYPE {
                break;
            }
        }
        let (types, inner) = self.any_type()?;
        self.source.back_to(object);
        let _ = self.source.next()?;
        self.source.open_object()?;
        self.any_value(types, inner, Before::AnyBracket)
    }

    /// Writes the type URL, which comes next, and finds the type that it names.
    fn any_type(&mut self) -> Result<(&'c Types, &'c Type), Wrong> {
        let next = self.source.next()?;
        let found = match self.source.text(next)? {
            None => Err("\"@type\" is a string such as \"type.googleapis.com/pkg.Type\"".to_owned()),
            Some(url) => match named(url.get()) {
                None => {
                    let url = String::from_utf8_lossy(url.get());
                    Err(format!("{url:?} is no type URL such as \"type.googleapis.com/pkg.Type\""))
                }
                Some(name) => {
                    self.out.span(Tag::new(1, WireType::Delimited), url);
                    let found = self.home.any(name);
                    found.ok_or_else(|| format!("the message type '{name}' is not in the schema"))
                }
            },
        };
        found.map_err(|what| self.source.wrong(DataError::new(what)).in_member("@type"))
    }

    /// Writes what an Any holds, as its field `value`.
    fn any_value(&mut self, types: &'c Types, inner: &'c Type, before: Before) -> Result<(), Wrong> {
        let outer = std::mem::replace(&mut self.types, types);
        let begun = self.out.at();
        let open = self.out.begin(Tag::new(2, WireType::Delimited));
        let body = self.out.at();
        self.nested(|composer| match inner.form {
            Form::Plain => composer.members(inner, before),
            _ => composer.boxed(inner, before),
        })?;
        if self.out.at() == body {
            self.out.back_to(begun);
        } else {
            self.out.end(open);
        }
        self.types = outer;
        Ok(())
    }

    /// The member `value`, which holds the JSON of a well-known type.
    fn boxed(&mut self, type_: &'c Type, before: Before) -> Result<(), Wrong> {
        let mut first = before != Before::AnyType;
        let (mut types_seen, mut values) = (u32::from(!first), 0);
        while self.source.member(first, None)? != Member::End {
            first = false;
            match self.source.key().get() {
                b"value" => {
                    values += 1;
                    if values > 1 {
                        return Err(self.given_twice());
                    }
                    let written = self.source.next().and_then(|next| self.message_value(type_, next));
                    written.map_err(|wrong| wrong.in_member("value"))?;
                }
                _ => self.unknown_boxed(before, &mut types_seen)?,
            }
        }
        if values == 0 && type_.form != Form::Empty {
            let name = &type_.name;
            return Err(self.source.wrong_key(
                self.source.key_place(),
                DataError::new(format!("an Any of {name} needs its \"value\"")),
            ));
        }
        Ok(())
    }

    fn unknown_boxed(&mut self, before: Before, types_seen: &mut u32) -> Result<(), Wrong> {
        let key = self.source.key().get();
        if key != TYPE && self.unknown == super::Unknown::Refuse {
            let name = String::from_utf8_lossy(key).into_owned();
            let error = DataError::new(format!("unknown field {name:?} beside \"@type\" and \"value\""));
            return Err(self.source.wrong_key(self.source.key_place(), error));
        }
        if key == TYPE {
            *types_seen += 1;
            if *types_seen > 1 && before != Before::Bracket {
                return Err(self.given_twice());
            }
        }
        let next = self.source.next()?;
        self.source.skip(next)
    }
}

/// The type's name in a type URL: what stands behind its last slash.
pub(in crate::transcode) fn named(url: &[u8]) -> Option<&str> {
    let (_, name) = std::str::from_utf8(url).ok()?.rsplit_once('/')?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
#[path = "any_tests.rs"]
mod tests;
