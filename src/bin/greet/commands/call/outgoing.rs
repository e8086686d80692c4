//! The requests of a call that are still to be sent, wherever they come from.

use std::collections::VecDeque;

use bytes::Bytes;
use greet::caller::Prepared;
use greet::transcode::{Plan, fields};
use greet::{Shape, Size};

use crate::args::{CallArgs, InputForm};
use crate::failure::{Failure, Kind};
use crate::intent::feed::Feed;
use crate::intent::forms;
use crate::intent::generated::Generated;
use crate::intent::recorded::Recorded;
use crate::intent::requests::{Input, Requests};
use crate::ui;

/// Of requests that are read as they are sent, so many bytes are kept for another try; with more there is none.
const KEPT: usize = 1 << 20;
/// What is counted for a message beside its bytes.
const EACH: usize = 64;

/// The requests, and what is kept of them for another try.
#[derive(Debug)]
pub(super) struct Outgoing {
    from: From,
    /// The largest that is sent.
    most: Option<Size>,
    kept: Option<Kept>,
}

/// Where they come from.
#[derive(Debug)]
enum From {
    /// They are there.
    Ready(VecDeque<Bytes>),
    Feed(Box<Feed>),
    Generated(Box<Generated>),
    Recorded(Box<Recorded>),
}

/// All requests that were taken.
#[derive(Debug, Default)]
struct Kept {
    all: Vec<Bytes>,
    bytes: usize,
    /// How many of them were taken in this try.
    taken: usize,
}

impl Outgoing {
    /// Whether they are there already, all of them.
    pub(super) fn is_at_hand(&self) -> bool {
        matches!(self.from, From::Ready(_))
    }

    /// Keeps what is taken from now on, for another try.
    pub(super) fn keep(&mut self) {
        self.kept.get_or_insert_default();
    }

    /// Whether all that was taken is kept.
    pub(super) fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Begins with the first again.
    pub(super) fn rewind(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.taken = 0;
        }
    }

    /// What was typed, as far as it can be read without waiting.
    pub(super) async fn new(
        requests: Requests,
        args: &CallArgs,
        prepared: &Prepared,
        most: Option<Size>,
    ) -> Result<Self, Failure> {
        let streams = prepared.method().shape().streams_requests();
        let from = match requests {
            Requests::Empty if streams => {
                if forms::stdin_is_a_pipe() {
                    ui::hint("standard input is not read: say - to send what comes from it");
                }
                From::Ready(VecDeque::new())
            }
            Requests::Empty => From::Ready([Bytes::new()].into()),
            Requests::Fields(fields, mut files) => {
                let mut wire = Vec::new();
                let mut read = |path: &str| files.take(path);
                fields::to_wire(prepared.request(), &fields, &mut read, &mut wire)
                    .map_err(|error| Failure::data("request data", &error))?;
                From::Ready([wire.into()].into())
            }
            Requests::Generated(prog) => From::Generated(Box::new(Generated::new(prog))),
            Requests::Documents(inputs) => {
                let arguments = inputs.iter().all(|input| matches!(input, Input::Argument(_)));
                let dialect = forms::dialect(&args.input, streams);
                let json = forms::json_input(args.input.allow_unknown);
                let mut feed = Feed::new(inputs, dialect, json);
                if args.input.form == InputForm::Events {
                    From::Recorded(Box::new(Recorded::new(feed, json, args.input.call.clone())))
                } else if arguments {
                    // Arguments are whole already, and are read whole: an error in the last one sends nothing.
                    let mut ready = VecDeque::new();
                    while let Some(wire) = feed.next(prepared.request()).await? {
                        forms::fits(&wire, most)?;
                        ready.push_back(wire);
                    }
                    From::Ready(ready)
                } else {
                    From::Feed(Box::new(feed))
                }
            }
        };
        let outgoing = Self { from, most, kept: None };
        if streams { Ok(outgoing) } else { outgoing.exactly_one(prepared).await }
    }

    /// The next request; `None` after the last. May be dropped and called again without losing anything.
    pub(super) async fn next(&mut self, plan: &Plan) -> Result<Option<Bytes>, Failure> {
        if let Some(kept) = &mut self.kept
            && let Some(wire) = kept.all.get(kept.taken)
        {
            kept.taken += 1;
            return Ok(Some(wire.clone()));
        }
        let next = match &mut self.from {
            From::Ready(ready) => Ok(ready.pop_front()),
            From::Feed(feed) => feed.next(plan).await,
            From::Generated(generated) => generated.next(plan).await,
            From::Recorded(recorded) => recorded.next(plan).await,
        }?;
        if let Some(wire) = &next {
            forms::fits(wire, self.most)?;
        }
        if let (Some(kept), Some(wire)) = (&mut self.kept, &next) {
            kept.bytes += wire.len() + EACH;
            kept.all.push(wire.clone());
            kept.taken += 1;
            // What is at hand takes no further room.
            if kept.bytes > KEPT && !matches!(self.from, From::Ready(_)) {
                self.kept = None;
            }
        }
        Ok(next)
    }

    /// Whether there is certainly no further request.
    pub(super) fn is_empty(&self) -> bool {
        let again = self.kept.as_ref().is_some_and(|kept| kept.taken < kept.all.len());
        !again && matches!(&self.from, From::Ready(ready) if ready.is_empty())
    }

    /// For methods that take one request: reads to the end to see that there is exactly one.
    async fn exactly_one(mut self, prepared: &Prepared) -> Result<Self, Failure> {
        let wrong = |count: &str| {
            let method = prepared.method();
            let (name, shape) = (method.full_name(), method.shape());
            let cause = format!("{name} takes exactly one request ({shape}), and there {count}");
            Failure::new(Kind::Data, cause)
        };
        let Some(only) = self.next(prepared.request()).await? else {
            let wrong = wrong("is none");
            return Err(match &self.from {
                From::Recorded(recorded) => recorded.naming(wrong),
                _ => wrong.hint("the empty message is {}"),
            });
        };
        if self.next(prepared.request()).await?.is_some() {
            let wrong = wrong("are several");
            if let From::Recorded(recorded) = &self.from {
                return Err(recorded.naming(wrong));
            }
            let unary = prepared.method().shape() == Shape::Unary;
            return Err(if unary { wrong.hint("--each makes a call of each") } else { wrong });
        }
        Ok(Self { from: From::Ready([only].into()), ..self })
    }
}
