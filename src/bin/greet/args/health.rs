//! What may be typed after `greet health`.

use std::time::Duration;

use clap::Args;

use super::{ConnectionArgs, connection::duration};

/// Ask the standard health check; exit code 0 when SERVING, else 7
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet health localhost:50051\n  \
    greet health localhost:50051 greeter.Greeter --watch")]
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

    /// Bound the check
    #[arg(short = 't', long, value_name = "DURATION", value_parser = duration, conflicts_with = "watch")]
    pub(crate) timeout: Option<Duration>,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
