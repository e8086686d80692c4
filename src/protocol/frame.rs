//! The five bytes before every message (PROTOCOL-HTTP2.md, "Length-Prefixed-Message").

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// The length of the prefix: one flag, four bytes of length.
pub const PREFIX: usize = 5;

/// One message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Whether the message is compressed by the encoding that the headers name.
    pub compressed: bool,
    /// The message, still compressed if so.
    pub message: Bytes,
}

/// Cuts a stream of bytes into frames, however the bytes arrive. Holds at most one unfinished frame, and
/// never more memory than has arrived.
#[derive(Debug)]
pub struct Frames {
    /// What arrived last, and has no unfinished frame before it.
    chunk: Bytes,
    /// An unfinished frame that spans chunks.
    partial: BytesMut,
    limit: usize,
}

impl Frames {
    /// Frames whose message has at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { chunk: Bytes::new(), partial: BytesMut::new(), limit }
    }

    /// Takes the next bytes. All complete frames must have been taken out by [`Frames::next`] before.
    pub fn push(&mut self, data: Bytes) {
        if self.partial.is_empty() && self.chunk.is_empty() {
            self.chunk = data;
        } else {
            if !self.chunk.is_empty() {
                self.partial.put_slice(&std::mem::take(&mut self.chunk));
            }
            self.partial.put_slice(&data);
        }
    }

    /// The next complete frame, if there is one.
    ///
    /// # Errors
    /// When the flag is neither 0 nor 1, or the length is above the limit.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        let in_partial = !self.partial.is_empty();
        let front: &[u8] = if in_partial { &self.partial } else { &self.chunk };
        let Some((&[flag, a, b, c, d], rest)) = front.split_first_chunk::<PREFIX>() else { return Ok(None) };
        if flag > 1 {
            return Err(FrameError::Flag(flag));
        }
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if length > self.limit {
            return Err(FrameError::TooLarge { length, limit: self.limit });
        }
        if rest.len() < length {
            return Ok(None);
        }
        let message = if in_partial {
            self.partial.advance(PREFIX);
            let message = self.partial.split_to(length).freeze();
            if self.partial.is_empty() {
                self.partial = BytesMut::new();
            }
            message
        } else {
            self.chunk.advance(PREFIX);
            self.chunk.split_to(length)
        };
        Ok(Some(Frame { compressed: flag == 1, message }))
    }

    /// How many bytes of an unfinished frame are held; at the end of a stream anything but 0 is a
    /// truncated message.
    pub fn unfinished(&self) -> usize {
        self.partial.len() + self.chunk.len()
    }
}

/// Appends one uncompressed message with its prefix.
///
/// # Errors
/// When the message is longer than the prefix can say (4 GiB).
pub fn encode(message: &[u8], out: &mut BytesMut) -> Result<(), FrameError> {
    let length = u32::try_from(message.len())
        .map_err(|_| FrameError::TooLarge { length: message.len(), limit: u32::MAX as usize })?;
    out.reserve(PREFIX + message.len());
    out.put_u8(0);
    out.put_u32(length);
    out.put_slice(message);
    Ok(())
}

/// The prefix of a message of this length, for whoever sends the message itself without a copy.
pub fn prefix(compressed: bool, length: u32) -> [u8; PREFIX] {
    let [a, b, c, d] = length.to_be_bytes();
    [u8::from(compressed), a, b, c, d]
}

/// A prefix that is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// The flag is neither 0 nor 1.
    Flag(u8),
    /// The message is longer than is taken.
    TooLarge {
        /// What the prefix says, in bytes.
        length: usize,
        /// What is taken, in bytes.
        limit: usize,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => {
                write!(f, "a message begins with the byte {flag}, which is no compression flag")
            }
            Self::TooLarge { length, limit } => {
                write!(f, "a message of {length} bytes is larger than the limit of {limit} bytes")
            }
        }
    }
}

impl std::error::Error for FrameError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn framed(messages: &[Vec<u8>]) -> BytesMut {
        let mut out = BytesMut::new();
        for message in messages {
            encode(message, &mut out).unwrap();
        }
        out
    }

    #[test]
    fn a_length_above_the_limit_is_refused_before_it_arrives() {
        let mut frames = Frames::new(10);
        frames.push(Bytes::from_static(&[0, 0, 0, 0, 11]));
        assert_eq!(frames.next(), Err(FrameError::TooLarge { length: 11, limit: 10 }));
    }

    #[test]
    fn a_strange_flag_is_refused() {
        let mut frames = Frames::new(10);
        frames.push(Bytes::from_static(&[2, 0, 0, 0, 0]));
        assert_eq!(frames.next(), Err(FrameError::Flag(2)));
    }

    #[test]
    fn what_is_unfinished_is_counted() {
        let mut frames = Frames::new(10);
        frames.push(Bytes::from_static(&[0, 0, 0]));
        assert_eq!((frames.next(), frames.unfinished()), (Ok(None), 3));
        frames.push(Bytes::from_static(&[0, 2, 7]));
        assert_eq!((frames.next(), frames.unfinished()), (Ok(None), 6));
        frames.push(Bytes::from_static(&[8]));
        assert_eq!(frames.next().unwrap().unwrap().message, [7, 8][..]);
        assert_eq!(frames.unfinished(), 0);
    }

    proptest! {
        #[test]
        fn frames_do_not_depend_on_how_bytes_arrive(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8),
            cuts in prop::collection::vec(1_usize..20, 1..40),
        ) {
            let mut wire = framed(&messages).freeze();
            let mut frames = Frames::new(100);
            let mut read = Vec::new();
            let mut cuts = cuts.iter().cycle();
            while !wire.is_empty() {
                let take = (*cuts.next().unwrap()).min(wire.len());
                frames.push(wire.split_to(take));
                while let Some(frame) = frames.next().unwrap() {
                    read.push(frame.message.to_vec());
                }
            }
            prop_assert_eq!(read, messages);
            prop_assert_eq!(frames.unfinished(), 0);
        }

        #[test]
        fn no_bytes_panic(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 0..8)) {
            let mut frames = Frames::new(64);
            for chunk in chunks {
                frames.push(chunk.into());
                while let Ok(Some(_)) = frames.next() {}
            }
        }
    }
}
