//! What stands between a socket and h2: for the fuzz targets, and no part of the public face.

use std::io;

use tokio::io::AsyncRead;

use super::authority::Mended;
use super::first_bytes::{Speaks, look};
use super::latecomers::Latecomers;

/// What a connection speaks by its first bytes (`tls`, `http2`, `http1` or `garbage`), and the connection as it is read
/// from then on.
///
/// # Errors
/// When it ends before that is clear.
pub async fn looked<IO: AsyncRead + Unpin>(io: IO) -> io::Result<(&'static str, impl AsyncRead + Unpin)> {
    let (speaks, again) = look(io).await?;
    let speaks = match speaks {
        Speaks::Tls => "tls",
        Speaks::Http2 => "http2",
        Speaks::Http1 => "http1",
        Speaks::Garbage => "garbage",
    };
    Ok((speaks, again))
}

/// A unix socket's connection, as h2 reads it.
pub fn mended<IO: AsyncRead + Unpin>(io: IO) -> impl AsyncRead + Unpin {
    Mended::new(io)
}

/// Any connection in HTTP/2, as h2 reads it.
pub fn late<IO: AsyncRead + Unpin>(io: IO) -> impl AsyncRead + Unpin {
    Latecomers::new(io)
}
