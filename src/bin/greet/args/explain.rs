//! What may be typed after `greet explain`.

use std::time::Duration;

use clap::Args;
use greet::Size;

use super::connection::{duration, size};
use super::{BalanceArgs, ConnectionArgs, RetryArgs, SchemaArgs};

/// Show how a call would be made: addresses, policy, timeout, retries, and what has no effect
///
/// Names are looked up, and the method in the schema as greet call does it; no method is called. Where nobody can be asked
/// for the schema, a whole name is taken as it is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet explain 127.0.0.2:50051,127.0.0.3:50051 greeter.Greeter/SayHello --lb round_robin\n  \
    greet explain localhost:50051 SayHello --service-config config.json\n\n\
    Exit codes:\n  \
    0 shown   2 usage, a service config that is not valid   4 schema   5 resolve, connect   6 TLS\n  \
    130 Ctrl-C   1 anything else")]
pub(crate) struct ExplainArgs {
    /// The server
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    /// pkg.Service/Method, or a suffix that is unique (Greeter/SayHello, SayHello)
    #[arg(value_name = "METHOD")]
    pub(crate) method: String,

    /// As of greet call
    #[arg(short = 't', long, value_name = "DURATION", value_parser = duration, help_heading = "Time and size")]
    pub(crate) timeout: Option<Duration>,

    /// As of greet call
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Time and size")]
    pub(crate) max_send_size: Option<Size>,

    #[command(flatten)]
    pub(crate) retry: RetryArgs,

    #[command(flatten)]
    pub(crate) balance: BalanceArgs,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
