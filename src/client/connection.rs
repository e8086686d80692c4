//! A connection to a server, over which calls are made.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use h2::client::SendRequest;
use http::HeaderValue;
use http::uri::Authority;
use tokio::sync::watch;

use crate::leaf::{Layer, Place, Security, Size, Target};

use super::call::{self, Address, CallHead, Deadline};
use super::dial::dial;
use super::error::{Attempt, ConnectError, Kind};
use super::keepalive::{Keepalive, OpenCall};
use super::names::Located;
use super::options::ConnectOptions;
use super::probe::Probe;
use super::replies::Replies;
use super::requests::Requests;
use super::resolve::{Candidate, Peer, candidates};
use super::socket::{FirstBytes, Heard, Socket};
use super::tls::{self, TlsFacts};

/// What a stream may send before it is read: enough for 1 MB messages at full speed.
const STREAM_WINDOW: u32 = 1 << 20;
/// What all streams of a connection may send before they are read.
const CONNECTION_WINDOW: u32 = 4 << 20;
/// The largest frame that a server may send.
const MAX_FRAME_SIZE: u32 = 1 << 20;
/// Metadata of a reply, names and values together.
const MAX_METADATA: u32 = 16 << 20;
/// h2 counts what each small unread DATA frame costs beyond its bytes (256 less its length) and ends the
/// connection when that reaches a bound, by default half the window. A full window of the shortest
/// messages (five bytes in a frame of its own) is honest and costs 50 times its size; a window of
/// one-byte frames is not. This bound lets the first pass for one stream, and holds memory to about that.
const SMALL_FRAMES: usize = STREAM_WINDOW as usize * 64;

/// Who speaks, for servers and proxies.
pub(super) const USER_AGENT: &str = concat!("greet/", env!("CARGO_PKG_VERSION"));

/// A connection: cheap to clone, closed when the last clone and the last call are gone.
#[derive(Clone)]
pub struct Connection {
    pub(super) remote: Arc<Remote>,
    pub(super) sender: SendRequest<Bytes>,
}

/// What all calls on a connection share.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) peer: Peer,
    first: FirstBytes,
    /// What was agreed on in TLS.
    pub(super) tls: Option<TlsFacts>,
    /// Whether the target says by its scheme how it is reached.
    has_scheme: bool,
    /// How long the server may be silent, if there is a limit.
    pub(super) patience: Option<Deadline>,
    keepalive: Option<Keepalive>,
    /// Says when it is over.
    over: watch::Receiver<()>,
    /// Whether it has been asked in TLS.
    probed: AtomicBool,
    phases: Phases,
    pub(super) authority: Authority,
    pub(super) prefix: String,
    pub(super) user_agent: HeaderValue,
    pub(super) max_recv_size: Size,
    pub(super) max_send_size: Size,
}

/// How long each phase of connecting took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Phases {
    /// Names to addresses.
    pub dns: Duration,
    /// The socket, all tries together.
    pub connect: Duration,
    /// The TLS handshake; `None` on plaintext.
    pub tls: Option<Duration>,
    /// Our side of the HTTP/2 handshake; the server's is not waited for.
    pub http2: Duration,
}

impl Phases {
    /// All of them together.
    pub fn sum(&self) -> Duration {
        self.dns + self.connect + self.tls.unwrap_or_default() + self.http2
    }

    /// The same where the layer failed, and all until then took so long.
    fn with_last(mut self, layer: Layer, all: Duration) -> Self {
        let rest = all.saturating_sub(self.sum());
        match layer {
            Layer::Resolve => self.dns += rest,
            Layer::Connect => self.connect += rest,
            Layer::Tls => self.tls = Some(rest),
            _ => self.http2 += rest,
        }
        self
    }
}

/// Whether a connection is ready before the server has spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greeting {
    /// It is: the first call need not wait.
    Unawaited,
    /// It is not: the server answers a ping first.
    Awaited,
}

impl Connection {
    /// Resolves, dials and begins HTTP/2. The server's own preface is not waited for: one that does not
    /// speak HTTP/2, or that says nothing at all until the connect timeout, shows in the first call, whose
    /// [`Origin`](super::Origin) then says so.
    ///
    /// # Errors
    /// The layer that failed, the addresses that were tried and the system's cause for each.
    pub async fn connect(target: &Target, options: &ConnectOptions) -> Result<Self, ConnectError> {
        Self::connect_and(Greeting::Unawaited, None, target, options).await
    }

    /// The same to one address of the target's.
    ///
    /// # Errors
    /// As those of [`Connection::connect`].
    pub async fn connect_to(
        endpoint: &Located,
        target: &Target,
        options: &ConnectOptions,
    ) -> Result<Self, ConnectError> {
        Self::connect_and(Greeting::Unawaited, Some(endpoint.candidate()), target, options).await
    }

    /// The same to this address of the target's, or to any where there is none.
    pub(super) async fn connect_and(
        greeting: Greeting,
        at: Option<Candidate>,
        target: &Target,
        options: &ConnectOptions,
    ) -> Result<Self, ConnectError> {
        let security = target.security(options.security).map_err(Kind::Target)?;
        let begun = Instant::now();
        let mut phases = Phases::default();
        let mut attempts = Vec::new();
        let mut layer = Layer::Resolve;
        let so_far = (&mut layer, &mut attempts, &mut phases);
        let connecting = Self::connect_in((target, at), security, greeting, options, so_far);
        let connected = match tokio::time::timeout(options.connect_timeout, connecting).await {
            Ok(connected) => connected,
            Err(_) => Err(Kind::TimedOut { layer, after: options.connect_timeout, attempts }.into()),
        };
        connected.map_err(|error| error.after(phases.with_last(layer, begun.elapsed())))
    }

    async fn connect_in(
        (target, at): (&Target, Option<Candidate>),
        security: Security,
        greeting: Greeting,
        options: &ConnectOptions,
        (layer, attempts, phases): (&mut Layer, &mut Vec<Attempt>, &mut Phases),
    ) -> Result<Self, ConnectError> {
        let patience = Deadline::of(Some(options.connect_timeout));
        // What was typed wrong is told before anything is dialled.
        let user_agent = user_agent(options.user_agent.as_deref())?;
        let explicit = options.authority.as_deref().map(authority).transpose()?;
        let local = |place: &Place| matches!(place, Place::Unix(_) | Place::UnixAbstract(_));
        if options.proxy.is_some() && target.places().iter().any(local) {
            return Err(Kind::Options("a unix socket is not reached through a proxy".to_owned()).into());
        }
        let asked = options.tls.server_name().or(explicit.as_ref().map(Authority::host));
        let name = asked.map(tls::server_name).transpose().map_err(Kind::ServerName)?;
        // Beside the look-up of names, for it may have files to read.
        let ready = match security {
            Security::Plaintext => None,
            Security::Tls => Some(tls::prepare(options.tls.clone())),
        };
        let mut since = Instant::now();
        let mut lap = || {
            let now = Instant::now();
            now - std::mem::replace(&mut since, now)
        };
        let candidates = match at {
            Some(at) => vec![at],
            None => candidates(target, security, options, attempts).await?,
        };
        phases.dns = lap();
        *layer = Layer::Connect;
        let Some((mut wire, candidate)) = dial(candidates, options.proxy.as_ref(), attempts).await else {
            return Err(Kind::Unreachable(std::mem::take(attempts)).into());
        };
        phases.connect = lap();
        let authority = match explicit {
            Some(authority) => authority,
            None => authority(&candidate.authority)?,
        };
        let Candidate { peer, host, .. } = candidate;
        let mut tls = None;
        if let Some(ready) = ready {
            *layer = Layer::Tls;
            let name = match name {
                Some(name) => name,
                None => tls::server_name(&host).map_err(Kind::ServerName)?,
            };
            // In a box, so that plaintext does not carry its size along.
            let shake = Box::pin(async { ready.await?.shake(wire, name, &peer).await });
            let (secured, facts) = shake.await.map_err(|failure| failure.of_target(target))?;
            wire = secured;
            tls = Some(facts);
            phases.tls = Some(lap());
        }
        *layer = Layer::Http2;
        let (socket, first) = Socket::new(wire);
        let (alive, over) = watch::channel(());
        let mut remote = Remote {
            peer,
            first,
            tls,
            has_scheme: target.has_scheme(),
            patience,
            keepalive: options.keepalive.map(Keepalive::new),
            over,
            probed: AtomicBool::new(false),
            phases: *phases,
            authority,
            prefix: target.prefix().to_owned(),
            user_agent,
            max_recv_size: options.max_recv_size,
            max_send_size: options.max_send_size,
        };
        let (sender, mut driver) = match settings().handshake(socket).await {
            Ok(shaken) => shaken,
            Err(source) => return Err(remote.explain(Some(source))),
        };
        let pings = greeting == Greeting::Awaited || remote.keepalive.is_some();
        let mut ping = if pings { driver.ping_pong() } else { None };
        // How it ends is told to each call by its own stream.
        let driver = tokio::spawn(async move {
            let _alive = alive;
            let _ = driver.await;
        });
        if greeting == Greeting::Awaited
            && let Some(ping) = &mut ping
            && let Err(source) = ping.ping(h2::Ping::opaque()).await
        {
            if let Some(probe) = remote.probe() {
                probe.await;
            }
            return Err(remote.explain(Some(source)));
        }
        if let (Some(keepalive), Some(ping)) = (remote.keepalive.clone(), ping) {
            keepalive.watch(ping, remote.first.clone(), driver);
        }
        remote.phases.http2 = lap();
        Ok(Self { remote: Arc::new(remote), sender })
    }

    /// The address on the other side.
    pub fn peer(&self) -> &Peer {
        &self.remote.peer
    }

    /// How many calls the server takes at once, by what it has said so far; further ones wait here. Before it has said
    /// anything this is HTTP/2's usual 100.
    pub fn most_calls(&self) -> usize {
        self.sender.current_max_send_streams().max(1)
    }

    /// How long each phase of connecting took.
    pub fn phases(&self) -> Phases {
        self.remote.phases
    }

    /// Whether calls may still be begun: it is lost, or the server has said (GOAWAY) that it takes no more. What
    /// the server says later than this is asked is how the call ends.
    pub fn takes_calls(&self) -> bool {
        !matches!(self.sender.clone().ready().now_or_never(), Some(Err(_)))
    }

    /// Ends when the connection has, and keeps it no longer than that.
    pub(super) fn over(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut over = self.remote.over.clone();
        // Nothing is ever sent: that the sender is gone is what it says.
        async move { while over.changed().await.is_ok() {} }
    }

    /// What was agreed on in the TLS handshake; `None` on plaintext.
    pub fn tls(&self) -> Option<&TlsFacts> {
        self.remote.tls.as_ref()
    }

    /// What is sent first of a call: the method, the path and all of the metadata, greet's own too.
    ///
    /// # Errors
    /// When it cannot be sent, such as a path with a blank.
    pub fn request(&self, head: CallHead) -> Result<http::Request<()>, ConnectError> {
        call::request(&self.remote.address(), head)
    }

    /// Begins a call: its head is on its way when this returns. What prevents it is its first reply, an
    /// [`Ending`](super::Ending) whose origin says that it was never sent.
    ///
    /// Drive both halves, from one task (`select!`) or two: a server may answer before it has read all.
    pub fn call(&self, head: CallHead) -> (Requests, Replies) {
        call::begin(self, head)
    }
}

impl Remote {
    /// Why a stream failed with this error, in the words of the first bytes that were heard.
    pub(super) fn explain(&self, source: Option<h2::Error>) -> ConnectError {
        let heard = self.first.heard();
        if let Some(after) = self.keepalive.as_ref().and_then(Keepalive::unanswered) {
            return Kind::Unanswered { peer: self.peer.clone(), heard, after }.into();
        }
        if let Some(tls) = &self.tls
            && let Some(failure) = tls.explain(&self.peer, self.first.trouble(), &heard)
        {
            return failure.into();
        }
        Kind::Http2 { peer: self.peer.clone(), heard, source, has_scheme: self.has_scheme }.into()
    }

    /// Finds out, once, whether a server that hung up without a word would have spoken TLS.
    pub(super) fn probe(&self) -> Option<Probe> {
        if self.keepalive.as_ref().is_some_and(|keepalive| keepalive.unanswered().is_some()) {
            return None;
        }
        let first = !self.probed.swap(true, Ordering::Relaxed);
        (first && self.tls.is_none() && self.is_silent())
            .then(|| Probe::new(self.peer.clone(), self.first.clone()))
    }

    /// Whom requests on this connection are for.
    pub(super) fn address(&self) -> Address<'_> {
        let Self { authority, prefix, user_agent, .. } = self;
        Address { secure: self.tls.is_some(), authority, prefix, user_agent }
    }

    /// A call begins, for whoever counts those that are open.
    pub(super) fn open(&self) -> Option<OpenCall> {
        self.keepalive.as_ref().map(Keepalive::open)
    }

    /// Whether the server has not sent a single byte.
    pub(super) fn is_silent(&self) -> bool {
        self.first.heard() == Heard::Nothing
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("remote", &self.remote).finish_non_exhaustive()
    }
}

fn settings() -> h2::client::Builder {
    let mut settings = h2::client::Builder::new();
    settings
        .enable_push(false)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(MAX_FRAME_SIZE)
        .max_header_list_size(MAX_METADATA)
        .data_frame_budget(SMALL_FRAMES);
    settings
}

/// What is to be `:authority`.
pub(super) fn authority(text: &str) -> Result<Authority, ConnectError> {
    text.parse().map_err(|_| Kind::Authority(text.to_owned()).into())
}

/// `greet/VERSION`, after the user's own if there is one.
pub(super) fn user_agent(prefix: Option<&str>) -> Result<HeaderValue, ConnectError> {
    match prefix {
        None => Ok(HeaderValue::from_static(USER_AGENT)),
        Some(prefix) => HeaderValue::try_from(format!("{prefix} {USER_AGENT}"))
            .map_err(|_| Kind::Head(format!("'{}' cannot be a user agent", prefix.escape_debug())).into()),
    }
}
