//! The replies themselves, on stdout.

use std::sync::Arc;

use bytes::Bytes;
use greet::caller::Prepared;

use super::observer::{Happening, Observer};
use crate::failure::Failure;
use crate::output::{Printer, Wire};

/// Prints each reply.
pub(super) struct Replies {
    printer: Printer,
    prepared: Arc<Prepared>,
}

impl Replies {
    pub(super) fn new(printer: Printer, prepared: Arc<Prepared>) -> Self {
        Self { printer, prepared }
    }

    /// Appends one reply as it is to be seen.
    pub(super) fn append(&mut self, wire: &Bytes, out: &mut Vec<u8>) -> Result<(), Failure> {
        let plan = self.prepared.reply();
        self.printer.append(plan, Wire::Foreign(wire), out, |error| Failure::reply(plan, error))
    }
}

impl Observer for Replies {
    fn see(&mut self, happening: Happening<'_>, out: &mut Vec<u8>) -> Result<(), Failure> {
        match happening {
            Happening::Message { wire, .. } => self.append(wire, out),
            _ => Ok(()),
        }
    }
}
