//! Bytes that are written behind what a `Vec` already holds, through windows of a fixed width.

use super::sink::Span;
use super::window::{eight, window_mut};

/// An end of a `Vec` to write at.
///
/// Room is filled with zeros ahead, so that a write is one look at the bounds and one store of a known width: more than
/// is meant is stored, and what comes next is stored over it. Nothing but [`Out::finish`] makes what was
/// written stay: dropped before, the `Vec` is as it was.
#[derive(Debug)]
pub(super) struct Out<'o> {
    buffer: &'o mut Vec<u8>,
    begun: usize,
    at: usize,
    finished: bool,
}

/// What every window may store beyond what is meant.
const SLACK: usize = 64;

impl<'o> Out<'o> {
    /// `room` is a guess of how many bytes will come.
    #[inline]
    pub(super) fn new(buffer: &'o mut Vec<u8>, room: usize) -> Self {
        let begun = buffer.len();
        buffer.resize(begun + room + SLACK, 0);
        Self { buffer, begun, at: begun, finished: false }
    }

    /// Keeps what was written.
    #[inline]
    pub(super) fn finish(mut self) {
        self.finished = true;
        self.buffer.truncate(self.at);
    }

    /// Where the next byte goes.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Forgets what was written from `at` on.
    #[inline]
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at.clamp(self.begun, self.at);
    }

    /// Forgets all that was written.
    pub(super) fn restart(&mut self) {
        self.at = self.begun;
    }

    /// What was written from `start` up to `end`.
    #[inline]
    pub(super) fn written(&self, start: usize, end: usize) -> &[u8] {
        self.buffer.get(start..end.min(self.at)).unwrap_or_default()
    }

    /// The first eight bytes of what was written from `start` up to `end`, or all and zeros, as a number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn head(&self, start: usize, end: usize) -> u64 {
        match eight(self.buffer, start) {
            Some(window) if end > start => window & u64::MAX >> (64 - 8 * (end - start).min(8)),
            _ => 0,
        }
    }

    /// Writes the first `used` of some bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put<const N: usize>(&mut self, bytes: &[u8; N], used: usize) {
        const { assert!(N <= SLACK) };
        match window_mut::<N>(self.buffer, self.at) {
            Some(room) => *room = *bytes,
            None => self.put_slowly(bytes),
        }
        self.at += used;
    }

    /// Room for the next `N` bytes, to be written and then taken by [`Out::take`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn room<const N: usize>(&mut self) -> &mut [u8; N] {
        const { assert!(N <= SLACK) };
        if self.buffer.len() < self.at + N {
            self.grow(N);
        }
        window_mut(self.buffer, self.at)
            .expect("there is as much room behind the place to write at, since it was just made")
    }

    /// Takes so many bytes of the room that was written to.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn take(&mut self, used: usize) {
        self.at += used;
    }

    #[cold]
    #[inline(never)]
    fn put_slowly(&mut self, bytes: &[u8]) {
        self.grow(bytes.len());
        let at = self.at;
        self.buffer[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Makes room for `more` bytes and all that a window may store beyond them.
    #[cold]
    fn grow(&mut self, more: usize) {
        let length = self.buffer.len().max(self.at + more + SLACK) * 2;
        self.buffer.resize(length, 0);
    }

    /// One byte.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn byte(&mut self, byte: u8) {
        match self.buffer.get_mut(self.at) {
            Some(room) => *room = byte,
            None => self.put_slowly(&[byte]),
        }
        self.at += 1;
    }

    /// Any number of bytes.
    #[inline]
    pub(super) fn slice(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len();
        if end > self.buffer.len() {
            self.grow(bytes.len());
        }
        self.buffer[self.at..end].copy_from_slice(bytes);
        self.at = end;
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
        if let Some(written) = self.buffer.get_mut(at) {
            *written = byte;
        }
    }

    /// Moves what was written from `start` on up by `by` bytes; what stands in the gap is left to be patched.
    #[inline]
    pub(super) fn shift(&mut self, start: usize, by: usize) {
        if self.at + by > self.buffer.len() {
            self.grow(by);
        }
        self.buffer.copy_within(start..self.at, start + by);
        self.at += by;
    }

    /// Moves what was written from `start` on down by one byte.
    #[inline]
    pub(super) fn shift_down(&mut self, start: usize) {
        self.buffer.copy_within(start..self.at, start - 1);
        self.at -= 1;
    }
}

impl Drop for Out<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.buffer.truncate(self.begun);
        }
    }
}
