//! Rules and a schema as a responder. The world knows it as `greet::Server`.

mod builder;
mod course;
mod embedded;
mod error;
mod evaluators;
mod intake;
mod journalist;
mod ready;
mod responder;
mod server;
mod shared;

pub use builder::{Automatic, Offer, ServerBuilder};
pub use embedded::{GREETER_PROTO, GREETER_RULES, greeter_rules, greeter_schema};
pub use error::ServeError;
pub use server::Server;
pub use shared::Notes;

#[cfg(test)]
#[path = "moments_tests.rs"]
mod moments_tests;
