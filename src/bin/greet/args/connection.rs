//! How a server is reached, and what goes along with every call.

use std::time::Duration;

use clap::Args;
use greet::Size;

use super::ReflectionChoice;

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// Metadata 'key: value', for the call and for reflection; the value of a -bin name is base64
    #[arg(short = 'H', long = "header", value_name = "KEY: VALUE", allow_hyphen_values = true)]
    pub(crate) header: Vec<String>,

    /// Metadata for the call only
    #[arg(long, value_name = "KEY: VALUE", allow_hyphen_values = true)]
    pub(crate) rpc_header: Vec<String>,

    /// Metadata for reflection only
    #[arg(long, value_name = "KEY: VALUE", allow_hyphen_values = true)]
    pub(crate) reflect_header: Vec<String>,

    /// Which version of server reflection to ask
    #[arg(long, value_name = "VERSION", value_enum, default_value_t = ReflectionChoice::Auto)]
    pub(crate) reflection: ReflectionChoice,

    /// Do not encrypt; this is how loopback and unix sockets are reached anyway
    #[arg(long, conflicts_with = "tls")]
    pub(crate) plaintext: bool,

    /// Encrypt; this version cannot, and says so
    #[arg(long)]
    pub(crate) tls: bool,

    /// The :authority to send instead of the target's host
    #[arg(long, value_name = "NAME")]
    pub(crate) authority: Option<String>,

    /// What to send before greet's own user-agent
    #[arg(long, value_name = "TEXT")]
    pub(crate) user_agent: Option<String>,

    /// Bound name, connection and schema
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", help_heading = "Time and size")]
    pub(crate) connect_timeout: Duration,

    /// The largest reply that is taken
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "1GiB", help_heading = "Time and size")]
    pub(crate) max_recv_size: Size,
}

/// Reads a duration for clap.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    greet::leaf::duration::parse(text).map_err(|error| error.to_string())
}

/// Reads a size for clap.
pub(super) fn size(text: &str) -> Result<Size, String> {
    Size::parse(text).map_err(|error| error.to_string())
}
