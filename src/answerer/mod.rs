//! Rules and a schema as a responder. The world knows it as `greet::Server`.

mod admin;
mod assembly;
mod builder;
mod course;
mod embedded;
mod error;
mod evaluators;
mod faults;
#[doc(hidden)]
pub mod fuzzed;
mod health;
mod intake;
mod journalist;
mod others;
mod passing;
mod ready;
mod replay;
mod responder;
mod score;
mod server;
mod serving;
mod shared;
mod troubled;
mod upstream;
mod verify;

pub use admin::ADMIN_PROTO;
pub use builder::{Automatic, Offer, ServerBuilder};
pub use embedded::{GREETER_PROTO, GREETER_RULES, greeter_rules, greeter_schema};
pub use error::ServeError;
pub use faults::{Fault, InvalidFault};
pub use replay::Pace;
pub use server::Server;
pub use shared::Notes;
pub use upstream::Upstream;
pub use verify::{Expected, Times, UnmetRule, Verified};

#[cfg(test)]
#[path = "moments_tests.rs"]
mod moments_tests;
