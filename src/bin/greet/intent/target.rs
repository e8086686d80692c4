//! From a TARGET and the options beside it to a server that can be dialled.

use greet::client::ConnectOptions;
use greet::{Security, Target};

use crate::args::ConnectionArgs;
use crate::failure::{Failure, Kind};

/// Reads a target.
pub(crate) fn parse(text: &str) -> Result<Target, Failure> {
    Target::parse(text).map_err(|error| {
        Failure::new(Kind::Usage, error.to_string())
            .hint("a target is host:port, :port, unix:/path or http://host:port")
    })
}

/// How to dial it; decides between plaintext and TLS.
pub(crate) fn options(target: &Target, args: &ConnectionArgs) -> Result<ConnectOptions, Failure> {
    let explicit = match (args.plaintext, args.tls) {
        (true, _) => Some(Security::Plaintext),
        (_, true) => Some(Security::Tls),
        _ => None,
    };
    let security = target.security(explicit).map_err(|error| {
        Failure::new(Kind::Usage, error.to_string()).hint("--plaintext or --tls says what all of them speak")
    })?;
    if security == Security::Tls {
        return Err(Failure::new(Kind::Tls, "this version speaks no TLS").hint("add --plaintext"));
    }
    let mut options = ConnectOptions::default();
    options.security = Some(security);
    options.connect_timeout = args.connect_timeout;
    options.authority.clone_from(&args.authority);
    options.user_agent.clone_from(&args.user_agent);
    options.max_recv_size = args.max_recv_size;
    Ok(options)
}
