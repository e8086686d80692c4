//! Runs what a rule does at a moment a stretch at a time, for as long as its call goes on.

use std::rc::Rc;
use std::sync::Arc;

use super::action::{Action, end};
use super::around::{Around, Patience, Shared};
use super::call::{Own, Seen};
use super::choose::Choice;
use super::ready::{Piece, Pieces};
use super::run::{Moment, wrong};
use super::set::MethodRules;
use crate::query::{Limits, Output, Program, Step, Suspended};

/// So many actions at once, so that a stream is neither slow nor far ahead of its client.
const MANY: usize = 256;
/// So many bytes of messages at once.
const MUCH: usize = 32 << 10;
/// The same for a stretch that must not be cut, because it sees or changes what the server remembers.
const MOST: usize = 16_384;
const MOST_BYTES: usize = 4 << 20;

/// What a rule does at one moment of one call, as far as it has come. It stays on the thread that made it.
pub struct Running {
    rules: Arc<MethodRules>,
    choice: Choice,
    moment: Moment,
    seen: Seen,
    pieces: Pieces,
    next: usize,
    now: Option<(Program, Suspended, Rc<Around>)>,
}

/// What a rule does next.
#[derive(Debug)]
#[must_use]
pub struct Stretch {
    /// This, in order.
    pub actions: Vec<Action>,
    /// Whether there is no more.
    pub is_over: bool,
}

impl Running {
    /// Begins with the first piece; nothing is run yet.
    pub fn new(rules: Arc<MethodRules>, choice: Choice, moment: Moment, seen: Seen) -> Self {
        let pieces = rules.chosen(choice).and_then(|(_, act)| act.at(moment)).cloned();
        let pieces = pieces.unwrap_or_else(|| Arc::new([]));
        Self { rules, choice, moment, seen, pieces, next: 0, now: None }
    }

    /// What comes next, up to a wait, or to so much that the call should carry it out first. `enough` is asked
    /// after each, and may end the stretch earlier.
    pub fn pull(&mut self, limits: &Limits, enough: &mut dyn FnMut() -> bool) -> Stretch {
        let mut actions = Vec::new();
        let mut bytes = 0;
        loop {
            let (program, mut run, around) = match self.now.take() {
                Some(now) => now,
                None => match self.pieces.get(self.next).cloned() {
                    None => return Stretch { actions, is_over: true },
                    Some(Piece::Message(wire)) => {
                        self.next += 1;
                        bytes += wire.len();
                        actions.push(Action::Message(wire));
                        if actions.len() >= MANY || bytes >= MUCH {
                            return Stretch { actions, is_over: false };
                        }
                        continue;
                    }
                    Some(Piece::Program(program)) => {
                        self.next += 1;
                        match self.start(&program) {
                            Ok((run, around)) => (program, run, around),
                            Err(action) => {
                                actions.push(action);
                                return Stretch { actions, is_over: true };
                            }
                        }
                    }
                },
            };
            match self.stretch(&program, &mut run, &around, limits, (&mut actions, &mut bytes), enough) {
                End::Program => {}
                End::Stretch => {
                    self.now = Some((program, run, around));
                    return Stretch { actions, is_over: false };
                }
                End::Call => return Stretch { actions, is_over: true },
            }
        }
    }

    /// Pulls one program up to a wait, or its end.
    fn stretch(
        &self,
        program: &Program,
        run: &mut Suspended,
        around: &Around,
        limits: &Limits,
        (actions, bytes): (&mut Vec<Action>, &mut usize),
        enough: &mut dyn FnMut() -> bool,
    ) -> End {
        let is_whole = program.is_of_the_moment();
        let _lent = is_whole.then(|| around.lend(Patience::Some));
        let (many, much) = if is_whole { (MOST, MOST_BYTES) } else { (MANY, MUCH) };
        let mut remembered = 0;
        loop {
            let action = match run.pull(limits) {
                None => return End::Program,
                Some(Ok(Output::Step(Step::Remember(patch)))) => match around.remember(&patch) {
                    // One that only remembers is not to keep others from it for ever.
                    Ok(_) if remembered + actions.len() >= many => return End::Stretch,
                    Ok(_) => {
                        remembered += 1;
                        continue;
                    }
                    Err(why) => wrong(program.origin(), &why),
                },
                Some(Ok(output)) => self.rules.checked(output, program.origin()),
                Some(Err(error)) => self.rules.failure(&error),
            };
            let waits = matches!(action, Action::Wait(_));
            let is_last = action.is_last();
            if let Action::Message(wire) = &action {
                *bytes += wire.len();
            }
            actions.push(action);
            if is_last {
                return End::Call;
            }
            if waits || actions.len() >= many || *bytes >= much || !is_whole && enough() {
                return End::Stretch;
            }
        }
    }

    fn start(&self, program: &Program) -> Result<(Suspended, Rc<Around>), Action> {
        let rules = &self.rules;
        let call = self.seen.view();
        let Some((rule, _)) = rules.chosen(self.choice) else { return Err(Action::Close) };
        let input = rules.input_of(program, &call).map_err(end)?;
        let own = Own { data: &rule.rule.setting.data, count: Some(self.choice.count) };
        let variables = call.variables(program, &rules.method, &rules.input, own);
        let around = Rc::new(rules.around(rule.rule.id, self.choice.count, call.number, self.moment as u64));
        let run = program.begin(Box::new(Shared(Rc::clone(&around))), input, variables);
        Ok((run, around))
    }
}

/// What a stretch ended at.
enum End {
    /// The program's end.
    Program,
    /// A wait, or so much that it is to be carried out first.
    Stretch,
    /// What ends all that the rule does.
    Call,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("choice", &self.choice)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
