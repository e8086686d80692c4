//! What is known of a run: when it began, who was reached, how long each phase took, what was said, how it ended.

use std::time::{Duration, Instant, SystemTime};

use greet::client::{Connection, Phases};
use greet::protocol::Status;

use super::links::Done;
use super::observer::Happening;
use crate::failure::{Failure, Kind};

/// The facts, as far as they are known.
pub(in crate::commands) struct Story {
    pub(super) begun: Instant,
    pub(super) time: SystemTime,
    /// As it was typed.
    pub(in crate::commands) target: String,
    /// `pkg.Service/Method`, or as it was typed while nothing else is known.
    pub(super) method: String,
    /// The address on the other side.
    pub(super) peer: Option<String>,
    /// Of the connection.
    phases: Option<Phases>,
    /// Since when the schema is looked for.
    looking: Option<Instant>,
    schema: Option<Duration>,
    /// When the call itself was made.
    called: Option<Instant>,
    first_message: Option<Duration>,
    pub(super) requests: Count,
    pub(super) replies: Count,
    /// How the call ended, whoever said so; none where it did not come about, or was left.
    pub(super) status: Option<Status>,
    /// Which of many calls it is, by its input.
    pub(super) n: Option<u64>,
    /// How long it took, once it is over.
    total: Option<Duration>,
}

/// Messages and their bytes together, before they are compressed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) messages: u64,
    pub(super) bytes: u64,
}

impl Count {
    /// Takes the message of this number; one that is sent once more counts once.
    fn add(&mut self, n: u64, bytes: usize) {
        if n > self.messages {
            self.messages = n;
            self.bytes += bytes as u64;
        }
    }
}

impl Story {
    pub(in crate::commands) fn new(target: &str, method: &str) -> Self {
        Self {
            begun: Instant::now(),
            time: SystemTime::now(),
            target: target.to_owned(),
            method: method.to_owned(),
            peer: None,
            phases: None,
            looking: None,
            schema: None,
            called: None,
            first_message: None,
            requests: Count::default(),
            replies: Count::default(),
            status: None,
            n: None,
            total: None,
        }
    }

    /// One of the many calls of a run, which is over.
    pub(super) fn of_one(run: &Self, n: u64, done: Option<&Done>) -> Self {
        let mut story = Self::new(&run.target, &run.method);
        story.n = Some(n);
        let Some(Done { client, times, .. }) = done else {
            story.total = Some(Duration::ZERO);
            return story;
        };
        story.begun = times.begun;
        story.time = run.time + times.begun.saturating_duration_since(run.begun);
        story.peer = Some(client.connection().peer().to_string());
        story.called = Some(times.begun);
        story.first_message = times.reply.map(|reply| reply.saturating_duration_since(times.begun));
        story.total = Some(times.ended.saturating_duration_since(times.begun));
        story
    }

    /// Counts what one of its many calls was.
    pub(super) fn counts(&mut self, call: &Self) {
        self.first_message = self.first_message.or(call.first_message);
        for (sum, count) in [(&mut self.requests, call.requests), (&mut self.replies, call.replies)] {
            sum.messages += count.messages;
            sum.bytes += count.bytes;
        }
    }

    /// The schema is looked for from now on.
    pub(in crate::commands) fn looks_for_schema(&mut self) {
        self.looking = Some(Instant::now());
    }

    /// The schema is known, or will not be; on the way to it this connection was made.
    pub(in crate::commands) fn has_looked(&mut self, connection: Option<&Connection>) {
        if let Some(connection) = connection {
            self.reached(connection);
        }
        if let Some(since) = self.looking.take() {
            let connecting = self.phases.map(|phases| phases.sum()).unwrap_or_default();
            self.schema = Some(since.elapsed().saturating_sub(connecting));
        }
    }

    pub(in crate::commands) fn reached(&mut self, connection: &Connection) {
        self.peer = Some(connection.peer().to_string());
        self.phases = Some(connection.phases());
    }

    /// The call is made.
    pub(super) fn calls(&mut self) {
        self.called = Some(Instant::now());
    }

    /// Whether the call was made.
    pub(super) fn has_called(&self) -> bool {
        self.called.is_some()
    }

    pub(super) fn see(&mut self, happening: Happening<'_>) {
        match happening {
            Happening::Request { n, wire } => self.requests.add(n, wire.len()),
            Happening::Message { n, wire } => {
                if self.first_message.is_none() {
                    self.first_message = self.called.map(|called| called.elapsed());
                }
                self.replies.add(n, wire.len());
            }
            Happening::Ended(ending) if ending.origin.connect_error().is_none() => {
                self.status = Some(ending.status.clone());
            }
            _ => {}
        }
    }

    /// Takes what a failure knows beyond this.
    pub(in crate::commands) fn failed(&mut self, failure: &Failure) {
        self.phases = self.phases.or(failure.place().and_then(|place| place.phases));
        if failure.kind() == Kind::Schema || self.looking.is_some() && failure.place().is_none() {
            self.has_looked(None);
        }
    }

    /// The phases that there were, by their names in events, in their order; the total last.
    pub(super) fn times(&self) -> Vec<(&'static str, Duration)> {
        let phases = self.phases.unwrap_or_default();
        let some = |time: Duration| Some(time).filter(|time| !time.is_zero());
        [
            ("dns", some(phases.dns)),
            ("connect", some(phases.connect)),
            ("tls", phases.tls),
            ("http2", some(phases.http2)),
            ("schema", self.schema),
            ("first_message", self.first_message),
            ("total", Some(self.total.unwrap_or_else(|| self.begun.elapsed()))),
        ]
        .into_iter()
        .filter_map(|(name, time)| Some((name, time?)))
        .collect()
    }

    /// The same on one line.
    pub(in crate::commands) fn times_in_words(&self) -> String {
        let words = |(name, time): (&str, Duration)| {
            format!("{} {:.3} ms", name.replace('_', " "), time.as_secs_f64() * 1e3)
        };
        self.times().into_iter().map(words).collect::<Vec<_>>().join(", ")
    }
}
