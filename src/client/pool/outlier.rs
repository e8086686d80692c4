//! Addresses that fail more than the others are left out for a while: outlier ejection by gRFC A50.

use std::time::Duration;

use tokio::time::Instant;

/// A50's fields, with its defaults. Nothing is ejected unless one of the two ways is there.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OutlierOptions {
    /// How often it is looked at; 10 s.
    pub interval: Duration,
    /// How long an address is left out the first time; so many times longer as it was in a row; 30 s.
    pub base_ejection_time: Duration,
    /// The longest that it is left out; 300 s.
    pub max_ejection_time: Duration,
    /// How many of a hundred may be left out; one always may; 10.
    pub max_ejection_percent: u32,
    /// Those whose calls go well less often than others'.
    pub success_rate: Option<SuccessRate>,
    /// Those of whose calls more than a part fail.
    pub failure_percentage: Option<FailurePercentage>,
}

/// `successRateEjection`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SuccessRate {
    /// How many thousandths of a standard deviation below the mean are too much; 1900.
    pub stdev_factor: u32,
    /// Of a hundred that are to be left out, how many are; 100.
    pub enforcement_percentage: u32,
    /// How many addresses must have had enough calls; 5.
    pub minimum_hosts: u32,
    /// How many calls are enough; 100.
    pub request_volume: u32,
}

/// `failurePercentageEjection`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailurePercentage {
    /// More failures of a hundred than this are too many; 85.
    pub threshold: u32,
    /// Of a hundred that are to be left out, how many are; 100.
    pub enforcement_percentage: u32,
    /// How many addresses must have had enough calls; 5.
    pub minimum_hosts: u32,
    /// How many calls are enough; 50.
    pub request_volume: u32,
}

impl Default for OutlierOptions {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(10),
            base_ejection_time: Duration::from_secs(30),
            max_ejection_time: Duration::from_secs(300),
            max_ejection_percent: 10,
            success_rate: None,
            failure_percentage: None,
        }
    }
}

impl Default for SuccessRate {
    fn default() -> Self {
        Self { stdev_factor: 1900, enforcement_percentage: 100, minimum_hosts: 5, request_volume: 100 }
    }
}

impl Default for FailurePercentage {
    fn default() -> Self {
        Self { threshold: 85, enforcement_percentage: 100, minimum_hosts: 5, request_volume: 50 }
    }
}

/// Whether one address is left out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ejection {
    since: Option<Instant>,
    multiplier: u32,
}

impl Ejection {
    pub(super) fn is_ejected(&self) -> bool {
        self.since.is_some()
    }
}

/// The calls of one address since it was last looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) well: u32,
    pub(super) badly: u32,
}

impl Tally {
    fn volume(self) -> u32 {
        self.well.saturating_add(self.badly)
    }

    fn success_rate(self) -> f64 {
        f64::from(self.well) / f64::from(self.volume().max(1))
    }
}

/// An interval is over: leaves out whom it must, and takes back whose time is up. `random` is evenly from 0 up to 1,
/// asked for each.
pub(super) fn sweep(
    options: &OutlierOptions,
    addresses: &mut [(Ejection, Tally)],
    now: Instant,
    mut random: impl FnMut() -> f64,
) {
    if let Some(rate) = &options.success_rate {
        let rates: Vec<f64> = addresses
            .iter()
            .filter(|(_, tally)| tally.volume() >= rate.request_volume)
            .map(|(_, tally)| tally.success_rate())
            .collect();
        if rates.len() >= rate.minimum_hosts as usize && !rates.is_empty() {
            #[allow(clippy::cast_precision_loss)] // There are not so many addresses.
            let count = rates.len() as f64;
            let mean = rates.iter().sum::<f64>() / count;
            let variance = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / count;
            let least = mean - variance.sqrt() * f64::from(rate.stdev_factor) / 1000.0;
            let bad = |tally: Tally| tally.volume() >= rate.request_volume && tally.success_rate() < least;
            eject(options, addresses, rate.enforcement_percentage, now, bad, &mut random);
        }
    }
    if let Some(part) = &options.failure_percentage {
        let enough = addresses.iter().filter(|(_, tally)| tally.volume() >= part.request_volume).count();
        if enough >= part.minimum_hosts as usize {
            let bad = |tally: Tally| {
                tally.volume() >= part.request_volume
                    && u64::from(tally.badly) * 100 > u64::from(part.threshold) * u64::from(tally.volume())
            };
            eject(options, addresses, part.enforcement_percentage, now, bad, &mut random);
        }
    }
    for (ejection, _) in addresses {
        match ejection.since {
            None => ejection.multiplier = ejection.multiplier.saturating_sub(1),
            Some(since) => {
                let longest = options.base_ejection_time.max(options.max_ejection_time);
                let time = options.base_ejection_time.saturating_mul(ejection.multiplier).min(longest);
                if now.saturating_duration_since(since) >= time {
                    ejection.since = None;
                }
            }
        }
    }
}

fn eject(
    options: &OutlierOptions,
    addresses: &mut [(Ejection, Tally)],
    enforcement: u32,
    now: Instant,
    bad: impl Fn(Tally) -> bool,
    random: &mut impl FnMut() -> f64,
) {
    let len = addresses.len();
    let mut ejected = addresses.iter().filter(|(ejection, _)| ejection.is_ejected()).count();
    for (ejection, tally) in addresses {
        // Before each: so one may always be.
        if ejected * 100 >= options.max_ejection_percent as usize * len && (ejected > 0 || len == 0) {
            return;
        }
        if options.max_ejection_percent == 0 {
            return;
        }
        if !ejection.is_ejected() && bad(*tally) && random() * 100.0 < f64::from(enforcement) {
            ejection.since = Some(now);
            ejection.multiplier = ejection.multiplier.saturating_add(1);
            ejected += 1;
        }
    }
}

#[cfg(test)]
#[path = "outlier_tests.rs"]
mod tests;
