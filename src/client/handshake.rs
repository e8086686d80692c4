//! One address: from dialling it to a connection that takes calls.

use std::future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use http::HeaderValue;
use http::uri::Authority;
use rustls::pki_types::ServerName;
use tokio::sync::watch;

use crate::leaf::{Layer, Target};

use super::attempt::{Progress, Trouble};
use super::call::Deadline;
use super::connection::{Connection, Greeting, Remote, authority, settings};
use super::dial::{Trying, race, reach};
use super::error::{ConnectError, Kind};
use super::keepalive::Keepalive;
use super::options::ConnectOptions;
use super::resolve::Candidate;
use super::socket::Socket;
use super::tls::{self, Ready, TlsFailure};

/// TLS as it is made ready.
pub(super) type Readying = Pin<Box<dyn Future<Output = Result<Ready, Box<TlsFailure>>> + Send>>;

/// What all addresses of a target are connected to with.
pub(super) struct Way<'a> {
    pub(super) target: &'a Target,
    pub(super) options: &'a ConnectOptions,
    /// `:authority`, where the address does not say it.
    pub(super) authority: Option<Authority>,
    pub(super) user_agent: HeaderValue,
    /// Who is asked for in TLS, where the address does not say it.
    pub(super) name: Option<ServerName<'static>>,
    pub(super) patience: Option<Deadline>,
    /// When the first address was dialled.
    pub(super) begun: Instant,
    pub(super) progress: &'a Progress,
}

impl Way<'_> {
    /// To the only address, if there is one.
    pub(super) async fn to_only(
        &self,
        candidate: Option<Candidate>,
        ready: Option<Readying>,
        greeting: Greeting,
    ) -> Result<Connection, ConnectError> {
        if let Some(candidate) = candidate {
            let number = self.progress.begin(candidate.place());
            match self.open(number, candidate, ready, greeting).await {
                Ok(connection) => return Ok(connection),
                Err(trouble) => self.progress.fail(number, trouble),
            }
        }
        Err(self.progress.failed())
    }

    /// To the first of several with which all handshakes are done, the server's answer to a ping included.
    pub(super) async fn to_first(
        &self,
        candidates: Vec<Candidate>,
        ready: Option<Readying>,
    ) -> Result<Connection, ConnectError> {
        let ready = match ready {
            Some(ready) => Some(ready.await.map_err(|failure| failure.of_target(self.target))?),
            None => None,
        };
        let open = |number, candidate| -> Trying<'_> {
            let ready = ready.as_ref().map(|ready| Box::pin(future::ready(Ok(ready.another()))) as Readying);
            Box::pin(self.open(number, candidate, ready, Greeting::Awaited))
        };
        race(candidates, self.progress, open).await.ok_or_else(|| self.progress.failed())
    }

    /// Dials an address and shakes hands. How far that came is in the progress, under the number.
    pub(super) async fn open(
        &self,
        number: usize,
        candidate: Candidate,
        ready: Option<Readying>,
        greeting: Greeting,
    ) -> Result<Connection, Trouble> {
        let options = self.options;
        let mut since = self.begun;
        let mut lap = || {
            let now = Instant::now();
            now - std::mem::replace(&mut since, now)
        };
        let mut wire = reach(&candidate, options.proxy.as_ref()).await.map_err(Trouble::System)?;
        let connect = lap();
        let next = if ready.is_some() { Layer::Tls } else { Layer::Http2 };
        let mut phases = self.progress.reach(number, next, |phases| phases.connect = connect);
        let authority = match &self.authority {
            Some(authority) => authority.clone(),
            None => authority(&candidate.authority)?,
        };
        let Candidate { peer, host, .. } = candidate;
        let mut tls = None;
        if let Some(ready) = ready {
            let name = match &self.name {
                Some(name) => name.clone(),
                None => tls::server_name(&host).map_err(|text| ConnectError::from(Kind::ServerName(text)))?,
            };
            // In a box, so that plaintext does not carry its size along.
            let shake = Box::pin(async { ready.await?.shake(wire, name, &peer).await });
            let shaken: Result<_, ConnectError> =
                shake.await.map_err(|failure| failure.of_target(self.target).into());
            let (secured, facts) = shaken?;
            wire = secured;
            tls = Some(facts);
            let took = lap();
            phases = self.progress.reach(number, Layer::Http2, |phases| phases.tls = Some(took));
        }
        let (socket, first) = Socket::new(wire);
        let (alive, over) = watch::channel(());
        let mut remote = Remote {
            peer,
            first,
            tls,
            has_scheme: self.target.has_scheme(),
            patience: self.patience,
            keepalive: options.keepalive.map(Keepalive::new),
            over,
            probed: AtomicBool::new(false),
            phases,
            authority,
            prefix: self.target.prefix().to_owned(),
            user_agent: self.user_agent.clone(),
            max_recv_size: options.max_recv_size,
            max_send_size: options.max_send_size,
        };
        let (sender, mut driver) = match settings().handshake(socket).await {
            Ok(shaken) => shaken,
            Err(source) => return Err(remote.explain(Some(source)).into()),
        };
        let pings = greeting == Greeting::Awaited || remote.keepalive.is_some();
        let mut ping = if pings { driver.ping_pong() } else { None };
        // How it ends is told to each call by its own stream.
        let driver = tokio::spawn(async move {
            let _alive = alive;
            let _ = driver.await;
        });
        if greeting == Greeting::Awaited
            && let Some(ping) = &mut ping
            && let Err(source) = ping.ping(h2::Ping::opaque()).await
        {
            if let Some(probe) = remote.probe() {
                probe.await;
            }
            return Err(remote.explain(Some(source)).into());
        }
        if let (Some(keepalive), Some(ping)) = (remote.keepalive.clone(), ping) {
            keepalive.watch(ping, remote.first.clone(), driver);
        }
        remote.phases.http2 = lap();
        Ok(Connection { remote: Arc::new(remote), sender })
    }
}
