//! One call: requests go out as they come in, and whatever happens is told to those who want to know.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use greet::caller::{Prepared, Receiver, Sender};
use greet::client::{Ending, Peer, Reply};
use tokio::sync::Notify;

use super::observer::{Happening, Observer};
use super::outgoing::Outgoing;
use super::repeat::Repeat;
use crate::failure::Failure;
use crate::output::Outlet;

/// As much is gathered for stdout before it is written.
const PIECE: usize = 64 * 1024;

/// How requests and replies go together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Whether each request waits for the reply to the one before.
    pub(super) lockstep: bool,
    /// Whether the server is told that there is no further request.
    pub(super) half_close: bool,
    /// After so many replies the call is left.
    pub(super) most: Option<u64>,
}

/// How it came to its end.
#[derive(Debug)]
pub(super) enum End {
    /// It ended.
    Ended(Box<Ending>),
    /// It had as many replies as were wanted, and was left.
    Enough,
}

/// What is to be done after a try.
#[derive(Debug)]
pub(super) enum Next {
    /// Nothing: the call came to its end.
    Over(End),
    /// The call is made again after this pause: it failed before anything of a reply came.
    Again(Duration),
}

/// A call under way, and who watches it.
pub(super) struct Exchange<'a, 'o> {
    manner: Manner,
    outlet: &'a Outlet,
    repeat: RefCell<&'a mut Repeat>,
    /// Whether all requests that were taken can be sent again.
    kept: Cell<bool>,
    watch: RefCell<Watch<'a, 'o>>,
    replies: Cell<u64>,
    replied: Notify,
    /// Whether somebody wants to know of each request.
    tells_requests: bool,
    /// Rung when what was told of requests is to be seen, though no reply comes.
    told: Notify,
    /// Who is called, where several share the calls.
    peer: Option<Peer>,
}

struct Watch<'a, 'o> {
    observers: &'a mut [&'o mut dyn Observer],
    /// What is to be written to stdout.
    out: &'a mut Vec<u8>,
}

impl Watch<'_, '_> {
    fn tell(&mut self, happening: Happening<'_>) -> Result<(), Failure> {
        self.observers.iter_mut().try_for_each(|observer| observer.see(happening, self.out))
    }
}

impl<'a, 'o> Exchange<'a, 'o> {
    /// What is for stdout is gathered in `out`, and written to `outlet`; what is in `out` when the exchange is dropped
    /// was not written.
    pub(super) fn new(
        manner: Manner,
        repeat: &'a mut Repeat,
        observers: &'a mut [&'o mut dyn Observer],
        outlet: &'a Outlet,
        out: &'a mut Vec<u8>,
    ) -> Self {
        let tells_requests = observers.iter().any(|observer| observer.wants_requests());
        let watch = RefCell::new(Watch { observers, out });
        Self {
            manner,
            outlet,
            repeat: RefCell::new(repeat),
            kept: Cell::new(true),
            watch,
            replies: Cell::new(0),
            replied: Notify::new(),
            tells_requests,
            told: Notify::new(),
            peer: None,
        }
    }

    /// The same, which says whom it called.
    pub(super) fn with_peer(mut self, peer: Option<Peer>) -> Self {
        self.peer = peer;
        self
    }

    /// Sends and receives at once; ends when the server does, whatever is still to be sent. To drop it cancels the call.
    ///
    /// # Errors
    /// What ended it on this side: data that does not fit, stdout that cannot be written, an observer's failure.
    pub(super) async fn run(
        &self,
        outgoing: &mut Outgoing,
        sender: Sender,
        receiver: Receiver,
    ) -> Result<Next, Failure> {
        let prepared = receiver.prepared().clone();
        let send = self.send(outgoing, sender, &prepared);
        let receive = self.receive(receiver);
        tokio::pin!(send, receive);
        tokio::select! {
            biased;
            ended = &mut receive => ended,
            // A failure drops the call, which resets it: the server must not take half a stream for a whole one.
            done = &mut send => {
                // Where the call is not half-closed, this keeps it so.
                let _open = done?;
                receive.await
            }
        }
    }

    /// Ends without a failure when the server takes nothing more: what it says about that is the answer.
    async fn send(
        &self,
        outgoing: &mut Outgoing,
        mut sender: Sender,
        prepared: &Prepared,
    ) -> Result<Option<Sender>, Failure> {
        let mut n = 0;
        while let Some(wire) = self.next_request(outgoing, &mut sender, prepared).await? {
            n += 1;
            let last = outgoing.is_empty() && self.manner.half_close;
            let told = self.tells_requests.then(|| wire.clone());
            let taken = match (last, self.manner.lockstep) {
                (true, _) => sender.send_last_wire(wire),
                (false, true) => sender.send_wire(wire).await,
                (false, false) => sender.feed_wire(wire).await,
            };
            if !taken {
                return Ok(Some(sender));
            }
            if let Some(wire) = &told {
                self.tell(Happening::Request { n, wire })?;
            }
            while self.manner.lockstep && !last && self.replies.get() < n {
                self.told.notify_one();
                self.replied.notified().await;
            }
        }
        if !self.manner.half_close {
            sender.flush();
            self.told.notify_one();
            return Ok(Some(sender));
        }
        sender.half_close();
        self.tell(Happening::HalfClose)?;
        self.told.notify_one();
        Ok(None)
    }

    /// The next request; what was fed before leaves at the latest when this has to wait.
    async fn next_request(
        &self,
        outgoing: &mut Outgoing,
        sender: &mut Sender,
        prepared: &Prepared,
    ) -> Result<Option<Bytes>, Failure> {
        let next = match outgoing.next(prepared.request()).now_or_never() {
            Some(next) => next,
            None => {
                sender.flush();
                self.told.notify_one();
                outgoing.next(prepared.request()).await
            }
        };
        self.kept.set(outgoing.is_kept());
        next
    }

    async fn receive(&self, mut receiver: Receiver) -> Result<Next, Failure> {
        let mut piece = Vec::new();
        // Whoever has begun to answer has begun the call.
        let mut begun = false;
        loop {
            // A reply that is there already is printed before anything is written.
            let said = match receiver.next_said().now_or_never() {
                Some(said) => said,
                None => self.wait(&mut receiver, &mut piece).await?,
            };
            let before = begun;
            begun = true;
            match said {
                Some(Reply::Metadata(metadata)) => self.tell(Happening::Metadata(&metadata))?,
                Some(Reply::Message(wire)) => {
                    let n = self.replies.get() + 1;
                    self.replies.set(n);
                    self.tell(Happening::Message { n, wire: &wire })?;
                    if self.manner.lockstep {
                        self.replied.notify_one();
                    }
                    // A method that gives one reply has given it when all is said: there is nothing to leave.
                    let many = receiver.prepared().method().shape().streams_replies();
                    if many && self.manner.most.is_some_and(|most| n >= most) {
                        self.tell(Happening::Left)?;
                        self.write(&mut piece).await?;
                        return Ok(Next::Over(End::Enough));
                    }
                    if self.watch.borrow().out.len() >= PIECE {
                        self.write(&mut piece).await?;
                    }
                }
                Some(Reply::End(ending)) => {
                    if let Some(pause) = self.again(before, &ending) {
                        let n = self.repeat.borrow().count();
                        self.tell(Happening::Failed { n, ending: &ending, pause, peer: self.peer.as_ref() })?;
                        self.write(&mut piece).await?;
                        return Ok(Next::Again(pause));
                    }
                    self.tell(Happening::Ended(&ending))?;
                    self.write(&mut piece).await?;
                    return Ok(Next::Over(End::Ended(ending)));
                }
                // Nothing is asked for after the end.
                None => return Ok(Next::Over(End::Enough)),
            }
        }
    }

    /// The pause before the call is made again, if it is.
    fn again(&self, begun: bool, ending: &Ending) -> Option<Duration> {
        if begun || !self.kept.get() {
            return None;
        }
        self.repeat.borrow_mut().after(ending)
    }

    /// What is said next, everything that is known until then being written.
    async fn wait(&self, receiver: &mut Receiver, piece: &mut Vec<u8>) -> Result<Option<Reply>, Failure> {
        loop {
            self.write(piece).await?;
            tokio::select! {
                biased;
                said = receiver.next_said() => return Ok(said),
                () = self.told.notified(), if self.tells_requests => {}
            }
        }
    }

    fn tell(&self, happening: Happening<'_>) -> Result<(), Failure> {
        self.watch.borrow_mut().tell(happening)
    }

    /// Writes what was gathered; what is gathered meanwhile comes next.
    async fn write(&self, piece: &mut Vec<u8>) -> Result<(), Failure> {
        loop {
            std::mem::swap(piece, self.watch.borrow_mut().out);
            if piece.is_empty() {
                return Ok(());
            }
            let written = self.outlet.write(piece).await;
            let used = piece.len();
            piece.clear();
            // One large message does not hold its memory for ever; many of them are not to ask for it each time.
            if piece.capacity() / 4 > used.max(PIECE) {
                piece.shrink_to(4 * PIECE);
            }
            written?;
        }
    }
}
