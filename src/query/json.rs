//! JSON text that becomes a value: what is looked at before and after it is read.

use jaq_json::{Val, read};

/// Digits of an integer in JSON text; more are read as a double.
const MAX_DIGITS: usize = 4_000;

/// Reads one JSON value.
///
/// # Errors
/// Why the text is none.
pub(super) fn parse(text: &[u8]) -> Result<Val, String> {
    scan(text)?;
    let val = read::parse_single(text).map_err(|error| error.to_string())?;
    if has_string_keys(&val) { Ok(val) } else { Err("object keys must be strings".to_owned()) }
}

/// Looks for what would make the reader recurse or calculate too much.
pub(super) fn scan(json: &[u8]) -> Result<(), &'static str> {
    let (mut depth, mut digits, mut in_string, mut escaped) = (0_u32, 0, false, false);
    for &byte in json {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 200 {
            return Err("it nests too deeply");
        }
        if digits > MAX_DIGITS {
            return Err("a number has too many digits");
        }
    }
    Ok(())
}

/// Whether all names of members are strings, as in JSON.
pub(super) fn has_string_keys(val: &Val) -> bool {
    match val {
        Val::Arr(items) => items.iter().all(has_string_keys),
        Val::Obj(members) => {
            members.iter().all(|(name, val)| matches!(name, Val::TStr(_)) && has_string_keys(val))
        }
        _ => true,
    }
}
