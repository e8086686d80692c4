//! On what terms a call is made: what was typed, and what a service config says.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use greet::client::{
    ConnectOptions, HedgingPolicy, MethodConfig, ResolveError, RetryPolicy, ServiceConfig, Throttle, resolver,
};
use greet::leaf::os_cause::words;
use greet::{Size, Target};

use crate::args::{BalanceArgs, CallArgs, ConnectionArgs, RetryArgs};
use crate::failure::{Failure, Kind};

/// The terms of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    pub(crate) timeout: Option<Duration>,
    /// The largest request, and the largest reply where it is not the connection's.
    pub(crate) max_send: Option<Size>,
    pub(crate) max_recv: Option<Size>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) hedging: Option<HedgingPolicy>,
    /// How long a server is waited for where none works.
    pub(crate) wait: Option<Duration>,
    /// Shared by all calls of the run.
    pub(crate) throttle: Option<Arc<Throttle>>,
    /// What a service config says that does not hold, and why.
    pub(crate) overruled: Vec<String>,
}

/// What was typed of them.
pub(crate) struct Said<'a> {
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_send: Option<Size>,
    pub(crate) retry: &'a RetryArgs,
    pub(crate) balance: &'a BalanceArgs,
    pub(crate) connection: &'a ConnectionArgs,
}

impl<'a> From<&'a CallArgs> for Said<'a> {
    fn from(args: &'a CallArgs) -> Self {
        let (retry, balance, connection) = (&args.retry, &args.balance, &args.connection);
        Self { timeout: args.timeout, max_send: args.max_send_size, retry, balance, connection }
    }
}

/// Reads `--service-config`.
pub(crate) async fn config(
    args: &BalanceArgs,
    target: &Target,
    options: &ConnectOptions,
) -> Result<Option<ServiceConfig>, Failure> {
    let Some(said) = &args.service_config else { return Ok(None) };
    let wrong = |name: &str, error: &dyn std::fmt::Display| {
        Failure::new(Kind::Usage, format!("the service config {name} is not valid: {error}"))
    };
    if said == "dns" {
        let names = options.names.with_service_config();
        let options = options.clone().with_names(names);
        let text = match resolver(target, &options) {
            Ok(resolver) => resolver.resolve().await.map(|list| list.service_config),
            Err(error) => Err(error),
        };
        let text = text.map_err(|error| unresolved(&error))?;
        let Some(text) = text else {
            return Err(Failure::new(Kind::Usage, format!("DNS has no service config for {target}")).hint(
                "it is a TXT record of _grpc_config.NAME, and is asked for with a target dns://SERVER/NAME",
            ));
        };
        let read = ServiceConfig::parse_choices(&text, super::chance());
        return read.map_err(|error| wrong("in DNS", &error));
    }
    // Whoever has an array has copied it from DNS, and is told what is wrong with that.
    if said.trim_start().starts_with(['{', '[']) {
        return ServiceConfig::parse(said).map(Some).map_err(|error| wrong("on the command line", &error));
    }
    let text = std::fs::read_to_string(Path::new(said)).map_err(|error| {
        Failure::new(Kind::Usage, format!("--service-config: cannot read '{said}': {}", words(&error)))
    })?;
    ServiceConfig::parse(&text).map(Some).map_err(|error| wrong(&format!("in {said}"), &error))
}

/// A name that led to no address.
pub(crate) fn unresolved(error: &ResolveError) -> Failure {
    let kind = if error.is_options() { Kind::Usage } else { Kind::Connection };
    let failure = Failure::new(kind, error.to_string());
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

impl Terms {
    /// Those of a method, `pkg.Service/Method`. What is typed holds; of two bounds the smaller one.
    pub(crate) fn of(typed: &Said<'_>, config: Option<&ServiceConfig>, method: &str) -> Self {
        let mut terms = Self::typed(typed);
        terms.wait = typed.connection.wait;
        if let Some(config) = config {
            terms.throttle = config.throttling.map(|how| Arc::new(Throttle::new(how)));
            if let Some((said, _)) = config.method(method) {
                terms.take(said, typed.connection.max_recv_size);
            }
        }
        terms
    }

    fn typed(said: &Said<'_>) -> Self {
        let hedging = said.balance.hedge.map(|hedge| HedgingPolicy::new(hedge.attempts, hedge.delay));
        let (timeout, max_send) = (said.timeout, said.max_send);
        Self { timeout, max_send, retry: policy(said.retry), hedging, ..Self::default() }
    }

    fn take(&mut self, said: &MethodConfig, max_recv: Size) {
        if let Some(timeout) = said.timeout {
            match self.timeout {
                Some(typed) if typed <= timeout => self.overrule("timeout", "--timeout is shorter"),
                _ => self.timeout = Some(timeout),
            }
        }
        if let Some(most) = said.max_request.map(size) {
            match self.max_send {
                Some(typed) if typed.get() <= most.get() => {
                    self.overrule("maxRequestMessageBytes", "--max-send-size is smaller");
                }
                _ => self.max_send = Some(most),
            }
        }
        if let Some(most) = said.max_reply.map(size) {
            if max_recv.get() <= most.get() {
                self.overrule("maxResponseMessageBytes", "--max-recv-size is smaller");
            } else {
                self.max_recv = Some(most);
            }
        }
        let typed = match (&self.retry, &self.hedging) {
            (Some(_), _) => Some("--retry is given"),
            (_, Some(_)) => Some("--hedge is given"),
            _ => None,
        };
        if let Some(policy) = &said.retry {
            match typed {
                Some(why) => self.overrule("retryPolicy", why),
                None => self.retry = Some(policy.clone()),
            }
        }
        if let Some(policy) = &said.hedging {
            match typed {
                Some(why) => self.overrule("hedgingPolicy", why),
                None => self.hedging = Some(policy.clone()),
            }
        }
        match said.wait_for_ready {
            Some(true) if self.wait.is_none() => self.wait = Some(self.timeout.unwrap_or(FOREVER)),
            Some(true) => self.overrule("waitForReady", "--wait says how long"),
            _ => {}
        }
    }

    fn overrule(&mut self, field: &str, why: &str) {
        self.overruled.push(format!("{field} of the service config: {why}"));
    }
}

/// As long as it takes.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// 0 is nothing at all there, and no limit here; nobody means that.
fn size(bytes: u32) -> Size {
    Size::bytes(usize::try_from(bytes.max(1)).unwrap_or(usize::MAX))
}

/// The policy that was typed.
pub(crate) fn policy(args: &RetryArgs) -> Option<RetryPolicy> {
    let policy = RetryPolicy::new(args.retry?);
    Some(if args.retry_on.is_empty() { policy } else { policy.with_codes(args.retry_on.clone()) })
}
