//! Calls a method: requests go out as they come in, replies are printed as they come back.

mod apart;
mod backends;
mod chronicle;
mod each;
mod exchange;
mod expectations;
mod hedged;
mod kept;
mod links;
mod observer;
mod outgoing;
mod pace;
mod queried;
mod recorder;
mod rehearsal;
mod repeat;
mod replies;
mod results;
mod seen;
pub(super) mod story;
mod under_way;
pub(super) mod verbose;
mod verdict;
mod window;
mod write_out;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use greet::caller::Prepared;
use greet::client::{ConnectOptions, HedgingPolicy};
use greet::protocol::Encoding;
use greet::schema::Source;
use greet::{MetadataMap, Target};
use tokio::time::Instant;

use self::chronicle::Chronicle;
use self::exchange::{End, Exchange, Manner, Next};
use self::expectations::Expectations;
use self::links::Done;
use self::observer::{Happening, Observer};
use self::outgoing::Outgoing;
use self::repeat::Repeat;
use self::seen::Seen;
use super::interrupts::{Interrupts, limit};
use super::{block_on, until_signal};
use crate::args::CallArgs;
use crate::failure::{Failure, Kind, Types};
use crate::intent::metadata::{self, Metadata};
use crate::intent::programs::Programs;
use crate::intent::requests::{self, Input, Requests};
use crate::intent::schema::{self, Session, Stage};
use crate::intent::terms::{self, Terms};
use crate::intent::{balance, forms, target};
use crate::output::{self, Form, Outlet};

/// What was typed, understood; nothing of it has been read or sent.
struct Meant<'a> {
    args: &'a CallArgs,
    metadata: MetadataMap,
    programs: Programs,
    requests: Sending,
    /// What holds beyond what was typed is known when the method is.
    terms: Terms,
    /// How long the run may take, and until when.
    limit: Option<(Duration, Instant)>,
}

/// The same, with the server, how to dial it, what goes with questions about the schema, and the sources that are given.
type Understood<'a> = (Meant<'a>, Target, ConnectOptions, MetadataMap, Vec<Arc<dyn Source>>);

enum Sending {
    /// One call with these.
    One(Requests),
    /// A call of each value.
    Each(Input),
}

pub(super) fn run(args: &CallArgs) -> Result<(), Failure> {
    let mut chronicle = Chronicle::new(args)?;
    match understand(args, &mut chronicle) {
        Ok((meant, server, options, reflection, given)) => {
            let session = Session::new(given, &server, options, &args.connection, reflection);
            block_on(told(meant, session, chronicle))
        }
        Err(failure) => {
            let ended = Err(failure);
            let told = chronicle.end(&ended);
            ended.or_else(|failure| output::write(&told).and(Err(failure)))
        }
    }
}

/// Reads what was typed, and the files that it names.
fn understand<'a>(args: &'a CallArgs, chronicle: &mut Chronicle) -> Result<Understood<'a>, Failure> {
    let limit = limit(&args.connection);
    let server = target::parse(&args.target)?;
    let mut options = target::options(&server, &args.connection)?;
    options.names.refresh = args.balance.refresh;
    let programs = Programs::of(args)?;
    let Metadata { call: metadata, reflection } = metadata::of(&args.connection)?;
    // Files are read before signals are listened for: where one is a pipe that nobody writes, Ctrl-C ends greet
    // as it ends any program.
    let requests = match &args.many.each {
        Some(each) => Sending::Each(requests::each(each)?),
        None => Sending::One(requests::of(args, programs.generate.as_ref())?),
    };
    chronicle.looks_for_schema();
    let given = schema::given(&args.schema)?;
    Ok((
        Meant { args, metadata, programs, requests, terms: Terms::default(), limit },
        server,
        options,
        reflection,
        given,
    ))
}

/// Makes the call or the calls, and tells how all of it ended.
async fn told(meant: Meant<'_>, session: Session<'_>, mut chronicle: Chronicle) -> Result<(), Failure> {
    let outlet = Outlet::new();
    let limit = meant.limit;
    // In a box, as what connects is large.
    let ended = Box::pin(call(meant, session, &outlet, &mut chronicle)).await;
    let told = chronicle.end(&ended);
    let over = limit.is_some_and(|(_, until)| until <= Instant::now());
    let written = match &ended {
        Err(failure) if failure.kind() == Kind::ReaderGone => Ok(()),
        Err(failure) if over || matches!(failure.kind(), Kind::Signal(_)) => outlet.write_what_goes(&told),
        // Whoever reads may be slow, and a signal ends that too.
        _ => until_signal(outlet.write(&told)).await,
    };
    ended.and(written)
}

async fn call(
    mut meant: Meant<'_>,
    mut session: Session<'_>,
    outlet: &Outlet,
    chronicle: &mut Chronicle,
) -> Result<(), Failure> {
    let mut interrupts = Interrupts::new(outlet, meant.limit, session.stage())?;
    let config = match &meant.args.balance.service_config {
        None => None,
        Some(_) => {
            let config = terms::config(&meant.args.balance, session.target(), session.options());
            interrupts.heed(Stage::Connect, Box::pin(config)).await??
        }
    };
    let waits = meant.args.connection.wait.is_some();
    if let Some(pool) = balance::options(&meant.args.balance, config.as_ref(), waits)? {
        session.balance(pool)?;
    }
    let Some(name) = &meant.args.method else {
        return Err(interrupts.heed(Stage::Schema, method_missing(session)).await?);
    };
    let prepared = interrupts.heed(Stage::Schema, session.prepare(name)).await.and_then(|prepared| prepared);
    let prepared = match prepared {
        Ok(prepared) => {
            chronicle.knows(&prepared, session.connection());
            meant.terms = Terms::of(&meant.args.into(), config.as_ref(), &prepared.method().path());
            session.waits(meant.terms.wait);
            prepared
        }
        Err(failure) => {
            // Where there was no connection the failure knows how far it came.
            if failure.place().is_none_or(|place| place.phases.is_none()) {
                chronicle.has_looked(session.connection());
            }
            return Err(failure);
        }
    };
    match meant.requests {
        Sending::One(_) if meant.args.every.all_backends => {
            chronicle.tells_nothing();
            let all = backends::run(meant, session, prepared, outlet, &mut interrupts);
            Box::pin(all).await
        }
        Sending::One(_) if meant.args.dry_run => {
            rehearsal::run(meant, session, prepared, outlet, &mut interrupts, chronicle).await
        }
        Sending::One(_) => one(meant, session, prepared, outlet, &mut interrupts, chronicle).await,
        Sending::Each(ref input) => {
            let input = input.clone();
            interrupts.heed(Stage::Connect, session.leave()).await?;
            let many = Arc::clone(&prepared);
            let all = each::Each::new(meant, input, session, prepared, outlet)?;
            chronicle.calls_many(&many);
            interrupts.heed(Stage::Call, all.run(chronicle)).await?
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
    chronicle: &mut Chronicle,
) -> Result<(), Failure> {
    let Meant { args, metadata, programs, requests, terms, .. } = meant;
    let Sending::One(requests) = requests else { return Ok(()) };
    lockstep_fits(args, &prepared)?;
    let shape = prepared.method().shape();
    let mut expectations = Expectations::new(&programs.expect, Arc::clone(&prepared));
    let form = Form::of_replies(args.output.form, shape.streams_replies());
    let mut seen = Seen::new(args, programs.query, &prepared, form)?;

    // Whatever can be found wrong with the data is found before anything of the call is sent.
    let mut outgoing =
        interrupts.heed(Stage::Data, Outgoing::new(requests, args, &prepared, terms.max_send)).await??;
    let mut repeat = Repeat::new(&terms);
    // Some servers take one stream on a connection, and that was reflection's. What is at hand whole is sent again
    // on another; for a feed, which can be read once, the end of the first stream is waited for.
    if session.has_asked() && outgoing.is_at_hand() {
        repeat.may_be_gone();
    } else {
        interrupts.heed(Stage::Connect, session.leave()).await?;
    }
    if repeat.may() {
        outgoing.keep();
    }
    let mut out = Vec::new();
    let manner = Manner { lockstep: args.lockstep, half_close: !args.no_half_close, most: args.max_messages };
    let encoding = forms::encoding(args.compress);
    let mut peer = None;
    let ended = if let Some(policy) = &terms.hedging {
        hedged::fits(&prepared)?;
        let wire = interrupts.heed(Stage::Data, outgoing.next(prepared.request())).await??;
        let how = (metadata, &terms, encoding);
        let made = hedge(policy, &mut session, &prepared, wire.unwrap_or_default(), &mut repeat, how);
        let mut done = interrupts.heed(Stage::Call, Box::pin(made)).await??;
        peer = done.give_back();
        chronicle.calls(&done.client, &prepared, &done.repeat.said(done.client.head(&prepared)));
        hedged::tell(&done, &mut observers(&mut seen, &mut expectations, chronicle), &mut out)?;
        Ok(Ok(End::Ended(done.ending)))
    } else {
        loop {
            // In a box, as dialling is large.
            let client = Box::pin(repeat.in_time(session.client(metadata.clone(), terms.timeout)));
            let client = interrupts.heed(Stage::Connect, client).await??.with_encoding(encoding);
            let head = repeat.begin(client.head(&prepared));
            chronicle.calls(&client, &prepared, &head);
            let (sender, receiver) = client.start_with(Arc::clone(&prepared), head).split();
            let tried = {
                let mut observers = observers(&mut seen, &mut expectations, chronicle);
                let exchange = Exchange::new(manner, &mut repeat, &mut observers, outlet, &mut out)
                    .with_peer(session.picked());
                interrupts.heed(Stage::Call, exchange.run(&mut outgoing, sender, receiver)).await
            };
            match tried {
                Ok(Ok(Next::Again(pause))) => {
                    interrupts.heed(Stage::Connect, session.leave()).await?;
                    if let Err(failure) = interrupts.heed(Stage::Call, tokio::time::sleep(pause)).await {
                        break Err(failure);
                    }
                    outgoing.rewind();
                }
                Ok(Ok(Next::Over(end))) => break Ok(Ok(end)),
                Ok(Err(failure)) => break Ok(Err(failure)),
                Err(failure) => break Err(failure),
            }
        }
    };
    let mut interrupted = false;
    let ended = match ended {
        Ok(ended) => ended,
        // What ended it from outside; what is known by then is still shown.
        Err(failure) => {
            for observer in observers(&mut seen, &mut expectations, chronicle) {
                observer.see(Happening::Left, &mut out)?;
            }
            interrupted = true;
            Err(failure)
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
    if interrupted {
        outlet.write_what_goes(&out)?;
    } else {
        interrupts.heed(Stage::Call, outlet.write(&out)).await??;
    }
    let ended = ended?;
    let peer = peer.or_else(|| session.picked());
    if let End::Ended(ending) = &ended {
        session.ended(ending);
    }
    if repeat.count() > 1 {
        verdict::tell_tries(&ended, repeat.count());
    }
    verdict::of(&ended, Types::of(&prepared), programs.expect_code, &expectations, seen.has_failed())
        .map_err(|failure| failure.by(peer.as_ref()))
}

/// Says when requests cannot wait for replies.
fn lockstep_fits(args: &CallArgs, prepared: &Prepared) -> Result<(), Failure> {
    let shape = prepared.method().shape();
    if args.lockstep && !(shape.streams_requests() && shape.streams_replies()) {
        let cause = format!(
            "--lockstep is for methods that stream both ways, and {} is {shape}",
            prepared.method().full_name()
        );
        return Err(Failure::new(Kind::Usage, cause));
    }
    Ok(())
}

/// Makes a call several times; gives the one that had the last word.
async fn hedge(
    policy: &HedgingPolicy,
    session: &mut Session<'_>,
    prepared: &Arc<Prepared>,
    wire: Bytes,
    repeat: &mut Repeat,
    (metadata, terms, encoding): (MetadataMap, &Terms, Encoding),
) -> Result<Done, Failure> {
    repeat.starts();
    let first = Box::pin(repeat.in_time(session.client(metadata.clone(), terms.timeout))).await?;
    let first = first.with_encoding(encoding);
    let more = session.more(&first, metadata, terms.timeout, encoding);
    let first = links::held((session.lease(), first));
    let more: hedged::More = Box::new(move || more().map(links::held));
    Ok(hedged::hedged(policy.clone(), first, more, Arc::clone(prepared), 1, wire, repeat.clone()).await)
}

/// Those who want to know what happens.
fn observers<'o>(
    seen: &'o mut Seen,
    expectations: &'o mut Expectations,
    chronicle: &'o mut Chronicle,
) -> Vec<&'o mut dyn Observer> {
    let mut observers: Vec<&mut dyn Observer> = vec![seen.observer()];
    if !expectations.is_empty() {
        observers.push(expectations);
    }
    if chronicle.is_curious() {
        observers.push(chronicle);
    }
    observers
}

/// Whether nothing was ever said by the server: then there is nothing to look at.
fn is_over_before_it_began(ended: &Result<End, Failure>) -> bool {
    match ended {
        Ok(End::Ended(ending)) => ending.origin.connect_error().is_some(),
        Ok(End::Enough) => false,
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
