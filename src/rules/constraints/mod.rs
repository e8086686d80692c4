//! What a schema says of the values of its fields beyond their types, as far as made-up values keep to it.

mod make;
mod number;
mod pattern;
mod read;
pub(super) mod resource;
mod text;

use buffa_descriptor::FieldDescriptor;

use read::{Fields, Raw};

/// `buf.validate.field` and `validate.rules`, options of fields; their rules have the same numbers.
const PROTOVALIDATE: u32 = 1159;
const PGV: u32 = 1071;
/// `google.api.field_behavior` (AIP-203) and its `INPUT_ONLY`.
const BEHAVIOR: u32 = 1052;
const INPUT_ONLY: u8 = 4;
/// `google.api.field_info` (AIP-202).
const INFO: u32 = 291_403_980;

/// What is wanted of a field's values.
#[derive(Debug, Clone, Default)]
pub(super) struct Constraint {
    /// The rules for the values of the field's own kind: those of its number in `FieldRules`.
    rules: Fields,
    /// Whether the field must be set.
    pub(super) required: bool,
    /// Whether it is for requests only.
    pub(super) input_only: bool,
    /// `google.api.FieldInfo.Format`.
    format: u64,
    /// Of a list: what is wanted of its items. Of a map: of its keys, then of its values.
    inner: Vec<Constraint>,
    /// Rules that are not kept.
    pub(super) ignored: Vec<&'static str>,
}

/// Rules of these are of lists and of maps.
const REPEATED: u32 = 18;
const MAP: u32 = 19;

impl Constraint {
    /// Reads the options of a field.
    pub(super) fn of(field: &FieldDescriptor) -> Self {
        let Some(options) = field.options() else { return Self::default() };
        let options = read::fields(&buffa::Message::encode_to_vec(options));
        let mut constraint = Self::default();
        for (number, raw) in &options {
            match (*number, raw) {
                (PROTOVALIDATE | PGV, Raw::Bytes(rules)) => {
                    constraint = Self { input_only: constraint.input_only, ..Self::of_rules(rules) };
                }
                (BEHAVIOR, Raw::Varint(behavior)) => {
                    constraint.input_only |= *behavior == u64::from(INPUT_ONLY);
                }
                // Packed, as editions write it.
                (BEHAVIOR, Raw::Bytes(packed)) => {
                    constraint.input_only |= packed.contains(&INPUT_ONLY);
                }
                (INFO, Raw::Bytes(info)) => {
                    constraint.format = read::number(&read::fields(info), 1).unwrap_or_default();
                }
                _ => {}
            }
        }
        constraint
    }

    /// Reads a `FieldRules`.
    fn of_rules(bytes: &[u8]) -> Self {
        let mut constraint = Self::default();
        let whole = read::fields(bytes);
        // IGNORE_ALWAYS: the rules are there for people.
        if read::number(&whole, 27) == Some(3) {
            return constraint;
        }
        for (number, raw) in &whole {
            match (*number, raw) {
                (25, Raw::Varint(on)) => constraint.required = *on != 0,
                // validate.rules has it in the message's rules.
                (17, Raw::Bytes(message)) => {
                    constraint.required |= read::number(&read::fields(message), 2) == Some(1);
                }
                (23 | 29, _) => constraint.ignored.push("cel"),
                (REPEATED, Raw::Bytes(rules)) => {
                    constraint.rules = read::fields(rules);
                    constraint.inner = vec![Self::inner(&constraint.rules, 4)];
                }
                (MAP, Raw::Bytes(rules)) => {
                    constraint.rules = read::fields(rules);
                    constraint.inner =
                        vec![Self::inner(&constraint.rules, 4), Self::inner(&constraint.rules, 5)];
                }
                (20, _) => constraint.ignored.push("any"),
                (28, _) => constraint.ignored.push("field_mask"),
                (1..=22, Raw::Bytes(rules)) => constraint.rules = read::fields(rules),
                _ => {}
            }
        }
        for inner in &constraint.inner {
            constraint.ignored.extend(&inner.ignored);
        }
        constraint
    }

    fn inner(rules: &Fields, number: u32) -> Self {
        read::bytes(rules, number).map(Self::of_rules).unwrap_or_default()
    }

    /// What is wanted of a list's items, or of a map's keys.
    pub(super) fn items(&self) -> Self {
        self.inner.first().cloned().unwrap_or_default()
    }

    /// What is wanted of a map's values.
    pub(super) fn values(&self) -> Self {
        self.inner.get(1).cloned().unwrap_or_default()
    }

    /// How many items a list or a map has, if it may choose `usual`; never more than `most`.
    pub(super) fn count(&self, usual: u64, most: u64) -> u64 {
        let least = read::number(&self.rules, 1).unwrap_or(0);
        let greatest = read::number(&self.rules, 2).unwrap_or(u64::MAX);
        usual.max(least).min(greatest).min(most)
    }

    /// Whether there are rules for the values themselves.
    pub(super) fn has_rules(&self) -> bool {
        !self.rules.is_empty()
    }

    /// Whether nothing is wanted.
    fn is_free(&self) -> bool {
        self.rules.is_empty() && self.format == 0
    }
}

#[cfg(test)]
#[path = "constraints_tests.rs"]
mod tests;
