//! What the literals of text format say.

use std::ops::Neg;
use std::str::FromStr;

use super::token::Shape;
use crate::transcode::DataError;
use crate::transcode::wrong::Wrong;

/// Appends what a string, given with its quotes, stands for. `offset` is where it begins in the text.
pub(super) fn unescape(literal: &str, offset: usize, out: &mut Vec<u8>) -> Result<(), Wrong> {
    let mut rest = literal.get(1..literal.len() - 1).unwrap_or_default();
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = &rest[at..];
        match escaped(escape, out) {
            Ok(length) => rest = &escape[length..],
            Err(error) => return Err(Wrong::new(offset + literal.len() - 1 - escape.len(), error)),
        }
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(())
}

/// Appends what the escape that a text begins with stands for, and says how long it is.
fn escaped(text: &str, out: &mut Vec<u8>) -> Result<usize, DataError> {
    let bytes = text.as_bytes();
    let digits = |from: usize, most: usize, radix: u32| {
        let end = bytes.len().min(from + most);
        from + bytes[from..end].iter().take_while(|&&byte| char::from(byte).is_digit(radix)).count()
    };
    let value =
        |from: usize, end: usize, radix| u32::from_str_radix(&text[from..end], radix).unwrap_or(u32::MAX);
    let plain = match bytes.get(1) {
        Some(b'a') => b'\x07',
        Some(b'b') => b'\x08',
        Some(b'f') => b'\x0c',
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'v') => b'\x0b',
        Some(&byte @ (b'?' | b'\'' | b'"' | b'\\')) => byte,
        Some(b'0'..=b'7') => {
            let end = digits(1, 3, 8);
            let byte = u8::try_from(value(1, end, 8));
            out.push(
                byte.map_err(|_| DataError::new(format!("{} is more than a byte holds", &text[..end])))?,
            );
            return Ok(end);
        }
        Some(b'x' | b'X') => {
            let end = digits(2, 2, 16);
            let byte = u8::try_from(value(2, end, 16));
            out.push(byte.map_err(|_| {
                DataError::new(format!("{} is followed by no hexadecimal digit", &text[..2]))
            })?);
            return Ok(end);
        }
        Some(&long @ (b'u' | b'U')) => {
            let many = if long == b'u' { 4 } else { 8 };
            let end = digits(2, many, 16);
            if end < 2 + many {
                let given = &text[..end];
                return Err(DataError::new(format!(
                    "{given} is cut short: {many} hexadecimal digits are due"
                )));
            }
            // A pair of surrogates is UTF-16, not a character: it is written with one \U.
            let character = char::from_u32(value(2, end, 16));
            let character =
                character.ok_or_else(|| DataError::new(format!("{} is no character", &text[..end])))?;
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return Ok(end);
        }
        _ => {
            let escape: String = text.chars().take(2).flat_map(char::escape_debug).skip(1).collect();
            return Err(DataError::new(format!("{escape} is no escape sequence")));
        }
    };
    out.push(plain);
    Ok(2)
}

/// A number, or a word in its place, with its sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literal<'t> {
    pub(super) minus: bool,
    pub(super) shape: Shape,
    pub(super) text: &'t str,
}

impl Literal<'_> {
    /// Whether it is an integer of any size.
    pub(super) fn is_integer(self) -> bool {
        self.shape == Shape::Integer
    }

    /// Whether it is a word without a sign.
    pub(super) fn is_word(self) -> bool {
        self.shape == Shape::Word && !self.minus
    }

    pub(super) fn int32(self) -> Option<i32> {
        i32::try_from(self.int64()?).ok()
    }

    pub(super) fn int64(self) -> Option<i64> {
        let value = self.magnitude()?;
        if self.minus { 0_i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
    }

    pub(super) fn uint32(self) -> Option<u32> {
        u32::try_from(self.uint64()?).ok()
    }

    /// Not even zero has a sign here.
    pub(super) fn uint64(self) -> Option<u64> {
        if self.minus { None } else { self.magnitude() }
    }

    pub(super) fn bool(self) -> Option<bool> {
        match self.text {
            "true" | "True" | "t" if self.is_word() => Some(true),
            "false" | "False" | "f" if self.is_word() => Some(false),
            _ => self.uint64().filter(|value| *value <= 1).map(|value| value == 1),
        }
    }

    /// A `f32` or a `f64`; what is too large is infinite.
    pub(super) fn real<Real: FromStr + Neg<Output = Real>>(self) -> Option<Real> {
        let text = match self.shape {
            Shape::Integer | Shape::Float => decimal(self.text)?,
            Shape::Word if is_real(self.text) => self.text,
            _ => return None,
        };
        let value: Real = text.parse().ok()?;
        Some(if self.minus { -value } else { value })
    }

    fn magnitude(self) -> Option<u64> {
        if self.is_integer() { integer(self.text) } else { None }
    }
}

/// Whether a word is a number that is not finite.
pub(super) fn is_real(word: &str) -> bool {
    ["inf", "infinity", "nan"].iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// The value of an integer without a sign: decimal, octal behind `0` or hexadecimal behind `0x`. `None` when
/// it is beyond 64 bits.
fn integer(text: &str) -> Option<u64> {
    match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => u64::from_str_radix(&text[2..], 16).ok(),
        [b'0', _, ..] => u64::from_str_radix(text, 8).ok(),
        _ => text.parse().ok(),
    }
}

/// The decimal digits of a number, without the `f` behind it; `None` when it is octal or hexadecimal.
fn decimal(text: &str) -> Option<&str> {
    match text.as_bytes() {
        [b'0', b'x' | b'X' | b'0'..=b'9', ..] => None,
        _ => Some(text.trim_end_matches(['f', 'F'])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(literal: &str) -> Result<Vec<u8>, (usize, String)> {
        let mut out = Vec::new();
        match unescape(literal, 0, &mut out) {
            Ok(()) => Ok(out),
            Err(wrong) => {
                let (offset, error) = wrong.into_parts();
                Err((offset, error.message().to_owned()))
            }
        }
    }

    #[test]
    fn every_escape_is_known() {
        for (literal, expected) in [
            (r#"'\a\b\f\n\r\t\v\?\\\'\"'"#, &b"\x07\x08\x0c\n\r\t\x0b?\\'\""[..]),
            (r"'\1234\5Hello\00\377'", b"S4\x05Hello\0\xff"),
            (r"'\x213\xFHello\X3world\xff'", b"!3\x0fHello\x03world\xff"),
            (r"'\u1234\u00e9x\U00010437\U0010ffff'", "\u{1234}éx\u{10437}\u{10ffff}".as_bytes()),
            ("'☃\\\\☃'", "☃\\☃".as_bytes()),
            ("\"it's\"", b"it's"),
            ("''", b""),
        ] {
            assert_eq!(said(literal).unwrap(), expected, "{literal}");
        }
    }

    #[test]
    fn wrong_escapes_are_named_at_their_place() {
        for (literal, offset, message) in [
            (r"'ab\q'", 3, r"\q is no escape sequence"),
            ("'\\☃'", 1, r"\☃ is no escape sequence"),
            ("'\\\n'", 1, r"\\n is no escape sequence"),
            (r"'\8'", 1, r"\8 is no escape sequence"),
            (r"'\400'", 1, r"\400 is more than a byte holds"),
            (r"'\xg'", 1, r"\x is followed by no hexadecimal digit"),
            (r"'\u12'", 1, r"\u12 is cut short: 4 hexadecimal digits are due"),
            (r"'\U0001234'", 1, r"\U0001234 is cut short: 8 hexadecimal digits are due"),
            (r"'\U00110000'", 1, r"\U00110000 is no character"),
            (r"'é\ud801\udc37'", 3, r"\ud801 is no character"),
            (r"'\udc00'", 1, r"\udc00 is no character"),
            (r"'\U0000d801\udc37'", 1, r"\U0000d801 is no character"),
        ] {
            assert_eq!(said(literal).unwrap_err(), (offset, message.to_owned()), "{literal}");
        }
    }

    #[test]
    fn integers_have_three_bases() {
        assert_eq!(integer("18446744073709551615"), Some(u64::MAX));
        assert_eq!(integer("18446744073709551616"), None);
        assert_eq!(integer("0xFFFFFFFFFFFFFFFF"), Some(u64::MAX));
        assert_eq!(integer("0x10000000000000000"), None);
        assert_eq!(integer("01777777777777777777777"), Some(u64::MAX));
        assert_eq!(integer("02000000000000000000000"), None);
        assert_eq!((integer("0"), integer("00"), integer("0X0a")), (Some(0), Some(0), Some(10)));
    }
}
