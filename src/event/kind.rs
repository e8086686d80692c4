//! An event and its JSON form (`docs/events.md`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::leaf::Layer;

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
        /// The rule that answers, as `file:line`; at a server only.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        rule: Option<String>,
    },
    /// A request was sent (by a client) or came (to a server).
    Request {
        /// Counts from 1.
        n: u64,
        /// The message as JSON.
        body: Value,
    },
    /// The client has no further request.
    HalfClose {},
    /// Initial metadata of the reply: names to values, a repeated name's values in a list.
    Metadata {
        /// The entries; a `-bin` value in base64.
        metadata: serde_json::Map<String, Value>,
    },
    /// A reply.
    Message {
        /// Counts from 1.
        n: u64,
        /// The message as JSON.
        body: Value,
    },
    /// Trailing metadata of the reply.
    Trailers {
        /// The entries; a `-bin` value in base64.
        metadata: serde_json::Map<String, Value>,
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

impl Event {
    /// An event of the call `call`, `at` after its beginning.
    pub fn new(call: impl Into<String>, at: std::time::Duration, kind: Kind) -> Self {
        // Microseconds are what a journal's reader can use; more digits are noise.
        let at_ms = (at.as_secs_f64() * 1e6).round() / 1e3;
        Self { v: 1, kind, call: call.into(), at_ms }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn an_event_is_one_flat_object() {
        let body = json!({"name": "World"});
        let event = Event::new("1", Duration::from_micros(1500), Kind::Request { n: 1, body });
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
                rule: Some("r.yaml:3".into()),
            },
            Kind::HalfClose {},
            Kind::Metadata { metadata: serde_json::Map::new() },
            Kind::Message { n: 2, body: Value::Null },
            Kind::Trailers { metadata: serde_json::Map::new() },
            Kind::Status { code: 5, name: "NOT_FOUND".into(), message: "no".into(), details: vec![] },
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
    fn repeated_names_become_a_list() {
        let mut map = tonic::metadata::MetadataMap::new();
        for entry in ["a: 1", "a: 2", "a: 3", "b: x"] {
            crate::leaf::metadata::parse(entry, &mut map).unwrap();
        }
        assert_eq!(Value::Object(metadata_object(&map)), json!({"a": ["1", "2", "3"], "b": "x"}));
    }
}
