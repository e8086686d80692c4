//! Why a server's reflection could not be asked.

use std::fmt;
use std::sync::Arc;

use crate::leaf::Code;
use crate::protocol::Status;

use super::ending::{Ending, Origin};
use super::error::ConnectError;
use super::reflection_version::ReflectionVersion;

/// What each version of reflection answered instead of a schema. It is the source of the
/// [`SchemaError`](crate::schema::SchemaError) that a [`Reflection`](super::Reflection) gives.
#[derive(Debug, Clone)]
pub struct ReflectionError {
    /// What other versions answered before.
    before: Vec<Answer>,
    last: Answer,
    /// Whether the server answered the question, with an error, instead of ending the stream.
    answered: bool,
}

#[derive(Debug, Clone)]
struct Answer {
    version: ReflectionVersion,
    status: Status,
    cause: Option<Arc<ConnectError>>,
    /// Whether the server, or something before it, said so.
    theirs: bool,
}

impl ReflectionError {
    /// The stream ended.
    pub(super) fn ended(version: ReflectionVersion, ending: Ending) -> Self {
        let cause = ending.origin.connect_error().cloned();
        let theirs =
            matches!(ending.origin, Origin::Server | Origin::Malformed | Origin::NotGrpc | Origin::Reset(_));
        let last = Answer { version, status: ending.status, cause, theirs };
        Self { before: Vec::new(), last, answered: false }
    }

    /// The answer was an error.
    pub(super) fn answered(version: ReflectionVersion, status: Status) -> Self {
        Self {
            before: Vec::new(),
            last: Answer { version, status, cause: None, theirs: true },
            answered: true,
        }
    }

    /// This error, and what another version said then.
    pub(super) fn then(mut self, mut later: Self) -> Self {
        self.before.push(self.last);
        self.before.append(&mut later.before);
        Self { before: self.before, ..later }
    }

    fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.before.iter().chain([&self.last])
    }

    /// Whether the server answered this question with an error of its own.
    pub(super) fn is_answer(&self) -> bool {
        self.answered
    }

    /// Whether it is no answer to what was asked: the connection was lost, or the time was up.
    pub(super) fn is_about_the_connection(&self) -> bool {
        !self.last.theirs
    }

    /// Whether the server would say so again, whatever it is asked.
    pub(super) fn is_final(&self) -> bool {
        let passing = [Code::UNAVAILABLE, Code::RESOURCE_EXHAUSTED];
        !self.answered && self.answers().all(|answer| answer.theirs && !passing.contains(&answer.status.code))
    }

    /// Whether the server wants to know who asks.
    pub fn is_unauthenticated(&self) -> bool {
        self.answers()
            .any(|answer| matches!(answer.status.code, Code::UNAUTHENTICATED | Code::PERMISSION_DENIED))
    }

    /// Whether the server has no reflection, in any of the versions asked.
    pub fn is_unimplemented(&self) -> bool {
        !self.answered && self.answers().all(|answer| answer.status.code == Code::UNIMPLEMENTED)
    }

    /// Whether the time was up.
    pub fn is_timeout(&self) -> bool {
        self.status().code == Code::DEADLINE_EXCEEDED
    }

    /// The status of the last version asked.
    pub fn status(&self) -> &Status {
        &self.last.status
    }

    /// What became of the connection, if that was it.
    pub fn connect_error(&self) -> Option<&Arc<ConnectError>> {
        self.answers().find_map(|answer| answer.cause.as_ref())
    }
}

impl fmt::Display for ReflectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, answer) in self.answers().enumerate() {
            let before = if n == 0 { "reflection " } else { "; " };
            write!(f, "{before}{}: {}", answer.version, answer.status)?;
        }
        Ok(())
    }
}

impl std::error::Error for ReflectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.connect_error().map(|error| &**error as _)
    }
}
