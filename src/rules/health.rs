//! Rules for the health that a server tells of by itself.

use std::collections::BTreeMap;

use crate::schema::{MethodOutline, Shape};

/// The method that such rules are for. What Watch tells follows from it, so that one rule makes a server sick.
pub const CHECK: &str = "grpc.health.v1.Health/Check";

/// The services of a schema, and the health of a server that serves them: what rules for it may be for.
#[must_use]
pub fn with_health(
    mut services: BTreeMap<String, Vec<MethodOutline>>,
) -> BTreeMap<String, Vec<MethodOutline>> {
    if let Some((service, method)) = CHECK.split_once('/') {
        let check = MethodOutline { name: method.to_owned(), shape: Shape::Unary };
        services.insert(service.to_owned(), vec![check]);
    }
    services
}
