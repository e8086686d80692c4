//! A unary call of each value of an input, several at once, their results in the order of the input.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::Either;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use greet::caller::Prepared;
use greet::client::HedgingPolicy;
use greet::{Shape, Size};
use tokio::time::{Instant, sleep_until};

use super::Meant;
use super::chronicle::Chronicle;
use super::hedged::{self, hedged};
use super::links::{Done, Hold, Links};
use super::pace::Pace;
use super::repeat::Repeat;
use super::results::Results;
use super::under_way::call;
use super::window::Window;
use crate::args::InputForm;
use crate::failure::{Failure, Kind};
use crate::intent::feed::Feed;
use crate::intent::forms;
use crate::intent::requests::Input;
use crate::intent::schema::Session;
use crate::output::Outlet;

/// As much is gathered for stdout before it is written.
const PIECE: usize = 64 * 1024;

/// All calls.
pub(super) struct Each<'a> {
    feed: Feed,
    /// Whether no further input is wanted, or there is none.
    over: bool,
    /// Read, and not begun.
    ready: VecDeque<Ready>,
    /// What a call begins with.
    repeat: Repeat,
    /// The largest request that is sent.
    most: Option<Size>,
    /// Calls that are made again after a pause; each keeps its place among those that are under way.
    paused: FuturesUnordered<Pin<Box<dyn Future<Output = Ready>>>>,
    prepared: Arc<Prepared>,
    links: Links<'a>,
    hedging: Option<HedgingPolicy>,
    jobs: usize,
    pace: Option<Pace>,
    window: Window,
    results: Results,
    outlet: &'a Outlet,
}

/// A call that may begin.
struct Ready {
    n: u64,
    wire: Bytes,
    repeat: Repeat,
}

impl<'a> Each<'a> {
    /// # Errors
    /// When the method or the options are not for this, or a file cannot be made.
    pub(super) fn new(
        meant: Meant<'_>,
        input: Input,
        session: Session<'a>,
        prepared: Arc<Prepared>,
        outlet: &'a Outlet,
    ) -> Result<Self, Failure> {
        let Meant { args, metadata, programs, terms, .. } = meant;
        let method = prepared.method();
        if method.shape() != Shape::Unary {
            let cause = format!("--each makes unary calls, and {} is {}", method.full_name(), method.shape());
            return Err(Failure::new(Kind::Usage, cause));
        }
        if args.input.form == InputForm::Events {
            return Err(Failure::new(Kind::Usage, "--each reads messages, and --in events a recording"));
        }
        if terms.hedging.is_some() {
            hedged::fits(&prepared)?;
        }
        let results = Results::new(args, programs, &input, &prepared)?;
        let dialect = forms::dialect(&args.input, true);
        Ok(Self {
            feed: Feed::new(vec![input], dialect, forms::json_input(args.input.allow_unknown)),
            over: false,
            ready: VecDeque::new(),
            most: terms.max_send,
            repeat: Repeat::new(&terms),
            paused: FuturesUnordered::new(),
            prepared,
            links: Links::new(session, metadata, terms.timeout, forms::encoding(args.compress), terms.wait),
            hedging: terms.hedging,
            jobs: args.many.jobs.map_or(1, usize::from),
            pace: args.many.rate.map(Pace::new),
            window: Window::default(),
            results,
            outlet,
        })
    }

    /// Makes them, and writes what comes of them.
    pub(super) async fn run(mut self, chronicle: &mut Chronicle) -> Result<(), Failure> {
        let mut running = FuturesUnordered::new();
        let mut out = Vec::new();
        loop {
            // As it was when nothing more could begin: asked again later it may be over, and nobody would begin then.
            let mut wait;
            loop {
                let free = running.len() + self.paused.len() < self.jobs;
                wait = if free { self.wait() } else { None };
                if free && self.may_read() {
                    let Some(read) = self.feed.advance().now_or_never() else { break };
                    self.read(read);
                } else if free
                    && wait.is_none()
                    && let Some((link, ready)) = self.begin().await
                {
                    let Ready { n, wire, repeat } = ready;
                    let prepared = Arc::clone(&self.prepared);
                    running.push(match &self.hedging {
                        None => Either::Left(call(link, prepared, n, wire, repeat)),
                        Some(policy) => {
                            let more = self.links.more(&link.1);
                            let policy = policy.clone();
                            Either::Right(Box::pin(hedged(policy, link, more, prepared, n, wire, repeat)))
                        }
                    });
                } else {
                    break;
                }
            }
            // Where a call has ended there is room for another, or that one is to be made again.
            let mut moved = false;
            while let Some(Some(done)) = running.next().now_or_never() {
                moved = true;
                self.ended(done);
            }
            while let Some(Some(ready)) = self.paused.next().now_or_never() {
                moved = true;
                self.ready.push_front(ready);
            }
            while let Some(finished) = self.window.pop() {
                moved = true;
                self.results.add(finished, chronicle, &mut out)?;
                if out.len() >= PIECE {
                    self.write(&mut out).await?;
                }
            }
            if moved {
                continue;
            }
            // Nothing is ready: what there is, is seen.
            self.write(&mut out).await?;
            let free = running.len() + self.paused.len() < self.jobs;
            let may_read = free && self.may_read();
            tokio::select! {
                biased;
                Some(done) = running.next() => self.ended(done),
                Some(ready) = self.paused.next() => self.ready.push_front(ready),
                read = self.feed.advance(), if may_read => self.read(read),
                () = self.links.changed(), if self.links.is_waiting() => {}
                () = sleep_until(wait.unwrap_or_else(Instant::now)), if wait.is_some() => {}
                else => break,
            }
        }
        self.results.end()
    }

    fn may_read(&self) -> bool {
        !self.over && self.ready.is_empty() && self.window.has_room()
    }

    /// Until when the next call has to wait for its turn, if there is one and it has to.
    fn wait(&self) -> Option<Instant> {
        self.pace.as_ref().filter(|_| !self.ready.is_empty())?.wait(Instant::now())
    }

    /// Takes what was read.
    fn read(&mut self, read: Result<bool, Failure>) {
        match read {
            Ok(false) => self.over = true,
            Ok(true) => {
                let line = if self.results.keeps_failed() { self.feed.line() } else { None };
                let wire = self.feed.to_wire(self.prepared.request());
                match wire.and_then(|wire| forms::fits(&wire, self.most).map(|()| wire)) {
                    Ok(wire) => {
                        let n = self.window.add(line, wire.len());
                        self.ready.push_back(Ready { n, wire, repeat: self.repeat.clone() });
                    }
                    Err(failure) => {
                        let n = self.window.add(line, 0);
                        self.window.put(n, Err(failure));
                    }
                }
            }
            // Where the next value begins is not known.
            Err(failure) => {
                let n = self.window.add(None, 0);
                self.window.put(n, Err(failure));
                self.over = true;
                self.results.stop();
            }
        }
    }

    /// The next call and the connection for it, if both are there.
    async fn begin(&mut self) -> Option<((Hold, greet::Client), Ready)> {
        if self.ready.is_empty() {
            return None;
        }
        match self.links.take().await {
            Ok(Some(link)) => {
                if let Some(pace) = &mut self.pace {
                    pace.begun(Instant::now());
                }
                self.ready.pop_front().map(|ready| (link, ready))
            }
            Ok(None) => None,
            // There may be somebody for the next: it is this one that failed.
            Err(failure) if self.links.has_hope() => {
                if let Some(Ready { n, .. }) = self.ready.pop_front() {
                    self.window.put(n, Err(failure));
                }
                None
            }
            // Nobody is there any more: what comes after this is not even read.
            Err(failure) => {
                for Ready { n, .. } in self.ready.drain(..) {
                    self.window.put(n, Err(failure.clone()));
                }
                self.over = true;
                self.results.stop();
                None
            }
        }
    }

    fn ended(&mut self, mut done: Done) {
        match self.links.give_back(&mut done) {
            None => self.window.put(done.n, Ok(Box::new(done))),
            Some(pause) => {
                done.failed(pause);
                let ready = Ready { n: done.n, wire: done.wire, repeat: done.repeat };
                if pause.is_zero() {
                    self.ready.push_back(ready);
                } else {
                    self.paused.push(Box::pin(async move {
                        tokio::time::sleep(pause).await;
                        ready
                    }));
                }
            }
        }
    }

    async fn write(&self, out: &mut Vec<u8>) -> Result<(), Failure> {
        let written = self.outlet.write(out).await;
        out.clear();
        out.shrink_to(4 * PIECE);
        written
    }
}
