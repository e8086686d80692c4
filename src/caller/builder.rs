//! How a client comes about.

use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::MetadataMap;

use super::{CallError, Client};
use crate::client::{ConnectError, ConnectOptions, Connection, Reflection};
use crate::leaf::Target;
use crate::schema::Schema;

/// Says what a client is to know before it connects.
#[derive(Debug, Default)]
pub struct ClientBuilder {
    schema: Option<Schema>,
    metadata: MetadataMap,
    timeout: Option<Duration>,
    options: ConnectOptions,
}

impl ClientBuilder {
    /// A schema of your own; the server's reflection is then not asked.
    #[must_use]
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Metadata for every call, in place of what was given before.
    #[must_use]
    pub fn metadata(mut self, metadata: MetadataMap) -> Self {
        self.metadata = metadata;
        self
    }

    /// Bounds every call from its first request to its status; sent to the server as the deadline.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How to dial.
    #[must_use]
    pub fn options(mut self, options: ConnectOptions) -> Self {
        self.options = options;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// When the text is no target or there is no connection.
    pub async fn connect(self, target: &str) -> Result<Client, CallError> {
        let target = Target::parse(target).map_err(ConnectError::from)?;
        let connection = Connection::connect(&target, &self.options).await?;
        let mut reflection = None;
        let schema = self.schema.unwrap_or_else(|| {
            let asked = Arc::new(Reflection::new(&connection).with_metadata(self.metadata.clone()));
            reflection = Some(Arc::clone(&asked));
            Schema::new(vec![asked])
        });
        Ok(Client::asking(connection, schema, reflection, self.metadata, self.timeout))
    }
}
