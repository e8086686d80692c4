//! Whole numbers in decimal.

/// Writes the text of a number, within quotes if it is asked for; answers how many bytes it has: at most 22.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn write(text: &mut [u8; 32], negative: bool, magnitude: u64, quoted: bool) -> usize {
    text[0] = if quoted { b'"' } else { b'-' };
    text[1] = b'-';
    let start = usize::from(quoted) + usize::from(negative);
    let end =
        if magnitude < 100_000_000 { first(text, start, magnitude) } else { long(text, start, magnitude) };
    if quoted {
        text[end & 31] = b'"';
    }
    end + usize::from(quoted)
}

/// Eight digits, the first in the lowest byte: halves, then fourths, then single ones, all side by side in one number.
#[cfg_attr(not(debug_assertions), inline(always))]
fn eight(value: u64) -> u64 {
    let halves = (value / 10_000) | ((value % 10_000) << 32);
    let upper = ((halves * 10_486) >> 20) & 0x7f_0000_007f;
    let fourths = upper | (halves - 100 * upper) << 16;
    let tens = ((fourths * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (fourths - 10 * tens) << 8
}

const ASCII: u64 = 0x3030_3030_3030_3030;

/// The digits of a number below 100,000,000 without leading zeros; answers the place behind them.
#[cfg_attr(not(debug_assertions), inline(always))]
fn first(text: &mut [u8; 32], start: usize, value: u64) -> usize {
    let digits = eight(value);
    // At least the last digit is written.
    let zeros = digits.trailing_zeros().min(63) / 8;
    put(text, start, (digits | ASCII) >> (8 * zeros));
    start + 8 - zeros as usize
}

#[inline]
fn long(text: &mut [u8; 32], start: usize, value: u64) -> usize {
    let (upper, lower) = (value / 100_000_000, value % 100_000_000);
    let at = if upper < 100_000_000 {
        first(text, start, upper)
    } else {
        let at = first(text, start, upper / 100_000_000);
        put(text, at, eight(upper % 100_000_000) | ASCII);
        at + 8
    };
    put(text, at, eight(lower) | ASCII);
    at + 8
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn put(text: &mut [u8; 32], at: usize, digits: u64) {
    if let Some(room) = text.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *room = digits.to_le_bytes();
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
