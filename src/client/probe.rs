//! A question in TLS to a server that hung up on plaintext without a word.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::resolve::Peer;
use super::socket::{FirstBytes, Heard, Wire};

/// How long a server may take; it is there and has just hung up, so this is plenty.
const PATIENCE: Duration = Duration::from_millis(500);

/// A `ClientHello` of TLS 1.2 without extensions: too little to agree on anything with most servers, enough
/// for each to answer in TLS (RFC 5246, 7.4.1.2).
const HELLO: &[u8] = &[
    0x16, 3, 1, 0, 49, // record: handshake, 49 bytes
    1, 0, 0, 45, // ClientHello, 45 bytes
    3, 3, // TLS 1.2
    b'g', b'r', b'e', b'e', b't', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // random
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, //
    0, // no session
    0, 6, 0xc0, 0x2f, 0xc0, 0x2b, 0xc0, 0x30, // three common suites
    1, 0, // no compression
];

/// Asks a server in TLS; its answer, if it is TLS, is added to the first bytes heard. Servers built on
/// OpenSSL say nothing to plaintext HTTP/2 before they close, so this alone tells why.
pub(super) struct Probe(Pin<Box<dyn Future<Output = ()> + Send>>);

impl Probe {
    pub(super) fn new(peer: Peer, first: FirstBytes) -> Self {
        Self(Box::pin(async move {
            if let Ok(Some(said)) = tokio::time::timeout(PATIENCE, ask(&peer)).await {
                let answer = FirstBytes::default();
                answer.hear(&said);
                if answer.heard() == Heard::Tls {
                    first.hear(&said);
                }
            }
        }))
    }
}

async fn ask(peer: &Peer) -> Option<Vec<u8>> {
    let Wire::Tcp(mut socket) = Wire::dial(peer).await.ok()? else { return None };
    socket.write_all(HELLO).await.ok()?;
    let mut said = vec![0; 8];
    let length = socket.read(&mut said).await.ok()?;
    said.truncate(length);
    Some(said)
}

impl Future for Probe {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probe")
    }
}
