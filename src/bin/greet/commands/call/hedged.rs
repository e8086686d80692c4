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

use super::links::{Done, Hold, call};
use super::observer::{Happening, Observer};
use super::repeat::Repeat;
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

/// Makes the call. What is under way when one attempt has the last word is left.
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
    let mut open: FuturesUnordered<LocalBoxFuture<'_, (u32, Done)>> = FuturesUnordered::new();
    let attempt = |number: u32, link: (Hold, Client)| -> LocalBoxFuture<'_, (u32, Done)> {
        let mut repeat = repeat.clone();
        repeat.is_attempt(number);
        let called = call(link, Arc::clone(&prepared), n, wire.clone(), repeat);
        Box::pin(async move { (number, called.await) })
    };
    open.push(attempt(1, first));
    let mut tried = Vec::new();
    let begun = Instant::now();
    loop {
        let next = hedge.next();
        tokio::select! {
            biased;
            Some((number, mut done)) = open.next() => {
                let ended = hedge.ended(&done.ending, tokio::time::Instant::now());
                done.repeat.tell(&done.ending);
                if ended {
                    done.repeat.tried.append(&mut tried);
                    done.times.begun = begun;
                    if let Some(place) = place {
                        done.hold = place;
                    }
                    return done;
                }
                if !done.repeat.may_go_on() {
                    hedge.stop();
                }
                let peer = done.give_back();
                let (ending, at) = (done.ending, done.times.ended);
                tried.push(Tried { number, peer, ending, at, pause: Duration::ZERO });
            }
            () = sleep_until(next.unwrap_or_else(tokio::time::Instant::now)), if next.is_some() => {
                if hedge.begins(tokio::time::Instant::now()) {
                    match more() {
                        Some(link) => open.push(attempt(hedge.begun(), link)),
                        None => hedge.not_begun(),
                    }
                }
            }
        }
    }
}

/// Tells what happened in a call that is over.
pub(super) fn tell(
    done: &Done,
    observers: &mut [&mut dyn Observer],
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let mut all = vec![Happening::Request { n: 1, wire: &done.wire }, Happening::HalfClose];
    all.extend(done.repeat.tried.iter().map(Tried::happening));
    if done.has_begun() {
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
    pub(super) fn happening(&self) -> Happening<'_> {
        let peer = self.peer.as_ref();
        Happening::Failed { n: self.number, ending: &self.ending, pause: self.pause, peer }
    }
}
