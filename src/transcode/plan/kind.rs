//! What a field holds, how many of it, and when it counts as set.

use buffa_descriptor::ScalarType;

/// What one value of a field is, as the wire has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) enum Kind {
    Double,
    Float,
    Int64,
    Uint64,
    Int32,
    Fixed64,
    Fixed32,
    Bool,
    String,
    Bytes,
    Uint32,
    Sfixed32,
    Sfixed64,
    Sint32,
    Sint64,
    Enum,
    /// A message behind its length.
    Message,
    /// A message between a start and an end tag: a group, or a field with delimited encoding.
    Group,
}

/// How many values a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) enum Count {
    One,
    List,
    /// A map, whose field's kind is [`Kind::Message`]: that of its entries.
    Map,
}

/// When a singular field counts as set. Lists and maps are [`Presence::Implicit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) enum Presence {
    /// When its value is not the default one.
    Implicit,
    /// When it is given.
    Explicit,
    /// The same, and a message without it is not complete.
    Required,
}

/// How a value stands on the wire (protobuf.dev/programming-guides/encoding).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) enum WireType {
    Varint = 0,
    Fixed64 = 1,
    Delimited = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}

impl WireType {
    /// The wire type of a tag; `None` for 6 and 7.
    pub(in crate::transcode) fn of(tag: u32) -> Option<Self> {
        Some(match tag & 7 {
            0 => Self::Varint,
            1 => Self::Fixed64,
            2 => Self::Delimited,
            3 => Self::StartGroup,
            4 => Self::EndGroup,
            5 => Self::Fixed32,
            _ => return None,
        })
    }
}

impl WireType {
    /// Its name in words.
    pub(in crate::transcode) fn word(self) -> &'static str {
        match self {
            Self::Varint => "varint",
            Self::Fixed64 => "fixed64",
            Self::Delimited => "length-delimited",
            Self::StartGroup => "start of a group",
            Self::EndGroup => "end of a group",
            Self::Fixed32 => "fixed32",
        }
    }
}

impl Kind {
    pub(super) fn scalar(scalar: ScalarType) -> Self {
        match scalar {
            ScalarType::Double => Self::Double,
            ScalarType::Float => Self::Float,
            ScalarType::Int64 => Self::Int64,
            ScalarType::Uint64 => Self::Uint64,
            ScalarType::Int32 => Self::Int32,
            ScalarType::Fixed64 => Self::Fixed64,
            ScalarType::Fixed32 => Self::Fixed32,
            ScalarType::Bool => Self::Bool,
            ScalarType::String => Self::String,
            ScalarType::Bytes => Self::Bytes,
            ScalarType::Uint32 => Self::Uint32,
            ScalarType::Sfixed32 => Self::Sfixed32,
            ScalarType::Sfixed64 => Self::Sfixed64,
            ScalarType::Sint32 => Self::Sint32,
            ScalarType::Sint64 => Self::Sint64,
        }
    }

    /// How one value stands on the wire when it is not packed.
    pub(in crate::transcode) fn wire_type(self) -> WireType {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => WireType::Fixed64,
            Self::Float | Self::Fixed32 | Self::Sfixed32 => WireType::Fixed32,
            Self::String | Self::Bytes | Self::Message => WireType::Delimited,
            Self::Group => WireType::StartGroup,
            Self::Int64
            | Self::Uint64
            | Self::Int32
            | Self::Bool
            | Self::Uint32
            | Self::Sint32
            | Self::Sint64
            | Self::Enum => WireType::Varint,
        }
    }

    /// Whether a list of it may be packed.
    pub(in crate::transcode) fn is_packable(self) -> bool {
        !matches!(self.wire_type(), WireType::Delimited | WireType::StartGroup)
    }

    /// Whether it is a message, in either encoding.
    pub(in crate::transcode) fn is_message(self) -> bool {
        matches!(self, Self::Message | Self::Group)
    }

    /// A scalar's name in a .proto.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Int32 => "int32",
            Self::Fixed64 => "fixed64",
            Self::Fixed32 => "fixed32",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Bytes => "bytes (base64)",
            Self::Uint32 => "uint32",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
            Self::Enum => "enum",
            Self::Message | Self::Group => "message",
        }
    }
}
