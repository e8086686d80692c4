//! Durations as people type them: `150ms`, `5s`, `1m30s`.

use std::fmt;
use std::time::Duration;

/// Reads `150ms`, `5s`, `1m30s`, `2h`, `0.5s`; units `ns us ms s m h d`, largest first, `0` alone.
///
/// # Errors
/// When the text is not of that form, or longer than 10,000 years.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let fail = |why: &'static str| DurationError { text: text.to_owned(), why };
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if text.is_empty() {
        return Err(fail("it is empty"));
    }
    let (mut rest, mut total, mut previous) = (text, 0_f64, f64::INFINITY);
    let mut exact = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        if number.is_empty() {
            return Err(fail("a number is missing"));
        }
        let seconds = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            "" => return Err(fail("a unit is missing (ms, s, m, h)")),
            _ => return Err(fail("the unit is none of ns us ms s m h d")),
        };
        if seconds >= previous {
            return Err(fail("larger units come first, each once"));
        }
        previous = seconds;
        let value: f64 = number.parse().map_err(|_| fail("the number is not one"))?;
        total += value * seconds;
        if total > 3.2e11 {
            return Err(fail("it is too long"));
        }
        // Whole numbers are summed exactly, so that 1ms is not 999999ns.
        exact += match number.parse::<u32>() {
            Ok(whole) if seconds >= 1.0 => Duration::from_secs_f64(f64::from(whole) * seconds),
            Ok(whole) if unit == "ms" => Duration::from_millis(u64::from(whole)),
            Ok(whole) if unit == "ns" => Duration::from_nanos(u64::from(whole)),
            Ok(whole) => Duration::from_micros(u64::from(whole)),
            Err(_) => Duration::from_secs_f64(value * seconds),
        };
        rest = tail;
    }
    Ok(exact)
}

/// Writes a duration with one unit and at most three significant decimals: `1.5ms`, `20s`.
pub fn render(duration: Duration) -> String {
    let nanos = duration.as_secs_f64() * 1e9;
    let (value, unit) = match nanos {
        n if n >= 1e9 => (n / 1e9, "s"),
        n if n >= 1e6 => (n / 1e6, "ms"),
        n if n >= 1e3 => (n / 1e3, "us"),
        n => (n, "ns"),
    };
    let mut text = format!("{value:.3}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if text == "0" { "0s".to_owned() } else { text + unit }
}

/// A text that is no duration, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurationError {
    text: String,
    why: &'static str,
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no duration such as 150ms, 5s or 1m30s: {}", self.text, self.why)
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read() {
        for (text, nanos) in [
            ("0", 0),
            ("150ms", 150_000_000),
            ("5s", 5_000_000_000),
            ("1m30s", 90_000_000_000),
            ("1h", 3_600_000_000_000),
            ("0.5s", 500_000_000),
            ("10us", 10_000),
            ("7ns", 7),
        ] {
            assert_eq!(parse(text).map(|d| d.as_nanos()), Ok(nanos), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_says_why() {
        for text in ["", "5", "s", "5x", "-5s", "5 s", "30s1m", "1s1s", "1e9s", "99999999999999d", "1..2s"] {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.contains("is no duration"), "{error}");
        }
    }

    #[test]
    fn durations_are_written_short() {
        for (nanos, text) in
            [(0, "0s"), (7, "7ns"), (1_500_000, "1.5ms"), (20_000_000_000, "20s"), (90_000_000_000, "90s")]
        {
            assert_eq!(render(Duration::from_nanos(nanos)), text);
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = parse(&text);
        }

        #[test]
        fn numbers_and_units_never_panic(text in "([0-9.]{1,22}(ns|us|ms|s|m|h|d)){1,3}") {
            let _ = parse(&text);
        }
    }
}
