//! The connections of many calls: one, and more where the server's limit of streams asks for it or one goes away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use greet::caller::Prepared;
use greet::client::{Ending, Origin, Reply};
use greet::protocol::Encoding;
use greet::{Client, MetadataMap};

use super::repeat::Repeat;
use crate::failure::Failure;
use crate::intent::schema::Session;

/// A call that was not looked at is tried so often, where no policy says otherwise.
const TRIES: u32 = 3;

pub(super) struct Links<'a> {
    session: Session<'a>,
    metadata: MetadataMap,
    timeout: Option<Duration>,
    /// Of requests.
    encoding: Encoding,
    all: Vec<Link>,
    /// How many calls a connection takes, once a server has answered on one.
    most: Option<usize>,
}

struct Link {
    client: Client,
    running: usize,
    /// Whether it takes no further call.
    gone: bool,
}

/// A unary call that came to its end.
pub(super) struct Done {
    /// Which input it is of.
    pub(super) n: u64,
    pub(super) wire: Bytes,
    pub(super) repeat: Repeat,
    /// Whether the server has begun to answer.
    begun: bool,
    link: usize,
    pub(super) metadata: MetadataMap,
    pub(super) reply: Option<Bytes>,
    pub(super) ending: Box<Ending>,
    /// What it was made with.
    pub(super) client: Client,
    pub(super) times: Times,
}

/// When what happened in a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) begun: Instant,
    /// The server's metadata, where it came before the end.
    pub(super) metadata: Option<Instant>,
    pub(super) reply: Option<Instant>,
    pub(super) ended: Instant,
}

impl<'a> Links<'a> {
    pub(super) fn new(
        session: Session<'a>,
        metadata: MetadataMap,
        timeout: Option<Duration>,
        encoding: Encoding,
    ) -> Self {
        Self { session, metadata, timeout, encoding, all: Vec::new(), most: None }
    }

    /// A connection for one more call; `None` while it has to wait for others to end.
    ///
    /// # Errors
    /// When there is none to be had.
    pub(super) async fn take(&mut self) -> Result<Option<(usize, Client)>, Failure> {
        // What one connection was told holds for the next, until that is told something else.
        let most = |link: &Link| link.client.connection().most_calls().min(self.most.unwrap_or(usize::MAX));
        let free = |link: &Link| !link.gone && link.running < most(link);
        let at = match self.all.iter().position(free) {
            Some(at) => at,
            // How many calls a server takes is known when it has spoken, and that nothing else is wrong with it.
            None if self.most.is_none() && self.all.iter().any(|link| !link.gone) => return Ok(None),
            None => self.dial().await?,
        };
        self.all[at].running += 1;
        Ok(Some((at, self.all[at].client.clone())))
    }

    async fn dial(&mut self) -> Result<usize, Failure> {
        let client = if self.all.is_empty() {
            self.session.client(self.metadata.clone(), self.timeout).await?
        } else {
            self.session.another_client(self.metadata.clone(), self.timeout).await?
        };
        let client = client.with_encoding(self.encoding);
        let link = Link { client, running: 0, gone: false };
        // The place of one that is gone and idle is taken, so that the list stays short.
        match self.all.iter().position(|link| link.gone && link.running == 0) {
            Some(at) => self.all[at] = link,
            None => self.all.push(link),
        }
        Ok(self.all.iter().position(|link| !link.gone && link.running == 0).unwrap_or(0))
    }

    /// Gives the connection of a call back; says after which pause the call is to be made again, if it is.
    pub(super) fn give_back(&mut self, done: &mut Done) -> Option<Duration> {
        let link = &mut self.all[done.link];
        link.running -= 1;
        link.gone |= matches!(done.ending.origin, Origin::GoneAway | Origin::NeverSent(_) | Origin::Lost(_));
        if matches!(done.ending.origin, Origin::Server) {
            self.most = Some(link.client.connection().most_calls());
        }
        if done.repeat.has_policy() {
            return if done.begun { None } else { done.repeat.after(&done.ending) };
        }
        let unprocessed = done.ending.origin.is_unprocessed();
        // One that could not even be put on a connection that has never worked would fail again.
        let worth_it = match &done.ending.origin {
            Origin::NeverSent(error) => {
                self.most.is_some() && Failure::connect(error).kind() == crate::failure::Kind::Connection
            }
            _ => true,
        };
        (unprocessed && worth_it && done.repeat.count() < TRIES).then_some(Duration::ZERO)
    }
}

/// Makes one call.
pub(super) async fn call(
    (link, client): (usize, Client),
    prepared: Arc<Prepared>,
    n: u64,
    wire: Bytes,
    mut repeat: Repeat,
) -> Done {
    let start = Instant::now();
    let mut times = Times { begun: start, metadata: None, reply: None, ended: start };
    let head = repeat.begin(client.head(&prepared));
    let (mut sender, mut receiver) = client.start_with(prepared, head).split();
    sender.send_last_wire(wire.clone());
    let (mut metadata, mut reply, mut begun) = (MetadataMap::new(), None, false);
    loop {
        match receiver.next_said().await {
            Some(Reply::Metadata(said)) => {
                times.metadata = Some(Instant::now());
                (metadata, begun) = (said, true);
            }
            Some(Reply::Message(message)) => {
                times.reply = Some(Instant::now());
                (reply, begun) = (Some(message), true);
            }
            Some(Reply::End(ending)) => {
                times.ended = Instant::now();
                return Done { n, wire, repeat, begun, link, metadata, reply, ending, client, times };
            }
            // A call always says how it ended, and nothing after that.
            None => std::future::pending().await,
        }
    }
}
