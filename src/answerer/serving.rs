//! What a server serves now, and how that is changed while it does.

use futures_util::FutureExt as _;
use tokio::sync::Mutex;

use super::ServeError;
use super::assembly::{Added, Assembled, Assembly};
use crate::rules::Rule;
use crate::schema::{Schema, SchemaError};
use crate::server::{Door, Journal};

/// A server's rules and schema behind its door, whoever changes them.
pub(super) struct Serving {
    pub(super) journal: Journal,
    pub(super) door: Door,
    pub(super) current: Mutex<Current>,
}

/// What is served now, and what it was made from.
pub(super) struct Current {
    pub(super) assembly: Assembly,
    pub(super) assembled: Assembled,
}

/// Assembles beside the connections: very many rules take their time, and it is a connection that asks.
async fn beside(assembly: Assembly) -> Result<Assembled, ServeError> {
    if !assembly.schema.is_at_hand() {
        return assembly.assemble().await;
    }
    let made = tokio::task::spawn_blocking(move || assembly.assemble().now_or_never()).await;
    let broken = || SchemaError::invalid("the rules could not be loaded").into();
    made.ok().flatten().unwrap_or_else(|| Err(broken()))
}

/// A rule that is served.
pub(super) struct Served {
    /// Of one that was added while the server runs.
    pub(super) id: Option<u64>,
    pub(super) place: String,
    pub(super) method: String,
    pub(super) count: u64,
}

impl Serving {
    /// Serves other rules, and another schema if there is one; those that were added stay.
    ///
    /// # Errors
    /// When they do not fit; then all stays as it was.
    pub(super) async fn reload(&self, schema: Option<Schema>, rules: Vec<Rule>) -> Result<(), ServeError> {
        let mut current = self.current.lock().await;
        let mut assembly = Assembly { rules, ..current.assembly.clone() };
        if let Some(schema) = schema {
            assembly.schema = schema;
        }
        let assembled = assembly.clone().assemble().await?;
        self.put(&mut current, assembly, assembled);
        Ok(())
    }

    /// Changes the rules that were added; answers with what `change` does.
    ///
    /// # Errors
    /// When they do not fit the schema; then all stays as it was.
    pub(super) async fn change<T>(&self, change: impl FnOnce(&mut Vec<Added>) -> T) -> Result<T, ServeError> {
        let mut current = self.current.lock().await;
        let mut assembly = current.assembly.clone();
        let done = change(&mut assembly.added);
        let assembled = beside(assembly.clone()).await?;
        self.put(&mut current, assembly, assembled);
        Ok(done)
    }

    fn put(&self, current: &mut Current, assembly: Assembly, assembled: Assembled) {
        self.door.swap(assembled.routes.clone());
        assembly.ruled.send_replace(assembled.check.clone());
        if let Some(health) = &assembly.health {
            for gone in current.assembled.services.iter().filter(|name| !assembled.services.contains(name)) {
                health.remove(gone);
            }
        }
        // Counts of rules that are gone would stay for ever where rules come and go.
        assembled.shared.rules.forget_others();
        *current = Current { assembly, assembled };
    }

    /// Makes every method ready now that would be by its first call.
    pub(super) async fn make_ready(&self) {
        let methods = self.current.lock().await.assembled.methods.clone();
        for method in methods {
            method.make_ready().await;
        }
    }

    /// The rules in the order in which they are asked.
    pub(super) async fn rules(&self) -> Vec<Served> {
        let current = self.current.lock().await;
        let Current { assembly, assembled } = &*current;
        let added = assembly.added.iter().map(|added| (Some(added.id), &added.rule));
        let all = added.chain(assembly.rules.iter().map(|rule| (None, rule)));
        all.zip(assembled.shared.rules.counts())
            .map(|((id, rule), count)| Served {
                id,
                place: rule.place().to_string(),
                method: rule.written_method().to_owned(),
                count,
            })
            .collect()
    }
}
