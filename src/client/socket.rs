//! The socket under a connection, which remembers the first bytes it heard.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::client::TlsStream;

use super::resolve::Peer;
use super::tls::tls_error;

/// How many of the first bytes are kept: enough for a status line, little enough to carry along.
const KEPT: usize = 64;

/// The kinds of stream that HTTP/2 runs on.
#[derive(Debug)]
pub(super) enum Wire {
    Tcp(TcpStream),
    Unix(UnixStream),
    /// In a box, so that plaintext does not carry its size along.
    Tls(Box<TlsStream<Socket>>),
}

impl Wire {
    /// Dials one address.
    pub(super) async fn dial(peer: &Peer) -> io::Result<Self> {
        match peer {
            Peer::Tcp(address) | Peer::Proxied { proxy: address, .. } => {
                let stream = TcpStream::connect(address).await?;
                // One message is one packet; waiting for more to say only delays it.
                stream.set_nodelay(true)?;
                Ok(Self::Tcp(stream))
            }
            Peer::Unix(path) => UnixStream::connect(path).await.map(Self::Unix),
            // A leading NUL is how the system tells the abstract namespace.
            Peer::UnixAbstract(name) => UnixStream::connect(format!("\0{name}")).await.map(Self::Unix),
        }
    }
}

/// What the first bytes of the other side say of who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing at all.
    Nothing,
    /// A TLS alert or handshake.
    Tls,
    /// HTTP/1, and what of it: the status line in quotes.
    Http1(String),
    /// The SETTINGS with which HTTP/2 begins.
    Http2,
    /// Something else, as text with everything strange escaped.
    Other(String),
}

/// The first bytes received, shared between the socket and those who explain its failure.
#[derive(Debug, Clone, Default)]
pub(super) struct FirstBytes(Arc<Ear>);

#[derive(Debug, Default)]
struct Ear {
    kept: Mutex<Kept>,
    /// How often something was read.
    reads: AtomicU64,
}

#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    /// What TLS said when reading failed; h2 keeps only its words.
    trouble: Option<rustls::Error>,
}

impl FirstBytes {
    /// Takes what still fits; whether all there is to remember is there.
    pub(super) fn hear(&self, bytes: &[u8]) -> bool {
        let kept = &mut self.kept().bytes;
        let room = KEPT - kept.len();
        kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        kept.len() == KEPT
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often something was read: it changes when the other side is heard of.
    pub(super) fn reads(&self) -> u64 {
        self.0.reads.load(Ordering::Relaxed)
    }

    /// What TLS said when reading failed.
    pub(super) fn trouble(&self) -> Option<rustls::Error> {
        self.kept().trouble.clone()
    }

    fn hear_trouble(&self, error: &io::Error) {
        if let Some(trouble) = tls_error(error) {
            self.kept().trouble.get_or_insert(trouble);
        }
    }

    /// Who the other side seems to be.
    pub(super) fn heard(&self) -> Heard {
        let kept = &self.kept().bytes;
        match &kept[..] {
            [] => Heard::Nothing,
            // RFC 8446, 5.1: content type alert (21) or handshake (22), then the version's major 3.
            [0x15 | 0x16] | [0x15 | 0x16, 3, ..] => Heard::Tls,
            [b'H', b'T', b'T', b'P', b'/', b'1', ..] => {
                let line = kept.split(|&b| b == b'\r' || b == b'\n').next().unwrap_or_default();
                Heard::Http1(format!("'{}'", line.escape_ascii()))
            }
            // A page without a status line is how HTTP/0.9 answers, and some HTTP/1 servers this preface.
            [b'<', b'!' | b'h' | b'H', ..] => Heard::Http1("an HTML page".to_owned()),
            // RFC 9113, 3.4: the first frame is SETTINGS (4) on stream 0, or GOAWAY (7) from one in a hurry.
            [_, _, _, 4 | 7, _, 0, 0, 0, 0, ..] => Heard::Http2,
            other => Heard::Other(other.escape_ascii().to_string()),
        }
    }
}

/// A stream for HTTP/2 that keeps the first bytes it heard.
#[derive(Debug)]
pub(super) struct Socket {
    wire: Wire,
    first: FirstBytes,
    full: bool,
    /// Why nothing can be written any more.
    broken: Option<io::Error>,
}

macro_rules! on_wire {
    ($wire:expr, $stream:ident => $call:expr) => {
        match $wire {
            Wire::Tcp($stream) => $call,
            Wire::Unix($stream) => $call,
            Wire::Tls($stream) => $call,
        }
    };
}

impl Socket {
    pub(super) fn new(wire: Wire) -> (Self, FirstBytes) {
        let first = FirstBytes::default();
        (Self { wire, first: first.clone(), full: false, broken: None }, first)
    }

    /// A write that fails is told to whoever reads, behind all that the other side said before it hung up: the number of the
    /// last call that it took may stand there, or why it takes none. Until then nothing more is written.
    fn written(&mut self, outcome: Poll<io::Result<usize>>, all: usize) -> Poll<io::Result<usize>> {
        match outcome {
            Poll::Ready(Err(error)) => {
                self.broken = Some(error);
                Poll::Ready(Ok(all))
            }
            outcome => outcome,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let outcome = on_wire!(&mut self.wire, stream => Pin::new(stream).poll_read(cx, into));
        if into.filled().len() > before {
            self.first.0.reads.fetch_add(1, Ordering::Relaxed);
        }
        match &outcome {
            Poll::Ready(Ok(())) if !self.full => self.full = self.first.hear(&into.filled()[before..]),
            Poll::Ready(Err(error)) => self.first.hear_trouble(error),
            _ => {}
        }
        let over = outcome.is_ready() && into.filled().len() == before && into.remaining() > 0;
        match self.broken.take_if(|_| over) {
            Some(error) => Poll::Ready(Err(error)),
            None => outcome,
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if self.broken.is_some() {
            return Poll::Ready(Ok(data.len()));
        }
        let outcome = on_wire!(&mut self.wire, stream => Pin::new(stream).poll_write(cx, data));
        self.written(outcome, data.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let all = data.iter().map(|slice| slice.len()).sum();
        if self.broken.is_some() {
            return Poll::Ready(Ok(all));
        }
        let outcome = on_wire!(&mut self.wire, stream => Pin::new(stream).poll_write_vectored(cx, data));
        self.written(outcome, all)
    }

    fn is_write_vectored(&self) -> bool {
        on_wire!(&self.wire, stream => stream.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken.is_some() {
            return Poll::Ready(Ok(()));
        }
        let outcome = on_wire!(&mut self.wire, stream => Pin::new(stream).poll_flush(cx));
        self.written(outcome.map_ok(|()| 0), 0).map_ok(|_| ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_wire!(&mut self.wire, stream => Pin::new(stream).poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[test]
    fn first_bytes_tell_who_speaks() {
        for (bytes, wanted) in [
            (&b""[..], Heard::Nothing),
            (b"\x15\x03\x01\x00\x02\x02\x46", Heard::Tls),
            (b"\x16\x03\x03", Heard::Tls),
            (b"\x15", Heard::Tls),
            (b"HTTP/1.1 400 Bad\r\nServer: x\r\n", Heard::Http1("'HTTP/1.1 400 Bad'".into())),
            (b"<!DOCTYPE html>", Heard::Http1("an HTML page".into())),
            (b"\0\0\x06\x04\0\0\0\0\0\0\x04", Heard::Http2),
            (b"\0\0\x08\x07\0\0\0\0\0\0\0", Heard::Http2),
            (
                b"\0\0\x06\x04\0\0\0\0\x01",
                Heard::Other("\\x00\\x00\\x06\\x04\\x00\\x00\\x00\\x00\\x01".into()),
            ),
            (b"SSH-2.0-x\n", Heard::Other("SSH-2.0-x\\n".into())),
        ] {
            let first = FirstBytes::default();
            first.hear(bytes);
            assert_eq!(first.heard(), wanted);
        }
    }

    /// Writes to one who has said this and hung up; answers what is heard then, and the failure behind it.
    async fn heard_behind_a_write(here: UnixStream) -> (Vec<u8>, io::Error, Heard) {
        let (mut socket, first) = Socket::new(Wire::Unix(here));
        for _ in 0..2 {
            socket.write_all(b"PRI").await.unwrap();
            socket.flush().await.unwrap();
        }
        let mut said = Vec::new();
        let error = socket.read_to_end(&mut said).await.unwrap_err();
        (said, error, first.heard())
    }

    #[tokio::test]
    async fn what_was_said_before_a_write_failed_is_heard() {
        let (mut there, here) = UnixStream::pair().unwrap();
        // More than is remembered: all of it is read.
        let words = [&b"\x15\x03\x01\x00\x02\x02\x46"[..], &[0; 1000]].concat();
        there.write_all(&words).await.unwrap();
        drop(there);
        here.readable().await.unwrap();
        let (said, error, heard) = heard_behind_a_write(here).await;
        assert_eq!((said, error.kind(), heard), (words, io::ErrorKind::BrokenPipe, Heard::Tls));
    }

    /// The write fails before the runtime has looked whether there is something to read.
    #[tokio::test]
    async fn what_was_said_is_waited_for_when_a_write_failed_first() {
        let (there, here) = UnixStream::pair().unwrap();
        here.writable().await.unwrap();
        there.writable().await.unwrap();
        there.try_write(b"\x15\x03\x01\x00\x02\x02\x46").unwrap();
        drop(there);
        let (said, error, heard) = heard_behind_a_write(here).await;
        assert_eq!((said.len(), error.kind(), heard), (7, io::ErrorKind::BrokenPipe, Heard::Tls));
    }

    #[test]
    fn only_the_first_bytes_are_kept() {
        let first = FirstBytes::default();
        assert!(!first.hear(&[b'a'; 60]));
        assert!(first.hear(&[b'b'; 1000]));
        assert_eq!(first.heard(), Heard::Other("a".repeat(60) + "bbbb"));
    }
}
