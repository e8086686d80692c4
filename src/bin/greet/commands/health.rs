//! Asks the standard health check.

use greet::client::Health;

use super::{terminated, until_signal};
use crate::args::HealthArgs;
use crate::failure::{Failure, Kind, Types};
use crate::intent::{metadata, target};
use crate::output;

pub(super) async fn run(args: HealthArgs) -> Result<(), Failure> {
    if !args.watch {
        return until_signal(check(&args)).await;
    }
    // Whoever interrupts a watch has seen enough: that is no failure.
    tokio::select! {
        ended = watch(&args) => ended,
        _ = terminated()? => Ok(()),
    }
}

async fn connect(args: &HealthArgs) -> Result<Health, Failure> {
    let server = target::parse(&args.target)?;
    let options = target::options(&server, &args.connection)?;
    let connection = target::connect(&server, &options, &args.connection).await?;
    let health = Health::new(&connection).with_metadata(metadata::of_call(&args.connection)?);
    Ok(match args.timeout {
        Some(timeout) => health.with_timeout(timeout),
        None => health,
    })
}

async fn check(args: &HealthArgs) -> Result<(), Failure> {
    let state = connect(args)
        .await?
        .check(service(args))
        .await
        .map_err(|ending| Failure::ended(&ending, Types::bundled()))?;
    output::write(format!("{state}\n").as_bytes())?;
    if state.is_serving() { Ok(()) } else { Err(Failure::silent(Kind::Unhealthy)) }
}

async fn watch(args: &HealthArgs) -> Result<(), Failure> {
    let mut states = connect(args).await?.watch(service(args));
    loop {
        let state = states.next().await.map_err(|ending| Failure::ended(&ending, Types::bundled()))?;
        output::write(format!("{state}\n").as_bytes())?;
    }
}

fn service(args: &HealthArgs) -> &str {
    args.service.as_deref().unwrap_or_default()
}
