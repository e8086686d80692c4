//! What a rule sees of a call.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use jaq_json::Map;
use tonic::metadata::MetadataMap;

use crate::leaf::metadata;
use crate::query::{Program, Val, view};
use crate::schema::Method;
use crate::transcode::Plan;

/// What `.` is for a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Null: no request has come, or nobody looks at it.
    Nothing,
    /// The latest request.
    Request,
    /// The array of all requests.
    Requests,
}

/// A call as far as it is known when a rule is chosen or run.
#[derive(Clone, Copy)]
pub struct CallView<'a> {
    /// The initial metadata of the requests.
    pub metadata: &'a MetadataMap,
    /// Who calls; made text only for a program that asks.
    pub peer: &'a (dyn fmt::Display + Sync),
    /// The timeout as it was sent.
    pub timeout: Option<Duration>,
    /// What is left of it.
    pub left: Option<Duration>,
    /// Which of the requests at hand a program reads.
    pub input: Input,
    /// The requests at hand, in wire bytes.
    pub requests: &'a [Bytes],
    /// How many requests the call has had so far: the latest has this number.
    pub number: usize,
    /// The bytes of the requests that are read, if those are not all at hand.
    pub size: Option<usize>,
    /// The first request of the call, if it is another than the first of `requests`.
    pub first: Option<&'a Bytes>,
    /// What programs of this call have kept.
    pub kept: Option<&'a Val>,
}

impl<'a> CallView<'a> {
    /// A call of which nothing has come but its head.
    pub fn new(metadata: &'a MetadataMap, peer: &'a (dyn fmt::Display + Sync)) -> Self {
        Self {
            metadata,
            peer,
            timeout: None,
            left: None,
            input: Input::Request,
            requests: &[],
            number: 0,
            size: None,
            first: None,
            kept: None,
        }
    }

    /// The same, to be taken to another thread.
    pub fn seen(&self) -> Seen {
        Seen {
            metadata: self.metadata.clone(),
            peer: self.peer.to_string(),
            timeout: self.timeout,
            left: self.left,
            input: self.input,
            requests: self.requests.to_vec(),
            number: self.number,
            size: self.size,
            first: self.first.cloned(),
            kept: self.kept.cloned(),
        }
    }
}

/// What programs see of a call, owned.
#[derive(Debug, Clone)]
pub struct Seen {
    metadata: MetadataMap,
    peer: String,
    timeout: Option<Duration>,
    left: Option<Duration>,
    input: Input,
    requests: Vec<Bytes>,
    number: usize,
    size: Option<usize>,
    first: Option<Bytes>,
    kept: Option<Val>,
}

impl Seen {
    /// The same, lent.
    pub fn view(&self) -> CallView<'_> {
        CallView {
            metadata: &self.metadata,
            peer: &self.peer,
            timeout: self.timeout,
            left: self.left,
            input: self.input,
            requests: &self.requests,
            number: self.number,
            size: self.size,
            first: self.first.as_ref(),
            kept: self.kept.as_ref(),
        }
    }
}

impl fmt::Debug for CallView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.seen().fmt(f)
    }
}

/// The variables that programs may name.
pub(super) const VARIABLES: [&str; 12] = [
    "$method",
    "$metadata",
    "$metadata_all",
    "$peer",
    "$timeout",
    "$deadline",
    "$call",
    "$n",
    "$first",
    "$size",
    "$kept",
    "$data",
];

/// What a rule's programs see of it.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    pub(super) data: &'a Val,
    /// How often the rule has answered, this call counted; nothing before it is chosen.
    pub(super) count: Option<u64>,
}

impl CallView<'_> {
    /// The values of those variables that a program names.
    pub(super) fn variables(
        &self,
        program: &Program,
        method: &Method,
        input: &Plan,
        own: Own<'_>,
    ) -> Vec<Val> {
        let value = |name: &String| match name.as_str() {
            "$data" => own.data.clone(),
            "$call" => own.count.map_or(Val::Null, number),
            name => self.variable(name, method, input),
        };
        program.variables().iter().map(value).collect()
    }

    fn variable(&self, name: &str, method: &Method, input: &Plan) -> Val {
        let seconds = |time: Option<Duration>| time.map_or(Val::Null, |time| Val::from(time.as_secs_f64()));
        match name {
            "$method" => Val::from(method.full_name()),
            "$peer" => Val::from(self.peer.to_string()),
            "$n" => Val::from(self.number),
            "$size" => Val::from(self.size.unwrap_or_else(|| self.requests.iter().map(Bytes::len).sum())),
            "$timeout" => seconds(self.timeout),
            "$deadline" => seconds(self.left),
            "$kept" => self.kept.cloned().unwrap_or_default(),
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

fn number(count: u64) -> Val {
    usize::try_from(count).map_or(Val::Null, Val::from)
}
