//! The places that stand in a target itself: addresses, sockets, and names that the system looks up.

#[cfg(feature = "dns")]
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::client::error::{ConnectError, Kind};
use crate::client::options::ConnectOptions;
use crate::client::resolve;
#[cfg(feature = "dns")]
use crate::leaf::Place;
use crate::leaf::os_cause::words;
use crate::leaf::{Security, Target};

use super::polled::Polled;
use super::{Lists, Located, Resolution, ResolveError, Resolver};

/// How long after each other the system is asked, unless it is said.
const REFRESH: Duration = Duration::from_secs(30);

/// Asks the system.
pub(super) struct System {
    target: Target,
    security: Security,
    options: ConnectOptions,
}

impl System {
    pub(super) fn new(target: &Target, options: &ConnectOptions) -> Result<Self, ResolveError> {
        let security =
            target.security(options.security).map_err(|error| ResolveError::options(error.to_string()))?;
        Ok(Self { target: target.clone(), security, options: options.clone() })
    }
}

#[cfg(feature = "dns")]
impl System {
    /// What DNS says, if that is asked for; of an address or a socket it says nothing.
    async fn service_config(&self) -> Result<Option<String>, ResolveError> {
        match self.target.places() {
            [Place::Tcp { host, .. }]
                if self.options.names.service_config && host.parse::<IpAddr>().is_err() =>
            {
                super::dns::service_config(host, &self.options).await
            }
            _ => Ok(None),
        }
    }
}

#[cfg(not(feature = "dns"))]
impl System {
    #[expect(clippy::unused_async, reason = "with the feature DNS is asked")]
    async fn service_config(&self) -> Result<Option<String>, ResolveError> {
        if self.options.names.service_config {
            return Err(ResolveError::options("this build of greet does not ask DNS for a service config"));
        }
        Ok(None)
    }
}

#[async_trait::async_trait]
impl Resolver for System {
    async fn resolve(&self) -> Result<Resolution, ResolveError> {
        let (found, unresolved) = resolve::resolve(&self.target, self.security, &self.options).await;
        if found.is_empty() {
            let error = ConnectError::from(Kind::Unresolved(unresolved));
            let text = error.to_string();
            return Err(if error.is_name_not_found() {
                ResolveError::no_name(text).with_hint("check the spelling of the host")
            } else if error.is_resolver_unreachable() {
                ResolveError::failed(text).with_hint("the resolver cannot be asked: is there a network?")
            } else {
                ResolveError::failed(text)
            });
        }
        let unresolved = unresolved.iter().map(|name| (name.place(), words(&name.cause))).collect();
        let located = found.into_iter().map(|found| Located::new(found, "system")).collect();
        Ok(Resolution { located, unresolved, service_config: self.service_config().await? })
    }

    fn lists(self: Arc<Self>) -> Box<dyn Lists> {
        let every = self.options.names.refresh.unwrap_or(REFRESH);
        Box::new(Polled::new(self, every))
    }
}
