//! Servers that start, drain, are cut and dropped.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::{TcpStream, UnixStream};

use super::testing::*;
use super::*;
use crate::leaf::Code;
use crate::protocol::Frames;
use crate::schema::Shape;

const LONG: Duration = Duration::from_secs(3600);

fn start_at(listen: Listen) -> Result<Running, ListenError> {
    start(ServerOptions { listen: vec![listen], ..options() }, &Door::new(routes()))
}

#[tokio::test]
async fn loopback_is_ipv4_and_ipv6_on_one_port() {
    let server = serve();
    let port = server.port().unwrap();
    assert_eq!(server.target(), format!("localhost:{port}"));
    assert!(server.addresses().iter().all(|address| address.port() == port && address.ip().is_loopback()));
    assert_eq!(server.addresses().len(), 1 + usize::from(std::net::TcpListener::bind("[::1]:0").is_ok()));
    for &address in server.addresses() {
        TcpStream::connect(address).await.unwrap();
    }
}

#[test]
fn a_port_in_use_is_named() {
    let server = serve();
    let port = server.port().unwrap();
    for listen in [Listen::Loopback { port }, Listen::Tcp { host: "127.0.0.1".into(), port }] {
        let error = start_at(listen).unwrap_err();
        assert!(error.is_port_in_use() && error.to_string().contains(&port.to_string()), "{error}");
    }
    drop(server);
    // At once free again, and without a runtime around.
    assert_eq!(start_at(Listen::Loopback { port }).unwrap().port(), Some(port));
}

#[test]
fn places_are_read() {
    let tcp = |host: &str, port| Listen::Tcp { host: host.into(), port };
    for (text, place) in [
        ("localhost", Listen::Loopback { port: 7 }),
        (":50", Listen::Loopback { port: 50 }),
        ("0.0.0.0", tcp("0.0.0.0", 7)),
        ("[::]:9", tcp("::", 9)),
        ("host:1", tcp("host", 1)),
        ("unix:/s", Listen::Unix("/s".into())),
    ] {
        assert_eq!(Listen::parse(text, 7).unwrap(), place, "{text}");
    }
    for text in ["", "a,b", "http://a", "unix-abstract:x", "a:b"] {
        assert!(Listen::parse(text, 7).unwrap_err().is_invalid(), "{text}");
    }
    let any = start_at(tcp("0.0.0.0", 0)).unwrap();
    assert_eq!(any.target(), format!("localhost:{}", any.port().unwrap()));
}

#[tokio::test]
async fn a_unix_socket_comes_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    // Left behind by one that was killed.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let server = start_at(Listen::Unix(path.clone())).unwrap();
    assert_eq!(server.target(), format!("unix:{}", path.display()));
    let (send, connection) = h2::client::handshake(UnixStream::connect(&path).await.unwrap()).await.unwrap();
    tokio::spawn(connection);
    let reply = call(&send, request("/t.T/Unary"), framed(&[b"x"])).await;
    assert_eq!((reply.code(), reply.headers["x-peer"].to_str().unwrap()), (Code::OK, "unix"));
    assert!(start_at(Listen::Unix(path.clone())).unwrap_err().is_port_in_use());
    drop(server);
    assert!(!path.exists());
    std::fs::write(&path, "a file of someone's").unwrap();
    assert!(start_at(Listen::Unix(path.clone())).unwrap_err().is_port_in_use());
    assert!(path.exists());
}

#[tokio::test]
async fn a_drain_waits_for_open_calls_and_takes_no_new_ones() {
    let server = Arc::new(serve());
    let client = connect(&server).await;
    let idle = connect(&server).await;
    let (response, mut stream) = open(&client, request("/t.T/Bidi")).await;
    stream.send_data(framed(&[b"1"]), false).unwrap();
    let mut body = soon(response).await.unwrap().into_body();
    let mut frames = Frames::new(10);
    next(&mut body, &mut frames).await.unwrap().unwrap();
    let draining = server.clone();
    let drained = tokio::spawn(async move { draining.drain(LONG).await });
    // The idle connection is closed although the other is busy.
    soon(told_to_leave(idle)).await;
    // The busy one is told to take its next call elsewhere, while its open call goes on.
    soon(told_to_leave(client)).await;
    let address = server.addresses()[0];
    assert!(TcpStream::connect(address).await.is_err());
    assert!(!drained.is_finished());
    stream.send_data(framed(&[b"2"]), true).unwrap();
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &b"2"[..]);
    assert_eq!(next(&mut body, &mut frames).await.unwrap(), None);
    soon(body.trailers()).await.unwrap().unwrap();
    assert_eq!(soon(drained).await.unwrap(), Drained { cut: 0 });
    assert_eq!(soon(server.drain(LONG)).await, Drained { cut: 0 });
}

#[tokio::test]
async fn what_does_not_end_within_the_grace_is_cut_and_counted() {
    let (observer, mut told) = observer();
    let server =
        start(ServerOptions { observer: Some(observer), ..options() }, &Door::new(routes())).unwrap();
    let client = connect(&server).await;
    let (one, _one) = open(&client, request("/t.T/Hang")).await;
    let (two, _two) = open(&client, request("/t.T/Hang")).await;
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
    assert_eq!(soon(server.drain(Duration::from_millis(50))).await, Drained { cut: 2 });
    assert!(reply(one).await.is_err() && reply(two).await.is_err());
    drop(server);
    let mut ended = Vec::new();
    while let Ok((path, ..)) = told.try_recv() {
        ended.push(path);
    }
    assert_eq!(ended, ["/t.T/Unary", "/t.T/Hang", "/t.T/Hang"]);
}

#[tokio::test]
async fn a_second_signal_cuts() {
    let server = Arc::new(serve());
    let client = connect(&server).await;
    let (response, _stream) = open(&client, request("/t.T/Hang")).await;
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
    let draining = server.clone();
    let drained = tokio::spawn(async move { draining.drain(LONG).await });
    soon(told_to_leave(client)).await;
    server.cut();
    assert_eq!(soon(drained).await.unwrap(), Drained { cut: 1 });
    assert!(reply(response).await.is_err());
}

#[tokio::test]
async fn a_silent_connection_and_a_deaf_one_do_not_hold_up_a_drain() {
    let limits = Limits { handshake_timeout: LONG, ..Limits::default() };
    let options = ServerOptions { limits, ..options() };
    let server = start(options, &Door::new(routes())).unwrap();
    let silent = dial(&server).await;
    // This one says hello, and then never answers the server's ping.
    let mut deaf = dial(&server).await;
    let hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    tokio::io::AsyncWriteExt::write_all(&mut deaf, hello).await.unwrap();
    let client = connect(&server).await;
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
    assert_eq!(soon(server.drain(LONG)).await, Drained { cut: 0 });
    drop((silent, deaf));
}

#[tokio::test]
async fn an_answer_may_drop_its_own_server() {
    let mut routes = routes();
    let held: Arc<std::sync::Mutex<Option<Running>>> = Arc::default();
    let inside = held.clone();
    let (ended, end) = std::sync::mpsc::channel();
    add(&mut routes, "/t.T/Stop", Shape::Unary, move |_| {
        let (inside, ended) = (inside.clone(), ended.clone());
        Box::pin(async move {
            drop(inside.lock().unwrap().take());
            ended.send(()).unwrap();
        })
    });
    let server = start(options(), &Door::new(routes)).unwrap();
    let client = connect(&server).await;
    *held.lock().unwrap() = Some(server);
    let (response, mut stream) = open(&client, request("/t.T/Stop")).await;
    stream.send_data(Bytes::new(), true).unwrap();
    // The reply may or may not get out; the thread must.
    let _ = reply(response).await;
    tokio::task::spawn_blocking(move || end.recv_timeout(Duration::from_secs(20))).await.unwrap().unwrap();
}

#[tokio::test]
async fn threads_take_connections_in_turn() {
    let options = ServerOptions { threads: 3.try_into().unwrap(), ..options() };
    let mut routes = Routes::new();
    add(&mut routes, "/t.T/Thread", Shape::Unary, |call| {
        Box::pin(async move {
            let name = std::thread::current().name().unwrap_or_default().to_owned();
            let _ = call.replies.send(name.into()).await;
            call.replies.finish(crate::protocol::Status::ok(), tonic::metadata::MetadataMap::new());
        })
    });
    let server = start(options, &Door::new(routes)).unwrap();
    let mut names = Vec::new();
    for _ in 0..6 {
        let client = connect(&server).await;
        names.extend(call(&client, request("/t.T/Thread"), Bytes::new()).await.messages);
    }
    assert_eq!(names[..3], names[3..]);
    names.sort();
    names.dedup();
    assert_eq!(names, [&b"greet-server-0"[..], b"greet-server-1", b"greet-server-2"]);
}

#[tokio::test]
async fn a_start_that_fails_half_way_waits_for_nothing() {
    // Dropping a plain runtime in here would panic.
    drop(running::Own::new().unwrap());
}
