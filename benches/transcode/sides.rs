//! Who transcodes: greet, prost-reflect's `DynamicMessage`, and `serde_json`, which reads and keeps nothing.

use std::hint::black_box;

use greet::transcode::{JsonInput, JsonOutput, json};
use prost_reflect::DynamicMessage;
use prost_reflect::prost::Message as _;
use serde::{Deserialize as _, Serialize as _};

use crate::cases::{Case, Direction, Message};
use crate::random::Choices;

/// A contender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Greet,
    Dynamic,
    Nothing,
}

impl Side {
    pub(crate) const ALL: [Self; 3] = [Self::Greet, Self::Dynamic, Self::Nothing];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Greet => "greet",
            Self::Dynamic => "dynamic",
            Self::Nothing => "nothing",
        }
    }

    pub(crate) fn parse(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|side| side.name() == name);
        found.unwrap_or_else(|| panic!("{name}: sides are greet, dynamic and nothing"))
    }
}

/// One side at work on one case, in one direction.
pub(crate) struct Runner<'a> {
    case: &'a Case,
    side: Side,
    direction: Direction,
    out: Vec<u8>,
    /// The messages in the order of this pass, and how many of them are done.
    order: Vec<usize>,
    done: usize,
    choices: Choices,
    written: usize,
}

impl<'a> Runner<'a> {
    pub(crate) fn new(case: &'a Case, side: Side, direction: Direction) -> Self {
        let order: Vec<usize> = (0..case.messages.len()).collect();
        let done = order.len();
        Self { case, side, direction, out: Vec::new(), order, done, choices: Choices::seed(3), written: 0 }
    }

    /// Transcodes so many messages. Each pass over them has an order of its own.
    pub(crate) fn messages(&mut self, count: usize) {
        for _ in 0..count {
            if self.done == self.order.len() && self.done == 1 {
                self.done = 0;
            }
            if self.done == self.order.len() {
                self.done = 0;
                self.choices = Choices::seed(self.choices.next());
                self.choices.shuffle(&mut self.order);
            }
            let message = &self.case.messages[self.order[self.done]];
            self.done += 1;
            self.out.clear();
            match self.side {
                Side::Greet => greet(self.case, self.direction, black_box(message), &mut self.out),
                Side::Dynamic => dynamic(self.case, self.direction, black_box(message), &mut self.out),
                Side::Nothing => nothing(self.direction, black_box(message)),
            }
            self.written += black_box(&self.out).len();
        }
    }

    /// How many bytes have been written.
    pub(crate) fn written(&self) -> usize {
        self.written
    }
}

fn greet(case: &Case, direction: Direction, message: &Message, out: &mut Vec<u8>) {
    let done = match direction {
        Direction::ToWire => json::to_wire(&case.plan, &message.json, JsonInput::default(), out),
        Direction::FromWire => json::from_wire(&case.plan, &message.wire, JsonOutput::default(), out),
    };
    done.unwrap();
}

fn dynamic(case: &Case, direction: Direction, message: &Message, out: &mut Vec<u8>) {
    match direction {
        Direction::ToWire => {
            let mut reader = serde_json::Deserializer::from_slice(&message.json);
            let message = DynamicMessage::deserialize(case.type_.clone(), &mut reader).unwrap();
            reader.end().unwrap();
            message.encode(out).unwrap();
        }
        Direction::FromWire => {
            let message = DynamicMessage::decode(case.type_.clone(), &message.wire[..]).unwrap();
            message.serialize(&mut serde_json::Serializer::new(out)).unwrap();
        }
    }
}

/// Reads the JSON of that direction into nothing.
fn nothing(direction: Direction, message: &Message) {
    let text = match direction {
        Direction::ToWire => &message.json,
        Direction::FromWire => &message.printed,
    };
    let mut reader = serde_json::Deserializer::from_slice(text);
    black_box(serde::de::IgnoredAny::deserialize(&mut reader).unwrap());
    reader.end().unwrap();
}
