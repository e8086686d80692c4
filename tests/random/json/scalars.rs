//! Scalars, times and strings in JSON, with every spelling that they have.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use buffa_descriptor::{ScalarType, SingularKind};

use super::Writer;
use crate::random::tree::{Value, enum_of};
use crate::random::well_known::null_is_a_value;

const DAY: i64 = 86_400;
/// Beyond this, a double no longer holds every integer.
const EXACT: u64 = 1 << 53;

impl Writer<'_, '_> {
    pub(super) fn value(&mut self, kind: SingularKind, value: &Value<'_>) -> String {
        match value {
            Value::Bool(value) => value.to_string(),
            Value::Signed(value) => {
                self.integer(&value.to_string(), value.unsigned_abs() < EXACT, is_wide(kind))
            }
            Value::Unsigned(value) => self.integer(&value.to_string(), *value < EXACT, is_wide(kind)),
            Value::Float(value) => self.float(f64::from(*value), shortest(*value)),
            Value::Double(value) => self.float(*value, double(*value)),
            Value::Text(text) => self.string(text),
            Value::Bytes(bytes) => {
                let text = match self.below(4) {
                    0 => BASE64_STANDARD.encode(bytes),
                    1 => BASE64_URL_SAFE.encode(bytes),
                    2 => BASE64_STANDARD_NO_PAD.encode(bytes),
                    _ => BASE64_URL_SAFE_NO_PAD.encode(bytes),
                };
                self.string(&text)
            }
            Value::Enum(number) => self.enumeration(kind, *number),
            Value::Message(message) => self.message(message),
        }
    }

    fn integer(&mut self, digits: &str, exact: bool, wide: bool) -> String {
        let exotic = self.taste().exotic;
        let tens = digits.len() - digits.trim_end_matches('0').len();
        let spelled = match self.below(10) {
            1 if exact || exotic => format!("{digits}.0"),
            2 if exact || exotic => format!("{digits}e0"),
            3 if (exact || exotic) && digits != "0" => format!("{digits}00E-2"),
            4 if (exact || exotic) && tens > 0 && digits.len() > tens => {
                format!("{}e+{tens}", &digits[..digits.len() - tens])
            }
            _ => digits.to_owned(),
        };
        let quoted = if self.wild.is_none() { wide } else { self.chance(30) };
        let quoted = quoted && (exotic || spelled == digits);
        if quoted { format!("\"{spelled}\"") } else { spelled }
    }

    fn float(&mut self, value: f64, shortest: String) -> String {
        if !value.is_finite() {
            return shortest;
        }
        // `-0` is an integer to many readers, and then 0.
        let shortest = if shortest == "-0" && !self.taste().exotic { "-0.0".to_owned() } else { shortest };
        let spelled = match self.below(8) {
            1 => format!("{value:e}"),
            2 => format!("{value:.30e}"),
            3 if value.abs() > 1e-2 && value.abs() < 1e15 => format!("{value:.20}0000"),
            4 if value.abs() < 1e17 && value.abs() > 1e-30 => format!("{value}"),
            _ => shortest,
        };
        if self.chance(20) { format!("\"{spelled}\"") } else { spelled }
    }

    fn enumeration(&mut self, kind: SingularKind, number: i32) -> String {
        if null_is_a_value(self.pool, kind) {
            return "null".to_owned();
        }
        let named = enum_of(kind).and_then(|index| self.pool.enumeration(index).value(number));
        match named {
            Some(named) if !self.chance(25) => self.string(named.name()),
            _ => number.to_string(),
        }
    }

    pub(super) fn string(&mut self, text: &str) -> String {
        let mut out = "\"".to_owned();
        for c in text.chars() {
            let plain = c >= ' ' && c != '"' && c != '\\';
            if plain && !self.chance(3) {
                out.push(c);
                continue;
            }
            let short = match c {
                '"' => Some("\\\""),
                '\\' => Some("\\\\"),
                '/' => Some("\\/"),
                '\n' => Some("\\n"),
                '\r' => Some("\\r"),
                '\t' => Some("\\t"),
                '\u{8}' => Some("\\b"),
                '\u{c}' => Some("\\f"),
                _ => None,
            };
            match short {
                Some(short) if !self.chance(30) => out += short,
                _ => {
                    let upper = self.chance(50);
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let escape = if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
                        out.push_str(&escape);
                    }
                }
            }
        }
        out + "\""
    }

    pub(super) fn timestamp(&mut self, seconds: i64, nanos: i64) -> String {
        let minutes = [0, 90, -330, 1439][self.below(4)];
        let local = seconds + minutes * 60;
        let (local, minutes) = if (-62_135_596_800..=253_402_300_799).contains(&local) {
            (local, minutes)
        } else {
            (seconds, 0)
        };
        let (days, rest) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        let zone = match minutes {
            0 => "Z".to_owned(),
            _ => format!(
                "{}{:02}:{:02}",
                if minutes < 0 { '-' } else { '+' },
                minutes.abs() / 60,
                minutes.abs() % 60
            ),
        };
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        let fraction = self.fraction(nanos);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
    }

    pub(super) fn duration(&mut self, seconds: i64, nanos: i64) -> String {
        let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
        let fraction = self.fraction(nanos.abs());
        format!("{sign}{}{fraction}s", seconds.abs())
    }

    /// None, three, six or nine digits, as few as hold it; in wild writing any number that holds it.
    fn fraction(&mut self, nanos: i64) -> String {
        let digits = format!("{nanos:09}");
        let least = digits.trim_end_matches('0').len();
        let length = match self.below(3) {
            1 => least,
            2 => 9,
            _ => least.next_multiple_of(3),
        };
        if length == 0 { String::new() } else { format!(".{}", &digits[..length]) }
    }
}

/// Whether plain writing puts such integers in quotes.
fn is_wide(kind: SingularKind) -> bool {
    use ScalarType as S;
    let wide = [S::Int64, S::Uint64, S::Sint64, S::Fixed64, S::Sfixed64];
    matches!(kind, SingularKind::Scalar(scalar) if wide.contains(&scalar))
}

/// The shortest decimal that is this double, or the string that JSON has for it.
pub(super) fn double(value: f64) -> String {
    match value {
        value if value.is_nan() => "\"NaN\"".to_owned(),
        f64::INFINITY => "\"Infinity\"".to_owned(),
        f64::NEG_INFINITY => "\"-Infinity\"".to_owned(),
        value => tidy(&format!("{value:?}")),
    }
}

/// The same for a float.
fn shortest(value: f32) -> String {
    if value.is_finite() { tidy(&format!("{value:?}")) } else { double(f64::from(value)) }
}

fn tidy(text: &str) -> String {
    text.strip_suffix(".0").unwrap_or(text).to_owned()
}

/// Year, month and day of a day since 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
