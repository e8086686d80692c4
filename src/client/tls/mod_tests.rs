//! What a connection in TLS knows of itself; what is trusted is told by the tests of the command line.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::client::other_side::{ask, listen, ok_head, trailers};
use crate::client::{CallHead, ConnectOptions, Connection, TlsOptions};
use crate::leaf::{Layer, Security, Target};

/// A server whose certificate signs itself, and which answers with the scheme and the authority it was asked by.
async fn server(protocols: &[&[u8]]) -> (std::net::SocketAddr, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let address = listen(move |socket| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(socket).await else { return };
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                let mut head = ok_head();
                head.headers_mut().extend(trailers("0", &request.uri().to_string()));
                respond.send_response(head, true).unwrap();
            }
        }
    })
    .await;
    (address, cert.pem())
}

#[tokio::test]
async fn what_was_agreed_on_is_known() {
    for (protocols, agreed) in [(&[&b"h2"[..]][..], true), (&[], false)] {
        let (address, pem) = server(protocols).await;
        let target = Target::parse(&format!("https://localhost:{}/prefix", address.port())).unwrap();
        let options =
            ConnectOptions::default().with_tls(TlsOptions::default().with_ca(pem.as_bytes()).unwrap());
        let connection = Connection::connect(&target, &options).await.unwrap();
        let facts = connection.tls().unwrap();
        assert_eq!((facts.version, facts.server_name.as_str()), ("TLSv1.3", "localhost"));
        assert_eq!(facts.agreed_on_http2, agreed);
        assert!(facts.cipher_suite.starts_with("TLS_"), "{}", facts.cipher_suite);
        assert_eq!(facts.certificate().unwrap().names, ["localhost"]);
        assert!(connection.phases().tls.is_some());
        let (_, ending) = ask(&connection, CallHead::new("/a.B/C")).await;
        let wanted = format!("https://localhost:{}/prefix/a.B/C", address.port());
        assert_eq!(ending.status.message, wanted);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_can_be_asked() {
    let (address, _) = server(&[b"h2"]).await;
    let (_, other) = server(&[b"h2"]).await;
    let target = Target::parse(&format!("localhost:{}", address.port())).unwrap();
    let options = ConnectOptions::default()
        .with_security(Security::Tls)
        .with_tls(TlsOptions::default().with_ca(other.as_bytes()).unwrap());
    let error = Connection::connect(&target, &options).await.unwrap_err();
    assert_eq!((error.layer(), error.may_pass()), (Layer::Tls, false));
    let failure = error.tls().unwrap();
    assert!(failure.is_certificate_refused() && !failure.is_expired() && !failure.is_wrong_name());
    assert_eq!(failure.certificate().unwrap().some_name(), Some("localhost"));
    let options =
        ConnectOptions::default().with_security(Security::Tls).with_tls(TlsOptions::default().insecure());
    assert!(Connection::connect(&target, &options).await.unwrap().tls().is_some());
}

#[test]
fn hosts_as_names_to_ask_for() {
    for (host, wanted) in [
        ("example.com", "example.com"),
        ("example.com.", "example.com"),
        ("a_b.example", "a_b.example"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("fe80::1%eth0", "fe80::1"),
    ] {
        assert_eq!(super::server_name(host).unwrap().to_str(), wanted, "{host}");
    }
    for host in ["", "no good", "a..b", "-"] {
        assert_eq!(super::server_name(host).unwrap_err(), host);
    }
}
