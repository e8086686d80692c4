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

use super::attempt::Progress;
use super::call::{self, Address, CallHead, Deadline};
use super::error::{ConnectError, Kind};
use super::handshake::{Readying, Way};
use super::keepalive::{Keepalive, OpenCall};
use super::names::Located;
use super::options::ConnectOptions;
use super::probe::Probe;
use super::replies::Replies;
use super::requests::Requests;
use super::resolve::{Candidate, Peer, candidates};
use super::socket::{FirstBytes, Heard};
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
    pub(super) first: FirstBytes,
    /// What was agreed on in TLS.
    pub(super) tls: Option<TlsFacts>,
    /// Whether the target says by its scheme how it is reached.
    pub(super) has_scheme: bool,
    /// How long the server may be silent, if there is a limit.
    pub(super) patience: Option<Deadline>,
    pub(super) keepalive: Option<Keepalive>,
    /// Says when it is over.
    pub(super) over: watch::Receiver<()>,
    /// Whether it has been asked in TLS.
    pub(super) probed: AtomicBool,
    pub(super) phases: Phases,
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
    /// Our side of the HTTP/2 handshake; the server's is waited for only where there are several addresses, and with
    /// [`Connection::connect_within`].
    pub http2: Duration,
}

impl Phases {
    /// All of them together.
    pub fn sum(&self) -> Duration {
        self.dns + self.connect + self.tls.unwrap_or_default() + self.http2
    }

    /// The same where the layer failed, and all until then took so long.
    pub(super) fn with_last(mut self, layer: Layer, all: Duration) -> Self {
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
    /// Resolves, dials and begins HTTP/2. Of several addresses the next is tried when one has failed, or beside one that is
    /// not ready within 250 ms, and the first with which all handshakes are done is taken (gRFC A61). Where there is only
    /// one, the server's own preface is not waited for: one that does not speak HTTP/2, or that says nothing at all until
    /// the connect timeout, shows in the first call, whose [`Origin`](super::Origin) then says so.
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
        let progress = Progress::default();
        // In a box, so that whoever calls does not carry its size along.
        let connecting = Box::pin(Self::connect_in((target, at), security, greeting, options, &progress));
        let error = match tokio::time::timeout(options.connect_timeout, connecting).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => error,
            Err(_) => progress.timed_out(options.connect_timeout),
        };
        Err(error.after(progress.phases(begun)))
    }

    async fn connect_in(
        (target, at): (&Target, Option<Candidate>),
        security: Security,
        greeting: Greeting,
        options: &ConnectOptions,
        progress: &Progress,
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
            Security::Tls => Some(Box::pin(tls::prepare(options.tls.clone())) as Readying),
        };
        let resolving = Instant::now();
        let mut without = Vec::new();
        let candidates = match at {
            Some(at) => vec![at],
            None => candidates(target, security, options, &mut without).await?,
        };
        let begun = Instant::now();
        progress.resolved(begun - resolving, without);
        let way = Way { target, options, authority: explicit, user_agent, name, patience, begun, progress };
        if candidates.len() > 1 {
            // In a box, so that one address does not carry its size along.
            return Box::pin(way.to_first(candidates, ready)).await;
        }
        way.to_only(candidates.into_iter().next(), ready, greeting).await
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

pub(super) fn settings() -> h2::client::Builder {
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
