//! Ejection against the numbers of gRFC A50.

use super::*;

fn tally(well: u32, badly: u32) -> (Ejection, Tally) {
    (Ejection::default(), Tally { well, badly })
}

fn ejected(addresses: &[(Ejection, Tally)]) -> Vec<usize> {
    addresses.iter().enumerate().filter(|(_, (one, _))| one.is_ejected()).map(|(at, _)| at).collect()
}

#[tokio::test(start_paused = true)]
async fn by_failures() {
    let part = FailurePercentage::default();
    let options = OutlierOptions { failure_percentage: Some(part), ..OutlierOptions::default() };
    let good = || tally(50, 0);
    for (bad, others, wanted) in [
        // More than 85 of a hundred, of at least 50 calls, beside at least four others with as many.
        (tally(7, 43), 4, &[0][..]),
        (tally(15, 85), 4, &[]),
        (tally(14, 86), 4, &[0]),
        (tally(0, 49), 5, &[]),
        (tally(0, 50), 3, &[]),
    ] {
        let mut all = vec![bad];
        all.resize_with(others + 1, good);
        sweep(&options, &mut all, Instant::now(), || 0.0);
        assert_eq!(ejected(&all), wanted, "{bad:?}");
    }
    // Ten of a hundred may be, and one always.
    let mut all: Vec<_> = (0..3).map(|_| tally(0, 50)).collect();
    all.resize_with(10, good);
    sweep(&options, &mut all, Instant::now(), || 0.0);
    assert_eq!(ejected(&all), [0]);
    let half = OutlierOptions { max_ejection_percent: 20, ..options.clone() };
    sweep(&half, &mut all, Instant::now(), || 0.0);
    assert_eq!(ejected(&all), [0, 1]);
    // Chance decides where not all are to be.
    let some = FailurePercentage { enforcement_percentage: 30, ..part };
    let some = OutlierOptions { failure_percentage: Some(some), ..options };
    for (random, wanted) in [(0.29, 1), (0.31, 0)] {
        let mut all = vec![tally(0, 50), good(), good(), good(), good()];
        sweep(&some, &mut all, Instant::now(), || random);
        assert_eq!(ejected(&all).len(), wanted, "{random}");
    }
}

#[tokio::test(start_paused = true)]
async fn by_success_beside_the_others() {
    let options = OutlierOptions { success_rate: Some(SuccessRate::default()), ..OutlierOptions::default() };
    // Mean 0.9, deviation 0.2: 0.9 - 0.38 = 0.52.
    let mut all = vec![tally(50, 50), tally(100, 0), tally(100, 0), tally(100, 0), tally(100, 0)];
    sweep(&options, &mut all, Instant::now(), || 0.0);
    assert_eq!(ejected(&all), [0]);
    // Two that are bad are not so far from the mean.
    let mut all = vec![tally(50, 50), tally(50, 50), tally(100, 0), tally(100, 0), tally(100, 0)];
    sweep(&options, &mut all, Instant::now(), || 0.0);
    assert_eq!(ejected(&all), [0; 0]);
    // Nobody is left out for so few calls.
    let mut all = vec![tally(0, 99), tally(100, 0), tally(100, 0), tally(100, 0), tally(100, 0)];
    sweep(&options, &mut all, Instant::now(), || 0.0);
    assert_eq!(ejected(&all), [0; 0]);
}

/// `min(base * multiplier, max(base, max))`: how long after each ejection in a row an address is taken back.
#[tokio::test(start_paused = true)]
async fn never_longer_than_the_longest() {
    let seconds = Duration::from_secs;
    for (base, max, wanted) in [
        // A50's defaults.
        (30, 300, [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]),
        (40, 100, [40, 80, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]),
        // The longest is not shorter than the first.
        (50, 20, [50; 12]),
    ] {
        let part = FailurePercentage { minimum_hosts: 1, request_volume: 1, ..FailurePercentage::default() };
        let options = OutlierOptions {
            interval: seconds(1),
            base_ejection_time: seconds(base),
            max_ejection_time: seconds(max),
            failure_percentage: Some(part),
            ..OutlierOptions::default()
        };
        let mut all = vec![tally(0, 1)];
        let mut told = Vec::new();
        for _ in wanted {
            all[0].1 = Tally { well: 0, badly: 1 };
            sweep(&options, &mut all, Instant::now(), || 0.0);
            let begun = Instant::now();
            all[0].1 = Tally::default();
            while all[0].0.is_ejected() {
                tokio::time::advance(options.interval).await;
                sweep(&options, &mut all, Instant::now(), || 0.0);
            }
            told.push(begun.elapsed().as_secs());
        }
        assert_eq!(told, wanted, "{base}, {max}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_enforced_for_a_part_and_how_many_are_left_out() {
    let good = || tally(100, 0);
    let rate = SuccessRate { enforcement_percentage: 30, ..SuccessRate::default() };
    let options = OutlierOptions { success_rate: Some(rate), ..OutlierOptions::default() };
    for (random, wanted) in [(0.29, 1), (0.31, 0)] {
        let mut all = vec![tally(0, 100), good(), good(), good(), good()];
        sweep(&options, &mut all, Instant::now(), || random);
        assert_eq!(ejected(&all).len(), wanted, "{random}");
    }
    // It lies two deviations below the mean: 0.98 less 2 times 0.04.
    for (factor, wanted) in [(1900, 1), (1999, 1), (2001, 0)] {
        let rate = SuccessRate { stdev_factor: factor, ..SuccessRate::default() };
        let options = OutlierOptions { success_rate: Some(rate), ..OutlierOptions::default() };
        let mut all = vec![tally(90, 10), good(), good(), good(), good()];
        sweep(&options, &mut all, Instant::now(), || 0.0);
        assert_eq!(ejected(&all).len(), wanted, "{factor}");
    }
    // So many of ten.
    let part = FailurePercentage { minimum_hosts: 1, request_volume: 1, ..FailurePercentage::default() };
    for (percent, wanted) in [(0, 0), (1, 1), (10, 1), (11, 2), (20, 2), (50, 5), (100, 10)] {
        let options = OutlierOptions {
            max_ejection_percent: percent,
            failure_percentage: Some(part),
            ..OutlierOptions::default()
        };
        let mut all: Vec<_> = (0..10).map(|_| tally(0, 1)).collect();
        sweep(&options, &mut all, Instant::now(), || 0.0);
        assert_eq!(ejected(&all).len(), wanted, "{percent}");
    }
}

#[tokio::test(start_paused = true)]
async fn longer_each_time_in_a_row() {
    let part = FailurePercentage { minimum_hosts: 1, request_volume: 1, ..FailurePercentage::default() };
    let options = OutlierOptions { failure_percentage: Some(part), ..OutlierOptions::default() };
    let start = Instant::now();
    let mut all = vec![tally(0, 1), tally(1, 0)];
    let mut told = Vec::new();
    // It fails whenever it is let in, and is looked at every 10 s.
    for _ in 0..20 {
        let was = all[0].0.is_ejected();
        all[0].1 = if was { Tally::default() } else { Tally { well: 0, badly: 1 } };
        sweep(&options, &mut all, Instant::now(), || 0.0);
        if was != all[0].0.is_ejected() {
            told.push(start.elapsed().as_secs());
        }
        tokio::time::advance(options.interval).await;
    }
    // Left out at 0 for 30 s, at 40 for 60 s, at 110 for 90 s.
    assert_eq!(told, [0, 30, 40, 100, 110]);
    // It is forgotten by and by.
    let mut all = vec![(Ejection { since: None, multiplier: 2 }, Tally { well: 1, badly: 0 })];
    sweep(&options, &mut all, Instant::now(), || 0.0);
    assert_eq!(all[0].0.multiplier, 1);
}
