//! What stands behind a program: its text until it is compiled, and what jaq runs it on.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use jaq_core::data::{DataT, HasLut};
use jaq_core::{Ctx, Filter, Lut, ValX, ValXs, Vars};
use jaq_json::Val;

use super::compile::{self, Offer};
use super::definitions::Definitions;
use super::error::{Origin, QueryError};
use super::meter;
use super::meter::Broken;
use super::program::Output;
use super::shape::Shapes;
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
    pub(super) filter: OnceLock<Box<Result<Ready, QueryError>>>,
    /// What it has in common with others.
    pub(super) shapes: Option<Arc<Shapes>>,
}

/// What jaq runs, which programs may share, and the literals of this one.
pub(super) struct Ready {
    pub(super) filter: Arc<Filter<Machine>>,
    pub(super) literals: Box<[Val]>,
}

impl Ready {
    /// What is shared with nobody.
    pub(super) fn alone(filter: Filter<Machine>) -> Self {
        Self { filter: Arc::new(filter), literals: Box::default() }
    }
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
    pub(super) fn filter(&self) -> Result<&Ready, QueryError> {
        let Self { text, variables, kinds, definitions, origin, filter, shapes, .. } = self;
        let compile = || {
            let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
            let offer = Offer { variables: &variables, kinds, definitions };
            let shared = shapes.as_ref().and_then(|shapes| shapes.ready(text, offer, origin));
            Box::new(match shared {
                Some(ready) => Ok(ready),
                None => compile::compile(text, offer, origin).map(Ready::alone),
            })
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
    Ready { filter, literals }: &'a Ready,
    world: &'a dyn World,
    input: Val,
    variables: Vec<Val>,
) -> ValXs<'a, Item> {
    let variables = Vars::new(variables.into_iter().chain(literals.iter().cloned()).map(Item::outside));
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
