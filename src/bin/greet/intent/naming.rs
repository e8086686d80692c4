//! From what is typed after `greet resolve` to whom is to be asked, and how.

use greet::Security;
use greet::client::{ConnectOptions, IpFamily, NameOptions};

use crate::args::{ResolveArgs, Resolved};

/// How the target's name is turned into addresses.
pub(crate) fn options(args: &ResolveArgs) -> ConnectOptions {
    let mut options = ConnectOptions::default().with_connect_timeout(args.connect_timeout);
    options.security = match (args.plaintext, args.tls) {
        (true, _) => Some(Security::Plaintext),
        (_, true) => Some(Security::Tls),
        _ => None,
    };
    options.names = names(args.allow_exec);
    options.names.refresh = args.refresh;
    with_addresses(options, args.ipv4, args.ipv6, &args.resolve)
}

/// What may be asked for names.
pub(super) fn names(allow_exec: bool) -> NameOptions {
    let mut names = NameOptions::default();
    names.allow_exec = allow_exec;
    names
}

/// With the family of addresses, and those that are said.
pub(super) fn with_addresses(
    mut options: ConnectOptions,
    ipv4: bool,
    ipv6: bool,
    resolve: &[Resolved],
) -> ConnectOptions {
    options.family = match (ipv4, ipv6) {
        (true, _) => Some(IpFamily::Ipv4),
        (_, true) => Some(IpFamily::Ipv6),
        _ => None,
    };
    for said in resolve {
        options = options.with_addresses(&said.host, said.port, said.addresses.clone());
    }
    options
}
