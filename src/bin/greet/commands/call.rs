//! Calls a method: requests go out as they come in, replies are printed as they come back.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use greet::MetadataMap;
use greet::caller::{Prepared, Receiver, Sender};
use greet::client::Origin;
use greet::transcode::{Plan, fields};

use super::{block_on, until_signal};
use crate::args::CallArgs;
use crate::failure::{Failure, Kind};
use crate::intent::feed::Feed;
use crate::intent::requests::{self, Input, Requests};
use crate::intent::schema::{self, Session};
use crate::intent::{forms, metadata, target};
use crate::output::{Form, Messages, Wire};
use crate::ui;

pub(super) fn run(args: &CallArgs) -> Result<(), Failure> {
    let server = target::parse(&args.target)?;
    let options = target::options(&server, &args.connection)?;
    let call_metadata = metadata::of_call(&args.connection)?;
    // Files are read before signals are listened for: where one is a pipe that nobody writes, Ctrl-C ends greet
    // as it ends any program.
    let requests = requests::of(args)?;
    let given = schema::given(&args.schema)?;
    let session = Session::new(given, &server, options, &args.connection);
    block_on(until_signal(call(args, session, call_metadata, requests)))
}

async fn call(
    args: &CallArgs,
    mut session: Session<'_>,
    call_metadata: MetadataMap,
    requests: Requests,
) -> Result<(), Failure> {
    let Some(name) = &args.method else { return Err(method_missing(session).await) };
    let prepared = session.prepare(name).await?;

    // Whatever can be found wrong with the data is found before anything of the call is sent.
    let streams = prepared.method().shape().streams_requests();
    let mut outgoing = Outgoing::new(requests, args, &prepared).await?;
    if !streams {
        outgoing = outgoing.exactly_one(&prepared).await?;
    }
    // Some servers take one stream on a connection, and that was reflection's. What is at hand whole is sent again
    // on another; for a feed, which can be read once, the end of the first stream is waited for.
    let again = match &outgoing {
        Outgoing::Ready(ready) if session.has_asked() => Some(Outgoing::Ready(ready.clone())),
        Outgoing::Ready(_) => None,
        Outgoing::Feed(_) => {
            session.leave().await;
            None
        }
    };
    let client = session.client(call_metadata.clone(), args.timeout).await?;
    let (sender, receiver) = client.start_prepared(Arc::clone(&prepared)).split();
    match (exchange(outgoing, sender, receiver, args).await?, again) {
        (Exchanged::Ended, _) => Ok(()),
        (Exchanged::NotTaken(failure), None) => Err(failure),
        (Exchanged::NotTaken(_), Some(outgoing)) => {
            session.leave().await;
            let client = session.client(call_metadata, args.timeout).await?;
            let (sender, receiver) = client.start_prepared(prepared).split();
            match exchange(outgoing, sender, receiver, args).await? {
                Exchanged::Ended => Ok(()),
                Exchanged::NotTaken(failure) => Err(failure),
            }
        }
    }
}

/// A target without a method: says which services there are.
async fn method_missing(mut session: Session<'_>) -> Failure {
    let missing = Failure::new(Kind::Usage, "a METHOD is missing");
    if session.schema().sources().is_empty()
        && let Err(failure) = session.ask_server().await
    {
        return failure.hints().iter().fold(missing.detail(failure.cause()), Failure::hint);
    }
    let services = session.schema().services().await;
    session.leave().await;
    match services {
        Ok(services) => services
            .iter()
            .fold(missing, Failure::detail)
            .hint("greet list TARGET SERVICE shows a service's methods"),
        Err(error) => missing.detail(error.to_string()),
    }
}

/// The requests that are still to be sent.
enum Outgoing {
    Ready(Vec<Bytes>),
    Feed(Box<Feed>),
}

impl Outgoing {
    async fn new(requests: Requests, args: &CallArgs, prepared: &Prepared) -> Result<Self, Failure> {
        let streams = prepared.method().shape().streams_requests();
        match requests {
            Requests::Empty if streams => {
                if forms::stdin_is_a_pipe() {
                    ui::hint("standard input is not read: say - to send what comes from it");
                }
                Ok(Self::Ready(Vec::new()))
            }
            Requests::Empty => Ok(Self::Ready(vec![Bytes::new()])),
            Requests::Fields(fields, mut files) => {
                let mut wire = Vec::new();
                let mut read = |path: &str| files.take(path);
                fields::to_wire(prepared.request(), &fields, &mut read, &mut wire)
                    .map_err(|error| Failure::data("request data", &error))?;
                Ok(Self::Ready(vec![wire.into()]))
            }
            Requests::Documents(inputs) => {
                let arguments = inputs.iter().all(|input| matches!(input, Input::Argument(_)));
                let dialect = forms::dialect(&args.input, streams);
                let mut feed = Feed::new(inputs, dialect, forms::json_input(args.input.allow_unknown));
                if !arguments {
                    return Ok(Self::Feed(Box::new(feed)));
                }
                // Arguments are whole already, and are read whole: an error in the last one sends nothing.
                let mut ready = Vec::new();
                while let Some(wire) = feed.next(prepared.request()).await? {
                    ready.push(wire);
                }
                Ok(Self::Ready(ready))
            }
        }
    }

    /// For methods that take one request: reads to the end to see that there is exactly one.
    async fn exactly_one(self, prepared: &Prepared) -> Result<Self, Failure> {
        let wrong = |count: &str| {
            let method = prepared.method();
            Failure::new(
                Kind::Data,
                format!(
                    "{} takes exactly one request ({}), and there {count}",
                    method.full_name(),
                    method.shape()
                ),
            )
        };
        let mut ready = match self {
            Self::Ready(ready) => ready,
            Self::Feed(mut feed) => {
                let mut ready = Vec::new();
                while let Some(wire) = feed.next(prepared.request()).await? {
                    ready.push(wire);
                    if ready.len() > 1 {
                        break;
                    }
                }
                ready
            }
        };
        match ready.len() {
            1 => Ok(Self::Ready(vec![ready.remove(0)])),
            0 => Err(wrong("is none").hint("the empty message is {}")),
            _ => Err(wrong("are several")),
        }
    }
}

/// How an exchange went, if not wrong.
enum Exchanged {
    Ended,
    /// The server was going away when the call came, and has certainly not begun it.
    NotTaken(Failure),
}

/// Sends and prints at once; ends when the server does, whatever is still to be sent.
async fn exchange(
    mut outgoing: Outgoing,
    sender: Sender,
    mut receiver: Receiver,
    args: &CallArgs,
) -> Result<Exchanged, Failure> {
    let prepared = receiver.prepared().clone();
    let form = Form::of_replies(args.output.form, prepared.method().shape().streams_replies());
    let mut messages = Messages::new(form, forms::json_output(&args.output.json));
    // Ends without a failure when the server takes nothing more: what it says about that is the answer.
    let send = async {
        let mut sender = sender;
        match &mut outgoing {
            Outgoing::Ready(ready) => {
                let last = ready.pop();
                for wire in ready.drain(..) {
                    if !sender.feed_wire(wire).await {
                        return Ok(());
                    }
                }
                if let Some(wire) = last {
                    sender.send_last_wire(wire);
                }
            }
            Outgoing::Feed(feed) => {
                while let Some(wire) = next_request(feed, &mut sender, prepared.request()).await? {
                    if !sender.feed_wire(wire).await {
                        return Ok(());
                    }
                }
            }
        }
        sender.half_close();
        Ok::<(), Failure>(())
    };
    let print = async {
        loop {
            // A reply that is there already is printed before anything is flushed.
            let next = match receiver.next_wire().now_or_never() {
                Some(next) => next,
                None => {
                    messages.flush()?;
                    receiver.next_wire().await
                }
            };
            match next {
                Ok(Some(wire)) => {
                    let plan = prepared.reply();
                    messages.write(plan, Wire::Foreign(&wire), |error| Failure::reply(plan, error))?;
                }
                Ok(None) => return messages.flush().map(|()| Exchanged::Ended),
                Err(error) => {
                    messages.flush()?;
                    let gone = error.ending().is_some_and(|end| matches!(end.origin, Origin::GoneAway));
                    let failure = Failure::from(error);
                    return if gone { Ok(Exchanged::NotTaken(failure)) } else { Err(failure) };
                }
            }
        }
    };
    tokio::pin!(send, print);
    tokio::select! {
        biased;
        ended = &mut print => ended,
        // A failure drops the call, which resets it: the server must not take half a stream for a whole one.
        outcome = &mut send => match outcome {
            Ok(()) => print.await,
            Err(failure) => Err(failure),
        },
    }
}

/// The next request; what was fed before leaves at the latest when this has to wait.
async fn next_request(feed: &mut Feed, sender: &mut Sender, plan: &Plan) -> Result<Option<Bytes>, Failure> {
    if let Some(next) = feed.next(plan).now_or_never() {
        return next;
    }
    sender.flush();
    feed.next(plan).await
}
