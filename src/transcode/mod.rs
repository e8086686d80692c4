//! Every change of a message's form: JSON, text format and fields to wire bytes and back.

pub mod any;
mod compose;
pub mod documents;
mod error;
pub mod fields;
mod frame;
pub mod json;
mod nothing;
mod number;
pub mod options;
mod out;
mod place;
mod plan;
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

pub use error::DataError;
pub use options::{JsonInput, JsonOutput};
pub use plan::Plan;
