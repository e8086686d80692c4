//! One address: whether it is connected to, and when it is tried again (gRPC's connectivity-semantics-and-api.md).

use tokio::time::Instant;

use crate::client::Backoff;

/// What an address, or all of them together, can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There is no connection, and nobody wants one.
    Idle,
    /// One is being made.
    Connecting,
    /// There is one.
    Ready,
    /// None could be made, or the server says that it does not serve.
    TransientFailure,
}

impl State {
    /// As gRPC spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "IDLE",
            Self::Connecting => "CONNECTING",
            Self::Ready => "READY",
            Self::TransientFailure => "TRANSIENT_FAILURE",
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// An address in time. It dials nothing: it is told what happened, and says what it is in.
#[derive(Debug, Clone)]
pub(super) struct Life {
    backoff: Backoff,
    state: State,
    /// Whether a try failed since the last that did not.
    failed: bool,
    /// When the last try began.
    begun: Option<Instant>,
    /// Until when it is left alone.
    until: Option<Instant>,
    /// How often it was lost, could not be connected to, or did not serve.
    troubles: u64,
}

impl Life {
    pub(super) fn new(backoff: Backoff) -> Self {
        Self { backoff, state: State::Idle, failed: false, begun: None, until: None, troubles: 0 }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    /// Whether its last try failed, and none went well since: then it counts as failed while it is tried again.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// When it may be tried again, while it is left alone.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// How often there was reason to think that it is no longer where it was: each time a connection could not be made or
    /// was lost, and each time the server says that it does not serve.
    pub(super) fn troubles(&self) -> u64 {
        self.troubles
    }

    /// A connection is being made.
    pub(super) fn begin(&mut self, now: Instant) {
        self.state = State::Connecting;
        self.begun = Some(now);
        self.until = None;
    }

    /// It is there. The pauses begin anew.
    pub(super) fn connected(&mut self) {
        self.state = State::Ready;
        self.failed = false;
        self.backoff.reset();
        self.until = None;
    }

    /// It could not be made. The pause runs since the try began, so that a slow failure is not punished twice.
    pub(super) fn failed(&mut self, now: Instant, random: f64) {
        self.failed = true;
        self.troubles += 1;
        self.state = State::TransientFailure;
        let since = self.begun.unwrap_or(now);
        self.until = Some(since + self.backoff.pause(random));
    }

    /// The connection that was there is gone: it may be made again at once.
    pub(super) fn lost(&mut self) {
        self.troubles += 1;
        self.state = State::Idle;
        self.until = None;
    }

    /// Time has passed.
    pub(super) fn wake(&mut self, now: Instant) {
        if self.until.is_some_and(|until| until <= now) {
            self.until = None;
            self.state = State::Idle;
        }
    }

    /// There is a connection, and the server says on it that it does not serve. No pause ends that.
    pub(super) fn refused(&mut self) {
        self.failed = true;
        self.troubles += 1;
        self.state = State::TransientFailure;
        self.until = None;
    }

    /// When the last try began.
    pub(super) fn begun(&self) -> Option<Instant> {
        self.begun
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_address_that_fails_is_left_alone_longer_each_time() {
        let mut life = Life::new(Backoff::grpc());
        assert_eq!(life.state(), State::Idle);
        for wanted in [1000, 1600, 2560] {
            let begun = Instant::now();
            life.begin(begun);
            assert_eq!(life.state(), State::Connecting);
            // It took a while to fail, which is part of the pause.
            tokio::time::advance(Duration::from_millis(300)).await;
            life.failed(Instant::now(), 0.5);
            assert_eq!(life.state(), State::TransientFailure);
            let until = life.until().unwrap();
            assert_eq!((until - begun).as_millis(), wanted);
            life.wake(until - Duration::from_millis(1));
            assert_eq!(life.state(), State::TransientFailure);
            tokio::time::advance(until - Instant::now()).await;
            life.wake(Instant::now());
            assert_eq!((life.state(), life.has_failed()), (State::Idle, true));
        }
        life.begin(Instant::now());
        assert!(life.has_failed());
        life.connected();
        assert_eq!((life.state(), life.has_failed()), (State::Ready, false));
        life.lost();
        assert_eq!((life.state(), life.until()), (State::Idle, None));
        // And from the beginning again.
        let begun = Instant::now();
        life.begin(begun);
        life.failed(begun, 0.5);
        assert_eq!(life.until().unwrap() - begun, Duration::from_secs(1));
    }
}
