//! Where the schema comes from: given files first, then the server.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use greet::caller::Prepared;
use greet::client::{
    CallHead, ConnectOptions, Connection, Ending, Lease, Peer, Pick, Pool, PoolOptions, Reflection,
    ReflectionVersion,
};
use greet::protocol::Encoding;
use greet::schema::{DescriptorSet, SchemaError, Source};
use greet::{Client, MetadataMap, Method, Schema, Target};

use super::{balance, target, way};
use crate::args::{self, ConnectionArgs, ReflectionChoice, SchemaArgs};
use crate::failure::{Failure, Kind};

/// The sources on the command line, in their order.
pub(crate) fn given(args: &SchemaArgs) -> Result<Vec<Arc<dyn Source>>, Failure> {
    let mut sources: Vec<Arc<dyn Source>> = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    if args.given.0.iter().filter(|given| **given == args::Source::Stdin).count() > 1 {
        return Err(stdin_is_taken());
    }
    for given in &args.given.0 {
        match given {
            args::Source::Proto(path) | args::Source::Set(path) => paths.push(path.clone()),
            args::Source::Stdin => {
                sources.extend(opened(&mut paths, args)?);
                sources.push(Arc::new(DescriptorSet::read("standard input", std::io::stdin().lock())?));
            }
        }
    }
    sources.extend(opened(&mut paths, args)?);
    Ok(sources)
}

fn opened(paths: &mut Vec<PathBuf>, args: &SchemaArgs) -> Result<Vec<Arc<dyn Source>>, Failure> {
    let paths = std::mem::take(paths);
    Ok(if paths.is_empty() { Vec::new() } else { greet::schema::open(paths, args.include.clone())? })
}

/// Whether the schema comes from standard input, which is then not there for data.
pub(crate) fn takes_stdin(args: &SchemaArgs) -> bool {
    args.given.0.contains(&args::Source::Stdin)
}

/// Two want standard input.
pub(crate) fn stdin_is_taken() -> Failure {
    Failure::new(Kind::Usage, "standard input can be read once only")
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It looks for the schema.
    Schema,
    /// It reads the data of the request.
    Data,
    /// It connects.
    Connect,
    /// The call is under way.
    Call,
}

/// A server and what is known of its schema; dials when it has to, and at most once.
pub(crate) struct Session<'a> {
    target: &'a Target,
    options: ConnectOptions,
    args: &'a ConnectionArgs,
    /// What goes with the questions.
    metadata: MetadataMap,
    connection: Option<Connection>,
    /// Where calls are spread over several addresses.
    pool: Option<Pool>,
    wait: Option<Duration>,
    /// What was picked last of it.
    lease: Option<Lease>,
    reflection: Option<Arc<Reflection>>,
    schema: Schema,
    stage: Rc<Cell<Stage>>,
}

/// Why a method was not found.
pub(crate) struct Unfound {
    pub(crate) failure: Failure,
    /// Whether somebody who was asked said so; else nobody could be asked.
    pub(crate) is_known: bool,
}

impl Unfound {
    fn of(error: SchemaError) -> Self {
        Self { is_known: !error.is_unreachable(), failure: error.into() }
    }
}

impl<'a> Session<'a> {
    /// With the given sources only; nothing is dialled.
    pub(crate) fn new(
        given: Vec<Arc<dyn Source>>,
        target: &'a Target,
        options: ConnectOptions,
        args: &'a ConnectionArgs,
        metadata: MetadataMap,
    ) -> Self {
        let stage = Rc::new(Cell::new(Stage::Schema));
        let schema = Schema::new(given);
        Self {
            target,
            options,
            args,
            metadata,
            connection: None,
            pool: None,
            wait: args.wait,
            lease: None,
            reflection: None,
            schema,
            stage,
        }
    }

    /// Has calls spread over the addresses of the target.
    pub(crate) fn balance(&mut self, options: PoolOptions) -> Result<(), Failure> {
        let pool = Pool::new(self.target, &self.options, options);
        self.pool = Some(pool.map_err(|error| Failure::connect(&error))?);
        Ok(())
    }

    /// How long a server is waited for where none works, from now on.
    pub(crate) fn waits(&mut self, wait: Option<Duration>) {
        self.wait = wait;
    }

    /// The server, as it was typed.
    pub(crate) fn target(&self) -> &Target {
        self.target
    }

    /// How it is dialled.
    pub(crate) fn options(&self) -> &ConnectOptions {
        &self.options
    }

    /// What calls are spread over, if they are.
    pub(crate) fn pool(&self) -> Option<&Pool> {
        self.pool.as_ref()
    }

    /// The address that the last client goes to, where several share the calls.
    pub(crate) fn picked(&self) -> Option<Peer> {
        self.lease.as_ref().map(|lease| lease.peer().clone())
    }

    /// The call by the last client is over.
    pub(crate) fn ended(&mut self, ending: &Ending) {
        if let Some(lease) = self.lease.take() {
            lease.ended(ending);
        }
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Makes a method ready. The server is asked only if the given sources do not know it.
    pub(crate) async fn prepare(&mut self, name: &str) -> Result<Arc<Prepared>, Failure> {
        let method = self.find(name).await.map_err(|unfound| unfound.failure)?;
        Ok(Arc::new(Prepared::new(method)?))
    }

    /// The method that a name means, by the given sources and then by the server.
    pub(crate) async fn find(&mut self, name: &str) -> Result<Method, Unfound> {
        if self.schema.sources().is_empty() {
            return self.find_with_server(name).await;
        }
        match self.schema.method(name).await {
            Ok(method) => Ok(method),
            Err(error) if self.args.reflection == ReflectionChoice::Off => Err(Unfound::of(error)),
            Err(error) if error.is_not_found() => self.find_with_server(name).await,
            // Given files that lack one: the server may fill the gap.
            Err(error) if error.lacks().is_some() => {
                self.find_with_server(name).await.map_err(|_| Unfound::of(error))
            }
            Err(error) => Err(Unfound::of(error)),
        }
    }

    async fn find_with_server(&mut self, name: &str) -> Result<Method, Unfound> {
        let unasked = |failure| Unfound { failure, is_known: false };
        self.ask_server().await.map_err(unasked)?;
        let found = bounded(self.args.connect_timeout, self.schema.method(name)).await.map_err(unasked)?;
        let method = match found {
            Ok(method) => method,
            Err(error) => {
                self.leave().await;
                let Unfound { failure, is_known } = Unfound::of(error);
                return Err(Unfound { failure: self.look(failure), is_known });
            }
        };
        // The stream of questions is over before the call begins: some servers allow one stream only.
        if let Some(reflection) = &self.reflection {
            reflection.close().await;
        }
        Ok(method)
    }

    /// Puts the server's reflection after the sources that are known.
    pub(crate) async fn ask_server(&mut self) -> Result<(), Failure> {
        let version = match self.args.reflection {
            ReflectionChoice::Auto => ReflectionVersion::Auto,
            ReflectionChoice::V1 => ReflectionVersion::V1,
            ReflectionChoice::V1alpha => ReflectionVersion::V1Alpha,
            ReflectionChoice::Off if self.schema.sources().is_empty() => {
                return Err(Failure::new(Kind::Schema, "there is no schema: reflection is off")
                    .hint("give the schema by -p FILE or --descriptor-set FILE"));
            }
            ReflectionChoice::Off => return Ok(()),
        };
        let reflection = Reflection::new(&self.dial().await?)
            .with_name(self.target.text())
            .with_metadata(self.metadata.clone())
            .with_version(version)
            .with_dial(self.target, &self.options)
            .with_timeout(self.args.connect_timeout);
        let curious = self.args.telling.verbose > 1;
        let reflection = Arc::new(if curious { reflection.with_witness(way::asked) } else { reflection });
        self.reflection = Some(Arc::clone(&reflection));
        let mut sources = self.schema.sources().to_vec();
        sources.push(reflection);
        self.schema = Schema::new(sources);
        Ok(())
    }

    /// Takes leave of the server's reflection, if it was asked.
    pub(crate) async fn leave(&self) {
        if let Some(reflection) = &self.reflection {
            reflection.leave().await;
        }
    }

    /// Where nothing is near what was asked for: how to see what there is.
    pub(crate) fn look(&self, failure: Failure) -> Failure {
        match (failure.kind(), failure.hints()) {
            (Kind::Schema, []) => failure.hint(format!("greet list {} shows what there is", self.target)),
            _ => failure,
        }
    }

    /// The connection that stands, or a new one where there is none or the server takes no more calls on it.
    async fn dial(&mut self) -> Result<Connection, Failure> {
        if let Some(pool) = &self.pool {
            let before = self.stage.replace(Stage::Connect);
            let lease = Box::pin(balance::pick(pool, self.wait, self.target.text())).await?;
            self.stage.set(before);
            let connection = lease.connection().clone();
            if self.args.telling.verbose > 0 {
                way::reached(self.target.text(), &connection);
            }
            self.lease = Some(lease);
            self.connection = Some(connection.clone());
            return Ok(connection);
        }
        let asked = match &self.reflection {
            Some(reflection) => Some(reflection.connection().await),
            None => None,
        };
        // The one that was made last is another where the server took no more on that of the questions.
        for standing in [asked, self.connection.clone()].into_iter().flatten() {
            if standing.takes_calls() {
                return Ok(standing);
            }
        }
        let connection = self.dial_anew().await?;
        self.connection = Some(connection.clone());
        Ok(connection)
    }

    /// The connection that was made last.
    pub(crate) fn connection(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }

    /// Whether the server was asked for its schema, on the connection that a call is made on.
    pub(crate) fn has_asked(&self) -> bool {
        self.reflection.is_some()
    }

    async fn dial_anew(&self) -> Result<Connection, Failure> {
        let before = self.stage.replace(Stage::Connect);
        let (server, options) = (self.target, &self.options);
        let connection = target::connect_within(self.wait, server, options, self.args, &mut false).await?;
        self.stage.set(before);
        Ok(connection)
    }

    /// Where the run is; it is told here of connections.
    pub(crate) fn stage(&self) -> Rc<Cell<Stage>> {
        Rc::clone(&self.stage)
    }

    /// What would be sent first of a call, without a connection.
    pub(crate) fn request(&self, head: CallHead) -> Result<http::Request<()>, Failure> {
        Ok(head.to_target(self.target, &self.options)?)
    }

    /// The client for the call itself.
    pub(crate) async fn client(
        &mut self,
        metadata: MetadataMap,
        timeout: Option<Duration>,
    ) -> Result<Client, Failure> {
        let connection = self.dial().await?;
        Ok(self.client_over(connection, metadata, timeout))
    }

    /// What further attempts of a call go over that goes over this.
    pub(crate) fn more(
        &self,
        client: &Client,
        metadata: MetadataMap,
        timeout: Option<Duration>,
        encoding: Encoding,
    ) -> impl Fn() -> Option<(Option<Lease>, Client)> + 'static + use<> {
        let (pool, schema, client) = (self.pool.clone(), self.schema.clone(), client.clone());
        move || match &pool {
            None => Some((None, client.clone())),
            Some(pool) => match pool.try_pick() {
                Pick::Lease(lease) => {
                    let connection = lease.connection().clone();
                    let client = Client::over(connection, schema.clone(), metadata.clone(), timeout);
                    Some((Some(lease), client.with_encoding(encoding)))
                }
                Pick::Wait | Pick::Failed(_) => None,
            },
        }
    }

    /// What counts the call by the last client, where several servers share the calls.
    pub(crate) fn lease(&mut self) -> Option<Lease> {
        self.lease.take()
    }

    /// The same over this connection.
    pub(crate) fn client_over(
        &self,
        connection: Connection,
        metadata: MetadataMap,
        timeout: Option<Duration>,
    ) -> Client {
        Client::over(connection, self.schema.clone(), metadata, timeout)
    }

    /// The same over a connection of its own.
    pub(crate) async fn another_client(
        &self,
        metadata: MetadataMap,
        timeout: Option<Duration>,
    ) -> Result<Client, Failure> {
        Ok(self.client_over(self.dial_anew().await?, metadata, timeout))
    }
}

/// Connecting and asking for the schema have one bound together.
pub(crate) async fn bounded<T>(limit: Duration, future: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(limit, future).await.map_err(|_| {
        let limit = greet::leaf::duration::render(limit);
        Failure::new(Kind::Schema, format!("the server did not give its schema within {limit}"))
            .hint("give the schema by -p FILE, or more time by --connect-timeout")
    })
}
