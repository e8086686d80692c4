//! To be found: a server is written down where its clients look for it, is kept there, and is taken out again.

#[cfg(feature = "consul")]
mod consul;
mod error;
mod etcd;
mod file;
mod keeper;
mod listing;
#[cfg(feature = "mdns")]
mod mdns;
mod places;
mod presence;
mod told;

pub use error::RegisterError;
pub use listing::Listing;
pub use places::Registrar;
pub use presence::Presence;
pub use told::Notes;
