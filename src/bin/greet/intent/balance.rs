//! How calls are spread over the addresses of a target, as it was typed.

use std::time::Duration;

use greet::client::{
    Backoff, Lease, LoadBalancing, OutlierOptions, Pool, PoolError, PoolOptions, ServiceConfig,
};
use greet::leaf::duration;
use tokio::time::timeout;

use crate::args::{BalanceArgs, Policy};
use crate::failure::{Failure, Kind};
use crate::ui;

/// The pool that was asked for, if any was. `waits` is whether somebody waits for servers that are not there yet.
pub(crate) fn options(
    args: &BalanceArgs,
    config: Option<&ServiceConfig>,
    waits: bool,
) -> Result<Option<PoolOptions>, Failure> {
    let said = config.and_then(|config| config.balancing.as_ref());
    let policy = match (args.lb, config) {
        (None, None) if args.refresh.is_some() => {
            let cause = "--refresh is for calls that are spread over the addresses of a target";
            return Err(Failure::new(Kind::Usage, cause).hint("--lb POLICY spreads them"));
        }
        (None, None) => return Ok(None),
        (None, Some(_)) => said.map_or(LoadBalancing::PickFirst, |said| said.policy),
        (Some(policy), _) => named(policy),
    };
    let mut options = PoolOptions::new(policy);
    if let Some(said) = said.filter(|said| said.policy == policy) {
        (options.choices, options.shuffle) = (said.choices, said.shuffle);
        options.weighting = said.weighting;
    }
    if args.lb.is_none() {
        options.outlier = said.and_then(|said| said.outlier.clone());
    }
    if waits {
        options = options.with_backoff(Backoff::brisk());
    }
    let health = args.health_of.clone().or_else(|| args.health.then(String::new));
    if health.is_some() && policy == LoadBalancing::PickFirst {
        return Err(Failure::new(Kind::Usage, "pick_first does not ask for health (gRFC A17)")
            .hint("--lb round_robin does"));
    }
    let by_config = config.and_then(|config| config.health.clone());
    options.health = health.or(by_config.filter(|_| policy != LoadBalancing::PickFirst));
    if let Some(text) = &args.outlier {
        if policy == LoadBalancing::PickFirst {
            return Err(Failure::new(Kind::Usage, "pick_first leaves nobody out: it stays with one address")
                .hint("--lb round_robin leaves outliers out"));
        }
        let outlier = OutlierOptions::parse(text)
            .map_err(|error| Failure::new(Kind::Usage, format!("--outlier: {error}")))?;
        options = options.with_outlier(outlier);
    }
    Ok(Some(options))
}

fn named(policy: Policy) -> LoadBalancing {
    match policy {
        Policy::PickFirst => LoadBalancing::PickFirst,
        Policy::RoundRobin => LoadBalancing::RoundRobin,
        Policy::LeastRequest => LoadBalancing::LeastRequest,
        Policy::WeightedRoundRobin => LoadBalancing::WeightedRoundRobin,
    }
}

/// The connection for one call; waited for as long as `wait` says where none works.
pub(crate) async fn pick(pool: &Pool, wait: Option<Duration>, target: &str) -> Result<Lease, Failure> {
    let error = match pool.pick().await {
        Ok(lease) => return Ok(lease),
        Err(error) => error,
    };
    let Some(limit) = wait else { return Err(failed(&error)) };
    let shown = duration::render(limit);
    ui::note(&format!("waiting for {target}, at most {shown}: {error}"));
    match timeout(limit, pool.pick_when_ready()).await {
        Ok(lease) => Ok(lease),
        Err(_) => Err(failed(&error).hint(format!("it was waited for {shown}; --wait says how long"))),
    }
}

/// Nobody takes a call.
pub(crate) fn failed(error: &PoolError) -> Failure {
    match error.connect_error() {
        Some(error) => Failure::connect(error),
        None if error.is_not_serving() => Failure::new(Kind::Unhealthy, error.to_string())
            .hint("without --health it is called all the same"),
        None => Failure::new(Kind::Connection, error.to_string()),
    }
}
