//! What comes out of a name: addresses, and what is said of each.

use serde_json::{Map, Value};

use crate::client::resolve::{Candidate, Peer};

/// One address behind a name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Located {
    /// What is dialled.
    pub peer: Peer,
    /// `:authority` there, unless the options say another.
    pub authority: String,
    /// The host by which it is asked, and known, in TLS, unless the options say another.
    pub host: String,
    /// How much it is to get of the calls, beside the others; `None` where nobody said.
    pub weight: Option<u32>,
    /// What its registry says of it, and greet only shows.
    pub metadata: Map<String, Value>,
    /// Who said so, for people: `dns 127.0.0.1:5353`, `backends.txt:3`.
    pub source: String,
}

/// The addresses behind a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolution {
    /// At least one, in the order in which they are tried.
    pub located: Vec<Located>,
    /// Names in the list that led to no address, each with the cause; the others stand in the list all the same.
    pub unresolved: Vec<(String, String)>,
    /// The service config that came along, as the text that it is: for DNS the JSON list of choices behind
    /// `grpc_config=` (gRFC A2).
    pub service_config: Option<String>,
}

impl Located {
    /// An address of which nothing more is known.
    pub(in crate::client) fn new(candidate: Candidate, source: impl Into<String>) -> Self {
        let Candidate { peer, authority, host } = candidate;
        Self { peer, authority, host, weight: None, metadata: Map::new(), source: source.into() }
    }

    /// As it is dialled.
    pub(in crate::client) fn candidate(&self) -> Candidate {
        Candidate { peer: self.peer.clone(), authority: self.authority.clone(), host: self.host.clone() }
    }
}

impl Resolution {
    /// These addresses and nothing else.
    pub fn of(located: Vec<Located>) -> Self {
        Self { located, ..Self::default() }
    }
}
