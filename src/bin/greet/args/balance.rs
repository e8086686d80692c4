//! Calls over several servers.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::connection::{duration, some_time};

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Many servers")]
pub(crate) struct BalanceArgs {
    /// Spread calls over all addresses of the target
    ///
    /// The first call waits until each address is connected or has failed, at most 1s after the first is connected. An
    /// address that failed is tried again after 1s, then 1.6 times as long each time, up to 2m, a fifth more or less; with
    /// --wait after 50ms, up to 1s.
    #[arg(long, value_name = "POLICY", value_enum)]
    pub(crate) lb: Option<Policy>,

    /// Ask for the addresses again so often, besides when one fails [default: file: 1s, exec: 5s, others 30s]
    ///
    /// etcd and Consul tell of changes by themselves, and are not asked.
    #[arg(long, value_name = "DURATION", value_parser = some_time)]
    pub(crate) refresh: Option<Duration>,

    /// Leave out servers that say by the standard health check that they do not serve
    #[arg(long, requires = "lb")]
    pub(crate) health: bool,

    /// The same, by what they say of this service
    #[arg(long, value_name = "SERVICE", requires = "lb")]
    pub(crate) health_of: Option<String>,

    /// Leave out servers whose calls fail more than others': gRPC's outlier detection, as key=value,… or JSON
    ///
    /// interval=10s, baseEjectionTime=30s, maxEjectionTime=300s, maxEjectionPercent=10, and one or both of
    /// failurePercentageEjection.threshold=85 and successRateEjection.stdevFactor=1900, each also with
    /// .enforcementPercentage=100, .minimumHosts=5 (with fewer servers none is left out) and .requestVolume, the calls a server
    /// must have had in an interval: 50 and 100.
    #[arg(long, value_name = "SPEC", requires = "lb")]
    pub(crate) outlier: Option<String>,

    /// Take gRPC's service config for timeout, sizes, retries, balancing, health: a file, JSON, or dns for what DNS has
    ///
    /// What is typed holds beside it; of two timeouts and sizes the smaller. greet explain shows what has an effect.
    #[arg(long, value_name = "FILE|JSON|dns")]
    pub(crate) service_config: Option<String>,

    /// Make a unary call up to N times, so long after each other, and take the first good answer (hedging)
    ///
    /// One that ends UNAVAILABLE hurries the next; any other failure ends the call.
    #[arg(long, value_name = "N,DELAY", value_parser = hedge, conflicts_with = "retry")]
    pub(crate) hedge: Option<Hedged>,
}

/// Every server instead of one.
#[derive(Debug, Args)]
pub(crate) struct EveryArgs {
    /// Ask every address of the target once, all at once, and compare what they answer; exit code 8 if they differ
    ///
    /// People read the answer that most gave, and who differs where; -o json is one line each, -o events all of it.
    #[arg(long, conflicts_with_all = ["lb", "health", "health_of", "outlier", "refresh", "each", "dry_run", "retry", "hedge", "query", "expect", "expect_code", "max_messages", "write_out", "lockstep", "no_half_close"], help_heading = "Many servers")]
    pub(crate) all_backends: bool,
}

/// How often, and how long after each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hedged {
    pub(crate) attempts: u32,
    pub(crate) delay: Duration,
}

fn hedge(text: &str) -> Result<Hedged, String> {
    let wrong = || format!("'{text}' is no N,DELAY such as 3,50ms");
    let (attempts, delay) = text.split_once(',').ok_or_else(wrong)?;
    let attempts = attempts.trim().parse().map_err(|_| wrong())?;
    if !(2..=100).contains(&attempts) {
        return Err(format!("{attempts} is not from 2 to 100"));
    }
    Ok(Hedged { attempts, delay: duration(delay.trim())? })
}

/// How calls are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Policy {
    /// All to the first address that works
    PickFirst,
    /// To all in turn
    RoundRobin,
    /// To the one of two, drawn by chance, that has fewer calls open
    LeastRequest,
    /// In turn, more often to those that report more room (ORCA in trailers)
    WeightedRoundRobin,
}
