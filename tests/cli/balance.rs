//! `greet call --lb`: calls over several servers, each on an address of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::examples::{Shown, blocks, scene, shell};
use crate::fleet::{Caller, Fleet, counts, port};
use crate::run::{Folder, Served, command, finish, greet, serve};

#[test]
fn round_robin_over_four_is_exactly_even() {
    let fleet = Fleet::new(4);
    for jobs in ["1", "7"] {
        let (answers, ran) = fleet.calls(40, &["--lb", "round_robin", "-j", jobs]);
        assert_eq!((ran.code, counts(&answers)), (0, vec![10, 10, 10, 10]), "{}", ran.shown());
    }
    // Without it all go to the first.
    let (answers, ran) = fleet.calls(8, &["--lb", "pick_first"]);
    assert_eq!((ran.code, answers), (0, BTreeMap::from([(fleet.address(0), 8)])), "{}", ran.shown());
    let (answers, ran) = fleet.calls(400, &["--lb", "least_request", "-j", "8"]);
    assert_eq!((ran.code, answers.len()), (0, 4), "{}", ran.shown());
}

#[test]
fn a_server_that_is_not_there_gets_no_calls() {
    let mut fleet = Fleet::new(4);
    fleet.kill(1);
    let (answers, ran) = fleet.calls(30, &["--lb", "round_robin"]);
    assert_eq!((ran.code, counts(&answers)), (0, vec![10, 10, 10]), "{}", ran.shown());
    assert!(!answers.contains_key(&fleet.address(1)));
    let (answers, ran) = fleet.calls(10, &["--lb", "pick_first"]);
    assert_eq!((ran.code, answers), (0, BTreeMap::from([(fleet.address(0), 10)])), "{}", ran.shown());
    fleet.kill(0);
    let (answers, ran) = fleet.calls(10, &["--lb", "pick_first"]);
    assert_eq!((ran.code, answers), (0, BTreeMap::from([(fleet.address(2), 10)])), "{}", ran.shown());
    // When all have failed, it is with the error of a real one.
    fleet.kill(2);
    fleet.kill(3);
    let (answers, ran) = fleet.calls(3, &["--lb", "round_robin"]);
    assert_eq!((ran.code, answers.len()), (5, 0), "{}", ran.shown());
    assert!(ran.stderr.contains("connection refused"), "{}", ran.shown());
}

#[test]
fn one_call_is_balanced_too_and_says_who_answered() {
    let fleet = Fleet::new(2);
    let target = fleet.target();
    let ran = greet(&["call", &target, "SayHello", "--lb", "round_robin", "-o", "events"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let events: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let message = events.iter().find(|event| event["event"] == "message").unwrap();
    assert_eq!(events[0]["peer"], message["body"]["message"]);
    // In errors as well.
    let fleet = Fleet::failing(2, "NOT_FOUND");
    let target = fleet.target();
    let ran = greet(&["call", &target, "SayHello", "--lb", "pick_first"]);
    let said = format!("error: NOT_FOUND (5)\n  answered by {}\n", fleet.address(0));
    assert_eq!((ran.code, ran.stderr), (69, said));
    let (_, ran) = fleet.calls(1, &["--lb", "pick_first"]);
    let line = format!(
        "{{\"error\":{{\"n\":1,\"code\":5,\"name\":\"NOT_FOUND\",\"message\":\"\",\"peer\":\"{}\"}}}}\n",
        fleet.address(0)
    );
    assert_eq!(ran.stdout, line);
}

#[test]
fn a_server_that_says_that_it_does_not_serve_gets_no_calls() {
    let mut fleet = Fleet::with(3, &["--drain-delay", "600s"]);
    let leaves = fleet.address(0);
    let mut blind = Caller::start(&fleet.target(), &[]);
    let mut caller = Caller::start(&fleet.target(), &["--health"]);
    assert_eq!(counts(&caller.call(30)), [10, 10, 10]);
    assert_eq!(counts(&blind.call(30)), [10, 10, 10]);
    // It says NOT_SERVING on every watch, and goes on serving those who do not ask.
    fleet.servers[0].as_ref().unwrap().running.signal("TERM");
    caller.until(3, |answers| !answers.contains_key(&leaves));
    assert_eq!(counts(&caller.call(30)), [15, 15]);
    assert_eq!(counts(&blind.call(30)), [10, 10, 10]);
    // A server of which the service is not known serves it as little.
    let target = fleet.target();
    let ran = greet(&["call", &target, "SayHello", "--lb", "round_robin", "--health-of", "no.Such"]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert!(ran.stderr.contains("does not serve 'no.Such': it is SERVICE_UNKNOWN"), "{}", ran.shown());
    let ran = greet(&["call", &target, "SayHello", "--lb", "pick_first", "--health"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    fleet.servers.clear();
}

#[test]
fn a_server_that_fails_more_than_others_is_left_out() {
    let mut fleet = Fleet::new(3);
    fleet.kill(1);
    fleet.servers[1] = Some(fleet.fails(1, "UNAVAILABLE"));
    let outlier = "interval=100ms,maxEjectionPercent=40,failurePercentageEjection.threshold=50,\
                   failurePercentageEjection.minimumHosts=2,failurePercentageEjection.requestVolume=2";
    let mut caller = Caller::start(&fleet.target(), &["--outlier", outlier]);
    assert_eq!(caller.call(9)["UNAVAILABLE"], 3);
    while caller.call(9).contains_key("UNAVAILABLE") {}
    // For 30 s, which this is not.
    assert_eq!(counts(&caller.call(30)), [15, 15]);
    let ran = greet(&["call", ":1", "SayHello", "--lb", "round_robin", "--outlier", "interval=1s"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}

#[test]
fn a_service_config_says_how_calls_are_made() {
    let mut fleet = Fleet::new(2);
    let config = json!({
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [{"name": [{}], "retryPolicy": {
            "maxAttempts": 3, "initialBackoff": "0.001s", "maxBackoff": "0.001s", "backoffMultiplier": 1,
            "retryableStatusCodes": ["UNAVAILABLE"]
        }}]
    });
    let config = config.to_string();
    let (answers, ran) = fleet.calls(20, &["--service-config", &config, "-v"]);
    assert_eq!(ran.stderr.matches(&format!("* answered by {}\n", fleet.address(0))).count(), 10);
    assert_eq!((ran.code, counts(&answers)), (0, vec![10, 10]), "{}", ran.shown());
    fleet.kill(0);
    fleet.servers[0] = Some(fleet.fails(0, "UNAVAILABLE"));
    let (answers, ran) = fleet.calls(10, &["--service-config", &config]);
    assert_eq!((ran.code, answers), (0, BTreeMap::from([(fleet.address(1), 10)])), "{}", ran.shown());
    // Each try is an event, with who failed.
    let (_, ran) = fleet.calls(4, &["--service-config", &config, "-o", "events"]);
    let events: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let attempts: Vec<&Value> = events.iter().filter(|event| event["event"] == "attempt").collect();
    assert!(
        attempts.len() >= 2 && attempts.iter().all(|one| one["peer"] == fleet.address(0)),
        "{}",
        ran.shown()
    );
    // What is typed holds.
    let (_, ran) = fleet.calls(4, &["--service-config", &config, "--retry", "2", "--retry-on", "INTERNAL"]);
    assert_eq!(ran.code, 78, "{}", ran.shown());
    // From a file; the timeout is the shorter one.
    fleet.kill(0);
    let silent = r#"greeter.Greeter/SayHello => wait("600s")"#;
    fleet.servers[0] = Some(fleet.rule(0, silent));
    let file = fleet.folder.file("config.json", r#"{"methodConfig": [{"name": [{}], "timeout": "0.2s"}]}"#);
    for timeout in ["60s", "100ms"] {
        let (_, ran) = fleet.calls(1, &["--service-config", &file, "-t", timeout]);
        assert_eq!(ran.code, 68, "{}", ran.shown());
        let shorter = if timeout == "60s" { "200ms" } else { timeout };
        assert!(ran.stderr.contains(&format!("within {shorter}")), "{}", ran.shown());
    }
    let (_, ran) = fleet.calls(1, &["--service-config", r#"{"methodConfig": 1}"#]);
    let said = "error: the service config on the command line is not valid: methodConfig is no list\n";
    assert_eq!((ran.code, &ran.stderr[..]), (2, said));
}

#[test]
fn a_hedged_call_has_the_first_good_answer() {
    let mut fleet = Fleet::new(2);
    fleet.kill(0);
    fleet.servers[0] = Some(fleet.rule(0, r#"greeter.Greeter/SayHello => wait("600s")"#));
    let both = ["--lb", "round_robin", "--hedge", "2,20ms"];
    let (answers, ran) = fleet.calls(6, &both);
    assert_eq!((ran.code, answers), (0, BTreeMap::from([(fleet.address(1), 6)])), "{}", ran.shown());
    // One that fails hurries the next, and is an event.
    fleet.kill(0);
    fleet.servers[0] = Some(fleet.fails(0, "UNAVAILABLE"));
    let target = fleet.target();
    let proto = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
    let mut told = Vec::new();
    for _ in 0..8 {
        let mut all = vec!["call", &target, "SayHello", "-p", proto, "-o", "events"];
        all.extend(["--lb", "round_robin", "--hedge", "2,600s"]);
        let ran = greet(&all);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let events = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        told.extend(events.filter(|event| event["event"] == "attempt"));
    }
    // Which of two comes first is chance, and eight times the same is none that is seen.
    assert!(!told.is_empty());
    assert!(told.iter().all(|event| event["peer"] == fleet.address(0) && event["code"] == 14), "{told:?}");
    // A failure that is fatal ends it.
    fleet.kill(0);
    fleet.servers[0] = Some(fleet.fails(0, "INTERNAL"));
    let (answers, ran) = fleet.calls(8, &["--lb", "round_robin", "--hedge", "2,600s"]);
    assert_eq!((ran.code, answers["INTERNAL"]), (77, 4), "{}", ran.shown());
}

#[test]
fn more_connections_are_made_where_a_server_takes_few_calls_on_one() {
    let fleet = Fleet::with(2, &["--max-concurrent-streams", "2"]);
    let (answers, ran) = fleet.calls(40, &["--lb", "round_robin", "-j", "20"]);
    assert_eq!((ran.code, answers.values().sum::<usize>()), (0, 40), "{}", ran.shown());
    assert_eq!(answers.len(), 2);
}

#[test]
fn a_server_that_is_killed_fails_what_it_had_and_nothing_after_that() {
    let mut fleet = Fleet::new(3);
    let mut caller = Caller::start(&fleet.target(), &[]);
    assert_eq!(counts(&caller.call(30)), [10, 10, 10]);
    fleet.kill(1);
    let gone = fleet.address(1);
    // A call that is made before its end is heard may fail; once it is, none does, and the others share all.
    let mut failed = 0;
    loop {
        let answers = caller.call(6);
        assert!(!answers.contains_key(&gone), "{answers:?}");
        failed += answers.get("UNAVAILABLE").copied().unwrap_or_default()
            + answers.get("no connection").copied().unwrap_or_default();
        if counts(&answers) == [3, 3] && answers.keys().all(|who| who.starts_with("127.")) {
            break;
        }
    }
    assert!(failed <= 2, "{failed}");
    // It is found again when it is back.
    fleet.servers[1] = Some(fleet.serve(1, &[]));
    caller.until(3, |answers| answers.contains_key(&gone));
    assert_eq!(counts(&caller.call(30)), [10, 10, 10]);
    drop(caller.running.child.stdin.take());
    let _ = caller.running.end();
}

/// Restarts each server of a fleet in turn while calls are made without pause: none fails.
fn rolling_restart(jobs: usize) {
    let mut fleet = Fleet::new(3);
    let flag = jobs.to_string();
    let mut caller = Caller::start(&fleet.target(), &["-j", &flag]);
    caller.until(jobs, |answers| !answers.is_empty());
    for at in 0..3 {
        let address = fleet.address(at);
        let served = fleet.servers[usize::from(at)].take().unwrap();
        served.running.signal("TERM");
        // It leaves while calls go on, and then nobody hears of it.
        caller.until(jobs, |answers| !answers.contains_key(&address));
        let ended = served.running.end();
        assert_eq!(ended.code, 0, "{}", ended.shown());
        fleet.servers[usize::from(at)] = Some(fleet.serve(at, &[]));
        caller.until(jobs, |answers| answers.contains_key(&address));
    }
    drop(caller.running.child.stdin.take());
    let ran = caller.running.end();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
}

#[test]
fn a_rolling_restart_fails_no_call_one_at_a_time() {
    rolling_restart(1);
}

#[test]
fn a_rolling_restart_fails_no_call_of_fifty_at_once() {
    rolling_restart(50);
}

#[test]
fn waiting_is_for_a_server_that_comes() {
    let mut fleet = Fleet::new(1);
    fleet.kill(0);
    let target = fleet.target();
    let mut waiting = command(&["call", &target, "SayHello", "--lb", "round_robin", "--wait", "60s"]);
    let mut child = waiting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut note = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut note).unwrap();
    assert!(note.starts_with("note: waiting for "), "{note}");
    fleet.servers[0] = Some(fleet.serve(0, &[]));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{note}");
    assert!(String::from_utf8_lossy(&output.stdout).contains(&fleet.address(0)));
    drop(fleet);
    let ran = finish(command(&["call", &target, "SayHello", "--lb", "round_robin", "--wait", "100ms"]));
    assert_eq!(ran.code, 5, "{}", ran.shown());
}

#[test]
fn every_backend_is_asked_and_the_one_that_differs_is_named() {
    let mut fleet = Fleet::new(4);
    for at in 0..4 {
        fleet.kill(at);
        let who = if at == 2 { "other" } else { "same" };
        let rule = format!("greeter.Greeter/SayHello => {{message: \"{who}\"}}");
        fleet.servers[usize::from(at)] = Some(fleet.rule(at, &rule));
    }
    let target = fleet.target();
    let all = |args: &[&str]| {
        let mut words = vec!["call", &target, "SayHello", "--all-backends"];
        words.extend(args);
        greet(&words)
    };
    let ran = all(&[]);
    let differs = fleet.address(2);
    let said = format!(
        "3 of 4 answered the same: {{\"message\":\"same\"}}\n{differs} differs: .message is \"other\", not \"same\"\n"
    );
    assert_eq!((ran.code, ran.stdout), (8, said));
    assert_eq!(ran.stderr, "error: 1 of 4 backends answered otherwise than the others\n");
    let ran = all(&["-o", "json"]);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((ran.code, lines.len()), (8, 4));
    assert_eq!(lines[2], json!({"peer": differs, "answer": {"message": "other"}}));
    let ran = all(&["-o", "events"]);
    let names: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(names.len(), 12, "{}", ran.shown());
    assert_eq!((&names[6]["peer"], &names[6]["call"]), (&json!(differs), &json!("3")));

    // One that is not there differs as well.
    fleet.kill(2);
    let ran = all(&[]);
    assert_eq!(ran.code, 8, "{}", ran.shown());
    assert!(ran.stdout.contains(&format!("{differs} differs: connection refused by")), "{}", ran.shown());
    let health = |target: &str| greet(&["health", target, "--all-backends"]);
    let ran = health(&target);
    assert_eq!((ran.code, ran.stdout.lines().next()), (8, Some("3 of 4 answered the same: SERVING")));
    let ran = health(&format!("{},{}", fleet.address(0), fleet.address(1)));
    assert_eq!((ran.code, &ran.stdout[..]), (0, "2 of 2 answered the same: SERVING\n"));
    let two = format!("{},{}", fleet.address(2), fleet.address(1));
    let ran = greet(&["health", &two, "--all-backends"]);
    let said = format!(
        "{} answered: SERVING\n{differs} differs: connection refused by {differs}\n",
        fleet.address(1)
    );
    assert_eq!((ran.code, ran.stdout), (8, said));
    assert_eq!(ran.stderr, "error: no two of 2 backends answered the same\n");
    let ran = greet(&["health", &two, "--all-backends", "-o", "json"]);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((ran.code, lines.len(), &lines[0]["error"]["exit_code"]), (8, 2, &json!(5)));
    assert_eq!(lines[1], json!({"peer": fleet.address(1), "answer": {"status": "SERVING"}}));
    let ran = greet(&["health", &two, "no.Such", "--all-backends", "-o", "events"]);
    let told: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = told.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((ran.code, &names[..]), (8, &["start", "failure", "start", "status"][..]), "{}", ran.shown());
    assert_eq!(told[2]["method"], "grpc.health.v1.Health/Check");
    assert_eq!((&told[2]["peer"], &told[3]["name"]), (&json!(fleet.address(1)), &json!("NOT_FOUND")));
    let ran = greet(&["health", &fleet.address(1), "-o", "json"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    // What has no effect there is refused.
    for words in [&["-o", "text"][..], &["-o", "binary"], &["--health"], &["--refresh", "1s"]] {
        let ran = greet(&[&["call", &target, "SayHello", "--all-backends"], words].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words:?}: {}", ran.shown());
        assert!(ran.stderr.contains("--all-backends"), "{words:?}: {}", ran.shown());
    }
    // Where all are away that is one answer, and the address is no difference.
    fleet.kill(3);
    let ran = greet(&["health", &format!("{},{differs}", fleet.address(3)), "--all-backends"]);
    assert_eq!((ran.code, &ran.stdout[..]), (5, "2 of 2 answered the same: connection refused by each\n"));
    // Where all fail alike it is with their code.
    let fleet = Fleet::failing(2, "NOT_FOUND");
    let ran = greet(&["call", &fleet.target(), "SayHello", "--all-backends"]);
    assert_eq!((ran.code, &ran.stdout[..]), (69, "2 of 2 answered the same: NOT_FOUND (5)\n"));
}

#[test]
fn how_a_call_would_be_made_is_explained() {
    let config = r#"{"loadBalancingConfig": [{"round_robin": {}}], "methodConfig": [{"name": [{"service": "a.B"}],
        "timeout": "2s", "maxResponseMessageBytes": 7, "retryPolicy": {"maxAttempts": 9, "initialBackoff": "0.1s",
        "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}], "colour": "red",
        "healthCheckConfig": {"serviceName": "a.B"}}"#;
    let target = "127.0.0.2:1,127.0.0.3:1";
    let ran = greet(&["explain", target, "a.B/C", "--service-config", config, "--reflection", "off"]);
    let wanted = "\
target     127.0.0.2:1,127.0.0.3:1
address    127.0.0.2:1 (system)
address    127.0.0.3:1 (system)
policy     round_robin, by the service config; only servers that say that they serve a.B
method     a.B/C, by what the service config says of a.B/*
schema     not known: there is no schema: reflection is off
timeout    2s
reply      at most 7 bytes
retry      up to 4 repeats after UNAVAILABLE; pauses from 100ms on, 2 times as long each, at most 1s
no effect  methodConfig[0].retryPolicy.maxAttempts is 9, and counts as 5
no effect  colour is not known
";
    assert_eq!((ran.code, &ran.stdout[..]), (0, wanted), "{}", ran.shown());
    let mut all = vec!["explain", target, "a.B/C", "--service-config", config, "--lb", "pick_first"];
    all.extend(["--hedge", "2,50ms", "-t", "1s", "--max-send-size", "9"]);
    let ran = greet(&all);
    for line in [
        "policy     pick_first, by --lb\n",
        "timeout    1s\nrequest    at most 9 bytes\n",
        "hedging    up to 2 attempts, 50ms after each other\n",
        "no effect  timeout of the service config: --timeout is shorter\n",
        "no effect  retryPolicy of the service config: --hedge is given\n",
        "no effect  loadBalancingConfig of the service config: --lb is given\n",
        "no effect  healthCheckConfig of the service config: pick_first asks for none\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}{}", ran.shown());
    }
    for (policy, line) in [
        (
            json!({"pick_first": {"shuffleAddressList": true}}),
            "pick_first, by the service config; addresses in an order by chance",
        ),
        (
            json!({"least_request": {"choiceCount": 4}}),
            "least_request, by the service config; 4 are drawn for a call",
        ),
        (
            json!({"weighted_round_robin": {"enableOobLoadReport": true}}),
            "weighted_round_robin, by the service config; servers are to report their load each 10s",
        ),
    ] {
        let config = json!({"loadBalancingConfig": [policy]}).to_string();
        let ran = greet(&["explain", target, "a.B/C", "--service-config", &config]);
        assert!(ran.stdout.contains(&format!("policy     {line}\n")), "{}", ran.shown());
        assert!(!ran.stdout.contains("no effect"), "{}", ran.shown());
    }
}

#[test]
fn addresses_are_asked_for_again_as_often_as_is_said() {
    let fleet = Fleet::new(2);
    let list = fleet.folder.file("list", fleet.address(0));
    let target = |count: &str| format!("exec:echo >> {count}; cat {list}");
    let (often, seldom) = (fleet.folder.path().join("often"), fleet.folder.path().join("seldom"));
    let caller = |count: &std::path::Path, refresh: &str| {
        let target = target(count.to_str().unwrap());
        Caller::start(&target, &["--plaintext", "--allow-exec", "--refresh", refresh])
    };
    let (mut often, mut seldom) = (caller(&often, "100ms"), (caller(&seldom, "1h"), seldom));
    assert_eq!((counts(&often.call(4)), counts(&seldom.0.call(4))), (vec![4], vec![4]));
    let beside = fleet.folder.file("beside", format!("{}\n{}\n", fleet.address(0), fleet.address(1)));
    std::fs::rename(beside, &list).unwrap();
    // Nothing has failed, and it is found all the same.
    often.until(2, |answers| answers.contains_key(&fleet.address(1)));
    assert_eq!(counts(&seldom.0.call(4)), [4]);
    assert_eq!(std::fs::read_to_string(seldom.1).unwrap(), "\n");
    let explained =
        greet(&["explain", &fleet.target(), "SayHello", "--lb", "round_robin", "--refresh", "5s"]);
    let line = "refresh    addresses are asked for again each 5s, where nobody tells of changes\n";
    assert!(explained.stdout.contains(line), "{}", explained.shown());
    let ran = greet(&["call", &fleet.target(), "SayHello", "--refresh", "5s"]);
    let error = "\
error: --refresh is for calls that are spread over the addresses of a target
hint: --lb POLICY spreads them
";
    assert_eq!((ran.code, &ran.stderr[..]), (2, error));
}

#[test]
fn events_say_who_answered_in_the_end() {
    let mut fleet = Fleet::new(2);
    fleet.kill(0);
    fleet.servers[0] = Some(fleet.fails(0, "INTERNAL"));
    let target = fleet.target();
    let words =
        ["call", &target, "SayHello", "--lb", "round_robin", "--retry", "3", "--retry-on", "INTERNAL"];
    let mut is_repeated = false;
    // Whose turn is first is drawn by chance.
    for _ in 0..64 {
        let ran = greet(&[&words[..], &["-o", "events"]].concat());
        let told: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |name: &str| told.iter().find(|event| event["event"] == name);
        let (start, status) = (of("start").unwrap(), of("status").unwrap());
        assert_eq!((ran.code, &status["name"]), (0, &json!("OK")), "{}", ran.shown());
        if of("attempt").is_some() {
            is_repeated = true;
            assert_eq!(
                (&start["peer"], &status["peer"]),
                (&json!(fleet.address(0)), &json!(fleet.address(1)))
            );
            break;
        }
        assert_eq!((&start["peer"], &status["peer"]), (&json!(fleet.address(1)), &Value::Null));
    }
    assert!(is_repeated);
}

#[test]
fn outlier_detection_that_leaves_nobody_out_is_told() {
    let explain = |target: &str, words: &[&str]| {
        greet(&[&["explain", target, "a.B/C", "--reflection", "off"], words].concat())
    };
    let outlier = "failurePercentageEjection.threshold=50,successRateEjection.minimumHosts=3";
    let words = ["--lb", "round_robin", "--outlier", outlier];
    let ran = explain("127.0.0.2:1,127.0.0.3:1", &words);
    let line = "no effect  outlier detection: its minimumHosts is 3, and the servers are 2\n";
    assert!(ran.code == 0 && ran.stdout.ends_with(line), "{}", ran.shown());
    let ran = explain("127.0.0.2:1,127.0.0.3:1,127.0.0.4:1", &words);
    assert!(ran.code == 0 && !ran.stdout.contains("no effect"), "{}", ran.shown());
    let ran = explain("127.0.0.2:1", &["--lb", "pick_first", "--outlier", outlier]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: pick_first leaves nobody out"), "{}", ran.shown());
    let config = r#"{"loadBalancingConfig": [{"outlier_detection": {"successRateEjection": {},
        "childPolicy": [{"pick_first": {}}]}}]}"#;
    let ran = explain("127.0.0.2:1", &["--service-config", config]);
    let line = "no effect  outlier detection: pick_first stays with one address\n";
    assert!(ran.code == 0 && ran.stdout.contains(line), "{}", ran.shown());
    // What begins as JSON is no name of a file.
    let ran = explain("127.0.0.2:1", &["--service-config", "[]"]);
    let error = "error: the service config on the command line is not valid: it is no object\n";
    assert_eq!((ran.code, &ran.stderr[..]), (2, error));
}

#[test]
fn what_is_explained_is_named_as_for_a_call() {
    let folder = Folder::new();
    let source = "syntax = \"proto3\"; package a; message M {} service One { rpc Get(M) returns (M); rpc Put(M) returns (M); }
        service Two { rpc Get(M) returns (M); }";
    let proto = folder.file("a.proto", source);
    let served = serve(&[&proto]);
    let config = r#"{"methodConfig": [{"name": [{"service": "a.One", "method": "Put"}], "timeout": "2s"}]}"#;
    let of_server = ["explain", &served.target, "--service-config", config];
    let of_file = ["explain", "127.0.0.2:1", "-p", &proto, "--service-config", config];
    for how in [&of_server[..], &of_file] {
        for name in ["Put", "One/Put", "a.One/Put", "a.One.Put", "/a.One/Put"] {
            let ran = greet(&[how, &[name]].concat());
            let wanted =
                "method     a.One/Put, by what the service config says of a.One/Put\ntimeout    2s\n";
            assert!(ran.code == 0 && ran.stdout.contains(wanted), "{name}: {}", ran.shown());
        }
    }
    // What is wrong with a name is said in the words of call.
    for name in ["Get", "Pot", "a.One/Pot", "a.None/Put"] {
        let explained = greet(&["explain", &served.target, name]);
        let called = greet(&["call", &served.target, name]);
        assert_eq!((explained.code, &explained.stderr), (4, &called.stderr), "{name}");
    }
    // Where nobody can be asked, a whole name is taken as it is, and it is said so; nobody is waited for.
    let ran = greet(&["explain", "127.0.0.2:1", "a.One/Put", "--wait", "3600s"]);
    let wanted = "schema     not known: connection refused by 127.0.0.2:1\nwait       for a server where none works, at most 3600s\n";
    assert!(ran.code == 0 && ran.stdout.contains(wanted), "{}", ran.shown());
    let ran = greet(&["explain", "127.0.0.2:1", "Put", "--wait", "3600s"]);
    let wanted = "\
error: connection refused by 127.0.0.2:1
hint: is the server running, and is the port right?
hint: without a schema, METHOD is a whole name: pkg.Service/Method
";
    assert_eq!((ran.code, &ran.stderr[..]), (5, wanted));
    let ran = greet(&["explain", &served.target, "Put", "--reflection", "off"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
}

#[test]
fn the_lines_of_the_documents_print_what_is_shown() {
    let fleet = Fleet { port: port(), servers: Vec::new(), folder: Folder::new() };
    let _servers: Vec<Served> = (0..3)
        .map(|at| {
            let rule = format!("greeter.Greeter/SayHello => {{message: \"hello from 127.0.0.{}\"}}", at + 2);
            fleet.rule(at, &rule)
        })
        .collect();
    let place = |text: &str| text.replace(":50051", &format!(":{}", fleet.port));
    let mut count = 0;
    for page in ["docs/load-balancing.md", "docs/failure.md"] {
        let text = std::fs::read_to_string(format!("{}/{page}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let folder = scene();
        for block in blocks(&text) {
            let mut last = 0;
            for Shown { line, output } in block {
                count += 1;
                if line == "echo $?" {
                    assert_eq!(output, [last.to_string()], "{page}");
                    continue;
                }
                let ran = finish(shell(&folder, &place(line)));
                last = ran.code;
                let all = format!("{}{}", ran.stderr, ran.stdout);
                let all: Vec<&str> = all.lines().map(str::trim_start).collect();
                for wanted in &output {
                    let wanted = place(wanted);
                    assert!(
                        all.contains(&wanted.trim_start()),
                        "{page}: {line}: no '{wanted}' in {}",
                        ran.shown()
                    );
                }
                assert!(!output.is_empty(), "{page}: {line}");
            }
        }
    }
    assert!(count > 9, "{count}");
}
