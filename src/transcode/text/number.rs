//! Numbers that are not whole, as protoc prints them.

use std::fmt::LowerExp;

/// Appends the shortest decimal that is read back as this `f32`.
pub(super) fn float(value: f32, out: &mut Vec<u8>) {
    if value.is_finite() { finite(value, 6, 9, out) } else { infinite(value.into(), out) }
}

/// Appends the shortest decimal that is read back as this `f64`.
pub(super) fn double(value: f64, out: &mut Vec<u8>) {
    if value.is_finite() { finite(value, 15, 17, out) } else { infinite(value, out) }
}

fn infinite(value: f64, out: &mut Vec<u8>) {
    let word = if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    };
    out.extend_from_slice(word.as_bytes());
}

/// The digits of a number in the layout of C's `%g`: with an exponent where the point would stand beyond
/// `few` digits, or `many` if it has more than a few, or behind four zeros.
fn finite(value: impl LowerExp, few: usize, many: usize, out: &mut Vec<u8>) {
    let shortest = format!("{value:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    if unsigned.len() < mantissa.len() {
        out.push(b'-');
    }
    let digits: Vec<u8> = unsigned.bytes().filter(|byte| *byte != b'.').collect();
    let exponent: isize = exponent.parse().unwrap_or(0);
    let precision = if digits.len() <= few { few } else { many };
    match usize::try_from(exponent) {
        Ok(before) if before < precision => {
            let (whole, behind) = digits.split_at(digits.len().min(before + 1));
            out.extend_from_slice(whole);
            out.resize(out.len() + before + 1 - whole.len(), b'0');
            if !behind.is_empty() {
                out.push(b'.');
                out.extend_from_slice(behind);
            }
        }
        Err(_) if exponent >= -4 => {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + exponent.unsigned_abs() - 1, b'0');
            out.extend_from_slice(&digits);
        }
        _ => {
            out.push(digits[0]);
            if digits.len() > 1 {
                out.push(b'.');
                out.extend_from_slice(&digits[1..]);
            }
            let sign = if exponent < 0 { '-' } else { '+' };
            out.extend_from_slice(format!("e{sign}{:02}", exponent.unsigned_abs()).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    fn double(value: f64) -> String {
        let mut out = Vec::new();
        super::double(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn float(value: f32) -> String {
        let mut out = Vec::new();
        super::float(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn doubles_look_as_protoc_prints_them() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.000_123_456, "0.000123456"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e14, "100000000000000"),
            (1e15, "1e+15"),
            (1_234_567_890_123_456.0, "1234567890123456"),
            (1.5e300, "1.5e+300"),
            (1e-100, "1e-100"),
            (f64::MAX, "1.7976931348623157e+308"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3.0, "0.3333333333333333"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (-f64::NAN, "nan"),
        ] {
            assert_eq!(double(value), expected);
        }
    }

    #[test]
    fn floats_have_fewer_digits() {
        for (value, expected) in [
            (0.1, "0.1"),
            (3.192_837, "3.192837"),
            (1e5, "100000"),
            (1e6, "1e+06"),
            (16_777_216.0, "16777216"),
            (f32::MAX, "3.4028235e+38"),
            (1.0e-45, "1e-45"),
            (-0.0, "-0"),
            (f32::NEG_INFINITY, "-inf"),
            (f32::NAN, "nan"),
        ] {
            assert_eq!(float(value), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(bits in any::<u64>(), small in any::<u32>()) {
            let (wide, narrow) = (f64::from_bits(bits), f32::from_bits(small));
            prop_assume!(!wide.is_nan() && !narrow.is_nan());
            prop_assert_eq!(double(wide).parse::<f64>().unwrap().to_bits(), bits);
            prop_assert_eq!(float(narrow).parse::<f32>().unwrap().to_bits(), small);
        }
    }
}
