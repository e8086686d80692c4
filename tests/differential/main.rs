//! The transcoder against other implementations and against itself, on schemas and messages made at random.
//!
//! prost-reflect is the oracle for proto2 and proto3. What it gets wrong is steered around where it is met,
//! and said there.

// A test that cannot go on is to end with a panic, in its helpers too.
#![allow(clippy::unwrap_used)]

#[path = "../../fuzz/bodies/mod.rs"]
mod bodies;
mod exact;
mod fuzzed;
mod mutated;
mod oracle;
#[path = "../random/mod.rs"]
#[allow(dead_code, reason = "the benchmarks and the fuzz targets use the rest")]
mod random;
mod second;
mod spelled;
mod subject;
mod text;
