//! Through which proxy a server is reached, by option or environment, and which servers need none.

use std::net::IpAddr;

use greet::client::Proxy;
use greet::leaf::target::Place;
use greet::{Security, Target};
use ipnet::IpNet;

use crate::failure::{Failure, Kind};

/// The proxy for a target, and the variable that it came from. `--proxy` holds for every target, and `--proxy ''`
/// means none; the environment is asked only for TLS to hosts that are not this one.
pub(super) fn of(
    option: Option<&str>,
    target: &Target,
    security: Security,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<(Proxy, Option<&'static str>)>, Failure> {
    let (text, name) = match option {
        Some("") => return Ok(None),
        Some(text) => (text.to_owned(), None),
        None if security == Security::Plaintext || target.is_loopback() => return Ok(None),
        None => {
            let said = |names: [&'static str; 2]| {
                names
                    .into_iter()
                    .find_map(|name| Some((environment(name).filter(|text| !text.is_empty())?, name)))
            };
            let Some((text, name)) = said(["https_proxy", "HTTPS_PROXY"]) else { return Ok(None) };
            let (exempt, _) = said(["no_proxy", "NO_PROXY"]).unwrap_or_default();
            if target.places().iter().any(|place| is_exempt(place, &exempt)) {
                return Ok(None);
            }
            (text, Some(name))
        }
    };
    match Proxy::parse(&text) {
        Ok(proxy) => Ok(Some((proxy, name))),
        Err(error) => Err(Failure::new(Kind::Usage, format!("{}: {error}", name.unwrap_or("--proxy")))),
    }
}

/// Whether a list such as `localhost,.example.com,10.0.0.0/8,other:8443` has a place; `*` has all.
fn is_exempt(place: &Place, list: &str) -> bool {
    let Place::Tcp { host, port } = place else { return true };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.parse::<IpAddr>().ok();
    list.split([',', ' ']).map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let Some(address) = address {
            let entry = entry.trim_start_matches('[').trim_end_matches(']');
            let net = entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
            if let Ok(net) = net {
                return net.contains(&address);
            }
        }
        let (name, only_port) = match entry.rsplit_once(':') {
            Some((name, digits)) if digits.parse::<u16>().is_ok() => (name, digits.parse::<u16>().ok()),
            _ => (&entry[..], None),
        };
        if only_port.is_some_and(|wanted| Some(wanted) != port.or(Some(443))) {
            return false;
        }
        let name = name.strip_prefix('*').unwrap_or(name);
        let name = name.strip_prefix('.').unwrap_or(name);
        !name.is_empty() && (host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The proxy's variable when the environment is of these.
    fn from(target: &str, environment: &[(&str, &str)]) -> Option<&'static str> {
        let target = Target::parse(target).unwrap();
        let security = target.security(None).unwrap();
        let look = |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        of(None, &target, security, look).unwrap().map(|(_, name)| name.unwrap())
    }

    #[test]
    fn the_environment_is_asked_for_tls_to_other_hosts_only() {
        let set = [("HTTPS_PROXY", "http://p:1")];
        for (target, wanted) in [
            ("example.com:1", Some("HTTPS_PROXY")),
            ("https://example.com/x", Some("HTTPS_PROXY")),
            ("http://example.com", None),
            ("localhost:1", None),
            ("https://localhost:1", None),
            ("unix:/a", None),
        ] {
            assert_eq!(from(target, &set), wanted, "{target}");
        }
        assert_eq!(from("a:1", &[("https_proxy", "p:1"), ("HTTPS_PROXY", "q:1")]), Some("https_proxy"));
        assert_eq!(from("a:1", &[("https_proxy", ""), ("HTTPS_PROXY", "q:1")]), Some("HTTPS_PROXY"));
        assert_eq!(from("a:1", &[("http_proxy", "p:1"), ("HTTP_PROXY", "p:1")]), None);
    }

    #[test]
    fn the_option_holds_for_all_and_may_say_none() {
        let target = Target::parse("localhost:1").unwrap();
        let set = |_: &str| Some("http://p:1".to_owned());
        assert!(of(Some("http://q:2"), &target, Security::Plaintext, set).unwrap().is_some());
        let target = Target::parse("a:1").unwrap();
        assert!(of(Some(""), &target, Security::Tls, set).unwrap().is_none());
    }

    #[test]
    fn hosts_that_need_no_proxy() {
        for (list, host, wanted) in [
            ("*", "a.b", true),
            ("b", "a.b", true),
            (".b", "a.b", true),
            ("*.b", "a.b", true),
            ("b", "b", true),
            ("b", "ab", false),
            ("B", "a.b", true),
            ("x, a.b", "a.b", true),
            ("", "a.b", false),
            (",", "a.b", false),
            ("a.b:443", "a.b", true),
            ("a.b:444", "a.b", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("[fe80::]/10", "fe80::1", false),
            ("fe80::/10", "fe80::1", true),
            ("10.0.0.0/8", "a.b", false),
        ] {
            let place = Place::Tcp { host: host.to_owned(), port: None };
            assert_eq!(is_exempt(&place, list), wanted, "{host} in '{list}'");
        }
    }
}
