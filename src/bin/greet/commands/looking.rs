//! Looks at a schema, and tells of it: what list, describe and export do alike.

use std::sync::Arc;

use greet::Schema;
use greet::schema::{SchemaError, Source};

use super::account::Account;
use super::interrupts::{in_time, limit};
use super::{block_on, until_signal};
use crate::args::ConnectionArgs;
use crate::failure::Failure;
use crate::intent::schema::{Session, bounded};
use crate::intent::{metadata, target};

/// Looks at the given sources, then at the server if one is named; and takes leave of it.
pub(super) fn look<T>(
    given: Vec<Arc<dyn Source>>,
    connection: &ConnectionArgs,
    server: Option<&str>,
    at: impl AsyncFnOnce(&Schema) -> Result<T, SchemaError>,
) -> Result<T, Failure> {
    block_on(until_signal(async {
        let Some(server) = server else { return Ok(at(&Schema::new(given)).await?) };
        let mut account = Account::new(&connection.telling, server);
        let seen = ask(given, connection, server, &mut account, at).await;
        account.end(&seen);
        seen
    }))
}

async fn ask<T>(
    given: Vec<Arc<dyn Source>>,
    connection: &ConnectionArgs,
    server: &str,
    account: &mut Account,
    at: impl AsyncFnOnce(&Schema) -> Result<T, SchemaError>,
) -> Result<T, Failure> {
    let server = target::parse(server)?;
    let options = target::options(&server, connection)?;
    let metadata = metadata::of(connection)?.reflection;
    let mut session = Session::new(given, &server, options, connection, metadata);
    account.looks_for_schema();
    let (limit, stage) = (limit(connection), session.stage());
    let asked = async {
        session.ask_server().await?;
        if let Some(connection) = session.connection() {
            account.reached(connection);
        }
        let seen = bounded(connection.connect_timeout, at(session.schema())).await;
        account.has_looked();
        session.leave().await;
        seen?.map_err(|error| session.look(error.into()))
    };
    in_time(limit, &stage, asked).await
}
