//! An event and its JSON form (`docs/events.md`).

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::leaf::{Layer, secret};

/// One thing that happened in a call, in the form in which it is written, read and kept.
///
/// As JSON: one object with `v` (1), `event`, `call`, `at_ms` and the members of its [`Kind`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The version of this form; 1.
    pub v: u32,
    /// What happened.
    #[serde(flatten)]
    pub kind: Kind,
    /// The call's id, the same in all events of one call.
    pub call: String,
    /// Milliseconds since the call began.
    pub at_ms: f64,
}

/// What happened, under the member `event`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The call began.
    Start {
        /// `pkg.Service/Method`.
        method: String,
        /// The server that is called, as it was typed; absent at a server.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        target: Option<String>,
        /// The address of the other side.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        peer: Option<String>,
        /// When, in RFC 3339.
        time: String,
        /// What the client sent with the call, at a client; at a server it is in the event `metadata`. A `-bin`
        /// value is in base64.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        metadata: Option<serde_json::Map<String, Value>>,
        /// The rule that answers, as `file:line`; at a server only.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        rule: Option<String>,
    },
    /// A rule was chosen, at a server that has some for the method; before what it does.
    Rule {
        /// Where it stands, as `file:line:column`; `None` where none matches.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        rule: Option<String>,
        /// The rules before it, and why they do not answer.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        passed: Vec<PassedOver>,
        /// How many more there are before it, which are not named.
        #[serde(skip_serializing_if = "is_zero", default)]
        more: u64,
    },
    /// A request was sent (by a client) or came (to a server).
    Request {
        /// Counts from 1.
        n: u64,
        /// The message as JSON; null where no schema is known.
        body: Value,
        /// The message on the wire in base64, where no schema is known.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        wire: Option<String>,
    },
    /// The client has no further request.
    HalfClose {},
    /// The other side's initial metadata: names to values, a repeated name's values in a list.
    Metadata {
        /// The entries; a `-bin` value in base64.
        metadata: serde_json::Map<String, Value>,
    },
    /// What a server sends as initial metadata, at that server; what came to it is in `Metadata`.
    SentMetadata {
        /// The entries; a `-bin` value in base64.
        metadata: serde_json::Map<String, Value>,
    },
    /// A reply.
    Message {
        /// Counts from 1.
        n: u64,
        /// The message as JSON; null where no schema is known.
        body: Value,
        /// The message on the wire in base64, where no schema is known.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        wire: Option<String>,
    },
    /// Trailing metadata of the reply.
    Trailers {
        /// The entries; a `-bin` value in base64.
        metadata: serde_json::Map<String, Value>,
    },
    /// A try of the call failed, and it is made again; the last try is told by the other events.
    Attempt {
        /// Which try it was; counts from 1.
        n: u64,
        /// The number of the status as it came, or of the one that this side gives it.
        code: u32,
        /// Its name.
        name: String,
        /// The server's words, or why it failed.
        message: String,
        /// The trailers, where there were any.
        #[serde(skip_serializing_if = "serde_json::Map::is_empty", default)]
        metadata: serde_json::Map<String, Value>,
        /// How long is paused before the next try, in milliseconds.
        pause_ms: f64,
        /// Who failed, where several servers share the calls.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        peer: Option<String>,
    },
    /// How the call ended.
    Status {
        /// The number as it came.
        code: u32,
        /// Its name, `UNKNOWN` for a number that gRPC does not name.
        name: String,
        /// The server's words.
        message: String,
        /// Error details as JSON, each with `@type`.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        details: Vec<Value>,
        /// Who answered, where that is not who the call began with: it was made again, by another server.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        peer: Option<String>,
    },
    /// The client left before the end.
    Cancel {},
    /// The call failed on this side.
    Failure {
        /// Where.
        layer: Layer,
        /// Why, as the system said it.
        cause: String,
        /// The addresses tried.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        addresses: Vec<String>,
        /// What would mend it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        hint: Option<String>,
    },
    /// How long each phase took, in milliseconds.
    Timing {
        /// Phase to milliseconds.
        #[serde(flatten)]
        phases: serde_json::Map<String, Value>,
    },
}

/// A rule that did not answer, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Where it stands.
    pub rule: String,
    /// Why it does not answer.
    pub why: String,
}

impl Event {
    /// An event of the call `call`, `at` after its beginning.
    pub fn new(call: impl Into<String>, at: std::time::Duration, kind: Kind) -> Self {
        // Microseconds are what a journal's reader can use; more digits are noise.
        let at_ms = (at.as_secs_f64() * 1e6).round() / 1e3;
        Self { v: 1, kind, call: call.into(), at_ms }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(more: &u64) -> bool {
    *more == 0
}

/// Metadata as the object that an event holds.
pub fn metadata_object(metadata: &tonic::metadata::MetadataMap) -> serde_json::Map<String, Value> {
    let mut object = serde_json::Map::new();
    for (name, value) in crate::leaf::metadata::entries(metadata) {
        let value = Value::String(value);
        match object.get_mut(&name) {
            None => {
                object.insert(name, value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    object
}

/// Puts [`REDACTED`](secret::REDACTED) in the place of every value whose name says that it is a secret.
pub fn redact(metadata: &mut serde_json::Map<String, Value>) {
    for (_, value) in metadata.iter_mut().filter(|(name, _)| secret::is_secret(name)) {
        *value = secret::REDACTED.into();
    }
}

/// A time as events have it: RFC 3339, to the millisecond, in UTC.
pub fn timestamp(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let stamp = prost_types::Timestamp {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(since.subsec_millis()).unwrap_or(0) * 1_000_000,
    };
    stamp.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn an_event_is_one_flat_object() {
        let body = json!({"name": "World"});
        let event = Event::new("1", Duration::from_micros(1500), Kind::Request { n: 1, body, wire: None });
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(text, r#"{"v":1,"event":"request","n":1,"body":{"name":"World"},"call":"1","at_ms":1.5}"#);
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }

    #[test]
    fn every_kind_is_read_back() {
        let kinds = [
            Kind::Start {
                method: "a.B/C".into(),
                target: None,
                peer: Some("127.0.0.1:1".into()),
                time: "2026-01-01T00:00:00Z".into(),
                metadata: Some(metadata_of(&["a: 1"])),
                rule: Some("r.yaml:3".into()),
            },
            Kind::HalfClose {},
            Kind::Metadata { metadata: serde_json::Map::new() },
            Kind::Rule {
                rule: None,
                passed: vec![PassedOver { rule: "r.yaml:3:5".into(), why: "no".into() }],
                more: 2,
            },
            Kind::SentMetadata { metadata: serde_json::Map::new() },
            Kind::Message { n: 2, body: Value::Null, wire: Some("AQI=".into()) },
            Kind::Trailers { metadata: serde_json::Map::new() },
            Kind::Status {
                code: 5,
                name: "NOT_FOUND".into(),
                message: "no".into(),
                details: vec![],
                peer: None,
            },
            Kind::Attempt {
                n: 1,
                code: 14,
                name: "UNAVAILABLE".into(),
                message: String::new(),
                metadata: serde_json::Map::new(),
                pause_ms: 81.5,
                peer: Some("127.0.0.2:1".into()),
            },
            Kind::Cancel {},
            Kind::Failure { layer: Layer::Connect, cause: "refused".into(), addresses: vec![], hint: None },
        ];
        for kind in kinds {
            let event = Event::new("7", Duration::ZERO, kind);
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
        }
    }

    #[test]
    fn secrets_do_not_stand_in_events() {
        let mut map = metadata_of(&["x-token: 1", "x-token: 2", "b: x", "key-bin: AQI"]);
        redact(&mut map);
        assert_eq!(Value::Object(map), json!({"x-token": "[redacted]", "b": "x", "key-bin": "[redacted]"}));
    }

    #[test]
    fn a_time_is_to_the_millisecond() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(1_767_225_600_123_456);
        assert_eq!(timestamp(time), "2026-01-01T00:00:00.123Z");
    }

    fn metadata_of(entries: &[&str]) -> serde_json::Map<String, Value> {
        let mut map = tonic::metadata::MetadataMap::new();
        for entry in entries {
            crate::leaf::metadata::parse(entry, &mut map).unwrap();
        }
        metadata_object(&map)
    }

    #[test]
    fn repeated_names_become_a_list() {
        let map = metadata_of(&["a: 1", "a: 2", "a: 3", "b: x"]);
        assert_eq!(Value::Object(map), json!({"a": ["1", "2", "3"], "b": "x"}));
    }
}
