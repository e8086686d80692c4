//! A value as wire bytes, where it says plainly what the type wants.

use bytes::BufMut as _;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

use super::table::{Count, DEPTH, Field, Kind, Table, Type};
use super::{Look, Tree};

pub(super) fn write<T: Tree>(table: &Table, value: &T, out: &mut Vec<u8>) -> Option<()> {
    message(table, table.root()?, value, out, 0)
}

fn message<T: Tree>(table: &Table, type_: &Type, value: &T, out: &mut Vec<u8>, depth: usize) -> Option<()> {
    let Look::Object(members) = value.look() else { return None };
    if depth > DEPTH {
        return None;
    }
    let mut given: Vec<(usize, &T)> = Vec::with_capacity(members);
    let mut known = true;
    value.members(&mut |name, member| match type_.rank(name) {
        Some(rank) => given.push((rank, member)),
        None => known = false,
    })?;
    given.sort_unstable_by_key(|(rank, _)| *rank);
    // Unknown names and both spellings of one are for the long way to speak of.
    if !known || given.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return None;
    }
    let mut oneofs = Vec::new();
    for (rank, value) in given {
        let field = &type_.fields[rank];
        if matches!(field.kind, Kind::Other) {
            return None;
        }
        let look = value.look();
        if matches!(look, Look::Null) {
            continue;
        }
        if let Some(oneof) = field.oneof {
            if oneofs.contains(&oneof) {
                return None;
            }
            oneofs.push(oneof);
        }
        match (field.count, look) {
            (Count::One, _) => single(table, field, value, Zero::of(field), out, depth)?,
            (Count::List, Look::List(items)) => {
                for item in items {
                    single(table, field, item, Zero::Written, out, depth)?;
                }
            }
            (Count::Packed, Look::List(items)) if !items.is_empty() => {
                encode_key(field.number, WireType::LengthDelimited, out);
                let start = begin(out);
                for item in items {
                    plain(&field.kind, item, Zero::Written, None, out)?;
                }
                end(start, out);
            }
            (Count::Packed, Look::List(_)) => {}
            _ => return None,
        }
    }
    Some(())
}

/// What becomes of a default value.
#[derive(Clone, Copy, PartialEq)]
enum Zero {
    Written,
    Omitted,
}

impl Zero {
    fn of(field: &Field) -> Self {
        if field.presence { Self::Written } else { Self::Omitted }
    }
}

/// One value with its tag.
fn single<T: Tree>(
    table: &Table,
    field: &Field,
    value: &T,
    zero: Zero,
    out: &mut Vec<u8>,
    depth: usize,
) -> Option<()> {
    let Kind::Message(place) = field.kind else {
        return plain(&field.kind, value, zero, Some(field.number), out);
    };
    encode_key(field.number, WireType::LengthDelimited, out);
    let start = begin(out);
    message(table, table.type_at(place)?, value, out, depth + 1)?;
    end(start, out);
    Some(())
}

/// One value that is no message, behind its tag if a number is given.
fn plain<T: Tree>(kind: &Kind, value: &T, zero: Zero, number: Option<u32>, out: &mut Vec<u8>) -> Option<()> {
    let bits = match (kind, value.look()) {
        (Kind::String, Look::Text(text)) => {
            std::str::from_utf8(text).ok()?;
            return delimited(text, zero, number, out);
        }
        (Kind::Bytes, Look::Bytes(bytes)) => return delimited(bytes, zero, number, out),
        (Kind::Bool, Look::Bool(value)) => u64::from(value),
        (Kind::Int32 | Kind::Sfixed32, Look::Integer(value)) => {
            i64::from(i32::try_from(value).ok()?).cast_unsigned()
        }
        (Kind::Int64 | Kind::Sfixed64, Look::Integer(value)) => value.cast_unsigned(),
        (Kind::Uint32 | Kind::Fixed32, Look::Integer(value)) => u64::from(u32::try_from(value).ok()?),
        (Kind::Uint64 | Kind::Fixed64, Look::Integer(value)) => u64::try_from(value).ok()?,
        (Kind::Sint32, Look::Integer(value)) => zigzag(i64::from(i32::try_from(value).ok()?)),
        (Kind::Sint64, Look::Integer(value)) => zigzag(value),
        (Kind::Enum(e), Look::Text(name)) => {
            let value = e.get_value_by_name(std::str::from_utf8(name).ok()?)?;
            i64::from(value.number()).cast_unsigned()
        }
        // Zeros have a sign, and what is not finite is a string: not here.
        (Kind::Double, Look::Float(value)) if value.is_finite() && value != 0.0 => value.to_bits(),
        _ => return None,
    };
    if bits == 0 && zero == Zero::Omitted {
        return Some(());
    }
    if let Some(number) = number {
        encode_key(number, kind.wire_type()?, out);
    }
    match kind.wire_type()? {
        WireType::SixtyFourBit => out.put_u64_le(bits),
        WireType::ThirtyTwoBit => out.put_u32_le(u32::try_from(bits & u64::from(u32::MAX)).ok()?),
        _ => encode_varint(bits, out),
    }
    Some(())
}

fn delimited(bytes: &[u8], zero: Zero, number: Option<u32>, out: &mut Vec<u8>) -> Option<()> {
    if bytes.is_empty() && zero == Zero::Omitted {
        return Some(());
    }
    encode_key(number?, WireType::LengthDelimited, out);
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
    Some(())
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// Leaves room for a short length; the body begins at what is answered.
fn begin(out: &mut Vec<u8>) -> usize {
    out.push(0);
    out.len()
}

/// Writes the length of a body that ends here, and moves the body if that needs more room.
fn end(start: usize, out: &mut Vec<u8>) {
    let length = (out.len() - start) as u64;
    let mut bytes = [0_u8; 10];
    let wide = encoded_len_varint(length);
    encode_varint(length, &mut &mut bytes[..]);
    out.splice(start - 1..start, bytes[..wide].iter().copied());
}
