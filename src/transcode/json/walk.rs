//! A walk over JSON text beside the type it is meant for: finds what does not fit, and names places.

use std::collections::HashSet;

use prost_reflect::{Kind, MessageDescriptor};

use super::cursor::{Cursor, Step, shown};
use super::expect::{Expect, Wants, holds_null, in_range, no_such_field, no_such_value, wants};
use crate::transcode::DataError;
use crate::transcode::options::{JsonInput, Unknown};

/// How deep a message may be nested.
const DEPTH: usize = 100;

/// An error with the offset in the text where it stands.
#[derive(Debug)]
pub(crate) struct Flaw {
    pub(crate) offset: usize,
    pub(crate) error: DataError,
}

/// Why a walk ended before the end of the text.
#[derive(Debug)]
pub(super) enum Stop {
    /// The text is no JSON; a JSON reader says better why. Here is the path to where it happens.
    Syntax(String),
    /// The text does not fit the type.
    Flaw(Flaw),
    /// The value or key that ends behind the offset asked for.
    Found(Found),
}

/// A value or key, and what was expected there.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) path: String,
    pub(super) expected: String,
}

/// Whether `null` stands for an absent field here.
#[derive(Clone, Copy, PartialEq)]
enum Null {
    Absent,
    Refused,
}

/// The members of an object.
enum Members {
    Free,
    Message(MessageDescriptor),
    Map(Kind, Kind),
    /// An Any whose type is not known yet.
    Any(MessageDescriptor),
    /// An Any of a well-known type, which stands in the member `value`.
    Boxed(MessageDescriptor),
}

pub(super) struct Walk<'a> {
    cursor: Cursor<'a>,
    options: JsonInput,
    until: Option<usize>,
    path: Vec<Step>,
}

impl<'a> Walk<'a> {
    /// Walks over the whole text.
    pub(super) fn check(text: &'a [u8], type_: &MessageDescriptor, options: JsonInput) -> Result<(), Stop> {
        Self { cursor: Cursor { text, at: 0 }, options, until: None, path: Vec::new() }.root(type_)
    }

    /// Finds the value or key to which the byte at `offset` belongs, or behind which it stands.
    pub(super) fn find(text: &'a [u8], type_: &MessageDescriptor, offset: usize) -> Option<Found> {
        // Whatever does not fit has been found before, so this walk lets all pass.
        let options = JsonInput { unknown: Unknown::Drop };
        match (Self { cursor: Cursor { text, at: 0 }, options, until: Some(offset), path: Vec::new() }
            .root(type_))
        {
            Err(Stop::Found(found)) => Some(found),
            _ => None,
        }
    }

    fn root(&mut self, type_: &MessageDescriptor) -> Result<(), Stop> {
        let expect = Expect::One(Kind::Message(type_.clone()));
        self.cursor.blanks();
        let start = self.cursor.at;
        if self.cursor.peek() == Some(b'[')
            && !matches!(wants_of(&expect), Some(Wants::Anything | Wants::Array))
        {
            let error = DataError::top_level_array(type_.full_name());
            return Err(Stop::Flaw(Flaw { offset: start, error }));
        }
        self.value(&expect, Null::Refused, 0)?;
        match self.until {
            Some(_) => Err(self.found(start, &expect)),
            None => Ok(()),
        }
    }

    fn value(&mut self, expect: &Expect, null: Null, depth: usize) -> Result<(), Stop> {
        self.cursor.blanks();
        let start = self.cursor.at;
        let first = self.cursor.peek().ok_or_else(|| self.syntax())?;
        if matches!(first, b'{' | b'[') && depth >= DEPTH {
            let error = DataError::new(format!("nested more than {DEPTH} levels deep"));
            return Err(self.flaw(start, error));
        }
        match first {
            b'{' => {
                let members = match (expect, wants_of(expect)) {
                    (Expect::Free, _) | (_, Some(Wants::Anything | Wants::Object)) => Members::Free,
                    (Expect::Map(key, value), _) => Members::Map(key.clone(), value.clone()),
                    (_, Some(Wants::Message(message))) => Members::Message(message),
                    (_, Some(Wants::Any(any))) => Members::Any(any),
                    _ => return Err(self.mismatch(start, "an object", expect)),
                };
                self.object(members, start, depth)
            }
            b'[' => match (expect, wants_of(expect)) {
                (Expect::Free, _) | (_, Some(Wants::Anything | Wants::Array)) => {
                    self.array(&Expect::Free, depth)
                }
                (Expect::List(kind), _) => self.array(&Expect::One(kind.clone()), depth),
                _ => Err(self.mismatch(start, "an array", expect)),
            },
            b'"' => {
                self.string()?;
                match (expect, wants_of(expect)) {
                    (Expect::Free, _)
                    | (_, Some(Wants::Anything | Wants::String | Wants::NumberOrString | Wants::Null)) => {
                        Ok(())
                    }
                    (_, Some(Wants::EnumValue(e))) => {
                        let name =
                            self.cursor.unescaped(start, self.cursor.at).ok_or_else(|| self.syntax())?;
                        if self.options.unknown == Unknown::Refuse && e.get_value_by_name(&name).is_none() {
                            return Err(self.flaw(start, no_such_value(&name, &e)));
                        }
                        Ok(())
                    }
                    _ => Err(self.mismatch(start, &self.shown(start, self.cursor.at), expect)),
                }
            }
            _ => {
                let word = self.cursor.word();
                if !matches!(word, b"null" | b"true" | b"false" | [b'-' | b'0'..=b'9', ..]) {
                    return Err(self.syntax());
                }
                let wanted = wants_of(expect);
                let free = matches!(expect, Expect::Free) || matches!(wanted, Some(Wants::Anything));
                let fits = match word {
                    _ if free => true,
                    b"null" => null == Null::Absent || matches!(wanted, Some(Wants::Null)),
                    b"true" | b"false" => matches!(wanted, Some(Wants::Bool)),
                    _ => matches!(wanted, Some(Wants::NumberOrString | Wants::EnumValue(_) | Wants::Null)),
                };
                let in_range = !matches!(expect, Expect::One(kind) if !in_range(kind, word));
                if fits && in_range {
                    Ok(())
                } else {
                    Err(self.mismatch(start, &self.shown(start, self.cursor.at), expect))
                }
            }
        }
    }

    fn array(&mut self, element: &Expect, depth: usize) -> Result<(), Stop> {
        self.cursor.at += 1;
        let mut index = 0;
        self.cursor.blanks();
        if self.cursor.peek() == Some(b']') {
            self.cursor.at += 1;
            return Ok(());
        }
        loop {
            self.cursor.blanks();
            let start = self.cursor.at;
            self.path.push(Step::Element(index));
            self.value(element, Null::Refused, depth + 1)?;
            let ends = self.delimiter(start, b']', element)?;
            self.path.pop();
            if ends {
                return Ok(());
            }
            index += 1;
        }
    }

    fn object(&mut self, mut members: Members, start: usize, depth: usize) -> Result<(), Stop> {
        self.cursor.at += 1;
        let mut seen = HashSet::new();
        self.cursor.blanks();
        if self.cursor.peek() == Some(b'}') {
            self.cursor.at += 1;
            return Ok(());
        }
        // Nothing inside of an Any is known before its type is: what is wrong there is wrong with the Any.
        let until = self.until;
        loop {
            self.cursor.blanks();
            let key = self.cursor.at;
            if self.cursor.peek() != Some(b'"') {
                return Err(self.syntax());
            }
            self.string()?;
            let end = self.cursor.at;
            self.cursor.blanks();
            if self.cursor.peek() != Some(b':') {
                return Err(self.syntax());
            }
            self.path.push(Step::Member(key, end));
            if let Members::Map(kind, _) = &members
                && self.until.is_some_and(|until| until <= self.cursor.at)
            {
                let (path, expected) = (self.path_text(), super::expect::type_text(kind));
                return Err(Stop::Found(Found { start: key, end, path, expected }));
            }
            self.cursor.at += 1;
            self.cursor.blanks();
            let expect = self.member(&mut members, &mut seen, key, end)?;
            if matches!(members, Members::Any(_)) {
                self.until = None;
            }
            let null = if matches!(members, Members::Map(..)) { Null::Refused } else { Null::Absent };
            let value = self.cursor.at;
            self.value(&expect, null, depth + 1)?;
            let ends = self.delimiter(value, b'}', &expect)?;
            self.path.pop();
            if ends {
                self.until = until;
                if let (Members::Any(_), false) = (&members, seen.contains(&0)) {
                    return Err(self.flaw(start, DataError::new("an Any needs its \"@type\"")));
                }
                return Ok(());
            }
        }
    }

    /// What the member of this key is expected to be.
    fn member(
        &mut self,
        members: &mut Members,
        seen: &mut HashSet<u32>,
        key: usize,
        end: usize,
    ) -> Result<Expect, Stop> {
        match members {
            Members::Free => Ok(Expect::Free),
            Members::Map(_, value) => Ok(Expect::One(value.clone())),
            Members::Message(message) => {
                let name = self.cursor.unescaped(key, end).ok_or_else(|| self.syntax())?;
                let message = message.clone();
                self.field(&message, seen, key, &name)
            }
            Members::Boxed(message) => {
                let name = self.cursor.unescaped(key, end).ok_or_else(|| self.syntax())?;
                if name != "value" && self.options.unknown == Unknown::Refuse {
                    let error =
                        DataError::new(format!("unknown field {name:?} beside \"@type\" and \"value\""));
                    self.path.pop();
                    return Err(self.flaw(key, error));
                }
                Ok(if name == "value" { Expect::One(Kind::Message(message.clone())) } else { Expect::Free })
            }
            Members::Any(any) => {
                if self.cursor.unescaped(key, end).as_deref() != Some("@type") {
                    seen.insert(u32::MAX);
                    return Ok(Expect::Free);
                }
                let start = self.cursor.at;
                let url = self.cursor.peeked_string().ok_or_else(|| {
                    self.flaw(
                        start,
                        DataError::new("\"@type\" is a string such as \"type.googleapis.com/pkg.Type\""),
                    )
                })?;
                let name = url.rsplit_once('/').map_or("", |(_, name)| name);
                let Some(message) = any.parent_pool().get_message_by_name(name) else {
                    let what = if name.is_empty() {
                        format!("{url:?} is no type URL such as \"type.googleapis.com/pkg.Type\"")
                    } else {
                        format!("the message type '{name}' is not in the schema")
                    };
                    return Err(self.flaw(start, DataError::new(what)));
                };
                // Only an Any that begins with its type is walked with it.
                if seen.insert(0) && !seen.contains(&u32::MAX) {
                    *members = if super::expect::is_well_known(&message) {
                        Members::Boxed(message)
                    } else {
                        Members::Message(message)
                    };
                }
                Ok(Expect::Free)
            }
        }
    }

    fn field(
        &mut self,
        message: &MessageDescriptor,
        seen: &mut HashSet<u32>,
        key: usize,
        name: &str,
    ) -> Result<Expect, Stop> {
        let field = message.get_field_by_json_name(name).or_else(|| message.get_field_by_name(name));
        let (number, expect) = if let Some(field) = &field {
            (field.number(), Expect::field(field))
        } else if let Some(extension) = message.get_extension_by_json_name(name) {
            (extension.number(), Expect::extension(&extension))
        } else if self.options.unknown == Unknown::Drop {
            return Ok(Expect::Free);
        } else {
            self.path.pop();
            return Err(self.flaw(key, no_such_field(name, message)));
        };
        if !seen.insert(number) {
            return Err(self.flaw(key, DataError::new(format!("the field {name:?} is given twice"))));
        }
        let absent = self.cursor.text[self.cursor.at..].starts_with(b"null")
            && !matches!(&expect, Expect::One(kind) if holds_null(kind));
        if let Some(oneof) = field.as_ref().and_then(prost_reflect::FieldDescriptor::containing_oneof)
            && !absent
        {
            // Members that are null do not count, so they are told apart by a number of their own.
            let index = oneof.fields().map(|f| f.number()).min().unwrap_or_default();
            if !seen.insert(index | 1 << 30) {
                let error = DataError::new(format!("the oneof {:?} is given twice", oneof.name()));
                return Err(self.flaw(key, error));
            }
        }
        Ok(expect)
    }

    /// Goes over the comma or bracket behind a value; says whether it was the bracket.
    fn delimiter(&mut self, start: usize, close: u8, expect: &Expect) -> Result<bool, Stop> {
        self.cursor.blanks();
        if self.until.is_some_and(|until| until <= self.cursor.at) {
            return Err(self.found(start, expect));
        }
        let delimiter = self.cursor.peek().filter(|&byte| byte == b',' || byte == close);
        let delimiter = delimiter.ok_or_else(|| self.syntax())?;
        self.cursor.at += 1;
        Ok(delimiter == close)
    }

    fn string(&mut self) -> Result<(), Stop> {
        self.cursor.string().ok_or_else(|| self.syntax())
    }

    fn syntax(&self) -> Stop {
        Stop::Syntax(self.path_text())
    }

    fn flaw(&self, offset: usize, error: DataError) -> Stop {
        Stop::Flaw(Flaw { offset, error: error.within(self.path_text()) })
    }

    fn mismatch(&self, start: usize, given: &str, expect: &Expect) -> Stop {
        self.flaw(start, DataError::new(format!("{given} is no {}", expect.text())))
    }

    fn found(&self, start: usize, expect: &Expect) -> Stop {
        let end = self.cursor.text[..self.cursor.at].trim_ascii_end().len();
        Stop::Found(Found { start, end, path: self.path_text(), expected: expect.text() })
    }

    fn shown(&self, start: usize, end: usize) -> String {
        shown(&self.cursor.text[start..end])
    }

    fn path_text(&self) -> String {
        self.cursor.path(&self.path)
    }
}

fn wants_of(expect: &Expect) -> Option<Wants> {
    match expect {
        Expect::One(kind) => Some(wants(kind)),
        _ => None,
    }
}
