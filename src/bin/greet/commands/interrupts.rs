//! What ends a run from outside: a signal, a reader of stdout that leaves, the end of its time.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use greet::Code;
use greet::leaf::duration;
use tokio::time::{Instant, sleep_until};

use super::Signals;
use crate::args::ConnectionArgs;
use crate::failure::{Failure, Kind};
use crate::intent::schema::Stage;
use crate::output::Outlet;

/// A connection has a limit of its own, which names the layer and the addresses; it may be late by this.
const GRACE: Duration = Duration::from_millis(500);
const OFTEN: Duration = Duration::from_millis(10);

/// Listens for all of them.
pub(super) struct Interrupts<'a> {
    signals: Signals,
    outlet: &'a Outlet,
    limit: Option<(Duration, Instant)>,
    stage: Rc<Cell<Stage>>,
}

impl<'a> Interrupts<'a> {
    /// From now on; the run may take until `limit`, and `stage` says where it is.
    pub(super) fn new(
        outlet: &'a Outlet,
        limit: Option<(Duration, Instant)>,
        stage: Rc<Cell<Stage>>,
    ) -> Result<Self, Failure> {
        Ok(Self { signals: Signals::new()?, outlet, limit, stage })
    }

    /// Waits for the future, or for what comes before its end; the future is then dropped.
    pub(super) async fn heed<T>(
        &mut self,
        stage: Stage,
        future: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        self.stage.set(stage);
        tokio::select! {
            biased;
            done = future => Ok(done),
            number = self.signals.next() => Err(Failure::silent(Kind::Signal(number))),
            () = self.outlet.reader_gone() => Err(Failure::silent(Kind::ReaderGone)),
            failure = late(self.limit, &self.stage) => Err(failure),
        }
    }
}

/// How long the run may take, and until when.
pub(super) fn limit(args: &ConnectionArgs) -> Option<(Duration, Instant)> {
    args.max_time.and_then(|limit| Some((limit, Instant::now().checked_add(limit)?)))
}

/// Waits for the future, or for the end of the time.
pub(super) async fn in_time<T>(
    limit: Option<(Duration, Instant)>,
    stage: &Cell<Stage>,
    future: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        done = future => done,
        failure = late(limit, stage) => Err(failure),
    }
}

/// Ends when the time is up, with what was not done in it.
async fn late(limit: Option<(Duration, Instant)>, stage: &Cell<Stage>) -> Failure {
    let Some((given, mut at)) = limit else { return std::future::pending().await };
    let last = at + GRACE;
    sleep_until(at).await;
    while stage.get() == Stage::Connect && at < last {
        at += OFTEN;
        sleep_until(at).await;
    }
    let (kind, what) = match stage.get() {
        Stage::Schema => (Kind::Schema, "the schema was not known"),
        Stage::Data => (Kind::Data, "the request data was not complete"),
        Stage::Connect => (Kind::Connection, "there was no connection"),
        Stage::Call => (Kind::Status(Code::DEADLINE_EXCEEDED), "the run was not done"),
    };
    Failure::new(kind, format!("{what} within {}", duration::render(given)))
        .hint("more time is given by --max-time")
}
