//! The messages that are transcoded, in both forms.

use std::fmt::Write as _;
use std::sync::Arc;

use greet::Schema;
use greet::schema::Closure;
use greet::transcode::Plan;
use prost_reflect::prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor};

use crate::arguments::Given;
use crate::order;
use crate::random::draw::{self, Manner};
use crate::random::schema::{ROOT, Syntax};
use crate::random::{Choices, json, link, schema};

const PROTO: &str = include_str!("all_types.proto");
const ALL_TYPES: &str = include_str!("all_types.json");

/// Every case; the last one is measured only where its message is given.
pub(crate) const NAMES: [&str; 7] =
    ["all-types", "nested-1mb", "varied-1kb", "hello", "random-schema", "out-of-order", "given"];

/// From which form to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    ToWire,
    FromWire,
}

/// Messages of one type.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) plan: Plan,
    pub(crate) type_: MessageDescriptor,
    pub(crate) messages: Vec<Message>,
}

/// One message in both forms.
pub(crate) struct Message {
    /// As it is read.
    pub(crate) json: Vec<u8>,
    /// As canonical writers make it: fields in the order of their numbers, maps by their keys.
    pub(crate) wire: Vec<u8>,
    /// As it is written.
    pub(crate) printed: Vec<u8>,
}

impl Direction {
    pub(crate) const ALL: [Self; 2] = [Self::ToWire, Self::FromWire];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ToWire => "to-wire",
            Self::FromWire => "from-wire",
        }
    }

    pub(crate) fn parse(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|direction| direction.name() == name);
        found.unwrap_or_else(|| panic!("{name}: directions are to-wire and from-wire"))
    }
}

impl Case {
    /// Makes the case of this name.
    pub(crate) fn make(name: &str, given: Option<&Given>) -> Self {
        match name {
            "all-types" => {
                Self::new(name, &own("bench.AllTypes"), "bench.AllTypes", vec![ALL_TYPES.to_owned()])
            }
            "nested-1mb" => Self::new(name, &own("bench.Node"), "bench.Node", vec![nested()]),
            "hello" => {
                Self::new(name, &own("bench.Hello"), "bench.Hello", vec![r#"{"name":"World"}"#.to_owned()])
            }
            "varied-1kb" | "out-of-order" => {
                let closure = own("bench.AllTypes");
                let texts = varied(&mut Choices::seed(1), &closure, "bench.AllTypes").unwrap();
                let mut case = Self::new(name, &closure, "bench.AllTypes", texts);
                if name == "out-of-order" {
                    for message in &mut case.messages {
                        message.wire = order::arranged(&case.type_, &message.wire, order::Order::Falling);
                    }
                }
                case
            }
            "random-schema" => {
                // A schema that has enough fields for messages of this size; most do.
                let mut tries = (1..).map(|seed| {
                    let mut choices = Choices::seed(seed);
                    let file = schema::draw(&mut choices, Syntax::Proto3);
                    let closure = link::file(&file, ROOT);
                    varied(&mut choices, &closure, ROOT).map(|texts| (closure, texts))
                });
                let (closure, texts) = tries.find_map(|made| made).unwrap();
                Self::new(name, &closure, ROOT, texts)
            }
            "given" => {
                let given = given.expect("the case `given` goes with --set, --type and --json");
                let schema = Schema::from_files([&given.set], [""; 0]).unwrap();
                let closure = link::closure(&schema, &given.type_name);
                let text = std::fs::read_to_string(&given.json).unwrap();
                Self::new(name, &closure, &given.type_name, vec![text])
            }
            _ => panic!("{name}: there is no such case; --list names them"),
        }
    }

    fn new(name: &str, closure: &Arc<Closure>, type_name: &str, texts: Vec<String>) -> Self {
        let plan = Plan::compile(closure, type_name).unwrap();
        let type_ = closure.dynamic().unwrap().get_message_by_name(type_name).unwrap();
        let messages = texts.into_iter().map(|text| Message::new(&type_, text)).collect();
        Self { name: name.to_owned(), plan, type_, messages }
    }
}

impl Message {
    fn new(type_: &MessageDescriptor, json: String) -> Self {
        let mut reader = serde_json::Deserializer::from_str(&json);
        let message = DynamicMessage::deserialize(type_.clone(), &mut reader).unwrap();
        let wire = order::arranged(type_, &message.encode_to_vec(), order::Order::Rising);
        let printed = serde_json::to_vec(&DynamicMessage::decode(type_.clone(), &wire[..]).unwrap()).unwrap();
        Self { json: json.into_bytes(), wire, printed }
    }
}

/// The schema of this folder, compiled and packed into a descriptor set when the benchmark starts.
fn own(root: &str) -> Arc<Closure> {
    let compiled = link::text(PROTO, root);
    let mut set = Vec::new();
    for file in compiled.files() {
        set.extend(link::set(file.bytes()));
    }
    link::closure(&Schema::from_descriptor_set(set).unwrap(), root)
}

/// 400 messages of about a kilobyte each, no two alike. `None` when the type has too few fields for that.
fn varied(choices: &mut Choices, closure: &Arc<Closure>, root: &str) -> Option<Vec<String>> {
    let pool = closure.descriptors();
    let index = pool.message_index(root).unwrap();
    let mut texts = Vec::new();
    for _ in 0..40_000 {
        let values = 10 + choices.below(60);
        let manner = Manner { values, depth: 3, odd: false, empty_any: false };
        let text = json::plain(&draw::message(choices, pool, index, manner));
        if (700..1400).contains(&text.len()) && !texts.contains(&text) {
            texts.push(text);
            if texts.len() == 400 {
                return Some(texts);
            }
        }
    }
    None
}

/// A tree of nodes, of a megabyte.
fn nested() -> String {
    fn node(choices: &mut Choices, depth: usize, out: &mut String) {
        let id = choices.next() >> 20;
        let weight = choices.below(1_000_000) as f64 / 64.0;
        let color = choices.one_of(&["RED", "GREEN", "BLUE"]);
        write!(
            out,
            r#"{{"name":"node number {id}","id":"{id}","weight":{weight},"active":true,"color":"{color}""#
        )
        .unwrap();
        out.push_str(r#","labels":["#);
        for at in 0..=choices.below(4) {
            let comma = if at > 0 { "," } else { "" };
            write!(out, r#"{comma}"label {}""#, choices.below(1000)).unwrap();
        }
        out.push_str(r#"],"counts":["#);
        for at in 0..=choices.below(8) {
            let comma = if at > 0 { "," } else { "" };
            write!(out, "{comma}{}", choices.below(100_000)).unwrap();
        }
        out.push(']');
        if depth > 0 {
            out.push_str(r#","children":["#);
            for at in 0..8 {
                if at > 0 {
                    out.push(',');
                }
                node(choices, depth - 1, out);
            }
            out.push(']');
        }
        out.push('}');
    }
    let mut choices = Choices::seed(7);
    let mut text = r#"{"name":"root","children":["#.to_owned();
    while text.len() < 1_000_000 {
        if text.ends_with('}') {
            text.push(',');
        }
        node(&mut choices, 3, &mut text);
    }
    text + "]}"
}
