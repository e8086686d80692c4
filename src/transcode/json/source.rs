//! JSON text that messages are read from.

use super::super::DataError;
use super::super::depth::DEPTH;
use super::super::number;
use super::super::plan::Field;
use super::super::sink::Span;
use super::super::source::{Member, Next, Source};
use super::super::wrong::Wrong;
use super::cursor::{Json, Name, VALUE};
use super::{base64, scan, string};

impl Source for Json<'_> {
    type Place = usize;
    type Key = usize;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next(&mut self) -> Result<Next, Wrong> {
        let byte = self.blank();
        self.begun = self.at;
        match byte {
            b'"' => Ok(Next::Text),
            b'-' | b'0'..=b'9' => Ok(Next::Number),
            b'{' => Ok(Next::Object),
            b'[' => Ok(Next::List),
            b't' => self.word(*b"true", 0, Next::True),
            b'f' => self.word(*b"alse", 1, Next::False),
            b'n' => self.word(*b"null", 0, Next::Null),
            _ => Err(self.syntax(VALUE)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn open_object(&mut self) -> Result<(), Wrong> {
        // Its bracket is looked at with the first key.
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn member(&mut self, first: bool, expected: Option<&Field>) -> Result<Member, Wrong> {
        if !first {
            match self.blank() {
                b',' => {}
                b'}' => {
                    self.at += 1;
                    return Ok(Member::End);
                }
                _ => return Err(self.syntax("a comma or '}' was expected")),
            }
        }
        self.at += 1;
        let byte = self.blank();
        if let Some(field) = expected
            && let Some(length) = scan::is_key(self.text, self.at, field)
        {
            self.key = self.at;
            self.name = Name::InText(self.at + 1, self.at + length - 2);
            self.at += length;
            return Ok(Member::Expected);
        }
        if first && byte == b'}' {
            self.at += 1;
            return Ok(Member::End);
        }
        self.named()
    }

    #[inline]
    fn key(&self) -> Span<'_> {
        match self.name {
            Name::InText(start, end) => Span::new(self.text, start, end),
            Name::Unescaped => Span::from(self.key_scratch.as_slice()),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn open_list(&mut self) -> Result<(), Wrong> {
        self.at += 1;
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn element(&mut self, first: bool) -> Result<bool, Wrong> {
        match self.blank() {
            b']' => {
                self.at += 1;
                Ok(false)
            }
            _ if first => Ok(true),
            b',' => {
                self.at += 1;
                if self.blank() == b']' { Err(self.syntax(VALUE)) } else { Ok(true) }
            }
            _ => Err(self.syntax("a comma or ']' was expected")),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn text(&mut self, next: Next) -> Result<Option<Span<'_>>, Wrong> {
        if next == Next::Text { self.string().map(Some) } else { Ok(None) }
    }

    fn bytes(&mut self, next: Next) -> Result<Option<Span<'_>>, Wrong> {
        if next != Next::Text {
            return Ok(None);
        }
        let start = self.at + 1;
        let end = scan::plain_end(self.text, start);
        if self.text.get(end) == Some(&b'"') && end < self.end {
            self.at = end + 1;
            self.scratch.clear();
            let read = base64::decode(&self.text[start..end], self.scratch);
            return Ok(read.then(|| Span::from(self.scratch.as_slice())));
        }
        self.escaped_string(end)?;
        self.bytes.clear();
        let read = base64::decode(self.scratch, self.bytes);
        Ok(read.then(|| Span::from(self.bytes.as_slice())))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn signed(&mut self, next: Next, bits: u32) -> Result<Option<i64>, Wrong> {
        if let Some((negative, magnitude)) = self.plain_integer(next) {
            let value = magnitude.cast_signed();
            let value = if negative { value.wrapping_neg() } else { value };
            let fits = match bits {
                64 => magnitude == 0 || (value < 0) == negative,
                _ => i32::try_from(value).is_ok() && magnitude <= 1 << 31,
            };
            return Ok(fits.then_some(value));
        }
        Ok(self.number(next)?.and_then(|text| number::signed(text, bits)))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn unsigned(&mut self, next: Next, bits: u32) -> Result<Option<u64>, Wrong> {
        if let Some((negative, value)) = self.plain_integer(next) {
            let fits = (bits == 64 || u32::try_from(value).is_ok()) && (!negative || value == 0);
            return Ok(fits.then_some(value));
        }
        Ok(self.number(next)?.and_then(|text| number::unsigned(text, bits)))
    }

    #[inline]
    fn double(&mut self, next: Next) -> Result<Option<f64>, Wrong> {
        if next == Next::Number
            && let Some((value, length)) =
                number::plain_double(self.text.get(self.begun..).unwrap_or_default())
        {
            self.at = self.begun + length;
            return Ok(Some(value));
        }
        if next != Next::Text {
            return Ok(self.number(next)?.and_then(number::double));
        }
        let text = self.string()?.get();
        Ok(if number::is_number(text) { number::double(text) } else { not_finite(text) })
    }

    #[expect(clippy::cast_possible_truncation, reason = "infinities and NaN, which are floats too")]
    fn float(&mut self, next: Next) -> Result<Option<f32>, Wrong> {
        if next != Next::Text {
            return Ok(self.number(next)?.and_then(number::float));
        }
        let text = self.string()?.get();
        let named = || not_finite(text).map(|value| value as f32);
        Ok(if number::is_number(text) { number::float(text) } else { named() })
    }

    fn skip(&mut self, next: Next) -> Result<(), Wrong> {
        super::skip::skip(self, next, DEPTH)
    }

    #[inline]
    fn finish(&mut self) -> Result<(), Wrong> {
        self.blanks();
        if self.at < self.end { Err(self.syntax("no more was expected")) } else { Ok(()) }
    }

    #[inline]
    fn place(&self) -> usize {
        self.at
    }

    #[inline]
    fn back_to(&mut self, place: usize) {
        self.at = place;
    }

    fn key_place(&self) -> usize {
        self.key
    }

    fn key_at(&self, key: usize) -> String {
        let mut text = Vec::new();
        let plain = scan::plain_end(self.text, key + 1);
        let _ = string::unescape(self.text, self.end, key, plain, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    #[cold]
    fn wrong(&self, error: DataError) -> Wrong {
        Wrong::new(self.begun, error)
    }

    #[cold]
    fn wrong_key(&self, key: usize, error: DataError) -> Wrong {
        Wrong::new(key, error)
    }

    #[cold]
    fn shown(&self) -> String {
        super::skip::shown(&self.text[self.begun..self.end])
    }
}

/// A number that is not finite, by its name.
pub(in crate::transcode) fn not_finite(name: &[u8]) -> Option<f64> {
    match name {
        b"NaN" => Some(f64::NAN),
        b"Infinity" => Some(f64::INFINITY),
        b"-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}
