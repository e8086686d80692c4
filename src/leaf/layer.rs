//! The layers of a call, from the name of a server to the status of its answer.

use std::fmt;

/// The layer in which something failed; every failure names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Layer {
    /// A name was turned into addresses.
    Resolve,
    /// An address was dialled.
    Connect,
    /// The TLS handshake.
    Tls,
    /// HTTP/2: the handshake, a frame, a reset, a lost connection.
    Http2,
    /// What a server speaks: a name, a file, a type.
    Schema,
    /// The data of a request.
    Request,
    /// The status that a call ended with.
    Status,
}

impl Layer {
    /// The layer's name, lower case, as events and messages print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Http2 => "http2",
            Self::Schema => "schema",
            Self::Request => "request",
            Self::Status => "status",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
