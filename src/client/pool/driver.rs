//! Who connects: follows the list of addresses, does what the policy wants, and tells those who pick.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::client::backoff::{random, shuffle};
use crate::client::connection::{Connection, Greeting};
use crate::client::error::{ConnectError, Kind as Why};
use crate::client::health::Serving;
use crate::client::names::{Located, Resolver, Update, Updates};
use crate::client::options::ConnectOptions;
use crate::client::resolve::interleave;
use crate::leaf::Target;

use super::Inner;
use super::backend::Backend;
use super::error::{Kind, PoolError};
use super::life::Life;
use super::outlier::{self, Ejection};
use super::policy::{LoadBalancing, Policy};
use super::reports::Reports;
use super::watcher;

/// A connection that is lost as soon as it is there is made again after this time at the earliest.
const SPACING: Duration = Duration::from_millis(50);
/// How long after one more connection to an address could not be made it is tried again.
const GROWTH_PAUSE: Duration = Duration::from_secs(1);

/// What the driver is told.
#[derive(Debug)]
pub(super) enum Event {
    /// Somebody has a call to make.
    Wanted,
    /// All connections of an address have as many calls as the server takes.
    Full(u64),
    /// An address was found without a connection that takes calls.
    Gone(u64),
    /// A connection is over.
    Over { backend: u64, link: u64 },
    /// What a server says of its health on a connection; `None` when it has no health service.
    Health { backend: u64, link: u64, state: Option<Serving> },
    /// It could not be asked, for now.
    HealthLost { backend: u64, link: u64, why: String },
}

/// A try that is over.
struct Dialled {
    backend: Arc<Backend>,
    /// Which try it was; 0 for one more connection beside others.
    number: u64,
    result: Result<Connection, ConnectError>,
}

/// One address, as the driver sees it.
pub(super) struct Seat {
    pub(super) backend: Arc<Backend>,
    /// The try that is under way; what another brings is not wanted.
    dialling: Option<u64>,
    /// Whether it is left out.
    pub(super) ejection: Ejection,
}

pub(super) struct Driver {
    pub(super) inner: Arc<Inner>,
    /// Shared, as each dial takes it along, and it may be a list of a thousand.
    target: Arc<Target>,
    options: Arc<ConnectOptions>,
    updates: Updates,
    heard: mpsc::UnboundedReceiver<Event>,
    policy: Policy,
    pub(super) seats: Vec<Seat>,
    pub(super) lives: Vec<Life>,
    dials: FuturesUnordered<Pin<Box<dyn Future<Output = Dialled> + Send>>>,
    wanted: bool,
    /// Whether the list has come, or why not.
    pub(super) listed: bool,
    last: u64,
    pub(super) error: PoolError,
    pub(super) settled: bool,
    pub(super) settles: Option<Instant>,
    sweeps: Option<Instant>,
    weighs: Option<Instant>,
}

impl Driver {
    pub(super) fn new(
        inner: Arc<Inner>,
        target: &Target,
        options: &ConnectOptions,
        resolver: Arc<dyn Resolver>,
        heard: mpsc::UnboundedReceiver<Event>,
    ) -> Self {
        let policy = Policy::new(inner.options.policy);
        Self {
            target: Arc::new(target.clone()),
            options: Arc::new(options.clone()),
            updates: Updates::of(resolver),
            heard,
            policy,
            seats: Vec::new(),
            lives: Vec::new(),
            dials: FuturesUnordered::new(),
            wanted: false,
            listed: false,
            last: 0,
            error: PoolError(Kind::Empty),
            settled: false,
            settles: None,
            sweeps: None,
            weighs: None,
            inner,
        }
    }

    pub(super) async fn run(mut self) {
        while !self.wanted {
            let Some(event) = self.heard.recv().await else { return };
            self.hear(event);
        }
        if let Some(outlier) = &self.inner.options.outlier {
            self.sweeps = Some(Instant::now() + outlier.interval);
        }
        if let Some(weights) = self.inner.options.weights() {
            self.weighs = Some(Instant::now() + weights.update);
        }
        loop {
            let again = self.advance();
            tokio::select! {
                biased;
                Some(dialled) = self.dials.next() => self.dialled(dialled),
                event = self.heard.recv() => match event {
                    Some(event) => self.hear(event),
                    None => return,
                },
                update = self.updates.next() => self.listed(update),
                () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => {}
            }
            // What is there already is taken in before anything is made of it.
            while let Some(Some(dialled)) = self.dials.next().now_or_never() {
                self.dialled(dialled);
            }
            while let Ok(event) = self.heard.try_recv() {
                self.hear(event);
            }
        }
    }

    /// Does what the policy wants, and tells the outcome; answers when to come again.
    fn advance(&mut self) -> Option<Instant> {
        let now = Instant::now();
        for life in &mut self.lives {
            life.wake(now);
        }
        let step = loop {
            let step = self.policy.step(&self.lives, self.wanted, now);
            if step.resolve {
                self.updates.hurry();
            }
            for &at in &step.drop {
                self.seats[at].dialling = None;
                self.seats[at].backend.leave();
                self.lives[at].lost();
            }
            for &at in &step.connect {
                self.dial(at, now);
            }
            // What it wants next depends on what was done.
            if step.connect.is_empty() && step.drop.is_empty() {
                break step;
            }
        };
        if self.sweeps.is_some_and(|when| when <= now) {
            self.sweep(now);
        }
        if let (Some(when), Some(weights)) = (self.weighs, self.inner.options.weights())
            && when <= now
        {
            self.weighs = Some(now + weights.update.max(Duration::from_millis(100)));
        }
        let settles = self.settle(&step, now);
        self.publish(&step);
        let waking = self.lives.iter().filter_map(Life::until).min();
        [step.again, waking, settles, self.sweeps, self.weighs].into_iter().flatten().min()
    }

    fn dial(&mut self, at: usize, now: Instant) {
        let earliest = self.lives[at].begun().map(|begun| begun + SPACING).filter(|when| *when > now);
        self.lives[at].begin(now);
        self.last += 1;
        self.seats[at].dialling = Some(self.last);
        self.begin(at, self.last, earliest);
    }

    fn begin(&mut self, at: usize, number: u64, earliest: Option<Instant>) {
        let backend = Arc::clone(&self.seats[at].backend);
        let (target, options) = (Arc::clone(&self.target), Arc::clone(&self.options));
        self.dials.push(Box::pin(async move {
            if let Some(earliest) = earliest {
                sleep_until(earliest).await;
            }
            let candidate = backend.endpoint.candidate();
            let result = Connection::connect_and(Greeting::Awaited, Some(candidate), &target, &options).await;
            Dialled { backend, number, result }
        }));
    }

    fn at(&self, id: u64) -> Option<usize> {
        self.seats.iter().position(|seat| seat.backend.id == id)
    }

    fn dialled(&mut self, Dialled { backend, number, result }: Dialled) {
        let now = Instant::now();
        let at = self.at(backend.id);
        if number == 0 {
            match result {
                Ok(connection) if at.is_some() => {
                    self.last += 1;
                    self.add(&backend, self.last, connection, (false, false));
                }
                _ => backend.cannot_grow(now + GROWTH_PAUSE),
            }
            // Whoever found it full asks again, and finds what there is.
            self.inner.wake();
            return;
        }
        let Some(at) = at.filter(|at| self.seats[*at].dialling == Some(number)) else { return };
        self.seats[at].dialling = None;
        match result {
            Ok(connection) => {
                let watched = self.inner.options.health.is_some();
                self.add(&backend, number, connection, (true, watched));
                if !watched {
                    self.lives[at].connected();
                }
            }
            Err(error) => {
                self.error = PoolError(Kind::Connect(Arc::new(error)));
                self.lives[at].failed(now, random());
            }
        }
    }

    /// One more connection to an address, asked for the server's health where it is `watched`; for its load where it is the
    /// `first`.
    fn add(&self, backend: &Arc<Backend>, link: u64, connection: Connection, (first, watched): (bool, bool)) {
        let service = self.inner.options.health.clone().filter(|_| watched);
        let weights = self.inner.options.weights().filter(|weights| first && weights.out_of_band.is_some());
        let reports = weights.map(|weights| Reports::new(&connection, backend, *weights));
        let events = self.inner.events.clone();
        let watching = watcher::start(&connection, service, reports, (backend.id, link), events);
        backend.add(link, connection, Some(watching));
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Wanted => self.wanted = true,
            Event::Full(id) => {
                if let Some(at) = self.at(id) {
                    self.begin(at, 0, None);
                }
            }
            Event::Gone(id) => {
                if let Some(at) = self.at(id)
                    && self.seats[at].dialling.is_none()
                    // A pause that runs already is not cut short.
                    && self.lives[at].until().is_none()
                    && !self.seats[at].backend.is_there()
                {
                    self.lost(at);
                }
            }
            Event::Over { backend, link } => {
                if let Some(at) = self.at(backend)
                    && self.seats[at].backend.lose(link)
                    && self.seats[at].dialling.is_none()
                {
                    self.lost(at);
                }
            }
            Event::Health { backend, link, state } => match state {
                Some(state) if !state.is_serving() => self.refused(backend, link, state.to_string()),
                _ => {
                    if let Some(at) = self.holding(backend, link) {
                        self.lives[at].connected();
                    }
                }
            },
            Event::HealthLost { backend, link, why } => self.refused(backend, link, why),
        }
    }

    /// Where an address stands, if this connection is still one of its own.
    fn holding(&self, backend: u64, link: u64) -> Option<usize> {
        self.at(backend).filter(|at| self.seats[*at].backend.has(link))
    }

    /// A server does not serve, or does not say that it does.
    fn refused(&mut self, backend: u64, link: u64, state: String) {
        let Some(at) = self.holding(backend, link) else { return };
        self.lives[at].refused();
        let peer = self.seats[at].backend.peer().clone();
        let service = self.inner.options.health.clone().unwrap_or_default();
        self.error = PoolError(Kind::NotServing { peer, service, state });
    }

    /// There is no connection any more: one that stood, or one whose health was bad.
    fn lost(&mut self, at: usize) {
        self.seats[at].backend.leave();
        self.lives[at].lost();
    }

    /// Another list: who stands in both keeps connections and history.
    fn listed(&mut self, update: Update) {
        match update {
            Update::List(list) => {
                self.listed = true;
                self.relist(self.ordered(list.located));
            }
            Update::Empty(error) => {
                self.listed = true;
                self.error = PoolError(Kind::Connect(Arc::new(Why::Named(error).into())));
                self.relist(Vec::new());
            }
            // What was known stays.
            Update::Lost(error) => {
                if !self.listed || self.seats.is_empty() {
                    self.error = PoolError(Kind::Connect(Arc::new(Why::Named(error).into())));
                }
                self.listed = true;
            }
        }
    }

    /// A list in the order in which it is gone through.
    fn ordered(&self, mut list: Vec<Located>) -> Vec<Located> {
        let options = &self.inner.options;
        if options.shuffle && options.policy == LoadBalancing::PickFirst {
            shuffle(&mut list);
            // Chance does not keep the families from taking turns (gRFC A61).
            list = interleave(list, |one| one.peer.is_ipv6());
        }
        list
    }

    fn relist(&mut self, endpoints: Vec<Located>) {
        let mut old: Vec<Option<(usize, Seat, Life)>> = std::mem::take(&mut self.seats)
            .into_iter()
            .zip(std::mem::take(&mut self.lives))
            .enumerate()
            .map(|(at, (seat, life))| Some((at, seat, life)))
            .collect();
        let mut now_at = vec![None; old.len()];
        for endpoint in endpoints {
            if self.seats.iter().any(|seat| seat.backend.endpoint.peer == endpoint.peer) {
                continue;
            }
            let kept = old.iter_mut().find(|old| {
                old.as_ref()
                    .is_some_and(|(_, seat, _)| seat.backend.endpoint.candidate() == endpoint.candidate())
            });
            match kept.and_then(Option::take) {
                Some((was, seat, life)) => {
                    now_at[was] = Some(self.seats.len());
                    self.seats.push(seat);
                    self.lives.push(life);
                }
                None => {
                    self.last += 1;
                    let backend = Arc::new(Backend::new(self.last, endpoint));
                    self.seats.push(Seat { backend, dialling: None, ejection: Ejection::default() });
                    self.lives.push(Life::new(self.inner.options.backoff.clone()));
                }
            }
        }
        for (_, seat, _) in old.into_iter().flatten() {
            seat.backend.leave();
        }
        self.policy.relist(&now_at, self.seats.len());
    }

    fn sweep(&mut self, now: Instant) {
        let Some(options) = &self.inner.options.outlier else { return };
        self.sweeps = Some(now + options.interval);
        let mut all: Vec<_> = self.seats.iter().map(|seat| (seat.ejection, seat.backend.tally())).collect();
        outlier::sweep(options, &mut all, now, random);
        for (seat, (ejection, _)) in self.seats.iter_mut().zip(all) {
            seat.ejection = ejection;
        }
    }
}
