//! What may be typed after `greet resolve`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::connection::{Resolved, duration, resolved, some_time};

/// Show the addresses behind a target, or every change of them
///
/// Nothing is dialled. In a pipe each line is an address, as a target takes it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet resolve localhost:50051\n  \
    greet resolve file:backends.txt -o json\n  \
    greet resolve file:backends.txt --watch\n  \
    greet resolve --allow-exec 'exec:echo 127.0.0.1:50051'\n\n\
    A name is asked for by its scheme: dns://SERVER/HOST:PORT, dns+srv:_grpc._tcp.HOST (SRV records),\n\
    etcd://HOST:PORT/SERVICE, consul://HOST:PORT/SERVICE, mdns:SERVICE (who answers in the local\n\
    network), file:PATH and exec:COMMAND (an address a line, or JSON:\n\
    [{\"addr\":\"host:port\",\"weight\":2}]).\n\n\
    With --watch each line is a JSON object whose 'event' is add, remove or change; the first lines\n\
    are the addresses as they are. It goes on when whoever is asked does not answer, and says so on\n\
    stderr.\n\n\
    Exit codes:\n  \
    0 OK, or a watch that was interrupted   2 usage   5 no address   130 Ctrl-C   1 anything else")]
pub(crate) struct ResolveArgs {
    /// Servers, or a name for them
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    /// Print additions, removals and changes until interrupted
    #[arg(long)]
    pub(crate) watch: bool,

    /// Ask again so often with --watch [default: file: 1s, exec: 5s, others 30s]
    #[arg(long, value_name = "DURATION", value_parser = some_time, requires = "watch")]
    pub(crate) refresh: Option<Duration>,

    /// One address a line and on a terminal what is known of it, or JSON
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t = ResolveForm::Text, conflicts_with = "watch")]
    pub(crate) form: ResolveForm,

    /// Let the target be a program (exec:COMMAND)
    #[arg(long)]
    pub(crate) allow_exec: bool,

    /// Take this address for a host and port; several are joined by commas
    #[arg(long, value_name = "HOST:PORT:ADDRESS", value_parser = resolved)]
    pub(crate) resolve: Vec<Resolved>,

    /// Show IPv4 addresses only
    #[arg(long, conflicts_with = "ipv6")]
    pub(crate) ipv4: bool,

    /// Show IPv6 addresses only
    #[arg(long)]
    pub(crate) ipv6: bool,

    /// Where a port is missing, it is the one of plaintext: 50051 on loopback, else 80
    #[arg(long, conflicts_with = "tls")]
    pub(crate) plaintext: bool,

    /// Where a port is missing, it is the one of TLS: 443
    #[arg(long)]
    pub(crate) tls: bool,

    /// Bound the question
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s")]
    pub(crate) connect_timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResolveForm {
    Text,
    Json,
}
