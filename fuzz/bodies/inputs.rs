//! Inputs for the targets: mostly right ones, and right ones made wrong.

// What is cut off a random number was random too.
#![allow(clippy::cast_possible_truncation)]

use super::subjects::{Subject, subject};
use crate::random::draw::{self, Manner};
use crate::random::json::Taste;
use crate::random::tree::{Content, Tree, Value};
use crate::random::{self, Choices, mutate};

/// A byte that says a type, the type, and a message of it.
fn message(choices: &mut Choices) -> (u8, &'static Subject, Tree<'static>) {
    let first = choices.below(256) as u8;
    let subject = subject(first);
    let pool = subject.closure.descriptors();
    let tree = draw::message(choices, pool, subject.root, Manner::ODD);
    (first, subject, tree)
}

pub(crate) fn json(choices: &mut Choices) -> Vec<u8> {
    let (first, _, tree) = message(choices);
    let taste = Taste { exotic: choices.chance(50), unknown: choices.chance(20) };
    let mut text = random::json::wild(&tree, choices, taste);
    if choices.chance(60) {
        text = mutate::text(choices, &text, mutate::JSON);
    }
    let mut input = text.into_bytes();
    if choices.chance(15) {
        mutate::bytes(choices, &mut input, b"");
    }
    [&[first], &input[..]].concat()
}

pub(crate) fn wire(choices: &mut Choices) -> Vec<u8> {
    let (first, _, tree) = message(choices);
    let mut input = random::wire::wild(&tree, choices);
    if choices.chance(60) {
        let other = input.clone();
        mutate::bytes(choices, &mut input, &other);
    }
    [&[first], &input[..]].concat()
}

pub(crate) fn text(choices: &mut Choices) -> Vec<u8> {
    let (first, _, tree) = message(choices);
    let mut text = random::text::wild(&tree, choices, true);
    if choices.chance(60) {
        text = mutate::text(choices, &text, mutate::TEXT);
    }
    [&[first], text.as_bytes()].concat()
}

/// A few messages of any form behind each other.
pub(crate) fn documents(choices: &mut Choices) -> Vec<u8> {
    let dialect = choices.below(5) as u8;
    let type_ = choices.below(256) as u8;
    let subject = subject(type_);
    let mut input = Vec::new();
    if choices.chance(10) {
        input.extend("\u{feff}".as_bytes());
    }
    for at in 0..choices.below(4) {
        let pool = subject.closure.descriptors();
        let tree = draw::message(choices, pool, subject.root, Manner { values: 10, ..Manner::ODD });
        match dialect {
            0 => input.extend(random::json::wild(&tree, choices, Taste::default()).bytes()),
            1 => {
                let text = random::json::wild(&tree, choices, Taste::default());
                input.extend(relaxed(choices, &text).bytes());
            }
            2 => {
                if at > 0 {
                    input.extend(b"# ---\n");
                }
                input.extend(random::text::wild(&tree, choices, true).bytes());
            }
            3 => input.extend(random::wire::wild(&tree, choices)),
            _ => {
                let wire = random::wire::wild(&tree, choices);
                random::wire::varint(wire.len() as u64, &mut input);
                input.extend(wire);
            }
        }
        if dialect < 3 {
            input.extend(choices.one_of(&["", "\n", " ", "\r\n\r\n"]).bytes());
        }
    }
    if choices.chance(50) {
        let other = input.clone();
        mutate::bytes(choices, &mut input, &other);
    }
    let pieces = choices.below(256) as u8;
    [&[dialect, type_, pieces], &input[..]].concat()
}

/// The same JSON with what people type beside it.
fn relaxed(choices: &mut Choices, json: &str) -> String {
    let mut out = String::new();
    let mut in_string = false;
    let mut escaped = false;
    for c in json.chars() {
        let closes = !in_string && matches!(c, '}' | ']');
        if closes && choices.chance(20) && !out.trim_end().ends_with(['{', '[', ',']) {
            out.push(',');
        }
        out.push(c);
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '{' | '[' | ',' | ':' if !in_string && choices.chance(10) => {
                out.push_str(choices.one_of::<&str>(&["/* } */", "// \"\n", "# '\n", "\n"]));
            }
            _ => {}
        }
    }
    match out.trim().strip_prefix('{').and_then(|out| out.strip_suffix('}')) {
        Some(inner) if choices.chance(20) => format!("<{inner}>"),
        _ => out,
    }
}

/// A message as fields, as far as it is scalars.
pub(crate) fn fields(choices: &mut Choices) -> Vec<u8> {
    let (first, _, tree) = message(choices);
    let mut lines = Vec::new();
    typed(choices, &tree, "", &mut lines);
    let mut text = lines.join("\n");
    if choices.chance(50) {
        let words =
            &["=", "+=", ":=", "@", "{", "}", ".", "[old.level]", "\"", "null", "{}", "[1]", "-1", "1e2"];
        text = mutate::text(choices, &text, words);
    }
    [&[first], text.as_bytes()].concat()
}

fn typed(choices: &mut Choices, tree: &Tree<'_>, path: &str, lines: &mut Vec<String>) {
    for (field, content) in &tree.fields {
        let dot = if path.is_empty() && !field.name().starts_with('[') { "" } else { "." };
        let path = format!("{path}{dot}{}", field.name());
        match content {
            Content::One(Value::Message(inner)) if inner.any.is_none() && choices.chance(80) => {
                typed(choices, inner, &path, lines);
            }
            Content::One(value) => lines.push(format!("{path}={}", word(value))),
            Content::List(values) => {
                lines.extend(values.iter().map(|value| format!("{path}+={}", word(value))));
            }
            Content::Map(entries) => {
                for (key, value) in entries {
                    let key = word(key);
                    let value = word(value);
                    let sign = if choices.chance(20) { ":=" } else { "=" };
                    lines.push(format!("{path}{{{key}}}{sign}{value}"));
                }
            }
        }
    }
}

fn word(value: &Value<'_>) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Signed(value) => value.to_string(),
        Value::Unsigned(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        Value::Double(value) => format!("{value:?}"),
        Value::Text(text) => text.replace('\n', " "),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).replace('\n', " "),
        Value::Enum(value) => value.to_string(),
        Value::Message(message) => random::json::plain(message),
    }
}
