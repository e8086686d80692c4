//! Whether a call that failed is made again, and when: gRFC A6 as a value and a function of it.

use std::time::Duration;

use tonic::metadata::MetadataMap;

use super::ending::{Ending, Origin};
use crate::leaf::Code;

/// Where a server says in its trailers when the call may be made again, in milliseconds.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// How often a call is repeated, after which ends, and how long is paused before.
///
/// It knows no time and no chance of its own: [`decide`](Self::decide) is given what it depends on. That a call of which
/// a reply or initial metadata has come is never repeated is for whoever runs it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a call is repeated at most; A6's `maxAttempts` less the first.
    pub retries: u32,
    /// The pause before the first repeat, give or take a fifth; 100 ms.
    pub initial_backoff: Duration,
    /// The longest pause, give or take a fifth; 5 s.
    pub max_backoff: Duration,
    /// By how much a pause is longer than the one before; 2.
    pub backoff_multiplier: f64,
    /// The status codes after which a call is repeated; UNAVAILABLE.
    pub codes: Vec<Code>,
}

/// What was done so far to get a call through; [`Default`] before the first try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// Repeats that count.
    repeats: u32,
    /// Of those, the ones since the server last said when to come again.
    since_pushback: u32,
    /// Whether it was repeated once without counting, as no server had looked at it.
    transparent: bool,
}

impl Tries {
    /// How many tries went before that count: what the next one says in `grpc-previous-rpc-attempts`.
    pub fn previous(&self) -> u32 {
        self.repeats
    }
}

/// A try that failed, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// The status it ended with.
    pub code: Code,
    /// Whether a server may have looked at it.
    pub looked_at: LookedAt,
    /// What the server said of another try.
    pub pushback: Pushback,
}

/// Whether a server has begun a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookedAt {
    /// It has, or may have.
    Perhaps,
    /// It has certainly not: the stream was refused, is above the last one of a GOAWAY, or never left.
    No,
}

/// What a server said about another try, in `grpc-retry-pushback-ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushback {
    /// Nothing.
    None,
    /// Make it after this time.
    After(Duration),
    /// Make none: the value is negative, or no number.
    Never,
}

/// What is to be done after a try that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The call has failed.
    Stop,
    /// It is made again.
    Again {
        /// After this pause.
        after: Duration,
        /// What was done so far, the next try included.
        tries: Tries,
    },
}

impl RetryPolicy {
    /// The defaults, with so many repeats.
    pub fn new(retries: u32) -> Self {
        Self {
            retries,
            initial_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            backoff_multiplier: 2.0,
            codes: vec![Code::UNAVAILABLE],
        }
    }

    /// Repeats after these codes, and no others.
    #[must_use]
    pub fn with_codes(mut self, codes: Vec<Code>) -> Self {
        self.codes = codes;
        self
    }

    /// What is to be done after a try that failed. `random` is evenly from 0 up to 1.
    ///
    /// A call that no server has looked at is repeated at once the first time, which does not count; after that it is as
    /// any other that may be repeated.
    pub fn decide(&self, tries: Tries, failed: Failed, random: f64) -> Decision {
        if failed.looked_at == LookedAt::No && !tries.transparent {
            let tries = Tries { transparent: true, ..tries };
            return Decision::Again { after: Duration::ZERO, tries };
        }
        let repeatable = failed.looked_at == LookedAt::No || self.codes.contains(&failed.code);
        if !repeatable || tries.repeats >= self.retries {
            return Decision::Stop;
        }
        let repeats = tries.repeats + 1;
        match failed.pushback {
            Pushback::Never => Decision::Stop,
            Pushback::After(after) => {
                Decision::Again { after, tries: Tries { repeats, since_pushback: 0, ..tries } }
            }
            Pushback::None => {
                let after = self.backoff(tries.since_pushback, random);
                let since_pushback = tries.since_pushback + 1;
                Decision::Again { after, tries: Tries { repeats, since_pushback, ..tries } }
            }
        }
    }

    /// The pause after so many pauses: `min(initial * multiplier^before, max)`, times 0.8 to 1.2.
    fn backoff(&self, before: u32, random: f64) -> Duration {
        let grown = self.initial_backoff.as_secs_f64() * self.backoff_multiplier.powf(f64::from(before));
        // The smaller of the two also where the first is infinite, or no number.
        let bounded = grown.min(self.max_backoff.as_secs_f64());
        let seconds = bounded * (0.8 + 0.4 * random.clamp(0.0, 1.0));
        Duration::try_from_secs_f64(seconds).unwrap_or(self.max_backoff)
    }
}

impl Pushback {
    /// Reads it. Several values are no number.
    pub fn of(trailers: &MetadataMap) -> Self {
        let mut said = trailers.get_all(PUSHBACK).iter();
        match (said.next(), said.next()) {
            (None, _) => Self::None,
            (Some(value), None) => {
                let text = value.to_str().unwrap_or_default();
                // A signed number of 32 bits; Rust would take a plus as well.
                let millis = text.parse::<i32>().ok().filter(|_| !text.starts_with('+'));
                match millis.map(u64::try_from) {
                    Some(Ok(millis)) => Self::After(Duration::from_millis(millis)),
                    _ => Self::Never,
                }
            }
            (Some(_), Some(_)) => Self::Never,
        }
    }
}

impl Failed {
    /// What matters of how a call ended; `None` for an end after which no policy repeats it: it went well, its time was
    /// up, this side left it or cannot send it, or its connection has never worked. Calls are repeated, and not
    /// attempts to connect.
    pub fn of(ending: &Ending) -> Option<Self> {
        if ending.status.is_ok() {
            return None;
        }
        match &ending.origin {
            Origin::Deadline | Origin::Cancelled => return None,
            Origin::NeverSent(error) | Origin::Lost(error) if !error.was_established() => return None,
            _ => {}
        }
        let looked_at = if ending.origin.is_unprocessed() { LookedAt::No } else { LookedAt::Perhaps };
        Some(Self { code: ending.status.code, looked_at, pushback: Pushback::of(&ending.trailers) })
    }
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
