//! One call, of any shape: requests out, replies in, the count rules of its shape kept.

use std::sync::Arc;

use bytes::Bytes;
use tonic::metadata::MetadataMap;

use super::{CallError, Prepared, Reply};
use crate::client::{self, Ending, Lease, Replies, Requests};

/// A call that has begun. Dropping it cancels it.
#[derive(Debug)]
pub struct Call {
    sender: Sender,
    receiver: Receiver,
}

/// The requests of a call.
#[derive(Debug)]
pub struct Sender {
    prepared: Arc<Prepared>,
    /// `None` after the half-close.
    requests: Option<Requests>,
}

/// The replies of a call.
#[derive(Debug)]
pub struct Receiver {
    prepared: Arc<Prepared>,
    replies: Replies,
    metadata: MetadataMap,
    trailers: MetadataMap,
    ended: bool,
    /// What counts the call, where it is one of many over several addresses.
    lease: Option<Lease>,
}

impl Call {
    pub(super) fn new(
        prepared: Arc<Prepared>,
        requests: Requests,
        replies: Replies,
        lease: Option<Lease>,
    ) -> Self {
        let sender = Sender { prepared: Arc::clone(&prepared), requests: Some(requests) };
        let receiver = Receiver {
            prepared,
            replies,
            metadata: MetadataMap::new(),
            trailers: MetadataMap::new(),
            ended: false,
            lease,
        };
        Self { sender, receiver }
    }

    /// Both halves, to be used at once.
    pub fn split(self) -> (Sender, Receiver) {
        (self.sender, self.receiver)
    }

    /// Sends a request given as strict ProtoJSON. When the server has ended the call already, nothing is
    /// sent; [`Call::next`] says how it ended.
    ///
    /// # Errors
    /// When the JSON is no message of the request's type.
    pub async fn send(&mut self, request: impl AsRef<[u8]>) -> Result<(), CallError> {
        let wire = self.sender.prepared.encode(request.as_ref())?;
        self.sender.send_wire(wire).await;
        Ok(())
    }

    /// Says that there is no further request.
    pub fn half_close(&mut self) {
        self.sender.half_close();
    }

    /// The next reply; `None` after the last one, when the call ended OK.
    ///
    /// # Errors
    /// When the call ended otherwise.
    pub async fn next(&mut self) -> Result<Option<Reply>, CallError> {
        self.receiver.next().await
    }

    /// The initial metadata; empty before the first reply.
    pub fn metadata(&self) -> &MetadataMap {
        &self.receiver.metadata
    }

    /// The trailing metadata; empty before the end.
    pub fn trailers(&self) -> &MetadataMap {
        &self.receiver.trailers
    }

    pub(super) fn send_last_wire(&mut self, wire: Bytes) {
        self.sender.send_last_wire(wire);
    }

    /// Waits for the end, and gives the one reply; of a server stream, the last.
    pub(super) async fn last(mut self) -> Result<Option<Reply>, CallError> {
        let mut last = None;
        while let Some(reply) = self.next().await? {
            last = Some(reply);
        }
        Ok(last)
    }
}

impl Sender {
    /// Sends a request on the wire; `false` when the call is over and nothing more is taken.
    pub async fn send_wire(&mut self, wire: Bytes) -> bool {
        match &mut self.requests {
            Some(requests) => requests.send(wire).await.is_ok(),
            None => false,
        }
    }

    /// As [`Sender::send_wire`], but the request may leave together with those that follow, at the latest with
    /// [`Sender::flush`] or the half-close.
    pub async fn feed_wire(&mut self, wire: Bytes) -> bool {
        match &mut self.requests {
            Some(requests) => requests.feed(wire).await.is_ok(),
            None => false,
        }
    }

    /// Sends what was fed; `false` when the call is over.
    pub fn flush(&mut self) -> bool {
        self.requests.as_mut().is_some_and(|requests| requests.flush().is_ok())
    }

    /// Sends the last request and half-closes.
    pub fn send_last_wire(&mut self, wire: Bytes) -> bool {
        match self.requests.take() {
            Some(requests) => requests.send_last(wire).is_ok(),
            None => false,
        }
    }

    /// Says that there is no further request.
    pub fn half_close(&mut self) {
        if let Some(requests) = self.requests.take() {
            requests.finish();
        }
    }
}

impl Receiver {
    /// The method that is called.
    pub fn prepared(&self) -> &Arc<Prepared> {
        &self.prepared
    }

    /// The next reply; as [`Call::next`].
    ///
    /// # Errors
    /// When the call ended otherwise than OK.
    pub async fn next(&mut self) -> Result<Option<Reply>, CallError> {
        let wire = self.next_wire().await?;
        Ok(wire.map(|wire| Reply::new(Arc::clone(&self.prepared), wire)))
    }

    /// The next reply on the wire. May be dropped and called again without losing anything.
    ///
    /// A method that gives one reply gives it when its status is known: exactly one, else the call
    /// ends UNIMPLEMENTED (statuscodes.md, cardinality violations).
    ///
    /// # Errors
    /// When the call ended otherwise than OK.
    pub async fn next_wire(&mut self) -> Result<Option<Bytes>, CallError> {
        while !self.ended {
            match self.replies.next().await {
                client::Reply::Metadata(metadata) => self.metadata = metadata,
                client::Reply::Message(wire) => return Ok(Some(wire)),
                client::Reply::End(ending) => {
                    self.has_ended(&ending);
                    self.trailers.clone_from(&ending.trailers);
                    if !ending.status.is_ok() {
                        return Err(CallError::ended(ending));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The next thing that the server said, whatever it is: for those who want to see all of a call. After the
    /// end there is nothing. May be dropped and called again without losing anything.
    pub async fn next_said(&mut self) -> Option<client::Reply> {
        if self.ended {
            return None;
        }
        let said = self.replies.next().await;
        if let client::Reply::End(ending) = &said {
            self.has_ended(ending);
        }
        Some(said)
    }

    fn has_ended(&mut self, ending: &Ending) {
        self.ended = true;
        if let Some(lease) = self.lease.take() {
            lease.ended(ending);
        }
    }

    /// The initial metadata; empty before the first reply.
    pub fn metadata(&self) -> &MetadataMap {
        &self.metadata
    }

    /// The trailing metadata; empty before the end.
    pub fn trailers(&self) -> &MetadataMap {
        &self.trailers
    }
}
