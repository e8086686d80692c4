//! Services in Consul: registered with an agent, which checks their health itself, and found where they are well.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use serde::{Deserialize, Serialize};

use super::agent::{Consul, ConsulError, PATIENCE};

/// How long an agent is asked to wait for a change; it adds up to a sixteenth.
const WAIT: Duration = Duration::from_secs(60);
/// How long nobody answers a question that waits, until it is asked again.
const WAIT_PATIENCE: Duration = Duration::from_secs(75);
/// The shortest that Consul takes for forgetting a service that is not well.
const FORGET: Duration = Duration::from_secs(60);

/// One instance of a service, as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsulService {
    /// Of this instance alone.
    pub id: String,
    /// Of the service.
    pub name: String,
    /// Where clients reach it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether its health is asked for in TLS.
    pub secure: bool,
    /// How often the agent asks for its health.
    pub every: Duration,
}

/// One instance that is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healthy {
    /// Where it is reached.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its own id.
    pub id: String,
    /// What it says of itself.
    pub metadata: BTreeMap<String, String>,
    /// How much it is to get of the calls.
    pub weight: Option<u32>,
}

/// The body of `/v1/agent/service/register`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Registration<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    name: &'a str,
    address: &'a str,
    port: u16,
    check: Check,
}

/// The agent calls `grpc.health.v1.Health/Check` itself.
#[derive(Serialize)]
struct Check {
    #[serde(rename = "GRPC")]
    grpc: String,
    #[serde(rename = "GRPCUseTLS")]
    secure: bool,
    #[serde(rename = "Interval")]
    interval: String,
    #[serde(rename = "DeregisterCriticalServiceAfter")]
    forget: String,
    /// It takes calls by now: nobody has to wait for the first check.
    #[serde(rename = "Status")]
    status: &'static str,
}

/// An entry of `/v1/health/service/NAME`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    node: Node,
    service: Service,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    address: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    #[serde(rename = "ID")]
    id: String,
    #[serde(default)]
    address: String,
    port: u16,
    #[serde(default)]
    meta: Option<BTreeMap<String, String>>,
    #[serde(default)]
    weights: Option<Weights>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Weights {
    passing: u32,
}

impl Consul {
    /// Registers an instance, or registers it anew.
    ///
    /// # Errors
    /// When the agent does not answer, or refuses.
    pub async fn register(&self, service: &ConsulService) -> Result<(), ConsulError> {
        let host = &service.host;
        let place = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let body = Registration {
            id: &service.id,
            name: &service.name,
            address: host,
            port: service.port,
            check: Check {
                grpc: format!("{place}:{}", service.port),
                secure: service.secure,
                interval: format!("{}ms", service.every.as_millis().max(1000)),
                forget: format!("{}s", FORGET.max(service.every * 3).as_secs()),
                status: "passing",
            },
        };
        let body = serde_json::to_string(&body).map_err(|error| ConsulError::said(error.to_string()))?;
        self.ask(Method::PUT, "/v1/agent/service/register", body, PATIENCE).await?.ok().map(drop)
    }

    /// Whether the agent knows the instance.
    ///
    /// # Errors
    /// As [`Consul::register`].
    pub async fn knows(&self, id: &str) -> Result<bool, ConsulError> {
        let path = format!("/v1/agent/service/{}", encoded(id));
        let answer = self.ask(Method::GET, &path, String::new(), PATIENCE).await?;
        if answer.status == http::StatusCode::NOT_FOUND {
            return Ok(false);
        }
        answer.ok().map(|_| true)
    }

    /// Takes an instance out; one that is not there is no error.
    ///
    /// # Errors
    /// As [`Consul::register`].
    pub async fn deregister(&self, id: &str) -> Result<(), ConsulError> {
        let path = format!("/v1/agent/service/deregister/{}", encoded(id));
        let answer = self.ask(Method::PUT, &path, String::new(), PATIENCE).await?;
        if answer.status == http::StatusCode::NOT_FOUND { Ok(()) } else { answer.ok().map(drop) }
    }

    /// The instances that are well, and the index of that state. With the index of another state it waits until there is a
    /// newer one, for a minute or so; 0 waits for nothing.
    ///
    /// # Errors
    /// As [`Consul::register`].
    pub async fn healthy(&self, name: &str, index: u64) -> Result<(Vec<Healthy>, u64), ConsulError> {
        let name = encoded(name);
        let wait = WAIT.as_secs();
        let (path, patience) = match index {
            0 => (format!("/v1/health/service/{name}?passing=1"), PATIENCE),
            index => {
                (format!("/v1/health/service/{name}?passing=1&index={index}&wait={wait}s"), WAIT_PATIENCE)
            }
        };
        let answer = self.ask(Method::GET, &path, String::new(), patience).await?;
        let now = answer.index;
        let healthy = Healthy::list(&answer.ok()?)?;
        // An index that has gone back is to be asked without (Consul's rules for blocking queries).
        Ok((healthy, if now < index { 0 } else { now.max(1) }))
    }
}

impl Healthy {
    /// Reads the body of an answer.
    pub(in crate::client) fn list(body: &[u8]) -> Result<Vec<Self>, ConsulError> {
        let entries: Vec<Entry> = serde_json::from_slice(body)
            .map_err(|error| ConsulError::said(format!("the answer is no list of services: {error}")))?;
        let healthy = entries.into_iter().map(|Entry { node, service }| Self {
            host: if service.address.is_empty() { node.address } else { service.address },
            port: service.port,
            id: service.id,
            metadata: service.meta.unwrap_or_default(),
            weight: service.weights.map(|weights| weights.passing),
        });
        Ok(healthy.collect())
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
