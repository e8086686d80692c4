//! Authorities as clients send them on unix sockets, in pieces and whole, and garbage.

use super::*;
use proptest::prelude::*;
use tokio::io::AsyncReadExt as _;

/// A frame of this kind.
fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, 1], payload].concat()
}

/// What comes out when the bytes come in these pieces.
fn read(pieces: &[&[u8]]) -> Vec<u8> {
    let mut io = reader(pieces);
    let mut out = Vec::new();
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(io.read_to_end(&mut out))
        .unwrap();
    out
}

/// A reader that gives out one piece a read.
fn reader(pieces: &[&[u8]]) -> Mended<Pieces> {
    Mended::new(Pieces(pieces.iter().rev().map(|piece| piece.to_vec()).collect()))
}

struct Pieces(Vec<Vec<u8>>);

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(mut piece) = self.0.pop() {
            let taken = piece.len().min(buffer.remaining());
            buffer.put_slice(&piece[..taken]);
            if taken < piece.len() {
                self.0.push(piece.split_off(taken));
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// What C core sends, and what of it h2 is to see.
fn core(authority: &[u8]) -> Vec<u8> {
    let length = [u8::try_from(authority.len()).unwrap()];
    let fields: [&[u8]; 7] = [
        b"@\x05:path\x04/a/b",
        b"@\x0a:authority",
        &length,
        authority,
        b"\x83\x86",
        b"@\x02te\x08",
        b"trailers",
    ];
    frame(HEADERS, 4, &fields.concat())
}

fn connection(headers: &[u8]) -> Vec<u8> {
    [PREFACE, &frame(4, 0, &[0; 6]), headers, &frame(0, 1, b"\x0a:authority\x03a%b"), b"\0\0"].concat()
}

#[test]
fn what_h2_refuses_is_mended_and_all_else_stays() {
    let java = |path: &[u8]| frame(HEADERS, 4, &[b"\x83\x41\x07", path].concat());
    let padded = |path: &[u8]| frame(HEADERS, 0x2c, &[b"\x02\0\0\0\0\x10\x41\x04", path, b"%%"].concat());
    let table = [
        (core(b"tmp%2Fs-1"), core(b"tmp.2Fs.1")),
        (core(b"localhost"), core(b"localhost")),
        (core(b"[::1]:80"), core(b"[::1]:80")),
        (java(b"/run/it"), java(b".run.it")),
        (padded(b"a%2F"), padded(b"a.2F")),
    ];
    for (sent, seen) in table {
        assert_eq!(read(&[&connection(&sent)]), connection(&seen));
    }
    // Neither Huffman's code nor what is no HTTP/2 is touched.
    let coded = connection(&frame(HEADERS, 4, b"\x41\x84%%%%"));
    assert_eq!(read(&[&coded]), coded);
    let other = [b"GET / HTTP/1.1\r\n".as_slice(), &core(b"a%2Fb")].concat();
    assert_eq!(read(&[&other]), other);
}

#[test]
fn a_long_path_is_mended() {
    let block = |value: &[u8]| [b"\x41\x7f\x49", value].concat();
    let mut payload = block("/long".repeat(40).as_bytes());
    mend(&mut payload, 4);
    assert_eq!(payload, block(".long".repeat(40).as_bytes()));
}

proptest! {
    #[test]
    fn pieces_make_no_difference(cuts in prop::collection::vec(0_usize..150, 0..20)) {
        let sent = [connection(&core(b"tmp%2Fs")), core(b"b%c")].concat();
        let (mut rest, mut pieces) = (&sent[..], Vec::new());
        for cut in cuts {
            let (piece, tail) = rest.split_at(cut.min(rest.len()));
            // An empty piece would be the end.
            pieces.extend((!piece.is_empty()).then_some(piece));
            rest = tail;
        }
        pieces.push(rest);
        prop_assert_eq!(read(&pieces), read(&[&sent]));
    }

    #[test]
    fn garbage_passes_in_its_length(mut block in prop::collection::vec(any::<u8>(), 0..200), flags: u8) {
        let sent = [PREFACE, &frame(HEADERS, flags, &block)].concat();
        prop_assert_eq!(read(&[&sent]).len(), sent.len());
        mend(&mut block, flags);
    }
}
