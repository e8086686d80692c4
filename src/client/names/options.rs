//! How names are turned into addresses, where that is not the system's business.

use std::time::Duration;

/// What may be said of it; [`Default`] is what a call does when nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameOptions {
    /// How long after each other a list is asked for, where nobody tells of changes; `None` is what the scheme does: a file
    /// is looked at each second, a program is run each 5 s, DNS is asked each 30 s.
    pub refresh: Option<Duration>,
    /// Whether a target may be a program (`exec:COMMAND`).
    pub allow_exec: bool,
    /// Whether DNS is asked for a service config too (TXT of `_grpc_config.NAME`).
    pub service_config: bool,
}

impl NameOptions {
    /// Says how long after each other a list is asked for.
    #[must_use]
    pub fn with_refresh(mut self, refresh: Duration) -> Self {
        self.refresh = Some(refresh);
        self
    }

    /// Lets a target be a program.
    #[must_use]
    pub fn with_exec(mut self) -> Self {
        self.allow_exec = true;
        self
    }

    /// Has DNS asked for a service config too.
    #[must_use]
    pub fn with_service_config(mut self) -> Self {
        self.service_config = true;
        self
    }
}
