//! How far each address was come with, for those who wait for one of them and those who say why there is none.

use std::fmt;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::leaf::Layer;
use crate::leaf::os_cause::words;

use super::connection::Phases;
use super::error::{ConnectError, Kind};
use super::proxy::Refusal;
use super::resolve::Unresolved;

/// One address that was tried, or a name that led to none.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) place: String,
    /// What is under way, or what failed.
    layer: Layer,
    phases: Phases,
    /// `None` while nobody has answered.
    pub(super) failure: Option<Trouble>,
}

/// What keeps one address from being connected to.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The system, or a proxy, before there is anything to shake hands over.
    System(io::Error),
    /// Something in the handshakes.
    Handshake(ConnectError),
}

impl From<ConnectError> for Trouble {
    fn from(error: ConnectError) -> Self {
        Self::Handshake(error)
    }
}

impl From<Unresolved> for Attempt {
    fn from(name: Unresolved) -> Self {
        Self::unresolved(name.place(), name.cause)
    }
}

impl Attempt {
    /// A name that led to no address.
    pub(super) fn unresolved(place: String, cause: io::Error) -> Self {
        let failure = Some(Trouble::System(cause));
        Self { place, layer: Layer::Resolve, phases: Phases::default(), failure }
    }

    /// The system's cause, if it was the system.
    pub(super) fn cause(&self) -> Option<&io::Error> {
        match &self.failure {
            Some(Trouble::System(error)) => Some(error),
            _ => None,
        }
    }

    pub(super) fn refusal(&self) -> Option<&Refusal> {
        self.cause().and_then(Refusal::of)
    }

    pub(super) fn may_pass(&self) -> bool {
        match &self.failure {
            None => true,
            Some(Trouble::Handshake(error)) => error.may_pass(),
            Some(Trouble::System(error)) if error.kind() == io::ErrorKind::PermissionDenied => false,
            Some(Trouble::System(_)) => self.refusal().is_none_or(Refusal::may_pass),
        }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.cause().is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    }

    /// The cause: the system's without the number that Rust adds.
    pub(super) fn text(&self) -> String {
        match &self.failure {
            None => "no answer".to_owned(),
            Some(Trouble::System(error)) => words(error),
            Some(Trouble::Handshake(error)) => error.to_string(),
        }
    }
}

/// The address and its cause.
impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.failure {
            // It names the address itself.
            Some(Trouble::Handshake(error)) => error.fmt(f),
            _ => write!(f, "{} ({})", self.place, self.text()),
        }
    }
}

/// So many addresses are named where all of them failed.
const NAMED: usize = 8;

/// `a`, `a and b`, `a, b and c`; of many some are only counted.
pub(super) fn join(mut parts: Vec<String>) -> String {
    let more = more(parts.len());
    parts.truncate(parts.len() - more);
    let last = if more > 0 { Some(format!("{more} others")) } else { parts.pop() };
    match last {
        None => String::new(),
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} and {last}", parts.join(", ")),
    }
}

/// How many of so many are only counted: a list may have thousands.
pub(super) fn more(all: usize) -> usize {
    if all > NAMED { all - NAMED + 1 } else { 0 }
}

/// All of them, each with its cause.
pub(super) fn failures(attempts: &[Attempt]) -> String {
    join(attempts.iter().map(ToString::to_string).collect())
}

/// How far connecting has come. It is written while addresses are tried beside each other, and read when that ends
/// or takes too long.
#[derive(Debug, Default)]
pub(super) struct Progress(Mutex<Come>);

#[derive(Debug, Default)]
struct Come {
    /// How long names took, when they are done.
    dns: Option<Duration>,
    attempts: Vec<Attempt>,
    /// How far the one came that came farthest, when it is over.
    farthest: Option<(Layer, Phases)>,
}

impl Progress {
    fn come(&self) -> MutexGuard<'_, Come> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names are addresses now; some may have led to none.
    pub(super) fn resolved(&self, dns: Duration, without: Vec<Attempt>) {
        let mut come = self.come();
        come.dns = Some(dns);
        come.attempts = without;
    }

    /// An address is tried; its number.
    pub(super) fn begin(&self, place: String) -> usize {
        let mut come = self.come();
        let phases = Phases { dns: come.dns.unwrap_or_default(), ..Phases::default() };
        come.attempts.push(Attempt { place, layer: Layer::Connect, phases, failure: None });
        come.attempts.len() - 1
    }

    /// It has come to this layer, and the phases before took so long.
    pub(super) fn reach(&self, number: usize, layer: Layer, write: impl FnOnce(&mut Phases)) -> Phases {
        let attempt = &mut self.come().attempts[number];
        attempt.layer = layer;
        write(&mut attempt.phases);
        attempt.phases
    }

    /// It has failed.
    pub(super) fn fail(&self, number: usize, trouble: Trouble) {
        self.come().attempts[number].failure = Some(trouble);
    }

    /// How long each phase took, as all until now took so long: those of the address that came farthest.
    pub(super) fn phases(&self, begun: Instant) -> Phases {
        let come = self.come();
        let (layer, phases) = match (come.dns, come.farthest) {
            (None, _) => (Layer::Resolve, Phases::default()),
            (Some(dns), None) => (Layer::Connect, Phases { dns, ..Phases::default() }),
            (_, Some(farthest)) => farthest,
        };
        phases.with_last(layer, begun.elapsed())
    }

    /// Why no address could be connected to: what the one says that came farthest, with the others beside it.
    pub(super) fn failed(&self) -> ConnectError {
        let (mut attempts, at) = self.end(|_| true);
        match at.map(|at| attempts.remove(at)) {
            Some(Attempt { failure: Some(Trouble::Handshake(error)), .. }) if attempts.is_empty() => error,
            Some(Attempt { failure: Some(Trouble::Handshake(error)), .. }) => {
                Kind::Several { cause: Box::new(error), others: attempts }.into()
            }
            decides => {
                if let (Some(at), Some(attempt)) = (at, decides) {
                    attempts.insert(at, attempt);
                }
                Kind::Unreachable(attempts).into()
            }
        }
    }

    /// It took too long.
    pub(super) fn timed_out(&self, after: Duration) -> ConnectError {
        let resolved = self.come().dns.is_some();
        let (mut attempts, at) = self.end(|attempt| attempt.failure.is_none());
        let layer = match at {
            _ if !resolved => Layer::Resolve,
            Some(at) if attempts[at].layer != Layer::Connect => {
                // Whom it is about stands first.
                let about = attempts.remove(at);
                attempts.insert(0, about);
                attempts[0].layer
            }
            _ => Layer::Connect,
        };
        Kind::TimedOut { layer, after, attempts }.into()
    }

    /// Gives out what there is, and which of those that count has come farthest.
    fn end(&self, counts: impl Fn(&Attempt) -> bool) -> (Vec<Attempt>, Option<usize>) {
        let mut come = self.come();
        let attempts = std::mem::take(&mut come.attempts);
        let at = farthest(&attempts, counts);
        come.farthest = at.map(|at| (attempts[at].layer, attempts[at].phases));
        (attempts, at)
    }
}

/// The first of those that have come farthest. Names that led to no address do not count.
fn farthest(attempts: &[Attempt], counts: impl Fn(&Attempt) -> bool) -> Option<usize> {
    let depth = |attempt: &Attempt| match attempt.layer {
        Layer::Resolve => 0,
        Layer::Connect => 1,
        Layer::Tls => 2,
        _ => 3,
    };
    let deepest = attempts.iter().filter(|one| counts(one)).map(depth).max().filter(|depth| *depth > 0)?;
    attempts.iter().position(|one| counts(one) && depth(one) == deepest)
}
