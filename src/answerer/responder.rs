//! Answers the calls of one method: by the first rule that matches, else automatically.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::OnceCell;
use tonic::metadata::MetadataMap;

use super::journalist::Journalist;
use super::passing::Passing;
use super::ready::{self, Ready};
use super::shared::Shared;
use crate::leaf::Code;
use crate::protocol::Status;
use crate::query::Limits;
use crate::rules::{self, Answer, Answered, CallView, Choice, Chosen, Ending, MethodRules};
use crate::schema::Shape;
use crate::server::{self, Call, Gone, Head, Peer, Replies, Requests};

/// One method of a server.
pub(super) struct MethodResponder {
    shared: Arc<Shared>,
    /// `pkg.Service/Method`.
    name: String,
    shape: Shape,
    /// Made by the first call, or why it cannot be.
    ready: OnceCell<Result<Arc<Ready>, Status>>,
}

/// Why an answer ends early.
enum Stop {
    /// With this status.
    Status(Status),
    /// The client has left.
    Gone,
}

impl From<Status> for Stop {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

/// What programs see of a call, owned: a second run is on another thread.
#[derive(Clone)]
struct Seen {
    metadata: MetadataMap,
    peer: Peer,
    deadline: Option<Instant>,
    requests: Vec<Bytes>,
    number: usize,
    first: Option<Bytes>,
}

impl Seen {
    /// What a second run may take: no more than the call has time for.
    fn limits(&self) -> Limits {
        Limits::full().until(self.deadline)
    }

    fn view(&self) -> CallView<'_> {
        CallView {
            metadata: &self.metadata,
            peer: &self.peer,
            requests: &self.requests,
            number: self.number,
            first: self.first.as_ref(),
        }
    }
}

impl server::Responder for MethodResponder {
    fn respond(self: Arc<Self>, call: Call) -> server::Answer {
        Box::pin(self.answer(call))
    }
}

impl MethodResponder {
    /// A method that the first call makes ready, unless it is already.
    pub(super) fn new(shared: Arc<Shared>, name: String, shape: Shape, ready: Option<Arc<Ready>>) -> Self {
        let ready = OnceCell::new_with(ready.map(Ok));
        Self { shared, name, shape, ready }
    }

    /// Does now what the first call would wait for.
    pub(super) async fn make_ready(&self) {
        // Why it cannot be is told to whoever calls it.
        let _ = self.ready().await;
    }

    async fn answer(self: Arc<Self>, call: Call) {
        let Call { head, mut requests, mut replies, .. } = call;
        let mut journalist = Journalist::begin(self.shared.journal.as_ref(), &self.name, &head);
        let ready = self.ready().await;
        // What is passed on is not looked at: if it cannot be made ready, its bytes will do.
        if let Some(others) = &self.shared.others
            && !ready.as_ref().is_ok_and(|ready| ready.rules.is_some())
        {
            let plans = ready.ok().map(|ready| (&ready.request, &ready.reply)).unzip();
            let (received, (request, reply)) = (Vec::new(), plans);
            let passing = Passing { head, received, requests, replies, journalist, request, reply };
            return others.answer(&self.name, passing).await;
        }
        let answered = match ready {
            Ok(ready) => {
                let shared = &*self.shared;
                let mut answering =
                    Answering { shared, name: &self.name, ready, journalist: &mut journalist };
                answering.answer(self.shape, head, &mut requests, &mut replies).await
            }
            Err(status) => Err(Stop::Status(status)),
        };
        let status = match answered {
            Ok(()) => Status::ok(),
            Err(Stop::Status(status)) => status,
            Err(Stop::Gone) => return,
        };
        let trailers = MetadataMap::new();
        journalist.status(&status, &trailers);
        replies.finish(status, trailers);
    }

    /// The method with all that its answers need. What fails for a reason that stays is not tried again.
    async fn ready(&self) -> Result<&Arc<Ready>, Status> {
        if let Some(ready) = self.ready.get() {
            return ready.as_ref().map_err(Clone::clone);
        }
        let make = || async {
            match Ready::make_elsewhere(&self.shared, &self.name).await {
                Ok(ready) => Ok(Ok(ready)),
                Err(error) => {
                    let status = ready::status_of(&self.name, &error);
                    self.shared.tell(std::slice::from_ref(&status.message));
                    if status.code == Code::UNAVAILABLE { Err(status) } else { Ok(Err(status)) }
                }
            }
        };
        self.ready.get_or_try_init(make).await?.as_ref().map_err(Clone::clone)
    }
}

/// One call of a method that is ready.
struct Answering<'c> {
    shared: &'c Shared,
    name: &'c str,
    ready: &'c Arc<Ready>,
    journalist: &'c mut Journalist,
}

impl Answering<'_> {
    async fn answer(
        &mut self,
        shape: Shape,
        head: Head,
        requests: &mut Requests,
        replies: &mut Replies,
    ) -> Result<(), Stop> {
        match shape {
            Shape::Unary | Shape::ServerStreaming => self.one(head, requests, replies).await,
            Shape::ClientStreaming => self.all(head, requests, replies).await,
            Shape::Bidi => self.each(head, requests, replies).await,
        }
    }

    /// One request, then everything that its answer holds.
    async fn one(&mut self, head: Head, requests: &mut Requests, replies: &mut Replies) -> Result<(), Stop> {
        let wire = requests.only().await?;
        self.receive(&wire)?;
        self.journalist.half_close();
        let seen = seen(head, vec![wire]);
        let answer = self.decide(&seen).await?;
        self.send(answer, replies).await
    }

    /// All requests, then one answer.
    async fn all(&mut self, head: Head, requests: &mut Requests, replies: &mut Replies) -> Result<(), Stop> {
        let (mut gathered, mut size) = (Vec::new(), 0_usize);
        while let Some(wire) = requests.next().await {
            let wire = wire?;
            // An empty message costs memory too.
            size = size.saturating_add(wire.len() + size_of::<Bytes>());
            if size > self.shared.max_recv_size.get() {
                let message = format!("the requests together are larger than {}", self.shared.max_recv_size);
                return Err(Status::new(Code::RESOURCE_EXHAUSTED, message).into());
            }
            self.receive(&wire)?;
            gathered.push(wire);
        }
        self.journalist.half_close();
        let answer = self.decide(&seen(head, gathered)).await?;
        self.send(answer, replies).await
    }

    /// An answer to each request, by the rule that the first one chose.
    async fn each(&mut self, head: Head, requests: &mut Requests, replies: &mut Replies) -> Result<(), Stop> {
        let mut seen = seen(head, Vec::new());
        seen.number = 0;
        let mut chosen: Option<Option<Choice>> = None;
        while let Some(wire) = requests.next().await {
            let wire = wire?;
            self.receive(&wire)?;
            seen.number += 1;
            seen.first.get_or_insert_with(|| wire.clone());
            seen.requests = vec![wire];
            let choice = match chosen {
                Some(choice) => choice,
                None => *chosen.insert(self.choose(&seen).await?),
            };
            let answer = match choice {
                Some(choice) => self.run(choice, &seen).await,
                None => self.make_up(&seen)?,
            };
            self.send(answer, replies).await?;
        }
        self.journalist.half_close();
        Ok(())
    }

    /// The answer to a call whose requests are all at hand.
    async fn decide(&self, seen: &Seen) -> Result<Answer, Stop> {
        match self.choose(seen).await? {
            Some(choice) => Ok(self.run(choice, seen).await),
            None => self.make_up(seen),
        }
    }

    /// The rule for a call, if one matches: at once if that is quickly done, else on another thread.
    async fn choose(&self, seen: &Seen) -> Result<Option<Choice>, Stop> {
        let Some(rules) = &self.ready.rules else { return Ok(None) };
        let mut chosen = rules.choose(&seen.view(), &Limits::inline());
        if matches!(chosen, Chosen::Again) {
            let seen = seen.clone();
            chosen = self.with_rules(move |rules| rules.choose(&seen.view(), &seen.limits())).await?;
        }
        match chosen {
            Chosen::Rule { rule, notes } => {
                self.shared.tell(&notes);
                Ok(Some(rule))
            }
            Chosen::NoRule { notes } => {
                self.shared.tell(&notes);
                Ok(None)
            }
            Chosen::Ended(answer) => Err(ended(answer.ending)),
            Chosen::Again => {
                Err(Status::new(Code::RESOURCE_EXHAUSTED, "choosing a rule takes too long").into())
            }
        }
    }

    /// What a rule answers: at once if that is quickly done, else on another thread.
    async fn run(&self, choice: Choice, seen: &Seen) -> Answer {
        let Some(rules) = &self.ready.rules else { return failed(no_rules()) };
        let answered = match rules.run(choice, &seen.view(), &Limits::inline()) {
            Answered::Again => {
                let seen = seen.clone();
                self.with_rules(move |rules| rules.run(choice, &seen.view(), &seen.limits())).await
            }
            first => Ok(first),
        };
        match answered {
            Ok(Answered::Answer(answer)) => answer,
            Ok(Answered::NoRule { .. } | Answered::Again) => {
                failed(Status::new(Code::RESOURCE_EXHAUSTED, "the rule takes too long"))
            }
            Err(status) => failed(status),
        }
    }

    /// Does with the rules what takes long, on a thread that may block.
    async fn with_rules<T: Send + 'static>(
        &self,
        work: impl FnOnce(&MethodRules) -> T + Send + 'static,
    ) -> Result<T, Status> {
        let ready = Arc::clone(self.ready);
        let done = tokio::task::spawn_blocking(move || ready.rules.as_ref().map(work)).await;
        let broken_off = |_| Status::new(Code::INTERNAL, "the rule's evaluation was broken off");
        done.map_err(broken_off)?.ok_or_else(no_rules)
    }

    /// The automatic reply, or UNIMPLEMENTED when that is off.
    fn make_up(&self, seen: &Seen) -> Result<Answer, Stop> {
        let Some(automatic) = &self.ready.automatic else {
            let message = format!("no rule matches this call of {}", self.name);
            return Err(Status::new(Code::UNIMPLEMENTED, message).into());
        };
        self.shared.tell_made_up(self.name);
        let answer = automatic.answer(&seen.view());
        Ok(answer)
    }

    async fn send(&mut self, answer: Answer, replies: &mut Replies) -> Result<(), Stop> {
        self.shared.tell(&answer.notes);
        for wire in answer.messages {
            self.journalist.message(&self.ready.reply, &wire);
            replies.send(wire).await?;
        }
        match answer.ending {
            Ending::Ok => Ok(()),
            ending @ Ending::Error(_) => Err(ended(ending)),
        }
    }

    /// Notes a request, and looks that it is one: required fields and all, whatever a rule makes of it.
    fn receive(&mut self, wire: &[u8]) -> Result<(), Stop> {
        let request = &self.ready.request;
        self.journalist.request(request, wire);
        request.check(wire).map_err(|error| {
            let message = format!("the request is no {}{}", request.type_name(), error.cause());
            Status::new(Code::INTERNAL, message).into()
        })
    }
}

fn seen(head: Head, requests: Vec<Bytes>) -> Seen {
    let number = requests.len();
    Seen { metadata: head.metadata, peer: head.peer, deadline: head.deadline, requests, number, first: None }
}

/// What to say when rules are asked that are not there; nobody can choose one of none.
fn no_rules() -> Status {
    Status::new(Code::INTERNAL, "the method has no rules")
}

fn failed(status: Status) -> Answer {
    let status = rules::Status { code: status.code, message: status.message, details: Vec::new() };
    Answer { messages: Vec::new(), ending: Ending::Error(status), rule: None, notes: Vec::new() }
}

/// A rule's status as the protocol's, its details in a `google.rpc.Status`.
fn ended(ending: Ending) -> Stop {
    let Ending::Error(status) = ending else { return Status::ok().into() };
    let whole = Status::new(status.code, status.message.clone());
    if status.details.is_empty() {
        return whole.into();
    }
    let details = tonic_types::pb::Status {
        code: i32::try_from(status.code.number()).unwrap_or(2),
        message: status.message,
        details: status
            .details
            .into_iter()
            .map(|(type_url, value)| prost_types::Any { type_url, value: value.to_vec() })
            .collect(),
    };
    whole.with_details(prost::Message::encode_to_vec(&details).into()).into()
}
