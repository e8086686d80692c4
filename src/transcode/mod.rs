//! Every change of a message's form: JSON, text format and fields to wire bytes and back.

mod error;
pub mod json;
mod plan;

pub use error::DataError;
pub use plan::Plan;
