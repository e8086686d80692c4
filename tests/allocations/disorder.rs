//! Messages out of order.

use serde_json::Value;

/// The same JSON with the members of each object backwards.
pub(crate) fn of_json(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(of_json).collect(),
        Value::Object(members) => {
            members.iter().rev().map(|(name, value)| (name.clone(), of_json(value))).collect()
        }
        other => other.clone(),
    }
}

/// A message as it is, with its fields backwards, and twice over.
pub(crate) fn orders(wire: &[u8]) -> [(&'static str, Vec<u8>); 3] {
    let mut fields = Vec::new();
    let mut rest = wire;
    while !rest.is_empty() {
        let (field, behind) = rest.split_at(length(rest));
        fields.push(field);
        rest = behind;
    }
    fields.reverse();
    [("", wire.to_vec()), (", backwards", fields.concat()), (", twice", wire.repeat(2))]
}

/// How long the field is that begins the bytes; there are no groups among them.
fn length(wire: &[u8]) -> usize {
    let (tag, behind) = varint(wire, 0);
    match tag & 7 {
        0 => varint(wire, behind).1,
        1 => behind + 8,
        5 => behind + 4,
        _ => {
            let (length, behind) = varint(wire, behind);
            behind + length
        }
    }
}

/// A varint, and the place behind it; what is beyond 63 bits is of no use here.
fn varint(wire: &[u8], at: usize) -> (usize, usize) {
    let (mut value, mut place, mut shift) = (0_usize, at, 0);
    loop {
        let byte = wire[place];
        value |= usize::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        (place, shift) = (place + 1, shift + 7);
        if byte < 0x80 {
            return (value, place);
        }
    }
}
