//! What may be typed after `greet list`.

use clap::{Args, ValueEnum};

use super::{ConnectionArgs, SchemaArgs};

/// List services, or one service's methods
///
/// With -p or --descriptor-set the argument is a SERVICE, and a server is added by --target.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet list localhost:50051\n  \
    greet list localhost:50051 greeter.Greeter\n  \
    greet list -p api.proto\n\n\
    Exit codes:\n  \
    0 OK   2 usage   4 schema   5 resolve, connect, HTTP/2   6 TLS   130 Ctrl-C   1 anything else")]
pub(crate) struct ListArgs {
    /// The server, then a service; with a schema on the command line only the service
    #[arg(value_name = "TARGET|SERVICE", num_args = 0..=2)]
    pub(crate) names: Vec<String>,

    /// A server beside the given schema
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<String>,

    /// One name a line, or JSON with shapes
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t = ListForm::Text)]
    pub(crate) form: ListForm,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListForm {
    Text,
    Json,
}
