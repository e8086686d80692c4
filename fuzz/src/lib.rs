//! The bodies of the fuzz targets, for the programs that libFuzzer drives.

#![allow(clippy::unwrap_used)]

#[path = "../bodies/mod.rs"]
#[allow(dead_code)]
mod bodies;
#[path = "../../tests/random/mod.rs"]
#[allow(dead_code)]
mod random;

/// Runs a target on an input.
///
/// # Panics
/// When something is wrong.
pub fn run(target: &str, data: &[u8]) {
    let target = bodies::TARGETS.iter().find(|known| known.name == target).expect("it is a target");
    (target.body)(data);
}
