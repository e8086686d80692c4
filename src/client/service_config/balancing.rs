//! How a service config wants calls spread: `loadBalancingConfig` (gRFCs A24, A48, A50, A58, A62).

use std::time::Duration;

use serde_json::Value;

use crate::client::pool::{LoadBalancing, OutlierOptions, WeightOptions};

use super::outlier;
use super::reader::{ConfigError, Fields};

/// More addresses than this are not drawn for a call (gRFC A48).
const MOST_CHOICES: u32 = 10;
/// How often servers report beside the calls unless something else is said (gRFC A58).
const REPORTING_PERIOD: Duration = Duration::from_secs(10);

/// A policy with its fields.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BalancingConfig {
    /// How calls are spread.
    pub policy: LoadBalancing,
    /// How many addresses `least_request` draws, from 2 to 10 (gRFC A48).
    pub choices: u32,
    /// Whether `pick_first` goes through each list in an order by chance (gRFC A62).
    pub shuffle: bool,
    /// How `weighted_round_robin` weighs.
    pub weighting: WeightOptions,
    /// Who is left out, where `outlier_detection` stands around the policy.
    pub outlier: Option<OutlierOptions>,
}

impl BalancingConfig {
    /// A policy of which nothing more is said.
    pub fn new(policy: LoadBalancing) -> Self {
        Self { policy, choices: 2, shuffle: false, weighting: WeightOptions::default(), outlier: None }
    }
}

/// The first of the list whose name is known (gRFC A21); those before it are noted.
pub(super) fn read(
    list: Vec<(String, &Value)>,
    path: &str,
    notes: &mut Vec<String>,
    depth: usize,
) -> Result<Option<BalancingConfig>, ConfigError> {
    if list.is_empty() {
        return Ok(None);
    }
    for (path, item) in list {
        let Value::Object(map) = item else { return Err(ConfigError::new(path, "is no object")) };
        let mut fields = map.iter();
        let (Some((name, config)), None) = (fields.next(), fields.next()) else {
            return Err(ConfigError::new(path, "names not exactly one policy"));
        };
        let path = format!("{path}.{name}");
        let fields = Fields::of(config, &path)?;
        let outliers = matches!(&name[..], "outlier_detection" | "outlier_detection_experimental");
        let read = if outliers && depth == 0 {
            let mut unknown = Vec::new();
            let options = outlier::read(&fields, &mut unknown)?;
            let child = fields.path("childPolicy");
            let Some(mut inner) = self::read(fields.list("childPolicy")?, &child, notes, 1)? else {
                return Err(ConfigError::new(child, "is missing"));
            };
            notes.extend(unknown.into_iter().map(|path| format!("{path} is not known")));
            inner.outlier = Some(options);
            inner
        } else if let Some(policy) = LoadBalancing::parse(name) {
            BalancingConfig { weighting: weighting(&fields, policy)?, ..one(&fields, policy, notes)? }
        } else {
            notes.push(format!("{path} is a policy that greet does not have"));
            continue;
        };
        notes.extend(fields.unknown().into_iter().map(|path| format!("{path} is not known")));
        return Ok(Some(read));
    }
    Err(ConfigError::new(path, "names no policy that greet has"))
}

fn one(
    fields: &Fields<'_>,
    policy: LoadBalancing,
    notes: &mut Vec<String>,
) -> Result<BalancingConfig, ConfigError> {
    let mut read = BalancingConfig::new(policy);
    match policy {
        LoadBalancing::PickFirst => read.shuffle = fields.boolean("shuffleAddressList")?.unwrap_or_default(),
        LoadBalancing::LeastRequest => match fields.number("choiceCount")? {
            Some(count) if count < 2 => {
                return Err(fields.error("choiceCount", format!("is {count}, and not above 1")));
            }
            Some(count) if count > MOST_CHOICES => {
                notes
                    .push(format!("{} is {count}, and counts as {MOST_CHOICES}", fields.path("choiceCount")));
                read.choices = MOST_CHOICES;
            }
            count => read.choices = count.unwrap_or(read.choices),
        },
        _ => {}
    }
    Ok(read)
}

fn weighting(fields: &Fields<'_>, policy: LoadBalancing) -> Result<WeightOptions, ConfigError> {
    let mut options = WeightOptions::default();
    if policy == LoadBalancing::WeightedRoundRobin {
        options.blackout = fields.duration("blackoutPeriod")?.unwrap_or(options.blackout);
        options.expiration = fields.duration("weightExpirationPeriod")?.unwrap_or(options.expiration);
        let update = fields.duration("weightUpdatePeriod")?.unwrap_or(options.update);
        options.update = update.max(Duration::from_millis(100));
        options.error_penalty = fields.float("errorUtilizationPenalty")?.unwrap_or(options.error_penalty);
        let period = fields.duration("oobReportingPeriod")?.unwrap_or(REPORTING_PERIOD);
        options.out_of_band = fields.boolean("enableOobLoadReport")?.unwrap_or_default().then_some(period);
        if options.error_penalty < 0.0 {
            return Err(fields.error("errorUtilizationPenalty", "is below 0"));
        }
    }
    Ok(options)
}
