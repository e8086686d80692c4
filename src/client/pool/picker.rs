//! Which of the addresses that work a call goes to: a few instructions, whatever their number.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::policy::LoadBalancing;

/// A fixed list of addresses that work, and how calls are spread over it. Made anew whenever the list changes.
#[derive(Debug)]
pub struct Picker {
    how: How,
    /// What a pick answers with.
    ready: Vec<usize>,
}

#[derive(Debug)]
enum How {
    First,
    InTurn(AtomicU32),
    Fewest { choices: u32, seed: AtomicU64 },
    Weighted(Stride),
}

impl Picker {
    /// Over these addresses, which a pick answers with. `random` says where it begins, so that many clients do not all
    /// begin with the same; `weights` are those of `weighted_round_robin`, 0 for one that is not known, and may be missing.
    pub fn new(policy: LoadBalancing, ready: Vec<usize>, random: u64, weights: &[f64]) -> Self {
        // Half of the 64 bits are chance enough.
        #[allow(clippy::cast_possible_truncation)]
        let begin = random as u32;
        let how = match policy {
            LoadBalancing::PickFirst => How::First,
            LoadBalancing::RoundRobin => How::InTurn(AtomicU32::new(begin)),
            LoadBalancing::LeastRequest => How::Fewest { choices: 2, seed: AtomicU64::new(random) },
            LoadBalancing::WeightedRoundRobin => match Stride::new(weights, ready.len(), begin) {
                Some(stride) => How::Weighted(stride),
                None => How::InTurn(AtomicU32::new(begin)),
            },
        };
        Self { how, ready }
    }

    /// Has `least_request` draw so many addresses for a pick, from 2 to 10 (gRFC A48).
    #[must_use]
    pub fn with_choices(mut self, count: u32) -> Self {
        if let How::Fewest { choices, .. } = &mut self.how {
            *choices = count.clamp(2, 10);
        }
        self
    }

    /// The addresses it picks from.
    pub fn ready(&self) -> &[usize] {
        &self.ready
    }

    /// The address for the next call; `None` when there is none. `open` is how many calls an address has open.
    pub fn pick(&self, open: impl Fn(usize) -> usize) -> Option<usize> {
        let len = u32::try_from(self.ready.len()).unwrap_or(u32::MAX);
        if len == 0 {
            return None;
        }
        let at = match &self.how {
            How::First => 0,
            How::InTurn(next) => (next.fetch_add(1, Ordering::Relaxed) % len) as usize,
            How::Fewest { choices, seed } => {
                let mut best: Option<(usize, usize)> = None;
                for _ in 0..*choices {
                    let at = below(len, draw(seed));
                    let calls = open(self.ready[at]);
                    if best.is_none_or(|(fewest, _)| calls < fewest) {
                        best = Some((calls, at));
                    }
                }
                best?.1
            }
            How::Weighted(stride) => stride.pick(),
        };
        Some(self.ready[at])
    }

    /// Where the next pick in turn stands, for the picker that comes after this.
    pub fn turn(&self) -> Option<u32> {
        match &self.how {
            How::InTurn(next) => Some(next.load(Ordering::Relaxed)),
            How::Weighted(stride) => Some(stride.sequence.load(Ordering::Relaxed)),
            _ => None,
        }
    }
}

/// The next number of a sequence that looks like chance (splitmix64).
fn draw(seed: &AtomicU64) -> u64 {
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut z = seed.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A draw made into a number below `len`.
fn below(len: u32, drawn: u64) -> usize {
    ((u64::from(len) * (drawn >> 32)) >> 32) as usize
}

/// The static stride scheduler of gRFC A58: each address has a weight of 16 bits, and is passed by as often as its weight
/// is short of the largest. No lock, no queue.
#[derive(Debug)]
struct Stride {
    weights: Vec<u16>,
    sequence: AtomicU32,
}

/// The largest weight.
const MOST: u64 = u16::MAX as u64;
/// No weight is more than so many times the mean, or less than one part of it in so many.
const RATIO: f64 = 10.0;

impl Stride {
    /// `None` when fewer than two weights are known: then all are taken in turn.
    fn new(weights: &[f64], len: usize, begin: u32) -> Option<Self> {
        let known: Vec<f64> = weights.iter().copied().filter(|weight| *weight > 0.0).collect();
        if known.len() < 2 || weights.len() != len {
            return None;
        }
        #[allow(clippy::cast_precision_loss)] // There are not so many addresses.
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let capped = known.iter().copied().fold(0.0, f64::max).min(mean * RATIO);
        let scale = f64::from(u16::MAX) / capped;
        let floor = (mean * scale / RATIO).ceil().clamp(1.0, f64::from(u16::MAX));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // It is clamped to what fits.
        let scaled = |weight: f64| {
            let weight = if weight > 0.0 { weight } else { mean };
            (weight * scale).round().clamp(floor, f64::from(u16::MAX)) as u16
        };
        let weights = weights.iter().map(|weight| scaled(*weight)).collect();
        Some(Self { weights, sequence: AtomicU32::new(begin) })
    }

    fn pick(&self) -> usize {
        let len = self.weights.len() as u64;
        loop {
            let sequence = u64::from(self.sequence.fetch_add(1, Ordering::Relaxed));
            let at = sequence % len;
            let generation = sequence / len;
            // It is below the number of the addresses.
            let index = usize::try_from(at).unwrap_or_default();
            let weight = u64::from(self.weights[index]);
            let offset = MOST / 2 * at;
            if (weight * generation + offset) % MOST < MOST - weight {
                continue;
            }
            return index;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(picker: &Picker, picks: usize, open: impl Fn(usize) -> usize + Copy) -> Vec<usize> {
        let mut counts = vec![0; picker.ready().iter().max().map_or(0, |most| most + 1)];
        for _ in 0..picks {
            counts[picker.pick(open).unwrap()] += 1;
        }
        counts
    }

    #[test]
    fn round_robin_is_exactly_even_wherever_it_begins() {
        for random in [0, 3, u64::from(u32::MAX) - 2] {
            let picker = Picker::new(LoadBalancing::RoundRobin, vec![0, 1, 3, 4], random, &[]);
            assert_eq!(counts(&picker, 4 * 25, |_| 0), [25, 25, 0, 25, 25], "{random}");
        }
        let picker = Picker::new(LoadBalancing::PickFirst, vec![2], 7, &[]);
        assert_eq!(counts(&picker, 5, |_| 0), [0, 0, 5]);
        assert_eq!(Picker::new(LoadBalancing::RoundRobin, vec![], 0, &[]).pick(|_| 0), None);
    }

    #[test]
    fn least_request_takes_the_one_of_two_with_fewer_calls() {
        let picker = Picker::new(LoadBalancing::LeastRequest, vec![0, 1, 2, 3], 1, &[]);
        // The busiest is taken only when it is drawn twice: one time in sixteen; the idlest seven times in sixteen.
        let counts = counts(&picker, 16_000, |at| at);
        for (at, wanted) in [(0, 7000), (1, 5000), (2, 3000), (3, 1000)] {
            assert!(counts[at].abs_diff(wanted) < 300, "{counts:?}");
        }
    }

    #[test]
    fn least_request_draws_as_many_as_it_is_told() {
        let ready = || vec![0, 1, 2, 3];
        // The busiest is taken only when each draw is it, and the idlest unless none is: of 4^count.
        for (told, drawn) in [(0, 2), (3, 3), (10, 10), (4_000_000_000, 10)] {
            let picker = Picker::new(LoadBalancing::LeastRequest, ready(), 1, &[]).with_choices(told);
            let asked = std::cell::Cell::new(0);
            picker.pick(|_| asked.replace(asked.get() + 1));
            assert_eq!(asked.get(), drawn, "{told}");
        }
        let picker = Picker::new(LoadBalancing::LeastRequest, ready(), 1, &[]).with_choices(3);
        let counts = counts(&picker, 64_000, |at| at);
        for (at, wanted) in [(0, 37_000), (1, 19_000), (2, 7000), (3, 1000)] {
            assert!(counts[at].abs_diff(wanted) < 600, "{counts:?}");
        }
    }

    #[test]
    fn weights_are_kept_to_the_pick() {
        let ready = || vec![0, 1, 2];
        let picker = Picker::new(LoadBalancing::WeightedRoundRobin, ready(), 0, &[1.0, 2.0, 1.0]);
        let found = counts(&picker, 40_000, |_| 0);
        for (at, wanted) in [(0, 10_000), (1, 20_000), (2, 10_000)] {
            assert!(found[at].abs_diff(wanted) <= 2, "{found:?}");
        }
        // One that is not known has the mean of the others.
        let picker = Picker::new(LoadBalancing::WeightedRoundRobin, ready(), 0, &[1.0, 3.0, 0.0]);
        let found = counts(&picker, 60_000, |_| 0);
        for (at, wanted) in [(0, 10_000), (1, 30_000), (2, 20_000)] {
            assert!(found[at].abs_diff(wanted) <= 3, "{found:?}");
        }
        // With fewer than two that are known all are taken in turn.
        let picker = Picker::new(LoadBalancing::WeightedRoundRobin, ready(), 0, &[0.0, 3.0, 0.0]);
        assert_eq!(counts(&picker, 30, |_| 0), [10, 10, 10]);
        // No weight is less than a tenth of the mean.
        let picker = Picker::new(LoadBalancing::WeightedRoundRobin, vec![0, 1], 0, &[1e-9, 2.0]);
        let found = counts(&picker, 10_000, |_| 0);
        assert!((450..=500).contains(&found[0]), "{found:?}");
    }
}
