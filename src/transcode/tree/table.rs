//! What the shortcut knows of a message type: its fields by number, and which of them are plain.

use std::collections::HashMap;

use bytes::Bytes;
use prost::encoding::WireType;
use prost_reflect::{EnumDescriptor, FieldDescriptor, MessageDescriptor};

use crate::transcode::json::expect::is_well_known;

/// How many message types one table holds; fields of further ones are not plain.
const MOST_TYPES: usize = 256;
/// How deep messages may nest here; deeper ones take the long way, which knows the true bound.
pub(super) const DEPTH: usize = 40;

/// A message type and those that it reaches.
#[derive(Debug)]
pub(in crate::transcode) struct Table {
    types: Vec<Type>,
}

/// One message type.
#[derive(Debug)]
pub(super) struct Type {
    /// In the order of their numbers.
    pub(super) fields: Vec<Field>,
    /// Both spellings of each field's name, sorted, and the field's place in `fields`.
    names: Vec<(Box<str>, usize)>,
}

/// One field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: u32,
    /// The JSON name.
    pub(super) name: Bytes,
    pub(super) kind: Kind,
    pub(super) count: Count,
    /// Whether an absent field and one with its default value differ.
    pub(super) presence: bool,
    /// The oneof that it is a member of, by its lowest number.
    pub(super) oneof: Option<u32>,
}

/// How many values a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    One,
    List,
    /// A list, written as one chunk.
    Packed,
    Map,
}

/// What a field holds.
#[derive(Debug)]
pub(super) enum Kind {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    Enum(EnumDescriptor),
    /// A message type, by its place in the table.
    Message(usize),
    /// What is not plain.
    Other,
}

impl Table {
    /// Describes a type and those that it reaches.
    pub(in crate::transcode) fn new(root: &MessageDescriptor) -> Self {
        let mut places = HashMap::from([(root.full_name().to_owned(), 0)]);
        let mut found = vec![root.clone()];
        let mut types = Vec::new();
        while let Some(message) = found.get(types.len()).cloned() {
            let mut place = |message: &MessageDescriptor| {
                if let Some(&place) = places.get(message.full_name()) {
                    return Some(place);
                }
                if is_well_known(message) || found.len() == MOST_TYPES {
                    return None;
                }
                places.insert(message.full_name().to_owned(), found.len());
                found.push(message.clone());
                Some(found.len() - 1)
            };
            types.push(Type::new(&message, &mut place));
        }
        if is_well_known(root) {
            types.clear();
        }
        Self { types }
    }

    /// The type that the table is of; nothing when it is not plain.
    pub(super) fn root(&self) -> Option<&Type> {
        self.types.first()
    }

    pub(super) fn type_at(&self, place: usize) -> Option<&Type> {
        self.types.get(place)
    }
}

impl Type {
    fn new(message: &MessageDescriptor, place: &mut dyn FnMut(&MessageDescriptor) -> Option<usize>) -> Self {
        let mut descriptors: Vec<FieldDescriptor> = message.fields().collect();
        descriptors.sort_by_key(FieldDescriptor::number);
        let fields = descriptors.iter().map(|field| Field::new(field, place)).collect();
        let mut names = Vec::new();
        for name in descriptors.iter().flat_map(|field| [field.json_name(), field.name()]) {
            // Where the one name of a field is the other of another, the long way says which is meant.
            let meant = message.get_field_by_json_name(name).or_else(|| message.get_field_by_name(name));
            let rank = meant.and_then(|field| descriptors.iter().position(|other| *other == field));
            names.extend(rank.map(|rank| (Box::from(name), rank)));
        }
        names.sort();
        names.dedup();
        Self { fields, names }
    }

    /// The place of the field with this name, in either spelling.
    pub(super) fn rank(&self, name: &[u8]) -> Option<usize> {
        let found = self.names.binary_search_by(|(other, _)| other.as_bytes().cmp(name));
        found.ok().map(|at| self.names[at].1)
    }
}

impl Field {
    fn new(field: &FieldDescriptor, place: &mut dyn FnMut(&MessageDescriptor) -> Option<usize>) -> Self {
        let kind = match field.kind() {
            _ if field.is_map() || field.is_group() => Kind::Other,
            prost_reflect::Kind::Double => Kind::Double,
            prost_reflect::Kind::Float => Kind::Float,
            prost_reflect::Kind::Int32 => Kind::Int32,
            prost_reflect::Kind::Int64 => Kind::Int64,
            prost_reflect::Kind::Uint32 => Kind::Uint32,
            prost_reflect::Kind::Uint64 => Kind::Uint64,
            prost_reflect::Kind::Sint32 => Kind::Sint32,
            prost_reflect::Kind::Sint64 => Kind::Sint64,
            prost_reflect::Kind::Fixed32 => Kind::Fixed32,
            prost_reflect::Kind::Fixed64 => Kind::Fixed64,
            prost_reflect::Kind::Sfixed32 => Kind::Sfixed32,
            prost_reflect::Kind::Sfixed64 => Kind::Sfixed64,
            prost_reflect::Kind::Bool => Kind::Bool,
            prost_reflect::Kind::String => Kind::String,
            prost_reflect::Kind::Bytes => Kind::Bytes,
            prost_reflect::Kind::Enum(e) if e.full_name() == "google.protobuf.NullValue" => Kind::Other,
            prost_reflect::Kind::Enum(e) => Kind::Enum(e),
            prost_reflect::Kind::Message(message) => place(&message).map_or(Kind::Other, Kind::Message),
        };
        let count = match () {
            () if field.is_map() => Count::Map,
            () if field.is_packed() => Count::Packed,
            () if field.is_list() => Count::List,
            () => Count::One,
        };
        let oneof = field.containing_oneof();
        Self {
            number: field.number(),
            name: Bytes::copy_from_slice(field.json_name().as_bytes()),
            kind,
            count,
            presence: field.supports_presence(),
            oneof: oneof.and_then(|oneof| oneof.fields().map(|field| field.number()).min()),
        }
    }
}

impl Kind {
    /// How one value of this kind stands on the wire.
    pub(super) fn wire_type(&self) -> Option<WireType> {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => Some(WireType::SixtyFourBit),
            Self::Float | Self::Fixed32 | Self::Sfixed32 => Some(WireType::ThirtyTwoBit),
            Self::String | Self::Bytes | Self::Message(_) => Some(WireType::LengthDelimited),
            Self::Other => None,
            _ => Some(WireType::Varint),
        }
    }
}
