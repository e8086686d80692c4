//! The tokens of text format.

use crate::transcode::DataError;
use crate::transcode::json::shown;
use crate::transcode::wrong::Wrong;

/// A place in text format: the token that is next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    token: Token<'t>,
}

/// One token and where it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) shape: Shape,
    pub(super) offset: usize,
    pub(super) text: &'t str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A name, `true`, `inf`.
    Word,
    /// Decimal, octal or hexadecimal, without a sign.
    Integer,
    /// A number with a point, an exponent or an `f`, without a sign.
    Float,
    /// One string with its quotes.
    String,
    /// One other character of ASCII.
    Symbol(u8),
    /// The end of the text.
    End,
}

impl<'t> Lexer<'t> {
    /// Begins at the first token.
    pub(super) fn new(text: &'t str) -> Result<Self, Wrong> {
        // A byte order mark is no part of the text.
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Ok(Self { text, token: lex(text, start)? })
    }

    /// The token that is next.
    pub(super) fn token(&self) -> Token<'t> {
        self.token
    }

    /// Goes on to the one behind it.
    pub(super) fn advance(&mut self) -> Result<(), Wrong> {
        self.token = lex(self.text, self.token.end())?;
        Ok(())
    }

    /// What stands from an offset up to the end of the token that is next.
    pub(super) fn since(&self, offset: usize) -> &'t str {
        &self.text[offset..self.token.end()]
    }

    /// What stands between `[`, which is next, and `]`: the name of an extension or a type URL, without the
    /// blanks and comments in it. The token behind `]` is next then.
    pub(super) fn bracketed(&mut self) -> Result<String, Wrong> {
        let start = self.token.offset;
        let bytes = self.text.as_bytes();
        let (mut name, mut at) = (String::new(), self.token.end());
        loop {
            at = behind_blanks(bytes, at);
            let end = behind(bytes, at, is_url);
            name.push_str(&self.text[at..end]);
            match bytes.get(end) {
                Some(b']') => {
                    self.token = lex(self.text, end + 1)?;
                    break;
                }
                _ if end > at => at = end,
                Some(_) => {
                    let error = DataError::new(format!("']' is due where {} stands", quoted(self.text, end)));
                    return Err(Wrong::new(end, error));
                }
                None => {
                    let error = DataError::unfinished("the '[' that stands here is never closed");
                    return Err(Wrong::new(start, error));
                }
            }
        }
        match wrong_name(&name) {
            Some(error) => Err(Wrong::new(start, error)),
            None => Ok(name),
        }
    }
}

impl Token<'_> {
    fn end(self) -> usize {
        self.offset + self.text.len()
    }
}

/// The token at or behind `at`.
fn lex(text: &str, at: usize) -> Result<Token<'_>, Wrong> {
    let bytes = text.as_bytes();
    let offset = behind_blanks(bytes, at);
    let (shape, end) = match bytes.get(offset) {
        None => (Shape::End, offset),
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => (Shape::Word, behind(bytes, offset, is_word)),
        Some(b'0'..=b'9') => number(text, offset)?,
        Some(b'.') if bytes.get(offset + 1).is_some_and(u8::is_ascii_digit) => number(text, offset)?,
        Some(&quote @ (b'"' | b'\'')) => (Shape::String, string(bytes, offset, quote)?),
        Some(&symbol @ b'!'..=b'~') => (Shape::Symbol(symbol), offset + 1),
        Some(_) => {
            let error = DataError::new(format!("{} has no place outside of strings", quoted(text, offset)));
            return Err(Wrong::new(offset, error));
        }
    };
    Ok(Token { shape, offset, text: &text[offset..end] })
}

/// The place of the first byte at or behind `at` that is neither blank nor comment.
fn behind_blanks(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c') => at += 1,
            Some(b'#') => at = behind(bytes, at, |byte| byte != b'\n'),
            _ => return at,
        }
    }
}

/// The place of the first byte at or behind `at` that is not of this sort.
fn behind(bytes: &[u8], at: usize, sort: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| !sort(byte)).unwrap_or(rest.len())
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// Whether an Any with this type URL can be written as `[type.googleapis.com/pkg.Type] { … }`.
pub(super) fn is_type_url(url: &[u8]) -> bool {
    let text = std::str::from_utf8(url).ok().filter(|text| text.contains('/') && text.bytes().all(is_url));
    text.is_some_and(|text| wrong_name(text).is_none())
}

/// What may stand between `[` and `]`.
fn is_url(byte: u8) -> bool {
    is_word(byte) || b"-.~!$&()*+,;=%/".contains(&byte)
}

/// What is wrong with the name of an extension, or a type URL.
fn wrong_name(name: &str) -> Option<DataError> {
    let (prefix, type_name) = name.rsplit_once('/').unwrap_or(("x", name));
    let escape = |at: usize| {
        prefix.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    let escapes = prefix.match_indices('%').all(|(at, _)| escape(at));
    if prefix.is_empty() || prefix.starts_with('/') || !escapes {
        return Some(DataError::new(format!(
            "{name:?} is no type URL such as \"type.googleapis.com/pkg.Type\""
        )));
    }
    let part = |part: &str| {
        part.bytes().all(is_word) && !part.is_empty() && !part.starts_with(|c: char| c.is_ascii_digit())
    };
    let fits = type_name.split('.').all(part);
    (!fits).then(|| DataError::new(format!("{type_name:?} is no name such as pkg.Name")))
}

/// Where a number ends, which begins with a digit, or a point before one.
fn number(text: &str, start: usize) -> Result<(Shape, usize), Wrong> {
    let bytes = text.as_bytes();
    let digits = |at| behind(bytes, at, |byte| byte.is_ascii_digit());
    let mut shape = Shape::Integer;
    let mut end = start;
    let wrong = |end: usize, what: &str| {
        let error = DataError::new(format!("{} {what}", shown(&bytes[start..end])));
        Wrong::new(start, error)
    };
    match (bytes[start], bytes.get(start + 1)) {
        (b'0', Some(b'x' | b'X')) => {
            end = behind(bytes, start + 2, |byte| byte.is_ascii_hexdigit());
            if end == start + 2 {
                return Err(wrong(end, "is followed by no hexadecimal digit"));
            }
        }
        (b'0', Some(b'0'..=b'9')) => {
            end = digits(start);
            if bytes[start..end].iter().any(|byte| *byte > b'7') {
                return Err(wrong(end, "is no number: what begins with 0 is octal"));
            }
        }
        _ => {
            end = digits(end);
            if bytes.get(end) == Some(&b'.') {
                (shape, end) = (Shape::Float, digits(end + 1));
            }
            if let Some(b'e' | b'E') = bytes.get(end) {
                let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
                let exponent = end + 1 + sign;
                (shape, end) = (Shape::Float, digits(exponent));
                if end == exponent {
                    return Err(wrong(end, "is followed by no exponent"));
                }
            }
            if let Some(b'f' | b'F') = bytes.get(end) {
                (shape, end) = (Shape::Float, end + 1);
            }
        }
    }
    match bytes.get(end) {
        Some(&byte) if is_word(byte) => {
            Err(wrong(behind(bytes, end, is_word), "is no number: a name stands apart from one"))
        }
        Some(b'.') => Err(wrong(digits(end + 1), "is no number")),
        _ => Ok((shape, end)),
    }
}

/// Where a string ends, which begins with its quote.
fn string(bytes: &[u8], start: usize, quote: u8) -> Result<usize, Wrong> {
    let wrong = |offset, error| Err(Wrong::new(offset, error));
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            Some(&byte) if byte == quote => return Ok(at + 1),
            Some(b'\\') => at += 2,
            Some(b'\n') => {
                return wrong(start, DataError::new("the string that begins here is not closed on its line"));
            }
            Some(0) => return wrong(at, DataError::new("a zero byte in a string is written \\000")),
            Some(_) => at += 1,
            None => {
                return wrong(start, DataError::unfinished("the string that begins here is never closed"));
            }
        }
    }
}

/// The character at an offset, for errors.
fn quoted(text: &str, offset: usize) -> String {
    text[offset..].chars().next().map_or_else(String::new, |c| format!("{c:?}"))
}
