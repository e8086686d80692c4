//! Connecting, leaving and losing a connection.

use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};

use super::other_side::*;
use super::*;
use crate::leaf::{Code, Layer, Security, Target};

async fn fail(target: &str, options: &ConnectOptions) -> ConnectError {
    Connection::connect(&Target::parse(target).unwrap(), options).await.expect_err(target)
}

/// A port on which nobody listens, on IPv4 at least.
async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn a_refusal_names_every_address_and_the_cause() {
    let port = free_port().await;
    let error = fail(&format!("ipv4:127.0.0.1:{port},127.0.0.2:{port}"), &ConnectOptions::default()).await;
    assert_eq!(error.to_string(), format!("connection refused by 127.0.0.1:{port} and 127.0.0.2:{port}"));
    assert!(error.is_refused() && !error.is_timeout());
    assert_eq!(error.layer(), Layer::Connect);
    let refused = |host: &str| (format!("{host}:{port}"), "connection refused".to_owned());
    assert_eq!(error.addresses(), [refused("127.0.0.1"), refused("127.0.0.2")]);
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn of_many_that_refuse_some_are_only_counted() {
    let port = free_port().await;
    let all: Vec<_> = (1..=100).map(|n| format!("127.0.0.{n}:{port}")).collect();
    let error = fail(&format!("ipv4:{}", all.join(",")), &ConnectOptions::default()).await;
    assert_eq!(error.to_string(), format!("connection refused by {} and 93 others", all[..7].join(", ")));
    assert_eq!(error.addresses().len(), 100);
    let error = fail(&format!("ipv4:{}", all[..8].join(",")), &ConnectOptions::default()).await;
    let wanted = format!("connection refused by {} and {}", all[..7].join(", "), all[7]);
    assert_eq!(error.to_string(), wanted);
}

#[tokio::test]
async fn the_first_address_that_answers_is_taken() {
    let address = serve(|_, mut respond| async move {
        let mut head = ok_head();
        head.headers_mut().extend(trailers("0", ""));
        respond.send_response(head, true).unwrap();
    })
    .await;
    let closed = free_port().await;
    let target = Target::parse(&format!("127.0.0.1:{closed},localhost:{}", address.port())).unwrap();
    let connection = Connection::connect(&target, &ConnectOptions::default()).await.unwrap();
    assert_eq!(connection.peer().to_string(), address.to_string());
    assert!(connection.phases().tls.is_none());
    assert!(ask(&connection, CallHead::new("/a.B/C")).await.1.status.is_ok());
}

#[tokio::test]
async fn a_unix_socket_that_is_not_there_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none");
    let error = fail(&format!("unix:{}", path.display()), &ConnectOptions::default()).await;
    let text = error.to_string();
    assert!(
        text.starts_with("cannot connect to unix:/") && text.ends_with("(no such file or directory)"),
        "{text}"
    );
    assert!(!error.is_refused());
}

#[tokio::test]
async fn unix_sockets_are_called_both_named_and_abstract() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let name = format!("greet-client-test-{}", std::process::id());
    for (bind, target) in [
        (path.clone().into_os_string().into_string().unwrap(), format!("unix:{}", path.display())),
        (format!("\0{name}"), format!("unix-abstract:{name}")),
    ] {
        let listener = UnixListener::bind(bind).unwrap();
        tokio::spawn(async move {
            let (socket, _) = listener.accept().await.unwrap();
            let mut connection = h2::server::handshake(socket).await.unwrap();
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                let mut head = ok_head();
                head.headers_mut().extend(trailers("5", request.uri().authority().unwrap().as_str()));
                respond.send_response(head, true).unwrap();
            }
        });
        let connection =
            Connection::connect(&Target::parse(&target).unwrap(), &ConnectOptions::default()).await.unwrap();
        assert_eq!(connection.peer().to_string(), target);
        let (_, ending) = ask(&connection, CallHead::new("/a.B/C")).await;
        assert_eq!(ending.status.message, "localhost");
    }
}

#[tokio::test]
async fn what_is_wrong_before_dialling_names_its_layer() {
    let tls = TlsOptions::default().with_server_name("no good");
    let options = ConnectOptions::default().with_security(Security::Tls).with_tls(tls);
    let error = fail("localhost:1", &options).await;
    assert_eq!(
        (error.to_string().as_str(), error.layer()),
        ("'no good' cannot be a server name", Layer::Request)
    );
    let error = fail("http://localhost:1", &ConnectOptions::default().with_security(Security::Tls)).await;
    assert!(error.is_target(), "{error}");
    let error = fail(":1", &ConnectOptions::default().with_authority("no good")).await;
    assert_eq!(error.to_string(), "'no good' cannot be an authority");
    let error = fail(":1", &ConnectOptions::default().with_user_agent("a\nb")).await;
    assert_eq!(error.layer(), Layer::Request);
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_named() {
    // `.invalid` is reserved for this (RFC 6761); whether the resolver says "unknown" or "try again"
    // depends on the machine's network.
    let options = ConnectOptions::default().with_security(Security::Plaintext);
    let error = fail("nobody.invalid:1", &options).await;
    assert_eq!(error.layer(), Layer::Resolve);
    assert!(error.to_string().starts_with("cannot resolve 'nobody.invalid': "), "{error}");
    assert_eq!(error.addresses()[0].0, "nobody.invalid");
    assert!(!error.addresses()[0].1.contains("failed to lookup"), "{error}");
}

/// A port that takes no connection and refuses none, as its queue is full; for as long as this is held.
fn deaf() -> (String, socket2::Socket, Vec<std::net::TcpStream>) {
    let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    listener.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut queue = Vec::new();
    while let Ok(socket) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50)) {
        queue.push(socket);
    }
    (address.to_string(), listener, queue)
}

#[tokio::test]
async fn connecting_has_an_end() {
    let (address, _listener, _queue) = deaf();
    let options = ConnectOptions::default().with_connect_timeout(Duration::from_millis(20));
    let error = fail(&address, &options).await;
    assert!(error.is_timeout() && !error.is_refused());
    assert_eq!(error.layer(), Layer::Connect);
    assert_eq!(error.to_string(), format!("no connection within 20ms to {address} (no answer)"));
}

#[tokio::test]
async fn an_address_that_is_silent_does_not_hold_up_the_next() {
    let (silent, _listener, _queue) = deaf();
    let good = serve(|_, _| async {}).await;
    let target = Target::parse(&format!("{silent},{good}")).unwrap();
    let connection = Connection::connect(&target, &ConnectOptions::default()).await.unwrap();
    assert_eq!(connection.peer().to_string(), good.to_string());
}

/// A server that reads what comes and then says this.
async fn says(words: &'static [u8]) -> Connection {
    let address = listen(move |mut socket| async move {
        let mut preface = [0; 24];
        socket.read_exact(&mut preface).await.unwrap();
        socket.write_all(words).await.unwrap();
        let _ = socket.shutdown().await;
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest).await;
    })
    .await;
    connect(address).await
}

#[tokio::test]
async fn a_server_that_speaks_no_http2_is_known_by_its_first_bytes() {
    for (words, tls, http1, text) in [
        (&b"\x15\x03\x01\x00\x02\x02\x46"[..], true, false, "speaks TLS, not plaintext"),
        (b"\x16\x03\x03\x00\x50 and much more than a frame's head", true, false, "speaks TLS, not plaintext"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", false, true, "it answered 'HTTP/1.1 400 Bad Request'"),
        (b"SSH-2.0-OpenSSH_9\r\n", false, false, "it began with 'SSH-2.0-OpenSSH_9"),
        (b"", false, false, "closed the connection before it spoke HTTP/2"),
    ] {
        let (messages, ending) = ask(&says(words).await, CallHead::new("/a.B/C")).await;
        assert!(messages.is_empty());
        let error = ending.origin.connect_error().unwrap_or_else(|| panic!("{ending:?}"));
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!((error.server_speaks_tls(), error.server_speaks_http1()), (tls, http1), "{error}");
        assert!(!error.was_established());
        assert_eq!(error.server_said_nothing(), words.is_empty());
        assert_eq!((error.layer(), ending.status.code), (Layer::Http2, Code::UNAVAILABLE));
        assert_eq!(ending.status.message, error.to_string());
    }
}

/// As servers on OpenSSL do: plaintext is hung up on without a word, a TLS handshake is answered.
#[tokio::test]
async fn a_server_that_hangs_up_on_plaintext_is_asked_in_tls() {
    let address = listen(|mut socket| async move {
        let mut first = [0; 9];
        socket.read_exact(&mut first).await.unwrap();
        // A handshake record (22) with a ClientHello (1).
        if (first[0], first[5]) == (22, 1) {
            socket.write_all(b"\x15\x03\x03\0\x02\x02\x28").await.unwrap();
        }
    })
    .await;
    let connection = connect(address).await;
    for _ in 0..2 {
        let (_, ending) = ask(&connection, CallHead::new("/a.B/C")).await;
        assert!(ending.origin.connect_error().unwrap().server_speaks_tls(), "{ending:?}");
    }
}

#[tokio::test]
async fn a_call_on_a_lost_connection_is_never_sent() {
    let connection = says(b"").await;
    let _ = ask(&connection, CallHead::new("/a.B/C")).await;
    let (_, ending) = ask(&connection, CallHead::new("/a.B/C")).await;
    assert!(matches!(ending.origin, Origin::NeverSent(_)), "{ending:?}");
    assert!(ending.origin.is_unprocessed());
    let (_, ending) = ask(&connection, CallHead::new("no path")).await;
    assert_eq!(ending.origin.layer(), Layer::Request);
}

#[tokio::test]
async fn a_connection_lost_later_is_told_apart() {
    let address = listen(|socket| async move {
        let mut connection = h2::server::handshake(socket).await.unwrap();
        let _call = connection.accept().await.unwrap().unwrap();
        // What was begun is cut.
    })
    .await;
    let (_, ending) = ask(&connect(address).await, CallHead::new("/a.B/C")).await;
    let Origin::Lost(error) = &ending.origin else { panic!("{ending:?}") };
    assert!(error.was_established(), "{error}");
    assert!(!ending.origin.is_unprocessed());
    assert!(error.to_string().contains("was lost"), "{error}");
}

#[tokio::test]
async fn goaway_spares_what_was_taken() {
    let address = listen(|socket| async move {
        let mut connection = h2::server::handshake(socket).await.unwrap();
        let (_, mut first) = connection.accept().await.unwrap().unwrap();
        connection.graceful_shutdown();
        let late = tokio::spawn(async move {
            let mut stream = first.send_response(ok_head(), false).unwrap();
            stream.send_data(framed(b"first"), false).unwrap();
            stream.send_trailers(trailers("0", "")).unwrap();
        });
        while connection.accept().await.is_some() {}
        late.await.unwrap();
    })
    .await;
    let connection = connect(address).await;
    let (messages, ending) = ask(&connection, CallHead::new("/a.B/C")).await;
    assert!(ending.status.is_ok(), "{ending:?}");
    assert_eq!(messages, [Bytes::from_static(b"first")]);
    // The connection takes no other call; whether it is closed by now or going away is a race.
    let (_, ending) = ask(&connection, CallHead::new("/a.B/C")).await;
    assert!(ending.origin.is_unprocessed() || matches!(ending.origin, Origin::Lost(_)), "{ending:?}");
}

/// Frames by hand: SETTINGS, then GOAWAY that takes no stream.
#[tokio::test]
async fn goaway_tells_what_was_not_taken() {
    let address = listen(|mut socket| async move {
        let mut preface = [0; 24];
        socket.read_exact(&mut preface).await.unwrap();
        socket.write_all(b"\0\0\0\x04\0\0\0\0\0").await.unwrap();
        socket.write_all(b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0").await.unwrap();
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest).await;
    })
    .await;
    let (_, ending) = ask(&connect(address).await, CallHead::new("/a.B/C")).await;
    assert!(matches!(ending.origin, Origin::GoneAway), "{ending:?}");
    assert!(ending.origin.is_unprocessed());
    assert!(ending.status.message.contains("NO_ERROR"), "{ending}");
}

/// Answers with whatever reason the client resets the stream with.
async fn resets(told: tokio::sync::mpsc::UnboundedSender<Reason>) -> Connection {
    let address = serve(move |request, mut respond| {
        let told = told.clone();
        async move {
            // Held, so that the window of the request stays as it is.
            let _body = request.into_body();
            let mut stream = respond.send_response(ok_head(), false).unwrap();
            stream.send_data(framed(b"x"), false).unwrap();
            if let Ok(reason) = std::future::poll_fn(|cx| stream.poll_reset(cx)).await {
                told.send(reason).unwrap();
            }
        }
    })
    .await;
    connect(address).await
}

#[tokio::test]
async fn leaving_a_call_resets_it() {
    let (told, mut reasons) = tokio::sync::mpsc::unbounded_channel();
    let connection = resets(told).await;
    for how in ["replies", "requests", "cancel", "cancel-requests"] {
        let (requests, mut replies) = connection.call(CallHead::new("/a.B/C"));
        assert!(matches!(replies.next().await, Reply::Metadata(_)));
        assert!(matches!(replies.next().await, Reply::Message(_)));
        match how {
            "replies" => drop(replies),
            "cancel" => {
                replies.cancel();
                let Reply::End(ending) = replies.next().await else { panic!("no end") };
                assert!(matches!(ending.origin, Origin::Cancelled));
            }
            _ => {
                if how == "requests" {
                    drop(requests);
                } else {
                    requests.cancel();
                }
                let Reply::End(ending) = replies.next().await else { panic!("no end") };
                assert_eq!(ending.status.code, Code::CANCELLED);
                assert!(matches!(ending.origin, Origin::Cancelled));
            }
        }
        assert_eq!(reasons.recv().await, Some(Reason::CANCEL), "{how}");
    }
}

#[tokio::test]
async fn a_deadline_ends_the_whole_call_on_both_halves() {
    let (told, mut reasons) = tokio::sync::mpsc::unbounded_channel();
    let connection = resets(told).await;
    let head = || CallHead::new("/a.B/C").with_timeout(Duration::from_millis(30));
    let (requests, mut replies) = connection.call(head());
    let (messages, ending) = drain(&mut replies).await;
    assert_eq!((messages.len(), ending.status.code), (1, Code::DEADLINE_EXCEEDED));
    assert!(matches!(ending.origin, Origin::Deadline));
    assert_eq!(ending.status.message, "the call was not done within 30ms");
    assert_eq!(reasons.recv().await, Some(Reason::CANCEL));
    drop(requests);
    // One that is stuck in sending ends too, and the replies say why, whichever saw it first.
    let (mut requests, mut replies) = connection.call(head());
    let error = loop {
        if let Err(error) = requests.send(vec![0; 100_000].into()).await {
            break error;
        }
    };
    assert!(error.is_closed());
    let (_, ending) = drain(&mut replies).await;
    assert!(matches!(ending.origin, Origin::Deadline), "{ending:?}");
}

#[tokio::test]
async fn a_silent_server_is_called_so() {
    let address = listen(|mut socket| async move {
        let mut all = Vec::new();
        let _ = socket.read_to_end(&mut all).await;
    })
    .await;
    let head = CallHead::new("/a.B/C").with_timeout(Duration::from_millis(20));
    let (_, ending) = ask(&connect(address).await, head).await;
    assert_eq!(ending.status.code, Code::DEADLINE_EXCEEDED);
    assert!(ending.status.message.ends_with("has sent nothing at all"), "{ending}");
}

#[tokio::test]
async fn a_server_that_ends_first_frees_who_sends() {
    let address = serve(|_, mut respond| async move {
        let mut head = ok_head();
        head.headers_mut().extend(trailers("9", "enough"));
        respond.send_response(head, true).unwrap();
        let _ = std::future::poll_fn(|cx| respond.poll_reset(cx)).await;
    })
    .await;
    let (mut requests, mut replies) = connect(address).await.call(CallHead::new("/a.B/C"));
    let sending = async {
        loop {
            if let Err(error) = requests.send(vec![0; 100_000].into()).await {
                return error;
            }
        }
    };
    let ((_, ending), error) = tokio::join!(drain(&mut replies), sending);
    assert_eq!((ending.status.message.as_str(), error.is_closed()), ("enough", true));
}

#[tokio::test]
async fn requests_are_bounded_and_put_together() {
    let address = serve(|request, mut respond| async move {
        let mut body = request.into_body();
        let mut sizes = Vec::new();
        while let Some(Ok(data)) = body.data().await {
            sizes.push(data.len());
        }
        let mut head = ok_head();
        head.headers_mut().extend(trailers("0", &format!("{sizes:?} {}", body.is_end_stream())));
        respond.send_response(head, true).unwrap();
    })
    .await;
    let options = ConnectOptions::default().with_max_send_size(crate::leaf::Size::bytes(100));
    let (mut requests, mut replies) = connect_with(address, &options).await.call(CallHead::new("/a.B/C"));
    assert!(requests.send(vec![0; 101].into()).await.unwrap_err().is_too_large());
    for _ in 0..50 {
        requests.feed(vec![0; 5].into()).await.unwrap();
    }
    requests.send_last(vec![0; 15].into()).unwrap();
    let (_, ending) = drain(&mut replies).await;
    assert_eq!(ending.status.message, "[520] true");
}

/// Takes connections and says nothing on them.
async fn hole() -> std::net::SocketAddr {
    listen(|mut socket| async move {
        let mut all = Vec::new();
        let _ = socket.read_to_end(&mut all).await;
    })
    .await
}

/// Answers in HTTP/1.
async fn web() -> std::net::SocketAddr {
    listen(|mut socket| async move {
        let mut preface = [0; 24];
        socket.read_exact(&mut preface).await.unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = socket.shutdown().await;
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest).await;
    })
    .await
}

/// gRFC A61: an address is not chosen before all handshakes are done with it.
#[tokio::test]
async fn of_several_addresses_the_first_that_speaks_http2_is_taken() {
    let good = serve(|_, _| async {}).await;
    for (first, least) in [(hole().await, Duration::from_millis(250)), (web().await, Duration::ZERO)] {
        let target = Target::parse(&format!("{first},{good}")).unwrap();
        let connection = Connection::connect(&target, &ConnectOptions::default()).await.unwrap();
        assert_eq!(connection.peer().to_string(), good.to_string());
        // One that is silent has a head start, and one that failed has none.
        assert!(connection.phases().connect >= least, "{:?}", connection.phases());
    }
}

/// The second address is dialled only when the first is late or has failed.
#[tokio::test]
async fn the_first_address_is_the_only_one_dialled_if_it_is_in_time() {
    let good = serve(|_, _| async {}).await;
    let (told, mut dialled) = tokio::sync::mpsc::unbounded_channel();
    let second = listen(move |socket| {
        told.send(()).unwrap();
        async move { drop(socket) }
    })
    .await;
    let target = Target::parse(&format!("{good},{second}")).unwrap();
    let connection = Connection::connect(&target, &ConnectOptions::default()).await.unwrap();
    assert_eq!(connection.peer().to_string(), good.to_string());
    // What is dialled on purpose is the first that it hears of.
    let _socket = tokio::net::TcpStream::connect(second).await.unwrap();
    dialled.recv().await.unwrap();
    assert!(dialled.try_recv().is_err());
}

#[tokio::test]
async fn where_all_fail_the_one_that_came_farthest_decides_and_all_are_named() {
    let (closed, web) = (free_port().await, web().await);
    let error = fail(&format!("127.0.0.1:{closed},{web}"), &ConnectOptions::default()).await;
    assert_eq!(
        error.to_string(),
        format!(
            "{web} speaks HTTP/1, not HTTP/2: it answered 'HTTP/1.1 400 Bad Request'; \
             cannot connect to 127.0.0.1:{closed} (connection refused)"
        )
    );
    assert!(error.server_speaks_http1() && !error.is_refused());
    assert_eq!(error.layer(), Layer::Http2);
    assert_eq!(error.addresses()[1..], [(format!("127.0.0.1:{closed}"), "connection refused".to_owned())]);
    let phases = error.phases().unwrap();
    assert!(phases.tls.is_none() && phases.http2 > Duration::ZERO, "{phases:?}");
}

#[tokio::test]
async fn where_none_answers_in_time_all_are_named() {
    let (first, second, closed) = (hole().await, hole().await, free_port().await);
    let options = ConnectOptions::default().with_connect_timeout(Duration::from_millis(400));
    let error = fail(&format!("127.0.0.1:{closed},{first},{second}"), &options).await;
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.layer(), Layer::Http2);
    assert_eq!(
        error.to_string(),
        format!(
            "{first} took the connection and has sent nothing at all within 400ms; \
             cannot connect to 127.0.0.1:{closed} (connection refused); no answer from {second}"
        )
    );
    let named: Vec<_> = error.addresses().into_iter().map(|(place, _)| place).collect();
    assert_eq!(named, [first.to_string(), format!("127.0.0.1:{closed}"), second.to_string()]);
}
