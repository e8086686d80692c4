//! Calls that end badly because the answerer wants it.

use std::sync::Arc;

use bytes::Bytes;
use h2::Reason;
use http::StatusCode;
use tokio::sync::Semaphore;

use super::testing::*;
use super::*;
use crate::leaf::Code;
use crate::protocol::Frames;
use crate::protocol::Status;
use crate::schema::Shape;

/// `/f.F/*`: each ends in another way, most after one message.
fn serve_faults() -> (Running, Arc<Semaphore>) {
    let mut routes = routes();
    let gate = Arc::new(Semaphore::new(0));
    add(&mut routes, "/f.F/Reset", Shape::Unary, |call| {
        Box::pin(async move {
            let _ = call.replies.send("first".into()).await;
            call.replies.leave().await;
            call.replies.reset(8);
        })
    });
    add(&mut routes, "/f.F/ResetAtOnce", Shape::Unary, |call| Box::pin(async move { call.replies.reset(7) }));
    add(&mut routes, "/f.F/Truncate", Shape::Unary, |call| {
        Box::pin(async move {
            let _ = call.replies.send("first".into()).await;
            call.replies.truncate(&Bytes::from_static(b"0123456789abcde"));
        })
    });
    add(&mut routes, "/f.F/Drop", Shape::Unary, |call| {
        Box::pin(async move {
            let _ = call.replies.send("first".into()).await;
            call.replies.drop_trailers();
        })
    });
    add(&mut routes, "/f.F/Http", Shape::Unary, |call| {
        Box::pin(async move {
            assert!(call.replies.http(StatusCode::BAD_GATEWAY, "no gRPC".into()));
        })
    });
    add(&mut routes, "/f.F/HttpLate", Shape::Unary, |call| {
        Box::pin(async move {
            let _ = call.replies.send("first".into()).await;
            assert!(!call.replies.metadata(tonic::metadata::MetadataMap::new()));
            assert!(!call.replies.http(StatusCode::BAD_GATEWAY, "no gRPC".into()));
            call.replies.finish(Status::ok(), tonic::metadata::MetadataMap::new());
        })
    });
    let of_call = gate.clone();
    add(&mut routes, "/f.F/GoAway", Shape::Unary, move |call| {
        let gate = of_call.clone();
        Box::pin(async move {
            call.replies.go_away();
            let _ = call.replies.send("first".into()).await;
            let _ = gate.acquire().await;
            let _ = call.replies.send("second".into()).await;
            call.replies.finish(Status::ok(), tonic::metadata::MetadataMap::new());
        })
    });
    (start(options(), &Door::new(routes)).unwrap(), gate)
}

#[tokio::test]
async fn a_reset_comes_after_what_was_sent_before() {
    let (server, _) = serve_faults();
    let client = connect(&server).await;
    let (response, mut stream) = open(&client, request("/f.F/Reset")).await;
    stream.send_data(Bytes::new(), true).unwrap();
    let mut body = soon(response).await.unwrap().into_body();
    let mut frames = Frames::new(100);
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &b"first"[..]);
    assert_eq!(next(&mut body, &mut frames).await.unwrap_err().reason(), Some(Reason::CANCEL));
    let (response, _stream) = open(&client, request("/f.F/ResetAtOnce")).await;
    assert_eq!(reply(response).await.unwrap_err().reason(), Some(Reason::REFUSED_STREAM));
}

#[tokio::test]
async fn half_a_frame_and_no_trailers() {
    let (server, _) = serve_faults();
    let client = connect(&server).await;
    let (response, _stream) = open(&client, request("/f.F/Truncate")).await;
    let mut body = soon(response).await.unwrap().into_body();
    let mut all = Vec::new();
    while let Some(data) = soon(body.data()).await {
        all.extend_from_slice(&data.unwrap());
    }
    assert_eq!(all, b"\0\0\0\0\x05first\0\0\0\0\x0f01234");
    assert_eq!(soon(body.trailers()).await.unwrap(), None);
    let reply = call(&client, request("/f.F/Drop"), Bytes::new()).await;
    assert_eq!((reply.messages, reply.status), (vec![Bytes::from("first")], None));
    assert!(reply.trailers.is_empty());
}

#[tokio::test]
async fn http_without_grpc_before_anything_was_sent() {
    let (server, _) = serve_faults();
    let client = connect(&server).await;
    let (response, _stream) = open(&client, request("/f.F/Http")).await;
    let response = soon(response).await.unwrap();
    assert_eq!(
        (response.status(), &response.headers()["content-type"]),
        (StatusCode::BAD_GATEWAY, &"text/plain; charset=utf-8".parse().unwrap())
    );
    let mut body = response.into_body();
    assert_eq!(soon(body.data()).await.unwrap().unwrap(), "no gRPC");
    assert_eq!(soon(body.trailers()).await.unwrap(), None);
    let late = call(&client, request("/f.F/HttpLate"), Bytes::new()).await;
    assert_eq!((late.messages.len(), late.code()), (1, Code::OK));
}

#[tokio::test]
async fn a_connection_that_goes_away_ends_its_calls_first() {
    let (server, gate) = serve_faults();
    let (mut client, connection) = soon(h2::client::handshake(dial(&server).await)).await.unwrap();
    let connection = tokio::spawn(connection);
    let (response, _stream) = client.send_request(request("/f.F/GoAway"), true).unwrap();
    let mut body = soon(response).await.unwrap().into_body();
    let mut frames = Frames::new(100);
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &b"first"[..]);
    // The connection takes no other call: h2's client says so when GOAWAY has come.
    let refused = async {
        loop {
            match client.clone().ready().await {
                Err(error) => return error,
                Ok(mut client) => {
                    let Ok((response, _)) = client.send_request(request("/t.T/Unary"), true) else {
                        continue;
                    };
                    if let Err(error) = response.await {
                        return error;
                    }
                }
            }
        }
    };
    assert!(soon(refused).await.is_go_away());
    gate.add_permits(1);
    assert_eq!(next(&mut body, &mut frames).await.unwrap().unwrap(), &b"second"[..]);
    assert_eq!(next(&mut body, &mut frames).await.unwrap(), None);
    let trailers = soon(body.trailers()).await.unwrap().unwrap();
    assert_eq!(Status::from_trailers(&trailers), Some(Status::ok()));
    drop((client, body));
    soon(connection).await.unwrap().unwrap();
    // Other connections live on.
    let other = connect(&server).await;
    assert_eq!(call(&other, request("/t.T/Unary"), framed(&[b"x"])).await.code(), Code::OK);
}
