//! Names that somebody else turns into addresses: a DNS server, a file, a program, a registry.

use std::fmt;

/// What a target says of servers that are found by asking: by whom, where, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Name {
    /// Who is asked.
    pub scheme: Scheme,
    /// What stands between `//` and the next `/`: the servers that are asked, as they were typed; empty where the scheme
    /// has a place of its own to ask.
    pub authority: String,
    /// What is asked for: a name, a path, a command; never empty.
    pub what: String,
}

/// Who turns a name into addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `dns://SERVER/NAME`: a DNS server other than the system's.
    Dns,
    /// `dns+srv:NAME`: SRV records, which have ports and weights.
    DnsSrv,
    /// `file:PATH`: a file of addresses.
    File,
    /// `exec:COMMAND`: a program that prints addresses.
    Exec,
    /// `etcd://H:P,…/SERVICE`: keys in etcd.
    Etcd,
    /// `consul://HOST/SERVICE`: the healthy ones that Consul knows.
    Consul,
    /// `mdns:SERVICE`: whoever answers in the local network.
    Mdns,
}

impl Scheme {
    /// As it is typed, without the colon.
    pub fn text(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::DnsSrv => "dns+srv",
            Self::File => "file",
            Self::Exec => "exec",
            Self::Etcd => "etcd",
            Self::Consul => "consul",
            Self::Mdns => "mdns",
        }
    }

    /// The scheme that a text begins with, and what stands behind its colon. `name:digits` is a host and a port, also
    /// where the name is a scheme's.
    pub(super) fn split(text: &str) -> Option<(Self, &str)> {
        const ALL: [Scheme; 7] = [
            Scheme::Dns,
            Scheme::DnsSrv,
            Scheme::File,
            Scheme::Exec,
            Scheme::Etcd,
            Scheme::Consul,
            Scheme::Mdns,
        ];
        let (head, rest) = text.split_once(':')?;
        let scheme = ALL.into_iter().find(|scheme| scheme.text() == head)?;
        let first = rest.split(',').next().unwrap_or_default();
        let is_port = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
        (!is_port).then_some((scheme, rest))
    }
}

impl Name {
    /// Reads what stands behind the scheme's colon: `what`, `//authority/what` or `///what`.
    pub(super) fn read(scheme: Scheme, rest: &str) -> Result<Self, String> {
        let (authority, what) = match scheme {
            // A command is the shell's, to the letter.
            Scheme::Exec => ("", rest),
            // The slash behind the authority is the path's own.
            Scheme::File => match rest.strip_prefix("//") {
                Some(path) if path.starts_with('/') => ("", path),
                Some(_) => return Err("the form is file:PATH or file:///PATH".to_owned()),
                None => ("", rest),
            },
            _ => match rest.strip_prefix("//").map(|after| after.split_once('/')) {
                Some(Some(parts)) => parts,
                Some(None) => {
                    let scheme = scheme.text();
                    return Err(format!("the form is {scheme}://SERVER/NAME or {scheme}:NAME"));
                }
                None => ("", rest),
            },
        };
        if what.trim().is_empty() {
            return Err(match scheme {
                Scheme::File => "a path is missing",
                Scheme::Exec => "a command is missing",
                _ => "a name is missing",
            }
            .to_owned());
        }
        if authority.contains('@') {
            return Err("a target has no user".to_owned());
        }
        Ok(Self { scheme, authority: authority.to_owned(), what: what.to_owned() })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, authority, what } = self;
        let scheme = scheme.text();
        if authority.is_empty() {
            write!(f, "{scheme}:{what}")
        } else {
            write!(f, "{scheme}://{authority}/{what}")
        }
    }
}
