//! What clients are kept to: how many, how large, how long, how silent.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{RecvStream, SendStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::accept::Worker;
use super::connection::Settings;
use super::door::Entrance;
use super::stage::Stages;
use super::testing::*;
use super::*;
use crate::leaf::{Code, Size};
use crate::protocol::Frames;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(100);

fn serve_within(limits: Limits) -> Running {
    start(ServerOptions { limits, ..options() }, &Door::new(routes())).unwrap()
}

/// Nothing but what the case sets ever runs out.
fn endless() -> Limits {
    Limits { handshake_timeout: LONG, idle_timeout: None, keepalive: None, ..Limits::default() }
}

/// Says hello in HTTP/2 by hand, with what may follow the first SETTINGS, and never again anything.
async fn deaf(server: &Running, more: &[u8]) -> tokio::net::TcpStream {
    let mut stream = dial(server).await;
    let mut hello = first_bytes::PREFACE.to_vec();
    hello.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    hello.extend(more);
    stream.write_all(&hello).await.unwrap();
    stream
}

/// Everything until the server hangs up.
async fn until_the_end(mut stream: tokio::net::TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    let _ = soon(stream.read_to_end(&mut said)).await;
    said
}

/// The bodies of the frames of one type that a server sent.
fn bodies(mut said: &[u8], kind: u8) -> Vec<&[u8]> {
    let mut bodies = Vec::new();
    while let [a, b, c, found, ..] = *said {
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        if found == kind {
            bodies.extend(said.get(9..9 + length));
        }
        said = said.get(9 + length..).unwrap_or_default();
    }
    bodies
}

/// Whether the frames that a server sent have one of this type.
fn has_frame(said: &[u8], kind: u8) -> bool {
    !bodies(said, kind).is_empty()
}

const GOAWAY: u8 = 7;
const PING: u8 = 6;

#[tokio::test]
async fn clients_are_told_how_many_calls_they_may_open() {
    let server = serve_within(Limits { max_concurrent_streams: 2, ..endless() });
    let (send, mut connection) = soon(h2::client::handshake(dial(&server).await)).await.unwrap();
    let answered = async {
        tokio::select! {
            reply = call(&send, request("/t.T/Unary"), framed(&[b"x"])) => reply,
            ended = &mut connection => panic!("the connection ended: {ended:?}"),
        }
    };
    assert_eq!(answered.await.code(), Code::OK);
    assert_eq!(connection.max_concurrent_send_streams(), 2);
}

#[tokio::test]
async fn more_metadata_than_is_taken_ends_its_call_only() {
    let server = serve_within(Limits { max_header_list_size: Size::bytes(2000), ..endless() });
    let client = connect(&server).await;
    let large = with(request("/t.T/Unary"), "x-large", &"x".repeat(2000));
    assert_eq!(call(&client, large, framed(&[b"x"])).await.http, 431);
    let fits = with(request("/t.T/Unary"), "x-large", &"x".repeat(1000));
    assert_eq!(call(&client, fits, framed(&[b"x"])).await.code(), Code::OK);
}

#[tokio::test]
async fn one_connection_too_many_is_closed_at_once() {
    let (observer, mut told) = observer();
    let limits = Limits { max_connections: 2, ..endless() };
    let options = ServerOptions { limits, observer: Some(observer), ..options() };
    let server = start(options, &Door::new(routes())).unwrap();
    let (one, two) = (dial(&server).await, connect(&server).await);
    assert_eq!(call(&two, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
    assert_eq!(soon(told.recv()).await.unwrap().0, "/t.T/Unary");
    assert_eq!(until_the_end(dial(&server).await).await, b"");
    assert_eq!(soon(told.recv()).await.unwrap().0, Refused::TooMany.to_string());
    drop(one);
    // When the server has seen that one left, there is room again.
    let again = async {
        loop {
            let stream = dial(&server).await;
            let Ok((send, connection)) = h2::client::handshake(stream).await else { continue };
            tokio::spawn(connection);
            let Ok(mut send) = send.ready().await else { continue };
            let (response, _) = send.send_request(request("/no.Such/Method"), true).unwrap();
            if response.await.is_ok() {
                return;
            }
        }
    };
    soon(again).await;
}

#[tokio::test]
async fn a_connection_without_calls_is_told_to_go() {
    let server = serve_within(Limits { idle_timeout: Some(SHORT), ..endless() });
    let busy = connect(&server).await;
    let (response, mut stream) = open(&busy, request("/t.T/Bidi")).await;
    stream.send_data(framed(&[b"1"]), false).unwrap();
    let mut body = soon(response).await.unwrap().into_body();
    let mut frames = Frames::new(10);
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &b"1"[..]);
    for _ in 0..3 {
        // At first any call is taken, then, as it takes no notice, none: the last one's number, and no error.
        let said = until_the_end(deaf(&server, &[]).await).await;
        assert_eq!(bodies(&said, GOAWAY), [[0x7f, 255, 255, 255, 0, 0, 0, 0], [0; 8]]);
    }
    // As long as a call is open the other stays.
    stream.send_data(framed(&[b"2"]), true).unwrap();
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &b"2"[..]);
}

#[tokio::test]
async fn a_client_that_gives_no_sign_of_life_is_cut() {
    let server = serve_within(Limits { keepalive: Some(SHORT), ..endless() });
    for _ in 0..3 {
        let said = until_the_end(deaf(&server, &[]).await).await;
        assert!(has_frame(&said, PING) && !has_frame(&said, GOAWAY), "{said:?}");
    }
}

#[tokio::test]
async fn a_client_that_never_reads_its_replies_is_cut() {
    let (observer, mut told) = observer();
    let limits = Limits { keepalive: Some(SHORT), ..endless() };
    let options = ServerOptions { limits, observer: Some(observer), ..options() };
    let server = start(options, &Door::new(routes())).unwrap();
    // It gives leave to send without end, asks for a flood, and reads nothing of it.
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size((1 << 31) - 1).initial_connection_window_size((1 << 31) - 1);
    let stream = dial(&server).await;
    socket2::SockRef::from(&stream).set_recv_buffer_size(4096).unwrap();
    let (send, mut connection) = soon(builder.handshake(stream)).await.unwrap();
    let (_response, mut body) = open(&send, request("/t.T/Flood")).await;
    body.send_data(framed(&[b""]), true).unwrap();
    // One poll writes the request and reads what there is; then it is left alone.
    std::future::poll_fn(|cx| {
        let _ = std::pin::Pin::new(&mut connection).poll(cx);
        std::task::Poll::Ready(())
    })
    .await;
    let (path, status, ..) = soon(told.recv()).await.unwrap();
    assert_eq!((path.as_str(), status.code), ("/t.T/Flood", Code::CANCELLED));
}

/// A connection in memory, in this runtime, whose time stands still until nobody has anything else to do.
async fn connect_inside(limits: Limits) -> SendRequest<Bytes> {
    let stages = Arc::new(Stages::new(1));
    let settings = Arc::new(Settings { limits, tls: None, stages, open: AtomicUsize::new(0) });
    let door = Door::new(routes());
    let worker = Worker { number: 0, settings: settings.clone(), door, token: None, observer: None };
    let entrance = Entrance::new(&worker, Peer::unix());
    let (theirs, ours) = tokio::io::duplex(1 << 16);
    tokio::spawn(connection::serve(ours, settings, entrance));
    let (send, connection) = soon(h2::client::handshake(theirs)).await.unwrap();
    tokio::spawn(connection);
    send
}

/// An open call that has said something.
async fn talk(client: &SendRequest<Bytes>) -> (SendStream<Bytes>, RecvStream, Frames) {
    let (response, mut stream) = open(client, request("/t.T/Bidi")).await;
    stream.send_data(framed(&[b"first"]), false).unwrap();
    let mut talk = (stream, soon(response).await.unwrap().into_body(), Frames::new(10));
    assert_eq!(next(&mut talk.1, &mut talk.2).await.unwrap().unwrap(), &b"first"[..]);
    talk
}

async fn say((stream, body, frames): &mut (SendStream<Bytes>, RecvStream, Frames), word: &[u8]) {
    stream.send_data(framed(&[word]), false).unwrap();
    assert_eq!(next(body, frames).await.unwrap().unwrap(), word);
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_stays() {
    let client = connect_inside(Limits { keepalive: Some(MINUTE), ..endless() }).await;
    let mut talk = talk(&client).await;
    tokio::time::sleep(100 * MINUTE).await;
    say(&mut talk, b"still").await;
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_idle_from_its_last_call_on() {
    let client = connect_inside(Limits { idle_timeout: Some(MINUTE), ..endless() }).await;
    let mut talking = talk(&client).await;
    tokio::time::sleep(100 * MINUTE).await;
    say(&mut talking, b"still").await;
    drop(talking);
    for _ in 0..100 {
        tokio::time::sleep(MINUTE * 9 / 10).await;
        assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
    }
    tokio::time::sleep(MINUTE * 2).await;
    soon(told_to_leave(client)).await;
}

#[tokio::test(start_paused = true)]
async fn an_old_connection_takes_no_new_calls_and_its_open_ones_end() {
    let client = connect_inside(Limits { max_connection_age: Some(MINUTE), ..endless() }).await;
    tokio::time::sleep(MINUTE * 8 / 10).await;
    let mut talk = talk(&client).await;
    tokio::time::sleep(MINUTE * 4 / 10).await;
    soon(told_to_leave(client)).await;
    tokio::time::sleep(100 * MINUTE).await;
    say(&mut talk, b"still").await;
    talk.0.send_data(Bytes::new(), true).unwrap();
    assert_eq!(next(&mut talk.1, &mut talk.2).await.unwrap(), None);
    assert!(soon(talk.1.trailers()).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_an_old_connection_are_cut_after_their_grace() {
    let grace = Some(10 * MINUTE);
    let age = Limits { max_connection_age: Some(MINUTE), max_connection_age_grace: grace, ..endless() };
    let client = connect_inside(age).await;
    let mut talk = talk(&client).await;
    tokio::time::sleep(10 * MINUTE).await;
    say(&mut talk, b"still").await;
    tokio::time::sleep(2 * MINUTE).await;
    assert!(next(&mut talk.1, &mut talk.2).await.is_err());
}

#[tokio::test]
async fn a_drain_with_a_delay_takes_calls_until_it_is_over() {
    let health = Health::new();
    let mut routes = routes();
    health.add_to(&mut routes);
    let options = ServerOptions { health: Some(health.clone()), ..options() };
    let server = Arc::new(start(options, &Door::new(routes)).unwrap());
    let client = connect(&server).await;
    let (response, mut watch) = open(&client, request("/grpc.health.v1.Health/Watch")).await;
    watch.send_data(framed(&[b""]), true).unwrap();
    let mut body = soon(response).await.unwrap().into_body();
    let mut frames = Frames::new(10);
    // `status: SERVING`, then `status: NOT_SERVING`.
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &[8, 1][..]);
    let draining = server.clone();
    let drained = tokio::spawn(async move { draining.drain_after(LONG, LONG).await });
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &[8, 2][..]);
    let late = connect(&server).await;
    assert_eq!(call(&late, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
    let check = call(&late, request("/grpc.health.v1.Health/Check"), framed(&[b""])).await;
    assert_eq!(check.messages, [&[8, 2][..]]);
    server.cut();
    // The watch is the one that was cut.
    assert_eq!(soon(drained).await.unwrap(), Drained { cut: 1 });
}
