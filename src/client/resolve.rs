//! From the places of a target to the addresses that can be dialled.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use crate::leaf::{Name, Place, Scheme, Security, Target};

use super::attempt::Attempt;
use super::error::{ConnectError, Kind};
use super::names;
use super::options::{ConnectOptions, IpFamily};

/// The other side of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Peer {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// A unix socket in the file system.
    Unix(PathBuf),
    /// A unix socket in Linux's abstract namespace, without its leading NUL.
    UnixAbstract(String),
    /// A server behind an HTTP proxy.
    Proxied {
        /// The proxy's address.
        proxy: SocketAddr,
        /// What the proxy is asked to connect to: a host and a port.
        to: String,
    },
}

impl Peer {
    /// Whether it is dialled by IPv6.
    pub(super) fn is_ipv6(&self) -> bool {
        matches!(self, Self::Tcp(address) | Self::Proxied { proxy: address, .. } if address.is_ipv6())
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::UnixAbstract(name) => write!(f, "unix-abstract:{name}"),
            Self::Proxied { proxy, to } => write!(f, "{to} through the proxy {proxy}"),
        }
    }
}

/// An address to dial, and what to call the server there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) peer: Peer,
    /// `:authority`, unless the options say another.
    pub(super) authority: String,
    /// The host by which the server is asked in TLS, unless the options say another.
    pub(super) host: String,
}

impl Candidate {
    /// What is dialled: the peer, or the proxy before it.
    pub(super) fn place(&self) -> String {
        match &self.peer {
            Peer::Proxied { proxy, .. } => format!("the proxy {proxy}"),
            peer => peer.to_string(),
        }
    }
}

/// A name that led to no address, and the system's cause.
#[derive(Debug)]
pub(super) struct Unresolved {
    /// Whether it is the proxy's name.
    pub(super) is_proxy: bool,
    pub(super) host: String,
    pub(super) cause: io::Error,
}

impl Unresolved {
    /// The name, and whose it is.
    pub(super) fn place(&self) -> String {
        if self.is_proxy { format!("the proxy {}", self.host) } else { self.host.clone() }
    }

    /// The same with the name in quotes.
    pub(super) fn quoted(&self) -> String {
        let host = &self.host;
        if self.is_proxy { format!("the proxy '{host}'") } else { format!("'{host}'") }
    }
}

/// Looks up every place, in order. Within one name the address families take turns, so that one that is
/// broken delays the other by one attempt only. With a proxy it is the proxy that is looked up, once for all.
pub(super) async fn resolve(
    target: &Target,
    security: Security,
    options: &ConnectOptions,
) -> (Vec<Candidate>, Vec<Unresolved>) {
    resolve_places(target.places(), target.has_scheme(), security, options).await
}

/// The same for places; `has_scheme` is whether they stand in a target that has one.
pub(super) async fn resolve_places(
    places: &[Place],
    has_scheme: bool,
    security: Security,
    options: &ConnectOptions,
) -> (Vec<Candidate>, Vec<Unresolved>) {
    let (mut found, mut failed) = (Vec::new(), Vec::new());
    let mut proxies = Vec::new();
    if let Some(proxy) = &options.proxy {
        match addresses(&proxy.host, proxy.port, options).await {
            Ok(addresses) => proxies = interleave(addresses, SocketAddr::is_ipv6),
            Err(cause) => {
                let host = proxy.host.clone();
                return (found, vec![Unresolved { host, cause, is_proxy: true }]);
            }
        }
    }
    for place in places {
        match place {
            Place::Unix(path) => found.push(local(Peer::Unix(path.clone()))),
            Place::UnixAbstract(name) => found.push(local(Peer::UnixAbstract(name.clone()))),
            // Whom to ask is the business of `names`; a target that is one has no other places.
            Place::Named(_) => {}
            Place::Tcp { host, port } => {
                let port = port.unwrap_or_else(|| Target::default_port(place, security, has_scheme));
                let authority = authority(host, port);
                let candidate = |peer| Candidate { peer, authority: authority.clone(), host: host.clone() };
                if options.proxy.is_some() {
                    let said = options.said(host, port).and_then(|said| said.first());
                    let to =
                        said.map_or_else(|| authority.clone(), |to| SocketAddr::new(*to, port).to_string());
                    let through = |&proxy: &SocketAddr| candidate(Peer::Proxied { proxy, to: to.clone() });
                    found.extend(proxies.iter().map(through));
                    continue;
                }
                match addresses(host, port, options).await {
                    Ok(addresses) => {
                        let turns = interleave(addresses, SocketAddr::is_ipv6);
                        found.extend(turns.into_iter().map(|a| candidate(Peer::Tcp(a))));
                    }
                    Err(cause) => failed.push(Unresolved { host: host.clone(), cause, is_proxy: false }),
                }
            }
        }
    }
    (found, failed)
}

/// What is dialled for a target. Names that led to none are noted.
pub(super) async fn candidates(
    target: &Target,
    security: Security,
    options: &ConnectOptions,
    attempts: &mut Vec<Attempt>,
) -> Result<Vec<Candidate>, ConnectError> {
    if target.name().is_some() {
        // In a box, so that a plain target does not carry its size along.
        let named = Box::pin(names::candidates(target, options)).await.map_err(Kind::Named)?;
        attempts.extend(named.1);
        return Ok(named.0);
    }
    let (candidates, unresolved) = resolve(target, security, options).await;
    if candidates.is_empty() {
        return Err(Kind::Unresolved(unresolved).into());
    }
    attempts.extend(unresolved.into_iter().map(Attempt::from));
    Ok(candidates)
}

/// What is `:authority` at the first place of a target, whatever its addresses are.
pub(super) fn authority_of(target: &Target, security: Security) -> String {
    let of_place = |place: &Place, has_scheme| match place {
        Place::Tcp { host, port } => {
            Some(authority(host, port.unwrap_or_else(|| Target::default_port(place, security, has_scheme))))
        }
        _ => None,
    };
    let said = target.places().first().and_then(|place| match place {
        Place::Named(Name { scheme: Scheme::Dns, what, .. }) => of_place(&Place::parse(what).ok()?, false),
        // Here the answer has the port, and nobody has been asked.
        Place::Named(Name { scheme: Scheme::DnsSrv, what, .. }) => Some(what.clone()),
        place => of_place(place, target.has_scheme()),
    });
    said.unwrap_or_else(|| LOCAL.to_owned())
}

/// Who sits behind a unix socket.
const LOCAL: &str = "localhost";

/// gRPC has no name for who sits behind a unix socket; servers expect this one.
fn local(peer: Peer) -> Candidate {
    Candidate { peer, authority: LOCAL.to_owned(), host: LOCAL.to_owned() }
}

fn authority(host: &str, port: u16) -> String {
    // A zone names an interface of this machine, which is nothing to the server.
    let host = host.split_once('%').map_or(host, |(address, _zone)| address);
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// The addresses of a host: those that the options say, else its own; of the wanted family.
async fn addresses(host: &str, port: u16, options: &ConnectOptions) -> io::Result<Vec<SocketAddr>> {
    let mut found = match options.said(host, port) {
        Some(said) => said.iter().map(|&address| SocketAddr::new(address, port)).collect(),
        None => look_up(host, port).await?,
    };
    if let Some(family) = options.family {
        found.retain(|address| address.is_ipv6() == (family == IpFamily::Ipv6));
    }
    if found.is_empty() {
        let family = options.family.map(|family| format!("{family} ")).unwrap_or_default();
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("it has no {family}address")));
    }
    Ok(found)
}

/// The addresses that the system knows of a host, with the port.
pub(crate) async fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if is_localhost(host) {
        // RFC 6761 lets a program know this name, which spares a thread and a file on a cold call.
        return Ok(vec![
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
            SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port),
        ]);
    }
    let mut addresses = Vec::new();
    for address in tokio::net::lookup_host((host, port)).await? {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// The same order, but the families take turns; the first keeps its place (gRFC A61).
pub(super) fn interleave<T>(list: Vec<T>, is_ipv6: impl Fn(&T) -> bool) -> Vec<T> {
    let Some(first) = list.first().map(&is_ipv6) else { return list };
    let (same, other): (Vec<_>, Vec<_>) = list.into_iter().partition(|one| is_ipv6(one) == first);
    let (mut same, mut other) = (same.into_iter(), other.into_iter());
    let mut turns = Vec::new();
    loop {
        let before = turns.len();
        turns.extend(same.next());
        turns.extend(other.next());
        if turns.len() == before {
            return turns;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn peers(target: &str) -> Vec<(String, String)> {
        let target = Target::parse(target).unwrap();
        let (found, failed) = resolve(&target, Security::Plaintext, &ConnectOptions::default()).await;
        assert!(failed.is_empty(), "{failed:?}");
        found.into_iter().map(|c| (c.peer.to_string(), c.authority)).collect()
    }

    #[tokio::test]
    async fn places_become_addresses_without_asking_anyone() {
        for (target, wanted) in [
            (":1", &[("127.0.0.1:1", "localhost:1"), ("[::1]:1", "localhost:1")][..]),
            ("a.localhost.:2", &[("127.0.0.1:2", "a.localhost.:2"), ("[::1]:2", "a.localhost.:2")]),
            ("localhost", &[("127.0.0.1:50051", "localhost:50051"), ("[::1]:50051", "localhost:50051")]),
            ("http://127.0.0.1", &[("127.0.0.1:80", "127.0.0.1:80")]),
            ("[::1]:3", &[("[::1]:3", "[::1]:3")]),
            (
                "ipv4:127.0.0.1:4,127.0.0.2:5",
                &[("127.0.0.1:4", "127.0.0.1:4"), ("127.0.0.2:5", "127.0.0.2:5")],
            ),
            ("unix:/a/b", &[("unix:/a/b", "localhost")]),
            ("unix-abstract:x", &[("unix-abstract:x", "localhost")]),
        ] {
            let wanted: Vec<_> = wanted.iter().map(|&(p, a)| (p.to_owned(), a.to_owned())).collect();
            assert_eq!(peers(target).await, wanted, "{target}");
        }
    }

    #[test]
    fn the_authority_is_known_before_anybody_is_asked_where_the_target_says_it() {
        for (target, wanted) in [
            ("a.b:1,c:2", "a.b:1"),
            ("https://a.b", "a.b:443"),
            ("unix:/s", "localhost"),
            ("dns://127.0.0.1/a.b:7", "a.b:7"),
            ("dns://127.0.0.1/a.b", "a.b:443"),
            ("dns+srv:a.b", "a.b"),
        ] {
            assert_eq!(authority_of(&Target::parse(target).unwrap(), Security::Tls), wanted, "{target}");
        }
    }

    #[test]
    fn families_take_turns() {
        let read = |texts: &[&str]| texts.iter().map(|t| t.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let given = read(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]);
        assert_eq!(
            interleave(given, SocketAddr::is_ipv6),
            read(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"])
        );
        assert_eq!(interleave(vec![], SocketAddr::is_ipv6), vec![]);
    }
}
