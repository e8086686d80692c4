//! From a request on HTTP/2 to the one who answers it: looks up, checks, begins.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use tonic::metadata::MetadataMap;

use super::accept::Worker;
use super::line::Line;
use super::no_grpc;
use super::under_way::{Record, UnderWay};
use super::wire::{Shared, refuse};
use super::{Answer, Call, Head, Observer, Peer, Replies, Requests, Routes, Token};
use crate::leaf::Code;
use crate::protocol::content_type::{self, ContentType};
use crate::protocol::{Encoding, Status, encoding, timeout};

const TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
const TE: HeaderName = http::header::TE;

/// Holds the set of routes that answers now; clones hold the same.
#[derive(Debug, Clone, Default)]
pub struct Door(Arc<Current>);

#[derive(Debug, Default)]
struct Current {
    /// Counts the swaps, so that a connection sees without a lock that its set is still the one.
    version: AtomicU64,
    routes: Mutex<Arc<Routes>>,
}

impl Door {
    /// A door to these routes.
    pub fn new(routes: Routes) -> Self {
        let door = Self::default();
        door.swap(routes);
        door
    }

    /// Changes the routes in one step: a call that has begun keeps the ones it began with.
    pub fn swap(&self, routes: Routes) {
        let mut current = self.0.routes.lock().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(routes);
        self.0.version.fetch_add(1, Ordering::Release);
    }

    /// The routes that answer now.
    pub fn routes(&self) -> Arc<Routes> {
        self.0.routes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn version(&self) -> u64 {
        self.0.version.load(Ordering::Acquire)
    }
}

/// One connection's side of the door.
pub(super) struct Entrance {
    door: Door,
    version: u64,
    routes: Arc<Routes>,
    pub(super) peer: Peer,
    max_recv_size: usize,
    token: Option<Token>,
    pub(super) observer: Option<Arc<dyn Observer>>,
    /// The same, if it is to be told of calls.
    of_calls: Option<Arc<dyn Observer>>,
    pub(super) line: Arc<Line>,
}

/// Why a call is refused before it begins.
struct Refusal {
    http: StatusCode,
    status: Status,
    headers: HeaderMap,
}

impl Refusal {
    fn new(http: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { http, status: Status::new(code, message), headers: HeaderMap::new() }
    }
}

impl Entrance {
    pub(super) fn new(worker: &Worker, peer: Peer) -> Self {
        let Worker { number, settings, door, token, observer } = worker;
        Self {
            door: door.clone(),
            version: door.version(),
            routes: door.routes(),
            peer,
            max_recv_size: settings.limits.max_recv_size.get(),
            token: token.clone(),
            observer: observer.clone(),
            of_calls: observer.clone().filter(|observer| observer.wants_calls()),
            line: Arc::new(Line::new(settings.stages.open(*number))),
        }
    }

    /// Begins a call, or refuses it; nothing is polled yet.
    pub(super) fn begin(
        &mut self,
        request: Request<RecvStream>,
        mut respond: SendResponse<Bytes>,
    ) -> Option<UnderWay> {
        let version = self.door.version();
        if version != self.version {
            self.version = version;
            self.routes = self.door.routes();
        }
        let (parts, body) = request.into_parts();
        let record = self.of_calls.as_ref().map(|observer| {
            Box::new(Record {
                observer: observer.clone(),
                uri: parts.uri.clone(),
                peer: self.peer.clone(),
                began: Instant::now(),
            })
        });
        let mut headers = parts.headers;
        let (encoding, timeout) = match check(&parts.method, &mut headers) {
            Ok(checked) => checked,
            Err(refusal) if refusal.http == StatusCode::OK => {
                return turn_away(&mut respond, *refusal, record.as_deref());
            }
            Err(refusal) => {
                let Refusal { http, status, .. } = *refusal;
                if let Some(record) = record {
                    record.tell(&status, 0, 0);
                }
                tokio::spawn(no_grpc::answer(respond, body, parts.method, http, status));
                return None;
            }
        };
        // Before it is said what there is.
        if let Some(Err(status)) = self.token.as_ref().map(|token| token.check(&headers)) {
            let refusal = Refusal { http: StatusCode::OK, status, headers: HeaderMap::new() };
            return turn_away(&mut respond, refusal, record.as_deref());
        }
        let Some(responder) = self.routes.responder(parts.uri.path()) else {
            let status = self.routes.unknown(parts.uri.path());
            let refusal = Refusal { http: StatusCode::OK, status, headers: HeaderMap::new() };
            return turn_away(&mut respond, refusal, record.as_deref());
        };
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let shared = Arc::new(Shared::new(respond));
        let call = Call {
            head: Head {
                uri: parts.uri,
                metadata: MetadataMap::from_headers(headers),
                peer: self.peer.clone(),
                timeout,
                deadline,
            },
            requests: Requests::new(body, encoding, self.max_recv_size, shared.clone()),
            replies: Replies { shared: shared.clone() },
        };
        let responder = responder.clone();
        let answer = catch_unwind(AssertUnwindSafe(|| responder.respond(call)))
            .unwrap_or_else(|_panic| panicked(shared.clone()));
        Some(UnderWay::new(answer, shared, deadline, record, self.line.clone()))
    }
}

/// The answer of a responder that panicked before it had one.
fn panicked(shared: Arc<Shared>) -> Answer {
    Box::pin(async move {
        let status = Status::new(Code::INTERNAL, "the responder panicked");
        shared.wire().finish(status, HeaderMap::new());
    })
}

fn turn_away(
    respond: &mut SendResponse<Bytes>,
    refusal: Refusal,
    record: Option<&Record>,
) -> Option<UnderWay> {
    // If the client has left already, there is nobody to be told.
    let _ = refuse(respond, refusal.http, &refusal.status, refusal.headers);
    if let Some(record) = record {
        record.tell(&refusal.status, 0, 0);
    }
    None
}

/// Checks what every gRPC call says, and takes it out of the headers: what remains is metadata.
fn check(
    method: &Method,
    headers: &mut HeaderMap,
) -> Result<(Encoding, Option<std::time::Duration>), Box<Refusal>> {
    if method != Method::POST {
        let why = format!("a gRPC call is a POST, not a {method}");
        return Err(Box::new(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, Code::INTERNAL, why)));
    }
    // The usual spelling needs no parsing.
    if headers.get(CONTENT_TYPE).is_none_or(|value| value.as_bytes() != content_type::GRPC.as_bytes()) {
        match content_type::of(headers) {
            ContentType::Proto => {}
            ContentType::OtherGrpc(other) => {
                let why = format!("this server speaks application/grpc+proto, not '{other}'");
                return Err(Box::new(Refusal::new(StatusCode::OK, Code::UNIMPLEMENTED, why)));
            }
            ContentType::Other(other) => {
                let why = format!("the content type of a gRPC call is application/grpc, not '{other}'");
                let http = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                return Err(Box::new(Refusal::new(http, Code::INTERNAL, why)));
            }
            ContentType::Missing => {
                let why = "a gRPC call says its content type, application/grpc";
                let http = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                return Err(Box::new(Refusal::new(http, Code::INTERNAL, why)));
            }
        }
    }
    let encoding = match headers.remove(ENCODING) {
        None => Encoding::Identity,
        Some(name) => name.to_str().ok().and_then(Encoding::parse).ok_or_else(|| {
            let name = String::from_utf8_lossy(name.as_bytes());
            let why = format!("grpc-encoding '{name}' is not known here");
            let mut refusal = Refusal::new(StatusCode::OK, Code::UNIMPLEMENTED, why);
            refusal.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(encoding::ACCEPTED));
            Box::new(refusal)
        })?,
    };
    let timeout = match headers.remove(TIMEOUT) {
        None => None,
        Some(text) => Some(text.to_str().ok().and_then(timeout::parse).ok_or_else(|| {
            let text = String::from_utf8_lossy(text.as_bytes());
            let why = format!("grpc-timeout '{text}' is no timeout");
            Box::new(Refusal::new(StatusCode::OK, Code::INTERNAL, why))
        })?),
    };
    for name in [CONTENT_TYPE, TE, ACCEPT_ENCODING] {
        headers.remove(name);
    }
    Ok((encoding, timeout))
}
