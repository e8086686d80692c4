//! Frames of calls that come too late, which h2 would end the connection for.
//!
//! A server that goes says GOAWAY twice (RFC 9113, 6.8): at first that it goes, then, when the client has heard that, which
//! call is the last. Calls that the client has begun meanwhile are ignored, and made again elsewhere. But h2 0.4.20 takes a
//! `WINDOW_UPDATE` for such a call as one for a call that was never begun, which is an error of the connection, and its
//! open calls end with it. gRPC's C core (Python, Ruby, C++) sends one behind the head of every call. So those are made
//! frames of a type that nobody knows, which are ignored (5.5). Until the client has heard, nothing is changed or held back.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::first_bytes::PREFACE;

/// The head of a frame (RFC 9113, section 4.1).
const HEAD: usize = 9;
const HEADERS: u8 = 1;
const PING: u8 = 6;
const ACK: u8 = 1;
const WINDOW_UPDATE: u8 = 8;
/// A type that no document defines.
const UNKNOWN: u8 = 0xfe;
/// What h2 asks with, between its two farewells, whether the client has heard.
const SHUTDOWN: [u8; 8] = [0x0b, 0x7b, 0xa2, 0xf0, 0x8b, 0x9b, 0xfe, 0x54];
/// A PING frame, whole.
const PING_FRAME: usize = HEAD + 8;

/// Read at a time, once calls come too late.
const CHUNK: usize = 16 << 10;

/// A connection whose frames of late calls are harmless.
#[derive(Debug)]
pub(super) struct Latecomers<IO> {
    io: IO,
    /// So many bytes belong to what is not looked at.
    skip: usize,
    /// What was seen of a head, or of a PING, that came in pieces.
    piece: [u8; PING_FRAME],
    seen: usize,
    /// The last call that was begun in time.
    last: u32,
    /// From then on: what was read and is not handed on yet; so many bytes of it have been looked at.
    late: Option<(BytesMut, usize)>,
}

impl<IO> Latecomers<IO> {
    pub(super) fn new(io: IO) -> Self {
        Self { io, skip: PREFACE.len(), piece: [0; PING_FRAME], seen: 0, last: 0, late: None }
    }

    /// Follows the frames; the place behind the one with which the client says that it has heard, if that is here.
    fn follow(&mut self, mut bytes: &[u8]) -> Option<usize> {
        let whole = bytes.len();
        while !bytes.is_empty() {
            if self.skip > 0 {
                let here = self.skip.min(bytes.len());
                self.skip -= here;
                bytes = &bytes[here..];
                continue;
            }
            if let (0, Some(head)) = (self.seen, bytes.first_chunk::<HEAD>())
                && (head[3], head[4] & ACK) != (PING, ACK)
            {
                self.skip = self.head(head);
                bytes = &bytes[HEAD..];
                continue;
            }
            self.piece[self.seen] = bytes[0];
            self.seen += 1;
            bytes = &bytes[1..];
            if self.seen < HEAD {
                continue;
            }
            let head = *self.piece.first_chunk().expect("a PING is longer than its head");
            if head[..5] == [0, 0, 8, PING, ACK] {
                if self.seen == PING_FRAME {
                    self.seen = 0;
                    if self.piece[HEAD..] == SHUTDOWN {
                        return Some(whole - bytes.len());
                    }
                }
                continue;
            }
            self.seen = 0;
            self.skip = self.head(&head);
        }
        None
    }

    /// How long the frame is that this is the head of.
    fn head(&mut self, head: &[u8; HEAD]) -> usize {
        if head[3] == HEADERS {
            self.last = self.last.max(stream(head));
        }
        length(head)
    }

    /// Changes what comes too late, as far as heads are whole.
    fn look(&mut self) {
        let Some((read, ready)) = &mut self.late else { return };
        loop {
            let rest = &mut read[*ready..];
            let here = self.skip.min(rest.len());
            if here > 0 {
                self.skip -= here;
                *ready += here;
                continue;
            }
            let Some(head) = rest.first_chunk_mut::<HEAD>() else { return };
            if head[3] == WINDOW_UPDATE && stream(head) > self.last {
                head[3] = UNKNOWN;
            }
            self.skip = HEAD + length(head);
        }
    }
}

fn length(head: &[u8; HEAD]) -> usize {
    usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])
}

/// Its first bit means nothing.
fn stream(head: &[u8; HEAD]) -> u32 {
    u32::from_be_bytes([head[5] & 0x7f, head[6], head[7], head[8]])
}

impl<IO: AsyncRead + Unpin> AsyncRead for Latecomers<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.late.is_none() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.io).poll_read(cx, buffer))?;
            let Some(at) = this.follow(&buffer.filled()[before..]) else { return Poll::Ready(Ok(())) };
            this.late = Some((BytesMut::from(&buffer.filled()[before + at..]), 0));
            buffer.set_filled(before + at);
            this.look();
            return Poll::Ready(Ok(()));
        }
        loop {
            let Some((read, ready)) = &mut this.late else { return Poll::Ready(Ok(())) };
            if *ready > 0 {
                let taken = (*ready).min(buffer.remaining());
                buffer.put_slice(&read[..taken]);
                read.advance(taken);
                *ready -= taken;
                return Poll::Ready(Ok(()));
            }
            let before = read.len();
            read.resize(before + CHUNK, 0);
            let mut into = ReadBuf::new(&mut read[before..]);
            let outcome = Pin::new(&mut this.io).poll_read(cx, &mut into);
            let more = into.filled().len();
            read.truncate(before + more);
            ready!(outcome)?;
            if more == 0 {
                if before == 0 {
                    return Poll::Ready(Ok(()));
                }
                // Half a head is the end of a connection too.
                *ready = before;
                continue;
            }
            this.look();
        }
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Latecomers<IO> {
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
#[path = "latecomers_tests.rs"]
mod tests;
