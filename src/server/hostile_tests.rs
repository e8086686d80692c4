//! What no well-meaning client does.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::testing::*;
use super::*;
use crate::leaf::Code;

#[tokio::test]
async fn what_is_no_grpc_call_is_told_so() {
    let server = serve();
    let client = connect(&server).await;
    let mut get = request("/t.T/Unary");
    *get.method_mut() = Method::GET;
    let mut untyped = request("/t.T/Unary");
    untyped.headers_mut().remove("content-type");
    let typed = |value| with(request("/t.T/Unary"), "content-type", value);
    let ok = StatusCode::OK;
    let media = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    for (asked, http, code, words) in [
        (get, StatusCode::METHOD_NOT_ALLOWED, Code::INTERNAL, "not a GET"),
        (untyped, media, Code::INTERNAL, "says its content type"),
        (typed("application/json"), media, Code::INTERNAL, "'application/json'"),
        (typed("application/grpc-web"), media, Code::INTERNAL, "'application/grpc-web'"),
        (typed("application/grpc+json"), ok, Code::UNIMPLEMENTED, "'application/grpc+json'"),
        (
            request("/t.T/Unarry"),
            ok,
            Code::UNIMPLEMENTED,
            "unknown method t.T/Unarry; did you mean t.T/Unary",
        ),
        (request("/other"), ok, Code::UNIMPLEMENTED, "unknown service or method other"),
        (with(request("/t.T/Unary"), "grpc-timeout", "1x"), ok, Code::INTERNAL, "'1x' is no timeout"),
        (with(request("/t.T/Unary"), "grpc-encoding", "br"), ok, Code::UNIMPLEMENTED, "'br'"),
    ] {
        let reply = call(&client, asked, framed(&[b"x"])).await;
        assert_eq!((reply.http, reply.code()), (http, code), "{words}");
        assert!(reply.said().contains(words), "{}", reply.said());
        // Who speaks no gRPC can read it.
        let read = format!("this is a gRPC server: {}\n", reply.said());
        let is_read = reply.messages.first().is_some_and(|body| *body == read);
        assert_eq!(is_read, http != ok, "{:?}", reply.messages);
        assert_eq!(reply.headers.contains_key("allow"), http == StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(reply.headers.contains_key("grpc-accept-encoding"), words == "'br'");
    }
    // All of that on one connection, which still stands.
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
}

#[tokio::test]
async fn broken_frames_end_the_call_even_if_the_responder_does_not_look() {
    let server = serve();
    let client = connect(&server).await;
    let huge = [0, 0xff, 0xff, 0xff, 0xff];
    for (body, code, words) in [
        (Bytes::from_static(&[2, 0, 0, 0, 0]), Code::INTERNAL, "byte 2"),
        (Bytes::copy_from_slice(&huge), Code::RESOURCE_EXHAUSTED, "4294967295 bytes"),
        (Bytes::from_static(&[0, 0, 0]), Code::INTERNAL, "cut off"),
        (Bytes::from_static(&[0, 0, 0, 0, 9, 1]), Code::INTERNAL, "cut off"),
        (Bytes::from_static(&[1, 0, 0, 0, 0]), Code::INTERNAL, "no grpc-encoding"),
    ] {
        for path in ["/t.T/Unary", "/t.T/Bidi", "/t.T/Count"] {
            let reply = call(&client, request(path), body.clone()).await;
            assert_eq!(reply.code(), code, "{path} {words}");
            assert!(reply.said().contains(words), "{}", reply.said());
        }
    }
    let asked = with(request("/t.T/Unary"), "grpc-encoding", "gzip");
    let reply = call(&client, asked, Bytes::from_static(&[1, 0, 0, 0, 2, 7, 7])).await;
    assert_eq!(reply.code(), Code::INTERNAL);
}

/// Everything that the server says until it closes.
async fn said(server: &Running, bytes: &[u8]) -> Vec<u8> {
    let mut stream = dial(server).await;
    stream.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    // A close with unread bytes may come as a reset: what was said before counts.
    let _ = soon(stream.read_to_end(&mut said)).await;
    said
}

#[tokio::test]
async fn what_is_no_http2_is_refused_and_the_observer_told() {
    let (observer, mut told) = observer();
    let options = ServerOptions {
        observer: Some(observer),
        limits: Limits { handshake_timeout: Duration::from_millis(300), ..Limits::default() },
        ..options()
    };
    let server = start(options, &Door::new(routes())).unwrap();
    for (bytes, answer, why) in [
        (&b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"[..], "HTTP/1.1 426", Refused::Http1),
        (b"POST /t.T/Unary HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello", "HTTP/1.1 426", Refused::Http1),
        (b"\x05\x01\x00 what is this", "\0\0\x4a\x07\0\0\0\0\0", Refused::Garbage),
        (b"\x16\x03\x01\x02\x00", "", Refused::Tls),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n", "", Refused::Silent),
        (b"GET / HTTP/1.1\r\nhost", "", Refused::Silent),
        (b"", "", Refused::Silent),
    ] {
        let said = String::from_utf8_lossy(&said(&server, bytes).await).into_owned();
        assert!(said.starts_with(answer) && said.is_empty() == answer.is_empty(), "{why:?}: {said}");
        assert!(answer.is_empty() || said.contains("this is a gRPC server"), "{said}");
        assert_eq!(soon(told.recv()).await.unwrap().0, why.to_string());
    }
    let client = connect(&server).await;
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
}

#[tokio::test]
async fn a_broken_http2_connection_takes_no_other_with_it() {
    let server = serve();
    let client = connect(&server).await;
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    // SETTINGS, then a HEADERS frame on stream 0, which is forbidden.
    bytes.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    bytes.extend([0, 0, 1, 1, 5, 0, 0, 0, 0, 0x82]);
    assert!(!said(&server, &bytes).await.is_empty());
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
}

#[tokio::test]
async fn a_connection_that_is_lost_ends_its_calls() {
    let (observer, mut told) = observer();
    let options = ServerOptions { observer: Some(observer), ..options() };
    let server = start(options, &Door::new(routes())).unwrap();
    for path in ["/t.T/Hang", "/t.T/Count"] {
        let (mut send, connection) = h2::client::handshake(dial(&server).await).await.unwrap();
        let connection = tokio::spawn(connection);
        let (response, stream) = send.send_request(request(path), false).unwrap();
        assert_eq!(call(&send, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
        assert_eq!(soon(told.recv()).await.unwrap().0, "/t.T/Unary");
        connection.abort();
        drop((send, response, stream));
        let (ended, status, ..) = soon(told.recv()).await.unwrap();
        assert_eq!((ended.as_str(), status.code), (path, Code::CANCELLED));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_bytes_stop_the_server(bytes in prop::collection::vec(any::<u8>(), 1..200), h2: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let limits = Limits { handshake_timeout: Duration::from_millis(5), ..Limits::default() };
            let options = ServerOptions { limits, ..options() };
            let server = start(options, &Door::new(routes())).unwrap();
            let mut stream = dial(&server).await;
            if h2 {
                stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
            }
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            let _ = soon(stream.read_to_end(&mut Vec::new())).await;
            let client = connect(&server).await;
            assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
        });
    }
}
