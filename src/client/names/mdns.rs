//! Servers that answer in the local network when a kind of service is asked for; whoever comes and goes says so there.

use std::sync::Arc;
use std::time::Duration;

use mdns_sd::{Receiver, ServiceEvent, VERIFY_TIMEOUT_DEFAULT};
use tokio::time::{Instant, timeout_at};

use crate::client::mdns::{Daemon, Known, ServiceType};
use crate::client::options::{ConnectOptions, IpFamily};
use crate::leaf::printable::one_line;
use crate::leaf::{Name, Place, Security};

use super::entry::{Entry, located};
use super::{Lists, Resolution, ResolveError, Resolver};

/// How long anybody may take to answer; the question is asked again after 1 s and after 3 s.
const PATIENCE: Duration = Duration::from_secs(3);
/// For how long nobody else must have answered until there is a list: an answer waits for up to 120 ms (RFC 6762, section 6).
const QUIET: Duration = Duration::from_millis(250);
/// How long it takes until everybody has answered: who has told others within the last second does not say it again before
/// the second question.
const ALL: Duration = Duration::from_millis(1300);

/// Asks the local network.
#[derive(Clone)]
pub(super) struct InNetwork {
    kind: ServiceType,
    security: Security,
    options: ConnectOptions,
}

impl InNetwork {
    pub(super) fn new(
        name: &Name,
        security: Security,
        options: &ConnectOptions,
    ) -> Result<Self, ResolveError> {
        let wrong = |why: &str| ResolveError::options(format!("'{name}': {why}"));
        if !name.authority.is_empty() {
            return Err(wrong("the whole network is asked, and no server in it")
                .with_hint("the form is mdns:SERVICE"));
        }
        let kind = ServiceType::parse(&name.what).map_err(|why| wrong(&why))?;
        Ok(Self { kind, security, options: options.clone() })
    }

    /// The first list is told after this time at the earliest.
    fn listen(&self, earliest: Duration) -> Listening {
        Listening { resolver: self.clone(), earliest, heard: None }
    }

    /// What is known of the servers as a list.
    async fn list(&self, known: &Known) -> Result<Resolution, ResolveError> {
        let kind = &self.kind;
        if known.answers().next().is_none() {
            let none = format!("no backends: nobody in the local network answers for {kind}");
            let hint = "only the network that this machine is in is asked, by UDP port 5353: may it pass the firewall?";
            return Err(ResolveError::no_backends(none).with_hint(hint));
        }
        let entries = known.answers().flat_map(|(full, answer)| {
            let name = one_line(kind.instance(full)).into_owned();
            let wanted = self.options.family.map(|family| family == IpFamily::Ipv6);
            let hosts = answer.hosts.iter().filter(move |(is_v6, _)| wanted.is_none_or(|v6| v6 == *is_v6));
            hosts.map(move |(_, host)| {
                let place = Place::Tcp { host: host.clone(), port: Some(answer.port) };
                let entry = Entry::new(place, format!("mdns, {name}"));
                Entry { metadata: answer.metadata.clone(), ..entry }
            })
        });
        let what = format!("the local network for {kind}");
        let mut list = located(entries.collect(), &what, self.security, &self.options).await?;
        // Whoever answers must not choose the name by which the server is known.
        for one in &mut list.located {
            kind.name().clone_into(&mut one.host);
            if let Some((_, port)) = one.authority.rsplit_once(':') {
                one.authority = format!("{}:{port}", kind.name());
            }
        }
        Ok(list)
    }
}

#[async_trait::async_trait]
impl Resolver for InNetwork {
    async fn resolve(&self) -> Result<Resolution, ResolveError> {
        self.listen(ALL).next().await
    }

    async fn some(&self) -> Result<Resolution, ResolveError> {
        self.listen(Duration::ZERO).next().await
    }

    fn lists(self: Arc<Self>) -> Box<dyn Lists> {
        Box::new(self.listen(Duration::ZERO))
    }
}

/// The lists, one after the other.
struct Listening {
    resolver: InNetwork,
    earliest: Duration,
    heard: Option<Heard>,
}

/// What has been heard since the network was first asked.
struct Heard {
    daemon: Daemon,
    events: Receiver<ServiceEvent>,
    known: Known,
    /// Before this no list is told.
    earliest: Instant,
    /// When the list is told, and by when at the latest; `None` while there is nothing new to tell.
    due: Option<(Instant, Instant)>,
    /// When those that are known were last asked whether they are still there.
    asked: Option<Instant>,
}

impl Heard {
    /// Asks, and listens from now on.
    fn start(kind: &ServiceType, earliest: Duration) -> Result<Self, mdns_sd::Error> {
        let daemon = Daemon::start()?;
        let events = daemon.browse(&kind.to_string())?;
        let now = Instant::now();
        let latest = now + PATIENCE;
        Ok(Self {
            daemon,
            events,
            known: Known::default(),
            earliest: now + earliest,
            due: Some((latest, latest)),
            asked: None,
        })
    }

    /// There is something new: it is told when nothing more comes for a moment.
    fn soon(&mut self) {
        let now = Instant::now();
        let latest = self.due.map_or(now + PATIENCE, |(_, latest)| latest);
        self.due = Some(((now + QUIET).max(self.earliest).min(latest), latest));
    }
}

#[async_trait::async_trait]
impl Lists for Listening {
    async fn next(&mut self) -> Result<Resolution, ResolveError> {
        let kind = &self.resolver.kind;
        let failed =
            |why: &str| ResolveError::failed(format!("cannot ask the local network for {kind}: {why}"));
        let heard = match &mut self.heard {
            Some(heard) => heard,
            None => {
                let heard = Heard::start(kind, self.earliest).map_err(|error| failed(&error.to_string()))?;
                self.heard.insert(heard)
            }
        };
        loop {
            let event = match heard.due {
                None => heard.events.recv_async().await,
                Some((due, _)) => match timeout_at(due, heard.events.recv_async()).await {
                    Ok(event) => event,
                    Err(_) => break,
                },
            };
            let taken = match event {
                Ok(event) => heard.known.take(event),
                Err(_) => Err("more was answered than could be listened to".to_owned()),
            };
            match taken {
                Ok(true) => heard.soon(),
                Ok(false) => {}
                Err(why) => {
                    self.heard = None;
                    return Err(failed(&why));
                }
            }
        }
        let list = self.resolver.list(&heard.known).await;
        heard.due = None;
        list
    }

    /// Who is gone without a word is asked for once more, and forgotten if there is no answer for 10 s.
    fn hurry(&mut self) {
        let Some(heard) = &mut self.heard else { return };
        if heard.asked.is_some_and(|asked| asked.elapsed() < VERIFY_TIMEOUT_DEFAULT) {
            return;
        }
        heard.asked = Some(Instant::now());
        for (full, _) in heard.known.answers() {
            // An error is a thread that is busy or gone, which is noticed elsewhere.
            let _ = heard.daemon.verify(full.to_owned(), VERIFY_TIMEOUT_DEFAULT);
        }
    }

    /// While the network is listened to there is nothing to wait for.
    fn pause(&self) -> Option<Duration> {
        self.heard.is_some().then_some(Duration::ZERO)
    }
}
