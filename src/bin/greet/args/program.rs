//! jq programs: what is shown of replies, and what is expected of them.

use std::path::PathBuf;

use clap::Args;
use greet::Code;

#[derive(Debug, Args)]
#[command(next_help_heading = "jq programs")]
pub(crate) struct ProgramArgs {
    /// Print what a jq program yields for each reply; $metadata, $n, and at the end $status and $trailers
    #[arg(short = 'q', long, value_name = "JQ", allow_hyphen_values = true)]
    pub(crate) query: Option<String>,

    /// The program of -q, from a file
    #[arg(short = 'f', long = "from-file", value_name = "FILE", conflicts_with = "query")]
    pub(crate) query_file: Option<PathBuf>,

    /// Print strings as they are, without quotes; alone it is '-q .'
    #[arg(short = 'r', long)]
    pub(crate) raw_output: bool,

    /// Run -q once, at the end, over the array of all replies
    #[arg(long)]
    pub(crate) slurp: bool,

    /// Print members in the order of their names
    #[arg(short = 'S', long)]
    pub(crate) sort_keys: bool,

    /// Indent with tabs
    #[arg(long, conflicts_with = "indent")]
    pub(crate) tab: bool,

    /// Indent with so many spaces; 0 is one line
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=16))]
    pub(crate) indent: Option<u8>,

    /// $NAME is this text, in all programs
    #[arg(long, value_names = ["NAME", "VALUE"], num_args = 2, allow_hyphen_values = true)]
    pub(crate) arg: Vec<String>,

    /// $NAME is this JSON, in all programs
    #[arg(long, value_names = ["NAME", "JSON"], num_args = 2, allow_hyphen_values = true)]
    pub(crate) argjson: Vec<String>,

    /// Fail with 7 unless this holds for every reply, and there is one; with $status or $trailers it is asked once, at
    /// the end, of the array of all
    #[arg(long, value_name = "JQ", allow_hyphen_values = true, help_heading = "Expectations")]
    pub(crate) expect: Vec<String>,

    /// Fail with 7 unless the call ends with this status, by name or number; then it is no failure
    #[arg(long, value_name = "CODE", value_parser = code, help_heading = "Expectations")]
    pub(crate) expect_code: Option<Code>,
}

fn code(text: &str) -> Result<Code, String> {
    Code::parse(text).map_err(|error| error.to_string())
}
