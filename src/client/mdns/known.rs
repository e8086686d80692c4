//! Who has answered in the local network, as far as it can be used: anybody there may say anything.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;

use mdns_sd::{ResolvedService, ScopedIp, ServiceEvent, TxtProperties};
use serde_json::{Map, Value};

/// The most servers that are listened to, whoever may be in the network.
const MOST: usize = 1000;
/// The most addresses of one server that are taken.
const MOST_ADDRESSES: usize = 8;
/// The most that is kept of what one server says of itself, in bytes; section 6.2 of RFC 6763 knows no use for more than 1,300.
const MOST_SAID: usize = 4096;

/// All servers of one kind that have been heard of.
#[derive(Default)]
pub(crate) struct Known {
    /// All who were named, also those of whom nothing more is known yet.
    named: HashSet<String>,
    answers: BTreeMap<String, Answer>,
}

impl Known {
    /// Takes in what was heard; gives whether something is otherwise now.
    ///
    /// # Errors
    /// Why nothing more is to be listened to.
    pub(crate) fn take(&mut self, event: ServiceEvent) -> Result<bool, String> {
        let mut is_new = false;
        match event {
            // The number is said nowhere else; a machine has at least its loopback.
            ServiceEvent::SearchStarted(how) if how.contains(" on 0 interfaces ") => {
                return Err("there is no network to ask, or UDP port 5353 cannot be shared".to_owned());
            }
            ServiceEvent::ServiceFound(_, full) => {
                self.named.insert(full);
            }
            ServiceEvent::ServiceResolved(service) => {
                self.named.insert(service.fullname.clone());
                let answer = Answer::read(&service);
                is_new = self.answers.get(&service.fullname) != answer.as_ref();
                match answer {
                    Some(answer) => self.answers.insert(service.fullname, answer),
                    None => self.answers.remove(&service.fullname),
                };
            }
            ServiceEvent::ServiceRemoved(_, full) => {
                self.named.remove(&full);
                is_new = self.answers.remove(&full).is_some();
            }
            _ => {}
        }
        if self.named.len() > MOST {
            return Err(format!("more than {MOST} servers answer, which is more than are listened to"));
        }
        Ok(is_new)
    }

    /// Those that can be used, by their full names.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.answers.iter().map(|(full, answer)| (full.as_str(), answer))
    }
}

/// What one server says of itself, as far as it can be used.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    /// Whether it is of IPv6, and the address; one that is of a link alone with the link.
    pub(crate) hosts: Vec<(bool, String)>,
    pub(crate) port: u16,
    pub(crate) metadata: Map<String, Value>,
}

impl Answer {
    /// `None` where nobody could be reached by it.
    fn read(service: &ResolvedService) -> Option<Self> {
        let mut hosts: Vec<_> = service.addresses.iter().filter_map(reach).collect();
        hosts.sort_unstable();
        // What holds on one link, or on this machine, is for those who have nothing better.
        let best = hosts.first()?.0;
        hosts.retain(|(reach, ..)| *reach <= best.max(Reach::Wide));
        hosts.truncate(MOST_ADDRESSES);
        let hosts = hosts.into_iter().map(|(_, address, host)| (address.is_ipv6(), host)).collect();
        let metadata = said(&service.txt_properties);
        (service.port > 0).then_some(Self { hosts, port: service.port, metadata })
    }
}

/// From where an address can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Wide,
    Link,
    Machine,
}

/// How far an address reaches, and how it is written; `None` for one that no other machine may name.
fn reach(scoped: &ScopedIp) -> Option<(Reach, IpAddr, String)> {
    let address = scoped.to_ip_addr();
    let plain = |reach| Some((reach, address, address.to_string()));
    if address.is_unspecified() || address.is_multicast() {
        return None;
    }
    match scoped {
        // Whoever says so from elsewhere would have this machine call itself.
        _ if address.is_loopback() => is_of_this_machine(scoped).then(|| plain(Reach::Machine)).flatten(),
        ScopedIp::V6(v6) if v6.addr().is_unicast_link_local() => {
            let link = v6.scope_id().index;
            Some((Reach::Link, address, format!("{address}%{link}")))
        }
        _ => plain(Reach::Wide),
    }
}

/// Whether an address was heard of on no other link than the machine's own.
fn is_of_this_machine(scoped: &ScopedIp) -> bool {
    let links = match scoped {
        ScopedIp::V4(v4) => v4.interface_ids(),
        ScopedIp::V6(v6) => std::slice::from_ref(v6.scope_id()),
        _ => return false,
    };
    !links.is_empty() && links.iter().all(|link| link.get_addrs().iter().any(IpAddr::is_loopback))
}

/// What a server says of itself: a name without a value is there, and no more.
fn said(properties: &TxtProperties) -> Map<String, Value> {
    let mut left = MOST_SAID;
    let pairs = properties.iter().map_while(|property| {
        let length = property.key().len() + property.val().map_or(0, <[u8]>::len);
        left = left.checked_sub(length)?;
        let value = property.val().map(|value| String::from_utf8_lossy(value).into_owned().into());
        Some((property.key().to_owned(), value.unwrap_or(Value::Null)))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use mdns_sd::{InterfaceId, ScopedIpV4, ServiceInfo};

    use super::*;

    fn service(name: &str, addresses: &str, port: u16, said: &[(&str, &str)]) -> Box<ResolvedService> {
        let info = ServiceInfo::new("_a._tcp.local.", name, "h.local.", addresses, port, said).unwrap();
        Box::new(info.as_resolved_service())
    }

    fn hosts(service: &ResolvedService) -> Vec<String> {
        Answer::read(service).map(|a| a.hosts.into_iter().map(|(_, host)| host).collect()).unwrap_or_default()
    }

    #[test]
    fn an_address_that_no_other_machine_may_name_is_left_out() {
        for (said, wanted) in [
            ("10.0.0.2,2001:db8::1", &["10.0.0.2", "2001:db8::1"][..]),
            // What holds on one link is for those who have nothing better.
            ("10.0.0.2,fe80::1", &["10.0.0.2"]),
            ("fe80::1", &["fe80::1%0"]),
            ("127.0.0.1,::1,0.0.0.0,::,224.0.0.1,ff02::1", &[]),
        ] {
            assert_eq!(hosts(&service("x", said, 1, &[])), wanted, "{said}");
        }
        assert_eq!(Answer::read(&service("x", "10.0.0.2", 0, &[])), None);
        let many = (0..100).map(|n| format!("10.0.0.{n}")).collect::<Vec<_>>().join(",");
        assert_eq!(hosts(&service("x", &many, 1, &[])).len(), MOST_ADDRESSES);
        // From another link than this machine's own, whichever has the number.
        let mut from_elsewhere = service("x", "10.0.0.2", 1, &[]);
        let link = InterfaceId { name: "none".to_owned(), index: u32::MAX };
        from_elsewhere.addresses = [ScopedIp::V4(ScopedIpV4::new([127, 0, 0, 1].into(), link))].into();
        assert_eq!(hosts(&from_elsewhere), [""; 0]);
    }

    #[test]
    fn what_is_said_is_kept_up_to_a_length() {
        let long = "x".repeat(200);
        let keys: Vec<String> = (0..100).map(|n| format!("{n:03}")).collect();
        let pairs: Vec<_> = keys.iter().map(|key| (key.as_str(), long.as_str())).collect();
        let answer = Answer::read(&service("x", "10.0.0.2", 1, &pairs)).unwrap();
        assert_eq!(answer.metadata.len(), MOST_SAID / 203);
        assert_eq!(answer.metadata["000"], long.as_str());
    }

    #[test]
    fn who_is_known_comes_changes_and_goes() {
        let mut known = Known::default();
        let came = |port| ServiceEvent::ServiceResolved(service("x", "10.0.0.2", port, &[]));
        let full = || "x._a._tcp.local.".to_owned();
        let kind = || "_a._tcp.local.".to_owned();
        assert_eq!(known.take(ServiceEvent::ServiceFound(kind(), full())), Ok(false));
        assert_eq!(known.take(came(1)), Ok(true));
        assert_eq!(known.take(came(1)), Ok(false));
        assert_eq!(known.take(came(2)), Ok(true));
        assert_eq!(
            known.answers().map(|(full, a)| (full.to_owned(), a.port)).collect::<Vec<_>>(),
            [(full(), 2)]
        );
        assert_eq!(known.take(came(0)), Ok(true));
        assert_eq!(known.take(came(2)), Ok(true));
        assert_eq!(known.take(ServiceEvent::ServiceRemoved(kind(), full())), Ok(true));
        assert_eq!(known.take(ServiceEvent::ServiceRemoved(kind(), full())), Ok(false));
        assert_eq!(known.answers().count(), 0);
    }

    #[test]
    fn too_many_are_not_listened_to() {
        let mut known = Known::default();
        let mut named = |n: usize| known.take(ServiceEvent::ServiceFound(String::new(), n.to_string()));
        for n in 0..MOST {
            assert_eq!(named(n), Ok(false));
        }
        assert_eq!(named(0), Ok(false));
        assert!(named(MOST).unwrap_err().starts_with("more than 1000 servers"));
    }
}
