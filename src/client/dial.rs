//! From addresses to a socket: several tries, one after the other and side by side.

use std::io;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::sleep;

use super::error::Attempt;
use super::proxy::Proxy;
use super::resolve::{Candidate, Peer};
use super::socket::Wire;

/// How long an address may stay silent before the next is tried beside it (RFC 8305, 8).
const HEAD_START: Duration = Duration::from_millis(250);

/// Dials the addresses in order: the next one at once when one failed, or beside it after a while; the first
/// that answers is taken. What was tried is written into `attempts`, also when this future is dropped.
pub(super) async fn dial(
    candidates: Vec<Candidate>,
    proxy: Option<&Proxy>,
    attempts: &mut Vec<Attempt>,
) -> Option<(Wire, Candidate)> {
    let mut waiting = candidates.into_iter();
    let mut open = FuturesUnordered::new();
    loop {
        if let Some(candidate) = waiting.next() {
            let number = attempts.len();
            attempts.push(Attempt { place: candidate.place(), failure: None });
            open.push(async move { (number, reach(&candidate, proxy).await, candidate) });
        }
        tokio::select! {
            biased;
            tried = open.next() => match tried {
                Some((_, Ok(wire), candidate)) => return Some((wire, candidate)),
                Some((number, Err(error), _)) => attempts[number].failure = Some(error),
                None => return None,
            },
            () = sleep(HEAD_START), if waiting.len() > 0 => {}
        }
    }
}

/// One try: to the peer itself, or to the proxy and through it.
async fn reach(candidate: &Candidate, proxy: Option<&Proxy>) -> io::Result<Wire> {
    let mut wire = Wire::dial(&candidate.peer).await?;
    if let (Some(proxy), Wire::Tcp(stream), Peer::Proxied { to, .. }) = (proxy, &mut wire, &candidate.peer) {
        proxy.open(stream, to).await?;
    }
    Ok(wire)
}
