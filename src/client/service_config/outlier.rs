//! Outlier detection as it is written down: A50's JSON, or `key=value` for those who type.

use serde_json::{Map, Value};

use crate::client::pool::{FailurePercentage, OutlierOptions, SuccessRate};
use crate::leaf::duration;

use super::reader::{ConfigError, Fields};

impl OutlierOptions {
    /// Reads A50's fields as a JSON object, or as `key=value` joined by commas, where a field of one of the two ways has the
    /// way's name before it: `interval=1s,failurePercentageEjection.threshold=50`. Durations may be of any unit there.
    ///
    /// # Errors
    /// Where it is not valid, a field is not known, or no way is named, so that nothing would ever be left out.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text)
                .map_err(|error| ConfigError::new("", format!("it is no JSON: {error}")))?
        } else {
            pairs(text)?
        };
        let mut unknown = Vec::new();
        let fields = Fields::of(&value, "")?;
        let read = read(&fields, &mut unknown)?;
        unknown.extend(fields.unknown());
        if let Some(first) = unknown.first() {
            return Err(ConfigError::new(first.as_str(), "is none of its fields"));
        }
        if read.success_rate.is_none() && read.failure_percentage.is_none() {
            let ways = "one of failurePercentageEjection and successRateEjection is needed, else nothing is left out";
            return Err(ConfigError::new("", ways));
        }
        Ok(read)
    }
}

/// The fields; those that are not known are noted.
pub(super) fn read(fields: &Fields<'_>, unknown: &mut Vec<String>) -> Result<OutlierOptions, ConfigError> {
    let percent = |fields: &Fields<'_>, name: &'static str| match fields.number(name)? {
        Some(number) if number > 100 => {
            Err(fields.error(name, format!("is {number}, which is more than 100")))
        }
        number => Ok(number),
    };
    let defaults = OutlierOptions::default();
    let success_rate = fields.object("successRateEjection")?.map(|way| {
        let defaults = SuccessRate::default();
        let read = SuccessRate {
            stdev_factor: way.number("stdevFactor")?.unwrap_or(defaults.stdev_factor),
            enforcement_percentage: percent(&way, "enforcementPercentage")?
                .unwrap_or(defaults.enforcement_percentage),
            minimum_hosts: way.number("minimumHosts")?.unwrap_or(defaults.minimum_hosts),
            request_volume: way.number("requestVolume")?.unwrap_or(defaults.request_volume),
        };
        unknown.extend(way.unknown());
        Ok(read)
    });
    let success_rate = success_rate.transpose()?;
    let failure_percentage = fields.object("failurePercentageEjection")?.map(|way| {
        let defaults = FailurePercentage::default();
        let read = FailurePercentage {
            threshold: percent(&way, "threshold")?.unwrap_or(defaults.threshold),
            enforcement_percentage: percent(&way, "enforcementPercentage")?
                .unwrap_or(defaults.enforcement_percentage),
            minimum_hosts: way.number("minimumHosts")?.unwrap_or(defaults.minimum_hosts),
            request_volume: way.number("requestVolume")?.unwrap_or(defaults.request_volume),
        };
        unknown.extend(way.unknown());
        Ok(read)
    });
    let failure_percentage = failure_percentage.transpose()?;
    let read = OutlierOptions {
        interval: fields.duration("interval")?.unwrap_or(defaults.interval),
        base_ejection_time: fields.duration("baseEjectionTime")?.unwrap_or(defaults.base_ejection_time),
        max_ejection_time: fields.duration("maxEjectionTime")?.unwrap_or(defaults.max_ejection_time),
        max_ejection_percent: percent(fields, "maxEjectionPercent")?.unwrap_or(defaults.max_ejection_percent),
        success_rate,
        failure_percentage,
    };
    if read.interval.is_zero() {
        return Err(fields.error("interval", "is nothing"));
    }
    Ok(read)
}

/// `a=1,b.c=2` as JSON.
fn pairs(text: &str) -> Result<Value, ConfigError> {
    let mut all = Map::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(ConfigError::new("", format!("'{}' is no key=value", pair.escape_debug())));
        };
        // Durations are made into Protobuf's form; numbers may be strings there.
        let value = match duration::parse(value) {
            Ok(time) if !value.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{}.{:09}s", time.as_secs(), time.subsec_nanos())
            }
            _ => value.to_owned(),
        };
        match name.split_once('.') {
            None => {
                all.insert(name.to_owned(), value.into());
            }
            Some((way, name)) => {
                let way = all.entry(way).or_insert_with(|| Map::new().into());
                match way {
                    Value::Object(way) => way.insert(name.to_owned(), value.into()),
                    _ => return Err(ConfigError::new(name, "stands in what is no object")),
                };
            }
        }
    }
    Ok(all.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let typed = OutlierOptions::parse(
            "interval=500ms, baseEjectionTime=1m,maxEjectionPercent=50,failurePercentageEjection.threshold=20",
        );
        let json = OutlierOptions::parse(
            r#"{"interval":"0.5s","baseEjectionTime":"60s","maxEjectionPercent":50,"failurePercentageEjection":{"threshold":20}}"#,
        );
        assert_eq!(typed, json);
        let read = json.unwrap();
        assert_eq!((read.interval, read.max_ejection_percent), (Duration::from_millis(500), 50));
        assert_eq!(read.max_ejection_time, Duration::from_secs(300));
        let wanted = FailurePercentage { threshold: 20, ..FailurePercentage::default() };
        assert_eq!((read.failure_percentage, read.success_rate), (Some(wanted), None));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, wanted) in [
            (
                "interval=1s",
                "one of failurePercentageEjection and successRateEjection is needed, else nothing is left out",
            ),
            ("successRateEjection.stdev=1", "successRateEjection.stdev is none of its fields"),
            ("intervall=3s,successRateEjection.stdevFactor=1", "intervall is none of its fields"),
            ("threshold=50", "threshold is none of its fields"),
            (
                "maxEjectionPercent=101,successRateEjection.stdevFactor=1",
                "maxEjectionPercent is 101, which is more than 100",
            ),
            ("interval=0s,successRateEjection.stdevFactor=1", "interval is nothing"),
            ("interval=x", "interval is \"x\", which is no duration such as \"1.5s\""),
            ("much", "'much' is no key=value"),
            ("{\"interval\":1}", "interval is 1, which is no duration such as \"1.5s\""),
        ] {
            assert_eq!(OutlierOptions::parse(text).unwrap_err().to_string(), wanted, "{text}");
        }
    }
}
