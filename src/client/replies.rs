//! The replies of one call, as they come.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::client::ResponseFuture;
use h2::{Reason, RecvStream};
use http::HeaderMap;
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::metadata::MetadataMap;

use crate::leaf::Code;
use crate::protocol::encoding::EncodingError;
use crate::protocol::frame::FrameError;
use crate::protocol::{Encoding, Frames, Status};

use super::call::{Deadline, ReplyCount};
use super::connection::Remote;
use super::ending::{Ending, Origin};
use super::head;
use super::line::Line;
use super::probe::Probe;

/// One thing that the server said.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Initial metadata; at most once, and first. A reply with nothing but trailers has none.
    Metadata(MetadataMap),
    /// A message, decompressed.
    Message(Bytes),
    /// The end; always last.
    End(Box<Ending>),
}

/// The receiving half of a call. Dropping it before the end cancels the call.
#[derive(Debug)]
pub struct Replies {
    phase: Phase,
    line: Line,
    remote: Arc<Remote>,
    deadline: Option<Deadline>,
    timer: Option<Pin<Box<Sleep>>>,
    /// Runs as long as the server has not said a word on its connection.
    silence: Option<(Deadline, Pin<Box<Sleep>>)>,
    limit: usize,
    count: ReplyCount,
    /// The one message of a call that has one, until the call has ended well.
    held: Option<Bytes>,
    /// An end that waits for the held message to be taken.
    ending: Option<Box<Ending>>,
}

#[derive(Debug)]
enum Phase {
    /// The headers have not come.
    Head(ResponseFuture),
    /// Messages and trailers.
    Body(Box<Body>),
    /// The connection was closed before the server said anything: why is being found out.
    Closed(Probe, Option<h2::Error>),
    /// All has been said.
    Over,
}

#[derive(Debug)]
struct Body {
    stream: RecvStream,
    frames: Frames,
    /// Received and not yet given back to the window.
    unreleased: usize,
    encoding: Result<Encoding, String>,
    /// A `grpc-status` that stood in the headers of a reply that went on.
    early: Option<Box<Ending>>,
}

impl Replies {
    pub(super) fn new(
        response: ResponseFuture,
        line: Line,
        remote: Arc<Remote>,
        deadline: Option<Deadline>,
        limit: usize,
        count: ReplyCount,
    ) -> Self {
        let (phase, timer) =
            (Phase::Head(response), deadline.map(|deadline| Box::pin(sleep_until(deadline.at))));
        let patience = remote.patience.filter(|_| remote.is_silent());
        let silence = patience.map(|patience| (patience, Box::pin(sleep_until(patience.at))));
        Self { phase, line, remote, deadline, timer, silence, limit, count, held: None, ending: None }
    }

    /// The replies of a call that was over before it began.
    pub(super) fn over(line: Line, remote: Arc<Remote>, ending: Box<Ending>) -> Self {
        Self {
            phase: Phase::Over,
            line,
            remote,
            deadline: None,
            timer: None,
            silence: None,
            limit: 0,
            count: ReplyCount::Many,
            held: None,
            ending: Some(ending),
        }
    }

    /// The next thing that the server says, or the end. Dropping this future loses nothing, so it may stand
    /// in a `select!`. After the end it says CANCELLED for ever.
    pub async fn next(&mut self) -> Reply {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The one message of a call begun with [`ReplyCount::One`], its metadata and its end.
    ///
    /// # Errors
    /// How the call ended, if not well.
    pub async fn only(mut self) -> Result<Only, Box<Ending>> {
        self.count = ReplyCount::One;
        let (mut metadata, mut message) = (MetadataMap::new(), Bytes::new());
        loop {
            match self.next().await {
                Reply::Metadata(initial) => metadata = initial,
                Reply::Message(only) => message = only,
                Reply::End(ending) if ending.status.is_ok() => {
                    return Ok(Only { metadata, message, ending: *ending });
                }
                Reply::End(ending) => return Err(ending),
            }
        }
    }

    /// Ends the call from this side: the server sees a reset, and the next reply is the end, CANCELLED.
    pub fn cancel(&mut self) {
        if !matches!(self.phase, Phase::Over) {
            self.held = None;
            let ending = Ending::here(Origin::Cancelled, Code::CANCELLED, "the call was cancelled");
            self.ending = Some(self.end(ending));
        }
    }

    /// As [`Replies::next`], for those who poll.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Reply> {
        loop {
            if let Some(ending) = self.ending.take() {
                if let Some(message) = self.held.take() {
                    self.ending = Some(ending);
                    return Poll::Ready(Reply::Message(message));
                }
                return Poll::Ready(Reply::End(ending));
            }
            let reply = ready!(self.poll_raw(cx));
            match (self.count, reply) {
                (ReplyCount::One, Reply::Message(message)) => {
                    if self.held.replace(message).is_some() {
                        self.held = None;
                        let two = "the server sent two replies to a method that has one";
                        let ending = self.end(Ending::malformed(Code::UNIMPLEMENTED, two));
                        return Poll::Ready(Reply::End(ending));
                    }
                }
                (ReplyCount::One, Reply::End(ending)) if ending.status.is_ok() => {
                    if self.held.is_none() {
                        let none = "the server sent no reply to a method that has one";
                        let trailers = ending.trailers;
                        let ending = Ending { trailers, ..*Ending::malformed(Code::UNIMPLEMENTED, none) };
                        return Poll::Ready(Reply::End(Box::new(ending)));
                    }
                    self.ending = Some(ending);
                }
                (ReplyCount::One, Reply::End(ending)) => {
                    self.held = None;
                    return Poll::Ready(Reply::End(ending));
                }
                (_, reply) => return Poll::Ready(reply),
            }
        }
    }

    /// What comes, whatever the count.
    fn poll_raw(&mut self, cx: &mut Context<'_>) -> Poll<Reply> {
        // Before the deadline: that nobody spoke says more than that the time is up.
        if let Some((patience, silence)) = &mut self.silence
            && matches!(self.phase, Phase::Head(_))
            && silence.as_mut().poll(cx).is_ready()
        {
            let patience = *patience;
            self.silence = None;
            if self.remote.is_silent() {
                let ending = Ending::silent(patience, &self.remote);
                return Poll::Ready(Reply::End(self.end(ending)));
            }
        }
        if let (Some(timer), Some(deadline)) = (&mut self.timer, self.deadline)
            && !matches!(self.phase, Phase::Over)
            && timer.as_mut().poll(cx).is_ready()
        {
            let ending = Ending::late(deadline, &self.remote);
            return Poll::Ready(Reply::End(self.end(ending)));
        }
        let outcome = match &mut self.phase {
            Phase::Over => Err(Ending::over()),
            Phase::Head(response) => match ready!(Pin::new(response).poll(cx)) {
                Ok(response) => head::read(response).map(|head| {
                    let frames = Frames::new(self.limit);
                    let (encoding, early) = (head.encoding, head.early);
                    let body = Body { stream: head.stream, frames, unreleased: 0, encoding, early };
                    self.phase = Phase::Body(Box::new(body));
                    Reply::Metadata(head.metadata)
                }),
                Err(error)
                    if !error.is_reset()
                        && let Some(probe) = self.remote.probe() =>
                {
                    self.phase = Phase::Closed(probe, Some(error));
                    return self.poll_raw(cx);
                }
                Err(error) => Err(self.failed(error)),
            },
            Phase::Closed(probe, error) => {
                ready!(Pin::new(probe).poll(cx));
                let error = error.take();
                Err(error.map_or_else(Ending::over, |error| self.failed(error)))
            }
            Phase::Body(body) => match ready!(body.poll_message(cx, self.limit)) {
                Ok(message) => Ok(Reply::Message(message)),
                Err(Stop::Ended(ending)) => Err(ending),
                Err(Stop::Failed(error)) => Err(self.failed(error)),
            },
        };
        Poll::Ready(outcome.unwrap_or_else(|ending| Reply::End(self.end(ending))))
    }

    /// Leaves the call. A reset tells the server if it does not know that yet.
    fn end(&mut self, ending: Box<Ending>) -> Box<Ending> {
        self.phase = Phase::Over;
        self.timer = None;
        self.line.end(match ending.origin {
            Origin::Server => Reason::NO_ERROR,
            _ => Reason::CANCEL,
        });
        ending
    }

    fn failed(&self, error: h2::Error) -> Box<Ending> {
        // The other half may have seen the time pass first, and reset the stream.
        if let Some(deadline) = self.deadline
            && error.is_reset()
            && !error.is_remote()
            && deadline.at <= Instant::now()
        {
            return Ending::late(deadline, &self.remote);
        }
        Ending::failed(error, &self.remote)
    }
}

impl Drop for Replies {
    fn drop(&mut self) {
        if !matches!(self.phase, Phase::Over) {
            self.line.end(Reason::CANCEL);
        }
    }
}

/// The reply of a call that has one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Only {
    /// Initial metadata.
    pub metadata: MetadataMap,
    /// The message.
    pub message: Bytes,
    /// The end; its status is OK.
    pub ending: Ending,
}

/// Why there is no further message.
enum Stop {
    Ended(Box<Ending>),
    Failed(h2::Error),
}

impl From<Box<Ending>> for Stop {
    fn from(ending: Box<Ending>) -> Self {
        Self::Ended(ending)
    }
}

impl Body {
    fn poll_message(&mut self, cx: &mut Context<'_>, limit: usize) -> Poll<Result<Bytes, Stop>> {
        loop {
            if let Some(frame) = self.frames.next().map_err(|error| refused(&error))? {
                let message =
                    if frame.compressed { self.decompress(&frame.message, limit)? } else { frame.message };
                return Poll::Ready(Ok(message));
            }
            // Only when all of a chunk has been taken may the server send more, so that a slow reader does
            // not make us grow; a message larger than the window passes, as it is no whole frame yet.
            if self.unreleased > 0 {
                let released = std::mem::take(&mut self.unreleased);
                self.stream.flow_control().release_capacity(released).map_err(Stop::Failed)?;
            }
            match ready!(self.stream.poll_data(cx)) {
                Some(Ok(data)) => {
                    self.unreleased = data.len();
                    self.frames.push(data);
                }
                Some(Err(error)) => return Poll::Ready(Err(Stop::Failed(error))),
                None => return self.poll_end(cx).map(Err),
            }
        }
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Stop> {
        let trailers = match ready!(self.stream.poll_trailers(cx)) {
            Ok(trailers) => trailers,
            Err(error) => return Poll::Ready(Stop::Failed(error)),
        };
        let had_trailers = trailers.is_some();
        let ending = match trailers.and_then(server_said).or_else(|| self.early.take()) {
            Some(ending) => ending,
            None if had_trailers => {
                Ending::malformed(Code::UNKNOWN, "the server's trailers have no grpc-status")
            }
            None => Ending::malformed(Code::UNKNOWN, "the server ended the reply without trailers"),
        };
        // A status that says what went wrong says more than a message that was cut for it.
        let unfinished = self.frames.unfinished();
        if unfinished > 0 && (ending.status.is_ok() || !matches!(ending.origin, Origin::Server)) {
            let message =
                format!("the reply ended in the middle of a message, after {unfinished} bytes of it");
            let trailers = ending.trailers;
            let ending = Ending { trailers, ..*Ending::malformed(Code::INTERNAL, message) };
            return Poll::Ready(Stop::Ended(Box::new(ending)));
        }
        Poll::Ready(Stop::Ended(ending))
    }

    fn decompress(&self, message: &Bytes, limit: usize) -> Result<Bytes, Box<Ending>> {
        let encoding = self.encoding.as_ref().map_err(|name| {
            let message = format!("a message is compressed by '{name}', which greet does not read");
            Ending::malformed(Code::INTERNAL, message)
        })?;
        encoding.decompress(message, limit).map_err(|error| {
            let code = match error {
                EncodingError::TooLarge(_) => Code::RESOURCE_EXHAUSTED,
                _ => Code::INTERNAL,
            };
            Ending::malformed(code, error.to_string())
        })
    }
}

fn refused(error: &FrameError) -> Box<Ending> {
    let code = match error {
        FrameError::TooLarge { .. } => Code::RESOURCE_EXHAUSTED,
        FrameError::Flag(_) => Code::INTERNAL,
    };
    Ending::malformed(code, error.to_string())
}

/// The status in trailers, if there is one, and what else stands there.
pub(super) fn server_said(mut trailers: HeaderMap) -> Option<Box<Ending>> {
    let status = Status::from_trailers(&trailers)?;
    Status::remove_from(&mut trailers);
    let trailers = MetadataMap::from_headers(trailers);
    Some(Box::new(Ending { status, trailers, origin: Origin::Server }))
}
