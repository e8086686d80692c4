//! Shows how a call would be made, and makes none.

use std::fmt::Write as _;

use greet::Target;
use greet::client::{ConnectOptions, LoadBalancing, PoolOptions, ServiceConfig, resolver};
use greet::leaf::duration;

use super::interrupts::{in_time, limit};
use super::until_signal;
use crate::args::ExplainArgs;
use crate::failure::{Failure, Kind};
use crate::intent::schema::{self, Session, Unfound};
use crate::intent::terms::{self, Said, Terms};
use crate::intent::{balance, metadata, target};
use crate::output;

pub(super) async fn run(args: ExplainArgs) -> Result<(), Failure> {
    let server = target::parse(&args.target)?;
    let mut options = target::options(&server, &args.connection)?;
    options.names.refresh = args.balance.refresh;
    let questions = metadata::of(&args.connection)?.reflection;
    let given = schema::given(&args.schema)?;
    let mut session = Session::new(given, &server, options, &args.connection, questions);
    // What is waited for is shown, and not waited for.
    session.waits(None);
    let (limit, stage) = (limit(&args.connection), session.stage());
    let text = until_signal(in_time(limit, &stage, Box::pin(explained(&args, &mut session)))).await?;
    output::write(text.as_bytes())
}

/// The whole name of the method that is meant, and why nobody could be asked whether there is one.
async fn meant(name: &str, session: &mut Session<'_>) -> Result<(String, Option<Failure>), Failure> {
    let found = session.find(name).await;
    session.leave().await;
    match found {
        Ok(method) => Ok((method.full_name(), None)),
        // What holds for a method can be said without its schema.
        Err(Unfound { failure, is_known: false }) if is_whole(name) => {
            Ok((name.trim_start_matches('/').to_owned(), Some(failure)))
        }
        Err(Unfound { failure, is_known: false }) => {
            Err(failure.hint("without a schema, METHOD is a whole name: pkg.Service/Method"))
        }
        Err(Unfound { failure, is_known: true }) => Err(failure),
    }
}

fn is_whole(name: &str) -> bool {
    name.trim_start_matches('/')
        .split_once('/')
        .is_some_and(|(service, method)| !service.is_empty() && !method.is_empty() && !method.contains('/'))
}

async fn explained(args: &ExplainArgs, session: &mut Session<'_>) -> Result<String, Failure> {
    let (method, unasked) = meant(&args.method, session).await?;
    let (server, options) = (session.target(), session.options());
    let config = terms::config(&args.balance, server, options).await?;
    let waits = args.connection.wait.is_some();
    let pool = balance::options(&args.balance, config.as_ref(), waits)?;
    let (retry, said) = (&args.retry, &args.balance);
    let (timeout, max_send, connection) = (args.timeout, args.max_send_size, &args.connection);
    let typed = Said { timeout, max_send, retry, balance: said, connection };
    let terms = Terms::of(&typed, config.as_ref(), &method);
    let mut text = String::new();
    let mut tell = |name: &str, what: &str| {
        // A string takes whatever is written.
        let _ = writeln!(text, "{name:<10} {what}");
    };
    tell("target", server.text());
    let servers = addresses(server, options, &mut tell).await?;
    if let Some(refresh) = args.balance.refresh {
        let often = duration::render(refresh);
        tell(
            "refresh",
            &format!("addresses are asked for again each {often}, where nobody tells of changes"),
        );
    }
    tell("policy", &policy(args, config.as_ref(), pool.as_ref()));
    let entry = config.as_ref().and_then(|config| config.method(&method));
    let entry = entry.map_or_else(
        || "nothing in a service config is for it".to_owned(),
        |(_, name)| format!("by what the service config says of {name}"),
    );
    tell("method", &format!("{method}, {entry}"));
    if let Some(why) = unasked {
        tell("schema", &format!("not known: {}", why.cause()));
    }
    of_call(&terms, config.as_ref(), &mut tell);
    let ignored = config.iter().flat_map(|config| &config.ignored);
    for what in terms.overruled.iter().chain(&overruled(args, config.as_ref(), pool.as_ref())).chain(ignored)
    {
        tell("no effect", what);
    }
    if let Some(what) = pool.as_ref().and_then(|pool| leaves_nobody_out(pool, servers)) {
        tell("no effect", &what);
    }
    Ok(text)
}

/// Tells them, and gives how many there are.
async fn addresses(
    server: &Target,
    options: &ConnectOptions,
    tell: &mut impl FnMut(&str, &str),
) -> Result<usize, Failure> {
    let resolver = resolver(server, options).map_err(|error| terms::unresolved(&error))?;
    let list = tokio::time::timeout(options.connect_timeout, resolver.resolve()).await;
    let list = match list {
        Ok(list) => list.map_err(|error| terms::unresolved(&error))?,
        Err(_) => return Err(Failure::new(Kind::Connection, format!("{server} was not resolved in time"))),
    };
    for endpoint in &list.located {
        tell("address", &format!("{} ({})", endpoint.peer, endpoint.source));
    }
    for (name, why) in &list.unresolved {
        tell("no address", &format!("{name}: {why}"));
    }
    Ok(list.located.len())
}

/// Why outliers are not looked for among so many servers, where they are to be.
fn leaves_nobody_out(pool: &PoolOptions, servers: usize) -> Option<String> {
    let outlier = pool.outlier.as_ref()?;
    if pool.policy == LoadBalancing::PickFirst {
        return Some("outlier detection: pick_first stays with one address".to_owned());
    }
    let least = [
        outlier.failure_percentage.as_ref().map(|part| part.minimum_hosts),
        outlier.success_rate.as_ref().map(|part| part.minimum_hosts),
    ];
    let least = least.into_iter().flatten().min()?;
    (servers < least as usize)
        .then(|| format!("outlier detection: its minimumHosts is {least}, and the servers are {servers}"))
}

fn policy(args: &ExplainArgs, config: Option<&ServiceConfig>, pool: Option<&PoolOptions>) -> String {
    let Some(pool) = pool else {
        return "pick_first, as nothing else is said: one connection, to the first address that is ready"
            .to_owned();
    };
    let from = if args.balance.lb.is_some() {
        "by --lb"
    } else if config.is_some_and(|config| config.balancing.is_some()) {
        "by the service config"
    } else {
        "as the service config says no other"
    };
    let mut text = format!("{}, {from}", pool.policy);
    match pool.policy {
        LoadBalancing::PickFirst if pool.shuffle => text.push_str("; addresses in an order by chance"),
        LoadBalancing::LeastRequest if pool.choices != 2 => {
            let _ = write!(text, "; {} are drawn for a call", pool.choices);
        }
        LoadBalancing::WeightedRoundRobin => {
            if let Some(every) = pool.weighting.out_of_band {
                let _ = write!(text, "; servers are to report their load each {}", duration::render(every));
            }
        }
        _ => {}
    }
    match pool.health.as_deref() {
        None => {}
        Some("") => text.push_str("; only servers that say that they serve"),
        Some(service) => {
            let _ = write!(text, "; only servers that say that they serve {service}");
        }
    }
    if let Some(outlier) = &pool.outlier {
        let _ = write!(
            text,
            "; outliers are looked for each {} and left out for {}",
            duration::render(outlier.interval),
            duration::render(outlier.base_ejection_time)
        );
    }
    text
}

fn of_call(terms: &Terms, config: Option<&ServiceConfig>, tell: &mut impl FnMut(&str, &str)) {
    if let Some(timeout) = terms.timeout {
        tell("timeout", &duration::render(timeout));
    }
    if let Some(wait) = terms.wait {
        tell("wait", &format!("for a server where none works, at most {}", duration::render(wait)));
    }
    if let Some(most) = terms.max_send {
        tell("request", &format!("at most {} bytes", most.get()));
    }
    if let Some(most) = terms.max_recv {
        tell("reply", &format!("at most {} bytes", most.get()));
    }
    match (&terms.retry, &terms.hedging) {
        (Some(retry), _) => {
            let codes: Vec<_> = retry.codes.iter().map(|code| code.name()).collect();
            tell(
                "retry",
                &format!(
                    "up to {} repeats after {}; pauses from {} on, {} times as long each, at most {}",
                    retry.retries,
                    codes.join(", "),
                    duration::render(retry.initial_backoff),
                    retry.backoff_multiplier,
                    duration::render(retry.max_backoff)
                ),
            );
        }
        (None, Some(hedging)) => tell(
            "hedging",
            &format!(
                "up to {} attempts, {} after each other",
                hedging.attempts,
                duration::render(hedging.delay)
            ),
        ),
        (None, None) => tell("retry", "only what no server has looked at"),
    }
    if config.is_some_and(|config| config.throttling.is_some()) {
        tell("throttle", "calls are not repeated while too many fail");
    }
}

/// What the service config says of balancing that does not hold.
fn overruled(args: &ExplainArgs, config: Option<&ServiceConfig>, pool: Option<&PoolOptions>) -> Vec<String> {
    let mut told = Vec::new();
    let (Some(config), Some(pool)) = (config, pool) else { return told };
    if args.balance.lb.is_some() && config.balancing.is_some() {
        told.push("loadBalancingConfig of the service config: --lb is given".to_owned());
    }
    if config.health.is_some() && pool.health != config.health {
        let why = if pool.health.is_some() { "--health is given" } else { "pick_first asks for none" };
        told.push(format!("healthCheckConfig of the service config: {why}"));
    }
    told
}
