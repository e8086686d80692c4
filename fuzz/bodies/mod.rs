//! What the fuzz targets do with an input: plain functions that panic when something is wrong.
//!
//! libFuzzer drives them in `fuzz/`; tests/differential/fuzzed.rs drives them on stable, with the seeds that are
//! kept and with inputs from [`inputs`].

mod connections;
mod descriptors;
mod documents;
mod fields;
mod framing;
pub(crate) mod inputs;
mod json;
mod raw;
mod recordings;
mod registries;
mod rules;
mod schemas;
mod service_configs;
mod sources;
mod subjects;
mod text;
mod wire;

use connections::connections;
use descriptors::descriptors;
use documents::documents;
use fields::fields;
use framing::framing;
use json::json_to_wire;
use raw::raw;
use recordings::recordings;
use registries::registries;
use rules::rules;
use service_configs::service_configs;
use sources::sources;
use text::text;
use wire::wire_to_json;

use greet::transcode::options::{JsonInput, JsonOutput, TextInput, TextOutput, Unknown};
use greet::transcode::{self, DataError, Plan};
use subjects::{Subject, has_no_json, lacks_a_field};

/// A target: its name, what it does with an input, and how an input for it is drawn.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) body: fn(&[u8]),
    pub(crate) input: fn(&mut crate::random::Choices) -> Vec<u8>,
}

/// Every target.
pub(crate) const TARGETS: [Target; 14] = [
    Target { name: "json_to_wire", body: json_to_wire, input: inputs::json },
    Target { name: "wire_to_json", body: wire_to_json, input: inputs::wire },
    Target { name: "text", body: text, input: inputs::text },
    Target { name: "documents", body: documents, input: inputs::documents },
    Target { name: "fields", body: fields, input: inputs::fields },
    Target { name: "raw", body: raw, input: inputs::wire },
    Target { name: "descriptors", body: descriptors, input: descriptors::input },
    Target { name: "sources", body: sources, input: sources::input },
    Target { name: "rules", body: rules, input: rules::input },
    Target { name: "recordings", body: recordings, input: recordings::input },
    Target { name: "registries", body: registries, input: registries::input },
    Target { name: "service_configs", body: service_configs, input: service_configs::input },
    Target { name: "connections", body: connections, input: connections::input },
    Target { name: "framing", body: framing, input: framing::input },
];

fn json_in(plan: &Plan, json: &[u8], unknown: Unknown) -> Result<Vec<u8>, DataError> {
    let mut out = Vec::new();
    transcode::json::to_wire(plan, json, JsonInput { unknown }, &mut out).map(|()| out)
}

fn json_out(plan: &Plan, wire: &[u8]) -> Result<String, DataError> {
    let mut out = Vec::new();
    transcode::json::from_wire(plan, wire, JsonOutput::default(), &mut out)?;
    Ok(String::from_utf8(out).expect("JSON is UTF-8"))
}

fn text_in(plan: &Plan, text: &str) -> Result<Vec<u8>, DataError> {
    let mut out = Vec::new();
    transcode::text::to_wire(plan, text, TextInput::default(), &mut out).map(|()| out)
}

fn text_out(plan: &Plan, wire: &[u8]) -> Result<String, DataError> {
    let mut out = Vec::new();
    transcode::text::from_wire(plan, wire, TextOutput::default(), &mut out)?;
    Ok(String::from_utf8(out).expect("text is UTF-8"))
}

/// An error says where in the text it is, and its place is in it.
fn placed(error: &DataError, text: &[u8]) {
    let Some((line, column)) = error.position() else { panic!("no place: {error}") };
    let lines = text.split(|byte| *byte == b'\n').count();
    assert!(line >= 1 && line <= lines, "there are {lines} lines: {error}");
    let longest = text.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap_or(0);
    assert!(column >= 1 && column <= longest + 1, "no line is so long: {error}");
}

/// Wire bytes that greet wrote are a message, and their JSON and its wire bytes stay as they are from then on.
/// Not every message has JSON, nor is it JSON that is taken back where an Any holds bytes that nobody has looked
/// at; where greet wrote them from JSON, it is.
fn settled(subject: &Subject, wire: &[u8], from_json: bool) {
    let plan = &subject.plan;
    plan.check(wire).unwrap_or_else(|error| panic!("greet does not take what it wrote: {error}"));
    let opaque = || !from_json && subject.holds_any(wire);
    let first = match json_out(plan, wire) {
        Ok(first) => first,
        Err(error) if !from_json && (has_no_json(&error) || opaque()) => return,
        Err(error) => panic!("what greet wrote has no JSON: {error}"),
    };
    let again = match json_in(plan, first.as_bytes(), Unknown::Refuse) {
        Ok(again) => again,
        Err(error) if lacks_a_field(&error) && opaque() => return,
        Err(error) => panic!("greet refuses its own JSON: {error}: {first}"),
    };
    let second = json_out(plan, &again).unwrap_or_else(|error| panic!("{error}: {first}"));
    assert_eq!(first, second);
    assert_eq!(json_in(plan, second.as_bytes(), Unknown::Refuse).as_ref(), Ok(&again));
}
