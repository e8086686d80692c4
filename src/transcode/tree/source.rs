//! Values that messages are read from.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{Look, Tree};
use crate::transcode::plan::Field;
use crate::transcode::sink::Span;
use crate::transcode::source::{Member, Next, Source};
use crate::transcode::wrong::Wrong;
use crate::transcode::{DataError, compose, json, number};

/// A value, and those around it that are open.
pub(super) struct Values<'v, T> {
    value: &'v T,
    open: Vec<Open<'v, T>>,
    key: &'v [u8],
    /// Bytes from base64, and the text of a number.
    scratch: Vec<u8>,
}

/// The first double beyond the integers of 64 bits.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

enum Open<'v, T> {
    Members(std::vec::IntoIter<(&'v [u8], &'v T)>),
    Items(std::slice::Iter<'v, T>),
}

impl<'v, T: Tree> Values<'v, T> {
    pub(super) fn new(value: &'v T) -> Self {
        Self { value, open: Vec::new(), key: &[], scratch: Vec::new() }
    }

    /// The text of a number, whether it is one or a string of one.
    fn digits(&mut self) -> Option<&[u8]> {
        match self.value.look() {
            Look::Text(text) => number::is_number(text).then_some(text),
            Look::Number => {
                self.scratch.clear();
                self.scratch.extend_from_slice(self.value.to_json().as_bytes());
                number::is_number(&self.scratch).then_some(&*self.scratch)
            }
            Look::Bytes(bytes) => Some(self.base64(bytes)).filter(|text| number::is_number(text)),
            _ => None,
        }
    }

    /// What bytes are as a string.
    fn base64(&mut self, bytes: &[u8]) -> &[u8] {
        self.scratch.clear();
        self.scratch.extend_from_slice(BASE64_STANDARD.encode(bytes).as_bytes());
        &self.scratch
    }
}

impl<'v, T: Tree> Source for Values<'v, T> {
    type Place = (&'v T, usize);
    type Key = &'v [u8];

    fn next(&mut self) -> Result<Next, Wrong> {
        Ok(match self.value.look() {
            Look::Null => Next::Null,
            Look::Bool(false) => Next::False,
            Look::Bool(true) => Next::True,
            Look::Integer(_) | Look::Float(_) | Look::Number => Next::Number,
            Look::Text(_) | Look::Bytes(_) => Next::Text,
            Look::List(_) => Next::List,
            Look::Object => Next::Object,
        })
    }

    fn open_object(&mut self) -> Result<(), Wrong> {
        let Some(members) = self.value.members() else {
            return Err(self.wrong(DataError::new("a name in an object is no string")));
        };
        self.open.push(Open::Members(members.into_iter()));
        Ok(())
    }

    fn member(&mut self, _: bool, expected: Option<&Field>) -> Result<Member, Wrong> {
        let Some(Open::Members(members)) = self.open.last_mut() else { return Ok(Member::End) };
        match members.next() {
            None => {
                self.open.pop();
                Ok(Member::End)
            }
            Some((key, value)) => {
                (self.key, self.value) = (key, value);
                let meant = expected.is_some_and(|field| field.json_name.as_bytes() == key);
                if !meant && std::str::from_utf8(key).is_err() {
                    return Err(self.wrong(DataError::new("a name in an object is not UTF-8")));
                }
                Ok(if meant { Member::Expected } else { Member::Named })
            }
        }
    }

    fn key(&self) -> Span<'_> {
        Span::from(self.key)
    }

    fn open_list(&mut self) -> Result<(), Wrong> {
        if let Look::List(items) = self.value.look() {
            self.open.push(Open::Items(items.iter()));
        }
        Ok(())
    }

    fn element(&mut self, _: bool) -> Result<bool, Wrong> {
        let Some(Open::Items(items)) = self.open.last_mut() else { return Ok(false) };
        match items.next() {
            None => {
                self.open.pop();
                Ok(false)
            }
            Some(value) => {
                self.value = value;
                Ok(true)
            }
        }
    }

    fn text(&mut self, _: Next) -> Result<Option<Span<'_>>, Wrong> {
        match self.value.look() {
            Look::Text(text) if std::str::from_utf8(text).is_ok() => Ok(Some(Span::from(text))),
            Look::Bytes(bytes) => Ok(Some(Span::from(self.base64(bytes)))),
            _ => Ok(None),
        }
    }

    fn bytes(&mut self, _: Next) -> Result<Option<Span<'_>>, Wrong> {
        match self.value.look() {
            Look::Bytes(bytes) => Ok(Some(Span::from(bytes))),
            Look::Text(text) => {
                self.scratch.clear();
                let read = json::base64::decode(text, &mut self.scratch);
                Ok(read.then(|| Span::from(self.scratch.as_slice())))
            }
            _ => Ok(None),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction, and is in range")]
    fn signed(&mut self, _: Next, bits: u32) -> Result<Option<i64>, Wrong> {
        let fits = |value: &i64| bits == 64 || i32::try_from(*value).is_ok();
        Ok(match self.value.look() {
            Look::Integer(value) => Some(value).filter(fits),
            Look::Float(value) if value.fract() == 0.0 && (-TWO_63..TWO_63).contains(&value) => {
                Some(value as i64).filter(fits)
            }
            _ => self.digits().and_then(|text| number::signed(text, bits)),
        })
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it has no fraction, and is in range"
    )]
    fn unsigned(&mut self, _: Next, bits: u32) -> Result<Option<u64>, Wrong> {
        let fits = |value: &u64| bits == 64 || u32::try_from(*value).is_ok();
        Ok(match self.value.look() {
            Look::Integer(value) => u64::try_from(value).ok().filter(fits),
            Look::Float(value) if value.fract() == 0.0 && (0.0..2.0 * TWO_63).contains(&value) => {
                Some(value as u64).filter(fits)
            }
            _ => self.digits().and_then(|text| number::unsigned(text, bits)),
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "a number of JSON is the nearest double")]
    fn double(&mut self, _: Next) -> Result<Option<f64>, Wrong> {
        Ok(match self.value.look() {
            Look::Integer(value) => Some(value as f64),
            Look::Float(value) => Some(value),
            Look::Text(text) if json::not_finite(text).is_some() => json::not_finite(text),
            _ => self.digits().and_then(number::double),
        })
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a number of JSON is the nearest float"
    )]
    fn float(&mut self, _: Next) -> Result<Option<f32>, Wrong> {
        Ok(match self.value.look() {
            Look::Integer(value) => Some(value as f32),
            Look::Float(value) => Some(value as f32).filter(|float| float.is_finite() || !value.is_finite()),
            Look::Text(text) if json::not_finite(text).is_some() => {
                json::not_finite(text).map(|value| value as f32)
            }
            _ => self.digits().and_then(number::float),
        })
    }

    fn skip(&mut self, _: Next) -> Result<(), Wrong> {
        Ok(())
    }

    fn place(&self) -> (&'v T, usize) {
        (self.value, self.open.len())
    }

    fn back_to(&mut self, (value, open): (&'v T, usize)) {
        self.value = value;
        self.open.truncate(open);
    }

    fn key_place(&self) -> &'v [u8] {
        self.key
    }

    fn key_at(&self, key: &'v [u8]) -> String {
        String::from_utf8_lossy(key).into_owned()
    }

    fn wrong(&self, error: DataError) -> Wrong {
        compose::placeless(error)
    }

    fn wrong_key(&self, _: &'v [u8], error: DataError) -> Wrong {
        compose::placeless(error)
    }

    fn shown(&self) -> String {
        json::shown_value(self.value.to_json().as_bytes())
    }
}
