//! A unary call that is made several times, a while after each other; the first good answer holds (gRFC A6).

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use greet::caller::Prepared;
use greet::client::{Ending, Hedge, HedgingPolicy, Peer};
use greet::{Client, Shape};
use tokio::time::sleep_until;

use super::links::{Done, Hold};
use super::observer::{Happening, Observer};
use super::repeat::Repeat;
use super::under_way::UnderWay;
use crate::failure::{Failure, Kind};

/// Somebody for one more attempt, if there is anybody.
pub(super) type More = Box<dyn Fn() -> Option<(Hold, Client)>>;

/// An attempt that failed, and was not the last word.
#[derive(Debug, Clone)]
pub(super) struct Tried {
    /// Counts from 1.
    pub(super) number: u32,
    pub(super) peer: Option<Peer>,
    pub(super) ending: Box<Ending>,
    pub(super) at: Instant,
    /// How long was paused after it.
    pub(super) pause: Duration,
}

/// Says when a method cannot be called so.
pub(super) fn fits(prepared: &Prepared) -> Result<(), Failure> {
    let method = prepared.method();
    if method.shape() == Shape::Unary {
        return Ok(());
    }
    let cause = format!("hedging is for unary calls, and {} is {}", method.full_name(), method.shape());
    Err(Failure::new(Kind::Usage, cause))
}

/// Makes the call. The first attempt that a server begins to answer has the last word, and so has one that fails when no
/// other is left or its end is fatal; what is under way beside it is left.
pub(super) async fn hedged(
    policy: HedgingPolicy,
    mut first: (Hold, Client),
    more: More,
    prepared: Arc<Prepared>,
    n: u64,
    wire: Bytes,
    mut repeat: Repeat,
) -> Done {
    repeat.starts();
    // A connection that is counted by its place is given back once, whoever answers.
    let place = matches!(first.0, Hold::Link(_)).then(|| std::mem::replace(&mut first.0, Hold::Back));
    let mut hedge = Hedge::new(policy, tokio::time::Instant::now());
    let mut open: FuturesUnordered<LocalBoxFuture<'_, (u32, UnderWay)>> = FuturesUnordered::new();
    let attempt = |number: u32, link: (Hold, Client)| -> LocalBoxFuture<'_, (u32, UnderWay)> {
        let mut repeat = repeat.clone();
        repeat.is_attempt(number);
        let mut under_way = UnderWay::start(link, Arc::clone(&prepared), n, wire.clone(), repeat);
        Box::pin(async move {
            under_way.begins().await;
            (number, under_way)
        })
    };
    open.push(attempt(1, first));
    let mut tried = Vec::new();
    let begun = Instant::now();
    // The last that failed: this is how the call ends if it can be made to nobody else.
    let mut failed: Option<(u32, Done)> = None;
    let mut last = loop {
        let next = hedge.next();
        tokio::select! {
            biased;
            Some((number, mut under_way)) = open.next() => {
                let has_begun = under_way.begins().await;
                if has_begun {
                    open.clear();
                }
                let mut done = under_way.end().await;
                done.repeat.tell(&done.ending);
                if !done.repeat.may_go_on() {
                    hedge.stop();
                }
                tried.extend(failed.take().map(Tried::of));
                if has_begun || hedge.ended(&done.ending, tokio::time::Instant::now()) {
                    break done;
                }
                done.peer = done.give_back();
                failed = Some((number, done));
            }
            () = sleep_until(next.unwrap_or_else(tokio::time::Instant::now)), if next.is_some() => {
                if !hedge.begins(tokio::time::Instant::now()) {
                    continue;
                }
                let link = if repeat.may_go_on() { more() } else { None };
                match (link, failed.take()) {
                    (Some(link), before) => {
                        tried.extend(before.map(Tried::of));
                        open.push(attempt(hedge.begun(), link));
                    }
                    (None, Some((_, done))) if open.is_empty() => break done,
                    (None, before) => {
                        failed = before;
                        hedge.not_begun();
                    }
                }
            }
        }
    };
    last.repeat.tried.append(&mut tried);
    last.times.begun = begun;
    if let Some(place) = place {
        last.hold = place;
    }
    last
}

/// Tells what happened in a call that is over.
pub(super) fn tell(
    done: &Done,
    observers: &mut [&mut dyn Observer],
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let mut all = vec![Happening::Request { n: 1, wire: &done.wire }, Happening::HalfClose];
    all.extend(done.repeat.tried.iter().map(Tried::happening));
    if done.begun {
        all.push(Happening::Metadata(&done.metadata));
    }
    all.extend(done.reply.as_ref().map(|wire| Happening::Message { n: 1, wire }));
    all.push(Happening::Ended(&done.ending));
    for happening in all {
        for observer in observers.iter_mut() {
            observer.see(happening, out)?;
        }
    }
    Ok(())
}

impl Tried {
    fn of((number, mut done): (u32, Done)) -> Self {
        let (peer, at) = (done.peer.take(), done.times.ended);
        Self { number, peer, ending: done.ending, at, pause: Duration::ZERO }
    }

    pub(super) fn happening(&self) -> Happening<'_> {
        let peer = self.peer.as_ref();
        Happening::Failed { n: self.number, ending: &self.ending, pause: self.pause, peer }
    }
}
