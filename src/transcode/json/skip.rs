//! Values of JSON that nobody wants, passed over; and what of one is shown.

use super::super::source::{Member, Next, Source as _};
use super::super::wrong::Wrong;
use super::cursor::Json;

/// Passes over the value that was spoken of last, at most `depth` levels of it.
pub(super) fn skip(json: &mut Json<'_>, next: Next, depth: u32) -> Result<(), Wrong> {
    match next {
        Next::Null | Next::True | Next::False => Ok(()),
        Next::Number => json.pass_number(),
        Next::Text => json.pass_string(),
        Next::Object | Next::List if depth == 0 => Err(json.too_deep()),
        Next::Object => {
            json.open_object()?;
            let mut first = true;
            while json.member(first, None)? != Member::End {
                first = false;
                let next = json.next()?;
                skip(json, next, depth - 1)?;
            }
            Ok(())
        }
        Next::List => {
            json.open_list()?;
            let mut first = true;
            while json.element(first)? {
                first = false;
                let next = json.next()?;
                skip(json, next, depth - 1)?;
            }
            Ok(())
        }
    }
}

/// The value that begins a text, as it is shown in a message.
pub(in crate::transcode) fn shown(text: &[u8]) -> String {
    let length = match text.first() {
        Some(b'{') => return "an object".to_owned(),
        Some(b'[') => return "an array".to_owned(),
        Some(b'"') => {
            let mut at = 1;
            while text.get(at).is_some_and(|&byte| byte != b'"') {
                at += if text[at] == b'\\' { 2 } else { 1 };
            }
            (at + 1).min(text.len())
        }
        _ => text.iter().take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)).count(),
    };
    super::shown(&text[..length])
}
