//! Reads a message in text format into wire bytes.

use super::name::Name;
use super::token::{Lexer, Shape, Token};
use crate::transcode::DataError;
use crate::transcode::depth::{DEPTH, TOO_DEEP};
use crate::transcode::frame::Frame;
use crate::transcode::json::shown;
use crate::transcode::options::Unknown;
use crate::transcode::out::Page;
use crate::transcode::plan::{
    Count, Entry, Field, Form, Kind, Of, SetItem, Tag, Type, Types, is_reserved, second_of_oneof, type_text,
};
use crate::transcode::writer::Writer;
use crate::transcode::wrong::Wrong;

/// A text that is read, and what is written of it.
pub(super) struct Reader<'t, 'o> {
    pub(super) lexer: Lexer<'t>,
    pub(super) writer: Writer<'o>,
    pub(super) unknown: Unknown,
    /// The plan's own types, where what an Any holds is looked for.
    home: &'t Types,
    /// What a string says, put together here.
    pub(super) string: Vec<u8>,
}

impl<'t, 'o> Reader<'t, 'o> {
    pub(super) fn new(
        text: &'t str,
        home: &'t Types,
        unknown: Unknown,
        page: &'o mut Page,
        out: &'o mut Vec<u8>,
    ) -> Result<Self, Wrong> {
        let writer = Writer::new(page, out, text.len());
        Ok(Self { lexer: Lexer::new(text)?, writer, unknown, home, string: Vec::new() })
    }

    /// Reads the whole text as a message of this type.
    pub(super) fn read(mut self, message: &Type) -> Result<(), Wrong> {
        self.message(self.home, message, 0, Shape::End)?;
        self.writer.finish();
        Ok(())
    }

    /// The fields of a message, up to what ends it.
    fn message(&mut self, types: &Types, message: &Type, depth: usize, end: Shape) -> Result<(), Wrong> {
        let mut frame = Frame::new(message);
        while self.token().shape != end {
            self.field(types, message, &mut frame, depth)?;
        }
        if let Some(field) = frame.missing(message) {
            return Err(self.missing(message, field));
        }
        frame.end();
        Ok(())
    }

    fn missing(&self, message: &Type, field: &Field) -> Wrong {
        self.wrong(DataError::new(format!("{} needs its field {:?}", message.name, &*field.name)))
    }

    fn field(&mut self, types: &Types, message: &Type, frame: &mut Frame, depth: usize) -> Result<(), Wrong> {
        let start = self.token();
        let name = self.name()?;
        if let (Name::Bracketed(url), Form::Any) = (&name, message.form) {
            return self.any(message, frame, (start, url), depth).map_err(|wrong| name.inside(wrong));
        }
        let Some(rank) = name.find(message) else {
            let reserved = matches!(name, Name::Word(word) if is_reserved(types, &message.name, word));
            if reserved || self.unknown == Unknown::Drop {
                return self.skip_field(depth).map_err(|wrong| name.inside(wrong));
            }
            return Err(Wrong::new(start.offset, name.unknown(message)));
        };
        let field = &message.fields[rank];
        if field.count == Count::One {
            if !frame.take(rank) {
                let error = DataError::new(format!("the field {:?} is given twice", &*field.name));
                return Err(Wrong::new(start.offset, error));
            }
            if let Some(oneof) = field.oneof
                && !frame.take_oneof(oneof)
            {
                let other = frame.other_of_oneof(message, field).map(|other| &*other.name);
                return Err(Wrong::new(start.offset, second_of_oneof(message, field, other)));
            }
        }
        let read =
            if field.packed { self.packed(types, field, &name) } else { self.values(types, field, depth) };
        read.map_err(|wrong| name.inside(wrong))
    }

    /// What stands behind a field's name.
    fn values(&mut self, types: &Types, field: &Field, depth: usize) -> Result<(), Wrong> {
        if !self.take(b':')? && !field.kind.is_message() {
            return Err(self.due("':'"));
        }
        if self.token().shape == Shape::Symbol(b'[') {
            if field.count == Count::One {
                let error = format!("{} is no list but {}", field.name, type_text(types, field));
                return Err(self.wrong(DataError::new(error)));
            }
            self.list(|reader| reader.value(types, field, depth))?;
        } else {
            self.value(types, field, depth)?;
        }
        self.separator()
    }

    /// The values of a packed list, as one chunk however often the field's name is repeated.
    fn packed(&mut self, types: &Types, field: &Field, name: &Name<'_>) -> Result<(), Wrong> {
        let mut open = None;
        let mut value = |reader: &mut Self| {
            let Some(value) = reader.number(types, field)? else { return Ok(()) };
            open.get_or_insert_with(|| reader.writer.begin(field.tag));
            value.write(&mut reader.writer, None);
            Ok(())
        };
        loop {
            self.expect(b':')?;
            if self.token().shape == Shape::Symbol(b'[') {
                self.list(&mut value)?;
            } else {
                value(self)?;
            }
            self.separator()?;
            let before = self.lexer;
            if !self.name().is_ok_and(|next| next == *name) {
                self.lexer = before;
                break;
            }
        }
        if let Some(open) = open {
            self.writer.end(open);
        }
        Ok(())
    }

    /// One value of a field, with its tag.
    fn value(&mut self, types: &Types, field: &Field, depth: usize) -> Result<(), Wrong> {
        let message = match &field.of {
            Of::Scalar | Of::Enum(_) => return self.scalar(types, field),
            Of::Entry(entry) => {
                let open = self.writer.begin(field.tag);
                self.braced(depth, |reader, end| reader.entry(types, entry, depth + 1, end))?;
                self.writer.end(open);
                return Ok(());
            }
            Of::Message(id) => types.get(*id),
        };
        if field.set_item {
            let item = SetItem::new();
            self.writer.tag(item.start);
            self.writer.varint(item.type_id, u64::from(field.number));
            self.delimited(types, message, item.message, depth)?;
            self.writer.tag(item.end);
        } else if field.kind == Kind::Group {
            self.writer.tag(field.tag);
            self.braced(depth, |reader, end| reader.message(types, message, depth + 1, end))?;
            self.writer.tag(field.end_tag());
        } else {
            self.delimited(types, message, field.tag, depth)?;
        }
        Ok(())
    }

    /// A message behind its length.
    fn delimited(&mut self, types: &Types, message: &Type, tag: Tag, depth: usize) -> Result<(), Wrong> {
        let open = self.writer.begin(tag);
        self.braced(depth, |reader, end| reader.message(types, message, depth + 1, end))?;
        self.writer.end(open);
        Ok(())
    }

    /// An entry of a map: what is not given has its default, for the readers of the wire too.
    fn entry(&mut self, types: &Types, entry: &Entry, depth: usize, end: Shape) -> Result<(), Wrong> {
        let members = [&entry.key, &entry.value];
        let mut seen = [false; 2];
        while self.token().shape != end {
            let start = self.token();
            let name = self.name()?;
            let wrong = |error: String| Wrong::new(start.offset, DataError::new(error));
            match members.iter().position(|member| name == Name::Word(&member.name)) {
                Some(rank) if seen[rank] => {
                    return Err(wrong(format!("the field {:?} is given twice", name.text())));
                }
                Some(rank) => {
                    seen[rank] = true;
                    self.values(types, members[rank], depth).map_err(|wrong| name.inside(wrong))?;
                }
                None if self.unknown == Unknown::Drop => self.skip_field(depth)?,
                None => {
                    let what = format!("unknown field {:?}: an entry has \"key\" and \"value\"", name.text());
                    return Err(wrong(what));
                }
            }
        }
        let value = types.of(&entry.value).filter(|_| !seen[1]);
        let required =
            value.and_then(|value| Some((value, value.fields.get(*value.required.first()? as usize)?)));
        if let Some((value, field)) = required {
            return Err(self.missing(value, field));
        }
        Ok(())
    }

    /// `[type.googleapis.com/pkg.Type] { … }`, whose bracket has been read, as what an Any holds.
    fn any(
        &mut self,
        any: &Type,
        frame: &mut Frame,
        (start, url): (Token<'_>, &str),
        depth: usize,
    ) -> Result<(), Wrong> {
        let wrong = |error: String| Wrong::new(start.offset, DataError::new(error));
        let (Some(url_rank), Some(value_rank)) = (any.rank_of(1), any.rank_of(2)) else {
            return Err(wrong(format!("{} has no type_url and value", any.name)));
        };
        if !frame.take(url_rank) || !frame.take(value_rank) {
            return Err(wrong("what the Any holds is given twice".to_owned()));
        }
        let Some((_, name)) = url.rsplit_once('/') else {
            return Err(wrong(format!("{url:?} is no type URL such as \"type.googleapis.com/pkg.Type\"")));
        };
        let Some((types, message)) = self.home.any(name) else {
            return Err(wrong(format!("the message type '{name}' is not in the schema")));
        };
        self.take(b':')?;
        self.writer.bytes(any.fields[url_rank].tag, url.as_bytes());
        self.delimited(types, message, any.fields[value_rank].tag, depth)?;
        self.separator()
    }

    /// What stands between `{` and `}`, or `<` and `>`, one level further in than `depth`. `inner` reads up to
    /// the shape that it is given.
    pub(super) fn braced(
        &mut self,
        depth: usize,
        inner: impl FnOnce(&mut Self, Shape) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        let end = match self.token().shape {
            Shape::Symbol(b'{') => b'}',
            Shape::Symbol(b'<') => b'>',
            _ => return Err(self.due("'{'")),
        };
        if depth == DEPTH as usize {
            return Err(self.wrong(DataError::new(TOO_DEEP)));
        }
        self.lexer.advance()?;
        inner(self, Shape::Symbol(end))?;
        self.lexer.advance()
    }

    /// `[a, b]`, whose first bracket is next.
    pub(super) fn list(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        self.lexer.advance()?;
        if self.take(b']')? {
            return Ok(());
        }
        loop {
            element(self)?;
            if self.take(b']')? {
                return Ok(());
            }
            if !self.take(b',')? {
                return Err(self.due("',' or ']'"));
            }
        }
    }

    /// The name of a field.
    fn name(&mut self) -> Result<Name<'t>, Wrong> {
        let token = self.token();
        match token.shape {
            Shape::Symbol(b'[') => return Ok(Name::Bracketed(self.lexer.bracketed()?)),
            Shape::Word => {}
            // A field that was printed by its number is none that the type has.
            Shape::Integer if self.unknown == Unknown::Drop => {}
            Shape::Integer => {
                let error =
                    format!("a field is given by its name, and {} is a number", shown(token.text.as_bytes()));
                return Err(self.wrong(DataError::new(error)));
            }
            _ => return Err(self.due("the name of a field")),
        }
        self.lexer.advance()?;
        Ok(Name::Word(token.text))
    }

    /// Goes over the name of a field.
    pub(super) fn skip_name(&mut self) -> Result<(), Wrong> {
        self.name().map(drop)
    }

    /// What may stand between two fields.
    pub(super) fn separator(&mut self) -> Result<(), Wrong> {
        if !self.take(b',')? {
            self.take(b';')?;
        }
        Ok(())
    }

    pub(super) fn token(&self) -> Token<'t> {
        self.lexer.token()
    }

    /// Goes over a symbol if it is next.
    pub(super) fn take(&mut self, symbol: u8) -> Result<bool, Wrong> {
        let taken = self.token().shape == Shape::Symbol(symbol);
        if taken {
            self.lexer.advance()?;
        }
        Ok(taken)
    }

    fn expect(&mut self, symbol: u8) -> Result<(), Wrong> {
        if self.take(symbol)? { Ok(()) } else { Err(self.due(&format!("'{}'", char::from(symbol)))) }
    }

    /// An error where the next token stands.
    pub(super) fn wrong(&self, error: DataError) -> Wrong {
        Wrong::new(self.token().offset, error)
    }

    /// The error for a token that is not what is due.
    pub(super) fn due(&self, what: &str) -> Wrong {
        let token = self.token();
        self.wrong(match token.shape {
            Shape::End => DataError::unfinished(format!("{what} is due where the text ends")),
            Shape::String => {
                DataError::new(format!("{what} is due where {} stands", shown(token.text.as_bytes())))
            }
            _ => DataError::new(format!("{what} is due where '{}' stands", shown(token.text.as_bytes()))),
        })
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
