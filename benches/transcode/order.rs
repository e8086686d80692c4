//! The order of fields on the wire: rising as canonical writers have it, or falling.

use prost_reflect::{Kind, MessageDescriptor};

use crate::random::wire::varint;

/// In which order fields stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Rising,
    Falling,
}

/// The same message with the fields of each level in this order. What one field has more than once keeps its
/// order; the entries of a map are sorted by their bytes, so that one message has one form.
pub(crate) fn arranged(type_: &MessageDescriptor, wire: &[u8], order: Order) -> Vec<u8> {
    let mut fields: Vec<(u32, Vec<u8>)> = Vec::new();
    let mut rest = wire;
    while !rest.is_empty() {
        let start = rest;
        let tag = read(&mut rest);
        let number = u32::try_from(tag >> 3).unwrap();
        let field = type_.get_field(number).expect("the benchmark's messages have no unknown fields");
        let mut bytes;
        match (tag & 7, field.kind()) {
            (2, kind) => {
                let length = usize::try_from(read(&mut rest)).unwrap();
                let (body, tail) = rest.split_at(length);
                rest = tail;
                let arranged = match kind {
                    // What an Any holds is bytes here.
                    Kind::Message(inner) => arranged(&inner, body, order),
                    _ => body.to_vec(),
                };
                bytes = Vec::new();
                varint(tag, &mut bytes);
                varint(arranged.len() as u64, &mut bytes);
                bytes.extend(arranged);
            }
            (wire_type, _) => {
                match wire_type {
                    0 => drop(read(&mut rest)),
                    1 => rest = &rest[8..],
                    5 => rest = &rest[4..],
                    _ => panic!("the benchmark's messages have no groups"),
                }
                bytes = start[..start.len() - rest.len()].to_vec();
            }
        }
        fields.push((number, bytes));
    }
    // Stable, so that lists stay as they are.
    fields.sort_by_key(|(number, _)| *number);
    for run in fields.chunk_by_mut(|(one, _), (other, _)| one == other) {
        if type_.get_field(run[0].0).is_some_and(|field| field.is_map()) {
            run.sort();
        }
    }
    let mut runs: Vec<_> = fields.chunk_by(|(one, _), (other, _)| one == other).collect();
    if order == Order::Falling && !type_.is_map_entry() {
        runs.reverse();
    }
    runs.into_iter().flatten().flat_map(|(_, bytes)| bytes.iter().copied()).collect()
}

fn read(rest: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (first, tail) = rest.split_first().unwrap();
        *rest = tail;
        value |= u64::from(first & 0x7f) << shift;
        shift += 7;
        if *first < 0x80 {
            return value;
        }
    }
}
