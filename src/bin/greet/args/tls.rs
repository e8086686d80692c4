//! How a connection is encrypted, whom it trusts, and who this side is.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
pub(crate) struct TlsArgs {
    /// Do not encrypt; this is how loopback and unix sockets are reached anyway
    #[arg(long, conflicts_with_all = ["tls", "cacert", "cert", "insecure", "server_name"])]
    pub(crate) plaintext: bool,

    /// Encrypt; this is how other hosts are reached anyway, and what the options below mean too
    #[arg(long)]
    pub(crate) tls: bool,

    /// Trust the certificates in this file (PEM or DER), and not the system's
    #[arg(long, value_name = "FILE")]
    pub(crate) cacert: Vec<PathBuf>,

    /// Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,

    /// The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,

    /// A file with the password of an encrypted key
    #[arg(long, value_name = "FILE", requires = "cert", conflicts_with = "key_password_env")]
    pub(crate) key_password_file: Option<PathBuf>,

    /// The environment variable with the password of an encrypted key
    #[arg(long, value_name = "NAME", requires = "cert")]
    pub(crate) key_password_env: Option<String>,

    /// Take any certificate, from anyone
    #[arg(short = 'k', long)]
    pub(crate) insecure: bool,

    /// The name that the server's certificate must have, instead of the target's host
    #[arg(long, value_name = "NAME", alias = "servername")]
    pub(crate) server_name: Option<String>,
}
