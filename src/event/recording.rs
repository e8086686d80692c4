//! Events put together again: the calls of a recording.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead};

use serde_json::Value;

use super::{Event, Kind};

/// The calls of a recording, in the order in which they began.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    calls: Vec<Recorded>,
}

/// The events of one call, from `start` on.
#[derive(Debug, Clone)]
pub struct Recorded {
    method: String,
    events: Vec<Event>,
}

/// Why a recording cannot be read.
#[derive(Debug)]
pub struct RecordingError {
    line: usize,
    kind: ErrorKind,
}

#[derive(Debug)]
enum ErrorKind {
    Read(io::Error),
    NoEvent(serde_json::Error),
    Version(u32),
}

impl Recording {
    /// Puts events together by their calls. Those of a call whose `start` is not there are left out; an id that
    /// starts again, as in recordings put one behind the other, is another call.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let mut gathered = Self::default();
        let mut places = HashMap::new();
        for event in events {
            gathered.take(event, &mut places);
        }
        gathered
    }

    /// Reads events, one a line. A last line without an end, as of a server that was killed, is passed over.
    ///
    /// # Errors
    /// When a line is no event, or one of a version that is not known; with the line.
    pub fn read(mut from: impl BufRead) -> Result<Self, RecordingError> {
        let mut gathered = Self::default();
        let mut places = HashMap::new();
        let mut line = String::new();
        for number in 1.. {
            line.clear();
            let wrong = |kind| RecordingError { line: number, kind };
            if from.read_line(&mut line).map_err(|error| wrong(ErrorKind::Read(error)))? == 0 {
                break;
            }
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Event>(&line) {
                Ok(event) if event.v == 1 => gathered.take(event, &mut places),
                Ok(event) => return Err(wrong(ErrorKind::Version(event.v))),
                Err(error) if error.is_eof() && !line.ends_with('\n') => {}
                // A kind that a later greet writes says nothing to this one.
                Err(_) if is_an_event(&line) => {}
                Err(error) => return Err(wrong(ErrorKind::NoEvent(error))),
            }
        }
        Ok(gathered)
    }

    /// The calls.
    pub fn calls(&self) -> &[Recorded] {
        &self.calls
    }

    /// The calls of a method; the name is a full one or its last components: `SayHello`, `Greeter/SayHello`,
    /// `greeter.Greeter/SayHello`.
    pub fn calls_of(&self, method: &str) -> impl Iterator<Item = &Recorded> {
        self.calls.iter().filter(move |call| call.is_of(method))
    }

    fn take(&mut self, event: Event, places: &mut HashMap<String, usize>) {
        if let Kind::Start { method, .. } = &event.kind {
            places.insert(event.call.clone(), self.calls.len());
            self.calls.push(Recorded { method: method.clone(), events: Vec::new() });
        }
        if let Some(&place) = places.get(&event.call) {
            self.calls[place].events.push(event);
        }
    }
}

impl Recorded {
    /// `pkg.Service/Method`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// All of its events, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The requests as JSON, in order.
    pub fn requests(&self) -> impl Iterator<Item = &Value> {
        self.events.iter().filter_map(|event| match &event.kind {
            Kind::Request { body, .. } => Some(body),
            _ => None,
        })
    }

    /// The replies as JSON, in order.
    pub fn replies(&self) -> impl Iterator<Item = &Value> {
        self.events.iter().filter_map(|event| match &event.kind {
            Kind::Message { body, .. } => Some(body),
            _ => None,
        })
    }

    /// Whether the name means this call's method: the whole of it, or whole last components.
    pub fn is_of(&self, wanted: &str) -> bool {
        is_of(&self.method, wanted)
    }
}

/// Whether a name means a method (`pkg.Service/Method`): the whole of it, or whole last components.
pub(crate) fn is_of(method: &str, wanted: &str) -> bool {
    let wanted = wanted.strip_prefix('/').unwrap_or(wanted);
    method
        .strip_suffix(wanted)
        .is_some_and(|before| !wanted.is_empty() && (before.is_empty() || before.ends_with(['/', '.'])))
}

fn is_an_event(line: &str) -> bool {
    serde_json::from_str::<Value>(line).is_ok_and(|value| {
        value["v"] == 1
            && value["event"].is_string()
            && value["call"].is_string()
            && value["at_ms"].is_number()
            && !KNOWN.contains(&value["event"].as_str().unwrap_or_default())
    })
}

/// The kinds of this version: one that is not as it should be is an error.
const KNOWN: [&str; 13] = [
    "attempt",
    "start",
    "rule",
    "request",
    "half_close",
    "metadata",
    "sent_metadata",
    "message",
    "trailers",
    "status",
    "cancel",
    "failure",
    "timing",
];

impl RecordingError {
    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Read(error) => write!(f, "cannot be read: {error}"),
            ErrorKind::NoEvent(error) => write!(f, "line {} is no event: {error}", self.line),
            ErrorKind::Version(v) => {
                write!(f, "line {} is an event of version {v}, which is not known", self.line)
            }
        }
    }
}

impl std::error::Error for RecordingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Read(error) => Some(error),
            ErrorKind::NoEvent(error) => Some(error),
            ErrorKind::Version(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = concat!(
        r#"{"v":1,"event":"start","method":"a.B/C","time":"t","call":"1","at_ms":0}"#,
        "\n",
        r#"{"v":1,"event":"start","method":"a.B/D","time":"t","call":"2","at_ms":0}"#,
        "\n",
        r#"{"v":1,"event":"request","n":1,"body":{"x":1},"call":"2","at_ms":0}"#,
        "\n",
        "\n",
        r#"{"v":1,"event":"dream","call":"2","at_ms":0}"#,
        "\n",
        r#"{"v":1,"event":"request","n":1,"body":{"x":2},"call":"1","at_ms":0}"#,
        "\n",
        r#"{"v":1,"event":"message","n":1,"body":{"y":2},"call":"9","at_ms":0}"#,
        "\n",
        r#"{"v":1,"event":"start","method":"a.B/C","time":"t","call":"1","at_ms":0}"#,
        "\n",
        r#"{"v":1,"event":"mess"#,
    );

    #[test]
    fn events_find_their_calls() {
        let recording = Recording::read(TWO.as_bytes()).unwrap();
        let seen: Vec<_> = recording
            .calls()
            .iter()
            .map(|call| (call.method(), call.requests().map(Value::to_string).collect::<Vec<_>>()))
            .collect();
        let one = |text: &str| vec![text.to_owned()];
        assert_eq!(seen, [("a.B/C", one(r#"{"x":2}"#)), ("a.B/D", one(r#"{"x":1}"#)), ("a.B/C", vec![])]);
        assert_eq!(recording.calls_of("B/C").count(), 2);
        assert_eq!(recording.calls_of("/a.B/D").count(), 1);
        assert_eq!(
            recording.calls_of("").count()
                + recording.calls_of("/C").count()
                + recording.calls_of("a.B/").count(),
            2
        );
    }

    #[test]
    fn what_is_no_event_is_named_by_its_line() {
        for (text, said) in [
            ("{}\n", "line 1 is no event: missing field `v`"),
            (
                "\n{\"v\":1,\"event\":\"request\",\"call\":\"1\",\"at_ms\":0}\n",
                "line 2 is no event: missing field `n`",
            ),
            ("hello\n", "line 1 is no event"),
            (r#"{"v":2,"event":"cancel","call":"1","at_ms":0}"#, "line 1 is an event of version 2"),
        ] {
            let error = Recording::read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
    }
}
