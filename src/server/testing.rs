//! What the tests of this room share: responders of every sort, and a client of bare HTTP/2.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, Method, Request, StatusCode};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tonic::metadata::MetadataMap;

use super::*;
use crate::leaf::Code;
use crate::protocol::{Frames, Status, frame};
use crate::schema::Shape;

/// Everything that is awaited here comes, or the test fails.
pub(crate) async fn soon<F: Future>(what: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it comes")
}

pub(crate) fn add<F>(routes: &mut Routes, path: &str, shape: Shape, answer: F)
where
    F: Fn(Call) -> Answer + Send + Sync + 'static,
{
    routes.add(path, Route { shape, responder: Arc::new(answer) });
}

/// `/t.T/Unary` echoes one request, `/t.T/Bidi` each, `/t.T/Count` says how many came, `/t.T/Hang` does
/// nothing, `/t.T/Panic` panics, `/t.T/Forget` ends without a status, `/t.T/Flood` sends 1000 large replies.
pub(crate) fn routes() -> Routes {
    let mut routes = Routes::new();
    add(&mut routes, "/t.T/Unary", Shape::Unary, |mut call| {
        Box::pin(async move {
            match call.requests.only().await {
                Err(status) => call.replies.finish(status, MetadataMap::new()),
                Ok(message) => {
                    call.replies.metadata(seen(&call.head));
                    let _ = call.replies.send(message).await;
                    let mut trailers = MetadataMap::new();
                    trailers.insert("x-last", "word".parse().unwrap());
                    call.replies.finish(Status::ok(), trailers);
                }
            }
        })
    });
    add(&mut routes, "/t.T/Bidi", Shape::Bidi, |mut call| {
        Box::pin(async move {
            let mut status = Status::ok();
            while let Some(next) = call.requests.next().await {
                match next {
                    Ok(message) => {
                        let _ = call.replies.send(message).await;
                    }
                    Err(error) => status = error,
                }
            }
            call.replies.finish(status, MetadataMap::new());
        })
    });
    add(&mut routes, "/t.T/Count", Shape::ClientStreaming, |mut call| {
        Box::pin(async move {
            let mut count = 0_u64;
            // Broken requests are not looked at: the call must not end well all the same.
            while let Some(next) = call.requests.next().await {
                count += u64::from(next.is_ok());
            }
            let _ = call.replies.send(count.to_string().into()).await;
            call.replies.finish(Status::ok(), MetadataMap::new());
        })
    });
    add(&mut routes, "/t.T/Hang", Shape::Bidi, |call| {
        Box::pin(async move {
            let _call = call;
            std::future::pending::<()>().await;
        })
    });
    add(&mut routes, "/t.T/Panic", Shape::Unary, |mut call| {
        Box::pin(async move {
            let _ = call.requests.only().await;
            panic!("as the test wants it");
        })
    });
    add(&mut routes, "/t.T/Forget", Shape::Unary, |_| Box::pin(async {}));
    add(&mut routes, "/t.T/Flood", Shape::ServerStreaming, |call| {
        Box::pin(async move {
            let message = Bytes::from(vec![7; 10_000]);
            for _ in 0..1000 {
                if call.replies.send(message.clone()).await.is_err() {
                    return;
                }
            }
            call.replies.finish(Status::ok(), MetadataMap::new());
        })
    });
    routes
}

/// What a responder sees of a call, as metadata.
fn seen(head: &Head) -> MetadataMap {
    let mut metadata = head.metadata.clone();
    let deadline = head.deadline.is_some().to_string();
    for (name, value) in [("x-path", head.path()), ("x-method", head.method()), ("x-deadline", &deadline)] {
        metadata.insert(name, value.parse().unwrap());
    }
    metadata.insert("x-peer", head.peer.to_string().parse().unwrap());
    metadata
}

pub(crate) fn options() -> ServerOptions {
    ServerOptions {
        listen: vec![Listen::Loopback { port: 0 }],
        threads: std::num::NonZeroUsize::MIN,
        ..ServerOptions::default()
    }
}

pub(crate) fn serve() -> Running {
    start(options(), &Door::new(routes())).unwrap()
}

pub(crate) async fn dial(server: &Running) -> TcpStream {
    soon(TcpStream::connect(server.addresses()[0])).await.unwrap()
}

pub(crate) async fn connect(server: &Running) -> SendRequest<Bytes> {
    let builder = h2::client::Builder::new();
    let (send, connection) = soon(builder.handshake(dial(server).await)).await.unwrap();
    tokio::spawn(connection);
    send
}

pub(crate) fn request(path: &str) -> Request<()> {
    Request::builder()
        .method(Method::POST)
        .uri(format!("http://localhost{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap()
}

pub(crate) fn with(mut request: Request<()>, name: &'static str, value: &str) -> Request<()> {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

pub(crate) fn framed(messages: &[&[u8]]) -> Bytes {
    let mut out = BytesMut::new();
    for message in messages {
        frame::encode(message, &mut out).unwrap();
    }
    out.freeze()
}

/// What came back.
#[derive(Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) http: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) messages: Vec<Bytes>,
    pub(crate) trailers: HeaderMap,
    pub(crate) status: Option<Status>,
}

impl Reply {
    pub(crate) fn code(&self) -> Code {
        self.status.as_ref().expect("a status").code
    }

    pub(crate) fn said(&self) -> &str {
        &self.status.as_ref().expect("a status").message
    }
}

/// Sends the head, and gives the two halves.
pub(crate) async fn open(
    client: &SendRequest<Bytes>,
    request: Request<()>,
) -> (ResponseFuture, SendStream<Bytes>) {
    let mut client = soon(client.clone().ready()).await.unwrap();
    client.send_request(request, false).unwrap()
}

/// The rest of a reply.
pub(crate) async fn reply(response: ResponseFuture) -> Result<Reply, h2::Error> {
    let (parts, mut body) = soon(response).await?.into_parts();
    let mut frames = Frames::new(usize::MAX);
    let mut messages = Vec::new();
    // Words for people are no messages.
    if parts.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/")) {
        let words = soon(body.data()).await.transpose()?.unwrap_or_default();
        body.flow_control().release_capacity(words.len())?;
        messages.push(words);
    }
    while let Some(message) = next(&mut body, &mut frames).await? {
        messages.push(message);
    }
    let trailers = soon(body.trailers()).await?.unwrap_or_default();
    let status = Status::from_trailers(&trailers).or_else(|| Status::from_trailers(&parts.headers));
    Ok(Reply { http: parts.status, headers: parts.headers, messages, trailers, status })
}

/// The next message of a reply.
pub(crate) async fn next(body: &mut RecvStream, frames: &mut Frames) -> Result<Option<Bytes>, h2::Error> {
    loop {
        if let Some(frame) = frames.next().unwrap() {
            return Ok(Some(frame.message));
        }
        match soon(body.data()).await.transpose()? {
            None => return Ok(None),
            Some(data) => {
                body.flow_control().release_capacity(data.len())?;
                frames.push(data);
            }
        }
    }
}

/// A whole call.
pub(crate) async fn call(client: &SendRequest<Bytes>, request: Request<()>, body: Bytes) -> Reply {
    let (response, mut stream) = open(client, request).await;
    stream.send_data(body, true).unwrap();
    reply(response).await.unwrap()
}

/// Path, status, requests and replies of a call that ended.
pub(crate) type Line = (String, Status, u64, u64);

/// An observer that passes on what it is told.
pub(crate) struct Told(UnboundedSender<Line>);

pub(crate) fn observer() -> (Arc<Told>, UnboundedReceiver<Line>) {
    let (tell, told) = unbounded_channel();
    (Arc::new(Told(tell)), told)
}

impl Observer for Told {
    fn ended(&self, call: &Ended<'_>) {
        let _ = self.0.send((call.path.to_owned(), call.status.clone(), call.requests, call.replies));
    }

    fn refused(&self, _peer: &Peer, why: Refused) {
        let _ = self.0.send((why.to_string(), Status::ok(), 0, 0));
    }
}

/// Returns once a connection takes no more calls.
pub(crate) async fn told_to_leave(mut client: SendRequest<Bytes>) {
    while let Ok(ready) = client.ready().await {
        client = ready;
        tokio::task::yield_now().await;
    }
}
