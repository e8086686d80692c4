//! What may be typed after `greet verify`.

use std::path::PathBuf;

use clap::Args;

/// Say whether the calls of a recording are as they were expected
///
/// A recording is what `greet serve --journal` and `greet call -o events` write. Ends with 7 if there are more or
/// fewer calls than expected, and shows what was seen instead.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet verify journal.ndjson Greeter/SayHello\n  \
    greet verify journal.ndjson Greeter/SayHello --where '.name == \"Ann\"' --times 2\n  \
    greet verify journal.ndjson SayHello --where '$metadata[\"x-token\"] == \"1\"' --at-least 1\n\n\
    In a condition . is the request, of a call with several each in turn: one is enough. $requests and $replies are\n\
    all of them, $metadata is the client's, $status the end, $peer who called.\n\n\
    Exit codes:\n  \
    0    as expected\n  \
    1    the recording cannot be read\n  \
    2    usage, or a program that does not compile\n  \
    7    more or fewer calls than expected")]
pub(crate) struct VerifyArgs {
    /// The recording; - is standard input
    #[arg(value_name = "JOURNAL")]
    pub(crate) journal: PathBuf,

    /// The method, by its full name or the end of it
    #[arg(value_name = "METHOD")]
    pub(crate) method: String,

    /// Count only calls for which this jq program holds; several must all hold
    #[arg(long = "where", value_name = "JQ", allow_hyphen_values = true)]
    pub(crate) condition: Vec<String>,

    /// So many calls, no more and no fewer
    #[arg(long, value_name = "N", conflicts_with_all = ["at_least", "at_most"])]
    pub(crate) times: Option<usize>,

    /// No fewer calls [default: 1, unless --at-most is given]
    #[arg(long, value_name = "N")]
    pub(crate) at_least: Option<usize>,

    /// No more calls
    #[arg(long, value_name = "N")]
    pub(crate) at_most: Option<usize>,
}
