//! What a server says of its load, and the weight that follows from it (gRFCs A51 and A58).

use std::time::Duration;

use prost::Message as _;
use tokio::time::Instant;
use tonic::metadata::MetadataMap;

/// Where a report stands in trailers.
const REPORT: &str = "endpoint-load-metrics-bin";

/// `xds.data.orca.v3.OrcaLoadReport`, as far as a weight depends on it.
#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct LoadReport {
    /// Part of the processors that is in use; above 1 when it is overcommitted.
    #[prost(double, tag = "1")]
    pub(super) cpu_utilization: f64,
    /// Calls a second.
    #[prost(double, tag = "6")]
    pub(super) rps_fractional: f64,
    /// Calls a second that failed.
    #[prost(double, tag = "7")]
    pub(super) eps: f64,
    /// Part of what the application can do that is in use.
    #[prost(double, tag = "9")]
    pub(super) application_utilization: f64,
}

impl LoadReport {
    /// The report in trailers, if there is one that can be read.
    pub(super) fn of(trailers: &MetadataMap) -> Option<Self> {
        let value = trailers.get_bin(REPORT)?;
        Self::read(&value.to_bytes().ok()?)
    }

    /// Reads one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        Self::decode(bytes).ok()
    }

    /// What it weighs: calls a second by how much that takes, less for calls that fail. 0 says nothing.
    fn weight(&self, penalty: f64) -> f64 {
        let utilization = if self.application_utilization > 0.0 {
            self.application_utilization
        } else {
            self.cpu_utilization
        };
        let rate = self.rps_fractional;
        if !(rate > 0.0 && utilization > 0.0) {
            return 0.0;
        }
        let failing = if self.eps > 0.0 && penalty > 0.0 { self.eps / rate * penalty } else { 0.0 };
        let weight = rate / (utilization + failing);
        if weight.is_finite() { weight } else { 0.0 }
    }
}

/// The weight by the report in trailers; for the fuzz targets, and no part of the public face.
pub fn weighed(trailers: &MetadataMap, penalty: f64) -> Option<f64> {
    LoadReport::of(trailers).map(|report| report.weight(penalty))
}

/// A58's fields.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WeightOptions {
    /// How long an address has to report before its weight counts; 10 s.
    pub blackout: Duration,
    /// After how long without a report its weight counts no longer; 3 min.
    pub expiration: Duration,
    /// How often weights are looked at; 1 s, and at least 100 ms.
    pub update: Duration,
    /// How much calls that fail count; 1.
    pub error_penalty: f64,
    /// How often servers are to report beside the calls (A51's `OpenRcaService`); `None` is in the trailers of calls.
    pub out_of_band: Option<Duration>,
}

impl Default for WeightOptions {
    fn default() -> Self {
        Self {
            blackout: Duration::from_secs(10),
            expiration: Duration::from_secs(180),
            update: Duration::from_secs(1),
            error_penalty: 1.0,
            out_of_band: None,
        }
    }
}

/// The weight of one address in time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weight {
    value: f64,
    /// When the last report came that says something.
    updated: Option<Instant>,
    /// Since when there are such reports without a gap.
    since: Option<Instant>,
}

impl Weight {
    pub(super) fn report(&mut self, report: &LoadReport, options: &WeightOptions, now: Instant) {
        let weight = report.weight(options.error_penalty);
        if weight == 0.0 {
            return;
        }
        self.since.get_or_insert(now);
        self.updated = Some(now);
        self.value = weight;
    }

    /// The connection is another: who reports may be as well.
    pub(super) fn reconnected(&mut self) {
        self.since = None;
    }

    /// The weight, or 0 while it does not count.
    pub(super) fn current(&mut self, options: &WeightOptions, now: Instant) -> f64 {
        let Some(updated) = self.updated else { return 0.0 };
        if now.saturating_duration_since(updated) >= options.expiration {
            self.since = None;
            return 0.0;
        }
        match self.since {
            Some(since) if now.saturating_duration_since(since) >= options.blackout => self.value,
            _ => 0.0,
        }
    }
}

/// The report as trailers carry it, for tests and for those who show it.
#[cfg(test)]
pub(super) fn trailer(report: &LoadReport) -> MetadataMap {
    let mut map = MetadataMap::new();
    map.insert_bin(REPORT, tonic::metadata::MetadataValue::from_bytes(&report.encode_to_vec()));
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(cpu: f64, application: f64, rate: f64, failing: f64) -> LoadReport {
        LoadReport {
            cpu_utilization: cpu,
            rps_fractional: rate,
            eps: failing,
            application_utilization: application,
        }
    }

    #[test]
    fn a_weight_is_calls_by_what_they_take() {
        for (given, wanted) in [
            (report(0.5, 0.0, 100.0, 0.0), 200.0),
            (report(0.5, 0.25, 100.0, 0.0), 400.0),
            // A tenth of them fail: 0.5 + 0.1.
            (report(0.5, 0.0, 100.0, 10.0), 100.0 / 0.6),
            (report(0.0, 0.0, 100.0, 0.0), 0.0),
            (report(0.5, 0.0, 0.0, 0.0), 0.0),
            (report(f64::NAN, 0.0, 1.0, 0.0), 0.0),
            (report(-1.0, 0.0, 1.0, 0.0), 0.0),
            (report(1e-320, 0.0, 1e300, 0.0), 0.0),
        ] {
            assert!((given.weight(1.0) - wanted).abs() < 1e-9, "{given:?}");
        }
        assert!((report(0.5, 0.0, 100.0, 10.0).weight(0.0) - 200.0).abs() < 1e-9);
    }

    #[test]
    fn reports_stand_in_trailers() {
        let given = report(0.5, 0.0, 100.0, 1.0);
        assert_eq!(LoadReport::of(&trailer(&given)), Some(given));
        assert_eq!(LoadReport::of(&MetadataMap::new()), None);
        let mut broken = MetadataMap::new();
        broken.insert_bin(REPORT, tonic::metadata::MetadataValue::from_bytes(b"\x09\x01"));
        assert_eq!(LoadReport::of(&broken), None);
    }

    #[tokio::test(start_paused = true)]
    async fn weights_count_after_the_blackout_and_until_they_expire() {
        let options = WeightOptions::default();
        let mut weight = Weight::default();
        let given = report(0.5, 0.0, 100.0, 0.0);
        assert!(weight.current(&options, Instant::now()).abs() < 1e-9);
        weight.report(&given, &options, Instant::now());
        for (seconds, counts) in [(0, false), (9, false), (1, true), (169, true), (1, false)] {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            assert_eq!(weight.current(&options, Instant::now()) > 0.0, counts, "{seconds}");
        }
        // What comes after a gap waits again.
        weight.report(&given, &options, Instant::now());
        assert!(weight.current(&options, Instant::now()).abs() < 1e-9);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(weight.current(&options, Instant::now()) > 0.0);
        weight.reconnected();
        assert!(weight.current(&options, Instant::now()).abs() < 1e-9);
    }
}
