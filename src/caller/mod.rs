//! A connection or a pool of them, a schema and its plans: JSON in, JSON out. The world knows it as `greet::Client`.

mod balanced;
mod builder;
mod call;
mod client;
mod error;
mod prepared;
mod reply;

pub use builder::ClientBuilder;
pub use call::{Call, Receiver, Sender};
pub use client::Client;
pub use error::CallError;
pub use prepared::Prepared;
pub use reply::Reply;
