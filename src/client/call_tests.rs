//! The calls of this room, against servers that behave badly.

use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use http::Response;
use std::fmt::Write as _;
use std::io::Write as _;

use super::other_side::*;
use super::*;
use crate::leaf::{Code, Size};
use crate::protocol::{Encoding, Status};

fn head() -> CallHead {
    CallHead::new("/a.B/C")
}

#[tokio::test]
async fn a_call_says_what_grpc_asks_for() {
    let address = serve(|request, mut respond| async move {
        let (parts, body) = request.into_parts();
        let mut stream = respond
            .send_response(
                Response::builder()
                    .header("content-type", "application/grpc+proto")
                    .header("x-a", "1")
                    .body(())
                    .unwrap(),
                false,
            )
            .unwrap();
        let said = format!("{} {} {:?}", parts.method, parts.uri, parts.headers);
        assert_eq!(read_all(body).await, framed(b"ping"));
        stream.send_data(framed(said.as_bytes()), false).unwrap();
        let mut end = trailers("5", "no%20such");
        end.insert("x-b", "2".parse().unwrap());
        stream.send_trailers(end).unwrap();
    })
    .await;
    let target = format!("http://{address}/pre/fix").parse().unwrap();
    let options = ConnectOptions::default().with_user_agent("me/1").with_authority("a.example:7");
    let connection = Connection::connect(&target, &options).await.unwrap();
    let mut metadata = tonic::metadata::MetadataMap::new();
    metadata.insert("k", "v".parse().unwrap());
    let (requests, mut replies) =
        connection.call(head().with_metadata(metadata).with_timeout(Duration::from_secs(20)));
    requests.send_last(Bytes::from_static(b"ping")).unwrap();
    let Reply::Metadata(initial) = replies.next().await else { panic!("no metadata") };
    assert_eq!(crate::leaf::metadata::entries(&initial), [("x-a".to_owned(), "1".to_owned())]);
    let (messages, ending) = drain(&mut replies).await;
    let said = String::from_utf8(messages[0].to_vec()).unwrap();
    assert!(said.starts_with("POST http://a.example:7/pre/fix/a.B/C "), "{said}");
    for entry in [
        "\"te\": \"trailers\"",
        "\"content-type\": \"application/grpc\"",
        "\"grpc-timeout\": \"20000000u\"",
        "\"k\": \"v\"",
        "\"grpc-accept-encoding\": \"identity,gzip,deflate,zstd\"",
        concat!("\"user-agent\": \"me/1 greet/", env!("CARGO_PKG_VERSION"), "\""),
    ] {
        assert!(said.contains(entry), "{entry} in {said}");
    }
    assert_eq!(ending.status, Status::new(Code::NOT_FOUND, "no such"));
    assert_eq!(crate::leaf::metadata::entries(&ending.trailers), [("x-b".to_owned(), "2".to_owned())]);
    assert!(matches!(ending.origin, Origin::Server));
    assert!(matches!(replies.next().await, Reply::End(e) if e.status.code == Code::CANCELLED));
}

/// What each of these replies ends with: code, origin, and words that must be said.
#[tokio::test]
async fn what_is_no_good_reply_is_named() {
    let address = serve(|request, mut respond| async move {
        let how = request.uri().path().rsplit('/').next().unwrap().to_owned();
        let plain = |status: u16, kind: &str| {
            Response::builder().status(status).header("content-type", kind).body(()).unwrap()
        };
        match how.as_str() {
            "trailers-only" => {
                let mut head = ok_head();
                head.headers_mut().extend(trailers("7", "no"));
                respond.send_response(head, true).unwrap();
            }
            "only-headers" => drop(respond.send_response(ok_head(), true).unwrap()),
            "http-502" => drop(respond.send_response(plain(502, "text/html"), true).unwrap()),
            "http-404" => drop(respond.send_response(plain(404, "text/html"), true).unwrap()),
            "html" => drop(respond.send_response(plain(200, "text/html"), true).unwrap()),
            "502-with-status" => {
                let mut head = plain(502, "application/grpc");
                head.headers_mut().extend(trailers("99", "mine"));
                respond.send_response(head, true).unwrap();
            }
            "refused" => respond.send_reset(Reason::REFUSED_STREAM),
            "reset" => respond.send_reset(Reason::INTERNAL_ERROR),
            "calm" => respond.send_reset(Reason::ENHANCE_YOUR_CALM),
            _ => {
                let mut head = ok_head();
                if how == "brotli" {
                    head.headers_mut().insert("grpc-encoding", "br".parse().unwrap());
                }
                if how == "early" {
                    head.headers_mut().insert("grpc-status", "9".parse().unwrap());
                }
                let mut stream = respond.send_response(head, false).unwrap();
                let _ = read_all(request.into_body()).await;
                let (data, end) = match how.as_str() {
                    "no-trailers" | "early" => (framed(b"x"), None),
                    "no-status" => (framed(b"x"), Some(trailers("", ""))),
                    "strange-status" => (framed(b"x"), Some(trailers("abc", "m"))),
                    "truncated" => (framed(b"long message").slice(..9), Some(trailers("0", ""))),
                    "truncated-prefix" => (framed(b"x").slice(..3), None),
                    "truncated-error" => (framed(b"long").slice(..7), Some(trailers("8", "full"))),
                    "flag" => (Bytes::from_static(&[7, 0, 0, 0, 0]), Some(trailers("0", ""))),
                    "large" => (Bytes::from_static(&[0, 0, 0, 4, 1]), None),
                    "not-named" | "brotli" => (framed_compressed(b"x"), Some(trailers("0", ""))),
                    other => panic!("{other}"),
                };
                stream.send_data(data, end.is_none() && how != "large").unwrap();
                if how == "large" {
                    let _ = std::future::poll_fn(|cx| stream.poll_reset(cx)).await;
                }
                if let Some(mut end) = end {
                    if how == "no-status" {
                        end.remove("grpc-status");
                    }
                    stream.send_trailers(end).unwrap();
                }
            }
        }
    })
    .await;
    let options = ConnectOptions::default().with_max_recv_size(Size::bytes(1024));
    let connection = connect_with(address, &options).await;
    for (how, code, origin, words) in [
        ("trailers-only", Code::PERMISSION_DENIED, "Server", "no"),
        ("only-headers", Code::UNKNOWN, "Malformed", "only headers have no grpc-status"),
        ("http-502", Code::UNAVAILABLE, "NotGrpc", "HTTP 502 with content type 'text/html'"),
        ("http-404", Code::UNIMPLEMENTED, "NotGrpc", "HTTP 404"),
        ("html", Code::UNKNOWN, "NotGrpc", "no gRPC: it has content type 'text/html'"),
        ("502-with-status", Code::new(99), "Server", "mine"),
        ("refused", Code::UNAVAILABLE, "Refused", "REFUSED_STREAM"),
        ("reset", Code::INTERNAL, "Reset", "INTERNAL_ERROR"),
        ("calm", Code::RESOURCE_EXHAUSTED, "Reset", "ENHANCE_YOUR_CALM"),
        ("no-trailers", Code::UNKNOWN, "Malformed", "without trailers"),
        ("early", Code::new(9), "Server", ""),
        ("no-status", Code::UNKNOWN, "Malformed", "trailers have no grpc-status"),
        ("strange-status", Code::UNKNOWN, "Server", "'abc'"),
        ("truncated", Code::INTERNAL, "Malformed", "middle of a message, after 9 bytes"),
        ("truncated-prefix", Code::INTERNAL, "Malformed", "middle of a message, after 3 bytes"),
        ("truncated-error", Code::RESOURCE_EXHAUSTED, "Server", "full"),
        ("flag", Code::INTERNAL, "Malformed", "the byte 7"),
        ("large", Code::RESOURCE_EXHAUSTED, "Malformed", "1025 bytes is larger than the limit of 1024"),
        ("not-named", Code::INTERNAL, "Malformed", "no grpc-encoding"),
        ("brotli", Code::INTERNAL, "Malformed", "'br'"),
    ] {
        let (_, ending) = ask(&connection, CallHead::new(format!("/a.B/{how}"))).await;
        assert_eq!(ending.status.code, code, "{how}: {ending}");
        assert!(format!("{:?}", ending.origin).starts_with(origin), "{how}: {:?}", ending.origin);
        assert!(ending.status.message.contains(words), "{how}: {ending}");
        assert_eq!(ending.origin.is_unprocessed(), how == "refused", "{how}");
    }
}

#[tokio::test]
async fn compressed_replies_are_read() {
    let address = serve(|_, mut respond| async move {
        let mut head = ok_head();
        head.headers_mut().insert("grpc-encoding", "gzip".parse().unwrap());
        let mut stream = respond.send_response(head, false).unwrap();
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(&[b'z'; 5000]).unwrap();
        stream.send_data(framed_compressed(&writer.finish().unwrap()), false).unwrap();
        stream.send_data(framed(b"plain"), false).unwrap();
        stream.send_trailers(trailers("0", "")).unwrap();
    })
    .await;
    let (messages, ending) = ask(&connect(address).await, head()).await;
    assert_eq!(messages, [Bytes::from(vec![b'z'; 5000]), Bytes::from_static(b"plain")]);
    assert!(ending.status.is_ok());
    let small = head().with_max_recv_size(Size::bytes(4999));
    let (messages, ending) = ask(&connect(address).await, small).await;
    assert_eq!((messages.len(), ending.status.code), (0, Code::RESOURCE_EXHAUSTED));
}

#[tokio::test]
async fn a_method_with_one_reply_gets_one() {
    let address = serve(|request, mut respond| async move {
        let mut stream = respond.send_response(ok_head(), false).unwrap();
        let how = request.uri().path().rsplit('/').next().unwrap().to_owned();
        let (count, code) = how.split_once('-').unwrap();
        for _ in 0..count.parse().unwrap() {
            stream.send_data(framed(b"x"), false).unwrap();
        }
        stream.send_trailers(trailers(code, "m")).unwrap();
    })
    .await;
    let connection = connect(address).await;
    for (how, wanted) in [
        ("1-0", Ok(())),
        ("0-0", Err((Code::UNIMPLEMENTED, "sent no reply"))),
        ("2-0", Err((Code::UNIMPLEMENTED, "sent two replies"))),
        ("0-5", Err((Code::NOT_FOUND, "m"))),
        ("1-5", Err((Code::NOT_FOUND, "m"))),
    ] {
        let (requests, mut replies) =
            connection.call(CallHead::new(format!("/a.B/{how}")).with_count(ReplyCount::One));
        requests.send_last(Bytes::new()).unwrap();
        let (messages, ending) = drain(&mut replies).await;
        let (code, words) = wanted.err().unwrap_or((Code::OK, ""));
        assert_eq!((messages.len(), ending.status.code), (usize::from(wanted.is_ok()), code), "{how}");
        assert!(ending.status.message.contains(words), "{how}: {ending}");
    }
    let (requests, replies) = connection.call(CallHead::new("/a.B/1-0"));
    requests.finish();
    assert_eq!(replies.only().await.unwrap().message, b"x"[..]);
}

#[tokio::test]
async fn a_message_larger_than_every_window_passes_both_ways() {
    let address = serve(|request, mut respond| async move {
        let body = read_all(request.into_body()).await;
        let mut stream = respond.send_response(ok_head(), false).unwrap();
        send_all(&mut stream, body).await;
        stream.send_trailers(trailers("0", "")).unwrap();
    })
    .await;
    let connection = connect(address).await;
    let message: Bytes = (0..6_000_000_u32).map(|n| (n / 7).to_le_bytes()[0]).collect::<Vec<_>>().into();
    let (mut requests, mut replies) = connection.call(head());
    let both = tokio::join!(drain(&mut replies), async {
        requests.send(message.clone()).await.unwrap();
        requests.send(Bytes::from_static(b"between")).await.unwrap();
        requests.send_last(message.clone()).unwrap();
    });
    let (messages, ending) = both.0;
    assert!(ending.status.is_ok(), "{ending}");
    assert!(messages == [message.clone(), Bytes::from_static(b"between"), message]);
}

#[tokio::test]
async fn a_million_tiny_frames_do_not_kill_the_connection() {
    const COUNT: usize = 1_000_000;
    let address = serve(|_, mut respond| async move {
        let mut stream = respond.send_response(ok_head(), false).unwrap();
        for _ in 0..COUNT {
            stream.reserve_capacity(7);
            while stream.capacity() < 7 {
                if std::future::poll_fn(|cx| stream.poll_capacity(cx)).await.is_none() {
                    return;
                }
            }
            stream.send_data(Bytes::from_static(&[0, 0, 0, 0, 2, 8, 1]), false).unwrap();
        }
        stream.send_trailers(trailers("0", "")).unwrap();
    })
    .await;
    let connection = connect(address).await;
    let (requests, mut replies) = connection.call(head());
    requests.finish();
    // A whole window is let in before the first is taken.
    let Reply::Metadata(_) = replies.next().await else { panic!("no metadata") };
    let mut count = 0;
    loop {
        match replies.next().await {
            Reply::Message(message) => {
                assert_eq!(message, [8, 1][..]);
                count += 1;
                if count % 1000 == 0 {
                    // Let the connection's task read ahead as far as the window lets it.
                    for _ in 0..20 {
                        tokio::task::yield_now().await;
                    }
                }
            }
            Reply::End(ending) => {
                assert!(ending.status.is_ok(), "after {count}: {ending}");
                break;
            }
            Reply::Metadata(_) => panic!("metadata twice"),
        }
    }
    assert_eq!(count, COUNT);
}

#[tokio::test]
async fn requests_are_compressed_as_said_and_marked() {
    for encoding in [Encoding::Gzip, Encoding::Deflate, Encoding::Zstd] {
        let address = serve(move |request, mut respond| async move {
            let named = request.headers()["grpc-encoding"].clone();
            let body = read_all(request.into_body()).await;
            let mut frames = crate::protocol::Frames::new(1 << 20);
            frames.push(body);
            let mut marks = String::new();
            while let Some(frame) = frames.next().unwrap() {
                let message = if frame.compressed {
                    encoding.decompress(&frame.message, 1 << 20).unwrap()
                } else {
                    frame.message
                };
                let (name, mark) = (named.to_str().unwrap(), frame.compressed);
                write!(marks, "{name} {mark} {}; ", message.len()).unwrap();
            }
            let mut head = ok_head();
            head.headers_mut().insert("grpc-encoding", named);
            let mut stream = respond.send_response(head, false).unwrap();
            let reply = encoding.compress(marks.as_bytes()).unwrap();
            stream.send_data(framed_compressed(&reply), false).unwrap();
            stream.send_trailers(trailers("0", "")).unwrap();
        })
        .await;
        let connection = connect(address).await;
        let (mut requests, mut replies) = connection.call(head().with_encoding(encoding));
        requests.send(Bytes::new()).await.unwrap();
        requests.send(vec![1; 1000].into()).await.unwrap();
        // As long as is sent without a copy, and no shorter when it is compressed.
        let noise: Vec<u8> =
            (0..100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
        requests.send_last(noise.into()).unwrap();
        let (messages, ending) = drain(&mut replies).await;
        let name = encoding.name();
        let wanted = format!("{name} false 0; {name} true 1000; {name} true 100000; ");
        assert_eq!((String::from_utf8_lossy(&messages[0]), ending.status.code), (wanted.into(), Code::OK));
    }
}

/// What is said to a server that is there is what would be said to it.
#[tokio::test]
async fn a_head_is_the_same_without_a_connection() {
    let address = serve(|_, _| async {}).await;
    for (target, options) in [
        (format!("localhost:{}", address.port()), ConnectOptions::default().with_user_agent("me")),
        (format!("http://{address}/pre"), ConnectOptions::default()),
        (address.to_string(), ConnectOptions::default().with_authority("a.example")),
    ] {
        let target = target.parse().unwrap();
        let connection = Connection::connect(&target, &options).await.unwrap();
        let head = || head().with_timeout(Duration::from_secs(1)).with_encoding(Encoding::Gzip);
        let (there, here) =
            (connection.request(head()).unwrap(), head().to_target(&target, &options).unwrap());
        assert_eq!((there.uri(), there.headers()), (here.uri(), here.headers()));
    }
    let authority = |text: &str| {
        let request = head().to_target(&text.parse().unwrap(), &ConnectOptions::default()).unwrap();
        request.uri().to_string()
    };
    for (target, wanted) in [
        ("https://a.example", "https://a.example:443/a.B/C"),
        ("unix:/no/such", "http://localhost/a.B/C"),
        ("[::1]:7,localhost:8", "http://[::1]:7/a.B/C"),
        ("localhost", "http://localhost:50051/a.B/C"),
    ] {
        assert_eq!(authority(target), wanted, "{target}");
    }
}
