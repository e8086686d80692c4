//! `dns://SERVER/NAME`, `dns+srv:NAME` and service configs: what the system's resolver has no question for.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
    ServerOrderingStrategy,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::rdata::SRV;
use hickory_resolver::proto::rr::{RData, RecordType};
use serde_json::{Map, Value};

use crate::client::options::{ConnectOptions, IpFamily};
use crate::client::resolve::{Peer, interleave, resolve_places};
use crate::leaf::os_cause::words;
use crate::leaf::{Name, Place, Scheme, Security, Target};

use super::entry::{Entry, located};
use super::polled::Polled;
use super::{Lists, Resolution, ResolveError, Resolver};

/// How long after each other DNS is asked, unless it is said.
const REFRESH: Duration = Duration::from_secs(30);
/// How long one server is waited for before the question is asked again.
const PATIENCE: Duration = Duration::from_secs(2);
/// The port of DNS.
const PORT: u16 = 53;
/// The most servers behind an SRV name that are looked up, and how many at once.
const MOST: usize = 1000;
const AT_ONCE: usize = 8;

/// Asks DNS servers.
pub(super) struct Dns {
    name: Name,
    host: String,
    port: u16,
    security: Security,
    options: ConnectOptions,
}

impl Dns {
    pub(super) fn new(
        name: &Name,
        security: Security,
        options: &ConnectOptions,
    ) -> Result<Self, ResolveError> {
        let wrong = |why: &str| ResolveError::options(format!("'{name}': {why}"));
        let Ok(Place::Tcp { host, port }) = Place::parse(&name.what) else {
            return Err(wrong(&format!("'{}' is no name", name.what)));
        };
        if name.scheme == Scheme::DnsSrv && port.is_some() {
            return Err(wrong("SRV records have ports of their own"));
        }
        let place = Place::Tcp { host: host.clone(), port };
        let port = port.unwrap_or_else(|| Target::default_port(&place, security, false));
        Ok(Self { name: name.clone(), host, port, security, options: options.clone() })
    }

    async fn addresses(&self, asked: &Asked) -> Result<Resolution, ResolveError> {
        let found = asked.resolver.lookup_ip(&*self.host).await.map_err(|e| asked.explain(&self.host, &e))?;
        // A server has the families one after the other.
        let entries = interleave(found.iter().collect(), IpAddr::is_ipv6).into_iter().map(|address| {
            let place = Place::Tcp { host: address.to_string(), port: Some(self.port) };
            Entry::new(place, asked.source.clone())
        });
        self.finish(entries.collect(), &self.host, Some(self.port)).await
    }

    async fn services(&self, asked: &Asked) -> Result<Resolution, ResolveError> {
        let found =
            asked.resolver.srv_lookup(&*self.host).await.map_err(|e| asked.explain(&self.host, &e))?;
        let mut services: Vec<SRV> = found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                // The root stands for "decidedly not here" (RFC 2782).
                RData::SRV(service) if !service.target.is_root() => Some(service.clone()),
                _ => None,
            })
            .collect();
        // The order of the answers means nothing; the heavier is tried first.
        services.sort_by_key(|s| (s.priority, u16::MAX - s.weight, s.target.to_ascii(), s.port));
        services.truncate(MOST);
        let mut entries = Vec::new();
        let mut unresolved = Vec::new();
        let mut looked_up = stream::iter(services)
            .map(|service| {
                let resolver = asked.resolver.clone();
                async move { (resolver.lookup_ip(service.target.clone()).await, service) }
            })
            .buffered(AT_ONCE);
        while let Some((found, service)) = looked_up.next().await {
            let target = service.target.to_ascii();
            let target = target.trim_end_matches('.');
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    unresolved.push((target.to_owned(), asked.explain(target, &error)));
                    continue;
                }
            };
            let metadata: Map<String, Value> = [
                ("priority".to_owned(), Value::from(service.priority)),
                ("target".to_owned(), Value::from(target)),
            ]
            .into_iter()
            .collect();
            entries.extend(found.iter().map(|address| {
                let place = Place::Tcp { host: address.to_string(), port: Some(service.port) };
                let entry = Entry::new(place, asked.source.clone());
                Entry { weight: Some(service.weight.into()), metadata: metadata.clone(), ..entry }
            }));
        }
        if entries.is_empty()
            && let Some((_, first)) = unresolved.pop()
        {
            return Err(first);
        }
        // Whoever answers for a name in DNS must not choose the name by which the server is known.
        let host = plain_name(&self.host).to_owned();
        let mut list = self.finish(entries, &host, None).await?;
        list.unresolved.extend(unresolved.into_iter().map(|(target, error)| (target, error.to_string())));
        Ok(list)
    }

    /// The addresses as located, which are known by the name that was asked for, and not by their addresses.
    async fn finish(
        &self,
        entries: Vec<Entry>,
        host: &str,
        port: Option<u16>,
    ) -> Result<Resolution, ResolveError> {
        let what = format!("DNS for '{}'", self.host);
        let mut list = located(entries, &what, self.security, &self.options).await?;
        for one in &mut list.located {
            let port = port.or(match &one.peer {
                Peer::Tcp(address) => Some(address.port()),
                Peer::Proxied { to, .. } => to.rsplit_once(':').and_then(|(_, port)| port.parse().ok()),
                _ => None,
            });
            host.clone_into(&mut one.host);
            one.authority = Place::Tcp { host: host.to_owned(), port }.to_string();
        }
        Ok(list)
    }
}

/// `_grpc._tcp.greeter.example` without the labels that name a service and a protocol.
fn plain_name(name: &str) -> &str {
    let mut rest = name;
    while let Some((_, after)) =
        rest.split_once('.').filter(|(label, after)| label.starts_with('_') && !after.is_empty())
    {
        rest = after;
    }
    rest.trim_end_matches('.')
}

#[async_trait::async_trait]
impl Resolver for Dns {
    async fn resolve(&self) -> Result<Resolution, ResolveError> {
        let asked = Asked::of(&self.name.authority, &self.options).await?;
        let mut list = match self.name.scheme {
            Scheme::DnsSrv => self.services(&asked).await?,
            _ => self.addresses(&asked).await?,
        };
        if self.options.names.service_config {
            list.service_config = asked.service_config(plain_name(&self.host)).await?;
        }
        Ok(list)
    }

    fn lists(self: Arc<Self>) -> Box<dyn Lists> {
        let every = self.options.names.refresh.unwrap_or(REFRESH);
        Box::new(Polled::new(self, every))
    }
}

/// The service config that DNS has for a name; the system's servers are asked. `None` where there is none.
///
/// # Errors
/// When they do not answer.
pub(super) async fn service_config(
    name: &str,
    options: &ConnectOptions,
) -> Result<Option<String>, ResolveError> {
    Asked::of("", options).await?.service_config(name).await
}

/// Whom to ask, and what to call them.
struct Asked {
    resolver: TokioResolver,
    source: String,
}

impl Asked {
    /// The servers that are named, `host[:port],…`, or the system's.
    async fn of(servers: &str, options: &ConnectOptions) -> Result<Self, ResolveError> {
        let (mut builder, source) = if servers.is_empty() {
            let builder = TokioResolver::builder_tokio().map_err(|error| {
                ResolveError::failed(format!("cannot find out which DNS servers the system has: {error}"))
            })?;
            (builder, "dns".to_owned())
        } else {
            let servers = name_servers(servers).await?;
            let source = servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            let servers = servers.into_iter().map(|address| {
                let on_port = |mut connection: ConnectionConfig| {
                    connection.port = address.port();
                    connection
                };
                let ways = vec![on_port(ConnectionConfig::udp()), on_port(ConnectionConfig::tcp())];
                NameServerConfig::new(address.ip(), true, ways)
            });
            let config = ResolverConfig::from_name_servers(servers.collect());
            let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
            (builder, format!("dns {source}"))
        };
        let settings = builder.options_mut();
        // A list that is asked for again is to be a new one.
        settings.cache_size = 0;
        settings.timeout = PATIENCE;
        settings.attempts = 1;
        settings.use_hosts_file = ResolveHosts::Never;
        settings.server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
        settings.ip_strategy = match options.family {
            Some(IpFamily::Ipv4) => LookupIpStrategy::Ipv4Only,
            Some(IpFamily::Ipv6) => LookupIpStrategy::Ipv6Only,
            None => LookupIpStrategy::Ipv6AndIpv4,
        };
        let resolver =
            builder.build().map_err(|error| ResolveError::failed(format!("cannot ask {source}: {error}")))?;
        Ok(Self { resolver, source })
    }

    async fn service_config(&self, name: &str) -> Result<Option<String>, ResolveError> {
        const MARK: &str = "grpc_config=";
        let question = format!("_grpc_config.{name}");
        let found = match self.resolver.txt_lookup(&*question).await {
            Ok(found) => found,
            Err(error) => {
                let error = self.explain(&question, &error);
                return if error.is_no_backends() { Ok(None) } else { Err(error) };
            }
        };
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => String::from_utf8(text.txt_data.concat()).ok(),
            _ => None,
        });
        Ok(texts.into_iter().find_map(|text| text.strip_prefix(MARK).map(ToOwned::to_owned)))
    }

    fn explain(&self, name: &str, error: &NetError) -> ResolveError {
        let source = &self.source;
        match error {
            NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NXDomain => {
                ResolveError::no_name(format!("there is no name '{name}' ({source})"))
                    .with_hint("check the spelling of the name")
            }
            NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NoError => {
                let kind = none.query.query_type();
                let error = ResolveError::no_backends(format!(
                    "no backends in DNS for '{name}': it has no {kind} records ({source})"
                ));
                if kind == RecordType::SRV && !name.starts_with('_') {
                    return error.with_hint(format!("they are often those of _grpc._tcp.{name}"));
                }
                error
            }
            NetError::Dns(DnsError::NoRecordsFound(none)) => {
                ResolveError::failed(format!("cannot resolve '{name}': {} ({source})", none.response_code))
            }
            NetError::Dns(DnsError::ResponseCode(code)) => {
                ResolveError::failed(format!("cannot resolve '{name}': {code} ({source})"))
            }
            NetError::Timeout => {
                ResolveError::failed(format!("cannot resolve '{name}': no answer ({source})"))
                    .with_hint("is that a DNS server, and is it reached by UDP?")
            }
            NetError::Io(cause) => {
                ResolveError::failed(format!("cannot resolve '{name}': {} ({source})", words(cause)))
            }
            error => ResolveError::failed(format!("cannot resolve '{name}': {error} ({source})")),
        }
    }
}

/// The addresses of DNS servers, which the system looks up where they are names.
async fn name_servers(text: &str) -> Result<Vec<SocketAddr>, ResolveError> {
    let mut servers = Vec::new();
    // They are reached as the system reaches its own: what is said of the target's addresses is not said of theirs.
    let plain = ConnectOptions::default();
    for server in text.split(',') {
        let Ok(Place::Tcp { host, port }) = Place::parse(server) else {
            return Err(ResolveError::options(format!(
                "'{server}' is no DNS server: it is host or host:port"
            )));
        };
        let place = Place::Tcp { host: host.clone(), port: Some(port.unwrap_or(PORT)) };
        let (found, failed) = resolve_places(&[place], false, Security::Plaintext, &plain).await;
        if let Some(failed) = failed.first() {
            return Err(ResolveError::failed(format!(
                "cannot resolve {}: {}",
                failed.quoted(),
                words(&failed.cause)
            )));
        }
        servers.extend(found.into_iter().filter_map(|found| match found.peer {
            Peer::Tcp(address) => Some(address),
            _ => None,
        }));
    }
    Ok(servers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_services_are_no_part_of_the_name() {
        for (name, wanted) in [
            ("_grpc._tcp.a.b", "a.b"),
            ("a._tcp.b.", "a._tcp.b"),
            ("a.b", "a.b"),
            ("_a", "_a"),
            ("_a.", "_a"),
        ] {
            assert_eq!(plain_name(name), wanted, "{name}");
        }
    }
}
