//! Many connections as one: which addresses are connected to, and which of them a call goes to.

mod backend;
mod driver;
mod error;
mod lease;
mod life;
mod load;
mod options;
mod outlier;
mod pick_first;
mod picker;
mod policy;
mod publish;
mod reports;
mod watcher;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::leaf::Target;

use super::error::{ConnectError, Kind as Why};
use super::names::{Located, resolver};
use super::options::ConnectOptions;
use super::resolve::Peer;

use self::backend::{Backend, Taken};
use self::driver::{Driver, Event};

pub use error::PoolError;
pub use lease::Lease;
pub use life::State;
pub use load::WeightOptions;
#[doc(hidden)]
pub use load::weighed;
pub use options::PoolOptions;
pub use outlier::{FailurePercentage, OutlierOptions, SuccessRate};
pub use picker::Picker;
pub use policy::LoadBalancing;

/// The addresses of a target, connected to as a policy wants. Cheap to clone; connections are left when the last clone is
/// gone, and closed when the last call on them is over.
#[derive(Clone)]
pub struct Pool {
    inner: Arc<Inner>,
    driver: Arc<Abort>,
}

/// What the pool, its driver and its leases share.
struct Inner {
    shared: Mutex<Shared>,
    /// Says that it may be worth while to ask again.
    changed: watch::Sender<()>,
    events: mpsc::UnboundedSender<Event>,
    /// Whether somebody found all connections full.
    starved: AtomicBool,
    options: PoolOptions,
}

/// What a pick depends on; written by the driver.
struct Shared {
    state: State,
    /// Whether calls may begin: a policy that spreads them waits a while for those that connect.
    settled: bool,
    wanted: bool,
    picker: Picker,
    backends: Vec<Arc<Backend>>,
    lives: Vec<State>,
    error: PoolError,
}

struct Abort(JoinHandle<()>);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What comes of asking for an address.
#[derive(Debug)]
pub enum Pick {
    /// This one.
    Lease(Lease),
    /// None as yet: ask again after [`Pool::changed`].
    Wait,
    /// None, until one that failed works again.
    Failed(PoolError),
}

/// One address of a pool, as it is now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BackendFacts {
    /// Where it is, and what is known of it.
    pub endpoint: Located,
    /// What it is in.
    pub state: State,
    /// How many connections there are.
    pub connections: usize,
    /// How many calls are open.
    pub calls: usize,
}

impl Pool {
    /// Over the addresses of a target. Nothing is asked or dialled before the first call, or [`Pool::connect`].
    ///
    /// # Errors
    /// When the target and the options contradict each other.
    pub fn new(
        target: &Target,
        options: &ConnectOptions,
        pool: PoolOptions,
    ) -> Result<Self, Arc<ConnectError>> {
        let resolver =
            resolver(target, options).map_err(|error| Arc::new(ConnectError::from(Why::Named(error))))?;
        let (events, heard) = mpsc::unbounded_channel();
        let shared = Shared {
            state: State::Idle,
            settled: false,
            wanted: false,
            picker: Picker::new(pool.policy, Vec::new(), 0, &[]),
            backends: Vec::new(),
            lives: Vec::new(),
            error: PoolError(error::Kind::Empty),
        };
        let (changed, _) = watch::channel(());
        let starved = AtomicBool::new(false);
        let inner = Arc::new(Inner { shared: Mutex::new(shared), changed, events, starved, options: pool });
        let driver = Driver::new(Arc::clone(&inner), target, options, resolver, heard);
        let driver = Arc::new(Abort(tokio::spawn(driver.run())));
        Ok(Self { inner, driver })
    }

    /// How it was made.
    pub fn options(&self) -> &PoolOptions {
        &self.inner.options
    }

    /// Begins to connect, if that has not begun.
    pub fn connect(&self) {
        let mut shared = self.inner.shared();
        if !std::mem::replace(&mut shared.wanted, true) {
            self.inner.tell(Event::Wanted);
        }
    }

    /// The address for one more call, if there is one now.
    pub fn try_pick(&self) -> Pick {
        let mut shared = self.inner.shared();
        match shared.state {
            State::Ready if shared.settled => {}
            State::TransientFailure => return Pick::Failed(shared.error.clone()),
            State::Idle | State::Connecting | State::Ready => {
                let first = !std::mem::replace(&mut shared.wanted, true);
                if first {
                    self.inner.tell(Event::Wanted);
                }
                return Pick::Wait;
            }
        }
        for _ in 0..shared.picker.ready().len() {
            let Some(at) = shared.picker.pick(|at| shared.backends[at].open()) else { break };
            let backend = &shared.backends[at];
            match backend.take() {
                Taken::Link(link, connection) => {
                    return Pick::Lease(Lease::new(&self.inner, backend, link, connection));
                }
                Taken::Full(grow) => {
                    self.inner.starved.store(true, Ordering::Relaxed);
                    if grow {
                        self.inner.tell(Event::Full(backend.id));
                    }
                }
                Taken::Gone => self.inner.tell(Event::Gone(backend.id)),
            }
        }
        Pick::Wait
    }

    /// Ends when it may be worth while to pick again. It is to be asked for before the pick that it follows.
    pub fn changed(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut changed = self.inner.changed.subscribe();
        // The sender lives as long as anybody who can tell.
        async move {
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// The address for one more call, waited for while one may come.
    ///
    /// # Errors
    /// When all have failed.
    pub async fn pick(&self) -> Result<Lease, PoolError> {
        loop {
            let changed = self.changed();
            match self.try_pick() {
                Pick::Lease(lease) => return Ok(lease),
                Pick::Failed(error) => return Err(error),
                Pick::Wait => changed.await,
            }
        }
    }

    /// The same, waited for as long as it takes (gRPC's "wait for ready").
    pub async fn pick_when_ready(&self) -> Lease {
        loop {
            let changed = self.changed();
            match self.try_pick() {
                Pick::Lease(lease) => return lease,
                Pick::Failed(_) | Pick::Wait => changed.await,
            }
        }
    }

    /// What all of it is in.
    pub fn state(&self) -> State {
        self.inner.shared().state
    }

    /// The addresses, in the order of their list.
    pub fn backends(&self) -> Vec<BackendFacts> {
        let shared = self.inner.shared();
        let facts = |(backend, state): (&Arc<Backend>, &State)| BackendFacts {
            endpoint: backend.endpoint.clone(),
            state: *state,
            connections: backend.connections(),
            calls: backend.open(),
        };
        shared.backends.iter().zip(&shared.lives).map(facts).collect()
    }

    /// The addresses that calls may go to now.
    pub fn ready(&self) -> Vec<Peer> {
        let shared = self.inner.shared();
        shared.picker.ready().iter().map(|at| shared.backends[*at].peer().clone()).collect()
    }
}

impl Inner {
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the driver. When it is gone there is nobody to tell.
    fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Whoever waits may ask again.
    fn wake(&self) {
        self.changed.send_replace(());
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = self.inner.shared();
        f.debug_struct("Pool")
            .field("state", &shared.state)
            .field("backends", &shared.backends.len())
            .field("ready", &shared.picker.ready().len())
            .field("over", &self.driver.0.is_finished())
            .finish_non_exhaustive()
    }
}
