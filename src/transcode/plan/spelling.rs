//! Names that are found by a look at their first and last bytes.

use crate::transcode::sink::Span;
use crate::transcode::window::eight;

/// Some names and what each stands for. A name whose place another has taken is not in it: then it is sought otherwise.
#[derive(Debug)]
pub(super) struct Spellings {
    /// As many as a power of two.
    places: Box<[Spelling]>,
    shift: u32,
}

/// A name of up to 16 bytes, which its first and its last eight are; of fewer than eight, all of them and zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spelling {
    first: u64,
    last: u64,
    length: usize,
    means: u32,
}

/// Names are no longer than that.
const LONGEST: usize = 16;

impl Spellings {
    /// Room for so many names.
    pub(super) fn new(names: usize) -> Self {
        let bits = (names * 4).max(8).next_power_of_two().trailing_zeros();
        // No name is so long.
        let nothing = Spelling { first: 0, last: 0, length: usize::MAX, means: 0 };
        Self { places: vec![nothing; 1 << bits].into_boxed_slice(), shift: 64 - bits }
    }

    /// Adds a name, if it is short and its place is free.
    pub(super) fn add(&mut self, name: &str, means: u32) {
        let Some((first, last)) = ends(Span::from(name.as_bytes())) else { return };
        let place = &mut self.places[place(first, last, name.len(), self.shift)];
        if place.length == usize::MAX {
            *place = Spelling { first, last, length: name.len(), means };
        }
    }

    /// What the name stands for.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn get(&self, name: Span<'_>) -> Option<u32> {
        let (first, last) = ends(name)?;
        let length = name.len();
        let found = self.places.get(place(first, last, length, self.shift))?;
        (found.first == first && found.last == last && found.length == length).then_some(found.means)
    }
}

/// The first and the last eight bytes of a name that is not too long.
#[cfg_attr(not(debug_assertions), inline(always))]
fn ends(name: Span<'_>) -> Option<(u64, u64)> {
    let length = name.len();
    if length > LONGEST {
        return None;
    }
    if length >= 8 {
        let bytes = name.get();
        return Some((eight(bytes, 0)?, eight(bytes, length - 8)?));
    }
    match name.window::<8>(0) {
        Some(window) => Some((u64::from_le_bytes(*window) & ((1 << (8 * length)) - 1), 0)),
        None => Some((name.get().iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte)), 0)),
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn place(first: u64, last: u64, length: usize, shift: u32) -> usize {
    let mixed = (first ^ last.rotate_left(23) ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> (shift & 63)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_wherever_they_stand() {
        let names = ["a", "ab", "sevenly", "eightly_", "ninenines", "exactly_sixteen_", "seventeen_letters"];
        let mut spellings = Spellings::new(names.len());
        for (means, name) in (0..).zip(names) {
            spellings.add(name, means);
        }
        for (means, name) in (0..).zip(names) {
            let text = format!("{name}\": and more of the text");
            let expected = Some(means).filter(|_| name.len() <= LONGEST);
            // One may have had its place taken.
            let found = spellings.get(Span::new(text.as_bytes(), 0, name.len()));
            assert!(found == expected || found.is_none(), "{name}: {found:?}");
            assert_eq!(spellings.get(Span::from(name.as_bytes())), found, "{name}");
        }
        for other in ["b", "", "sevenlx", "eightly-", "exactly-sixteen_", "ninenine"] {
            assert_eq!(spellings.get(Span::from(other.as_bytes())), None, "{other}");
        }
    }
}
