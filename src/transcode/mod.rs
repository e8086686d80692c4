//! Every change of a message's form: JSON, text format and fields to wire bytes and back.
//!
//! What has the shape of JSON is a `Source`, which `compose` reads into wire bytes through one `Writer`; wire bytes are
//! handed by one `walk` to a `Sink`. Both go by a [`Plan`], whose types are made ready when a message first reaches them.

// Small functions on these ways are `cfg_attr(not(debug_assertions), inline(always))`: they are called for every field, and
// left to itself the compiler does not inline all of them. In a build for debugging no two locals share a place, and what is
// inlined would need more of the stack than a hundred nested messages find there.

pub mod annotated;
pub mod any;
mod compose;
mod depth;
pub mod documents;
mod error;
pub mod example;
pub mod fields;
mod frame;
pub mod json;
mod nothing;
mod number;
pub mod options;
mod out;
mod padded;
mod place;
mod plan;
mod quoted;
pub mod raw;
mod reader;
mod rewrite;
mod sink;
mod source;
#[cfg(test)]
mod testing;
pub mod text;
pub mod tree;
mod utf8;
mod walk;
mod well_known;
mod window;
mod writer;
mod wrong;
mod zigzag;

pub use error::DataError;
pub use options::{JsonInput, JsonOutput};
pub use plan::Plan;
