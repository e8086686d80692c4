//! Multicast DNS as greet speaks it: what a kind of service is called, who listens while somebody needs it, and what is heard.

mod daemon;
mod known;
mod service_type;

pub(crate) use daemon::Daemon;
pub(crate) use known::Known;
pub(crate) use service_type::ServiceType;
