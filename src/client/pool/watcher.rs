//! Watches one connection: for its end, and for what the server says there of its health (gRFC A17) and its load.

use std::future::pending;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::client::Backoff;
use crate::client::backoff::random;
use crate::client::connection::Connection;
use crate::client::ending::Origin;
use crate::client::health::Health;
use crate::leaf::Code;

use super::driver::Event;
use super::reports::Reports;

/// Begins; the health of the service is asked for if there is one, and the load if that is wanted.
pub(super) fn start(
    connection: &Connection,
    service: Option<String>,
    reports: Option<Reports>,
    (backend, link): (u64, u64),
    events: UnboundedSender<Event>,
) -> JoinHandle<()> {
    let over = connection.over();
    let health = service.map(|service| (Health::new(connection), service));
    tokio::spawn(async move {
        let health = async {
            let Some((health, service)) = health else { return pending().await };
            let said = |state| {
                let _ = events.send(match state {
                    Heard::Said(state) => Event::Health { backend, link, state },
                    Heard::Lost(why) => Event::HealthLost { backend, link, why },
                });
            };
            ask(health, &service, said).await;
        };
        let reports = async {
            let Some(reports) = reports else { return pending().await };
            reports.follow().await;
        };
        tokio::select! {
            biased;
            () = over => {}
            () = health => {}
            () = reports => {}
        }
        let _ = events.send(Event::Over { backend, link });
    })
}

enum Heard {
    Said(Option<crate::client::health::Serving>),
    Lost(String),
}

/// Watches until the connection takes no more calls. A server that has no health service is taken to serve; a watch that
/// ends otherwise is begun again, after pauses that grow while nothing is heard.
async fn ask(health: Health, service: &str, said: impl Fn(Heard)) {
    let mut backoff = Backoff::grpc();
    loop {
        let mut watch = health.watch(service);
        let mut heard = false;
        let ending = loop {
            match watch.next().await {
                Ok(state) => {
                    heard = true;
                    backoff.reset();
                    said(Heard::Said(Some(state)));
                }
                Err(ending) => break ending,
            }
        };
        if ending.status.code == Code::UNIMPLEMENTED {
            said(Heard::Said(None));
            return pending().await;
        }
        if matches!(ending.origin, Origin::GoneAway | Origin::NeverSent(_) | Origin::Lost(_)) {
            return;
        }
        said(Heard::Lost(format!("not known, as the watch of it ended {ending}")));
        if !heard {
            sleep(backoff.pause(random())).await;
        }
    }
}
