//! A TCP proxy that keeps what passes, and the gRPC messages in it: what is on the wire, whatever either side says.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// One way of one connection: all that passed.
type Tape = Arc<Mutex<Vec<u8>>>;

/// The proxy, for one connection.
pub(crate) struct Recorder {
    /// Where it listens.
    pub(crate) target: String,
    requests: Tape,
    replies: Tape,
    passing: JoinHandle<()>,
}

/// A message as its five-byte prefix tells it.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) struct Message {
    /// The first byte: 1 if it is compressed.
    pub(crate) flag: u8,
    /// How many bytes it takes on the wire.
    pub(crate) length: usize,
}

impl Recorder {
    /// Before this target.
    pub(crate) fn before(target: &str) -> Self {
        let inner = target.replace("localhost", "127.0.0.1");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = listener.local_addr().unwrap().to_string();
        let (requests, replies) = (Tape::default(), Tape::default());
        let (there, back) = (Arc::clone(&requests), Arc::clone(&replies));
        let passing = std::thread::spawn(move || {
            let (outer, _) = listener.accept().unwrap();
            let inner = TcpStream::connect(inner).unwrap();
            let copy = (outer.try_clone().unwrap(), inner.try_clone().unwrap());
            let up = std::thread::spawn(move || pass(copy.0, copy.1, &there));
            pass(inner, outer, &back);
            up.join().unwrap();
        });
        Self { target, requests, replies, passing }
    }

    /// The messages of both ways, when the connection is at its end.
    pub(crate) fn messages(self) -> (Vec<Message>, Vec<Message>) {
        self.passing.join().unwrap();
        let requests = self.requests.lock().unwrap();
        // What a client says first is no frame (RFC 9113, 3.4).
        let frames = requests.strip_prefix(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").expect("HTTP/2");
        (messages(&data(frames)), messages(&data(&self.replies.lock().unwrap())))
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, tape: &Tape) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        tape.lock().unwrap().extend_from_slice(&buffer[..read]);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// What is in the DATA frames of the one stream that there is (RFC 9113, 4.1 and 6.1).
fn data(mut frames: &[u8]) -> Vec<u8> {
    let (mut data, mut streams) = (Vec::new(), Vec::new());
    while let Some((head, rest)) = frames.split_first_chunk::<9>() {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        // A connection may end in the middle of what nobody reads any more.
        let Some((body, rest)) = rest.split_at_checked(length) else { break };
        frames = rest;
        if head[3] == 0 {
            assert_eq!(head[4] & 8, 0, "padding is nobody's habit");
            streams.push(u32::from_be_bytes([head[5], head[6], head[7], head[8]]));
            data.extend_from_slice(body);
        }
    }
    streams.dedup();
    assert!(streams.len() <= 1, "one call: {streams:?}");
    data
}

fn messages(mut data: &[u8]) -> Vec<Message> {
    let mut messages = Vec::new();
    while let Some((&[flag, a, b, c, d], rest)) = data.split_first_chunk::<5>() {
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap();
        messages.push(Message { flag, length });
        data = &rest[length..];
    }
    assert!(data.is_empty(), "half a message");
    messages
}
