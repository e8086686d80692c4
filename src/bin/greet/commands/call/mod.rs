//! Calls a method: requests go out as they come in, replies are printed as they come back.

mod each;
mod exchange;
mod expectations;
mod kept;
mod links;
mod observer;
mod outgoing;
mod pace;
mod queried;
mod replies;
mod results;
mod seen;
mod verdict;
mod window;

use std::sync::Arc;
use std::time::Duration;

use greet::MetadataMap;
use greet::caller::Prepared;
use tokio::time::Instant;

use self::exchange::{End, Exchange, Manner};
use self::expectations::Expectations;
use self::observer::{Happening, Observer};
use self::outgoing::Outgoing;
use self::seen::Seen;
use super::block_on;
use super::interrupts::Interrupts;
use crate::args::CallArgs;
use crate::failure::{Failure, Kind};
use crate::intent::programs::Programs;
use crate::intent::requests::{self, Input, Requests};
use crate::intent::schema::{self, Session, Stage};
use crate::intent::{metadata, target};
use crate::output::{Form, Outlet};
use crate::ui;

/// What was typed, understood; nothing of it has been read or sent.
struct Meant<'a> {
    args: &'a CallArgs,
    metadata: MetadataMap,
    programs: Programs,
    requests: Sending,
    /// How long the run may take, and until when.
    limit: Option<(Duration, Instant)>,
}

enum Sending {
    /// One call with these.
    One(Requests),
    /// A call of each value.
    Each(Input),
}

pub(super) fn run(args: &CallArgs) -> Result<(), Failure> {
    ui::speak(&args.talk);
    let limit = args.max_time.and_then(|limit| Some((limit, Instant::now().checked_add(limit)?)));
    let server = target::parse(&args.target)?;
    let mut options = target::options(&server, &args.connection)?;
    if let Some((limit, _)) = limit {
        // Who connects names the layer and the addresses when the time is up.
        options.connect_timeout = options.connect_timeout.min(limit);
    }
    let metadata = metadata::of_call(&args.connection)?;
    let programs = Programs::of(args)?;
    // Files are read before signals are listened for: where one is a pipe that nobody writes, Ctrl-C ends greet
    // as it ends any program.
    let requests = match &args.many.each {
        Some(each) => Sending::Each(requests::each(each)?),
        None => Sending::One(requests::of(args, programs.generate.as_ref())?),
    };
    let given = schema::given(&args.schema)?;
    let session = Session::new(given, &server, options, &args.connection);
    block_on(call(Meant { args, metadata, programs, requests, limit }, session))
}

async fn call(meant: Meant<'_>, mut session: Session<'_>) -> Result<(), Failure> {
    let outlet = Outlet::new();
    let mut interrupts = Interrupts::new(&outlet, meant.limit, session.stage())?;
    let Some(name) = &meant.args.method else {
        return Err(interrupts.heed(Stage::Schema, method_missing(session)).await?);
    };
    let prepared = interrupts.heed(Stage::Schema, session.prepare(name)).await??;
    match meant.requests {
        Sending::One(_) => one(meant, session, prepared, &outlet, &mut interrupts).await,
        Sending::Each(ref input) => {
            let input = input.clone();
            interrupts.heed(Stage::Connect, session.leave()).await?;
            let all = each::Each::new(meant, input, session, prepared, &outlet)?;
            interrupts.heed(Stage::Call, all.run()).await?
        }
    }
}

/// Makes one call.
async fn one(
    meant: Meant<'_>,
    mut session: Session<'_>,
    prepared: Arc<Prepared>,
    outlet: &Outlet,
    interrupts: &mut Interrupts<'_>,
) -> Result<(), Failure> {
    let Meant { args, metadata, programs, requests, .. } = meant;
    let Sending::One(requests) = requests else { return Ok(()) };
    let shape = prepared.method().shape();
    if args.lockstep && !(shape.streams_requests() && shape.streams_replies()) {
        let cause = format!(
            "--lockstep is for methods that stream both ways, and {} is {shape}",
            prepared.method().full_name()
        );
        return Err(Failure::new(Kind::Usage, cause));
    }
    let mut expectations = Expectations::new(&programs.expect, Arc::clone(&prepared));
    let form = Form::of_replies(args.output.form, shape.streams_replies());
    let mut seen = Seen::new(args, programs.query, &prepared, form)?;

    // Whatever can be found wrong with the data is found before anything of the call is sent.
    let outgoing = interrupts.heed(Stage::Data, Outgoing::new(requests, args, &prepared)).await??;
    // Some servers take one stream on a connection, and that was reflection's. What is at hand whole is sent again
    // on another; for a feed, which can be read once, the end of the first stream is waited for.
    let again = if session.has_asked() { outgoing.copy() } else { None };
    if again.is_none() {
        interrupts.heed(Stage::Connect, session.leave()).await?;
    }
    let mut out = Vec::new();
    let mut manner = Manner {
        lockstep: args.lockstep,
        half_close: !args.no_half_close,
        most: args.max_messages,
        again: again.is_some(),
    };
    let mut observers: Vec<&mut dyn Observer> = vec![seen.observer()];
    if !programs.expect.is_empty() {
        observers.push(&mut expectations);
    }
    let mut ended = Ok(Ok(End::NotTaken));
    for outgoing in std::iter::once(outgoing).chain(again) {
        let client = session.client(metadata.clone(), args.timeout);
        let client = interrupts.heed(Stage::Connect, client).await??;
        let (sender, receiver) = client.start_prepared(Arc::clone(&prepared)).split();
        ended = {
            let exchange = Exchange::new(manner, &mut observers, outlet, &mut out);
            interrupts.heed(Stage::Call, exchange.run(outgoing, sender, receiver)).await
        };
        if !matches!(ended, Ok(Ok(End::NotTaken))) {
            break;
        }
        interrupts.heed(Stage::Connect, session.leave()).await?;
        manner.again = false;
    }
    let ended = match ended {
        Ok(ended) => ended,
        // What ended it from outside; what is known by then is still shown.
        Err(interrupted) => {
            for observer in observers {
                observer.see(Happening::Left, &mut out)?;
            }
            Err(interrupted)
        }
    };
    if !is_over_before_it_began(&ended) {
        // Programs that had to wait for the end; another Ctrl-C ends them.
        let finish = async {
            seen.finish(&mut out).await?;
            expectations.finish().await
        };
        interrupts.heed(Stage::Call, finish).await??;
    }
    match &ended {
        Err(_) => outlet.write_what_goes(&out)?,
        Ok(_) => interrupts.heed(Stage::Call, outlet.write(&out)).await??,
    }
    verdict::of(&ended?, programs.expect_code, &expectations, seen.has_failed())
}

/// Whether nothing was ever said by the server: then there is nothing to look at.
fn is_over_before_it_began(ended: &Result<End, Failure>) -> bool {
    match ended {
        Ok(End::Ended(ending)) => ending.origin.connect_error().is_some(),
        Ok(End::Enough | End::NotTaken) => false,
        Err(failure) => failure.kind() == Kind::ReaderGone,
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
