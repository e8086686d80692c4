//! A connection to one member of etcd, and the questions that have one answer.

use std::fmt;
use std::time::Duration;

use prost::Message;
use tonic::metadata::{AsciiMetadataValue, MetadataMap};

use crate::client::replies::Replies;
use crate::client::{CallHead, Connection, ReplyCount, Requests};

use super::error::EtcdError;
use super::messages::{
    AuthenticateRequest, AuthenticateResponse, DeleteRangeRequest, Done, LeaseGrantRequest,
    LeaseGrantResponse, LeaseNamed, PutRequest, RangeRequest, RangeResponse,
};
use super::options::EtcdOptions;

/// How long a member may take to take a connection, and to answer; the next one is asked then.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a member is asked for a sign of life while something is being waited for.
const PINGS: Duration = Duration::from_secs(5);
/// The most keys that are read: a service with more instances is none.
const MOST: i64 = 100_000;

/// One member of a cluster, with which one talks.
#[derive(Clone)]
pub struct Etcd {
    connection: Connection,
    token: Option<AsciiMetadataValue>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EtcdKey {
    /// The key; what is no text is no name, and such keys are not given out.
    pub key: String,
    /// Whatever was put there.
    pub value: Vec<u8>,
    /// The lease that the key goes with; 0 is none.
    pub lease: i64,
}

/// What was found, and the revision of the store at that moment: what changes later has a greater one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EtcdFound {
    /// In the order of their keys.
    pub keys: Vec<EtcdKey>,
    /// Of the whole store.
    pub revision: i64,
}

impl Etcd {
    /// Connects to the first member that takes the connection, and shows who this side is if there is a user.
    ///
    /// # Errors
    /// When no member takes a connection, or the user is refused.
    pub async fn connect(options: &EtcdOptions) -> Result<Self, EtcdError> {
        let connect = options.connect.clone().with_connect_timeout(PATIENCE).with_keepalive(PINGS);
        let mut last = EtcdError::options("no member is named");
        for member in options.in_turn() {
            match Connection::connect(member, &connect).await {
                Ok(connection) => {
                    let mut etcd = Self { connection, token: None };
                    if let Some((name, password)) = options.user.clone() {
                        etcd.token = Some(etcd.authenticate(name, password).await?);
                    }
                    return Ok(etcd);
                }
                Err(error) => last = EtcdError::connect(error),
            }
        }
        Err(last)
    }

    async fn authenticate(&self, name: String, password: String) -> Result<AsciiMetadataValue, EtcdError> {
        let request = AuthenticateRequest { name, password };
        let answer: AuthenticateResponse = self.ask("authenticate", "Auth/Authenticate", &request).await?;
        answer.token.parse().map_err(|_| EtcdError::strange("the token that etcd gave cannot be sent"))
    }

    /// Reads one key.
    ///
    /// # Errors
    /// When it does not answer, or refuses.
    pub async fn get(&self, key: &str) -> Result<EtcdFound, EtcdError> {
        self.range(key.into(), Vec::new()).await
    }

    /// Reads all keys that begin so.
    ///
    /// # Errors
    /// As [`Etcd::get`].
    pub async fn list(&self, prefix: &str) -> Result<EtcdFound, EtcdError> {
        self.range(prefix.into(), after(prefix)).await
    }

    async fn range(&self, key: Vec<u8>, range_end: Vec<u8>) -> Result<EtcdFound, EtcdError> {
        let request = RangeRequest { key, range_end, limit: MOST };
        let found: RangeResponse = self.ask("read", "KV/Range", &request).await?;
        if found.more {
            return Err(EtcdError::strange(format!("there are more than {MOST} keys")));
        }
        let revision = found.header.unwrap_or_default().revision;
        let keys = found.kvs.into_iter().filter_map(|kv| {
            Some(EtcdKey { key: String::from_utf8(kv.key).ok()?, value: kv.value, lease: kv.lease })
        });
        Ok(EtcdFound { keys: keys.collect(), revision })
    }

    /// Writes a key, which goes with the lease (0 is none), and gives the revision that did it.
    ///
    /// # Errors
    /// As [`Etcd::get`]; the lease may be gone.
    pub async fn put(&self, key: &str, value: &str, lease: i64) -> Result<i64, EtcdError> {
        let request = PutRequest { key: key.into(), value: value.into(), lease };
        let done: Done = self.ask("write", "KV/Put", &request).await?;
        Ok(done.header.unwrap_or_default().revision)
    }

    /// Deletes a key, which may be gone already.
    ///
    /// # Errors
    /// As [`Etcd::get`].
    pub async fn delete(&self, key: &str) -> Result<(), EtcdError> {
        let request = DeleteRangeRequest { key: key.into() };
        self.ask::<Done>("delete", "KV/DeleteRange", &request).await.map(drop)
    }

    /// A new lease, which runs out when it is not kept for so long, in whole seconds.
    ///
    /// # Errors
    /// As [`Etcd::get`].
    pub async fn grant(&self, ttl: Duration) -> Result<i64, EtcdError> {
        let seconds = i64::try_from(ttl.as_millis().div_ceil(1000)).unwrap_or(i64::MAX);
        let granted: LeaseGrantResponse =
            self.ask("lease", "Lease/LeaseGrant", &LeaseGrantRequest { ttl: seconds }).await?;
        if granted.error.is_empty() { Ok(granted.id) } else { Err(EtcdError::strange(granted.error)) }
    }

    /// Gives a lease back; what goes with it is deleted.
    ///
    /// # Errors
    /// As [`Etcd::get`]; the lease may be gone already.
    pub async fn revoke(&self, id: i64) -> Result<(), EtcdError> {
        self.ask::<Done>("revoke", "Lease/LeaseRevoke", &LeaseNamed { id }).await.map(drop)
    }

    async fn ask<A: Message + Default>(
        &self,
        what: &'static str,
        method: &str,
        request: &impl Message,
    ) -> Result<A, EtcdError> {
        let head = self.head(method).with_timeout(PATIENCE).with_count(ReplyCount::One);
        let (requests, replies) = self.connection.call(head);
        // If it cannot be sent, the replies say why.
        let _ = requests.send_last(request.encode_to_vec().into());
        let only = replies.only().await.map_err(|ending| EtcdError::call(what, ending))?;
        read(&only.message)
    }

    /// Begins a stream, which ends when this member has lost the others.
    pub(super) fn stream(&self, method: &str) -> (Requests, Replies) {
        let mut head = self.head(method);
        head.metadata.insert("hasleader", AsciiMetadataValue::from_static("true"));
        self.connection.call(head)
    }

    fn head(&self, method: &str) -> CallHead {
        let mut metadata = MetadataMap::new();
        if let Some(token) = &self.token {
            metadata.insert("token", token.clone());
        }
        CallHead::new(format!("/etcdserverpb.{method}")).with_metadata(metadata)
    }
}

impl fmt::Debug for Etcd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Etcd").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// Reads an answer.
pub(super) fn read<A: Message + Default>(message: &[u8]) -> Result<A, EtcdError> {
    A::decode(message).map_err(|error| EtcdError::strange(format!("the answer does not decode: {error}")))
}

/// The first key after all that begin so, as etcd wants the end of a range.
pub(super) fn after(prefix: &str) -> Vec<u8> {
    let mut end = prefix.as_bytes().to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    // All keys.
    vec![0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_range_is_the_next_that_begins_otherwise() {
        assert_eq!(after("a/"), b"a0");
        assert_eq!(after(""), [0]);
    }
}
