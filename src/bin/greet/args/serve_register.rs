//! Where a server is to be found, and what is done when it comes and goes.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::connection::some_time;

#[derive(Debug, Args)]
#[command(next_help_heading = "Registration")]
pub(crate) struct ServeRegisterArgs {
    /// Register the server, and keep it registered until it stops: etcd://[HOST:PORT,…]/SERVICE (as etcdctl, with its ETCDCTL_
    /// variables), consul://[HOST:PORT]/SERVICE (the agent checks its health), mdns:SERVICE (told to the local network) or file:PATH, a line
    /// there; may be said several times
    #[arg(long, value_name = "WHERE")]
    pub(crate) register: Vec<String>,

    /// How it is written into etcd: etcd is for gRPC's own resolver there
    #[arg(long, value_name = "FORMAT", default_value = "etcd", requires = "register")]
    pub(crate) register_format: RegisterFormat,

    /// Where clients reach the server [default: where it listens, or this machine's address]
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) advertise: Option<String>,

    /// How long a server that died without a word is still found, in etcd and Consul
    #[arg(long, value_name = "DURATION", value_parser = some_time, default_value = "10s", requires = "register")]
    pub(crate) ttl: Duration,

    /// End with exit code 5 if it cannot be registered at once, instead of trying until it can
    #[arg(long, requires = "register")]
    pub(crate) register_required: bool,

    /// A command for the shell, run when the server takes calls and is registered; GREET_TARGET and GREET_ADVERTISE are set
    #[arg(long, value_name = "CMD")]
    pub(crate) on_ready: Option<String>,

    /// A command for the shell, run when the server is to stop and is no longer registered, before it says NOT_SERVING
    #[arg(long, value_name = "CMD")]
    pub(crate) on_drain: Option<String>,
}

/// How a server is written into etcd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RegisterFormat {
    Etcd,
    GoZero,
    Kratos,
}
