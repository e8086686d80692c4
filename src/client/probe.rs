//! A question in TLS to a server that hung up on plaintext without a word, and the other way round.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::resolve::Peer;
use super::socket::{FirstBytes, Heard, Socket, Wire};
use super::tls;

/// How long a server may take; it is there and has just hung up, so this is plenty.
const PATIENCE: Duration = Duration::from_millis(500);

/// Asks a server in TLS; its answer, if it is TLS, is added to the first bytes heard. Servers built on
/// OpenSSL say nothing to plaintext HTTP/2 before they close, so this alone tells why. The words are those of a
/// whole handshake, as some (gRPC in C++) hang up without an alert on one that they cannot take.
pub(super) struct Probe(Pin<Box<dyn Future<Output = ()> + Send>>);

impl Probe {
    pub(super) fn new(peer: Peer, first: FirstBytes) -> Self {
        Self(Box::pin(async move {
            if let Some(hello) = tls::hello()
                && let Some(said) = ask(&peer, &hello, Heard::Tls).await
            {
                first.hear(&said);
            }
        }))
    }
}

/// HTTP/2's preface and empty SETTINGS (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Whether a server that hung up on TLS without a word answers HTTP/2 in plaintext.
pub(super) async fn speaks_plaintext(peer: &Peer) -> bool {
    ask(peer, PREFACE, Heard::Http2).await.is_some()
}

/// The first bytes that a server says to this, if they say that it is what is wanted. Behind a proxy nobody is
/// asked: the address leads to the proxy only.
async fn ask(peer: &Peer, words: &[u8], wanted: Heard) -> Option<Vec<u8>> {
    if matches!(peer, Peer::Proxied { .. }) {
        return None;
    }
    let said = async {
        let (mut socket, first) = Socket::new(Wire::dial(peer).await.ok()?);
        socket.write_all(words).await.ok()?;
        let mut said = vec![0; 9];
        let mut length = 0;
        // A frame's head comes in one piece or in several.
        while first.heard() != wanted {
            match socket.read(&mut said[length..]).await.ok()? {
                0 => return None,
                read => length += read,
            }
        }
        said.truncate(length);
        Some(said)
    };
    tokio::time::timeout(PATIENCE, said).await.ok().flatten()
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
