//! Steps: what a program yields that is no JSON value, and the functions that make them.

use std::time::Duration;

use jaq_core::DataT;
use jaq_core::native::{unary, v};
use jaq_json::Val;

use super::functions::Named;
use super::value::{Error, Item};
use crate::leaf::duration;

/// Something to be done before what the program yields next. A step is no value: nothing that comes from a message
/// can be one, and one that is put into a value ends the run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Let this time pass.
    Wait(Duration),
}

/// A function that makes a step, for programs that may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepKind {
    /// `wait("50ms")`, or a number of seconds.
    Wait,
}

impl StepKind {
    const ALL: [Self; 1] = [Self::Wait];

    fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
        }
    }
}

/// Whether some programs have a function of this name, which makes a step.
pub(super) fn is_step(name: &str) -> bool {
    StepKind::ALL.iter().any(|kind| kind.name() == name)
}

/// The functions that make steps of these kinds.
pub(super) fn all<D: for<'a> DataT<V<'a> = Item>>(kinds: &[StepKind]) -> Vec<Named<D>> {
    let named = |kind: &StepKind| -> Named<D> {
        match kind {
            StepKind::Wait => (kind.name(), v(1), |cv| unary(cv, |_, time| wait(&time))),
        }
    };
    kinds.iter().map(named).collect()
}

/// A step that waits, known by its nanoseconds.
fn wait(time: &Item) -> Result<Item, Error> {
    let wrong = || {
        Error::str(format_args!(
            "wait takes a duration such as \"150ms\" or \"1m30s\", or a number of seconds, not {time}"
        ))
    };
    let duration = match time.val() {
        Val::TStr(text) => {
            let text = std::str::from_utf8(text).map_err(|_| wrong())?;
            duration::parse(text).map_err(|error| Error::str(format_args!("wait: {error}")))?
        }
        Val::Num(_) => {
            let seconds = jaq_std::ValT::as_f64(time).ok_or_else(wrong)?;
            Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?
        }
        _ => return Err(wrong()),
    };
    // Longer than a program can say in nanoseconds is as good as for ever.
    Ok(Item::step(Val::from(isize::try_from(duration.as_nanos()).unwrap_or(isize::MAX))))
}

impl Step {
    /// The step that an item is; the item itself if it is a value.
    pub(super) fn of(item: Item) -> Result<Self, Item> {
        item.into_step().map(|payload| {
            let nanos = jaq_std::ValT::as_isize(&payload).and_then(|nanos| u64::try_from(nanos).ok());
            Self::Wait(Duration::from_nanos(nanos.unwrap_or(0)))
        })
    }
}
