//! What TLS is to be made of: whom to trust, who this side is, which name is asked for.

use std::fmt;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::trust::{CredentialError, Identity, anchors};

/// How a connection is secured; [`Default`] trusts what the system trusts and shows no certificate.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
/// # let (ca, certificate, key) = (made.cert.pem(), made.cert.pem(), made.signing_key.serialize_pem());
/// use greet::client::{ConnectOptions, Identity, TlsOptions};
///
/// let tls = TlsOptions::default()
///     .with_ca(ca.as_bytes())?
///     .with_identity(Identity::read(certificate.as_bytes(), Some(key.as_bytes()), None)?);
/// let options = ConnectOptions::default().with_tls(tls);
/// # let _ = options;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct TlsOptions {
    /// The roots in place of the system's.
    pub(super) roots: Option<Arc<RootCertStore>>,
    /// The same as they were given, since each is trusted itself too.
    pub(super) given: Vec<CertificateDer<'static>>,
    pub(super) identity: Option<Identity>,
    pub(super) insecure: bool,
    server_name: Option<String>,
    pub(super) key_log: bool,
}

impl TlsOptions {
    /// Trusts these certificates, PEM (any number) or DER (one), and no longer the system's; may be said several
    /// times. A server may show a certificate that one of them has issued, or one of them itself.
    ///
    /// # Errors
    /// When there is no certificate, or one that cannot be read.
    pub fn with_ca(mut self, file: &[u8]) -> Result<Self, CredentialError> {
        let mut store = self.roots.take().map_or_else(RootCertStore::empty, Arc::unwrap_or_clone);
        self.given.extend(anchors(file, &mut store)?);
        self.roots = Some(Arc::new(store));
        Ok(self)
    }

    /// Shows this certificate to a server that asks for one (mTLS).
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Asks for this name, and wants a certificate for it, instead of the authority's or the target's host.
    #[must_use]
    pub fn with_server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// The name to ask for, if it was said.
    pub(in super::super) fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// Takes any certificate, from anyone: what is sent is hidden from those who listen, and from nobody who
    /// steps in between.
    #[must_use]
    pub fn insecure(mut self) -> Self {
        self.insecure = true;
        self
    }

    /// Appends the secrets of each connection to the file that the environment's `SSLKEYLOGFILE` names, if it
    /// names one, for programs that decrypt a recording of it.
    #[must_use]
    pub fn with_key_log(mut self) -> Self {
        self.key_log = true;
        self
    }
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("given", &self.given.len())
            .field("identity", &self.identity)
            .field("insecure", &self.insecure)
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}
