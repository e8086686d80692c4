//! Servers that are written down in etcd, watched there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::client::etcd::{Etcd, EtcdChange, EtcdEntry, EtcdError, EtcdOptions, EtcdWatch};
use crate::client::options::ConnectOptions;
use crate::leaf::{Name, Security};

use super::entry::{Entry, located};
use super::{Lists, Resolution, ResolveError, Resolver};

/// Asks etcd. All keys below the service are servers, in any of the forms that are in use.
pub(super) struct InEtcd {
    etcd: EtcdOptions,
    /// What all keys begin with.
    prefix: String,
    security: Security,
    options: ConnectOptions,
}

impl InEtcd {
    /// Where etcd is and who this side is to it is in the name, or in the environment, as for etcdctl.
    pub(super) fn new(
        name: &Name,
        security: Security,
        options: &ConnectOptions,
    ) -> Result<Self, ResolveError> {
        let text = format!("{}/{}", name.authority, name.what);
        let (etcd, service) = EtcdOptions::parse(&text, |name| std::env::var(name).ok())
            .map_err(|error| ResolveError::options(format!("'{name}': {error}")))?;
        Ok(Self { etcd, prefix: format!("{service}/"), security, options: options.clone() })
    }

    fn source(&self) -> String {
        format!("etcd at {}", self.etcd.place())
    }

    fn failed(&self, error: EtcdError) -> ResolveError {
        let failed = ResolveError::failed(format!("{}: {error}", self.source()));
        let failed = if error.is_connect() {
            failed.with_hint("etcd://HOST:PORT/SERVICE or ETCDCTL_ENDPOINTS says where etcd is")
        } else {
            failed
        };
        failed.with_source(error)
    }

    /// Reads what is there now, and the revision of that.
    async fn read(&self) -> Result<(Etcd, Keys, i64), EtcdError> {
        let etcd = Etcd::connect(&self.etcd).await?;
        let found = etcd.list(&self.prefix).await?;
        let keys = found.keys.into_iter().map(|key| (key.key, key.value)).collect();
        Ok((etcd, keys, found.revision))
    }

    /// The addresses in these keys; what is no server is left out.
    async fn list(&self, keys: &Keys) -> Result<Resolution, ResolveError> {
        let source = self.source();
        let entries = keys.iter().filter_map(|(key, value)| entry(value, format!("{source}, {key}")));
        let what = format!("{source} under '{}'", self.prefix);
        located(entries.collect(), &what, self.security, &self.options).await
    }
}

/// The server that a value names, in any of the forms.
pub(super) fn entry(value: &[u8], source: String) -> Option<Entry> {
    let (address, metadata) = EtcdEntry::read(value)?;
    let mut entry = Entry::new(Entry::place(&address).ok()?, source);
    entry.metadata = match metadata {
        Some(Value::Object(fields)) => fields,
        Some(other) => Map::from_iter([("metadata".to_owned(), other)]),
        None => Map::new(),
    };
    let weight = entry.metadata.get("weight").and_then(Value::as_u64);
    entry.weight = weight.and_then(|weight| u32::try_from(weight).ok());
    Some(entry)
}

/// Keys and what stands there.
type Keys = BTreeMap<String, Vec<u8>>;

#[async_trait::async_trait]
impl Resolver for InEtcd {
    async fn resolve(&self) -> Result<Resolution, ResolveError> {
        let (_, keys, _) = self.read().await.map_err(|error| self.failed(error))?;
        self.list(&keys).await
    }

    fn lists(self: Arc<Self>) -> Box<dyn Lists> {
        Box::new(Watched { resolver: self, watch: None, keys: Keys::new(), is_told: false })
    }
}

/// What is known of the keys, and whoever tells of changes.
struct Watched {
    resolver: Arc<InEtcd>,
    watch: Option<EtcdWatch>,
    keys: Keys,
    /// Whether the list of these keys was given out.
    is_told: bool,
}

impl Watched {
    /// Learns what is there, or the next change.
    async fn learn(&mut self) -> Result<(), EtcdError> {
        let Some(watch) = &mut self.watch else {
            let (etcd, keys, revision) = self.resolver.read().await?;
            let watch = etcd.watch(&self.resolver.prefix, revision).await;
            (self.watch, self.keys, self.is_told) = (Some(watch), keys, false);
            return Ok(());
        };
        let changes = watch.next().await.inspect_err(|_| self.watch = None)?;
        self.is_told = false;
        for change in changes {
            match change {
                EtcdChange::Put(key) => drop(self.keys.insert(key.key, key.value)),
                EtcdChange::Deleted(key) => drop(self.keys.remove(&key)),
            }
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl Lists for Watched {
    /// When there were no servers, the next list is the first that has some: etcd tells of it.
    async fn next(&mut self) -> Result<Resolution, ResolveError> {
        if self.is_told || self.watch.is_none() {
            self.learn().await.map_err(|error| self.resolver.failed(error))?;
        }
        let list = self.resolver.list(&self.keys).await;
        self.is_told = true;
        list
    }

    /// An answer without servers is waited on there.
    fn pause(&self) -> Option<Duration> {
        self.watch.is_some().then_some(Duration::ZERO)
    }
}
