//! One connection from its first bytes to its end.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use h2::server::{Builder, Connection};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep, timeout};

use super::door::Entrance;
use super::first_bytes::{self, Replayed, Speaks};
use super::line::Line;
use super::stage::Stages;
use super::under_way::UnderWay;
use super::{Refused, plain_http};

/// What one call may send before it is read.
const STREAM_WINDOW: u32 = 1 << 20;
/// What all calls of a connection may send before it is read.
const CONNECTION_WINDOW: u32 = 4 << 20;
/// The largest frame taken; held whole until it has come.
const MAX_FRAME: u32 = 256 << 10;
/// The largest list of headers taken.
const MAX_HEADERS: u32 = 64 << 10;
/// What h2 may hold of one call's replies beyond the client's window.
const SEND_BUFFER: usize = 512 << 10;
/// h2 charges each small unread DATA frame up to 256 bytes and ends the connection when the budget is used
/// up. A whole stream window of the smallest messages (5 bytes) is charged 52 MiB: one slow answer never
/// ends a connection, and a hostile client makes us hold no more than this.
const DATA_FRAME_BUDGET: usize = 64 << 20;
/// How long a draining connection without calls waits for the client to take notice.
const LINGER: Duration = Duration::from_secs(1);

/// What all connections of a server share.
pub(super) struct Settings {
    pub(super) handshake_timeout: Duration,
    pub(super) max_concurrent_streams: u32,
    pub(super) stages: Arc<Stages>,
}

impl Settings {
    fn builder(&self) -> Builder {
        let mut builder = Builder::new();
        builder
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(MAX_FRAME)
            .max_header_list_size(MAX_HEADERS)
            .max_concurrent_streams(self.max_concurrent_streams)
            .max_pending_accept_reset_streams(self.max_concurrent_streams.max(20) as usize)
            .max_send_buffer_size(SEND_BUFFER)
            .data_frame_budget(DATA_FRAME_BUDGET);
        builder
    }
}

/// Serves one accepted connection until it ends.
pub(super) async fn serve<IO>(io: IO, settings: Arc<Settings>, entrance: Entrance)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let hello = timeout(settings.handshake_timeout, async {
        let (speaks, mut io) = first_bytes::look(io).await.ok()?;
        match speaks {
            Speaks::Http2 => match settings.builder().handshake(io).await {
                Ok(connection) => return Some(Ok(connection)),
                Err(_) => return Some(Err(Refused::Garbage)),
            },
            Speaks::Http1 => plain_http::refuse(io).await,
            Speaks::Garbage => plain_http::refuse_garbage(&mut io).await,
            // TLS is taken up here.
            Speaks::Tls => return Some(Err(Refused::Tls)),
        }
        Some(Err(if speaks == Speaks::Http1 { Refused::Http1 } else { Refused::Garbage }))
    });
    let refused = tokio::select! {
        hello = hello => match hello {
            Ok(Some(Ok(connection))) => return serve_http2(connection, settings, entrance).await,
            Ok(Some(Err(refused))) => refused,
            // It was closed before it said anything: nothing worth telling.
            Ok(None) => return,
            Err(_) => Refused::Silent,
        },
        () = settings.stages.draining() => return,
    };
    if let Some(observer) = &entrance.observer {
        observer.refused(&entrance.peer, refused);
    }
}

/// Accepts calls and runs them, until the connection ends.
async fn serve_http2<IO>(
    mut connection: Connection<Replayed<IO>, Bytes>,
    settings: Arc<Settings>,
    mut entrance: Entrance,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut waiting: Vec<UnderWay> = Vec::new();
    let mut draining = Draining::new(&settings.stages, &entrance.line);
    poll_fn(move |cx| {
        draining.poll(cx, &mut connection);
        loop {
            // Reads all that has come, writes all that is ready, then hands out the new calls.
            let over = loop {
                match connection.poll_accept(cx) {
                    Poll::Ready(Some(Ok((request, respond)))) => {
                        waiting.extend(entrance.begin(request, respond));
                    }
                    Poll::Ready(Some(Err(_)) | None) => break true,
                    Poll::Pending => break false,
                }
            };
            if waiting.is_empty() && !over {
                return draining.settled(cx, &connection);
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

/// A connection's way to its end when the server drains, or a call wants it to take no more.
struct Draining {
    stages: Arc<Stages>,
    line: Arc<Line>,
    signal: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Whether our task is registered with the signal; once is enough, a task's waker does not change.
    registered: bool,
    /// Runs once we have said goodbye.
    linger: Option<Pin<Box<Sleep>>>,
}

impl Draining {
    fn new(stages: &Arc<Stages>, line: &Arc<Line>) -> Self {
        let of_signal = stages.clone();
        let signal = Box::pin(async move { of_signal.draining().await });
        Self { stages: stages.clone(), line: line.clone(), signal, registered: false, linger: None }
    }

    /// Says goodbye when it is time.
    fn poll<IO>(&mut self, cx: &mut Context<'_>, connection: &mut Connection<IO, Bytes>)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let leaving = self.line.is_leaving();
        if self.linger.is_some() || (self.registered && self.stages.is_serving() && !leaving) {
            return;
        }
        self.line.register(cx.waker());
        self.registered = true;
        // A call may have wanted it between the look and the registration.
        if leaving || self.line.is_leaving() || self.signal.as_mut().poll(cx).is_ready() {
            // GOAWAY, a ping, and when that is answered GOAWAY with the last call's number.
            connection.graceful_shutdown();
            self.linger = Some(Box::pin(sleep(LINGER)));
        }
    }

    /// Ready when a draining connection has no calls left and its client takes no notice.
    fn settled<IO>(&mut self, cx: &mut Context<'_>, connection: &Connection<IO, Bytes>) -> Poll<()>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let Some(linger) = &mut self.linger else { return Poll::Pending };
        while linger.as_mut().poll(cx).is_ready() {
            if !connection.has_streams() {
                return Poll::Ready(());
            }
            linger.as_mut().reset(Instant::now() + LINGER);
        }
        Poll::Pending
    }
}
