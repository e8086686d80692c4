//! The servers of this room's tests: they do what they should not.

use std::future::Future;
use std::net::SocketAddr;

use bytes::{BufMut, Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use http::{HeaderMap, Request, Response};
use tokio::net::{TcpListener, TcpStream};

use super::{CallHead, ConnectOptions, Connection, Ending, Replies, Reply};
use crate::leaf::Target;

/// Listens on a free port and hands every connection to `serve`.
pub(super) async fn listen<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    address
}

/// Speaks HTTP/2 and hands every call to `answer`.
pub(super) async fn serve<F, Fut>(answer: F) -> SocketAddr
where
    F: Fn(Request<RecvStream>, SendResponse<Bytes>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    listen(move |socket| {
        let answer = answer.clone();
        async move {
            let mut connection = h2::server::handshake(socket).await.unwrap();
            while let Some(Ok((request, respond))) = connection.accept().await {
                tokio::spawn(answer(request, respond));
            }
        }
    })
    .await
}

pub(super) async fn connect(address: SocketAddr) -> Connection {
    connect_with(address, &ConnectOptions::default()).await
}

pub(super) async fn connect_with(address: SocketAddr, options: &ConnectOptions) -> Connection {
    let target = Target::parse(&address.to_string()).unwrap();
    Connection::connect(&target, options).await.unwrap()
}

/// The headers of a good reply.
pub(super) fn ok_head() -> Response<()> {
    Response::builder().header("content-type", "application/grpc").body(()).unwrap()
}

/// Trailers with this status.
pub(super) fn trailers(code: &str, message: &str) -> HeaderMap {
    let mut map = HeaderMap::new();
    map.insert("grpc-status", code.parse().unwrap());
    map.insert("grpc-message", message.parse().unwrap());
    map
}

/// A message with its prefix.
pub(super) fn framed(message: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    crate::protocol::frame::encode(message, &mut out).unwrap();
    out.freeze()
}

/// A message with its prefix and the mark of compression.
pub(super) fn framed_compressed(message: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    out.put_u8(1);
    out.put_u32(u32::try_from(message.len()).unwrap());
    out.put_slice(message);
    out.freeze()
}

/// All the bytes of a request's body.
pub(super) async fn read_all(mut body: RecvStream) -> Bytes {
    let mut all = BytesMut::new();
    while let Some(Ok(data)) = body.data().await {
        let _ = body.flow_control().release_capacity(data.len());
        all.extend_from_slice(&data);
    }
    all.freeze()
}

/// Sends as the window allows.
pub(super) async fn send_all(stream: &mut SendStream<Bytes>, mut data: Bytes) {
    while !data.is_empty() {
        stream.reserve_capacity(data.len());
        let room = std::future::poll_fn(|cx| stream.poll_capacity(cx)).await.unwrap().unwrap();
        stream.send_data(data.split_to(room.min(data.len())), false).unwrap();
    }
}

/// A call of one request: what the server said until the end.
pub(super) async fn ask(connection: &Connection, head: CallHead) -> (Vec<Bytes>, Box<Ending>) {
    let (requests, mut replies) = connection.call(head);
    let _ = requests.send_last(Bytes::from_static(b"ping"));
    drain(&mut replies).await
}

/// The messages and the end.
pub(super) async fn drain(replies: &mut Replies) -> (Vec<Bytes>, Box<Ending>) {
    let mut messages = Vec::new();
    loop {
        match replies.next().await {
            Reply::Metadata(_) => {}
            Reply::Message(message) => messages.push(message),
            Reply::End(ending) => return (messages, ending),
        }
    }
}
