//! Whole numbers in decimal.

#![expect(clippy::cast_possible_truncation, reason = "the lower half of a fraction is what comes next of it")]

/// What a number is written into: with its sign and quotes it has at most 22 bytes.
pub(super) type Room = [u8; 32];

/// Writes the text of a number, within quotes if it is asked for; answers how many bytes it has.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn write(text: &mut Room, negative: bool, magnitude: u64, quoted: bool) -> usize {
    let start = usize::from(quoted) + usize::from(negative);
    if quoted {
        text[0] = b'"';
    }
    text[usize::from(quoted)] = b'-';
    let end = match u32::try_from(magnitude) {
        Ok(short) if short < 100_000_000 => first(text, start, short),
        _ => long(text, start, magnitude),
    };
    if quoted {
        text[end & 31] = b'"';
    }
    end + usize::from(quoted)
}

/// Two digits of each number below 100. A fraction of 32 bits, multiplied by 100, has one below 128 before its point for
/// all that the compiler knows.
const PAIRS: [[u8; 2]; 128] = pairs(false);
/// The same without a zero in front.
const FIRST: [[u8; 2]; 128] = pairs(true);

const fn pairs(first: bool) -> [[u8; 2]; 128] {
    let mut pairs = [[b'0'; 2]; 128];
    let mut n = 0;
    while n < 100 {
        let (tens, ones) = (b'0' + n / 10, b'0' + n % 10);
        pairs[n as usize] = if first && n < 10 { [ones, b'0'] } else { [tens, ones] };
        n += 1;
    }
    pairs
}

/// The digits of a number below 100,000,000 without leading zeros; answers the place behind them.
///
/// The number becomes a fraction with its first two digits, or one, before the point: times 100, the next two stand
/// there (James Anhalt's way).
#[cfg_attr(not(debug_assertions), inline(always))]
fn first(text: &mut Room, start: usize, value: u32) -> usize {
    let wide = u64::from(value);
    if value < 100 {
        put(text, start, FIRST[value as usize]);
        return start + 2 - usize::from(value < 10);
    }
    if value < 10_000 {
        let parts = wide * ((1 << 32) / 100 + 1);
        let at = begin(text, start, parts, value < 1000);
        return next(text, at, parts).0;
    }
    if value < 1_000_000 {
        let parts = wide * ((1 << 32) / 10_000 + 1);
        let at = begin(text, start, parts, value < 100_000);
        let (at, parts) = next(text, at, parts);
        return next(text, at, parts).0;
    }
    let parts = fraction(value);
    let at = begin(text, start, parts, value < 10_000_000);
    let (at, parts) = next(text, at, parts);
    let (at, parts) = next(text, at, parts);
    next(text, at, parts).0
}

/// Exactly eight digits.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn eight(text: &mut Room, at: usize, value: u32) -> usize {
    let parts = fraction(value);
    put(text, at, PAIRS[(parts >> 32) as usize & 127]);
    let (at, parts) = next(text, at + 2, parts);
    let (at, parts) = next(text, at, parts);
    next(text, at, parts).0
}

/// A number below 100,000,000 as a fraction of 1,000,000. It is never too small, and not by as much as one too large.
#[cfg_attr(not(debug_assertions), inline(always))]
fn fraction(value: u32) -> u64 {
    ((u64::from(value) * ((1 << 48) / 1_000_000 + 1)) >> 16) + 1
}

#[inline]
fn long(text: &mut Room, start: usize, value: u64) -> usize {
    let (upper, lower) = (value / 100_000_000, (value % 100_000_000) as u32);
    let at = match u32::try_from(upper) {
        Ok(upper) if upper < 100_000_000 => first(text, start, upper),
        _ => {
            let at = first(text, start, (upper / 100_000_000) as u32);
            eight(text, at, (upper % 100_000_000) as u32)
        }
    };
    eight(text, at, lower)
}

/// A number below 100 in two digits.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(in crate::transcode) fn two_digits(value: u32) -> [u8; 2] {
    PAIRS[value as usize & 127]
}

/// Writes what stands before the point of a number's first fraction: two digits, or one.
#[cfg_attr(not(debug_assertions), inline(always))]
fn begin(text: &mut Room, at: usize, parts: u64, one: bool) -> usize {
    put(text, at, FIRST[(parts >> 32) as usize & 127]);
    at + 2 - usize::from(one)
}

/// Writes the next two digits of a fraction, and answers what is left of it.
#[cfg_attr(not(debug_assertions), inline(always))]
fn next(text: &mut Room, at: usize, parts: u64) -> (usize, u64) {
    let parts = u64::from(parts as u32) * 100;
    put(text, at, PAIRS[(parts >> 32) as usize & 127]);
    (at + 2, parts)
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn put(text: &mut Room, at: usize, digits: [u8; 2]) {
    if let Some(room) = text.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *room = digits;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(value: i64, quoted: bool) -> String {
        let mut text = [0; 32];
        let length = write(&mut text, value < 0, value.unsigned_abs(), quoted);
        String::from_utf8(text[..length].to_vec()).unwrap()
    }

    #[test]
    fn the_longest_fit() {
        assert_eq!(shown(i64::MIN, true), format!("\"{}\"", i64::MIN));
        let mut text = [0; 32];
        let length = write(&mut text, false, u64::MAX, true);
        assert_eq!(&text[..length], format!("\"{}\"", u64::MAX).as_bytes());
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_std(value: i64, shift in 0..64) {
            let value = value >> shift;
            prop_assert_eq!(shown(value, false), value.to_string());
            prop_assert_eq!(shown(value, true), format!("\"{value}\""));
        }
    }
}
