//! A server that is HTTP/2 and no more: for what no honest server of gRPC does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http::{Request, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// SETTINGS without any, then GOAWAY: no stream at all was looked at.
const GOING_AWAY: [u8; 26] = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// What becomes of the connection after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Keep,
    /// It is closed, and what was to be said is not.
    Drop,
}

/// It listens until the test's process ends. `answer` is given each call and its number, from 1; `going_away` is how many
/// connections, the first ones, are told to go away.
pub(crate) fn start(
    going_away: usize,
    answer: impl Fn(usize, Request<RecvStream>, SendResponse<Bytes>) -> Then + Send + Sync + 'static,
) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let target = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (answer, calls) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
            let mut connections = 0;
            while let Ok((socket, _)) = listener.accept().await {
                connections += 1;
                if connections <= going_away {
                    tokio::spawn(send_away(socket));
                    continue;
                }
                let (answer, calls) = (Arc::clone(&answer), Arc::clone(&calls));
                tokio::spawn(async move {
                    let mut connection = h2::server::handshake(socket).await.unwrap();
                    while let Some(Ok((request, respond))) = connection.accept().await {
                        let n = calls.fetch_add(1, Ordering::SeqCst) + 1;
                        if answer(n, request, respond) == Then::Drop {
                            return;
                        }
                    }
                });
            }
        });
    });
    target
}

/// Says so when the call has come, and reads until the other side leaves.
async fn send_away(mut socket: TcpStream) {
    let mut buffer = [0; 4096];
    let _ = socket.read(&mut buffer).await;
    let _ = socket.write_all(&GOING_AWAY).await;
    while socket.read(&mut buffer).await.is_ok_and(|n| n > 0) {}
}

/// An end that is all there is of a reply, with these further headers.
pub(crate) fn end(mut respond: SendResponse<Bytes>, code: u32, headers: &[(&'static str, &'static str)]) {
    let mut response = Response::builder()
        .header("content-type", "application/grpc")
        .header("grpc-status", code)
        .body(())
        .unwrap();
    for (name, value) in headers {
        response.headers_mut().append(*name, value.parse().unwrap());
    }
    let _ = respond.send_response(response, true);
}

/// A reply of one empty message, and OK.
pub(crate) fn ok(mut respond: SendResponse<Bytes>) {
    let head = Response::builder().header("content-type", "application/grpc").body(()).unwrap();
    let Ok(mut stream) = respond.send_response(head, false) else { return };
    let _ = stream.send_data(Bytes::from_static(&[0; 5]), false);
    let _ =
        stream.send_trailers([("grpc-status".parse().unwrap(), "0".parse().unwrap())].into_iter().collect());
}
