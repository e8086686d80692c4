//! What registries answer, read without asking one: for the fuzz targets, and no part of the public face.

use serde_json::{Map, Value};

use crate::leaf::Place;

use super::entry::Entry;
use super::{ResolveError, listed};

/// One server, as its registry says it, before names are looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Where it is.
    pub place: Place,
    /// How much it is to get of the calls.
    pub weight: Option<u32>,
    /// What it says of itself.
    pub metadata: Map<String, Value>,
    /// Who says it.
    pub source: String,
}

impl From<Entry> for Said {
    fn from(Entry { place, weight, metadata, source }: Entry) -> Self {
        Self { place, weight, metadata, source }
    }
}

/// A list of `file:` and `exec:`.
///
/// # Errors
/// As the resolver says them.
pub fn list(text: &str, name: &str) -> Result<Vec<Said>, ResolveError> {
    Ok(listed::read(text, name)?.into_iter().map(Said::from).collect())
}

/// A value in etcd; `None` if it is no server.
pub fn etcd(value: &[u8]) -> Option<Said> {
    super::etcd::entry(value, "etcd".to_owned()).map(Said::from)
}

/// The body of Consul's answer.
///
/// # Errors
/// When it is no list of services.
#[cfg(feature = "consul")]
pub fn consul(body: &[u8]) -> Result<Vec<Said>, crate::client::consul::ConsulError> {
    let healthy = crate::client::consul::Healthy::list(body)?;
    Ok(healthy.iter().filter_map(|one| super::consul::entry(one, "consul")).map(Said::from).collect())
}
