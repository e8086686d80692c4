//! Descriptors, in whatever state: indexed, every name looked up, linked, planned and shown as source.

use futures_util::FutureExt as _;
use greet::Schema;
use greet::schema::{Depth, Source, SymbolKind};
use greet::transcode::Plan;

use super::schemas::mutated;
use crate::random::schema::{self, SYNTAXES};
use crate::random::{Choices, link};

/// So many names of an input are looked up.
const NAMES: usize = 25;

/// An input is a `FileDescriptorSet`, or what should be one.
pub(crate) fn descriptors(data: &[u8]) {
    if let Ok(schema) = Schema::from_descriptor_set(data.to_vec()) {
        ask_everything(&schema);
    }
}

/// An answer of files at hand.
fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("files are at hand")
}

/// Everything that anybody may ask of a schema. It may be wrong, but it ends, and agrees with itself.
pub(super) fn ask_everything(schema: &Schema) {
    let mut names = Vec::new();
    for source in schema.sources() {
        let Some(declarations) = source.declarations() else { continue };
        declarations.walk(Depth::Whole, &mut |declared| {
            if names.len() < NAMES {
                names.push((declared.name.to_owned(), declared.kind));
            }
        });
    }
    for (name, kind) in &names {
        look_up(schema, name, *kind);
    }
    for service in now(schema.services()).unwrap_or_default().iter().take(NAMES) {
        // Names and shapes are read from the bytes, and again from what was decoded.
        let Ok(methods) = now(schema.methods(service)) else { continue };
        let outlined = now(Source::methods(schema, service)).expect("files are at hand");
        let outlined: Vec<_> = outlined.iter().map(|method| (method.name.as_str(), method.shape)).collect();
        let decoded: Vec<_> = methods.iter().map(|method| (method.name(), method.shape())).collect();
        if methods.iter().all(|method| now(schema.method(&method.full_name())).is_ok()) {
            assert_eq!(outlined, decoded, "{service}");
        }
    }
    for closure in now(schema.whole()).unwrap_or_default() {
        let _ = closure.dynamic();
    }
    for name in ["", "/", "Nobody"] {
        let _ = now(schema.resolve(name));
        let _ = now(schema.method(name));
        let _ = now(schema.message_type(name));
    }
}

fn look_up(schema: &Schema, name: &str, kind: SymbolKind) {
    let shown = now(schema.describe(name));
    let Ok(found) = now(schema.resolve(name)) else {
        assert!(shown.is_err(), "{name} is shown, and not found");
        return;
    };
    if let Err(error) = shown {
        panic!("{name} is found, and not shown: {error}");
    }
    match kind {
        SymbolKind::Method => {
            if let Ok(method) = now(schema.method(name)) {
                Plan::of_method(&method)
                    .unwrap_or_else(|error| panic!("{name} is there, and has no plan: {error}"));
            }
        }
        SymbolKind::Message if found.kind() == SymbolKind::Message => {
            let plan = Plan::compile(found.closure(), found.name());
            let plan = plan.unwrap_or_else(|error| panic!("{name} is there, and has no plan: {error}"));
            let _ = plan.check(b"\x0a\x00\x12\x02\x08\x01");
        }
        _ => {}
    }
}

/// A schema at random, with a service, and changed in a few places.
pub(crate) fn input(choices: &mut Choices) -> Vec<u8> {
    let syntax = *choices.one_of(&SYNTAXES);
    let mut file = schema::draw(choices, syntax);
    file.extend_from_slice(SERVICE);
    let mut set = link::set(&file);
    if choices.chance(30) {
        let other = schema::draw(choices, syntax);
        set.extend(link::set(&other));
    }
    for _ in 0..choices.below(4) {
        set = mutated(choices, &set);
    }
    set
}

/// `service S { rpc One(M0) returns (M0); rpc Two(stream M0) returns (stream Any); }`
const SERVICE: &[u8] = b"\x32\x4f\x0a\x01S\x12\x1d\x0a\x03One\x12\x0a.random.M0\x1a\x0a.random.M0\
    \x12\x2b\x0a\x03Two\x12\x0a.random.M0\x1a\x14.google.protobuf.Any\x28\x01\x30\x01";
