//! How a connection is made, and what it takes and sends at most.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::leaf::{Security, Size};

use super::names::NameOptions;
use super::proxy::Proxy;
use super::tls::TlsOptions;

/// How to connect; [`Default`] is what `greet call` does when nothing is said.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// Plaintext or TLS; `None` leaves it to the target.
    pub security: Option<Security>,
    /// How long names, connection and handshake may take together; 10 s.
    pub connect_timeout: Duration,
    /// `:authority` of every call; `None` is the target's host and port, `localhost` for unix sockets.
    pub authority: Option<String>,
    /// What stands before `greet/VERSION` in `user-agent`.
    pub user_agent: Option<String>,
    /// The largest reply that is taken, decompressed; 1 GiB.
    pub max_recv_size: Size,
    /// The largest request that is sent; no limit but that of the prefix, 4 GiB.
    pub max_send_size: Size,
    /// How long after each other the server is pinged while a call is open; `None` is not at all. A server that does not
    /// answer a ping for as long, at least 1 s and at most 20 s, and of which nothing else is heard, is gone.
    pub keepalive: Option<Duration>,
    /// Whom to trust and who to be, where the connection is TLS.
    pub tls: TlsOptions,
    /// The proxy through which all servers are reached.
    pub proxy: Option<Proxy>,
    /// The one family of addresses to dial; `None` is both.
    pub family: Option<IpFamily>,
    /// How names are turned into addresses, where that is not the system's business.
    pub names: NameOptions,
    /// What is not to be looked up, for whom addresses are given here.
    overrides: Vec<Override>,
}

/// A family of IP addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpFamily {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl fmt::Display for IpFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
        })
    }
}

#[derive(Debug, Clone)]
struct Override {
    host: String,
    port: u16,
    addresses: Vec<IpAddr>,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            security: None,
            connect_timeout: Duration::from_secs(10),
            authority: None,
            user_agent: None,
            max_recv_size: Size::mebibytes(1024),
            max_send_size: Size::UNLIMITED,
            keepalive: None,
            tls: TlsOptions::default(),
            proxy: None,
            family: None,
            names: NameOptions::default(),
            overrides: Vec::new(),
        }
    }
}

impl ConnectOptions {
    /// Says plaintext or TLS explicitly.
    #[must_use]
    pub fn with_security(mut self, security: Security) -> Self {
        self.security = Some(security);
        self
    }

    /// Bounds names, connection and handshake together.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets `:authority`.
    #[must_use]
    pub fn with_authority(mut self, authority: impl Into<String>) -> Self {
        self.authority = Some(authority.into());
        self
    }

    /// Sets what stands before `greet/VERSION` in `user-agent`.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Bounds a reply.
    #[must_use]
    pub fn with_max_recv_size(mut self, size: Size) -> Self {
        self.max_recv_size = size;
        self
    }

    /// Bounds a request.
    #[must_use]
    pub fn with_max_send_size(mut self, size: Size) -> Self {
        self.max_send_size = size;
        self
    }

    /// Pings the server while a call is open.
    #[must_use]
    pub fn with_keepalive(mut self, every: Duration) -> Self {
        self.keepalive = Some(every);
        self
    }

    /// Says how TLS is to be.
    #[must_use]
    pub fn with_tls(mut self, tls: TlsOptions) -> Self {
        self.tls = tls;
        self
    }

    /// Reaches servers through a proxy.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Dials addresses of one family only.
    #[must_use]
    pub fn with_family(mut self, family: IpFamily) -> Self {
        self.family = Some(family);
        self
    }

    /// Takes these addresses for a host and port instead of looking the name up; what is said last holds. Names
    /// in TLS and `:authority` stay the host's.
    #[must_use]
    pub fn with_addresses(
        mut self,
        host: impl Into<String>,
        port: u16,
        addresses: impl Into<Vec<IpAddr>>,
    ) -> Self {
        self.overrides.push(Override { host: host.into(), port, addresses: addresses.into() });
        self
    }

    /// Says how names are turned into addresses.
    #[must_use]
    pub fn with_names(mut self, names: NameOptions) -> Self {
        self.names = names;
        self
    }

    /// The addresses that are said for a host and port.
    pub(super) fn said(&self, host: &str, port: u16) -> Option<&[IpAddr]> {
        let found =
            self.overrides.iter().rfind(|one| one.port == port && one.host.eq_ignore_ascii_case(host));
        found.map(|one| &one.addresses[..])
    }
}
