//! Why a name led to no address.

use std::fmt;

use crate::leaf::Name;

/// A name that led to no address, and why.
#[derive(Debug)]
pub struct ResolveError {
    /// In a box, for it is large beside what it is the alternative to.
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    kind: Kind,
    text: String,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Who is asked did not answer, or not with a list.
    Failed,
    /// Who is asked knows no address.
    NoBackends,
    /// There is no such name.
    NoName,
    /// The target and the options, or the build, do not go together.
    Options,
}

impl ResolveError {
    fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { inner: Box::new(Inner { kind, text: text.into(), hint: None, source: None }) }
    }

    /// Who is asked did not answer, or not with a list. The text names it and says why: `etcd at h:1: connection refused`.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(Kind::Failed, text)
    }

    /// Who is asked is well, and knows no address. The text names it: `no backends in etcd under 'greeter/'`.
    pub fn no_backends(text: impl Into<String>) -> Self {
        Self::new(Kind::NoBackends, text).with_hint("is a server registered there?")
    }

    /// Who is asked is well, and knows no such name.
    pub fn no_name(text: impl Into<String>) -> Self {
        Self::new(Kind::NoName, text)
    }

    /// The target cannot be used with these options: nothing was asked.
    pub fn options(text: impl Into<String>) -> Self {
        Self::new(Kind::Options, text)
    }

    /// A scheme that this build was made without.
    pub(super) fn not_built(name: &Name) -> Self {
        Self::options(format!(
            "'{name}': this build of greet does not know the scheme '{}'",
            name.scheme.text()
        ))
    }

    /// With what would mend it: a line of its own.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.inner.hint = Some(hint.into());
        self
    }

    /// With the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// What would mend it.
    pub fn hint(&self) -> Option<&str> {
        self.inner.hint.as_deref()
    }

    /// Whether who was asked is well, and knows no address now: a list that was known before is no longer true.
    pub fn is_no_backends(&self) -> bool {
        matches!(self.inner.kind, Kind::NoBackends | Kind::NoName)
    }

    /// Whether there is no such name.
    pub fn is_no_name(&self) -> bool {
        self.inner.kind == Kind::NoName
    }

    /// Whether the target cannot be used with these options, so that nothing was asked.
    pub fn is_options(&self) -> bool {
        self.inner.kind == Kind::Options
    }

    /// Whether it may be otherwise in a moment.
    pub fn may_pass(&self) -> bool {
        !self.is_options()
    }
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.text)
    }
}

impl std::error::Error for ResolveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}
