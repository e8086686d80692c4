//! A server in Consul: with an agent, which asks for its health itself.

use std::convert::Infallible;

use tokio::time::sleep;

use super::keeper::Held;
use super::told::Told;
use super::{Presence, RegisterError};
use crate::client::consul::{Consul, ConsulError, ConsulService};

/// One instance of a service.
pub(super) struct InConsul {
    consul: Consul,
    service: ConsulService,
    every: std::time::Duration,
}

impl InConsul {
    /// # Errors
    /// When the address is no host and port.
    pub(super) fn new(consul: Consul, name: String, presence: &Presence) -> Result<Self, RegisterError> {
        let address = &presence.address;
        let unfit =
            || RegisterError::invalid(format!("'{address}' is no host and port, as Consul wants them"));
        let (host, port) = address.rsplit_once(':').ok_or_else(unfit)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let service = ConsulService {
            id: format!("{name}-{address}"),
            name,
            host: host.to_owned(),
            port: port.parse().map_err(|_| unfit())?,
            secure: presence.secure,
            every: presence.ttl,
        };
        Ok(Self { consul, service, every: presence.every() })
    }

    async fn hold_on(&self, told: &mut Told) -> Result<Infallible, ConsulError> {
        self.consul.register(&self.service).await?;
        told.registered(&self.service.id);
        loop {
            sleep(self.every).await;
            if !self.consul.knows(&self.service.id).await? {
                self.consul.register(&self.service).await?;
                told.note(&format!("somebody has taken {} out: it was registered again", self.service.id));
            }
        }
    }
}

#[async_trait::async_trait]
impl Held for InConsul {
    async fn hold(&mut self, told: &mut Told) -> RegisterError {
        match self.hold_on(told).await {
            Err(error) => RegisterError::other(error.to_string()),
            Ok(never) => match never {},
        }
    }

    async fn leave(&mut self) -> Result<(), RegisterError> {
        let left = self.consul.deregister(&self.service.id).await;
        left.map_err(|error| RegisterError::other(error.to_string()))
    }
}
