//! The wide scans over JSON text: where a string ends, and whether a key is the one expected.

use wide::{i8x16, u8x16};

use super::super::plan::{Field, HEAD};
use super::super::window::window;

/// The first byte from `at` on that is not simply part of a string: a quote, a backslash, a control character, or the
/// end of the text.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(in crate::transcode) fn plain_end(text: &[u8], mut at: usize) -> usize {
    while let Some(window) = window::<16>(text, at) {
        let special = special(*window);
        if special != 0 {
            return at + special.trailing_zeros() as usize;
        }
        at += 16;
    }
    while text.get(at).is_some_and(|&byte| is_plain(byte)) {
        at += 1;
    }
    at
}

/// A bit for each byte that does not stand in a string as it is.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(in crate::transcode) fn special(window: [u8; 16]) -> u32 {
    let bytes = u8x16::new(window);
    let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    let special = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\')) | control;
    special.to_bitmask()
}

/// Non-zero in each byte that does not stand in a string as it is, or is not ASCII.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(in crate::transcode) fn odd(window: [u8; 16]) -> i8x16 {
    let bytes: i8x16 = i8x16::new(window.map(u8::cast_signed));
    // As numbers with a sign, what is not ASCII is below zero.
    bytes.simd_lt(i8x16::splat(b' '.cast_signed()))
        | bytes.simd_eq(i8x16::splat(b'"'.cast_signed()))
        | bytes.simd_eq(i8x16::splat(b'\\'.cast_signed()))
}

/// A bit for each byte that is not ASCII.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(in crate::transcode) fn beyond_ascii(window: [u8; 16]) -> u32 {
    u8x16::new(window).to_bitmask()
}

/// Whether a byte stands in a string as it is.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(in crate::transcode) fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

/// Whether a text begins with this field's key as it is mostly written: in quotes, with a colon right behind. Says how long
/// that is; one that is longer than what is looked at is not seen.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn is_key(window: &[u8; HEAD], field: &Field) -> Option<usize> {
    let length = usize::from(field.key_length).checked_sub(1)?;
    let (low, high) = halves(window);
    let (wanted_low, wanted_high) = halves(&field.quoted_head);
    if length <= 16 {
        let different = !low.simd_eq(wanted_low).to_bitmask();
        return (different & ((1 << length) - 1) == 0).then_some(length);
    }
    if length > HEAD {
        return None;
    }
    // The bytes behind the key's end count as the same.
    let beyond = u32::MAX << (length - 16);
    let same = low.simd_eq(wanted_low).to_bitmask() & (high.simd_eq(wanted_high).to_bitmask() | beyond);
    (same & 0xffff == 0xffff).then_some(length)
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn halves(all: &[u8; HEAD]) -> (u8x16, u8x16) {
    let (mut low, mut high) = ([0; 16], [0; 16]);
    low.copy_from_slice(&all[..16]);
    high.copy_from_slice(&all[16..]);
    (u8x16::new(low), u8x16::new(high))
}
