//! Where a server is to be registered, as it is typed.

use std::fmt;
use std::path::PathBuf;

#[cfg(feature = "consul")]
use super::consul::InConsul;
use super::etcd::InEtcd;
use super::file::InFile;
use super::keeper::Held;
#[cfg(feature = "mdns")]
use super::mdns::InNetwork;
use super::{Presence, RegisterError};
#[cfg(feature = "consul")]
use crate::client::consul::{Consul, ConsulOptions};
use crate::client::etcd::{EtcdFormat, EtcdOptions};
#[cfg(feature = "mdns")]
use crate::client::mdns::ServiceType;

/// One place where a server is registered.
#[derive(Debug, Clone)]
pub struct Listing(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Etcd {
        options: Box<EtcdOptions>,
        service: String,
        format: EtcdFormat,
    },
    File(PathBuf),
    #[cfg(feature = "consul")]
    Consul {
        options: ConsulOptions,
        service: String,
    },
    #[cfg(feature = "mdns")]
    Mdns(ServiceType),
}

impl Listing {
    /// Reads `etcd://[HOST:PORT,…]/SERVICE`, `consul://[HOST:PORT]/SERVICE`, `mdns:SERVICE` or `file:PATH`. `variable` looks up
    /// what the environment says of the place, such as `ETCDCTL_USER`; `format` is how it is written into etcd.
    ///
    /// # Errors
    /// When the text names no such place.
    pub fn parse(
        text: &str,
        format: EtcdFormat,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, RegisterError> {
        let unknown = || RegisterError::invalid(format!("'{text}' is no place to register in"));
        let (scheme, rest) = text.split_once(':').ok_or_else(unknown)?;
        match scheme {
            "etcd" => {
                let rest = rest.strip_prefix("//").ok_or_else(unknown)?;
                let (options, service) = EtcdOptions::parse(rest, variable)?;
                Ok(Self(Kind::Etcd { options: Box::new(options), service, format }))
            }
            #[cfg(feature = "consul")]
            "consul" => {
                let rest = rest.strip_prefix("//").ok_or_else(unknown)?;
                let parsed = ConsulOptions::parse(rest, variable);
                let (options, service) = parsed.map_err(|error| RegisterError::invalid(error.to_string()))?;
                Ok(Self(Kind::Consul { options, service }))
            }
            #[cfg(feature = "mdns")]
            "mdns" => {
                let kind = ServiceType::parse(rest.strip_prefix("///").unwrap_or(rest));
                Ok(Self(Kind::Mdns(kind.map_err(RegisterError::invalid)?)))
            }
            "file" if !rest.is_empty() => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                Ok(Self(Kind::File(path.into())))
            }
            _ => Err(unknown()),
        }
    }

    /// # Errors
    /// When the place wants an address of another kind.
    #[cfg_attr(
        not(any(feature = "consul", feature = "mdns")),
        expect(clippy::unnecessary_wraps, reason = "an address may be wrong for Consul and for mDNS")
    )]
    pub(super) fn held(self, presence: Presence) -> Result<Box<dyn Held>, RegisterError> {
        Ok(match self.0 {
            Kind::Etcd { options, service, format } => {
                Box::new(InEtcd::new(*options, service, format, presence))
            }
            Kind::File(path) => Box::new(InFile::new(path, presence)),
            #[cfg(feature = "consul")]
            Kind::Consul { options, service } => {
                Box::new(InConsul::new(Consul::new(&options), service, &presence)?)
            }
            #[cfg(feature = "mdns")]
            Kind::Mdns(kind) => Box::new(InNetwork::new(kind, presence)?),
        })
    }
}

/// The place, for people.
impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Etcd { options, .. } => write!(f, "etcd at {}", options.place()),
            #[cfg(feature = "consul")]
            Kind::Consul { options, .. } => write!(f, "consul at {}", options.place()),
            #[cfg(feature = "mdns")]
            Kind::Mdns(kind) => write!(f, "mdns:{}", kind.name()),
            Kind::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        let parse = |text: &str| Listing::parse(text, EtcdFormat::Etcd, |_| None);
        for (text, shown) in [
            ("etcd://h:1/s", "etcd at h:1"),
            ("etcd:///s", "etcd at 127.0.0.1:2379"),
            #[cfg(feature = "mdns")]
            ("mdns:_s._tcp.local", "mdns:s"),
            #[cfg(feature = "mdns")]
            ("mdns:///s", "mdns:s"),
            ("file:a/b", "the file a/b"),
            ("file:///a/b", "the file /a/b"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), shown);
        }
        for text in ["", "s", "etcd:s", "etcd://h:1", "file:", "mdns:", "mdns://h/s", "zookeeper://h/s"] {
            assert!(parse(text).unwrap_err().is_invalid(), "{text}");
        }
    }
}
