//! TLS under a connection: the handshake, and what was agreed on in it.

mod failure;
mod options;
mod roots;
mod verify;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, KeyLogFile, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;

use super::probe;
use super::resolve::Peer;
use super::socket::{FirstBytes, Heard, Socket, Wire};
use crate::trust::{Certificate, Identity};
use verify::{Shown, Trust, Verifier};

pub use failure::TlsFailure;
pub(super) use failure::tls_error;
pub use options::TlsOptions;

/// What HTTP/2 is called in a handshake (RFC 9113, 3.2).
const H2: &[u8] = b"h2";

/// What was agreed on in a handshake.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TlsFacts {
    /// `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite by its registered name: `TLS_AES_256_GCM_SHA384`.
    pub cipher_suite: String,
    /// Whether both agreed on HTTP/2 (ALPN). Without it the server may still speak it, as this side does then.
    pub agreed_on_http2: bool,
    /// The name that was asked for.
    pub server_name: String,
    shown: Shown,
    wish: Wish,
}

impl TlsFacts {
    /// The server's certificate.
    pub fn certificate(&self) -> Option<Certificate> {
        self.shown.chain().first().and_then(|der| Certificate::parse(der))
    }
}

/// Who does the cryptography of TLS connections, for those who report how a program was built.
pub const TLS_PROVIDER: &str = "ring";

/// What is known of this side's own certificate: whether the server asked for one, and which it is.
#[derive(Debug, Clone, Default)]
struct Wish {
    asked: Arc<AtomicBool>,
    own: Option<Identity>,
}

impl ResolvesClientCert for Wish {
    fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.own.as_ref().map(|own| Arc::clone(&own.0))
    }

    fn has_certs(&self) -> bool {
        self.own.is_some()
    }
}

/// What is ready before an address is dialled.
pub(super) struct Ready {
    config: Arc<ClientConfig>,
    trust: Trust,
    shown: Shown,
    wish: Wish,
}

/// Makes TLS ready, beside whatever else is done; reads the system's roots if they are needed.
///
/// # Errors
/// When there are no roots.
pub(super) fn prepare(options: TlsOptions) -> impl Future<Output = Result<Ready, Box<TlsFailure>>> {
    let preparing = tokio::spawn(make_ready(options));
    async {
        preparing.await.unwrap_or_else(|_| Err(TlsFailure::no_roots("TLS was not made ready".to_owned())))
    }
}

async fn make_ready(options: TlsOptions) -> Result<Ready, Box<TlsFailure>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let trust = if options.insecure {
        Trust::Anyone
    } else {
        let roots = match options.roots {
            Some(roots) => roots,
            None => tokio::task::spawn_blocking(roots::system)
                .await
                .unwrap_or_else(|_| Err("the root certificates were not read".to_owned()))
                .map_err(TlsFailure::no_roots)?,
        };
        Trust::Known { roots: webpki(roots, &provider)?, given: options.given.into() }
    };
    let shown = Shown::default();
    let wish = Wish { asked: Arc::default(), own: options.identity };
    let mut config = config(provider, trust.clone(), shown.clone(), wish.clone())?;
    if options.key_log {
        config.key_log = Arc::new(KeyLogFile::new());
    }
    Ok(Ready { config: Arc::new(config), trust, shown, wish })
}

fn config(
    provider: Arc<CryptoProvider>,
    trust: Trust,
    shown: Shown,
    wish: Wish,
) -> Result<ClientConfig, Box<TlsFailure>> {
    let algorithms = provider.signature_verification_algorithms;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsFailure::no_roots(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { trust, algorithms, shown }))
        .with_client_cert_resolver(Arc::new(wish));
    config.alpn_protocols = vec![H2.to_vec()];
    Ok(config)
}

/// The first words of a handshake with whoever is there, for one that is only to show that it speaks TLS.
pub(super) fn hello() -> Option<Vec<u8>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = config(provider, Trust::Anyone, Shown::default(), Wish::default()).ok()?;
    let name = ServerName::try_from("localhost").ok()?;
    let mut words = Vec::new();
    ClientConnection::new(Arc::new(config), name).ok()?.write_tls(&mut words).ok()?;
    Some(words)
}

fn webpki(
    roots: Arc<RootCertStore>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Box<TlsFailure>> {
    WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider))
        .build()
        .map_err(|error| TlsFailure::no_roots(error.to_string()))
}

/// A host as the name to ask a server for.
///
/// # Errors
/// The text that cannot be one.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, String> {
    let text = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    // A zone names an interface of this machine, and a last dot says that a name is whole.
    let text = text.split_once('%').map_or(text, |(address, _zone)| address);
    let text = text.strip_suffix('.').unwrap_or(text);
    ServerName::try_from(text.to_owned()).map_err(|_| host.to_owned())
}

impl Ready {
    /// The same for a handshake beside this one, which notes for itself what it is shown and asked.
    pub(super) fn another(&self) -> Self {
        let trust = self.trust.clone();
        let shown = Shown::default();
        let wish = Wish { asked: Arc::default(), own: self.wish.own.clone() };
        let mut config = ClientConfig::clone(&self.config);
        let algorithms = config.crypto_provider().signature_verification_algorithms;
        let verifier = Verifier { trust: trust.clone(), algorithms, shown: shown.clone() };
        config.dangerous().set_certificate_verifier(Arc::new(verifier));
        config.client_auth_cert_resolver = Arc::new(wish.clone());
        Self { config: Arc::new(config), trust, shown, wish }
    }

    /// Shakes hands over a wire.
    ///
    /// # Errors
    /// Whatever kept both from agreeing, in words.
    pub(super) async fn shake(
        self,
        wire: Wire,
        name: ServerName<'static>,
        peer: &Peer,
    ) -> Result<(Wire, TlsFacts), Box<TlsFailure>> {
        let (socket, first) = Socket::new(wire);
        let server_name = name.to_str().into_owned();
        let Self { config, shown, wish, .. } = self;
        match TlsConnector::from(config).connect(name, socket).await {
            Ok(stream) => {
                let (_, session) = stream.get_ref();
                let facts = TlsFacts {
                    version: match session.protocol_version() {
                        Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
                        _ => "TLSv1.3",
                    },
                    cipher_suite: session
                        .negotiated_cipher_suite()
                        .and_then(|suite| suite.suite().as_str())
                        .map_or_else(String::new, |name| name.replace("TLS13_", "TLS_")),
                    agreed_on_http2: session.alpn_protocol() == Some(H2),
                    server_name,
                    shown,
                    wish,
                };
                Ok((Wire::Tls(Box::new(stream)), facts))
            }
            Err(error) => {
                let heard = plaintext_after_all(peer, &first).await;
                Err(TlsFailure::of_handshake(error, heard, peer, server_name, &shown, &wish))
            }
        }
    }
}

/// What the first bytes were. A server in plaintext may hang up on TLS without a word; then it is asked again.
async fn plaintext_after_all(peer: &Peer, first: &FirstBytes) -> Heard {
    match first.heard() {
        Heard::Nothing if probe::speaks_plaintext(peer).await => Heard::Http2,
        heard => heard,
    }
}

impl TlsFacts {
    /// Why a connection failed on which the handshake was done: a server of TLS 1.3 judges the certificate of
    /// this side only after that.
    pub(super) fn explain(
        &self,
        peer: &Peer,
        trouble: Option<rustls::Error>,
        said: &Heard,
    ) -> Option<Box<TlsFailure>> {
        TlsFailure::after_handshake(trouble, said, peer, &self.server_name, &self.wish)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ready")
    }
}

#[cfg(test)]
#[path = "mod_tests.rs"]
mod tests;
