//! Looks of a fixed width into bytes, at one bounds check each.

/// `N` bytes from `at` on; `None` when there are not so many.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn window<const N: usize>(bytes: &[u8], at: usize) -> Option<&[u8; N]> {
    // No slice is longer than that, and below it the sum cannot overflow: so it is not looked for.
    let at = at & (usize::MAX >> 1);
    bytes.get(at..at + N)?.first_chunk()
}

/// Eight bytes as a number, the first one lowest.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    window(bytes, at).map(|window| u64::from_le_bytes(*window))
}
