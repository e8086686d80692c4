//! How a client comes about.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tonic::metadata::MetadataMap;

use super::balanced::Balanced;
use super::client::Inner;
use super::{CallError, Client};
use crate::client::{
    ConnectError, ConnectOptions, Connection, Pool, PoolError, PoolOptions, Reflection, ServiceConfig,
};
use crate::leaf::Target;
use crate::schema::Schema;

/// Says what a client is to know before it connects.
#[derive(Debug, Default)]
pub struct ClientBuilder {
    schema: Option<Schema>,
    metadata: MetadataMap,
    timeout: Option<Duration>,
    options: ConnectOptions,
    pool: Option<PoolOptions>,
    config: Option<ServiceConfig>,
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

    /// Spreads calls over all addresses of the target, as a policy says, and follows their list; else all calls go over one
    /// connection, to the first address that answers.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use greet::client::{LoadBalancing, PoolOptions, ServiceConfig};
    /// use greet::{Client, Server};
    ///
    /// let (one, other) = (Server::builder().start().await?, Server::builder().start().await?);
    /// let config = r#"{"methodConfig": [{"name": [{"service": "greeter.Greeter"}], "timeout": "5s", "retryPolicy":
    ///     {"maxAttempts": 3, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2,
    ///      "retryableStatusCodes": ["UNAVAILABLE"]}}]}"#;
    /// let client = Client::builder()
    ///     .balance(PoolOptions::new(LoadBalancing::RoundRobin))
    ///     .service_config(ServiceConfig::parse(config)?)
    ///     .connect(&format!("127.0.0.1:{},127.0.0.1:{}", one.port().unwrap(), other.port().unwrap()))
    ///     .await?;
    /// for _ in 0..4 {
    ///     client.call("SayHello", r#"{"name":"World"}"#).await?;
    /// }
    /// let calls = |server: &Server| server.journal().calls("greeter.Greeter/SayHello").len();
    /// assert_eq!(calls(&one) + calls(&other), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn balance(mut self, pool: PoolOptions) -> Self {
        self.pool = Some(pool);
        self
    }

    /// What the owner of the service says of how it is called. How calls are spread holds where [`balance`](Self::balance)
    /// does not say it; of two timeouts and sizes the smaller; `waitForReady` for calls once the client is connected. Unary
    /// calls by [`Client::call`] are made again as `retryPolicy` says; hedging is not done here.
    #[must_use]
    pub fn service_config(mut self, config: ServiceConfig) -> Self {
        self.config = Some(config);
        self
    }

    /// Connects; where calls are spread, to one address at least.
    ///
    /// # Errors
    /// When the text is no target or there is no connection.
    pub async fn connect(self, target: &str) -> Result<Client, CallError> {
        let target = Target::parse(target).map_err(ConnectError::from)?;
        let pool = self.pool.or_else(|| self.config.as_ref().map(ServiceConfig::pool));
        let (connection, balanced) = match pool {
            None => (Connection::connect(&target, &self.options).await?, None),
            Some(pool) => {
                let pool = Pool::new(&target, &self.options, pool).map_err(PoolError::from)?;
                let connection = pool.pick().await?.connection().clone();
                let config = self.config.unwrap_or_default();
                (connection, Some(Balanced::new(pool, config, self.options.max_recv_size)))
            }
        };
        let mut reflection = None;
        let schema = self.schema.unwrap_or_else(|| {
            let mut asked = Reflection::new(&connection).with_metadata(self.metadata.clone());
            if balanced.is_some() {
                // The server that was there first may leave.
                asked = asked.with_dial(&target, &self.options);
            }
            let asked = Arc::new(asked);
            reflection = Some(Arc::clone(&asked));
            Schema::new(vec![asked])
        });
        let (metadata, timeout, prepared) = (self.metadata, self.timeout, Mutex::default());
        Ok(Client::new(Inner { connection, balanced, schema, reflection, metadata, timeout, prepared }))
    }
}
