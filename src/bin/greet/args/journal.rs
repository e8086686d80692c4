//! Where a server writes down what happens, and what it plays again.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Recording")]
pub(crate) struct JournalArgs {
    /// Write every call down as events, one a line; - is stdout, and the ready line goes to stderr then
    #[arg(long, value_name = "FILE|-")]
    pub(crate) journal: Option<PathBuf>,

    /// Write secrets in metadata down as they are
    #[arg(long, requires = "journal")]
    pub(crate) show_secrets: bool,

    /// Answer as it is recorded in this file, which greet serve --journal or greet call -o events wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,

    /// How fast a recording is played: 1 as it was, 2 twice as fast, 0 without waiting
    #[arg(long, value_name = "FACTOR", value_parser = pace, default_value = "0", requires = "replay")]
    pub(crate) pace: f64,
}

fn pace(text: &str) -> Result<f64, String> {
    let factor: f64 = text.parse().map_err(|_| "a pace is a number, such as 1 or 0.5".to_owned())?;
    if factor.is_finite() && factor >= 0.0 { Ok(factor) } else { Err("a pace is 0 or more".to_owned()) }
}
