//! How a pool connects, and spreads calls.

use std::time::Duration;

use crate::client::Backoff;

use super::load::WeightOptions;
use super::outlier::OutlierOptions;
use super::policy::LoadBalancing;

/// What may be said of a pool; [`Default`] is gRPC's own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PoolOptions {
    /// How calls are spread; `pick_first`.
    pub policy: LoadBalancing,
    /// The pauses before an address that failed is tried again; gRPC's.
    pub backoff: Backoff,
    /// How long a policy that spreads calls waits with the first for those addresses that are still connecting, once one
    /// works; 1 s. gRPC does not wait, so that its first calls all go to the address that was the quickest.
    pub settle: Duration,
    /// The service whose health decides whether an address gets calls (gRFC A17); not asked where it is `None`.
    pub health: Option<String>,
    /// Whether addresses that fail more than others are left out (gRFC A50).
    pub outlier: Option<OutlierOptions>,
    /// How many addresses `least_request` draws, from 2 to 10; 2 (gRFC A48).
    pub choices: u32,
    /// Whether `pick_first` goes through each list in an order by chance; no (gRFC A62).
    pub shuffle: bool,
    /// How `weighted_round_robin` weighs (gRFC A58).
    pub weighting: WeightOptions,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            policy: LoadBalancing::PickFirst,
            backoff: Backoff::grpc(),
            settle: Duration::from_secs(1),
            health: None,
            outlier: None,
            choices: 2,
            shuffle: false,
            weighting: WeightOptions::default(),
        }
    }
}

impl PoolOptions {
    /// gRPC's own with this policy.
    pub fn new(policy: LoadBalancing) -> Self {
        Self { policy, ..Self::default() }
    }

    /// Says how long an address that failed is left alone.
    #[must_use]
    pub fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Leaves out addresses on which this service is not SERVING; empty is the server as a whole.
    #[must_use]
    pub fn with_health(mut self, service: impl Into<String>) -> Self {
        self.health = Some(service.into());
        self
    }

    /// Leaves out addresses that fail more than others.
    #[must_use]
    pub fn with_outlier(mut self, outlier: OutlierOptions) -> Self {
        self.outlier = Some(outlier);
        self
    }

    /// How weights are made, where there are any.
    pub(super) fn weights(&self) -> Option<&WeightOptions> {
        (self.policy == LoadBalancing::WeightedRoundRobin).then_some(&self.weighting)
    }
}
