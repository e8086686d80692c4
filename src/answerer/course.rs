//! The course of one call that a rule answers: its moments, one after the other or side by side, carried out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::sleep;
use tonic::metadata::{KeyAndValueRef, MetadataMap};

use super::evaluators::Resting;
use super::intake::Intake;
use super::journalist::Journalist;
use super::ready::Ready;
use super::responder::status_of;
use super::shared::Shared;
use crate::leaf::Code;
use crate::protocol::Status;
use crate::query::{Limits, Val};
use crate::rules::{Action, Before, Begun, CallView, Choice, Failing, Input, MethodRules, Moment, Running};
use crate::server::{Gone, Head, Replies};

/// Why a call ends before its last moment has.
pub(super) enum Stop {
    /// With this status.
    Status(Status),
    /// Well: a rule wants no more.
    Close,
    /// Not as a server should.
    Fault(Failing),
    /// The client has left.
    Gone,
    /// No rule answers, and somebody else may; whether the client has half-closed.
    PassOn { is_over: bool },
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

/// One call of a method that is ready.
pub(super) struct Course<'c> {
    pub(super) shared: &'c Shared,
    pub(super) ready: &'c Arc<Ready>,
    pub(super) journalist: &'c Journalist,
    pub(super) head: &'c Head,
    pub(super) replies: &'c Replies,
    /// Whether there may be more than one reply, or none.
    pub(super) streams: bool,
    pub(super) book: Mutex<Book>,
}

/// What a call has gathered for its end, and for what comes later.
#[derive(Default)]
pub(super) struct Book {
    metadata: MetadataMap,
    pub(super) trailers: MetadataMap,
    kept: Option<Val>,
    /// The one reply of a method that has exactly one: it leaves when it is known that the call ends well.
    pub(super) held: Option<Bytes>,
    /// The rule that answers.
    choice: Option<Choice>,
}

impl Course<'_> {
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows a call to the programs of rules, at a moment at which they read this.
    pub(super) fn look<T>(
        &self,
        intake: &Intake<'_>,
        input: Input,
        look: impl FnOnce(&CallView<'_>) -> T,
    ) -> T {
        let kept = self.book().kept.clone();
        let requests = match input {
            Input::Nothing => &[],
            Input::Request => intake.latest.as_slice(),
            Input::Requests => &intake.all,
        };
        let view = CallView {
            timeout: self.head.timeout,
            left: self.head.deadline.map(|end| end.saturating_duration_since(Instant::now())),
            input,
            requests,
            number: intake.number,
            size: (input == Input::Requests).then_some(intake.size),
            first: intake.first.as_ref(),
            kept: kept.as_ref(),
            ..CallView::new(&self.head.metadata, &self.head.peer)
        };
        look(&view)
    }

    /// All that the chosen rule does from here on; `read` says how much of the requests was read to choose it.
    pub(super) async fn run(
        &self,
        rules: &Arc<MethodRules>,
        choice: Choice,
        intake: &mut Intake<'_>,
        read: Read,
    ) -> Result<(), Stop> {
        self.book().choice = Some(choice);
        if rules.has_before(choice) {
            let input = read.input();
            Box::pin(self.before(rules, choice, intake, input)).await?;
        }
        if read != Read::All {
            intake.gather(rules.looks_at_all(choice));
        }
        if !rules.has(choice, Moment::Meanwhile) {
            return self.moments(rules, choice, intake, read).await;
        }
        let beside = self.meanwhile(rules, choice, intake);
        Box::pin(async {
            tokio::select! {
                biased;
                done = self.moments(rules, choice, intake, read) => done,
                stop = beside => Err(stop),
            }
        })
        .await
    }

    /// What runs beside the moments, until something of it ends the call.
    fn meanwhile<'f>(
        &'f self,
        rules: &'f Arc<MethodRules>,
        choice: Choice,
        intake: &Intake<'_>,
    ) -> impl Future<Output = Stop> + Send + 'f {
        // It begins now, and sees nothing of the requests that come later.
        let begun = self.begin(rules, choice, Moment::Meanwhile, intake, Input::Nothing);
        async move {
            match self.carry_out(begun).await {
                Ok(()) => std::future::pending().await,
                Err(stop) => stop,
            }
        }
    }

    /// The moments that come one after the other.
    async fn moments(
        &self,
        rules: &Arc<MethodRules>,
        choice: Choice,
        intake: &mut Intake<'_>,
        read: Read,
    ) -> Result<(), Stop> {
        self.moment(rules, choice, Moment::Open, intake, Input::Nothing).await?;
        match read {
            Read::One | Read::First => {
                self.moment(rules, choice, Moment::Each, intake, Input::Request).await?;
            }
            Read::Nothing | Read::All => {}
        }
        if matches!(read, Read::Nothing | Read::First) {
            while intake.next(self.journalist).await? {
                self.moment(rules, choice, Moment::Each, intake, Input::Request).await?;
            }
        }
        self.moment(rules, choice, Moment::End, intake, Input::Requests).await
    }

    async fn moment(
        &self,
        rules: &Arc<MethodRules>,
        choice: Choice,
        moment: Moment,
        intake: &Intake<'_>,
        input: Input,
    ) -> Result<(), Stop> {
        if !rules.has(choice, moment) {
            return Ok(());
        }
        self.carry_out(self.begin(rules, choice, moment, intake, input)).await
    }

    /// What a rule does at a moment: at once if that is quickly done, else by and by, on a thread beside.
    fn begin(
        &self,
        rules: &Arc<MethodRules>,
        choice: Choice,
        moment: Moment,
        intake: &Intake<'_>,
        input: Input,
    ) -> Doing {
        self.look(intake, input, |view| {
            let begun = rules.begin(choice, moment, view, &Limits::inline());
            if !matches!(begun, Begun::Later) {
                return Doing::Now(begun);
            }
            let (rules, seen) = (Arc::clone(rules), view.seen());
            Doing::Later(self.shared.evaluators.begin(move || Running::new(rules, choice, moment, seen)))
        })
    }

    async fn carry_out(&self, doing: Doing) -> Result<(), Stop> {
        match doing {
            Doing::Now(Begun::Nothing | Begun::Later) => {}
            Doing::Now(Begun::One(wire)) => self.send(wire).await?,
            Doing::Now(Begun::Fixed(fixed)) if self.streams && !self.journalist.writes() => {
                self.replies.send_each(fixed.messages()).await?;
            }
            Doing::Now(Begun::Fixed(fixed)) => {
                for wire in fixed.messages() {
                    self.send(wire.clone()).await?;
                }
            }
            Doing::Now(Begun::Actions(actions)) => self.act_all(actions).await?,
            Doing::Later(resting) => Box::pin(self.by_and_by(resting)).await?,
        }
        Ok(())
    }

    /// What a program does on another thread, stretch by stretch.
    async fn by_and_by(&self, resting: Resting) -> Result<(), Stop> {
        loop {
            let stretch = resting.pull(Limits::roomy().until(self.head.deadline)).await;
            self.act_all(stretch.actions).await?;
            if stretch.is_over {
                return Ok(());
            }
        }
    }

    /// Most actions are messages; what is not takes more of a call's memory than most calls need.
    async fn act_all(&self, actions: Vec<Action>) -> Result<(), Stop> {
        for action in actions {
            match action {
                Action::Message(wire) => self.send(wire).await?,
                action => Box::pin(self.act(action)).await?,
            }
        }
        Ok(())
    }

    /// What comes before the moments.
    async fn before(
        &self,
        rules: &Arc<MethodRules>,
        choice: Choice,
        intake: &Intake<'_>,
        input: Input,
    ) -> Result<(), Stop> {
        let (before, seen) = self.look(intake, input, |view| {
            let before = rules.before(choice, view, &Limits::inline());
            let seen = before.is_none().then(|| view.seen());
            (before, seen)
        });
        let before = match seen {
            None => before,
            Some(seen) => {
                let (rules, limits) = (Arc::clone(rules), Limits::roomy().until(self.head.deadline));
                let made = move || rules.before(choice, &seen.view(), &limits);
                self.shared.evaluators.once(made).await.flatten()
            }
        };
        let Some(Before { delay, metadata, trailers, error }) = before else {
            let message = "what comes before the answer takes too long";
            return Err(Status::new(Code::RESOURCE_EXHAUSTED, message).into());
        };
        if let Some(delay) = delay {
            sleep(delay).await;
        }
        if let Some(metadata) = metadata {
            self.act(Action::Metadata(Box::new(metadata))).await?;
        }
        if let Some(trailers) = trailers {
            self.act(Action::Trailers(Box::new(trailers))).await?;
        }
        error.map_or(Ok(()), |status| Err(status_of(status).into()))
    }

    async fn act(&self, action: Action) -> Result<(), Stop> {
        match action {
            Action::Message(wire) => return self.send(wire).await,
            Action::Wait(time) => sleep(time.min(LONGEST)).await,
            Action::Metadata(more) => {
                let all = {
                    let mut book = self.book();
                    add(&mut book.metadata, &more);
                    book.metadata.clone()
                };
                if !self.replies.metadata(all.clone()) {
                    let did = "the rule sends metadata after a message, which is too late";
                    return Err(self.blamed(did).into());
                }
                self.journalist.sends(&all);
            }
            Action::Trailers(more) => add(&mut self.book().trailers, &more),
            Action::Keep(val) => self.book().kept = Some(val),
            Action::Close => return Err(Stop::Close),
            Action::End(status) => return Err(status_of(*status).into()),
            Action::Fault(Failing::GoAway) => self.replies.go_away(),
            Action::Fault(Failing::Hang) => {
                self.let_go().await?;
                std::future::pending::<()>().await;
            }
            Action::Fault(fault) => return Err(Stop::Fault(fault)),
        }
        Ok(())
    }

    pub(super) async fn send(&self, wire: Bytes) -> Result<(), Stop> {
        if !self.streams {
            let held = self.book().held.replace(wire);
            return if held.is_some() { Err(Stop::Status(self.miscounted(2))) } else { Ok(()) };
        }
        self.journalist.message(&self.ready.reply, &wire);
        self.replies.send(wire).await?;
        Ok(())
    }

    /// How a call ends whose rule yields another number of replies than the method has.
    pub(super) fn miscounted(&self, count: usize) -> Status {
        let choice = self.book().choice;
        let of_rule = self.ready.rules.as_ref().zip(choice);
        let status = of_rule.and_then(|(rules, choice)| Some(rules.miscounted(rules.place(choice)?, count)));
        status.map_or_else(|| Status::new(Code::INTERNAL, "no rule gave a reply"), status_of)
    }

    /// How a call ends whose rule did this: the message says where the rule stands.
    pub(super) fn blamed(&self, did: &str) -> Status {
        let choice = self.book().choice;
        let place = self.ready.rules.as_ref().zip(choice).and_then(|(rules, choice)| rules.place(choice));
        let message = place.map_or_else(|| did.to_owned(), |place| format!("{place}: {did}"));
        Status::new(Code::INTERNAL, message)
    }

    /// Sends the one reply that was held back.
    pub(super) async fn let_go(&self) -> Result<bool, Gone> {
        let held = self.book().held.take();
        let Some(wire) = held else { return Ok(false) };
        self.journalist.message(&self.ready.reply, &wire);
        self.replies.send(wire).await?;
        Ok(true)
    }
}

/// What a rule does at a moment.
enum Doing {
    Now(Begun),
    Later(Resting),
}

/// How much of a call's requests was read before its rule was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Nothing,
    /// The only one.
    One,
    /// The first of several.
    First,
    All,
}

impl Read {
    /// What a program reads that is asked now.
    pub(super) fn input(self) -> Input {
        match self {
            Self::Nothing => Input::Nothing,
            Self::One | Self::First => Input::Request,
            Self::All => Input::Requests,
        }
    }
}

/// Longer than any call; timers know no more.
const LONGEST: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// Adds entries; the new ones stand for the old ones of the same names.
fn add(to: &mut MetadataMap, more: &MetadataMap) {
    for key in more.keys() {
        match key {
            tonic::metadata::KeyRef::Ascii(key) => drop(to.remove(key)),
            tonic::metadata::KeyRef::Binary(key) => drop(to.remove_bin(key)),
        }
    }
    for entry in more.iter() {
        match entry {
            KeyAndValueRef::Ascii(key, value) => drop(to.append(key.clone(), value.clone())),
            KeyAndValueRef::Binary(key, value) => drop(to.append_bin(key.clone(), value.clone())),
        }
    }
}
