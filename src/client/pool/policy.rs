//! How calls are spread over addresses: what each policy wants of them, as a function of what they are in.

use std::fmt;

use tokio::time::Instant;

use super::life::{Life, State};
use super::pick_first::PickFirst;

/// How calls are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LoadBalancing {
    /// All to the first address that works (gRFC A61).
    #[default]
    PickFirst,
    /// To all in turn.
    RoundRobin,
    /// To the one of two or more, drawn by chance, that has fewest calls open (gRFC A48).
    LeastRequest,
    /// To all in turn, more often to those that say they have more room (gRFC A58, by reports in trailers or beside the calls, A51).
    WeightedRoundRobin,
}

impl LoadBalancing {
    /// All there are.
    pub const ALL: [Self; 4] =
        [Self::PickFirst, Self::RoundRobin, Self::LeastRequest, Self::WeightedRoundRobin];

    /// The name as gRPC spells it, without the `_experimental` that `least_request` has there.
    pub fn name(self) -> &'static str {
        match self {
            Self::PickFirst => "pick_first",
            Self::RoundRobin => "round_robin",
            Self::LeastRequest => "least_request",
            Self::WeightedRoundRobin => "weighted_round_robin",
        }
    }

    /// Reads a name; `None` for one that is not known.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.strip_suffix("_experimental").unwrap_or(name);
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

impl fmt::Display for LoadBalancing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a policy wants done, and what it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) state: State,
    /// The addresses that calls may go to.
    pub(super) ready: Vec<usize>,
    /// The addresses to connect to.
    pub(super) connect: Vec<usize>,
    /// The addresses that are not needed any longer.
    pub(super) drop: Vec<usize>,
    /// When to ask again though nothing has happened.
    pub(super) again: Option<Instant>,
    /// Whether the names are to be looked up again.
    pub(super) resolve: bool,
}

impl Default for Step {
    fn default() -> Self {
        Self {
            state: State::Idle,
            ready: Vec::new(),
            connect: Vec::new(),
            drop: Vec::new(),
            again: None,
            resolve: false,
        }
    }
}

/// A policy in time.
#[derive(Debug, Clone)]
pub(super) enum Policy {
    PickFirst(PickFirst),
    /// All addresses at once, however calls are spread over them. How often each was in trouble when it was last looked at
    /// tells when to look the names up again.
    All {
        troubles: Vec<u64>,
    },
}

impl Policy {
    pub(super) fn new(how: LoadBalancing) -> Self {
        match how {
            LoadBalancing::PickFirst => Self::PickFirst(PickFirst::default()),
            _ => Self::All { troubles: Vec::new() },
        }
    }

    /// What is to be done, by what the addresses are in now. `wanted` is whether anybody has a call to make.
    pub(super) fn step(&mut self, lives: &[Life], wanted: bool, now: Instant) -> Step {
        match self {
            Self::PickFirst(policy) => policy.step(lives, wanted, now),
            Self::All { troubles } => all(lives, troubles),
        }
    }

    /// The list of addresses is another: `now_at` says where in the new one each of the old stands.
    pub(super) fn relist(&mut self, now_at: &[Option<usize>], len: usize) {
        match self {
            Self::PickFirst(policy) => {
                let chosen = policy.chosen().and_then(|chosen| now_at.get(chosen).copied().flatten());
                policy.relist(chosen);
            }
            Self::All { troubles } => {
                let mut moved = vec![0; len];
                for (was, at) in now_at.iter().enumerate() {
                    if let Some(at) = at {
                        moved[*at] = troubles.get(was).copied().unwrap_or_default();
                    }
                }
                *troubles = moved;
            }
        }
    }
}

/// Every address is connected to as soon as it is idle. READY as soon as one is; `TRANSIENT_FAILURE` when all have failed
/// and none has worked since, also while they are tried again. Names are looked up again each time one is lost or fails, and
/// not only the first time: whoever writes down where a server has gone may be slower than it.
fn all(lives: &[Life], troubles: &mut Vec<u64>) -> Step {
    let mut step = Step::default();
    troubles.resize(lives.len(), 0);
    let mut hopeful = false;
    for (at, life) in lives.iter().enumerate() {
        match life.state() {
            State::Ready => step.ready.push(at),
            State::Idle => step.connect.push(at),
            State::Connecting | State::TransientFailure => {}
        }
        hopeful |= !life.has_failed();
        step.resolve |= std::mem::replace(&mut troubles[at], life.troubles()) != life.troubles();
    }
    step.again = lives.iter().filter_map(Life::until).min();
    step.state = match (step.ready.is_empty(), hopeful) {
        (false, _) => State::Ready,
        (true, true) => State::Connecting,
        (true, false) => State::TransientFailure,
    };
    step
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
