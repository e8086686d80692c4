//! The service `greet.admin.v1.Admin`: by it test code in any language drives a server that runs.

mod messages;
mod reading;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use prost::Message;
use tonic::metadata::MetadataMap;

use self::messages::{
    AddRulesRequest, AddRulesResponse, ListRulesResponse, Listed, Nothing, ReadJournalRequest,
    RemoveRulesRequest, RemoveRulesResponse, ResetRequest, SetHealthRequest, VerifyRequest, VerifyResponse,
};
use super::assembly::Added;
use super::serving::Serving;
use super::{Expected, ServeError, Times};
use crate::event::Recording;
use crate::leaf::{Code, printable};
use crate::protocol::Status;
use crate::query::QueryError;
use crate::rules::{self, Rule};
use crate::schema::{Schema, Shape};
use crate::server::{self, Call, Health, Responder, Route, Routes, ServingStatus};

/// `proto/admin.proto`.
pub const ADMIN_PROTO: &str = include_str!("../../../proto/admin.proto");

/// The full name of the service.
pub(super) const SERVICE: &str = "greet.admin.v1.Admin";
/// So many rules may be added.
const MOST: usize = 100_000;
/// A name is shown in every error: longer ones are cut.
const LONGEST_NAME: usize = 200;

/// What the service needs of its server, which it does not keep alive.
#[derive(Default)]
pub(super) struct Admin {
    serving: OnceLock<Weak<Serving>>,
    /// Says when the server stops; the same that its watchers are sent away by.
    pub(super) stops: Health,
    next: AtomicU64,
}

#[derive(Debug, Clone, Copy)]
enum Asked {
    AddRules,
    RemoveRules,
    ListRules,
    Reset,
    ReadJournal,
    Verify,
    SetHealth,
    WaitUntilReady,
}

/// Answers one method of the service.
struct Method {
    admin: Arc<Admin>,
    asked: Asked,
}

impl Admin {
    /// Says whom it is about; what is asked before ends UNAVAILABLE.
    pub(super) fn serve(&self, serving: &Arc<Serving>) {
        // It is set once, by who makes both.
        let _ = self.serving.set(Arc::downgrade(serving));
    }

    /// The schema of the service.
    ///
    /// # Errors
    /// None that a user could cause; the text is part of the program.
    pub(super) fn schema() -> Result<Schema, ServeError> {
        Ok(Schema::from_proto_text("greet/admin/v1/admin.proto", ADMIN_PROTO)?)
    }

    /// Adds the service to a set of routes.
    pub(super) fn add_to(self: &Arc<Self>, routes: &mut Routes) {
        for (name, asked) in [
            ("AddRules", Asked::AddRules),
            ("RemoveRules", Asked::RemoveRules),
            ("ListRules", Asked::ListRules),
            ("Reset", Asked::Reset),
            ("ReadJournal", Asked::ReadJournal),
            ("Verify", Asked::Verify),
            ("SetHealth", Asked::SetHealth),
            ("WaitUntilReady", Asked::WaitUntilReady),
        ] {
            let shape =
                if matches!(asked, Asked::ReadJournal) { Shape::ServerStreaming } else { Shape::Unary };
            let responder = Arc::new(Method { admin: Arc::clone(self), asked });
            routes.add(format!("/{SERVICE}/{name}"), Route { shape, responder });
        }
    }

    fn serving(&self) -> Result<Arc<Serving>, Status> {
        let gone = || Status::new(Code::UNAVAILABLE, "the server is not there yet, or not any more");
        self.serving.get().and_then(Weak::upgrade).ok_or_else(gone)
    }

    async fn add(&self, request: AddRulesRequest) -> Result<AddRulesResponse, Status> {
        let AddRulesRequest { rules: text, name, position } = request;
        let is_first = match position {
            0 => true,
            1 => false,
            n => return Err(invalid(format!("position is FIRST (0) or LAST (1), not {n}"))),
        };
        let name: String = printable::one_line(&name).chars().take(LONGEST_NAME).collect();
        let name = if name.is_empty() { "admin" } else { &name };
        let rules = read(&text, name).map_err(|error| of_rule(&error))?;
        let added: Vec<Added> = rules
            .into_iter()
            .map(|rule| Added { id: self.next.fetch_add(1, Ordering::Relaxed) + 1, rule })
            .collect();
        let ids = added.iter().map(|added| added.id.to_string()).collect();
        let serving = self.serving()?;
        if serving.current.lock().await.assembly.added.len() + added.len() > MOST {
            let message = format!("no more than {MOST} rules can be added");
            return Err(Status::new(Code::RESOURCE_EXHAUSTED, message));
        }
        let put = |all: &mut Vec<Added>| {
            let at = if is_first { 0 } else { all.len() };
            all.splice(at..at, added);
        };
        serving.change(put).await.map_err(|error| of_change(&error))?;
        Ok(AddRulesResponse { ids })
    }

    async fn remove(&self, request: RemoveRulesRequest) -> Result<RemoveRulesResponse, Status> {
        let serving = self.serving()?;
        let is_meant = |added: &Added| {
            let id = added.id.to_string();
            request.ids.is_empty() || request.ids.iter().any(|meant| **meant == id)
        };
        let known = serving.rules().await;
        let is_known =
            |id: &&String| known.iter().any(|rule| rule.id.is_some_and(|own| own.to_string() == **id));
        if let Some(unknown) = request.ids.iter().find(|id| !is_known(id)) {
            let unknown: String = printable::one_line(unknown).chars().take(LONGEST_NAME).collect();
            return Err(Status::new(
                Code::NOT_FOUND,
                format!("no rule was added that has the id '{unknown}'"),
            ));
        }
        let take = |all: &mut Vec<Added>| {
            let before = all.len();
            all.retain(|added| !is_meant(added));
            before - all.len()
        };
        let removed = serving.change(take).await.map_err(|error| of_change(&error))?;
        Ok(RemoveRulesResponse { removed: u32::try_from(removed).unwrap_or(u32::MAX) })
    }

    async fn list(&self) -> Result<ListRulesResponse, Status> {
        let listed = |rule: super::serving::Served| Listed {
            id: rule.id.map(|id| id.to_string()).unwrap_or_default(),
            place: rule.place,
            method: rule.method,
            count: rule.count,
        };
        let rules = self.serving()?.rules().await.into_iter().map(listed).collect();
        Ok(ListRulesResponse { rules })
    }

    async fn reset(&self, request: ResetRequest) -> Result<Nothing, Status> {
        let ResetRequest { counters, state, journal, rules } = request;
        let all = !(counters || state || journal || rules);
        let serving = self.serving()?;
        if all || rules {
            serving.change(Vec::clear).await.map_err(|error| of_change(&error))?;
        }
        let memory = Arc::clone(&serving.current.lock().await.assembly.memory);
        if all || counters {
            memory.reset_counts();
        }
        if all || state {
            memory.forget();
        }
        if all || journal {
            serving.journal.clear();
        }
        Ok(Nothing {})
    }

    async fn verify(&self, request: VerifyRequest) -> Result<VerifyResponse, Status> {
        let VerifyRequest { method, r#where, times, at_least, at_most } = request;
        let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let times = match (times.map(number), at_least.map(number), at_most.map(number)) {
            (Some(times), None, None) => Times::exactly(times),
            (Some(_), ..) => {
                return Err(invalid("times stands alone, without at_least and at_most".to_owned()));
            }
            (None, at_least, None) => Times { at_least: at_least.unwrap_or(1), ..Times::SOME },
            (None, at_least, Some(at_most)) => Times { at_least: at_least.unwrap_or(0), at_most },
        };
        if method.is_empty() {
            return Err(invalid("method is missing".to_owned()));
        }
        let mut expected = Expected::of(method, times);
        for text in &r#where {
            expected = expected.and(text, "where").map_err(|error| of_query(&error))?;
        }
        let journal = self.serving()?.journal.clone();
        if !journal.is_kept() {
            return Err(Status::new(Code::FAILED_PRECONDITION, "the server keeps no journal"));
        }
        // It looks at every call there was: beside the connections.
        let looked = tokio::task::spawn_blocking(move || expected.verify(&Recording::of(journal.events())));
        let broken = |_| Status::new(Code::INTERNAL, "the journal could not be looked at");
        let seen = looked.await.map_err(broken)?;
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Ok(VerifyResponse {
            holds: seen.holds,
            count: count(seen.count),
            of_method: count(seen.of_method),
            said: seen.to_string(),
            others: seen.others,
        })
    }

    async fn set_health(&self, request: SetHealthRequest) -> Result<Nothing, Status> {
        let serving = self.serving()?;
        let offered = serving.current.lock().await.assembly.health.clone();
        let none = || Status::new(Code::FAILED_PRECONDITION, "the server offers no health check");
        let health = offered.ok_or_else(none)?;
        let SetHealthRequest { service, status } = request;
        let status = match status {
            0 => ServingStatus::Unknown,
            1 => ServingStatus::Serving,
            2 => ServingStatus::NotServing,
            n => {
                return Err(invalid(format!(
                    "status is UNKNOWN (0), SERVING (1) or NOT_SERVING (2), not {n}"
                )));
            }
        };
        if health.get(&service).is_none() {
            let shown: String = printable::one_line(&service).chars().take(LONGEST_NAME).collect();
            return Err(Status::new(Code::NOT_FOUND, format!("unknown service {shown}")));
        }
        health.set(service, status);
        Ok(Nothing {})
    }

    async fn wait_until_ready(&self) -> Result<Nothing, Status> {
        self.serving()?.make_ready().await;
        Ok(Nothing {})
    }
}

impl Responder for Method {
    fn respond(self: Arc<Self>, call: Call) -> server::Answer {
        Box::pin(self.answer(call))
    }
}

impl Method {
    async fn answer(self: Arc<Self>, call: Call) {
        let Call { mut requests, mut replies, .. } = call;
        let status = match requests.only().await {
            Err(status) => status,
            Ok(wire) => self.done(&wire, &mut replies).await.err().unwrap_or_else(Status::ok),
        };
        replies.finish(status, MetadataMap::new());
    }

    async fn done(&self, wire: &[u8], replies: &mut server::Replies) -> Result<(), Status> {
        let admin = &self.admin;
        let reply = match self.asked {
            Asked::AddRules => admin.add(decoded(wire)?).await?.encode_to_vec(),
            Asked::RemoveRules => admin.remove(decoded(wire)?).await?.encode_to_vec(),
            Asked::ListRules => admin.list().await?.encode_to_vec(),
            Asked::Reset => admin.reset(decoded(wire)?).await?.encode_to_vec(),
            Asked::Verify => admin.verify(decoded(wire)?).await?.encode_to_vec(),
            Asked::SetHealth => admin.set_health(decoded(wire)?).await?.encode_to_vec(),
            Asked::WaitUntilReady => admin.wait_until_ready().await?.encode_to_vec(),
            Asked::ReadJournal => {
                let ReadJournalRequest { method, follow } = decoded(wire)?;
                return reading::read(
                    admin.serving()?.journal.clone(),
                    &admin.stops,
                    &method,
                    follow,
                    replies,
                )
                .await;
            }
        };
        replies.send(reply.into()).await.map_err(|gone| Status::new(Code::CANCELLED, gone.to_string()))
    }
}

fn decoded<T: Message + Default>(wire: &[u8]) -> Result<T, Status> {
    T::decode(wire).map_err(|error| invalid(format!("the request cannot be read: {error}")))
}

/// Rules from a text: a file's, or one on a line.
fn read(text: &str, name: &str) -> Result<Vec<Rule>, rules::RuleError> {
    let text = text.trim_end();
    if !text.contains('\n') && text.contains("=>") && !text.trim_start().starts_with(['{', '[']) {
        // A file in flow style on one line begins with its key.
        if !text.trim_start().starts_with("rules:") {
            return Ok(vec![Rule::parse(text, name)?]);
        }
    }
    rules::file::parse(text, name)
}

fn invalid(message: String) -> Status {
    Status::new(Code::INVALID_ARGUMENT, message)
}

fn of_rule(error: &rules::RuleError) -> Status {
    invalid(with_nearest(error.to_string(), error.nearest()))
}

fn of_query(error: &QueryError) -> Status {
    invalid(with_nearest(error.to_string(), error.nearest()))
}

fn of_change(error: &ServeError) -> Status {
    match error.rule() {
        Some(error) => of_rule(error),
        None => Status::new(Code::INTERNAL, error.to_string()),
    }
}

fn with_nearest(message: String, nearest: &[String]) -> String {
    if nearest.is_empty() { message } else { format!("{message}; did you mean {}?", nearest.join(" or ")) }
}
