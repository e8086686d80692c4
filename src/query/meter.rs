//! The meter that every step of a program ticks, and that ends a run which costs too much.
//!
//! jaq has no hook to end a run, but it asks the embedder for its table of terms at every step, and all its
//! values are ours. A run that meets a bound is left by unwinding (without the panic hook), which safe code
//! may do; the release profile keeps `panic = "unwind"` for it. The meter lives in the thread, because values
//! cannot carry it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use super::limits::{Bound, Limits};

/// How many steps pass between two looks at the clock; a power of two.
const CLOCK_EVERY: u64 = 256;

/// One step for this many bytes that are copied or compared.
const BYTES_A_STEP: u64 = 256;

struct Meter {
    steps: Cell<u64>,
    bytes: Cell<u64>,
    floor: Cell<usize>,
    deadline: Cell<Option<Instant>>,
}

thread_local! {
    /// Outside a run nothing is bounded.
    static METER: Meter = const {
        Meter {
            steps: Cell::new(u64::MAX),
            bytes: Cell::new(u64::MAX),
            floor: Cell::new(0),
            deadline: Cell::new(None),
        }
    };
}

/// What unwinds out of a run that is not to go on.
enum Stopped {
    Bound(Bound),
    Step,
}

/// Why a run under the meter did not come to its end.
pub(super) enum Broken {
    /// It met a bound.
    Stopped(Bound),
    /// It used a step as a value.
    Step,
    /// jaq panicked; this is a bug, but not a reason to end the process.
    Panicked,
}

/// Runs `work` under these limits.
pub(super) fn run<T>(limits: &Limits, work: impl FnOnce() -> T) -> Result<T, Broken> {
    let here = address();
    let before = METER.with(|meter| {
        let floor = here.saturating_sub(limits.stack);
        (
            meter.steps.replace(limits.steps),
            meter.bytes.replace(limits.bytes),
            meter.floor.replace(floor),
            meter.deadline.replace(limits.deadline),
        )
    });
    let done = catch_unwind(AssertUnwindSafe(work));
    METER.with(|meter| {
        meter.steps.set(before.0);
        meter.bytes.set(before.1);
        meter.floor.set(before.2);
        meter.deadline.set(before.3);
    });
    done.map_err(|payload| {
        payload.downcast::<Stopped>().map_or(Broken::Panicked, |stopped| match *stopped {
            Stopped::Bound(bound) => Broken::Stopped(bound),
            Stopped::Step => Broken::Step,
        })
    })
}

/// Counts one step, and looks at the stack and, now and then, at the clock.
#[inline]
pub(super) fn tick() {
    spend(1);
}

/// Counts several steps at once.
#[inline]
pub(super) fn spend(steps: u64) {
    METER.with(|meter| {
        let left = meter.steps.get();
        if left < steps {
            stop(Bound::Steps);
        }
        meter.steps.set(left - steps);
        if address() < meter.floor.get() {
            stop(Bound::Stack);
        }
        let passes = left / CLOCK_EVERY != (left - steps) / CLOCK_EVERY;
        if passes && meter.deadline.get().is_some_and(|deadline| Instant::now() >= deadline) {
            stop(Bound::Deadline);
        }
    });
}

/// Counts memory that is about to be taken, or that just was.
#[inline]
pub(super) fn charge(bytes: usize) {
    METER.with(|meter| {
        let (left, bytes) = (meter.bytes.get(), bytes as u64);
        if left < bytes {
            stop(Bound::Bytes);
        }
        meter.bytes.set(left - bytes);
        if bytes >= BYTES_A_STEP {
            spend(bytes / BYTES_A_STEP);
        }
    });
}

/// Counts work over this many bytes that takes no memory.
pub(super) fn work(bytes: usize) {
    let steps = bytes as u64 / BYTES_A_STEP;
    if steps > 0 {
        spend(steps);
    }
}

/// Leaves the run.
#[cold]
pub(super) fn stop(bound: Bound) -> ! {
    resume_unwind(Box::new(Stopped::Bound(bound)))
}

/// Leaves the run, because a step stands where a value is wanted.
#[cold]
pub(super) fn stop_at_step() -> ! {
    resume_unwind(Box::new(Stopped::Step))
}

/// Begins to count anew within a run: what comes next may cost as much again. The stack's floor stays.
pub(super) fn renew(limits: &Limits) {
    METER.with(|meter| {
        meter.steps.set(limits.steps);
        meter.bytes.set(limits.bytes);
    });
}

/// Where the stack stands.
#[inline]
fn address() -> usize {
    let local = 0_u8;
    std::ptr::from_ref(&local).addr()
}
