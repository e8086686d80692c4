//! Pings against a server made of bare frames, which answers them or does not.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::other_side::{connect_with, drain, listen};
use super::{CallHead, ConnectOptions, Connection, Origin, Reply};
use crate::leaf::{Code, Layer};

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;

/// What a server does with a ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pings {
    /// It answers; the third ends the call.
    Answered,
    /// It says something else, up to the ninth, and answers that one.
    Drowned,
    Ignored,
}

/// How many pings came before the call, and in all.
#[derive(Debug, Default)]
struct Seen {
    before: Mutex<Option<usize>>,
    pings: AtomicUsize,
}

async fn server(pings: Pings) -> (SocketAddr, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let seeing = Arc::clone(&seen);
    let address = listen(move |socket| {
        let seen = Arc::clone(&seeing);
        async move {
            // The client leaves when it has seen enough.
            let _ = speak(socket, pings, &seen).await;
        }
    })
    .await;
    (address, seen)
}

async fn speak(mut socket: TcpStream, pings: Pings, seen: &Seen) -> std::io::Result<()> {
    let mut preface = [0; 24];
    socket.read_exact(&mut preface).await?;
    send(&mut socket, SETTINGS, 0, 0, &[]).await?;
    let mut stream = 0;
    loop {
        let mut head = [0; 9];
        socket.read_exact(&mut head).await?;
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        socket.read_exact(&mut payload).await?;
        match (head[3], head[4]) {
            (SETTINGS, 0) => send(&mut socket, SETTINGS, 1, 0, &[]).await?,
            (HEADERS, _) => {
                stream = head[8];
                *seen.before.lock().unwrap() = Some(seen.pings.load(Ordering::SeqCst));
                let mut block = vec![0x88];
                field("content-type", "application/grpc", &mut block);
                send(&mut socket, HEADERS, 4, stream, &block).await?;
            }
            (PING, 0) => {
                let count = seen.pings.fetch_add(1, Ordering::SeqCst) + 1;
                match pings {
                    Pings::Answered => send(&mut socket, PING, 1, 0, &payload).await?,
                    Pings::Drowned | Pings::Ignored => {}
                }
                if pings == Pings::Answered && count == 3 {
                    end(&mut socket, stream).await?;
                }
                if pings == Pings::Drowned {
                    // A client that pings only once hears this often, and no answer until the end.
                    for _ in 0..9 {
                        send(&mut socket, SETTINGS, 0, 0, &[]).await?;
                        tokio::time::sleep(Duration::from_secs(7)).await;
                    }
                    end(&mut socket, stream).await?;
                }
            }
            _ => {}
        }
    }
}

async fn end(socket: &mut TcpStream, stream: u8) -> std::io::Result<()> {
    let mut block = Vec::new();
    field("grpc-status", "0", &mut block);
    send(socket, HEADERS, 5, stream, &block).await
}

async fn send(
    socket: &mut TcpStream,
    kind: u8,
    flags: u8,
    stream: u8,
    payload: &[u8],
) -> std::io::Result<()> {
    let length = u8::try_from(payload.len()).unwrap();
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
    frame.extend(payload);
    socket.write_all(&frame).await
}

/// A header that is spelled out (HPACK: literal, not indexed, a new name).
fn field(name: &str, value: &str, block: &mut Vec<u8>) {
    block.push(0);
    for text in [name, value] {
        block.push(u8::try_from(text.len()).unwrap());
        block.extend(text.as_bytes());
    }
}

async fn connect(address: SocketAddr, every: Duration) -> Connection {
    connect_with(address, &ConnectOptions::default().with_keepalive(every)).await
}

#[tokio::test]
async fn a_server_that_answers_is_pinged_as_long_as_a_call_is_open() {
    let (address, seen) = server(Pings::Answered).await;
    let connection = connect(address, Duration::from_millis(1)).await;
    let (requests, mut replies) = connection.call(CallHead::new("/a.B/C"));
    let (_, ending) = drain(&mut replies).await;
    assert!(ending.status.is_ok(), "{ending:?}");
    // The third ended it; another may have been on its way.
    assert!(seen.pings.load(Ordering::SeqCst) >= 3);
    drop(requests);
}

#[tokio::test]
async fn without_a_call_there_is_no_ping() {
    let (address, seen) = server(Pings::Answered).await;
    let connection = connect(address, Duration::from_millis(10)).await;
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    tokio::time::resume();
    let (requests, mut replies) = connection.call(CallHead::new("/a.B/C"));
    drain(&mut replies).await;
    assert_eq!(*seen.before.lock().unwrap(), Some(0));
    drop(requests);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    for (every, after, said) in [
        (Duration::from_secs(300), Duration::from_secs(320), "20s"),
        (Duration::from_secs(7), Duration::from_secs(14), "7s"),
        (Duration::from_millis(250), Duration::from_millis(1250), "1s"),
    ] {
        let (address, seen) = server(Pings::Ignored).await;
        let connection = connect(address, every).await;
        let begun = tokio::time::Instant::now();
        let (_requests, mut replies) = connection.call(CallHead::new("/a.B/C"));
        let Reply::Metadata(_) = replies.next().await else { panic!("the server speaks") };
        tokio::time::pause();
        let Reply::End(ending) = replies.next().await else { panic!("that was all") };
        // No earlier; and no later than that and what has passed before the clock stood still.
        let took = begun.elapsed();
        assert!(took >= after && took < after + Duration::from_secs(60), "{every:?}: {took:?}");
        tokio::time::resume();
        assert_eq!(ending.status.code, Code::UNAVAILABLE);
        let Origin::Lost(error) = &ending.origin else { panic!("{ending:?}") };
        assert!(error.is_unanswered() && error.was_established() && error.layer() == Layer::Http2);
        let wanted = format!("{address} did not answer a ping within {said}: the connection was given up");
        assert_eq!(error.to_string(), wanted);
        assert!(!connection.takes_calls());
        assert_eq!(seen.pings.load(Ordering::SeqCst), 1);
    }
}

/// What it sends may be long, and the answer stands behind it.
#[tokio::test]
async fn a_server_of_which_something_is_heard_is_alive() {
    let (address, _) = server(Pings::Drowned).await;
    let connection = connect(address, Duration::from_secs(30)).await;
    let (_requests, mut replies) = connection.call(CallHead::new("/a.B/C"));
    let Reply::Metadata(_) = replies.next().await else { panic!("the server speaks") };
    tokio::time::pause();
    let (_, ending) = drain(&mut replies).await;
    assert!(ending.status.is_ok(), "{ending:?}");
}
