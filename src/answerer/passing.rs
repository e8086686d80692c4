//! A call on its way to one who answers it whole, in the place of rules.

use bytes::Bytes;

use super::journalist::Journalist;
use crate::server::{Call, Head, Replies, Requests};
use crate::transcode::Plan;

/// A call, with what has been read of it.
pub(super) struct Passing<'p> {
    pub(super) head: Head,
    /// Requests that were read, of which the journal knows.
    pub(super) received: Vec<Bytes>,
    /// Whether it knows of the client's half-close too: no more come.
    pub(super) is_over: bool,
    /// Those that come.
    pub(super) requests: Requests,
    pub(super) replies: Replies,
    pub(super) journalist: Journalist,
    /// How requests and replies are read, where a schema knows the method.
    pub(super) request: Option<&'p Plan>,
    pub(super) reply: Option<&'p Plan>,
}

impl Passing<'_> {
    /// A call of which nothing has been read, of a method that no schema knows.
    pub(super) fn whole(call: Call, journalist: Journalist) -> Self {
        let Call { head, requests, replies, .. } = call;
        let (received, is_over) = (Vec::new(), false);
        Self { head, received, is_over, requests, replies, journalist, request: None, reply: None }
    }
}
