//! What a rule sees of a call.

use std::fmt;

use bytes::Bytes;
use jaq_json::Map;
use tonic::metadata::MetadataMap;

use crate::leaf::metadata;
use crate::query::{Program, Val, view};
use crate::schema::Method;
use crate::transcode::Plan;

/// A call as far as it is known when a rule is chosen or run.
#[derive(Clone, Copy)]
pub struct CallView<'a> {
    /// The initial metadata of the requests.
    pub metadata: &'a MetadataMap,
    /// Who calls; made text only for a program that asks.
    pub peer: &'a (dyn fmt::Display + Sync),
    /// The requests at hand, in wire bytes: the one of a unary or server-streaming call, all of a
    /// client-streaming one, the latest of a bidi call.
    pub requests: &'a [Bytes],
    /// How many requests the call has had so far: the latest has this number.
    pub number: usize,
    /// The first request of the call, if it is another than the first of `requests`.
    pub first: Option<&'a Bytes>,
}

impl fmt::Debug for CallView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metadata, peer, requests, number, first } = self;
        f.debug_struct("CallView")
            .field("metadata", metadata)
            .field("peer", &format_args!("{peer}"))
            .field("requests", requests)
            .field("number", number)
            .field("first", first)
            .finish()
    }
}

/// The variables that programs may name.
pub(super) const VARIABLES: [&str; 8] =
    ["$method", "$metadata", "$metadata_all", "$peer", "$n", "$first", "$size", "$data"];

impl CallView<'_> {
    /// The values of those variables that a program names.
    pub(super) fn variables(&self, program: &Program, method: &Method, input: &Plan, data: &Val) -> Vec<Val> {
        let value = |name: &String| match name.as_str() {
            "$data" => data.clone(),
            name => self.variable(name, method, input),
        };
        program.variables().iter().map(value).collect()
    }

    fn variable(&self, name: &str, method: &Method, input: &Plan) -> Val {
        match name {
            "$method" => Val::from(method.full_name()),
            "$peer" => Val::from(self.peer.to_string()),
            "$n" => Val::from(self.number),
            "$size" => Val::from(self.requests.iter().map(Bytes::len).sum::<usize>()),
            "$first" => {
                let first = self.first.or(self.requests.first());
                // What does not decode has ended the call before.
                first.and_then(|wire| view::from_wire(input, wire).ok()).unwrap_or_default()
            }
            "$metadata" => view::from_metadata(self.metadata),
            "$metadata_all" => {
                let mut all = Map::default();
                for (key, value) in metadata::entries(self.metadata) {
                    let key = Val::from(key);
                    let values = match all.shift_remove(&key) {
                        Some(Val::Arr(values)) => values.iter().cloned().collect(),
                        _ => Vec::new(),
                    };
                    let values: Vec<Val> = values.into_iter().chain([Val::from(value)]).collect();
                    all.insert(key, values.into_iter().collect());
                }
                Val::obj(all)
            }
            _ => Val::Null,
        }
    }
}
