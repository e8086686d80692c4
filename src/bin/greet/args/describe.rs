//! What may be typed after `greet describe`.

use clap::{Args, ValueEnum};

use super::{ConnectionArgs, SchemaArgs};

/// Show a symbol as .proto source: a service, method, message, enum, field, oneof, value or extension
///
/// A method is shown with the types that it takes and gives. Without SYMBOL every service is shown. With -p or
/// --descriptor-set the argument is a SYMBOL, and a server is added by --target.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet describe localhost:50051 greeter.HelloRequest\n  \
    greet describe -p api.proto SayHello\n  \
    greet describe localhost:50051 SayHello --template > request.json\n  \
    greet describe localhost:50051 SayHello --example\n\n\
    Exit codes:\n  \
    0 OK   2 usage   4 schema   5 resolve, connect, HTTP/2   6 TLS   130 Ctrl-C   1 anything else")]
pub(crate) struct DescribeArgs {
    /// The server, then a symbol; with a schema on the command line only the symbol
    #[arg(value_name = "TARGET|SYMBOL", num_args = 0..=2)]
    pub(crate) names: Vec<String>,

    /// A server beside the given schema
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<String>,

    /// .proto source, or JSON: one line a symbol, with its descriptor
    #[arg(short = 'o', long = "output", value_name = "FORM", value_enum, default_value_t = DescribeForm::Proto)]
    pub(crate) form: DescribeForm,

    /// Show a request of a method, or a message, as JSON with every field, explained in comments that greet call takes
    #[arg(long, alias = "msg-template", conflicts_with_all = ["example", "form"])]
    pub(crate) template: bool,

    /// Show a whole 'greet call' line for a method, quoted for the shell
    #[arg(long, conflicts_with = "form")]
    pub(crate) example: bool,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DescribeForm {
    Proto,
    Json,
}
