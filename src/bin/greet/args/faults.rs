//! Trouble that a server makes on purpose.

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Faults")]
pub(crate) struct FaultArgs {
    /// Make trouble: [METHOD =>] KIND[:CHANCE%]; of several the first that comes about
    ///
    /// KIND is a code (UNAVAILABLE), delay:20ms, delay:p50=20ms/p99=400ms, reset, hang, goaway, drop_trailers or
    /// http:502. Without a chance it happens to every call. It is the same for the same --seed.
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<String>,

    /// Let clients ask for trouble in the x-envoy-fault-* headers
    #[arg(long)]
    pub(crate) allow_fault_headers: bool,
}
