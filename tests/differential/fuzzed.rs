//! The bodies of the fuzz targets on stable: over the seeds that are kept, and over inputs made at random.

use std::path::Path;

use crate::bodies::TARGETS;
use crate::random::check;

/// So many inputs are made for each target.
const INPUTS: u64 = 10_000;

/// And so many where each is a schema, of which everything is asked.
const SCHEMAS: u64 = 300;

/// And so many where each takes long: programs are run, documents are cut in every way.
const LONG: u64 = 3_000;

fn target(name: &str, inputs: u64) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("it is a target");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let mut seeds: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{name} has no seeds");
    for seed in seeds {
        let input = std::fs::read(&seed).unwrap();
        let outcome = std::panic::catch_unwind(|| (target.body)(&input));
        assert!(outcome.is_ok(), "{} fails", seed.display());
    }
    check::seeds(inputs, |choices| {
        (target.body)(&(target.input)(choices));
        Ok(())
    });
}

#[test]
fn json_to_wire() {
    target("json_to_wire", INPUTS);
}

#[test]
fn wire_to_json() {
    target("wire_to_json", INPUTS);
}

#[test]
fn text() {
    target("text", INPUTS);
}

#[test]
fn documents() {
    target("documents", LONG);
}

#[test]
fn fields() {
    target("fields", INPUTS);
}

#[test]
fn raw() {
    target("raw", INPUTS);
}

#[test]
fn descriptors() {
    target("descriptors", SCHEMAS);
}

#[test]
fn sources() {
    target("sources", SCHEMAS);
}

#[test]
fn rules() {
    target("rules", LONG);
}

#[test]
fn recordings() {
    target("recordings", INPUTS);
}

#[test]
fn registries() {
    target("registries", INPUTS);
}

#[test]
fn service_configs() {
    target("service_configs", INPUTS);
}

#[test]
fn connections() {
    target("connections", INPUTS);
}

#[test]
fn framing() {
    target("framing", INPUTS);
}
