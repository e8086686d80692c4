//! One message type, ready for reading and writing.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::field::{Field, Successor};
use super::kind::{Kind, Presence};
use super::spelling::Spellings;
use crate::transcode::sink::Span;

/// A message type: its fields in the order of their numbers, and ways to find one.
#[derive(Debug)]
pub(in crate::transcode) struct Type {
    /// Full name, without a leading dot.
    pub(in crate::transcode) name: Box<str>,
    /// What its JSON is.
    pub(in crate::transcode) form: Form,
    /// Whether it is a `MessageSet`: its extensions stand in groups on the wire.
    pub(in crate::transcode) message_set: bool,
    /// Fields and known extensions in the order of their numbers; a place in here is a rank.
    pub(in crate::transcode) fields: Box<[Field]>,
    /// The ranks of required fields, ascending.
    pub(in crate::transcode) required: Box<[u32]>,
    /// Names of the oneofs; `optional` of proto3 makes none.
    pub(in crate::transcode) oneofs: Box<[Box<str>]>,
    /// The field that came first the last time.
    pub(in crate::transcode) first: Successor,
    /// Number to rank + 1, for numbers that are small enough.
    dense: Box<[u32]>,
    /// Ranks by names, JSON names and those of the .proto.
    names: HashTable<u32>,
    /// Most of the same names.
    spellings: Spellings,
    hasher: RandomState,
}

/// What the JSON of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) enum Form {
    /// An object of its fields.
    Plain,
    Any,
    Timestamp,
    Duration,
    FieldMask,
    Struct,
    Value,
    ListValue,
    /// The value of its only field, whose kind this is.
    Wrapper(Kind),
    /// An object without members; inside of an Any it stands in `value`, as all but [`Form::Plain`] do.
    Empty,
}

impl Form {
    pub(super) fn of(name: &str) -> Self {
        let Some(name) = name.strip_prefix("google.protobuf.") else { return Self::Plain };
        match name {
            "Any" => Self::Any,
            "Timestamp" => Self::Timestamp,
            "Duration" => Self::Duration,
            "FieldMask" => Self::FieldMask,
            "Struct" => Self::Struct,
            "Value" => Self::Value,
            "ListValue" => Self::ListValue,
            "Empty" => Self::Empty,
            "DoubleValue" => Self::Wrapper(Kind::Double),
            "FloatValue" => Self::Wrapper(Kind::Float),
            "Int64Value" => Self::Wrapper(Kind::Int64),
            "UInt64Value" => Self::Wrapper(Kind::Uint64),
            "Int32Value" => Self::Wrapper(Kind::Int32),
            "UInt32Value" => Self::Wrapper(Kind::Uint32),
            "BoolValue" => Self::Wrapper(Kind::Bool),
            "StringValue" => Self::Wrapper(Kind::String),
            "BytesValue" => Self::Wrapper(Kind::Bytes),
            _ => Self::Plain,
        }
    }
}

impl Type {
    /// A type of these fields, in any order.
    pub(super) fn new(name: &str, message_set: bool, mut fields: Vec<Field>, oneofs: Vec<Box<str>>) -> Self {
        fields.sort_by_key(|field| field.number);
        let rank = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let required =
            (0..fields.len()).filter(|&place| fields[place].presence == Presence::Required).map(rank);
        let required = required.collect();
        let most = fields.len() * 4 + 64;
        let small = |field: &&Field| (field.number as usize) < most;
        let length = fields.iter().rfind(small).map_or(0, |field| field.number as usize + 1);
        let mut dense = vec![0; length];
        for (place, field) in fields.iter().enumerate() {
            if let Some(slot) = dense.get_mut(field.number as usize) {
                *slot = rank(place) + 1;
            }
        }
        let hasher = RandomState::default();
        let mut names = HashTable::with_capacity(fields.len() * 2);
        let hash = |name: &str| hasher.hash_one(name.as_bytes());
        // Where the JSON name of one field is the other name of another, the JSON name is meant.
        let mut spellings = Spellings::new(fields.len() * 2);
        for (place, field) in fields.iter().enumerate() {
            names.insert_unique(hash(&field.json_name), rank(place), |_| 0);
            spellings.add(&field.json_name, rank(place));
        }
        for (place, field) in fields.iter().enumerate().filter(|(_, field)| field.name != field.json_name) {
            let taken = |&other: &u32| fields[other as usize].json_name == field.name;
            if names.find(hash(&field.name), taken).is_none() {
                names.insert_unique(hash(&field.name), rank(place), |_| 0);
                spellings.add(&field.name, rank(place));
            }
        }
        Self {
            form: Form::of(name),
            name: name.into(),
            message_set,
            fields: fields.into_boxed_slice(),
            required,
            oneofs: oneofs.into_boxed_slice(),
            first: Successor::default(),
            dense: dense.into_boxed_slice(),
            names,
            spellings,
            hasher,
        }
    }

    /// The rank of the field with this number.
    pub(in crate::transcode) fn rank_of(&self, number: u32) -> Option<usize> {
        match self.dense.get(number as usize) {
            Some(&rank) => (rank as usize).checked_sub(1),
            None => self.fields.binary_search_by_key(&number, |field| field.number).ok(),
        }
    }

    /// The same of a number that is small enough.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::transcode) fn rank_of_small(&self, number: usize) -> Option<usize> {
        (*self.dense.get(number)? as usize).checked_sub(1)
    }

    /// The rank of the field with this name, its JSON name or the one in the .proto; `[pkg.ext]` for extensions.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::transcode) fn rank_of_name(&self, name: Span<'_>) -> Option<usize> {
        match self.spellings.get(name) {
            Some(rank) => Some(rank as usize),
            None => self.rank_named(name.get()),
        }
    }

    /// The same, when it does not stand in a text.
    #[inline(never)]
    pub(in crate::transcode) fn rank_named(&self, name: &[u8]) -> Option<usize> {
        let same = |&rank: &u32| {
            let field = &self.fields[rank as usize];
            field.json_name.as_bytes() == name || field.name.as_bytes() == name
        };
        self.names.find(self.hasher.hash_one(name), same).map(|&rank| rank as usize)
    }
}
