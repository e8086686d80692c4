//! What is said to those who do not speak HTTP/2.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

const WORDS: &str = "this is a gRPC server: it speaks HTTP/2 and application/grpc only\n";

/// Answers one HTTP/1 request with words and closes the connection. The caller bounds the time.
pub(super) async fn refuse<IO: AsyncRead + AsyncWrite + Unpin>(io: IO) {
    let answer = service_fn(|_request| async {
        let mut response = Response::new(Full::new(Bytes::from_static(WORDS.as_bytes())));
        *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        // RFC 9110, 15.5.22: a 426 says what to upgrade to.
        headers.insert(http::header::UPGRADE, HeaderValue::from_static("h2c"));
        headers.insert(http::header::CONNECTION, HeaderValue::from_static("upgrade, close"));
        Ok::<_, Infallible>(response)
    });
    // However it fails, the connection is closed.
    let _ = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(io), answer).await;
}

/// Tells one that speaks nothing known, in the one form that people read, and closes.
pub(super) async fn refuse_garbage<IO: AsyncWrite + Unpin>(io: &mut IO) {
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n";
    let text = format!("{head}content-length: {}\r\n\r\n{WORDS}", WORDS.len());
    let _ = io.write_all(text.as_bytes()).await;
    let _ = io.shutdown().await;
}
