//! What went wrong, for the person who typed: one kind, one cause, its hints, and the table of exit codes.

mod causes;
mod json;
mod status;

pub(crate) use status::{Types, status_object};

use greet::client::Phases;
use greet::leaf::os_cause::words;
use greet::{Code, Layer};

/// A failed run.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    kind: Kind,
    cause: String,
    /// The server's own words, where there is a status.
    message: Option<String>,
    /// Lines below the cause, indented: the details of a status.
    details: Vec<String>,
    hints: Vec<String>,
    /// Who answered, where several share the calls.
    peer: Option<Box<Peer>>,
    /// What is known of the connection that failed.
    place: Option<Box<Place>>,
}

/// An address, in a box of its own, as few failures have one.
#[derive(Debug, Clone)]
struct Peer(String);

/// Where connecting failed.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) layer: Layer,
    /// The addresses that were tried, each with the system's words.
    pub(crate) addresses: Vec<(String, String)>,
    /// How long each phase took until then; `None` where the connection stood.
    pub(crate) phases: Option<Phases>,
}

/// What kind of failure it is; the exit code follows from it and from nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What was typed, or a rule that does not compile.
    Usage,
    /// The data of a request.
    Data,
    /// Not found, not valid, no reflection.
    Schema,
    /// Name, address, HTTP/2; a port in use.
    Connection,
    /// The TLS handshake.
    Tls,
    /// The status that a call ended with.
    Status(Code),
    /// The health check says something other than SERVING.
    Unhealthy,
    /// A call is not as it was expected: another status, or replies of which something does not hold.
    Unmet,
    /// Servers that should be the same answered differently.
    Mixed,
    /// Calls were cut by a drain that took too long.
    Cut,
    /// A command of `serve -- command` ended so.
    Command(u8),
    /// A signal by this number ended the run.
    Signal(u8),
    /// Whoever read stdout has gone; nothing is wrong.
    ReaderGone,
    /// Anything else.
    Other,
}

impl Kind {
    /// The exit code (the table "Exit codes" of the command line's contract).
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::ReaderGone => 0,
            Self::Other | Self::Cut => 1,
            Self::Usage => 2,
            Self::Data => 3,
            Self::Schema => 4,
            Self::Connection => 5,
            Self::Tls => 6,
            Self::Unhealthy | Self::Unmet => 7,
            Self::Mixed => 8,
            // A number that gRPC does not name counts as UNKNOWN.
            Self::Status(code) if !code.is_named() => 64 + 2,
            Self::Status(code) => 64_u8.saturating_add(u8::try_from(code.number()).unwrap_or(2)),
            Self::Command(code) => code,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl Failure {
    /// A failure with its cause: lower case, no full stop, naming what failed.
    pub(crate) fn new(kind: Kind, cause: impl Into<String>) -> Self {
        let (message, peer, place) = (None, None, None);
        let (details, hints) = (Vec::new(), Vec::new());
        Self { kind, cause: cause.into(), message, details, hints, peer, place }
    }

    /// A failure that says nothing beyond its exit code.
    pub(crate) fn silent(kind: Kind) -> Self {
        Self::new(kind, "")
    }

    /// The same with what would mend it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same with a hint that shows the nearest names, if there are any.
    #[must_use]
    pub(crate) fn did_you_mean(self, names: &[String]) -> Self {
        match names {
            [] => self,
            [one] => self.hint(format!("did you mean {one}?")),
            several => self.hint(format!("did you mean one of {}?", several.join(", "))),
        }
    }

    /// The same with lines below the cause.
    #[must_use]
    pub(crate) fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// The same as another kind, in other words.
    #[must_use]
    pub(crate) fn into_kind(mut self, kind: Kind, cause: impl Into<String>) -> Self {
        (self.kind, self.cause, self.message) = (kind, cause.into(), None);
        self
    }

    /// The same where it is known who answered, of several that share the calls.
    #[must_use]
    pub(crate) fn by(mut self, peer: Option<&greet::client::Peer>) -> Self {
        self.peer = peer.map(|peer| Box::new(Peer(peer.to_string())));
        self
    }

    /// Who answered.
    pub(crate) fn peer(&self) -> Option<&str> {
        self.peer.as_deref().map(|Peer(peer)| &peer[..])
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Where connecting failed, if that is what failed.
    pub(crate) fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// The layer that failed, where the failure is one of the call's.
    pub(crate) fn layer(&self) -> Option<Layer> {
        match (&self.place, self.kind) {
            (Some(place), _) => Some(place.layer),
            (None, Kind::Data) => Some(Layer::Request),
            (None, Kind::Schema) => Some(Layer::Schema),
            (None, Kind::Connection) => Some(Layer::Connect),
            (None, Kind::Tls) => Some(Layer::Tls),
            (None, Kind::Status(_)) => Some(Layer::Status),
            _ => None,
        }
    }

    pub(crate) fn cause(&self) -> &str {
        &self.cause
    }

    /// The server's own words, or what went wrong.
    pub(crate) fn message(&self) -> &str {
        self.message.as_deref().unwrap_or(&self.cause)
    }

    pub(crate) fn details(&self) -> &[String] {
        &self.details
    }

    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The kind for a layer that failed before there was a status.
    pub(crate) fn kind_of(layer: Layer) -> Kind {
        match layer {
            Layer::Resolve | Layer::Connect | Layer::Http2 => Kind::Connection,
            Layer::Tls => Kind::Tls,
            Layer::Schema => Kind::Schema,
            Layer::Request => Kind::Data,
            _ => Kind::Other,
        }
    }
}

/// Writing to stdout failed: a reader that left is no failure, a full disk is.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self::silent(Kind::ReaderGone)
        } else {
            Self::new(Kind::Other, format!("cannot write to standard output: {}", words(&error)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_code() {
        for (kind, code) in [
            (Kind::ReaderGone, 0),
            (Kind::Other, 1),
            (Kind::Cut, 1),
            (Kind::Usage, 2),
            (Kind::Data, 3),
            (Kind::Schema, 4),
            (Kind::Connection, 5),
            (Kind::Tls, 6),
            (Kind::Unhealthy, 7),
            (Kind::Unmet, 7),
            (Kind::Mixed, 8),
            (Kind::Status(Code::NOT_FOUND), 69),
            (Kind::Status(Code::UNAUTHENTICATED), 80),
            (Kind::Status(Code::new(99)), 66),
            (Kind::Command(42), 42),
            (Kind::Signal(2), 130),
            (Kind::Signal(15), 143),
        ] {
            assert_eq!(kind.exit_code(), code, "{kind:?}");
        }
    }
}
