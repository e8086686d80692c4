//! Sources in their order, asked as one.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use futures_util::FutureExt as _;

use super::reach::Origin;
use super::{Bundled, Closure, File, Method, MethodOutline, Question, SchemaError, Shape, Source, bundled};

/// Everything that describes the services at hand: given files and sets, a server, and the bundled types last.
///
/// A symbol is taken, with all it reaches, from the first source that has it; `google/protobuf/*` is always
/// greet's own. Only what is asked for is loaded and linked, and it is linked once. A clone is cheap and shares all.
/// The questions are asynchronous because one kind of source asks a server; they run on any runtime.
#[derive(Debug, Clone)]
pub struct Schema {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    sources: Vec<Arc<dyn Source>>,
    /// Linked closures by the root files they were made for.
    linked: Mutex<HashMap<Roots, Arc<Closure>>>,
    /// The schema of those sources that need not ask anybody, where there are others too.
    at_hand: OnceLock<Schema>,
}

/// A schema that is not kept by whoever holds this.
#[derive(Debug)]
pub(super) struct WeakSchema(Weak<Inner>);

impl WeakSchema {
    pub(super) fn upgrade(&self) -> Option<Schema> {
        self.0.upgrade().map(|inner| Schema { inner })
    }
}

/// What a closure was made for: where its roots came from, and their names.
type Roots = (Origin, Vec<String>);

impl Schema {
    /// A schema over these sources, the first to be asked first. The bundled types need not be among them.
    pub fn new(sources: Vec<Arc<dyn Source>>) -> Self {
        Self { inner: Arc::new(Inner { sources, linked: Mutex::default(), at_hand: OnceLock::new() }) }
    }

    /// The sources, in their order, without the bundled types.
    pub fn sources(&self) -> &[Arc<dyn Source>] {
        &self.inner.sources
    }

    /// The files that its sources were read from, or were looked for in ([`Source::paths`]).
    pub fn paths(&self) -> Vec<std::path::PathBuf> {
        self.sources().iter().flat_map(|source| source.paths()).collect()
    }

    /// The full names of all services of all sources, sorted, each once; gRPC's own (health, reflection,
    /// channelz) last.
    ///
    /// # Errors
    /// When a source cannot be asked.
    pub async fn services(&self) -> Result<Vec<String>, SchemaError> {
        let mut services = Vec::new();
        for source in self.sources() {
            services.extend(source.services().await?);
        }
        services.sort_by(|a, b| (is_infrastructure(a), a).cmp(&(is_infrastructure(b), b)));
        services.dedup();
        Ok(services)
    }

    /// The first file of this name among the sources and the bundled files.
    ///
    /// # Errors
    /// When a source cannot be asked, and none has the file.
    pub async fn file(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        let mut failure = None;
        for source in self.sources() {
            match source.file(name).await {
                Ok(None) => {}
                Ok(Some(file)) => return Ok(Some(file)),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        or_failure(bundled::file(name), failure)
    }

    /// The file that declares a symbol, by its full name without a leading dot.
    ///
    /// # Errors
    /// When a source cannot be asked, and none has the symbol.
    pub async fn symbol(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        Ok(self.find(name).await?.map(|(_, file)| file))
    }

    /// The numbers of all extensions of a message that any source knows, in rising order.
    ///
    /// # Errors
    /// When a source cannot be asked.
    pub async fn extensions(&self, message: &str) -> Result<Vec<i32>, SchemaError> {
        let mut numbers = Bundled.extensions(message).await?;
        for source in self.sources() {
            numbers.extend(source.extensions(message).await?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// The file that declares the extension of `message` with this number.
    ///
    /// # Errors
    /// When a source cannot be asked, and none has the extension.
    pub async fn extension(&self, message: &str, number: i32) -> Result<Option<Arc<File>>, SchemaError> {
        let mut failure = None;
        for source in self.sources() {
            match source.extension(message, number).await {
                Ok(None) => {}
                Ok(Some(file)) => return Ok(Some(file)),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        or_failure(bundled::set().extension(message, number), failure)
    }

    /// The file that declares a symbol and everything it reaches, linked.
    ///
    /// # Errors
    /// When no source has the symbol, or what it reaches does not link.
    pub async fn closure(&self, symbol: &str) -> Result<Arc<Closure>, SchemaError> {
        let found = self.find(symbol).await?;
        let (origin, file) = found.ok_or_else(|| self.unknown("symbol", symbol, Vec::new()))?;
        let closure = self.linked(origin, vec![file]).await?;
        closure.sound(symbol).map(|()| closure)
    }

    /// The closure of a symbol, if it need not be asked of anybody; for those who cannot wait.
    pub fn closure_at_hand(&self, symbol: &str) -> Option<Arc<Closure>> {
        self.at_hand().closure(symbol).now_or_never()?.ok()
    }

    /// Whether no question to this schema waits for anybody.
    pub fn is_at_hand(&self) -> bool {
        self.sources().iter().all(is_at_hand)
    }

    /// The schema of those sources that need not ask anybody.
    fn at_hand(&self) -> &Self {
        if self.is_at_hand() {
            return self;
        }
        let sources = || self.sources().iter().filter(|source| is_at_hand(source)).cloned().collect();
        self.inner.at_hand.get_or_init(|| Self::new(sources()))
    }

    /// One closure a source, with all its files if they are at hand, else with all that its services reach.
    /// A source without a file gives none.
    ///
    /// # Errors
    /// When a source cannot be asked, or its files do not link.
    pub async fn whole(&self) -> Result<Vec<Arc<Closure>>, SchemaError> {
        let mut closures = Vec::new();
        for (index, source) in self.sources().iter().enumerate() {
            let roots = roots_of(source.as_ref()).await?;
            if !roots.is_empty() {
                closures.push(self.linked(Origin::Given(index), roots).await?);
            }
        }
        Ok(closures)
    }

    /// Every service of the sources with its methods, the services sorted, the methods as in their files; nothing
    /// is linked for it. Of two services with one name the first source's stays. This is what a server of the
    /// schema answers.
    ///
    /// # Errors
    /// When a source cannot be asked.
    pub async fn all_methods(&self) -> Result<BTreeMap<String, Vec<MethodOutline>>, SchemaError> {
        let mut services = BTreeMap::new();
        for source in self.sources() {
            for service in source.services().await? {
                if let Entry::Vacant(free) = services.entry(service) {
                    let methods = source.methods(free.key()).await?;
                    free.insert(methods);
                }
            }
        }
        Ok(services)
    }

    /// The first source that has a symbol, and its file. What is Google's own is not asked of any.
    pub(super) async fn find(&self, symbol: &str) -> Result<Option<(Origin, Arc<File>)>, SchemaError> {
        let ours = || bundled::set().symbol(symbol).map(|file| (Origin::Bundled, file));
        if symbol.starts_with("google.protobuf.")
            && let Some(found) = ours()
        {
            return Ok(Some(found));
        }
        let mut failure = None;
        for (index, source) in self.sources().iter().enumerate() {
            match source.symbol(symbol).await {
                Ok(None) => {}
                Ok(Some(file)) => return Ok(Some((Origin::Given(index), file))),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        or_failure(ours(), failure)
    }

    /// Links files of one origin with all they reach, or finds them linked.
    pub(super) async fn linked(
        &self,
        origin: Origin,
        roots: Vec<Arc<File>>,
    ) -> Result<Arc<Closure>, SchemaError> {
        let key = (origin, roots.iter().map(|file| file.name().to_owned()).collect());
        let memory = || self.inner.linked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(closure) = memory().get(&key) {
            return Ok(Arc::clone(closure));
        }
        let closure = Arc::new(self.link(origin, roots).await?.of(WeakSchema(Arc::downgrade(&self.inner))));
        Ok(Arc::clone(memory().entry(key).or_insert(closure)))
    }

    /// The error for a name that no source has.
    pub(super) fn unknown(&self, what: &str, name: &str, nearest: Vec<String>) -> SchemaError {
        let mut names: Vec<_> = self.sources().iter().map(|source| source.name()).collect();
        // What is in one folder may be several sources.
        names.dedup();
        let place = if names.is_empty() { Source::name(&Bundled) } else { names.join(", ") };
        SchemaError::not_found(format!("{what} '{name}' not found in {place}"), nearest)
    }
}

fn is_at_hand(source: &Arc<dyn Source>) -> bool {
    source.declarations().is_some()
}

/// The file found, or what kept others from being asked.
fn or_failure<T>(found: Option<T>, failure: Option<SchemaError>) -> Result<Option<T>, SchemaError> {
    match (found, failure) {
        (None, Some(error)) => Err(error),
        (found, _) => Ok(found),
    }
}

/// The files to begin with for all of a source.
pub(super) async fn roots_of(source: &dyn Source) -> Result<Vec<Arc<File>>, SchemaError> {
    let mut roots: Vec<Arc<File>> = Vec::new();
    if let Some(declarations) = source.declarations() {
        for name in declarations.file_names() {
            roots.extend(source.file(&name).await?);
        }
        return Ok(roots);
    }
    let services = source.services().await?;
    source.want(&services.iter().map(|name| Question::Symbol(name)).collect::<Vec<_>>()).await?;
    for service in services {
        if let Some(file) = source.symbol(&service).await?
            && !roots.iter().any(|root| root.name() == file.name())
        {
            roots.push(file);
        }
    }
    Ok(roots)
}

/// Whether a service is one of gRPC's own or drives greet itself, which nobody means by a short name.
pub fn is_infrastructure(service: &str) -> bool {
    ["grpc.health.", "grpc.reflection.", "grpc.channelz.", "greet.admin."]
        .iter()
        .any(|own| service.starts_with(own))
}

/// The methods of a service of a closure, in the file's order.
pub(super) fn methods_of(closure: &Arc<Closure>, service: &str) -> Option<Vec<Method>> {
    if closure.lost(service).is_some() {
        return Method::declared(closure, service);
    }
    let pool = closure.descriptors();
    let methods = pool.service_by_name(service)?.methods().iter().map(|method| Method {
        service: service.to_owned(),
        name: method.name().to_owned(),
        input: pool.message(method.input()).full_name().to_owned(),
        output: pool.message(method.output()).full_name().to_owned(),
        shape: Shape::new(method.is_client_streaming(), method.is_server_streaming()),
        closure: Arc::clone(closure),
    });
    Some(methods.collect())
}

#[cfg(test)]
#[path = "ask_tests.rs"]
mod tests;
