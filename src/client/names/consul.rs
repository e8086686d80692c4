//! Servers that an agent of Consul knows, and that are well; changes are waited for there.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::client::consul::{Consul, ConsulError, ConsulOptions, Healthy};
use crate::client::options::ConnectOptions;
use crate::leaf::{Name, Place, Security};

use super::entry::{Entry, located};
use super::{Lists, Resolution, ResolveError, Resolver};

/// Asks an agent.
pub(super) struct InConsul {
    consul: Consul,
    service: String,
    /// For people.
    source: String,
    security: Security,
    options: ConnectOptions,
}

impl InConsul {
    /// The agent is in the name, or in the environment, as for `consul` itself.
    pub(super) fn new(
        name: &Name,
        security: Security,
        options: &ConnectOptions,
    ) -> Result<Self, ResolveError> {
        let text = format!("{}/{}", name.authority, name.what);
        let (consul, service) = ConsulOptions::parse(&text, |name| std::env::var(name).ok())
            .map_err(|error| ResolveError::options(format!("'{name}': {error}")))?;
        let source = format!("consul at {}", consul.place());
        Ok(Self { consul: Consul::new(&consul), service, source, security, options: options.clone() })
    }

    fn failed(&self, error: ConsulError) -> ResolveError {
        let failed = ResolveError::failed(format!("{}: {error}", self.source));
        let failed = if error.is_connection() {
            failed.with_hint("consul://HOST:PORT/SERVICE or CONSUL_HTTP_ADDR says where the agent is")
        } else {
            failed
        };
        failed.with_source(error)
    }

    async fn list(&self, healthy: &[Healthy]) -> Result<Resolution, ResolveError> {
        let entries = healthy.iter().filter_map(|one| entry(one, &self.source));
        let what = format!("{} for '{}'", self.source, self.service);
        located(entries.collect(), &what, self.security, &self.options).await
    }
}

/// What is said of one that is well; `None` where its address is none. An agent takes any text for one.
pub(super) fn entry(one: &Healthy, source: &str) -> Option<Entry> {
    let place = Place::Tcp { host: one.host.clone(), port: Some(one.port) };
    if Entry::place(&place.to_string()).as_ref() != Ok(&place) {
        return None;
    }
    let mut entry = Entry::new(place, format!("{source}, {}", one.id));
    entry.weight = one.weight;
    let metadata = one.metadata.iter();
    entry.metadata = metadata.map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
    Some(entry)
}

#[async_trait::async_trait]
impl Resolver for InConsul {
    async fn resolve(&self) -> Result<Resolution, ResolveError> {
        let (healthy, _) = self.consul.healthy(&self.service, 0).await.map_err(|error| self.failed(error))?;
        self.list(&healthy).await
    }

    fn lists(self: Arc<Self>) -> Box<dyn Lists> {
        Box::new(Watched { resolver: self, index: 0, healthy: Vec::new(), is_told: true })
    }
}

/// What is known of the service.
struct Watched {
    resolver: Arc<InConsul>,
    /// Of the state that is known; 0 is of none.
    index: u64,
    healthy: Vec<Healthy>,
    /// Whether the list of these was given out.
    is_told: bool,
}

#[async_trait::async_trait]
impl Lists for Watched {
    /// When there were no servers, the next list is the first that has some, or what is said after a minute.
    async fn next(&mut self) -> Result<Resolution, ResolveError> {
        if self.is_told {
            let resolver = &self.resolver;
            match resolver.consul.healthy(&resolver.service, self.index).await {
                Ok((healthy, index)) => (self.healthy, self.index, self.is_told) = (healthy, index, false),
                Err(error) => {
                    self.index = 0;
                    return Err(resolver.failed(error));
                }
            }
        }
        let list = self.resolver.list(&self.healthy).await;
        self.is_told = true;
        list
    }

    /// An answer without servers is waited on there.
    fn pause(&self) -> Option<Duration> {
        (self.index > 0).then_some(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_left_out() {
        for (host, wanted) in [
            ("10.0.0.1", Some("10.0.0.1:1")),
            ("::1", Some("[::1]:1")),
            ("h.example", Some("h.example:1")),
            ("unix:/run/it", None),
            ("a b", None),
            ("a\u{1b}[2J", None),
            ("a:2,b", None),
            ("", None),
        ] {
            let healthy = Healthy {
                host: host.to_owned(),
                port: 1,
                id: String::new(),
                metadata: std::collections::BTreeMap::new(),
                weight: None,
            };
            let place = entry(&healthy, "consul").map(|entry| entry.place.to_string());
            assert_eq!(place.as_deref(), wanted, "{host}");
        }
    }
}
