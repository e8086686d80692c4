//! A place in JSON text that moves over its tokens, and the path that leads there.

/// A place in JSON text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

/// One step of a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// A member, by where its key begins and ends in the text.
    Member(usize, usize),
    /// An element of an array.
    Element(usize),
}

impl<'a> Cursor<'a> {
    /// The next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Goes over a string, whose first quote is next; `None` if it has no end.
    pub(super) fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                b' '.. => self.at += 1,
                _ => return None,
            }
        }
    }

    /// Goes over a number, `true`, `false` or `null`.
    pub(super) fn word(&mut self) -> &'a [u8] {
        let rest = &self.text[self.at..];
        let more = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = rest.iter().position(|byte| !more(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// The string that is next, where one is.
    pub(super) fn peeked_string(&self) -> Option<String> {
        let mut ahead = *self;
        if ahead.peek() != Some(b'"') {
            return None;
        }
        ahead.string()?;
        self.unescaped(self.at, ahead.at)
    }

    /// The string that stands from quote to quote.
    pub(super) fn unescaped(&self, start: usize, end: usize) -> Option<String> {
        serde_json::from_slice(self.text.get(start..end)?).ok()
    }

    /// A path in words: `.address.city`, `.tags[2]`, `.counts["a b"]`.
    pub(super) fn path(&self, steps: &[Step]) -> String {
        let mut text = String::new();
        for step in steps {
            match *step {
                Step::Element(index) => bracketed(&mut text, &index.to_string()),
                Step::Member(start, end) => {
                    let raw = String::from_utf8_lossy(&self.text[start..end]);
                    let name = raw.trim_matches('"');
                    if !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()) {
                        text.push('.');
                        text.push_str(name);
                    } else {
                        bracketed(&mut text, &raw);
                    }
                }
            }
        }
        text
    }
}

fn bracketed(text: &mut String, inner: &str) {
    text.push('[');
    text.push_str(inner);
    text.push(']');
}

/// A piece of text for a message, shortened.
pub(crate) fn shown(piece: &[u8]) -> String {
    const SHOWN: usize = 40;
    let piece = String::from_utf8_lossy(piece);
    match piece.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &piece[..cut]),
        None => piece.into_owned(),
    }
}
