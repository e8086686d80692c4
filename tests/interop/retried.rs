//! grpc-js as the second opinion on retries and hedging: by the same service config both clients make the same attempts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::peers::{Peer, run, serve};
use crate::tools::{greet, grpc_js};

/// A service config, what a server answers to one attempt after the other, the last for ever, and for each of the calls that
/// are made one after the other: the code it ends with, and after how many attempts.
struct Case {
    name: &'static str,
    config: Value,
    replies: Value,
    calls: &'static [(u64, usize)],
}

/// A policy that retries UNAVAILABLE.
fn retry(attempts: u32, backoff: &str) -> Value {
    json!({"methodConfig": [{"name": [{}], "retryPolicy": {
        "maxAttempts": attempts, "initialBackoff": backoff, "maxBackoff": backoff, "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }}]})
}

/// A policy that hedges, and takes UNAVAILABLE for no reason to end.
fn hedge(attempts: u32, delay: &str) -> Value {
    json!({"methodConfig": [{"name": [{"service": "greeter.Greeter"}], "hedgingPolicy": {
        "maxAttempts": attempts, "hedgingDelay": delay, "nonFatalStatusCodes": ["UNAVAILABLE"],
    }}]})
}

/// Pauses after which something happens, and those that would outlast the test.
const SOON: &str = "0.001s";
const NEVER: &str = "600s";

fn cases() -> Vec<Case> {
    let ok = json!({"reply": {"message": "at last"}});
    let (failed, hangs) = (json!({"error": "UNAVAILABLE"}), json!({"reply": "hang"}));
    let pushed = |after: &str| json!({"error": "UNAVAILABLE", "trailers": {"grpc-retry-pushback-ms": after}});
    let case = |name, config, replies, calls| Case { name, config, replies, calls };
    let begun = json!({"reply": "metadata({\"x-begun\": \"yes\"}), error(\"UNAVAILABLE\")"});
    let aborted = json!({"error": "ABORTED"});
    let throttled = |ratio: u32| {
        let mut config = retry(4, SOON);
        config["retryThrottling"] = json!({"maxTokens": 4, "tokenRatio": ratio});
        config
    };
    vec![
        case("retried-until-it-goes-well", retry(4, SOON), json!([failed, failed, ok]), &[(0, 3)]),
        case("retried-in-vain", retry(2, SOON), json!([failed]), &[(14, 2)]),
        case("retried-at-most-four-times", retry(9, SOON), json!([failed]), &[(14, 5)]),
        case("another-code", retry(4, SOON), json!([aborted]), &[(10, 1)]),
        case("another-code-after-it", retry(4, SOON), json!([failed, aborted, ok]), &[(10, 2)]),
        case("pushed-back-a-little", retry(4, NEVER), json!([pushed("1"), pushed("0"), ok]), &[(0, 3)]),
        case("pushed-back-for-ever", retry(4, SOON), json!([failed, pushed("-1"), ok]), &[(14, 2)]),
        case("begun", retry(4, SOON), json!([begun, ok]), &[(14, 1)]),
        // Two of four tokens are gone after the first two attempts; what goes well gives some back, what else fails none.
        case("throttled", throttled(1), json!([failed]), &[(14, 2), (14, 1), (14, 1)]),
        case(
            "throttled-for-a-while",
            throttled(3),
            json!([failed, failed, ok, failed, ok]),
            &[(14, 2), (0, 1), (0, 2)],
        ),
        case(
            "throttled-still",
            throttled(3),
            json!([failed, failed, aborted, failed]),
            &[(14, 2), (10, 1), (14, 1)],
        ),
        case("not-hedged-in-time", hedge(3, NEVER), json!([ok]), &[(0, 1)]),
        case("hedged", hedge(3, SOON), json!([hangs, hangs, ok]), &[(0, 3)]),
        case("hedged-at-most-four-times", hedge(9, SOON), json!([hangs, hangs, hangs, hangs, ok]), &[(0, 5)]),
        case("hedged-at-once-after-a-failure", hedge(4, NEVER), json!([failed, failed, ok]), &[(0, 3)]),
        case("hedged-in-vain", hedge(3, NEVER), json!([failed]), &[(14, 3)]),
        case("hedged-and-fatal", hedge(3, NEVER), json!([failed, aborted, ok]), &[(10, 2)]),
        case("hedged-and-pushed-back", hedge(3, NEVER), json!([pushed("1"), ok]), &[(0, 2)]),
        case("hedged-and-begun", hedge(3, NEVER), json!([begun, ok]), &[(14, 1)]),
        case("hedged-no-more", hedge(3, NEVER), json!([failed, pushed("-1"), ok]), &[(14, 2)]),
    ]
}

/// The names of the calls of a case.
fn names(case: &Case, client: &str) -> Vec<String> {
    (0..case.calls.len()).map(|n| format!("{} {client} {n}", case.name)).collect()
}

/// The codes that greet's calls end with.
fn greet_calls(target: &str, config: &Path, names: &[String]) -> Vec<u64> {
    let mut command = greet(["call", target, "greeter.Greeter/SayHello", "--each", "-", "--service-config"]);
    let mut peer = Peer::start(command.arg(config));
    for name in names {
        peer.say(&format!("{}\n", json!({"name": name})));
    }
    peer.hang_up();
    let ended = peer.end();
    let code = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        line.get("error").map_or(0, |error| error["code"].as_u64().unwrap())
    };
    ended.stdout.lines().map(code).collect()
}

/// `grpc-previous-rpc-attempts` of each attempt, in their order, by the name that was asked with.
fn attempts(journal: &str) -> BTreeMap<String, Vec<Option<String>>> {
    let (mut previous, mut attempts) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
    for line in journal.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let call = event["call"].to_string();
        match event["event"].as_str().unwrap() {
            "metadata" => {
                let value = event["metadata"]["grpc-previous-rpc-attempts"].as_str().map(str::to_owned);
                previous.insert(call, value);
            }
            "request" => {
                let name = event["body"]["name"].as_str().unwrap().to_owned();
                attempts.entry(name).or_default().push(previous.remove(&call).unwrap());
            }
            _ => {}
        }
    }
    attempts
}

#[test]
fn greet_and_grpc_js_make_the_same_attempts() {
    if grpc_js().is_none() {
        return;
    }
    let cases = cases();
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let rule = |case: &Case| {
        json!({
            "method": "greeter.Greeter/SayHello", "when": format!(".name | startswith(\"{} \")", case.name),
            "per": ".name | split(\" \")[1]", "replies": case.replies,
        })
    };
    let rules = json!({"rules": cases.iter().map(rule).collect::<Vec<_>>()});
    fs::write(place("rules.yaml"), rules.to_string()).unwrap();
    let [rules, journal] = ["rules.yaml", "journal"].map(|name| place(name).to_str().unwrap().to_owned());
    let (server, target) = serve(&["proto/greeter.proto", "--rules", &rules, "--journal", &journal]);

    for case in &cases {
        let config = place(case.name);
        fs::write(&config, case.config.to_string()).unwrap();
        let codes: Vec<_> = case.calls.iter().map(|(code, _)| *code).collect();
        assert_eq!(greet_calls(&target, &config, &names(case, "greet")), codes, "greet, {}", case.name);
    }
    // grpc-js throttles by the server's name, for as long as it runs.
    let (alone, together): (Vec<_>, _) =
        cases.iter().partition(|case| case.config.get("retryThrottling").is_some());
    for some in alone.into_iter().map(|case| vec![case]).chain([together]) {
        let line = |case: &&Case| json!([place(case.name), names(case, "grpc-js")]).to_string();
        fs::write(place("cases"), some.iter().map(line).collect::<Vec<_>>().join("\n")).unwrap();
        let ended = run(grpc_js().unwrap().args(["call", &target]).arg(place("cases")));
        let codes: Vec<_> = some.iter().map(|case| codes_as_json(case).to_string()).collect();
        assert_eq!((ended.code, ended.stdout), (0, codes.join("\n") + "\n"), "{}", ended.stderr);
    }

    server.signal("TERM");
    let ended = server.end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let mut attempts = attempts(&fs::read_to_string(journal).unwrap());
    for case in &cases {
        for client in ["greet", "grpc-js"] {
            for (name, (_, count)) in names(case, client).iter().zip(case.calls) {
                // The first does not say that there were none before it.
                let wanted: Vec<_> = (0..*count).map(|n| (n > 0).then(|| n.to_string())).collect();
                assert_eq!(attempts.remove(name), Some(wanted), "{name}");
            }
        }
    }
    assert!(attempts.is_empty(), "{attempts:?}");
}

fn codes_as_json(case: &Case) -> Value {
    case.calls.iter().map(|(code, _)| *code).collect()
}
