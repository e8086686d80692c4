//! From `greet serve`'s arguments to a server that can be started.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use greet::answerer::{Automatic, Fault, Offer, Pace, ServeError, Upstream, greeter_rules, greeter_schema};
use greet::leaf::duration;
use greet::leaf::os_cause::words;
use greet::rules::{self, Rule};
use greet::server::{Ended, Listen, Observer};
use greet::{Schema, Server, ServerBuilder};

use super::upstream::Other;
use super::watched::Watched;
use super::{journaling, recording};
use crate::args::ServeArgs;
use crate::failure::{Failure, Kind};
use crate::ui;

/// Everything but the start.
pub(crate) async fn builder(args: &ServeArgs) -> Result<(ServerBuilder, Watched), Failure> {
    let mut builder = Server::builder()
        .rules(all_rules(args)?)
        .seed(args.seed)
        .automatic(if args.no_auto { Automatic::Off } else { Automatic::On })
        .reflection(if args.no_reflection { Offer::No } else { Offer::Yes })
        .health(if args.no_health { Offer::No } else { Offer::Yes })
        .journal_in(journaling::journal(&args.recording)?)
        .listen(listen(args)?)
        .max_recv_size(args.max_recv_size)
        .notes(Arc::new(|note: &str| ui::note(note)));
    let schema = schema(args)?;
    let watched = Watched::of(args, schema.as_ref(), Vec::new());
    builder = match schema {
        Some(schema) => builder.schema(schema),
        None => of_another(args, builder).await?,
    };
    if let Some(text) = &args.upstream.upstream {
        let Other { target, options, metadata } = Other::of(text, &args.upstream)?;
        builder = builder.upstream(Upstream::new(target, options, metadata));
    }
    if let Some(path) = &args.recording.replay {
        let pace = if args.recording.pace > 0.0 { Pace::Times(args.recording.pace) } else { Pace::AtOnce };
        builder = builder.replay(recording::load(path)?, pace);
    }
    for text in &args.faults.fault {
        let fault =
            Fault::parse(text).map_err(|error| Failure::new(Kind::Usage, format!("--fault: {error}")))?;
        builder = builder.fault(fault);
    }
    if args.faults.allow_fault_headers {
        builder = builder.fault_headers();
    }
    let wanted = args.threads.and_then(|n| NonZeroUsize::new(n.into()));
    let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    builder = builder.threads(wanted.unwrap_or_else(cores));
    if ui::is_terminal() && !args.quiet {
        builder = builder.observer(Arc::new(LineACall));
    }
    Ok((builder, watched))
}

/// Whether nothing on the command line says what is served.
fn has_no_schema(args: &ServeArgs) -> bool {
    let given = args.schema.iter().chain(&args.proto).chain(&args.descriptor_set);
    given.count() == 0
}

/// The schema of the given files, if there are any.
pub(crate) fn given_schema(args: &ServeArgs) -> Result<Option<Schema>, Failure> {
    let all = args.schema.iter().chain(&args.proto).chain(&args.descriptor_set);
    let paths: Vec<PathBuf> = all.cloned().collect();
    Ok(if paths.is_empty() { None } else { Some(Schema::from_files(paths, args.include.clone())?) })
}

/// That of the given files, or the embedded greeter where no other server is named.
fn schema(args: &ServeArgs) -> Result<Option<Schema>, Failure> {
    if let Some(schema) = given_schema(args)? {
        return Ok(Some(schema));
    }
    if args.upstream.from.is_some() || args.upstream.upstream.is_some() {
        return Ok(None);
    }
    greeter_schema().map(Some).map_err(not_started)
}

/// The schema of another server. One that only passes on does without, and answers neither for the other's schema nor
/// for its health.
async fn of_another(args: &ServeArgs, builder: ServerBuilder) -> Result<ServerBuilder, Failure> {
    if let Some(text) = &args.upstream.from {
        return Ok(builder.schema(Other::of(text, &args.upstream)?.schema().await?));
    }
    let Some(text) = &args.upstream.upstream else { return Ok(builder) };
    let builder = builder.reflection(Offer::No).health(Offer::No);
    match Other::of(text, &args.upstream)?.schema().await {
        Ok(schema) => Ok(builder.schema(schema)),
        // Rules need one.
        Err(failure) if !(args.rule.is_empty() && args.rules.is_empty()) => Err(failure),
        Err(failure) => {
            ui::note(&format!(
                "{text} does not tell its schema, so messages are passed on unread: {}",
                failure.cause()
            ));
            Ok(builder.schema(Schema::new(Vec::new())))
        }
    }
}

/// Those of `--rule`, then those of the files; the embedded one when neither a schema nor a rule is given.
pub(crate) fn all_rules(args: &ServeArgs) -> Result<Vec<Rule>, Failure> {
    let mut rules = Vec::new();
    for text in &args.rule {
        rules.push(Rule::parse(text, "--rule").map_err(|error| Failure::rule(&error))?);
    }
    for path in &args.rules {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::new(Kind::Usage, format!("cannot read '{name}': {}", words(&error))))?;
        rules.extend(rules::file::load(&text, path).map_err(|error| Failure::rule(&error))?.rules);
    }
    let others = [&args.upstream.from, &args.upstream.upstream].into_iter().flatten().count();
    let embedded = has_no_schema(args) && others == 0 && args.recording.replay.is_none();
    // A file of rules replaces the embedded rule; a single --rule stands before it.
    if embedded && args.rules.is_empty() {
        rules.extend(greeter_rules().map_err(not_started)?);
    }
    Ok(rules)
}

/// Where to listen: by default loopback on one port, which is any free one beside a command.
fn listen(args: &ServeArgs) -> Result<Vec<Listen>, Failure> {
    let usual = if args.command.is_empty() { 50051 } else { 0 };
    let port = args.port.unwrap_or(usual);
    if args.listen.is_empty() {
        return Ok(vec![Listen::Loopback { port }]);
    }
    let parse = |text: &String| {
        Listen::parse(text, port).map_err(|error| {
            Failure::new(Kind::Usage, error.to_string()).hint("the form is HOST, HOST:PORT or unix:PATH")
        })
    };
    args.listen.iter().map(parse).collect()
}

/// A failure for a server that does not start.
pub(crate) fn not_started(error: ServeError) -> Failure {
    Failure::from(error)
}

/// One line on stderr for each call that ended.
#[derive(Debug)]
struct LineACall;

impl Observer for LineACall {
    fn ended(&self, call: &Ended<'_>) {
        let path = call.path.trim_start_matches('/');
        let took = duration::render(call.duration);
        let (requests, replies) = (call.requests, call.replies);
        ui::line(&format!(
            "{path} {} {took} ({requests} in, {replies} out) from {}",
            call.status.code.name(),
            call.peer
        ));
    }
}
