//! The sending half of one call on HTTP/2: batches messages, honours flow control, ends once.

use std::iter::Peekable;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::{BufMut, Bytes, BytesMut};
use h2::SendStream;
use h2::server::SendResponse;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Response, StatusCode};

use super::Gone;
use crate::leaf::Code;
use crate::protocol::{Status, content_type, frame};

/// A batch of this size is sent without waiting for the responder to pause.
const BATCH: usize = 32 * 1024;
/// A message of this size is not copied into a batch.
const LARGE: usize = 16 * 1024;

/// What a call's requests, replies and task share.
#[derive(Debug)]
pub(super) struct Shared {
    wire: Mutex<Wire>,
    pub(super) requests: AtomicU64,
}

impl Shared {
    pub(super) fn new(respond: SendResponse<Bytes>) -> Self {
        let wire = Wire {
            respond,
            stream: None,
            metadata: None,
            batch: BytesMut::new(),
            large: None,
            waiting: None,
            replies: 0,
            failed: None,
            ended: None,
            go_away: false,
        };
        Self { wire: Mutex::new(wire), requests: AtomicU64::new(0) }
    }

    /// The wire. A panic of a responder never happens while it is held.
    pub(super) fn wire(&self) -> MutexGuard<'_, Wire> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// The requests are broken: the call cannot end well any more.
    pub(super) fn fail(&self, status: &Status) {
        self.wire().failed = Some(status.clone());
    }
}

/// Where one call's replies go.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) respond: SendResponse<Bytes>,
    /// There once the head was sent.
    pub(super) stream: Option<SendStream<Bytes>>,
    /// Initial metadata that waits to be sent.
    pub(super) metadata: Option<HeaderMap>,
    batch: BytesMut,
    /// A message that follows the batch, whose prefix ends the batch.
    large: Option<Bytes>,
    /// Who waits for room in the batch.
    waiting: Option<Waker>,
    pub(super) replies: u64,
    failed: Option<Status>,
    pub(super) ended: Option<Status>,
    /// Whether the connection is to take no further call.
    pub(super) go_away: bool,
}

impl Wire {
    /// Sets initial metadata; false when a message was sent before.
    pub(super) fn set_metadata(&mut self, metadata: HeaderMap) -> bool {
        if self.stream.is_some() || self.replies > 0 || self.ended.is_some() {
            return false;
        }
        self.metadata = Some(metadata);
        true
    }

    /// Whether the next message must wait.
    fn is_full(&self) -> bool {
        self.large.is_some() || self.batch.len() >= BATCH
    }

    fn has_something(&self) -> bool {
        !self.batch.is_empty() || self.large.is_some() || self.metadata.is_some()
    }

    /// Takes a message.
    fn push(&mut self, message: Bytes) -> Result<(), Gone> {
        if self.ended.is_some() {
            return Err(Gone);
        }
        if message.len() >= LARGE {
            let Ok(length) = u32::try_from(message.len()) else {
                let why = format!("a reply of {} bytes is longer than gRPC can say", message.len());
                self.failed = Some(Status::new(Code::RESOURCE_EXHAUSTED, why));
                return Err(Gone);
            };
            self.batch.reserve(frame::PREFIX);
            self.batch.put_u8(0);
            self.batch.put_u32(length);
            self.large = Some(message);
        } else {
            frame::encode(&message, &mut self.batch).map_err(|_| Gone)?;
        }
        self.replies += 1;
        Ok(())
    }

    /// Takes a message when there is room; ready when it may be followed by another.
    pub(super) fn poll_push(
        &mut self,
        cx: &mut Context<'_>,
        message: &mut Option<Bytes>,
    ) -> Poll<Result<(), Gone>> {
        loop {
            if self.is_full() && !self.try_flush()? {
                // The call's own task asks HTTP/2 for capacity, and wakes us: a responder may poll this
                // inside a task-like structure whose waker HTTP/2 would lose.
                self.waiting = Some(cx.waker().clone());
                return Poll::Pending;
            }
            match message.take() {
                None => return Poll::Ready(if self.ended.is_some() { Err(Gone) } else { Ok(()) }),
                Some(message) => self.push(message)?,
            }
        }
    }

    /// As [`Self::poll_push`] for many messages; those that were taken are gone from the iterator.
    pub(super) fn poll_push_each<'m>(
        &mut self,
        cx: &mut Context<'_>,
        messages: &mut Peekable<impl Iterator<Item = &'m Bytes>>,
    ) -> Poll<Result<(), Gone>> {
        while let Some(message) = messages.peek() {
            if self.is_full() || message.len() >= LARGE {
                let mut message = Some((*message).clone());
                let pushed = self.poll_push(cx, &mut message);
                // It may be taken, and wait for room for the next one.
                if message.is_none() {
                    messages.next();
                }
                ready!(pushed)?;
                continue;
            }
            if self.ended.is_some() {
                return Poll::Ready(Err(Gone));
            }
            frame::encode(message, &mut self.batch).map_err(|_| Gone)?;
            self.replies += 1;
            messages.next();
        }
        self.poll_push(cx, &mut None)
    }

    /// Sends what is batched if the other side has room for at least some of it.
    fn try_flush(&mut self) -> Result<bool, Gone> {
        let wanted = self.batch.len() + self.large.as_ref().map_or(0, Bytes::len);
        let stream = self.head()?;
        if stream.capacity() == 0 {
            stream.reserve_capacity(wanted);
        }
        if stream.capacity() == 0 {
            return Ok(false);
        }
        self.send_batch().map(|()| true)
    }

    /// As far as the other side has room, sends what waits. The call's own task calls this, nobody else.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        if !self.has_something() || self.ended.is_some() {
            return Poll::Ready(Ok(()));
        }
        if self.batch.is_empty() && self.large.is_none() {
            return Poll::Ready(self.head().map(|_| ()));
        }
        while !self.try_flush()? {
            let stream = self.head()?;
            match stream.poll_capacity(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(_) => return Poll::Ready(Err(Gone)),
            }
        }
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn send_batch(&mut self) -> Result<(), Gone> {
        let (batch, large) = (self.batch.split().freeze(), self.large.take());
        let stream = self.head()?;
        if !batch.is_empty() {
            stream.send_data(batch, false).map_err(|_| Gone)?;
        }
        large.map_or(Ok(()), |large| stream.send_data(large, false).map_err(|_| Gone))
    }

    /// The stream of DATA, after the head was sent.
    pub(super) fn head(&mut self) -> Result<&mut SendStream<Bytes>, Gone> {
        let stream = if let Some(stream) = self.stream.take() {
            stream
        } else {
            let mut response = Response::new(());
            if let Some(metadata) = self.metadata.take() {
                *response.headers_mut() = metadata;
            }
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type::GRPC));
            self.respond.send_response(response, false).map_err(|_| Gone)?
        };
        Ok(self.stream.insert(stream))
    }

    /// Ends the call, once: what waits, then the status, all in one flush.
    pub(super) fn finish(&mut self, status: Status, trailers: HeaderMap) {
        if self.ended.is_some() {
            return;
        }
        let status = if status.is_ok() { self.failed.take().unwrap_or(status) } else { status };
        let sent = if self.stream.is_some() || self.has_something() || status.is_ok() {
            self.finish_stream(&status, trailers)
        } else {
            refuse(&mut self.respond, StatusCode::OK, &status, trailers)
        };
        self.ended = Some(match sent {
            Ok(()) => status,
            Err(Gone) => cancelled(),
        });
    }

    fn finish_stream(&mut self, status: &Status, mut trailers: HeaderMap) -> Result<(), Gone> {
        let (batch, large) = (std::mem::take(&mut self.batch).freeze(), self.large.take());
        let stream = self.head()?;
        if !batch.is_empty() {
            stream.send_data(batch, false).map_err(|_| Gone)?;
        }
        if let Some(large) = large {
            stream.send_data(large, false).map_err(|_| Gone)?;
        }
        status.write_trailers(&mut trailers);
        stream.send_trailers(trailers).map_err(|_| Gone)
    }

    /// Ready when the client has reset the call or its connection is lost. The call's own task calls this,
    /// nobody else.
    pub(super) fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.ended.is_some() {
            return Poll::Pending;
        }
        match &mut self.stream {
            Some(stream) => stream.poll_reset(cx).map(|_| ()),
            None => self.respond.poll_reset(cx).map(|_| ()),
        }
    }

    /// The client has left; nothing is sent.
    pub(super) fn abandon(&mut self) {
        self.ended.get_or_insert_with(cancelled);
    }
}

/// The status of a call whose client left.
pub(super) fn cancelled() -> Status {
    Status::new(Code::CANCELLED, "the client has left")
}

/// Ends a call before anything was said (gRPC's Trailers-Only).
pub(super) fn refuse(
    respond: &mut SendResponse<Bytes>,
    http: StatusCode,
    status: &Status,
    mut headers: HeaderMap,
) -> Result<(), Gone> {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type::GRPC));
    status.write_trailers(&mut headers);
    let mut response = Response::new(());
    *response.status_mut() = http;
    *response.headers_mut() = headers;
    respond.send_response(response, true).map(|_| ()).map_err(|_| Gone)
}
