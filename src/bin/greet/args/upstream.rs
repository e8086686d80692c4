//! The other server that a served schema or answer comes from.

use std::path::PathBuf;

use clap::Args;

use super::TlsArgs;

#[derive(Debug, Args)]
#[command(next_help_heading = "Another server")]
pub(crate) struct UpstreamArgs {
    /// Pass calls that no rule answers on to this server; without PROTO its schema is taken if it has reflection
    #[arg(long, value_name = "TARGET")]
    pub(crate) upstream: Option<String>,

    /// Take the schema, and nothing else, from this running server
    #[arg(long, value_name = "TARGET", conflicts_with_all = ["schema", "proto", "descriptor_set"])]
    pub(crate) from: Option<String>,

    /// Metadata 'key: value' for the other server, in the place of what the client sent
    #[arg(long, value_name = "KEY: VALUE", allow_hyphen_values = true)]
    pub(crate) upstream_header: Vec<String>,

    /// The :authority to send to the other server
    #[arg(long, value_name = "NAME")]
    pub(crate) upstream_authority: Option<String>,

    /// Do not encrypt; this is how loopback and unix sockets are reached anyway
    #[arg(long, conflicts_with = "upstream_tls")]
    pub(crate) upstream_plaintext: bool,

    /// Encrypt; this is how other hosts are reached anyway
    #[arg(long)]
    pub(crate) upstream_tls: bool,

    /// Trust the certificates in this file (PEM or DER), and not the system's
    #[arg(long, value_name = "FILE")]
    pub(crate) upstream_cacert: Vec<PathBuf>,

    /// Show this certificate to the other server (PEM, DER or PKCS#12)
    #[arg(long, value_name = "FILE")]
    pub(crate) upstream_cert: Option<PathBuf>,

    /// The key of --upstream-cert
    #[arg(long, value_name = "FILE", requires = "upstream_cert")]
    pub(crate) upstream_key: Option<PathBuf>,

    /// Take any certificate, from anyone
    #[arg(long)]
    pub(crate) upstream_insecure: bool,

    /// The name that the other server's certificate must have, instead of the target's host
    #[arg(long, value_name = "NAME")]
    pub(crate) upstream_server_name: Option<String>,
}

impl UpstreamArgs {
    /// How the connection is secured, as `greet call` says it.
    pub(crate) fn tls(&self) -> TlsArgs {
        TlsArgs {
            plaintext: self.upstream_plaintext,
            tls: self.upstream_tls,
            cacert: self.upstream_cacert.clone(),
            cert: self.upstream_cert.clone(),
            key: self.upstream_key.clone(),
            key_password_file: None,
            key_password_env: None,
            insecure: self.upstream_insecure,
            server_name: self.upstream_server_name.clone(),
        }
    }
}
