//! JSON text that messages are read from.

use super::super::DataError;
use super::super::flaw::{Flaw, Wrong};
use super::super::number;
use super::super::plan::Field;
use super::super::sink::Span;
use super::super::source::{Member, Next, Source};
use super::{base64, scan, string};

/// How deep a value may be nested that is only passed over.
const DEPTH: usize = 100;

/// Strict JSON text, which is UTF-8.
#[derive(Debug)]
pub(super) struct Json<'t> {
    /// The text, perhaps with zeros behind it, which end whatever is read.
    text: &'t [u8],
    /// Where the text ends.
    end: usize,
    at: usize,
    /// Where the value begins that was spoken of last.
    begun: usize,
    /// Where the last key begins: at its quote, or at the comma before it.
    key: usize,
    name: Name,
    /// A string whose escapes were undone, and bytes from base64.
    scratch: &'t mut Vec<u8>,
    /// A key whose escapes were undone.
    key_scratch: &'t mut Vec<u8>,
}

/// Where the text of the last key is.
#[derive(Debug, Clone, Copy)]
enum Name {
    InText(usize, usize),
    Unescaped,
}

impl<'t> Json<'t> {
    /// `text` up to `end`; what stands behind it must be zeros.
    #[inline]
    pub(super) fn new(
        text: &'t [u8],
        end: usize,
        scratch: &'t mut Vec<u8>,
        key_scratch: &'t mut Vec<u8>,
    ) -> Self {
        Self { text, end, at: 0, begun: 0, key: 0, name: Name::InText(0, 0), scratch, key_scratch }
    }

    /// Looks that nothing follows the value.
    #[inline]
    pub(super) fn finish(&mut self) -> Result<(), Wrong> {
        self.blanks();
        if self.at < self.end { Err(self.syntax("no more was expected")) } else { Ok(()) }
    }

    /// The next byte; 0 at the end.
    #[inline(always)]
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// An error of syntax at the place where it stands.
    #[cold]
    fn syntax(&self, expected: &str) -> Wrong {
        if self.at >= self.end {
            return Flaw::new(self.end, DataError::unfinished("the JSON ends too early"));
        }
        let rest = &self.text[self.at..self.end];
        let rest = String::from_utf8_lossy(rest);
        let next = rest.chars().next().unwrap_or_default();
        Flaw::new(self.at, DataError::new(format!("no valid JSON: {next:?} where {expected}")))
    }

    #[inline]
    fn word(&mut self, word: &[u8; 4], rest: usize, next: Next) -> Result<Next, Wrong> {
        let from = self.at + rest;
        if self.text.get(from..from + 4) != Some(word) {
            return Err(self.syntax("a value was expected"));
        }
        self.at = from + 4;
        if self.peek().is_ascii_alphanumeric() {
            self.at = self.begun;
            return Err(self.syntax("a value was expected"));
        }
        Ok(next)
    }

    /// The number that comes next, as text; the place stays before it.
    fn number_text(&self) -> Result<&'t [u8], Wrong> {
        let rest = &self.text[self.begun..self.end];
        match number::length(rest) {
            Some(length)
                if !rest.get(length).is_some_and(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)) =>
            {
                Ok(&rest[..length])
            }
            _ => {
                let more = |b: &&u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
                let length = rest.iter().take_while(more).count();
                let shown = super::shown(&rest[..length]);
                Err(Flaw::new(self.begun, DataError::new(format!("no valid JSON: {shown} is no number"))))
            }
        }
    }

    /// The text of a number, whether it stands within quotes or not; `None` when it is none.
    fn number(&mut self, next: Next) -> Result<Option<&[u8]>, Wrong> {
        match next {
            Next::Number => {
                let text = self.number_text()?;
                self.at = self.begun + text.len();
                Ok(Some(text))
            }
            Next::Text => {
                let text = self.string()?.get();
                Ok(number::is_number(text).then_some(text))
            }
            _ => Ok(None),
        }
    }

    /// Digits that are all of a number, up to 18 of them: its sign and magnitude.
    #[inline(always)]
    fn plain_integer(&mut self) -> Option<(bool, u64)> {
        let mut at = self.begun;
        let negative = self.peek() == b'-';
        at += usize::from(negative);
        let first = at;
        let mut value = 0_u64;
        while let Some(digit) =
            self.text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10)
        {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            at += 1;
        }
        let count = at - first;
        let ends = matches!(
            self.text.get(at).copied().unwrap_or(0),
            b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'
        );
        let leads = count > 1 && self.text.get(first) == Some(&b'0');
        if count == 0 || count > 18 || !ends || leads {
            return None;
        }
        self.at = at;
        Some((negative, value))
    }

    /// The string that comes next.
    #[inline(always)]
    fn string(&mut self) -> Result<Span<'_>, Wrong> {
        let start = self.at + 1;
        let end = scan::plain_end(self.text, start);
        if self.text.get(end) == Some(&b'"') && end < self.end {
            self.at = end + 1;
            return Ok(Span::new(self.text, start, end));
        }
        self.escaped_string(end)?;
        Ok(Span::from(self.scratch.as_slice()))
    }

    /// A string in which the byte at `end` is not a plain one.
    #[cold]
    #[inline(never)]
    fn escaped_string(&mut self, end: usize) -> Result<(), Wrong> {
        self.scratch.clear();
        self.at = string::unescape(self.text, self.end, self.at, end, self.scratch)?;
        Ok(())
    }

    /// The quoted key at `at`, up to behind its colon.
    fn named(&mut self) -> Result<Member, Wrong> {
        if self.peek() != b'"' {
            return Err(self.syntax("a key was expected"));
        }
        self.key = self.at;
        let start = self.at + 1;
        let end = scan::plain_end(self.text, start);
        if self.text.get(end) == Some(&b'"') && end < self.end {
            self.name = Name::InText(start, end);
            self.at = end + 1;
        } else {
            self.key_scratch.clear();
            self.at = string::unescape(self.text, self.end, self.at, end, self.key_scratch)?;
            self.name = Name::Unescaped;
        }
        self.blanks();
        if self.peek() != b':' {
            return Err(self.syntax("a colon was expected"));
        }
        self.at += 1;
        Ok(Member::Named)
    }
}

impl Source for Json<'_> {
    type Place = usize;
    type Key = usize;

    #[inline(always)]
    fn next(&mut self) -> Result<Next, Wrong> {
        if self.peek() <= b' ' {
            self.blanks();
        }
        self.begun = self.at;
        match self.peek() {
            b'"' => Ok(Next::Text),
            b'-' | b'0'..=b'9' => Ok(Next::Number),
            b'{' => Ok(Next::Object),
            b'[' => Ok(Next::List),
            b't' => self.word(b"true", 0, Next::True),
            b'f' => self.word(b"alse", 1, Next::False),
            b'n' => self.word(b"null", 0, Next::Null),
            _ => Err(self.syntax("a value was expected")),
        }
    }

    #[inline(always)]
    fn open_object(&mut self) -> Result<(), Wrong> {
        // Its bracket is looked at with the first key.
        Ok(())
    }

    #[inline(always)]
    fn member(&mut self, first: bool, expected: Option<&Field>) -> Result<Member, Wrong> {
        if !first && self.peek() <= b' ' {
            self.blanks();
        }
        let byte = self.peek();
        if (first || byte == b',')
            && let Some(field) = expected
            && let Some(length) = scan::is_key(self.text, self.at, field)
        {
            self.key = self.at;
            self.name = Name::InText(self.at + 2, self.at + length - 2);
            self.at += length;
            return Ok(Member::Expected);
        }
        if !first && byte != b',' {
            if byte == b'}' {
                self.at += 1;
                return Ok(Member::End);
            }
            return Err(self.syntax("a comma or '}' was expected"));
        }
        self.at += 1;
        self.blanks();
        if first && self.peek() == b'}' {
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

    #[inline(always)]
    fn open_list(&mut self) -> Result<(), Wrong> {
        self.at += 1;
        Ok(())
    }

    #[inline(always)]
    fn element(&mut self, first: bool) -> Result<bool, Wrong> {
        if self.peek() <= b' ' {
            self.blanks();
        }
        match self.peek() {
            b']' => {
                self.at += 1;
                Ok(false)
            }
            _ if first => Ok(true),
            b',' => {
                self.at += 1;
                self.blanks();
                if self.peek() == b']' { Err(self.syntax("a value was expected")) } else { Ok(true) }
            }
            _ => Err(self.syntax("a comma or ']' was expected")),
        }
    }

    #[inline(always)]
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
        let text = std::mem::take(self.scratch);
        let read = base64::decode(&text, self.scratch);
        Ok(read.then(|| Span::from(self.scratch.as_slice())))
    }

    #[inline(always)]
    fn signed(&mut self, next: Next, bits: u32) -> Result<Option<i64>, Wrong> {
        if next == Next::Number
            && let Some((negative, magnitude)) = self.plain_integer()
        {
            let value = magnitude.cast_signed();
            let value = if negative { -value } else { value };
            let fits = bits == 64 || i32::try_from(value).is_ok();
            return Ok(fits.then_some(value));
        }
        Ok(self.number(next)?.and_then(|text| number::signed(text, bits)))
    }

    #[inline(always)]
    fn unsigned(&mut self, next: Next, bits: u32) -> Result<Option<u64>, Wrong> {
        if next == Next::Number
            && let Some((negative, value)) = self.plain_integer()
        {
            let fits = (bits == 64 || u32::try_from(value).is_ok()) && (!negative || value == 0);
            return Ok(fits.then_some(value));
        }
        Ok(self.number(next)?.and_then(|text| number::unsigned(text, bits)))
    }

    fn double(&mut self, next: Next) -> Result<Option<f64>, Wrong> {
        match self.number(next)? {
            Some(text) => Ok(number::double(text)),
            None if next == Next::Text => Ok(not_finite(self.last_string())),
            None => Ok(None),
        }
    }

    fn float(&mut self, next: Next) -> Result<Option<f32>, Wrong> {
        match self.number(next)? {
            Some(text) => Ok(number::float(text)),
            None if next == Next::Text => Ok(not_finite(self.last_string()).map(|value| value as f32)),
            None => Ok(None),
        }
    }

    fn skip(&mut self, next: Next) -> Result<(), Wrong> {
        super::skip::skip(self, next, DEPTH)
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
        let quote = self.quote(key);
        let plain = scan::plain_end(self.text, quote + 1);
        let _ = string::unescape(self.text, self.end, quote, plain, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    #[cold]
    fn wrong(&self, error: DataError) -> Wrong {
        Flaw::new(self.begun, error)
    }

    #[cold]
    fn wrong_key(&self, key: usize, error: DataError) -> Wrong {
        Flaw::new(self.quote(key), error)
    }

    #[cold]
    fn shown(&self) -> String {
        super::skip::shown(&self.text[self.begun..self.end])
    }
}

impl Json<'_> {
    /// The quote of the key at `key`, which may stand behind its comma.
    fn quote(&self, key: usize) -> usize {
        if self.text.get(key) == Some(&b'"') { key } else { key + 1 }
    }

    /// The string that was read last, if it has no escapes.
    fn last_string(&self) -> &[u8] {
        self.text.get(self.begun + 1..self.at.saturating_sub(1)).unwrap_or_default()
    }

    /// Takes the number that was spoken of last.
    pub(super) fn pass_number(&mut self) -> Result<(), Wrong> {
        self.at = self.begun + self.number_text()?.len();
        Ok(())
    }

    /// Takes the string that comes next.
    pub(super) fn pass_string(&mut self) -> Result<(), Wrong> {
        self.string().map(drop)
    }

    /// An error that data is too deep here.
    pub(super) fn too_deep(&self) -> Wrong {
        self.wrong(DataError::new(format!("nested more than {DEPTH} levels deep")))
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
