//! Servers in TLS: what is shown to whom, who is let in, and what is said to the rest.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::testing::*;
use super::*;
use crate::client::{CallHead, ConnectError, ConnectOptions, Connection, Identity, IpFamily, TlsOptions};
use crate::leaf::{Code, Target};

/// Who issues certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

fn named(name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    fn issue(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let pem = params.signed_by(&key, &self.0).unwrap().pem();
        Identity::read(pem.as_bytes(), Some(key.serialize_pem().as_bytes()), None).unwrap()
    }

    fn of_localhost(&self) -> ServerTls {
        ServerTls::new(self.issue(&named("server", &["localhost"])))
    }

    /// Trusts this authority.
    fn trusted(&self) -> TlsOptions {
        TlsOptions::default().with_ca(self.pem().as_bytes()).unwrap()
    }
}

fn serve_tls(tls: ServerTls) -> (Running, UnboundedReceiver<Line>) {
    let (observer, told) = observer();
    let limits = Limits { handshake_timeout: Duration::from_millis(500), ..Limits::default() };
    let options = ServerOptions { tls: Some(tls), observer: Some(observer), limits, ..options() };
    (start(options, &Door::new(routes())).unwrap(), told)
}

async fn connect_tls(server: &Running, tls: TlsOptions) -> Result<Connection, ConnectError> {
    let target = Target::parse(server.target()).unwrap();
    let mut options = ConnectOptions::default().with_tls(tls);
    // One address: of two, each would be tried, and told of.
    options.family = Some(IpFamily::Ipv4);
    soon(Connection::connect(&target, &options)).await
}

/// What the server says of the peer of a call.
async fn peer(connection: &Connection) -> String {
    let (requests, replies) = connection.call(CallHead::new("/t.T/Unary"));
    let _ = requests.send_last(Bytes::from_static(b"x"));
    let only = soon(replies.only()).await.unwrap();
    only.metadata.get("x-peer").unwrap().to_str().unwrap().to_owned()
}

#[tokio::test]
async fn certificates_are_chosen_by_name() {
    let ours = Authority::new("Ours");
    let tls = ours
        .of_localhost()
        .with_identity(ours.issue(&named("a", &["a.example", "*.b.example"])))
        .with_identity(ours.issue(&named("c", &["c.example"])));
    let (server, _told) = serve_tls(tls);
    assert!(server.target().starts_with("https://localhost:"), "{}", server.target());
    for (name, shown) in [
        ("localhost", "CN=server"),
        ("a.example", "CN=a"),
        ("x.b.example", "CN=a"),
        ("c.example", "CN=c"),
        ("unknown.example", "CN=server"),
        // An address is asked for without a name.
        ("127.0.0.1", "CN=server"),
    ] {
        let tls = TlsOptions::default().insecure().with_server_name(name);
        let connection = connect_tls(&server, tls).await.unwrap();
        assert_eq!(connection.tls().unwrap().certificate().unwrap().subject, shown, "{name}");
    }
    connect_tls(&server, ours.trusted().with_server_name("c.example")).await.unwrap();
    assert!(connect_tls(&server, ours.trusted().with_server_name("d.example")).await.is_err());
}

#[tokio::test]
async fn a_client_without_a_good_certificate_stays_outside() {
    let (ours, theirs) = (Authority::new("Ours"), Authority::new("Theirs"));
    // One that is its own authority, as `openssl req -x509` makes them.
    let mut itself = named("itself", &[]);
    itself.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = itself.self_signed(&key).unwrap().pem();
    let itself = Identity::read(pem.as_bytes(), Some(key.serialize_pem().as_bytes()), None).unwrap();
    let tls = ours.of_localhost().with_client_ca(ours.pem().as_bytes()).unwrap();
    let (server, mut told) = serve_tls(tls.with_client_ca(pem.as_bytes()).unwrap());

    for (identity, subject) in [(ours.issue(&named("ann", &[])), "CN=ann"), (itself, "CN=itself")] {
        let connection = connect_tls(&server, ours.trusted().with_identity(identity)).await.unwrap();
        let peer = peer(&connection).await;
        let (address, shown) = peer.split_once(' ').unwrap();
        assert!(address.starts_with("127.0.0.1:"), "{peer}");
        assert_eq!(shown, subject);
        assert_eq!(soon(told.recv()).await.unwrap().0, "/t.T/Unary");
    }
    let mut old = named("old", &[]);
    old.not_after = rcgen::date_time_ymd(2020, 1, 1);
    for (identity, why) in [
        (None, "it shows no certificate, and one is demanded"),
        (Some(theirs.issue(&named("eve", &[]))), "its certificate is issued by nobody who is trusted here"),
        (Some(ours.issue(&old)), "its certificate has expired"),
    ] {
        let tls = identity.map_or_else(|| ours.trusted(), |identity| ours.trusted().with_identity(identity));
        // TLS 1.3 lets a client believe that all is well until it hears otherwise.
        let _ = connect_tls(&server, tls).await;
        assert_eq!(soon(told.recv()).await.unwrap().0, format!("the TLS handshake failed: {why}"));
    }
}

/// A handshake by hand, with these protocols offered.
async fn shake(
    server: &Running,
    ours: &Authority,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ours.pem().as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    soon(TlsConnector::from(Arc::new(config)).connect(name, dial(server).await)).await
}

#[tokio::test]
async fn http2_is_agreed_on_or_spoken_all_the_same() {
    let ours = Authority::new("Ours");
    let (server, mut told) = serve_tls(ours.of_localhost());
    for (protocols, agreed) in [(&["http/1.1", "h2"][..], Some(&b"h2"[..])), (&[], None)] {
        let stream = shake(&server, &ours, protocols).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), agreed);
        let (send, connection) = soon(h2::client::handshake(stream)).await.unwrap();
        tokio::spawn(connection);
        assert_eq!(call(&send, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
        assert_eq!(soon(told.recv()).await.unwrap().0, "/t.T/Unary");
    }
    let mut stream = shake(&server, &ours, &["http/1.1"]).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut said = String::new();
    soon(stream.read_to_string(&mut said)).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 426") && said.contains("this is a gRPC server"), "{said}");
    assert_eq!(soon(told.recv()).await.unwrap().0, Refused::Http1.to_string());

    shake(&server, &ours, &["spdy/3"]).await.unwrap_err();
    let why = "the TLS handshake failed: it speaks neither HTTP/2 nor HTTP/1.1 (ALPN)";
    assert_eq!(soon(told.recv()).await.unwrap().0, why);
    // Who does not trust the server hangs up, and that is said.
    let _ = shake(&server, &Authority::new("Theirs"), &["h2"]).await.unwrap_err();
    let why = "the TLS handshake failed: it does not trust this server's certificate";
    assert_eq!(soon(told.recv()).await.unwrap().0, why);
}

#[tokio::test]
async fn those_who_are_silent_or_speak_plaintext_are_told_and_cut() {
    let ours = Authority::new("Ours");
    let (server, mut told) = serve_tls(ours.of_localhost());
    let silent = Refused::Silent.to_string();
    let plaintext = Refused::Plaintext.to_string();
    for (bytes, answer, why) in [
        (&b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"[..], &b"HTTP/1.1 400"[..], &plaintext),
        (first_bytes::PREFACE, &[21, 3, 1, 0, 2, 2, 70], &plaintext),
        (b"\x05\x01\x00 what is this", b"HTTP/1.1 400", &plaintext),
        // The head of a hello that never comes whole.
        (b"\x16\x03\x01\x02\x00\x01", b"", &silent),
        (b"", b"", &silent),
    ] {
        let mut stream = dial(&server).await;
        stream.write_all(bytes).await.unwrap();
        let mut said = Vec::new();
        let _ = soon(stream.read_to_end(&mut said)).await;
        assert!(said.starts_with(answer) && said.is_empty() == answer.is_empty(), "{said:?}");
        assert_eq!(&soon(told.recv()).await.unwrap().0, why);
    }
    // One that shakes hands and then says nothing.
    let mut stream = shake(&server, &ours, &["h2"]).await.unwrap();
    let _ = soon(stream.read_to_end(&mut Vec::new())).await;
    assert_eq!(soon(told.recv()).await.unwrap().0, silent);
}

#[tokio::test]
async fn new_certificates_are_for_new_connections() {
    let (ours, theirs) = (Authority::new("Ours"), Authority::new("Theirs"));
    let (server, _told) = serve_tls(ours.of_localhost());
    let before = connect_tls(&server, ours.trusted()).await.unwrap();
    server.renew(theirs.of_localhost().with_client_ca(theirs.pem().as_bytes()).unwrap());
    assert!(connect_tls(&server, ours.trusted()).await.is_err());
    let ann = theirs.issue(&named("ann", &[]));
    let after = connect_tls(&server, theirs.trusted().with_identity(ann)).await.unwrap();
    assert!(peer(&after).await.ends_with(" CN=ann"));
    // What stood before stands, though it would not be let in now.
    assert!(!peer(&before).await.contains(' '));
}

#[tokio::test]
async fn a_token_is_demanded_of_every_call() {
    let mut routes = routes();
    let health = Health::new();
    health.add_to(&mut routes);
    let options = ServerOptions { token: Token::new("s3cret"), ..options() };
    let server = start(options, &Door::new(routes)).unwrap();
    let client = connect(&server).await;
    for path in ["/t.T/Unary", "/grpc.health.v1.Health/Check", "/no.Such/Method"] {
        let refused = call(&client, request(path), framed(&[b""])).await;
        assert_eq!(refused.code(), Code::UNAUTHENTICATED, "{path}");
        let wrong = with(request(path), "authorization", "Bearer secret");
        assert_eq!(call(&client, wrong, framed(&[b""])).await.code(), Code::UNAUTHENTICATED, "{path}");
        let right = with(request(path), "authorization", "Bearer s3cret");
        let wanted = if path.starts_with("/no") { Code::UNIMPLEMENTED } else { Code::OK };
        assert_eq!(call(&client, right, framed(&[b""])).await.code(), wanted, "{path}");
    }
}
