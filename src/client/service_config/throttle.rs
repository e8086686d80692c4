//! Calls are not made again while too many fail: retry throttling (gRFC A6).

use std::sync::atomic::{AtomicI64, Ordering};

use super::reader::{ConfigError, Fields};

/// `retryThrottling`, in thousandths of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttling {
    max: i64,
    ratio: i64,
}

/// The tokens of one server name, shared by all calls to it. Each failure takes one, each success gives a part of one; calls
/// are made again while more than half are there.
#[derive(Debug)]
pub struct Throttle {
    how: Throttling,
    tokens: AtomicI64,
}

pub(super) fn read(fields: &Fields<'_>) -> Result<Throttling, ConfigError> {
    let max = match fields.number("maxTokens")? {
        Some(max @ 1..=1000) => i64::from(max) * 1000,
        Some(max) => return Err(fields.error("maxTokens", format!("is {max}, and not from 1 to 1000"))),
        None => return Err(fields.error("maxTokens", "is missing")),
    };
    // Three digits after the point count.
    #[allow(clippy::cast_possible_truncation)] // It is clamped.
    let ratio = match fields.float("tokenRatio")? {
        Some(ratio) if ratio >= 0.001 => (ratio.min(1e6) * 1000.0) as i64,
        Some(ratio) => return Err(fields.error("tokenRatio", format!("is {ratio}, and not above 0"))),
        None => return Err(fields.error("tokenRatio", "is missing")),
    };
    Ok(Throttling { max, ratio })
}

impl Throttle {
    /// With all tokens.
    pub fn new(how: Throttling) -> Self {
        Self { how, tokens: AtomicI64::new(how.max) }
    }

    /// A try failed, by a status that may be tried again or with the server's word that it may not.
    pub fn failed(&self) {
        self.change(-1000);
    }

    /// A try went well, or failed otherwise.
    pub fn succeeded(&self) {
        self.change(self.how.ratio);
    }

    /// Whether calls are made again.
    pub fn allows(&self) -> bool {
        self.tokens.load(Ordering::Relaxed) > self.how.max / 2
    }

    fn change(&self, by: i64) {
        let max = self.how.max;
        let _ = self
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| Some((tokens + by).clamp(0, max)));
    }
}
