//! What is told beside what was asked for.

use clap::{ArgAction, Args};

#[derive(Debug, Args)]
#[command(next_help_heading = "What is told")]
pub(crate) struct TellingArgs {
    /// Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too
    #[arg(short = 'v', long, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key
    #[arg(long)]
    pub(crate) show_secrets: bool,

    /// Tell on stderr how long each phase took, on one line
    #[arg(long)]
    pub(crate) timing: bool,
}
