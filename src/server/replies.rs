//! Where an answerer puts metadata, replies and the status.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use tonic::metadata::MetadataMap;

use super::Gone;
use super::wire::Shared;
use crate::leaf::metadata;
use crate::protocol::Status;

/// The replies of one call, on their way.
///
/// Small messages are gathered and leave together, at the latest when the answerer waits for something.
/// Dropped without [`Replies::finish`], the call ends INTERNAL.
#[derive(Debug)]
pub struct Replies {
    pub(super) shared: Arc<Shared>,
}

impl Replies {
    /// Sets the initial metadata, which leaves before the first message, at the latest when the answerer
    /// waits for something; too late after that: then it does nothing, and the answer is false.
    pub fn metadata(&self, metadata: MetadataMap) -> bool {
        self.shared.wire().set_metadata(sanitised(metadata))
    }

    /// Sends one message, uncompressed. Waits while the client has no room.
    ///
    /// # Errors
    /// When the client has left.
    pub async fn send(&self, message: Bytes) -> Result<(), Gone> {
        let mut message = Some(message);
        poll_fn(|cx| self.shared.wire().poll_push(cx, &mut message)).await
    }

    /// Sends many messages, as [`Replies::send`] does one after the other.
    ///
    /// # Errors
    /// When the client has left.
    pub async fn send_each(&self, messages: impl IntoIterator<Item = &Bytes>) -> Result<(), Gone> {
        let mut messages = messages.into_iter().peekable();
        poll_fn(|cx| self.shared.wire().poll_push_each(cx, &mut messages)).await
    }

    /// Ends the call. A call whose requests were broken ends with what was wrong with them, not OK.
    pub fn finish(self, status: Status, trailers: MetadataMap) {
        self.shared.wire().finish(status, sanitised(trailers));
    }
}

fn sanitised(mut given: MetadataMap) -> HeaderMap {
    metadata::remove_reserved(&mut given);
    given.into_headers()
}
