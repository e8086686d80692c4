//! To speak, in bytes: names to addresses, connections, calls, and the typed clients for reflection and health.

mod answer;
mod attempt;
mod backoff;
mod body;
mod call;
mod connection;
#[cfg(feature = "consul")]
pub mod consul;
mod dial;
mod ending;
mod error;
pub mod etcd;
mod handshake;
mod head;
mod health;
mod hedge;
mod interview;
mod keepalive;
mod known;
mod line;
#[cfg(feature = "mdns")]
pub(crate) mod mdns;
mod names;
mod options;
mod outward;
mod pool;
mod probe;
mod proxy;
mod reflection;
mod reflection_error;
mod reflection_version;
mod replies;
mod requests;
mod resolve;
mod retry;
mod service;
mod service_config;
mod socket;
mod tls;
mod wait;
mod witness;

/// What the fuzz targets feed: no part of the public face.
#[doc(hidden)]
pub mod fuzzed {
    pub use super::names::fuzzed::*;
    pub use super::pool::weighed;
}

pub use crate::trust::{Certificate, CredentialError, Identity};
pub use backoff::Backoff;
pub(crate) use backoff::random;
pub use body::ReplyBody;
pub use call::{CallHead, ReplyCount};
pub use connection::{Connection, Phases};
pub use ending::{Ending, Origin};
pub use error::ConnectError;
pub use health::{Health, HealthSaid, HealthWatch, Serving};
pub use hedge::Hedge;
pub use names::{Lists, Located, NameOptions, Resolution, ResolveError, Resolver, Update, Updates, resolver};
pub use options::{ConnectOptions, IpFamily};
pub use outward::outward_address;
pub use pool::{
    BackendFacts, FailurePercentage, Lease, LoadBalancing, OutlierOptions, Pick, Picker, Pool, PoolError,
    PoolOptions, State, SuccessRate, WeightOptions,
};
pub use proxy::{InvalidProxy, Proxy};
pub use reflection::Reflection;
pub use reflection_error::ReflectionError;
pub use reflection_version::ReflectionVersion;
pub use replies::{Only, Replies, Reply};
pub use requests::{Requests, SendError};
pub use resolve::Peer;
#[cfg(feature = "mdns")]
pub(crate) use resolve::look_up;
pub use retry::{Decision, Failed, LookedAt, Pushback, RetryPolicy, Tries};
pub use service_config::{
    BalancingConfig, ConfigError, HedgingPolicy, MethodConfig, MethodName, ServiceConfig, Throttle,
    Throttling,
};
pub use tls::{TLS_PROVIDER, TlsFacts, TlsFailure, TlsOptions};
pub use witness::Asked;

#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod connect_tests;
#[cfg(test)]
mod keepalive_tests;
#[cfg(test)]
mod other_side;
#[cfg(test)]
mod typed_tests;
