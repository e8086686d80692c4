//! Whether bytes are UTF-8.

use super::json::scan::beyond_ascii;
use super::sink::Span;

/// Whether the bytes are UTF-8. Most are ASCII, and short.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn is_utf8(span: Span<'_>) -> bool {
    let length = span.len();
    let mut at = 0;
    while at < length {
        let Some(window) = span.window::<16>(at) else { return is_utf8_slowly(span.get()) };
        let beyond = beyond_ascii(*window);
        let counted = if length - at < 16 { (1 << (length - at)) - 1 } else { u32::MAX };
        if beyond & counted != 0 {
            return is_utf8_slowly(span.get());
        }
        at += 16;
    }
    true
}

#[inline(never)]
fn is_utf8_slowly(bytes: &[u8]) -> bool {
    simdutf8::basic::from_utf8(bytes).is_ok()
}
