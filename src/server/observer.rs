//! Who is told what became of calls and connections.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::protocol::Status;

/// The other side of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// `127.0.0.1:41234`.
    Tcp(SocketAddr),
    /// A process on a unix socket; they have no names.
    Unix,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix => f.write_str("unix"),
        }
    }
}

/// Told of what ended. It is called on the threads that answer: it must not wait.
pub trait Observer: Send + Sync {
    /// A call ended, whoever ended it.
    fn ended(&self, call: &Ended<'_>);

    /// A connection was closed because it does not speak HTTP/2.
    fn refused(&self, peer: &Peer, why: Refused) {
        let _ = (peer, why);
    }
}

/// A call that ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended<'a> {
    /// As it came, `/greeter.Greeter/SayHello`; it is the other side's text.
    pub path: &'a str,
    /// Who called.
    pub peer: &'a Peer,
    /// What was sent as the status; CANCELLED when the client left first.
    pub status: &'a Status,
    /// From the request's head to the end.
    pub duration: Duration,
    /// Requests that were read.
    pub requests: u64,
    /// Replies that were sent.
    pub replies: u64,
}

/// Why a connection was closed before any call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It began a TLS handshake.
    Tls,
    /// It spoke HTTP/1.
    Http1,
    /// It said nothing, or not enough, until the handshake timeout.
    Silent,
    /// What it said is no HTTP/2.
    Garbage,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls => "it speaks TLS, and this server speaks plaintext",
            Self::Http1 => "it speaks HTTP/1, and this is a gRPC server",
            Self::Silent => "it said nothing",
            Self::Garbage => "it does not speak HTTP/2",
        })
    }
}
