//! A server in etcd: a key under a lease that is kept.

use std::convert::Infallible;

use tokio::time::{MissedTickBehavior, interval};

use super::keeper::Held;
use super::told::Told;
use super::{Presence, RegisterError};
use crate::client::etcd::{Etcd, EtcdChange, EtcdError, EtcdFormat, EtcdOptions};

/// Its key, which is there as long as the server lives and a TTL more.
pub(super) struct InEtcd {
    options: EtcdOptions,
    service: String,
    format: EtcdFormat,
    presence: Presence,
    /// Those of the last connection; a lease outlives it.
    etcd: Option<Etcd>,
    lease: Option<i64>,
}

impl InEtcd {
    pub(super) fn new(options: EtcdOptions, service: String, format: EtcdFormat, presence: Presence) -> Self {
        Self { options, service, format, presence, etcd: None, lease: None }
    }

    async fn hold_on(&mut self, told: &mut Told) -> Result<Infallible, EtcdError> {
        let every = self.presence.every();
        let etcd = self.etcd.insert(Etcd::connect(&self.options).await?).clone();
        let mut beat = etcd.beat();
        let before = match self.lease {
            None => None,
            Some(lease) => match beat.keep(lease, every).await {
                Ok(()) => Some(lease),
                Err(error) if error.is_lease_gone() => None,
                Err(error) => return Err(error),
            },
        };
        let lease = match before {
            Some(lease) => lease,
            None => *self.lease.insert(etcd.grant(self.presence.ttl).await?),
        };
        let entry = self.format.entry(&self.service, &self.presence.address, self.presence.secure, lease);
        let found = etcd.get(&entry.key).await?;
        let stands =
            |key: &crate::client::etcd::EtcdKey| key.lease == lease && key.value == entry.value.as_bytes();
        let revision = match found.keys.first() {
            Some(key) if stands(key) => found.revision,
            _ => etcd.put(&entry.key, &entry.value, lease).await?,
        };
        told.registered(&entry.key);
        let mut watch = etcd.watch_key(&entry.key, revision).await;
        let mut beats = interval(every);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let changes = tokio::select! {
                _ = beats.tick() => {
                    beat.keep(lease, every).await?;
                    continue;
                }
                changes = watch.next() => changes?,
            };
            match changes.last() {
                Some(EtcdChange::Deleted(_)) => {
                    // The end of the lease deletes it too, and needs a new one.
                    beat.keep(lease, every).await?;
                    etcd.put(&entry.key, &entry.value, lease).await?;
                    told.note(&format!("somebody has deleted {}: it was put there again", entry.key));
                }
                // To write it back would be a quarrel without an end; when the other one leaves, the key goes.
                Some(EtcdChange::Put(key)) if !stands(key) => {
                    told.note(&format!("somebody else has written {}: it is left so", entry.key));
                }
                _ => {}
            }
        }
    }
}

#[async_trait::async_trait]
impl Held for InEtcd {
    async fn hold(&mut self, told: &mut Told) -> RegisterError {
        match self.hold_on(told).await {
            Err(error) => error.into(),
            Ok(never) => match never {},
        }
    }

    async fn leave(&mut self) -> Result<(), RegisterError> {
        let Some(lease) = self.lease.take() else { return Ok(()) };
        if let Some(etcd) = self.etcd.take()
            && etcd.revoke(lease).await.is_ok()
        {
            return Ok(());
        }
        match Etcd::connect(&self.options).await?.revoke(lease).await {
            Err(error) if !error.is_lease_gone() => Err(error.into()),
            _ => Ok(()),
        }
    }
}
