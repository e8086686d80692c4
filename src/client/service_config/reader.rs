//! Reads the fields of a JSON object as Protobuf's JSON has them, and knows where each stands.

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

/// Why a service config, or a part of one, is not valid, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    path: String,
    why: String,
}

impl ConfigError {
    pub(super) fn new(path: impl Into<String>, why: impl Into<String>) -> Self {
        Self { path: path.into(), why: why.into() }
    }

    /// Where, as `methodConfig[0].retryPolicy.maxAttempts`; empty is the whole.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.why) } else { write!(f, "{} {}", self.path, self.why) }
    }
}

impl std::error::Error for ConfigError {}

/// An object, and where it stands. Fields that nobody asks for are noted.
pub(super) struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value, path: &str) -> Result<Self, ConfigError> {
        match value {
            Value::Object(map) => Ok(Self { path: path.to_owned(), map, asked: RefCell::default() }),
            _ => {
                Err(ConfigError::new(path, if path.is_empty() { "it is no object" } else { "is no object" }))
            }
        }
    }

    pub(super) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn error(&self, name: &str, why: impl Into<String>) -> ConfigError {
        ConfigError::new(self.path(name), why)
    }

    /// A field, if it is there; null is as if it were not.
    pub(super) fn value(&self, name: &'static str) -> Option<&'a Value> {
        self.asked.borrow_mut().push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn object(&self, name: &'static str) -> Result<Option<Fields<'a>>, ConfigError> {
        self.value(name).map(|value| Fields::of(value, &self.path(name))).transpose()
    }

    /// The items of a list, each with where it stands.
    pub(super) fn list(&self, name: &'static str) -> Result<Vec<(String, &'a Value)>, ConfigError> {
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let path = self.path(name);
                Ok(items.iter().enumerate().map(|(at, item)| (format!("{path}[{at}]"), item)).collect())
            }
            Some(_) => Err(self.error(name, "is no list")),
        }
    }

    pub(super) fn text(&self, name: &'static str) -> Result<Option<&'a str>, ConfigError> {
        let text = |value: &'a Value| value.as_str().ok_or_else(|| self.error(name, "is no string"));
        self.value(name).map(text).transpose()
    }

    pub(super) fn boolean(&self, name: &'static str) -> Result<Option<bool>, ConfigError> {
        let boolean =
            |value: &Value| value.as_bool().ok_or_else(|| self.error(name, "is neither true nor false"));
        self.value(name).map(boolean).transpose()
    }

    /// A number of 32 bits, which may stand in a string.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<u32>, ConfigError> {
        let number = |value: &Value| {
            let read = match value {
                Value::String(text) => text.parse().ok(),
                value => {
                    value.as_u64().and_then(|number| u32::try_from(number).ok()).or_else(|| whole(value))
                }
            };
            read.ok_or_else(|| self.error(name, format!("is {value}, which is no whole number from 0 on")))
        };
        self.value(name).map(number).transpose()
    }

    /// Any number, which may stand in a string.
    pub(super) fn float(&self, name: &'static str) -> Result<Option<f64>, ConfigError> {
        let float = |value: &Value| {
            let read = match value {
                Value::String(text) => text.parse().ok(),
                value => value.as_f64(),
            };
            read.filter(|number: &f64| number.is_finite())
                .ok_or_else(|| self.error(name, format!("is {value}, which is no number")))
        };
        self.value(name).map(float).transpose()
    }

    /// A duration as Protobuf's JSON has it, `1.5s`.
    pub(super) fn duration(&self, name: &'static str) -> Result<Option<Duration>, ConfigError> {
        let duration = |value: &Value| {
            let read = value.as_str().and_then(seconds);
            read.ok_or_else(|| self.error(name, format!("is {value}, which is no duration such as \"1.5s\"")))
        };
        self.value(name).map(duration).transpose()
    }

    /// The fields that nobody asked for, by their paths.
    pub(super) fn unknown(&self) -> Vec<String> {
        let asked = self.asked.borrow();
        self.map.keys().filter(|name| !asked.contains(&&name[..])).map(|name| self.path(name)).collect()
    }
}

/// `5.0` is a whole number too.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // It is asked whether it fits.
fn whole(value: &Value) -> Option<u32> {
    let number = value.as_f64()?;
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}

/// Digits, perhaps a point and up to nine digits, and an `s`.
fn seconds(text: &str) -> Option<Duration> {
    let number = text.strip_suffix('s')?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 9 {
        return None;
    }
    // Protobuf's own bound, 10,000 years.
    let whole = whole.parse::<u64>().ok().filter(|whole| *whole <= 315_576_000_000)?;
    Some(Duration::new(whole, format!("{part:0<9}").parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_protobufs() {
        for (text, wanted) in [
            ("1s", Some(Duration::from_secs(1))),
            ("1.5s", Some(Duration::from_millis(1500))),
            ("0.000000001s", Some(Duration::from_nanos(1))),
            ("0s", Some(Duration::ZERO)),
            ("-1s", None),
            ("1", None),
            ("1ms", None),
            (".5s", None),
            ("1.s", None),
            ("1.0000000001s", None),
            ("999999999999999s", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
    }

    #[test]
    fn fields_are_read_as_protobufs_json_has_them() {
        let value = serde_json::json!({"a": "7", "b": 5.0, "c": -1, "d": null, "e": "x", "f": 1.5});
        let fields = Fields::of(&value, "top").unwrap();
        assert_eq!(
            (fields.number("a"), fields.number("b"), fields.number("d")),
            (Ok(Some(7)), Ok(Some(5)), Ok(None))
        );
        assert_eq!(
            fields.number("c").unwrap_err().to_string(),
            "top.c is -1, which is no whole number from 0 on"
        );
        assert_eq!(fields.float("f"), Ok(Some(1.5)));
        assert!(fields.float("e").is_err() && fields.boolean("e").is_err() && fields.list("e").is_err());
        assert_eq!(fields.unknown(), [""; 0]);
        let fields = Fields::of(&value, "").unwrap();
        assert_eq!(fields.text("e"), Ok(Some("x")));
        assert_eq!(fields.unknown(), ["a", "b", "c", "d", "f"]);
    }
}
