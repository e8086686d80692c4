//! The one writer of wire bytes, for whatever a message is read from.

use super::plan::Tag;

/// Writes wire bytes behind what a `Vec` already holds.
///
/// Nothing but [`Writer::finish`] makes what was written stay: dropped before, the `Vec` is as it was.
#[derive(Debug)]
pub(super) struct Writer<'o> {
    out: &'o mut Vec<u8>,
    begun: usize,
    finished: bool,
}

/// A message, or a packed list, whose length is not known yet: where its body begins.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub(super) struct Open(usize);

impl<'o> Writer<'o> {
    /// `room` is a guess of how many bytes will come.
    pub(super) fn new(out: &'o mut Vec<u8>, room: usize) -> Self {
        out.reserve(room);
        Self { begun: out.len(), out, finished: false }
    }

    /// Keeps what was written.
    pub(super) fn finish(mut self) {
        self.finished = true;
    }

    /// A number as a varint; the caller has zigzagged it where its kind asks for that.
    pub(super) fn varint(&mut self, tag: Tag, value: u64) {
        self.tag(tag);
        self.bare_varint(value);
    }

    pub(super) fn fixed32(&mut self, tag: Tag, value: u32) {
        self.tag(tag);
        self.bare_fixed32(value);
    }

    pub(super) fn fixed64(&mut self, tag: Tag, value: u64) {
        self.tag(tag);
        self.bare_fixed64(value);
    }

    /// Bytes, or a string, behind their length.
    pub(super) fn bytes(&mut self, tag: Tag, value: &[u8]) {
        self.tag(tag);
        self.bare_varint(value.len() as u64);
        self.out.extend_from_slice(value);
    }

    /// A tag alone: that which begins or ends a group.
    pub(super) fn tag(&mut self, tag: Tag) {
        self.out.extend_from_slice(&tag.bytes.to_le_bytes()[..usize::from(tag.length)]);
    }

    /// A value in a packed list, without a tag.
    pub(super) fn bare_varint(&mut self, mut value: u64) {
        while value > 0x7f {
            self.out.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }

    pub(super) fn bare_fixed32(&mut self, value: u32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn bare_fixed64(&mut self, value: u64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// Begins a message, or a packed list: what is written up to [`Writer::end`] stands behind its length.
    pub(super) fn begin(&mut self, tag: Tag) -> Open {
        self.tag(tag);
        self.out.push(0);
        Open(self.out.len())
    }

    pub(super) fn end(&mut self, open: Open) {
        let mut length = self.out.len() - open.0;
        if length <= 0x7f {
            self.out[open.0 - 1] = length as u8;
            return;
        }
        let mut varint = Vec::with_capacity(10);
        while length > 0x7f {
            varint.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        varint.push(length as u8);
        self.out.splice(open.0 - 1..open.0, varint);
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.out.truncate(self.begun);
        }
    }
}
