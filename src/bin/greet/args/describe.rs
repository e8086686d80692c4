//! What may be typed after `greet describe`.

use clap::Args;

use super::{ConnectionArgs, SchemaArgs};

/// Show a symbol as .proto source: a service, method, message or enum
///
/// Without SYMBOL every service is shown. With -p or --descriptor-set the argument is a SYMBOL, and a
/// server is added by --target.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet describe localhost:50051 greeter.HelloRequest\n  \
    greet describe -p api.proto SayHello")]
pub(crate) struct DescribeArgs {
    /// The server, then a symbol; with a schema on the command line only the symbol
    #[arg(value_name = "TARGET|SYMBOL", num_args = 0..=2)]
    pub(crate) names: Vec<String>,

    /// A server beside the given schema
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
