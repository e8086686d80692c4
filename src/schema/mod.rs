//! What a server speaks: services, methods and types, loaded as far as they are asked for. Never dials.

mod closure;
mod error;
mod file;
mod method;
mod source;

pub use closure::Closure;
pub use error::SchemaError;
pub use file::File;
pub use method::{Method, Shape};
pub use source::Source;
