//! The one error of this room.

use std::fmt;

use crate::query::{Origin, QueryError};

/// A rule that cannot be used, and where it stands.
#[derive(Debug, Clone)]
pub struct RuleError {
    message: String,
    place: Origin,
    nearest: Vec<String>,
    style: Style,
}

/// How a text stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Between quotes, in a block, or not in YAML at all.
    Marked,
    /// As it is, so that YAML reads `:` and `#` in it.
    Plain,
}

impl RuleError {
    pub(super) fn new(message: impl Into<String>, place: Origin) -> Self {
        Self { message: message.into(), place, nearest: Vec::new(), style: Style::Marked }
    }

    pub(super) fn with_nearest(mut self, nearest: Vec<String>) -> Self {
        self.nearest = nearest;
        self
    }

    pub(super) fn in_style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    pub(super) fn from_query(error: &QueryError, style: Style) -> Self {
        Self::new(error.message(), error.origin().clone())
            .with_nearest(error.nearest().to_vec())
            .in_style(style)
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file, or the option, with line and column.
    pub fn place(&self) -> &Origin {
        &self.place
    }

    /// Names that may have been meant, nearest first.
    pub fn nearest(&self) -> &[String] {
        &self.nearest
    }

    /// Whether it is about a YAML scalar without quotes, which quotes might mend.
    pub fn is_in_plain_scalar(&self) -> bool {
        self.style == Style::Plain
    }
}

impl fmt::Display for RuleError {
    /// `rules.yaml:7:12: lenght/0 is not defined`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for RuleError {}
