//! The bytes of an input that have come and are not done with, and where in the input they stand.

use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use crate::transcode::place::Place;

/// Least room for the next bytes.
const ROOM: usize = 64 * 1024;
/// Room at the beginning, and what is kept when all bytes are done with.
const USUAL: usize = 256 * 1024;
/// The place is counted on when so many bytes are behind it.
const COUNTED: usize = 4 * 1024;

/// Bytes that come at one end and are taken from the other. An open value stands in one piece.
#[derive(Debug)]
pub(super) struct Intake {
    /// What has come, and behind it room for more.
    bytes: Vec<u8>,
    end: usize,
    /// Up to here the bytes are done with.
    taken: usize,
    /// How many bytes of the input were before these.
    before: u64,
    /// The place of a byte that is not behind `taken`, of which it is its index.
    known: (usize, Place),
    finished: bool,
}

impl Intake {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), end: 0, taken: 0, before: 0, known: (0, Place::START), finished: false }
    }

    /// Takes bytes in.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.make_room(bytes.len());
        if bytes.len() <= self.bytes.len() - self.end {
            self.bytes[self.end..self.end + bytes.len()].copy_from_slice(bytes);
        } else {
            self.bytes.truncate(self.end);
            self.bytes.extend_from_slice(bytes);
        }
        self.end += bytes.len();
    }

    /// Where the next bytes may be put; [`Intake::filled`] says how many were.
    pub(super) fn room(&mut self) -> &mut [u8] {
        self.make_room(ROOM);
        if self.bytes.len() - self.end < ROOM {
            let length = (self.end + ROOM).max(2 * self.bytes.len()).max(USUAL);
            self.bytes.resize(length, 0);
        }
        &mut self.bytes[self.end..]
    }

    pub(super) fn filled(&mut self, length: usize) {
        self.end = (self.end + length).min(self.bytes.len());
    }

    /// No more bytes come.
    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    /// The bytes that are not done with.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.taken..self.end]
    }

    /// Is done with so many more of them; the indices of these come back.
    pub(super) fn take(&mut self, length: usize) -> Range<usize> {
        let begun = self.taken;
        self.taken = (begun + length).min(self.end);
        begun..self.taken
    }

    pub(super) fn get(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// The offset in the input of the byte with this index.
    pub(super) fn offset(&self, index: usize) -> u64 {
        self.before + index as u64
    }

    /// The offset in the input of the first byte that is not done with.
    pub(super) fn at(&self) -> u64 {
        self.offset(self.taken)
    }

    /// What the place of the byte with this index is found from: another place, and the bytes from there on.
    pub(super) fn way_to(&self, index: usize) -> (Place, &[u8]) {
        let (known, place) = self.known;
        (place, &self.bytes[known.min(index)..index])
    }

    /// How much memory it holds.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.bytes.capacity()
    }

    /// The place of the first byte that is not done with. What led there is not gone through again.
    pub(super) fn place(&mut self) -> Place {
        self.count_to(self.taken);
        self.known.1
    }

    /// Counts lines up to the byte with this index, which is done with or the first that is not.
    pub(super) fn count_to(&mut self, index: usize) {
        let (known, place) = self.known;
        if index > known {
            self.known = (index, after(place, &self.bytes[known..index]));
        }
    }

    /// Counts lines up to the first byte that is not done with, if they were last counted far before it.
    pub(super) fn count_on(&mut self) {
        if self.taken - self.known.0 >= COUNTED {
            self.count_to(self.taken);
        }
    }

    /// Says what place the first byte has that is not done with.
    pub(super) fn know(&mut self, place: Place) {
        self.known = (self.taken, place);
    }

    /// Moves what is not done with to the front, where that is less than what is: all moving together is
    /// linear in what comes.
    fn make_room(&mut self, wanted: usize) {
        let rest = self.end - self.taken;
        let room = self.bytes.len() - self.end;
        if self.taken == 0 || rest > 0 && (room >= wanted || rest > self.taken) {
            return;
        }
        let place = self.place();
        self.bytes.copy_within(self.taken..self.end, 0);
        self.before += self.taken as u64;
        (self.taken, self.end, self.known) = (0, rest, (0, place));
        if rest == 0 && self.bytes.len() > 4 * USUAL {
            // One large value does not hold its memory for ever.
            self.bytes = Vec::new();
        }
    }
}

/// The place behind all of these bytes.
pub(super) fn after(place: Place, bytes: &[u8]) -> Place {
    let characters = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    match memrchr(b'\n', bytes) {
        None => Place { line: place.line, column: place.column + characters(bytes) },
        Some(last) => {
            let lines = memchr_iter(b'\n', bytes).count();
            Place { line: place.line + lines, column: 1 + characters(&bytes[last + 1..]) }
        }
    }
}
