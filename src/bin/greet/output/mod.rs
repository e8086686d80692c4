//! How things look on stdout.

mod description;
mod listing;
mod messages;
mod stream;
mod tree;

pub(crate) use description::{Described, command_line, write_described, write_text};
pub(crate) use listing::{Listed, write_listing};
pub(crate) use messages::{Form, Messages, Wire};
pub(crate) use stream::Stream;
pub(crate) use tree::Tree;

use std::io::Write;

use crate::failure::Failure;

/// Writes text to stdout and flushes it.
pub(crate) fn write(text: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(())
}
