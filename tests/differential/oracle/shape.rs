//! The shape of wire bytes, seen without greet and without the oracle: what either does not look at.

use std::collections::HashSet;

use prost_reflect::{ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor};

/// Something about wire bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trait {
    /// A map that is not length-delimited, which prost-reflect does not notice. What an Any holds is bytes.
    LooseMap,
    /// The same, where what an Any holds is looked into, as it is when it is printed.
    LooseMapInAny,
    /// A value that a later one overrides: of a singular field, of a oneof, of a map's key. greet does not
    /// look into what it does not hand on.
    Overridden,
}

/// Whether wire bytes have it, as far as they can be read.
pub(crate) fn has(wanted: Trait, type_: &MessageDescriptor, wire: &[u8]) -> bool {
    let mut look = Look { wanted, found: false };
    let mut rest = wire;
    look.level(Some(type_), &mut rest);
    look.found
}

struct Look {
    wanted: Trait,
    found: bool,
}

impl Look {
    /// One message, up to its end or the end of its group; `None` where it is broken.
    fn level(&mut self, type_: Option<&MessageDescriptor>, rest: &mut &[u8]) -> Option<()> {
        let mut singular = HashSet::new();
        let mut keys = HashSet::new();
        let mut held = None;
        while !rest.is_empty() {
            let tag = varint(rest)?;
            let number = u32::try_from(tag >> 3).ok()?;
            let field = type_.and_then(|type_| type_.get_field(number));
            let extension = type_.and_then(|type_| type_.get_extension(number));
            let is_map = field.as_ref().is_some_and(FieldDescriptor::is_map);
            let oneof = field.as_ref().and_then(FieldDescriptor::containing_oneof);
            let is_list = field.as_ref().is_some_and(FieldDescriptor::is_list)
                || extension.as_ref().is_some_and(ExtensionDescriptor::is_list);
            let kind =
                field.map(|field| field.kind()).or_else(|| extension.map(|extension| extension.kind()));
            self.found |= self.wanted != Trait::Overridden && is_map && tag & 7 != 2;
            let slot = oneof.map_or_else(|| number.to_string(), |oneof| oneof.name().to_owned());
            let again = kind.is_some() && !is_map && !is_list && !singular.insert(slot);
            self.found |= self.wanted == Trait::Overridden && again;
            let inner = match kind {
                Some(Kind::Message(inner)) => Some(inner),
                _ => None,
            };
            match tag & 7 {
                0 => drop(varint(rest)?),
                1 => *rest = rest.get(8..)?,
                2 => {
                    let length = usize::try_from(varint(rest)?).ok()?;
                    let mut body = rest.get(..length)?;
                    *rest = &rest[length..];
                    if is_map {
                        self.found |= self.wanted == Trait::Overridden && !keys.insert((number, key(body)));
                    }
                    if type_.is_some_and(|type_| type_.full_name() == "google.protobuf.Any") {
                        match number {
                            _ if self.wanted == Trait::LooseMap => {}
                            1 => held = type_.and_then(|type_| named(type_, body)),
                            _ => drop(self.level(held.as_ref(), &mut body)),
                        }
                    } else if inner.is_some() {
                        // Broken in there; what comes behind it can still be read.
                        let _ = self.level(inner.as_ref(), &mut body);
                    }
                }
                3 => self.level(inner.as_ref(), rest)?,
                4 => return Some(()),
                5 => *rest = rest.get(4..)?,
                _ => return None,
            }
        }
        Some(())
    }
}

/// The type that an Any's URL names.
fn named(any: &MessageDescriptor, url: &[u8]) -> Option<MessageDescriptor> {
    let name = std::str::from_utf8(url).ok()?.rsplit('/').next()?;
    any.parent_pool().get_message_by_name(name)
}

/// The key of a map's entry, as it stands there; zeros and no key at all are one.
fn key(entry: &[u8]) -> Vec<u8> {
    let mut rest = entry;
    let mut found = Vec::new();
    while let Some(tag) = varint(&mut rest) {
        let start = rest;
        match tag & 7 {
            0 => drop(varint(&mut rest)),
            1 => rest = rest.get(8..).unwrap_or_default(),
            2 => {
                let length = varint(&mut rest).and_then(|length| usize::try_from(length).ok());
                rest = length.and_then(|length| rest.get(length..)).unwrap_or_default();
            }
            5 => rest = rest.get(4..).unwrap_or_default(),
            _ => return found,
        }
        if tag >> 3 == 1 {
            found = start[..start.len() - rest.len()].to_vec();
        }
    }
    // A varint that is longer than it needs to be is the same key.
    while matches!(found.last(), Some(0)) {
        found.pop();
    }
    for byte in &mut found {
        *byte &= 0x7f;
    }
    found
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..70).step_by(7) {
        let (first, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(first & 0x7f).checked_shl(shift).unwrap_or(0);
        if *first < 0x80 {
            return Some(value);
        }
    }
    None
}
