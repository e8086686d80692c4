//! etcd as a client sees it: keys, leases and watches, over greet's own connection.

mod error;
mod lease;
mod messages;
mod naming;
mod options;
mod session;
mod watch;

pub use error::EtcdError;
pub use lease::EtcdBeat;
pub use naming::{EtcdEntry, EtcdFormat};
pub use options::EtcdOptions;
pub use session::{Etcd, EtcdFound, EtcdKey};
pub use watch::{EtcdChange, EtcdWatch};
