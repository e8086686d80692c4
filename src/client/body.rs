//! The body of a reply to one of tonic's generated clients.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::{Reason, RecvStream};
use http::HeaderMap;
use http_body::Frame;
use tokio::time::Sleep;

use crate::protocol::Status;
use crate::protocol::status::Details;

use super::call::Deadline;
use super::connection::Remote;
use super::ending::Ending;
use super::line::Line;

/// The bytes of a reply as they come, given back to the window as they are read. Dropping it before its end
/// cancels the call.
#[derive(Debug, Default)]
pub struct ReplyBody {
    /// `None` at the end.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    stream: RecvStream,
    watch: Watch,
    unreleased: usize,
}

/// What bounds a call: it is left when its time is up, or when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) line: Line,
    pub(super) remote: Arc<Remote>,
    pub(super) timer: Option<(Deadline, Pin<Box<Sleep>>)>,
    pub(super) over: bool,
}

impl Watch {
    /// Whether the time is up.
    pub(super) fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Result<(), Box<Ending>> {
        if let Some((deadline, timer)) = &mut self.timer
            && timer.as_mut().poll(cx).is_ready()
        {
            return Err(Ending::late(*deadline, &self.remote));
        }
        Ok(())
    }

    /// The server has said all.
    pub(super) fn ended(&mut self) {
        self.over = true;
        self.line.end(Reason::NO_ERROR);
    }

    /// What a failed stream is to tonic.
    pub(super) fn failed(&self, error: h2::Error) -> tonic::Status {
        Ending::failed(error, &self.remote).into()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.over {
            self.line.end(Reason::CANCEL);
        }
    }
}

impl ReplyBody {
    pub(super) fn new(stream: RecvStream, mut watch: Watch) -> Self {
        if stream.is_end_stream() {
            watch.ended();
            return Self::default();
        }
        Self { open: Some(Open { stream, watch, unreleased: 0 }) }
    }
}

impl Open {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        if let Err(ending) = self.watch.poll_deadline(cx) {
            return Poll::Ready(Some(Err(ending.into())));
        }
        if self.unreleased > 0 {
            let released = std::mem::take(&mut self.unreleased);
            if let Err(error) = self.stream.flow_control().release_capacity(released) {
                return Poll::Ready(Some(Err(self.watch.failed(error))));
            }
        }
        match ready!(self.stream.poll_data(cx)) {
            Some(Ok(data)) => {
                self.unreleased = data.len();
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            Some(Err(error)) => return Poll::Ready(Some(Err(self.watch.failed(error)))),
            None => {}
        }
        Poll::Ready(match ready!(self.stream.poll_trailers(cx)) {
            Ok(trailers) => {
                self.watch.ended();
                trailers.map(|mut trailers| {
                    spare_tonic(&mut trailers);
                    Ok(Frame::trailers(trailers))
                })
            }
            Err(error) => Some(Err(self.watch.failed(error))),
        })
    }
}

impl http_body::Body for ReplyBody {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        let Some(open) = &mut self.open else { return Poll::Ready(None) };
        let frame = ready!(open.poll_frame(cx));
        if open.watch.over || matches!(frame, Some(Err(_))) {
            self.open = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.open.is_none()
    }
}

/// tonic panics on details that are not base64.
pub(super) fn spare_tonic(headers: &mut HeaderMap) {
    let details = Status::from_trailers(headers).map(|status| status.details);
    if matches!(details, Some(Details::Malformed(_))) || (details.is_none() && headers.contains_key(DETAILS))
    {
        headers.remove(DETAILS);
    }
}

const DETAILS: &str = "grpc-status-details-bin";
