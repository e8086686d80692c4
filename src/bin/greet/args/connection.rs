//! How a server is reached, and what goes along with every call.

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use greet::Size;

use super::{CredentialArgs, ReflectionChoice, TellingArgs, TlsArgs};

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// Metadata 'key: value', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line
    #[arg(short = 'H', long = "header", value_name = "KEY: VALUE|@FILE", allow_hyphen_values = true)]
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

    /// The :authority to send instead of the target's host; in TLS the server is asked by it
    #[arg(long, value_name = "NAME")]
    pub(crate) authority: Option<String>,

    /// What to send before greet's own user-agent
    #[arg(long, value_name = "TEXT")]
    pub(crate) user_agent: Option<String>,

    /// Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '' is none
    ///
    /// Without it HTTPS_PROXY and NO_PROXY hold, for TLS to hosts other than loopback.
    #[arg(short = 'x', long, value_name = "URL")]
    pub(crate) proxy: Option<String>,

    /// Take this address for a host and port; several are joined by commas
    #[arg(long, value_name = "HOST:PORT:ADDRESS", value_parser = resolved)]
    pub(crate) resolve: Vec<Resolved>,

    /// Let a target be a program (exec:COMMAND)
    #[arg(long)]
    pub(crate) allow_exec: bool,

    /// Dial IPv4 addresses only
    #[arg(long, conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,

    /// Dial IPv6 addresses only
    #[arg(long)]
    pub(crate) ipv6: bool,

    #[command(flatten)]
    pub(crate) tls: TlsArgs,

    /// Wait for a server that is not there yet, at most this long
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Time and size")]
    pub(crate) wait: Option<Duration>,

    /// Ping the server so often while a call is open; a connection on which it does not answer is given up
    ///
    /// An answer is waited for as long as there is between two pings, at least 1s and at most 20s. Many servers take no
    /// more than a ping every 5m, and go away from who sends more.
    #[arg(long, value_name = "DURATION", value_parser = some_time, help_heading = "Time and size")]
    pub(crate) keepalive: Option<Duration>,

    /// Bound name, connection and schema
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", help_heading = "Time and size")]
    pub(crate) connect_timeout: Duration,

    /// Bound the whole run, from the first look-up to the last reply
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Time and size")]
    pub(crate) max_time: Option<Duration>,

    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,

    #[command(flatten)]
    pub(crate) telling: TellingArgs,

    /// The largest reply that is taken
    #[arg(long, alias = "max-msg-sz", value_name = "SIZE", value_parser = size, default_value = "1GiB", help_heading = "Time and size")]
    pub(crate) max_recv_size: Size,
}

/// The addresses that stand for a host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// As it was typed.
    pub(crate) text: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) addresses: Vec<IpAddr>,
}

/// Reads `host:port:address,…`, the host and the addresses in brackets or not where they are IPv6.
pub(super) fn resolved(text: &str) -> Result<Resolved, String> {
    const FORM: &str = "the form is HOST:PORT:ADDRESS";
    let (host, rest) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once("]:"),
        None => text.split_once(':'),
    }
    .ok_or(FORM)?;
    let (port, addresses) = rest.split_once(':').ok_or(FORM)?;
    let port = port.parse().map_err(|_| format!("'{port}' is no port"))?;
    let read = |text: &str| {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        bare.parse().map_err(|_| format!("'{text}' is no address"))
    };
    let addresses = addresses.split(',').map(read).collect::<Result<_, String>>()?;
    if host.is_empty() {
        return Err(FORM.to_owned());
    }
    Ok(Resolved { text: text.to_owned(), host: host.to_owned(), port, addresses })
}

/// Reads a duration for clap.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    greet::leaf::duration::parse(text).map_err(|error| error.to_string())
}

/// Reads a duration that is not nothing.
pub(super) fn some_time(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    if time.is_zero() { Err("it takes some time".to_owned()) } else { Ok(time) }
}

/// Reads a size for clap.
pub(super) fn size(text: &str) -> Result<Size, String> {
    Size::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_for_a_host() {
        for (text, host, port, addresses) in [
            ("a.b:443:127.0.0.1", "a.b", 443, &["127.0.0.1"][..]),
            ("a:1:::1", "a", 1, &["::1"]),
            ("a:1:[::1],10.0.0.1", "a", 1, &["::1", "10.0.0.1"]),
            ("[::2]:1:::1", "::2", 1, &["::1"]),
        ] {
            let addresses = addresses.iter().map(|a| a.parse().unwrap()).collect();
            let wanted = Resolved { text: text.to_owned(), host: host.to_owned(), port, addresses };
            assert_eq!(resolved(text), Ok(wanted), "{text}");
        }
        for text in ["", "a", "a:1", "a:x:127.0.0.1", "a:1:", "a:1:b", ":1:127.0.0.1", "a:1:127.0.0.1,"] {
            assert!(resolved(text).is_err(), "{text}");
        }
    }
}
