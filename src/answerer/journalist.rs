//! Writes what happens in one served call into the journal, in the one event form.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tonic::metadata::MetadataMap;

use crate::event::{Event, Kind, PassedOver, metadata_object, timestamp};
use crate::leaf::Layer;
use crate::protocol::Status;
use crate::protocol::status::Details;
use crate::rules::Passed;
use crate::schema::bundled_closure;
use crate::server::{Head, Journal};
use crate::transcode::{JsonOutput, Plan, any, json};

/// Ids of calls, the same in all events of one call and in one process never twice.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The events of one call. Without a journal, as by default, nothing is made and nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Journalist {
    open: Option<Mutex<Open>>,
}

#[derive(Debug)]
struct Open {
    journal: Journal,
    call: String,
    began: Instant,
    requests: u64,
    replies: u64,
    ended: bool,
}

impl Journalist {
    /// Begins a call's events with `start` and the client's metadata.
    pub(super) fn begin(journal: Option<&Journal>, method: &str, head: &Head) -> Self {
        let open = journal.map(|journal| {
            Mutex::new(Open {
                journal: journal.clone(),
                call: NEXT.fetch_add(1, Ordering::Relaxed).to_string(),
                began: Instant::now(),
                requests: 0,
                replies: 0,
                ended: false,
            })
        });
        let journalist = Self { open };
        journalist.push(|| Kind::Start {
            method: method.to_owned(),
            target: None,
            peer: Some(head.peer.to_string()),
            time: timestamp(SystemTime::now()),
            metadata: None,
            rule: None,
        });
        journalist.push(|| Kind::Metadata { metadata: metadata_object(&head.metadata) });
        journalist
    }

    /// Whether there is a journal.
    pub(super) fn is_kept(&self) -> bool {
        self.open.is_some()
    }

    /// Which rule answers, and why those before it do not.
    pub(super) fn rule(&self, rule: Option<String>, passed: Passed) {
        self.push(|| {
            let over = |(rule, why): (Arc<str>, String)| PassedOver { rule: rule.to_string(), why };
            let more = u64::try_from(passed.more).unwrap_or(u64::MAX);
            Kind::Rule { rule, passed: passed.rules.into_iter().map(over).collect(), more }
        });
    }

    /// This server's initial metadata, where there is any.
    pub(super) fn sends(&self, metadata: &MetadataMap) {
        if !metadata.is_empty() {
            self.push(|| Kind::SentMetadata { metadata: metadata_object(metadata) });
        }
    }

    /// A request came; without a plan its bytes are kept.
    pub(super) fn request<'p>(&self, plan: impl Into<Option<&'p Plan>>, wire: &[u8]) {
        if let Some(mut open) = self.open() {
            open.requests += 1;
            let (n, plan) = (open.requests, plan.into());
            open.push(Kind::Request { n, body: body(plan, wire), wire: raw(plan, wire) });
        }
    }

    pub(super) fn half_close(&self) {
        self.push(|| Kind::HalfClose {});
    }

    /// A reply goes; without a plan its bytes are kept.
    pub(super) fn message<'p>(&self, plan: impl Into<Option<&'p Plan>>, wire: &[u8]) {
        if let Some(mut open) = self.open() {
            open.replies += 1;
            let (n, plan) = (open.replies, plan.into());
            open.push(Kind::Message { n, body: body(plan, wire), wire: raw(plan, wire) });
        }
    }

    pub(super) fn status(&self, status: &Status, trailers: &MetadataMap) {
        if !trailers.is_empty() {
            self.push(|| Kind::Trailers { metadata: metadata_object(trailers) });
        }
        self.push(|| Kind::Status {
            code: status.code.number(),
            name: status.code.name().to_owned(),
            message: status.message.clone(),
            details: match &status.details {
                Details::Some(bytes) => any::details(&[bundled_closure().clone()], bytes).unwrap_or_default(),
                Details::None | Details::Malformed(_) => Vec::new(),
            },
            peer: None,
        });
        if let Some(mut open) = self.open() {
            open.ended = true;
        }
    }

    /// The call ended as a server should not end one, on purpose; `how` says what the client met.
    pub(super) fn broken(&self, how: &str) {
        let (cause, addresses) = (format!("a fault: {how}"), Vec::new());
        self.push(|| Kind::Failure { layer: Layer::Http2, cause, addresses, hint: None });
        if let Some(mut open) = self.open() {
            open.ended = true;
        }
    }

    /// Whether there is a journal that is told anything.
    pub(super) fn writes(&self) -> bool {
        self.open.is_some()
    }

    fn push(&self, kind: impl FnOnce() -> Kind) {
        if let Some(open) = self.open() {
            open.push(kind());
        }
    }

    fn open(&self) -> Option<MutexGuard<'_, Open>> {
        self.open.as_ref().map(|open| open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Open {
    fn push(&self, kind: Kind) {
        self.journal.push(Event::new(self.call.clone(), self.began.elapsed(), kind));
    }
}

impl Drop for Journalist {
    /// A call that is dropped before its status is one that the client left, or whose time was up.
    fn drop(&mut self) {
        if self.open().is_some_and(|open| !open.ended) {
            self.push(|| Kind::Cancel {});
        }
    }
}

/// A message as the JSON of an event; what does not decode is `null`.
fn body(plan: Option<&Plan>, wire: &[u8]) -> serde_json::Value {
    let Some(plan) = plan else { return serde_json::Value::Null };
    let mut text = Vec::new();
    json::from_wire(plan, wire, JsonOutput::default(), &mut text)
        .ok()
        .and_then(|()| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

/// The bytes of a message that no schema reads.
fn raw(plan: Option<&Plan>, wire: &[u8]) -> Option<String> {
    plan.is_none().then(|| STANDARD.encode(wire))
}
