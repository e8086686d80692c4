//! Each program is run once when it is loaded, on an example of what it will see.

use std::ops::ControlFlow;

use bytes::Bytes;
use tonic::metadata::MetadataMap;

use super::call::{CallView, Input, Own};
use super::compiled::Compiled;
use super::error::RuleError;
use super::ready::{MethodAct, Piece};
use super::set::MethodRules;
use crate::query::{Limits, Output, Program, Run, Val, view};
use crate::transcode::example;

/// How many values of a program are looked at.
const VALUES: usize = 16;

/// A method's example request.
pub(super) struct Trial {
    wire: Option<(Bytes, Val)>,
}

impl Trial {
    /// The example of the type that a method takes; none where no message of it can be made up.
    pub(super) fn new(rules: &MethodRules) -> Self {
        let input = &rules.input;
        let made = example::line(rules.method.closure(), rules.method.input()).ok();
        let read = made.and_then(|json| view::from_json(&json).ok());
        let wire = |val: Val| {
            let mut wire = Vec::new();
            view::to_wire(input, &val, &mut wire).ok().map(|()| Bytes::from(wire))
        };
        let wire = read.and_then(wire).or_else(|| Some(Bytes::new()));
        // As a program sees it: an int64 is a number, what is not set has its default.
        let wire = wire.and_then(|wire| view::from_wire(input, &wire).ok().map(|val| (wire, val)));
        Self { wire }
    }

    /// Runs a program; nothing where there is no example.
    fn run(&self, program: &Program, input: Input, rules: &MethodRules, rule: &Compiled) -> Option<Run> {
        let (wire, val) = self.wire.as_ref()?;
        let (metadata, requests) = (MetadataMap::new(), [wire.clone()]);
        let call =
            CallView { requests: &requests, number: 1, ..CallView::new(&metadata, &"127.0.0.1:50051") };
        let own = Own { data: &rule.setting.data, count: Some(1) };
        let variables = call.variables(program, &rules.method, &rules.input, own);
        let around = rules.around(rule.id, 1, call.number, 0);
        let input = match input {
            Input::Request => val.clone(),
            Input::Requests => std::iter::once(val.clone()).collect(),
            Input::Nothing => Val::Null,
        };
        let limits = Limits { outputs: VALUES, ..Limits::inline() };
        let mut outputs = Vec::new();
        let run = program.apart().run_in(&around, input, variables, &limits, |output| {
            outputs.push(output);
            ControlFlow::Continue(())
        });
        Some(Run { outputs, error: run.err() })
    }

    /// Looks whether what a program yields at a moment fits the reply's type.
    ///
    /// # Errors
    /// When a value does not, at the program's place.
    pub(super) fn fits(
        &self,
        program: &Program,
        input: Input,
        rules: &MethodRules,
        rule: &Compiled,
    ) -> Result<(), RuleError> {
        let Some(run) = self.run(program, input, rules, rule) else { return Ok(()) };
        for val in run.outputs.into_iter().filter_map(Output::into_value) {
            if let Err(error) = view::to_wire(&rules.output, &val, &mut Vec::new()) {
                let path = error.path().map(|path| format!(" at {path}")).unwrap_or_default();
                let message = format!(
                    "for the example request the reply is no {}{path}: {}",
                    rules.output.type_name(),
                    error.message()
                );
                return Err(
                    RuleError::new(message, program.origin().clone()).with_nearest(error.nearest().to_vec())
                );
            }
        }
        Ok(())
    }

    /// The error that a program ends with on the example, which may be meant; a status is.
    fn failure(
        &self,
        program: &Program,
        input: Input,
        rules: &MethodRules,
        rule: &Compiled,
    ) -> Option<RuleError> {
        let error = self.run(program, input, rules, rule)?.error?;
        if error.bound().is_some() || super::Status::is_meant(&error) {
            return None;
        }
        let message = format!("for the example request: {}", error.message());
        Some(RuleError::new(message, program.origin().clone()))
    }
}

impl MethodRules {
    /// What the rules' programs fail with on the method's example request. It may be meant, or be no fault at all:
    /// `when` keeps such requests from a rule.
    pub fn doubts(&self) -> Vec<RuleError> {
        let trial = Trial::new(self);
        let mut doubts = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.rule.is_for_one()) {
            let compiled = &rule.rule;
            let conditions =
                compiled.when.iter().chain(&compiled.per).map(|program| (program, self.chosen_by));
            let pieces = rule.acts.iter().flat_map(MethodAct::moments);
            let programs = pieces.flat_map(|(input, pieces)| {
                pieces.iter().filter_map(move |piece| match piece {
                    Piece::Program(program) => Some((program, input)),
                    Piece::Message(_) => None,
                })
            });
            for (program, input) in conditions.chain(programs) {
                doubts.extend(trial.failure(program, input, self, compiled));
            }
        }
        doubts
    }
}
