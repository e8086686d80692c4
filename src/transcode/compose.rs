//! From something in the shape of JSON to wire bytes, in one forward pass.

mod any;
mod list;
mod map;
mod special;
mod value;

use super::DataError;
use super::depth::{DEPTH, TOO_DEEP};
use super::frame::Frame;
use super::options::Unknown;
use super::plan::{Count, Field, Kind, Plan, Presence, Type, Types, no_such_field, second_of_oneof};
use super::source::{Member, Next, Source};
use super::writer::Writer;
use super::wrong::Wrong;
use map::MapKey;

/// Reads one message of the plan's type from the source, which holds no more, and writes it; nothing stays written on
/// an error.
///
/// `keys` is scratch space, kept so that it is made once.
#[inline]
pub(super) fn compose<S: Source>(
    plan: &Plan,
    source: S,
    unknown: Unknown,
    keys: &mut Vec<MapKey>,
    out: Writer<'_>,
) -> Result<(), Wrong> {
    let types = plan.types();
    let mut composer = Composer { types, home: types, source, out, unknown, depth: 0, keys };
    let root = plan.root();
    let next = composer.source.next()?;
    if next == Next::List && !root.form.takes_list() {
        return Err(composer.source.wrong(DataError::top_level_array(&root.name)));
    }
    composer.message_value(root, next)?;
    composer.source.finish()?;
    composer.out.finish();
    Ok(())
}

pub(super) use any::named;
pub(super) use map::MapKey as Scratch;

struct Composer<'c, 's, 'o, S> {
    types: &'c Types,
    /// The plan's own types, where what an Any holds is looked for; within one, `types` may be the bundled ones.
    home: &'c Types,
    source: S,
    out: Writer<'o>,
    unknown: Unknown,
    depth: u32,
    /// Keys of the maps that are open, innermost last.
    keys: &'s mut Vec<MapKey>,
}

/// What goes before the fields of a message.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// Its opening bracket.
    Bracket,
    /// Another member: that which says the type of an Any.
    AnyType,
    /// Its bracket; somewhere in it stands the type of an Any.
    AnyBracket,
}

impl<'c, S: Source> Composer<'c, '_, '_, S> {
    /// A message, whose value is `next`.
    #[inline]
    fn message_value(&mut self, type_: &'c Type, next: Next) -> Result<(), Wrong> {
        use super::plan::Form;
        if type_.form != Form::Plain {
            return self.special(type_, next);
        }
        if next != Next::Object {
            return Err(self.mismatch(&type_.name));
        }
        self.source.open_object()?;
        self.members(type_, Before::Bracket)
    }

    /// The fields of a message, up to its closing bracket.
    fn members(&mut self, type_: &'c Type, before: Before) -> Result<(), Wrong> {
        let mut frame = Frame::new(type_);
        let mut first = before != Before::AnyType;
        let mut types_seen = u32::from(before == Before::AnyType);
        let mut successor = &type_.first;
        loop {
            let guess = successor.get();
            let expected = type_.fields.get(guess);
            let rank = match self.source.member(first, expected)? {
                Member::Expected => guess,
                Member::End => break,
                Member::Named => match type_.rank_of_name(self.source.key()) {
                    Some(rank) => {
                        successor.learn(rank);
                        rank
                    }
                    None => {
                        self.unknown_member(type_, before, &mut types_seen)?;
                        first = false;
                        continue;
                    }
                },
            };
            first = false;
            let Some(field) = type_.fields.get(rank) else { break };
            successor = &field.next;
            if !frame.take(rank) {
                return Err(self.given_twice());
            }
            if let Some(kind) = field.plain
                && self.plain::<{ value::FIELD }>(kind, field)
            {
                continue;
            }
            let given = match field.count {
                Count::One => self.one(type_, field, &mut frame),
                Count::List => self.list(field),
                Count::Map => self.map(field),
            };
            given.map_err(|wrong| wrong.in_member(&field.json_name))?;
        }
        if let Some(field) = frame.missing(type_) {
            return Err(self.missing(type_, field));
        }
        frame.end();
        Ok(())
    }

    /// A singular field.
    #[inline(never)]
    fn one(&mut self, type_: &'c Type, field: &'c Field, frame: &mut Frame) -> Result<(), Wrong> {
        if field.set_item {
            return self.set_item(field);
        }
        let next = self.source.next()?;
        if next == Next::Null && !self.holds_null(field) {
            return self.left_out(type_, field);
        }
        if let Some(oneof) = field.oneof
            && !frame.take_oneof(oneof)
        {
            return Err(self.second_of_oneof(type_, field, frame));
        }
        if self.value::<{ value::FIELD }>(field, next)? { Ok(()) } else { self.left_out(type_, field) }
    }

    /// A field that is given and stays without a value. No other will come.
    fn left_out(&self, type_: &Type, field: &Field) -> Result<(), Wrong> {
        if field.presence == Presence::Required { Err(self.missing(type_, field)) } else { Ok(()) }
    }

    /// An extension of a `MessageSet`, whose tag is its type (protobuf.dev/programming-guides/encoding).
    fn set_item(&mut self, field: &'c Field) -> Result<(), Wrong> {
        let next = self.source.next()?;
        if next == Next::Null {
            return Ok(());
        }
        let Some(type_) = self.types.of(field) else { return Err(self.mismatch("message")) };
        let item = super::plan::SetItem::new();
        self.out.tag(item.start);
        self.out.varint(item.type_id, u64::from(field.number));
        let open = self.out.begin(item.message);
        self.nested(|composer| composer.message_value(type_, next))?;
        self.out.end(open);
        self.out.tag(item.end);
        Ok(())
    }

    /// What is one level deeper.
    #[inline]
    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<(), Wrong>) -> Result<(), Wrong> {
        if self.depth >= DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let done = inner(self);
        self.depth -= 1;
        done
    }

    /// A member that the type does not have.
    #[cold]
    fn unknown_member(&mut self, type_: &Type, before: Before, types_seen: &mut u32) -> Result<(), Wrong> {
        let key = self.source.key().get();
        if before != Before::Bracket && key == b"@type" {
            *types_seen += 1;
            if *types_seen > 1 {
                return Err(self.given_twice());
            }
        } else if self.unknown == Unknown::Refuse {
            let name = String::from_utf8_lossy(key).into_owned();
            return Err(self.source.wrong_key(self.source.key_place(), no_such_field(&name, type_)));
        }
        let next = self.source.next()?;
        self.source.skip(next)
    }

    /// Whether `null` is a value of this field, not only its absence.
    fn holds_null(&self, field: &Field) -> bool {
        match field.kind {
            Kind::Enum => self.types.enum_of(field).is_some_and(|e| e.is_null),
            Kind::Message | Kind::Group => {
                self.types.of(field).is_some_and(|type_| type_.form == super::plan::Form::Value)
            }
            _ => false,
        }
    }

    #[cold]
    fn mismatch(&self, wanted: &str) -> Wrong {
        self.source.wrong(DataError::new(format!("{} is no {wanted}", self.source.shown())))
    }

    #[cold]
    fn too_deep(&self) -> Wrong {
        self.source.wrong(DataError::new(TOO_DEEP))
    }

    #[cold]
    fn given_twice(&self) -> Wrong {
        let name = self.source.key_at(self.source.key_place());
        let error = DataError::new(format!("the field {name:?} is given twice"));
        self.source.wrong_key(self.source.key_place(), error).in_member(&name)
    }

    #[cold]
    fn second_of_oneof(&self, type_: &Type, field: &Field, frame: &Frame) -> Wrong {
        let other = frame.other_of_oneof(type_, field).map(|other| &*other.json_name);
        self.source.wrong_key(self.source.key_place(), second_of_oneof(type_, field, other))
    }

    #[cold]
    fn missing(&self, type_: &Type, field: &Field) -> Wrong {
        let (name, type_) = (&field.json_name, &type_.name);
        self.source
            .wrong_key(self.source.key_place(), DataError::new(format!("{type_} needs its field {name:?}")))
    }
}

/// An error without a place, for sources that have none.
pub(super) fn placeless(error: DataError) -> Wrong {
    Wrong::new(0, error)
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
