//! How a server comes about.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::Mutex;

use super::admin::Admin;
use super::assembly::Assembly;
use super::faults::{Fault, Faults};
use super::serving::{Current, Serving};
use super::shared::Notes;
use super::{Pace, ServeError, Server, Upstream, greeter_rules, greeter_schema};
use crate::event::Recording;
use crate::leaf::Size;
use crate::rules::{Memory, Rule};
use crate::schema::Schema;
use crate::server::{self, Door, Health, Journal, Limits, Listen, Observer, ServerOptions, ServerTls, Token};

/// Whether methods that no rule answers get a made-up reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Automatic {
    /// A reply that fits the schema.
    #[default]
    On,
    /// UNIMPLEMENTED.
    Off,
}

/// Whether something beside the schema's own services is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Offer {
    /// It is.
    #[default]
    Yes,
    /// It is not.
    No,
}

/// Says what a server is to be before it starts.
#[derive(Default)]
pub struct ServerBuilder {
    schema: Option<Schema>,
    rules: Option<Vec<Rule>>,
    automatic: Automatic,
    seed: u64,
    reflection: Offer,
    health: Offer,
    journal: Option<Journal>,
    admin: bool,
    upstream: Option<Upstream>,
    replay: Option<(Recording, Pace)>,
    faults: Vec<Fault>,
    fault_headers: bool,
    notes: Option<Notes>,
    listen: Option<Vec<Listen>>,
    threads: Option<NonZeroUsize>,
    limits: Limits,
    tls: Option<ServerTls>,
    token: Option<Token>,
    observer: Option<Arc<dyn Observer>>,
}

impl ServerBuilder {
    /// What is served; the embedded greeter when nothing is said.
    #[must_use]
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Adds a rule; of the rules that match, the first answers.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.get_or_insert_default().push(rule);
        self
    }

    /// Adds rules in their order.
    #[must_use]
    pub fn rules(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.rules.get_or_insert_default().extend(rules);
        self
    }

    /// What becomes of calls that no rule answers.
    #[must_use]
    pub fn automatic(mut self, automatic: Automatic) -> Self {
        self.automatic = automatic;
        self
    }

    /// What made-up replies depend on, beside the schema and the request.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Whether clients may ask for the schema.
    #[must_use]
    pub fn reflection(mut self, offer: Offer) -> Self {
        self.reflection = offer;
        self
    }

    /// Whether clients may ask how the server is.
    #[must_use]
    pub fn health(mut self, offer: Offer) -> Self {
        self.health = offer;
        self
    }

    /// Whether what happens is kept in [`Server::journal`]; it costs time and memory a call.
    #[must_use]
    pub fn journal(mut self, offer: Offer) -> Self {
        self.journal = match offer {
            Offer::Yes => Some(Journal::default()),
            Offer::No => Some(Journal::new(0)),
        };
        self
    }

    /// Has what happens kept in this journal.
    #[must_use]
    pub fn journal_in(mut self, journal: Journal) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Offers the service `greet.admin.v1.Admin` ([`ADMIN_PROTO`](super::ADMIN_PROTO)): who calls it changes what is answered. Only
    /// on loopback and unix sockets, unless a token is demanded.
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.admin = true;
        self
    }

    /// Passes the calls that no rule answers on to another server, those of methods that the schema does not know
    /// too. Without a schema of its own this server has no reflection and no health check then: the other one is asked.
    #[must_use]
    pub fn upstream(mut self, upstream: Upstream) -> Self {
        self.upstream = Some(upstream);
        self
    }

    /// Answers calls that no rule answers as they were recorded, and none with made-up replies.
    #[must_use]
    pub fn replay(mut self, recording: Recording, pace: Pace) -> Self {
        self.replay = Some((recording, pace));
        self
    }

    /// Adds trouble: of the faults that a call comes to, the first happens to it. They depend on the seed.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Has clients ask for trouble in the `x-envoy-fault-*` headers (Envoy, "Fault injection").
    #[must_use]
    pub fn fault_headers(mut self) -> Self {
        self.fault_headers = true;
        self
    }

    /// Who is told of errors in conditions and of made-up replies.
    #[must_use]
    pub fn notes(mut self, notes: Notes) -> Self {
        self.notes = Some(notes);
        self
    }

    /// Where to listen; a free port on loopback when nothing is said.
    #[must_use]
    pub fn listen(mut self, places: Vec<Listen>) -> Self {
        self.listen = Some(places);
        self
    }

    /// How many threads serve; one when nothing is said.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The largest request, and the most that the requests of one client stream may be together.
    #[must_use]
    pub fn max_recv_size(mut self, size: Size) -> Self {
        self.limits.max_recv_size = size;
        self
    }

    /// What clients are kept to, [`ServerBuilder::max_recv_size`] among it.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Speaks TLS, and nothing else; [`Server::target`] says so then.
    #[must_use]
    pub fn tls(mut self, tls: ServerTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Demands this token of every call, to reflection and health too; others end UNAUTHENTICATED.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Who is told of every call that ended.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Checks every rule against the schema, binds, and serves.
    ///
    /// # Errors
    /// When the schema does not link, a rule does not fit it, or a place cannot be listened at, or not with the
    /// admin service.
    pub async fn start(self) -> Result<Server, ServeError> {
        // Another server's methods are passed on whatever they are.
        let is_passing = self.upstream.is_some();
        let only_passes = is_passing && self.schema.is_none() && self.rules.is_none();
        let (schema, rules) = match (self.schema, self.rules) {
            (None, None) if is_passing => (Schema::new(Vec::new()), Vec::new()),
            (Some(schema), rules) => (schema, rules.unwrap_or_default()),
            (None, rules) => (greeter_schema()?, rules.map_or_else(greeter_rules, Ok)?),
        };
        let listen = self.listen.unwrap_or_else(|| vec![Listen::Loopback { port: 0 }]);
        if self.admin && self.token.is_none() && !listen.iter().all(Listen::is_local) {
            return Err(ServeError::open_admin());
        }
        let admin = self.admin.then(Arc::<Admin>::default);
        let health = (self.health == Offer::Yes && !only_passes)
            .then(|| admin.as_ref().map_or_else(Health::new, |admin| admin.stops.clone()));
        let options = ServerOptions {
            listen,
            threads: self.threads.unwrap_or(NonZeroUsize::MIN),
            limits: self.limits,
            tls: self.tls,
            token: self.token,
            observer: self.observer,
            // The admin service is told of a stop by it, though nobody may ask for health.
            health: health.clone().or_else(|| admin.as_ref().map(|admin| admin.stops.clone())),
            ..ServerOptions::default()
        };

        let journal = self.journal.unwrap_or_default();
        let assembly = Assembly {
            schema,
            rules,
            added: Vec::new(),
            admin: admin.clone(),
            memory: Arc::new(Memory::new(self.seed, seconds)),
            automatic: self.automatic,
            seed: self.seed,
            reflection: if only_passes { Offer::No } else { self.reflection },
            health,
            ruled: Arc::default(),
            max_recv_size: options.limits.max_recv_size,
            journal: journal.is_kept().then(|| journal.clone()),
            upstream: self.upstream.map(Arc::new),
            replay: self.replay.map(|(recording, pace)| (Arc::new(recording), pace)),
            faults: Arc::new(Faults::new(self.faults, self.seed, self.fault_headers)),
            notes: self.notes,
        };
        let assembled = assembly.clone().assemble().await?;
        assembly.ruled.send_replace(assembled.check.clone());
        let door = Door::new(assembled.routes.clone());
        let current = Mutex::new(Current { assembly, assembled });
        let serving = Arc::new(Serving { journal, door: door.clone(), current });
        if let Some(admin) = admin {
            admin.serve(&serving);
        }
        let running = server::start(options, &door)?;
        Ok(Server { running, serving })
    }
}

/// The time in seconds since 1970, for programs.
fn seconds() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder").field("schema", &self.schema).finish_non_exhaustive()
    }
}
