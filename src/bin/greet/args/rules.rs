//! What may be typed after `greet rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::SchemaArgs;

/// Check rule files, or ask one what it answers, without a server
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet rules check rules.yaml -p api.proto\n  \
    greet rules explain rules.yaml SayHello '{\"name\":\"World\"}' -p api.proto\n\n\
    Exit codes:\n  \
    0 all is right   2 usage, or a rule that is wrong   3 request data   4 the schema   1 anything else")]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    Check(RulesCheckArgs),
    Explain(RulesExplainArgs),
}

/// Report what is wrong with rule files, as serve would when it loads them
///
/// Messages are compared whole with the schema, programs as far as their paths are static, and each program is
/// run once on the method's example request: what it yields must fit. Where it only fails, which may be meant,
/// a note says so. All rules that are wrong are named, up to 20, each with its first mistake. Ends with 2 if something
/// is wrong.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet rules check rules.yaml -p api.proto\n  \
    greet rules check common.yaml more.yaml --descriptor-set api.binpb")]
pub(crate) struct RulesCheckArgs {
    /// Files of rules, in their order
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
}

/// Say which rule answers a call, why those before it do not, and with what
///
/// Each DATA is JSON with one or more requests; without one there is one empty request. What the rule's programs
/// yield is shown up to 16 values each; waits and other steps are named, and not done.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet rules explain rules.yaml SayHello '{\"name\":\"World\"}'\n  \
    greet rules explain rules.yaml chat.Chat/Talk '{\"text\":\"hi\"}' '{\"text\":\"bye\"}' -p chat.proto")]
pub(crate) struct RulesExplainArgs {
    /// A file of rules
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The method that is called
    #[arg(value_name = "METHOD")]
    pub(crate) method: String,

    /// Requests in JSON
    #[arg(value_name = "DATA")]
    pub(crate) data: Vec<String>,

    /// Metadata of the call, 'key: value'; the value of a -bin name is base64
    #[arg(short = 'H', long = "header", value_name = "KEY: VALUE", allow_hyphen_values = true)]
    pub(crate) header: Vec<String>,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
}
