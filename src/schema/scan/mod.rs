//! What a .proto text declares, read without parsing the rest: fast, of any text, and never an error.

mod statement;
mod token;

use self::statement::{End, Statement};
use self::token::{Token, Tokens};
use super::{Depth, Shape, SymbolKind};

/// Deeper nesting than this is not looked at, as no compiler takes it.
const MAX_DEPTH: usize = 100;
/// Nobody writes a full name that is longer: a long one around many short ones would make much of little.
const MAX_NAME: usize = 1 << 10;

/// What stands at the head of a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// Empty if there is none.
    pub(super) package: String,
    /// The files it imports, options included.
    pub(super) imports: Vec<Import>,
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The file as it is spelled.
    pub(super) name: String,
    /// Where the statement begins and ends: offsets in bytes.
    pub(super) span: (usize, usize),
}

/// Whether all that is not UTF-8 in a text stands in comments, where it means nothing.
pub(super) fn is_text_but_for_comments(text: &[u8]) -> bool {
    let mut tokens = Tokens::of(text);
    while let Some((token, _)) = tokens.next() {
        match token {
            Token::Mark(0x80..) => return false,
            Token::Text(text) if std::str::from_utf8(text).is_err() => return false,
            _ => {}
        }
    }
    true
}

/// One declaration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) kind: SymbolKind,
    /// The name below the package: the package may stand behind it.
    pub(super) name: &'a str,
    /// Where its last component stands: an offset in bytes.
    pub(super) at: usize,
    /// For an extension: the message as it is spelled there, and the number.
    pub(super) extends: Option<(&'a str, i32)>,
    /// For a method.
    pub(super) shape: Option<Shape>,
}

/// Shows every declaration of a text to `see`, in their order: at the top level those that stand there, with values and
/// methods; else nested ones and fields too, with the entry types of maps.
///
/// What does not parse is passed over, and what stands behind it is found as well as may be. The time is linear in the
/// length of the text, and no recursion is deeper for one that is deeply nested.
pub(super) fn scan(text: &[u8], depth: Depth, see: &mut dyn FnMut(Found<'_>)) -> Heading {
    let mut scan = Scan {
        tokens: Tokens::of(text),
        text,
        depth,
        scope: String::new(),
        blocks: Vec::new(),
        heading: Heading::default(),
        see,
    };
    while let Some((token, at)) = scan.tokens.next() {
        match token {
            Token::Word(head) => scan.statement(head, at),
            Token::Mark(b'}') => scan.leave(),
            Token::Mark(b'{') => scan.enter(Inside::Nothing, 0),
            // A field's type may begin with a point; what follows is a word.
            _ => {}
        }
    }
    scan.heading
}

/// What a body that is open is of.
#[derive(Debug)]
enum Inside {
    Message,
    Oneof,
    Enum,
    Service,
    /// The extensions of this message, as it is spelled.
    Extend(String),
    /// Anything in which nothing is declared: a method's options.
    Nothing,
}

struct Scan<'a, 's> {
    tokens: Tokens<'a>,
    text: &'a [u8],
    depth: Depth,
    /// The full name of what is being read, without the package.
    scope: String,
    /// The bodies that are open, each with the length of the scope around it.
    blocks: Vec<(Inside, usize)>,
    heading: Heading,
    see: &'s mut dyn FnMut(Found<'_>),
}

impl<'a> Scan<'a, '_> {
    fn statement(&mut self, head: &'a [u8], at: usize) {
        let read = Statement::read(head, at, &mut self.tokens);
        match self.blocks.last().map(|(inside, _)| inside) {
            None => self.in_file(&read),
            Some(Inside::Message) => self.in_message(&read),
            Some(Inside::Oneof | Inside::Extend(_)) => self.field(&read),
            Some(Inside::Enum) => self.in_enum(&read),
            Some(Inside::Service) => self.in_service(&read),
            Some(Inside::Nothing) => self.end(&read, Inside::Nothing),
        }
    }

    fn in_file(&mut self, read: &Statement<'a>) {
        match read.word(0) {
            b"package" if read.end == End::Here => self.heading.package = self.dotted(read.behind_head),
            b"import" if read.end == End::Here => self.import(read),
            b"service" if read.opens(b"service") => {
                let outer = self.scope.len();
                self.declare(SymbolKind::Service, read.name, None, None);
                self.push(read.name.0);
                self.enter(Inside::Service, outer);
            }
            _ if self.type_or_extend(read) => {}
            _ => self.end(read, Inside::Nothing),
        }
    }

    fn in_message(&mut self, read: &Statement<'a>) {
        if self.type_or_extend(read) {
            return;
        }
        match read.word(0) {
            b"oneof" if read.opens(b"oneof") => {
                self.declare(SymbolKind::Oneof, read.name, None, None);
                self.enter(Inside::Oneof, self.scope.len());
            }
            b"option" | b"reserved" | b"extensions" => self.end(read, Inside::Nothing),
            _ => self.field(read),
        }
    }

    /// A message, an enum or extensions, with or without a word of its visibility.
    fn type_or_extend(&mut self, read: &Statement<'a>) -> bool {
        let keyword = match read.word(0) {
            b"export" | b"local" if !read.word(2).is_empty() => read.word(1),
            first => first,
        };
        if read.gives || read.end != End::Body || read.word(1).is_empty() {
            return false;
        }
        match keyword {
            b"message" => self.message(read.name),
            b"enum" => {
                self.declare(SymbolKind::Enum, read.name, None, None);
                self.enter(Inside::Enum, self.scope.len());
            }
            b"extend" => {
                let extended = self.dotted(read.behind_head);
                self.enter(Inside::Extend(extended), self.scope.len());
            }
            _ => return false,
        }
        true
    }

    fn message(&mut self, name: (&'a [u8], usize)) {
        self.declare(SymbolKind::Message, name, None, None);
        if self.depth == Depth::TopLevel || self.blocks.len() >= MAX_DEPTH {
            self.tokens.skip_block();
            return;
        }
        let outer = self.scope.len();
        self.push(name.0);
        self.enter(Inside::Message, outer);
    }

    /// A field of a message or oneof, or an extension.
    fn field(&mut self, read: &Statement<'a>) {
        if !read.is_field() {
            return self.end(read, Inside::Nothing);
        }
        let is_group = read.before_name == b"group" && read.end == End::Body;
        let own = if is_group { read.name.0.to_ascii_lowercase() } else { read.name.0.to_vec() };
        let name = (own.as_slice(), read.name.1);
        match self.blocks.last_mut() {
            Some((Inside::Extend(extended), _)) => {
                // Taken out while it is shown: it may be long, and there may be many.
                let extended = std::mem::take(extended);
                let extends = read.number.map(|number| (extended.as_str(), number));
                self.declare(SymbolKind::Extension, name, extends, None);
                if let Some((Inside::Extend(place), _)) = self.blocks.last_mut() {
                    *place = extended;
                }
            }
            _ => self.declare(SymbolKind::Field, name, None, None),
        }
        if is_group {
            return self.message(read.name);
        }
        if read.is_map && read.end != End::Body {
            let entry = entry_name(&own);
            self.declare(SymbolKind::Message, (entry.as_bytes(), read.name.1), None, None);
            let outer = self.scope.len();
            self.push(entry.as_bytes());
            for part in [b"key".as_slice(), b"value"] {
                self.declare(SymbolKind::Field, (part, read.name.1), None, None);
            }
            self.scope.truncate(outer);
        }
        self.end(read, Inside::Nothing);
    }

    fn in_enum(&mut self, read: &Statement<'a>) {
        if read.gives && !matches!(read.word(0), b"option" | b"reserved") {
            self.declare(SymbolKind::EnumValue, read.name, None, None);
        }
        self.end(read, Inside::Nothing);
    }

    fn in_service(&mut self, read: &Statement<'a>) {
        if read.word(0) == b"rpc" && !read.word(1).is_empty() {
            let shape = Shape::new(read.streams[0], read.streams[1]);
            self.declare(SymbolKind::Method, read.placed(1), None, Some(shape));
        }
        self.end(read, Inside::Nothing);
    }

    fn import(&mut self, read: &Statement<'_>) {
        let name = read.texts.concat();
        // One that is spelled with escapes is left to the compiler.
        if let Ok(name) = String::from_utf8(name)
            && !name.is_empty()
            && !name.contains('\\')
        {
            let span = (read.placed(0).1, self.tokens.at());
            self.heading.imports.push(Import { name, span });
        }
    }

    /// Goes on where a statement ended, `inside` a body that it may have opened.
    fn end(&mut self, read: &Statement<'_>, inside: Inside) {
        match read.end {
            End::Here => {}
            End::Close => self.leave(),
            End::Body => self.enter(inside, self.scope.len()),
        }
    }

    fn enter(&mut self, inside: Inside, outer: usize) {
        if matches!(inside, Inside::Nothing) {
            self.tokens.skip_block();
        } else {
            self.blocks.push((inside, outer));
        }
    }

    /// One brace too many closes nothing.
    fn leave(&mut self) {
        if let Some((_, outer)) = self.blocks.pop() {
            self.scope.truncate(outer);
        }
    }

    fn push(&mut self, name: &[u8]) {
        if !self.scope.is_empty() {
            self.scope.push('.');
        }
        // Words are ASCII.
        self.scope.push_str(std::str::from_utf8(name).unwrap_or_default());
    }

    fn declare(
        &mut self,
        kind: SymbolKind,
        (name, at): (&[u8], usize),
        extends: Option<(&str, i32)>,
        shape: Option<Shape>,
    ) {
        let outer = self.scope.len();
        self.push(name);
        if self.scope.len() <= MAX_NAME {
            let extends = extends.filter(|(message, _)| message.len() <= MAX_NAME);
            (self.see)(Found { kind, name: &self.scope, at, extends, shape });
        }
        self.scope.truncate(outer);
    }

    /// A name of several words between two places, without what is not part of it.
    fn dotted(&self, (from, to): (usize, usize)) -> String {
        let mut tokens = Tokens::of(self.text.get(from..to).unwrap_or_default());
        let mut name = String::new();
        while let Some((token, _)) = tokens.next() {
            match token {
                Token::Word(word) => name.extend(word.iter().copied().map(char::from)),
                Token::Mark(b'.') => name.push('.'),
                _ => {}
            }
        }
        name
    }
}

/// The name that a map's entry type is given.
fn entry_name(field: &[u8]) -> String {
    let mut name = String::with_capacity(field.len() + 5);
    let mut begins = true;
    for &byte in field {
        if byte == b'_' {
            begins = true;
        } else {
            name.push(char::from(if begins { byte.to_ascii_uppercase() } else { byte }));
            begins = false;
        }
    }
    name + "Entry"
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
