//! What may be typed after `greet export`.

use std::path::PathBuf;

use clap::Args;

use super::{ConnectionArgs, SchemaArgs};

/// Write the schema down: as a descriptor set, or as .proto files
///
/// Without SYMBOL it is all services with everything they reach, and from files all of them. With -p or
/// --descriptor-set the arguments are SYMBOLs, and a server is added by --target.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("to").required(true))]
#[command(after_help = "Examples:\n  \
    greet export localhost:50051 --dir protos\n  \
    greet export localhost:50051 greeter.Greeter --set greeter.binpb\n  \
    greet export -p api --set - | buf build -\n\n\
    In a descriptor set the files stand as the server gave them, dependencies first. Files in the\n\
    directory that have the name of one that is written are overwritten; nothing is written outside\n\
    of the directory.\n\n\
    Exit codes:\n  \
    0 OK   2 usage   4 schema   5 resolve, connect, HTTP/2   6 TLS   130 Ctrl-C   1 anything else")]
pub(crate) struct ExportArgs {
    /// The server, then symbols; with a schema on the command line only symbols
    #[arg(value_name = "TARGET|SYMBOL", num_args = 0..)]
    pub(crate) names: Vec<String>,

    /// Write a FileDescriptorSet; - is standard output
    #[arg(long, value_name = "FILE", group = "to")]
    pub(crate) set: Option<PathBuf>,

    /// Write a tree of .proto files into this directory, which is made if it is not there
    #[arg(long, value_name = "DIR", group = "to")]
    pub(crate) dir: Option<PathBuf>,

    /// A server beside the given schema
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
