//! Policies over whole calls: weights from real reports, throttling, ejection, hedging, orders by chance.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fleet::{Caller, Fleet, counts};
use crate::run::{command, greet, serve_command};

const GREETER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
/// As much of ORCA as a weight depends on, and the service that streams it.
const ORCA: &str = r#"syntax = "proto3";
package xds.data.orca.v3;
message OrcaLoadReport {
  double cpu_utilization = 1;
  double rps_fractional = 6;
  double eps = 7;
  double application_utilization = 9;
}
"#;
const RCA: &str = r#"syntax = "proto3";
package xds.service.orca.v3;
import "orca.proto";
import "google/protobuf/duration.proto";
service OpenRcaService {
  rpc StreamCoreMetrics(OrcaLoadReportRequest) returns (stream xds.data.orca.v3.OrcaLoadReport);
}
message OrcaLoadReportRequest {
  google.protobuf.Duration report_interval = 1;
  repeated string request_cost_names = 2;
}
"#;

/// Servers that say in the trailers of each reply how many calls a second they have, all at half load.
fn reporting(rates: &[u32]) -> Fleet {
    let mut fleet = Fleet::new(0);
    let orca = fleet.folder.file("orca.proto", ORCA);
    for (at, rate) in (0_u8..).zip(rates) {
        let message = fleet.address(at);
        let rule = format!(
            "greeter.Greeter/SayHello => trailers({{\"endpoint-load-metrics-bin\": \
             encode(\"xds.data.orca.v3.OrcaLoadReport\"; {{rps_fractional: {rate}, cpu_utilization: 0.5}})}}), \
             {{message: \"{message}\"}}"
        );
        let served = fleet.serve(at, &[GREETER, &orca, "--rule", &rule]);
        fleet.servers.push(Some(served));
    }
    fleet
}

/// Whether these answers are spread 1 to 3, give or take what the beginning and the end of so many picks in turn cost.
fn one_to_three(answers: &BTreeMap<String, usize>) -> bool {
    let counts = counts(answers);
    let all: usize = counts.iter().sum();
    counts.len() == 2 && counts[0].abs_diff(all / 4) <= 2 && counts[1].abs_diff(all * 3 / 4) <= 2
}

#[test]
fn calls_go_by_the_weights_that_trailers_report() {
    let fleet = reporting(&[100, 300]);
    let config = |more: Value| {
        let mut fields = json!({"blackoutPeriod": "0s", "weightUpdatePeriod": "0.1s"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"loadBalancingConfig": [{"weighted_round_robin": fields}]}).to_string()
    };
    let mut caller = Caller::by_config(&fleet.target(), &config(json!({})));
    // Nobody has reported: in turn.
    assert_eq!(counts(&caller.call(2)), [1, 1]);
    caller.until(80, one_to_three);
    let answers = caller.call(400);
    assert!(one_to_three(&answers), "{answers:?}");
    // Reports count for nothing until they have come for as long as the blackout.
    let mut caller = Caller::by_config(&fleet.target(), &config(json!({"blackoutPeriod": "600s"})));
    for _ in 0..4 {
        assert_eq!(counts(&caller.call(100)), [50, 50]);
    }
}

#[test]
fn calls_go_by_the_weights_that_are_reported_beside_them() {
    let mut fleet = Fleet::new(0);
    fleet.folder.file("orca.proto", ORCA);
    let service = fleet.folder.file("rca.proto", RCA);
    for (at, rate) in [(0_u8, 100), (1, 300)] {
        // It says once how it is, if it is asked to say it each 2.5 s, and then stays.
        let rule = format!(
            "StreamCoreMetrics when .reportInterval == \"2.500s\" => \
             {{rps_fractional: {rate}, cpu_utilization: 0.5}}, wait(\"600s\")"
        );
        let served = fleet.serve(at, &[GREETER, &service, "--rule", &rule]);
        fleet.servers.push(Some(served));
    }
    let fields = json!({
        "blackoutPeriod": "0s", "weightUpdatePeriod": "0.1s", "enableOobLoadReport": true,
        "oobReportingPeriod": "2.5s"
    });
    let config = json!({"loadBalancingConfig": [{"weighted_round_robin": fields}]}).to_string();
    let mut caller = Caller::by_config(&fleet.target(), &config);
    caller.until(80, one_to_three);
    let answers = caller.call(400);
    assert!(one_to_three(&answers), "{answers:?}");
    // Then what trailers say does not count, and who has no such service has no weight.
    let fleet = reporting(&[100, 300]);
    let mut caller = Caller::by_config(&fleet.target(), &config);
    for _ in 0..4 {
        assert_eq!(counts(&caller.call(100)), [50, 50]);
    }
}

/// A6's numbers: 10 tokens, a tenth of one for each success; calls are repeated while more than 5 are there.
#[test]
fn calls_are_not_repeated_while_too_many_fail() {
    let config = json!({
        "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
        "methodConfig": [{"name": [{}], "retryPolicy": {
            "maxAttempts": 4, "initialBackoff": "0.001s", "maxBackoff": "0.001s", "backoffMultiplier": 1,
            "retryableStatusCodes": ["UNAVAILABLE"]
        }}]
    });
    let rule = "greeter.Greeter/SayHello when .name == \"bad\" => error(\"UNAVAILABLE\")";
    let never = "greeter.Greeter/SayHello when .name == \"never\" => \
                 trailers({\"grpc-retry-pushback-ms\": \"-1\"}), error(\"INTERNAL\")";
    for (calls, asked) in [
        // 10 to 6 by the four tries of the first; the second takes the sixth, and 5 are not more than half.
        (&["bad"][..], 4),
        (&["bad", "bad"], 5),
        (&["bad", "bad", "bad", "bad"], 7),
        // Ten that go well give one token: 5 + 1 - 1.
        (&["bad", "bad", "10 good", "bad"], 4 + 1 + 10 + 1),
        // Eleven make it 5.1 after the first try, and 4.1 after the second.
        (&["bad", "bad", "11 good", "bad"], 4 + 1 + 11 + 2),
        // There are never more than ten.
        (&["50 good", "bad", "bad"], 50 + 5),
        // One that is not to be repeated costs as much, whatever its status.
        (&["never", "never", "never", "bad"], 3 + 2),
    ] {
        let mut fleet = Fleet::new(0);
        let served = fleet.told(0, &["--rule", rule, "--rule", never]);
        fleet.servers.push(Some(served));
        let mut inputs = String::new();
        for call in calls {
            let (count, name) = call.split_once(' ').unwrap_or(("1", call));
            inputs += &format!("{{\"name\":\"{name}\"}}\n").repeat(count.parse().unwrap());
        }
        let inputs = format!("@{}", fleet.folder.file("calls", inputs));
        let mut all = vec!["call", "-p", GREETER, "--service-config"];
        let (config, target) = (config.to_string(), fleet.target());
        all.extend([&config[..], &target, "greeter.Greeter/SayHello", "--each", &inputs]);
        let ran = greet(&all);
        assert_eq!(fleet.asked(0), asked, "{calls:?}: {}", ran.shown());
    }
}

#[test]
fn who_was_left_out_comes_back() {
    let mut fleet = Fleet::new(2);
    let switch = fleet.folder.file("rules.yaml", "rules: [{method: SayHello, error: UNAVAILABLE}]");
    let bad = fleet.address(2);
    let served = serve_command(command(&["serve", "--quiet", "--listen", &bad, "--rules", &switch]));
    fleet.servers.push(Some(served));
    let outlier = "interval=100ms,baseEjectionTime=1s,maxEjectionPercent=40,\
                   failurePercentageEjection.threshold=50,failurePercentageEjection.minimumHosts=2,\
                   failurePercentageEjection.requestVolume=2";
    let mut caller = Caller::start(&fleet.target(), &["--outlier", outlier]);
    assert_eq!(caller.call(9)["UNAVAILABLE"], 3);
    while caller.call(9).contains_key("UNAVAILABLE") {}
    // It is well again, which nobody knows before its second is over.
    fleet.folder.file("rules.yaml", format!("rules: [{{method: SayHello, reply: {{message: {bad:?}}}}}]"));
    while !greet(&["call", &bad, "SayHello"]).stdout.contains(&bad) {}
    caller.until(9, |answers| answers.contains_key(&bad));
    assert_eq!(counts(&caller.call(30)), [10, 10, 10]);
}

/// How many attempts come of calls to three servers with this rule.
fn attempts(rule: &str, calls: usize, hedge: &str) -> usize {
    let mut fleet = Fleet::new(0);
    for at in 0..3 {
        let served = fleet.told(at, &["--rule", rule]);
        fleet.servers.push(Some(served));
    }
    let (_, ran) = fleet.calls(calls, &["-p", GREETER, "--lb", "round_robin", "--hedge", hedge]);
    assert!(ran.stderr.is_empty() || ran.code != 0, "{}", ran.shown());
    (0..3).map(|at| fleet.asked(at)).sum()
}

#[test]
fn no_more_attempts_are_made_than_a_hedged_call_needs() {
    let failing = "greeter.Greeter/SayHello => error(\"UNAVAILABLE\")";
    let never =
        "greeter.Greeter/SayHello => trailers({\"grpc-retry-pushback-ms\": \"-1\"}), error(\"UNAVAILABLE\")";
    let fatal = "greeter.Greeter/SayHello => error(\"INTERNAL\")";
    let good = "greeter.Greeter/SayHello => {message: \"good\"}";
    for (rule, hedge, wanted) in [
        // Whoever answers within the delay is the only one that is asked.
        (good, "3,600s", 1),
        // One that fails hurries the next (A6), up to so many.
        (failing, "2,600s", 2),
        (failing, "3,600s", 3),
        // The server forbids it, or the failure is fatal.
        (never, "3,600s", 1),
        (fatal, "3,600s", 1),
    ] {
        assert_eq!(attempts(rule, 6, hedge), 6 * wanted, "{rule}, {hedge}");
    }
}

#[test]
fn a_list_is_gone_through_in_an_order_by_chance_where_that_is_asked_for() {
    let fleet = Fleet::new(2);
    let one = |shuffle: bool| {
        let config = json!({"loadBalancingConfig": [{"pick_first": {"shuffleAddressList": shuffle}}]});
        let (answers, ran) = fleet.calls(3, &["--service-config", &config.to_string()]);
        assert_eq!((ran.code, answers.len()), (0, 1), "{}", ran.shown());
        answers.into_keys().next().unwrap()
    };
    for _ in 0..6 {
        assert_eq!(one(false), fleet.address(0));
    }
    // Each comes first at some time.
    for at in 0..2 {
        while one(true) != fleet.address(at) {}
    }
}
