//! What the server says of its health, as it was asked to, and as a file says from now on.

use std::collections::BTreeMap;
use std::time::Duration;

use greet::Server;
use greet::server::ServingStatus;

use crate::args::ServeHealthArgs;
use crate::failure::Failure;
use crate::intent::health_states::{self, States};
use crate::ui;

/// How often the file is read: it is short, and a test waits for what comes of it.
const EVERY: Duration = Duration::from_millis(100);

/// What is said of services, and what was said before it.
pub(super) struct Said<'a> {
    args: &'a ServeHealthArgs,
    states: States,
    before: BTreeMap<String, Option<ServingStatus>>,
}

impl<'a> Said<'a> {
    /// Reads what is to be said.
    pub(super) fn new(args: &'a ServeHealthArgs) -> Result<Self, Failure> {
        Ok(Self { args, states: health_states::read(args)?, before: BTreeMap::new() })
    }

    /// Says it.
    pub(super) fn say(&mut self, server: &Server) {
        let Some(health) = server.health() else { return };
        for (service, status) in &self.states {
            self.before.entry(service.clone()).or_insert_with(|| health.get(service));
            health.set(service.clone(), *status);
        }
        let before = std::mem::take(&mut self.before);
        let (kept, gone): (BTreeMap<_, _>, BTreeMap<_, _>) =
            before.into_iter().partition(|(service, _)| self.states.contains_key(service));
        self.before = kept;
        for (service, status) in gone {
            match status {
                Some(status) => health.set(service, status),
                None => health.remove(&service),
            }
        }
    }

    /// Says what the file says, for as long as the server runs. What cannot be read is said once, and changes nothing.
    pub(super) async fn keep(mut self, server: &Server) {
        if self.args.health_file.is_none() {
            return std::future::pending().await;
        }
        let mut told: Option<String> = None;
        loop {
            tokio::time::sleep(EVERY).await;
            match health_states::read(self.args) {
                Ok(states) => {
                    told = None;
                    if states != self.states {
                        self.states = states;
                        self.say(server);
                    }
                }
                Err(failure) => {
                    if told.as_deref() != Some(failure.cause()) {
                        ui::note(&format!("{}; what was said of health still holds", failure.cause()));
                        told = Some(failure.cause().to_owned());
                    }
                }
            }
        }
    }
}
