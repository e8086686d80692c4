//! From a call to the answer of the first rule that matches.

use std::sync::Arc;

use bytes::Bytes;

use super::call::CallView;
use super::compiled::{Compiled, MethodRule, Piece};
use super::index::Candidate;
use super::set::MethodRules;
use super::status::Status;
use crate::leaf::Code;
use crate::query::{Limits, Origin, Output, Val, view};
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
    /// that may block. Nothing has happened yet; programs have no effects.
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

/// The rule that answers a whole call.
#[derive(Debug)]
pub enum Chosen {
    /// This one.
    Rule {
        /// To be given to [`MethodRules::run`].
        rule: Choice,
        /// As [`Answer::notes`].
        notes: Vec<Note>,
    },
    /// None.
    NoRule {
        /// As [`Answer::notes`].
        notes: Vec<Note>,
    },
    /// The call ends before a rule is asked: a request does not decode.
    Ended(Answer),
    /// As [`Answered::Again`].
    Again,
}

/// A rule in [`MethodRules`]; means something to those only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice(usize);

impl MethodRules {
    /// Chooses the rule for a call and runs it.
    ///
    /// For a bidi method this answers one request; choose once and run for each instead.
    pub fn answer(&self, call: &CallView<'_>, limits: &Limits) -> Answered {
        match self.choose(call, limits) {
            Chosen::Rule { rule, notes } => match self.run(rule, call, limits) {
                Answered::Answer(answer) => Answered::Answer(Answer { notes, ..answer }),
                other => other,
            },
            Chosen::NoRule { notes } => Answered::NoRule { notes },
            Chosen::Ended(answer) => Answered::Answer(answer),
            Chosen::Again => Answered::Again,
        }
    }

    /// Chooses the first rule whose `when` holds for the requests at hand.
    pub fn choose(&self, call: &CallView<'_>, limits: &Limits) -> Chosen {
        // A program that is chosen whatever the request is reads it when it runs, and finds then what is
        // wrong with it.
        if let Some(first) = self.rules.first()
            && first.rule.when.is_none()
            && self.reads(first)
        {
            return Chosen::Rule { rule: Choice(0), notes: Vec::new() };
        }
        let input = match self.input(call) {
            Ok(input) => input,
            Err(answer) => return Chosen::Ended(*answer),
        };
        let mut failed = Vec::new();
        for Candidate { rule: i, holds } in self.candidates(&input) {
            let i = i as usize;
            let Some(MethodRule { rule, .. }) = self.rules.get(i) else { continue };
            let holds = match &rule.when {
                _ if holds => true,
                None => true,
                Some(when) => {
                    let variables = call.variables(when, &self.method, &self.input, &rule.setting.data);
                    match when.holds(input.clone(), variables, limits) {
                        Ok(holds) => holds,
                        Err(error) if error.is_worth_a_second_run(limits.place) => return Chosen::Again,
                        Err(error) => {
                            failed.push((rule, error.to_string()));
                            false
                        }
                    }
                }
            };
            if holds {
                return Chosen::Rule { rule: Choice(i), notes: notes(failed) };
            }
        }
        Chosen::NoRule { notes: notes(failed) }
    }

    /// Runs the chosen rule on the requests at hand.
    pub fn run(&self, choice: Choice, call: &CallView<'_>, limits: &Limits) -> Answered {
        let Some(chosen) = self.rules.get(choice.0) else { return Answered::NoRule { notes: Vec::new() } };
        let place = Arc::clone(&chosen.rule.shown);
        // Choosing has read the first request; a fixed reply to a later one of a bidi call looks at it here.
        if call.number > 1
            && self.method.shape() == Shape::Bidi
            && !self.reads(chosen)
            && let Err(answer) = self.input(call)
        {
            return Answered::Answer(*answer);
        }
        let (mut messages, mut ending) = (Vec::new(), Ending::Ok);
        if let Some(status) = chosen.acts.first().and_then(|act| act.act.error.as_ref()) {
            ending = Ending::Error(status.clone());
        }
        for piece in self.pieces(chosen) {
            let program = match piece {
                Piece::Message(wire) => {
                    messages.push(wire.clone());
                    continue;
                }
                Piece::Program(program) => program,
            };
            let input = match self.input(call) {
                Ok(input) => input,
                Err(answer) => return Answered::Answer(*answer),
            };
            let variables = call.variables(program, &self.method, &self.input, &chosen.rule.setting.data);
            let run = program.run(input, variables, limits);
            if run.error.as_ref().is_some_and(|error| error.is_worth_a_second_run(limits.place)) {
                return Answered::Again;
            }
            let (more, unfit) = self.encode(run.outputs, program.origin());
            messages.extend(more);
            let failed = run.error.map(|error| Status::of_failure(&error, &self.types));
            if let Some(status) = unfit.or(failed) {
                ending = Ending::Error(status);
                break;
            }
        }
        Answered::Answer(self.counted(Answer { messages, ending, rule: Some(place), notes: Vec::new() }))
    }
}

/// What is to be told of rules whose condition failed: the first time only.
fn notes(failed: Vec<(&Arc<Compiled>, String)>) -> Vec<Note> {
    failed.into_iter().filter(|(rule, _)| rule.is_first_error()).map(|(_, error)| error).collect()
}

impl MethodRules {
    /// The rules that may match, in their order.
    fn candidates(&self, input: &Val) -> impl Iterator<Item = Candidate> {
        let all = || 0..u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        let found = self.index.as_ref().map(|index| index.candidates(input));
        let each = self.index.is_none().then(|| all().map(|rule| Candidate { rule, holds: false }));
        found.into_iter().flatten().chain(each.into_iter().flatten())
    }

    /// What a rule does with the requests at hand.
    fn pieces<'r>(&self, rule: &'r MethodRule) -> &'r [Piece] {
        let moment = rule.acts.first().and_then(|act| match self.method.shape() {
            Shape::ClientStreaming => act.end.as_ref(),
            Shape::Unary | Shape::ServerStreaming | Shape::Bidi => act.each.as_ref(),
        });
        moment.map_or(&[], |pieces| pieces)
    }

    /// Whether it begins with a program, which reads the request.
    fn reads(&self, rule: &MethodRule) -> bool {
        matches!(self.pieces(rule).first(), Some(Piece::Program(_)))
    }

    /// What `.` is: the request, or the array of all for a client-streaming method.
    fn input(&self, call: &CallView<'_>) -> Result<Val, Box<Answer>> {
        let view = |wire: &Bytes| {
            view::from_wire(&self.input, wire).map_err(|error| {
                let message = format!("the request is no {}{}", self.input.type_name(), error.cause());
                let ending = Ending::Error(Status::new(Code::INTERNAL, message));
                Box::new(Answer { messages: Vec::new(), ending, rule: None, notes: Vec::new() })
            })
        };
        match self.method.shape() {
            Shape::ClientStreaming => call.requests.iter().map(view).collect(),
            Shape::Unary | Shape::ServerStreaming | Shape::Bidi => {
                call.requests.last().map_or(Ok(Val::Null), view)
            }
        }
    }

    /// The messages up to the first that does not fit the reply's type, and the status for that one.
    fn encode(&self, outputs: Vec<Output>, place: &Origin) -> (Vec<Bytes>, Option<Status>) {
        let mut messages = Vec::with_capacity(outputs.len());
        for val in outputs.into_iter().filter_map(Output::into_value) {
            let mut wire = Vec::with_capacity(64);
            if let Err(error) = view::to_wire(&self.output, &val, &mut wire) {
                let message =
                    format!("{place}: the reply is no {}{}", self.output.type_name(), error.cause());
                return (messages, Some(Status::new(Code::INTERNAL, message)));
            }
            messages.push(Bytes::from(wire));
        }
        (messages, None)
    }

    /// Holds the count of replies that the shape asks for.
    fn counted(&self, mut answer: Answer) -> Answer {
        if self.method.shape().streams_replies() {
            return answer;
        }
        let count = answer.messages.len();
        if answer.ending == Ending::Ok && count != 1 {
            let place = answer.rule.as_deref().unwrap_or_default();
            let message = format!(
                "{place}: a {} method has exactly one reply, and the rule yields {count}",
                self.method.shape()
            );
            answer.ending = Ending::Error(Status::new(Code::INTERNAL, message));
        }
        if answer.ending != Ending::Ok {
            answer.messages.clear();
        }
        answer
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
