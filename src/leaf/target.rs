//! What a user types to name a server: `host:port`, `unix:/path`, `https://host/prefix` and their like.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;

use super::name::{Name, Scheme};

/// One or several places of one server, as they were typed; nothing is looked up here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    text: String,
    places: Vec<Place>,
    scheme: Option<Security>,
    prefix: String,
}

/// One place where a server may listen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A host name or address; without a port the one that the security means.
    Tcp {
        /// A name or an IP address, without brackets.
        host: String,
        /// The port, if one was given.
        port: Option<u16>,
    },
    /// A unix socket in the file system.
    Unix(PathBuf),
    /// A unix socket in Linux's abstract namespace, without its leading NUL.
    UnixAbstract(String),
    /// A name that somebody is asked for; it stands alone in its target.
    Named(Name),
}

/// Whether the bytes on a connection are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// HTTP/2 with prior knowledge.
    Plaintext,
    /// HTTP/2 over TLS.
    Tls,
}

impl Target {
    /// Reads a target (the section TARGET of the command line's contract).
    ///
    /// # Errors
    /// When the text names no server; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let fail = |why: &str| TargetError { text: text.to_owned(), why: why.to_owned() };
        if text.is_empty() {
            return Err(fail("it is empty"));
        }
        let whole = |places, scheme, prefix| Self { text: text.to_owned(), places, scheme, prefix };
        let named = Scheme::split(text);
        // A path or a command may have blanks.
        let blanks = matches!(named, Some((Scheme::File | Scheme::Exec, _)));
        if text.chars().any(|c| c.is_control() || c.is_whitespace() && !blanks) {
            return Err(fail("it has blanks or control characters"));
        }
        let system = |name: &Name| name.scheme == Scheme::Dns && name.authority.is_empty();
        if let Some((scheme, rest)) = named {
            let name = Name::read(scheme, rest).map_err(|why| fail(&why))?;
            // The system's resolver is asked as for a name without a scheme.
            let place = if system(&name) {
                tcp(&name.what).map_err(|why| fail(&why))?
            } else {
                if matches!(scheme, Scheme::Dns | Scheme::DnsSrv) {
                    tcp(&name.what).map_err(|why| fail(&why))?;
                }
                Place::Named(name)
            };
            return Ok(whole(vec![place], None, String::new()));
        }
        if let Some(name) = text.strip_prefix("unix-abstract:") {
            let place = Place::UnixAbstract(name.to_owned());
            return if name.is_empty() {
                Err(fail("a name is missing"))
            } else {
                Ok(whole(vec![place], None, String::new()))
            };
        }
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() {
                Err(fail("a path is missing"))
            } else {
                Ok(whole(vec![Place::Unix(path.into())], None, String::new()))
            };
        }
        for (scheme, security) in [("http://", Security::Plaintext), ("https://", Security::Tls)] {
            if let Some(rest) = strip_scheme(text, scheme) {
                let (authority, prefix) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
                if prefix.contains(['?', '#']) {
                    return Err(fail("a target has no query"));
                }
                let place = tcp(authority).map_err(|why| fail(&why))?;
                let prefix = prefix.trim_end_matches('/').to_owned();
                return Ok(whole(vec![place], Some(security), prefix));
            }
        }
        let list: Vec<_> = if let Some(rest) = text.strip_prefix("ipv4:") {
            rest.split(',')
                .map(|a| tcp(a).and_then(|p| only(p, IpAddr::is_ipv4, "an IPv4 address")))
                .collect()
        } else if let Some(rest) = text.strip_prefix("ipv6:") {
            rest.split(',')
                .map(|a| tcp(a).and_then(|p| only(p, IpAddr::is_ipv6, "an IPv6 address")))
                .collect()
        } else if let Some((scheme, _)) = text.split_once("://") {
            return Err(fail(&format!("the scheme '{scheme}' is not known")));
        } else {
            text.split(',').map(tcp).collect()
        };
        let places = list.into_iter().collect::<Result<Vec<_>, _>>().map_err(|why| fail(&why))?;
        Ok(whole(places, None, String::new()))
    }

    /// The text as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The places, in the order given; never empty.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The name that somebody is asked for; `None` where the places stand in the target itself.
    pub fn name(&self) -> Option<&Name> {
        match &self.places[..] {
            [Place::Named(name)] => Some(name),
            _ => None,
        }
    }

    /// The path before every method's, without a trailing slash; empty when there is none.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether all places are loopback by their text, or unix sockets.
    pub fn is_loopback(&self) -> bool {
        self.places.iter().all(Place::is_loopback)
    }

    /// Plaintext or TLS: what was said explicitly, else the scheme, else plaintext on loopback.
    ///
    /// # Errors
    /// When an explicit choice contradicts the scheme, or a list mixes loopback and others.
    pub fn security(&self, explicit: Option<Security>) -> Result<Security, TargetError> {
        let fail = |why: &str| TargetError { text: self.text.clone(), why: why.to_owned() };
        match (explicit, self.scheme) {
            (Some(Security::Tls), Some(Security::Plaintext)) => Err(fail("http:// is plaintext")),
            (Some(Security::Plaintext), Some(Security::Tls)) => Err(fail("https:// is TLS")),
            (Some(said), _) | (None, Some(said)) => Ok(said),
            (None, None) => match self.places.iter().filter(|place| place.is_loopback()).count() {
                0 => Ok(Security::Tls),
                n if n == self.places.len() => Ok(Security::Plaintext),
                _ => Err(fail("it mixes loopback and other hosts")),
            },
        }
    }

    /// The port of a place that has none: 443 with TLS, 50051 on loopback, else 80.
    pub fn default_port(place: &Place, security: Security, from_scheme: bool) -> u16 {
        match security {
            Security::Tls => 443,
            Security::Plaintext if place.is_loopback() && !from_scheme => 50051,
            Security::Plaintext => 80,
        }
    }

    /// Whether the security came with a scheme (`http://`, `https://`).
    pub fn has_scheme(&self) -> bool {
        self.scheme.is_some()
    }
}

impl Place {
    /// Reads one place of a list: `host:port`, an address, `unix:PATH` or `unix-abstract:NAME`.
    ///
    /// # Errors
    /// When it is something else, such as a name that somebody is to be asked for.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let fail = |why: &str| TargetError { text: text.to_owned(), why: why.to_owned() };
        let mut target = Target::parse(text)?;
        match (target.places.pop(), target.places.is_empty(), target.scheme) {
            (Some(place), true, None) if !matches!(place, Self::Named(_)) => Ok(place),
            _ => Err(fail("in a list a place is host:port or unix:PATH")),
        }
    }

    /// Whether this is loopback by its text, or a unix socket; nothing is resolved for it.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Unix(_) | Self::UnixAbstract(_) => true,
            // What somebody else says must not decide that nothing is encrypted.
            Self::Named(_) => false,
            Self::Tcp { host, .. } => {
                if let Ok(address) = host.parse::<IpAddr>() {
                    return address.is_loopback() || address.is_unspecified();
                }
                let host = host.trim_end_matches('.').to_ascii_lowercase();
                host == "localhost" || host.ends_with(".localhost")
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } => {
                if host.contains(':') {
                    write!(f, "[{host}]")?;
                } else {
                    f.write_str(host)?;
                }
                port.map_or(Ok(()), |port| write!(f, ":{port}"))
            }
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::UnixAbstract(name) => write!(f, "unix-abstract:{name}"),
            Self::Named(name) => name.fmt(f),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        Self::parse(text)
    }
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    text.get(..scheme.len()).filter(|head| head.eq_ignore_ascii_case(scheme)).map(|_| &text[scheme.len()..])
}

fn only(place: Place, family: fn(&IpAddr) -> bool, wanted: &str) -> Result<Place, String> {
    match &place {
        Place::Tcp { host, .. } if host.parse::<IpAddr>().is_ok_and(|a| family(&a)) => Ok(place),
        _ => Err(format!("'{place}' is not {wanted}")),
    }
}

/// `host`, `host:port`, `:port`, `[v6]`, `[v6]:port`, or a bare IPv6 address.
fn tcp(text: &str) -> Result<Place, String> {
    let port_of = |digits: &str| {
        let port = if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse::<u16>().ok() } else { None };
        port.ok_or_else(|| format!("'{digits}' is no port (0 to 65535)"))
    };
    if text.contains('@') {
        return Err("a target has no user".to_owned());
    }
    if text.contains(['?', '#']) {
        return Err("a target has no query".to_owned());
    }
    if text.contains('/') {
        return Err("a path needs http:// or https:// before the host".to_owned());
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (host, tail) = rest.split_once(']').ok_or_else(|| "a ']' is missing".to_owned())?;
        let address = host.split_once('%').map_or(host, |(address, _zone)| address);
        address.parse::<Ipv6Addr>().map_err(|_| format!("'{host}' is no IPv6 address"))?;
        let port = match tail.strip_prefix(':') {
            Some(digits) => Some(port_of(digits)?),
            None if tail.is_empty() => None,
            None => return Err("after ']' comes ':port' or nothing".to_owned()),
        };
        return Ok(Place::Tcp { host: host.to_owned(), port });
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok(Place::Tcp { host: text.to_owned(), port: None });
    }
    let (host, port) = match text.split_once(':') {
        Some(("", digits)) => ("localhost", Some(digits)),
        Some((host, digits)) => (host, Some(digits)),
        None => (text, None),
    };
    if host.is_empty() {
        return Err("a host is missing".to_owned());
    }
    if port.is_none() && host.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("a port alone is written ':{host}'"));
    }
    if !host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        return Err(format!("'{host}' is no host name"));
    }
    let port = port.map(port_of).transpose()?;
    Ok(Place::Tcp { host: host.to_owned(), port })
}

/// A text that names no server, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetError {
    text: String,
    why: String,
}

impl TargetError {
    /// What is wrong with it, without the text.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no target: {}", self.text.escape_debug(), self.why)
    }
}

impl std::error::Error for TargetError {}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
