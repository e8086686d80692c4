//! The standard health service: Check, Watch and List (grpc.health.v1).

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream::unfold;
use prost::Message;
use tokio::sync::watch;
use tonic::metadata::MetadataMap;
use tonic_health::pb::health_check_response::ServingStatus as Wire;
use tonic_health::pb::health_server::{Health as Service, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::{Answer, Call, Responder, Route, Routes};
use crate::leaf::Code;
use crate::protocol::Status;
use crate::schema::Shape;

/// The health of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServingStatus {
    /// It answers.
    Serving,
    /// It does not.
    NotServing,
    /// Nobody can say.
    Unknown,
}

impl From<ServingStatus> for HealthCheckResponse {
    fn from(status: ServingStatus) -> Self {
        let status = match status {
            ServingStatus::Serving => Wire::Serving,
            ServingStatus::NotServing => Wire::NotServing,
            ServingStatus::Unknown => Wire::Unknown,
        };
        Self { status: status.into() }
    }
}

/// The health of a server's services; clones are handles on the same state. The name `""` is the server.
#[derive(Debug, Clone)]
pub struct Health {
    state: Arc<watch::Sender<State>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    services: BTreeMap<String, ServingStatus>,
    /// Once it leaves, nothing serves again.
    leaving: bool,
    /// Once stopped, watchers are sent away.
    stopped: bool,
}

impl State {
    fn leave(&mut self) {
        self.leaving = true;
        for status in self.services.values_mut() {
            *status = ServingStatus::NotServing;
        }
    }
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

impl Health {
    /// The full name of the service.
    pub const SERVICE: &'static str = "grpc.health.v1.Health";

    /// A server that serves, with no service named yet.
    pub fn new() -> Self {
        let health = Self { state: Arc::new(watch::Sender::new(State::default())) };
        health.set("", ServingStatus::Serving);
        health
    }

    /// Sets the health of a service; watchers are told. Does nothing once it leaves.
    pub fn set(&self, service: impl Into<String>, status: ServingStatus) {
        let service = service.into();
        self.state.send_if_modified(|state| {
            !state.leaving && state.services.insert(service, status) != Some(status)
        });
    }

    /// Forgets a service.
    pub fn remove(&self, service: &str) {
        self.state.send_if_modified(|state| state.services.remove(service).is_some());
    }

    /// The health of a service, if it is known.
    pub fn get(&self, service: &str) -> Option<ServingStatus> {
        self.state.borrow().services.get(service).copied()
    }

    /// Everything turns `NOT_SERVING`, for good, and watchers are told.
    pub fn leave(&self) {
        self.state.send_modify(State::leave);
    }

    /// As [`Health::leave`], and then the calls of watchers end UNAVAILABLE, so that a server that drains does
    /// not wait for them.
    pub fn stop(&self) {
        self.state.send_modify(|state| {
            state.leave();
            state.stopped = true;
        });
    }

    /// What it says from now on.
    pub(crate) fn states(&self) -> States {
        States(self.state.subscribe())
    }

    /// Waits until [`Health::stop`] is called.
    pub(crate) async fn stopped(&self) {
        let mut states = self.state.subscribe();
        // An error means that nobody is left who could.
        if states.wait_for(|state| state.stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Adds the service to a set of routes.
    pub fn add_to(&self, routes: &mut Routes) {
        routes.add_service(HealthServer::new(self.clone()));
        // tonic-health 0.14 was generated before List existed.
        let list = Route { shape: Shape::Unary, responder: Arc::new(List(self.clone())) };
        routes.add(format!("/{}/List", Self::SERVICE), list);
    }
}

#[async_trait::async_trait]
impl Service for Health {
    async fn check(
        &self,
        request: tonic::Request<HealthCheckRequest>,
    ) -> Result<tonic::Response<HealthCheckResponse>, tonic::Status> {
        let service = request.into_inner().service;
        match self.get(&service) {
            Some(status) => Ok(tonic::Response::new(status.into())),
            None => Err(tonic::Status::not_found(format!("unknown service {service}"))),
        }
    }

    type WatchStream = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, tonic::Status>> + Send>>;

    async fn watch(
        &self,
        request: tonic::Request<HealthCheckRequest>,
    ) -> Result<tonic::Response<Self::WatchStream>, tonic::Status> {
        let service = request.into_inner().service;
        let mut states = self.state.subscribe();
        states.mark_changed();
        let start = Watching { states, service, told: None, over: false };
        Ok(tonic::Response::new(Box::pin(unfold(start, Watching::next))))
    }
}

/// What health says, to be waited for.
pub(crate) struct States(watch::Receiver<State>);

/// What it says of one service.
pub(crate) struct Said {
    /// Its state, if it is known.
    pub(crate) state: Option<ServingStatus>,
    /// Whether the server leaves: then nothing else counts.
    pub(crate) is_leaving: bool,
    /// Whether watchers are sent away.
    pub(crate) is_stopped: bool,
}

impl States {
    /// What it says of a service now; [`States::changed`] is about what comes after.
    pub(crate) fn now(&mut self, service: &str) -> Said {
        let all = self.0.borrow_and_update();
        let state = all.services.get(service).copied();
        Said { state, is_leaving: all.leaving, is_stopped: all.stopped }
    }

    /// Waits until it says something else, of whatever service.
    pub(crate) async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// One watcher, and what it was told last.
struct Watching {
    states: watch::Receiver<State>,
    service: String,
    told: Option<i32>,
    over: bool,
}

impl Watching {
    async fn next(mut self) -> Option<(Result<HealthCheckResponse, tonic::Status>, Self)> {
        loop {
            if self.over {
                return None;
            }
            let (now, stopped) = {
                // An error means that the server's handle is gone, and with it the server.
                self.states.changed().await.ok()?;
                let state = self.states.borrow_and_update();
                let unknown = HealthCheckResponse { status: Wire::ServiceUnknown.into() };
                (state.services.get(&self.service).map_or(unknown, |&status| status.into()), state.stopped)
            };
            if self.told != Some(now.status) {
                self.told = Some(now.status);
                if stopped {
                    // Come back for the end.
                    self.states.mark_changed();
                }
                return Some((Ok(now), self));
            }
            if stopped {
                self.over = true;
                return Some((Err(tonic::Status::unavailable("the server is stopping")), self));
            }
        }
    }
}

/// `grpc.health.v1.HealthListResponse`; its request has no fields.
#[derive(Clone, PartialEq, Message)]
struct HealthListResponse {
    #[prost(map = "string, message", tag = "1")]
    statuses: HashMap<String, HealthCheckResponse>,
}

/// Answers List.
struct List(Health);

impl Responder for List {
    fn respond(self: Arc<Self>, call: Call) -> Answer {
        Box::pin(async move {
            let Call { mut requests, replies, .. } = call;
            let status = if let Err(status) = requests.only().await {
                status
            } else {
                let state = self.0.state.borrow().clone();
                let statuses = state.services.into_iter().map(|(name, status)| (name, status.into()));
                let reply = HealthListResponse { statuses: statuses.collect() };
                match replies.send(reply.encode_to_vec().into()).await {
                    Ok(()) => Status::ok(),
                    Err(gone) => Status::new(Code::CANCELLED, gone.to_string()),
                }
            };
            replies.finish(status, MetadataMap::new());
        })
    }
}
