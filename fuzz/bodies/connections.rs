//! What stands between a socket and h2: what is read of a connection is what was sent, however it arrives.

// What is cut off a random number was random too.
#![allow(clippy::cast_possible_truncation)]

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use greet::server::fuzzed::{late, looked, mended};
use tokio::io::{AsyncRead, AsyncReadExt as _, ReadBuf};

use crate::random::{Choices, mutate};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const METHODS: [&[u8]; 9] =
    [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"PATCH ", b"DELETE ", b"OPTIONS ", b"CONNECT ", b"TRACE "];

/// An input is a byte that says how it is cut into reads, and what a client sends.
pub(crate) fn connections(data: &[u8]) {
    let Some((cuts, sent)) = data.split_first() else { return };
    let whole = read(mended(Pieces::new(sent, 0)), 1 << 16);
    unchanged_but_for_authorities(sent, &whole);
    assert!(read(mended(Pieces::new(&whole, 0)), 1 << 16) == whole, "it is mended twice");
    for cuts in [*cuts, 1] {
        let size = usize::from(cuts).max(1);
        assert!(read(mended(Pieces::new(sent, cuts)), size) == whole, "in pieces it is another");
        let said = looked(Pieces::new(sent, cuts)).now_or_never().expect("bytes are at hand");
        match (said, speaks(sent)) {
            (Ok((said, again)), Some(wanted)) => {
                assert_eq!(said, wanted);
                assert!(read(again, size) == sent, "what was looked at is not read again");
            }
            (Err(error), None) => assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof),
            (said, wanted) => panic!("{:?}, and not {wanted:?}", said.map(|(said, _)| said)),
        }
    }
    let harmless = without_latecomers(sent);
    for (cuts, size) in [(0, 1 << 16), (*cuts, 1 << 16), (*cuts, usize::from(*cuts).max(1)), (1, 3)] {
        assert!(read(late(Pieces::new(sent, cuts)), size) == harmless, "late calls: {cuts}, {size}");
    }
    // As a unix socket's connection is read.
    if let Ok((_, again)) = looked(Pieces::new(sent, *cuts)).now_or_never().expect("bytes are at hand") {
        assert!(read(mended(again), 7) == whole);
    }
}

/// What the first bytes say; `None` when the connection ends before they do.
fn speaks(sent: &[u8]) -> Option<&'static str> {
    if sent.first() == Some(&0x16) {
        Some("tls")
    } else if sent.starts_with(PREFACE) {
        Some("http2")
    } else if METHODS.iter().any(|method| sent.starts_with(method)) {
        Some("http1")
    } else {
        let is_begun = METHODS.iter().any(|method| method.starts_with(sent)) || PREFACE.starts_with(sent);
        (!is_begun).then_some("garbage")
    }
}

/// Only HEADERS frames differ, and only in dots where something else than letters and digits stood, in one place each.
fn unchanged_but_for_authorities(sent: &[u8], seen: &[u8]) {
    assert_eq!(sent.len(), seen.len());
    let mut at = if sent.starts_with(PREFACE) { PREFACE.len() } else { sent.len() };
    assert!(sent[..at] == seen[..at], "what is no HTTP/2 is changed");
    while at < sent.len() {
        let Some([a, b, c, kind, ..]) = sent.get(at..at + 9) else { break };
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let end = at + 9 + length;
        let changed: Vec<usize> = (at..end.min(sent.len())).filter(|i| sent[*i] != seen[*i]).collect();
        if let (Some(first), Some(last)) = (changed.first(), changed.last()) {
            assert!(*kind == 1 && *first >= at + 9 && end <= sent.len(), "a frame of kind {kind} is changed");
            for (was, is) in sent[*first..=*last].iter().zip(&seen[*first..=*last]) {
                assert!(if was.is_ascii_alphanumeric() { was == is } else { *is == b'.' });
            }
        }
        at = end;
    }
    assert!(sent.get(at..).unwrap_or_default() == seen.get(at..).unwrap_or_default());
}

/// What is sent, where each `WINDOW_UPDATE` for a call that begins after the client's answer to the farewell is of a type that
/// nobody knows.
fn without_latecomers(sent: &[u8]) -> Vec<u8> {
    const HEARD: &[u8] = b"\x0b\x7b\xa2\xf0\x8b\x9b\xfe\x54";
    let mut seen = sent.to_vec();
    let (mut at, mut last, mut has_heard) = (PREFACE.len(), 0, false);
    while let Some(&[a, b, c, kind, flags, d, e, f, g]) = sent.get(at..).and_then(<[u8]>::first_chunk) {
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        let stream = u32::from_be_bytes([d & 0x7f, e, f, g]);
        let payload = sent.get(at + 9..at + 9 + length);
        match kind {
            1 if !has_heard => last = last.max(stream),
            8 if has_heard && stream > last => seen[at + 3] = 0xfe,
            6 => has_heard |= flags == 1 && payload == Some(HEARD),
            _ => {}
        }
        at += 9 + length;
    }
    seen
}

/// All that can be read, so many bytes at a time.
fn read(mut io: impl AsyncRead + Unpin, size: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = vec![0; size];
    loop {
        let read = io.read(&mut buffer).now_or_never().expect("bytes are at hand").unwrap();
        if read == 0 {
            return all;
        }
        all.extend_from_slice(&buffer[..read]);
    }
}

/// Bytes that arrive in pieces, of lengths that a number says; 0 is all at once.
struct Pieces<'a> {
    rest: &'a [u8],
    cuts: u8,
    state: u8,
}

impl<'a> Pieces<'a> {
    fn new(rest: &'a [u8], cuts: u8) -> Self {
        Self { rest, cuts, state: cuts }
    }
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wanted = match self.cuts {
            0 => usize::MAX,
            1 => 1,
            // A short cycle of lengths from 1 to 32.
            _ => {
                self.state = self.state.wrapping_mul(5).wrapping_add(self.cuts);
                usize::from(self.state >> 3) + 1
            }
        };
        let (piece, rest) = self.rest.split_at(wanted.min(self.rest.len()).min(buffer.remaining()));
        buffer.put_slice(piece);
        self.rest = rest;
        Poll::Ready(Ok(()))
    }
}

/// A connection as a client begins it, on a unix socket or not, changed in a few places.
pub(crate) fn input(choices: &mut Choices) -> Vec<u8> {
    let mut sent = Vec::new();
    match choices.below(10) {
        0 => {
            sent.extend(*choices.one_of(&METHODS));
            sent.extend(b"/ HTTP/1.1\r\nhost: a%2Fb\r\n\r\n");
        }
        1 => sent.extend(b"\x16\x03\x01\x00\x05hello"),
        2 => sent.extend(&PREFACE[..choices.below(PREFACE.len())]),
        _ => {
            sent.extend(PREFACE);
            for _ in 0..choices.below(7) {
                frame(choices, &mut sent);
            }
        }
    }
    if choices.chance(50) {
        let other = sent.clone();
        mutate::bytes(choices, &mut sent, &other);
    }
    [&[choices.below(256) as u8], &sent[..]].concat()
}

/// A frame: mostly one of HEADERS, with an authority among its fields.
fn frame(choices: &mut Choices, sent: &mut Vec<u8>) {
    let (mut kind, mut flags, mut payload) = (1, 4, Vec::new());
    let padding = choices.below(5) as u8;
    if choices.chance(20) {
        flags |= 0x8;
        payload.push(padding);
    }
    if choices.chance(20) {
        flags |= 0x20;
        payload.extend([0, 0, 0, 0, 16]);
    }
    let value: &[u8] = choices.one_of::<&[u8]>(&[
        b"localhost",
        b"[::1]:80",
        b"run%2Fgreet.sock",
        b"/run/it",
        b"",
        b"a@b",
        b"\xc3\xa9",
        b"a b",
    ]);
    let length = value.len() as u8;
    for _ in 0..choices.below(4) {
        match choices.below(7) {
            0 => payload.push(0x83),
            1 => payload.extend(b"\x40\x05:path\x04/a/b"),
            2 => payload.extend([&[0x41, length], value].concat()),
            3 => payload.extend([b"\x40\x0a:authority", &[length][..], value].concat()),
            4 => payload.extend([&[0x01, length], value].concat()),
            5 => payload.extend(b"\x41\x84%%%%"),
            _ => {
                // A length beyond its prefix.
                payload.extend([0x11, 0x7f, 0x49]);
                payload.extend("/long".repeat(40).bytes());
            }
        }
    }
    if flags & 0x8 != 0 {
        payload.extend(vec![0; usize::from(padding)]);
    }
    if choices.chance(20) {
        kind = choices.below(10) as u8;
    }
    match choices.below(6) {
        0 => (kind, flags, payload) = (6, 1, b"\x0b\x7b\xa2\xf0\x8b\x9b\xfe\x54".to_vec()),
        1 => (kind, flags, payload) = (8, 0, vec![0, 0, 1, 0]),
        _ => {}
    }
    let [_, a, b, c] = (payload.len() as u32).to_be_bytes();
    sent.extend([a, b, c, kind, flags, 0, 0, 0, choices.below(6) as u8]);
    sent.extend(payload);
}
