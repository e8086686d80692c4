//! The whole answer to requests that are all at hand, in one go: for those who want to know it without a call.

use std::sync::Arc;

use bytes::Bytes;

use super::action::Action;
use super::call::{CallView, Input};
use super::choose::{Choice, Chosen};
use super::run::{Begun, Moment};
use super::set::MethodRules;
use super::status::Status;
use crate::leaf::Code;
use crate::query::{Limits, Place};
use crate::schema::Shape;

/// What came of asking the rules.
#[derive(Debug)]
pub enum Answered {
    /// A rule answers.
    Answer(Answer),
    /// No rule matches.
    NoRule {
        /// As [`Answer::notes`].
        notes: Vec<Note>,
    },
    /// A program needs more than the limits of a run in place: ask again with [`Limits::full`], on a thread
    /// that may block. Nothing has happened yet.
    Again,
}

/// What a rule answers, ready to be sent.
#[derive(Debug, PartialEq)]
#[must_use]
pub struct Answer {
    /// The messages in wire bytes, in their order.
    pub messages: Vec<Bytes>,
    /// How the call ends, or, for one request of a bidi call, whether it goes on.
    pub ending: Ending,
    /// Where the rule stands, `rules.yaml:7:5`; nothing for an answer that no rule made.
    pub rule: Option<Arc<str>>,
    /// Errors in the `when` of rules that were therefore passed over, each told once in a set's life.
    pub notes: Vec<Note>,
}

/// How an answer ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With OK, or not yet.
    Ok,
    /// With this status.
    Error(Status),
}

/// An error in a rule's `when`, as text.
pub type Note = String;

impl MethodRules {
    /// Chooses the rule for a call and runs it at the moment that the method's shape means. Of steps only those count
    /// that end the call.
    ///
    /// For a bidi method this answers one request; choose once and run for each instead.
    pub fn answer(&self, call: &CallView<'_>, limits: &Limits) -> Answered {
        if limits.place == Place::Apart {
            return apart(|limits| self.answer(call, limits), limits);
        }
        match self.choose(&self.shaped(call), limits) {
            Chosen::Rule { rule, notes, .. } => match self.run(rule, call, limits) {
                Answered::Answer(answer) => Answered::Answer(Answer { notes, ..answer }),
                other => other,
            },
            Chosen::NoRule { notes, .. } => Answered::NoRule { notes },
            Chosen::Ended(status) => {
                let ending = Ending::Error(status);
                Answered::Answer(Answer { messages: Vec::new(), ending, rule: None, notes: Vec::new() })
            }
            Chosen::Again => Answered::Again,
        }
    }

    /// Runs the chosen rule on the requests at hand.
    pub fn run(&self, choice: Choice, call: &CallView<'_>, limits: &Limits) -> Answered {
        if limits.place == Place::Apart {
            return apart(|limits| self.run(choice, call, limits), limits);
        }
        let rule = self.place(choice).cloned();
        let call = self.shaped(call);
        let moment = match self.method.shape() {
            Shape::ClientStreaming => Moment::End,
            Shape::Unary | Shape::ServerStreaming | Shape::Bidi => Moment::Each,
        };
        let (mut messages, mut ending) = (Vec::new(), Ending::Ok);
        let Some(before) = self.before(choice, &call, limits) else { return Answered::Again };
        if let Some(status) = before.error {
            ending = Ending::Error(status);
        } else {
            match self.begin(choice, moment, &call, limits) {
                Begun::Nothing => {}
                Begun::One(wire) => messages.push(wire),
                Begun::Fixed(fixed) => messages.extend(fixed.messages().cloned()),
                Begun::Later => return Answered::Again,
                Begun::Actions(actions) => {
                    for action in actions {
                        match action {
                            Action::Message(wire) => messages.push(wire),
                            Action::End(status) => ending = Ending::Error(*status),
                            _ => {}
                        }
                    }
                }
            }
        }
        Answered::Answer(self.counted(Answer { messages, ending, rule, notes: Vec::new() }))
    }

    /// The call with the input that the method's shape means.
    fn shaped<'c>(&self, call: &CallView<'c>) -> CallView<'c> {
        let input = match self.method.shape() {
            Shape::ClientStreaming => Input::Requests,
            Shape::Unary | Shape::ServerStreaming | Shape::Bidi => Input::Request,
        };
        CallView { input, ..*call }
    }

    /// Holds the count of replies that the shape asks for.
    fn counted(&self, mut answer: Answer) -> Answer {
        if self.method.shape().streams_replies() {
            return answer;
        }
        if answer.ending == Ending::Ok && answer.messages.len() != 1 {
            let place = answer.rule.as_deref().unwrap_or_default();
            answer.ending = Ending::Error(self.miscounted(place, answer.messages.len()));
        }
        if answer.ending != Ending::Ok {
            answer.messages.clear();
        }
        answer
    }

    /// How a call ends that takes exactly one reply, when the rule at this place yields another number.
    pub fn miscounted(&self, place: &str, count: usize) -> Status {
        let shape = self.method.shape();
        let message = format!("{place}: a {shape} method has exactly one reply, and the rule yields {count}");
        Status::new(Code::INTERNAL, message)
    }
}

/// On a thread whose stack is large enough, while the caller waits.
fn apart(work: impl FnOnce(&Limits) -> Answered + Send, limits: &Limits) -> Answered {
    let limits = Limits { place: Place::Roomy, ..*limits };
    let thread = std::thread::Builder::new().stack_size(Limits::ROOM);
    std::thread::scope(|scope| {
        let done = thread.spawn_scoped(scope, || work(&limits)).ok().and_then(|run| run.join().ok());
        done.unwrap_or_else(|| {
            let status = Status::new(Code::INTERNAL, "the rule's evaluation was broken off");
            let ending = Ending::Error(status);
            Answered::Answer(Answer { messages: Vec::new(), ending, rule: None, notes: Vec::new() })
        })
    })
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
