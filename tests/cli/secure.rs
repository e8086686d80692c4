//! Certificates made on the spot, and a door of TLS before a server in plaintext.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio_rustls::TlsAcceptor;

use crate::run::Folder;

/// Who issues certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in PEM.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

const OLD: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];

fn named(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

impl Authority {
    pub(crate) fn new(common_name: &str) -> Self {
        let mut params = named(common_name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for these names.
    pub(crate) fn issue(&self, names: &[&str]) -> Issued {
        self.issue_as(&named("Test", names))
    }

    /// A certificate for localhost that is valid in these years only.
    pub(crate) fn issue_for_years(&self, from: i32, to: i32) -> Issued {
        let mut params = named("Test", &["localhost"]);
        params.not_before = rcgen::date_time_ymd(from, 1, 1);
        params.not_after = rcgen::date_time_ymd(to, 1, 1);
        self.issue_as(&params)
    }

    fn issue_as(&self, params: &CertificateParams) -> Issued {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap().pem();
        Issued { certificate, key: key.serialize_pem() }
    }
}

/// A certificate for localhost that is its own authority, as `openssl req -x509` makes them.
pub(crate) fn self_signed() -> Issued {
    let mut params = named("Test", &["localhost"]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    Issued { certificate: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

/// How a door is made; each with certificate and key of its own.
pub(crate) struct Door {
    shown: Issued,
    /// Who issues the certificates that it wants of its clients.
    clients: Option<String>,
    versions: &'static [&'static SupportedProtocolVersion],
    protocols: Vec<Vec<u8>>,
}

impl Door {
    pub(crate) fn new(shown: Issued) -> Self {
        Self { shown, clients: None, versions: rustls::ALL_VERSIONS, protocols: vec![b"h2".to_vec()] }
    }

    /// Wants certificates issued by this authority.
    pub(crate) fn of_clients(mut self, authority: &Authority) -> Self {
        self.clients = Some(authority.pem());
        self
    }

    /// Speaks TLS 1.2 only.
    pub(crate) fn of_tls_1_2(mut self) -> Self {
        self.versions = OLD;
        self
    }

    /// Knows these protocols (ALPN); none at all if there are none.
    pub(crate) fn of_protocols(mut self, protocols: &[&str]) -> Self {
        self.protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        self
    }

    fn acceptor(&self) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(self.versions)
            .unwrap();
        let builder = match &self.clients {
            None => builder.with_no_client_auth(),
            Some(pem) => {
                let mut roots = RootCertStore::empty();
                roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let certificate = CertificateDer::from_pem_slice(self.shown.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(self.shown.key.as_bytes()).unwrap();
        let mut config = builder.with_single_cert(vec![certificate], key).unwrap();
        config.alpn_protocols.clone_from(&self.protocols);
        TlsAcceptor::from(Arc::new(config))
    }

    /// Opens it on a free port before `inner`; the port.
    pub(crate) fn before(self, inner: &str) -> u16 {
        let inner = inner.replace("localhost", "127.0.0.1");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        beside(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            let acceptor = self.acceptor();
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(pass(acceptor.clone(), socket, inner.clone()));
            }
        });
        port
    }

    /// Opens it on a unix socket; the target.
    pub(crate) fn on_a_socket(self, folder: &Folder, inner: &str) -> String {
        let inner = inner.replace("localhost", "127.0.0.1");
        let path = folder.path().join("tls");
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        listener.set_nonblocking(true).unwrap();
        beside(async move {
            let listener = UnixListener::from_std(listener).unwrap();
            let acceptor = self.acceptor();
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(pass(acceptor.clone(), socket, inner.clone()));
            }
        });
        format!("unix:{}", path.display())
    }
}

/// Passes one connection on, once it is through the door.
async fn pass<IO: AsyncRead + AsyncWrite + Unpin>(acceptor: TlsAcceptor, socket: IO, inner: String) {
    if let Ok(mut outer) = acceptor.accept(socket).await
        && let Ok(address) = inner.parse::<SocketAddr>()
        && let Ok(mut inner) = TcpStream::connect(address).await
    {
        let _ = copy_bidirectional(&mut outer, &mut inner).await;
    }
}

/// Runs on a thread of its own, for as long as the test does.
pub(crate) fn beside(future: impl Future<Output = ()> + Send + 'static) {
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
    });
}
