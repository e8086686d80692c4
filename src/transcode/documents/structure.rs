//! Finds where a JSON value ends, 64 bytes at a time, by its brackets and quotes alone.

use wide::u8x16;

use crate::transcode::depth::DEPTH;

/// Bytes that are looked at together; a bit of a mask is one of them.
const BLOCK: usize = 64;

/// Every second bit, from the first.
const EVEN: u64 = 0x5555_5555_5555_5555;

/// What the bytes so far have shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The value is still open.
    Open,
    /// It ends before this byte.
    End(usize),
    /// Something that takes a closer look: what only people type, or what is wrong.
    Odd,
}

/// What is looked for beside brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Strict,
    /// Bare keys and trailing commas are odd too.
    Relaxed,
}

/// A look at one value, an object or an array, that goes on where it stopped when there are more bytes.
#[derive(Debug)]
pub(super) struct Look {
    manner: Manner,
    /// How many bytes have been looked at.
    at: usize,
    /// All ones within a string.
    in_string: u64,
    /// One if the next byte is escaped.
    escaped: u64,
    depth: u32,
    /// A bit for each open bracket, the innermost lowest: one for `[`.
    arrays: u128,
    /// Whether all of it is ASCII, as far as is known.
    pub(super) ascii: bool,
}

impl Look {
    pub(super) fn new(manner: Manner) -> Self {
        Self { manner, at: 0, in_string: 0, escaped: 0, depth: 0, arrays: 0, ascii: true }
    }

    /// How many bytes of the value have been looked at.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Begins with another value.
    pub(super) fn restart(&mut self) {
        *self = Self::new(self.manner);
    }

    /// Looks at the bytes that are new; `text` is the value from its first byte on. After anything but
    /// [`Found::Open`] a new look is due.
    pub(super) fn go_on(&mut self, text: &[u8]) -> Found {
        while let Some(block) = text[self.at..].first_chunk::<BLOCK>() {
            match self.block(block, BLOCK, text) {
                Found::Open => {}
                found => return found,
            }
        }
        let rest = &text[self.at..];
        if rest.is_empty() {
            return Found::Open;
        }
        // Blanks are of no weight.
        let mut block = [b' '; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        self.block(&block, rest.len(), text)
    }

    /// Looks at a block, of which `length` bytes, at least one, are the text's.
    #[inline]
    fn block(&mut self, block: &[u8; BLOCK], length: usize, text: &[u8]) -> Found {
        let masks = Masks::of(block, self.manner);
        self.ascii &= !masks.high;
        let escaped = self.escapes(masks.backslash, length);
        let in_string = parity(masks.quote & !escaped) ^ self.in_string;
        let mut events = masks.weighty & !in_string;
        if masks.backslash != 0 {
            events |= masks.backslash & !in_string;
        }
        if self.manner == Manner::Relaxed {
            // A key in quotes, as nearly all are, is right before its colon.
            let behind_quote = masks.quote << 1;
            events |= masks.colon & !in_string & !behind_quote;
        }
        while events != 0 {
            let bit = events.trailing_zeros() as usize;
            events &= events - 1;
            let at = self.at + bit;
            match self.event(block[bit], at, text) {
                Found::Open => {}
                found => return found,
            }
        }
        self.at += length;
        self.in_string = 0_u64.wrapping_sub(in_string >> (length - 1) & 1);
        Found::Open
    }

    /// The bytes that are escaped by a backslash before them, each backslash being one within a string: one that
    /// is not is odd anyway.
    #[inline]
    fn escapes(&mut self, backslash: u64, length: usize) -> u64 {
        let carried = self.escaped;
        if backslash == 0 {
            self.escaped = 0;
            return carried;
        }
        // Of a run of backslashes every second is escaped, and if the run is odd, so is what follows it. A carry
        // runs through each run that begins at an odd place (Langdale and Lemire, Parsing Gigabytes of JSON).
        let backslash = backslash & !carried;
        let follows = backslash << 1 | carried;
        let odd_starts = backslash & !EVEN & !follows;
        let even_runs = odd_starts.wrapping_add(backslash);
        let escaped = (EVEN ^ even_runs << 1) & follows;
        self.escaped = backslash & !escaped & 1 << (length - 1);
        self.escaped = u64::from(self.escaped != 0);
        escaped
    }

    /// A byte outside of strings that may be of weight.
    #[inline]
    fn event(&mut self, byte: u8, at: usize, text: &[u8]) -> Found {
        match byte {
            b'{' | b'[' => {
                if self.depth == DEPTH {
                    return Found::Odd;
                }
                self.depth += 1;
                self.arrays = self.arrays << 1 | u128::from(byte == b'[');
                Found::Open
            }
            b'}' | b']' => {
                if self.arrays & 1 != u128::from(byte == b']')
                    || self.manner == Manner::Relaxed && before(text, at) == b','
                {
                    return Found::Odd;
                }
                self.depth -= 1;
                self.arrays >>= 1;
                if self.depth == 0 { Found::End(at + 1) } else { Found::Open }
            }
            b':' if before(text, at) == b'"' => Found::Open,
            // What a number may have is looked for together with `#`, `'` and `/`.
            b'+' => Found::Open,
            _ => Found::Odd,
        }
    }
}

/// Where in a block a byte of some kind is.
#[derive(Debug, Default)]
struct Masks {
    quote: u64,
    backslash: u64,
    colon: u64,
    /// Brackets, `#`, `'`, `/`, `<`, `>`, and `+`, which costs less to find than to leave out.
    weighty: u64,
    /// Whether there is a byte that is not ASCII.
    high: bool,
}

impl Masks {
    #[inline]
    fn of(block: &[u8; BLOCK], manner: Manner) -> Self {
        let mut masks = Self::default();
        let mut all = u8x16::splat(0);
        let (lanes, _) = block.as_chunks::<16>();
        for (n, lane) in lanes.iter().enumerate() {
            let lane = u8x16::new(*lane);
            let bits = |found: u8x16| u64::from(found.to_bitmask()) << (16 * n);
            let is = |byte: u8| lane.simd_eq(u8x16::splat(byte));
            // With these bits set, several bytes are one.
            let with = |set: u8, byte: u8| (lane | u8x16::splat(set)).simd_eq(u8x16::splat(byte));
            masks.quote |= bits(is(b'"'));
            masks.backslash |= bits(is(b'\\'));
            if manner == Manner::Relaxed {
                masks.colon |= bits(is(b':'));
            }
            let brackets = with(0x20, b'{') | with(0x20, b'}');
            masks.weighty |= bits(brackets | with(0x0c, b'/') | with(0x02, b'>'));
            all |= lane;
        }
        masks.high = all.to_bitmask() != 0;
        masks
    }
}

/// Each bit the parity of those up to it: between two quotes, the first included, it is one.
#[inline]
fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// The last byte before `at` that is no blank.
fn before(text: &[u8], at: usize) -> u8 {
    text[..at].trim_ascii_end().last().copied().unwrap_or(b' ')
}
