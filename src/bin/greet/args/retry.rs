//! Calls that are made again.

use clap::Args;
use greet::Code;

#[derive(Debug, Args)]
#[command(next_help_heading = "Time and size")]
pub(crate) struct RetryArgs {
    /// Repeat a call that failed before anything came back, up to N times: one that ended UNAVAILABLE, or that no server
    /// has looked at
    ///
    /// The pauses are 100 ms, 200 ms and so on up to 5 s, a fifth more or less, or what the server asks for in
    /// grpc-retry-pushback-ms. --timeout bounds all tries together. A connection that cannot be made is no call: see --wait.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) retry: Option<u32>,

    /// Repeat after these codes instead of UNAVAILABLE, by name or number, joined by commas
    #[arg(long, value_name = "CODES", value_parser = code, value_delimiter = ',', requires = "retry")]
    pub(crate) retry_on: Vec<Code>,
}

fn code(text: &str) -> Result<Code, String> {
    match Code::parse(text.trim()) {
        Ok(Code::OK) => Err("a call that ended OK is not repeated".to_owned()),
        Ok(code) => Ok(code),
        Err(error) => Err(error.to_string()),
    }
}
