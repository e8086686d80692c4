//! What a service config says of a method: `methodConfig` (gRFCs A6 and A21).

use std::time::Duration;

use serde_json::Value;

use crate::client::retry::RetryPolicy;
use crate::leaf::Code;

use super::reader::{ConfigError, Fields};

/// More attempts than this are made into this many (gRFC A6).
const MOST_ATTEMPTS: u32 = 5;

/// What is said of a method; what is not said is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct MethodConfig {
    /// The methods it is for.
    pub names: Vec<MethodName>,
    /// Whether a call waits for a server where none works.
    pub wait_for_ready: Option<bool>,
    /// How long the whole call may take; the shorter of this and what the caller says holds.
    pub timeout: Option<Duration>,
    /// The largest request, in bytes.
    pub max_request: Option<u32>,
    /// The largest reply, in bytes.
    pub max_reply: Option<u32>,
    /// Whether a call that failed is made again.
    pub retry: Option<RetryPolicy>,
    /// Whether a call is made several times at once.
    pub hedging: Option<HedgingPolicy>,
}

/// A method, all of a service's, or all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct MethodName {
    /// `pkg.Service`; empty is every service.
    pub service: String,
    /// Empty is every method.
    pub method: String,
}

/// When a call is made once more though it has not failed (gRFC A6, "Hedging").
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HedgingPolicy {
    /// How often the call is made at most, the first included.
    pub attempts: u32,
    /// How long after each other.
    pub delay: Duration,
    /// The status codes after which the next is made at once; any other ends the call.
    pub non_fatal: Vec<Code>,
}

impl HedgingPolicy {
    /// So many attempts so long after each other; only UNAVAILABLE is not fatal.
    pub fn new(attempts: u32, delay: Duration) -> Self {
        Self { attempts, delay, non_fatal: vec![Code::UNAVAILABLE] }
    }
}

impl std::fmt::Display for MethodName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.service[..], &self.method[..]) {
            ("", _) => f.write_str("every method"),
            (service, "") => write!(f, "{service}/*"),
            (service, method) => write!(f, "{service}/{method}"),
        }
    }
}

/// Reads one; fields that are not known, and values that have no effect, are noted.
pub(super) fn read(value: &Value, path: &str, notes: &mut Vec<String>) -> Result<MethodConfig, ConfigError> {
    let fields = Fields::of(value, path)?;
    let mut names = Vec::new();
    for (path, name) in fields.list("name")? {
        let name = Fields::of(name, &path)?;
        let service = name.text("service")?.unwrap_or_default();
        let method = name.text("method")?.unwrap_or_default();
        if service.is_empty() && !method.is_empty() {
            return Err(name.error("method", "is there without a service"));
        }
        names.push(MethodName { service: service.to_owned(), method: method.to_owned() });
        unknown(&name, notes);
    }
    if names.is_empty() {
        notes.push(format!("{path} names no method"));
    }
    let retry = fields.object("retryPolicy")?.map(|policy| retry(&policy, notes)).transpose()?;
    let hedging = fields.object("hedgingPolicy")?.map(|policy| hedging(&policy, notes)).transpose()?;
    if retry.is_some() && hedging.is_some() {
        return Err(ConfigError::new(path, "has both a retryPolicy and a hedgingPolicy"));
    }
    let read = MethodConfig {
        names,
        wait_for_ready: fields.boolean("waitForReady")?,
        timeout: fields.duration("timeout")?,
        max_request: fields.number("maxRequestMessageBytes")?,
        max_reply: fields.number("maxResponseMessageBytes")?,
        retry,
        hedging,
    };
    unknown(&fields, notes);
    Ok(read)
}

fn unknown(fields: &Fields<'_>, notes: &mut Vec<String>) {
    notes.extend(fields.unknown().into_iter().map(|path| format!("{path} is not known")));
}

fn retry(fields: &Fields<'_>, notes: &mut Vec<String>) -> Result<RetryPolicy, ConfigError> {
    let attempts = attempts(fields, notes)?;
    let positive = |name: &'static str| match fields.duration(name)? {
        Some(time) if !time.is_zero() => Ok(time),
        Some(_) => Err(fields.error(name, "is nothing")),
        None => Err(fields.error(name, "is missing")),
    };
    let mut policy = RetryPolicy::new(attempts - 1);
    policy.initial_backoff = positive("initialBackoff")?;
    policy.max_backoff = positive("maxBackoff")?;
    policy.backoff_multiplier = match fields.float("backoffMultiplier")? {
        Some(number) if number > 0.0 => number,
        Some(number) => {
            return Err(fields.error("backoffMultiplier", format!("is {number}, and not above 0")));
        }
        None => return Err(fields.error("backoffMultiplier", "is missing")),
    };
    policy.codes = codes(fields, "retryableStatusCodes")?;
    if policy.codes.is_empty() {
        return Err(fields.error("retryableStatusCodes", "names no code"));
    }
    if fields.value("perAttemptRecvTimeout").is_some() {
        notes.push(format!("{} is not part of gRFC A6", fields.path("perAttemptRecvTimeout")));
    }
    unknown(fields, notes);
    Ok(policy)
}

fn hedging(fields: &Fields<'_>, notes: &mut Vec<String>) -> Result<HedgingPolicy, ConfigError> {
    let attempts = attempts(fields, notes)?;
    let delay = fields.duration("hedgingDelay")?.unwrap_or_default();
    let non_fatal = codes(fields, "nonFatalStatusCodes")?;
    unknown(fields, notes);
    Ok(HedgingPolicy { attempts, delay, non_fatal })
}

fn attempts(fields: &Fields<'_>, notes: &mut Vec<String>) -> Result<u32, ConfigError> {
    match fields.number("maxAttempts")? {
        None => Err(fields.error("maxAttempts", "is missing")),
        Some(number) if number < 2 => {
            Err(fields.error("maxAttempts", format!("is {number}, and not above 1")))
        }
        Some(number) if number > MOST_ATTEMPTS => {
            notes.push(format!("{} is {number}, and counts as {MOST_ATTEMPTS}", fields.path("maxAttempts")));
            Ok(MOST_ATTEMPTS)
        }
        Some(number) => Ok(number),
    }
}

fn codes(fields: &Fields<'_>, name: &'static str) -> Result<Vec<Code>, ConfigError> {
    let read = |(path, value): (String, &Value)| {
        let code = match value {
            Value::String(text) => Code::parse(text).ok(),
            value => value.as_u64().and_then(|number| u32::try_from(number).ok()).map(Code::new),
        };
        code.filter(|code| code.is_named() && *code != Code::OK).ok_or_else(|| {
            ConfigError::new(path, format!("is {value}, which is no status code of a failure"))
        })
    };
    fields.list(name)?.into_iter().map(read).collect()
}
