//! The header `grpc-timeout` (PROTOCOL-HTTP2.md, "Timeout").

use std::time::Duration;

/// At most eight digits and a unit; rounded up, so that a deadline never comes early.
pub fn render(timeout: Duration) -> String {
    let units = [('n', 1_u128), ('u', 1_000), ('m', 1_000_000), ('S', 1_000_000_000), ('M', 60_000_000_000)];
    let nanos = timeout.as_nanos();
    for (letter, unit) in units {
        let value = nanos.div_ceil(unit);
        if value < 100_000_000 {
            return format!("{value}{letter}");
        }
    }
    let hours = nanos.div_ceil(3_600_000_000_000).min(99_999_999);
    format!("{hours}H")
}

/// Reads a timeout; `None` when it is not of the form.
pub fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: u64 = digits.parse().ok()?;
    Some(match unit {
        "n" => Duration::from_nanos(value),
        "u" => Duration::from_micros(value),
        "m" => Duration::from_millis(value),
        "S" => Duration::from_secs(value),
        "M" => Duration::from_secs(value * 60),
        "H" => Duration::from_secs(value * 3600),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_timeout_is_refused() {
        for text in ["", "S", "1", "1s", "-1S", "+1S", "123456789S", "1.5S", "１S", "1é"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn timeouts_are_written_in_the_finest_unit_that_fits() {
        assert_eq!(render(Duration::from_nanos(5)), "5n");
        assert_eq!(render(Duration::from_millis(150)), "150000u");
        assert_eq!(render(Duration::from_secs(5)), "5000000u");
        assert_eq!(render(Duration::MAX), "99999999H");
        assert_eq!(render(Duration::from_secs(1_000_000)), "1000000S");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,12}") {
            let _ = parse(&text);
        }

        #[test]
        fn a_timeout_comes_back_no_shorter(nanos in 0_u64..1 << 60) {
            let sent = Duration::from_nanos(nanos);
            let read = parse(&render(sent)).unwrap();
            prop_assert!(read >= sent);
            prop_assert!(read.as_secs_f64() <= sent.as_secs_f64() * 1.001 + 1e-9);
        }
    }
}
