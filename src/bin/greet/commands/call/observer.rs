//! What happens in a call, and who wants to know.

use std::time::Duration;

use bytes::Bytes;
use greet::MetadataMap;
use greet::client::{Ending, Peer};

use crate::failure::Failure;

/// One thing that happened, in the order in which it did.
#[derive(Debug, Clone, Copy)]
pub(super) enum Happening<'a> {
    /// A request was handed over. Where a call is made again, its requests are too.
    Request {
        /// Counts from 1.
        n: u64,
        wire: &'a Bytes,
    },
    /// There is no further request.
    HalfClose,
    /// The server's initial metadata.
    Metadata(&'a MetadataMap),
    /// A reply.
    Message {
        /// Counts from 1.
        n: u64,
        wire: &'a Bytes,
    },
    /// A try failed, and the call is made again.
    Failed {
        /// Which try it was, from 1.
        n: u32,
        ending: &'a Ending,
        /// How long is paused before the next.
        pause: Duration,
        /// Who failed, where several share the calls.
        peer: Option<&'a Peer>,
    },
    /// The end: status and trailers, whoever made them.
    Ended(&'a Ending),
    /// This side left the call before its end.
    Left,
}

/// Somebody who wants to know.
pub(super) trait Observer {
    /// Takes note. What is to be seen on stdout is appended to `out`, which is written soon, and at the latest when
    /// nothing further is ready.
    ///
    /// # Errors
    /// What ends the run, such as a reply that is no message of its type.
    fn see(&mut self, happening: Happening<'_>, out: &mut Vec<u8>) -> Result<(), Failure>;

    /// Whether it is to be told of requests, which are not kept for nobody.
    fn wants_requests(&self) -> bool {
        false
    }
}
