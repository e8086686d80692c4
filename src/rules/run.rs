//! Runs what a rule does at a moment, in place, if that is quickly done.

use std::ops::ControlFlow;

use bytes::Bytes;

use super::action::{Action, end};
use super::around::{Around, Patience};
use super::call::{CallView, Input, Own};
use super::choose::Choice;
use super::identity::RuleId;
use super::ready::{MethodAct, MethodRule, Piece, Pieces};
use super::set::MethodRules;
use super::status::Status;
use super::store::is_within;
use crate::leaf::Code;
use crate::query::{Limits, Origin, Output, Program, Step, Val, view};

/// When a rule does something in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the first request.
    Open,
    /// At every request.
    Each,
    /// When all requests have come.
    End,
    /// Beside the others, from the start.
    Meanwhile,
}

/// What a rule does at a moment.
#[derive(Debug, Clone)]
#[must_use]
pub enum Begun {
    /// Nothing.
    Nothing,
    /// It sends one message.
    One(Bytes),
    /// It sends messages that stand in its file.
    Fixed(Fixed),
    /// It does this, and no more.
    Actions(Vec<Action>),
    /// It goes on for longer than fits in a run in place: nothing has happened yet, and [`super::Running`] does it.
    Later,
}

/// Messages that stand in a rule's file.
#[derive(Clone)]
pub struct Fixed(Pieces);

impl Fixed {
    /// The messages in wire bytes.
    pub fn messages(&self) -> impl Iterator<Item = &Bytes> {
        self.0.iter().filter_map(|piece| if let Piece::Message(wire) = piece { Some(wire) } else { None })
    }
}

impl std::fmt::Debug for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.messages()).finish()
    }
}

/// What `keep` keeps nests no deeper, so that no program can make it deeper turn by turn.
pub(super) const KEPT_DEPTH: u32 = 200;

impl MethodRules {
    /// What the chosen rule does at a moment, in place.
    pub fn begin(&self, choice: Choice, moment: Moment, call: &CallView<'_>, limits: &Limits) -> Begun {
        let Some((rule, act)) = self.chosen(choice) else { return Begun::Nothing };
        if moment == Moment::Each
            && let (Some(wired), Some(request)) = (act.wired(self), call.requests.last())
            && let Some(wire) = wired.run(request)
        {
            return Begun::One(wire);
        }
        let Some(pieces) = act.at(moment) else { return Begun::Nothing };
        let program = match &pieces[..] {
            [] => return Begun::Nothing,
            [Piece::Message(wire)] => return Begun::One(wire.clone()),
            [Piece::Program(program)] => program,
            _ if pieces.iter().all(|piece| matches!(piece, Piece::Message(_))) => {
                return Begun::Fixed(Fixed(pieces.clone()));
            }
            _ => return self.gather(rule, pieces, (choice, moment), call, limits),
        };
        if program.is_straight() {
            let input = match self.input_of(program, call) {
                Ok(input) => input,
                Err(status) => return Begun::Actions(vec![end(status)]),
            };
            if let Some(val) = program.straightly(&input, limits) {
                return match self.message(&val, program.origin()) {
                    Ok(wire) => Begun::One(wire),
                    Err(status) => Begun::Actions(vec![end(status)]),
                };
            }
        }
        self.gather(rule, pieces, (choice, moment), call, limits)
    }

    /// The rule, and what it does this time.
    pub(super) fn chosen(&self, choice: Choice) -> Option<(&MethodRule, &MethodAct)> {
        let rule = self.rules.get(choice.rule)?;
        Some((rule, rule.acts.get(choice.act)?))
    }

    /// Runs everything, or nothing.
    fn gather(
        &self,
        rule: &MethodRule,
        pieces: &Pieces,
        (choice, moment): (Choice, Moment),
        call: &CallView<'_>,
        limits: &Limits,
    ) -> Begun {
        let in_a_hurry = limits.place == crate::query::Place::Here;
        let mut actions = Vec::new();
        let around = self.around(rule.rule.id, choice.count, call.number, moment as u64);
        for piece in pieces.iter() {
            let program = match piece {
                Piece::Message(wire) => {
                    actions.push(Action::Message(wire.clone()));
                    continue;
                }
                Piece::Program(program) => program,
            };
            // What a later piece would see or change cannot be taken back with the others.
            let alone = pieces.len() == 1 || !program.is_of_the_moment();
            if in_a_hurry && (program.rests() || !alone) {
                return Begun::Later;
            }
            let input = match self.input_of(program, call) {
                Ok(input) => input,
                Err(status) => {
                    actions.push(end(status));
                    break;
                }
            };
            let own = Own { data: &rule.rule.setting.data, count: Some(choice.count) };
            let variables = call.variables(program, &self.method, &self.input, own);
            let patience = if in_a_hurry { Patience::None } else { Patience::Some };
            let lent = program.is_of_the_moment().then(|| around.lend(patience));
            if matches!(lent, Some(None)) {
                return Begun::Later;
            }
            match self.run_through(program, &around, (input, variables), limits, &mut actions) {
                Ok(()) => {}
                Err(Hasty) => return Begun::Later,
            }
            if actions.last().is_some_and(Action::is_last) {
                break;
            }
        }
        Begun::Actions(actions)
    }

    /// Runs one program to its end. If that takes too long, what it did is taken back.
    fn run_through(
        &self,
        program: &Program,
        around: &Around,
        (input, variables): (Val, Vec<Val>),
        limits: &Limits,
        actions: &mut Vec<Action>,
    ) -> Result<(), Hasty> {
        let in_a_hurry = limits.place == crate::query::Place::Here;
        let (mut undo, mut waits, mut left) = (Vec::new(), false, limits.outputs);
        let mut hasty = false;
        let place = program.origin();
        let result = program.run_in(around, input, variables, limits, |output| {
            if let Output::Step(Step::Remember(patch)) = &output {
                match around.remember(patch) {
                    Ok(back) => undo.push(back),
                    Err(why) => {
                        actions.push(wrong(place, &why));
                        return ControlFlow::Break(());
                    }
                }
                left = left.saturating_sub(1);
                hasty |= left == 0;
                return if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            }
            waits |= matches!(output, Output::Step(Step::Wait(_)));
            // What comes after a wait may see a changed world.
            if waits && program.is_of_the_moment() && in_a_hurry {
                hasty = true;
                return ControlFlow::Break(());
            }
            let action = self.checked(output, place);
            let is_last = action.is_last();
            actions.push(action);
            if is_last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match result {
            Err(error) if error.is_worth_a_second_run(limits.place) => hasty = true,
            Err(error) => actions.push(self.failure(&error)),
            Ok(()) => {}
        }
        if hasty {
            // One that has begun to wait, or yields without end, will do so the next time too.
            if waits || actions.len() >= limits.outputs {
                program.note_rest();
            }
            undo.iter().rev().for_each(|undo| around.undo(undo));
            return Err(Hasty);
        }
        Ok(())
    }

    /// As [`Self::action`], with what is kept bounded.
    pub(super) fn checked(&self, output: Output, place: &Origin) -> Action {
        match self.action(output, place) {
            Action::Keep(val) if !is_within(&val, KEPT_DEPTH) => {
                wrong(place, "what is kept nests too deeply")
            }
            action => action,
        }
    }

    /// The world of one run: its chance depends on the call and the moment.
    pub(super) fn around(&self, rule: RuleId, count: u64, number: usize, moment: u64) -> Around {
        let run = (number as u64) << 3 | moment;
        Around::new(&self.memory, &self.types, self.memory.chance(rule, count, run))
    }

    /// What `.` is, if the program looks at it.
    pub(super) fn input_of(&self, program: &Program, call: &CallView<'_>) -> Result<Val, Status> {
        if program.reads_input() { self.input(call) } else { Ok(Val::Null) }
    }

    /// What `.` is.
    pub(super) fn input(&self, call: &CallView<'_>) -> Result<Val, Status> {
        let view = |wire: &Bytes| {
            view::from_wire(&self.input, wire).map_err(|error| {
                let message = format!("the request is no {}{}", self.input.type_name(), error.cause());
                Status::new(Code::INTERNAL, message)
            })
        };
        match call.input {
            Input::Nothing => Ok(Val::Null),
            Input::Request => call.requests.last().map_or(Ok(Val::Null), view),
            Input::Requests => call.requests.iter().map(view).collect(),
        }
    }
}

/// The run takes longer than there is time for.
struct Hasty;

pub(super) fn wrong(place: &Origin, why: &str) -> Action {
    end(Status::new(Code::INTERNAL, format!("{place}: {why}")))
}
