//! A unary call that is under way: first its server begins to answer, then it ends.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use greet::caller::{Prepared, Receiver};
use greet::client::{Ending, Reply};
use greet::{Client, MetadataMap};

use super::links::{Done, Hold, Times};
use super::repeat::Repeat;

/// It is left when it is dropped.
pub(super) struct UnderWay {
    n: u64,
    wire: Bytes,
    repeat: Repeat,
    hold: Hold,
    client: Client,
    receiver: Receiver,
    begun: bool,
    metadata: MetadataMap,
    reply: Option<Bytes>,
    ending: Option<Box<Ending>>,
    times: Times,
}

/// Makes one call, to its end.
pub(super) async fn call(
    link: (Hold, Client),
    prepared: Arc<Prepared>,
    n: u64,
    wire: Bytes,
    repeat: Repeat,
) -> Done {
    UnderWay::start(link, prepared, n, wire, repeat).end().await
}

impl UnderWay {
    /// Sends the request.
    pub(super) fn start(
        (hold, client): (Hold, Client),
        prepared: Arc<Prepared>,
        n: u64,
        wire: Bytes,
        mut repeat: Repeat,
    ) -> Self {
        let start = Instant::now();
        let times = Times { begun: start, metadata: None, reply: None, ended: start };
        let head = repeat.begin(client.head(&prepared));
        let (mut sender, receiver) = client.start_with(prepared, head).split();
        sender.send_last_wire(wire.clone());
        let (begun, metadata, reply, ending) = (false, MetadataMap::new(), None, None);
        Self { n, wire, repeat, hold, client, receiver, begun, metadata, reply, ending, times }
    }

    /// Waits until the server has begun to answer, or the call has ended without; which of them it is.
    pub(super) async fn begins(&mut self) -> bool {
        while !self.begun && self.ending.is_none() {
            self.step().await;
        }
        self.begun
    }

    /// Waits for its end.
    pub(super) async fn end(mut self) -> Done {
        let ending = loop {
            match self.ending.take() {
                Some(ending) => break ending,
                None => self.step().await,
            }
        };
        let Self { n, wire, repeat, hold, client, begun, metadata, reply, times, .. } = self;
        Done { n, wire, repeat, begun, hold, peer: None, metadata, reply, ending, client, times }
    }

    async fn step(&mut self) {
        match self.receiver.next_said().await {
            Some(Reply::Metadata(said)) => {
                self.times.metadata = Some(Instant::now());
                (self.metadata, self.begun) = (said, true);
            }
            Some(Reply::Message(message)) => {
                self.times.reply = Some(Instant::now());
                (self.reply, self.begun) = (Some(message), true);
            }
            Some(Reply::End(ending)) => {
                self.times.ended = Instant::now();
                self.ending = Some(ending);
            }
            // A call always says how it ended, and nothing after that.
            None => std::future::pending().await,
        }
    }
}
