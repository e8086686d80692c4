//! What is served when nothing is given: greeter.proto and its rule.

use super::ServeError;
use crate::rules::{self, Rule};
use crate::schema::Schema;

/// `proto/greeter.proto`.
pub const GREETER_PROTO: &str = include_str!("../../proto/greeter.proto");

/// `proto/greeter.rules.yaml`.
pub const GREETER_RULES: &str = include_str!("../../proto/greeter.rules.yaml");

/// The schema of the embedded greeter.
///
/// # Errors
/// None that a user could cause; the text is part of the program.
pub fn greeter_schema() -> Result<Schema, ServeError> {
    Ok(Schema::from_proto_text("greeter.proto", GREETER_PROTO)?)
}

/// The rule of the embedded greeter.
///
/// # Errors
/// None that a user could cause; the text is part of the program.
pub fn greeter_rules() -> Result<Vec<Rule>, ServeError> {
    Ok(rules::file::parse(GREETER_RULES, "greeter.rules.yaml")?)
}
