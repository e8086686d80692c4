//! The one error of this room.

use std::fmt;

/// Data that does not fit its type or its form, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataError {
    message: String,
    position: Option<(usize, usize)>,
    path: Option<String>,
    nearest: Vec<String>,
}

impl DataError {
    /// An error without a place.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), position: None, path: None, nearest: Vec::new() }
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

    /// The same with the names that may have been meant.
    #[must_use]
    pub(crate) fn with_nearest(mut self, nearest: Vec<String>) -> Self {
        self.nearest = nearest;
        self
    }

    /// Line and column, both from 1, where the data was text.
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

    /// The names that may have been meant, nearest first.
    pub fn nearest(&self) -> &[String] {
        &self.nearest
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
