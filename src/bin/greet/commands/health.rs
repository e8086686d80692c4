//! Asks the standard health check: once, until it serves, or for as long as somebody watches.

use greet::Target;
use greet::client::{ConnectOptions, Connection, Ending, Health, HealthSaid, HealthWatch, Serving};
use serde_json::{Value, json};

use super::account::Account;
use super::interrupts::{in_time, limit};
use super::{awaited, everywhere};
use super::{terminated, until_signal};
use crate::args::{HealthArgs, HealthForm};
use crate::failure::{Failure, Kind, Types};
use crate::intent::{metadata, target};
use crate::output;

pub(super) async fn run(args: HealthArgs) -> Result<(), Failure> {
    let mut account = Account::new(&args.connection.telling, &args.target);
    let (limit, stage) = (limit(&args.connection), account.stage());
    let ended = if args.watch {
        // Whoever interrupts a watch has seen enough: that is no failure.
        tokio::select! {
            ended = in_time(limit, &stage, watch(&args, &mut account)) => ended,
            _ = terminated()? => Ok(()),
        }
    } else if args.all_backends {
        until_signal(in_time(limit, &stage, Box::pin(everyone(&args)))).await
    } else if args.connection.wait.is_some() {
        until_signal(in_time(limit, &stage, Box::pin(awaited::run(&args, &mut account)))).await
    } else {
        until_signal(in_time(limit, &stage, Box::pin(check(&args, &mut account)))).await
    };
    account.end(&ended);
    ended
}

/// The server, how to dial it, and what goes along with each question.
pub(super) struct Asking {
    pub(super) target: Target,
    pub(super) options: ConnectOptions,
    metadata: greet::MetadataMap,
}

impl Asking {
    pub(super) fn new(args: &HealthArgs) -> Result<Self, Failure> {
        let target = target::parse(&args.target)?;
        let options = target::options(&target, &args.connection)?;
        Ok(Self { target, options, metadata: metadata::of_call(&args.connection)? })
    }

    /// The health service at the other end.
    pub(super) fn at(&self, connection: &Connection, args: &HealthArgs) -> Health {
        let health = Health::new(connection).with_metadata(self.metadata.clone());
        match args.timeout {
            Some(timeout) => health.with_timeout(timeout),
            None => health,
        }
    }
}

async fn connect(args: &HealthArgs, account: &mut Account) -> Result<(Connection, Health), Failure> {
    let asking = Asking::new(args)?;
    let connection = target::connect(&asking.target, &asking.options, &args.connection).await?;
    account.reached(&connection);
    let health = asking.at(&connection, args);
    Ok((connection, health))
}

async fn check(args: &HealthArgs, account: &mut Account) -> Result<(), Failure> {
    let (connection, health) = connect(args, account).await?;
    let state = asked(&connection, &health, service(args), account).await;
    let state = state.map_err(|ending| Failure::ended(&ending, Types::bundled()))?;
    output::write(format!("{state}\n").as_bytes())?;
    if state.is_serving() { Ok(()) } else { Err(Failure::silent(Kind::Unhealthy)) }
}

/// What every address is asked.
const CHECK: &str = "grpc.health.v1.Health/Check";

/// Asks every address once.
async fn everyone(args: &HealthArgs) -> Result<(), Failure> {
    let asking = Asking::new(args)?;
    let one = |_, _, connection: Connection| {
        let health = asking.at(&connection, args);
        async move {
            let state = health.check(service(args)).await;
            let state = state.map_err(|ending| Failure::ended(&ending, Types::bundled()))?;
            // For programs it is the message, as greet call has it.
            Ok(match args.form {
                HealthForm::Text => state.to_string().into(),
                HealthForm::Json | HealthForm::Events => json!({"status": state.to_string()}),
            })
        }
    };
    let answers = everywhere::ask(&asking.target, &asking.options, one).await?;
    let text = match args.form {
        HealthForm::Text => everywhere::shown(&answers),
        HealthForm::Json => everywhere::lines(&answers),
        HealthForm::Events => everywhere::events(&answers, asking.target.text(), CHECK, false),
    };
    output::write(text.as_bytes())?;
    let is_serving = |said: &Value| said == "SERVING" || said["status"] == "SERVING";
    let well = |answer: &everywhere::Answer| answer.said.as_ref().is_ok_and(is_serving);
    let sick = answers.iter().all(|answer| answer.said.is_ok() && !well(answer));
    everywhere::verdict(answers)?;
    if sick { Err(Failure::silent(Kind::Unhealthy)) } else { Ok(()) }
}

/// Asks once, and hears the call to its end.
pub(super) async fn asked(
    connection: &Connection,
    health: &Health,
    service: &str,
    account: &Account,
) -> Result<Serving, Box<Ending>> {
    account.calls(connection, health.head("Check"));
    let mut check = health.begin_check(service);
    let mut state = None;
    loop {
        match said(&mut check, account).await {
            Ok(said) => state = Some(said),
            Err(ending) => return state.filter(|_| ending.status.is_ok()).ok_or(ending),
        }
    }
}

/// The next state, or the end; both are told.
pub(super) async fn said(watch: &mut HealthWatch, account: &Account) -> Result<Serving, Box<Ending>> {
    loop {
        match watch.next_said().await {
            HealthSaid::Metadata(metadata) => account.metadata(&metadata),
            HealthSaid::State(state) => return Ok(state),
            HealthSaid::End(ending) => {
                account.ended(&ending);
                return Err(ending);
            }
            // Nothing else is said.
            _ => {}
        }
    }
}

async fn watch(args: &HealthArgs, account: &mut Account) -> Result<(), Failure> {
    let (connection, health) = connect(args, account).await?;
    account.calls(&connection, health.head("Watch"));
    let mut states = health.watch(service(args));
    loop {
        let state = said(&mut states, account).await.map_err(|ending| no_longer_watched(&ending))?;
        output::write(format!("{state}\n").as_bytes())?;
    }
}

/// A watch has no end of its own: one that ends well is over too early all the same.
fn no_longer_watched(ending: &Ending) -> Failure {
    if ending.status.is_ok() {
        return Failure::new(Kind::Other, "the server ended the watch");
    }
    Failure::ended(ending, Types::bundled())
}

pub(super) fn service(args: &HealthArgs) -> &str {
    args.service.as_deref().unwrap_or_default()
}
