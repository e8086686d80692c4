//! What may be typed after `greet check`.

use std::path::PathBuf;

use clap::Args;

/// Report all that is wrong with .proto files, directories or descriptor sets
///
/// Everything is compiled and linked, and every error shown with its file, line and column. Ends with 4 if
/// there is one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet check protos\n  \
    greet check -I protos -I third_party protos/api.proto\n  \
    greet check api.binpb\n\n\
    Exit codes:\n  \
    0 all is right   2 usage   4 something is wrong   1 anything else")]
pub(crate) struct CheckArgs {
    /// .proto files, directories with them, or compiled descriptor sets, told by content
    #[arg(value_name = "DIR|FILE", required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// A directory in which imports are looked up [default: inferred from packages and imports]
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
}
