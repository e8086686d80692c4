//! Numbers with a point whose decimal is short because their binary is: amounts, coordinates of a grid, whole numbers.

use super::digits;

/// A number in decimal: what stands before the point, and the digits behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) negative: bool,
    whole: u64,
    /// The digits behind the point, as if they were eight.
    fraction: u32,
    /// How many of them count.
    places: usize,
}

/// So many places at most.
const PLACES: usize = 7;

/// By the places: what makes a fraction of two's powers into eight decimal digits (5^n * 10^(8 - n)).
const TO_EIGHT: [u64; PLACES + 1] = {
    let mut powers = [100_000_000; PLACES + 1];
    let mut n = 1;
    while n <= PLACES {
        powers[n] = powers[n - 1] / 2;
        n += 1;
    }
    powers
};

/// By the places: below this the whole part has so few digits that all together are at most 15, and at most 6.
const LEAST_DOUBLE: [u64; PLACES + 1] = below(15);
const LEAST_FLOAT: [u64; PLACES + 1] = below(6);

const fn below(digits: u32) -> [u64; PLACES + 1] {
    let mut below = [0; PLACES + 1];
    let mut most = 10_u64.pow(digits);
    let mut n = 0;
    while n <= PLACES && most > 0 {
        below[n] = most;
        most /= 10;
        n += 1;
    }
    below
}

impl Decimal {
    /// The number itself, if it has at most 15 digits in all: then no other decimal of so few digits is read as the same
    /// number, and no shorter one can be.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn of_double(value: f64) -> Option<Self> {
        Self::of(value, &LEAST_DOUBLE)
    }

    /// The same for a float, of which that holds up to 6 digits.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn of_float(value: f32) -> Option<Self> {
        Self::of(f64::from(value), &LEAST_FLOAT)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of(value: f64, below: &[u64; PLACES + 1]) -> Option<Self> {
        const HIDDEN: u64 = 1 << 52;
        let bits = value.to_bits();
        let mantissa = bits & (HIDDEN - 1) | HIDDEN;
        // The value is the mantissa over two to this power. From 1/128 up to 2^53 there is one.
        let power = 1075_u64.wrapping_sub(bits >> 52 & 0x7ff);
        if power > 59 {
            return None;
        }
        let zeros = u64::from(mantissa.trailing_zeros());
        let (whole, rest) = (mantissa >> power, mantissa & ((1 << power) - 1));
        let places = usize::try_from(power.saturating_sub(zeros)).ok()?;
        if whole >= *below.get(places)? {
            return None;
        }
        let fraction = u32::try_from((rest >> (zeros & 63)) * TO_EIGHT[places]).ok()?;
        Some(Self { negative: bits >> 63 != 0, whole, fraction, places })
    }

    /// Writes it; answers how many bytes it has: at most 25.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn write(self, text: &mut digits::Room) -> usize {
        let at = digits::write(text, self.negative, self.whole, false);
        if self.places == 0 {
            return at;
        }
        text[at & 31] = b'.';
        digits::eight(text, at + 1, self.fraction);
        at + 1 + self.places
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(decimal: Decimal) -> String {
        let mut text = [0; 32];
        let length = decimal.write(&mut text);
        String::from_utf8(text[..length].to_vec()).unwrap()
    }

    #[test]
    fn what_is_short() {
        for (value, text) in [
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.5, "0.5"),
            (0.007_812_5, "0.0078125"),
            (99_999_999.992_187_5, "99999999.9921875"),
            (999_999_999_999_999.0, "999999999999999"),
        ] {
            assert_eq!(Decimal::of_double(value).map(shown).as_deref(), Some(text));
        }
        for value in [0.0, -0.0, 0.1, 1e15, 1e300, f64::NAN, f64::INFINITY, 5e-324, 123_456_789.007_812_5] {
            assert_eq!(Decimal::of_double(value), None, "{value}");
        }
        assert_eq!(Decimal::of_float(12.5).map(shown).as_deref(), Some("12.5"));
        assert_eq!(Decimal::of_float(12_345.75), None);
    }

    proptest! {
        #[test]
        fn it_is_the_shortest(bits: u64, short_bits: u32, whole: i32, short: i16, shift in 0_i32..9) {
            let halves = f64::from(whole) / f64::from(1 << shift);
            for value in [f64::from_bits(bits), halves] {
                if let Some(decimal) = Decimal::of_double(value) {
                    prop_assert_eq!(shown(decimal), value.to_string());
                }
            }
            for value in [f32::from_bits(short_bits), f32::from(short) / 16.0] {
                if let Some(decimal) = Decimal::of_float(value) {
                    prop_assert_eq!(shown(decimal), value.to_string());
                }
            }
        }
    }
}
