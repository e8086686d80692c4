//! The one error of this room.

use std::fmt;

/// What is wrong with a schema, and where.
#[derive(Debug)]
pub struct SchemaError {
    kind: Kind,
    message: String,
    nearest: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    NotFound,
    Ambiguous,
    Invalid,
    Unreachable,
}

impl SchemaError {
    /// A name that no source has, with the nearest that one has.
    pub(crate) fn not_found(message: impl Into<String>, nearest: Vec<String>) -> Self {
        Self { kind: Kind::NotFound, message: message.into(), nearest, source: None }
    }

    /// A short name that means several things.
    pub(crate) fn ambiguous(message: impl Into<String>, candidates: Vec<String>) -> Self {
        Self { kind: Kind::Ambiguous, message: message.into(), nearest: candidates, source: None }
    }

    /// A file or a descriptor that is broken.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self { kind: Kind::Invalid, message: message.into(), nearest: Vec::new(), source: None }
    }

    /// A source that could not be asked.
    pub(crate) fn unreachable(
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind: Kind::Unreachable,
            message: message.into(),
            nearest: Vec::new(),
            source: Some(source.into()),
        }
    }

    /// Whether a name was asked for that no source has.
    pub fn is_not_found(&self) -> bool {
        self.kind == Kind::NotFound
    }

    /// Whether a short name means several things.
    pub fn is_ambiguous(&self) -> bool {
        self.kind == Kind::Ambiguous
    }

    /// Whether a source (a server's reflection, a file) could not be asked at all.
    pub fn is_unreachable(&self) -> bool {
        self.kind == Kind::Unreachable
    }

    /// The names that may have been meant, nearest first.
    pub fn nearest(&self) -> &[String] {
        &self.nearest
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SchemaError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
