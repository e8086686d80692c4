//! A server that runs: started, drained, cut, stopped.

use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::{Receiver as Ends, RecvTimeoutError, Sender as End, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use super::accept::{self, Accepted, Lobby, Turn, Worker};
use super::connection::Settings;
use super::listen::{self, Bound};
use super::stage::{Stage, Stages};
use super::tls::Secured;
use super::{Door, Health, Listen, ListenError, ServerOptions, ServerTls};

/// How long a dropped server waits for its threads; one that computes ends by itself later.
const PATIENCE: Duration = Duration::from_secs(1);

/// What takes long in an answer runs on so many threads beside each that serves; the rest waits its turn, so
/// that many such calls at once do not become many threads.
const BLOCKING: usize = 4;

/// A server that runs; dropped, it stops at once.
#[derive(Debug)]
pub struct Running {
    settings: Arc<Settings>,
    addresses: Vec<SocketAddr>,
    targets: Vec<String>,
    health: Option<Health>,
    /// The first thread's runtime: it accepts, and keeps the time of a drain.
    first: Handle,
    /// Ends when no acceptor and no connection is left; taken by the drain.
    gone: Mutex<Option<Receiver<()>>>,
    threads: Vec<JoinHandle<()>>,
    ends: Mutex<Ends<()>>,
}

/// How a drain went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Calls that were still open at the end, and were cut.
    pub cut: usize,
}

/// Starts a server on threads of its own. When this returns, all its sockets listen.
///
/// It may be called inside or outside of a runtime; a host's name is looked up meanwhile.
///
/// # Errors
/// When one of the places cannot be listened on, or the system gives no threads.
pub fn start(options: ServerOptions, door: &Door) -> Result<Running, ListenError> {
    let (mut bound, mut targets) = (Vec::new(), Vec::new());
    for listen in &options.listen {
        let opened = listen::open(listen)?;
        bound.extend(opened.bound);
        let is_secure = options.tls.is_some() && !matches!(listen, Listen::Unix(_));
        targets.push(if is_secure { format!("https://{}", opened.target) } else { opened.target });
    }
    let addresses = bound.iter().filter_map(|bound| match bound {
        Bound::Tcp(listener) => listener.local_addr().ok(),
        Bound::Unix(..) => None,
    });
    let addresses = addresses.collect();
    let threads = options.threads.get();
    let stages = Arc::new(Stages::new(threads));
    let settings = Arc::new(Settings {
        limits: options.limits,
        tls: options.tls.map(Secured::new),
        stages: stages.clone(),
        open: AtomicUsize::new(0),
    });
    let place = targets.join(", ");
    let no_thread = |error| ListenError::new(&place, error);
    let runtimes: Vec<Own> = (0..threads).map(|_| Own::new()).collect::<Result<_, _>>().map_err(no_thread)?;
    let first = runtimes[0].handle();
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..threads).map(|_| unbounded_channel()).unzip();
    let turn = Arc::new(Turn { workers: senders, next: AtomicUsize::new(0) });
    let (alive, gone) = tokio::sync::mpsc::channel(1);
    let lobby = Lobby { settings: settings.clone(), observer: options.observer.clone(), alive };
    for bound in bound {
        first.spawn(accept::accept(bound, turn.clone(), lobby.clone()));
    }
    drop((lobby, turn));
    let (end, ends) = channel();
    let mut running = Running {
        settings: settings.clone(),
        addresses,
        targets,
        health: options.health,
        first,
        gone: Mutex::new(Some(gone)),
        threads: Vec::with_capacity(threads),
        ends: Mutex::new(ends),
    };
    for (number, (runtime, accepted)) in runtimes.into_iter().zip(receivers).enumerate() {
        let worker = Worker {
            number,
            settings: settings.clone(),
            door: door.clone(),
            token: options.token.clone(),
            observer: options.observer.clone(),
        };
        let end = end.clone();
        let thread = std::thread::Builder::new()
            .name(format!("greet-server-{number}"))
            .spawn(move || run(runtime, worker, accepted, end))
            .map_err(no_thread)?;
        running.threads.push(thread);
    }
    Ok(running)
}

/// One thread's runtime. Dropped, it waits for nothing, so that it may be dropped within another runtime: a
/// start that fails half-way does that.
pub(super) struct Own(Option<Runtime>);

impl Own {
    pub(super) fn new() -> std::io::Result<Self> {
        let mut runtime = Builder::new_current_thread();
        runtime.enable_all().max_blocking_threads(BLOCKING).build().map(|runtime| Self(Some(runtime)))
    }

    fn runtime(&self) -> &Runtime {
        self.0.as_ref().expect("only the drop takes it")
    }

    fn handle(&self) -> Handle {
        self.runtime().handle().clone()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// One thread's life.
fn run(runtime: Own, worker: Worker, accepted: UnboundedReceiver<Accepted>, end: End<()>) {
    runtime.runtime().block_on(worker.run(accepted));
    drop(runtime);
    // Dropped last, this says that the thread is done.
    drop(end);
}

impl Running {
    /// The addresses that TCP listens on, in the order asked for.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The port of the first TCP address.
    pub fn port(&self) -> Option<u16> {
        self.addresses.first().map(SocketAddr::port)
    }

    /// What a caller types to reach the first place: `localhost:50051`, `https://localhost:50051` in TLS,
    /// `unix:/run/greet.sock` in either.
    pub fn target(&self) -> &str {
        self.targets.first().map_or("", String::as_str)
    }

    /// The same for each place, in the order asked for.
    pub fn targets(&self) -> &[String] {
        &self.targets
    }

    /// The health that it was started with, if any.
    pub fn health(&self) -> Option<&Health> {
        self.health.as_ref()
    }

    /// Secures new connections in this way; those that stand keep what they began with. A server that was
    /// started in plaintext goes on to speak it.
    pub fn renew(&self, tls: ServerTls) {
        if let Some(secured) = &self.settings.tls {
            secured.renew(tls);
        }
    }

    /// Ends the server well: health turns `NOT_SERVING`, no new connection and no new call is taken, clients
    /// are told, open calls get `grace` to end; what is then left is cut.
    ///
    /// It may be awaited in any runtime. A second drain, or one after [`Running::cut`], ends at once.
    pub async fn drain(&self, grace: Duration) -> Drained {
        self.drain_after(Duration::ZERO, grace).await
    }

    /// As [`Running::drain`], but all that health says is said for so long before: meanwhile connections and
    /// calls are still taken, and balancers that ask for health send theirs elsewhere.
    pub async fn drain_after(&self, delay: Duration, grace: Duration) -> Drained {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut gone) = gone {
            let health = self.health.clone().unwrap_or_default();
            health.leave();
            let (done, wait) = oneshot::channel::<()>();
            let stages = self.settings.stages.clone();
            self.first.spawn(async move {
                if !delay.is_zero() {
                    tokio::select! {
                        () = tokio::time::sleep(delay) => {}
                        () = stages.reached(Stage::Over) => {}
                    }
                }
                health.stop();
                stages.drain();
                tokio::select! {
                    _ = gone.recv() => stages.end(),
                    () = tokio::time::sleep(grace) => stages.cut(),
                    () = stages.reached(Stage::Over) => {}
                }
                drop(done);
            });
            // An error is what we wait for: the sender was dropped, by the task or with its runtime.
            let _ = wait.await;
        }
        Drained { cut: self.settings.stages.were_cut() }
    }

    /// Ends the server now; a drain that runs ends, too, and counts what was cut.
    pub fn cut(&self) {
        self.settings.stages.cut();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.settings.stages.cut();
        let this_thread = std::thread::current().id();
        if self.threads.iter().any(|thread| thread.thread().id() == this_thread) {
            // An answer of ours drops its own server: it cannot wait for itself.
            return;
        }
        let ends = self.ends.get_mut().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + PATIENCE;
        let left = until.saturating_duration_since(Instant::now());
        if ends.recv_timeout(left) == Err(RecvTimeoutError::Disconnected) {
            for thread in self.threads.drain(..) {
                // A thread that panicked has said so itself.
                let _ = thread.join();
            }
        }
    }
}
