//! A place in JSON text, and the tokens that stand there.

use super::super::DataError;
use super::super::depth::TOO_DEEP;
use super::super::number;
use super::super::sink::Span;
use super::super::source::{Member, Next};
use super::super::window::window;
use super::super::wrong::Wrong;
use super::{scan, string};

/// What was expected where no value stands.
pub(super) const VALUE: &str = "a value was expected";

/// Strict JSON text, which is UTF-8.
#[derive(Debug)]
pub(super) struct Json<'t> {
    /// The text, perhaps with zeros behind it, which end whatever is read.
    pub(super) text: &'t [u8],
    /// Where the text ends.
    pub(super) end: usize,
    pub(super) at: usize,
    /// Where the value begins that was spoken of last.
    pub(super) begun: usize,
    /// Where the last key begins, at its quote.
    pub(super) key: usize,
    pub(super) name: Name,
    /// A string whose escapes were undone, and bytes from base64.
    pub(super) scratch: &'t mut Vec<u8>,
    /// The bytes of a base64 string whose escapes were undone.
    pub(super) bytes: &'t mut Vec<u8>,
    /// A key whose escapes were undone.
    pub(super) key_scratch: &'t mut Vec<u8>,
}

/// Where the text of the last key is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
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
        bytes: &'t mut Vec<u8>,
        key_scratch: &'t mut Vec<u8>,
    ) -> Self {
        Self { text, end, at: 0, begun: 0, key: 0, name: Name::InText(0, 0), scratch, bytes, key_scratch }
    }

    /// The next byte; 0 at the end.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Passes over one blank, as many texts have them, or over all; answers the byte behind.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn blank(&mut self) -> u8 {
        let mut byte = self.peek();
        if byte <= b' ' {
            self.at += usize::from(byte == b' ');
            byte = self.peek();
            if byte <= b' ' {
                self.blanks();
                byte = self.peek();
            }
        }
        byte
    }

    /// Where the next value begins, if at most one blank stands before it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn behind_blank(&self) -> usize {
        self.at + usize::from(self.peek() == b' ')
    }

    /// An error of syntax at the place where it stands.
    #[cold]
    pub(super) fn syntax(&self, expected: &str) -> Wrong {
        if self.at >= self.end {
            return Wrong::new(self.end, DataError::unfinished("the JSON ends too early"));
        }
        let rest = &self.text[self.at..self.end];
        if rest[0].is_ascii_alphanumeric() {
            let length =
                rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
            let word = super::shown(&rest[..length]);
            let what = format!("no valid JSON: {word} where {expected}");
            // Python's words are no strings that have lost their quotes, and what begins a text is no JSON at all.
            let may_be_text =
                expected == VALUE && self.at > 0 && !["True", "False", "None"].contains(&&*word);
            return Wrong::new(
                self.at,
                if may_be_text { DataError::unquoted(what) } else { DataError::new(what) },
            );
        }
        let rest = String::from_utf8_lossy(rest);
        let next = rest.chars().next().unwrap_or_default();
        Wrong::new(self.at, DataError::new(format!("no valid JSON: {next:?} where {expected}")))
    }

    #[inline]
    pub(super) fn word(&mut self, word: [u8; 4], rest: usize, next: Next) -> Result<Next, Wrong> {
        let from = self.at + rest;
        if self.text.get(from..from + 4) != Some(&word) {
            return Err(self.syntax(VALUE));
        }
        self.at = from + 4;
        if self.peek().is_ascii_alphanumeric() {
            self.at = self.begun;
            return Err(self.syntax(VALUE));
        }
        Ok(next)
    }

    /// The number that comes next, as text; the place stays before it.
    pub(super) fn number_text(&self) -> Result<&'t [u8], Wrong> {
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
                Err(Wrong::new(self.begun, DataError::new(format!("no valid JSON: {shown} is no number"))))
            }
        }
    }

    /// The text of a number, whether it stands within quotes or not; `None` when it is none.
    pub(super) fn number(&mut self, next: Next) -> Result<Option<&[u8]>, Wrong> {
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

    /// Digits at `at` that are all of a number below 2^64, within quotes or not: its sign and magnitude, and the place
    /// behind it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn plain_integer(&self, at: usize) -> Option<(bool, u64, usize)> {
        // Most are short, above zero and without quotes.
        if let Some(window) = window::<8>(self.text, at)
            && let (value, count @ 1..8) = number::eight_digits(u64::from_le_bytes(*window))
            && matches!(window[count], b',' | b'}' | b']')
            && (count == 1 || window[0] != b'0')
        {
            return Some((false, value, at + count));
        }
        self.any_integer(at)
    }

    #[inline(never)]
    fn any_integer(&self, at: usize) -> Option<(bool, u64, usize)> {
        let mut rest = [0; number::LONGEST];
        let text = window(self.text, at).unwrap_or_else(|| {
            let text = self.text.get(at..).unwrap_or_default();
            rest[..text.len()].copy_from_slice(text);
            &rest
        });
        let quoted = text[0] == b'"';
        let negative = text[usize::from(quoted)] == b'-';
        let first = usize::from(quoted) + usize::from(negative);
        let (value, count) = number::all_digits(text, first);
        let ends = match text[first + count] {
            b'"' => quoted,
            b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' | 0 => !quoted,
            _ => false,
        };
        let leads = count > 1 && text[first] == b'0';
        if count == 0 || !ends || leads || (count > 19 && !number::is_whole(text[first], value, count)) {
            return None;
        }
        Some((negative, value, at + first + count + usize::from(quoted)))
    }

    /// The string that comes next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn string(&mut self) -> Result<Span<'_>, Wrong> {
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
    pub(super) fn escaped_string(&mut self, end: usize) -> Result<(), Wrong> {
        self.scratch.clear();
        self.at = string::unescape(self.text, self.end, self.at, end, self.scratch)?;
        Ok(())
    }

    /// The quoted key at `at`, up to behind its colon.
    pub(super) fn named(&mut self) -> Result<Member, Wrong> {
        if self.peek() != b'"' {
            return Err(self.syntax("a key was expected"));
        }
        self.key = self.at;
        let start = self.at + 1;
        let end = scan::plain_end(self.text, start);
        if self.text.get(end..end + 2) == Some(b"\":") {
            self.name = Name::InText(start, end);
            self.at = end + 2;
            return Ok(Member::Named);
        }
        self.odd_name(start, end)
    }

    /// The same of a key that has escapes in it, or no colon right behind.
    #[cold]
    #[inline(never)]
    fn odd_name(&mut self, start: usize, end: usize) -> Result<Member, Wrong> {
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

impl Json<'_> {
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
        Wrong::new(self.begun, DataError::new(TOO_DEEP))
    }
}
