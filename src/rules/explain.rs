//! Which rule answers a call, why others do not, and with what: for somebody who writes them.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;

use super::call::{CallView, Input, Own};
use super::compiled::{CompiledDelay, CompiledEntries};
use super::ready::{MethodAct, MethodRule, Piece, Pieces};
use super::run::Moment;
use super::set::MethodRules;
use super::status::Status;
use crate::leaf::{duration, metadata};
use crate::query::{Limits, Output, Place, Program, Run, Val, view};

/// So many outputs of a program are shown.
const OUTPUTS: usize = 16;

/// What would come of a call.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    /// The rules that were asked and do not match, with the reason.
    pub passed: Vec<(Arc<str>, String)>,
    /// The rule that answers, and what it does, a line each.
    pub answers: Option<(Arc<str>, Vec<String>)>,
    /// The rules after it, which are not asked.
    pub after: Vec<Arc<str>>,
}

/// What a rule is asked about: a call's requests, and what is known of the call.
struct Asking<'a> {
    call: CallView<'a>,
    requests: Vec<Val>,
}

impl MethodRules {
    /// Says what comes of a call with these requests, and these only: of a method that takes one, the first.
    ///
    /// # Errors
    /// When a request is no message of the method's type.
    pub fn explain(&self, call: &CallView<'_>) -> Result<Explanation, String> {
        let read = |wire: &Bytes| {
            view::from_wire(&self.input, wire)
                .map_err(|error| format!("a request is no {}{}", self.input.type_name(), error.cause()))
        };
        let requests: Vec<Val> = call.requests.iter().map(read).collect::<Result<_, _>>()?;
        let asking = Asking { call: *call, requests };
        let input = asking.input(self.chosen_by, 0);
        let mut explanation = Explanation::default();
        let mut rules = self.rules.iter().enumerate();
        for (i, rule) in rules.by_ref() {
            match self.why_not(i, rule, &input, &asking) {
                Some(why) => explanation.passed.push((Arc::clone(rule.rule.shown()), why)),
                None => {
                    let lines = self.what(rule, &asking);
                    explanation.answers = Some((Arc::clone(rule.rule.shown()), lines));
                    break;
                }
            }
        }
        explanation.after = rules.map(|(_, rule)| Arc::clone(rule.rule.shown())).collect();
        Ok(explanation)
    }

    /// Why a rule does not match; nothing if it does.
    fn why_not(&self, i: usize, rule: &MethodRule, input: &Val, asking: &Asking<'_>) -> Option<String> {
        let when = rule.rule.when.as_ref()?;
        let run =
            self.run_apart(when, rule, input.clone(), self.values(when, rule, asking, 0), &Limits::full());
        let is_true = |output: &Output| !matches!(output, Output::Value(Val::Null | Val::Bool(false)));
        match run.error {
            None if !run.outputs.is_empty() && run.outputs.iter().all(is_true) => None,
            None => self.not_so(i, input),
            Some(error) => Some(format!("its condition fails: {}", error.message())),
        }
    }

    /// What a rule does, a line each.
    fn what(&self, rule: &MethodRule, asking: &Asking<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        let calls = rule.acts.len();
        for (i, act) in rule.acts.iter().enumerate() {
            if calls > 1 {
                lines.push(format!("in call {} of {calls}:", i + 1));
            }
            self.does(rule, act, asking, &mut lines);
        }
        lines
    }

    fn does(&self, rule: &MethodRule, act: &MethodAct, asking: &Asking<'_>, lines: &mut Vec<String>) {
        let early = |program: &Program, lines: &mut Vec<String>, name: &str| {
            let input = asking.input(self.chosen_by, 0);
            self.outputs(program, input, 0, rule, asking, lines, name);
        };
        let before = act.before.as_deref();
        match before.and_then(|before| before.delay.as_deref()) {
            Some(CompiledDelay::Fixed(delay)) => lines.push(format!("delay {}", duration::render(*delay))),
            Some(CompiledDelay::Program(program)) => early(program, lines, "delay "),
            None => {}
        }
        entries("metadata", before.and_then(|before| before.metadata.as_deref()), lines, &early);
        let after = asking.requests.len();
        self.moment("open: ", act.at(Moment::Open), Input::Nothing, 0, rule, asking, lines);
        for i in 0..after {
            self.moment("", act.at(Moment::Each), Input::Request, i, rule, asking, lines);
        }
        self.moment("", act.at(Moment::End), Input::Requests, after.saturating_sub(1), rule, asking, lines);
        self.moment("meanwhile: ", act.at(Moment::Meanwhile), Input::Nothing, 0, rule, asking, lines);
        if let Some(status) = before.and_then(|before| before.error.as_deref()) {
            lines.push(shown(status));
        }
        entries("trailers", before.and_then(|before| before.trailers.as_deref()), lines, &early);
    }

    #[expect(clippy::too_many_arguments, reason = "a moment is all of these")]
    fn moment(
        &self,
        name: &str,
        pieces: Option<&Pieces>,
        input: Input,
        at: usize,
        rule: &MethodRule,
        asking: &Asking<'_>,
        lines: &mut Vec<String>,
    ) {
        for piece in pieces.into_iter().flat_map(|pieces| pieces.iter()) {
            match piece {
                Piece::Message(wire) => {
                    let read = view::from_wire(&self.output, wire).map(|val| view::to_text(&val));
                    lines.push(format!("{name}{}", read.unwrap_or_default()));
                }
                Piece::Program(program) => {
                    self.outputs(program, asking.input(input, at), at, rule, asking, lines, name);
                }
            }
        }
    }

    /// What a program yields, and what it fails with.
    #[expect(clippy::too_many_arguments, reason = "a run is all of these")]
    fn outputs(
        &self,
        program: &Program,
        input: Val,
        at: usize,
        rule: &MethodRule,
        asking: &Asking<'_>,
        lines: &mut Vec<String>,
        name: &str,
    ) {
        let limits = Limits { outputs: OUTPUTS, ..Limits::full() };
        let run = self.run_apart(program, rule, input, self.values(program, rule, asking, at), &limits);
        for output in run.outputs {
            lines.push(match output {
                Output::Value(val) => {
                    let misfit = view::to_wire(&self.output, &val, &mut Vec::new()).err();
                    let is_message = matches!(name, "" | "open: " | "meanwhile: ");
                    match misfit.filter(|_| is_message) {
                        Some(error) => {
                            format!(
                                "{name}{}, which is no {}{}",
                                view::to_text(&val),
                                self.output.type_name(),
                                error.cause()
                            )
                        }
                        None => format!("{name}{}", view::to_text(&val)),
                    }
                }
                Output::Step(step) => format!("{name}{step}"),
            });
        }
        match run.error {
            Some(error) if error.bound() == Some(crate::query::Bound::Outputs) => {
                lines.push(format!("{name}and more"));
            }
            Some(error) => lines.push(format!("{name}{}", shown(&Status::of_failure(&error, &self.types)))),
            None => {}
        }
    }

    /// Runs a program where there is room for it, in a world in which nothing is remembered yet.
    fn run_apart(
        &self,
        program: &Program,
        rule: &MethodRule,
        input: Val,
        values: Vec<Val>,
        limits: &Limits,
    ) -> Run {
        let limits = Limits { place: Place::Roomy, ..*limits };
        let work = || {
            let around = self.around(rule.rule.id, 1, 1, 0);
            let mut outputs = Vec::new();
            let run = program.run_in(&around, input, values, &limits, |output| {
                outputs.push(output);
                ControlFlow::Continue(())
            });
            Run { outputs, error: run.err() }
        };
        let thread = std::thread::Builder::new().stack_size(Limits::ROOM);
        let done = std::thread::scope(|scope| {
            thread.spawn_scoped(scope, work).ok().and_then(|thread| thread.join().ok())
        });
        done.unwrap_or(Run { outputs: Vec::new(), error: None })
    }

    fn values(&self, program: &Program, rule: &MethodRule, asking: &Asking<'_>, at: usize) -> Vec<Val> {
        let requests = asking.call.requests;
        // One request is at hand in a moment of its own, and all of them at the end.
        let here = if self.method.shape().streams_replies() { requests.get(at..=at) } else { None };
        let call = CallView {
            requests: here.unwrap_or(requests),
            number: (at + 1).min(requests.len()),
            first: requests.first(),
            ..asking.call
        };
        let own = Own { data: &rule.rule.setting.data, count: Some(1) };
        call.variables(program, &self.method, &self.input, own)
    }
}

impl Asking<'_> {
    fn input(&self, input: Input, at: usize) -> Val {
        match input {
            Input::Nothing => Val::Null,
            Input::Request => self.requests.get(at).cloned().unwrap_or_default(),
            Input::Requests => self.requests.iter().cloned().collect(),
        }
    }
}

/// The entries of metadata or trailers, a line each.
fn entries(
    name: &str,
    entries: Option<&CompiledEntries>,
    lines: &mut Vec<String>,
    early: &dyn Fn(&Program, &mut Vec<String>, &str),
) {
    match entries {
        Some(CompiledEntries::Fixed(map)) => {
            let entries = metadata::entries(map).into_iter();
            lines.extend(entries.map(|(key, value)| format!("{name} {key}: {value}")));
        }
        Some(CompiledEntries::Program(program)) => early(program, lines, &format!("{name} ")),
        None => {}
    }
}

/// A status as text.
fn shown(status: &Status) -> String {
    let Status { code, message, details } = status;
    let details = match details.len() {
        0 => String::new(),
        1 => ", with 1 detail".to_owned(),
        n => format!(", with {n} details"),
    };
    let colon = if message.is_empty() { "" } else { ": " };
    format!("error {} ({}){colon}{message}{details}", code.name(), code.number())
}
