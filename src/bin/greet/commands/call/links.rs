//! The connections of many calls: one, and more where the server's limit of streams or a farewell asks for it; or a pool's.

use std::pin::Pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use greet::client::{Ending, Lease, Origin, Peer, Pick};
use greet::protocol::Encoding;
use greet::{Client, MetadataMap};

use super::hedged::{More, Tried};
use super::repeat::Repeat;
use crate::failure::Failure;
use crate::intent::balance;
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
    /// Where calls are spread over a pool: how long one may wait that nobody takes, and until when the next does.
    wait: Option<Duration>,
    until: Option<tokio::time::Instant>,
    /// Whether a pool has had somebody for a call.
    worked: bool,
    /// Ends when it may be worth while to ask the pool again.
    changed: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

/// What a call goes over, and who counts it.
pub(super) enum Hold {
    /// A connection by its place among all.
    Link(usize),
    /// One of a pool.
    Lease(Lease),
    /// It was given back.
    Back,
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
    pub(super) begun: bool,
    pub(super) hold: Hold,
    /// Who answered, where several share the calls.
    pub(super) peer: Option<Peer>,
    pub(super) metadata: MetadataMap,
    pub(super) reply: Option<Bytes>,
    pub(super) ending: Box<Ending>,
    /// What it was made with.
    pub(super) client: Client,
    pub(super) times: Times,
}

impl Done {
    /// It is made again after this pause.
    pub(super) fn failed(&mut self, pause: Duration) {
        let (number, peer, at) = (self.repeat.count(), self.peer.take(), self.times.ended);
        let ending = self.ending.clone();
        self.repeat.tried.push(Tried { number, peer, ending, at, pause });
    }

    /// Gives back what it went over; who answered, where several share the calls.
    pub(super) fn give_back(&mut self) -> Option<Peer> {
        match std::mem::replace(&mut self.hold, Hold::Back) {
            Hold::Lease(lease) => {
                let peer = lease.peer().clone();
                lease.ended(&self.ending);
                Some(peer)
            }
            _ => None,
        }
    }
}

/// A connection with whoever counts it, if anybody does.
pub(super) fn held((lease, client): (Option<Lease>, Client)) -> (Hold, Client) {
    (lease.map_or(Hold::Back, Hold::Lease), client)
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
        wait: Option<Duration>,
    ) -> Self {
        let (all, most) = (Vec::new(), None);
        let (until, worked, changed) = (None, false, None);
        Self { session, metadata, timeout, encoding, all, most, wait, until, worked, changed }
    }

    /// A connection for one more call; `None` while it has to wait for others to end.
    ///
    /// # Errors
    /// When there is none to be had.
    pub(super) async fn take(&mut self) -> Result<Option<(Hold, Client)>, Failure> {
        if self.session.pool().is_some() {
            return self.pick();
        }
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
        Ok(Some((Hold::Link(at), self.all[at].client.clone())))
    }

    /// A connection of the pool.
    fn pick(&mut self) -> Result<Option<(Hold, Client)>, Failure> {
        let Some(pool) = self.session.pool() else { return Ok(None) };
        let changed = pool.changed();
        match pool.try_pick() {
            Pick::Lease(lease) => {
                (self.worked, self.until, self.changed) = (true, None, None);
                let connection = lease.connection().clone();
                let client = self.session.client_over(connection, self.metadata.clone(), self.timeout);
                return Ok(Some((Hold::Lease(lease), client.with_encoding(self.encoding))));
            }
            Pick::Wait => self.changed = Some(Box::pin(changed)),
            Pick::Failed(error) => {
                let now = tokio::time::Instant::now();
                let until = self.wait.map(|wait| *self.until.get_or_insert(now + wait));
                match until.filter(|until| *until > now) {
                    Some(until) => {
                        self.changed = Some(Box::pin(async move {
                            let _ = tokio::time::timeout_at(until, changed).await;
                        }));
                    }
                    None => return Err(balance::failed(&error)),
                }
            }
        }
        Ok(None)
    }

    /// Whom further attempts of a call go to that goes over this.
    pub(super) fn more(&self, client: &Client) -> More {
        let more = self.session.more(client, self.metadata.clone(), self.timeout, self.encoding);
        Box::new(move || more().map(held))
    }

    /// Whether a call waits for the pool.
    pub(super) fn is_waiting(&self) -> bool {
        self.changed.is_some()
    }

    /// Waits until it may be worth while to ask again.
    pub(super) async fn changed(&mut self) {
        if let Some(changed) = &mut self.changed {
            changed.await;
            self.changed = None;
        }
    }

    /// Whether there may be somebody for the next call though there is nobody for this one.
    pub(super) fn has_hope(&self) -> bool {
        self.worked
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
        let pooled = match std::mem::replace(&mut done.hold, Hold::Back) {
            Hold::Link(at) => {
                self.settle(at, &done.ending);
                false
            }
            Hold::Lease(lease) => {
                done.peer = Some(lease.peer().clone());
                lease.ended(&done.ending);
                true
            }
            Hold::Back => false,
        };
        if done.repeat.has_policy() {
            if done.begun {
                done.repeat.tell(&done.ending);
                return None;
            }
            return done.repeat.after(&done.ending);
        }
        let unprocessed = done.ending.origin.is_unprocessed();
        // One that could not even be put on a connection that has never worked would fail again.
        let worth_it = match &done.ending.origin {
            Origin::NeverSent(error) if !pooled => {
                self.most.is_some() && Failure::connect(error).kind() == crate::failure::Kind::Connection
            }
            _ => true,
        };
        (unprocessed && worth_it && done.repeat.count() < TRIES).then_some(Duration::ZERO)
    }

    /// A call on this connection has ended.
    fn settle(&mut self, at: usize, ending: &Ending) {
        let link = &mut self.all[at];
        link.running -= 1;
        link.gone |= matches!(ending.origin, Origin::GoneAway | Origin::NeverSent(_) | Origin::Lost(_));
        if matches!(ending.origin, Origin::Server) {
            self.most = Some(link.client.connection().most_calls());
        }
    }
}
