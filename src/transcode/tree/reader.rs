//! Wire bytes, in the order in which they are usually written, as a value.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Buf as _;
use prost::encoding::{WireType, decode_key, decode_varint};

use super::Tree;
use super::table::{Count, DEPTH, Field, Kind, Table, Type};

pub(super) fn read<T: Tree>(table: &Table, wire: &[u8]) -> Option<T> {
    message(table, table.root()?, wire, 0)
}

fn message<T: Tree>(table: &Table, type_: &Type, mut wire: &[u8], depth: usize) -> Option<T> {
    if depth > DEPTH {
        return None;
    }
    let mut object = T::object(type_.fields.len());
    let mut fields = type_.fields.iter();
    let mut oneofs = Vec::new();
    while !wire.is_empty() {
        let (number, wire_type) = decode_key(&mut wire).ok()?;
        // Each field is looked for behind the last: what is out of order is not found.
        let field = loop {
            let field = fields.next()?;
            if field.number == number {
                break field;
            }
            absent::<T>(field, &mut object)?;
        };
        if let Some(oneof) = field.oneof {
            if oneofs.contains(&oneof) {
                return None;
            }
            oneofs.push(oneof);
        }
        let value = match field.count {
            Count::Map => return None,
            Count::One => {
                (field.kind.wire_type()? == wire_type).then_some(())?;
                single(table, &field.kind, &mut wire, depth)?
            }
            Count::List | Count::Packed => T::from_list(list(table, field, wire_type, &mut wire, depth)?),
        };
        T::add(&mut object, &field.name, value);
    }
    for field in fields {
        absent::<T>(field, &mut object)?;
    }
    Some(T::from_object(object))
}

/// The values of a list, in one or several chunks that follow each other.
fn list<T: Tree>(
    table: &Table,
    field: &Field,
    mut wire_type: WireType,
    wire: &mut &[u8],
    depth: usize,
) -> Option<Vec<T>> {
    let own = field.kind.wire_type()?;
    let mut items = Vec::new();
    loop {
        if wire_type == own {
            items.push(single(table, &field.kind, wire, depth)?);
        } else if wire_type == WireType::LengthDelimited {
            let mut chunk = delimited(wire)?;
            while !chunk.is_empty() {
                items.push(single(table, &field.kind, &mut chunk, depth)?);
            }
        } else {
            return None;
        }
        let mut ahead = *wire;
        if ahead.is_empty() {
            return Some(items);
        }
        let (number, next) = decode_key(&mut ahead).ok()?;
        if number != field.number {
            return Some(items);
        }
        (*wire, wire_type) = (ahead, next);
    }
}

/// One value behind its tag.
fn single<T: Tree>(table: &Table, kind: &Kind, wire: &mut &[u8], depth: usize) -> Option<T> {
    Some(match kind {
        Kind::Double => float(wire.try_get_f64_le().ok()?)?,
        Kind::Float => {
            let value = wire.try_get_f32_le().ok()?;
            if value.is_finite() {
                T::from_number(&serde_json::to_string(&value).ok()?)?
            } else {
                float(f64::from(value))?
            }
        }
        Kind::Int32 => T::from_integer(i64::from(int32(wire)?)),
        Kind::Int64 => T::from_integer(decode_varint(wire).ok()?.cast_signed()),
        Kind::Uint32 => T::from_integer(i64::from(uint32(wire)?)),
        Kind::Uint64 => unsigned(decode_varint(wire).ok()?)?,
        Kind::Sint32 => {
            let value = uint32(wire)?;
            T::from_integer(i64::from((value >> 1).cast_signed() ^ -(value & 1).cast_signed()))
        }
        Kind::Sint64 => {
            let value = decode_varint(wire).ok()?;
            T::from_integer((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
        }
        Kind::Fixed32 => T::from_integer(i64::from(wire.try_get_u32_le().ok()?)),
        Kind::Fixed64 => unsigned(wire.try_get_u64_le().ok()?)?,
        Kind::Sfixed32 => T::from_integer(i64::from(wire.try_get_i32_le().ok()?)),
        Kind::Sfixed64 => T::from_integer(wire.try_get_i64_le().ok()?),
        Kind::Bool => T::from_bool(decode_varint(wire).ok()? != 0),
        Kind::String => T::from_text(std::str::from_utf8(delimited(wire)?).ok()?),
        Kind::Bytes => T::from_text(&BASE64_STANDARD.encode(delimited(wire)?)),
        Kind::Enum(e) => T::from_text(e.get_value(int32(wire)?)?.name()),
        Kind::Message(place) => message(table, table.type_at(*place)?, delimited(wire)?, depth + 1)?,
        Kind::Other => return None,
    })
}

/// What is printed of a field that is not there.
fn absent<T: Tree>(field: &Field, object: &mut T::Object) -> Option<()> {
    if field.presence {
        return Some(());
    }
    let value = match (field.count, &field.kind) {
        (Count::Map, _) => T::from_object(T::object(0)),
        (Count::List | Count::Packed, _) => T::from_list(Vec::new()),
        (Count::One, Kind::Double | Kind::Float) => T::from_number("0.0")?,
        (Count::One, Kind::Bool) => T::from_bool(false),
        (Count::One, Kind::String | Kind::Bytes) => T::from_text(""),
        (Count::One, Kind::Enum(e)) => T::from_text(e.get_value(0)?.name()),
        (Count::One, Kind::Message(_) | Kind::Other) => return None,
        (Count::One, _) => T::from_integer(0),
    };
    T::add(object, &field.name, value);
    Some(())
}

fn delimited<'a>(wire: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(decode_varint(wire).ok()?).ok()?;
    let (value, rest) = wire.split_at_checked(length)?;
    *wire = rest;
    Some(value)
}

/// The lower half of a varint, as Protobuf takes 32 bits from 64.
fn uint32(wire: &mut &[u8]) -> Option<u32> {
    u32::try_from(decode_varint(wire).ok()? & u64::from(u32::MAX)).ok()
}

fn int32(wire: &mut &[u8]) -> Option<i32> {
    Some(uint32(wire)?.cast_signed())
}

fn unsigned<T: Tree>(value: u64) -> Option<T> {
    match i64::try_from(value) {
        Ok(value) => Some(T::from_integer(value)),
        Err(_) => T::from_number(&value.to_string()),
    }
}

fn float<T: Tree>(value: f64) -> Option<T> {
    Some(match value {
        _ if value.is_finite() => T::from_number(&serde_json::to_string(&value).ok()?)?,
        _ if value.is_nan() => T::from_text("NaN"),
        _ if value > 0.0 => T::from_text("Infinity"),
        _ => T::from_text("-Infinity"),
    })
}
