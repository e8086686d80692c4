//! What stands behind a program: its text until it is compiled, and what jaq runs it on.

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use jaq_core::data::{DataT, HasLut};
use jaq_core::{Ctx, Filter, Lut, ValX, ValXs, Vars};
use jaq_json::Val;

use super::compile::{self, Offer};
use super::definitions::Definitions;
use super::error::{Origin, QueryError};
use super::meter;
use super::meter::Broken;
use super::program::Output;
use super::step::{Step, StepKind};
use super::straight::Straight;
use super::value::Item;
use super::world::World;

/// A program's text and all that it may use, and what became of them.
pub(super) struct Inner {
    pub(super) text: Box<str>,
    pub(super) variables: Box<[String]>,
    pub(super) kinds: &'static [StepKind],
    pub(super) definitions: Definitions,
    pub(super) origin: Origin,
    /// Whether it can do without jaq.
    pub(super) is_straight: bool,
    /// What is run instead, made when it is first needed: it takes many times the memory of the text.
    pub(super) straight: OnceLock<Option<Box<Straight>>>,
    pub(super) of_the_moment: bool,
    pub(super) reads_input: bool,
    pub(super) rests: AtomicBool,
    /// What jaq runs, made when it is first needed: of very many programs only a few are.
    pub(super) filter: OnceLock<Box<Result<Filter<Machine>, QueryError>>>,
}

impl Inner {
    /// What is run without jaq; it is made when it is first wanted.
    pub(super) fn straight(&self) -> Option<&Straight> {
        if !self.is_straight {
            return None;
        }
        self.straight.get_or_init(|| compile::straight(&self.text, &self.origin).map(Box::new)).as_deref()
    }

    /// What jaq runs; it is made when it is first wanted.
    pub(super) fn filter(&self) -> Result<&Filter<Machine>, QueryError> {
        let Self { text, variables, kinds, definitions, origin, filter, .. } = self;
        let compile = || {
            let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
            Box::new(compile::compile(text, Offer { variables: &variables, kinds, definitions }, origin))
        };
        (**filter.get_or_init(compile)).as_ref().map_err(Clone::clone)
    }

    /// One result of the run.
    pub(super) fn output(&self, result: ValX<'_, Item>) -> Result<Output, QueryError> {
        let item = settled(result).map_err(|val| QueryError::thrown(val, &self.origin))?;
        Ok(Step::of(item).map_or_else(|item| Output::Value(item.into_val()), Output::Step))
    }

    /// What to say of a run that was ended.
    pub(super) fn broken(&self, broken: &Broken) -> QueryError {
        match broken {
            Broken::Stopped(bound) => QueryError::exhausted(*bound, &self.origin),
            Broken::Step => QueryError::broken(
                "a step, such as wait, is no value: it can only be yielded by itself",
                &self.origin,
            ),
            Broken::Panicked => QueryError::broken("the program failed inside jq", &self.origin),
        }
    }
}

/// The run as jaq gives it: nothing is done before it is pulled.
pub(super) fn results<'a>(
    filter: &'a Filter<Machine>,
    world: &'a dyn World,
    input: Val,
    variables: Vec<Val>,
) -> ValXs<'a, Item> {
    let variables = Vars::new(variables.into_iter().map(Item::outside));
    let context = Ctx::<Machine>::new(Seat { lut: &filter.lut, world }, variables);
    filter.id.run((context, Item::outside(input)))
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

/// The table of terms, asked for at every step, and the world.
#[derive(Clone, Copy)]
pub(super) struct Seat<'a> {
    lut: &'a Lut<Machine>,
    world: &'a dyn World,
}

impl<'a> Seat<'a> {
    pub(super) fn world(&self) -> &'a dyn World {
        self.world
    }
}

impl<'a> HasLut<'a, Machine> for Seat<'a> {
    fn lut(&self) -> &'a Lut<Machine> {
        meter::tick();
        self.lut
    }
}
