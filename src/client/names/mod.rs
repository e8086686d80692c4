//! Names to addresses: one trait for all who know them, and the watch that outlives whoever is asked.
//!
//! A new scheme is a file here with a [`Resolver`], an arm in [`resolver`], and a [`Scheme`] in `leaf`.

#[cfg(feature = "consul")]
mod consul;
#[cfg(feature = "dns")]
mod dns;
mod entry;
mod error;
mod etcd;
#[cfg(all(unix, feature = "exec"))]
mod exec;
mod file;
pub(super) mod fuzzed;
mod listed;
mod located;
#[cfg(feature = "mdns")]
mod mdns;
mod options;
mod polled;
mod system;
mod updates;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::leaf::{Scheme, Target};

pub use error::ResolveError;
pub use located::{Located, Resolution};
pub use options::NameOptions;
pub use updates::{Update, Updates};

use super::attempt::Attempt;
use super::options::ConnectOptions;
use super::resolve::Candidate;

/// Who knows the addresses behind one name.
#[async_trait::async_trait]
pub trait Resolver: Send + Sync {
    /// Asks once. How long it may take is bounded by who asks.
    ///
    /// # Errors
    /// When nobody could be asked, or nothing was found: an answer without addresses is an error too
    /// ([`ResolveError::no_backends`]), so that every list has at least one.
    async fn resolve(&self) -> Result<Resolution, ResolveError>;

    /// Asks for some of the servers, for one call: where all of them take longer to find, those that are found first.
    ///
    /// # Errors
    /// As those of [`Resolver::resolve`].
    async fn some(&self) -> Result<Resolution, ResolveError> {
        self.resolve().await
    }

    /// The lists, one after the other, as they change.
    fn lists(self: Arc<Self>) -> Box<dyn Lists>;
}

/// The lists behind a name, as they change. It says what it sees and no more: to wait after an error, and to say it once,
/// is the business of [`Updates`].
#[async_trait::async_trait]
pub trait Lists: Send {
    /// The first time, and after an error, the list as it is now; then the next list that may differ from the last one.
    /// A future that is dropped loses nothing: the next one goes on where it was.
    ///
    /// # Errors
    /// As those of [`Resolver::resolve`].
    async fn next(&mut self) -> Result<Resolution, ResolveError>;

    /// Somebody has reason to think that the list is old: where it is asked for from time to time, it is to be asked for
    /// soon. Where changes are told anyhow there is nothing to do.
    fn hurry(&mut self) {}

    /// How long to wait after an error, where to ask costs next to nothing; elsewhere the pauses grow.
    fn pause(&self) -> Option<Duration> {
        None
    }
}

/// Who knows the addresses of a target: the system for what stands in it, else whom its scheme says.
///
/// # Errors
/// When the target and the options contradict each other, or this build does not know the scheme.
pub fn resolver(target: &Target, options: &ConnectOptions) -> Result<Arc<dyn Resolver>, ResolveError> {
    let Some(name) = target.name() else {
        return Ok(Arc::new(system::System::new(target, options)?));
    };
    let security =
        target.security(options.security).map_err(|error| ResolveError::options(error.to_string()))?;
    // What this build was made without is known, and said.
    #[allow(unreachable_patterns)]
    match name.scheme {
        Scheme::Etcd => Ok(Arc::new(etcd::InEtcd::new(name, security, options)?)),
        #[cfg(feature = "consul")]
        Scheme::Consul => Ok(Arc::new(consul::InConsul::new(name, security, options)?)),
        #[cfg(feature = "mdns")]
        Scheme::Mdns => Ok(Arc::new(mdns::InNetwork::new(name, security, options)?)),
        Scheme::File => Ok(Arc::new(file::Listing::new(name, security, options))),
        #[cfg(feature = "dns")]
        Scheme::Dns | Scheme::DnsSrv => Ok(Arc::new(dns::Dns::new(name, security, options)?)),
        #[cfg(all(unix, feature = "exec"))]
        Scheme::Exec => Ok(Arc::new(exec::Program::new(name, security, options)?)),
        _ => Err(ResolveError::not_built(name)),
    }
}

/// The addresses of a target that is a name, as they are dialled, and the names in its list that led to none.
pub(super) async fn candidates(
    target: &Target,
    options: &ConnectOptions,
) -> Result<(Vec<Candidate>, Vec<Attempt>), ResolveError> {
    let list = resolver(target, options)?.some().await?;
    let failed = list.unresolved.into_iter();
    let failed = failed.map(|(place, why)| Attempt::unresolved(place, io::Error::other(why)));
    Ok((list.located.iter().map(Located::candidate).collect(), failed.collect()))
}
