//! A compiled program, and its runs.

use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use jaq_core::data::{DataT, HasLut};
use jaq_core::{Ctx, Filter, Lut, ValX, Vars};
use jaq_json::Val;

use super::compile::Offer;
pub use super::compile::Outline;
use super::definitions::Definitions;
use super::error::{Origin, QueryError};
use super::limits::{Bound, Limits, Place};
use super::meter::Broken;
use super::step::{Step, StepKind};
use super::straight::Straight;
use super::value::Item;
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

struct Inner {
    text: Box<str>,
    variables: Vec<String>,
    kinds: Box<[StepKind]>,
    definitions: Definitions,
    origin: Origin,
    straight: Option<Box<Straight>>,
    /// What jaq runs, made when it is first needed: of very many programs only a few are.
    filter: OnceLock<Result<Filter<Machine>, QueryError>>,
}

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
        kinds: &[StepKind],
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
        kinds: &[StepKind],
        definitions: &Definitions,
        origin: Origin,
    ) -> Result<Self, QueryError> {
        let compile::Read { variables: named, straight, sure } =
            compile::read(text, Offer { variables, kinds, definitions }, &origin)?;
        let program = Self(Arc::new(Inner {
            text: text.into(),
            variables: named,
            kinds: kinds.into(),
            definitions: definitions.clone(),
            origin,
            straight: straight.map(Box::new),
            filter: OnceLock::new(),
        }));
        if !sure {
            // What is offered is named in an error, so all of it is needed here.
            let offer = Offer { variables, kinds, definitions };
            let filter = compile::compile(text, offer, program.origin())?;
            let _ = program.0.filter.set(Ok(filter));
        }
        Ok(program)
    }

    /// The same program, which, once compiled, is not kept by this one: for a look at what very many programs do.
    #[must_use]
    pub fn apart(&self) -> Self {
        let Inner { text, variables, kinds, definitions, origin, straight, filter } = &*self.0;
        if straight.is_some() || filter.get().is_some() {
            return self.clone();
        }
        Self(Arc::new(Inner {
            text: text.clone(),
            variables: variables.clone(),
            kinds: kinds.clone(),
            definitions: definitions.clone(),
            origin: origin.clone(),
            straight: None,
            filter: OnceLock::new(),
        }))
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether it runs without jaq on most inputs.
    pub fn is_straight(&self) -> bool {
        self.0.straight.is_some()
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
            holds = !matches!(output, Output::Value(Val::Null | Val::Bool(false)));
            if holds { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(holds)
    }

    #[cfg(test)]
    pub(super) fn straight(&self) -> Option<&Straight> {
        self.0.straight.as_deref()
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
        if let Some(val) = self.0.straight.as_ref().and_then(|straight| straight.run(&input, limits)) {
            let _ = take(Output::Value(val));
            return Ok(());
        }
        if limits.place == Place::Here {
            return self.each_here(input, variables, limits, budget, take);
        }
        let apart = std::thread::Builder::new().stack_size(limits.stack + RESERVE);
        std::thread::scope(|scope| {
            let run = apart.spawn_scoped(scope, || self.each_here(input, variables, limits, budget, take));
            let failed = |why| QueryError::broken(why, &self.0.origin);
            run.map_err(|_| failed("no thread could be started for the program"))?
                .join()
                .map_err(|_| failed("the program failed"))?
        })
    }

    fn filter(&self) -> Result<&Filter<Machine>, QueryError> {
        let Inner { text, variables, kinds, definitions, origin, filter, .. } = &*self.0;
        let compile = || {
            let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
            compile::compile(text, Offer { variables: &variables, kinds, definitions }, origin)
        };
        filter.get_or_init(compile).as_ref().map_err(Clone::clone)
    }

    fn each_here(
        &self,
        input: Val,
        variables: Vec<Val>,
        limits: &Limits,
        budget: Budget,
        mut take: impl FnMut(Output) -> ControlFlow<()>,
    ) -> Result<(), QueryError> {
        let origin = &self.0.origin;
        let filter = self.filter()?;
        let done = meter::run(limits, || {
            let variables = Vars::new(variables.into_iter().map(Item::outside));
            let context = Ctx::<Machine>::new(Seat(&filter.lut), variables);
            let mut left = limits.outputs;
            for result in filter.id.run((context, Item::outside(input))) {
                let item = settled(result).map_err(|val| QueryError::thrown(val, origin))?;
                if left == 0 {
                    return Err(QueryError::exhausted(Bound::Outputs, origin));
                }
                left -= 1;
                let output = Step::of(item).map_or_else(|item| Output::Value(item.into_val()), Output::Step);
                if take(output).is_break() {
                    break;
                }
                if budget == Budget::EachOutput {
                    meter::renew(limits);
                }
            }
            Ok(())
        });
        done.unwrap_or_else(|broken| {
            Err(match broken {
                Broken::Stopped(bound) => QueryError::exhausted(bound, origin),
                Broken::Step => QueryError::broken(
                    "a step, such as wait, is no value: it can only be yielded by itself",
                    origin,
                ),
                Broken::Panicked => QueryError::broken("the program failed inside jq", origin),
            })
        })
    }
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

/// A result of the main filter, the error as the value that it carries.
fn settled(result: ValX<'_, Item>) -> Result<Item, Val> {
    result.map_err(|exception| {
        // `halt` is not among the functions, and labels and tail calls are settled inside.
        exception.get_err().map_or(Val::Null, |error| error.into_val().into_val())
    })
}

/// What jaq runs on: our values, and a table of terms that ticks when it is asked for.
pub(super) struct Machine;

impl DataT for Machine {
    type V<'a> = Item;
    type Data<'a> = Seat<'a>;
}

/// The table of terms; asked for at every step.
#[derive(Clone, Copy)]
pub(super) struct Seat<'a>(&'a Lut<Machine>);

impl<'a> HasLut<'a, Machine> for Seat<'a> {
    fn lut(&self) -> &'a Lut<Machine> {
        meter::tick();
        self.0
    }
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
