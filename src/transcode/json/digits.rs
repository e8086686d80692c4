//! Whole numbers in decimal.

/// Pairs of digits, from 00 to 99.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

/// The text of a number, within quotes if it is asked for, and how many of the bytes it has: at most 22.
#[inline(always)]
pub(super) fn of(negative: bool, magnitude: u64, quoted: bool) -> ([u8; 24], usize) {
    let mut text = [0; 24];
    let mut length = 0;
    let mut push = |byte| {
        text[length & 1] = byte;
        length += 1;
    };
    if quoted {
        push(b'"');
    }
    if negative {
        push(b'-');
    }
    if magnitude < 10 {
        text[length] = b'0' + magnitude as u8;
        length += 1;
    } else {
        length = long(&mut text, length, magnitude);
    }
    if quoted {
        text[length.min(23)] = b'"';
        length += 1;
    }
    (text, length)
}

#[inline]
fn long(text: &mut [u8; 24], start: usize, mut value: u64) -> usize {
    let end = start + value.ilog10() as usize + 1;
    let mut at = end.min(24);
    while value >= 100 && at >= 2 {
        let pair = PAIRS[(value % 100) as usize];
        text[at - 2..at].copy_from_slice(&pair);
        value /= 100;
        at -= 2;
    }
    if value >= 10 && at >= 2 {
        text[at - 2..at].copy_from_slice(&PAIRS[value as usize % 100]);
    } else if at >= 1 {
        text[at - 1] = b'0' + (value % 10) as u8;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(value: i64, quoted: bool) -> String {
        let (text, length) = of(value < 0, value.unsigned_abs(), quoted);
        String::from_utf8(text[..length].to_vec()).unwrap()
    }

    #[test]
    fn the_longest_fit() {
        assert_eq!(shown(i64::MIN, true), format!("\"{}\"", i64::MIN));
        let (text, length) = of(false, u64::MAX, true);
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
