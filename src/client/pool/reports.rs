//! Asks a server how loaded it is, beside the calls that it has: `OpenRcaService` of gRFC A51.

use std::sync::{Arc, Weak};

use prost::Message as _;
use tokio::time::sleep;

use crate::client::Backoff;
use crate::client::backoff::random;
use crate::client::call::{CallHead, ReplyCount};
use crate::client::connection::Connection;
use crate::client::ending::Origin;
use crate::client::replies::Reply;
use crate::leaf::{Code, Size};

use super::backend::Backend;
use super::load::{LoadReport, WeightOptions};

const METHOD: &str = "/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics";
/// No report that a weight could be made of is larger.
const LARGEST: Size = Size::mebibytes(1);

/// `xds.service.orca.v3.OrcaLoadReportRequest`, without the names of costs, which no weight depends on.
#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Request {
    #[prost(message, optional, tag = "1")]
    report_interval: Option<Span>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Span {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

/// The reports on one connection, for the address that it leads to.
pub(super) struct Reports {
    connection: Connection,
    /// Not held: the address holds whoever follows.
    backend: Weak<Backend>,
    weights: WeightOptions,
}

impl Reports {
    pub(super) fn new(connection: &Connection, backend: &Arc<Backend>, weights: WeightOptions) -> Self {
        Self { connection: connection.clone(), backend: Arc::downgrade(backend), weights }
    }

    /// Takes in reports until the connection takes no more calls. A server that has no such service is not asked again; a
    /// stream that ends otherwise is begun anew, after pauses that grow while nothing is heard.
    pub(super) async fn follow(self) {
        let interval = self.weights.out_of_band.unwrap_or_default();
        let span = Span {
            seconds: i64::try_from(interval.as_secs()).unwrap_or(i64::MAX),
            // Below 10^9.
            nanos: i32::try_from(interval.subsec_nanos()).unwrap_or_default(),
        };
        let request = Request { report_interval: Some(span) }.encode_to_vec();
        let mut backoff = Backoff::grpc();
        loop {
            let head =
                CallHead { count: ReplyCount::Many, max_recv_size: Some(LARGEST), ..CallHead::new(METHOD) };
            let (requests, mut replies) = self.connection.call(head);
            // If it cannot be sent, the replies say why.
            let _ = requests.send_last(request.clone().into());
            let mut any = false;
            let ending = loop {
                match replies.next().await {
                    Reply::Metadata(_) => {}
                    Reply::Message(message) => {
                        any = true;
                        backoff.reset();
                        if let (Some(backend), Some(report)) =
                            (self.backend.upgrade(), LoadReport::read(&message))
                        {
                            backend.report(&report, &self.weights);
                        }
                    }
                    Reply::End(ending) => break ending,
                }
            };
            if ending.status.code == Code::UNIMPLEMENTED {
                return std::future::pending().await;
            }
            if matches!(ending.origin, Origin::GoneAway | Origin::NeverSent(_) | Origin::Lost(_)) {
                return;
            }
            if !any {
                sleep(backoff.pause(random())).await;
            }
        }
    }
}
