//! Bytes that are written behind what a `Vec` already holds, through windows of a fixed width into a page.

use super::sink::Span;
use super::window::eight;

/// Where bytes are written before they go to the `Vec`, and what a window may store beyond what is meant.
#[derive(Debug)]
pub(super) struct Page([u8; PAGE]);

const PAGE: usize = 2048;

impl Page {
    pub(super) const EMPTY: Self = Self([0; PAGE]);
}

/// An end of a `Vec` to write at.
///
/// What comes is written on a page of a length that the compiler knows: so a write is one look at how full it is, and
/// stores of known widths, of which more may be stored than is meant, since what comes next is stored over it. A full
/// page goes to the `Vec`. Nothing but [`Out::finish`] makes what was written stay: dropped before, the `Vec` is as it
/// was.
#[derive(Debug)]
pub(super) struct Out<'o> {
    page: &'o mut [u8; PAGE],
    /// How many bytes of the page count.
    used: usize,
    /// Where the page begins in what is written.
    turned: usize,
    buffer: &'o mut Vec<u8>,
    begun: usize,
    /// A guess of how many bytes will come.
    room: usize,
}

impl<'o> Out<'o> {
    /// `room` is a guess of how many bytes will come.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn new(page: &'o mut Page, buffer: &'o mut Vec<u8>, room: usize) -> Self {
        let begun = buffer.len();
        let Page(page) = page;
        Self { page, used: 0, turned: 0, buffer, begun, room }
    }

    /// Keeps what was written.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn finish(mut self) {
        self.turn();
        // It holds nothing of its own; to drop it would take the bytes back.
        std::mem::forget(self);
    }

    /// How many bytes have been written: where the next one goes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn at(&self) -> usize {
        self.turned + self.used
    }

    /// Forgets what was written from `at` on.
    pub(super) fn back_to(&mut self, at: usize) {
        if let Some(used) = at.checked_sub(self.turned) {
            self.used = used.min(self.used);
        } else {
            self.buffer.truncate(self.begun + at);
            (self.turned, self.used) = (at, 0);
        }
    }

    /// Puts what is on the page into the `Vec`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn turn(&mut self) {
        self.buffer.extend_from_slice(&self.page[..self.used]);
        self.turned += self.used;
        self.used = 0;
    }

    #[cold]
    #[inline(never)]
    fn turn_full(&mut self) {
        if self.turned == 0 {
            self.buffer.reserve(self.room.max(self.used));
        }
        self.turn();
    }

    /// What was written from `start` up to `end`, all of it being put into the `Vec` for that.
    pub(super) fn written(&mut self) -> Written<'_> {
        self.turn();
        Written(self.buffer.get(self.begun..).unwrap_or_default())
    }

    /// Whether two pieces of what was written, from where to where, are the same.
    pub(super) fn is_same(&self, one: (usize, usize), other: (usize, usize)) -> bool {
        let length = one.1 - one.0;
        if length != other.1 - other.0 {
            return false;
        }
        let on_page = |start: usize| {
            let start = start.checked_sub(self.turned)?;
            self.page.get(start..start + length)
        };
        match (on_page(one.0), on_page(other.0)) {
            (Some(one), Some(other)) => one == other,
            _ => (0..length).all(|place| self.byte_at(one.0 + place) == self.byte_at(other.0 + place)),
        }
    }

    fn byte_at(&self, at: usize) -> Option<&u8> {
        match at.checked_sub(self.turned) {
            Some(place) => self.page.get(place),
            None => self.buffer.get(self.begun + at),
        }
    }

    /// The first eight bytes of what was written from `start` up to `end`, or all and zeros, as a number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn head(&self, start: usize, end: usize) -> u64 {
        let length = (end - start).min(8);
        if length == 0 {
            return 0;
        }
        if let Some(place) = start.checked_sub(self.turned)
            && let Some(window) = eight(self.page, place)
        {
            return window & u64::MAX >> (64 - 8 * length);
        }
        self.far_head(start, length)
    }

    #[cold]
    fn far_head(&self, start: usize, length: usize) -> u64 {
        let bytes = (0..length).rev().map(|place| self.byte_at(start + place).copied().unwrap_or(0));
        bytes.fold(0, |head, byte| head << 8 | u64::from(byte))
    }

    /// A place on the page with `N` bytes of room, the next one to write at.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place<const N: usize>(&mut self) -> usize {
        const { assert!(N <= PAGE) };
        if self.used <= PAGE - N {
            return self.used;
        }
        self.turn_full();
        0
    }

    /// Writes the first `used` of some bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put<const N: usize>(&mut self, bytes: &[u8; N], used: usize) {
        let room = self.room();
        *room = *bytes;
        self.take(used);
    }

    /// Room for the next `N` bytes, to be written and then taken by [`Out::take`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn room<const N: usize>(&mut self) -> &mut [u8; N] {
        let place = self.place::<N>();
        self.page[place..place + N].first_chunk_mut().expect("it is a slice of as many bytes")
    }

    /// Writes the first `used` of some bytes, and makes room for the next `N`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put_and_room<const M: usize, const N: usize>(
        &mut self,
        bytes: &[u8; M],
        used: u8,
    ) -> &mut [u8; N] {
        const { assert!(M < 64 && 64 + N <= PAGE) };
        let mut place = self.used;
        if place > PAGE - 64 - N {
            self.turn_full();
            place = 0;
        }
        // The compiler sees that the sum is on the page.
        let behind = place + usize::from(used & 63);
        self.page[place..place + M].copy_from_slice(bytes);
        self.used = behind;
        self.page[behind..behind + N].first_chunk_mut().expect("it is a slice of as many bytes")
    }

    /// Takes so many bytes of the room that was written to.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn take(&mut self, used: usize) {
        self.used += used;
    }

    /// One byte.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn byte(&mut self, byte: u8) {
        let place = self.place::<1>();
        self.page[place] = byte;
        self.used += 1;
    }

    /// Any number of bytes.
    #[inline]
    pub(super) fn slice(&mut self, bytes: &[u8]) {
        let end = self.used + bytes.len();
        if let Some(room) = self.page.get_mut(self.used..end) {
            room.copy_from_slice(bytes);
            self.used = end;
        } else {
            self.long_slice(bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn long_slice(&mut self, bytes: &[u8]) {
        self.turn_full();
        self.buffer.extend_from_slice(bytes);
        self.turned += bytes.len();
    }

    /// What somebody appends to the `Vec` itself: for what is long.
    #[cold]
    #[inline(never)]
    pub(super) fn append(&mut self, long: impl FnOnce(&mut Vec<u8>)) {
        self.turn_full();
        let before = self.buffer.len();
        long(self.buffer);
        self.turned += self.buffer.len() - before;
    }

    /// Bytes with others behind them, which a window may take along.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn span(&mut self, span: Span<'_>) {
        let length = span.len();
        if length <= 16
            && let Some(window) = span.window::<16>(0)
        {
            return self.put(window, length);
        }
        if length <= 32
            && let Some(window) = span.window::<32>(0)
        {
            return self.put(window, length);
        }
        self.slice(span.get());
    }

    /// Overwrites a byte that was written.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn patch(&mut self, at: usize, byte: u8) {
        match self.page.get_mut(at.wrapping_sub(self.turned)) {
            Some(written) => *written = byte,
            None => self.far_patch(at, byte),
        }
    }

    #[cold]
    #[inline(never)]
    fn far_patch(&mut self, at: usize, byte: u8) {
        if let Some(written) = self.buffer.get_mut(self.begun + at) {
            *written = byte;
        }
    }

    /// Moves what was written from `start` on up by `by` bytes; what stands in the gap is left to be patched.
    #[inline(never)]
    pub(super) fn shift(&mut self, start: usize, by: usize) {
        if let Some(place) = start.checked_sub(self.turned)
            && self.used + by <= PAGE
        {
            self.page.copy_within(place..self.used, place + by);
            self.used += by;
            return;
        }
        self.turn();
        let (start, end) = (self.begun + start, self.buffer.len());
        self.buffer.resize(end + by, 0);
        self.buffer.copy_within(start..end, start + by);
        self.turned += by;
    }

    /// Moves what was written from `start` on down by one byte.
    #[inline(never)]
    pub(super) fn shift_down(&mut self, start: usize) {
        if let Some(place) = start.checked_sub(self.turned + 1) {
            self.page.copy_within(place + 1..self.used, place);
            self.used -= 1;
            return;
        }
        self.turn();
        let (start, end) = (self.begun + start, self.buffer.len());
        self.buffer.copy_within(start..end, start - 1);
        self.buffer.truncate(end - 1);
        self.turned -= 1;
    }
}

/// What was written.
pub(super) struct Written<'w>(&'w [u8]);

impl<'w> Written<'w> {
    /// From `start` up to `end`.
    pub(super) fn part(&self, start: usize, end: usize) -> &'w [u8] {
        self.0.get(start..end).unwrap_or_default()
    }
}

impl Drop for Out<'_> {
    fn drop(&mut self) {
        self.buffer.truncate(self.begun);
    }
}
