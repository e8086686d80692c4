//! Contenders in turn, round after round, and the medians of the rounds' ratios.

use std::time::{Duration, Instant};

use crate::arguments::Options;
use crate::cases::{Case, Direction};
use crate::order;
use crate::sides::{Runner, Side};
use crate::table::Row;

/// The rows of one case.
pub(crate) fn measure(case: &Case, options: &Options) -> Vec<Row> {
    if case.name == "out-of-order" {
        return vec![out_of_order(case, options)];
    }
    let directions = Direction::ALL.into_iter();
    directions
        .map(|direction| {
            let mut runners = Side::ALL.map(|side| Runner::new(case, side, direction));
            let times = in_turn(&mut runners, options);
            let bytes: usize = case
                .messages
                .iter()
                .map(|message| match direction {
                    Direction::ToWire => message.json.len(),
                    Direction::FromWire => message.printed.len(),
                })
                .sum();
            Row {
                case: case.name.clone(),
                direction,
                nanoseconds: median(times.iter().map(|round| round[0])),
                bytes: bytes as f64 / case.messages.len() as f64,
                ratio: median(times.iter().map(|round| round[1] / round[0])),
                of_nothing: Some(median(times.iter().map(|round| round[2] / round[0]))),
            }
        })
        .collect()
}

/// Messages with their fields reversed against the same in order; both sides are greet.
fn out_of_order(case: &Case, options: &Options) -> Row {
    let mut in_order = Case::make("out-of-order", None);
    for message in &mut in_order.messages {
        message.wire = order::arranged(&case.type_, &message.wire, order::Order::Rising);
    }
    let direction = Direction::FromWire;
    let mut runners =
        [Runner::new(case, Side::Greet, direction), Runner::new(&in_order, Side::Greet, direction)];
    let times = in_turn(&mut runners, options);
    let bytes: usize = case.messages.iter().map(|message| message.printed.len()).sum();
    Row {
        case: case.name.clone(),
        direction,
        nanoseconds: median(times.iter().map(|round| round[0])),
        bytes: bytes as f64 / case.messages.len() as f64,
        ratio: median(times.iter().map(|round| round[0] / round[1])),
        of_nothing: None,
    }
}

/// Nanoseconds a message, of each runner in each round.
fn in_turn<const N: usize>(runners: &mut [Runner<'_>; N], options: &Options) -> Vec<[f64; N]> {
    let wanted = Duration::from_millis(options.milliseconds);
    // How many messages take that long; what is warmed up on the way is warm.
    let counts: Vec<usize> = runners
        .iter_mut()
        .map(|runner| {
            let (mut count, mut took) = (1, Duration::ZERO);
            while took < wanted / 2 {
                count *= if took < wanted / 16 { 4 } else { 2 };
                took = time(runner, count);
            }
            let scaled = count as f64 * wanted.as_secs_f64() / took.as_secs_f64();
            (scaled as usize).max(1)
        })
        .collect();
    (0..options.rounds)
        .map(|round| {
            let mut times = [0.0; N];
            for step in 0..N {
                let at = (round + step) % N;
                times[at] = time(&mut runners[at], counts[at]).as_nanos() as f64 / counts[at] as f64;
            }
            times
        })
        .collect()
}

fn time(runner: &mut Runner<'_>, count: usize) -> Duration {
    let start = Instant::now();
    runner.messages(count);
    start.elapsed()
}

/// The one in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
