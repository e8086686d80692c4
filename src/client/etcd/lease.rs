//! A lease that is kept: a beat now and then, and what etcd says to it.

use std::time::Duration;

use prost::Message;

use crate::client::replies::Replies;
use crate::client::{Reply, Requests};

use super::error::EtcdError;
use super::messages::{LeaseKeepAliveResponse, LeaseNamed};
use super::session::{Etcd, read};

/// The stream over which leases are kept.
#[derive(Debug)]
pub struct EtcdBeat {
    requests: Requests,
    replies: Replies,
}

impl Etcd {
    /// Begins to keep leases.
    pub fn beat(&self) -> EtcdBeat {
        let (requests, replies) = self.stream("Lease/LeaseKeepAlive");
        EtcdBeat { requests, replies }
    }
}

impl EtcdBeat {
    /// Keeps the lease once, and waits so long at most for etcd to say that it has.
    ///
    /// # Errors
    /// When there is no such lease any more, or no answer.
    pub async fn keep(&mut self, id: i64, patience: Duration) -> Result<(), EtcdError> {
        let request = LeaseNamed { id }.encode_to_vec();
        let asked = async {
            // If it cannot be sent, the replies say why.
            let _ = self.requests.send(request.into()).await;
            loop {
                match self.replies.next().await {
                    Reply::Metadata(_) => {}
                    Reply::Message(message) => return read::<LeaseKeepAliveResponse>(&message),
                    Reply::End(ending) => return Err(EtcdError::call("keep a lease", ending)),
                }
            }
        };
        match tokio::time::timeout(patience, asked).await {
            Ok(Ok(kept)) if kept.ttl <= 0 => Err(EtcdError::lease_gone()),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(EtcdError::silent(patience)),
        }
    }
}
