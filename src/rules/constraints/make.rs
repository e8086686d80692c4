//! Values of a field that keep to what is wanted of them.

use buffa_descriptor::{EnumDescriptor, EnumValueDescriptor, ScalarType};

use super::Constraint;
use super::number::{NUMBER, TIME, float, integer};
use super::read::{Raw, all};
use super::text::{binary, string, uuid};
use crate::query::Val;

/// `google.api.FieldInfo.Format`.
const UUID4: u64 = 1;
const IPV4: u64 = 2;
const IPV6: u64 = 3;
const ANY_IP: u64 = 4;

impl Constraint {
    /// A scalar, made of the number `n` (from 1) where the rules leave it open. What they say and is not kept is named in the
    /// second.
    pub(in crate::rules) fn scalar(
        &self,
        scalar: ScalarType,
        name: &str,
        n: u64,
        item: u64,
    ) -> (Val, Option<&'static str>) {
        let plain = |val| (val, None);
        match scalar {
            ScalarType::Bool => {
                let constant = all(&self.rules, 1).last();
                plain(Val::Bool(constant.map_or(n & 1 == 1, |raw| *raw == Raw::Varint(1))))
            }
            ScalarType::String => {
                let usual = match self.format {
                    UUID4 => uuid(n),
                    IPV4 | ANY_IP => format!("192.0.2.{}", 1 + n % 254),
                    IPV6 => format!("2001:db8::{:x}", 1 + n % 254),
                    _ => format!("{name}-{n}"),
                };
                if self.is_free() {
                    return plain(Val::from(usual));
                }
                let (text, broken) = string(&self.rules, name, usual, n, item);
                (Val::from(text), broken)
            }
            ScalarType::Bytes => {
                let (bytes, broken) = binary(&self.rules, format!("{name}-{n}").into_bytes(), item);
                (Val::byte_str(bytes), broken)
            }
            ScalarType::Double | ScalarType::Float => {
                // A quarter is exact in both.
                let usual = f64::from(u16::try_from(n).unwrap_or_default()) + 0.25;
                plain(Val::from(float(&self.rules, usual, item)))
            }
            _ => {
                let usual = i128::from(n);
                let (least, most) = range(scalar);
                let made = integer(&self.rules, &NUMBER, usual, item, |raw| raw.integer(scalar));
                plain(number(made.clamp(least, most)))
            }
        }
    }

    /// The number of a value of an enum that the rules allow, of those that it has; the usual one if they do.
    pub(in crate::rules) fn enum_value(&self, of: &EnumDescriptor, item: u64) -> Option<i32> {
        let at = usize::try_from(item).unwrap_or_default();
        let numbers = |rule| -> Vec<i32> {
            let values = all(&self.rules, rule).filter_map(|raw| raw.integer(ScalarType::Int32));
            values.filter_map(|value| i32::try_from(value).ok()).collect()
        };
        let (constant, choices, without) = (numbers(1), numbers(3), numbers(4));
        if let Some(constant) = constant.last() {
            return Some(*constant);
        }
        if !choices.is_empty() {
            return Some(choices[at % choices.len()]);
        }
        let known =
            || of.values().iter().map(EnumValueDescriptor::number).filter(|value| !without.contains(value));
        known().filter(|value| *value != 0).chain(known().filter(|value| *value == 0)).nth(at)
    }

    /// The nanoseconds of a Duration, or of a Timestamp since 1970.
    pub(in crate::rules) fn nanos(&self, usual: i128, item: u64) -> i128 {
        integer(&self.rules, &TIME, usual, item, Raw::nanos)
    }

    /// Whether a Timestamp is to be near or after the present, which a value that is the same every time cannot be.
    pub(in crate::rules) fn asks_for_now(&self) -> bool {
        [8, 9].into_iter().any(|rule| {
            all(&self.rules, rule).next().is_some_and(|raw| matches!(raw, Raw::Varint(1)) || rule == 9)
        })
    }
}

/// What a type of whole numbers can hold.
fn range(scalar: ScalarType) -> (i128, i128) {
    match scalar {
        ScalarType::Uint32 | ScalarType::Fixed32 => (0, u32::MAX.into()),
        ScalarType::Uint64 | ScalarType::Fixed64 => (0, u64::MAX.into()),
        ScalarType::Int32 | ScalarType::Sint32 | ScalarType::Sfixed32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

/// A whole number as a value; one that is too large for the machine's as its digits, which ProtoJSON takes.
fn number(value: i128) -> Val {
    isize::try_from(value).map_or_else(|_| Val::from(value.to_string()), Val::from)
}
