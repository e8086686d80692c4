//! What a list says before names in it are looked up: a place, and what is said of it.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::client::options::ConnectOptions;
use crate::client::resolve::resolve_places;
use crate::leaf::os_cause::words;
use crate::leaf::{Place, Security};

use super::{Located, Resolution, ResolveError};

/// The most places that are taken from one list: more than that is no list of servers.
const MOST: usize = 10_000;

/// One place in a list, as its registry says it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) weight: Option<u32>,
    pub(super) metadata: Map<String, Value>,
    pub(super) source: String,
}

impl Entry {
    /// A place of which nothing more is said.
    pub(super) fn new(place: Place, source: impl Into<String>) -> Self {
        Self { place, weight: None, metadata: Map::new(), source: source.into() }
    }

    /// Reads `host:port`, an address or a unix socket. What names somebody to ask in turn is refused: lists do not nest.
    ///
    /// # Errors
    /// Why it is none of these.
    pub(super) fn place(text: &str) -> Result<Place, String> {
        Place::parse(text).map_err(|error| error.to_string())
    }
}

/// Looks up what are names in a list, one after the other, by the system; what is an address stays. `what` names the list
/// in errors: `no backends in WHAT`.
///
/// # Errors
/// When there are none or too many, or no name led to an address.
pub(super) async fn located(
    entries: Vec<Entry>,
    what: &str,
    security: Security,
    options: &ConnectOptions,
) -> Result<Resolution, ResolveError> {
    if entries.is_empty() {
        return Err(ResolveError::no_backends(format!("no backends in {what}")));
    }
    if entries.len() > MOST {
        let count = entries.len();
        return Err(ResolveError::failed(format!("{what} has {count} addresses; {MOST} are taken at most")));
    }
    let mut list = Resolution::default();
    // An address that is said twice is one server all the same.
    let mut known = HashSet::new();
    for Entry { place, weight, metadata, source } in entries {
        let places = std::slice::from_ref(&place);
        let (found, failed) = resolve_places(places, false, security, options).await;
        list.unresolved.extend(failed.iter().map(|name| (name.place(), words(&name.cause))));
        for candidate in found {
            if !known.insert(candidate.peer.clone()) {
                continue;
            }
            let one = Located::new(candidate, source.clone());
            list.located.push(Located { weight, metadata: metadata.clone(), ..one });
        }
    }
    if list.located.is_empty() {
        let causes: Vec<_> = list.unresolved.iter().map(|(name, why)| format!("'{name}': {why}")).collect();
        return Err(ResolveError::failed(format!("cannot resolve {} in {what}", causes.join(", "))));
    }
    Ok(list)
}
