//! Lines and columns, and how they are counted.

/// A place in a text: line and column, both from 1; a column is a character, a tab is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Place {
    /// The first character of a text.
    pub(super) const START: Self = Self { line: 1, column: 1 };

    /// The place behind one byte of UTF-8.
    pub(super) fn step(&mut self, byte: u8) {
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        } else if byte & 0xc0 != 0x80 {
            self.column += 1;
        }
    }

    /// The place behind all of these bytes.
    pub(super) fn after(mut self, bytes: &[u8]) -> Self {
        for &byte in bytes {
            self.step(byte);
        }
        self
    }

    /// The place of the byte at `offset` of a text.
    pub(super) fn of(text: &[u8], offset: usize) -> Self {
        Self::START.after(&text[..offset.min(text.len())])
    }
}
