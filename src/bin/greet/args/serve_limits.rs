//! What the clients of `greet serve` are kept to.

use std::time::Duration;

use clap::Args;
use greet::Size;

use super::connection::{duration, size, some_time};

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct ServeLimitArgs {
    /// The largest request that is taken
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "64MiB")]
    pub(crate) max_recv_size: Size,

    /// The most metadata of a call: names and values, and 32 bytes for each
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "64KiB")]
    pub(crate) max_header_list_size: Size,

    /// Calls that may be open on one connection; more are refused
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 1000)]
    pub(crate) max_concurrent_streams: u32,

    /// Connections that may be open; more are closed at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 16384)]
    pub(crate) max_connections: u32,

    /// How long a new connection may take until it speaks HTTP/2, TLS included; 0 is for ever
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s")]
    pub(crate) handshake_timeout: Duration,

    /// Close a connection that has had no call for so long; 0 is never
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1h")]
    pub(crate) idle_timeout: Duration,

    /// Ask for a sign of life (a ping) so often, and cut a client that did not give the last; 0 is never
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m")]
    pub(crate) keepalive: Duration,

    /// Tell a connection to go when it is so old, give or take a tenth; its calls go on [default: never]
    #[arg(long, value_name = "DURATION", value_parser = some_time)]
    pub(crate) max_connection_age: Option<Duration>,

    /// Cut the calls of a connection that was told so, after so long [default: never]
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "max_connection_age")]
    pub(crate) max_connection_age_grace: Option<Duration>,
}
