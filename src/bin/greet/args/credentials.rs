//! Who calls: the secrets that go along, and where else than on the command line they stand.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct CredentialArgs {
    /// Send 'authorization: Bearer TOKEN', for the call and for reflection
    #[arg(long, value_name = "TOKEN", group = "credential")]
    pub(crate) bearer: Option<String>,

    /// The token of --bearer, from a file
    #[arg(long, value_name = "FILE", group = "credential")]
    pub(crate) bearer_file: Option<PathBuf>,

    /// The token of --bearer, from an environment variable
    #[arg(long, value_name = "NAME", group = "credential")]
    pub(crate) bearer_env: Option<String>,

    /// The token of --bearer, as a line for the shell prints it
    #[arg(long, value_name = "COMMAND", group = "credential")]
    pub(crate) bearer_command: Option<String>,

    /// Send 'authorization: Basic …' of USER:PASSWORD
    #[arg(long, value_name = "USER:PASSWORD", group = "credential")]
    pub(crate) basic: Option<String>,

    /// The USER:PASSWORD of --basic, from a file
    #[arg(long, value_name = "FILE", group = "credential")]
    pub(crate) basic_file: Option<PathBuf>,

    /// The USER:PASSWORD of --basic, from an environment variable
    #[arg(long, value_name = "NAME", group = "credential")]
    pub(crate) basic_env: Option<String>,

    /// Put environment variables into the values of -H and its kin, where they say ${NAME}
    #[arg(long)]
    pub(crate) expand_headers: bool,
}
