//! Numbers as JSON spells them, each read as the type that it is for.

use super::window::eight;

/// How far the number goes that begins the text, by JSON's grammar; `None` when none does.
pub(super) fn length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text[from.min(text.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut at = usize::from(text.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (whole > 1 && text[at] == b'0') {
        return None;
    }
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        at += 1 + fraction;
        if fraction == 0 {
            return None;
        }
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        at += exponent;
        if exponent == 0 {
            return None;
        }
    }
    Some(at)
}

/// Whether the whole text is a number.
pub(super) fn is_number(text: &[u8]) -> bool {
    length(text) == Some(text.len())
}

/// A whole number of at most so many bits, however it is spelt: `12`, `1.20e1`. The text is a number.
pub(super) fn signed(text: &[u8], bits: u32) -> Option<i64> {
    let (negative, magnitude) = whole(text)?;
    let value = i128::from(magnitude) * if negative { -1 } else { 1 };
    let most = 1_i128 << (bits - 1);
    (-most..most).contains(&value).then(|| i64::try_from(value).ok())?
}

/// The same without a sign; `-0` is none either.
pub(super) fn unsigned(text: &[u8], bits: u32) -> Option<u64> {
    let (negative, magnitude) = whole(text)?;
    let fits = bits == 64 || magnitude >> bits == 0;
    (fits && (!negative || magnitude == 0)).then_some(magnitude)
}

/// Whether it is below zero, and its magnitude, if it is whole and not too large.
fn whole(text: &[u8]) -> Option<(bool, u64)> {
    let (negative, rest) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    if rest.len() <= 20
        && let Some(value) = std::str::from_utf8(rest).ok().and_then(|text| text.parse().ok())
    {
        return Some((negative, value));
    }
    let split = rest.iter().position(|b| matches!(b, b'e' | b'E')).unwrap_or(rest.len());
    let (mantissa, exponent) = rest.split_at(split);
    let exponent: i64 = match exponent.get(1..) {
        // More digits than fit say either nothing or too much; which of both is seen by the digits.
        Some(text) => std::str::from_utf8(text).ok()?.parse().unwrap_or(if text.first() == Some(&b'-') {
            i64::MIN / 2
        } else {
            i64::MAX / 2
        }),
        None => 0,
    };
    let point = mantissa.iter().position(|&b| b == b'.').unwrap_or(mantissa.len());
    let fraction = mantissa.len().saturating_sub(point + 1);
    let mut scale = exponent.saturating_sub(i64::try_from(fraction).ok()?);
    let digits = || mantissa.iter().filter(|byte| byte.is_ascii_digit());
    // Zeros at the end are powers of ten, those at the beginning nothing.
    let ending = digits().rev().take_while(|&&digit| digit == b'0').count();
    let leading = digits().take_while(|&&digit| digit == b'0').count();
    let count = digits().count();
    if leading == count {
        return Some((negative, 0));
    }
    scale = scale.saturating_add(i64::try_from(ending).ok()?);
    let significant = count - leading - ending;
    let scale = u32::try_from(scale).ok().filter(|&scale| significant + scale as usize <= 20)?;
    let shown = digits().skip(leading).take(significant);
    let value = shown.fold(0_u128, |value, digit| value * 10 + u128::from(digit - b'0'));
    u64::try_from(value * 10_u128.pow(scale)).ok().map(|magnitude| (negative, magnitude))
}

/// The double that begins a text, if it is plain digits, perhaps with a point among them, few enough to be exact; and
/// its length. What stands behind it ends it.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "the digits are a number below 2^53")]
pub(super) fn plain_double(text: &[u8]) -> Option<(f64, usize)> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let negative = byte(0) == b'-';
    let first = usize::from(negative);
    let (mut mantissa, whole) = digits(text, first, 0);
    let mut at = first + whole;
    let mut fraction = 0;
    if byte(at) == b'.' {
        at += 1;
        (mantissa, fraction) = digits(text, at, mantissa);
        at += fraction;
        if fraction == 0 {
            return None;
        }
    }
    let ends = matches!(byte(at), b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' | 0);
    let leads = whole > 1 && byte(first) == b'0';
    // Both are doubles exactly, and one operation rounds once (Clinger's fast path).
    if whole == 0 || leads || !ends || whole + fraction > 18 || mantissa >> 53 != 0 {
        return None;
    }
    let value = mantissa as f64 / TENS.get(fraction)?;
    Some((if negative { -value } else { value }, at))
}

/// The digits that stand at a place, as a number behind those of `value`, and how many there are. With more than 19 in
/// all the number is none.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn digits(text: &[u8], at: usize, mut value: u64) -> (u64, usize) {
    const POWERS: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
    let mut count = 0;
    while let Some(window) = eight(text, at + count) {
        // What is no digit is above 9 in its byte: the first such byte ends them.
        let bytes = window ^ 0x3030_3030_3030_3030;
        let ends = (bytes.wrapping_add(0x7676_7676_7676_7676) | bytes) & 0x8080_8080_8080_8080;
        let more = ends.trailing_zeros() as usize / 8;
        if more == 0 {
            return (value, count);
        }
        // They are moved up to the end of the eight, and zeros lead them; pairs, fours and eights are put together.
        let eight = bytes << (64 - 8 * more);
        let pairs = eight.wrapping_mul(10).wrapping_add(eight >> 8);
        let upper = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
        let lower = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
        let digits = upper.wrapping_add(lower) >> 32;
        value = value.wrapping_mul(POWERS[more.min(8)]).wrapping_add(digits);
        count += more;
        if more < 8 {
            return (value, count);
        }
    }
    while let Some(digit) =
        text.get(at + count).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10)
    {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        count += 1;
    }
    (value, count)
}

/// The nearest double; `None` beyond the largest. The text is a number.
#[expect(clippy::cast_precision_loss, reason = "the digits are a number of at most 53 bits")]
pub(super) fn double(text: &[u8]) -> Option<f64> {
    let value = match short(text, 53, 22) {
        Some((negative, mantissa, exponent)) => {
            // Both are doubles exactly, and one operation rounds once (Clinger's fast path).
            let mantissa = mantissa as f64;
            let power = TENS[exponent.unsigned_abs() as usize];
            let value = if exponent < 0 { mantissa / power } else { mantissa * power };
            if negative { -value } else { value }
        }
        None => std::str::from_utf8(text).ok()?.parse().ok()?,
    };
    value.is_finite().then_some(value)
}

/// The nearest float; `None` beyond the largest. The text is a number.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the digits are a number of at most 24 bits, and a float has so small a power of ten exactly"
)]
pub(super) fn float(text: &[u8]) -> Option<f32> {
    let value = match short(text, 24, 10) {
        Some((negative, mantissa, exponent)) => {
            let mantissa = mantissa as f32;
            let power = TENS[exponent.unsigned_abs() as usize] as f32;
            let value = if exponent < 0 { mantissa / power } else { mantissa * power };
            if negative { -value } else { value }
        }
        None => std::str::from_utf8(text).ok()?.parse().ok()?,
    };
    value.is_finite().then_some(value)
}

/// Powers of ten that are doubles exactly; those up to 10^10 are floats too.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Sign, mantissa and power of ten, when the mantissa has at most so many bits and the power is at most so large.
fn short(text: &[u8], bits: u32, most: u32) -> Option<(bool, u64, i32)> {
    let (negative, rest) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    if rest.len() > 20 {
        return None;
    }
    let (mut mantissa, mut exponent, mut pointed) = (0_u64, 0_i32, 0_i32);
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
                exponent -= pointed;
            }
            b'.' => pointed = 1,
            _ => {
                let power: i32 = std::str::from_utf8(&rest[at + 1..]).ok()?.parse().ok()?;
                exponent = exponent.checked_add(power)?;
                break;
            }
        }
    }
    (mantissa >> bits == 0 && exponent.unsigned_abs() <= most).then_some((negative, mantissa, exponent))
}

#[cfg(test)]
#[path = "number_tests.rs"]
mod tests;
