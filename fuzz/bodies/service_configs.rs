//! Service configs, outlier detection and load reports: valid within gRPC's bounds, or refused with a path.

// What is cut off a random number was random too.
#![allow(clippy::cast_possible_truncation)]

use std::time::Duration;

use greet::Code;
use greet::client::fuzzed::weighed;
use greet::client::{
    Decision, Failed, LookedAt, MethodConfig, OutlierOptions, Pushback, ServiceConfig, Throttle, Tries,
};
use serde_json::{Value, json};
use tonic::metadata::{MetadataMap, MetadataValue};

use crate::random::{Choices, mutate};

/// An input is a byte that says what is read and what is drawn by chance, and the text of it, or a report.
pub(crate) fn service_configs(data: &[u8]) {
    let Some((first, said)) = data.split_first() else { return };
    let random = f64::from(first >> 2) / 64.0;
    let text = std::str::from_utf8(said);
    match (first % 4, text) {
        (0, Ok(text)) => {
            if let Ok(config) = ServiceConfig::parse(text) {
                holds(&config, random);
                let chosen = ServiceConfig::parse_choices(&format!("[{{\"serviceConfig\":{text}}}]"), random);
                assert_eq!(chosen, Ok(Some(config)), "a choice alone is another");
            }
        }
        (1, Ok(text)) => {
            if let Ok(Some(config)) = ServiceConfig::parse_choices(text, random) {
                holds(&config, random);
            }
        }
        (2, Ok(text)) => {
            if let Ok(options) = OutlierOptions::parse(text) {
                outlier(&options);
                assert!(options.success_rate.is_some() || options.failure_percentage.is_some());
            }
        }
        _ => load(said, random * 4.0),
    }
}

/// Protobuf's longest duration.
const LONGEST: Duration = Duration::from_secs(315_576_000_001);

fn holds(config: &ServiceConfig, random: f64) {
    for method in &config.methods {
        of_method(method, random);
        for name in &method.names {
            assert!(!name.service.is_empty() || name.method.is_empty());
            // A name with a slash in it is no name of a method; nobody calls it.
            if !name.service.is_empty() && !name.method.contains('/') {
                let path = format!("{}/{}", name.service.trim_start_matches('/'), name.method);
                let found = config.method(&path);
                assert!(found.is_some() || name.service.starts_with('/'), "{path}");
                let other = config.method(&format!("/{path}"));
                assert_eq!(found.map(|(_, name)| name), other.map(|(_, name)| name));
            }
        }
    }
    if let Some(balancing) = &config.balancing {
        assert!((2..=10).contains(&balancing.choices));
        assert!(balancing.weighting.update >= Duration::from_millis(100));
        assert!(balancing.weighting.error_penalty >= 0.0);
        if let Some(options) = &balancing.outlier {
            outlier(options);
        }
    }
    let _ = config.pool();
    if let Some(how) = config.throttling {
        let throttle = Throttle::new(how);
        assert!(throttle.allows());
        (0..1001).for_each(|_| throttle.failed());
        assert!(!throttle.allows());
        (0..2).for_each(|_| throttle.succeeded());
        throttle.allows();
    }
}

fn of_method(method: &MethodConfig, random: f64) {
    assert!(method.timeout.is_none_or(|timeout| timeout < LONGEST));
    assert!(method.retry.is_none() || method.hedging.is_none());
    if let Some(hedging) = &method.hedging {
        assert!((2..=5).contains(&hedging.attempts) && hedging.delay < LONGEST);
    }
    let Some(policy) = &method.retry else { return };
    assert!((1..=4).contains(&policy.retries) && !policy.codes.contains(&Code::OK));
    let code = policy.codes[0];
    let failed = Failed { code, looked_at: LookedAt::Perhaps, pushback: Pushback::None };
    let (mut tries, mut repeats) = (Tries::default(), 0);
    while let Decision::Again { after, tries: next } = policy.decide(tries, failed, random) {
        assert!(after <= policy.max_backoff.mul_f64(1.2) + Duration::from_secs(1), "{after:?}");
        (tries, repeats) = (next, repeats + 1);
    }
    assert_eq!(repeats, policy.retries);
}

fn outlier(options: &OutlierOptions) {
    assert!(!options.interval.is_zero() && options.max_ejection_percent <= 100);
    assert!(options.success_rate.as_ref().is_none_or(|way| way.enforcement_percentage <= 100));
    let percents = |way: &greet::client::FailurePercentage| [way.threshold, way.enforcement_percentage];
    assert!(options.failure_percentage.as_ref().is_none_or(|way| percents(way).iter().all(|p| *p <= 100)));
}

/// A report, and one in trailers as a server may write them. A weight is a number that sums can be made of.
fn load(report: &[u8], penalty: f64) {
    let mut trailers = MetadataMap::new();
    trailers.insert_bin("endpoint-load-metrics-bin", MetadataValue::from_bytes(report));
    let weight = weighed(&trailers, penalty);
    assert!(weight.is_none_or(|weight| weight.is_finite() && weight >= 0.0), "{weight:?}");
    if let Ok(value) = http::HeaderValue::from_bytes(report) {
        let mut raw = http::HeaderMap::new();
        raw.insert("endpoint-load-metrics-bin", value);
        let weight = weighed(&MetadataMap::from_headers(raw), penalty);
        assert!(weight.is_none_or(|weight| weight.is_finite() && weight >= 0.0), "{weight:?}");
    }
}

/// A config with most that there is, or a part of it, changed in a few places.
pub(crate) fn input(choices: &mut Choices) -> Vec<u8> {
    let first = choices.below(256) as u8;
    let mut said = match first % 4 {
        0 => changed(choices, &config(choices.clone()).to_string()),
        1 => {
            let all: Vec<Value> = (0..choices.below(4)).map(|_| choice(choices)).collect();
            changed(choices, &Value::Array(all).to_string())
        }
        2 => {
            let texts = [
                "interval=1s,baseEjectionTime=30s,maxEjectionTime=5m,failurePercentageEjection.threshold=50",
                "successRateEjection.stdevFactor=1900, maxEjectionPercent=10",
            ];
            match choices.below(3) {
                0 => changed(choices, &outlier_json().to_string()),
                at => changed(choices, texts[at - 1]),
            }
        }
        _ => report(choices),
    };
    if choices.chance(10) {
        mutate::bytes(choices, &mut said, b"");
    }
    [&[first], &said[..]].concat()
}

fn changed(choices: &mut Choices, text: &str) -> Vec<u8> {
    let mut text = text.to_owned();
    for _ in 0..choices.below(3) {
        text = mutate::text(choices, &text, WORDS);
    }
    text.into_bytes()
}

/// Doubles at some limit, as a report has them.
fn report(choices: &mut Choices) -> Vec<u8> {
    let mut report = Vec::new();
    for tag in [1, 6, 7, 9] {
        if choices.chance(70) {
            let value =
                *choices.one_of(&[0.5, 0.0, 100.0, -1.0, 1e308, 1e-320, f64::NAN, f64::INFINITY, -0.0]);
            report.push(tag << 3 | 1);
            report.extend(value.to_le_bytes());
        }
    }
    if choices.chance(30) {
        // named_metrics, a map.
        report.extend(b"\x1a\x0c\x0a\x01a\x11\0\0\0\0\0\0\xf0\x3f");
    }
    report
}

fn choice(choices: &mut Choices) -> Value {
    let mut choice = json!({"serviceConfig": config(choices.clone())});
    if choices.chance(30) {
        choice["clientLanguage"] =
            choices.one_of(&[json!(["go"]), json!(["go", "greet"]), json!([])]).clone();
    }
    if choices.chance(30) {
        choice["percentage"] = json!(choices.below(101));
    }
    if choices.chance(20) {
        choice["clientHostname"] = json!(["h"]);
    }
    choice
}

fn outlier_json() -> Value {
    json!({
        "interval": "1.5s", "baseEjectionTime": "30s", "maxEjectionTime": "300s", "maxEjectionPercent": 10,
        "successRateEjection": {"stdevFactor": 1900, "enforcementPercentage": 100, "minimumHosts": 5, "requestVolume": 100},
        "failurePercentageEjection": {"threshold": 85, "enforcementPercentage": "100", "minimumHosts": 5},
    })
}

fn config(mut choices: Choices) -> Value {
    let mut config = json!({});
    if choices.chance(70) {
        config["methodConfig"] = json!([
            {"name": [{"service": "a.B", "method": "C"}, {"service": "a.B"}], "timeout": "1.000000001s", "waitForReady": true,
             "retryPolicy": {"maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 1.6,
                             "retryableStatusCodes": ["UNAVAILABLE", 8]}},
            {"name": [{}], "maxRequestMessageBytes": "1024", "maxResponseMessageBytes": 1024,
             "hedgingPolicy": {"maxAttempts": 3, "hedgingDelay": "0.5s", "nonFatalStatusCodes": ["INTERNAL"]}},
        ]);
    }
    if choices.chance(70) {
        let child = choices
            .one_of(&[
                json!({"round_robin": {}}),
                json!({"least_request_experimental": {"choiceCount": 3}}),
                json!({"pick_first": {"shuffleAddressList": true}}),
                json!({"weighted_round_robin": {"blackoutPeriod": "10s", "weightExpirationPeriod": "180s", "weightUpdatePeriod": "1s",
                       "errorUtilizationPenalty": 1.0, "enableOobLoadReport": true, "oobReportingPeriod": "10s"}}),
            ])
            .clone();
        let mut list = vec![json!({"nobodys": {}}), child];
        if choices.chance(50) {
            let mut around = outlier_json();
            around["childPolicy"] = Value::Array(list);
            list = vec![json!({"outlier_detection_experimental": around})];
        }
        config["loadBalancingConfig"] = Value::Array(list);
    }
    if choices.chance(30) {
        config["loadBalancingPolicy"] = json!("ROUND_ROBIN");
    }
    if choices.chance(50) {
        config["healthCheckConfig"] = json!({"serviceName": "a.B"});
        config["retryThrottling"] = json!({"maxTokens": 10, "tokenRatio": 0.1});
    }
    config
}

/// Words of configs, right ones and wrong ones.
const WORDS: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "0.0001",
    "1e-320",
    "1e308",
    "1e999",
    "4294967295",
    "4294967296",
    "101",
    "5.0",
    "\"7\"",
    "\"\"",
    "\"NaN\"",
    "\"inf\"",
    "\"+1\"",
    "{}",
    "[]",
    "[{}]",
    "1s",
    "0s",
    "315576000000s",
    "315576000001s",
    "0.000000001s",
    "1.0000000001s",
    "10000000000000000000000s",
    "1d",
    "99999999999h",
    "round_robin",
    "outlier_detection",
    "pick_first",
    "OK",
    "CANCELLED",
    "99",
    "/",
    "a.B/C",
    "service",
    "method",
    "name",
    "serviceConfig",
    "successRateEjection",
    "failurePercentageEjection.threshold",
    "\\u001b",
    "\"",
    ",",
    "=",
    ".",
    "{",
    "}",
    "[",
    "]",
    "é",
];
