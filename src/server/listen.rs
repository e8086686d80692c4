//! Where a server listens, and how it comes to.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use socket2::{Domain, Protocol, Socket, Type};

use super::ListenError;
use crate::leaf::target::{Place, Target};

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// How many ports are tried until one is free on IPv4 and IPv6 both.
const TRIES: usize = 64;

/// One place to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Listen {
    /// This machine only: IPv4 and, where there is one, IPv6, on one port; port 0 is any that is free.
    Loopback {
        /// The port; 0 for any.
        port: u16,
    },
    /// All addresses of a host's name, or one address.
    Tcp {
        /// A name or an IP address, without brackets.
        host: String,
        /// The port; 0 for any.
        port: u16,
    },
    /// A unix socket in the file system.
    Unix(PathBuf),
}

impl Listen {
    /// Whether only this machine reaches it, by its text.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Loopback { .. } | Self::Unix(_) => true,
            Self::Tcp { host, .. } => {
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }

    /// Reads `HOST`, `HOST:PORT`, `:PORT` (loopback) or `unix:PATH`; without a port it is `port`.
    ///
    /// # Errors
    /// When the text is none of these; the error says what is wrong with it.
    pub fn parse(text: &str, port: u16) -> Result<Self, ListenError> {
        let target = Target::parse(text).map_err(|error| ListenError::invalid(text, error))?;
        match target.places() {
            [Place::Unix(path)] => Ok(Self::Unix(path.clone())),
            [Place::Tcp { host, port: given }] if !target.has_scheme() && target.prefix().is_empty() => {
                let port = given.unwrap_or(port);
                Ok(match host.as_str() {
                    "localhost" => Self::Loopback { port },
                    _ => Self::Tcp { host: host.clone(), port },
                })
            }
            // A list, a scheme, an abstract socket: a target that one calls.
            _ => Err(ListenError::invalid(text, "a place to listen is HOST, HOST:PORT or unix:PATH")),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback { port } => write!(f, "localhost:{port}"),
            Self::Tcp { host, port } => Place::Tcp { host: host.clone(), port: Some(*port) }.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A socket that listens.
#[derive(Debug)]
pub(super) enum Bound {
    Tcp(TcpListener),
    Unix(UnixListener, SocketFile),
}

/// The places that one [`Listen`] became.
pub(super) struct Opened {
    pub(super) bound: Vec<Bound>,
    /// What a caller types.
    pub(super) target: String,
}

/// Listens.
pub(super) fn open(listen: &Listen) -> Result<Opened, ListenError> {
    let fail = |error| ListenError::new(listen, error);
    match listen {
        Listen::Loopback { port } => {
            let (bound, port) = loopback(*port).map_err(fail)?;
            Ok(Opened { bound, target: format!("localhost:{port}") })
        }
        Listen::Tcp { host, port } => {
            let addresses: Vec<SocketAddr> =
                (host.as_str(), *port).to_socket_addrs().map_err(fail)?.collect();
            let mut port = *port;
            let mut bound = Vec::new();
            for mut address in addresses {
                // A name's other addresses take the port that the first was given.
                address.set_port(port);
                let listener = match tcp(address) {
                    Ok(listener) => listener,
                    // `localhost` means ::1 even where there is no IPv6.
                    Err(error) if !bound.is_empty() && error.kind() == io::ErrorKind::AddrNotAvailable => {
                        continue;
                    }
                    Err(error) => return Err(ListenError::new(address, error)),
                };
                port = listener.local_addr().map_err(fail)?.port();
                bound.push(Bound::Tcp(listener));
            }
            if bound.is_empty() {
                return Err(fail(io::Error::new(io::ErrorKind::NotFound, "the name has no address")));
            }
            let unspecified = host.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified());
            let host = if unspecified { "localhost".to_owned() } else { host.clone() };
            Ok(Opened { bound, target: Place::Tcp { host, port: Some(port) }.to_string() })
        }
        Listen::Unix(path) => {
            let bound = vec![unix(path).map_err(fail)?];
            Ok(Opened { bound, target: listen.to_string() })
        }
    }
}

/// IPv4 and IPv6 on one port.
fn loopback(port: u16) -> io::Result<(Vec<Bound>, u16)> {
    let mut last = None;
    for _ in 0..TRIES {
        let v4 = tcp((Ipv4Addr::LOCALHOST, port).into())?;
        let found = v4.local_addr()?.port();
        match tcp((Ipv6Addr::LOCALHOST, found).into()) {
            Ok(v6) => return Ok((vec![Bound::Tcp(v4), Bound::Tcp(v6)], found)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                if port != 0 {
                    return Err(error);
                }
                last = Some(error);
            }
            // There is no IPv6 here.
            Err(_) => return Ok((vec![Bound::Tcp(v4)], found)),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

fn tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() && !address.ip().is_unspecified() {
        socket.set_only_v6(true)?;
    }
    // A server that starts again does not wait for the old one's connections to be forgotten.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn unix(path: &Path) -> io::Result<Bound> {
    let listener = match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            // A file that nobody listens on was left behind by one that was killed.
            let is_socket = std::fs::symlink_metadata(path)?.file_type().is_socket();
            let refused = |e: io::Error| e.kind() == io::ErrorKind::ConnectionRefused;
            if !is_socket || !UnixStream::connect(path).is_err_and(refused) {
                return Err(error);
            }
            std::fs::remove_file(path)?;
            UnixListener::bind(path)?
        }
        bound => bound?,
    };
    listener.set_nonblocking(true)?;
    Ok(Bound::Unix(listener, SocketFile::of(path)?))
}

/// The file of a unix socket; removed at the end if it is still ours.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl SocketFile {
    fn of(path: &Path) -> io::Result<Self> {
        // The working directory may be another one at the end.
        Ok(Self { path: std::path::absolute(path)?, identity: identity(path)? })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.identity) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    std::fs::symlink_metadata(path).map(|data| (data.dev(), data.ino()))
}
