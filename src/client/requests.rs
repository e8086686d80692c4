//! The requests of one call, on their way to the server.

use std::fmt;
use std::future::Future;

use bytes::{BufMut, Bytes, BytesMut};
use h2::Reason;
use tokio::time::Instant;

use crate::protocol::Encoding;
use crate::protocol::frame::{self, PREFIX};

use super::line::{End, Line};

/// Small messages are put together into DATA frames of about this size.
const BATCH: usize = 16 << 10;

/// The sending half of a call. Dropping it before [`finish`](Self::finish) or
/// [`send_last`](Self::send_last) cancels the call.
#[derive(Debug)]
pub struct Requests {
    line: Line,
    /// What was fed and not yet handed over.
    batch: BytesMut,
    limit: usize,
    deadline: Option<Instant>,
    /// How messages are compressed.
    encoding: Encoding,
}

impl Requests {
    pub(super) fn new(line: Line, limit: usize, deadline: Option<Instant>, encoding: Encoding) -> Self {
        Self { line, batch: BytesMut::new(), limit, deadline, encoding }
    }

    /// Sends one message, now; waits while the server takes no more. Cancelling this future before it is
    /// done may leave the message unsent.
    ///
    /// # Errors
    /// When the message is larger than the limit, or the call is over; why is what the replies end with.
    pub async fn send(&mut self, message: Bytes) -> Result<(), SendError> {
        self.feed(message).await?;
        self.flush()
    }

    /// Takes one message and sends it together with those that follow, at the latest with
    /// [`flush`](Self::flush), which is to be called whenever no further message is ready.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn feed(&mut self, message: Bytes) -> Result<(), SendError> {
        self.check(&message)?;
        if self.batch.len() >= BATCH {
            self.flush()?;
        }
        if self.batch.is_empty() {
            self.room().await?;
        }
        self.put(message, End::More)
    }

    /// Sends what was fed.
    ///
    /// # Errors
    /// When the call is over.
    pub fn flush(&mut self) -> Result<(), SendError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.push(End::More)
    }

    /// Sends the last message and closes this half in the same frame. Never waits for the server: the message
    /// is handed over whole.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_last(mut self, message: Bytes) -> Result<(), SendError> {
        self.check(&message)?;
        self.put(message, End::Last)
    }

    /// Closes this half: there is no further request.
    pub fn finish(mut self) {
        // That the call is over already is what the replies tell.
        let _ = self.push(End::Last);
    }

    /// Ends the call from this side: the server sees a reset.
    pub fn cancel(self) {
        self.line.end(Reason::CANCEL);
    }

    fn check(&self, message: &Bytes) -> Result<(), SendError> {
        let length = message.len();
        let limit = self.limit.min(u32::MAX as usize);
        if length > limit { Err(SendError(Kind::TooLarge { length, limit })) } else { Ok(()) }
    }

    /// A short message is copied behind what waits, a long one follows it without a copy.
    fn put(&mut self, message: Bytes, end: End) -> Result<(), SendError> {
        // Nothing is gained on an empty message, and the mark may be left out of any.
        let is_compressed = self.encoding != Encoding::Identity && !message.is_empty();
        let message = if is_compressed {
            self.encoding.compress(&message).map_err(|_| SendError(Kind::Over))?.into()
        } else {
            message
        };
        let length = u32::try_from(message.len()).map_err(|_| SendError(Kind::Over))?;
        self.batch.reserve(PREFIX + if message.len() < BATCH { message.len() } else { 0 });
        self.batch.put_slice(&frame::prefix(is_compressed, length));
        if message.len() < BATCH {
            self.batch.put_slice(&message);
            return match end {
                End::Last => self.push(End::Last),
                End::More => Ok(()),
            };
        }
        self.push(End::More)?;
        self.line.push(message, end).map_err(|_| SendError(Kind::Over))
    }

    fn push(&mut self, end: End) -> Result<(), SendError> {
        self.line.push(self.batch.split().freeze(), end).map_err(|_| SendError(Kind::Over))
    }

    /// Waits for room, at most until the deadline, which the replies report.
    async fn room(&self) -> Result<(), SendError> {
        let room = self.line.room();
        let room = match self.deadline {
            None => room.await,
            Some(deadline) => within(deadline, room).await.unwrap_or_else(|| {
                self.line.end(Reason::CANCEL);
                Err(super::line::Over)
            }),
        };
        room.map_err(|_| SendError(Kind::Over))
    }
}

async fn within<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout_at(deadline, work).await.ok()
}

impl Drop for Requests {
    fn drop(&mut self) {
        if !self.line.is_done() {
            self.line.end(Reason::CANCEL);
        }
    }
}

/// A request that was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendError(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    TooLarge { length: usize, limit: usize },
    Over,
}

impl SendError {
    /// Whether the call is over; the replies end with the reason.
    pub fn is_closed(&self) -> bool {
        self.0 == Kind::Over
    }

    /// Whether the message is larger than what may be sent; the call goes on.
    pub fn is_too_large(&self) -> bool {
        !self.is_closed()
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::TooLarge { length, limit } => {
                write!(f, "a request of {length} bytes is larger than the limit of {limit} bytes")
            }
            Kind::Over => f.write_str("the call is over"),
        }
    }
}

impl std::error::Error for SendError {}
