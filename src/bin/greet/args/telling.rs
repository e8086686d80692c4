//! What is told of a call beside its replies.

use clap::{ArgAction, Args};

#[derive(Debug, Args)]
#[command(next_help_heading = "What is told of the call")]
pub(crate) struct TellingArgs {
    /// Tell on stderr: * the address and the times, > what is sent, < what comes back
    #[arg(short = 'v', long, action = ArgAction::Count, conflicts_with = "each")]
    pub(crate) verbose: u8,

    /// Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key
    #[arg(long)]
    pub(crate) show_secrets: bool,

    /// Tell on stderr how long each phase took, on one line
    #[arg(long, conflicts_with = "each")]
    pub(crate) timing: bool,

    /// Write this to stdout at the end, whatever came of the call, as '%{code} %{time_total}\n'
    ///
    /// Names: code, name, message, exit_code, method, target, peer, requests, replies, size_upload, size_download, and in seconds
    /// time_dns, time_connect, time_tls, time_http2, time_schema, time_first_message, time_total. What there is not is empty.
    /// \n, \r, \t, \\ and %% are a line end and so on.
    #[arg(short = 'w', long, value_name = "FORMAT", allow_hyphen_values = true, conflicts_with = "each")]
    pub(crate) write_out: Option<String>,
}
