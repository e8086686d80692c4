//! The one error of this room.

use std::fmt;

/// Data that does not fit its type or its form, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataError {
    kind: Kind,
    message: String,
    /// So much of the message says only what the error is about.
    about: usize,
    position: Option<(usize, usize)>,
    path: Option<String>,
    nearest: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Other,
    TopLevelArray,
    NeedsAppend,
    Unfinished,
    Incomplete,
    Unquoted,
}

impl DataError {
    /// An error without a place.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Other,
            message: message.into(),
            about: 0,
            position: None,
            path: None,
            nearest: Vec::new(),
        }
    }

    /// An array where one message is meant.
    pub(crate) fn top_level_array(type_name: &str) -> Self {
        Self {
            kind: Kind::TopLevelArray,
            ..Self::new(format!("an array is no {type_name}: each message stands for itself"))
        }
    }

    /// A single value for a repeated field.
    pub(crate) fn single_for_many(message: impl Into<String>) -> Self {
        Self { kind: Kind::NeedsAppend, ..Self::new(message) }
    }

    /// An input that ends inside of a value.
    pub(crate) fn unfinished(message: impl Into<String>) -> Self {
        Self { kind: Kind::Unfinished, ..Self::new(message) }
    }

    /// A message that lacks a required field.
    pub(crate) fn incomplete(message: impl Into<String>) -> Self {
        Self { kind: Kind::Incomplete, ..Self::new(message) }
    }

    /// A word where a value is due, which may be a string without its quotes.
    pub(crate) fn unquoted(message: impl Into<String>) -> Self {
        Self { kind: Kind::Unquoted, ..Self::new(message) }
    }

    /// The same at a line and column, both from 1.
    #[must_use]
    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        self.position = Some((line, column));
        self
    }

    /// The same at a JSON path such as `.address.city` or `.tags[2]`.
    #[must_use]
    pub(crate) fn within(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into()).filter(|path: &String| !path.is_empty() && path != ".");
        self
    }

    /// The same one level further out: `outer` is put before the path.
    #[must_use]
    pub(crate) fn inside(mut self, outer: &str) -> Self {
        let path = format!("{outer}{}", self.path.take().unwrap_or_default());
        self.within(path)
    }

    /// The same about bytes that are no message of this type.
    #[must_use]
    pub(crate) fn of_type(mut self, type_name: &str) -> Self {
        let about = format!("the bytes are no {type_name}: ");
        self.about = about.len();
        self.message.insert_str(0, &about);
        self
    }

    /// The same with the names that may have been meant.
    #[must_use]
    pub(crate) fn with_nearest(mut self, nearest: Vec<String>) -> Self {
        self.nearest = nearest;
        self
    }

    /// Line and column, both from 1 and in characters, where the data was text.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.position
    }

    /// The JSON path to the value, such as `.address.city`.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What is wrong, and where, for those who have said themselves what it is about: behind `the request is no t.Item`
    /// it is ` at .name: a string is not UTF-8, at byte 5`.
    pub(crate) fn cause(&self) -> String {
        let path = self.path.as_deref().map(|path| format!(" at {path}")).unwrap_or_default();
        format!("{path}: {}", &self.message[self.about..])
    }

    /// The names that may have been meant, nearest first.
    pub fn nearest(&self) -> &[String] {
        &self.nearest
    }

    /// Whether an array was given where one message is meant; its elements should be given one by one.
    pub fn is_top_level_array(&self) -> bool {
        self.kind == Kind::TopLevelArray
    }

    /// Whether `path=x` was given for a repeated field, where `path+=x` is meant.
    pub fn needs_append(&self) -> bool {
        self.kind == Kind::NeedsAppend
    }

    /// Whether all that is wrong is that a required field is missing.
    pub fn is_incomplete(&self) -> bool {
        self.kind == Kind::Incomplete
    }

    /// Whether a word stands where a value is due, as where a shell has taken the quotes of a string.
    pub fn is_unquoted(&self) -> bool {
        self.kind == Kind::Unquoted
    }

    /// Whether the input ended in the middle of a value.
    pub fn is_unfinished(&self) -> bool {
        self.kind == Kind::Unfinished
    }
}

impl fmt::Display for DataError {
    /// `line 1, column 9, at .name: …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.position, &self.path) {
            (Some((line, column)), Some(path)) => write!(f, "line {line}, column {column}, at {path}: ")?,
            (Some((line, column)), None) => write!(f, "line {line}, column {column}: ")?,
            (None, Some(path)) => write!(f, "at {path}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for DataError {}
