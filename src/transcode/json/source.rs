//! JSON text that messages are read from.

use super::super::DataError;
use super::super::depth::DEPTH;
use super::super::number;
use super::super::plan::{Field, HEAD};
use super::super::sink::Span;
use super::super::source::{Member, Next, Source};
use super::super::window::window;
use super::super::wrong::Wrong;
use super::cursor::{Json, Name, VALUE};
use super::{base64, scan, string};

/// How far a look at the next key goes: over what stands before it, and its beginning.
const AHEAD: usize = HEAD + 2;

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
        // As most texts are: right behind the bracket or the comma, or behind one blank, the key that was expected.
        if let Some(window) = window::<AHEAD>(self.text, self.at) {
            if window[0] == b'}' && !first {
                self.at += 1;
                return Ok(Member::End);
            }
            let skipped = 1 + usize::from(window[1] == b' ');
            if let Some(field) = expected
                && (first || window[0] == b',')
                && let Some(window) = window[skipped..].first_chunk()
                && let Some(length) = scan::is_key(window, field)
            {
                self.key = self.at + skipped;
                self.at = self.key + length;
                return Ok(Member::Expected);
            }
        }
        self.other_member(first)
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
                Ok(true)
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

    fn signed(&mut self, next: Next, bits: u32) -> Result<Option<i64>, Wrong> {
        if let (Next::Text | Next::Number, Some((negative, magnitude, behind))) =
            (next, self.plain_integer(self.begun))
        {
            self.at = behind;
            return Ok(match bits {
                64 => fitting::<64, true>(negative, magnitude),
                _ => fitting::<32, true>(negative, magnitude),
            }
            .map(u64::cast_signed));
        }
        Ok(self.number(next)?.and_then(|text| number::signed(text, bits)))
    }

    fn unsigned(&mut self, next: Next, bits: u32) -> Result<Option<u64>, Wrong> {
        if let (Next::Text | Next::Number, Some((negative, magnitude, behind))) =
            (next, self.plain_integer(self.begun))
        {
            self.at = behind;
            return Ok(match bits {
                64 => fitting::<64, false>(negative, magnitude),
                _ => fitting::<32, false>(negative, magnitude),
            });
        }
        Ok(self.number(next)?.and_then(|text| number::unsigned(text, bits)))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn short_text(&mut self) -> Option<(&[u8; 16], usize)> {
        let at = self.behind_blank();
        let [quote, rest @ ..] = window::<17>(self.text, at)?;
        let special = scan::special(*rest);
        if *quote != b'"' || special == 0 {
            return None;
        }
        let length = special.trailing_zeros() as usize & 15;
        // What stands behind the text is no quote.
        if rest[length] != b'"' {
            return None;
        }
        self.at = at + length + 2;
        Some((rest, length))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn boolean(&mut self) -> Option<bool> {
        let at = self.behind_blank();
        let word = window::<8>(self.text, at)?;
        let (value, length) = match word {
            [b't', b'r', b'u', b'e', ..] => (true, 4),
            [b'f', b'a', b'l', b's', b'e', ..] => (false, 5),
            _ => return None,
        };
        if !matches!(word[length], b',' | b'}' | b']' | b' ' | b'\n') {
            return None;
        }
        self.at = at + length;
        Some(value)
    }

    #[inline(never)]
    fn bare_double(&mut self) -> Option<f64> {
        let at = self.behind_blank();
        let number = number::scan(self.text, at)?;
        let value = number.double(self.text.get(at..number.behind)?)?;
        self.at = number.behind;
        Some(value)
    }

    #[inline(never)]
    fn bare_float(&mut self) -> Option<f32> {
        let at = self.behind_blank();
        let number = number::scan(self.text, at)?;
        let value = number.float(self.text.get(at..number.behind)?)?;
        self.at = number.behind;
        Some(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn integer<const BITS: u32, const SIGNED: bool>(&mut self) -> Option<u64> {
        let (negative, magnitude, behind) = self.plain_integer(self.behind_blank())?;
        let bits = fitting::<BITS, SIGNED>(negative, magnitude)?;
        self.at = behind;
        Some(bits)
    }

    fn double(&mut self, next: Next) -> Result<Option<f64>, Wrong> {
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

impl Json<'_> {
    /// A member that is not the one that was expected.
    #[inline(never)]
    fn other_member(&mut self, first: bool) -> Result<Member, Wrong> {
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
        if self.blank() == b'}' && first {
            self.at += 1;
            return Ok(Member::End);
        }
        self.named()
    }
}

/// The bits of a whole number, if it has no more than those asked for.
#[cfg_attr(not(debug_assertions), inline(always))]
fn fitting<const BITS: u32, const SIGNED: bool>(negative: bool, magnitude: u64) -> Option<u64> {
    let most = u64::MAX >> (64 - BITS + u32::from(SIGNED));
    let fits = magnitude <= most || (SIGNED && negative && magnitude == most + 1);
    let bits = if negative { magnitude.wrapping_neg() } else { magnitude };
    (fits && (SIGNED || !negative || magnitude == 0)).then_some(bits)
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
