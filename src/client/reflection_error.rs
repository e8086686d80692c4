//! Why a server's reflection could not be asked.

use std::fmt;
use std::sync::Arc;

use crate::leaf::Code;
use crate::protocol::Status;

use super::ending::Ending;
use super::error::ConnectError;
use super::reflection::ReflectionVersion;

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
}

impl ReflectionError {
    /// The stream ended.
    pub(super) fn ended(version: ReflectionVersion, ending: Ending) -> Self {
        let cause = ending.origin.connect_error().cloned();
        let last = Answer { version, status: ending.status, cause };
        Self { before: Vec::new(), last, answered: false }
    }

    /// The answer was an error.
    pub(super) fn answered(version: ReflectionVersion, status: Status) -> Self {
        Self { before: Vec::new(), last: Answer { version, status, cause: None }, answered: true }
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
