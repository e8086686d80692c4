//! Another server that answers what this one does not: calls are passed on byte for byte.

use std::collections::HashMap;
use std::fmt;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use tonic::metadata::MetadataMap;

use super::journalist::Journalist;
use super::passing::Passing;
use crate::client::{self, CallHead, ConnectError, ConnectOptions, Connection, Ending, Origin, Reply};
use crate::leaf::{Code, Target};
use crate::protocol::Status;
use crate::server::{Gone, Head, Replies, Requests};
use crate::transcode::Plan;

/// What of the requests is kept, in bytes, so that they can be sent once more when the other server has not looked at
/// them.
const KEPT: usize = 256 << 10;

/// A server that calls are passed on to.
pub struct Upstream {
    target: Target,
    options: ConnectOptions,
    /// What goes with every call, beside what the client sent.
    metadata: MetadataMap,
    /// A connection for each thread that serves: it is driven there.
    connections: Mutex<HashMap<ThreadId, Connection>>,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("target", &self.target).finish_non_exhaustive()
    }
}

/// How a call ended: its status and its trailers.
type End = (Status, MetadataMap);

/// How far a call has come that is passed on.
enum Passed {
    /// To its end.
    Ended(End),
    /// The other server has certainly not looked at it, and all that was sent is at hand.
    NotBegun(End, Vec<Bytes>),
}

impl Upstream {
    /// A server at `target`; it is dialled by the first call. `metadata` goes with every call, in the place of what the
    /// client sends under the same names.
    pub fn new(target: Target, options: ConnectOptions, metadata: MetadataMap) -> Self {
        Self { target, options, metadata, connections: Mutex::default() }
    }

    /// Passes a call on, from its first request or from where this server has read to; to its end.
    pub(super) async fn pass(&self, passing: Passing<'_>) {
        let Passing { head, received, is_over, mut requests, mut replies, journalist, request, reply } =
            passing;
        let exchange = Exchange {
            requests: &mut requests,
            replies: &mut replies,
            journalist: &journalist,
            is_over,
            plans: (request, reply),
        };
        // Nobody is left to be told.
        let Ok((status, trailers)) = self.exchange(&head, received, exchange).await else { return };
        journalist.status(&status, &trailers);
        replies.finish(status, trailers);
    }

    async fn exchange(
        &self,
        head: &Head,
        mut received: Vec<Bytes>,
        mut exchange: Exchange<'_>,
    ) -> Result<End, Gone> {
        let mut is_first = true;
        loop {
            let connection = match self.connection().await {
                Ok(connection) => connection,
                Err(error) => {
                    exchange.note_what_came();
                    let status = Status::new(Code::UNAVAILABLE, format!("{}: {error}", self.target));
                    return Ok((status, MetadataMap::new()));
                }
            };
            let passed = exchange.run(&connection, self.head(head), received).await?;
            match passed {
                Passed::NotBegun(_, sent) if is_first => {
                    is_first = false;
                    received = sent;
                    self.connections().remove(&std::thread::current().id());
                }
                Passed::Ended((status, trailers)) | Passed::NotBegun((status, trailers), _) => {
                    return Ok((status, trailers));
                }
            }
        }
    }

    fn head(&self, head: &Head) -> CallHead {
        let mut headers = head.metadata.clone().into_headers();
        let own = self.metadata.clone().into_headers();
        for name in own.keys() {
            headers.remove(name);
        }
        headers.extend(own);
        let whole = CallHead::new(head.path()).with_metadata(MetadataMap::from_headers(headers));
        match head.deadline {
            Some(at) => {
                let left = at.saturating_duration_since(Instant::now());
                whole.with_timeout(left.max(Duration::from_millis(1)))
            }
            None => whole,
        }
    }

    /// This thread's connection, made when there is none or it takes no more calls.
    async fn connection(&self) -> Result<Connection, ConnectError> {
        let own = std::thread::current().id();
        let standing = self.connections().get(&own).cloned();
        if let Some(connection) = standing.filter(Connection::takes_calls) {
            return Ok(connection);
        }
        let made = Connection::connect(&self.target, &self.options).await?;
        self.connections().insert(own, made.clone());
        Ok(made)
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<ThreadId, Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The two halves of a call, between the client here and the server there.
struct Exchange<'e> {
    requests: &'e mut Requests,
    replies: &'e mut Replies,
    journalist: &'e Journalist,
    /// Whether the client has half-closed, and the journal knows.
    is_over: bool,
    plans: (Option<&'e Plan>, Option<&'e Plan>),
}

impl Exchange<'_> {
    /// Tells the journal of the requests that are there, which nobody takes.
    fn note_what_came(&mut self) {
        while let Some(Some(Ok(message))) = self.requests.next().now_or_never() {
            self.journalist.request(self.plans.0, &message);
        }
    }

    async fn run(
        &mut self,
        connection: &Connection,
        head: CallHead,
        received: Vec<Bytes>,
    ) -> Result<Passed, Gone> {
        let Self { requests, replies, journalist, is_over, plans } = self;
        let (out, mut back) = connection.call(head);
        let sent = Mutex::new(Some(Vec::new()));
        let noted = Noted { plan: plans.0, journalist, is_over: *is_over, sent: &sent };
        let sending = send(out, received, requests, noted);
        let receiving = async {
            let mut is_answered = false;
            loop {
                match back.next().await {
                    Reply::Metadata(metadata) => {
                        is_answered = true;
                        journalist.sends(&metadata);
                        replies.metadata(metadata);
                    }
                    Reply::Message(message) => {
                        journalist.message(plans.1, &message);
                        replies.send(message).await?;
                    }
                    Reply::End(ending) => {
                        let is_unprocessed = !is_answered && ending.origin.is_unprocessed();
                        let end = (status_of(&ending, connection), ending.trailers);
                        return Ok(match locked(&sent).take() {
                            Some(sent) if is_unprocessed => Passed::NotBegun(end, sent),
                            _ => Passed::Ended(end),
                        });
                    }
                }
            }
        };
        let mut receiving = pin!(receiving);
        tokio::select! {
            biased;
            passed = &mut receiving => passed,
            sent = sending => match sent {
                Ok(()) => receiving.await,
                Err(status) => Ok(Passed::Ended((status, MetadataMap::new()))),
            },
        }
    }
}

/// The other server's status; one that was made on the way names who did not give one.
fn status_of(ending: &Ending, connection: &Connection) -> Status {
    let status = ending.status.clone();
    match ending.origin {
        Origin::Server => status,
        _ => Status { message: format!("{}: {}", connection.peer(), status.message), ..status },
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who is told of requests on their way.
struct Noted<'n> {
    plan: Option<&'n Plan>,
    journalist: &'n Journalist,
    /// Whether the journal knows of the half-close.
    is_over: bool,
    /// What was sent, as long as that is little.
    sent: &'n Mutex<Option<Vec<Bytes>>>,
}

impl Noted<'_> {
    fn came(&self, message: &Bytes) {
        self.journalist.request(self.plan, message);
    }

    fn goes(&self, message: &Bytes) {
        let mut sent = locked(self.sent);
        if let Some(kept) = sent.as_mut() {
            kept.push(message.clone());
            if kept.iter().map(|message| message.len() + size_of::<Bytes>()).sum::<usize>() > KEPT {
                *sent = None;
            }
        }
    }
}

/// Sends what has come, of which the journal knows, and what comes.
///
/// # Errors
/// What was wrong with the client's requests; the call there is cancelled then.
async fn send(
    mut out: client::Requests,
    received: Vec<Bytes>,
    requests: &mut Requests,
    noted: Noted<'_>,
) -> Result<(), Status> {
    let mut received = received.into_iter();
    // One message waits for the next, so that the last goes in one frame with the end.
    let mut held: Option<Bytes> = None;
    loop {
        let next = if let Some(message) = received.next() {
            Some(message)
        } else {
            let next = match requests.next().now_or_never() {
                Some(next) => next,
                // Nothing more is there yet: what is held has to wait no longer.
                None => {
                    if let Some(message) = held.take()
                        && out.send(message).await.is_err()
                    {
                        return Ok(());
                    }
                    requests.next().await
                }
            };
            let next = next.transpose()?;
            if let Some(message) = &next {
                noted.came(message);
            }
            next
        };
        let Some(message) = next else {
            if !noted.is_over {
                noted.journalist.half_close();
            }
            // That the call is over already is what its replies tell.
            match held.take() {
                Some(last) => drop(out.send_last(last)),
                None => out.finish(),
            }
            return Ok(());
        };
        noted.goes(&message);
        if let Some(message) = held.replace(message)
            && out.feed(message).await.is_err()
        {
            return Ok(());
        }
    }
}
