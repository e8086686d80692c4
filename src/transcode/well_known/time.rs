//! Timestamp and Duration as text (protobuf.dev/programming-guides/json: RFC 3339, and seconds with an `s`).

use crate::transcode::json::two_digits;
use crate::transcode::sink::Span;

/// The most seconds of a Duration, in both directions: about 10,000 years.
const MOST_SECONDS: i64 = 315_576_000_000;
/// 0001-01-01T00:00:00Z
const FIRST: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z
const LAST: i64 = 253_402_300_799;
/// From 0000-03-01 to 1970-01-01.
const DAYS_BEFORE: i64 = 719_468;

/// Seconds since 1970 and nanoseconds of an RFC 3339 time; `None` when it is none, or out of range.
pub(in crate::transcode) fn timestamp(text: &[u8]) -> Option<(i64, i32)> {
    let begin: &[u8; 19] = text.first_chunk()?;
    let mut odd = 0;
    let mut pair = |at: usize| {
        let (tens, ones) = (begin[at].wrapping_sub(b'0'), begin[at + 1].wrapping_sub(b'0'));
        odd |= u8::from(tens > 9) | u8::from(ones > 9);
        i64::from(tens) * 10 + i64::from(ones)
    };
    let (year, month, day) = (pair(0) * 100 + pair(2), pair(5), pair(8));
    let (hour, minute, second) = (pair(11), pair(14), pair(17));
    let stands = begin[4] == b'-' && begin[7] == b'-' && begin[10] == b'T' && begin[13] == b':';
    (odd == 0 && stands && begin[16] == b':').then_some(())?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let fits = (1..=12).contains(&month) && (1..=length).contains(&day);
    (fits && hour < 24 && minute < 60 && second < 60).then_some(())?;
    let (nanos, at) = match text.get(19) {
        Some(b'.') => {
            let digits = text[20..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            (fraction(&text[20..20 + digits])?, 20 + digits)
        }
        _ => (0, 19),
    };
    let offset = match text.get(at..)? {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let number = |at: usize| {
                let digits = text.get(at..at + 2).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
                Some(digits.iter().fold(0, |value, byte| value * 10 + i64::from(byte - b'0')))
            };
            let (hours, minutes) = (number(at + 1)?, number(at + 4)?);
            (hours < 24 && minutes < 60).then_some(())?;
            (hours * 3600 + minutes * 60) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    (FIRST..=LAST).contains(&seconds).then_some((seconds, nanos))
}

/// Days since 1970-01-01 (Howard Hinnant, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_BEFORE
}

/// Year, month and day of so many days since 0000-03-01, up to the year 9999 (Neri and Schneider, "Euclidean affine
/// functions and their application to calendar algorithms").
#[expect(clippy::cast_possible_truncation, reason = "the lower half of a fraction is what comes next of it")]
fn date(days: u32) -> (u32, u32, u32) {
    let quarters = 4 * days + 3;
    let (century, of_century) = (quarters / 146_097, quarters % 146_097 / 4);
    let years = 2_939_745 * u64::from(4 * of_century + 3);
    let year = 100 * century + (years >> 32) as u32;
    let of_year = years as u32 / 2_939_745 / 4;
    let months = 2141 * of_year + 197_913;
    let (month, day) = (months >> 16, (months & 0xffff) / 2141 + 1);
    if of_year >= 306 { (year + 1, month - 12, day) } else { (year, month, day) }
}

/// Nanoseconds of one to nine digits behind a point.
fn fraction(digits: &[u8]) -> Option<i32> {
    (1..=9).contains(&digits.len()).then_some(())?;
    let value = digits.iter().fold(0, |value, byte| value * 10 + i32::from(byte - b'0'));
    Some(value * 10_i32.pow(9 - u32::try_from(digits.len()).ok()?))
}

/// Seconds and nanoseconds of a text such as `-1.5s`, both with the same sign; `None` when it is none, or out of range.
pub(in crate::transcode) fn duration(text: &[u8]) -> Option<(i64, i32)> {
    let text = text.strip_suffix(b"s")?;
    let (negative, rest) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, text),
    };
    let point = rest.iter().position(|&byte| byte == b'.').unwrap_or(rest.len());
    let (whole, behind) = rest.split_at(point);
    (!whole.is_empty() && whole.len() <= 12 && whole.iter().all(u8::is_ascii_digit)).then_some(())?;
    let seconds = whole.iter().fold(0, |value, byte| value * 10 + i64::from(byte - b'0'));
    let nanos = match behind.split_first() {
        None => 0,
        Some((_, digits)) => {
            digits.iter().all(u8::is_ascii_digit).then_some(())?;
            fraction(digits)?
        }
    };
    (seconds <= MOST_SECONDS).then_some(())?;
    Some(if negative { (-seconds, -nanos) } else { (seconds, nanos) })
}

/// The longest text that is written here, and room behind it for a wide look.
pub(in crate::transcode) const LONGEST: usize = 48;

/// A text that is written here.
#[derive(Debug)]
pub(in crate::transcode) struct Text {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Text {
    const EMPTY: Self = Self { bytes: [0; LONGEST], length: 0 };

    pub(in crate::transcode) fn get(&self) -> Span<'_> {
        Span::new(&self.bytes, 0, self.length)
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// A number of exactly so many digits.
    fn digits(&mut self, mut value: u64, count: usize) {
        let Some(room) = self.bytes.get_mut(self.length..self.length + count) else { return };
        for digit in room.iter_mut().rev() {
            *digit = b'0' + (value % 10) as u8;
            value /= 10;
        }
        self.length += count;
    }

    /// Nothing, or a point and three, six or nine digits.
    fn nanos(&mut self, nanos: u32) {
        let nanos = u64::from(nanos);
        match nanos {
            0 => {}
            _ if nanos % 1_000_000 == 0 => {
                self.push(b'.');
                self.digits(nanos / 1_000_000, 3);
            }
            _ if nanos % 1000 == 0 => {
                self.push(b'.');
                self.digits(nanos / 1000, 6);
            }
            _ => {
                self.push(b'.');
                self.digits(nanos, 9);
            }
        }
    }
}

/// The text of a Timestamp; `None` when it is out of range.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "two digits are a number below 100"
)]
pub(in crate::transcode) fn timestamp_text(seconds: i64, nanos: i32) -> Option<Text> {
    let nanos = u32::try_from(nanos).ok().filter(|&nanos| nanos < 1_000_000_000)?;
    (FIRST..=LAST).contains(&seconds).then_some(())?;
    // Within those limits it is above zero.
    let since_march = (seconds + DAYS_BEFORE * 86_400) as u64;
    let (days, of_day) = ((since_march / 86_400) as u32, (since_march % 86_400) as u32);
    let (year, month, day) = date(days);
    let (hour, of_hour) = (of_day / 3600, of_day % 3600);
    let mut text = Text { bytes: *b"0000-00-00T00:00:00                             ", length: 19 };
    let mut pair = |at: usize, value: u32| text.bytes[at..at + 2].copy_from_slice(&two_digits(value));
    pair(0, year / 100);
    pair(2, year % 100);
    pair(5, month);
    pair(8, day);
    pair(11, hour);
    pair(14, of_hour / 60);
    pair(17, of_hour % 60);
    text.nanos(nanos);
    text.push(b'Z');
    Some(text)
}

/// The text of a Duration; `None` when it is out of range, or its two signs differ.
pub(in crate::transcode) fn duration_text(seconds: i64, nanos: i32) -> Option<Text> {
    let fits = (-MOST_SECONDS..=MOST_SECONDS).contains(&seconds) && nanos.unsigned_abs() < 1_000_000_000;
    let agree = seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0);
    (fits && agree).then_some(())?;
    let mut text = Text::EMPTY;
    if seconds < 0 || nanos < 0 {
        text.push(b'-');
    }
    let seconds = seconds.unsigned_abs();
    text.digits(seconds, seconds.checked_ilog10().unwrap_or(0) as usize + 1);
    text.nanos(nanos.unsigned_abs());
    text.push(b's');
    Some(text)
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
