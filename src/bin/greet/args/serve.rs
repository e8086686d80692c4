//! What may be typed after `greet serve`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::connection::duration;
use super::{
    FaultArgs, JournalArgs, ServeHealthArgs, ServeLimitArgs, ServeRegisterArgs, ServeSecurityArgs,
    UpstreamArgs,
};
use clap::Args;

/// Serve every service of a schema
///
/// Without PROTO the embedded greeter.proto is served, with its embedded rule. Every method is answered at
/// once with values that fit its schema; rules make it say more. When ready, one line on stdout is the
/// TARGET that `greet call` takes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet serve --port 50051\n  \
    greet serve api.proto --rule 'pkg.Service/Get when .id == \"\" => error(\"INVALID_ARGUMENT\")'\n  \
    greet serve api.proto --rules rules.yaml\n  \
    greet serve -- sh -c 'greet call $GREET_TARGET SayHello name=World'\n\n\
    With a command: starts, waits until ready, runs the command with GREET_TARGET set and greet on its\n\
    PATH, stops, and exits with the command's code; with 7 if that was 0 and rules were not called as\n\
    they `expect`.\n\n\
    Exit codes:\n  \
    0 stopped by a signal   the command's own, 128 + n if a signal ended it   2 usage, rules\n  \
    4 schema   5 a port in use   7 an `expect` of a rule   1 calls were cut, or anything else")]
pub(crate) struct ServeArgs {
    /// .proto files, directories of them, or compiled descriptor sets, told by content
    #[arg(value_name = "PROTO")]
    pub(crate) schema: Vec<PathBuf>,

    /// A .proto file or a directory of them, as PROTO
    #[arg(short = 'p', long = "proto", value_name = "FILE|DIR", help_heading = "Schema")]
    pub(crate) proto: Vec<PathBuf>,

    /// A directory in which imports are looked up [default: inferred from packages and imports]
    #[arg(short = 'I', long = "include", value_name = "DIR", help_heading = "Schema")]
    pub(crate) include: Vec<PathBuf>,

    /// A compiled FileDescriptorSet, as PROTO
    #[arg(long, value_name = "FILE", visible_alias = "protoset", help_heading = "Schema")]
    pub(crate) descriptor_set: Vec<PathBuf>,

    /// A rule in one line: METHOD [when PROGRAM] => PROGRAM, in jq; the first that matches answers
    #[arg(long, value_name = "RULE", allow_hyphen_values = true, help_heading = "Rules")]
    pub(crate) rule: Vec<String>,

    /// A file of rules, after those of --rule
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub(crate) rules: Vec<PathBuf>,

    /// Answer UNIMPLEMENTED where no rule matches, instead of a made-up reply
    #[arg(long, help_heading = "Rules")]
    pub(crate) no_auto: bool,

    /// What made-up replies depend on, beside the schema
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Rules")]
    pub(crate) seed: u64,

    /// Go on with the schema and the rules as they were read, though their files change
    #[arg(long, help_heading = "Rules")]
    pub(crate) no_reload: bool,

    #[command(flatten)]
    pub(crate) faults: FaultArgs,

    #[command(flatten)]
    pub(crate) upstream: UpstreamArgs,

    #[command(flatten)]
    pub(crate) recording: JournalArgs,

    /// The port on loopback; 0 takes a free one [default: 50051; 0 with a command]
    #[arg(long, value_name = "N", help_heading = "Listening")]
    pub(crate) port: Option<u16>,

    /// Where to listen: HOST, HOST:PORT or unix:PATH [default: loopback, IPv4 and IPv6]
    #[arg(long, value_name = "HOST[:PORT]|unix:PATH", help_heading = "Listening")]
    pub(crate) listen: Vec<String>,

    /// Threads that serve [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Listening")]
    pub(crate) threads: Option<u16>,

    /// A file to write the port to when ready, whole or not at all; removed at the end
    #[arg(long, value_name = "FILE", help_heading = "Listening")]
    pub(crate) port_file: Option<PathBuf>,

    /// Serve one call, to a method other than reflection's, health's and --admin's, and end as after SIGTERM
    #[arg(long, conflicts_with = "command", help_heading = "Listening")]
    pub(crate) once: bool,

    /// How long health says NOT_SERVING after SIGINT or SIGTERM before no more calls are taken
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s", help_heading = "Listening")]
    pub(crate) drain_delay: Duration,

    /// How long open calls may go on after that; a second signal cuts them
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s", help_heading = "Listening")]
    pub(crate) grace: Duration,

    /// Offer the service greet.admin.v1.Admin: rules, counters, journal and health while it runs
    #[arg(long, help_heading = "Listening")]
    pub(crate) admin: bool,

    /// Do not offer server reflection
    #[arg(long, help_heading = "Listening")]
    pub(crate) no_reflection: bool,

    /// Do not offer the health check
    #[arg(long, help_heading = "Listening")]
    pub(crate) no_health: bool,

    /// Say nothing of single calls and connections
    #[arg(long)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) security: ServeSecurityArgs,

    #[command(flatten)]
    pub(crate) limits: ServeLimitArgs,

    #[command(flatten)]
    pub(crate) health: ServeHealthArgs,

    #[command(flatten)]
    pub(crate) registration: ServeRegisterArgs,

    /// A command to run against the server; greet ends with it
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}
