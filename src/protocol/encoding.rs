//! Compression of single messages (PROTOCOL-HTTP2.md, "Message-Encoding").

use std::io::Read;

use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};

/// How a compressed message is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, as HTTP's `deflate` means it.
    Deflate,
}

/// What greet reads, as it says so in `grpc-accept-encoding`.
pub const ACCEPTED: &str = "identity,gzip,deflate";

impl Encoding {
    /// The encoding that a header names; `None` for one that greet does not read.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "identity" => Some(Self::Identity),
            "gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            _ => None,
        }
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
        };
        read.map_err(|error| EncodingError::Broken(error.to_string()))?;
        if out.len() > limit { Err(EncodingError::TooLarge(limit)) } else { Ok(out.into()) }
    }
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
    use std::io::Write;

    fn gzip(data: &[u8]) -> Bytes {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(data).unwrap();
        writer.finish().unwrap().into()
    }

    #[test]
    fn messages_come_back() {
        assert_eq!(Encoding::Gzip.decompress(&gzip(b"hello"), 5).unwrap(), b"hello"[..]);
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(b"hello").unwrap();
        let deflated = writer.finish().unwrap().into();
        assert_eq!(Encoding::Deflate.decompress(&deflated, 5).unwrap(), b"hello"[..]);
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let bomb = gzip(&vec![0; 1 << 20]);
        assert_eq!(Encoding::Gzip.decompress(&bomb, 1000), Err(EncodingError::TooLarge(1000)));
    }

    #[test]
    fn garbage_is_an_error() {
        let garbage = Bytes::from_static(b"garbage");
        assert!(matches!(Encoding::Gzip.decompress(&garbage, 9), Err(EncodingError::Broken(_))));
        assert_eq!(Encoding::Identity.decompress(&garbage, 9), Err(EncodingError::NotNamed));
    }
}
