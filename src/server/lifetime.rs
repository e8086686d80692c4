//! How long a connection lives: until the server drains, a call wants it to go, it is too old or idle, or its client silent.

use std::future::Future;
use std::hash::BuildHasher;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use h2::server::Connection;
use h2::{Ping, PingPong, Reason};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Limits;
use super::line::Line;
use super::stage::Stages;

/// How long a connection that was told to go, and has no calls, waits for the client to take notice.
const LINGER: Duration = Duration::from_secs(1);

/// How far a connection's farewell has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Farewell {
    /// Nobody wants it to go.
    NotYet,
    /// It was told to go; when to look whether anything is left.
    Told(Instant),
    /// It took no notice, and was told which calls nobody will look at.
    Said,
}

/// A connection's way to its end.
pub(super) struct Lifetime {
    stages: Arc<Stages>,
    line: Arc<Line>,
    limits: Limits,
    signal: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Whether our task is registered with the signal; once is enough, a task's waker does not change.
    registered: bool,
    /// Runs out when the earliest of what follows is due; none when nothing ever is.
    clock: Option<Pin<Box<Sleep>>>,
    /// Whether our task is registered with the clock as it is set now.
    ticking: bool,
    /// When it is too old.
    age: Option<Instant>,
    /// When to look whether it is idle, and at how many looks in a row it was without calls, none between them.
    idle: Option<Instant>,
    quiet: u8,
    /// When to ask for a sign of life; whether one is owed.
    keepalive: Option<Instant>,
    ping: Option<PingPong>,
    owed: bool,
    farewell: Farewell,
    /// When its calls are cut.
    cut: Option<Instant>,
}

impl Lifetime {
    pub(super) fn new(stages: &Arc<Stages>, limits: Limits, line: &Arc<Line>) -> Self {
        let of_signal = stages.clone();
        let now = Instant::now();
        let mut new = Self {
            stages: stages.clone(),
            line: line.clone(),
            limits,
            signal: Box::pin(async move { of_signal.draining().await }),
            registered: false,
            clock: None,
            ticking: false,
            age: limits.max_connection_age.and_then(|age| now.checked_add(jittered(age))),
            idle: limits.idle_timeout.and_then(|idle| now.checked_add(look_after(idle))),
            quiet: 1,
            keepalive: limits.keepalive.and_then(|every| now.checked_add(every)),
            ping: None,
            owed: false,
            farewell: Farewell::NotYet,
            cut: None,
        };
        new.set_clock();
        new
    }

    /// A call has begun.
    pub(super) fn busy(&mut self) {
        self.quiet = 0;
    }

    /// Tells the client to go when it is time, before anything is read or written; ready when the connection is
    /// to be cut, whatever is open on it.
    pub(super) fn poll<IO>(
        &mut self,
        cx: &mut Context<'_>,
        connection: &mut Connection<IO, Bytes>,
    ) -> Poll<()>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let leaving = self.line.is_leaving();
        let waits = self.registered && self.stages.is_serving() && !leaving;
        if self.farewell == Farewell::NotYet && !waits {
            self.line.register(cx.waker());
            self.registered = true;
            // A call may have wanted it between the look and the registration.
            if leaving || self.line.is_leaving() || self.signal.as_mut().poll(cx).is_ready() {
                self.leave(connection);
            }
        }
        while self.is_due(cx) {
            if self.tick(cx, connection).is_ready() {
                return Poll::Ready(());
            }
            self.set_clock();
        }
        Poll::Pending
    }

    /// Says the last word, after all that has come was read, to one that was told to go, has no calls left, and takes no
    /// notice; whether it did, so that it is to be written. A client that only was slow learns from it which calls nobody
    /// has looked at.
    pub(super) fn parts<IO>(&mut self, connection: &mut Connection<IO, Bytes>) -> bool
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        if self.lingered().is_some_and(|look| look <= Instant::now()) && !connection.has_streams() {
            self.farewell = Farewell::Said;
            connection.abrupt_shutdown(Reason::NO_ERROR);
            // Who does not even take this is cut.
            let latest = Instant::now() + 2 * LINGER;
            self.cut = Some(self.cut.map_or(latest, |cut| cut.min(latest)));
            self.set_clock();
            return true;
        }
        false
    }

    /// GOAWAY, a ping, and when that is answered GOAWAY with the last call's number.
    fn leave<IO>(&mut self, connection: &mut Connection<IO, Bytes>)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        if self.farewell == Farewell::NotYet {
            connection.graceful_shutdown();
            self.farewell = Farewell::Told(Instant::now() + LINGER);
            self.set_clock();
        }
    }

    /// When to look whether anything is left, where it was told to go and not more.
    fn lingered(&self) -> Option<Instant> {
        match self.farewell {
            Farewell::Told(look) => Some(look),
            Farewell::NotYet | Farewell::Said => None,
        }
    }

    fn is_due(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(clock) = &mut self.clock else { return false };
        if self.ticking && !clock.is_elapsed() {
            return false;
        }
        self.ticking = true;
        clock.as_mut().poll(cx).is_ready()
    }

    fn tick<IO>(&mut self, cx: &mut Context<'_>, connection: &mut Connection<IO, Bytes>) -> Poll<()>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let now = Instant::now();
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if is_due(self.cut) {
            return Poll::Ready(());
        }
        if is_due(self.age) {
            self.age = None;
            self.cut = self.limits.max_connection_age_grace.and_then(|grace| now.checked_add(grace));
            self.leave(connection);
        }
        if is_due(self.idle) {
            let has_calls = connection.has_streams();
            if self.quiet >= 2 && !has_calls {
                self.idle = None;
                self.leave(connection);
            } else {
                self.quiet = if has_calls { 0 } else { self.quiet + 1 };
                self.idle = self.limits.idle_timeout.and_then(|idle| now.checked_add(look_after(idle)));
            }
        }
        if is_due(self.keepalive) {
            self.keepalive = self.limits.keepalive.and_then(|every| now.checked_add(every));
            if self.owed && self.ping.as_mut().is_some_and(|ping| ping.poll_pong(cx).is_pending()) {
                return Poll::Ready(());
            }
            if self.ping.is_none() {
                self.ping = connection.ping_pong();
            }
            // It fails on a connection that ends anyway.
            self.owed = self.ping.as_mut().is_some_and(|ping| ping.send_ping(Ping::opaque()).is_ok());
        }
        if is_due(self.lingered()) && connection.has_streams() {
            self.farewell = Farewell::Told(now + LINGER);
        }
        Poll::Pending
    }

    /// Sets the clock to what is due next.
    fn set_clock(&mut self) {
        // One that has lingered is looked at when all is read, not by the clock.
        let now = Instant::now();
        let linger = self.lingered().filter(|&look| look > now);
        let due = [self.age, self.idle, self.keepalive, linger, self.cut];
        let Some(next) = due.into_iter().flatten().min() else {
            self.clock = None;
            return;
        };
        match &mut self.clock {
            Some(clock) => clock.as_mut().reset(next),
            None => self.clock = Some(Box::pin(sleep_until(next))),
        }
        self.ticking = false;
    }
}

/// How often to look whether a connection is idle: from the first of three looks without a call to the last it is
/// the whole time.
fn look_after(idle: Duration) -> Duration {
    idle.max(Duration::from_millis(2)) / 2
}

/// Give or take a tenth, so that the clients of a server that has just started do not all come back at once.
fn jittered(age: Duration) -> Duration {
    // The keys of a hasher are the standard library's only randomness.
    let random = std::hash::RandomState::new().hash_one(()) % 2001;
    let thousandths = u32::try_from(9000 + random).expect("it is below 11,001");
    age.saturating_mul(thousandths) / 10_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_given_or_taken_a_tenth() {
        let age = Duration::from_secs(1000);
        let drawn: Vec<Duration> = (0..200).map(|_| jittered(age)).collect();
        assert!(drawn.iter().all(|one| (900..=1100).contains(&one.as_secs())), "{drawn:?}");
        assert!(drawn.iter().any(|one| one.as_secs() < 980) && drawn.iter().any(|one| one.as_secs() > 1020));
    }
}
