//! The one writer of wire bytes, for whatever a message is read from.

#![expect(clippy::cast_possible_truncation, reason = "a varint is cut into bytes")]

use super::out::{Out, Page, Written};
use super::plan::{Field, Tag};
use super::sink::Span;

/// Writes wire bytes behind what a `Vec` already holds.
///
/// Nothing but [`Writer::finish`] makes what was written stay: dropped before, the `Vec` is as it was.
#[derive(Debug)]
pub(super) struct Writer<'o> {
    out: Out<'o>,
}

/// A message, or a packed list, whose length is not known yet: where its body begins, and how many bytes of
/// length stand before it.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub(super) struct Open {
    body: usize,
    reserved: usize,
}

impl<'o> Writer<'o> {
    /// `room` is a guess of how many bytes will come.
    #[inline]
    pub(super) fn new(page: &'o mut Page, out: &'o mut Vec<u8>, room: usize) -> Self {
        Self { out: Out::new(page, out, room) }
    }

    /// Keeps what was written.
    #[inline]
    pub(super) fn finish(self) {
        self.out.finish();
    }

    /// Where the next byte goes.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.out.at()
    }

    /// Forgets what was written from `at` on.
    #[inline]
    pub(super) fn back_to(&mut self, at: usize) {
        self.out.back_to(at);
    }

    /// All that was written.
    pub(super) fn written(&mut self) -> Written<'_> {
        self.out.written()
    }

    /// Whether two pieces of what was written, from where to where, are the same.
    pub(super) fn is_same(&self, one: (usize, usize), other: (usize, usize)) -> bool {
        self.out.is_same(one, other)
    }

    /// The first eight bytes of what was written from `start` up to `end`, or all and zeros, as a number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn head(&self, start: usize, end: usize) -> u64 {
        self.out.head(start, end)
    }

    /// A number as a varint; the caller has zigzagged it where its kind asks for that.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn varint(&mut self, tag: Tag, value: u64) {
        let room = self.out.put_and_room::<8, 16>(&tag.bytes.to_le_bytes(), tag.length);
        let length = put_varint(room, value);
        self.out.take(length);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn fixed32(&mut self, tag: Tag, value: u32) {
        *self.out.put_and_room::<8, 4>(&tag.bytes.to_le_bytes(), tag.length) = value.to_le_bytes();
        self.out.take(4);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn fixed64(&mut self, tag: Tag, value: u64) {
        *self.out.put_and_room::<8, 8>(&tag.bytes.to_le_bytes(), tag.length) = value.to_le_bytes();
        self.out.take(8);
    }

    /// Bytes, or a string, behind their length.
    #[inline]
    pub(super) fn bytes(&mut self, tag: Tag, value: &[u8]) {
        self.span(tag, value.into());
    }

    /// The same with what surrounds them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn span(&mut self, tag: Tag, value: Span<'_>) {
        self.varint(tag, value.len() as u64);
        self.out.span(value);
    }

    /// The first `length` of some bytes, behind it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn short(&mut self, tag: Tag, value: &[u8; 16], length: usize) {
        let room = self.out.put_and_room::<8, 17>(&tag.bytes.to_le_bytes(), tag.length);
        room[0] = length as u8;
        room[1..].copy_from_slice(value);
        self.out.take(1 + length);
    }

    /// A tag alone: that which begins or ends a group.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn tag(&mut self, tag: Tag) {
        self.out.put(&tag.bytes.to_le_bytes(), usize::from(tag.length));
    }

    /// A value in a packed list, without a tag.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn bare_varint(&mut self, value: u64) {
        let length = put_varint(self.out.room(), value);
        self.out.take(length);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn bare_fixed32(&mut self, value: u32) {
        self.out.put(&value.to_le_bytes(), 4);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn bare_fixed64(&mut self, value: u64) {
        self.out.put(&value.to_le_bytes(), 8);
    }

    /// Wire bytes as they are.
    pub(super) fn raw(&mut self, wire: &[u8]) {
        self.out.slice(wire);
    }

    /// Begins a message, or a packed list: what is written up to [`Writer::end`] stands behind its length.
    #[inline]
    pub(super) fn begin(&mut self, tag: Tag) -> Open {
        self.tag(tag);
        self.out.byte(0);
        Open { body: self.out.at(), reserved: 1 }
    }

    /// Begins the value of a field, with as much room for its length as the last one needed.
    #[inline]
    pub(super) fn begin_field(&mut self, field: &Field) -> Open {
        let tag = field.tag;
        let reserved = if field.is_wide() { 2 } else { 1 };
        self.out.put(&tag.bytes.to_le_bytes(), usize::from(tag.length) + reserved);
        Open { body: self.out.at(), reserved }
    }

    /// Ends the value of a field.
    #[inline]
    pub(super) fn end_field(&mut self, open: Open, field: &Field) {
        let length = self.out.at() - open.body;
        field.note_wide(length > 0x7f);
        self.end(open);
    }

    /// Takes back the beginning of a field's value, of which nothing was written.
    pub(super) fn take_back(&mut self, open: Open, field: &Field) {
        self.out.back_to(open.body - open.reserved - usize::from(field.tag.length));
    }

    /// Ends what was begun.
    #[inline]
    pub(super) fn end(&mut self, open: Open) {
        let Open { body, reserved } = open;
        let length = self.out.at() - body;
        match (length, reserved) {
            (0..=0x7f, 1) => self.out.patch(body - 1, length as u8),
            (0x80..=0x3fff, 2) => {
                self.out.patch(body - 2, length as u8 | 0x80);
                self.out.patch(body - 1, (length >> 7) as u8);
            }
            (0..=0x7f, _) => {
                self.out.shift_down(body);
                self.out.patch(body - 2, length as u8);
            }
            _ => self.end_long(open, length),
        }
    }

    #[inline(never)]
    fn end_long(&mut self, open: Open, length: usize) {
        let (bytes, needed) = varint(length as u64);
        self.out.shift(open.body, needed - open.reserved);
        let start = open.body - open.reserved;
        for (place, byte) in bytes.iter().enumerate().take(needed) {
            self.out.patch(start + place, *byte);
        }
    }
}

/// Writes a varint; answers how many bytes of it count.
#[cfg_attr(not(debug_assertions), inline(always))]
fn put_varint(room: &mut [u8; 16], value: u64) -> usize {
    if value <= 0x7f {
        room[0] = value as u8;
        return 1;
    }
    if value <= 0x3fff {
        let two = (value & 0x7f | 0x80) as u8;
        (room[0], room[1]) = (two, (value >> 7) as u8);
        return 2;
    }
    put_long_varint(room, value)
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn put_long_varint(room: &mut [u8; 16], value: u64) -> usize {
    // Seven bits in each byte: halves of 28, fourths of 14, eighths.
    let halves = (value & 0x0fff_ffff) | (value & 0x00ff_ffff_f000_0000) << 4;
    let fourths = (halves & 0x0000_3fff_0000_3fff) | (halves & 0x0fff_c000_0fff_c000) << 2;
    let eighths = (fourths & 0x007f_007f_007f_007f) | (fourths & 0x3f80_3f80_3f80_3f80) << 1;
    let above = value >> 56;
    if above == 0 {
        let bits = 64 - value.leading_zeros() as usize;
        // For up to 64 bits, that many times a seventh, rounded up.
        let length = (bits * 9 + 64) / 64;
        let more = 0x0080_8080_8080_8080 >> ((8 * (8 - length)) & 63);
        *room.first_chunk_mut().expect("there are more") = (eighths | more).to_le_bytes();
        return length;
    }
    *room.first_chunk_mut().expect("there are more") = (eighths | 0x8080_8080_8080_8080).to_le_bytes();
    (room[8], room[9]) = (above as u8, 1);
    8 + usize::from(above > 0) + usize::from(above > 0x7f)
}

/// A varint, and how many bytes of it count.
fn varint(value: u64) -> ([u8; 16], usize) {
    let mut bytes = [0; 16];
    let length = put_varint(&mut bytes, value);
    (bytes, length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::transcode::reader;

    proptest! {
        #[test]
        fn varints_are_read_back(value: u64, shift in 0..64) {
            let value = value >> shift;
            let (bytes, length) = varint(value);
            prop_assert_eq!(reader::varint(&bytes, 0, length), Ok((value, length)));
            prop_assert!(length == 1 || bytes[length - 1] > 0);
        }
    }
}
