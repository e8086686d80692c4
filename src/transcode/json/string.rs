//! Strings of JSON with escapes in them.

use super::super::DataError;
use super::super::wrong::Wrong;
use super::scan;

/// Undoes the escapes of the string whose first quote is at `quote`, and appends it to `out`. The text ends at
/// `end`; up to `known` there is no escape. Answers the place behind the last quote.
pub(super) fn unescape(
    text: &[u8],
    end: usize,
    quote: usize,
    known: usize,
    out: &mut Vec<u8>,
) -> Result<usize, Wrong> {
    let mut start = quote + 1;
    let mut at = known.min(end);
    loop {
        out.extend_from_slice(text.get(start..at).unwrap_or_default());
        match text.get(at).filter(|_| at < end) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = escape(text, end, at, out)?,
            Some(byte) => {
                let what =
                    format!("no valid JSON: the control character 0x{byte:02x} in a string must be escaped");
                return Err(Wrong::new(at, DataError::new(what)));
            }
            None => {
                let what = "the JSON ends too early: a string is not closed";
                return Err(Wrong::new(end, DataError::unfinished(what)));
            }
        }
        start = at;
        at = scan::plain_end(text, at).min(end);
    }
}

/// One escape, whose backslash is at `at`; answers the place behind it.
fn escape(text: &[u8], end: usize, at: usize, out: &mut Vec<u8>) -> Result<usize, Wrong> {
    let plain = match text.get(at + 1).filter(|_| at + 1 < end) {
        Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => return unicode(text, end, at, out),
        Some(_) => {
            return Err(Wrong::new(at, DataError::new("no valid JSON: an escape that there is not")));
        }
        None => {
            let what = "the JSON ends too early: a string is not closed";
            return Err(Wrong::new(end, DataError::unfinished(what)));
        }
    };
    out.push(plain);
    Ok(at + 2)
}

/// `\uXXXX`, or two of them for one character beyond the first 65,536.
fn unicode(text: &[u8], end: usize, at: usize, out: &mut Vec<u8>) -> Result<usize, Wrong> {
    let unit = |at: usize| {
        let digits = text.get(at + 2..at + 6).filter(|_| at + 6 <= end)?;
        let starts = text.get(at..at + 2) == Some(b"\\u");
        let hex = digits.iter().all(u8::is_ascii_hexdigit);
        let digits = std::str::from_utf8(digits).ok()?;
        if starts && hex { u32::from_str_radix(digits, 16).ok() } else { None }
    };
    let wrong = |what: &str| Wrong::new(at, DataError::new(format!("no valid JSON: {what}")));
    let Some(first) = unit(at) else { return Err(wrong("four hexadecimal digits are due behind \\u")) };
    let (code, behind) = match (first, unit(at + 6)) {
        (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
            (0x1_0000 + ((first - 0xd800) << 10 | (second - 0xdc00)), at + 12)
        }
        _ => (first, at + 6),
    };
    let Some(character) = char::from_u32(code) else {
        return Err(wrong("half of a surrogate pair in a string"));
    };
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Ok(behind)
}
