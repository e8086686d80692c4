//! Authorities that clients make of a unix socket's path, mended before h2 sees them.
//!
//! On a unix socket gRPC's C core (Python, Ruby, C++) says `:authority: run%2Fgreet.sock`, and Java the path as
//! it is. h2 resets such a call as malformed (hyperium/h2#442, grpc/grpc#38142) and lets nobody decide
//! otherwise. Nothing rests on the authority of a unix socket, so what h2 would not take is changed in place,
//! byte for byte: frames and the state of HPACK stay as they are. Only unix sockets are read through this.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BytesMut};
use http::uri::Authority;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::first_bytes::PREFACE;

/// Read at a time.
const CHUNK: usize = 16 << 10;
/// A longer HEADERS frame is not looked at; ours are never that long.
const MAX_HEADERS: usize = 64 << 10;

/// The head of a frame (RFC 9113, section 4.1), and what of it is of use here.
const FRAME_HEAD: usize = 9;
const HEADERS: u8 = 1;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;
const PRIORITY_BYTES: usize = 5;

/// A connection whose requests have authorities that h2 takes.
pub(super) struct Mended<IO> {
    io: IO,
    /// What was read and not yet handed on; `ready` bytes of it have been looked at.
    read: BytesMut,
    ready: usize,
    next: Next,
}

/// What the next byte that is not ready belongs to.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// The preface, after as many bytes of it.
    Preface(usize),
    /// The head of a frame.
    Frame,
    /// What is not looked at, for as many bytes.
    Skip(usize),
    /// No HTTP/2: nothing is looked at any more.
    Other,
}

impl<IO> Mended<IO> {
    pub(super) fn new(io: IO) -> Self {
        Self { io, read: BytesMut::new(), ready: 0, next: Next::Preface(0) }
    }

    /// Looks at what was read, as far as frames are whole.
    fn look(&mut self) {
        loop {
            let rest = &mut self.read[self.ready..];
            let (passed, next) = match self.next {
                Next::Other => (rest.len(), Next::Other),
                Next::Skip(left) if left > rest.len() => (rest.len(), Next::Skip(left - rest.len())),
                Next::Skip(left) => (left, Next::Frame),
                Next::Preface(seen) => {
                    let here = rest.len().min(PREFACE.len() - seen);
                    match seen + here {
                        _ if rest[..here] != PREFACE[seen..seen + here] => (0, Next::Other),
                        seen if seen == PREFACE.len() => (here, Next::Frame),
                        seen => (here, Next::Preface(seen)),
                    }
                }
                Next::Frame => {
                    let Some(&[a, b, c, kind, flags, ..]) = rest.get(..FRAME_HEAD) else { return };
                    let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
                    if kind == HEADERS && length <= MAX_HEADERS {
                        let Some(payload) = rest.get_mut(FRAME_HEAD..FRAME_HEAD + length) else { return };
                        mend(payload, flags);
                    }
                    (0, Next::Skip(FRAME_HEAD + length))
                }
            };
            self.ready += passed;
            self.next = next;
            if self.ready == self.read.len() {
                return;
            }
        }
    }
}

/// Mends the authority in the payload of a HEADERS frame. What is not well formed is h2's to refuse.
fn mend(payload: &mut [u8], flags: u8) {
    let padding = if flags & PADDED == 0 { None } else { payload.first().copied().map(usize::from) };
    let priority = if flags & PRIORITY == 0 { 0 } else { PRIORITY_BYTES };
    let start = usize::from(padding.is_some()) + priority;
    let end = payload.len().saturating_sub(padding.unwrap_or_default());
    let Some(block) = payload.get_mut(start..end) else { return };
    let Some(value) = authority(block) else { return };
    let value = &mut block[value];
    if Authority::try_from(&*value).is_err() {
        for byte in value {
            if !byte.is_ascii_alphanumeric() {
                *byte = b'.';
            }
        }
    }
}

/// Where the value of `:authority` stands in a block of fields (RFC 7541, section 6), if it is there literally
/// and without Huffman's code, as the clients write it that this is for.
fn authority(block: &[u8]) -> Option<Range<usize>> {
    let mut at = 0;
    while at < block.len() {
        let first = block[at];
        let (prefix, literal) = match first {
            0x80.. => (7, false),
            0x40.. => (6, true),
            0x20.. => (5, false),
            _ => (4, true),
        };
        let index = integer(block, &mut at, prefix)?;
        if !literal {
            continue;
        }
        // `:authority` is the first name of the static table.
        let named = match index {
            0 => {
                let (name, plain) = string(block, &mut at)?;
                plain && block[name] == *b":authority"
            }
            index => index == 1,
        };
        let (value, plain) = string(block, &mut at)?;
        if named {
            return plain.then_some(value);
        }
    }
    None
}

/// An integer whose first byte gives it so many bits (RFC 7541, section 5.1).
fn integer(block: &[u8], at: &mut usize, prefix: u32) -> Option<usize> {
    let mask = (1_usize << prefix) - 1;
    let mut value = usize::from(*block.get(*at)?) & mask;
    *at += 1;
    if value == mask {
        for shift in [0, 7, 14] {
            let byte = usize::from(*block.get(*at)?);
            *at += 1;
            value += (byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        return None;
    }
    Some(value)
}

/// Where a string stands, and whether it stands there as it is (RFC 7541, section 5.2).
fn string(block: &[u8], at: &mut usize) -> Option<(Range<usize>, bool)> {
    let plain = block.get(*at)? & 0x80 == 0;
    let length = integer(block, at, 7)?;
    let range = *at..*at + length;
    block.get(range.clone())?;
    *at = range.end;
    Some((range, plain))
}

impl<IO: AsyncRead + Unpin> AsyncRead for Mended<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.ready == 0 {
            let before = this.read.len();
            this.read.resize(before + CHUNK, 0);
            let mut into = ReadBuf::new(&mut this.read[before..]);
            let outcome = Pin::new(&mut this.io).poll_read(cx, &mut into);
            let read = into.filled().len();
            this.read.truncate(before + read);
            ready!(outcome)?;
            if read == 0 {
                // Half a frame is the end of a connection too.
                this.ready = before;
                break;
            }
            this.look();
        }
        let taken = this.ready.min(buffer.remaining());
        buffer.put_slice(&this.read[..taken]);
        this.read.advance(taken);
        this.ready -= taken;
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Mended<IO> {
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
#[path = "authority_tests.rs"]
mod tests;
