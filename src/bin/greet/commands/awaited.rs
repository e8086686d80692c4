//! `health --wait`: until the service serves, or the time is up.

use std::time::Duration;

use greet::Code;
use greet::client::{Connection, Ending, Health, Origin, Serving};
use greet::leaf::duration;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::account::Account;
use super::health::{Asking, asked, said, service};
use crate::args::HealthArgs;
use crate::failure::{Failure, Kind, Types};
use crate::intent::target;
use crate::{output, ui};

/// The pause before a server is asked once more; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What is known while it is waited.
struct Waiting<'a> {
    args: &'a HealthArgs,
    asking: Asking,
    limit: Duration,
    /// The state that was heard last.
    last: Option<Serving>,
    /// What kept the server from saying more.
    trouble: Option<Failure>,
    /// Whether it was said what is waited for.
    said: bool,
    /// Whether the server can be watched, as far as is known.
    watches: bool,
}

pub(super) async fn run(args: &HealthArgs, account: &mut Account) -> Result<(), Failure> {
    let limit = args.connection.wait.unwrap_or_default();
    let asking = Asking::new(args)?;
    let mut waiting = Waiting { args, asking, limit, last: None, trouble: None, said: false, watches: true };
    let end = Instant::now() + limit;
    loop {
        let connection = match waiting.connect(end).await {
            Ok(connection) => connection,
            // It was there before: what is wrong is not that it cannot be reached.
            Err(failure) if waiting.has_heard() => {
                waiting.trouble = Some(failure);
                return waiting.in_vain();
            }
            Err(failure) => return Err(failure),
        };
        account.reached(&connection);
        match timeout_at(end, waiting.until_it_serves(&connection, account)).await {
            Ok(Ok(true)) => return output::write(b"SERVING\n"),
            // The connection is lost.
            Ok(Ok(false)) => {}
            Ok(Err(failure)) => return Err(failure),
            Err(_) => return waiting.in_vain(),
        }
    }
}

impl Waiting<'_> {
    fn has_heard(&self) -> bool {
        self.last.is_some() || self.trouble.is_some()
    }

    /// Whether it does; no answer is had when the connection takes no more calls.
    async fn until_it_serves(&mut self, connection: &Connection, account: &Account) -> Result<bool, Failure> {
        let mut pause = FIRST_PAUSE;
        let health = self.asking.at(connection, self.args);
        while connection.takes_calls() {
            let heard = self.last;
            let ending = match self.ask(connection, &health, account).await {
                Ok(()) => return Ok(true),
                Err(ending) => ending,
            };
            if let Some(ending) = ending {
                self.heed(&ending)?;
            }
            // A server that has said something new is well enough to be asked soon.
            pause = if self.last == heard { (pause * 2).min(LONGEST_PAUSE) } else { FIRST_PAUSE };
            sleep_until(Instant::now() + pause).await;
        }
        Ok(false)
    }

    async fn connect(&mut self, end: Instant) -> Result<Connection, Failure> {
        let left = end.saturating_duration_since(Instant::now());
        let Asking { target, options, .. } = &self.asking;
        let args = &self.args.connection;
        target::connect_within(Some(left), target, options, args, &mut self.said).await
    }

    /// Asks as long as the server answers; what is given back otherwise is how it ended, if it did not end well.
    async fn ask(
        &mut self,
        connection: &Connection,
        health: &Health,
        account: &Account,
    ) -> Result<(), Option<Box<Ending>>> {
        let service = service(self.args);
        if !self.watches {
            let state = asked(connection, health, service, account).await?;
            return if self.heard(state) { Ok(()) } else { Err(None) };
        }
        account.calls(connection, health.head("Watch"));
        let mut watch = health.watch(service);
        loop {
            match said(&mut watch, account).await {
                Ok(state) if self.heard(state) => return Ok(()),
                Ok(_) => {}
                Err(ending) => return Err(Some(ending)),
            }
        }
    }

    /// Takes note of a state; `true` if it is the one that is waited for.
    fn heard(&mut self, state: Serving) -> bool {
        (self.last, self.trouble) = (Some(state), None);
        if !state.is_serving() {
            self.say(&format!("it is {state}"));
        }
        state.is_serving()
    }

    fn say(&mut self, why: &str) {
        if !std::mem::replace(&mut self.said, true) {
            let limit = duration::render(self.limit);
            ui::note(&format!("waiting for {} to be SERVING, at most {limit}: {why}", self.who()));
        }
    }

    /// The service, or the server where none was named.
    fn who(&self) -> String {
        match service(self.args) {
            "" => self.asking.target.to_string(),
            service => format!("{service} on {}", self.asking.target),
        }
    }

    /// Whether there is reason to ask again after a call that ended so.
    fn heed(&mut self, ending: &Ending) -> Result<(), Failure> {
        let code = ending.status.code;
        if code == Code::UNIMPLEMENTED && self.watches {
            // Some servers have Check alone.
            self.watches = false;
            return Ok(());
        }
        let of_the_call = matches!(ending.origin, Origin::Server | Origin::Malformed);
        let passes = [Code::OK, Code::UNAVAILABLE, Code::NOT_FOUND, Code::CANCELLED, Code::DEADLINE_EXCEEDED];
        let failure = Failure::ended(ending, Types::bundled());
        if of_the_call && !passes.contains(&code) {
            return Err(failure);
        }
        if code != Code::OK {
            self.say(failure.cause());
            self.trouble = Some(failure);
        }
        Ok(())
    }

    /// The time is up.
    fn in_vain(self) -> Result<(), Failure> {
        let limit = duration::render(self.limit);
        let was = match (&self.trouble, self.last) {
            (Some(trouble), _) => trouble.cause().to_owned(),
            (None, Some(state)) => {
                output::write(format!("{state}\n").as_bytes())?;
                format!("it is {state}")
            }
            (None, None) => "it has not answered".to_owned(),
        };
        Err(Failure::new(Kind::Unhealthy, format!("{} is not SERVING after {limit}: {was}", self.who())))
    }
}
