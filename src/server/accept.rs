//! Accepts connections and hands them round the threads in turn.

use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender};

use super::authority::Mended;
use super::connection::{self, Settings};
use super::door::{Door, Entrance};
use super::listen::Bound;
use super::stage::Stage;
use super::{Observer, Peer, Refused, Token};

/// How long to wait when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(20);

/// Held by whatever keeps a drain waiting: an acceptor, a connection.
pub(super) type Alive = Sender<()>;

/// A connection's place among those that may be open; free again when dropped.
pub(super) struct Seat {
    settings: Arc<Settings>,
    _alive: Alive,
}

impl Seat {
    /// `None` when all are taken.
    fn take(settings: &Arc<Settings>, alive: &Alive) -> Option<Self> {
        let most = settings.limits.max_connections;
        let taken = settings.open.fetch_add(1, Ordering::Relaxed);
        let seat = Self { settings: settings.clone(), _alive: alive.clone() };
        (taken < most).then_some(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.settings.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection on its way to the thread that serves it.
pub(super) enum Accepted {
    Tcp(std::net::TcpStream, Peer, Seat),
    Unix(StdUnixStream, Peer, Seat),
}

/// What each thread needs to serve a connection.
#[derive(Clone)]
pub(super) struct Worker {
    pub(super) number: usize,
    pub(super) settings: Arc<Settings>,
    pub(super) door: Door,
    pub(super) token: Option<Token>,
    pub(super) observer: Option<Arc<dyn Observer>>,
}

impl Worker {
    /// Serves what is handed over, until the server is over.
    pub(super) async fn run(self, mut accepted: UnboundedReceiver<Accepted>) {
        let stages = self.settings.stages.clone();
        let over = stages.reached(Stage::Over);
        let serve = async {
            while let Some(next) = accepted.recv().await {
                self.take(next);
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = over => {}
            () = serve => {}
        }
    }

    fn take(&self, accepted: Accepted) {
        let settings = self.settings.clone();
        // A socket that cannot be registered is closed by being dropped.
        match accepted {
            Accepted::Tcp(stream, peer, seat) => {
                let entrance = Entrance::new(self, peer);
                if let Ok(stream) = TcpStream::from_std(stream) {
                    tokio::spawn(async move {
                        connection::serve(stream, settings, entrance).await;
                        drop(seat);
                    });
                }
            }
            Accepted::Unix(stream, peer, seat) => {
                let entrance = Entrance::new(self, peer);
                if let Ok(stream) = UnixStream::from_std(stream) {
                    tokio::spawn(async move {
                        connection::serve(Mended::new(stream), settings, entrance).await;
                        drop(seat);
                    });
                }
            }
        }
    }
}

/// The threads in turn.
pub(super) struct Turn {
    pub(super) workers: Vec<UnboundedSender<Accepted>>,
    pub(super) next: AtomicUsize,
}

impl Turn {
    fn hand(&self, accepted: Accepted) {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.workers.len();
        // A thread that is gone is one of a server that is over.
        let _ = self.workers[turn].send(accepted);
    }
}

/// Who may come in.
#[derive(Clone)]
pub(super) struct Lobby {
    pub(super) settings: Arc<Settings>,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) alive: Alive,
}

impl Lobby {
    /// A seat, while there is one.
    fn seat(&self, peer: &Peer) -> Option<Seat> {
        let seat = Seat::take(&self.settings, &self.alive);
        if let (None, Some(observer)) = (&seat, &self.observer) {
            observer.refused(peer, Refused::TooMany);
        }
        seat
    }
}

/// Accepts on one socket until the server drains; then the socket is closed, and its file removed.
pub(super) async fn accept(bound: Bound, turn: Arc<Turn>, lobby: Lobby) {
    let accepting = async {
        match bound {
            Bound::Tcp(listener) => {
                let listener = TcpListener::from_std(listener)?;
                loop {
                    match listener.accept().await {
                        Ok((stream, mut address)) => {
                            // A socket for both families shows IPv4 as ::ffff:127.0.0.1.
                            address.set_ip(address.ip().to_canonical());
                            // A reply is one write: waiting for more to send with it gains nothing.
                            let _ = stream.set_nodelay(true);
                            let peer = Peer::tcp(address);
                            if let Some(seat) = lobby.seat(&peer)
                                && let Ok(stream) = stream.into_std()
                            {
                                turn.hand(Accepted::Tcp(stream, peer, seat));
                            }
                        }
                        Err(error) => pause(&error).await,
                    }
                }
            }
            Bound::Unix(listener, file) => {
                let listener = UnixListener::from_std(listener)?;
                let _file = file;
                loop {
                    match listener.accept().await {
                        Ok((stream, _)) => {
                            let peer = Peer::unix();
                            if let Some(seat) = lobby.seat(&peer)
                                && let Ok(stream) = stream.into_std()
                            {
                                turn.hand(Accepted::Unix(stream, peer, seat));
                            }
                        }
                        Err(error) => pause(&error).await,
                    }
                }
            }
        }
    };
    let _: Result<(), io::Error> = tokio::select! {
        failed = accepting => failed,
        () = lobby.settings.stages.draining() => Ok(()),
    };
}

/// After an error of `accept`: one connection's own is over with it, the system's want of room needs time.
async fn pause(error: &io::Error) {
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    ) {
        tokio::time::sleep(PAUSE).await;
    }
}
