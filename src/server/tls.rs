//! TLS before a connection: which certificate is shown to whom, and which clients are believed.

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{KeyLogFile, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Refused;
use super::client_verifier::ClientVerifier;
use crate::trust::{Certificate, CredentialError, Identity, anchors};

/// What may be spoken after the handshake (RFC 9113, 3.2). HTTP/1.1 only gets words, but these a client that
/// knows nothing else would not get without.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// How a server's connections are secured: TLS 1.3 or 1.2, by these certificates.
#[derive(Clone)]
pub struct ServerTls {
    identities: Vec<Identity>,
    /// Who issues the certificates of clients, and the same as they were given.
    clients: Option<(RootCertStore, Vec<CertificateDer<'static>>)>,
    key_log: bool,
}

impl ServerTls {
    /// Shows this certificate.
    pub fn new(identity: Identity) -> Self {
        Self { identities: vec![identity], clients: None, key_log: false }
    }

    /// Shows this one, too: to clients that ask for one of its names, where no earlier one has it. Who asks for
    /// no name, or for one that none has, is shown the first.
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.identities.push(identity);
        self
    }

    /// Demands a certificate of each client (mTLS), issued by one in this file (PEM, any number, or DER, one), or
    /// one of them itself; may be said several times.
    ///
    /// # Errors
    /// When there is no certificate, or one that cannot be read.
    pub fn with_client_ca(mut self, file: &[u8]) -> Result<Self, CredentialError> {
        let (roots, given) = self.clients.get_or_insert_with(|| (RootCertStore::empty(), Vec::new()));
        given.extend(anchors(file, roots)?);
        Ok(self)
    }

    /// Appends the secrets of each connection to the file that the environment's `SSLKEYLOGFILE` names, if it
    /// names one, for programs that decrypt a recording of it.
    #[must_use]
    pub fn with_key_log(mut self) -> Self {
        self.key_log = true;
        self
    }

    fn config(self) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("ring has what both versions want");
        let builder = match self.clients {
            None => builder.with_no_client_auth(),
            Some((roots, given)) => builder.with_client_cert_verifier(verifier(roots, given, provider)),
        };
        let mut config = builder.with_cert_resolver(Arc::new(Choice(self.identities)));
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
        if self.key_log {
            config.key_log = Arc::new(KeyLogFile::new());
        }
        Arc::new(config)
    }
}

fn verifier(
    roots: RootCertStore,
    given: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Arc<ClientVerifier> {
    let roots = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .expect("no file without a certificate is taken, so there is a root");
    Arc::new(ClientVerifier { roots, given })
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls")
            .field("identities", &self.identities)
            .field("demands_certificates", &self.clients.is_some())
            .finish_non_exhaustive()
    }
}

/// One of several certificates, by the name that a client asks for and what it can check.
#[derive(Debug)]
struct Choice(Vec<Identity>);

impl ResolvesServerCert for Choice {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let schemes = hello.signature_schemes();
        let usable: Vec<_> = self.0.iter().filter(|one| one.0.key.choose_scheme(schemes).is_some()).collect();
        let name = hello.server_name().and_then(|name| ServerName::try_from(name).ok());
        let named = name.and_then(|name| usable.iter().find(|one| is_for(one, &name)));
        named.or(usable.first()).map(|one| Arc::clone(&one.0))
    }
}

fn is_for(identity: &Identity, name: &ServerName<'_>) -> bool {
    let own = identity.0.cert.first().and_then(|der| ParsedCertificate::try_from(der).ok());
    own.is_some_and(|own| rustls::client::verify_server_name(&own, name).is_ok())
}

/// What holds for the next connection; those that stand keep what they began with.
#[derive(Debug)]
pub(super) struct Secured(RwLock<Arc<ServerConfig>>);

impl Secured {
    pub(super) fn new(tls: ServerTls) -> Self {
        Self(RwLock::new(tls.config()))
    }

    pub(super) fn renew(&self, tls: ServerTls) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = tls.config();
    }

    /// Shakes hands, and says whose certificate the client has shown, if any.
    ///
    /// # Errors
    /// Whatever kept both from agreeing, in words; `None` when the client left without any.
    pub(super) async fn shake<IO>(&self, io: IO) -> Result<(TlsStream<IO>, Option<Arc<str>>), Option<Refused>>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let config = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let stream = TlsAcceptor::from(config).accept(io).await.map_err(|error| why(&error))?;
        let own = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let subject = own.and_then(|der| Certificate::parse(der)).map(|own| own.subject.into());
        Ok((stream, subject))
    }
}

/// Why a handshake failed, as the client's doing.
fn why(error: &io::Error) -> Option<Refused> {
    use rustls::{AlertDescription as Alert, CertificateError as Wrong, Error};
    let error = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>())?;
    Some(Refused::Handshake(match error {
        Error::NoCertificatesPresented => "it shows no certificate, and one is demanded".to_owned(),
        Error::InvalidCertificate(Wrong::UnknownIssuer) => {
            "its certificate is issued by nobody who is trusted here".to_owned()
        }
        Error::InvalidCertificate(Wrong::Expired | Wrong::ExpiredContext { .. }) => {
            "its certificate has expired".to_owned()
        }
        Error::InvalidCertificate(Wrong::BadSignature) => {
            "its certificate is not signed by the issuer of that name who is trusted here".to_owned()
        }
        Error::InvalidCertificate(why) => format!("its certificate is refused: {why}"),
        Error::NoApplicationProtocol => "it speaks neither HTTP/2 nor HTTP/1.1 (ALPN)".to_owned(),
        Error::AlertReceived(Alert::UnknownCA | Alert::BadCertificate | Alert::CertificateUnknown) => {
            "it does not trust this server's certificate".to_owned()
        }
        Error::AlertReceived(alert) => format!("it hangs up: {alert:?}"),
        other => other.to_string(),
    }))
}
