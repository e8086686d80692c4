//! How `greet serve` is secured, and whom it lets in.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Security")]
pub(crate) struct ServeSecurityArgs {
    /// Speak TLS, and show this certificate (PEM, DER or PKCS#12); several are chosen from by the name a client
    /// asks for
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Vec<PathBuf>,

    /// The key of the --cert at the same place: PEM or DER; without any, the files of --cert have them
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Vec<PathBuf>,

    /// A file with the password of encrypted keys
    #[arg(long, value_name = "FILE", requires = "cert", conflicts_with = "key_password_env")]
    pub(crate) key_password_file: Option<PathBuf>,

    /// The environment variable with the password of encrypted keys
    #[arg(long, value_name = "NAME", requires = "cert")]
    pub(crate) key_password_env: Option<String>,

    /// Demand a certificate of each client that one in this file has issued (mTLS)
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) client_ca: Vec<PathBuf>,

    /// Demand 'authorization: Bearer TOKEN' of every call, to reflection and health too
    #[arg(long, value_name = "TOKEN", group = "demanded")]
    pub(crate) token: Option<String>,

    /// The token of --token, from a file
    #[arg(long, value_name = "FILE", group = "demanded")]
    pub(crate) token_file: Option<PathBuf>,

    /// The token of --token, from an environment variable
    #[arg(long, value_name = "NAME", group = "demanded")]
    pub(crate) token_env: Option<String>,
}
