//! The sending half of a call's stream, as the requests, the replies and the timer share it.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::{Reason, SendStream};

use super::keepalive::OpenCall;

/// More than this at once may not fit into a window at rest (64 KiB), beside what went before.
const BULKY: usize = 32 << 10;

/// The shared sending half; whoever ends the call ends it for all.
#[derive(Debug, Clone)]
pub(super) struct Line(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// `None` when the call is over, so that h2 forgets the stream early.
    stream: Option<SendStream<Bytes>>,
    /// As long as the call is not over, where somebody counts that.
    open: Option<OpenCall>,
    /// Whether the last frame has been handed over.
    finished: bool,
    /// Whether so much was handed over that some of it may still wait for the window.
    bulky: bool,
    /// Who waits for room.
    waiting: Option<Waker>,
}

/// The call is over; nothing more is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Over;

impl Line {
    pub(super) fn new(stream: SendStream<Bytes>, open: Option<OpenCall>) -> Self {
        Self::of(Some(stream), open)
    }

    /// The line of a call that was never sent.
    pub(super) fn dead() -> Self {
        Self::of(None, None)
    }

    fn of(stream: Option<SendStream<Bytes>>, open: Option<OpenCall>) -> Self {
        Self(Arc::new(Mutex::new(State { stream, open, finished: false, bulky: false, waiting: None })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until all that was pushed has left and the windows let one more byte pass. So h2 holds at most
    /// one push of ours, and a push may be larger than the window.
    pub(super) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<Result<(), Over>> {
        let mut state = self.state();
        let Some(stream) = state.stream.as_mut() else { return Poll::Ready(Err(Over)) };
        stream.reserve_capacity(1);
        if stream.capacity() > 0 {
            return Poll::Ready(Ok(()));
        }
        match stream.poll_capacity(cx) {
            Poll::Ready(Some(Ok(_))) => Poll::Ready(Ok(())),
            Poll::Ready(Some(Err(_)) | None) => Poll::Ready(Err(Over)),
            Poll::Pending => {
                state.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// As [`Line::poll_room`].
    pub(super) async fn room(&self) -> Result<(), Over> {
        poll_fn(|cx| self.poll_room(cx)).await
    }

    /// Resolves when the call is over; never before.
    pub(super) fn poll_over(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.stream.is_none() {
            return Poll::Ready(());
        }
        state.waiting = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Hands over bytes, whatever room there is.
    pub(super) fn push(&self, data: Bytes, end: End) -> Result<(), Over> {
        let mut state = self.state();
        let bulky = data.len() > BULKY;
        let stream = state.stream.as_mut().ok_or(Over)?;
        stream.send_data(data, end == End::Last).map_err(|_| Over)?;
        state.finished |= end == End::Last;
        state.bulky |= bulky;
        Ok(())
    }

    /// Ends the call: the stream is reset unless both sides have said all. `NO_ERROR` tells a server that
    /// has said all that the rest of the requests is not coming; it also frees what h2 holds of them.
    pub(super) fn end(&self, reason: Reason) {
        let mut state = self.state();
        state.open = None;
        if let Some(mut stream) = state.stream.take()
            && !(reason == Reason::NO_ERROR && state.finished && !state.bulky)
        {
            stream.send_reset(reason);
        }
        if let Some(waiting) = state.waiting.take() {
            drop(state);
            waiting.wake();
        }
    }

    /// Whether the last request has been handed over, or the call is over.
    pub(super) fn is_done(&self) -> bool {
        let state = self.state();
        state.finished || state.stream.is_none()
    }
}

/// Whether more follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Yes.
    More,
    /// No: `END_STREAM`.
    Last,
}
