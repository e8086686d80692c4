//! Who is told what became of calls and connections.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::protocol::Status;

/// The other side of a connection: where it is, and who it has shown to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// `None` for a process on a unix socket; they have no names.
    address: Option<SocketAddr>,
    subject: Option<Arc<str>>,
}

impl Peer {
    pub(super) fn tcp(address: SocketAddr) -> Self {
        Self { address: Some(address), subject: None }
    }

    pub(super) fn unix() -> Self {
        Self { address: None, subject: None }
    }

    pub(super) fn with_subject(self, subject: Option<Arc<str>>) -> Self {
        Self { subject, ..self }
    }

    /// Where it is; `None` for a process on a unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Whose certificate it has shown, `CN=ann,O=Example`, where the server demands one: it was checked.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }
}

impl fmt::Display for Peer {
    /// `127.0.0.1:41234` or `unix`, then a blank and the subject if there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(address) => address.fmt(f)?,
            None => f.write_str("unix")?,
        }
        self.subject.as_ref().map_or(Ok(()), |subject| write!(f, " {subject}"))
    }
}

/// Told of what ended. It is called on the threads that answer: it must not wait.
pub trait Observer: Send + Sync {
    /// Whether it is to be told of calls: to keep what is to be told costs each call some time. Asked once a
    /// connection.
    fn wants_calls(&self) -> bool {
        true
    }

    /// A call ended, whoever ended it.
    fn ended(&self, call: &Ended<'_>);

    /// A connection was closed before any call.
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
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It began a TLS handshake, and the server speaks plaintext.
    Tls,
    /// It did not, and the server speaks TLS.
    Plaintext,
    /// It began one that came to nothing; why, as a sentence about it.
    Handshake(String),
    /// It spoke HTTP/1.
    Http1,
    /// It said nothing, or not enough, until the handshake timeout.
    Silent,
    /// What it said is no HTTP/2.
    Garbage,
    /// As many connections as are allowed were open.
    TooMany,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls => "it speaks TLS, and this server speaks plaintext",
            Self::Plaintext => "it speaks plaintext, and this server speaks TLS",
            Self::Handshake(why) => return write!(f, "the TLS handshake failed: {why}"),
            Self::Http1 => "it speaks HTTP/1, and this is a gRPC server",
            Self::Silent => "it said nothing",
            Self::Garbage => "it does not speak HTTP/2",
            Self::TooMany => "too many connections are open",
        })
    }
}
