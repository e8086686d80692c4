//! The types that inputs are of; the first byte of an input says which.

use std::sync::{Arc, OnceLock};

use buffa_descriptor::MessageIndex;
use greet::schema::Closure;
use greet::transcode::{DataError, Plan};

use crate::random::schema::{ROOT, SYNTAXES};
use crate::random::{Choices, link, schema, shape};

/// A type.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) plan: Plan,
    pub(crate) closure: Arc<Closure>,
    pub(crate) root: MessageIndex,
}

/// So many types come from .proto text, and so many from random descriptors.
const WRITTEN: usize = 6;
const RANDOM: usize = 26;

/// What a first byte says, and what stands behind it.
pub(crate) fn split(data: &[u8]) -> Option<(&'static Subject, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((subject(*first), rest))
}

/// The type of a first byte.
pub(crate) fn subject(first: u8) -> &'static Subject {
    static SUBJECTS: [OnceLock<Subject>; WRITTEN + RANDOM] = [const { OnceLock::new() }; WRITTEN + RANDOM];
    let at = usize::from(first) % SUBJECTS.len();
    SUBJECTS[at].get_or_init(|| Subject::new(at))
}

impl Subject {
    fn new(at: usize) -> Self {
        const NEW: &str = include_str!("../../benches/transcode/all_types.proto");
        const OLD: &str = include_str!("old.proto");
        let (closure, root) = match at {
            0 => (link::text(NEW, "bench.AllTypes"), "bench.AllTypes"),
            1 => (link::text(OLD, "old.All"), "old.All"),
            2 => (link::text(OLD, "old.Set"), "old.Set"),
            3 => (link::text(NEW, "bench.AllTypes"), "google.protobuf.Value"),
            4 => (link::text(NEW, "bench.AllTypes"), "google.protobuf.Any"),
            5 => (link::text(NEW, "bench.AllTypes"), "bench.Node"),
            at => {
                let seed = (at - WRITTEN) as u64;
                let syntax = SYNTAXES[at % SYNTAXES.len()];
                (link::file(&schema::draw(&mut Choices::seed(seed), syntax), ROOT), ROOT)
            }
        };
        let plan = Plan::compile(&closure, root).unwrap();
        let root = closure.descriptors().message_index(root).unwrap();
        Self { plan, closure, root }
    }

    /// Whether a message has an Any with a value: bytes, of which nobody has asked whether they are a message.
    pub(crate) fn holds_any(&self, wire: &[u8]) -> bool {
        shape::has(shape::Trait::AnyValue, self.closure.descriptors(), self.root, wire)
    }
}

/// Whether the error says that a message, which is one, has no JSON.
pub(crate) fn has_no_json(error: &DataError) -> bool {
    const REASONS: &[&str] = &[
        // Times beyond their limits, paths that are none, numbers that are not finite in a Value.
        "is out of range",
        "of a FieldMask",
        "google.protobuf.Value",
        "of an Any",
        // Only strings that the schema checks are looked at before.
        "not UTF-8",
        // The levels of an Any are counted only where it is looked into.
        "levels deep",
    ];
    let error = error.to_string();
    REASONS.iter().any(|reason| error.contains(reason))
}

/// Whether the error says that a required field is missing.
pub(crate) fn lacks_a_field(error: &DataError) -> bool {
    error.to_string().contains(" needs its field ")
}
