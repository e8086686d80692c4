//! The answer of a method that no rule is for: what the request says, and values shaped by the schema.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use buffa_descriptor::{FieldKind, MessageDescriptor, SingularKind};
use bytes::{BufMut as _, Bytes, BytesMut};
use jaq_json::Map;
use prost::encoding::{DecodeContext, WireType, decode_key, encode_key, skip_field};

use super::answer::{Answer, Ending};
use super::call::CallView;
use super::maker::Maker;
use super::status::Status;
use crate::leaf::Code;
use crate::query::{Val, view};
use crate::schema::{Method, Shape};
use crate::transcode::{DataError, Plan};

/// How many replies a server-streaming method sends.
const STREAMED: usize = 3;
/// The made-up parts of so many replies of a call are kept.
const KEPT: usize = 64;

/// A method's automatic reply.
///
/// What the request does not give depends on the seed, the field and the index of the reply only, so it is made once. What
/// the request gives is taken over as it stands on the wire.
#[derive(Debug)]
pub struct Automatic {
    method: Method,
    input: Plan,
    output: Plan,
    seed: u64,
    /// What the request gives.
    echo: Echo,
    /// The made-up parts, by the index of the reply.
    made: Box<[OnceLock<Result<Made, String>>]>,
    /// Whether it was told which constraints are not kept.
    was_told: AtomicBool,
}

/// Which of a request's fields stand in the reply.
#[derive(Debug, Default)]
struct Echo {
    fields: Vec<Echoed>,
    /// A field of the request that is a whole message of the reply's type, as of a Create or an Update (AIP-133, AIP-134).
    whole: Option<u32>,
    /// The number of `page_size`, of a reply with `next_page_token` (AIP-158).
    page_size: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Echoed {
    theirs: u32,
    ours: u32,
}

/// A made-up message, and where its fields stand.
#[derive(Debug)]
struct Made {
    wire: Bytes,
    fields: Vec<Part>,
    /// Constraints of the schema that it does not keep.
    ignored: Vec<String>,
}

/// One field on the wire: its number, the oneof that it is of, whether it is a message of a list, and where it stands.
#[derive(Debug, Clone)]
struct Part {
    number: u32,
    oneof: Option<u16>,
    is_item: bool,
    at: std::ops::Range<usize>,
}

impl Automatic {
    /// Prepares the automatic reply of a method.
    ///
    /// # Errors
    /// When the types of the method are not in its closure.
    pub fn new(method: &Method, seed: u64) -> Result<Self, DataError> {
        let (input, output) = Plan::of_method(method)?;
        let pool = method.closure().descriptors();
        let type_of = |name: &str| pool.message_index(name).map(|index| pool.message(index));
        let echo = match (type_of(method.input()), type_of(method.output())) {
            (Some(theirs), Some(ours)) => Echo::between(theirs, ours, method),
            _ => Echo::default(),
        };
        let made = (0..KEPT).map(|_| OnceLock::new()).collect();
        Ok(Self { method: method.clone(), input, output, seed, echo, made, was_told: AtomicBool::new(false) })
    }

    /// The answer to the requests at hand: one message, or three for a server-streaming method. For a bidi
    /// method it is the answer to the latest request.
    pub fn answer(&self, call: &CallView<'_>) -> Answer {
        let indices = match self.method.shape() {
            Shape::Unary | Shape::ClientStreaming => 0..1,
            Shape::ServerStreaming => 0..STREAMED,
            Shape::Bidi => call.number.saturating_sub(1)..call.number.max(1),
        };
        let request = call.requests.last().map(Bytes::as_ref).unwrap_or_default();
        let made = indices.map(|index| self.message(request, index)).collect();
        let (messages, ending) = match made {
            Ok(messages) => (messages, Ending::Ok),
            Err(message) => (Vec::new(), Ending::Error(Status::new(Code::INTERNAL, message))),
        };
        Answer { messages, ending, rule: None, notes: self.notes() }
    }

    /// Constraints that are not kept, told once.
    fn notes(&self) -> Vec<String> {
        if self.was_told.swap(true, Ordering::Relaxed) {
            return Vec::new();
        }
        let Some(Some(Ok(made))) = self.made.first().map(OnceLock::get) else { return Vec::new() };
        let name = self.method.full_name();
        made.ignored.iter().map(|what| format!("the made-up reply of {name} does not keep {what}")).collect()
    }

    fn message(&self, request: &[u8], index: usize) -> Result<Bytes, String> {
        match self.made.get(index) {
            Some(kept) => match kept.get_or_init(|| self.make(index)) {
                Ok(made) => self.echo(request, made),
                Err(error) => Err(error.clone()),
            },
            None => self.echo(request, &self.make(index)?),
        }
    }

    /// What a reply is without its request.
    fn make(&self, index: usize) -> Result<Made, String> {
        let pool = self.method.closure().descriptors();
        let mut maker = Maker::new(pool, self.seed ^ (index as u64) << 32);
        let output = pool.message_index(self.method.output());
        let val =
            output.and_then(|output| maker.message(output, 1)).unwrap_or_else(|| Val::obj(Map::default()));
        let mut wire = Vec::new();
        view::to_wire(&self.output, &val, &mut wire)
            .map_err(|error| format!("the automatic reply is no {}: {error}", self.output.type_name()))?;
        let wire = Bytes::from(wire);
        let ours = output.map(|output| pool.message(output));
        let fields = parts(&wire, ours).ok_or("the automatic reply is broken")?;
        Ok(Made { wire, fields, ignored: maker.into_ignored() })
    }

    /// A made-up message with what the request gives in it, in the order of the fields' numbers.
    fn echo(&self, request: &[u8], made: &Made) -> Result<Bytes, String> {
        let broken = || format!("the request is no {}", self.input.type_name());
        let given = self.echo.given(request).ok_or_else(broken)?;
        if given.fields.is_empty() && !given.one_item {
            return Ok(made.wire.clone());
        }
        let pool = self.method.closure().descriptors();
        let ours = pool.message_index(self.method.output()).map(|index| pool.message(index));
        let oneof = |number: u32| ours.and_then(|ours| oneof_of(ours, number));
        let oneofs: Vec<u16> = given.fields.iter().filter_map(|(number, ..)| oneof(*number)).collect();
        let mut items_of = None;
        let kept = made.fields.iter().filter(|part| {
            let is_second = part.is_item && items_of.replace(part.number) == Some(part.number);
            !given.fields.iter().any(|(number, ..)| *number == part.number)
                && part.oneof.is_none_or(|oneof| !oneofs.contains(&oneof))
                && !(given.one_item && is_second)
        });
        let mut all: Vec<(u32, Option<WireType>, &[u8])> =
            kept.map(|part| (part.number, None, &made.wire[part.at.clone()])).collect();
        all.extend(given.fields.iter().map(|(number, wire_type, value)| (*number, Some(*wire_type), *value)));
        all.sort_by_key(|(number, ..)| *number);
        let mut wire = BytesMut::with_capacity(made.wire.len() + request.len() + 8);
        for (number, wire_type, bytes) in all {
            if let Some(wire_type) = wire_type {
                encode_key(number, wire_type, &mut wire);
            }
            wire.put_slice(bytes);
            if wire_type == Some(WireType::StartGroup) {
                encode_key(number, WireType::EndGroup, &mut wire);
            }
        }
        Ok(wire.freeze())
    }
}

/// What a request gives to the reply: the reply's numbers with the values as they stand on the wire, without their tags.
struct Given<'r> {
    fields: Vec<(u32, WireType, &'r [u8])>,
    /// Whether lists of messages are to have one item only.
    one_item: bool,
}

impl Echo {
    fn between(theirs: &MessageDescriptor, ours: &MessageDescriptor, method: &Method) -> Self {
        let named = |name: &str| ours.field_by_name(name).filter(|field| field.name() == name);
        let mut fields = Vec::new();
        for field in theirs.fields() {
            if let Some(own) = named(field.name()).filter(|own| own.kind() == field.kind()) {
                fields.push(Echoed { theirs: field.number(), ours: own.number() });
            }
        }
        let pool = method.closure().descriptors();
        let is_whole = |kind: FieldKind| {
            matches!(kind, FieldKind::Singular(SingularKind::Message(index))
                if pool.message(index).full_name() == ours.full_name())
        };
        let mut wholes = theirs.fields().iter().filter(|field| is_whole(field.kind()));
        let whole = match (wholes.next(), wholes.next()) {
            (Some(field), None) if fields.iter().all(|echoed| echoed.theirs != field.number()) => {
                Some(field.number())
            }
            _ => None,
        };
        let pages = named("next_page_token").and(theirs.field_by_name("page_size"));
        Self { fields, whole, page_size: pages.map(buffa_descriptor::FieldDescriptor::number) }
    }

    /// Reads a request; `None` if it is broken.
    fn given<'r>(&self, request: &'r [u8]) -> Option<Given<'r>> {
        let mut given = Given { fields: Vec::new(), one_item: false };
        if self.fields.is_empty() && self.whole.is_none() && self.page_size.is_none() {
            return Some(given);
        }
        each(request, |number, wire_type, value, _| {
            if self.whole == Some(number) && wire_type == WireType::LengthDelimited {
                let mut inside = value;
                prost::encoding::decode_varint(&mut inside).ok()?;
                each(inside, |number, wire_type, value, _| {
                    given.fields.push((number, wire_type, value));
                    Some(())
                })?;
            }
            if self.page_size == Some(number) && wire_type == WireType::Varint {
                given.one_item = value == [1];
            }
            let echoed = self.fields.iter().find(|echoed| echoed.theirs == number);
            given.fields.extend(echoed.map(|echoed| (echoed.ours, wire_type, value)));
            Some(())
        })?;
        Some(given)
    }
}

/// Shows each field of a message on the wire: its number, its type, its value (of a group without its end), and where the
/// whole of it stands.
fn each<'w>(
    wire: &'w [u8],
    mut see: impl FnMut(u32, WireType, &'w [u8], std::ops::Range<usize>) -> Option<()>,
) -> Option<()> {
    let mut rest = wire;
    while !rest.is_empty() {
        let start = wire.len() - rest.len();
        let (number, wire_type) = decode_key(&mut rest).ok()?;
        let value = wire.len() - rest.len();
        skip_field(wire_type, number, &mut rest, DecodeContext::default()).ok()?;
        let end = wire.len() - rest.len();
        let key = prost::encoding::key_len(number);
        let value_end = if wire_type == WireType::StartGroup { end.checked_sub(key)? } else { end };
        see(number, wire_type, &wire[value..value_end], start..end)?;
    }
    Some(())
}

fn parts(wire: &[u8], ours: Option<&MessageDescriptor>) -> Option<Vec<Part>> {
    let mut found = Vec::new();
    each(wire, |number, _, _, at| {
        let field = ours.and_then(|ours| ours.fields().iter().find(|field| field.number() == number));
        let is_item =
            field.is_some_and(|field| matches!(field.kind(), FieldKind::List(SingularKind::Message(_))));
        let oneof = ours.and_then(|ours| oneof_of(ours, number));
        found.push(Part { number, oneof, is_item, at });
        Some(())
    })?;
    Some(found)
}

/// The oneof that a field is of.
fn oneof_of(message: &MessageDescriptor, number: u32) -> Option<u16> {
    let field = message.fields().iter().find(|field| field.number() == number)?;
    let index = field.oneof_index()?;
    message.oneofs().get(usize::from(index)).filter(|oneof| !oneof.is_synthetic()).map(|_| index)
}

#[cfg(test)]
#[path = "automatic_tests.rs"]
mod tests;
