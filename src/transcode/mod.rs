//! Every change of a message's form: JSON, text format and fields to wire bytes and back.

pub mod any;
pub mod documents;
mod error;
pub mod fields;
mod frame;
pub mod json;
pub mod options;
mod place;
mod plan;
mod sink;
#[cfg(test)]
mod testing;
pub mod text;
pub mod tree;
mod writer;

pub use error::DataError;
pub use options::{JsonInput, JsonOutput};
pub use plan::Plan;
