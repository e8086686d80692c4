//! Text from the other side, made safe for a terminal.

use std::borrow::Cow;

/// Escapes control characters (C0, DEL, C1 and the bidirectional overrides), newlines and tabs
/// included, so that no message of a server can move the cursor or hide what follows.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escape(text, |_| false)
}

/// As [`one_line`], but keeps newlines and tabs.
pub fn lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\n' || c == '\t')
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let dangerous = |c: char| {
        !keep(c) && (c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    };
    if !text.chars().any(dangerous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if dangerous(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(one_line("plain ünïcode"), "plain ünïcode");
        assert_eq!(one_line("a\x1b[31mb\nc"), "a\\u{1b}[31mb\\nc");
        assert_eq!(lines("a\nb\r"), "a\nb\\r");
        assert_eq!(one_line("\u{202e}x"), "\\u{202e}x");
    }
}
