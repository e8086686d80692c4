//! A way through an HTTP proxy: CONNECT, with credentials, and what the proxy says when it does not open one.

use std::fmt;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::connection::USER_AGENT;

/// The longest head of an answer that is read.
const MAX_HEAD: usize = 16 << 10;
/// The most fields in it.
const MAX_FIELDS: usize = 64;
/// What of an answer that is no HTTP/1 is shown.
const SHOWN: usize = 32;

/// An HTTP proxy that opens tunnels (CONNECT; RFC 9110, 9.3.6).
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
    /// The user and the password as `Basic` wants them (RFC 7617).
    credentials: Option<String>,
}

impl Proxy {
    /// Reads `http://host:port`, `http://user:password@host:port`, or the same without `http://`. Without a port
    /// it is 80. User and password are percent-encoded where they have marks of their own.
    ///
    /// # Errors
    /// When it is of another form; the error does not repeat the text, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, InvalidProxy> {
        let rest = match text.split_once("://") {
            None => text,
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) => {
                let known = ["https", "socks4", "socks4a", "socks5", "socks5h"];
                let named = known.into_iter().find(|name| scheme.eq_ignore_ascii_case(name));
                return Err(InvalidProxy(match named {
                    Some(name) => format!("a proxy by {name}:// is not supported, only by http://"),
                    None => "a proxy is http://host:port".to_owned(),
                }));
            }
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let (host, port) = host_and_port(place).ok_or_else(|| {
            InvalidProxy(
                "a proxy is http://host:port, with user:password@ before the host if it wants that"
                    .to_owned(),
            )
        })?;
        let credentials = user.map(|user| {
            let decode = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            STANDARD.encode([&decode(name)[..], b":", &decode(password)].concat())
        });
        Ok(Self { host, port, credentials })
    }

    /// Asks for a tunnel on a fresh connection. What the other end of it sends is left unread.
    pub(super) async fn open(&self, stream: &mut TcpStream, to: &str) -> io::Result<()> {
        let mut head = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nUser-Agent: {USER_AGENT}\r\n");
        if let Some(credentials) = &self.credentials {
            head.extend(["Proxy-Authorization: Basic ", credentials, "\r\n"]);
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        let head = read_head(stream).await?;
        let refuse = |answer| {
            Err(io::Error::other(Refusal { answer, to: to.to_owned(), known: self.credentials.is_some() }))
        };
        let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut parsed = httparse::Response::new(&mut fields);
        match parsed.parse(&head) {
            Ok(httparse::Status::Complete(_)) => {}
            _ if head.is_empty() => return refuse(Answer::Nothing),
            _ => {
                let shown = head[..head.len().min(SHOWN)].escape_ascii().to_string();
                return refuse(Answer::Strange(shown));
            }
        }
        match parsed.code {
            Some(200..=299) => Ok(()),
            code => {
                let reason = parsed.reason.unwrap_or_default().escape_debug().to_string();
                refuse(Answer::Status(code.unwrap_or_default(), reason))
            }
        }
    }
}

/// The credentials are never shown.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// The head of the answer and not a byte more; what there is of it when it ends early or is too long.
async fn read_head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut some = [0; 1024];
    while head.len() < MAX_HEAD {
        let seen = stream.peek(&mut some).await?;
        if seen == 0 {
            break;
        }
        let before = head.len();
        head.extend_from_slice(&some[..seen]);
        let from = before.saturating_sub(3);
        let end = memchr::memmem::find(&head[from..], b"\r\n\r\n").map(|at| from + at + 4);
        head.truncate(end.unwrap_or(head.len()));
        let taken = head.len() - before;
        stream.read_exact(&mut some[..taken]).await?;
        // What does not begin as HTTP/1 has no end to wait for.
        if end.is_some() || !b"HTTP/1."[..head.len().min(7)].eq(&head[..head.len().min(7)]) {
            break;
        }
    }
    Ok(head)
}

/// `host:port`, `[v6]:port`; the port may be left out.
fn host_and_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, tail) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, if tail.is_empty() { None } else { Some(tail.strip_prefix(':')?) })
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let port = port.map_or(Some(80), |port| port.parse().ok())?;
    (!host.is_empty() && host.chars().all(fits)).then(|| (host.to_owned(), port))
}

/// A proxy that did not open a tunnel.
#[derive(Debug)]
pub(super) struct Refusal {
    answer: Answer,
    to: String,
    /// Whether credentials were sent.
    known: bool,
}

#[derive(Debug)]
enum Answer {
    Nothing,
    Strange(String),
    Status(u16, String),
}

impl Refusal {
    /// The one in an error, if there is one.
    pub(super) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }

    /// Whether it wants credentials: `Some(true)` when it was given some.
    pub(super) fn wants_credentials(&self) -> Option<bool> {
        match self.answer {
            Answer::Status(407, _) => Some(self.known),
            // tinyproxy says so to a wrong password, as if it were the server that is asked.
            Answer::Status(401, _) if self.known => Some(true),
            _ => None,
        }
    }

    /// Whether the proxy says that it does not get through at present.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.answer, Answer::Status(502..=504, _))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = &self.to;
        match &self.answer {
            Answer::Nothing => write!(f, "closed the connection when it was asked for {to}"),
            Answer::Strange(text) => write!(f, "is no HTTP proxy: it answered '{text}'"),
            Answer::Status(code @ (401 | 407), _) if self.known => {
                write!(f, "does not take the user and password ({code})")
            }
            Answer::Status(407, _) => f.write_str("wants a user and a password (407)"),
            Answer::Status(code, reason) => {
                let gap = if reason.is_empty() { "" } else { " " };
                write!(f, "does not connect to {to}: it answered {code}{gap}{reason}")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// A text that is no proxy, and why; without the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidProxy(String);

impl fmt::Display for InvalidProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidProxy {}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
