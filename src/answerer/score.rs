//! A recorded call as it is played again: what the client must say, and what it is answered.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;
use tonic::metadata::MetadataMap;

use crate::event::{Kind, Recorded};
use crate::leaf::{Code, metadata};
use crate::protocol::Status;
use crate::schema::{Closure, bundled_closure};
use crate::transcode::{JsonInput, JsonOutput, Plan, json};

/// A call's steps, in the order in which they were recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Score {
    pub(super) steps: Vec<Timed>,
}

/// A step, and when it was, since the call began.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timed {
    pub(super) at: Duration,
    pub(super) step: Step,
}

/// What one side did.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// The client sends this.
    Request(Asked),
    /// The client has no more.
    HalfClose,
    /// The server's initial metadata.
    Metadata(HeaderMap),
    /// The server sends this.
    Message(Bytes),
    /// It ends the call.
    End(Status, HeaderMap),
    /// The client left: nothing more came.
    Left,
}

/// A request in the form in which it is compared: equal messages are equal, however they were written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Asked {
    /// As ProtoJSON.
    Json(Value),
    /// As bytes, where no schema is known.
    Wire(Bytes),
}

impl Asked {
    /// A request that came.
    pub(super) fn of(plan: Option<&Plan>, wire: &Bytes) -> Self {
        let read = plan.and_then(|plan| {
            let mut text = Vec::new();
            json::from_wire(plan, wire, JsonOutput::default(), &mut text).ok()?;
            serde_json::from_slice(&text).ok()
        });
        read.map_or_else(|| Self::Wire(wire.clone()), Self::Json)
    }
}

impl Score {
    /// Reads a recorded call; the plans are those of its method, where a schema knows it.
    ///
    /// # Errors
    /// When a body does not fit the schema, or there is no schema and the bytes were not recorded.
    pub(super) fn read(
        call: &Recorded,
        request: Option<&Plan>,
        reply: Option<&Plan>,
    ) -> Result<Self, String> {
        let closures: Vec<Arc<Closure>> = reply
            .iter()
            .map(|plan| Arc::clone(plan.closure()))
            .chain([Arc::clone(bundled_closure())])
            .collect();
        let mut score = Self::default();
        let mut trailers = HeaderMap::new();
        // A server's journal has the client's metadata before the first request, and a client's recording the server's
        // after it began: who the other side is says `target`.
        let is_clients =
            call.events().iter().any(|event| matches!(&event.kind, Kind::Start { target: Some(_), .. }));
        for event in call.events() {
            let wrong = |why: String| format!("call {}: {why}", event.call);
            let step = match &event.kind {
                Kind::Request { n, body, wire } => {
                    let bytes = wire_of(request, body, wire.as_deref())
                        .map_err(|why| wrong(format!("request {n}: {why}")))?;
                    Step::Request(Asked::of(request, &bytes))
                }
                Kind::HalfClose {} => Step::HalfClose,
                Kind::Metadata { metadata } if is_clients => Step::Metadata(entries(metadata)),
                Kind::SentMetadata { metadata } => Step::Metadata(entries(metadata)),
                Kind::Message { n, body, wire } => Step::Message(
                    wire_of(reply, body, wire.as_deref())
                        .map_err(|why| wrong(format!("message {n}: {why}")))?,
                ),
                Kind::Trailers { metadata } => {
                    trailers = entries(metadata);
                    continue;
                }
                Kind::Status { code, message, details, .. } => {
                    let status = Status::new(Code::new(*code), message.clone());
                    let status = with_details(status, details, &closures).map_err(wrong)?;
                    Step::End(status, std::mem::take(&mut trailers))
                }
                Kind::Failure { cause, .. } => {
                    Step::End(Status::new(Code::UNAVAILABLE, cause.clone()), HeaderMap::new())
                }
                Kind::Cancel {} => Step::Left,
                _ => continue,
            };
            let at = Duration::try_from_secs_f64(event.at_ms / 1e3).unwrap_or_default();
            score.steps.push(Timed { at, step });
        }
        Ok(score)
    }

    /// What the client says, in order; `None` is the half-close.
    pub(super) fn said(&self) -> impl Iterator<Item = Option<&Asked>> {
        self.steps.iter().filter_map(|timed| match &timed.step {
            Step::Request(asked) => Some(Some(asked)),
            Step::HalfClose => Some(None),
            _ => None,
        })
    }
}

impl Timed {
    /// Whether it is the client who does this.
    pub(super) fn is_clients(&self) -> bool {
        matches!(self.step, Step::Request(_) | Step::HalfClose)
    }
}

/// A recorded message on the wire.
fn wire_of(plan: Option<&Plan>, body: &Value, wire: Option<&str>) -> Result<Bytes, String> {
    if let Some(wire) = wire {
        return STANDARD
            .decode(wire)
            .map(Bytes::from)
            .map_err(|error| format!("its bytes are no base64: {error}"));
    }
    let plan = plan.ok_or("no schema knows its method, and its bytes are not in the recording")?;
    let mut bytes = Vec::new();
    json::to_wire(plan, body.to_string().as_bytes(), JsonInput::default(), &mut bytes)
        .map_err(|error| format!("it is no {}: {error}", plan.type_name()))?;
    Ok(bytes.into())
}

fn entries(object: &serde_json::Map<String, Value>) -> HeaderMap {
    let mut map = MetadataMap::new();
    for (name, value) in object {
        let values = match value {
            Value::Array(values) => values.iter().collect(),
            value => vec![value],
        };
        for value in values.into_iter().filter_map(Value::as_str) {
            // What cannot be metadata was none when it was recorded.
            let _ = metadata::append(name, value, &mut map);
        }
    }
    metadata::remove_reserved(&mut map);
    map.into_headers()
}

fn with_details(status: Status, details: &[Value], closures: &[Arc<Closure>]) -> Result<Status, String> {
    if details.is_empty() {
        return Ok(status);
    }
    let details = details.iter().map(|detail| any(detail, closures)).collect::<Result<_, _>>()?;
    let whole = tonic_types::pb::Status {
        code: i32::try_from(status.code.number()).unwrap_or(2),
        message: status.message.clone(),
        details,
    };
    Ok(status.with_details(prost::Message::encode_to_vec(&whole).into()))
}

/// A detail as events have it: by its type where that is known, else in base64.
fn any(detail: &Value, closures: &[Arc<Closure>]) -> Result<prost_types::Any, String> {
    let wrong = || format!("a detail cannot be read: {detail}");
    let mut members = detail.as_object().cloned().ok_or_else(wrong)?;
    let Some(Value::String(type_url)) = members.shift_remove("@type") else { return Err(wrong()) };
    let name = type_url.rsplit('/').next().unwrap_or(&type_url);
    let value = members.get("value").cloned();
    let whole = Value::Object(members);
    let typed = closures.iter().find_map(|closure| Plan::compile(closure, name).ok()).and_then(|plan| {
        [Some(&whole), value.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|body| wire_of(Some(&plan), body, None).ok())
    });
    let bytes = || value.as_ref().and_then(Value::as_str).and_then(|text| STANDARD.decode(text).ok());
    let value = typed.map(Vec::from).or_else(bytes).ok_or_else(wrong)?;
    Ok(prost_types::Any { type_url, value })
}
