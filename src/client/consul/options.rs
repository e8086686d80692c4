//! Where an agent of Consul is, and what it wants to be shown.

use std::fmt;

use super::agent::ConsulError;

/// Where an agent listens when nobody says where.
const USUAL: &str = "127.0.0.1:8500";

/// One agent, and the token for it.
#[derive(Clone)]
pub struct ConsulOptions {
    /// A host and a port.
    pub(super) place: String,
    pub(super) token: Option<String>,
}

impl ConsulOptions {
    /// Reads `[HOST[:PORT]]/SERVICE`, what stands behind `consul://`, and gives the service too. An agent that is not said and
    /// the token come from Consul's own variables (`CONSUL_HTTP_ADDR`, `CONSUL_HTTP_TOKEN`), which `variable` looks up.
    ///
    /// # Errors
    /// When the service is missing, or the agent is one that is not spoken to in plain HTTP.
    pub fn parse(
        text: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<(Self, String), ConsulError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let (place, service) = text.split_once('/').unwrap_or((text, ""));
        let fits = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        if service.is_empty() {
            return Err(ConsulError::options("a service is missing: the form is consul://HOST/SERVICE"));
        }
        if !service.chars().all(fits) {
            return Err(ConsulError::options(format!("'{service}' is no name of a service in Consul")));
        }
        let place = if place.is_empty() {
            variable("CONSUL_HTTP_ADDR").unwrap_or_else(|| USUAL.to_owned())
        } else {
            place.to_owned()
        };
        let bare = place.strip_prefix("http://").unwrap_or(&place).trim_end_matches('/');
        if bare.is_empty() || bare.contains(['/', '@']) || bare.starts_with("unix:") {
            return Err(ConsulError::options(format!("'{place}' is no agent in plain HTTP")));
        }
        let has_port = bare.rsplit_once(']').map_or(bare, |(_, behind)| behind).contains(':');
        let place = if has_port { bare.to_owned() } else { format!("{bare}:8500") };
        Ok((Self { place, token: variable("CONSUL_HTTP_TOKEN") }, service.to_owned()))
    }

    /// The agent, for people.
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// The token is never shown.
impl fmt::Debug for ConsulOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsulOptions").field("place", &self.place).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_said_or_consuls_own() {
        let parse = |text: &str, address: Option<&str>| {
            let address = address.map(ToOwned::to_owned);
            ConsulOptions::parse(text, |name| address.clone().filter(|_| name == "CONSUL_HTTP_ADDR"))
        };
        for (text, address, place) in [
            ("h/s", None, "h:8500"),
            ("h:1/s", Some("x:2"), "h:1"),
            ("[::1]/s", None, "[::1]:8500"),
            ("/s", None, "127.0.0.1:8500"),
            ("/s", Some("http://x:2/"), "x:2"),
        ] {
            assert_eq!(parse(text, address).unwrap().0.place(), place, "{text}");
        }
        for (text, address) in
            [("h", None), ("h/", None), ("h/a/b", None), ("h/a?b", None), ("/s", Some("https://x"))]
        {
            assert!(parse(text, address).unwrap_err().is_options(), "{text}");
        }
    }
}
