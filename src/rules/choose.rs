//! Chooses the rule that answers a whole call, and counts it.

use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::MetadataMap;

use super::action::end;
use super::around::Patience;
use super::call::{CallView, Input, Own};
use super::compiled::{Compiled, CompiledAct, CompiledDelay, CompiledEntries};
use super::index::Candidate;
use super::passed::Noted;
use super::ready::{MethodRule, Piece};
use super::rule::Then;
use super::run::Moment;
use super::set::MethodRules;
use super::status::Status;
use super::{Action, Note};
use crate::leaf::Code;
use crate::query::{Limits, Place, Program, QueryError, Val, to_duration, to_metadata};

/// The rule that answers a whole call.
#[derive(Debug)]
pub enum Chosen {
    /// This one.
    Rule {
        /// To be given to [`MethodRules::begin`].
        rule: Choice,
        /// Errors in the `when` of rules that were therefore passed over, each told once in a set's life.
        notes: Vec<Note>,
        /// To be given to [`MethodRules::passed`].
        noted: Noted,
    },
    /// None.
    NoRule {
        /// The same.
        notes: Vec<Note>,
        /// To be given to [`MethodRules::nearest`].
        noted: Noted,
    },
    /// The call ends before a rule is asked: a request does not decode.
    Ended(Status),
    /// A program needs more than the limits of a run in place: ask again with [`Limits::roomy`], on a thread
    /// that is made for it. Nothing has happened yet.
    Again,
}

/// A rule in [`MethodRules`], and the which of its calls this is; means something to those only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    pub(super) rule: usize,
    pub(super) act: usize,
    pub(super) count: u64,
}

/// What comes before all that a rule does at the moments of a call.
#[derive(Debug, Default)]
pub struct Before {
    /// Let this time pass.
    pub delay: Option<Duration>,
    /// Then send this.
    pub metadata: Option<MetadataMap>,
    /// When the call ends, send this.
    pub trailers: Option<MetadataMap>,
    /// The call ends there, so.
    pub error: Option<Status>,
}

impl MethodRules {
    /// When the rule is chosen: by the request where there is one, else at the earliest moment that any rule has.
    pub fn chosen_by(&self) -> Input {
        self.chosen_by
    }

    /// Whether any program looks at all requests when they have come, so that they must be gathered.
    pub fn gathers(&self) -> bool {
        self.gathers
    }

    /// Whether the chosen rule does something at this moment.
    pub fn has(&self, choice: Choice, moment: Moment) -> bool {
        self.chosen(choice).is_some_and(|(_, act)| act.at(moment).is_some())
    }

    /// Whether the chosen rule looks at all requests when they have come.
    pub fn looks_at_all(&self, choice: Choice) -> bool {
        let pieces = self.chosen(choice).and_then(|(_, act)| act.at(Moment::End));
        pieces.is_some_and(|pieces| pieces.iter().any(Piece::reads_input))
    }

    /// Where the chosen rule stands, `rules.yaml:7:5`.
    pub fn place(&self, choice: Choice) -> Option<&Arc<str>> {
        self.rules.get(choice.rule).map(|rule| rule.rule.shown())
    }

    /// Chooses the first rule whose `when` holds for what has come.
    pub fn choose(&self, call: &CallView<'_>, limits: &Limits) -> Chosen {
        let reads = |rule: &MethodRule| {
            [&rule.rule.when, &rule.rule.per].into_iter().flatten().any(Program::reads_input)
        };
        let mut input = None;
        if self.index.is_some() {
            match self.input(call) {
                Ok(val) => input = Some(val),
                Err(status) => return Chosen::Ended(status),
            }
        }
        let (mut failed, mut noted) = (Vec::new(), Noted::default());
        let indexed = input.clone();
        for Candidate { rule: i, holds } in self.candidates(indexed.as_ref()) {
            let i = i as usize;
            let Some(rule) = self.rules.get(i) else { continue };
            if input.is_none() && reads(rule) {
                match self.input(call) {
                    Ok(val) => input = Some(val),
                    Err(status) => return Chosen::Ended(status),
                }
            }
            let input = || input.clone().unwrap_or_default();
            let holds = match &rule.rule.when {
                _ if holds => true,
                None => true,
                Some(when) => match self.ask(when, rule, input(), call, limits) {
                    Ok(holds) => !matches!(holds, Val::Null | Val::Bool(false)),
                    Err(None) => return Chosen::Again,
                    Err(Some(error)) => {
                        noted.failed(i, &error);
                        failed.push((&rule.rule, error.to_string()));
                        false
                    }
                },
            };
            if !holds {
                continue;
            }
            // Of a plain rule nothing is looked at that does not lie beside it.
            let (per, then, expects) = if rule.is_plain {
                (None, Then::Last, false)
            } else {
                (rule.rule.per.as_ref(), rule.rule.then, rule.rule.expect.is_some())
            };
            let key = match per {
                None => Val::Null,
                Some(per) => match self.ask(per, rule, input(), call, limits) {
                    Ok(key) => key,
                    Err(None) => return Chosen::Again,
                    // What has no key is counted with all others that have none.
                    Err(Some(error)) => {
                        failed.push((&rule.rule, error.to_string()));
                        Val::Null
                    }
                },
            };
            let acts = rule.acts.len() as u64;
            let most = (then == Then::Next).then_some(acts);
            let Some(count) = rule.count.next(&key, most) else {
                noted.spent(i, rule.acts.len(), &key);
                continue;
            };
            if expects {
                self.memory.mark(&rule.count);
            }
            let act = match then {
                Then::Cycle => (count - 1) % acts.max(1),
                Then::Last | Then::Next => count.min(acts).saturating_sub(1),
            };
            let act = usize::try_from(act).unwrap_or_default();
            return Chosen::Rule { rule: Choice { rule: i, act, count }, notes: notes(failed), noted };
        }
        Chosen::NoRule { notes: notes(failed), noted }
    }

    /// The rules that may match, in their order.
    fn candidates(&self, input: Option<&Val>) -> impl Iterator<Item = Candidate> {
        let all = || 0..u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        let found = self.index.as_ref().map(|index| index.candidates(input.unwrap_or(&Val::Null)));
        let each = self.index.is_none().then(|| all().map(|rule| Candidate { rule, holds: false }));
        found.into_iter().flatten().chain(each.into_iter().flatten())
    }

    /// What comes before the moments of the chosen rule; `None` when that takes longer than there is time for.
    pub fn before(&self, choice: Choice, call: &CallView<'_>, limits: &Limits) -> Option<Before> {
        let mut before = Before::default();
        let Some((rule, act)) = self.chosen(choice) else { return Some(before) };
        let Some(act) = act.before.as_deref() else { return Some(before) };
        before.error = act.error.as_deref().cloned();
        let mut made = |program: &Program| -> Option<Option<Val>> {
            let input = match self.input_of(program, call) {
                Ok(input) => input,
                Err(status) => {
                    before.error = Some(status);
                    return Some(None);
                }
            };
            match self.asked(program, rule, Some(choice.count), input, call, limits) {
                Ok(val) => Some(Some(val)),
                Err(None) => None,
                Err(Some(error)) => {
                    before.error = Some(Status::of_failure(&error, &self.types));
                    Some(None)
                }
            }
        };
        let (mut delay, mut wrong) = (None, None);
        match act.delay.as_deref() {
            None => {}
            Some(CompiledDelay::Fixed(time)) => delay = Some(*time),
            Some(CompiledDelay::Program(program)) => {
                if let Some(val) = made(program)? {
                    match to_duration(&val) {
                        Ok(time) => delay = Some(time),
                        Err(why) => {
                            let why =
                                why.unwrap_or_else(|| " is a duration or a number of seconds".to_owned());
                            wrong = Some(format!("{}: delay{why}", program.origin()));
                        }
                    }
                }
            }
        }
        let mut entries = |entries: &Option<Box<CompiledEntries>>| -> Option<Option<MetadataMap>> {
            Some(match entries.as_deref() {
                None => None,
                Some(CompiledEntries::Fixed(map)) => Some(map.clone()),
                Some(CompiledEntries::Program(program)) => match made(program)? {
                    None => None,
                    Some(val) => match to_metadata(&val) {
                        Ok(map) => Some(map),
                        Err(why) => {
                            wrong = Some(format!("{}: {why}", program.origin()));
                            None
                        }
                    },
                },
            })
        };
        let (metadata, trailers) = (entries(&act.metadata)?, entries(&act.trailers)?);
        if let Some(why) = wrong {
            before.error = Some(Status::new(Code::INTERNAL, why));
        }
        (before.delay, before.metadata, before.trailers) = (delay, metadata, trailers);
        Some(before)
    }

    /// Whether something comes before the moments of the chosen rule.
    pub fn has_before(&self, choice: Choice) -> bool {
        self.chosen(choice).is_some_and(|(_, act)| act.before.is_some())
    }

    /// The first thing that a condition or a key yields: null if nothing. No error: there is no time for it.
    fn ask(
        &self,
        program: &Program,
        rule: &MethodRule,
        input: Val,
        call: &CallView<'_>,
        limits: &Limits,
    ) -> Result<Val, Option<QueryError>> {
        self.asked(program, rule, None, input, call, limits)
    }

    fn asked(
        &self,
        program: &Program,
        rule: &MethodRule,
        count: Option<u64>,
        input: Val,
        call: &CallView<'_>,
        limits: &Limits,
    ) -> Result<Val, Option<QueryError>> {
        if let Some(val) = program.straightly(&input, limits) {
            return Ok(val);
        }
        let own = Own { data: &rule.rule.setting.data, count };
        let variables = call.variables(program, &self.method, &self.input, own);
        let around = self.around(rule.rule.id, count.unwrap_or_default(), call.number, BESIDE);
        let patience = if limits.place == Place::Here { Patience::None } else { Patience::Some };
        let lent = program.is_of_the_moment().then(|| around.lend(patience));
        if matches!(lent, Some(None)) {
            return Err(None);
        }
        // A condition holds when it yields something, and nothing of it is false.
        let mut first = None;
        let run = program.run_in(&around, input, variables, limits, |output| {
            let val = output.into_value().unwrap_or_default();
            let fails = matches!(val, Val::Null | Val::Bool(false));
            if fails || first.is_none() {
                first = Some(val);
            }
            if fails { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
        });
        match run {
            Ok(()) => Ok(first.unwrap_or_default()),
            Err(error) if error.is_worth_a_second_run(limits.place) => Err(None),
            Err(error) => Err(Some(error)),
        }
    }
}

/// Chance of what is asked beside the moments.
const BESIDE: u64 = 4;

/// What is to be told of rules whose condition failed: the first time only.
fn notes(failed: Vec<(&Arc<Compiled>, String)>) -> Vec<Note> {
    failed.into_iter().filter(|(rule, _)| rule.is_first_error()).map(|(_, error)| error).collect()
}

/// Whether something looks at all requests: a rule at half-close, or a condition that is asked there.
pub(super) fn gathers(chosen_by: Input, rules: &[MethodRule]) -> bool {
    let ends = rules.iter().flat_map(|rule| &*rule.acts).filter_map(|act| act.at(Moment::End));
    let asks = rules.iter().flat_map(|rule| [&rule.rule.when, &rule.rule.per]).flatten();
    let before = rules.iter().flat_map(|rule| &*rule.acts).filter_map(|act| act.before.as_deref());
    let before = before.into_iter().any(CompiledAct::reads_input);
    ends.flat_map(|pieces| pieces.iter()).any(Piece::reads_input)
        || chosen_by == Input::Requests && (before || asks.into_iter().any(Program::reads_input))
}

impl From<Status> for Action {
    fn from(status: Status) -> Self {
        end(status)
    }
}
