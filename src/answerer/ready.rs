//! A method made ready to be answered, by the first call that reaches it.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::shared::Shared;
use super::{Automatic, ServeError};
use crate::leaf::Code;
use crate::protocol::Status;
use crate::rules::{self, MethodRules};
use crate::schema::SchemaError;
use crate::transcode::Plan;

/// A method with all that its answers need.
pub(super) struct Ready {
    pub(super) request: Plan,
    pub(super) reply: Plan,
    /// The rules that are for it, if there are any.
    pub(super) rules: Option<Arc<MethodRules>>,
    /// The made-up reply, unless it is off.
    pub(super) automatic: Option<rules::Automatic>,
}

impl Ready {
    /// Finds a method (`pkg.Service/Method`) in the schema, links what it reaches, and looks whether its rules fit.
    ///
    /// # Errors
    /// When what the method reaches does not compile or link, or a rule does not fit it.
    pub(super) async fn make(shared: &Shared, name: &str) -> Result<Arc<Self>, ServeError> {
        let method = shared.schema.method(name).await?;
        let (request, reply) = Plan::of_method(&method)?;
        let rules = shared.rules.of(&method)?.map(Arc::new);
        let automatic = match shared.automatic {
            Automatic::On => Some(rules::Automatic::new(&method, shared.seed)?),
            Automatic::Off => None,
        };
        Ok(Arc::new(Self { request, reply, rules, automatic }))
    }

    /// The same, beside the connections: what compiles does not wait for anybody, and takes its time.
    pub(super) async fn make_elsewhere(shared: &Arc<Shared>, name: &str) -> Result<Arc<Self>, ServeError> {
        if !shared.schema.is_at_hand() {
            return Self::make(shared, name).await;
        }
        let (shared, name) = (Arc::clone(shared), name.to_owned());
        let made = tokio::task::spawn_blocking(move || Self::make(&shared, &name).now_or_never()).await;
        let broken = || SchemaError::invalid("the method could not be made ready").into();
        made.ok().flatten().unwrap_or_else(|| Err(broken()))
    }
}

/// How a call of a method ends that cannot be made ready: the fault is the server's.
pub(super) fn status_of(name: &str, error: &ServeError) -> Status {
    let unreachable = error.schema().is_some_and(SchemaError::is_unreachable);
    let code = if unreachable { Code::UNAVAILABLE } else { Code::INTERNAL };
    Status::new(code, format!("{name} cannot be served: {error}"))
}
