//! What is said to those who do not speak HTTP/2, or not in TLS where it must be.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::first_bytes::Speaks;

const WORDS: &str = "this is a gRPC server: it speaks HTTP/2 and application/grpc only\n";
const TLS_WORDS: &str = "this server speaks TLS: ask for https, or add --tls\n";
/// A fatal alert, `protocol_version` (RFC 8446, 6), in the record that it comes in. Clients know by it that they
/// should have begun with TLS, and greet's says so; HTTP/2's own GOAWAY they would take for a server that leaves,
/// and come back at once.
const TLS_ALERT: [u8; 7] = [21, 3, 1, 0, 2, 2, 70];

/// What HTTP is spoken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    Plaintext,
    Tls,
}

/// Answers one HTTP/1 request with words and closes the connection. The caller bounds the time.
pub(super) async fn refuse<IO: AsyncRead + AsyncWrite + Unpin>(io: IO, below: Below) {
    let answer = service_fn(move |_request| async move {
        let mut response = Response::new(Full::new(Bytes::from_static(WORDS.as_bytes())));
        *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        // RFC 9110, 15.5.22: a 426 says what to upgrade to.
        let to = if below == Below::Tls { "h2" } else { "h2c" };
        headers.insert(http::header::UPGRADE, HeaderValue::from_static(to));
        headers.insert(http::header::CONNECTION, HeaderValue::from_static("upgrade, close"));
        Ok::<_, Infallible>(response)
    });
    // However it fails, the connection is closed.
    let _ = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(io), answer).await;
}

/// Tells one that speaks nothing known, as HTTP/2 wants it (RFC 9113, 3.4), and closes. People can read it, too.
pub(super) async fn refuse_garbage<IO: AsyncWrite + Unpin>(io: &mut IO) {
    let words = WORDS.as_bytes();
    // GOAWAY (7) on stream 0: no stream was looked at; PROTOCOL_ERROR (1), and what a person may see.
    let mut frame = vec![0, 0, u8::try_from(8 + words.len()).expect("the words are few")];
    frame.extend([7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    frame.extend(words);
    let _ = io.write_all(&frame).await;
    let _ = io.shutdown().await;
}

/// Tells one that speaks plaintext to a server in TLS, and closes.
pub(super) async fn refuse_plaintext<IO: AsyncWrite + Unpin>(speaks: Speaks, io: &mut IO) {
    if speaks == Speaks::Http2 {
        let _ = io.write_all(&TLS_ALERT).await;
        let _ = io.shutdown().await;
    } else {
        let head =
            "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n";
        let text = format!("{head}content-length: {}\r\n\r\n{TLS_WORDS}", TLS_WORDS.len());
        let _ = io.write_all(text.as_bytes()).await;
        let _ = io.shutdown().await;
    }
}
