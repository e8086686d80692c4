//! A call that is being answered: polls its responder, and ends it by deadline, panic or the client's leaving.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use http::{HeaderMap, Uri};
use tokio::time::{Sleep, sleep_until};

use super::line::Line;
use super::wire::Shared;
use super::{Answer, Ended, Observer, Peer};
use crate::leaf::Code;
use crate::protocol::Status;

/// One call with its responder's future; counts as open until it ends or is dropped.
pub(super) struct UnderWay {
    /// Absent once it has ended.
    answer: Option<Answer>,
    shared: Arc<Shared>,
    deadline: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    record: Option<Box<Record>>,
    line: Arc<Line>,
}

/// What is kept of a call for its observer.
pub(super) struct Record {
    pub(super) observer: Arc<dyn Observer>,
    pub(super) uri: Uri,
    pub(super) peer: Peer,
    pub(super) began: Instant,
}

impl UnderWay {
    pub(super) fn new(
        answer: Answer,
        shared: Arc<Shared>,
        deadline: Option<Instant>,
        record: Option<Box<Record>>,
        line: Arc<Line>,
    ) -> Self {
        line.open.fetch_add(1, Ordering::Relaxed);
        Self { answer: Some(answer), shared, deadline, timer: None, record, line }
    }

    /// Polls the responder once without a task of its own; what is not done then wants to be spawned.
    pub(super) fn poll_inside(&mut self) -> Poll<()> {
        self.poll_answer(&mut Context::from_waker(Waker::noop()))
    }

    fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(answer) = &mut self.answer else { return Poll::Ready(()) };
        let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx)));
        match polled {
            Ok(Poll::Ready(())) => self.end(Code::INTERNAL, "the responder ended without a status"),
            Err(_panic) => self.end(Code::INTERNAL, "the responder panicked"),
            Ok(Poll::Pending) => {
                let flushed = {
                    let mut wire = self.shared.wire();
                    if std::mem::take(&mut wire.go_away) {
                        self.line.go_away();
                    }
                    wire.poll_flush(cx)
                };
                return if matches!(flushed, Poll::Ready(Err(_))) { self.leave() } else { Poll::Pending };
            }
        }
        Poll::Ready(())
    }

    /// The client has left.
    fn leave(&mut self) -> Poll<()> {
        self.shared.wire().abandon();
        self.end(Code::CANCELLED, "");
        Poll::Ready(())
    }

    /// Ends with this status, unless the call has one already.
    fn end(&mut self, code: Code, message: &str) {
        {
            let mut wire = self.shared.wire();
            if wire.go_away {
                self.line.go_away();
            }
            if wire.ended.is_none() {
                wire.finish(Status::new(code, message), HeaderMap::new());
            }
        }
        let answer = self.answer.take();
        // What a responder holds may panic when it is dropped, too.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(answer)));
    }
}

impl Future for UnderWay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.answer.is_none() {
            return Poll::Ready(());
        }
        {
            let mut wire = this.shared.wire();
            let gone = wire.poll_gone(cx).is_ready() || matches!(wire.poll_flush(cx), Poll::Ready(Err(_)));
            drop(wire);
            if gone {
                return this.leave();
            }
        }
        if let Some(deadline) = this.deadline {
            let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline.into())));
            if timer.as_mut().poll(cx).is_ready() {
                this.end(Code::DEADLINE_EXCEEDED, "the deadline has passed");
                return Poll::Ready(());
            }
        }
        this.poll_answer(cx)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.line.open.fetch_sub(1, Ordering::Relaxed);
        if self.answer.is_some() {
            self.end(Code::UNAVAILABLE, "the server has stopped");
        }
        if let Some(record) = self.record.take() {
            let wire = self.shared.wire();
            if let Some(status) = &wire.ended {
                record.tell(status, self.shared.requests.load(Ordering::Relaxed), wire.replies);
            }
        }
    }
}

impl Record {
    pub(super) fn tell(&self, status: &Status, requests: u64, replies: u64) {
        self.observer.ended(&Ended {
            path: self.uri.path(),
            peer: &self.peer,
            status,
            duration: self.began.elapsed(),
            requests,
            replies,
        });
    }
}
