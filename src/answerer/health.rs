//! Health by rules: Check falls back on what the server says of itself, and Watch tells what Check would answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use prost::Message as _;
use tokio::sync::watch;
use tokio::time::sleep;
use tonic::metadata::MetadataMap;
use tonic_health::pb::health_check_response::ServingStatus as Wire;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::journalist::Journalist;
use super::others::Others;
use super::passing::Passing;
use super::responder::{MethodResponder, status_of};
use crate::leaf::Code;
use crate::protocol::Status;
use crate::query::Limits;
use crate::rules::{Answered, CHECK, CallView, Ending, Input};
use crate::server::{self, Call, Head, Health, Replies, Responder};

/// What rules say may change with what is remembered, the time, or chance: a watch asks them so often.
const OFTEN: Duration = Duration::from_millis(100);

/// Who answers Check by the rules that are served now, if there are any: a watch that began before them asks them too.
pub(super) type Ruled = watch::Sender<Option<Arc<MethodResponder>>>;

/// Answers Check: the rules' word, until the server leaves.
pub(super) struct Check {
    pub(super) ruled: Arc<MethodResponder>,
    pub(super) others: Arc<Others>,
    pub(super) health: Health,
}

impl Responder for Check {
    fn respond(self: Arc<Self>, call: Call) -> server::Answer {
        if self.health.states().now("").is_leaving {
            return Box::pin(async move {
                self.others.answer(CHECK, Passing::whole(call, Journalist::default())).await;
            });
        }
        Arc::clone(&self.ruled).respond(call)
    }
}

/// Answers Check where no rule does.
pub(super) async fn check(health: &Health, passing: Passing<'_>) {
    let Passing { mut received, mut requests, replies, .. } = passing;
    let request = match received.pop() {
        Some(request) => Ok(request),
        None => requests.only().await,
    };
    let said = request.and_then(|request| {
        let service = service_of(&request)?;
        let unknown = || Status::new(Code::NOT_FOUND, format!("unknown service {service}"));
        health.get(&service).map(HealthCheckResponse::from).ok_or_else(unknown)
    });
    let status = match said {
        // Whoever has left need not be told how it ended.
        Ok(said) => replies.send(said.encode_to_vec().into()).await.map(|()| Status::ok()).ok(),
        Err(status) => Some(status),
    };
    if let Some(status) = status {
        replies.finish(status, MetadataMap::new());
    }
}

/// Answers Watch.
pub(super) struct Watch {
    pub(super) health: Health,
    pub(super) ruled: Arc<Ruled>,
}

impl Responder for Watch {
    fn respond(self: Arc<Self>, call: Call) -> server::Answer {
        Box::pin(async move {
            let Call { head, mut requests, replies, .. } = call;
            let status = match requests.only().await {
                Ok(request) => self.tell(&request, &head, &replies).await,
                Err(status) => Some(status),
            };
            if let Some(status) = status {
                replies.finish(status, MetadataMap::new());
            }
        })
    }
}

impl Watch {
    /// Tells of every change; how it ends, unless the client has left.
    async fn tell(&self, request: &Bytes, head: &Head, replies: &Replies) -> Option<Status> {
        let service = match service_of(request) {
            Ok(service) => service,
            Err(status) => return Some(status),
        };
        let (mut own_states, mut served) = (self.health.states(), self.ruled.subscribe());
        let mut told = None;
        loop {
            let rules = served.borrow_and_update().clone();
            let own = own_states.now(&service);
            let by_rules = match &rules {
                Some(rules) if !own.is_leaving => ask(rules, request, head).await,
                _ => None,
            };
            let unknown = i32::from(Wire::ServiceUnknown);
            let said = by_rules.unwrap_or_else(|| {
                Ok(own.state.map_or(unknown, |state| HealthCheckResponse::from(state).status))
            });
            let status = match said {
                Ok(status) => status,
                Err(status) if status.code == Code::NOT_FOUND => unknown,
                Err(status) => return Some(status),
            };
            if told.replace(status) != Some(status) {
                replies.send(HealthCheckResponse { status }.encode_to_vec().into()).await.ok()?;
            }
            if own.is_stopped {
                return Some(Status::new(Code::UNAVAILABLE, "the server is stopping"));
            }
            tokio::select! {
                () = own_states.changed() => {}
                // The sender is ours.
                _ = served.changed() => {}
                () = sleep(OFTEN), if rules.is_some() => {}
            }
        }
    }
}

/// The state that the rules answer; `None` where none matches. Of what they do besides nothing counts here.
async fn ask(rules: &MethodResponder, request: &Bytes, head: &Head) -> Option<Result<i32, Status>> {
    let ready = match rules.ready().await {
        Ok(ready) => ready,
        Err(status) => return Some(Err(status)),
    };
    let method = ready.rules.as_ref()?;
    let (mut answered, seen) = {
        let view = CallView {
            timeout: head.timeout,
            left: head.deadline.map(|end| end.saturating_duration_since(Instant::now())),
            input: Input::Request,
            requests: std::slice::from_ref(request),
            number: 1,
            ..CallView::new(&head.metadata, &head.peer)
        };
        let answered = method.answer(&view, &Limits::inline());
        let seen = matches!(answered, Answered::Again).then(|| view.seen());
        (answered, seen)
    };
    if let Some(seen) = seen {
        let (method, limits) = (Arc::clone(method), Limits::roomy());
        let again = move || method.answer(&seen.view(), &limits);
        answered = rules.shared().evaluators.once(again).await.unwrap_or(Answered::Again);
    }
    match answered {
        Answered::Answer(answer) => {
            rules.shared().tell(&answer.notes);
            Some(match (answer.ending, answer.messages.last()) {
                (Ending::Error(status), _) => Err(status_of(status)),
                (Ending::Ok, Some(reply)) => HealthCheckResponse::decode(reply.clone())
                    .map(|reply| reply.status)
                    .map_err(|error| Status::new(Code::INTERNAL, error.to_string())),
                (Ending::Ok, None) => Err(Status::new(Code::INTERNAL, "the rule yields no state of health")),
            })
        }
        Answered::NoRule { notes } => {
            rules.shared().tell(&notes);
            None
        }
        Answered::Again => {
            Some(Err(Status::new(Code::RESOURCE_EXHAUSTED, "the rules for health take too long")))
        }
    }
}

fn service_of(request: &Bytes) -> Result<String, Status> {
    HealthCheckRequest::decode(request.clone()).map(|request| request.service).map_err(|error| {
        Status::new(Code::INTERNAL, format!("the request is no grpc.health.v1.HealthCheckRequest: {error}"))
    })
}
