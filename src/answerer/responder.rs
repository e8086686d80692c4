//! Answers the calls of one method: by the first rule that matches, else automatically.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use tokio::sync::OnceCell;
use tonic::metadata::MetadataMap;

use super::course::{Course, Read, Stop};
use super::intake::Intake;
use super::journalist::Journalist;
use super::passing::Passing;
use super::ready::{self, Ready};
use super::shared::Shared;
use crate::leaf::Code;
use crate::protocol::Status;
use crate::query::Limits;
use crate::rules::{self, Choice, Chosen, Ending, Failing, Input};
use crate::schema::Shape;
use crate::server::{self, Call, Replies};

/// One method of a server.
pub(super) struct MethodResponder {
    shared: Arc<Shared>,
    /// `pkg.Service/Method`.
    name: String,
    shape: Shape,
    /// Made by the first call, or why it cannot be.
    ready: OnceCell<Result<Arc<Ready>, Status>>,
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

    /// What all methods share.
    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Does now what the first call would wait for.
    pub(super) async fn make_ready(&self) {
        // Why it cannot be is told to whoever calls it.
        let _ = self.ready().await;
    }

    async fn answer(self: Arc<Self>, call: Call) {
        let Call { head, mut requests, replies, .. } = call;
        let whole = Journalist::begin(self.shared.journal(&self.name), &self.name, &head);
        let ready = self.ready().await;
        // What is passed on is not looked at: if it cannot be made ready, its bytes will do.
        if let Some(others) = self.shared.others(&self.name)
            && !ready.as_ref().is_ok_and(|ready| ready.rules.is_some())
        {
            let (request, reply) = ready.ok().map(|ready| (&ready.request, &ready.reply)).unzip();
            let (received, is_over) = (Vec::new(), false);
            let journalist = whole;
            let passing = Passing { head, received, is_over, requests, replies, journalist, request, reply };
            return Box::pin(others.answer(&self.name, passing)).await;
        }
        let ready = match ready {
            Ok(ready) => ready,
            Err(status) => return finish(&whole, replies, status, MetadataMap::new()),
        };
        let (shared, journalist) = (&*self.shared, &whole);
        let mut intake = Intake::new(&mut requests, &ready.request, shared.max_recv_size);
        let course = Course {
            shared,
            ready,
            journalist,
            head: &head,
            replies: &replies,
            streams: self.shape.streams_replies(),
            book: Mutex::default(),
        };
        let answering = Answering { course: &course, name: &self.name };
        let done = answering.answer(self.shape, &mut intake).await;
        if let (Err(Stop::PassOn { is_over }), Some(others)) = (&done, shared.others(&self.name)) {
            let (is_over, received) = (*is_over, intake.taken());
            let (request, reply) = (Some(&ready.request), Some(&ready.reply));
            let passing =
                Passing { head, received, is_over, requests, replies, journalist: whole, request, reply };
            return Box::pin(others.answer(&self.name, passing)).await;
        }
        let done = match (done, self.shape.streams_replies()) {
            (Ok(()) | Err(Stop::Close), true) => Stop::Close,
            (Ok(()) | Err(Stop::Close), false) => match course.let_go().await {
                Ok(true) => Stop::Close,
                Ok(false) => Stop::Status(course.miscounted(0)),
                Err(gone) => gone.into(),
            },
            (Err(Stop::Fault(fault)), _) => match course.let_go().await {
                Ok(_) => Stop::Fault(fault),
                Err(gone) => gone.into(),
            },
            (Err(stop), _) => stop,
        };
        let trailers = std::mem::take(&mut course.book().trailers);
        match done {
            Stop::Close => finish(journalist, replies, Status::ok(), trailers),
            Stop::Status(status) => finish(journalist, replies, status, trailers),
            Stop::Fault(fault) => {
                let too_late =
                    course.blamed("the rule answers in HTTP after something was sent, which is too late");
                Box::pin(fail(journalist, replies, fault, too_late)).await;
            }
            Stop::Gone | Stop::PassOn { .. } => {}
        }
    }

    /// The method with all that its answers need. What fails for a reason that stays is not tried again.
    pub(super) async fn ready(&self) -> Result<&Arc<Ready>, Status> {
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
        Box::pin(self.ready.get_or_try_init(make)).await?.as_ref().map_err(Clone::clone)
    }
}

/// One call of a method that is ready, whose rule is not chosen yet.
struct Answering<'c> {
    course: &'c Course<'c>,
    name: &'c str,
}

impl Answering<'_> {
    async fn answer(&self, shape: Shape, intake: &mut Intake<'_>) -> Result<(), Stop> {
        let Course { ready, journalist, .. } = self.course;
        // Without rules each request of a bidi call is answered when it comes.
        let at = ready.rules.as_ref().map_or(Input::Request, |rules| rules.chosen_by());
        // Who else may answer wants all that was read.
        let gathers = self.course.shared.others(self.name).is_some()
            || ready.rules.as_ref().is_some_and(|rules| rules.gathers());
        let read = match (shape.streams_requests(), at) {
            (false, _) => {
                intake.only(journalist).await?;
                Read::One
            }
            (true, Input::Nothing) => Read::Nothing,
            (true, Input::Request) => {
                intake.gather(gathers);
                if intake.next(journalist).await? { Read::First } else { Read::All }
            }
            (true, Input::Requests) => {
                intake.gather(gathers);
                while intake.next(journalist).await? {}
                Read::All
            }
        };
        match (&ready.rules, self.choose(intake, read.input()).await?) {
            (Some(rules), Some(choice)) => self.course.run(rules, choice, intake, read).await,
            _ if self.course.shared.others(self.name).is_some() => {
                Err(Stop::PassOn { is_over: matches!(read, Read::One | Read::All) })
            }
            _ if shape.streams_requests() => Box::pin(self.make_up(shape, intake, read)).await,
            _ => self.make_up_one(intake).await,
        }
    }

    /// The rule for a call, if one matches: at once if that is quickly done, else on another thread.
    async fn choose(&self, intake: &Intake<'_>, input: Input) -> Result<Option<Choice>, Stop> {
        let Course { shared, ready, head, .. } = self.course;
        let Some(rules) = &ready.rules else { return Ok(None) };
        let (mut chosen, seen) = self.course.look(intake, input, |view| {
            let chosen = rules.choose(view, &Limits::inline());
            let seen = matches!(chosen, Chosen::Again).then(|| view.seen());
            (chosen, seen)
        });
        if let Some(seen) = seen {
            let (rules, limits) = (Arc::clone(rules), Limits::roomy().until(head.deadline));
            let again = move || rules.choose(&seen.view(), &limits);
            let again = Box::pin(shared.evaluators.once(again)).await;
            let broken_off = || Status::new(Code::INTERNAL, "the choice of a rule was broken off");
            chosen = again.ok_or_else(broken_off)?;
        }
        let (choice, noted) = match chosen {
            Chosen::Rule { rule, notes, noted } => {
                shared.tell(&notes);
                (Some(rule), noted)
            }
            Chosen::NoRule { notes, noted } => {
                shared.tell(&notes);
                (None, noted)
            }
            Chosen::Ended(status) => return Err(status_of(status).into()),
            Chosen::Again => {
                return Err(Status::new(Code::RESOURCE_EXHAUSTED, "choosing a rule takes too long").into());
            }
        };
        if self.course.journalist.is_kept() {
            let place = choice.and_then(|choice| rules.place(choice)).map(ToString::to_string);
            let passed = self.course.look(intake, input, |view| rules.passed(choice, view, &noted));
            self.course.journalist.rule(place, passed);
        }
        if choice.is_none() && ready.automatic.is_none() && shared.others(self.name).is_none() {
            let nearest = self.course.look(intake, input, |view| rules.nearest(view, &noted));
            return Err(self.unanswered(nearest).into());
        }
        Ok(choice)
    }

    /// What a call ends with that no rule matches: with the rule that is nearest, and what differs.
    fn unanswered(&self, nearest: Option<(Arc<str>, String)>) -> Status {
        let mut message = format!("no rule matches this call of {}", self.name);
        if let Some((rule, why)) = nearest {
            message = format!("{message}; the nearest is {rule}: {why}");
        }
        Status::new(Code::UNIMPLEMENTED, message)
    }

    /// The automatic reply, or UNIMPLEMENTED when that is off.
    fn automatic(&self) -> Result<&rules::Automatic, Stop> {
        let Course { shared, ready, .. } = self.course;
        let Some(automatic) = &ready.automatic else {
            return Err(self.unanswered(None).into());
        };
        shared.tell_made_up(self.name);
        Ok(automatic)
    }

    /// The automatic answer to the only request.
    async fn make_up_one(&self, intake: &Intake<'_>) -> Result<(), Stop> {
        self.send(self.made(self.automatic()?, intake)).await
    }

    /// The automatic answer to requests that may be several.
    async fn make_up(&self, shape: Shape, intake: &mut Intake<'_>, read: Read) -> Result<(), Stop> {
        let (automatic, journalist) = (self.automatic()?, self.course.journalist);
        // Of many requests one is looked at, the latest.
        intake.gather(false);
        if shape == Shape::Bidi {
            if read == Read::First {
                self.send(self.made(automatic, intake)).await?;
            }
            while read != Read::All && intake.next(journalist).await? {
                self.send(self.made(automatic, intake)).await?;
            }
            return Ok(());
        }
        while matches!(read, Read::Nothing | Read::First) && intake.next(journalist).await? {}
        self.send(self.made(automatic, intake)).await
    }

    fn made(&self, automatic: &rules::Automatic, intake: &Intake<'_>) -> rules::Answer {
        self.course.look(intake, Input::Request, |view| automatic.answer(view))
    }

    async fn send(&self, answer: rules::Answer) -> Result<(), Stop> {
        for wire in answer.messages {
            self.course.send(wire).await?;
        }
        match answer.ending {
            Ending::Ok => Ok(()),
            Ending::Error(status) => Err(status_of(status).into()),
        }
    }
}

/// Ends a call with a status.
fn finish(journalist: &Journalist, replies: Replies, status: Status, trailers: MetadataMap) {
    journalist.status(&status, &trailers);
    replies.finish(status, trailers);
}

/// Ends a call as a server should not, or with this status where it is too late for an answer in HTTP.
async fn fail(journalist: &Journalist, replies: Replies, fault: Failing, too_late: Status) {
    match fault {
        Failing::Reset(code) => {
            replies.leave().await;
            journalist.broken("the call was reset");
            replies.reset(code);
        }
        Failing::Truncate(wire) => {
            journalist.broken("a message was cut off");
            replies.truncate(&wire);
        }
        Failing::DropTrailers => {
            journalist.broken("the trailers were left out");
            replies.drop_trailers();
        }
        Failing::Http(status, body) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            if replies.http(status, body) {
                journalist.broken(&format!("HTTP status {}", status.as_u16()));
            } else {
                finish(journalist, replies, too_late, MetadataMap::new());
            }
        }
        // Both go on, and were carried out.
        Failing::GoAway | Failing::Hang => {}
    }
}

/// A rule's status as the protocol's, its details in a `google.rpc.Status`.
pub(super) fn status_of(status: rules::Status) -> Status {
    let whole = Status::new(status.code, status.message.clone());
    if status.details.is_empty() {
        return whole;
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
    whole.with_details(prost::Message::encode_to_vec(&details).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each call has such a future, which is moved when it begins and, this small, is quickly given and taken back.
    #[test]
    fn a_call_under_way_takes_little_memory() {
        fn size_of_answer<F>(_: impl Fn(Arc<MethodResponder>, Call) -> F) -> usize {
            size_of::<F>()
        }
        let size = size_of_answer(MethodResponder::answer);
        assert!(size <= 3000, "{size}");
    }
}
