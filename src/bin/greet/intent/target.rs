//! From a TARGET and the options beside it to a server that can be dialled.

use std::sync::Once;
use std::time::Duration;

use greet::client::{ConnectError, ConnectOptions, Connection, Proxy};
use greet::leaf::duration;
use greet::{Layer, Security, Target};

use super::{naming, proxy, target_form, tls, way};
use crate::args::ConnectionArgs;
use crate::failure::{Failure, Kind};
use crate::ui;

/// Reads a target.
pub(crate) fn parse(text: &str) -> Result<Target, Failure> {
    Target::parse(text)
        .map_err(|error| Failure::new(Kind::Usage, error.to_string()).hint(target_form::hint(text)))
}

/// How to dial it; decides between plaintext and TLS, and reads the files that TLS needs.
pub(crate) fn options(target: &Target, args: &ConnectionArgs) -> Result<ConnectOptions, Failure> {
    let security = target.security(tls::security(&args.tls)).map_err(|error| {
        let failure = Failure::new(Kind::Usage, error.to_string());
        if target.has_scheme() {
            failure
        } else {
            failure.hint("--plaintext or --tls says what all of them speak")
        }
    })?;
    let mut options = ConnectOptions::default();
    options.security = Some(security);
    // Who connects names the layer and the addresses when the time of the whole run is up.
    options.connect_timeout = args.connect_timeout.min(args.max_time.unwrap_or(Duration::MAX));
    options.authority.clone_from(&args.authority);
    options.user_agent.clone_from(&args.user_agent);
    options.max_recv_size = args.max_recv_size;
    options.keepalive = args.keepalive;
    options.names = naming::names(args.allow_exec);
    options = naming::with_addresses(options, args.ipv4, args.ipv6, &args.resolve);
    if security == Security::Tls {
        options.tls = tls::options(&args.tls)?;
    }
    options.proxy = proxy_of(target, security, args)?.map(|(proxy, _)| proxy);
    Ok(options)
}

fn proxy_of(
    target: &Target,
    security: Security,
    args: &ConnectionArgs,
) -> Result<Option<(Proxy, Option<&'static str>)>, Failure> {
    proxy::of(args.proxy.as_deref(), target, security, |name| std::env::var(name).ok())
}

/// Whether it was said that a server knows no ALPN: once, however many connections are made.
static SAID: Once = Once::new();

/// Dials it, and waits for it if that was asked for.
pub(crate) async fn connect(
    target: &Target,
    options: &ConnectOptions,
    args: &ConnectionArgs,
) -> Result<Connection, Failure> {
    connect_within(args.wait, target, options, args, &mut false).await
}

/// The same with what is left of the time to wait; `said` is whether it was said what is waited for.
pub(crate) async fn connect_within(
    left: Option<Duration>,
    target: &Target,
    options: &ConnectOptions,
    args: &ConnectionArgs,
    said: &mut bool,
) -> Result<Connection, Failure> {
    let connected = match left {
        None => Connection::connect(target, options).await,
        Some(left) => {
            let say = |error: &ConnectError| {
                if !std::mem::replace(said, true) {
                    let limit = duration::render(args.wait.unwrap_or(left));
                    ui::note(&format!("waiting for {target}, at most {limit}: {error}"));
                }
            };
            Box::pin(Connection::connect_within(left, target, options, say)).await
        }
    };
    let connection =
        connected.map_err(|error| explain(&error, left.and(args.wait), target, options, args))?;
    if args.telling.verbose > 0 {
        way::reached(target.text(), &connection);
    }
    if connection.tls().is_some_and(|tls| !tls.agreed_on_http2) {
        SAID.call_once(|| {
            ui::note(
                "the server did not agree on HTTP/2 in the TLS handshake (ALPN); it is spoken all the same",
            );
        });
    }
    Ok(connection)
}

/// What only the command line knows of a failure: how long was waited, and where the proxy came from.
fn explain(
    error: &ConnectError,
    waited: Option<Duration>,
    target: &Target,
    options: &ConnectOptions,
    args: &ConnectionArgs,
) -> Failure {
    let mut failure = Failure::connect(error);
    if let Some(limit) = waited.filter(|_| error.may_pass()) {
        failure =
            failure.hint(format!("it was waited for {}; --wait says how long", duration::render(limit)));
    }
    let security = options.security.unwrap_or(Security::Plaintext);
    match proxy_of(target, security, args) {
        Ok(Some((_, Some(name)))) if matches!(error.layer(), Layer::Resolve | Layer::Connect) => {
            failure.hint(format!("the proxy comes from {name}; --proxy '' goes without"))
        }
        _ => failure,
    }
}
