//! Waits for a server that is not there yet: tries again and again, until it is or the time is up.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::leaf::Target;

use super::connection::{Connection, Greeting};
use super::error::ConnectError;
use super::options::ConnectOptions;

/// The pause after the first try; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Connection {
    /// As [`Connection::connect`], for a server that may not be there yet: it is tried again while the connection
    /// is refused, the name or the socket does not exist, or what listens hangs up, for at most `limit` in all.
    /// Each try is bounded by the connect timeout too. The server has spoken HTTP/2 when this returns, as
    /// something else may listen in its place until it is there. `waiting` hears once, after the first try, what
    /// is waited for.
    ///
    /// # Errors
    /// The last try's when the time is up; at once when waiting mends nothing, as with a certificate that is not
    /// trusted.
    pub async fn connect_within(
        limit: Duration,
        target: &Target,
        options: &ConnectOptions,
        waiting: impl FnOnce(&ConnectError),
    ) -> Result<Self, ConnectError> {
        let end = Instant::now() + limit;
        let mut pause = FIRST_PAUSE;
        let mut waiting = Some(waiting);
        let mut last = None;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let mut bounded = options.clone();
            bounded.connect_timeout = options.connect_timeout.min(left);
            let error = match Self::connect_and(Greeting::Awaited, None, target, &bounded).await {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            if !error.may_pass() {
                return Err(error);
            }
            // A try that was cut short knows less than the one before it.
            let cut = error.is_timeout() && left < options.connect_timeout;
            if Instant::now() + pause >= end {
                return Err(last.filter(|_| cut).unwrap_or(error));
            }
            if let Some(waiting) = waiting.take() {
                waiting(&error);
            }
            last = Some(error);
            sleep_until(Instant::now() + pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
