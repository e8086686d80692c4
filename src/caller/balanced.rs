//! Calls over the addresses of a target: each over one that a pool picks, on the terms of a service config.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};
use tonic::metadata::MetadataMap;

use super::{Call, CallError, Prepared, Reply};
use crate::client::{
    self, CallHead, Decision, Ending, Failed, Lease, MethodConfig, Origin, Pool, Pushback, RetryPolicy,
    ServiceConfig, Throttle, Tries, random,
};
use crate::leaf::{Code, Size, duration};
use crate::protocol::Status;
use crate::schema::SchemaError;

/// A pause that is longer, as a server may ask for, is not begun.
const LONGEST: Duration = Duration::from_secs(60);

/// A pool, and how its calls are made.
pub(super) struct Balanced {
    pub(super) pool: Pool,
    config: ServiceConfig,
    throttle: Option<Throttle>,
    /// The largest reply, whatever a service config says.
    max_recv: Size,
}

impl Balanced {
    pub(super) fn new(pool: Pool, config: ServiceConfig, max_recv: Size) -> Self {
        let throttle = config.throttling.map(Throttle::new);
        Self { pool, config, throttle, max_recv }
    }

    fn terms(&self, head: &CallHead) -> Option<&MethodConfig> {
        self.config.method(&head.path).map(|(terms, _)| terms)
    }

    /// The same on the terms of the service config: of two bounds the smaller.
    pub(super) fn on_terms(&self, mut head: CallHead) -> CallHead {
        let Some(terms) = self.terms(&head) else { return head };
        let (timeout, most) = (terms.timeout, terms.max_reply.map(bytes));
        head.timeout = head.timeout.into_iter().chain(timeout).min();
        let bound = head.max_recv_size.unwrap_or(self.max_recv);
        head.max_recv_size = most.filter(|most| most.get() < bound.get()).or(head.max_recv_size);
        head
    }

    /// Makes a unary call, and makes it again where the service config says so (gRFC A6); once also without, where no server
    /// has looked at it.
    pub(super) async fn call(
        &self,
        head: CallHead,
        prepared: &Arc<Prepared>,
        request: Bytes,
    ) -> Result<Reply, CallError> {
        let mut head = self.on_terms(head);
        let terms = self.terms(&head);
        if let Some(most) = terms.and_then(|terms| terms.max_request).map(bytes)
            && request.len() > most.get()
        {
            let message = format!("the request has {} bytes, and {most} is the most", request.len());
            return Err(ended(Origin::Cancelled, Code::RESOURCE_EXHAUSTED, message));
        }
        let retry = terms.and_then(|terms| terms.retry.as_ref());
        let mut tries = Tries::default();
        // Waiting for a server is a part of the call.
        head.since = Some(Instant::now());
        loop {
            head.previous = tries.previous();
            let lease = self.pick(&head).await?;
            let (requests, mut replies) = lease.connection().call(head.clone());
            // That the server does not take it is how the call ends.
            let _ = requests.send_last(request.clone());
            let (mut has_begun, mut reply) = (false, None);
            let ending = loop {
                match replies.next().await {
                    client::Reply::Metadata(_) => has_begun = true,
                    client::Reply::Message(message) => (has_begun, reply) = (true, Some(message)),
                    client::Reply::End(ending) => break ending,
                }
            };
            lease.ended(&ending);
            self.tell(retry, &ending);
            if ending.status.is_ok() {
                let reply = reply.map(|reply| Reply::new(Arc::clone(prepared), reply));
                // The client counts.
                return reply
                    .ok_or_else(|| SchemaError::invalid("a unary call ended without a reply").into());
            }
            let again = if has_begun { None } else { self.again(retry, &mut tries, &ending, &head) };
            let Some(pause) = again else { return Err(CallError::ended(ending)) };
            sleep(pause).await;
        }
    }

    /// Begins a call.
    pub(super) async fn start(&self, head: CallHead, prepared: Arc<Prepared>) -> Result<Call, CallError> {
        let mut head = self.on_terms(head);
        head.since = Some(Instant::now());
        let lease = self.pick(&head).await?;
        let (requests, replies) = lease.connection().call(head);
        Ok(Call::new(prepared, requests, replies, Some(lease)))
    }

    /// The connection for a call; waited for as its terms say.
    async fn pick(&self, head: &CallHead) -> Result<Lease, CallError> {
        let waits = self.terms(head).and_then(|terms| terms.wait_for_ready) == Some(true);
        let picked =
            async { if waits { Ok(self.pool.pick_when_ready().await) } else { self.pool.pick().await } };
        let Some(end) = deadline(head) else { return Ok(picked.await?) };
        let Ok(picked) = timeout_at(end, picked).await else {
            let within = duration::render(head.timeout.unwrap_or_default());
            let message = format!("the call was not done within {within}: there was no connection for it");
            return Err(ended(Origin::Deadline, Code::DEADLINE_EXCEEDED, message));
        };
        Ok(picked?)
    }

    /// Takes in how a try ended, where calls are no longer made again when too many fail.
    fn tell(&self, retry: Option<&RetryPolicy>, ending: &Ending) {
        let (Some(throttle), Some(retry)) = (&self.throttle, retry) else { return };
        match Failed::of(ending) {
            Some(failed) if retry.codes.contains(&failed.code) || failed.pushback == Pushback::Never => {
                throttle.failed();
            }
            _ => throttle.succeeded(),
        }
    }

    /// The pause before the next try, if there is to be one.
    fn again(
        &self,
        retry: Option<&RetryPolicy>,
        tries: &mut Tries,
        ending: &Ending,
        head: &CallHead,
    ) -> Option<Duration> {
        let failed = Failed::of(ending)?;
        let decision = match retry {
            Some(retry) => retry.decide(*tries, failed, random()),
            None => RetryPolicy::new(0).decide(*tries, failed, 0.0),
        };
        let Decision::Again { after, tries: next } = decision else { return None };
        let counts = next.previous() > tries.previous();
        if counts && self.throttle.as_ref().is_some_and(|throttle| !throttle.allows()) {
            return None;
        }
        // What the server said is more than that the time was up.
        if after > LONGEST || deadline(head).is_some_and(|end| Instant::now() + after >= end) {
            return None;
        }
        *tries = next;
        Some(after)
    }
}

fn deadline(head: &CallHead) -> Option<Instant> {
    head.since?.checked_add(head.timeout?)
}

/// 0 is nothing at all in a service config, and no limit here; nobody means that.
fn bytes(most: u32) -> Size {
    Size::bytes(usize::try_from(most.max(1)).unwrap_or(usize::MAX))
}

fn ended(origin: Origin, code: Code, message: String) -> CallError {
    let (status, trailers) = (Status::new(code, message), MetadataMap::new());
    CallError::ended(Box::new(Ending { status, trailers, origin }))
}
