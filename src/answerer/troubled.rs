//! Stands before a responder and makes trouble, where some is wanted.

use std::sync::Arc;

use bytes::Bytes;
use h2::Reason;
use tonic::metadata::MetadataMap;

use super::faults::{Faults, Trouble};
use super::journalist::Journalist;
use crate::protocol::Status;
use crate::rules::Passed;
use crate::server::{self, Call, Journal, Responder};

/// A responder whose calls may get into trouble first.
pub(super) struct Troubled {
    pub(super) faults: Arc<Faults>,
    /// `pkg.Service/Method`; `None` is what the path says.
    pub(super) name: Option<String>,
    pub(super) inner: Arc<dyn Responder>,
    pub(super) journal: Option<Journal>,
}

impl Responder for Troubled {
    fn respond(self: Arc<Self>, call: Call) -> server::Answer {
        Box::pin(self.meet(call))
    }
}

impl Troubled {
    async fn meet(self: Arc<Self>, call: Call) {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => call.head.path().trim_start_matches('/').to_owned(),
        };
        for (trouble, by) in self.faults.meet(&name, &call.head) {
            let end = match trouble {
                Trouble::Delay(time) => {
                    tokio::time::sleep(time).await;
                    continue;
                }
                Trouble::GoAway => {
                    call.replies.go_away();
                    continue;
                }
                end => end,
            };
            let journalist = Journalist::begin(self.journal.as_ref(), &name, &call.head);
            journalist.rule(Some(by.clone()), Passed::default());
            return self::end(call, end, &by, journalist).await;
        }
        Arc::clone(&self.inner).respond(call).await;
    }
}

/// Ends a call as it is wanted.
async fn end(call: Call, trouble: Trouble, by: &str, journalist: Journalist) {
    let Call { replies, .. } = call;
    match trouble {
        Trouble::Status(code) => {
            let (status, trailers) = (Status::new(code, format!("a fault: {by}")), MetadataMap::new());
            journalist.status(&status, &trailers);
            replies.finish(status, trailers);
        }
        Trouble::Reset => {
            journalist.broken("the call was reset");
            replies.reset(Reason::INTERNAL_ERROR.into());
        }
        Trouble::DropTrailers => {
            journalist.broken("the trailers were left out");
            replies.drop_trailers();
        }
        Trouble::Http(status) => {
            journalist.broken(&format!("HTTP status {}", status.as_u16()));
            replies.http(status, Bytes::from(format!("a fault: {by}\n")));
        }
        // Neither of the others ends a call, but for this one, which never does.
        Trouble::Hang | Trouble::Delay(_) | Trouble::GoAway => std::future::pending().await,
    }
}
