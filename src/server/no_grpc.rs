//! What is said to those who speak HTTP/2, but not gRPC: a browser, curl.

use std::time::Duration;

use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use tokio::time::timeout;

use crate::protocol::Status;

/// How long the rest of a request is waited for, which nobody will look at.
const PATIENCE: Duration = Duration::from_secs(1);

/// Answers in words, and with the status for what may stand between and read gRPC. The request's body is taken
/// first, as servers of HTTP do: who still sends when it is answered may never read the answer.
pub(super) async fn answer(
    mut respond: SendResponse<Bytes>,
    mut body: RecvStream,
    method: Method,
    http: StatusCode,
    status: Status,
) {
    let drained = timeout(PATIENCE, async {
        while let Some(data) = body.data().await.transpose()? {
            body.flow_control().release_capacity(data.len())?;
        }
        Ok::<_, h2::Error>(())
    });
    if matches!(drained.await, Ok(Err(_))) {
        // It was reset, or broke the rules: there is nobody to be answered.
        return;
    }
    let mut response = Response::new(());
    *response.status_mut() = http;
    let headers = response.headers_mut();
    status.write_trailers(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if http == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
    }
    // The answer to HEAD has no body.
    let has_body = method != Method::HEAD;
    if let Ok(mut stream) = respond.send_response(response, !has_body)
        && has_body
    {
        let words = format!("this is a gRPC server: {}\n", status.message);
        let _ = stream.send_data(words.into(), true);
    }
}
