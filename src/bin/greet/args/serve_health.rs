//! What the server says of its own health.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Health")]
pub(crate) struct ServeHealthArgs {
    /// What the health check says of a service: SERVING, NOT_SERVING or UNKNOWN; without SERVICE= of the whole server
    #[arg(long, value_name = "[SERVICE=]STATE", conflicts_with = "no_health")]
    pub(crate) health_service: Vec<String>,

    /// A file with a [SERVICE=]STATE on each line, watched; it comes before --health-service, and a line that goes is taken back
    #[arg(long, value_name = "FILE", conflicts_with = "no_health")]
    pub(crate) health_file: Option<PathBuf>,
}
