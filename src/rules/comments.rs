//! Comments in a JSON document, which YAML does not know.

use std::borrow::Cow;

/// A JSON document may have `//` and `/* */` comments: blanks take their place, so that all else keeps its own.
pub(super) fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with(['{', '[', '/']) {
        return text.into();
    }
    let (mut out, mut chars, mut quote) = (String::with_capacity(text.len()), text.chars().peekable(), None);
    while let Some(c) = chars.next() {
        match (quote, c, chars.peek()) {
            (Some(_), '\\', Some(&escaped)) => {
                out.extend([c, escaped]);
                chars.next();
                continue;
            }
            (Some(open), _, _) if c == open => quote = None,
            (None, '"' | '\'', _) => quote = Some(c),
            (None, '/', Some('/')) => {
                out.push(' ');
                while chars.next_if(|c| *c != '\n').is_some() {
                    out.push(' ');
                }
                continue;
            }
            (None, '/', Some('*')) => {
                out.push(' ');
                let mut last = ' ';
                for c in chars.by_ref() {
                    out.push(if c == '\n' { '\n' } else { ' ' });
                    if (last, c) == ('*', '/') {
                        break;
                    }
                    last = c;
                }
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out.into()
}
