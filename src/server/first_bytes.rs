//! What a new connection speaks, read from its first bytes, which are then read again.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

/// What stands first on every HTTP/2 connection with prior knowledge.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How a request of HTTP/1 begins (RFC 9110, 9, and RFC 5789). With another word than these it may be anything.
const METHODS: [&[u8]; 9] =
    [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"PATCH ", b"DELETE ", b"OPTIONS ", b"CONNECT ", b"TRACE "];

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    /// A TLS handshake.
    Tls,
    /// HTTP/2 with prior knowledge.
    Http2,
    /// HTTP/1.0 or HTTP/1.1, as far as can be seen.
    Http1,
    /// Nothing that is known.
    Garbage,
}

/// A connection whose first bytes were looked at.
#[derive(Debug)]
pub(super) struct Replayed<IO> {
    io: IO,
    head: [u8; PREFACE.len()],
    /// What of `head` was read from the connection, and how much of that was read again.
    filled: usize,
    again: usize,
}

/// Reads until it is clear what the other side speaks.
///
/// # Errors
/// When the connection fails or ends before that.
pub(super) async fn look<IO: AsyncRead + Unpin>(mut io: IO) -> io::Result<(Speaks, Replayed<IO>)> {
    let mut head = [0; PREFACE.len()];
    let mut filled = 0;
    loop {
        let read = io.read(&mut head[filled..]).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        filled += read;
        if let Some(speaks) = judge(&head[..filled]) {
            return Ok((speaks, Replayed { io, head, filled, again: 0 }));
        }
    }
}

/// What these bytes say; `None` when more are needed.
fn judge(bytes: &[u8]) -> Option<Speaks> {
    let first = *bytes.first()?;
    if first == 0x16 {
        return Some(Speaks::Tls);
    }
    if PREFACE.starts_with(bytes) {
        return (bytes.len() == PREFACE.len()).then_some(Speaks::Http2);
    }
    // A method's name, then a blank.
    let is_begun = |method: &&[u8]| bytes.len() <= method.len() && method.starts_with(bytes);
    if METHODS.iter().any(|method| bytes.starts_with(method)) {
        Some(Speaks::Http1)
    } else if METHODS.iter().any(is_begun) {
        None
    } else {
        Some(Speaks::Garbage)
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Replayed<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.again < self.filled {
            let rest = &self.head[self.again..self.filled];
            let taken = rest.len().min(buffer.remaining());
            buffer.put_slice(&rest[..taken]);
            self.again += taken;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Replayed<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_bytes_tell_what_is_spoken() {
        for (bytes, says) in [
            (PREFACE, Some(Speaks::Http2)),
            (&PREFACE[..5], None),
            (b"P", None),
            (b"POST", None),
            (b"POST /", Some(Speaks::Http1)),
            (b"GET ", Some(Speaks::Http1)),
            (b"PRI * HTTP/2.1", Some(Speaks::Garbage)),
            (&[0x16, 3, 1], Some(Speaks::Tls)),
            (&[0], Some(Speaks::Garbage)),
            (b"get / HTTP/1.1", Some(Speaks::Garbage)),
            (b" GET", Some(Speaks::Garbage)),
            (b"AAAAAAAAAAAAAAAAAAAA", Some(Speaks::Garbage)),
            (b"INVALID PREFACE", Some(Speaks::Garbage)),
            (b"OPTI", None),
        ] {
            assert_eq!(judge(bytes), says, "{}", bytes.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_leave_it_open_for_ever(bytes in prop::collection::vec(any::<u8>(), PREFACE.len())) {
            prop_assert!(judge(&bytes).is_some());
        }
    }

    #[tokio::test]
    async fn what_was_looked_at_is_read_again() {
        let bytes = b"GET / HTTP/1.1\r\n\r\n and what follows it, which is longer than the preface";
        let (speaks, mut again) = look(&bytes[..]).await.unwrap();
        // Through buffers shorter than what was looked at.
        let mut read = vec![0; 5];
        again.read_exact(&mut read).await.unwrap();
        again.read_to_end(&mut read).await.unwrap();
        assert_eq!((speaks, &read[..]), (Speaks::Http1, &bytes[..]));
    }
}
