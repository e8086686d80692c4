//! From a schema, rules and what else answers to a set of routes, to be put behind the door in one step.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::admin::Admin;
use super::evaluators::Evaluators;
use super::faults::Faults;
use super::health::{Check, Ruled, Watch};
use super::others::{Others, Strangers};
use super::ready::Ready;
use super::replay::{Pace, Replay};
use super::responder::MethodResponder;
use super::shared::{Notes, Shared};
use super::troubled::Troubled;
use super::{Automatic, Offer, ServeError, Upstream};
use crate::event::{Recorded, Recording};
use crate::leaf::Size;
use crate::leaf::nearest::nearest;
use crate::rules::{CHECK, Memory, Rule, RuleSet, with_health};
use crate::schema::{Declarations, MethodOutline, Schema, Shape};
use crate::server::{Health, Journal, Reflection, Responder, Route, Routes, ServingStatus};
use crate::transcode::Plan;

/// What a set of routes is made from.
#[derive(Clone)]
pub(super) struct Assembly {
    pub(super) schema: Schema,
    pub(super) rules: Vec<Rule>,
    /// Those that come before them, whatever becomes of files.
    pub(super) added: Vec<Added>,
    /// What drives the server while it runs, if it is offered.
    pub(super) admin: Option<Arc<Admin>>,
    /// What the rules remember; it lives longer than they do.
    pub(super) memory: Arc<Memory>,
    pub(super) automatic: Automatic,
    pub(super) seed: u64,
    pub(super) reflection: Offer,
    /// The health service, if it is offered; it lives longer than a set of routes.
    pub(super) health: Option<Health>,
    /// Who answers Check by the rules that are served, for those who watch.
    pub(super) ruled: Arc<Ruled>,
    pub(super) max_recv_size: Size,
    /// Where what happens is kept, if it is.
    pub(super) journal: Option<Journal>,
    pub(super) upstream: Option<Arc<Upstream>>,
    pub(super) replay: Option<(Arc<Recording>, Pace)>,
    /// What calls may come to first.
    pub(super) faults: Arc<Faults>,
    pub(super) notes: Option<Notes>,
}

/// A rule that was added while the server runs.
#[derive(Clone)]
pub(super) struct Added {
    pub(super) id: u64,
    pub(super) rule: Rule,
}

/// Routes that were made, with what is of use beside them.
pub(super) struct Assembled {
    pub(super) routes: Routes,
    /// Who answers the methods of the schema.
    pub(super) methods: Vec<Arc<MethodResponder>>,
    /// Who answers Check, if rules are for it.
    pub(super) check: Option<Arc<MethodResponder>>,
    /// What they share.
    pub(super) shared: Arc<Shared>,
    /// The names of the services.
    pub(super) services: Vec<String>,
}

type Services = BTreeMap<String, Vec<MethodOutline>>;

impl Assembly {
    /// Checks the rules and the recording against the schema, and makes the routes.
    ///
    /// # Errors
    /// When the schema does not link, or a rule or a recorded call does not fit it.
    pub(super) async fn assemble(self) -> Result<Assembled, ServeError> {
        let Self { schema, reflection, health, journal, replay, admin, .. } = self;
        let rules: Vec<Rule> = self.added.into_iter().map(|added| added.rule).chain(self.rules).collect();
        for source in schema.sources() {
            for name in source.declarations().map(Declarations::named).unwrap_or_default() {
                source.file(&name).await?;
            }
        }
        let services = schema.all_methods().await?;
        // Where the server tells of its health, that is the service, whatever a schema has under the name.
        let known = if health.is_some() { with_health(services.clone()) } else { services.clone() };
        check_faults(&self.faults, &services, self.upstream.is_some())?;
        let replay = match &replay {
            Some((recording, pace)) => Some(play(&schema, recording, *pace).await?),
            None => None,
        };
        let recorded_only: Vec<String> = match &replay {
            Some(replay) => {
                replay.methods().filter(|name| !knows(&services, name)).map(ToOwned::to_owned).collect()
            }
            None => Vec::new(),
        };
        let passes = self.upstream.is_some();
        let others = (passes || replay.is_some())
            .then(|| Arc::new(Others { replay, upstream: self.upstream, health: None }));
        let shared = Arc::new(Shared {
            ruled: !rules.is_empty(),
            rules: RuleSet::new(rules, &known, &schema)?.with_memory(Arc::clone(&self.memory)),
            schema: schema.clone(),
            automatic: self.automatic,
            seed: self.seed,
            max_recv_size: self.max_recv_size,
            journal: journal.clone(),
            others: others.clone(),
            health: health
                .clone()
                .map(|health| Arc::new(Others { health: Some(health), ..Others::default() })),
            notes: self.notes,
            told: Mutex::new(HashSet::new()),
            evaluators: Evaluators::default(),
        });
        let mut routes = Routes::new();
        let methods = methods(&shared, &known).await?;
        let troubled = |name: Option<&str>, inner: Arc<dyn Responder>| -> Arc<dyn Responder> {
            if self.faults.is_empty() {
                return inner;
            }
            let (faults, journal) = (Arc::clone(&self.faults), journal.clone());
            Arc::new(Troubled { faults, name: name.map(ToOwned::to_owned), inner, journal })
        };
        let mut check = None;
        for (path, shape, responder) in &methods {
            let own = Arc::clone(responder);
            let inner: Arc<dyn Responder> = match (path.strip_prefix('/'), &health, &shared.health) {
                (Some(CHECK), Some(health), Some(others)) => {
                    check = Some(Arc::clone(responder));
                    Arc::new(Check { ruled: own, others: Arc::clone(others), health: health.clone() })
                }
                _ => own,
            };
            let responder = troubled(path.strip_prefix('/'), inner);
            routes.add(path.as_str(), Route { shape: *shape, responder });
        }
        if let Some(others) = others {
            let strangers = troubled(None, Arc::new(Strangers { others, journal: journal.clone() }));
            for name in recorded_only {
                let route = Route { shape: Shape::Bidi, responder: strangers.clone() };
                routes.add(format!("/{name}"), route);
            }
            if passes {
                routes.set_others(strangers);
            }
        }
        if let Some(health) = health {
            for service in services.keys().filter(|service| health.get(service).is_none()) {
                health.set(service.clone(), ServingStatus::Serving);
            }
            health.add_to(&mut routes);
            let watch = Arc::new(Watch { health, ruled: self.ruled });
            routes.add(
                format!("/{}/Watch", Health::SERVICE),
                Route { shape: Shape::ServerStreaming, responder: watch },
            );
        }
        let mut reflected = schema;
        if let Some(admin) = admin {
            admin.add_to(&mut routes);
            let own = Admin::schema()?;
            let sources = reflected.sources().iter().chain(own.sources()).cloned().collect();
            reflected = Schema::new(sources);
        }
        if reflection == Offer::Yes {
            // Reflection lists itself too, as every server's does.
            let mut listed: Vec<String> = routes.services().into_iter().map(ToOwned::to_owned).collect();
            listed.extend(Reflection::SERVICES.map(ToOwned::to_owned));
            // One without methods has no route, and is a service all the same.
            listed.extend(services.keys().cloned());
            Reflection::new(Arc::new(reflected), listed).add_to(&mut routes);
        }
        let methods = methods.into_iter().map(|(_, _, responder)| responder).collect();
        Ok(Assembled { routes, methods, check, shared, services: services.into_keys().collect() })
    }
}

/// Who answers the methods, each with its path and its shape.
async fn methods(
    shared: &Arc<Shared>,
    services: &Services,
) -> Result<Vec<(String, Shape, Arc<MethodResponder>)>, ServeError> {
    // What a rule names is looked at now; all else when a call reaches it.
    let mut ready = HashMap::new();
    for name in shared.rules.to_check() {
        ready.insert(name.to_owned(), Ready::make(shared, name).await?);
    }
    let mut methods = Vec::new();
    for (service, outlines) in services {
        for MethodOutline { name, shape } in outlines {
            let name = format!("{service}/{name}");
            if name == CHECK && shared.health.is_some() && !shared.rules.has(CHECK) {
                continue;
            }
            let (path, ready) = (format!("/{name}"), ready.remove(&name));
            let responder = MethodResponder::new(Arc::clone(shared), name, *shape, ready);
            methods.push((path, *shape, Arc::new(responder)));
        }
    }
    Ok(methods)
}

/// A fault for a method that is not there would never be seen.
fn check_faults(faults: &Faults, services: &Services, passes: bool) -> Result<(), ServeError> {
    let names: Vec<String> = services
        .iter()
        .flat_map(|(service, methods)| methods.iter().map(move |method| format!("{service}/{}", method.name)))
        .collect();
    let idle = faults.all().iter().find(|fault| !passes && !names.iter().any(|name| fault.is_for(name)));
    let Some((fault, method)) = idle.and_then(|fault| Some((fault, fault.method()?))) else { return Ok(()) };
    let near =
        nearest(method, names.iter().map(String::as_str), 3).into_iter().map(ToOwned::to_owned).collect();
    Err(ServeError::fault(format!("'{}': no method is called '{method}'", fault.text()), near))
}

fn knows(services: &Services, name: &str) -> bool {
    name.rsplit_once('/').is_some_and(|(service, method)| {
        services.get(service).is_some_and(|m| m.iter().any(|m| m.name == method))
    })
}

/// The recorded calls, read by their methods' types. Calls of gRPC's own services are not among them.
pub(super) async fn play(schema: &Schema, recording: &Recording, pace: Pace) -> Result<Replay, ServeError> {
    let mut replay = Replay::new(pace);
    let mut names: Vec<&str> = recording.calls().iter().map(Recorded::method).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let plans = match schema.method(name).await {
            Ok(method) => Some(Plan::of_method(&method)?),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(error.into()),
        };
        let plans = plans.as_ref().map(|(request, reply)| (request, reply)).unzip();
        replay.add(recording, name, plans).map_err(ServeError::recording)?;
    }
    Ok(replay)
}
