//! To answer, in bytes: listen, connections, drain, the door, and the typed services for reflection and health.

mod accept;
mod authority;
mod call;
mod client_verifier;
mod connection;
mod door;
mod error;
mod faulty;
mod first_bytes;
#[doc(hidden)]
pub mod fuzzed;
mod health;
mod journal;
mod latecomers;
mod lifetime;
mod line;
mod lingering;
mod listen;
mod no_grpc;
mod observer;
mod options;
mod plain_http;
mod reflection;
mod replies;
mod requests;
mod routes;
mod running;
mod stage;
mod tls;
mod token;
mod typed;
mod under_way;
mod wire;

pub use call::{Answer, Call, Gone, Head, Responder};
pub use door::Door;
pub use error::ListenError;
pub use health::{Health, ServingStatus};
pub use journal::Journal;
pub use listen::Listen;
pub use observer::{Ended, Observer, Peer, Refused};
pub use options::{Limits, ServerOptions};
pub use reflection::Reflection;
pub use replies::Replies;
pub use requests::Requests;
pub use routes::{Route, Routes};
pub use running::{Drained, Running, start};
pub use tls::ServerTls;
pub use token::Token;

#[cfg(test)]
mod testing;

#[cfg(test)]
#[path = "calls_tests.rs"]
mod calls_tests;

#[cfg(test)]
#[path = "faulty_tests.rs"]
mod faulty_tests;

#[cfg(test)]
#[path = "hostile_tests.rs"]
mod hostile_tests;

#[cfg(test)]
#[path = "limits_tests.rs"]
mod limits_tests;

#[cfg(test)]
#[path = "secure_tests.rs"]
mod secure_tests;

#[cfg(test)]
#[path = "running_tests.rs"]
mod running_tests;

#[cfg(test)]
#[path = "typed_tests.rs"]
mod typed_tests;
