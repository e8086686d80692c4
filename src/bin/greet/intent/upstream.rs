//! From `--upstream` and `--from` to the server that is meant, and to the schema it has.

use std::sync::Arc;
use std::time::Duration;

use greet::client::{ConnectOptions, Connection, Reflection};
use greet::leaf::metadata;
use greet::{MetadataMap, Schema, Security, Target};

use super::schema::bounded;
use super::{proxy, target, tls};
use crate::args::UpstreamArgs;
use crate::failure::{Failure, Kind};

/// How long it may take to reach another server and to hear its schema.
const PATIENCE: Duration = Duration::from_secs(10);

/// Another server, and how it is reached.
pub(crate) struct Other {
    pub(crate) target: Target,
    pub(crate) options: ConnectOptions,
    /// What goes with every call.
    pub(crate) metadata: MetadataMap,
}

impl Other {
    /// Reads the target and the files that the options name; nothing is dialled.
    pub(crate) fn of(text: &str, args: &UpstreamArgs) -> Result<Self, Failure> {
        let target = target::parse(text)?;
        let tls_args = args.tls();
        let security = target
            .security(tls::security(&tls_args))
            .map_err(|error| Failure::new(Kind::Usage, error.to_string()))?;
        let mut options = ConnectOptions::default();
        options.security = Some(security);
        options.authority.clone_from(&args.upstream_authority);
        if security == Security::Tls {
            options.tls = tls::options(&tls_args)?;
        }
        options.proxy =
            proxy::of(None, &target, security, |name| std::env::var(name).ok())?.map(|(proxy, _)| proxy);
        let mut own = MetadataMap::new();
        for header in &args.upstream_header {
            metadata::parse(header, &mut own)
                .map_err(|error| Failure::new(Kind::Usage, format!("--upstream-header: {error}")))?;
        }
        Ok(Self { target, options, metadata: own })
    }

    /// All that the server's reflection tells, once.
    pub(crate) async fn schema(&self) -> Result<Schema, Failure> {
        let connection = Connection::connect(&self.target, &self.options)
            .await
            .map_err(|error| Failure::connect(&error))?;
        let reflection = Reflection::new(&connection)
            .with_name(self.target.text())
            .with_metadata(self.metadata.clone())
            .with_dial(&self.target, &self.options)
            .with_timeout(PATIENCE);
        let reflection = Arc::new(reflection);
        let asked = Schema::new(vec![Arc::clone(&reflection) as _]);
        let export = bounded(PATIENCE, asked.export(&[])).await;
        reflection.leave().await;
        Ok(Schema::from_descriptor_set(export??.descriptor_set())?)
    }
}
