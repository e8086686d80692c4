//! A run of a program that rests between two outputs.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use jaq_json::Val;

use super::error::QueryError;
use super::limits::Limits;
use super::machine::{self, Inner};
use super::meter;
use super::program::Output;
use super::world::World;

/// A run that is pulled one output at a time, and costs nothing while it rests. It stays on its thread.
///
/// jaq's iterator borrows the program, the world and what both hold. An async block may own all of them
/// and lend them to itself, in safe code; it awaits nothing but the next pull.
pub struct Suspended {
    run: Pin<Box<dyn Future<Output = Result<(), QueryError>>>>,
    rest: Rc<Rest>,
    over: bool,
}

/// What a run and who pulls it hand to each other.
struct Rest {
    limits: Cell<Limits>,
    output: RefCell<Option<Output>>,
}

impl Suspended {
    pub(super) fn new(program: Arc<Inner>, world: Box<dyn World>, input: Val, variables: Vec<Val>) -> Self {
        let rest = Rc::new(Rest { limits: Cell::new(Limits::inline()), output: RefCell::new(None) });
        let run = Box::pin(run(program, world, input, variables, Rc::clone(&rest)));
        Self { run, rest, over: false }
    }

    /// The next output, under these limits; `None` at the end of the run, also after an error. The bound of outputs
    /// is the caller's to hold.
    pub fn pull(&mut self, limits: &Limits) -> Option<Result<Output, QueryError>> {
        if self.over {
            return None;
        }
        self.rest.limits.set(*limits);
        match self.run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => self.rest.output.take().map(Ok),
            Poll::Ready(result) => {
                self.over = true;
                result.err().map(Err)
            }
        }
    }
}

async fn run(
    program: Arc<Inner>,
    world: Box<dyn World>,
    input: Val,
    variables: Vec<Val>,
    rest: Rc<Rest>,
) -> Result<(), QueryError> {
    let broken = |broken| program.broken(&broken);
    let filter = program.filter()?;
    let begun = meter::run(&rest.limits.get(), || machine::results(filter, &*world, input, variables));
    let mut results = begun.map_err(broken)?;
    loop {
        let next = meter::run(&rest.limits.get(), || results.next().map(|result| program.output(result)));
        let Some(output) = next.map_err(broken)? else { return Ok(()) };
        rest.output.replace(Some(output?));
        // Pending once: until the next pull.
        let mut rested = false;
        poll_fn(|_| if std::mem::replace(&mut rested, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

impl std::fmt::Debug for Suspended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suspended").field("over", &self.over).finish_non_exhaustive()
    }
}
