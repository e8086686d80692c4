//! A message to begin with: every field of a type with a value that fits, as JSON for people or for a shell.
//!
//! What is made depends on the type only. A type inside of itself ends there, and so does what is too deep or too much;
//! that, like the members of a oneof after the first, stands in a template as a comment.

mod layout;
mod made;

use std::sync::Arc;

use self::made::Maker;
use super::DataError;
use crate::schema::Closure;

/// How many levels of messages a template shows, and how many the example of a command line.
const TEMPLATE_DEPTH: usize = 5;
const LINE_DEPTH: usize = 3;

/// The JSON of a message with every field, laid out in lines and explained in comments, for `Dialect::Relaxed` of
/// [`super::documents`]. A line break ends it.
///
/// # Errors
/// When the closure does not have the type.
pub fn template(closure: &Arc<Closure>, type_name: &str) -> Result<String, DataError> {
    let value = Maker::new(closure, TEMPLATE_DEPTH).root(type_name)?;
    Ok(layout::lines(&value))
}

/// The strict JSON of a message with every field that can be set beside the others, on one line.
///
/// # Errors
/// When the closure does not have the type.
pub fn line(closure: &Arc<Closure>, type_name: &str) -> Result<String, DataError> {
    let value = Maker::new(closure, LINE_DEPTH).root(type_name)?;
    Ok(layout::line(&value))
}

#[cfg(test)]
#[path = "example_tests.rs"]
mod tests;
