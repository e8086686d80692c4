//! How a server comes about.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use super::evaluators::Evaluators;
use super::ready::Ready;
use super::responder::MethodResponder;
use super::shared::{Notes, Shared};
use super::{ServeError, Server, greeter_rules, greeter_schema};
use crate::leaf::Size;
use crate::rules::{Memory, Rule, RuleSet};
use crate::schema::{Declarations, MethodOutline, Schema};
use crate::server::{
    self, Door, Health, Journal, Limits, Listen, Observer, Reflection, Route, Routes, ServerOptions,
    ServerTls, ServingStatus, Token,
};

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
    journal: Offer,
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
        self.journal = offer;
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
    /// When the schema does not link, a rule does not fit it, or a place cannot be listened at.
    pub async fn start(self) -> Result<Server, ServeError> {
        let (schema, rules) = match (self.schema, self.rules) {
            (Some(schema), rules) => (schema, rules.unwrap_or_default()),
            (None, rules) => (greeter_schema()?, rules.map_or_else(greeter_rules, Ok)?),
        };
        for source in schema.sources() {
            for name in source.declarations().map(Declarations::named).unwrap_or_default() {
                source.file(&name).await?;
            }
        }
        let services = schema.all_methods().await?;
        let mut options = ServerOptions {
            listen: self.listen.unwrap_or_else(|| vec![Listen::Loopback { port: 0 }]),
            threads: self.threads.unwrap_or(NonZeroUsize::MIN),
            limits: self.limits,
            tls: self.tls,
            token: self.token,
            observer: self.observer,
            ..ServerOptions::default()
        };

        let journal = Journal::default();
        let memory = Memory::new(self.seed, seconds);
        let shared = Arc::new(Shared {
            ruled: !rules.is_empty(),
            rules: RuleSet::new(rules, &services, &schema)?.with_memory(Arc::new(memory)),
            schema: schema.clone(),
            automatic: self.automatic,
            seed: self.seed,
            max_recv_size: options.limits.max_recv_size,
            journal: (self.journal == Offer::Yes).then(|| journal.clone()),
            notes: self.notes,
            told: Mutex::new(HashSet::new()),
            evaluators: Evaluators::default(),
        });
        // What a rule names is looked at now; all else when a call reaches it.
        let mut ready = HashMap::new();
        for name in shared.rules.to_check() {
            ready.insert(name.to_owned(), Ready::make(&shared, name).await?);
        }
        let mut routes = Routes::new();
        for (service, methods) in &services {
            for MethodOutline { name, shape } in methods {
                let (name, shape) = (format!("{service}/{name}"), *shape);
                let path = format!("/{name}");
                let ready = ready.remove(&name);
                let responder = MethodResponder::new(Arc::clone(&shared), name, shape, ready);
                routes.add(path, Route { shape, responder: Arc::new(responder) });
            }
        }
        if self.health == Offer::Yes {
            let health = Health::new();
            for service in services.keys() {
                health.set(service.clone(), ServingStatus::Serving);
            }
            health.add_to(&mut routes);
            options.health = Some(health);
        }
        if self.reflection == Offer::Yes {
            // Reflection lists itself too, as every server's does.
            let mut listed: Vec<String> = routes.services().into_iter().map(ToOwned::to_owned).collect();
            listed.extend(Reflection::SERVICES.map(ToOwned::to_owned));
            // One without methods has no route, and is a service all the same.
            listed.extend(services.into_keys());
            Reflection::new(Arc::new(schema), listed).add_to(&mut routes);
        }
        let running = server::start(options, &Door::new(routes))?;
        Ok(Server { running, journal })
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
