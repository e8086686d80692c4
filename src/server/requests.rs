//! The requests of one call, as they come.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::RecvStream;

use super::wire::{Shared, cancelled};
use crate::leaf::Code;
use crate::protocol::encoding::EncodingError;
use crate::protocol::frame::FrameError;
use crate::protocol::{Encoding, Frames, Status};

/// The requests of one call: cut from the stream, decompressed, bounded.
#[derive(Debug)]
pub struct Requests {
    body: RecvStream,
    frames: Frames,
    encoding: Encoding,
    limit: usize,
    over: bool,
    shared: Arc<Shared>,
}

impl Requests {
    pub(super) fn new(body: RecvStream, encoding: Encoding, limit: usize, shared: Arc<Shared>) -> Self {
        Self { body, frames: Frames::new(limit), encoding, limit, over: false, shared }
    }

    /// The next request; `None` after the last, when the client has half-closed.
    ///
    /// An error is the last thing that comes: CANCELLED when the client reset the call or is lost,
    /// `RESOURCE_EXHAUSTED` for a message above the limit, INTERNAL for broken frames. The status is what
    /// the call should end with, and it cannot end OK any more.
    pub async fn next(&mut self) -> Option<Result<Bytes, Status>> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// As [`Requests::next`], for those who poll.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let next = ready!(self.poll_message(cx)).transpose();
        match &next {
            Some(Ok(_)) => self.shared.count_request(),
            Some(Err(status)) => {
                self.over = true;
                self.shared.fail(status);
            }
            None => self.over = true,
        }
        Poll::Ready(next)
    }

    /// The request of a method that takes exactly one, after the client has half-closed.
    ///
    /// # Errors
    /// UNIMPLEMENTED when none or a second one came (gRPC's statuscodes.md), else as [`Requests::next`].
    pub async fn only(&mut self) -> Result<Bytes, Status> {
        let Some(first) = self.next().await.transpose()? else {
            return Err(self.miscounted("none"));
        };
        match self.next().await.transpose()? {
            None => Ok(first),
            Some(_) => Err(self.miscounted("a second one")),
        }
    }

    fn miscounted(&self, came: &str) -> Status {
        let why = format!("the method takes exactly one request, and {came} came");
        let status = Status::new(Code::UNIMPLEMENTED, why);
        self.shared.fail(&status);
        status
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Status>> {
        loop {
            if let Some(frame) = self.frames.next().map_err(|error| broken(&error))? {
                return Poll::Ready(if frame.compressed {
                    self.encoding.decompress(&frame.message, self.limit).map(Some).map_err(|e| bad_data(&e))
                } else {
                    Ok(Some(frame.message))
                });
            }
            if !self.body.is_end_stream() {
                match ready!(self.body.poll_data(cx)) {
                    Some(Ok(data)) => {
                        // What is read here is held by us, within the limit of one message.
                        let _ = self.body.flow_control().release_capacity(data.len());
                        if !data.is_empty() {
                            self.frames.push(data);
                        }
                        continue;
                    }
                    Some(Err(error)) => return Poll::Ready(Err(lost(&error))),
                    None => {}
                }
            }
            return Poll::Ready(match self.frames.unfinished() {
                0 => Ok(None),
                bytes => {
                    let why = format!("the last request is cut off: {bytes} bytes of an unfinished message");
                    Err(Status::new(Code::INTERNAL, why))
                }
            });
        }
    }
}

fn broken(error: &FrameError) -> Status {
    let code = match error {
        FrameError::TooLarge { .. } => Code::RESOURCE_EXHAUSTED,
        FrameError::Flag(_) => Code::INTERNAL,
    };
    Status::new(code, error.to_string())
}

fn bad_data(error: &EncodingError) -> Status {
    let code = match error {
        EncodingError::TooLarge(_) => Code::RESOURCE_EXHAUSTED,
        EncodingError::NotNamed | EncodingError::Broken(_) => Code::INTERNAL,
    };
    Status::new(code, error.to_string())
}

/// A stream that ended without its end: the client reset it, or is not there any more.
fn lost(error: &h2::Error) -> Status {
    if error.is_reset() || error.is_io() || error.is_go_away() {
        cancelled()
    } else {
        Status::new(Code::INTERNAL, format!("the requests cannot be read: {error}"))
    }
}
