//! The one error of this room.

use std::fmt;
use std::sync::Arc;

use jaq_json::Val;

use super::{Bound, Place, text};

/// A program that does not compile, or a run that failed, and where the program stands.
#[derive(Debug, Clone)]
pub struct QueryError {
    kind: Kind,
    origin: Origin,
    nearest: Vec<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    Compile(String),
    Thrown(Val),
    Exhausted(Bound),
    Broken(&'static str),
}

/// Where a program's text begins: what it is named in errors, and the place of its first character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// A file's name, or an option's.
    pub name: Arc<str>,
    /// The line of the first character, from 1. There are very many origins, and no file has as many lines as that.
    pub line: u32,
    /// The column of the first character, from 1.
    pub column: u32,
    /// How many columns stand before the text in all further lines, as in a block of YAML.
    pub margin: u32,
}

impl Origin {
    /// A text that stands alone.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), line: 1, column: 1, margin: 0 }
    }

    /// A text whose first character stands at this line and column, both from 1.
    pub fn at(name: impl Into<Arc<str>>, line: usize, column: usize) -> Self {
        Self { name: name.into(), line: number(line), column: number(column), margin: 0 }
    }

    /// The place of the byte at `offset` of the text.
    pub(super) fn place_of(&self, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = number(before.matches('\n').count());
        let chars = number(before.rsplit('\n').next().unwrap_or(before).chars().count());
        let column = if line == 0 { self.column + chars } else { self.margin + chars + 1 };
        Self {
            name: Arc::clone(&self.name),
            line: self.line.saturating_add(line),
            column,
            margin: self.margin,
        }
    }
}

/// What is further is said to be there.
fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl fmt::Display for Origin {
    /// `rules.yaml:7:12`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.name, self.line, self.column)
    }
}

impl QueryError {
    pub(super) fn compile(message: impl Into<String>, place: Origin, nearest: Vec<String>) -> Self {
        Self { kind: Kind::Compile(message.into()), origin: place, nearest }
    }

    pub(super) fn thrown(val: Val, origin: &Origin) -> Self {
        Self { kind: Kind::Thrown(val), origin: origin.clone(), nearest: Vec::new() }
    }

    pub(super) fn exhausted(bound: Bound, origin: &Origin) -> Self {
        Self { kind: Kind::Exhausted(bound), origin: origin.clone(), nearest: Vec::new() }
    }

    pub(super) fn broken(why: &'static str, origin: &Origin) -> Self {
        Self { kind: Kind::Broken(why), origin: origin.clone(), nearest: Vec::new() }
    }

    /// Whether the program does not compile.
    pub fn is_compile(&self) -> bool {
        matches!(self.kind, Kind::Compile(_))
    }

    /// Whether the run met a bound; [`Self::bound`] says which.
    pub fn is_exhausted(&self) -> bool {
        self.bound().is_some()
    }

    /// The bound that the run met.
    pub fn bound(&self) -> Option<Bound> {
        if let Kind::Exhausted(bound) = self.kind { Some(bound) } else { None }
    }

    /// The value that jq's `error` was given, or the text of an error of jq's own.
    pub fn value(&self) -> Option<&Val> {
        if let Kind::Thrown(val) = &self.kind { Some(val) } else { None }
    }

    /// For an error of compilation the place of what is wrong, else of the program's first character.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Names that may have been meant, nearest first.
    pub fn nearest(&self) -> &[String] {
        &self.nearest
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> String {
        match &self.kind {
            Kind::Compile(message) => message.clone(),
            Kind::Thrown(Val::TStr(message)) => String::from_utf8_lossy(message).into_owned(),
            Kind::Thrown(val) => text::brief(val),
            Kind::Exhausted(bound) => format!("the program was stopped: {bound}"),
            Kind::Broken(why) => (*why).to_owned(),
        }
    }

    /// Whether the same program may end well with larger limits elsewhere: it met a bound of a run in place.
    pub fn is_worth_a_second_run(&self, place: Place) -> bool {
        place == Place::Here && !matches!(self.bound(), None | Some(Bound::Deadline | Bound::Depth))
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message())
    }
}

impl std::error::Error for QueryError {}
