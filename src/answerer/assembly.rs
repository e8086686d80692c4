//! From a schema, rules and what else answers to a set of routes, to be put behind the door in one step.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::others::{Others, Strangers};
use super::ready::Ready;
use super::replay::{Pace, Replay};
use super::responder::MethodResponder;
use super::shared::{Notes, Shared};
use super::{Automatic, Offer, ServeError, Upstream};
use crate::event::{Recorded, Recording};
use crate::leaf::Size;
use crate::rules::{Rule, RuleSet};
use crate::schema::{MethodOutline, Schema, Shape};
use crate::server::{Health, Journal, Reflection, Route, Routes, ServingStatus};
use crate::transcode::Plan;

/// What a set of routes is made from.
pub(super) struct Assembly {
    pub(super) schema: Schema,
    pub(super) rules: Vec<Rule>,
    pub(super) automatic: Automatic,
    pub(super) seed: u64,
    pub(super) reflection: Offer,
    /// The health service, if it is offered; it lives longer than a set of routes.
    pub(super) health: Option<Health>,
    pub(super) max_recv_size: Size,
    /// Where what happens is kept, if it is.
    pub(super) journal: Option<Journal>,
    pub(super) upstream: Option<Upstream>,
    pub(super) replay: Option<(Recording, Pace)>,
    pub(super) notes: Option<Notes>,
}

type Services = BTreeMap<String, Vec<MethodOutline>>;

impl Assembly {
    /// Checks the rules and the recording against the schema, and makes the routes.
    ///
    /// # Errors
    /// When the schema does not link, or a rule or a recorded call does not fit it.
    pub(super) async fn routes(self) -> Result<Routes, ServeError> {
        let Self { schema, rules, reflection, health, journal, replay, .. } = self;
        let services = schema.all_methods().await?;
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
        let others =
            (passes || replay.is_some()).then(|| Arc::new(Others { replay, upstream: self.upstream }));
        let shared = Arc::new(Shared {
            ruled: !rules.is_empty(),
            rules: RuleSet::new(rules, &services, &schema)?,
            schema: schema.clone(),
            automatic: self.automatic,
            seed: self.seed,
            max_recv_size: self.max_recv_size,
            journal: journal.clone(),
            others: others.clone(),
            notes: self.notes,
            told: Mutex::new(HashSet::new()),
        });
        let mut routes = Routes::new();
        add_methods(&mut routes, &shared, &services).await?;
        if let Some(others) = others {
            let strangers = Arc::new(Strangers { others, journal });
            for name in recorded_only {
                let route = Route { shape: Shape::Bidi, responder: strangers.clone() };
                routes.add(format!("/{name}"), route);
            }
            if passes {
                routes.set_others(strangers);
            }
        }
        if let Some(health) = health {
            for service in services.keys() {
                health.set(service.clone(), ServingStatus::Serving);
            }
            health.add_to(&mut routes);
        }
        if reflection == Offer::Yes {
            // Reflection lists itself too, as every server's does.
            let mut listed: Vec<String> = routes.services().into_iter().map(ToOwned::to_owned).collect();
            listed.extend(Reflection::SERVICES.map(ToOwned::to_owned));
            // One without methods has no route, and is a service all the same.
            listed.extend(services.into_keys());
            Reflection::new(Arc::new(schema), listed).add_to(&mut routes);
        }
        Ok(routes)
    }
}

async fn add_methods(
    routes: &mut Routes,
    shared: &Arc<Shared>,
    services: &Services,
) -> Result<(), ServeError> {
    // What a rule names is looked at now; all else when a call reaches it.
    let mut ready = HashMap::new();
    for name in shared.rules.to_check() {
        ready.insert(name.to_owned(), Ready::make(shared, name).await?);
    }
    for (service, methods) in services {
        for MethodOutline { name, shape } in methods {
            let (name, shape) = (format!("{service}/{name}"), *shape);
            let path = format!("/{name}");
            let ready = ready.remove(&name);
            let responder = MethodResponder::new(Arc::clone(shared), name, shape, ready);
            routes.add(path, Route { shape, responder: Arc::new(responder) });
        }
    }
    Ok(())
}

fn knows(services: &Services, name: &str) -> bool {
    name.rsplit_once('/').is_some_and(|(service, method)| {
        services.get(service).is_some_and(|m| m.iter().any(|m| m.name == method))
    })
}

/// The recorded calls, read by their methods' types. Calls of gRPC's own services are not among them.
async fn play(schema: &Schema, recording: &Recording, pace: Pace) -> Result<Replay, ServeError> {
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
