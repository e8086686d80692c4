//! Values made up of a schema's types: the same for the same seed, field and place.

use std::collections::BTreeSet;

use buffa::editions::FieldPresence;
use buffa_descriptor::{
    DescriptorPool, FieldDescriptor, FieldKind, MessageDescriptor, MessageIndex, ScalarType, SingularKind,
};
use jaq_json::Map;

use super::constraints::{Constraint, resource};
use crate::query::{Val, view};

/// How deep messages nest in an automatic reply, the reply itself counted; required ones may go further.
const DEPTH: u32 = 3;
const REQUIRED_DEPTH: u32 = 8;

/// When a reply has this many values, no further messages are put inside it, and lists grow no longer than that.
const MANY: usize = 1_000;

/// In seconds since 1970.
const FIRST_OF_2024: i128 = 1_704_067_200;

/// Makes values of a schema's types.
pub(super) struct Maker<'a> {
    pool: &'a DescriptorPool,
    seed: u64,
    made: usize,
    ignored: BTreeSet<String>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(pool: &'a DescriptorPool, seed: u64) -> Self {
        Self { pool, seed, made: 0, ignored: BTreeSet::new() }
    }

    /// The constraints of the schema that what was made does not keep.
    pub(super) fn into_ignored(self) -> Vec<String> {
        self.ignored.into_iter().collect()
    }

    /// A message of this type; `None` for one that is better left out.
    pub(super) fn message(&mut self, index: MessageIndex, depth: u32) -> Option<Val> {
        let pool: &'a DescriptorPool = self.pool;
        let message = pool.message(index);
        match self.well_known(message.full_name()) {
            Known::Value(val) => return Some(val),
            Known::LeftOut => return None,
            Known::No => {}
        }
        let mut members = Map::default();
        for (place, field) in message.fields().iter().enumerate() {
            let constraint = Constraint::of(field);
            if !self.is_chosen(message, place) || field.name() == "next_page_token" || constraint.input_only {
                continue;
            }
            if let Some(val) = self.field(message, field, &constraint, depth) {
                self.made += 1;
                members.insert(Val::from(field.json_name().to_owned()), val);
            }
            for what in &constraint.ignored {
                self.ignore(what, message, field);
            }
        }
        Some(Val::obj(members))
    }

    fn ignore(&mut self, what: &str, message: &MessageDescriptor, field: &FieldDescriptor) {
        self.ignored.insert(format!("the {what} rule of {}.{}", message.full_name(), field.name()));
    }

    /// Whether a field is no member of a oneof, or the one to be set: the first that can be made at all.
    fn is_chosen(&self, message: &MessageDescriptor, place: usize) -> bool {
        let oneof = message.fields()[place].oneof_index().and_then(|i| message.oneofs().get(usize::from(i)));
        let Some(oneof) = oneof.filter(|oneof| !oneof.is_synthetic()) else { return true };
        // An Any cannot be made.
        let makable = |i: &usize| !self.is_any(message.fields()[*i].kind());
        oneof.field_indices().iter().map(|i| usize::from(*i)).find(makable) == Some(place)
    }

    fn is_any(&self, kind: FieldKind) -> bool {
        let FieldKind::Singular(SingularKind::Message(index)) = kind else { return false };
        self.pool.message(index).full_name() == "google.protobuf.Any"
    }

    fn field(
        &mut self,
        message: &MessageDescriptor,
        field: &FieldDescriptor,
        constraint: &Constraint,
        depth: u32,
    ) -> Option<Val> {
        let own = Own { message, field, constraint };
        match field.kind() {
            FieldKind::Singular(kind) => {
                let is_required = field.presence() == FieldPresence::LegacyRequired || constraint.required;
                self.one(kind, &own, 0, depth, if is_required { REQUIRED_DEPTH } else { DEPTH })
            }
            FieldKind::List(kind) => {
                let items = constraint.items();
                let of_item = Own { constraint: &items, ..own };
                let count = constraint.count(2, MANY as u64);
                let items: Vec<Val> =
                    (0..count).filter_map(|item| self.one(kind, &of_item, item, depth, DEPTH)).collect();
                (!items.is_empty()).then(|| items.into_iter().collect())
            }
            FieldKind::Map { key, value } => {
                let (keys, values) = (constraint.items(), constraint.values());
                let (of_key, of_value) =
                    (Own { constraint: &keys, ..own }, Own { constraint: &values, ..own });
                let mut members = Map::default();
                for item in 0..constraint.count(2, MANY as u64) {
                    let Some(val) = self.one(value, &of_value, item, depth, DEPTH) else { continue };
                    let key = match self.scalar(key, &of_key, item) {
                        Val::TStr(text) => Val::TStr(text),
                        other => Val::from(view::to_text(&other)),
                    };
                    members.insert(key, val);
                }
                (!members.is_empty()).then(|| Val::obj(members))
            }
        }
    }

    fn one(&mut self, kind: SingularKind, own: &Own<'_>, item: u64, depth: u32, most: u32) -> Option<Val> {
        match kind {
            SingularKind::Scalar(scalar) => Some(self.scalar(scalar, own, item)),
            SingularKind::Enum(index) => {
                let of = self.pool.enumeration(index);
                let number = own.constraint.enum_value(of, item)?;
                let named = of.values().iter().find(|value| value.number() == number);
                let by_number = || Val::from(isize::try_from(number).unwrap_or_default());
                Some(named.map_or_else(by_number, |value| Val::from(value.name().to_owned())))
            }
            SingularKind::Message(index) => {
                let is_required = most > DEPTH;
                if depth >= most || self.made > MANY && !is_required {
                    return None;
                }
                let name = self.pool.message(index).full_name();
                if let Some(time) = self.time(name, own, item) {
                    return Some(time);
                }
                let seed = self.seed;
                self.seed = own.named().number(seed).wrapping_add(item);
                let val = self.message(index, depth + 1);
                self.seed = seed;
                val
            }
        }
    }

    /// A Timestamp or a Duration that has rules.
    fn time(&mut self, type_name: &str, own: &Own<'_>, item: u64) -> Option<Val> {
        let usual = i128::from(1 + own.named().number(self.seed) % 3_600) + i128::from(item);
        let second = 1_000_000_000;
        match type_name {
            "google.protobuf.Timestamp" if own.constraint.has_rules() => {
                if own.constraint.asks_for_now() {
                    self.ignore("present time", own.message, own.field);
                }
                let nanos = own.constraint.nanos((FIRST_OF_2024 + usual) * second, item);
                let (seconds, nanos) = (nanos.div_euclid(second), nanos.rem_euclid(second));
                let time = prost_types::Timestamp {
                    seconds: i64::try_from(seconds).ok()?,
                    nanos: i32::try_from(nanos).ok()?,
                };
                Some(Val::from(time.to_string()))
            }
            "google.protobuf.Duration" if own.constraint.has_rules() => {
                let nanos = own.constraint.nanos(usual * second, item);
                let duration = prost_types::Duration {
                    seconds: i64::try_from(nanos / second).ok()?,
                    nanos: i32::try_from(nanos % second).ok()?,
                };
                Some(Val::from(duration.to_string()))
            }
            _ => None,
        }
    }

    fn scalar(&mut self, scalar: ScalarType, own: &Own<'_>, item: u64) -> Val {
        self.made += 1;
        let number = own.named().number(self.seed) % 1_000;
        // The next one differs, whatever the type can hold.
        let number = 1 + (number + item) % 1_000;
        if scalar == ScalarType::String
            && !own.constraint.has_rules()
            && let Some(name) = resource::name(self.pool, own.message, own.field, number)
        {
            return Val::from(name);
        }
        let (val, broken) = own.constraint.scalar(scalar, own.field.name(), number, item);
        if let Some(broken) = broken {
            self.ignore(broken, own.message, own.field);
        }
        val
    }

    /// The types of google.protobuf that have a JSON of their own.
    fn well_known(&self, name: &str) -> Known {
        let own = Named { message: "google.protobuf", field: "value" };
        let number = own.number(self.seed);
        let plain = |scalar, item| {
            Constraint::default().scalar(scalar, own.field, 1 + (number % 1_000 + item) % 1_000, 0).0
        };
        let number = number % 3_600;
        let wrapped = Some;
        let scalar = match name {
            "google.protobuf.Any" | "google.protobuf.FieldMask" => return Known::LeftOut,
            "google.protobuf.Timestamp" => {
                let (minutes, seconds) = (number / 60, number % 60);
                return Known::Value(Val::from(format!("2024-01-01T00:{minutes:02}:{seconds:02}Z")));
            }
            "google.protobuf.Duration" => return Known::Value(Val::from(format!("{number}s"))),
            "google.protobuf.Empty" => return Known::Value(Val::obj(Map::default())),
            "google.protobuf.Struct" => {
                let val = plain(ScalarType::String, 0);
                return Known::Value(Val::obj([(Val::from("key".to_owned()), val)].into_iter().collect()));
            }
            "google.protobuf.ListValue" => {
                let items = (0..2).map(|item| plain(ScalarType::String, item));
                return Known::Value(items.collect());
            }
            "google.protobuf.Value" | "google.protobuf.StringValue" => wrapped(ScalarType::String),
            "google.protobuf.BytesValue" => wrapped(ScalarType::Bytes),
            "google.protobuf.BoolValue" => wrapped(ScalarType::Bool),
            "google.protobuf.DoubleValue" => wrapped(ScalarType::Double),
            "google.protobuf.FloatValue" => wrapped(ScalarType::Float),
            "google.protobuf.Int64Value" => wrapped(ScalarType::Int64),
            "google.protobuf.UInt64Value" => wrapped(ScalarType::Uint64),
            "google.protobuf.Int32Value" => wrapped(ScalarType::Int32),
            "google.protobuf.UInt32Value" => wrapped(ScalarType::Uint32),
            _ => None,
        };
        scalar.map_or(Known::No, |kind| Known::Value(plain(kind, 0)))
    }
}

/// What is known of a type by its name alone.
enum Known {
    /// This is a value of it.
    Value(Val),
    /// It is better left out.
    LeftOut,
    /// Nothing.
    No,
}

/// A field with what is wanted of its values, or of its items.
#[derive(Clone, Copy)]
struct Own<'a> {
    message: &'a MessageDescriptor,
    field: &'a FieldDescriptor,
    constraint: &'a Constraint,
}

impl<'a> Own<'a> {
    fn named(&self) -> Named<'a> {
        Named { message: self.message.full_name(), field: self.field.name() }
    }
}

/// A field by its full name.
struct Named<'a> {
    message: &'a str,
    field: &'a str,
}

impl Named<'_> {
    /// A number that depends on the name and the seed, and looks like no other (FNV-1a, then a mix).
    fn number(&self, seed: u64) -> u64 {
        let bytes = self.message.bytes().chain([b'.']).chain(self.field.bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (hash ^ (hash >> 27)) >> 8
    }
}
