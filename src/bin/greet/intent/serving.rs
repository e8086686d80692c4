//! From `greet serve`'s arguments to a server that can be started.

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greet::answerer::{Automatic, Fault, Offer, Pace, ServeError, Upstream, greeter_rules, greeter_schema};
use greet::rules::Rule;
use greet::rules::file::RuleFile;
use greet::server::{Limits, Listen};
use greet::{Schema, Server, ServerBuilder};
use tokio::sync::Notify;

use super::serving_observer::{Refusals, Witness};
use super::upstream::Other;
use super::watched::Watched;
use super::{journaling, recording, serving_security};
use crate::args::{ServeArgs, ServeLimitArgs};
use crate::failure::{Failure, Kind};
use crate::ui;

/// A server that can be started, and who is told when its first call has ended.
pub(crate) struct Prepared {
    pub(crate) builder: ServerBuilder,
    pub(crate) first_call: Arc<Notify>,
    /// The files that it is made from.
    pub(crate) watched: Watched,
}

/// Everything but the start; `stdout` is where a journal is written that is to be there.
pub(crate) async fn prepare(
    args: &ServeArgs,
    stdout: impl Write + Send + 'static,
) -> Result<Prepared, Failure> {
    let listen = listen(args)?;
    serving_security::warn_of_plaintext(&args.security, &listen);
    let RuleFile { rules, files } = all_rules(args)?;
    // What came instead of what was expected is told at the end, and what came at all to who asks the admin service.
    let is_asked_for = args.admin || rules.iter().any(Rule::expects);
    let mut builder = Server::builder()
        .rules(rules)
        .seed(args.seed)
        .automatic(if args.no_auto { Automatic::Off } else { Automatic::On })
        .reflection(if args.no_reflection { Offer::No } else { Offer::Yes })
        .health(if args.no_health { Offer::No } else { Offer::Yes })
        .journal_in(journaling::journal(&args.recording, stdout, is_asked_for)?)
        .listen(listen)
        .limits(limits(&args.limits))
        .notes(Arc::new(|note: &str| ui::note(note)));
    let schema = schema(args)?;
    let watched = Watched::of(args, schema.as_ref(), files);
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
    if args.admin {
        builder = builder.admin();
    }
    if let Some(tls) = serving_security::tls(&args.security)? {
        builder = builder.tls(tls);
    }
    if let Some(token) = serving_security::token(&args.security)? {
        builder = builder.token(token);
    }
    let first_call = Arc::<Notify>::default();
    builder = builder.observer(Arc::new(Witness {
        tells_calls: ui::is_terminal() && !args.quiet,
        refusals: match (args.quiet, ui::is_terminal()) {
            (true, _) => Refusals::Never,
            (false, true) => Refusals::Each,
            (false, false) => Refusals::OnceAReason(Mutex::default()),
        },
        first_call: args.once.then(|| Arc::clone(&first_call)),
    }));
    Ok(Prepared { builder, first_call, watched })
}

/// What clients are kept to; a time of 0 is none.
fn limits(args: &ServeLimitArgs) -> Limits {
    let some = |time: Duration| (!time.is_zero()).then_some(time);
    let mut limits = Limits::default();
    limits.max_recv_size = args.max_recv_size;
    limits.max_header_list_size = args.max_header_list_size;
    limits.max_concurrent_streams = args.max_concurrent_streams;
    limits.max_connections = usize::try_from(args.max_connections).unwrap_or(usize::MAX);
    limits.handshake_timeout = some(args.handshake_timeout).unwrap_or(Duration::MAX);
    limits.idle_timeout = some(args.idle_timeout);
    limits.keepalive = some(args.keepalive);
    limits.max_connection_age = args.max_connection_age.and_then(some);
    limits.max_connection_age_grace = args.max_connection_age_grace;
    limits
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
pub(crate) fn all_rules(args: &ServeArgs) -> Result<RuleFile, Failure> {
    let (mut rules, mut files) = (Vec::new(), Vec::new());
    for text in &args.rule {
        rules.push(Rule::parse(text, "--rule").map_err(|error| Failure::rule(&error))?);
    }
    for path in &args.rules {
        let file = super::rules::load(path)?;
        rules.extend(file.rules);
        files.extend(file.files);
    }
    let others = [&args.upstream.from, &args.upstream.upstream].into_iter().flatten().count();
    let embedded = has_no_schema(args) && others == 0 && args.recording.replay.is_none();
    // A file of rules replaces the embedded rule; a single --rule stands before it.
    if embedded && args.rules.is_empty() {
        rules.extend(greeter_rules().map_err(not_started)?);
    }
    Ok(RuleFile { rules, files })
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
