//! Trouble that is wanted: calls that fail, wait or break by chance, the same for the same seed.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::StatusCode;

use crate::leaf::Code;
use crate::leaf::duration;
use crate::server::Head;

/// One fault, as `--fault` says it: `UNAVAILABLE:5%`, `delay:p50=20ms/p99=400ms`, `reset:1%`, each with
/// `METHOD => ` before it if it is for one method.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// A method by its full name or the end of it, or a service with `/*`; `None` is every method.
    method: Option<String>,
    kind: FaultKind,
    /// How likely it is, from 0 to 1.
    chance: f64,
    text: String,
}

#[derive(Debug, Clone, PartialEq)]
enum FaultKind {
    Status(Code),
    Delay(Delay),
    Reset,
    Hang,
    GoAway,
    DropTrailers,
    Http(StatusCode),
}

/// A time that differs from call to call: a log-normal distribution by two of its quantiles.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Delay {
    median: Duration,
    p99: Duration,
}

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Trouble {
    /// Wait, then go on as if nothing were.
    Delay(Duration),
    /// End with this status.
    Status(Code),
    /// Reset the call.
    Reset,
    /// Never say anything.
    Hang,
    /// Tell the client that the connection takes no more calls, and go on.
    GoAway,
    /// End without trailers.
    DropTrailers,
    /// Answer with this status of HTTP.
    Http(StatusCode),
}

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidFault(String);

impl fmt::Display for InvalidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidFault {}

impl Fault {
    /// Reads `[METHOD =>] KIND[:CHANCE%]`. Kinds are the names of codes, `delay:DURATION`,
    /// `delay:p50=DURATION/p99=DURATION`, `reset`, `hang`, `goaway`, `drop_trailers` and `http:STATUS`. Without a chance it
    /// happens to every call.
    ///
    /// # Errors
    /// When it is none of these, or the chance is not between 0 and 100.
    pub fn parse(text: &str) -> Result<Self, InvalidFault> {
        let wrong = |why: String| InvalidFault(format!("'{text}' is no fault: {why}"));
        let (method, what) = match text.split_once("=>") {
            Some((method, what)) => (Some(method.trim().trim_start_matches('/').to_owned()), what.trim()),
            None => (None, text.trim()),
        };
        if method.as_deref() == Some("") {
            return Err(wrong("there is no method before '=>'".to_owned()));
        }
        let (what, chance) = match what.strip_suffix('%') {
            None => (what, 1.0),
            Some(what) => {
                let (what, percent) = what.rsplit_once(':').unwrap_or(("", what));
                let percent: f64 =
                    percent.parse().map_err(|_| wrong(format!("'{percent}' is no percentage")))?;
                if !(0.0..=100.0).contains(&percent) {
                    return Err(wrong(format!("{percent} is not between 0 and 100")));
                }
                (what, percent / 100.0)
            }
        };
        let kind = match what.split_once(':') {
            Some(("delay", time)) => FaultKind::Delay(Delay::parse(time).map_err(wrong)?),
            Some(("http", status)) => {
                let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
                FaultKind::Http(status.ok_or_else(|| wrong("http takes a status such as 502".to_owned()))?)
            }
            None if what == "reset" => FaultKind::Reset,
            None if what == "hang" => FaultKind::Hang,
            None if what == "goaway" => FaultKind::GoAway,
            None if what == "drop_trailers" => FaultKind::DropTrailers,
            _ => match Code::parse(what) {
                Ok(code) if code != Code::OK => FaultKind::Status(code),
                _ => {
                    let known = "a code, delay:…, reset, hang, goaway, drop_trailers or http:STATUS";
                    return Err(wrong(format!("'{what}' is not {known}")));
                }
            },
        };
        Ok(Self { method, kind, chance, text: text.to_owned() })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The method that it is for; `None` is every one.
    pub fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    /// Whether it is for this method, `pkg.Service/Method`.
    pub(super) fn is_for(&self, method: &str) -> bool {
        let Some(wanted) = &self.method else { return true };
        let (name, wanted) = match wanted.strip_suffix("/*") {
            Some(service) => (method.rsplit_once('/').unwrap_or_default().0, service),
            None => (method, wanted.as_str()),
        };
        wanted == "*"
            || name
                .strip_suffix(wanted)
                .is_some_and(|before| before.is_empty() || before.ends_with(['.', '/']))
    }
}

impl Delay {
    fn parse(text: &str) -> Result<Self, String> {
        let time = |text: &str| duration::parse(text).map_err(|error| error.to_string());
        if !text.contains('=') {
            let time = time(text)?;
            return Ok(Self { median: time, p99: time });
        }
        let (mut median, mut p99) = (None, None);
        for part in text.split('/') {
            match part.split_once('=') {
                Some(("p50", text)) => median = Some(time(text)?),
                Some(("p99", text)) => p99 = Some(time(text)?),
                _ => return Err(format!("'{part}' is neither p50=DURATION nor p99=DURATION")),
            }
        }
        let median = median.ok_or("there is no p50")?;
        let p99 = p99.unwrap_or(median);
        if p99 < median { Err("p99 is less than p50".to_owned()) } else { Ok(Self { median, p99 }) }
    }

    /// One of the times. Half of them are below the median, one in a hundred above p99.
    fn draw(self, random: &mut fastrand::Rng) -> Duration {
        /// Where 99 % of a standard normal distribution lie below.
        const Z99: f64 = 2.326_347_874;
        if self.median.is_zero() || self.median == self.p99 {
            return self.median;
        }
        let sigma = (self.p99.as_secs_f64() / self.median.as_secs_f64()).ln() / Z99;
        // Box and Muller: a standard normal number of two that are evenly spread.
        let (a, b) = (1.0 - random.f64(), random.f64());
        let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
        Duration::try_from_secs_f64(self.median.as_secs_f64() * (sigma * normal).exp()).unwrap_or(self.p99)
    }
}

/// The faults of a server, asked once a call.
#[derive(Debug, Default)]
pub(super) struct Faults {
    all: Vec<Fault>,
    seed: u64,
    /// Whether clients may ask for trouble in the `x-envoy-fault-*` headers.
    headers: bool,
    calls: AtomicU64,
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>, seed: u64, headers: bool) -> Self {
        Self { all: faults, seed, headers, calls: AtomicU64::new(0) }
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Fault] {
        &self.all
    }

    /// Whether anything can come of asking.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty() && !self.headers
    }

    /// What becomes of the next call: what its client asks for, else what the first fault says that comes about. With the name
    /// of what says so.
    pub(super) fn meet(&self, method: &str, head: &Head) -> Vec<(Trouble, String)> {
        let n = self.calls.fetch_add(1, Ordering::Relaxed);
        // Each call has numbers of its own, whatever the others drew.
        let mut random = fastrand::Rng::with_seed(self.seed ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        if self.headers {
            let asked = asked_for(head, &mut random);
            if !asked.is_empty() {
                return asked;
            }
        }
        let met = self.all.iter().find(|fault| fault.is_for(method) && random.f64() < fault.chance);
        let Some(fault) = met else { return Vec::new() };
        let trouble = match &fault.kind {
            FaultKind::Status(code) => Trouble::Status(*code),
            FaultKind::Delay(delay) => Trouble::Delay(delay.draw(&mut random)),
            FaultKind::Reset => Trouble::Reset,
            FaultKind::Hang => Trouble::Hang,
            FaultKind::GoAway => Trouble::GoAway,
            FaultKind::DropTrailers => Trouble::DropTrailers,
            FaultKind::Http(status) => Trouble::Http(*status),
        };
        vec![(trouble, format!("--fault {}", fault.text))]
    }
}

/// What a client asks for in Envoy's headers: a delay, then an end.
fn asked_for(head: &Head, random: &mut fastrand::Rng) -> Vec<(Trouble, String)> {
    let text =
        |name: &str| head.metadata.get(format!("x-envoy-fault-{name}")).and_then(|value| value.to_str().ok());
    let number = |name: &str| text(name).and_then(|text| text.trim().parse::<u32>().ok());
    let mut happens = |name: &str| number(name).is_none_or(|percent| random.u32(0..100) < percent);
    let mut troubles = Vec::new();
    let mut add = |trouble, name: &str| troubles.push((trouble, format!("x-envoy-fault-{name}")));
    if let Some(millis) = number("delay-request")
        && happens("delay-request-percentage")
    {
        add(Trouble::Delay(Duration::from_millis(millis.into())), "delay-request");
    }
    let status = number("abort-grpc-request").map(|code| Trouble::Status(Code::new(code)));
    let http =
        number("abort-request").and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let (end, name) = match (status, http) {
        (Some(status), _) => (Some(status), "abort-grpc-request"),
        (None, http) => (http.map(Trouble::Http), "abort-request"),
    };
    if let Some(end) = end
        && happens("abort-request-percentage")
    {
        add(end, name);
    }
    troubles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(spec: &str, times: usize) -> Vec<Duration> {
        let delay = Delay::parse(spec).unwrap();
        let mut random = fastrand::Rng::with_seed(1);
        let mut drawn: Vec<_> = (0..times).map(|_| delay.draw(&mut random)).collect();
        drawn.sort();
        drawn
    }

    #[test]
    fn delays_have_the_quantiles_that_were_asked_for() {
        let drawn = draw("p50=20ms/p99=400ms", 100_000);
        let near = |at: usize, wanted: f64| {
            let is = drawn[at].as_secs_f64();
            assert!((is / wanted - 1.0).abs() < 0.05, "{is} is not {wanted}");
        };
        near(50_000, 0.020);
        near(99_000, 0.400);
        assert_eq!(draw("20ms", 3), [Duration::from_millis(20); 3]);
        assert_eq!(draw("p50=5ms", 2), [Duration::from_millis(5); 2]);
    }

    #[test]
    fn what_is_no_fault_is_told() {
        for (text, why) in [
            (
                "SOMETIMES:5%",
                "'SOMETIMES' is not a code, delay:…, reset, hang, goaway, drop_trailers or http:STATUS",
            ),
            ("OK", "'OK' is not a code, delay:…, reset, hang, goaway, drop_trailers or http:STATUS"),
            ("UNAVAILABLE:x%", "'x' is no percentage"),
            ("UNAVAILABLE:101%", "101 is not between 0 and 100"),
            ("delay:p50=9ms/p99=1ms", "p99 is less than p50"),
            ("delay:p99=1ms", "there is no p50"),
            ("delay:p1=1ms", "'p1=1ms' is neither p50=DURATION nor p99=DURATION"),
            ("http:99999", "http takes a status such as 502"),
            (" => reset", "there is no method before '=>'"),
        ] {
            assert_eq!(Fault::parse(text).unwrap_err().to_string(), format!("'{text}' is no fault: {why}"));
        }
    }

    #[test]
    fn a_fault_is_for_the_methods_that_it_names() {
        for (text, is_for, is_not) in [
            ("reset", "a.B/C", ""),
            ("a.B/C => reset", "a.B/C", "a.B/D"),
            ("C => reset", "a.B/C", "a.B/CC"),
            ("B/* => reset", "a.B/C", "a.BB/C"),
            ("* => reset:1%", "a.B/C", ""),
        ] {
            let fault = Fault::parse(text).unwrap();
            assert!(fault.is_for(is_for), "{text}");
            assert!(is_not.is_empty() || !fault.is_for(is_not), "{text}");
        }
    }
}
