//! Gives out the journal as it is, and as it goes on.

use std::collections::HashSet;

use bytes::Bytes;

use crate::event::{Event, Kind, is_of};
use crate::leaf::Code;
use crate::protocol::Status;
use crate::schema::bundled_closure;
use crate::server::{Health, Journal, Replies};
use crate::transcode::{JsonInput, Plan, json};

/// So many events are taken at a time.
const BATCH: usize = 256;

/// Sends all events, or those of the calls of a method, each as a `google.protobuf.Struct`. Goes on with what happens if
/// it is to follow, until the server stops.
///
/// # Errors
/// When there is no journal, the client has left, or the server stops.
pub(super) async fn read(
    journal: Journal,
    stops: &Health,
    method: &str,
    follows: bool,
    replies: &mut Replies,
) -> Result<(), Status> {
    if !journal.is_kept() {
        return Err(Status::new(Code::FAILED_PRECONDITION, "the server keeps no journal"));
    }
    let internal = |why: String| Status::new(Code::INTERNAL, why);
    let plan = Plan::compile(bundled_closure(), "google.protobuf.Struct")
        .map_err(|error| internal(error.to_string()))?;
    let mut filter = Filter { method, calls: HashSet::new() };
    let mut news = journal.news();
    let mut at = 0;
    loop {
        let (events, next) = journal.since(at, BATCH);
        let is_all = events.is_empty();
        at = next;
        for event in events.iter().filter(|event| filter.takes(event)) {
            let wire = wire_of(&plan, event).map_err(internal)?;
            replies.send(wire).await.map_err(|gone| Status::new(Code::CANCELLED, gone.to_string()))?;
        }
        if is_all && !follows {
            return Ok(());
        }
        if is_all {
            tokio::select! {
                () = stops.stopped() => {
                    return Err(Status::new(Code::UNAVAILABLE, "the server is stopping"));
                }
                // It fails only when the journal is gone, and with it the server.
                _ = news.changed() => {}
            }
        }
    }
}

/// Takes the events of the calls of one method.
struct Filter<'m> {
    method: &'m str,
    /// Those that are open.
    calls: HashSet<String>,
}

impl Filter<'_> {
    fn takes(&mut self, event: &Event) -> bool {
        if self.method.is_empty() {
            return true;
        }
        match &event.kind {
            Kind::Start { method, .. } => {
                let is_meant = is_of(method, self.method);
                if is_meant {
                    self.calls.insert(event.call.clone());
                }
                is_meant
            }
            Kind::Status { .. } | Kind::Cancel {} => self.calls.remove(&event.call),
            _ => self.calls.contains(&event.call),
        }
    }
}

fn wire_of(plan: &Plan, event: &Event) -> Result<Bytes, String> {
    let text = serde_json::to_vec(event).map_err(|error| error.to_string())?;
    let mut wire = Vec::new();
    json::to_wire(plan, &text, JsonInput::default(), &mut wire).map_err(|error| error.to_string())?;
    Ok(wire.into())
}
