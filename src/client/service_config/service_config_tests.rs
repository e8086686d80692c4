//! Service configs against gRFCs A2, A6, A21, A24, A48, A50 and A58.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::leaf::Code;

fn parse(value: &Value) -> Result<ServiceConfig, ConfigError> {
    ServiceConfig::parse(&value.to_string())
}

fn wrong(value: &Value) -> String {
    parse(value).unwrap_err().to_string()
}

fn retry() -> Value {
    json!({
        "maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE", 8]
    })
}

#[test]
fn all_of_it() {
    let config = parse(&json!({
        "methodConfig": [
            {
                "name": [{"service": "a.B", "method": "C"}, {"service": "a.B", "method": "D"}],
                "waitForReady": true, "timeout": "1.5s",
                "maxRequestMessageBytes": 7, "maxResponseMessageBytes": "8", "retryPolicy": retry()
            },
            {"name": [{"service": "a.B"}], "hedgingPolicy": {"maxAttempts": 9, "hedgingDelay": "0.5s", "nonFatalStatusCodes": ["INTERNAL"]}},
            {"name": [{}], "timeout": "9s"}
        ],
        "loadBalancingConfig": [
            {"xds_cluster_impl_experimental": {}},
            {"outlier_detection": {"interval": "2s", "failurePercentageEjection": {}, "childPolicy": [{"weighted_round_robin": {"blackoutPeriod": "1s"}}]}},
            {"round_robin": {}}
        ],
        "healthCheckConfig": {"serviceName": "a.B"},
        "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
        "somethingElse": 1
    }))
    .unwrap();
    let (method, name) = config.method("/a.B/C").unwrap();
    assert_eq!(name.to_string(), "a.B/C");
    assert_eq!((method.wait_for_ready, method.timeout), (Some(true), Some(Duration::from_millis(1500))));
    assert_eq!((method.max_request, method.max_reply), (Some(7), Some(8)));
    let policy = method.retry.as_ref().unwrap();
    assert_eq!((policy.retries, policy.initial_backoff), (3, Duration::from_millis(100)));
    assert_eq!(policy.codes, [Code::UNAVAILABLE, Code::RESOURCE_EXHAUSTED]);
    let (method, name) = config.method("a.B/E").unwrap();
    let hedging = method.hedging.as_ref().unwrap();
    assert_eq!((name.to_string(), hedging.attempts), ("a.B/*".to_owned(), 5));
    assert_eq!(config.method("x.Y/Z").unwrap().1.to_string(), "every method");
    let balancing = config.balancing.unwrap();
    assert_eq!(balancing.policy, LoadBalancing::WeightedRoundRobin);
    assert_eq!(balancing.weighting.blackout, Duration::from_secs(1));
    assert_eq!(balancing.outlier.unwrap().interval, Duration::from_secs(2));
    assert_eq!(config.health.as_deref(), Some("a.B"));
    assert_eq!(
        config.ignored,
        [
            "methodConfig[1].hedgingPolicy.maxAttempts is 9, and counts as 5",
            "loadBalancingConfig[0].xds_cluster_impl_experimental is a policy that greet does not have",
            "somethingElse is not known",
        ]
    );
}

#[test]
fn one_that_is_not_valid_is_not_taken_at_all() {
    let method = |rest: Value| {
        let mut one = json!({"name": [{"service": "a.B"}]});
        one.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!({"methodConfig": [one]})
    };
    let changed = |name: &str, value: Value| {
        let mut policy = retry();
        policy[name] = value;
        method(json!({"retryPolicy": policy}))
    };
    for (config, wanted) in [
        (json!([]), "it is no object"),
        (json!({"methodConfig": {}}), "methodConfig is no list"),
        (
            json!({"methodConfig": [{"name": [{"method": "C"}]}]}),
            "methodConfig[0].name[0].method is there without a service",
        ),
        (
            json!({"methodConfig": [{"name": [{"service": "a"}]}, {"name": [{"service": "a"}]}]}),
            "methodConfig[1] is for a/*, and so is one before it",
        ),
        (
            method(json!({"timeout": "1"})),
            "methodConfig[0].timeout is \"1\", which is no duration such as \"1.5s\"",
        ),
        (
            method(json!({"retryPolicy": retry(), "hedgingPolicy": {"maxAttempts": 2}})),
            "methodConfig[0] has both a retryPolicy and a hedgingPolicy",
        ),
        (changed("maxAttempts", json!(1)), "methodConfig[0].retryPolicy.maxAttempts is 1, and not above 1"),
        (changed("maxAttempts", json!(null)), "methodConfig[0].retryPolicy.maxAttempts is missing"),
        (changed("initialBackoff", json!("0s")), "methodConfig[0].retryPolicy.initialBackoff is nothing"),
        (changed("maxBackoff", json!(null)), "methodConfig[0].retryPolicy.maxBackoff is missing"),
        (
            changed("backoffMultiplier", json!(0)),
            "methodConfig[0].retryPolicy.backoffMultiplier is 0, and not above 0",
        ),
        (
            changed("retryableStatusCodes", json!([])),
            "methodConfig[0].retryPolicy.retryableStatusCodes names no code",
        ),
        (
            changed("retryableStatusCodes", json!(["OK"])),
            "methodConfig[0].retryPolicy.retryableStatusCodes[0] is \"OK\", which is no status code of a failure",
        ),
        (
            json!({"retryThrottling": {"maxTokens": 0, "tokenRatio": 1}}),
            "retryThrottling.maxTokens is 0, and not from 1 to 1000",
        ),
        (
            json!({"retryThrottling": {"maxTokens": 9, "tokenRatio": 0}}),
            "retryThrottling.tokenRatio is 0, and not above 0",
        ),
        (
            json!({"loadBalancingConfig": [{"grpclb": {}}]}),
            "loadBalancingConfig names no policy that greet has",
        ),
        (
            json!({"loadBalancingConfig": [{"a": {}, "b": {}}]}),
            "loadBalancingConfig[0] names not exactly one policy",
        ),
        (
            json!({"loadBalancingConfig": [{"least_request": {"choiceCount": 1}}]}),
            "loadBalancingConfig[0].least_request.choiceCount is 1, and not above 1",
        ),
        (
            json!({"loadBalancingPolicy": "grpclb"}),
            "loadBalancingPolicy is 'grpclb', which greet does not have",
        ),
    ] {
        assert_eq!(wrong(&config), wanted, "{config}");
    }
    assert!(ServiceConfig::parse("{").unwrap_err().to_string().starts_with("it is no JSON: "));
}

#[test]
fn of_the_choices_in_dns_the_first_that_is_meant_holds() {
    let text = json!([
        {"clientLanguage": ["go"], "serviceConfig": {"loadBalancingPolicy": "pick_first"}},
        {"percentage": 30, "serviceConfig": {"loadBalancingPolicy": "round_robin"}},
        {"serviceConfig": {"loadBalancingPolicy": "least_request"}}
    ])
    .to_string();
    for (random, wanted) in [(0.29, LoadBalancing::RoundRobin), (0.3, LoadBalancing::LeastRequest)] {
        let config = ServiceConfig::parse_choices(&text, random).unwrap().unwrap();
        assert_eq!(config.balancing.unwrap().policy, wanted, "{random}");
    }
    let none = json!([{"clientHostname": ["x"], "serviceConfig": {}}]).to_string();
    assert_eq!(ServiceConfig::parse_choices(&none, 0.0), Ok(None));
    assert!(ServiceConfig::parse_choices("{}", 0.0).is_err());
}

#[test]
fn tokens_go_and_come_back_as_in_a6() {
    let config = parse(&json!({"retryThrottling": {"maxTokens": 10, "tokenRatio": 0.5}})).unwrap();
    let throttle = Throttle::new(config.throttling.unwrap());
    let mut allowed = Vec::new();
    for _ in 0..6 {
        throttle.failed();
        allowed.push(throttle.allows());
    }
    // More than half of ten.
    assert_eq!(allowed, [true, true, true, true, false, false]);
    for wanted in [false, false, true] {
        throttle.succeeded();
        assert_eq!(throttle.allows(), wanted);
    }
    // They are never more than all, and never fewer than none.
    for _ in 0..100 {
        throttle.succeeded();
    }
    for wanted in [true, true, true, true, false] {
        throttle.failed();
        assert_eq!(throttle.allows(), wanted);
    }
}

#[test]
fn the_fields_of_each_policy() {
    let read = |policy: Value| parse(&json!({"loadBalancingConfig": [policy]})).unwrap();
    for (given, choices, ignored) in [
        (json!({}), 2, None),
        (json!({"choiceCount": 3}), 3, None),
        (json!({"choiceCount": 10}), 10, None),
        // gRFC A48: more than 10 is 10.
        (json!({"choiceCount": 11}), 10, Some("choiceCount is 11, and counts as 10")),
    ] {
        let config = read(json!({"least_request_experimental": given}));
        assert_eq!(config.balancing.unwrap().choices, choices, "{given}");
        let ignored = ignored.map(|what| format!("loadBalancingConfig[0].least_request_experimental.{what}"));
        assert_eq!(config.ignored, Vec::from_iter(ignored), "{given}");
    }
    for (given, shuffle) in [
        (json!({}), false),
        (json!({"shuffleAddressList": false}), false),
        (json!({"shuffleAddressList": true}), true),
    ] {
        let config = read(json!({"pick_first": given}));
        assert_eq!((config.balancing.unwrap().shuffle, config.ignored.len()), (shuffle, 0), "{given}");
    }
    // gRFC A58: out of band only when it is enabled, every 10 s unless it is said.
    for (given, every) in [
        (json!({}), None),
        (json!({"oobReportingPeriod": "1s"}), None),
        (json!({"enableOobLoadReport": false, "oobReportingPeriod": "1s"}), None),
        (json!({"enableOobLoadReport": true}), Some(Duration::from_secs(10))),
        (
            json!({"enableOobLoadReport": true, "oobReportingPeriod": "0.5s"}),
            Some(Duration::from_millis(500)),
        ),
    ] {
        let config = read(json!({"weighted_round_robin": given}));
        assert_eq!(
            (config.balancing.unwrap().weighting.out_of_band, config.ignored.len()),
            (every, 0),
            "{given}"
        );
    }
}

/// A6, "Throttling": how many failures until calls are not repeated, and how many successes until they are again.
#[test]
fn tokens_by_a6s_numbers() {
    for (max, ratio, failures, successes) in [
        (10, json!(0.1), 5, 1),
        (10, json!(1), 5, 1),
        // 100 less 50 are not more than half.
        (100, json!(0.1), 50, 1),
        // 5 less 3 are 2, and 2.5 are half: six tenths more are needed.
        (5, json!(0.1), 3, 6),
        (1, json!(0.5), 1, 2),
        // Three digits after the point count.
        (3, json!(0.0019), 2, 501),
        (1000, json!("0.25"), 500, 1),
    ] {
        let config = parse(&json!({"retryThrottling": {"maxTokens": max, "tokenRatio": ratio}})).unwrap();
        let throttle = Throttle::new(config.throttling.unwrap());
        let count = |step: &dyn Fn(), until: bool| {
            (1..2000).find(|_| {
                step();
                throttle.allows() == until
            })
        };
        assert_eq!(count(&|| throttle.failed(), false), Some(failures), "{max}, {ratio}");
        assert_eq!(count(&|| throttle.succeeded(), true), Some(successes), "{max}, {ratio}");
    }
}
