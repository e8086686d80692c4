//! Events on stdout: all that happens in a call, each in the form of `docs/events.md`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use greet::caller::Prepared;
use greet::client::{Ending, Origin, Peer};
use greet::event::{Event, Kind, metadata_object, redact, timestamp};
use greet::transcode::{DataError, JsonOutput, Plan, json};
use greet::{Layer, MetadataMap};
use serde_json::{Map, Value};

use super::observer::Happening;
use super::story::Story;
use crate::failure::{self, Failure, Types, status_object};

/// How far it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    Nothing,
    Started,
    HalfClosed,
    /// It is written how the call ended.
    Over,
}

/// Writes events.
pub(super) struct Recorder {
    /// The call's id.
    call: String,
    begun: Instant,
    /// When what is written happened, where that is not now.
    at: Option<Duration>,
    json: JsonOutput,
    show_secrets: bool,
    prepared: Option<Arc<Prepared>>,
    progress: Progress,
    /// How many requests are written.
    requests: u64,
    /// Whom the call began with.
    first: Option<String>,
    /// Whom the last try was made with, where that is another.
    peer: Option<String>,
    /// Events that are not yet with those who write stdout.
    pending: Vec<u8>,
}

impl Recorder {
    /// Of the call with this number.
    pub(super) fn new(call: u64, begun: Instant, json: JsonOutput, show_secrets: bool) -> Self {
        Self {
            call: call.to_string(),
            begun,
            at: None,
            json,
            show_secrets,
            prepared: None,
            progress: Progress::Nothing,
            requests: 0,
            first: None,
            peer: None,
            pending: Vec::new(),
        }
    }

    /// What is written from now on happened so long after the beginning.
    pub(super) fn happened(&mut self, at: Duration) {
        self.at = Some(at);
    }

    /// The call begins; on a second try nothing new does.
    pub(super) fn start(&mut self, story: &Story, sent: Option<(&Arc<Prepared>, &MetadataMap)>) {
        if let Some((prepared, _)) = sent {
            self.prepared = Some(Arc::clone(prepared));
        }
        if self.progress == Progress::Nothing {
            self.progress = Progress::Started;
            let metadata = sent.map(|(_, metadata)| self.object(metadata));
            let start = Kind::Start {
                method: story.method.clone(),
                target: Some(story.target.clone()),
                peer: story.peer.clone(),
                time: timestamp(story.time),
                metadata,
                rule: None,
            };
            self.push_at(Duration::ZERO, start);
            self.first.clone_from(&story.peer);
        }
        self.peer = story.peer.clone().filter(|_| self.first != story.peer);
    }

    pub(super) fn see(&mut self, happening: Happening<'_>, out: &mut Vec<u8>) -> Result<(), Failure> {
        match happening {
            // A call that is made again has the same requests.
            Happening::Request { n, wire } if n > self.requests => {
                self.requests = n;
                let wrong = |_: &Plan, error: &DataError| Failure::data("request data", error);
                let body = self.body(Prepared::request, wire, wrong)?;
                self.push(Kind::Request { n, body, wire: None });
            }
            Happening::HalfClose if self.progress < Progress::HalfClosed => {
                self.progress = Progress::HalfClosed;
                self.push(Kind::HalfClose {});
            }
            Happening::Request { .. } | Happening::HalfClose => {}
            Happening::Metadata(metadata) => {
                let metadata = self.object(metadata);
                self.push(Kind::Metadata { metadata });
            }
            Happening::Message { n, wire } => {
                let body = self.body(Prepared::reply, wire, Failure::reply)?;
                self.push(Kind::Message { n, body, wire: None });
            }
            Happening::Failed { n, ending, pause, peer } => {
                let metadata = self.object(&ending.trailers);
                self.push(Kind::Attempt {
                    n: u64::from(n),
                    code: ending.status.code.number(),
                    name: ending.status.code.name().to_owned(),
                    message: ending.status.message.clone(),
                    metadata,
                    pause_ms: millis(pause),
                    peer: peer.map(Peer::to_string),
                });
            }
            Happening::Ended(ending) => self.ended(ending),
            Happening::Left => {
                self.progress = Progress::Over;
                self.push(Kind::Cancel {});
            }
        }
        out.append(&mut self.pending);
        Ok(())
    }

    fn ended(&mut self, ending: &Ending) {
        // What became of the connection is told as a failure.
        if ending.origin.connect_error().is_some() {
            return;
        }
        if matches!(ending.origin, Origin::Deadline) {
            self.push(Kind::Cancel {});
        }
        if !ending.trailers.is_empty() {
            let metadata = self.object(&ending.trailers);
            self.push(Kind::Trailers { metadata });
        }
        let types = self.prepared.as_deref().map_or_else(Types::bundled, Types::of);
        let details = match status_object(&ending.status, types)["details"].take() {
            Value::Array(details) => details,
            _ => Vec::new(),
        };
        self.progress = Progress::Over;
        self.push(Kind::Status {
            code: ending.status.code.number(),
            name: ending.status.code.name().to_owned(),
            message: ending.status.message.clone(),
            details,
            peer: self.peer.clone(),
        });
    }

    /// The last events: what failed on this side, and how long everything took.
    pub(super) fn end(mut self, story: &Story, failure: Option<&Failure>) -> Vec<u8> {
        self.start(story, None);
        if let Some(failure) = failure.filter(|_| self.progress < Progress::Over) {
            let gone = matches!(failure.kind(), failure::Kind::Signal(_) | failure::Kind::ReaderGone);
            // A call that had begun is reset by whatever ends it on this side.
            if gone || story.has_called() && failure.place().is_none() {
                self.push(Kind::Cancel {});
            }
        }
        let told = story.status.is_some();
        if let Some(failure) = failure
            && let Some(layer) = failure.layer().filter(|layer| !(told && *layer == Layer::Status))
        {
            self.push(failed(layer, failure));
        }
        let phases = story.times().into_iter().map(|(name, time)| (name.to_owned(), millis(time).into()));
        self.push(Kind::Timing { phases: phases.collect() });
        self.pending
    }

    fn object(&self, metadata: &MetadataMap) -> Map<String, Value> {
        let mut object = metadata_object(metadata);
        if !self.show_secrets {
            redact(&mut object);
        }
        object
    }

    fn body(
        &self,
        plan: impl Fn(&Prepared) -> &Plan,
        wire: &Bytes,
        wrong: impl Fn(&Plan, &DataError) -> Failure,
    ) -> Result<Value, Failure> {
        let Some(prepared) = &self.prepared else { return Ok(Value::Null) };
        let plan = plan(prepared);
        let mut text = Vec::new();
        json::from_wire(plan, wire, self.json, &mut text).map_err(|error| wrong(plan, &error))?;
        // What was just written as JSON is JSON.
        Ok(serde_json::from_slice(&text).unwrap_or_default())
    }

    fn push(&mut self, kind: Kind) {
        self.push_at(self.at.unwrap_or_else(|| self.begun.elapsed()), kind);
    }

    fn push_at(&mut self, at: Duration, kind: Kind) {
        let event = Event::new(self.call.as_str(), at, kind);
        // A vector takes whatever is written, and every part of an event has a JSON form.
        if serde_json::to_writer(&mut self.pending, &event).is_ok() {
            self.pending.push(b'\n');
        }
    }
}

/// As events have times: to the microsecond.
fn millis(time: std::time::Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn failed(layer: Layer, failure: &Failure) -> Kind {
    let addresses = failure.place().map(|place| &place.addresses[..]).unwrap_or_default();
    let hints = failure.hints();
    Kind::Failure {
        layer,
        cause: failure.cause().to_owned(),
        addresses: addresses.iter().map(|(address, _)| address.clone()).collect(),
        hint: (!hints.is_empty()).then(|| hints.join("; ")),
    }
}
