//! The head of a call, and how it begins.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, TE, USER_AGENT};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Method, Request, Uri};
use tokio::time::Instant;
use tonic::metadata::MetadataMap;

use crate::leaf::{Layer, Security, Size, Target};
use crate::protocol::{Encoding, content_type, encoding, timeout};

use super::connection::{Connection, authority, user_agent};
use super::ending::Ending;
use super::error::{ConnectError, Kind};
use super::line::Line;
use super::options::ConnectOptions;
use super::replies::Replies;
use super::requests::Requests;
use super::resolve::authority_of;

const TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
/// How often a call was tried before (gRFC A6).
const PREVIOUS: HeaderName = HeaderName::from_static("grpc-previous-rpc-attempts");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// What is said before the first request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallHead {
    /// `/pkg.Service/Method`; the target's prefix is put before it.
    pub path: String,
    /// The caller's metadata.
    pub metadata: MetadataMap,
    /// How long the whole call may take; sent, and kept here.
    pub timeout: Option<Duration>,
    /// How many replies the method has.
    pub count: ReplyCount,
    /// The largest reply that is taken, instead of the connection's.
    pub max_recv_size: Option<Size>,
    /// How requests are compressed; not at all unless said. Replies come as the server wants.
    pub encoding: Encoding,
    /// Since when the timeout runs; from now on, unless it runs already, as when the call is made again.
    pub since: Option<Instant>,
    /// How many tries of this call went before; the server is told when there were any.
    pub previous: u32,
}

/// When a call's time is up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    /// The time it was given.
    pub(super) after: Duration,
}

impl Deadline {
    /// `None` if there is no limit, or none that the clock can hold.
    pub(super) fn of(timeout: Option<Duration>) -> Option<Self> {
        Self::since(None, timeout)
    }

    /// The same where the time runs already.
    fn since(since: Option<Instant>, timeout: Option<Duration>) -> Option<Self> {
        let after = timeout?;
        Some(Self { at: since.unwrap_or_else(Instant::now).checked_add(after)?, after })
    }
}

/// How many replies a method has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReplyCount {
    /// Exactly one, as of unary and client-streaming methods. The message is given out only when the call
    /// has ended well; none or two are UNIMPLEMENTED (gRPC's statuscodes.md).
    One,
    /// Any number, each given out when it comes.
    #[default]
    Many,
}

impl CallHead {
    /// A call of this path, `/pkg.Service/Method`, with no metadata and no limit of time.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            metadata: MetadataMap::new(),
            timeout: None,
            count: ReplyCount::Many,
            max_recv_size: None,
            encoding: Encoding::Identity,
            since: None,
            previous: 0,
        }
    }

    /// Sets the caller's metadata.
    #[must_use]
    pub fn with_metadata(mut self, metadata: MetadataMap) -> Self {
        self.metadata = metadata;
        self
    }

    /// Bounds the whole call.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Says how many replies the method has.
    #[must_use]
    pub fn with_count(mut self, count: ReplyCount) -> Self {
        self.count = count;
        self
    }

    /// Bounds a reply of this call.
    #[must_use]
    pub fn with_max_recv_size(mut self, size: Size) -> Self {
        self.max_recv_size = Some(size);
        self
    }

    /// What is sent first of this call to a target, as [`Connection::request`] gives it for a server that is there; nothing
    /// is looked up or dialled. Of several places it is the first.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub fn to_target(self, target: &Target, options: &ConnectOptions) -> Result<Request<()>, ConnectError> {
        let security = target.security(options.security)?;
        let authority = match &options.authority {
            Some(said) => authority(said)?,
            None => authority(&authority_of(target, security))?,
        };
        let user_agent = user_agent(options.user_agent.as_deref())?;
        let (secure, prefix) = (security == Security::Tls, target.prefix());
        let address = Address { secure, authority: &authority, prefix, user_agent: &user_agent };
        request(&address, self)
    }

    /// Compresses the requests of this call.
    #[must_use]
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }
}

/// Hands the head over; whatever prevents it is the call's end.
pub(super) fn begin(connection: &Connection, head: CallHead) -> (Requests, Replies) {
    let remote = &connection.remote;
    let deadline = Deadline::since(head.since, head.timeout);
    let largest_request = remote.max_send_size.get();
    let largest_reply = head.max_recv_size.unwrap_or(remote.max_recv_size).get();
    let (count, encoding) = (head.count, head.encoding);
    let sent = request(&remote.address(), head).map_err(Ending::unsent).and_then(|request| {
        connection
            .sender
            .clone()
            .send_request(request, false)
            .map_err(|error| Ending::never_sent(error, remote))
    });
    match sent {
        Ok((response, stream)) => {
            let line = Line::new(stream, remote.open());
            let replies =
                Replies::new(response, line.clone(), remote.clone(), deadline, largest_reply, count);
            (Requests::new(line, largest_request, deadline.map(|deadline| deadline.at), encoding), replies)
        }
        Err(ending) => {
            let line = Line::dead();
            (
                Requests::new(line.clone(), largest_request, None, encoding),
                Replies::over(line, remote.clone(), ending),
            )
        }
    }
}

/// Whom a request is for, and who sends it.
pub(super) struct Address<'a> {
    pub(super) secure: bool,
    pub(super) authority: &'a Authority,
    pub(super) prefix: &'a str,
    pub(super) user_agent: &'a HeaderValue,
}

pub(super) fn request(to: &Address<'_>, head: CallHead) -> Result<Request<()>, ConnectError> {
    let mut headers = head.metadata.into_headers();
    headers.insert(TE, HeaderValue::from_static("trailers"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type::GRPC));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(encoding::ACCEPTED));
    headers.remove(ENCODING);
    if head.encoding != Encoding::Identity {
        headers.insert(ENCODING, HeaderValue::from_static(head.encoding.name()));
    }
    headers.remove(TIMEOUT);
    headers.remove(PREVIOUS);
    if head.previous > 0 {
        headers.insert(PREVIOUS, HeaderValue::from(head.previous));
    }
    if let Some(timeout) = head.timeout {
        // What is left of it; nothing at all cannot be said.
        let spent = head.since.map(|since| since.elapsed()).unwrap_or_default();
        let timeout = timeout.saturating_sub(spent).max(Duration::from_nanos(1));
        let value = HeaderValue::try_from(timeout::render(timeout)).expect("digits and a letter are a value");
        headers.insert(TIMEOUT, value);
    }
    addressed(to, &head.path, headers)
}

/// A POST to the path on the other side, with what every request says.
pub(super) fn addressed(
    to: &Address<'_>,
    path: &str,
    mut headers: HeaderMap,
) -> Result<Request<()>, ConnectError> {
    let bad = || {
        let error: ConnectError = Kind::Head(format!("'{}' cannot be a path", path.escape_debug())).into();
        debug_assert_eq!(error.layer(), Layer::Request);
        error
    };
    if !path.starts_with('/') {
        return Err(bad());
    }
    let path_and_query: PathAndQuery = match to.prefix {
        "" => path.parse(),
        prefix => format!("{prefix}{path}").parse(),
    }
    .map_err(|_| bad())?;
    let user_agent = match headers.remove(USER_AGENT) {
        Some(own) => user_agent(Some(&String::from_utf8_lossy(own.as_bytes())))?,
        None => to.user_agent.clone(),
    };
    headers.insert(USER_AGENT, user_agent);
    let mut uri = http::uri::Parts::default();
    uri.scheme = Some(if to.secure { Scheme::HTTPS } else { Scheme::HTTP });
    uri.authority = Some(to.authority.clone());
    uri.path_and_query = Some(path_and_query);
    let mut request = Request::new(());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_parts(uri).map_err(|_| bad())?;
    *request.headers_mut() = headers;
    Ok(request)
}
