//! Who answers where no rule does: a recording, another server, or this one of its own health.

use std::sync::Arc;

use tonic::metadata::MetadataMap;

use super::Upstream;
use super::health;
use super::journalist::Journalist;
use super::passing::Passing;
use super::replay::Replay;
use crate::leaf::Code;
use crate::protocol::Status;
use crate::schema::is_infrastructure;
use crate::server::{self, Call, Health, Journal, Responder};

/// A recording, another server, or both: what is recorded is not asked for. Or what the server says of its health.
#[derive(Debug, Default)]
pub(super) struct Others {
    pub(super) replay: Option<Replay>,
    pub(super) upstream: Option<Arc<Upstream>>,
    pub(super) health: Option<Health>,
}

impl Others {
    /// Answers a call to its end.
    pub(super) async fn answer(&self, method: &str, passing: Passing<'_>) {
        if let Some(health) = &self.health {
            return health::check(health, passing).await;
        }
        match (&self.replay, &self.upstream) {
            (Some(replay), _) if replay.has(method) => replay.play(method, passing).await,
            (_, Some(upstream)) => upstream.pass(passing).await,
            _ => {
                let status = Status::new(Code::UNIMPLEMENTED, format!("no call of {method} is recorded"));
                let trailers = MetadataMap::new();
                passing.journalist.status(&status, &trailers);
                passing.replies.finish(status, trailers);
            }
        }
    }
}

/// Has the others answer the methods that no schema knows.
pub(super) struct Strangers {
    pub(super) others: Arc<Others>,
    pub(super) journal: Option<Journal>,
}

impl Responder for Strangers {
    fn respond(self: Arc<Self>, call: Call) -> server::Answer {
        Box::pin(async move {
            let method = call.head.path().trim_start_matches('/').to_owned();
            // Of reflection and health nothing is kept, here as where this server has them itself.
            let is_kept = !is_infrastructure(call.head.service());
            let journal = self.journal.as_ref().filter(|_| is_kept);
            let journalist = Journalist::begin(journal, &method, &call.head);
            self.others.answer(&method, Passing::whole(call, journalist)).await;
        })
    }
}
