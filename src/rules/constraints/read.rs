//! The bytes of options, read by their numbers.

use buffa_descriptor::ScalarType;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// The fields of a message in their order, by their numbers.
pub(super) type Fields = Vec<(u32, Raw)>;

/// A value as it stands on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(Vec<u8>),
}

/// Cuts a message into its fields; what is broken ends it.
pub(super) fn fields(bytes: &[u8]) -> Fields {
    let (mut rest, mut found) = (bytes, Vec::new());
    while !rest.is_empty() {
        let Some(next) = field(&mut rest) else { break };
        found.extend(next.1.map(|raw| (next.0, raw)));
    }
    found
}

fn field(rest: &mut &[u8]) -> Option<(u32, Option<Raw>)> {
    let (number, wire_type) = decode_key(rest).ok()?;
    let raw = match wire_type {
        WireType::Varint => Raw::Varint(decode_varint(rest).ok()?),
        WireType::SixtyFourBit => Raw::Fixed64(u64::from_le_bytes(cut(rest, 8)?.try_into().ok()?)),
        WireType::ThirtyTwoBit => Raw::Fixed32(u32::from_le_bytes(cut(rest, 4)?.try_into().ok()?)),
        WireType::LengthDelimited => {
            let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
            Raw::Bytes(cut(rest, length)?.to_vec())
        }
        WireType::StartGroup | WireType::EndGroup => {
            skip_field(wire_type, number, rest, DecodeContext::default()).ok()?;
            return Some((number, None));
        }
    };
    Some((number, Some(raw)))
}

fn cut<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (value, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(value)
}

/// All values of a number.
pub(super) fn all(fields: &Fields, number: u32) -> impl Iterator<Item = &Raw> {
    fields.iter().filter(move |(n, _)| *n == number).map(|(_, raw)| raw)
}

/// The last value of a number that is a varint.
pub(super) fn number(fields: &Fields, number: u32) -> Option<u64> {
    all(fields, number)
        .filter_map(|raw| if let Raw::Varint(value) = raw { Some(*value) } else { None })
        .last()
}

/// The last value of a number that is a text, bytes or a message.
pub(super) fn bytes(fields: &Fields, number: u32) -> Option<&[u8]> {
    all(fields, number)
        .filter_map(|raw| if let Raw::Bytes(bytes) = raw { Some(&bytes[..]) } else { None })
        .last()
}

/// The same as a text.
pub(super) fn text(fields: &Fields, number: u32) -> Option<&str> {
    bytes(fields, number).and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// All texts of a number.
pub(super) fn texts(fields: &Fields, number: u32) -> Vec<&[u8]> {
    all(fields, number)
        .filter_map(|raw| if let Raw::Bytes(bytes) = raw { Some(&bytes[..]) } else { None })
        .collect()
}

impl Raw {
    /// A whole number of this type.
    pub(super) fn integer(&self, scalar: ScalarType) -> Option<i128> {
        Some(match (self, scalar) {
            (Self::Varint(v), ScalarType::Sint32 | ScalarType::Sint64) => {
                i128::from((*v >> 1).cast_signed() ^ -((*v & 1).cast_signed()))
            }
            (Self::Varint(v), ScalarType::Uint32 | ScalarType::Uint64) => i128::from(*v),
            (Self::Varint(v), _) | (Self::Fixed64(v), ScalarType::Sfixed64) => i128::from(v.cast_signed()),
            (Self::Fixed32(v), ScalarType::Sfixed32) => i128::from(v.cast_signed()),
            (Self::Fixed32(v), _) => i128::from(*v),
            (Self::Fixed64(v), _) => i128::from(*v),
            (Self::Bytes(_), _) => return None,
        })
    }

    /// A number with a fraction.
    pub(super) fn float(&self) -> Option<f64> {
        match self {
            Self::Fixed64(bits) => Some(f64::from_bits(*bits)),
            Self::Fixed32(bits) => Some(f64::from(f32::from_bits(*bits))),
            _ => None,
        }
    }

    /// The nanoseconds of a Duration or of a Timestamp since 1970.
    pub(super) fn nanos(&self) -> Option<i128> {
        let Self::Bytes(bytes) = self else { return None };
        let parts = fields(bytes);
        let part = |n| number(&parts, n).map_or(0, |value| i128::from(value.cast_signed()));
        Some(part(1) * 1_000_000_000 + part(2))
    }
}
