//! How much a run of a program may cost.

use std::time::Instant;

/// The bounds of one run. A run that meets one ends with an error that answers [`super::QueryError::bound`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Evaluation steps. One step is one visit of a term; copying and comparing cost steps by their size.
    pub steps: u64,
    /// Values that the program may yield.
    pub outputs: usize,
    /// Bytes that all values together may take that are made on the way, freed ones included.
    pub bytes: u64,
    /// Bytes of stack below the caller's frame.
    pub stack: usize,
    /// When the run ends, whatever it has cost.
    pub deadline: Option<Instant>,
    /// Which stack the run stands on.
    pub place: Place,
}

/// Where a run takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the caller's stack.
    Here,
    /// On the caller's stack, which is as large as one apart.
    Roomy,
    /// On a thread of its own with a stack that is large enough; the caller waits.
    Apart,
}

impl Limits {
    /// For a run in a connection's task: a few tens of microseconds up to a millisecond, and a stack of 2 MiB.
    ///
    /// What a program of 5,000 steps can chain together is dropped well within the rest of such a stack.
    pub const fn inline() -> Self {
        Self {
            steps: 5_000,
            outputs: 1_000,
            bytes: 4 << 20,
            stack: 384 << 10,
            deadline: None,
            place: Place::Here,
        }
    }

    /// For a run on a thread that may block: up to about a second.
    pub const fn full() -> Self {
        Self {
            steps: 2_000_000,
            outputs: 100_000,
            bytes: 256 << 20,
            stack: 32 << 20,
            deadline: None,
            place: Place::Apart,
        }
    }

    /// The same on a thread that was made for it.
    pub const fn roomy() -> Self {
        Self { place: Place::Roomy, ..Self::full() }
    }

    /// The stack that a thread needs for such runs: what a run has chained together is dropped there too.
    pub const ROOM: usize = (32 << 20) + (96 << 20);

    /// The same for an input of so many bytes: what it may cost grows with what there is to look at.
    #[must_use]
    pub const fn for_input(mut self, bytes: usize) -> Self {
        self.steps = self.steps.saturating_add((bytes as u64).saturating_mul(100));
        self.bytes = self.bytes.saturating_add((bytes as u64).saturating_mul(64));
        self.outputs = self.outputs.saturating_add(bytes);
        self
    }

    /// The same with a deadline.
    #[must_use]
    pub const fn until(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }
}

/// The bound that a run met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// [`Limits::steps`]
    Steps,
    /// [`Limits::outputs`]
    Outputs,
    /// [`Limits::bytes`]
    Bytes,
    /// [`Limits::stack`]
    Stack,
    /// [`Limits::deadline`]
    Deadline,
    /// A value nests deeper than [`MAX_DEPTH`].
    Depth,
}

/// How deep arrays and objects may nest in a value that a program makes.
pub const MAX_DEPTH: u32 = 512;

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Steps => "it takes too many steps",
            Self::Outputs => "it yields too many values",
            Self::Bytes => "it needs too much memory",
            Self::Stack => "it calls itself too deeply",
            Self::Deadline => "it takes longer than the call",
            Self::Depth => "it nests values too deeply",
        })
    }
}
