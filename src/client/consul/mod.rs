//! Consul as a client sees it: an agent's HTTP API, as far as servers register and are found there.

mod agent;
mod options;
mod service;

pub use agent::{Consul, ConsulError};
pub use options::ConsulOptions;
pub use service::{ConsulService, Healthy};
