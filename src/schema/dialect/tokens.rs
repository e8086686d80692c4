//! The words and marks of a .proto source, without what they mean and without its comments.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A number, without its sign.
    Number,
    /// A quoted text, quotes and all.
    Text,
    /// Any other sign, by itself.
    Mark,
}

/// A token and where it starts, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) start: usize,
}

impl Token<'_> {
    /// Where the token ends.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this word or this mark.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Mark) && self.text == text
    }
}

/// The tokens of a source, one after the other. What is cut short ends with the text: what is wrong with it is
/// for the compiler to say.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The length of what is at the start of `rest`, and its kind if it is a token.
    fn measure(rest: &str) -> (usize, Option<Kind>) {
        let bytes = rest.as_bytes();
        let span = |fits: fn(u8) -> bool| bytes.iter().position(|&b| !fits(b)).unwrap_or(bytes.len());
        match bytes[0] {
            b if b.is_ascii_whitespace() || b == 0x0b => (1, None),
            b'/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), None),
            b'/' if rest.starts_with("/*") => (rest[2..].find("*/").map_or(rest.len(), |end| end + 4), None),
            b if b.is_ascii_alphabetic() || b == b'_' => (span(is_of_a_word), Some(Kind::Word)),
            b if b.is_ascii_digit() => (span(|b| is_of_a_word(b) || b == b'.'), Some(Kind::Number)),
            quote @ (b'"' | b'\'') => (quoted(bytes, quote), Some(Kind::Text)),
            // One sign, which takes several bytes outside of ASCII.
            _ => (rest.chars().next().map_or(1, char::len_utf8), Some(Kind::Mark)),
        }
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let (length, kind) = Self::measure(rest);
            let start = self.at;
            self.at += length;
            if let Some(kind) = kind {
                return Some(Token { kind, text: &rest[..length], start });
            }
        }
    }
}

fn is_of_a_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// The length of a text with its quotes, or of what is there before the line ends.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => return at,
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii) => at += 2,
            b if b == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_cut_into_tokens() {
        let text = "a /* b\n\"*/ = 'x\\'{' ;// c\n1.5e3-é\"\\é\"";
        let tokens: Vec<_> = Tokens::of(text).map(|token| (token.kind, token.text)).collect();
        assert_eq!(
            tokens,
            [
                (Kind::Word, "a"),
                (Kind::Mark, "="),
                (Kind::Text, "'x\\'{'"),
                (Kind::Mark, ";"),
                (Kind::Number, "1.5e3"),
                (Kind::Mark, "-"),
                (Kind::Mark, "é"),
                (Kind::Text, "\"\\é\""),
            ]
        );
    }

    #[test]
    fn what_is_cut_short_ends_with_the_text_or_the_line() {
        for (text, last) in
            [("'abc", "'abc"), ("'abc\\", "'abc\\"), ("a /* b", "a"), ("'a\nb", "b"), ("'\\\n", "'\\\n")]
        {
            assert_eq!(Tokens::of(text).last().map(|token| token.text), Some(last), "{text:?}");
        }
        assert_eq!(Tokens::of(" // x").next(), None);
    }
}
