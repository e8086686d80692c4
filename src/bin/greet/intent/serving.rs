//! From `greet serve`'s arguments to a server that can be started.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greet::answerer::{Automatic, Offer, ServeError, greeter_rules, greeter_schema};
use greet::rules::Rule;
use greet::server::{Limits, Listen};
use greet::{Schema, Server, ServerBuilder};
use tokio::sync::Notify;

use super::serving_observer::{Refusals, Witness};
use super::serving_security;
use crate::args::{ServeArgs, ServeLimitArgs};
use crate::failure::{Failure, Kind};
use crate::ui;

/// A server that can be started, and who is told when its first call has ended.
pub(crate) struct Prepared {
    pub(crate) builder: ServerBuilder,
    pub(crate) first_call: Arc<Notify>,
}

/// Everything but the start.
pub(crate) fn prepare(args: &ServeArgs) -> Result<Prepared, Failure> {
    let listen = listen(args)?;
    serving_security::warn_of_plaintext(&args.security, &listen);
    let mut builder = Server::builder()
        .schema(schema(args)?)
        .rules(all_rules(args)?)
        .seed(args.seed)
        .automatic(if args.no_auto { Automatic::Off } else { Automatic::On })
        .reflection(if args.no_reflection { Offer::No } else { Offer::Yes })
        .health(if args.no_health { Offer::No } else { Offer::Yes })
        .journal(Offer::No)
        .listen(listen)
        .limits(limits(&args.limits))
        .notes(Arc::new(|note: &str| ui::note(note)));
    let wanted = args.threads.and_then(|n| NonZeroUsize::new(n.into()));
    let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    builder = builder.threads(wanted.unwrap_or_else(cores));
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
    Ok(Prepared { builder, first_call })
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

/// The given files, or the embedded greeter.
fn schema(args: &ServeArgs) -> Result<Schema, Failure> {
    let all = args.schema.iter().chain(&args.proto).chain(&args.descriptor_set);
    let paths: Vec<PathBuf> = all.cloned().collect();
    if paths.is_empty() {
        return greeter_schema().map_err(not_started);
    }
    Ok(Schema::from_files(paths, args.include.clone())?)
}

/// Those of `--rule`, then those of the files; the embedded one when neither a schema nor a rule is given.
fn all_rules(args: &ServeArgs) -> Result<Vec<Rule>, Failure> {
    let mut rules = Vec::new();
    for text in &args.rule {
        rules.push(Rule::parse(text, "--rule").map_err(|error| Failure::rule(&error))?);
    }
    for path in &args.rules {
        rules.extend(super::rules::read(path)?);
    }
    let embedded = args.schema.is_empty() && args.proto.is_empty() && args.descriptor_set.is_empty();
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
