//! From `greet serve`'s arguments to a server that can be started.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use greet::answerer::{Automatic, Offer, ServeError, greeter_rules, greeter_schema};
use greet::leaf::duration;
use greet::rules::Rule;
use greet::server::{Ended, Listen, Observer};
use greet::{Schema, Server, ServerBuilder};

use crate::args::ServeArgs;
use crate::failure::{Failure, Kind};
use crate::ui;

/// Everything but the start.
pub(crate) fn builder(args: &ServeArgs) -> Result<ServerBuilder, Failure> {
    let mut builder = Server::builder()
        .schema(schema(args)?)
        .rules(all_rules(args)?)
        .seed(args.seed)
        .automatic(if args.no_auto { Automatic::Off } else { Automatic::On })
        .reflection(if args.no_reflection { Offer::No } else { Offer::Yes })
        .health(if args.no_health { Offer::No } else { Offer::Yes })
        .journal(Offer::No)
        .listen(listen(args)?)
        .max_recv_size(args.max_recv_size)
        .notes(Arc::new(|note: &str| ui::note(note)));
    let wanted = args.threads.and_then(|n| NonZeroUsize::new(n.into()));
    let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    builder = builder.threads(wanted.unwrap_or_else(cores));
    if ui::is_terminal() && !args.quiet {
        builder = builder.observer(Arc::new(LineACall));
    }
    Ok(builder)
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
