//! A compiled program, and its runs.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use jaq_json::Val;

use super::compile::Offer;
pub use super::compile::Outline;
use super::definitions::Definitions;
use super::error::{Origin, QueryError};
use super::limits::{Bound, Limits, Place};
use super::machine::{Inner, Ready, results};
use super::shape::Shapes;

use super::step::{Step, StepKind};
use super::suspended::Suspended;
use super::world::{Nowhere, World};
use super::{compile, meter};

/// The stack that a run apart has beyond what it may use: what it has chained together is dropped there.
const RESERVE: usize = 96 << 20;

/// What a program yields.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// A JSON value.
    Value(Val),
    /// Something to do before what comes next; only of programs that were compiled to make steps.
    Step(Step),
}

impl Output {
    /// The JSON value, if it is one.
    pub fn into_value(self) -> Option<Val> {
        if let Self::Value(val) = self { Some(val) } else { None }
    }
}

/// What came of a run: what was yielded, in order, and what ended it before its end.
#[derive(Debug, Clone)]
#[must_use]
pub struct Run {
    /// What the program yielded before it ended or failed.
    pub outputs: Vec<Output>,
    /// What it failed with.
    pub error: Option<QueryError>,
}

impl Run {
    /// The outputs of a run that came to its end.
    ///
    /// # Errors
    /// What ended it before.
    pub fn into_result(self) -> Result<Vec<Output>, QueryError> {
        self.error.map_or(Ok(self.outputs), Err)
    }
}

/// A compiled jq program. Cheap to clone, and shared among threads.
#[derive(Clone)]
pub struct Program(Arc<Inner>);

impl Program {
    /// Compiles a program that may name these variables (`$name`, with the dollar).
    ///
    /// # Errors
    /// When the text is no jq, or names what is not there; with line and column in the file it came from.
    pub fn compile(text: &str, variables: &[&str], origin: Origin) -> Result<Self, QueryError> {
        Self::stepping(text, variables, &[], origin)
    }

    /// The same for a program that may make steps of these kinds.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn stepping(
        text: &str,
        variables: &[&str],
        kinds: &'static [StepKind],
        origin: Origin,
    ) -> Result<Self, QueryError> {
        Self::with(text, variables, kinds, &Definitions::default(), origin)
    }

    /// The same for a program that may call these definitions too; those that it reaches become a part of it.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn with(
        text: &str,
        variables: &[&str],
        kinds: &'static [StepKind],
        definitions: &Definitions,
        origin: Origin,
    ) -> Result<Self, QueryError> {
        let compile::Read { variables: named, straight, sure, reads_input, of_the_moment } =
            compile::read(text, Offer { variables, kinds, definitions }, &origin)?;
        let program = Self(Arc::new(Inner {
            text: text.into(),
            variables: named,
            kinds,
            definitions: definitions.clone(),
            origin,
            is_straight: straight,
            straight: OnceLock::new(),
            of_the_moment,
            reads_input,
            rests: AtomicBool::new(false),
            filter: OnceLock::new(),
            shapes: None,
        }));
        if !sure {
            // What is offered is named in an error, so all of it is needed here.
            let offer = Offer { variables, kinds, definitions };
            let filter = compile::compile(text, offer, program.origin())?;
            let _ = program.0.filter.set(Box::new(Ok(Ready::alone(filter))));
        }
        Ok(program)
    }

    /// The same program, which, once compiled, is not kept by this one: for a look at what very many programs do.
    #[must_use]
    pub fn apart(&self) -> Self {
        let Inner { text, variables, kinds, definitions, origin, straight, filter, shapes, .. } = &*self.0;
        if straight.get().is_some() || filter.get().is_some() {
            return self.clone();
        }
        Self(Arc::new(Inner {
            text: text.clone(),
            variables: variables.clone(),
            kinds,
            definitions: definitions.clone(),
            origin: origin.clone(),
            is_straight: self.0.is_straight,
            straight: OnceLock::new(),
            of_the_moment: self.0.of_the_moment,
            reads_input: self.0.reads_input,
            rests: AtomicBool::new(false),
            filter: OnceLock::new(),
            shapes: shapes.clone(),
        }))
    }

    /// The same program among others with the same definitions: what only literals tell apart is shared.
    #[must_use]
    pub fn among(mut self, shapes: &Arc<Shapes>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.shapes = Some(Arc::clone(shapes));
        }
        self
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether it runs without jaq on most inputs.
    pub fn is_straight(&self) -> bool {
        self.0.is_straight
    }

    /// What can be seen in its text.
    ///
    /// # Errors
    /// When there is no thread to look at a long one.
    pub fn outline(&self) -> Result<Outline, QueryError> {
        compile::outline(&self.0.text, &self.0.definitions, &self.0.origin)
    }

    /// The place of a byte of its text.
    pub fn place_of(&self, offset: usize) -> Origin {
        self.0.origin.place_of(&self.0.text, offset)
    }

    /// The variables that the program names, of those that were offered, in that order: a run takes a value
    /// for each of these.
    pub fn variables(&self) -> &[String] {
        &self.0.variables
    }

    /// Where the program's text begins.
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Notes that a run of it goes on for long, or after a wait.
    pub fn note_rest(&self) {
        self.0.rests.store(true, Ordering::Relaxed);
    }

    /// Whether that was noted: to begin another in a hurry would be in vain.
    pub fn rests(&self) -> bool {
        self.0.rests.load(Ordering::Relaxed)
    }

    /// Whether the program may look at its input.
    pub fn reads_input(&self) -> bool {
        self.0.reads_input
    }

    /// Whether what the program yields may change while it waits: it asks for the time or for what the server
    /// remembers, or changes that.
    pub fn is_of_the_moment(&self) -> bool {
        self.0.of_the_moment
    }

    /// Runs the program on `input`, with a value for each of [`Self::variables`], in their order.
    ///
    /// With [`Place::Here`] this neither waits nor takes much longer than its steps say; with
    /// [`Place::Apart`] it may block.
    pub fn run(&self, input: Val, variables: Vec<Val>, limits: &Limits) -> Run {
        let mut outputs = Vec::new();
        let result = self.each(input, variables, limits, Budget::Whole, |output| {
            outputs.push(output);
            ControlFlow::Continue(())
        });
        Run { outputs, error: result.err() }
    }

    /// Runs the program in this world, on the caller's stack, and hands on what it yields as soon as it does; `take`
    /// says whether the run goes on.
    ///
    /// # Errors
    /// What ended the run before its end.
    pub fn run_in(
        &self,
        world: &dyn World,
        input: Val,
        variables: Vec<Val>,
        limits: &Limits,
        mut take: impl FnMut(Output) -> ControlFlow<()>,
    ) -> Result<(), QueryError> {
        if let Some(val) = self.straightly(&input, limits) {
            let _ = take(Output::Value(val));
            return Ok(());
        }
        self.each_here(world, input, variables, limits, Budget::Whole, take)
    }

    /// What the program yields, if it is of the kind that needs no jaq, and these limits are large enough for
    /// any of them.
    pub fn straightly(&self, input: &Val, limits: &Limits) -> Option<Val> {
        self.0.straight()?.run(input, limits)
    }

    /// Begins a run that is pulled one output at a time. It stays on the thread that began it.
    pub fn begin(&self, world: Box<dyn World>, input: Val, variables: Vec<Val>) -> Suspended {
        debug_assert_eq!(variables.len(), self.0.variables.len(), "a value for each variable");
        Suspended::new(Arc::clone(&self.0), world, input, variables)
    }

    /// As [`Self::holds`], in this world and on the caller's stack.
    ///
    /// # Errors
    /// What the run failed with, which counts as false.
    pub fn holds_in(
        &self,
        world: &dyn World,
        input: Val,
        variables: Vec<Val>,
        limits: &Limits,
    ) -> Result<bool, QueryError> {
        let mut holds = false;
        self.run_in(world, input, variables, limits, |output| {
            holds = is_true(&output);
            if holds { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(holds)
    }

    /// Runs the program and hands on what it yields as soon as it does; `take` may wait, and says whether the run
    /// goes on. The limits of steps and memory hold from one output to the next, and there is none of outputs: a program
    /// may go on for ever as long as it yields.
    ///
    /// # Errors
    /// What ended the run before its end.
    pub fn feed(
        &self,
        input: Val,
        variables: Vec<Val>,
        limits: &Limits,
        take: impl FnMut(Output) -> ControlFlow<()> + Send,
    ) -> Result<(), QueryError> {
        let limits = Limits { outputs: usize::MAX, ..*limits };
        self.each(input, variables, &limits, Budget::EachOutput, take)
    }

    /// Whether the program holds: it yields something, and nothing that it yields is false or null.
    ///
    /// # Errors
    /// What the run failed with, which counts as false.
    pub fn holds(&self, input: Val, variables: Vec<Val>, limits: &Limits) -> Result<bool, QueryError> {
        let mut holds = false;
        self.each(input, variables, limits, Budget::Whole, |output| {
            holds = is_true(&output);
            if holds { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(holds)
    }

    /// The node of a program that can do without jaq.
    pub(super) fn straight_node(&self) -> Option<&super::straight::Node> {
        self.0.straight().map(|straight| &straight.0)
    }

    #[cfg(test)]
    pub(super) fn ready(&self) -> &Ready {
        self.0.filter().expect("it compiles")
    }

    #[cfg(test)]
    pub(super) fn straight(&self) -> Option<&super::straight::Straight> {
        self.0.straight()
    }

    fn each(
        &self,
        input: Val,
        variables: Vec<Val>,
        limits: &Limits,
        budget: Budget,
        mut take: impl FnMut(Output) -> ControlFlow<()> + Send,
    ) -> Result<(), QueryError> {
        debug_assert_eq!(variables.len(), self.0.variables.len(), "a value for each variable");
        if let Some(val) = self.straightly(&input, limits) {
            let _ = take(Output::Value(val));
            return Ok(());
        }
        if limits.place != Place::Apart {
            return self.each_here(&Nowhere, input, variables, limits, budget, take);
        }
        let apart = std::thread::Builder::new().stack_size(limits.stack + RESERVE);
        std::thread::scope(|scope| {
            let run = apart
                .spawn_scoped(scope, || self.each_here(&Nowhere, input, variables, limits, budget, take));
            let failed = |why| QueryError::broken(why, &self.0.origin);
            run.map_err(|_| failed("no thread could be started for the program"))?
                .join()
                .map_err(|_| failed("the program failed"))?
        })
    }

    fn each_here(
        &self,
        world: &dyn World,
        input: Val,
        variables: Vec<Val>,
        limits: &Limits,
        budget: Budget,
        mut take: impl FnMut(Output) -> ControlFlow<()>,
    ) -> Result<(), QueryError> {
        let inner = &*self.0;
        let filter = inner.filter()?;
        let done = meter::run(limits, || {
            let mut left = limits.outputs;
            for result in results(filter, world, input, variables) {
                let output = inner.output(result)?;
                if left == 0 {
                    return Err(QueryError::exhausted(Bound::Outputs, &inner.origin));
                }
                left -= 1;
                if take(output).is_break() {
                    break;
                }
                if budget == Budget::EachOutput {
                    meter::renew(limits);
                }
            }
            Ok(())
        });
        done.unwrap_or_else(|broken| Err(inner.broken(&broken)))
    }
}

fn is_true(output: &Output) -> bool {
    !matches!(output, Output::Value(Val::Null | Val::Bool(false)))
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("origin", &self.0.origin).finish_non_exhaustive()
    }
}

/// What the limits of a run hold for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Budget {
    Whole,
    EachOutput,
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
