//! Many unary calls over one connection.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Many calls")]
pub(crate) struct EachArgs {
    /// One unary call for each value of standard input (-) or of a file (@FILE); line N of stdout is the reply to
    /// value N, or {"error":{"n":N,…}}; the exit code is that of the lowest N that failed
    #[arg(
        long,
        value_name = "-|@FILE",
        conflicts_with_all = [
            "data", "data_option", "generate", "lockstep", "no_half_close", "max_messages", "slurp",
        ]
    )]
    pub(crate) each: Option<String>,

    /// How many calls may be under way at once [default: 1]
    #[arg(short = 'j', long, value_name = "N", requires = "each", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) jobs: Option<u16>,

    /// Begin no more calls than this: 50/s, 100/m
    #[arg(long, value_name = "RATE", requires = "each", value_parser = interval)]
    pub(crate) rate: Option<Duration>,

    /// Keep the values whose calls failed, one a line, for another try
    #[arg(long, value_name = "FILE", requires = "each")]
    pub(crate) failed: Option<PathBuf>,
}

/// Reads `50/s` as the time between two calls.
fn interval(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is no rate such as 50/s, 100/m or 0.5/s");
    let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
    let count: f64 = count.parse().map_err(|_| wrong())?;
    let unit = match unit {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    if !(count.is_finite() && count > 0.0) {
        return Err(wrong());
    }
    Duration::try_from_secs_f64(unit / count).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_the_time_between_two_calls() {
        for (text, millis) in [("50/s", 20), ("0.5/s", 2000), ("120/m", 500), ("3600/h", 1000)] {
            assert_eq!(interval(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "50", "/s", "0/s", "-1/s", "50/d", "nan/s", "inf/s", "1e-300/s"] {
            assert!(interval(text).is_err(), "{text}");
        }
    }
}
