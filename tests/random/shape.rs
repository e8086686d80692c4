//! The shape of wire bytes, seen without greet and without the oracle: what either does not look at.

use std::collections::HashSet;

use buffa_descriptor::{
    DescriptorPool, ExtensionDescriptor, FieldDescriptor, FieldKind, MessageIndex, SingularKind,
};

/// Something about wire bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trait {
    /// A map that is not length-delimited, which prost-reflect does not notice. What an Any holds is bytes.
    LooseMap,
    /// The same, where what an Any holds is looked into, as it is when it is printed.
    LooseMapInAny,
    /// An Any with a value: bytes, of which nobody has asked whether they are a message of its type.
    AnyValue,
    /// A value that a later one overrides: of a singular field, of a oneof, of a map's key.
    Overridden,
}

/// Whether wire bytes have it, as far as they can be read.
pub(crate) fn has(wanted: Trait, pool: &DescriptorPool, type_: MessageIndex, wire: &[u8]) -> bool {
    let mut look = Look { pool, wanted, found: false };
    let mut rest = wire;
    look.level(Some(type_), &mut rest);
    look.found
}

struct Look<'a> {
    pool: &'a DescriptorPool,
    wanted: Trait,
    found: bool,
}

impl<'a> Look<'a> {
    /// One message, up to its end or the end of its group; `None` where it is broken.
    fn level(&mut self, type_: Option<MessageIndex>, rest: &mut &[u8]) -> Option<()> {
        let is_any = type_.is_some_and(|type_| self.pool.message(type_).full_name() == "google.protobuf.Any");
        let mut singular = HashSet::new();
        let mut keys = HashSet::new();
        let mut held = None;
        while !rest.is_empty() {
            let tag = varint(rest)?;
            let number = u32::try_from(tag >> 3).ok()?;
            let field = type_.and_then(|type_| self.field(type_, number));
            let is_map = field.is_some_and(|field| matches!(field.kind(), FieldKind::Map { .. }));
            let loose = matches!(self.wanted, Trait::LooseMap | Trait::LooseMapInAny);
            self.found |= loose && is_map && tag & 7 != 2;
            self.found |= self.wanted == Trait::AnyValue && is_any && number == 2;
            let inner = field.and_then(|field| match field.kind() {
                FieldKind::Singular(SingularKind::Message(of))
                | FieldKind::List(SingularKind::Message(of)) => Some(of),
                _ => None,
            });
            if let Some(field) = field.filter(|field| matches!(field.kind(), FieldKind::Singular(_))) {
                let slot = field.oneof_index().map_or((true, number), |oneof| (false, u32::from(oneof)));
                self.found |= self.wanted == Trait::Overridden && !singular.insert(slot);
            }
            match tag & 7 {
                0 => drop(varint(rest)?),
                1 => *rest = rest.get(8..)?,
                2 => {
                    let length = usize::try_from(varint(rest)?).ok()?;
                    let mut body = rest.get(..length)?;
                    *rest = &rest[length..];
                    match field.map(FieldDescriptor::kind) {
                        Some(FieldKind::Map { value, .. }) => {
                            let again = !keys.insert((number, key(body)));
                            self.found |= self.wanted == Trait::Overridden && again;
                            self.entry(value, body);
                        }
                        _ if is_any && self.wanted == Trait::LooseMap => {}
                        _ if is_any && number == 1 => held = self.named(body),
                        _ if is_any => drop(self.level(held, &mut body)),
                        // Broken in there; what comes behind it can still be read.
                        _ if inner.is_some() => drop(self.level(inner, &mut body)),
                        _ => {}
                    }
                }
                3 => self.level(inner, rest)?,
                4 => return Some(()),
                5 => *rest = rest.get(4..)?,
                _ => return None,
            }
        }
        Some(())
    }

    fn field(&self, type_: MessageIndex, number: u32) -> Option<&'a FieldDescriptor> {
        let own = self.pool.message(type_).field(number);
        own.or_else(|| self.pool.extension_for(type_, number).map(ExtensionDescriptor::field))
    }

    /// The value of a map's entry, and whether the entry says anything twice.
    fn entry(&mut self, value: SingularKind, entry: &[u8]) {
        let mut rest = entry;
        let mut seen = HashSet::new();
        while let Some(tag) = varint(&mut rest) {
            self.found |= self.wanted == Trait::Overridden && !seen.insert(tag >> 3);
            let body = match tag & 7 {
                0 => varint(&mut rest).map(|_| &[][..]),
                1 => take(&mut rest, 8),
                2 => varint(&mut rest).and_then(|length| take(&mut rest, usize::try_from(length).ok()?)),
                5 => take(&mut rest, 4),
                _ => None,
            };
            let Some(mut body) = body else { return };
            if let (2, 2, SingularKind::Message(of)) = (tag >> 3, tag & 7, value) {
                let _ = self.level(Some(of), &mut body);
            }
        }
    }

    /// The type that an Any's URL names.
    fn named(&self, url: &[u8]) -> Option<MessageIndex> {
        self.pool.message_index(std::str::from_utf8(url).ok()?.rsplit('/').next()?)
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (body, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(body)
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
