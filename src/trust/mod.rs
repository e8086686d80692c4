//! Who somebody is, and whom to believe: certificates, keys, and the files they come in.

mod certificate;
mod credentials;
mod given;

pub use certificate::Certificate;
pub(crate) use credentials::anchors;
pub use credentials::{CredentialError, Identity};
pub(crate) use given::itself_given;
