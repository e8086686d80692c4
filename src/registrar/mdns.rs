//! A server in the local network: it answers there when its kind is asked for.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mdns_sd::{DaemonEvent, IfKind, IfPredicate, RRType, ServiceInfo};
use tokio::time::{Instant, sleep, timeout_at};

use super::keeper::Held;
use super::told::Told;
use super::{Presence, RegisterError};
use crate::client::look_up;
use crate::client::mdns::{Daemon, ServiceType};
use crate::leaf::os_cause::words;

/// How long it may take to find out that nobody else has the name (0.75 s, RFC 6762, section 8.1), and another if so.
const PATIENCE: Duration = Duration::from_secs(5);
/// The goodbye is said twice, 0.12 s apart, as one may be lost.
const GOODBYES: Duration = Duration::from_millis(150);
/// The longest name of a server; a label of DNS has 63 bytes, and another name has a number behind it.
const LONGEST: usize = 56;

/// What the network is told, by a thread that answers for it.
pub(super) struct InNetwork {
    kind: ServiceType,
    presence: Presence,
    host: String,
    port: u16,
    daemon: Option<(Daemon, String)>,
    /// Whether it has been said that nobody else sees it.
    is_warned: bool,
}

impl InNetwork {
    /// # Errors
    /// When the address is no host and port.
    pub(super) fn new(kind: ServiceType, presence: Presence) -> Result<Self, RegisterError> {
        let address = &presence.address;
        let unfit = || RegisterError::invalid(format!("'{address}' is no host and port, as mDNS wants them"));
        let (host, port) = address.rsplit_once(':').ok_or_else(unfit)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = port.parse().map_err(|_| unfit())?;
        Ok(Self { kind, presence, host, port, daemon: None, is_warned: false })
    }

    /// Its own name among those of its kind. A dot would end a label, and not everybody knows how to write one inside.
    fn name(&self) -> String {
        let mut name = self.presence.address.replace('.', "-");
        while name.len() > LONGEST {
            name.pop();
        }
        name
    }

    /// The addresses to tell; none where all that this machine has are told.
    async fn addresses(&self) -> Result<Vec<IpAddr>, RegisterError> {
        if self.presence.everywhere.is_some() {
            return Ok(Vec::new());
        }
        let bare = self.host.split('%').next().unwrap_or_default();
        if let Ok(address) = bare.parse() {
            return Ok(vec![address]);
        }
        let found = look_up(&self.host, self.port).await;
        let found = found.map_err(|error| {
            let why = words(&error);
            RegisterError::other(format!("mDNS tells addresses, and '{}' has none: {why}", self.host))
        })?;
        Ok(found.iter().map(SocketAddr::ip).collect())
    }

    /// What is told.
    fn info(&self, addresses: &[IpAddr]) -> Result<ServiceInfo, mdns_sd::Error> {
        let name = self.name();
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let label: String = name.chars().map(plain).collect();
        // A name of its own, as several servers of one machine need not have the same addresses.
        let host = format!("greet-{}.local.", label.trim_matches('-'));
        let security = if self.presence.secure { "tls" } else { "plaintext" };
        let said = [("security", security)];
        let mut info =
            ServiceInfo::new(&self.kind.to_string(), &name, &host, addresses, self.port, &said[..])?;
        if let Some(any) = self.presence.everywhere {
            let is_v4 = any.is_ipv4();
            let is_ours = IfPredicate::new(move |one| !one.is_loopback() && (one.ip().is_ipv4() || !is_v4));
            info.set_interfaces(vec![IfKind::Predicate(is_ours)]);
            info = info.enable_addr_auto();
        }
        Ok(info)
    }

    async fn hold_on(&mut self, told: &mut Told) -> Result<Infallible, RegisterError> {
        let failed = |error: mdns_sd::Error| RegisterError::other(error.to_string());
        let addresses = self.addresses().await?;
        let info = self.info(&addresses).map_err(failed)?;
        let full = info.get_fullname().to_owned();
        let daemon = Daemon::start().map_err(failed)?;
        let events = daemon.monitor().map_err(failed)?;
        daemon.register(info).map_err(failed)?;
        self.daemon = Some((daemon, full));
        let mut name = self.name();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let event = if told.is_here() {
                events.recv_async().await
            } else {
                let event = timeout_at(deadline, events.recv_async()).await;
                event.map_err(|_| RegisterError::other(unheard(&addresses)))?
            };
            match event {
                Ok(DaemonEvent::Announce(..)) => {
                    told.registered(&name);
                    self.warn(&addresses, told);
                }
                Ok(DaemonEvent::NameChange(change)) if change.rr_type == RRType::SRV => {
                    let other = self.kind.instance(&change.new_name).to_owned();
                    if other != name {
                        told.note(&format!(
                            "another server there is called {name}: this one is called {other}"
                        ));
                        name = other;
                    }
                }
                Ok(DaemonEvent::Error(error)) => return Err(failed(error)),
                Ok(_) => {}
                Err(_) => return Err(RegisterError::other("the thread that answers has ended")),
            }
        }
    }

    /// What is told to this machine alone is said aloud, once.
    fn warn(&mut self, addresses: &[IpAddr], told: &Told) {
        if !addresses.is_empty() && addresses.iter().all(IpAddr::is_loopback) && !self.is_warned {
            self.is_warned = true;
            told.note(&format!("{} is found from this machine alone, as it listens nowhere else", self.host));
        }
    }
}

/// Why nothing was told to anybody.
fn unheard(addresses: &[IpAddr]) -> String {
    match addresses.first() {
        Some(address) => {
            format!("no network of this machine has {address} in it, so nobody could be told")
        }
        None => "this machine is in no network".to_owned(),
    }
}

#[async_trait::async_trait]
impl Held for InNetwork {
    async fn hold(&mut self, told: &mut Told) -> RegisterError {
        match self.hold_on(told).await {
            Err(error) => {
                self.daemon = None;
                error
            }
            Ok(never) => match never {},
        }
    }

    async fn leave(&mut self) -> Result<(), RegisterError> {
        let Some((daemon, full)) = self.daemon.take() else { return Ok(()) };
        let said = daemon.unregister(&full).map_err(|error| RegisterError::other(error.to_string()))?;
        if said.recv_async().await.is_ok() {
            sleep(GOODBYES).await;
        }
        daemon.end().await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(address: &str) -> InNetwork {
        InNetwork::new(ServiceType::parse("a").unwrap(), Presence::new(address)).unwrap()
    }

    #[tokio::test]
    async fn a_server_has_a_name_of_its_own() {
        for (address, name, host) in [
            ("10.0.0.5:1", "10-0-0-5:1", "greet-10-0-0-5-1.local."),
            ("[fe80::1%2]:1", "[fe80::1%2]:1", "greet-fe80--1-2--1.local."),
            ("localhost:1", "localhost:1", "greet-localhost-1.local."),
        ] {
            let held = held(address);
            let addresses = held.addresses().await.unwrap();
            assert!(!addresses.is_empty());
            let info = held.info(&addresses).unwrap();
            assert_eq!((held.name().as_str(), info.get_hostname()), (name, host));
            assert_eq!(info.get_fullname(), format!("{name}._a._tcp.local."));
            assert_eq!((info.get_port(), info.get_addresses().len()), (1, addresses.len()));
            assert_eq!(info.get_property_val_str("security"), Some("plaintext"));
        }
        let long = held(&format!("{}:1", "ä".repeat(60)));
        assert_eq!(long.name(), "ä".repeat(28));
        assert!(
            InNetwork::new(ServiceType::parse("a").unwrap(), Presence::new("h"))
                .is_err_and(|e| e.is_invalid())
        );
    }
}
