//! To speak, in bytes: names to addresses, connections, calls, and the typed clients for reflection and health.

mod answer;
mod body;
mod call;
mod connection;
mod dial;
mod ending;
mod error;
mod head;
mod health;
mod interview;
mod known;
mod line;
mod options;
mod probe;
mod proxy;
mod reflection;
mod reflection_error;
mod replies;
mod requests;
mod resolve;
mod service;
mod socket;
mod tls;
mod wait;

pub use crate::trust::{Certificate, CredentialError, Identity};
pub use body::ReplyBody;
pub use call::{CallHead, ReplyCount};
pub use connection::{Connection, Phases};
pub use ending::{Ending, Origin};
pub use error::ConnectError;
pub use health::{Health, HealthWatch, Serving};
pub use options::{ConnectOptions, IpFamily};
pub use proxy::{InvalidProxy, Proxy};
pub use reflection::{Reflection, ReflectionVersion};
pub use reflection_error::ReflectionError;
pub use replies::{Only, Replies, Reply};
pub use requests::{Requests, SendError};
pub use resolve::Peer;
pub use tls::{TlsFacts, TlsFailure, TlsOptions};

#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod connect_tests;
#[cfg(test)]
mod other_side;
#[cfg(test)]
mod typed_tests;
