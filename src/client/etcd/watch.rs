//! Keys that are watched: what becomes of them after a revision.

use prost::Message;

use crate::client::Reply;
use crate::client::replies::Replies;

use super::error::EtcdError;
use super::messages::{DELETED, WatchCreateRequest, WatchRequest, WatchResponse};
use super::session::{Etcd, EtcdKey, after, read};

/// Changes as they come; dropping it ends it.
#[derive(Debug)]
pub struct EtcdWatch {
    replies: Replies,
    /// Kept open, for the call ends with it.
    _requests: crate::client::Requests,
}

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EtcdChange {
    /// It was written, for the first time or again.
    Put(EtcdKey),
    /// It is gone.
    Deleted(String),
}

impl Etcd {
    /// Watches all keys that begin so, from the first change after this revision. That it cannot be is what it ends with.
    pub async fn watch(&self, prefix: &str, revision: i64) -> EtcdWatch {
        self.watch_range(prefix, after(prefix), revision).await
    }

    /// The same of one key.
    pub async fn watch_key(&self, key: &str, revision: i64) -> EtcdWatch {
        self.watch_range(key, Vec::new(), revision).await
    }

    async fn watch_range(&self, key: &str, end: Vec<u8>, revision: i64) -> EtcdWatch {
        let (mut requests, replies) = self.stream("Watch/Watch");
        let create = WatchCreateRequest { key: key.into(), range_end: end, start_revision: revision + 1 };
        let request = WatchRequest { create_request: Some(create) };
        // If it cannot be sent, the replies say why.
        let _ = requests.send(request.encode_to_vec().into()).await;
        EtcdWatch { replies, _requests: requests }
    }
}

impl EtcdWatch {
    /// The next changes, in their order. Dropping this future loses nothing.
    ///
    /// # Errors
    /// When the watch ends, which it does not by itself; all is then to be read again.
    pub async fn next(&mut self) -> Result<Vec<EtcdChange>, EtcdError> {
        loop {
            let message = match self.replies.next().await {
                Reply::Metadata(_) => continue,
                Reply::Message(message) => message,
                Reply::End(ending) => return Err(EtcdError::call("watch", ending)),
            };
            let said: WatchResponse = read(&message)?;
            if said.compact_revision > 0 {
                return Err(EtcdError::compacted());
            }
            if said.canceled {
                return Err(EtcdError::strange(format!("the watch was ended: {}", said.cancel_reason)));
            }
            let changes = said.events.into_iter().filter_map(|event| {
                let kv = event.kv?;
                let key = String::from_utf8(kv.key).ok()?;
                Some(match event.kind {
                    DELETED => EtcdChange::Deleted(key),
                    _ => EtcdChange::Put(EtcdKey { key, value: kv.value, lease: kv.lease }),
                })
            });
            let changes: Vec<_> = changes.collect();
            if !changes.is_empty() {
                return Ok(changes);
            }
        }
    }
}
