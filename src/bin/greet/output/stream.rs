//! Bytes on stdout, gathered and written in large pieces.

use std::io::{StdoutLock, Write};

use crate::failure::Failure;

/// As much is gathered before it is written.
const PIECE: usize = 128 * 1024;

/// Stdout, with what is still to be written to it.
#[derive(Debug)]
pub(crate) struct Stream {
    out: StdoutLock<'static>,
    gathered: Vec<u8>,
}

impl Stream {
    pub(crate) fn new() -> Self {
        Self { out: std::io::stdout().lock(), gathered: Vec::with_capacity(2 * PIECE) }
    }

    /// Where bytes are put to be written; [`Stream::pass`] follows.
    pub(crate) fn gathered(&mut self) -> &mut Vec<u8> {
        &mut self.gathered
    }

    /// Writes what is gathered, if it is much.
    pub(crate) fn pass(&mut self) -> Result<(), Failure> {
        if self.gathered.len() < PIECE { Ok(()) } else { self.write() }
    }

    /// Makes all of it visible.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.write()?;
        Ok(self.out.flush()?)
    }

    fn write(&mut self) -> Result<(), Failure> {
        let written = self.out.write_all(&self.gathered);
        self.gathered.clear();
        // One large message does not hold its memory for ever.
        self.gathered.shrink_to(2 * PIECE);
        Ok(written?)
    }
}
