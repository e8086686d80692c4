//! What it costs to pick one of many backends: `cargo bench --bench pick`.

// A bench prints.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use greet::client::{LoadBalancing, Picker};

const BACKENDS: usize = 1000;
const PICKS: u32 = 5_000_000;

fn main() {
    // Each weighs something else.
    let weights: Vec<f64> = (1..=u16::try_from(BACKENDS).unwrap_or(u16::MAX)).map(f64::from).collect();
    for policy in LoadBalancing::ALL {
        let picker = Picker::new(policy, (0..BACKENDS).collect(), 7, &weights);
        let begun = Instant::now();
        for _ in 0..PICKS {
            black_box(picker.pick(|at| black_box(at) % 7));
        }
        let each = begun.elapsed().as_secs_f64() * 1e9 / f64::from(PICKS);
        println!("{policy}: {each:.1} ns a pick of {BACKENDS}");
    }
}
