//! A straight program as a plan for one method: from a request's wire bytes to a reply's, with no value between.

use std::sync::{Arc, Mutex, PoisonError};

use buffa::editions::FieldPresence;
use buffa_descriptor::{
    DescriptorPool, FieldDescriptor, FieldKind, MessageDescriptor, ScalarType, SingularKind,
};
use bytes::Bytes;
use jaq_json::{Map, Val};
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::made::{Made, Part, Scalar, Script, Slot};
use super::straight::{Node, Piece};
use super::{Program, view};
use crate::schema::Method;
use crate::transcode::Plan;

/// A plan takes so many values from a request.
const MOST_SLOTS: usize = 8;

/// Such a plan. What it does not know how to do as jq does, it leaves to jq: it then makes nothing.
#[derive(Debug)]
pub struct Wired {
    reading: Arc<Reading>,
    /// What replies take without what comes from a request.
    size: u32,
    script: Script,
}

/// What is taken of a request.
#[derive(Debug, PartialEq, Eq)]
struct Reading {
    wants: Vec<Want>,
    /// What each slot holds before the request is read.
    slots: [Slot<'static>; MOST_SLOTS],
    used: usize,
}

/// What plans take of the requests of a method. Of many rules most take the same: they share it.
#[derive(Debug, Default)]
pub struct Readings(Mutex<Vec<Arc<Reading>>>);

/// So many different ones are looked for among them.
const SHARED: usize = 32;

impl Readings {
    fn share(&self, reading: Reading) -> Arc<Reading> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = known.iter().find(|same| ***same == reading) {
            return Arc::clone(same);
        }
        let reading = Arc::new(reading);
        if known.len() < SHARED {
            known.push(Arc::clone(&reading));
        }
        reading
    }
}

/// A field that is taken from a request.
#[derive(Debug, PartialEq, Eq)]
struct Want {
    number: u32,
    what: Wanted,
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Scalar {
        slot: u8,
        kind: Scalar,
    },
    /// Fields of a message, and what their slots hold when it is there.
    Inside {
        wants: Vec<Want>,
        defaults: Vec<(u8, Slot<'static>)>,
    },
}

impl Program {
    /// The plan that this program is for a method's messages; nothing where it is none.
    ///
    /// It takes requests that were checked against their type, and makes what [`Program::straightly`] makes of them.
    pub fn wired(&self, method: &Method, output: &Plan, readings: &Readings) -> Option<Wired> {
        // What it is made of is of no further use where there is a plan.
        let program = self.apart();
        let Node::Object(members) = program.straight_node()? else { return None };
        let pool = method.closure().descriptors();
        let message = |name: &str| pool.message_index(name).map(|index| pool.message(index));
        let (theirs, ours) = (message(method.input())?, message(method.output())?);
        let mut wiring =
            Wiring { pool, theirs, next: 0, wants: Vec::new(), slots: [Slot::Missing; MOST_SLOTS] };
        let fields = wiring.message(members, ours, output)?;
        let Wiring { next: used, wants, slots, .. } = wiring;
        let size = u32::try_from(fields.iter().map(Made::size).sum::<usize>()).ok()?;
        let reading = readings.share(Reading { wants, slots, used: usize::from(used) });
        Some(Wired { reading, size, script: Script::of(&fields) })
    }
}

/// A plan while it is made.
struct Wiring<'p> {
    pool: &'p DescriptorPool,
    theirs: &'p MessageDescriptor,
    next: u8,
    wants: Vec<Want>,
    slots: [Slot<'static>; MOST_SLOTS],
}

impl Wiring<'_> {
    /// The fields of a message, in the order in which the program has them.
    fn message(
        &mut self,
        members: &[(Val, Node)],
        ours: &MessageDescriptor,
        plan: &Plan,
    ) -> Option<Vec<Made>> {
        let has_own_form = ours.full_name().starts_with("google.protobuf.");
        let is_required = |field: &FieldDescriptor| field.presence() == FieldPresence::LegacyRequired;
        if has_own_form || ours.fields().iter().any(is_required) {
            return None;
        }
        let mut numbers = Vec::new();
        let mut fields = Vec::new();
        for (name, node) in members {
            let field = field(ours, name)?;
            if numbers.contains(&field.number()) {
                return None;
            }
            numbers.push(field.number());
            fields.push(self.made(name, node, field, plan)?);
        }
        Some(fields)
    }

    fn made(&mut self, name: &Val, node: &Node, field: &FieldDescriptor, plan: &Plan) -> Option<Made> {
        if node.is_fixed() {
            let mut object = Map::default();
            object.insert(name.clone(), node.run(&Val::Null)?);
            let mut wire = Vec::new();
            view::to_wire(plan, &Val::obj(object), &mut wire).ok()?;
            return Some(Made::Fixed(wire.into()));
        }
        let is_explicit = field.presence() == FieldPresence::Explicit;
        let tag = |wire_type: WireType| field.number() << 3 | wire_type as u32;
        match (node, field.kind()) {
            (Node::Object(members), FieldKind::Singular(SingularKind::Message(index))) => {
                if field.is_delimited() {
                    return None;
                }
                let pool = self.pool;
                let ours = pool.message(index);
                let fields = self.message(members, ours, &plan.sibling(ours.full_name()).ok()?)?;
                Some(Made::Inside { tag: tag(WireType::LengthDelimited), fields })
            }
            (_, FieldKind::Singular(SingularKind::Scalar(ScalarType::String))) => {
                let pieces = match node {
                    Node::Text(pieces) => {
                        pieces.iter().map(|piece| self.part(piece)).collect::<Option<_>>()?
                    }
                    Node::Path(names) => match self.slot(names)? {
                        (slot, Scalar::Text) => vec![Part::Of(slot, Scalar::Text)],
                        _ => return None,
                    },
                    _ => return None,
                };
                Some(Made::Text { tag: tag(WireType::LengthDelimited), is_explicit, pieces })
            }
            (Node::Path(names), FieldKind::Singular(SingularKind::Scalar(kind))) => {
                let kind = Scalar::of(kind)?;
                let (slot, of) = self.slot(names)?;
                (of == kind).then_some(Made::Number { tag: tag(WireType::Varint), is_explicit, slot })
            }
            _ => None,
        }
    }

    fn part(&mut self, piece: &Piece) -> Option<Part> {
        match piece {
            Piece::Text(text) => Some(Part::Fixed(text.as_str().into())),
            Piece::Value(Node::Path(names)) => self.slot(names).map(|(slot, kind)| Part::Of(slot, kind)),
            Piece::Value(_) => None,
        }
    }

    /// The slot of a value of the request.
    fn slot(&mut self, names: &[Val]) -> Option<(u8, Scalar)> {
        let (last, way) = names.split_last()?;
        let (pool, mut message, mut wants) = (self.pool, self.theirs, &mut self.wants);
        let mut inside: Option<&mut Vec<(u8, Slot<'static>)>> = None;
        for name in way {
            let field = field(message, name)?;
            let FieldKind::Singular(SingularKind::Message(index)) = field.kind() else { return None };
            if field.is_delimited() {
                return None;
            }
            message = pool.message(index);
            let place = wants.iter().position(|want| want.number == field.number()).unwrap_or_else(|| {
                let what = Wanted::Inside { wants: Vec::new(), defaults: Vec::new() };
                wants.push(Want { number: field.number(), what });
                wants.len() - 1
            });
            let Wanted::Inside { wants: theirs, defaults } = &mut wants[place].what else { return None };
            (wants, inside) = (theirs, Some(defaults));
        }
        let field = field(message, last)?;
        let FieldKind::Singular(SingularKind::Scalar(kind)) = field.kind() else { return None };
        let kind = Scalar::of(kind)?;
        for want in wants.iter() {
            if want.number == field.number()
                && let Wanted::Scalar { slot, kind } = want.what
            {
                return Some((slot, kind));
            }
        }
        let slot = self.next;
        let first = self.slots.get_mut(usize::from(slot))?;
        self.next += 1;
        wants.push(Want { number: field.number(), what: Wanted::Scalar { slot, kind } });
        let default = match (field.presence(), kind) {
            (FieldPresence::Implicit, Scalar::Text) => Slot::Text(""),
            (FieldPresence::Implicit, _) => Slot::Number(0),
            _ => Slot::Missing,
        };
        match inside {
            Some(defaults) => defaults.push((slot, default)),
            None => *first = default,
        }
        Some((slot, kind))
    }
}

/// The field of this name in JSON, if it is none of a oneof's.
fn field<'m>(message: &'m MessageDescriptor, name: &Val) -> Option<&'m FieldDescriptor> {
    let Val::TStr(name) = name else { return None };
    if message.full_name().starts_with("google.protobuf.") {
        return None;
    }
    let mut named = message.fields().iter().filter(|field| field.json_name().as_bytes() == &name[..]);
    let field = named.next().filter(|_| named.next().is_none())?;
    let of_oneof = field.oneof_index().and_then(|index| message.oneofs().get(usize::from(index)));
    of_oneof.is_none_or(buffa_descriptor::OneofDescriptor::is_synthetic).then_some(field)
}

impl Wired {
    /// The reply to a request; nothing where jq is to say what it is.
    pub fn run(&self, request: &[u8]) -> Option<Bytes> {
        let Reading { wants, slots, used } = &*self.reading;
        let mut slots: [Slot<'_>; MOST_SLOTS] = *slots;
        read(wants, request, &mut slots)?;
        let used = &slots[..*used];
        if used.iter().any(|slot| matches!(slot, Slot::Missing)) {
            return None;
        }
        let mut out = Vec::with_capacity(self.size as usize + request.len());
        self.script.run(used, &mut out)?;
        Some(out.into())
    }
}

/// Puts what is wanted of a message into its slots.
fn read<'w>(wants: &[Want], wire: &'w [u8], slots: &mut [Slot<'w>]) -> Option<()> {
    let mut rest = wire;
    let mut seen = 0_u64;
    while !rest.is_empty() {
        let (number, wire_type) = decode_key(&mut rest).ok()?;
        let Some(place) = wants.iter().position(|want| want.number == number) else {
            skip_field(wire_type, number, &mut rest, DecodeContext::default()).ok()?;
            continue;
        };
        match (&wants[place].what, wire_type) {
            (Wanted::Scalar { slot, kind: Scalar::Text }, WireType::LengthDelimited) => {
                slots[usize::from(*slot)] = Slot::Text(std::str::from_utf8(delimited(&mut rest)?).ok()?);
            }
            (Wanted::Scalar { slot, kind }, WireType::Varint) if *kind != Scalar::Text => {
                slots[usize::from(*slot)] = Slot::Number(kind.narrow(decode_varint(&mut rest).ok()?));
            }
            (Wanted::Inside { wants, defaults }, WireType::LengthDelimited) => {
                // Two that are to be merged.
                if seen >> place & 1 == 1 {
                    return None;
                }
                seen |= 1 << place;
                for (slot, default) in defaults {
                    slots[usize::from(*slot)] = *default;
                }
                read(wants, delimited(&mut rest)?, slots)?;
            }
            _ => return None,
        }
    }
    Some(())
}

fn delimited<'w>(rest: &mut &'w [u8]) -> Option<&'w [u8]> {
    let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
    let (value, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(value)
}

#[cfg(test)]
#[path = "wired_tests.rs"]
mod tests;
