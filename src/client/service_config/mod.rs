//! The service config: what the owner of a service says of how it is to be called (gRPC's `service_config.md`).

mod balancing;
mod choice;
mod method;
mod outlier;
mod reader;
mod throttle;

use std::collections::HashSet;

use serde_json::Value;

use reader::Fields;

use super::pool::{LoadBalancing, PoolOptions};

pub use balancing::BalancingConfig;
pub use method::{HedgingPolicy, MethodConfig, MethodName};
pub use reader::ConfigError;
pub use throttle::{Throttle, Throttling};

/// A service config that is valid by the rules of gRFC A21: as a whole, or not at all.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ServiceConfig {
    /// What is said of methods.
    pub methods: Vec<MethodConfig>,
    /// How calls are spread.
    pub balancing: Option<BalancingConfig>,
    /// The service whose health decides whether an address gets calls; empty is the server as a whole.
    pub health: Option<String>,
    /// When calls are no longer made again, as too many fail.
    pub throttling: Option<Throttling>,
    /// What stands in it and has no effect, each with where it stands and why.
    pub ignored: Vec<String>,
}

impl ServiceConfig {
    /// Reads the JSON of one.
    ///
    /// # Errors
    /// Where it is not valid. Fields that are not known are no errors, and stand in [`ignored`](Self::ignored).
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| ConfigError::new("", format!("it is no JSON: {error}")))?;
        Self::read(&value)
    }

    /// Reads what DNS has: a list of choices (gRFC A2), of which the first that is meant for this client holds. `random` is
    /// evenly from 0 up to 1, for those that are meant for a part of the clients. `None` when none is meant.
    ///
    /// # Errors
    /// As those of [`ServiceConfig::parse`].
    pub fn parse_choices(text: &str, random: f64) -> Result<Option<Self>, ConfigError> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| ConfigError::new("", format!("it is no JSON: {error}")))?;
        choice::choose(&value, random)?.map(Self::read).transpose()
    }

    /// A pool as it is said here: `pick_first` where nothing is said of it.
    pub fn pool(&self) -> PoolOptions {
        let mut options = PoolOptions::default();
        if let Some(said) = &self.balancing {
            options.policy = said.policy;
            options.weighting = said.weighting;
            options.outlier.clone_from(&said.outlier);
        }
        // That policy asks for no health (gRFC A17).
        options.health = self.health.clone().filter(|_| options.policy != LoadBalancing::PickFirst);
        options
    }

    fn read(value: &Value) -> Result<Self, ConfigError> {
        let fields = Fields::of(value, "")?;
        let mut ignored = Vec::new();
        let mut methods = Vec::new();
        let mut seen = HashSet::new();
        for (path, item) in fields.list("methodConfig")? {
            let method = method::read(item, &path, &mut ignored)?;
            for name in &method.names {
                if !seen.insert(name.clone()) {
                    return Err(ConfigError::new(path, format!("is for {name}, and so is one before it")));
                }
            }
            methods.push(method);
        }
        let list = fields.list("loadBalancingConfig")?;
        let mut balancing = balancing::read(list, "loadBalancingConfig", &mut ignored, 0)?;
        // The older field, which the newer one replaces.
        if let Some(name) = fields.text("loadBalancingPolicy")? {
            let policy = LoadBalancing::parse(&name.to_ascii_lowercase());
            match (policy, &balancing) {
                (_, Some(_)) => {
                    ignored.push("loadBalancingPolicy is replaced by loadBalancingConfig".to_owned());
                }
                (Some(policy), None) => balancing = Some(BalancingConfig::new(policy)),
                (None, None) => {
                    let why = format!("is '{}', which greet does not have", name.escape_debug());
                    return Err(ConfigError::new("loadBalancingPolicy", why));
                }
            }
        }
        let health = match fields.object("healthCheckConfig")? {
            None => None,
            Some(check) => check.text("serviceName")?.map(str::to_owned),
        };
        let throttling = fields.object("retryThrottling")?.map(|one| throttle::read(&one)).transpose()?;
        ignored.extend(fields.unknown().into_iter().map(|path| format!("{path} is not known")));
        Ok(Self { methods, balancing, health, throttling, ignored })
    }

    /// What holds for a method, `pkg.Service/Method` with or without a slash before it: its own, else its service's, else
    /// that for all; they are not mixed.
    pub fn method(&self, path: &str) -> Option<(&MethodConfig, &MethodName)> {
        let (service, method) = path.trim_start_matches('/').rsplit_once('/')?;
        let find = |service: &str, method: &str| {
            self.methods.iter().find_map(|config| {
                let is = |name: &&MethodName| name.service == service && name.method == method;
                config.names.iter().find(is).map(|name| (config, name))
            })
        };
        find(service, method).or_else(|| find(service, "")).or_else(|| find("", ""))
    }
}

#[cfg(test)]
#[path = "service_config_tests.rs"]
mod tests;
