//! Why there is no connection, or no longer one.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::leaf::os_cause::words;
use crate::leaf::{Layer, duration};

use super::attempt::{Attempt, Trouble, failures, join, more};
use super::connection::Phases;
use super::names::ResolveError;
use super::proxy::Refusal;
use super::resolve::{Peer, Unresolved};
use super::socket::Heard;
use super::tls::TlsFailure;

/// A connection that could not be made, or that was lost, and in which layer.
#[derive(Debug)]
pub struct ConnectError {
    /// In a box, for it is large beside what it is the alternative to.
    kind: Box<Kind>,
    /// How long was spent until then.
    phases: Option<Box<Phases>>,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// The target and the options contradict each other.
    Target(crate::leaf::target::TargetError),
    /// No name led to an address.
    Unresolved(Vec<Unresolved>),
    /// Whoever is asked for a name gave no address.
    Named(ResolveError),
    /// No address took the connection.
    Unreachable(Vec<Attempt>),
    /// Of several addresses this one came farthest.
    Several { cause: Box<ConnectError>, others: Vec<Attempt> },
    /// It took too long. Whom the layer is about stands first.
    TimedOut { layer: Layer, after: Duration, attempts: Vec<Attempt> },
    /// It was made, and then the other side said nothing.
    Silent { peer: Peer, after: Duration },
    /// It was made, and then a ping was not answered.
    Unanswered { peer: Peer, heard: Heard, after: Duration },
    /// TLS did not come about, or the server took it back.
    Tls(Box<TlsFailure>),
    /// What is to be asked for in TLS cannot be.
    ServerName(String),
    /// The options contradict each other.
    Options(String),
    /// What is to be `:authority` cannot be.
    Authority(String),
    /// HTTP/2 never began, or ended.
    Http2 { peer: Peer, heard: Heard, source: Option<h2::Error>, has_scheme: bool },
    /// The call's head cannot be sent.
    Head(String),
}

impl From<Kind> for ConnectError {
    fn from(kind: Kind) -> Self {
        Self { kind: Box::new(kind), phases: None }
    }
}

impl From<Box<TlsFailure>> for ConnectError {
    fn from(failure: Box<TlsFailure>) -> Self {
        Kind::Tls(failure).into()
    }
}

impl From<crate::leaf::target::TargetError> for ConnectError {
    fn from(error: crate::leaf::target::TargetError) -> Self {
        Kind::Target(error).into()
    }
}

impl ConnectError {
    /// What decides: of several addresses what the one says that came farthest.
    fn kind(&self) -> &Kind {
        match &*self.kind {
            Kind::Several { cause, .. } => cause.kind(),
            kind => kind,
        }
    }

    /// The layer that failed: resolve, connect, TLS, HTTP/2 or, when a call's own head is at fault, request.
    pub fn layer(&self) -> Layer {
        match self.kind() {
            Kind::Target(_) | Kind::Unresolved(_) | Kind::Named(_) => Layer::Resolve,
            Kind::Unreachable(_) | Kind::Several { .. } => Layer::Connect,
            Kind::TimedOut { layer, .. } => *layer,
            Kind::Tls(_) => Layer::Tls,
            Kind::Http2 { .. } | Kind::Silent { .. } | Kind::Unanswered { .. } => Layer::Http2,
            Kind::Authority(_) | Kind::ServerName(_) | Kind::Options(_) | Kind::Head(_) => Layer::Request,
        }
    }

    /// The same with the time that connecting took until then.
    pub(super) fn after(mut self, phases: Phases) -> Self {
        self.phases = Some(Box::new(phases));
        self
    }

    /// How long each phase took until it failed; `None` for a connection that stood.
    pub fn phases(&self) -> Option<Phases> {
        self.phases.as_deref().copied()
    }

    /// Each address or name that was tried, with the cause that the system gave.
    pub fn addresses(&self) -> Vec<(String, String)> {
        match &*self.kind {
            Kind::Several { cause, others } => {
                let others = others.iter().map(|other| (other.place.clone(), other.text()));
                cause.addresses().into_iter().chain(others).collect()
            }
            Kind::Unresolved(names) => names.iter().map(|n| (n.place(), words(&n.cause))).collect(),
            Kind::Unreachable(attempts) | Kind::TimedOut { attempts, .. } => {
                attempts.iter().map(|a| (a.place.clone(), a.text())).collect()
            }
            Kind::Silent { peer, .. } | Kind::Unanswered { peer, .. } => {
                vec![(peer.to_string(), "no answer".to_owned())]
            }
            Kind::Http2 { peer, source, .. } => {
                let text = source.as_ref().map_or_else(|| "closed".to_owned(), ToString::to_string);
                vec![(peer.to_string(), text)]
            }
            Kind::Tls(failure) if !failure.peer().is_empty() => {
                vec![(failure.peer().to_owned(), "no TLS".to_owned())]
            }
            _ => Vec::new(),
        }
    }

    /// Whether every address that was tried refused the connection: nobody listens there.
    pub fn is_refused(&self) -> bool {
        matches!(self.kind(), Kind::Unreachable(attempts) if attempts.iter().all(Attempt::is_refused))
    }

    /// Whether the system's resolver said that there is no such name.
    pub fn is_name_not_found(&self) -> bool {
        // The resolver's own code is lost in std, so its words have to do: glibc, musl, macOS.
        const WORDS: [&str; 6] = [
            "name or service not known",
            "no address associated",
            "name does not resolve",
            "nodename nor servname",
            "it has no address",
            "no such host",
        ];
        matches!(self.kind(), Kind::Unresolved(names) if names.iter().all(|name| {
            let text = name.cause.to_string().to_ascii_lowercase();
            WORDS.iter().any(|words| text.contains(words))
        }))
    }

    /// Whether the system's resolver could not say if there is such a name, as it reaches no server that knows.
    pub fn is_resolver_unreachable(&self) -> bool {
        // As above: glibc, musl, macOS (which has no code of its own for it).
        const WORDS: [&str; 2] = ["temporary failure in name resolution", "try again"];
        matches!(self.kind(), Kind::Unresolved(names) if names.iter().all(|name| {
            let text = name.cause.to_string().to_ascii_lowercase();
            WORDS.iter().any(|words| text.contains(words))
        }))
    }

    /// Whether it took longer than the connect timeout.
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind(), Kind::TimedOut { .. } | Kind::Silent { .. })
    }

    /// What went wrong in TLS, with the questions about it.
    pub fn tls(&self) -> Option<&TlsFailure> {
        match self.kind() {
            Kind::Tls(failure) => Some(failure),
            _ => None,
        }
    }

    /// Whether a proxy wants credentials: `Some(true)` when it was given some and does not take them.
    pub fn proxy_wants_credentials(&self) -> Option<bool> {
        self.refusal().and_then(Refusal::wants_credentials)
    }

    /// Whether it may be otherwise in a moment, as with a server that is just starting: nobody listens, the name
    /// or the socket is not there yet, or what listens hangs up.
    pub fn may_pass(&self) -> bool {
        match self.kind() {
            Kind::Unresolved(_) | Kind::TimedOut { .. } | Kind::Silent { .. } => true,
            Kind::Named(error) => error.may_pass(),
            Kind::Unreachable(attempts) => attempts.iter().any(Attempt::may_pass),
            Kind::Tls(failure) => failure.is_closed(),
            Kind::Http2 { heard, .. } => matches!(heard, Heard::Nothing | Heard::Http2),
            _ => false,
        }
    }

    /// Whether the target says plaintext or TLS by its scheme, `http://` or `https://`.
    pub fn target_has_scheme(&self) -> bool {
        matches!(self.kind(), Kind::Http2 { has_scheme: true, .. })
    }

    /// Whether the target and the options contradict each other, so that nothing was tried.
    pub fn is_target(&self) -> bool {
        match self.kind() {
            Kind::Target(_) | Kind::Options(_) => true,
            Kind::Named(error) => error.is_options(),
            _ => false,
        }
    }

    /// What whoever was asked for a name said, with its hint; `None` where the system was asked, or something else failed.
    pub fn named(&self) -> Option<&ResolveError> {
        match self.kind() {
            Kind::Named(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the first bytes received were TLS.
    pub fn server_speaks_tls(&self) -> bool {
        matches!(self.kind(), Kind::Http2 { heard: Heard::Tls, .. })
    }

    /// Whether the first bytes received were HTTP/1.
    pub fn server_speaks_http1(&self) -> bool {
        matches!(self.kind(), Kind::Http2 { heard: Heard::Http1(_), .. })
    }

    /// Whether the server hung up before it said anything; it was asked in TLS then, and did not answer that.
    pub fn server_said_nothing(&self) -> bool {
        matches!(self.kind(), Kind::Http2 { heard: Heard::Nothing, .. })
    }

    /// Whether the server has spoken HTTP/2 on this connection, which was lost later.
    pub fn was_established(&self) -> bool {
        matches!(
            self.kind(),
            Kind::Http2 { heard: Heard::Http2, .. } | Kind::Unanswered { heard: Heard::Http2, .. }
        )
    }

    /// Whether the server was pinged while a call was open, and did not answer
    /// ([`ConnectOptions::keepalive`](super::ConnectOptions)).
    pub fn is_unanswered(&self) -> bool {
        matches!(self.kind(), Kind::Unanswered { .. })
    }
}

impl ConnectError {
    /// What a proxy said; the last one, if several were asked.
    fn refusal(&self) -> Option<&Refusal> {
        match self.kind() {
            Kind::Unreachable(attempts) => attempts.iter().rev().find_map(Attempt::refusal),
            _ => None,
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::Several { cause, others } => {
                cause.fmt(f)?;
                beside(f, others)
            }
            Kind::Target(error) => error.fmt(f),
            Kind::Named(error) => error.fmt(f),
            Kind::Unresolved(names) => {
                let names = names.iter().map(|n| format!("{}: {}", n.quoted(), words(&n.cause))).collect();
                write!(f, "cannot resolve {}", join(names))
            }
            Kind::Unreachable(attempts) if self.is_refused() => {
                let places = attempts.iter().map(|a| a.place.clone()).collect();
                write!(f, "connection refused by {}", join(places))
            }
            // A proxy says more than the system does.
            Kind::Unreachable(attempts) if attempts.iter().all(|attempt| attempt.refusal().is_some()) => {
                let said = attempts.iter().filter_map(|a| Some(format!("{} {}", a.place, a.refusal()?)));
                f.write_str(&join(said.collect()))
            }
            Kind::Unreachable(attempts) => write!(f, "cannot connect to {}", failures(attempts)),
            Kind::TimedOut { layer: Layer::Resolve, after, .. } => {
                write!(f, "the name was not resolved within {}", duration::render(*after))
            }
            Kind::TimedOut { layer: Layer::Tls, after, attempts } => {
                let after = duration::render(*after);
                write!(f, "the TLS handshake with {} was not done within {after}", taken(attempts))?;
                beside(f, attempts.get(1..).unwrap_or_default())
            }
            Kind::TimedOut { layer: Layer::Http2, after, attempts } => {
                silent(f, taken(attempts), *after)?;
                beside(f, attempts.get(1..).unwrap_or_default())
            }
            Kind::TimedOut { after, attempts, .. } => {
                let after = duration::render(*after);
                write!(f, "no connection within {after} to {}", failures(attempts))
            }
            Kind::Silent { peer, after } => silent(f, &peer.to_string(), *after),
            Kind::Unanswered { peer, after, .. } => {
                let after = duration::render(*after);
                write!(f, "{peer} did not answer a ping within {after}: the connection was given up")
            }
            Kind::Tls(failure) => failure.fmt(f),
            Kind::ServerName(text) => write!(f, "'{}' cannot be a server name", text.escape_debug()),
            Kind::Authority(text) => write!(f, "'{}' cannot be an authority", text.escape_debug()),
            Kind::Head(why) | Kind::Options(why) => f.write_str(why),
            Kind::Http2 { peer, heard, source, .. } => {
                let because = |f: &mut fmt::Formatter<'_>| match source {
                    Some(error) => write!(f, ": {}", h2_cause(error)),
                    None => Ok(()),
                };
                match heard {
                    Heard::Tls => write!(f, "{peer} speaks TLS, not plaintext HTTP/2"),
                    Heard::Http1(line) => write!(f, "{peer} speaks HTTP/1, not HTTP/2: it answered {line}"),
                    Heard::Other(text) => write!(f, "{peer} does not speak HTTP/2: it began with '{text}'"),
                    Heard::Nothing => {
                        write!(f, "{peer} closed the connection before it spoke HTTP/2")?;
                        because(f)
                    }
                    Heard::Http2 => {
                        write!(f, "the connection to {peer} was lost")?;
                        because(f)
                    }
                }
            }
        }
    }
}

fn silent(f: &mut fmt::Formatter<'_>, place: &str, after: Duration) -> fmt::Result {
    let after = duration::render(after);
    write!(f, "{place} took the connection and has sent nothing at all within {after}")
}

/// The place that took the connection: the first.
fn taken(attempts: &[Attempt]) -> &str {
    attempts.first().map_or("the server", |attempt| &attempt.place)
}

/// What became of the others beside whom it is about.
fn beside(f: &mut fmt::Formatter<'_>, others: &[Attempt]) -> fmt::Result {
    let more = more(others.len());
    others[..others.len() - more].iter().try_for_each(|other| match &other.failure {
        None => write!(f, "; no answer from {}", other.place),
        Some(Trouble::System(_)) => write!(f, "; cannot connect to {other}"),
        Some(Trouble::Handshake(error)) => write!(f, "; {error}"),
    })?;
    if more > 0 { write!(f, "; and {more} others") } else { Ok(()) }
}

/// h2's words, or the system's where it has them; the end of the stream said plainly.
fn h2_cause(error: &h2::Error) -> String {
    match error.get_io() {
        // The words of the reader of frames, which nobody else uses.
        Some(io) if io.to_string() == "bytes remaining on stream" => {
            "it ended in the middle of a frame".to_owned()
        }
        Some(io) if matches!(io.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof) => {
            "closed by the other side".to_owned()
        }
        Some(io) => words(io),
        None => error.to_string(),
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            Kind::Target(error) => Some(error),
            Kind::Named(error) => Some(error),
            Kind::Unresolved(names) => names.first().map(|name| &name.cause as _),
            Kind::Unreachable(attempts) | Kind::TimedOut { attempts, .. } => {
                attempts.iter().find_map(Attempt::cause).map(|cause| cause as _)
            }
            Kind::Http2 { source, .. } => source.as_ref().map(|source| source as _),
            Kind::Tls(failure) => Some(&**failure),
            _ => None,
        }
    }
}
