//! What may be typed after `greet health`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{ConnectionArgs, connection::duration};

/// Ask the standard health check; exit code 0 when SERVING, else 7
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet health localhost:50051\n  \
    greet health localhost:50051 greeter.Greeter --wait 30s\n  \
    greet health localhost:50051 greeter.Greeter --watch\n  \
    greet health localhost:50051 --all-backends\n\n\
    --wait waits until the service is SERVING, and not only until the server is there; exit code 7 if\n\
    it is not when the time is up. With --watch it waits for the server.\n\n\
    Exit codes:\n  \
    0 SERVING, or a watch that was interrupted   7 any other state   8 backends that differ   2 usage\n  \
    5 resolve, connect, HTTP/2   6 TLS   64 + code a gRPC status (an unknown service is NOT_FOUND, 69)\n  \
    130 Ctrl-C   1 anything else")]
pub(crate) struct HealthArgs {
    /// The server
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    /// The service asked about; without one, the server as a whole
    #[arg(value_name = "SERVICE")]
    pub(crate) service: Option<String>,

    /// Print every change until interrupted
    #[arg(long)]
    pub(crate) watch: bool,

    /// Ask every address of the target once, all at once; exit code 8 if they differ
    #[arg(long, conflicts_with_all = ["watch", "wait"])]
    pub(crate) all_backends: bool,

    /// What --all-backends prints: what people read, a line of JSON for each address, or all that happened as events
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t = HealthForm::Text, requires = "all_backends")]
    pub(crate) form: HealthForm,

    /// Bound the check
    #[arg(short = 't', long, value_name = "DURATION", value_parser = duration, conflicts_with = "watch")]
    pub(crate) timeout: Option<Duration>,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// How the states of many servers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HealthForm {
    Text,
    Json,
    Events,
}
