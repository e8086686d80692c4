//! Requests that a jq program yields, one after the other, with the waits between them.

use std::ops::ControlFlow;
use std::pin::Pin;

use bytes::Bytes;
use greet::query::{Limits, Output, QueryError, Step, Val, view};
use greet::transcode::Plan;
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until};

use super::programs::{Known, Prog};
use crate::failure::{Failure, Kind};

/// A program that yields requests.
#[derive(Debug)]
pub(crate) struct Generated {
    state: State,
    /// A wait that is under way.
    waiting: Option<Pin<Box<Sleep>>>,
    /// How many requests it has yielded.
    count: u64,
}

#[derive(Debug)]
enum State {
    Ready(Prog),
    Running(mpsc::Receiver<Result<Output, QueryError>>),
}

impl Generated {
    pub(crate) fn new(prog: Prog) -> Self {
        Self { state: State::Ready(prog), waiting: None, count: 0 }
    }

    /// The next request on the wire; `None` when the program is at its end.
    ///
    /// May be dropped and called again without losing anything.
    pub(crate) async fn next(&mut self, plan: &Plan) -> Result<Option<Bytes>, Failure> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                waiting.as_mut().await;
                self.waiting = None;
            }
            let outputs = match &mut self.state {
                State::Running(outputs) => outputs,
                State::Ready(prog) => {
                    self.state = State::Running(start(prog.clone()));
                    continue;
                }
            };
            match outputs.recv().await {
                None => return Ok(None),
                Some(Err(error)) => return Err(Failure::new(Kind::Data, error.to_string())),
                Some(Ok(Output::Step(Step::Wait(time)))) => {
                    // What the clock cannot hold is not waited for in anybody's life.
                    let until = Instant::now().checked_add(time);
                    let until =
                        until.unwrap_or_else(|| Instant::now() + std::time::Duration::from_secs(1 << 31));
                    self.waiting = Some(Box::pin(sleep_until(until)));
                }
                Some(Ok(Output::Value(val))) => {
                    self.count += 1;
                    let mut wire = Vec::new();
                    view::to_wire(plan, &val, &mut wire).map_err(|error| {
                        Failure::data(&format!("request {} of --generate", self.count), &error)
                    })?;
                    return Ok(Some(wire.into()));
                }
                Some(Ok(_)) => {}
            }
        }
    }
}

/// Runs the program on a thread that nothing joins, a value or two ahead of what is asked for: one that never ends
/// must not keep greet from ending.
fn start(prog: Prog) -> mpsc::Receiver<Result<Output, QueryError>> {
    let (sender, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        let values = prog.values(&Known::default());
        let take = |output| match sender.blocking_send(Ok(output)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        if let Err(error) = prog.program().feed(Val::default(), values, &Limits::full(), take) {
            let _ = sender.blocking_send(Err(error));
        }
    });
    receiver
}
