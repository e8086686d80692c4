//! Calls as they should be, and as they may be.

use bytes::Bytes;
use h2::Reason;

use super::testing::*;
use super::*;
use crate::leaf::{Code, Size};
use crate::protocol::{Frames, Status};

#[tokio::test]
async fn a_unary_call_is_answered() {
    let server = serve();
    let client = connect(&server).await;
    let asked = with(with(request("/t.T/Unary"), "x-mine", "1"), "grpc-timeout", "20S");
    let reply = call(&client, asked, framed(&[b"hello"])).await;
    assert_eq!(reply.messages, [&b"hello"[..]]);
    assert_eq!(reply.status, Some(Status::ok()));
    assert_eq!(reply.headers["content-type"], "application/grpc");
    let seen: Vec<_> = ["x-mine", "x-path", "x-method", "x-deadline"]
        .map(|name| reply.headers[name].to_str().unwrap())
        .into();
    assert_eq!(seen, ["1", "/t.T/Unary", "Unary", "true"]);
    assert!(reply.headers["x-peer"].to_str().unwrap().starts_with("127.0.0.1:"));
    assert!(!reply.headers.contains_key("te") && !reply.headers.contains_key("grpc-timeout"));
    assert_eq!(reply.trailers["x-last"], "word");
    let nothing = call(&client, request("/t.T/Unary"), framed(&[b""])).await;
    assert_eq!((nothing.messages, nothing.status), (vec![Bytes::new()], Some(Status::ok())));
}

#[tokio::test]
async fn a_stream_is_duplex() {
    let server = serve();
    let client = connect(&server).await;
    let (response, mut stream) = open(&client, request("/t.T/Bidi")).await;
    stream.send_data(framed(&[b"1"]), false).unwrap();
    let mut body = soon(response).await.unwrap().into_body();
    let mut frames = Frames::new(10);
    for number in 2..5_u8 {
        let before = next(&mut body, &mut frames).await.unwrap().unwrap();
        assert_eq!(before, [b'0' + number - 1][..]);
        stream.send_data(framed(&[&[b'0' + number]]), false).unwrap();
    }
    stream.send_data(Bytes::new(), true).unwrap();
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &b"4"[..]);
    assert_eq!(next(&mut body, &mut frames).await.unwrap(), None);
    let trailers = soon(body.trailers()).await.unwrap().unwrap();
    assert_eq!(Status::from_trailers(&trailers), Some(Status::ok()));
}

#[tokio::test]
async fn a_unary_method_takes_exactly_one_request() {
    let server = serve();
    let client = connect(&server).await;
    for (body, said) in [(framed(&[]), "none came"), (framed(&[b"1", b"2"]), "a second one came")] {
        let reply = call(&client, request("/t.T/Unary"), body).await;
        assert_eq!((reply.code(), reply.messages.len()), (Code::UNIMPLEMENTED, 0));
        assert!(reply.said().contains(said), "{}", reply.said());
    }
}

#[tokio::test]
async fn messages_larger_than_the_windows_pass() {
    let server = serve();
    let client = connect(&server).await;
    let large = vec![3; 9_000_000];
    let (response, mut stream) = open(&client, request("/t.T/Bidi")).await;
    stream.send_data(framed(&[&large, b"small", &large]), true).unwrap();
    let reply = reply(response).await.unwrap();
    assert_eq!(reply.messages.iter().map(Bytes::len).collect::<Vec<_>>(), [9_000_000, 5, 9_000_000]);
    assert!(reply.messages[2] == large && reply.code() == Code::OK);
}

#[tokio::test]
async fn a_whole_window_of_tiny_frames_ends_no_connection() {
    let server = serve();
    let client = connect(&server).await;
    let (response, mut stream) = open(&client, request("/t.T/Hang")).await;
    let (counted, mut counting) = open(&client, request("/t.T/Count")).await;
    // The hanging call reads nothing: its frames stay in the server's window of 1 MiB.
    for _ in 0..200_000 {
        stream.send_data(framed(&[b""]), false).unwrap();
    }
    for _ in 0..100_000 {
        counting.send_data(framed(&[b"x"]), false).unwrap();
    }
    counting.send_data(Bytes::new(), true).unwrap();
    assert_eq!(reply(counted).await.unwrap().messages, [&b"100000"[..]]);
    drop((response, stream));
}

#[tokio::test]
async fn a_slow_reader_holds_the_responder_back() {
    let (observer, mut told) = observer();
    let options = ServerOptions { observer: Some(observer), ..options() };
    let server = start(options, &Door::new(routes())).unwrap();
    let client = connect(&server).await;
    let (response, mut stream) = open(&client, request("/t.T/Flood")).await;
    stream.send_data(Bytes::new(), true).unwrap();
    // Nothing is read but the head, so the windows of 65,535 bytes fill.
    let body = soon(response).await.unwrap().into_body();
    // A client with an empty window still gets what needs none.
    assert_eq!(call(&client, request("/t.T/Nobody"), framed(&[b""])).await.code(), Code::UNIMPLEMENTED);
    assert_eq!(soon(told.recv()).await.unwrap().0, "/t.T/Nobody");
    drop(body);
    stream.send_reset(Reason::CANCEL);
    let (path, status, _, replies) = soon(told.recv()).await.unwrap();
    assert_eq!((path.as_str(), status.code), ("/t.T/Flood", Code::CANCELLED));
    // 10 MB were to be sent: a window, h2's buffer and a batch are what was taken from the responder.
    assert!((1..100).contains(&replies), "{replies}");
}

#[tokio::test]
async fn a_flood_that_is_read_comes_whole() {
    let server = serve();
    let client = connect(&server).await;
    let reply = call(&client, request("/t.T/Flood"), Bytes::new()).await;
    assert_eq!((reply.messages.len(), reply.code()), (1000, Code::OK));
}

#[tokio::test]
async fn replies_may_be_sent_inside_a_structure_with_wakers_of_its_own() {
    use futures_util::StreamExt;
    use futures_util::stream::FuturesUnordered;
    let mut routes = routes();
    add(&mut routes, "/t.T/Nested", crate::schema::Shape::ServerStreaming, |call| {
        Box::pin(async move {
            let mut inside = FuturesUnordered::from_iter([async {
                for _ in 0..100 {
                    call.replies.send(vec![1; 10_000].into()).await.unwrap();
                }
            }]);
            inside.next().await;
            drop(inside);
            call.replies.finish(Status::ok(), tonic::metadata::MetadataMap::new());
        })
    });
    let server = start(options(), &Door::new(routes)).unwrap();
    let client = connect(&server).await;
    let reply = call(&client, request("/t.T/Nested"), Bytes::new()).await;
    assert_eq!((reply.messages.len(), reply.code()), (100, Code::OK));
}

#[tokio::test]
async fn small_replies_share_frames() {
    let mut routes = routes();
    add(&mut routes, "/t.T/Many", crate::schema::Shape::ServerStreaming, |call| {
        Box::pin(async move {
            for _ in 0..1000 {
                call.replies.send(Bytes::from_static(b"0123456789012")).await.unwrap();
            }
            call.replies.finish(Status::ok(), tonic::metadata::MetadataMap::new());
        })
    });
    let server = start(options(), &Door::new(routes)).unwrap();
    let client = connect(&server).await;
    let (response, mut stream) = open(&client, request("/t.T/Many")).await;
    stream.send_data(Bytes::new(), true).unwrap();
    let mut body = soon(response).await.unwrap().into_body();
    let (mut chunks, mut bytes) = (0, 0);
    while let Some(data) = soon(body.data()).await {
        let data = data.unwrap();
        body.flow_control().release_capacity(data.len()).unwrap();
        (chunks, bytes) = (chunks + 1, bytes + data.len());
    }
    assert_eq!(bytes, 18_000);
    assert!(chunks < 20, "{chunks}");
}

#[tokio::test]
async fn a_deadline_ends_the_call_and_drops_the_responder() {
    let (observer, mut told) = observer();
    let options = ServerOptions { observer: Some(observer), ..options() };
    let server = start(options, &Door::new(routes())).unwrap();
    let client = connect(&server).await;
    for timeout in ["30m", "1n"] {
        let (response, _stream) = open(&client, with(request("/t.T/Hang"), "grpc-timeout", timeout)).await;
        assert_eq!(reply(response).await.unwrap().code(), Code::DEADLINE_EXCEEDED);
        assert_eq!(soon(told.recv()).await.unwrap().1.code, Code::DEADLINE_EXCEEDED);
    }
}

#[tokio::test]
async fn a_panic_ends_one_call_only() {
    let server = serve();
    let client = connect(&server).await;
    let (hanging, _stream) = open(&client, request("/t.T/Hang")).await;
    let panicked = call(&client, request("/t.T/Panic"), framed(&[b""])).await;
    assert_eq!((panicked.code(), panicked.said()), (Code::INTERNAL, "the responder panicked"));
    let forgotten = call(&client, request("/t.T/Forget"), framed(&[b""])).await;
    assert_eq!(forgotten.said(), "the responder ended without a status");
    // A panic later, in a task of its own, is caught, too.
    let (response, mut stream) = open(&client, request("/t.T/Panic")).await;
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
    stream.send_data(framed(&[b""]), true).unwrap();
    assert_eq!(reply(response).await.unwrap().code(), Code::INTERNAL);
    drop(hanging);
}

#[tokio::test]
async fn a_reset_is_cancelled_and_never_the_end_of_the_requests() {
    let (observer, mut told) = observer();
    let options = ServerOptions { observer: Some(observer), ..options() };
    let server = start(options, &Door::new(routes())).unwrap();
    let client = connect(&server).await;
    for path in ["/t.T/Count", "/t.T/Hang"] {
        let (response, mut stream) = open(&client, request(path)).await;
        stream.send_data(framed(&[b"x"]), false).unwrap();
        assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
        assert_eq!(soon(told.recv()).await.unwrap().0, "/t.T/Unary");
        stream.send_reset(Reason::CANCEL);
        let (told_path, status, ..) = soon(told.recv()).await.unwrap();
        assert_eq!((told_path.as_str(), status.code), (path, Code::CANCELLED));
        drop(response);
    }
}

#[tokio::test]
async fn a_call_keeps_the_routes_it_began_with() {
    let door = Door::new(routes());
    let server = start(options(), &door).unwrap();
    let client = connect(&server).await;
    let (response, mut stream) = open(&client, request("/t.T/Bidi")).await;
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
    door.swap(Routes::new());
    assert_eq!(call(&client, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::UNIMPLEMENTED);
    stream.send_data(framed(&[b"still"]), true).unwrap();
    assert_eq!(reply(response).await.unwrap().messages, [&b"still"[..]]);
}

#[tokio::test]
async fn the_limit_of_a_request_holds_after_decompression_too() {
    use std::io::Write;
    let options = ServerOptions {
        limits: Limits { max_recv_size: Size::bytes(1000), ..Limits::default() },
        ..options()
    };
    let server = start(options, &Door::new(routes())).unwrap();
    let client = connect(&server).await;
    for (length, code) in [(1000, Code::OK), (1001, Code::RESOURCE_EXHAUSTED)] {
        let message = vec![0; length];
        assert_eq!(call(&client, request("/t.T/Unary"), framed(&[&message])).await.code(), code);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&message).unwrap();
        let mut packed = framed(&[&gzip.finish().unwrap()]).to_vec();
        packed[0] = 1;
        let asked = with(request("/t.T/Unary"), "grpc-encoding", "gzip");
        let reply = call(&client, asked, packed.into()).await;
        assert_eq!(reply.code(), code);
        assert!(code != Code::OK || reply.messages == [message]);
    }
}

#[tokio::test]
async fn a_call_that_ends_before_its_client_does_is_answered_whole() {
    let mut routes = routes();
    add(&mut routes, "/t.T/Early", crate::schema::Shape::Bidi, |call| {
        Box::pin(async move {
            call.replies.send(vec![1; 3_000_000].into()).await.unwrap();
            call.replies.send(Bytes::from_static(b"last")).await.unwrap();
            call.replies.finish(Status::ok(), tonic::metadata::MetadataMap::new());
        })
    });
    let server = start(options(), &Door::new(routes)).unwrap();
    let client = connect(&server).await;
    let (response, stream) = open(&client, request("/t.T/Early")).await;
    let reply = reply(response).await.unwrap();
    assert_eq!((reply.messages.len(), reply.code()), (2, Code::OK));
    assert_eq!((reply.messages[0].len(), &reply.messages[1][..]), (3_000_000, &b"last"[..]));
    drop(stream);
}

#[tokio::test]
async fn a_trickle_arrives_message_by_message() {
    let mut routes = routes();
    let (step, steps) = tokio::sync::mpsc::unbounded_channel::<Bytes>();
    let steps = std::sync::Arc::new(tokio::sync::Mutex::new(steps));
    add(&mut routes, "/t.T/Trickle", crate::schema::Shape::ServerStreaming, move |call| {
        let steps = steps.clone();
        Box::pin(async move {
            call.replies.metadata(tonic::metadata::MetadataMap::new());
            let mut steps = steps.lock().await;
            while let Some(message) = steps.recv().await {
                call.replies.send(message).await.unwrap();
            }
        })
    });
    let server = start(options(), &Door::new(routes)).unwrap();
    let client = connect(&server).await;
    let (response, mut stream) = open(&client, request("/t.T/Trickle")).await;
    stream.send_data(Bytes::new(), true).unwrap();
    // The head comes although no message has been sent.
    let mut body = soon(response).await.unwrap().into_body();
    let mut frames = Frames::new(10);
    for text in ["1", "2", "3"] {
        step.send(text.into()).unwrap();
        assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), text);
    }
}
