//! gRPC on HTTP/2: frames, compressed messages, a status in trailers, timeouts, metadata.

// What is cut off a random number was random too.
#![allow(clippy::cast_possible_truncation)]

use bytes::{Bytes, BytesMut};
use greet::leaf::metadata;
use greet::protocol::frame::{self, Frame, FrameError, PREFIX};
use greet::protocol::status::Details;
use greet::protocol::{Encoding, Frames, Status, content_type, timeout};
use http::{HeaderMap, HeaderName, HeaderValue};
use tonic::metadata::MetadataMap;

use crate::random::{Choices, mutate};

/// The largest message that is taken here, compressed or not.
const LIMIT: usize = 300;
const ENCODINGS: [Encoding; 3] = [Encoding::Gzip, Encoding::Deflate, Encoding::Zstd];

/// An input is a byte that says what the rest is.
pub(crate) fn framing(data: &[u8]) {
    let Some((first, said)) = data.split_first() else { return };
    match first % 4 {
        0 => frames(said),
        1 => compressed(ENCODINGS[usize::from(first >> 2) % ENCODINGS.len()], said),
        2 => trailers(said),
        _ => words(said),
    }
}

/// What is read of frames: those that are whole, and how it ends.
type Read = (Vec<Frame>, Result<usize, FrameError>);

fn frames(wire: &[u8]) {
    let wanted = expected(wire);
    for size in [wire.len().max(1), 1, 2, 5, 7] {
        assert_eq!(in_pieces(wire, size), wanted, "{size} bytes at a time");
    }
    // Written again they are the same bytes.
    let mut written = BytesMut::new();
    for Frame { compressed, message } in &wanted.0 {
        let mut one = BytesMut::new();
        frame::encode(message, &mut one).unwrap();
        one[0] = u8::from(*compressed);
        assert_eq!(one[..PREFIX], frame::prefix(*compressed, u32::try_from(message.len()).unwrap()));
        written.extend_from_slice(&one);
    }
    assert!(wire.starts_with(&written));
    if let Ok(unfinished) = wanted.1 {
        assert_eq!(written.len() + unfinished, wire.len());
    }
}

/// The same by the words of gRPC's specification.
fn expected(mut wire: &[u8]) -> Read {
    let mut all = Vec::new();
    loop {
        let Some((prefix, rest)) = wire.split_first_chunk::<PREFIX>() else { return (all, Ok(wire.len())) };
        let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
        if prefix[0] > 1 {
            return (all, Err(FrameError::Flag(prefix[0])));
        }
        if length > LIMIT {
            return (all, Err(FrameError::TooLarge { length, limit: LIMIT }));
        }
        let Some((message, rest)) = rest.split_at_checked(length) else { return (all, Ok(wire.len())) };
        all.push(Frame { compressed: prefix[0] == 1, message: Bytes::copy_from_slice(message) });
        wire = rest;
    }
}

fn in_pieces(wire: &[u8], size: usize) -> Read {
    let (mut frames, mut all) = (Frames::new(LIMIT), Vec::new());
    for piece in wire.chunks(size) {
        frames.push(Bytes::copy_from_slice(piece));
        loop {
            match frames.next() {
                Ok(Some(frame)) => all.push(frame),
                Ok(None) => break,
                Err(error) => return (all, Err(error)),
            }
        }
    }
    let unfinished = frames.unfinished();
    (all, Ok(unfinished))
}

fn compressed(encoding: Encoding, data: &[u8]) {
    let data = Bytes::copy_from_slice(data);
    if let Ok(message) = encoding.decompress(&data, LIMIT) {
        assert!(message.len() <= LIMIT);
        // A limit that is just enough changes nothing, and one below it does.
        assert_eq!(encoding.decompress(&data, message.len()).as_ref(), Ok(&message));
        if let Some(less) = message.len().checked_sub(1) {
            assert!(encoding.decompress(&data, less).is_err());
        }
    }
    if data.len() <= LIMIT {
        let packed = Bytes::from(encoding.compress(&data).unwrap());
        assert_eq!(encoding.decompress(&packed, LIMIT), Ok(data));
    }
}

/// Lines of `name: value`, as bytes.
fn trailers(said: &[u8]) {
    let mut map = HeaderMap::new();
    for line in said.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    let _ = content_type::of(&map);
    let metadata = MetadataMap::from_headers(map.clone());
    let mut again = MetadataMap::new();
    for (name, value) in metadata::entries(&metadata) {
        // What a peer may send is more than what a caller may say.
        let _ = metadata::append(&name, &value, &mut again);
    }
    let taken = metadata::entries(&again);
    assert!(taken.iter().all(|(name, _)| !metadata::is_reserved(name)));
    let all = metadata::entries(&metadata);
    assert!(taken.iter().all(|entry| all.contains(entry)), "{taken:?} of {all:?}");
    let status = Status::from_trailers(&map);
    assert_eq!(status.is_some(), map.contains_key("grpc-status"));
    let Some(status) = status else { return };
    assert!(!status.to_string().is_empty());
    // Written again it says the same; what was no base64 is not written.
    let mut written = HeaderMap::new();
    status.write_trailers(&mut written);
    let mut same = status.clone();
    if let Details::Malformed(_) = status.details {
        same.details = Details::None;
    }
    assert_eq!(Status::from_trailers(&written), Some(same));
    let number = i32::from(tonic::Status::from(status.clone()).code());
    assert!(status.code.number() == number.unsigned_abs() || !status.code.is_named());
    Status::remove_from(&mut map);
    assert_eq!(Status::from_trailers(&map), None);
}

/// A timeout, an encoding, an entry of metadata.
fn words(said: &[u8]) {
    let Ok(text) = std::str::from_utf8(said) else { return };
    if let Some(time) = timeout::parse(text) {
        let again = timeout::parse(&timeout::render(time)).expect("it is one");
        // It never comes early, nor late by more than the last of eight digits.
        assert!(again >= time && again.as_secs_f64() <= time.as_secs_f64() * 1.000_01 + 1e-9, "{text}");
        assert!(text.len() <= 9 && text.is_ascii());
    }
    if let Some(encoding) = Encoding::parse(text) {
        assert_eq!(encoding.name(), text);
    }
    let mut map = MetadataMap::new();
    match metadata::parse(text, &mut map) {
        Ok(()) => {
            let entries = metadata::entries(&map);
            let [(name, value)] = &entries[..] else { panic!("{entries:?}") };
            let mut again = MetadataMap::new();
            metadata::parse(&format!("{name}: {value}"), &mut again).unwrap();
            assert_eq!(metadata::entries(&again), entries);
        }
        Err(error) => assert!(map.is_empty() && !error.to_string().is_empty()),
    }
}

/// What a peer sends, changed in a few places.
pub(crate) fn input(choices: &mut Choices) -> Vec<u8> {
    let first = choices.below(256) as u8;
    let mut said = match first % 4 {
        0 => {
            let mut wire = Vec::new();
            for _ in 0..choices.below(4) {
                let length = *choices.one_of(&[0, 1, 9, 299, 300, 301, 70_000]);
                wire.extend(frame::prefix(choices.chance(30), length));
                wire.extend(vec![7; length.min(310) as usize]);
            }
            wire
        }
        1 => {
            let length = *choices.one_of(&[0, 1, 50, 299, 300, 301, 5000]);
            let message: Vec<u8> = (0..7_u8).cycle().take(length).collect();
            ENCODINGS[usize::from(first >> 2) % ENCODINGS.len()].compress(&message).unwrap()
        }
        2 => (0..choices.below(5))
            .map(|_| *choices.one_of(TRAILERS))
            .collect::<Vec<_>>()
            .join("\n")
            .into_bytes(),
        _ => choices.one_of::<&str>(WORDS).as_bytes().to_vec(),
    };
    if choices.chance(60) {
        if let (2 | 3, Ok(text)) = (first % 4, std::str::from_utf8(&said)) {
            said = mutate::text(choices, text, PIECES).into_bytes();
        } else {
            let other = said.clone();
            mutate::bytes(choices, &mut said, &other);
        }
    }
    [&[first], &said[..]].concat()
}

const TRAILERS: &[&str] = &[
    "grpc-status: 0",
    "grpc-status: 5",
    "grpc-status: 99",
    "grpc-status: 4294967296",
    "grpc-status: -1",
    "grpc-message: no%20caf%C3%A9%",
    "grpc-message: %ff%00%0a",
    "grpc-message: caf\u{e9}",
    "grpc-status-details-bin: CAUSAW0=",
    "grpc-status-details-bin: CAUSAW0",
    "grpc-status-details-bin: ***",
    "content-type: application/grpc+proto; a=b",
    "a-bin: AQI=",
    "a-bin: AQI,AQI",
    "k: v",
];

const WORDS: &[&str] = &[
    "5S",
    "99999999H",
    "0n",
    "100u",
    "150m",
    "3M",
    "gzip",
    "identity",
    "k: v",
    "k-bin: AQI=",
    "a-b_c.d: x y",
];

/// Pieces of them, right ones and wrong ones.
const PIECES: &[&str] = &[
    "0",
    "9",
    "99999999",
    "-",
    "+",
    "S",
    "n",
    ":",
    ": ",
    "-bin",
    "=",
    "==",
    "%",
    "%2",
    "%E2%82",
    "grpc-status",
    "te",
    " ",
    "\t",
    "\n",
    "\r",
    "\u{0}",
    "\u{7f}",
    "é",
    "１",
];
