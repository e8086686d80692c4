//! The words of a .proto text and the marks between them; comments, blanks and what stands in quotes are jumped over.

use memchr::{memchr, memmem};

/// One word or mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name or a keyword, which is ASCII.
    Word(&'a [u8]),
    /// What begins with a digit.
    Number(&'a [u8]),
    /// What stands between quotes, as it is written there.
    Text(&'a [u8]),
    /// Anything else, byte by byte.
    Mark(u8),
}

/// The tokens of a text, one after the other. What is broken is passed over: a quote that is not closed ends with its
/// line, a comment with the text.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        let mark = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { text, at: mark }
    }

    /// Where the next token is looked for.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next token and where it begins.
    pub(super) fn next(&mut self) -> Option<(Token<'a>, usize)> {
        loop {
            let start = self.at;
            let byte = *self.text.get(start)?;
            match CLASS[usize::from(byte)] {
                Class::Blank => self.at += 1,
                Class::Word => return Some((Token::Word(self.run(Class::is_of_word)), start)),
                Class::Digit => return Some((Token::Number(self.run(Class::is_of_number)), start)),
                Class::Quote => return Some((Token::Text(self.quoted(byte)), start)),
                Class::Comment if self.comment() => {}
                Class::Comment | Class::Brace | Class::Other => {
                    self.at += 1;
                    return Some((Token::Mark(byte), start));
                }
            }
        }
    }

    /// Goes behind the brace that closes one that has just been read.
    pub(super) fn skip_block(&mut self) {
        let mut open = 1_usize;
        while let Some(&byte) = self.text.get(self.at) {
            match CLASS[usize::from(byte)] {
                Class::Brace => {
                    self.at += 1;
                    open = if byte == b'{' { open + 1 } else { open - 1 };
                    if open == 0 {
                        return;
                    }
                }
                Class::Quote => {
                    self.quoted(byte);
                }
                Class::Comment if self.comment() => {}
                _ => self.at += 1,
            }
        }
    }

    fn run(&mut self, goes_on: fn(Class) -> bool) -> &'a [u8] {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|&byte| !goes_on(CLASS[usize::from(byte)])).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Jumps over a comment, if one begins here.
    fn comment(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let length = match rest {
            // `#` begins a comment for some compilers, and nothing for the others.
            [b'#', ..] | [b'/', b'/', ..] => memchr(b'\n', rest),
            [b'/', b'*', body @ ..] => memmem::find(body, b"*/").map(|end| end + 4),
            _ => return false,
        };
        self.at += length.unwrap_or(rest.len());
        true
    }

    fn quoted(&mut self, quote: u8) -> &'a [u8] {
        let start = self.at + 1;
        let mut at = start;
        loop {
            match self.text.get(at) {
                Some(b'\\') if self.text.get(at + 1).is_some_and(|&next| next != b'\n') => at += 2,
                Some(&byte) if byte == quote => {
                    self.at = at + 1;
                    break;
                }
                None | Some(b'\n') => {
                    self.at = at;
                    break;
                }
                Some(_) => at += 1,
            }
        }
        &self.text[start..at]
    }
}

/// What a byte may be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Word,
    Digit,
    Quote,
    Comment,
    Brace,
    Other,
}

impl Class {
    fn is_of_word(self) -> bool {
        matches!(self, Self::Word | Self::Digit)
    }

    /// A number goes on with letters (0x1f, 1e5); a point or a sign within it is a mark, which nobody asks for.
    fn is_of_number(self) -> bool {
        self.is_of_word()
    }
}

static CLASS: [Class; 256] = {
    let mut table = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)] // The loop ends at 256.
        let class = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => Class::Blank,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Word,
            b'0'..=b'9' => Class::Digit,
            b'"' | b'\'' => Class::Quote,
            b'/' | b'#' => Class::Comment,
            b'{' | b'}' => Class::Brace,
            _ => Class::Other,
        };
        table[byte] = class;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        let mut tokens = Tokens::of(text.as_bytes());
        std::iter::from_fn(|| tokens.next().map(|(token, _)| token)).collect()
    }

    #[test]
    fn comments_and_blanks_are_no_tokens() {
        use Token::{Mark, Number, Text, Word};
        for (text, wanted) in [
            ("\u{feff}a // b\n c", vec![Word(b"a"), Word(b"c")]),
            ("/* { */ a /**/ b # }", vec![Word(b"a"), Word(b"b")]),
            ("'a\\'b' \"'\" 'open\nx", vec![Text(b"a\\'b"), Text(b"'"), Text(b"open"), Word(b"x")]),
            ("'\\\nx", vec![Text(b"\\"), Word(b"x")]),
            ("0x1F -7", vec![Number(b"0x1F"), Mark(b'-'), Number(b"7")]),
            ("a.b/c", vec![Word(b"a"), Mark(b'.'), Word(b"b"), Mark(b'/'), Word(b"c")]),
            ("/* open", vec![]),
            ("'open", vec![Text(b"open")]),
            ("/*/ a", vec![]),
        ] {
            assert_eq!(tokens(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_block_ends_with_its_own_brace() {
        for (text, rest) in [
            ("a { } '}' /* } */ // }\n } rest", " rest"),
            ("{{}} }", ""),
            ("never", ""),
            ("\"\\\"}\" / } x", " x"),
        ] {
            let mut tokens = Tokens::of(text.as_bytes());
            tokens.skip_block();
            assert_eq!(&text[tokens.at()..], rest, "{text}");
        }
    }
}
