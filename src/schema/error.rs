//! The one error of this room.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is wrong with a schema, and where.
#[derive(Debug, Clone)]
pub struct SchemaError {
    kind: Kind,
    message: String,
    nearest: Vec<String>,
    missing: Option<Box<MissingImport>>,
    lacking: Option<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    NotFound,
    Ambiguous,
    Invalid,
    Edition,
    Unreachable,
}

/// An import that leads to no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingImport {
    pub(super) name: String,
    pub(super) tried: Vec<PathBuf>,
    pub(super) found_below: Option<PathBuf>,
}

impl MissingImport {
    /// The import as it is written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folders in which it was looked for.
    pub fn tried(&self) -> &[PathBuf] {
        &self.tried
    }

    /// A folder under which it was seen: what to give as `-I`.
    pub fn found_below(&self) -> Option<&Path> {
        self.found_below.as_deref()
    }
}

impl SchemaError {
    /// A name that no source has, with the nearest that one has.
    pub(crate) fn not_found(message: impl Into<String>, nearest: Vec<String>) -> Self {
        Self { nearest, ..Self::of(Kind::NotFound, message) }
    }

    /// A short name that means several things.
    pub(crate) fn ambiguous(message: impl Into<String>, candidates: Vec<String>) -> Self {
        Self { nearest: candidates, ..Self::of(Kind::Ambiguous, message) }
    }

    /// A file or a descriptor that is broken.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::of(Kind::Invalid, message)
    }

    /// A .proto source with something in it that is read from descriptor sets only.
    pub(super) fn edition(message: impl Into<String>) -> Self {
        Self::of(Kind::Edition, message)
    }

    /// A .proto source with an import that leads to no file.
    pub(super) fn missing_import(message: impl Into<String>, missing: MissingImport) -> Self {
        Self { missing: Some(Box::new(missing)), ..Self::of(Kind::Invalid, message) }
    }

    /// Something that cannot be used, and the file whose absence may be the reason.
    pub(super) fn broken(message: impl Into<String>, lacking: Option<String>) -> Self {
        Self { lacking, ..Self::of(Kind::Invalid, message) }
    }

    /// The same with what caused it.
    #[must_use]
    pub(super) fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    fn of(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            nearest: Vec::new(),
            missing: None,
            lacking: None,
            source: None,
        }
    }

    /// A source that could not be asked.
    pub(crate) fn unreachable(
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::of(Kind::Unreachable, message).caused_by(source)
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

    /// Whether a .proto source of an edition says what is read from descriptor sets only: the way out is
    /// `protoc --include_imports --descriptor_set_out`. With a `protoc` on the PATH that takes the source there
    /// is no such error.
    pub fn is_edition(&self) -> bool {
        self.kind == Kind::Edition
    }

    /// What is known of an import that leads to no file.
    pub fn missing(&self) -> Option<&MissingImport> {
        self.missing.as_deref()
    }

    /// The file, by the name it is imported by, that no source has in one piece, and without which something
    /// cannot be used: given by another source it would mend this.
    pub fn lacks(&self) -> Option<&str> {
        self.lacking.as_deref()
    }

    /// The names that may have been meant, nearest first; all candidates when the name is ambiguous.
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
