//! To speak, in bytes: names to addresses, connections, calls, and the typed clients for reflection and health.

mod call;
mod connection;
mod dial;
mod ending;
mod error;
mod head;
mod line;
mod options;
mod replies;
mod requests;
mod resolve;
mod socket;

pub use call::{CallHead, ReplyCount};
pub use connection::{Connection, Phases};
pub use ending::{Ending, Origin};
pub use error::ConnectError;
pub use options::ConnectOptions;
pub use replies::{Only, Replies, Reply};
pub use requests::{Requests, SendError};
pub use resolve::Peer;

#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod connect_tests;
#[cfg(test)]
mod other_side;
