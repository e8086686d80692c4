//! Calls that cross a farewell, in pieces and whole, and on a real connection.

use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::server::testing::{dial, serve, soon};

/// A frame of this kind on a stream.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// Gives out one piece a read.
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

/// What comes out when the bytes come in pieces of these lengths, one after the other, and are read so many at a time.
fn read(bytes: &[u8], lengths: &[usize], room: usize) -> Vec<u8> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    for &length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, more) = rest.split_at(length.min(rest.len()));
        pieces.push(piece.to_vec());
        rest = more;
    }
    pieces.reverse();
    let mut io = Latecomers::new(Pieces(pieces));
    let mut out = Vec::new();
    let reading = async {
        let mut part = vec![0; room];
        loop {
            match io.read(&mut part).await.unwrap() {
                0 => break,
                read => out.extend_from_slice(&part[..read]),
            }
        }
    };
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(reading);
    out
}

/// Two calls in time; more, and a PING that asks for something else; after the answer to `ping` a third.
fn crossing(ping: [u8; 8], third: u8) -> Vec<u8> {
    [
        PREFACE.to_vec(),
        frame(4, 0, 0, &[]),
        frame(HEADERS, 4, 1, b"call"),
        frame(WINDOW_UPDATE, 0, 1, &[0, 0, 1, 0]),
        // What looks like a head inside of a message is none.
        frame(0, 1, 1, &frame(PING, ACK, 0, &SHUTDOWN)),
        frame(HEADERS, 4, 3, b"call"),
        frame(PING, ACK, 0, &[7; 8]),
        frame(PING, 0, 0, &SHUTDOWN),
        frame(PING, ACK, 0, &ping),
        frame(WINDOW_UPDATE, 0, 0, &[0, 0, 1, 0]),
        frame(WINDOW_UPDATE, 0, 3, &[0, 0, 1, 0]),
        frame(HEADERS, 4, 5, b"late"),
        frame(third, 0, 5, &[0, 0, 1, 0]),
        frame(0, 1, 5, &frame(WINDOW_UPDATE, 0, 9, &[0, 0, 1, 0])),
        frame(third, 0, 5, &[0, 0, 2, 0]),
    ]
    .concat()
}

proptest! {
    #[test]
    fn only_what_comes_too_late_is_changed(
        lengths in prop::collection::vec(1..40_usize, 1..8), room in 1..50_usize, cut in 0..200_usize, ours: bool,
    ) {
        let ping = if ours { SHUTDOWN } else { [1; 8] };
        let said = crossing(ping, WINDOW_UPDATE);
        let wanted = crossing(ping, if ours { UNKNOWN } else { WINDOW_UPDATE });
        let cut = cut.min(said.len());
        let end = said.len() - cut;
        let heard = read(&said[..end], &lengths, room);
        // A head of which the end never comes is not changed.
        let same = end.saturating_sub(HEAD);
        prop_assert_eq!(&heard[..same], &wanted[..same]);
        prop_assert_eq!(heard.len(), end);
    }

    #[test]
    fn what_is_no_http2_is_handed_on(bytes: Vec<u8>, lengths in prop::collection::vec(1..9_usize, 1..4)) {
        prop_assert_eq!(read(&bytes, &lengths, 16), bytes);
    }
}

/// A client whose third call crosses the farewell, with a `WINDOW_UPDATE` behind its head as gRPC's C core sends it.
#[tokio::test]
async fn a_late_call_does_no_harm_to_an_open_one() {
    let server = std::sync::Arc::new(serve());
    let mut stream = dial(&server).await;
    let field = |name: &[u8], value: &[u8]| {
        let length = |text: &[u8]| u8::try_from(text.len()).unwrap();
        [&[0, length(name)], name, &[length(value)], value].concat()
    };
    let head = [
        field(b":method", b"POST"),
        field(b":scheme", b"http"),
        field(b":path", b"/t.T/Bidi"),
        field(b":authority", b"a"),
        field(b"content-type", b"application/grpc"),
        field(b"te", b"trailers"),
    ]
    .concat();
    let open = [PREFACE.to_vec(), frame(4, 0, 0, &[]), frame(HEADERS, 4, 1, &head)].concat();
    stream.write_all(&open).await.unwrap();
    stream.write_all(&frame(0, 0, 1, b"\0\0\0\0\x02hi")).await.unwrap();
    let mut frames = Vec::new();
    // The end of the open call, once the farewell was answered.
    loop {
        let mut head = [0; HEAD];
        soon(stream.read_exact(&mut head)).await.unwrap();
        let mut body = vec![0; length(&head)];
        soon(stream.read_exact(&mut body)).await.unwrap();
        frames.push((head[3], head[4], super::stream(&head)));
        match (head[3], head[4]) {
            (0, 0) => {
                let server = server.clone();
                tokio::spawn(async move { server.drain(std::time::Duration::from_secs(60)).await });
            }
            (PING, 0) => {
                let late = [
                    frame(PING, ACK, 0, &body),
                    frame(HEADERS, 4, 3, b"\x83"),
                    frame(WINDOW_UPDATE, 0, 3, &[0, 0, 1, 0]),
                    frame(0, 1, 1, &[]),
                ];
                stream.write_all(&late.concat()).await.unwrap();
            }
            (HEADERS, 5) => break,
            _ => {}
        }
    }
    assert_eq!(frames.last(), Some(&(HEADERS, 5, 1)), "{frames:?}");
}
