//! The default of a `float` or a `double` as protoc writes it into a descriptor.

/// The shortest of two lengths that reads back as the number, of which the descriptor's text is the exact value.
/// `None` if it is no number.
pub(super) fn of_double(default: &str) -> Option<String> {
    let value: f64 = default.parse().ok()?;
    let short = general(value, 15);
    Some(if short.parse() == Ok(value) || !value.is_finite() { short } else { general(value, 17) })
}

/// As [`of_double`], for a `float`.
pub(super) fn of_float(default: &str) -> Option<String> {
    // What is too large for a float is infinite, as in C.
    #[allow(clippy::cast_possible_truncation)]
    let value = default.parse::<f64>().ok()? as f32;
    let short = general(value.into(), 6);
    // The smallest are not read back there.
    let is_read_back = short.parse() == Ok(value) && !value.is_subnormal();
    Some(if is_read_back || !value.is_finite() { short } else { general(value.into(), 9) })
}

/// A number as C's `%g` writes it with this many digits.
fn general(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let is_plain = exponent >= -4 && usize::try_from(exponent).is_ok_and(|exponent| exponent < digits)
        || (-4..0).contains(&exponent);
    if is_plain {
        let decimals = i32::try_from(digits).unwrap_or(i32::MAX) - 1 - exponent;
        let plain = format!("{value:.*}", usize::try_from(decimals).unwrap_or_default());
        return trimmed(&plain).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs())
}

/// Without the zeros after the point that say nothing.
fn trimmed(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_protoc_does() {
        for (default, double, float) in [
            ("100000000000000000000", "1e+20", "1e+20"),
            ("16777217", "16777217", "16777216"),
            ("0.000001234", "1.234e-06", "1.234e-06"),
            ("0.0001", "0.0001", "0.0001"),
            ("0.1", "0.1", "0.1"),
            ("9000000000", "9000000000", "9e+09"),
            ("-123456789.125", "-123456789.125", "-123456792"),
            ("0.30000000000000004", "0.30000000000000004", "0.3"),
            ("999999.5", "999999.5", "999999.5"),
            ("0", "0", "0"),
            ("-0", "-0", "-0"),
            ("inf", "inf", "inf"),
            ("-inf", "-inf", "-inf"),
            ("nan", "nan", "nan"),
            ("1e300", "1e+300", "inf"),
            ("-9.47342e-40", "-9.47342e-40", "-9.47342222e-40"),
        ] {
            assert_eq!(of_double(default).as_deref(), Some(double), "{default}");
            assert_eq!(of_float(default).as_deref(), Some(float), "{default}");
        }
        assert_eq!(of_double("x"), None);
    }
}
