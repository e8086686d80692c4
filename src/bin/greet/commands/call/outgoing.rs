//! The requests of a call that are still to be sent, wherever they come from.

use std::collections::VecDeque;

use bytes::Bytes;
use greet::Shape;
use greet::caller::Prepared;
use greet::transcode::{Plan, fields};

use crate::args::{CallArgs, InputForm};
use crate::failure::{Failure, Kind};
use crate::intent::feed::Feed;
use crate::intent::forms;
use crate::intent::generated::Generated;
use crate::intent::recorded::Recorded;
use crate::intent::requests::{Input, Requests};
use crate::ui;

/// Where they come from.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// They are there.
    Ready(VecDeque<Bytes>),
    Feed(Box<Feed>),
    Generated(Box<Generated>),
    Recorded(Box<Recorded>),
}

impl Outgoing {
    /// The same once more, if it is there already.
    pub(super) fn copy(&self) -> Option<Self> {
        match self {
            Self::Ready(ready) => Some(Self::Ready(ready.clone())),
            Self::Feed(_) | Self::Generated(_) | Self::Recorded(_) => None,
        }
    }

    /// What was typed, as far as it can be read without waiting.
    pub(super) async fn new(
        requests: Requests,
        args: &CallArgs,
        prepared: &Prepared,
    ) -> Result<Self, Failure> {
        let streams = prepared.method().shape().streams_requests();
        let outgoing = match requests {
            Requests::Empty if streams => {
                if forms::stdin_is_a_pipe() {
                    ui::hint("standard input is not read: say - to send what comes from it");
                }
                Self::Ready(VecDeque::new())
            }
            Requests::Empty => Self::Ready([Bytes::new()].into()),
            Requests::Fields(fields, mut files) => {
                let mut wire = Vec::new();
                let mut read = |path: &str| files.take(path);
                fields::to_wire(prepared.request(), &fields, &mut read, &mut wire)
                    .map_err(|error| Failure::data("request data", &error))?;
                Self::Ready([wire.into()].into())
            }
            Requests::Generated(prog) => Self::Generated(Box::new(Generated::new(prog))),
            Requests::Documents(inputs) => {
                let arguments = inputs.iter().all(|input| matches!(input, Input::Argument(_)));
                let dialect = forms::dialect(&args.input, streams);
                let json = forms::json_input(args.input.allow_unknown);
                let mut feed = Feed::new(inputs, dialect, json);
                if args.input.form == InputForm::Events {
                    Self::Recorded(Box::new(Recorded::new(feed, json, args.input.call.clone())))
                } else if arguments {
                    // Arguments are whole already, and are read whole: an error in the last one sends nothing.
                    let mut ready = VecDeque::new();
                    while let Some(wire) = feed.next(prepared.request()).await? {
                        ready.push_back(wire);
                    }
                    Self::Ready(ready)
                } else {
                    Self::Feed(Box::new(feed))
                }
            }
        };
        if streams { Ok(outgoing) } else { outgoing.exactly_one(prepared).await }
    }

    /// The next request; `None` after the last. May be dropped and called again without losing anything.
    pub(super) async fn next(&mut self, plan: &Plan) -> Result<Option<Bytes>, Failure> {
        match self {
            Self::Ready(ready) => Ok(ready.pop_front()),
            Self::Feed(feed) => feed.next(plan).await,
            Self::Generated(generated) => generated.next(plan).await,
            Self::Recorded(recorded) => recorded.next(plan).await,
        }
    }

    /// Whether there is certainly no further request.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Ready(ready) if ready.is_empty())
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
            return Err(match &self {
                Self::Recorded(recorded) => recorded.naming(wrong),
                _ => wrong.hint("the empty message is {}"),
            });
        };
        if self.next(prepared.request()).await?.is_some() {
            let wrong = wrong("are several");
            if let Self::Recorded(recorded) = &self {
                return Err(recorded.naming(wrong));
            }
            let unary = prepared.method().shape() == Shape::Unary;
            return Err(if unary { wrong.hint("--each makes a call of each") } else { wrong });
        }
        Ok(Self::Ready([only].into()))
    }
}
