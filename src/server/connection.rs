//! One connection from its first bytes to its end.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::task::Poll;

use bytes::Bytes;
use h2::server::{Builder, Connection};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use super::door::Entrance;
use super::first_bytes::{self, Replayed, Speaks};
use super::latecomers::Latecomers;
use super::lifetime::Lifetime;
use super::lingering::Lingering;
use super::plain_http::{self, Below};
use super::stage::Stages;
use super::tls::Secured;
use super::under_way::UnderWay;
use super::{Limits, Refused};

/// What one call may send before it is read.
const STREAM_WINDOW: u32 = 1 << 20;
/// What all calls of a connection may send before it is read.
const CONNECTION_WINDOW: u32 = 4 << 20;
/// The largest frame taken; held whole until it has come.
const MAX_FRAME: u32 = 256 << 10;
/// What h2 may hold of one call's replies beyond the client's window.
const SEND_BUFFER: usize = 512 << 10;
/// h2 charges each small unread DATA frame up to 256 bytes and ends the connection when the budget is used
/// up. A whole stream window of the smallest messages (5 bytes) is charged 52 MiB: one slow answer never
/// ends a connection, and a hostile client makes us hold no more than this.
const DATA_FRAME_BUDGET: usize = 64 << 20;
/// What all connections of a server share.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    /// Absent where plaintext is spoken.
    pub(super) tls: Option<Secured>,
    pub(super) stages: Arc<Stages>,
    /// Connections that are open.
    pub(super) open: AtomicUsize,
}

impl Settings {
    fn builder(&self) -> Builder {
        let streams = self.limits.max_concurrent_streams;
        let headers = u32::try_from(self.limits.max_header_list_size.get()).unwrap_or(u32::MAX);
        let mut builder = Builder::new();
        builder
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(MAX_FRAME)
            .max_header_list_size(headers)
            .max_concurrent_streams(streams)
            .max_pending_accept_reset_streams(streams.max(20) as usize)
            .max_send_buffer_size(SEND_BUFFER)
            .data_frame_budget(DATA_FRAME_BUDGET);
        builder
    }
}

/// HTTP/2 on a wire, and on the same in TLS.
type Plain<IO> = Connection<Lingering<Latecomers<Replayed<IO>>>, Bytes>;
type Secure<IO> = Plain<TlsStream<Replayed<IO>>>;

/// A connection that is ready for calls.
enum Ready<IO> {
    Plain(Box<Plain<IO>>),
    /// With the subject of the client's certificate.
    Secure(Box<Secure<IO>>, Option<Arc<str>>),
}

/// Serves one accepted connection until it ends.
pub(super) async fn serve<IO>(io: IO, settings: Arc<Settings>, mut entrance: Entrance)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let hello = timeout(settings.limits.handshake_timeout, hello(io, &settings));
    let refused = tokio::select! {
        hello = hello => match hello {
            Ok(Ok(Ready::Plain(connection))) => {
                return serve_http2(*connection, settings, entrance).await;
            }
            Ok(Ok(Ready::Secure(connection, subject))) => {
                entrance.peer = entrance.peer.with_subject(subject);
                return Box::pin(serve_http2(*connection, settings, entrance)).await;
            }
            Ok(Err(Some(refused))) => refused,
            // It was closed before it said anything: nothing worth telling.
            Ok(Err(None)) => return,
            Err(_) => Refused::Silent,
        },
        () = settings.stages.draining() => return,
    };
    if let Some(observer) = &entrance.observer {
        observer.refused(&entrance.peer, refused);
    }
}

/// Finds out what the client speaks, and begins to; one that is refused is told why in what it speaks.
async fn hello<IO>(io: IO, settings: &Settings) -> Result<Ready<IO>, Option<Refused>>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (speaks, mut io) = first_bytes::look(io).await.map_err(|_| None)?;
    match (&settings.tls, speaks) {
        (None, Speaks::Tls) => Err(Some(Refused::Tls)),
        (None, _) => http2(speaks, io, settings, Below::Plaintext).await.map(Box::new).map(Ready::Plain),
        (Some(tls), Speaks::Tls) => {
            Box::pin(async {
                let (io, subject) = tls.shake(io).await?;
                let (speaks, io) = first_bytes::look(io).await.map_err(|_| None)?;
                let connection = http2(speaks, io, settings, Below::Tls).await?;
                Ok(Ready::Secure(Box::new(connection), subject))
            })
            .await
        }
        (Some(_), _) => {
            plain_http::refuse_plaintext(speaks, &mut io).await;
            Err(Some(Refused::Plaintext))
        }
    }
}

/// Begins HTTP/2 with those who speak it.
async fn http2<IO>(
    speaks: Speaks,
    mut io: Replayed<IO>,
    settings: &Settings,
    below: Below,
) -> Result<Plain<IO>, Option<Refused>>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    match speaks {
        Speaks::Http2 => settings
            .builder()
            .handshake(Lingering::new(Latecomers::new(io)))
            .await
            .map_err(|_| Some(Refused::Garbage)),
        Speaks::Http1 => {
            plain_http::refuse(io, below).await;
            Err(Some(Refused::Http1))
        }
        Speaks::Garbage | Speaks::Tls => {
            plain_http::refuse_garbage(&mut io).await;
            Err(Some(Refused::Garbage))
        }
    }
}

/// Accepts calls and runs them, until the connection ends.
async fn serve_http2<IO>(mut connection: Plain<IO>, settings: Arc<Settings>, mut entrance: Entrance)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut waiting: Vec<UnderWay> = Vec::new();
    let mut lifetime = Lifetime::new(&settings.stages, settings.limits, &entrance.line);
    poll_fn(move |cx| {
        if lifetime.poll(cx, &mut connection).is_ready() {
            return Poll::Ready(());
        }
        loop {
            // Reads all that has come, writes all that is ready, then hands out the new calls.
            let over = loop {
                match connection.poll_accept(cx) {
                    Poll::Ready(Some(Ok((request, respond)))) => {
                        lifetime.busy();
                        waiting.extend(entrance.begin(request, respond));
                    }
                    Poll::Ready(Some(Err(_)) | None) => break true,
                    Poll::Pending => break false,
                }
            };
            if waiting.is_empty() && !over {
                if lifetime.parts(&mut connection) {
                    continue;
                }
                return Poll::Pending;
            }
            // Then each is polled here, once; the next round writes all their replies in one go.
            for mut call in waiting.drain(..) {
                if call.poll_inside().is_pending() {
                    tokio::spawn(call);
                }
            }
            if over {
                return Poll::Ready(());
            }
        }
    })
    .await;
}
