//! The wide scans over JSON text: where a string ends, and whether a key is the one expected.

use wide::u8x16;

use super::super::plan::{Field, HEAD};

/// The first byte from `at` on that is not simply part of a string: a quote, a backslash, a control character, or the
/// end of the text.
#[inline(always)]
pub(in crate::transcode) fn plain_end(text: &[u8], mut at: usize) -> usize {
    while let Some(window) = text.get(at..).and_then(<[u8]>::first_chunk::<16>) {
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
#[inline(always)]
pub(in crate::transcode) fn special(window: [u8; 16]) -> u32 {
    let bytes = u8x16::new(window);
    let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    let special = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\')) | control;
    special.to_bitmask()
}

/// A bit for each byte that is not ASCII.
#[inline(always)]
pub(in crate::transcode) fn beyond_ascii(window: [u8; 16]) -> u32 {
    u8x16::new(window).to_bitmask()
}

/// Whether a byte stands in a string as it is.
#[inline(always)]
pub(in crate::transcode) fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

/// Whether the text at `at` is this field's key as it is mostly written, with its comma before and its colon behind;
/// in place of the comma an object's bracket may stand. Says how long the key is.
#[inline(always)]
pub(super) fn is_key(text: &[u8], at: usize, field: &Field) -> Option<usize> {
    let length = field.key.len();
    if let Some(window) = text.get(at..).and_then(<[u8]>::first_chunk::<HEAD>) {
        let (low, high) = (equal(window, &field.key_head, 0), equal(window, &field.key_head, 16));
        let same = u64::from(low) | u64::from(high) << 16 | 1;
        let wanted = (1_u64 << length.min(HEAD)) - 1;
        if same & wanted != wanted {
            return None;
        }
        if length <= HEAD {
            return Some(length);
        }
    }
    (text.get(at + 1..at + length)? == &field.key[1..]).then_some(length)
}

#[inline(always)]
fn equal(a: &[u8; HEAD], b: &[u8; HEAD], from: usize) -> u32 {
    let half = |all: &[u8; HEAD]| {
        let mut half = [0; 16];
        half.copy_from_slice(&all[from..from + 16]);
        u8x16::new(half)
    };
    half(a).simd_eq(half(b)).to_bitmask()
}
