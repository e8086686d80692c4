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

/// A number in a text: its digits as a whole number, and the power of ten that goes with them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanned {
    negative: bool,
    mantissa: u64,
    power: i64,
    /// Whether these are all of it: a number may have more digits.
    exact: bool,
    /// The place behind it.
    pub(super) behind: usize,
}

/// The number that begins at a place, by JSON's grammar; `None` when none does, or what ends it may not.
#[inline]
pub(super) fn scan(text: &[u8], at: usize) -> Option<Scanned> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let negative = byte(at) == b'-';
    let first = at + usize::from(negative);
    let (mut mantissa, whole) = digits(text, first, 0);
    if whole == 0 || (whole > 1 && byte(first) == b'0') {
        return None;
    }
    let (mut at, mut count, mut power) = (first + whole, whole, 0);
    if byte(at) == b'.' {
        let fraction;
        (mantissa, fraction) = digits(text, at + 1, mantissa);
        if fraction == 0 {
            return None;
        }
        (at, count, power) = (at + 1 + fraction, count + fraction, -i64::try_from(fraction).ok()?);
    }
    let mut exact = count <= 19;
    if byte(at) | 0x20 == b'e' {
        let signed = matches!(byte(at + 1), b'+' | b'-');
        let start = at + 1 + usize::from(signed);
        let (exponent, digits) = digits(text, start, 0);
        if digits == 0 {
            return None;
        }
        exact &= digits <= 9;
        let exponent = i64::try_from(exponent % 1_000_000_000).ok()?;
        power += if byte(at + 1) == b'-' { -exponent } else { exponent };
        at = start + digits;
    }
    let ends = !(byte(at).is_ascii_alphanumeric() || matches!(byte(at), b'+' | b'-' | b'.'));
    ends.then_some(Scanned { negative, mantissa, power, exact, behind: at })
}

impl Scanned {
    /// The nearest double; `None` beyond the largest. `text` is all of the number.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "the digits are a number of at most 53 bits")]
    pub(super) fn double(self, text: &[u8]) -> Option<f64> {
        let power = TENS.get(usize::try_from(self.power.unsigned_abs()).ok()?);
        let value = match power {
            // Both are doubles exactly, and one operation rounds once (Clinger's fast path).
            Some(power) if self.exact && self.mantissa >> 53 == 0 => {
                let mantissa = self.mantissa as f64;
                let value = if self.power < 0 { mantissa / power } else { mantissa * power };
                if self.negative { -value } else { value }
            }
            _ => std::str::from_utf8(text).ok()?.parse().ok()?,
        };
        value.is_finite().then_some(value)
    }

    /// The nearest float, likewise.
    #[inline]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "the digits are a number of at most 24 bits, and a float has so small a power of ten exactly"
    )]
    pub(super) fn float(self, text: &[u8]) -> Option<f32> {
        let power = TENS[..=10].get(usize::try_from(self.power.unsigned_abs()).ok()?);
        let value = match power {
            Some(&power) if self.exact && self.mantissa >> 24 == 0 => {
                let (mantissa, power) = (self.mantissa as f32, power as f32);
                let value = if self.power < 0 { mantissa / power } else { mantissa * power };
                if self.negative { -value } else { value }
            }
            _ => std::str::from_utf8(text).ok()?.parse().ok()?,
        };
        value.is_finite().then_some(value)
    }
}

/// The nearest double; `None` beyond the largest. The text is a number.
pub(super) fn double(text: &[u8]) -> Option<f64> {
    scan(text, 0)?.double(text)
}

/// The nearest float; `None` beyond the largest. The text is a number.
pub(super) fn float(text: &[u8]) -> Option<f32> {
    scan(text, 0)?.float(text)
}

/// Powers of ten that are doubles exactly; those up to 10^10 are floats too.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// The digits that stand at a place, as a number behind those of `value`, and how many there are. With more than 19 in
/// all the number is what is left of them modulo 2^64.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn digits(text: &[u8], at: usize, mut value: u64) -> (u64, usize) {
    let mut count = 0;
    while let Some(window) = eight(text, at + count) {
        let (digits, more) = eight_digits(window);
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

/// What a whole number is read from: with its sign and quotes it has fewer bytes.
pub(super) const LONGEST: usize = 32;

/// The digits behind one or two bytes at most, as a number, and how many there are; of more than 24 only those. With more
/// than 19 the number is what is left of them modulo 2^64.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn all_digits(text: &[u8; LONGEST], first: usize) -> (u64, usize) {
    let digits = |at: usize| eight(text, at).map_or((0, 0), eight_digits);
    let first = first.min(2);
    let (upper, count) = digits(first);
    if count < 8 {
        return (upper, count);
    }
    let (middle, count) = digits(first + 8);
    let value = upper * POWERS[count.min(8)] + middle;
    if count < 8 {
        return (value, 8 + count);
    }
    let (lower, count) = digits(first + 16);
    (value.wrapping_mul(POWERS[count.min(8)]).wrapping_add(lower), 16 + count)
}

const POWERS: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The digits that begin eight bytes, as a number, and how many there are.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn eight_digits(window: u64) -> (u64, usize) {
    // What is no digit is above 9 in its byte: the first such byte ends them.
    let bytes = window ^ 0x3030_3030_3030_3030;
    let ends = (bytes.wrapping_add(0x7676_7676_7676_7676) | bytes) & 0x8080_8080_8080_8080;
    let count = ends.trailing_zeros() as usize / 8;
    if count == 0 {
        return (0, 0);
    }
    // They are moved up to the end of the eight, and zeros lead them; pairs, fours and eights are put together.
    let eight = bytes << (64 - 8 * count);
    let pairs = eight.wrapping_mul(10).wrapping_add(eight >> 8);
    let upper = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let lower = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    (upper.wrapping_add(lower) >> 32, count)
}

/// Whether so many digits, more than 19, are the number that was made of them: one of 20 that begins with 1 may be
/// below 2^64, and what is not has come out as less than 10^19.
#[inline]
pub(super) fn is_whole(first: u8, value: u64, count: usize) -> bool {
    count == 20 && first == b'1' && value >= 10_000_000_000_000_000_000
}

#[cfg(test)]
#[path = "number_tests.rs"]
mod tests;
