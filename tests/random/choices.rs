//! Where all randomness comes from: a seed, or numbers that were given and can be made smaller.

/// A sequence of choices. What is given runs out, and from then on the simplest choice is made, 0.
#[derive(Debug, Clone)]
pub(crate) struct Choices {
    from: From,
    taken: Vec<u64>,
}

#[derive(Debug, Clone)]
enum From {
    /// An endless sequence, and where it is.
    Seed(u64),
    /// So many choices, the next one last.
    Given(Vec<u64>),
}

impl Choices {
    /// The endless sequence of a seed.
    pub(crate) fn seed(seed: u64) -> Self {
        // Neighbouring seeds are to have nothing in common.
        Self { from: From::Seed(mixed(seed ^ 0x5bd1_e995_9e37_79b9)), taken: Vec::new() }
    }

    /// These choices, and then the simplest.
    pub(crate) fn given(mut choices: Vec<u64>) -> Self {
        choices.reverse();
        Self { from: From::Given(choices), taken: Vec::new() }
    }

    /// The choices that bytes stand for, eight bytes each.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        let word = |chunk: &[u8]| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_be_bytes(word)
        };
        Self::given(bytes.chunks(8).map(word).collect())
    }

    /// What has been chosen so far; [`Choices::given`] makes the same of it.
    pub(crate) fn taken(self) -> Vec<u64> {
        self.taken
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        let next = match &mut self.from {
            // SplitMix64 (Steele, Lea, Flood 2014).
            From::Seed(state) => {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                mixed(*state)
            }
            From::Given(choices) => choices.pop().unwrap_or(0),
        };
        self.taken.push(next);
        next
    }

    /// A number from 0 to `most` - 1. The smaller the choice, the smaller it is.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        let scaled = (u128::from(self.next()) * most as u128) >> 64;
        usize::try_from(scaled).expect("it is below `most`")
    }

    /// A number in a range, both ends included.
    pub(crate) fn within(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(i128::from(high) - i128::from(low)).expect("`low` is not above `high`");
        let above = (u128::from(self.next()) * (u128::from(width) + 1)) >> 64;
        low.wrapping_add_unsigned(u64::try_from(above).expect("it is within the width"))
    }

    /// True so many times out of a hundred; the simplest choice is `false`.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of these.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Puts these in any order; the simplest is the one they have.
    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            let back = self.below(at + 1);
            all.swap(at, at - back);
        }
    }
}

fn mixed(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
