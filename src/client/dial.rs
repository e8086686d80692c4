//! From addresses to a connection: several tries, one after the other and side by side.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::sleep;

use super::attempt::{Progress, Trouble};
use super::connection::Connection;
use super::proxy::Proxy;
use super::resolve::{Candidate, Peer};
use super::socket::Wire;

/// How long an address may take before the next is tried beside it (gRFC A61; RFC 8305, 8).
const HEAD_START: Duration = Duration::from_millis(250);

/// One address on its way to being connected to. In a box, as several share a list.
pub(super) type Trying<'a> = Pin<Box<dyn Future<Output = Result<Connection, Trouble>> + Send + 'a>>;

/// Tries the addresses in order: the next one at once when one failed, or beside it after a while; the first with which
/// all handshakes are done is taken, and the others are left. `open` is given an address and its number in `progress`.
pub(super) async fn race<'a>(
    candidates: Vec<Candidate>,
    progress: &Progress,
    open: impl Fn(usize, Candidate) -> Trying<'a>,
) -> Option<Connection> {
    let mut waiting = candidates.into_iter();
    let mut under_way = FuturesUnordered::new();
    loop {
        if let Some(candidate) = waiting.next() {
            let number = progress.begin(candidate.place());
            let trying = open(number, candidate);
            under_way.push(async move { (number, trying.await) });
        }
        tokio::select! {
            biased;
            tried = under_way.next() => match tried {
                Some((_, Ok(connection))) => return Some(connection),
                Some((number, Err(trouble))) => progress.fail(number, trouble),
                None => return None,
            },
            () = sleep(HEAD_START), if waiting.len() > 0 => {}
        }
    }
}

/// Dials one address: the peer itself, or the proxy and through it.
pub(super) async fn reach(candidate: &Candidate, proxy: Option<&Proxy>) -> io::Result<Wire> {
    let mut wire = Wire::dial(&candidate.peer).await?;
    if let (Some(proxy), Wire::Tcp(stream), Peer::Proxied { to, .. }) = (proxy, &mut wire, &candidate.peer) {
        proxy.open(stream, to).await?;
    }
    Ok(wire)
}
