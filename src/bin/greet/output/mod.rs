//! How things look on stdout.

mod addresses;
mod description;
mod listing;
mod messages;
mod outlet;
mod sheet;
mod stream;
mod style;
mod tree;
mod values;

pub(crate) use addresses::{Addresses, write_addresses};
pub(crate) use description::{Described, command_line, write_described, write_text};
pub(crate) use listing::{Listed, write_listing};
pub(crate) use messages::{Form, Messages, Printer, Wire};
pub(crate) use outlet::Outlet;
pub(crate) use sheet::Sheet;
pub(crate) use stream::Stream;
pub(crate) use tree::Tree;
pub(crate) use values::Values;

use std::io::Write;

use crate::failure::Failure;

/// Writes text to stdout and flushes it.
pub(crate) fn write(text: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(())
}

/// stdout, for one who writes whole lines and flushes each.
pub(crate) fn unbuffered() -> impl Write + Send + 'static {
    std::io::stdout()
}
