//! The answer of a method that no rule is for: what the request says, and values shaped by the schema.

use buffa::editions::FieldPresence;
use buffa_descriptor::{
    DescriptorPool, FieldDescriptor, FieldKind, MessageDescriptor, MessageIndex, ScalarType, SingularKind,
};
use bytes::Bytes;
use jaq_json::Map;

use super::answer::{Answer, Ending};
use super::call::CallView;
use super::status::Status;
use crate::leaf::Code;
use crate::query::{Val, view};
use crate::schema::{Method, Shape};
use crate::transcode::{DataError, Plan};

/// How deep messages nest in an automatic reply, the reply itself counted; required ones may go further.
const DEPTH: u32 = 3;
const REQUIRED_DEPTH: u32 = 8;

/// When a reply has this many values, no further messages are put inside it.
const MANY: usize = 1_000;

/// How many replies a server-streaming method sends.
const STREAMED: usize = 3;

/// A method's automatic reply.
///
/// What the request does not give depends on the seed, the field and the index of the reply only.
#[derive(Debug)]
pub struct Automatic {
    method: Method,
    input: Plan,
    output: Plan,
    seed: u64,
}

impl Automatic {
    /// Prepares the automatic reply of a method.
    ///
    /// # Errors
    /// When the types of the method are not in its closure.
    pub fn new(method: &Method, seed: u64) -> Result<Self, DataError> {
        let (input, output) = Plan::of_method(method)?;
        Ok(Self { method: method.clone(), input, output, seed })
    }

    /// The answer to the requests at hand: one message, or three for a server-streaming method. For a bidi
    /// method it is the answer to the latest request.
    pub fn answer(&self, call: &CallView<'_>) -> Answer {
        let indices = match self.method.shape() {
            Shape::Unary | Shape::ClientStreaming => 0..1,
            Shape::ServerStreaming => 0..STREAMED,
            Shape::Bidi => call.number.saturating_sub(1)..call.number.max(1),
        };
        let request = call.requests.last().map(|wire| view::from_wire(&self.input, wire)).transpose();
        let made = match request {
            Ok(request) => indices.map(|index| self.message(request.as_ref(), index)).collect(),
            Err(error) => Err(format!("the request is no {}{}", self.input.type_name(), error.cause())),
        };
        let (messages, ending) = match made {
            Ok(messages) => (messages, Ending::Ok),
            Err(message) => (Vec::new(), Ending::Error(Status::new(Code::INTERNAL, message))),
        };
        Answer { messages, ending, rule: None, notes: Vec::new() }
    }

    fn message(&self, request: Option<&Val>, index: usize) -> Result<Bytes, String> {
        let pool = self.method.closure().descriptors();
        let type_of = |name: &str| pool.message_index(name);
        let mut maker = Maker { pool, seed: self.seed ^ (index as u64) << 32, made: 0 };
        let val = match (type_of(self.method.output()), type_of(self.method.input())) {
            (Some(output), Some(input)) => {
                let echo = Echo { input: pool.message(input), request };
                maker.message(output, 1, Some(&echo)).unwrap_or_else(|| Val::obj(Map::default()))
            }
            _ => Val::obj(Map::default()),
        };
        let mut wire = Vec::new();
        view::to_wire(&self.output, &val, &mut wire)
            .map_err(|error| format!("the automatic reply is no {}: {error}", self.output.type_name()))?;
        Ok(Bytes::from(wire))
    }
}

/// What the request gives to the reply.
struct Echo<'a> {
    input: &'a MessageDescriptor,
    request: Option<&'a Val>,
}

impl Echo<'_> {
    /// The request's value of the field with this name and type, if it is set.
    fn value(&self, field: &FieldDescriptor) -> Option<Val> {
        let theirs = self.input.field_by_name(field.name()).filter(|theirs| theirs.name() == field.name())?;
        let Some(Val::Obj(members)) = self.request else { return None };
        let val = members.get(&Val::from(theirs.json_name().to_owned()))?;
        (theirs.kind() == field.kind() && *val != Val::Null).then(|| val.clone())
    }
}

/// Makes values of a schema's types.
struct Maker<'a> {
    pool: &'a DescriptorPool,
    seed: u64,
    made: usize,
}

impl<'a> Maker<'a> {
    /// A message of this type; `None` for one that is better left out.
    fn message(&mut self, index: MessageIndex, depth: u32, echo: Option<&Echo<'_>>) -> Option<Val> {
        let pool: &'a DescriptorPool = self.pool;
        let message = pool.message(index);
        match self.well_known(message.full_name()) {
            Known::Value(val) => return Some(val),
            Known::LeftOut => return None,
            Known::No => {}
        }
        let mut members = Map::default();
        for (place, field) in message.fields().iter().enumerate() {
            let echoed = |field: &FieldDescriptor| echo.and_then(|echo| echo.value(field));
            let first = self.is_chosen(message, place, &echoed);
            let val = match echoed(field) {
                Some(val) => Some(val),
                None if !first || field.name() == "next_page_token" => None,
                None => self.field(message, field, depth),
            };
            if let Some(val) = val {
                self.made += 1;
                members.insert(Val::from(field.json_name().to_owned()), val);
            }
        }
        Some(Val::obj(members))
    }

    /// Whether a field is no member of a oneof, or the one to be set: the first, if the request gives none.
    fn is_chosen(
        &self,
        message: &MessageDescriptor,
        place: usize,
        echoed: &dyn Fn(&FieldDescriptor) -> Option<Val>,
    ) -> bool {
        let oneof = message.fields()[place].oneof_index().and_then(|i| message.oneofs().get(usize::from(i)));
        let Some(oneof) = oneof.filter(|oneof| !oneof.is_synthetic()) else { return true };
        let members = || oneof.field_indices().iter().map(|i| usize::from(*i));
        let given = members().any(|i| echoed(&message.fields()[i]).is_some());
        // The first that can be made at all: an Any cannot.
        let makable = |i: &usize| !self.is_any(message.fields()[*i].kind());
        !given && members().find(makable) == Some(place)
    }

    fn is_any(&self, kind: FieldKind) -> bool {
        let FieldKind::Singular(SingularKind::Message(index)) = kind else { return false };
        self.pool.message(index).full_name() == "google.protobuf.Any"
    }

    fn field(&mut self, message: &MessageDescriptor, field: &FieldDescriptor, depth: u32) -> Option<Val> {
        let name = Named { message: message.full_name(), field: field.name() };
        match field.kind() {
            FieldKind::Singular(kind) => {
                let most = match field.presence() {
                    FieldPresence::LegacyRequired => REQUIRED_DEPTH,
                    _ => DEPTH,
                };
                self.one(kind, &name, 0, depth, most)
            }
            FieldKind::List(kind) => {
                let items: Vec<Val> =
                    (0..2).filter_map(|item| self.one(kind, &name, item, depth, DEPTH)).collect();
                (!items.is_empty()).then(|| items.into_iter().collect())
            }
            FieldKind::Map { key, value } => {
                let mut members = Map::default();
                for item in 0..2 {
                    let Some(val) = self.one(value, &name, item, depth, DEPTH) else { continue };
                    let key = match self.scalar(key, &name, item) {
                        Val::TStr(text) => Val::TStr(text),
                        other => Val::from(view::to_text(&other)),
                    };
                    members.insert(key, val);
                }
                (!members.is_empty()).then(|| Val::obj(members))
            }
        }
    }

    fn one(&mut self, kind: SingularKind, name: &Named<'_>, item: u64, depth: u32, most: u32) -> Option<Val> {
        match kind {
            SingularKind::Scalar(scalar) => Some(self.scalar(scalar, name, item)),
            SingularKind::Enum(index) => {
                let values = self.pool.enumeration(index).values();
                let meant = values.iter().filter(|value| value.number() != 0);
                let zero = values.iter().filter(|value| value.number() == 0);
                let value = meant.chain(zero).nth(usize::try_from(item).unwrap_or_default())?;
                Some(Val::from(value.name().to_owned()))
            }
            SingularKind::Message(index) => {
                let is_required = most > DEPTH;
                if depth >= most || self.made > MANY && !is_required {
                    return None;
                }
                let seed = self.seed;
                self.seed = name.number(seed).wrapping_add(item);
                let val = self.message(index, depth + 1, None);
                self.seed = seed;
                val
            }
        }
    }

    fn scalar(&mut self, scalar: ScalarType, name: &Named<'_>, item: u64) -> Val {
        self.made += 1;
        let number = name.number(self.seed) % 1_000;
        // The next one differs, whatever the type can hold.
        let number = 1 + (number + item) % 1_000;
        match scalar {
            ScalarType::Bool => Val::Bool((number & 1) == 1),
            ScalarType::String => Val::from(format!("{}-{number}", name.field)),
            ScalarType::Bytes => Val::byte_str(format!("{}-{number}", name.field)),
            ScalarType::Double | ScalarType::Float => {
                // A quarter is exact in both.
                let number = u16::try_from(number).unwrap_or_default();
                Val::from(f64::from(number) + 0.25)
            }
            _ => Val::from(usize::try_from(number).unwrap_or_default()),
        }
    }

    /// The types of google.protobuf that have a JSON of their own.
    fn well_known(&mut self, name: &str) -> Known {
        let own = |field: &'static str| Named { message: "google.protobuf", field };
        let number = own("value").number(self.seed) % 3_600;
        let wrapped = |kind| Some((kind, own("value")));
        let scalar = match name {
            "google.protobuf.Any" | "google.protobuf.FieldMask" => return Known::LeftOut,
            "google.protobuf.Timestamp" => {
                let (minutes, seconds) = (number / 60, number % 60);
                return Known::Value(Val::from(format!("2024-01-01T00:{minutes:02}:{seconds:02}Z")));
            }
            "google.protobuf.Duration" => return Known::Value(Val::from(format!("{number}s"))),
            "google.protobuf.Empty" => return Known::Value(Val::obj(Map::default())),
            "google.protobuf.Struct" => {
                let val = self.scalar(ScalarType::String, &own("value"), 0);
                return Known::Value(Val::obj([(Val::from("key".to_owned()), val)].into_iter().collect()));
            }
            "google.protobuf.ListValue" => {
                let items = (0..2).map(|item| self.scalar(ScalarType::String, &own("value"), item));
                return Known::Value(items.collect());
            }
            "google.protobuf.Value" | "google.protobuf.StringValue" => wrapped(ScalarType::String),
            "google.protobuf.BytesValue" => wrapped(ScalarType::Bytes),
            "google.protobuf.BoolValue" => wrapped(ScalarType::Bool),
            "google.protobuf.DoubleValue" => wrapped(ScalarType::Double),
            "google.protobuf.FloatValue" => wrapped(ScalarType::Float),
            "google.protobuf.Int64Value" => wrapped(ScalarType::Int64),
            "google.protobuf.UInt64Value" => wrapped(ScalarType::Uint64),
            "google.protobuf.Int32Value" => wrapped(ScalarType::Int32),
            "google.protobuf.UInt32Value" => wrapped(ScalarType::Uint32),
            _ => None,
        };
        scalar.map_or(Known::No, |(kind, name)| Known::Value(self.scalar(kind, &name, 0)))
    }
}

/// What is known of a type by its name alone.
enum Known {
    /// This is a value of it.
    Value(Val),
    /// It is better left out.
    LeftOut,
    /// Nothing.
    No,
}

/// A field by its full name.
struct Named<'a> {
    message: &'a str,
    field: &'a str,
}

impl Named<'_> {
    /// A number that depends on the name and the seed, and looks like no other (FNV-1a, then a mix).
    fn number(&self, seed: u64) -> u64 {
        let bytes = self.message.bytes().chain([b'.']).chain(self.field.bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (hash ^ (hash >> 27)) >> 8
    }
}

#[cfg(test)]
#[path = "automatic_tests.rs"]
mod tests;
