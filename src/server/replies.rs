//! Where an answerer puts metadata, replies and the status.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use tonic::metadata::MetadataMap;

use super::Gone;
use super::wire::Shared;
use crate::protocol::Status;

/// Names that HTTP/2 forbids or that gRPC itself writes; an answerer's entries of these names are dropped.
const RESERVED: [&str; 13] = [
    "te",
    "content-type",
    "content-length",
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "grpc-encoding",
    "grpc-accept-encoding",
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

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
    /// waits for something; too late after that, and then it does nothing.
    pub fn metadata(&mut self, metadata: MetadataMap) {
        self.shared.wire().set_metadata(sanitised(metadata));
    }

    /// Sends one message, uncompressed. Waits while the client has no room.
    ///
    /// # Errors
    /// When the client has left.
    pub async fn send(&mut self, message: Bytes) -> Result<(), Gone> {
        let mut message = Some(message);
        poll_fn(|cx| self.shared.wire().poll_push(cx, &mut message)).await
    }

    /// Ends the call. A call whose requests were broken ends with what was wrong with them, not OK.
    pub fn finish(self, status: Status, trailers: MetadataMap) {
        self.shared.wire().finish(status, sanitised(trailers));
    }
}

fn sanitised(metadata: MetadataMap) -> HeaderMap {
    let mut headers = metadata.into_headers();
    if !headers.is_empty() {
        for name in RESERVED {
            headers.remove(name);
        }
    }
    headers
}
