//! The client: methods by name, requests and replies as JSON.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tonic::metadata::MetadataMap;

use super::balanced::Balanced;
use super::{Call, CallError, ClientBuilder, Prepared, Reply};
use crate::client::{CallHead, Connection, Lease, Pick, Pool, Reflection, ReplyCount};
use crate::protocol::Encoding;
use crate::schema::{Schema, SchemaError, Shape};

/// A connection to a server, or to several, together with the schema it speaks. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    encoding: Encoding,
}

pub(super) struct Inner {
    pub(super) connection: Connection,
    /// What calls are spread over, if they are.
    pub(super) balanced: Option<Balanced>,
    pub(super) schema: Schema,
    /// The server's reflection, if the schema is asked of it.
    pub(super) reflection: Option<Arc<Reflection>>,
    pub(super) metadata: MetadataMap,
    pub(super) timeout: Option<Duration>,
    pub(super) prepared: Mutex<HashMap<String, Arc<Prepared>>>,
}

impl Client {
    /// Connects to a server, such as `localhost:50051`, and takes the schema from its reflection.
    ///
    /// # Errors
    /// When the text is no target or there is no connection.
    pub async fn connect(target: &str) -> Result<Self, CallError> {
        Self::builder().connect(target).await
    }

    /// For a schema of your own, metadata with every call, a timeout.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Over a connection that stands, with a schema of any origin.
    pub fn over(
        connection: Connection,
        schema: Schema,
        metadata: MetadataMap,
        timeout: Option<Duration>,
    ) -> Self {
        let (balanced, reflection, prepared) = (None, None, Mutex::default());
        Self::new(Inner { connection, balanced, schema, reflection, metadata, timeout, prepared })
    }

    pub(super) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), encoding: Encoding::Identity }
    }

    /// The same, whose requests are compressed.
    #[must_use]
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The connection that calls are made over; where they are spread, the one that was there first.
    pub fn connection(&self) -> &Connection {
        &self.inner.connection
    }

    /// The addresses that calls are spread over, if they are.
    pub fn pool(&self) -> Option<&Pool> {
        self.inner.balanced.as_ref().map(|balanced| &balanced.pool)
    }

    /// What the server speaks, as far as it is known.
    pub fn schema(&self) -> &Schema {
        &self.inner.schema
    }

    /// Calls a method that takes one request and gives one reply. For streams there is [`Client::start`].
    ///
    /// `method` is `pkg.Service/Method` or a unique suffix; `request` is strict ProtoJSON.
    ///
    /// # Errors
    /// Whatever can end a call; see [`CallError`].
    pub async fn call(&self, method: &str, request: impl AsRef<[u8]>) -> Result<Reply, CallError> {
        let prepared = self.prepare(method).await?;
        if prepared.method().shape() != Shape::Unary {
            let (name, shape) = (prepared.method().full_name(), prepared.method().shape());
            return Err(SchemaError::invalid(format!("{name} is {shape}: use start")).into());
        }
        let wire = prepared.encode(request.as_ref())?;
        if let Some(balanced) = &self.inner.balanced {
            return balanced.call(self.head(&prepared), &prepared, wire).await;
        }
        let mut call = self.start_prepared(Arc::clone(&prepared));
        call.send_last_wire(wire);
        // A unary call that ended OK has exactly one reply; the client counts.
        call.last().await?.ok_or_else(|| SchemaError::invalid("a unary call ended without a reply").into())
    }

    /// Starts a call of any shape.
    ///
    /// # Errors
    /// When the method is not known, or no address of several takes a call.
    pub async fn start(&self, method: &str) -> Result<Call, CallError> {
        let prepared = self.prepare(method).await?;
        match &self.inner.balanced {
            Some(balanced) => balanced.start(self.head(&prepared), prepared).await,
            None => Ok(self.start_prepared(prepared)),
        }
    }

    /// Starts a call of a method that was made ready before. Whatever prevents it is how the call ends. Where calls are
    /// spread it waits for none: it goes over what is there, and at the worst over the connection that was there first.
    pub fn start_prepared(&self, prepared: Arc<Prepared>) -> Call {
        let head = self.head(&prepared);
        self.start_with(prepared, head)
    }

    /// The same with a head that was made by [`Client::head`], and changed.
    pub fn start_with(&self, prepared: Arc<Prepared>, head: CallHead) -> Call {
        let (head, lease) = match &self.inner.balanced {
            None => (head, None),
            Some(balanced) => match balanced.pool.try_pick() {
                Pick::Lease(lease) => (balanced.on_terms(head), Some(lease)),
                Pick::Wait | Pick::Failed(_) => (balanced.on_terms(head), None),
            },
        };
        let connection = lease.as_ref().map_or(&self.inner.connection, Lease::connection);
        let (requests, replies) = connection.call(head);
        Call::new(prepared, requests, replies, lease)
    }

    /// The head of a call of a method, as [`Client::start_prepared`] sends it.
    pub fn head(&self, prepared: &Prepared) -> CallHead {
        let method = prepared.method();
        let count = if method.shape().streams_replies() { ReplyCount::Many } else { ReplyCount::One };
        let mut head = CallHead::new(method.path())
            .with_metadata(self.inner.metadata.clone())
            .with_count(count)
            .with_encoding(self.encoding);
        head.timeout = self.inner.timeout;
        head
    }

    /// Makes a method ready; the second time at no cost.
    ///
    /// # Errors
    /// When the method is not known or its types cannot be compiled.
    pub async fn prepare(&self, method: &str) -> Result<Arc<Prepared>, CallError> {
        let known = self.inner.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(method).cloned();
        if let Some(prepared) = known {
            return Ok(prepared);
        }
        let found = self.inner.schema.method(method).await;
        if let Some(reflection) = &self.inner.reflection {
            reflection.close().await;
        }
        let prepared = Arc::new(Prepared::new(found?)?);
        let mut all = self.inner.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(method.to_owned(), Arc::clone(&prepared));
        Ok(prepared)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("peer", &self.inner.connection.peer()).finish_non_exhaustive()
    }
}
