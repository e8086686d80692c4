//! Compression of single messages (PROTOCOL-HTTP2.md, "Message-Encoding").

use std::io::{self, Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};

/// The largest window that a zstd frame may ask for, as a power of two: what a decoder must have ready for one is
/// bounded by this and not by the message (RFC 8878, 3.1.1.1.2, asks for 8 MiB at least).
const ZSTD_WINDOW: u32 = 23;

/// How a compressed message is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, as HTTP's `deflate` means it.
    Deflate,
    /// RFC 8878.
    Zstd,
}

/// What greet reads, as it says so in `grpc-accept-encoding`.
pub const ACCEPTED: &str = "identity,gzip,deflate,zstd";

impl Encoding {
    /// The encoding that a header names; `None` for one that greet does not read.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "identity" => Some(Self::Identity),
            "gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
        }
    }

    /// Compresses one message, quickly rather than tightly.
    ///
    /// # Errors
    /// When the compressor fails, which none does that has memory.
    pub fn compress(self, message: &[u8]) -> Result<Vec<u8>, EncodingError> {
        let out = Vec::with_capacity(message.len() / 2 + 32);
        let written = match self {
            Self::Identity => Ok(message.to_vec()),
            Self::Gzip => through(GzEncoder::new(out, Compression::fast()), message, GzEncoder::finish),
            Self::Deflate => {
                through(ZlibEncoder::new(out, Compression::fast()), message, ZlibEncoder::finish)
            }
            Self::Zstd => zstd::bulk::compress(message, 1),
        };
        written.map_err(|error| EncodingError::Broken(error.to_string()))
    }

    /// Decompresses one message into at most `limit` bytes.
    ///
    /// # Errors
    /// When the data is broken or would be larger than the limit.
    pub fn decompress(self, data: &Bytes, limit: usize) -> Result<Bytes, EncodingError> {
        let mut out = Vec::new();
        // One byte more than the limit tells "exactly the limit" from "more".
        let most = (limit as u64).saturating_add(1);
        let read = match self {
            Self::Identity => return Err(EncodingError::NotNamed),
            Self::Gzip => MultiGzDecoder::new(&data[..]).take(most).read_to_end(&mut out),
            Self::Deflate => ZlibDecoder::new(&data[..]).take(most).read_to_end(&mut out),
            Self::Zstd => zstd::Decoder::with_buffer(&data[..]).and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW)?;
                decoder.take(most).read_to_end(&mut out)
            }),
        };
        read.map_err(|error| EncodingError::Broken(error.to_string()))?;
        if out.len() > limit { Err(EncodingError::TooLarge(limit)) } else { Ok(out.into()) }
    }
}

fn through<W: Write>(
    mut writer: W,
    message: &[u8],
    finish: fn(W) -> io::Result<Vec<u8>>,
) -> io::Result<Vec<u8>> {
    writer.write_all(message)?;
    finish(writer)
}

/// A message that cannot be decompressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncodingError {
    /// It is marked as compressed, but no header says how.
    NotNamed,
    /// The data is broken.
    Broken(String),
    /// The message is larger than this many bytes.
    TooLarge(usize),
}

impl std::fmt::Display for EncodingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotNamed => {
                f.write_str("a message is marked as compressed, but no grpc-encoding was named")
            }
            Self::Broken(why) => write!(f, "a compressed message is broken: {why}"),
            Self::TooLarge(limit) => {
                write!(f, "a decompressed message is larger than the limit of {limit} bytes")
            }
        }
    }
}

impl std::error::Error for EncodingError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn gzip(data: &[u8]) -> Bytes {
        let mut writer = GzEncoder::new(Vec::new(), Compression::best());
        writer.write_all(data).unwrap();
        writer.finish().unwrap().into()
    }

    const ALL: [Encoding; 3] = [Encoding::Gzip, Encoding::Deflate, Encoding::Zstd];

    #[test]
    fn messages_come_back() {
        for encoding in ALL {
            for message in [vec![], b"hello".to_vec(), vec![7; 100_000]] {
                let compressed = Bytes::from(encoding.compress(&message).unwrap());
                assert_eq!(encoding.decompress(&compressed, message.len()).unwrap(), message, "{encoding:?}");
            }
            assert_eq!(Encoding::parse(encoding.name()), Some(encoding));
        }
        assert_eq!(Encoding::Gzip.decompress(&gzip(b"hello"), 5).unwrap(), b"hello"[..]);
    }

    #[test]
    fn a_window_that_is_too_large_is_refused() {
        // RFC 8878, 3.1.1: magic, a descriptor without a content size, a window of 2^31; then an empty last block.
        let hostile = Bytes::from_static(&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0x00, 0x00]);
        assert!(matches!(Encoding::Zstd.decompress(&hostile, 9), Err(EncodingError::Broken(_))));
        let modest = Bytes::from_static(&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3, 0x01, 0x00, 0x00]);
        assert_eq!(Encoding::Zstd.decompress(&modest, 9).unwrap(), b""[..]);
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        for encoding in ALL {
            let bomb = Bytes::from(encoding.compress(&vec![0; 1 << 20]).unwrap());
            assert_eq!(encoding.decompress(&bomb, 1000), Err(EncodingError::TooLarge(1000)), "{encoding:?}");
        }
    }

    #[test]
    fn garbage_is_an_error() {
        let garbage = Bytes::from_static(b"garbage");
        for encoding in ALL {
            assert!(
                matches!(encoding.decompress(&garbage, 9), Err(EncodingError::Broken(_))),
                "{encoding:?}"
            );
        }
        assert_eq!(Encoding::Identity.decompress(&garbage, 9), Err(EncodingError::NotNamed));
    }
}
