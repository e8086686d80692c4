//! Rules for `grpc.health.v1.Health/Check`: what `greet serve` says of its health as they say it, and who goes by it.

use crate::run::{Folder, Running, Served, command, greet, serve};

fn asked(server: &Served, words: &[&str]) -> (i32, String) {
    let ran = greet(&[&["health", &server.target], words].concat());
    (ran.code, ran.stdout.trim_end().to_owned())
}

fn watch(server: &Served, service: &str) -> Running {
    Running::start(command(&["health", &server.target, service, "--watch"]))
}

#[test]
fn a_rule_makes_one_service_sick() {
    let rule =
        "grpc.health.v1.Health/Check when .service == \"greeter.Greeter\" => {status: \"NOT_SERVING\"}";
    let server = serve(&["--rule", rule]);
    assert_eq!(asked(&server, &["greeter.Greeter"]), (7, "NOT_SERVING".to_owned()));
    // Where no rule matches it is as it was.
    assert_eq!(asked(&server, &[]), (0, "SERVING".to_owned()));
    assert_eq!(asked(&server, &["a.None"]).0, 69);
    // Calls are answered all the same, and the rule is none for them.
    assert_eq!(greet(&["call", &server.target, "SayHello"]).code, 0);
    assert_eq!(watch(&server, "greeter.Greeter").line(), "NOT_SERVING");
    let (mut all, mut none) = (watch(&server, ""), watch(&server, "a.None"));
    assert_eq!((all.line().as_str(), none.line().as_str()), ("SERVING", "SERVICE_UNKNOWN"));
    server.running.signal("TERM");
    assert_eq!(all.line(), "NOT_SERVING");
    assert_eq!(server.running.end().code, 0);
}

#[test]
fn whoever_watches_hears_of_other_rules_and_of_what_is_remembered() {
    let folder = Folder::new();
    let file = folder.file("rules.yaml", "rules: []");
    let server = serve(&["--rules", &file, "--drain-delay", "1h"]);
    let mut states = watch(&server, "greeter.Greeter");
    assert_eq!(states.line(), "SERVING");
    let say = |text: &str| {
        let beside = folder.file("beside", text);
        std::fs::rename(beside, &file).unwrap();
    };
    say("rules: [{method: grpc.health.v1.Health/*, reply: {status: NOT_SERVING}}]");
    assert_eq!(states.line(), "NOT_SERVING");
    say("rules:
  - {method: grpc.health.v1.Health/Check, when: state.sick, error: {code: NOT_FOUND}}
  - {method: SayHello, reply: 'remember({sick: (.name == \"ill\")}), {message: \"hm\"}'}
  # Nobody means health by these.
  - {method: '*', error: INTERNAL}
");
    assert_eq!(states.line(), "SERVING");
    assert_eq!(greet(&["call", &server.target, "SayHello", "name=ill"]).code, 0);
    assert_eq!(states.line(), "SERVICE_UNKNOWN");
    assert_eq!(asked(&server, &["greeter.Greeter"]).0, 69);
    assert_eq!(greet(&["call", &server.target, "SayHello", "name=well"]).code, 0);
    assert_eq!(states.line(), "SERVING");
    // An error is how a watch ends.
    say("rules: [{method: grpc.health.v1.Health/Check, error: {code: UNAVAILABLE, message: ill}}]");
    let ran = states.end();
    assert_eq!((ran.code, &ran.stderr[..]), (78, "error: UNAVAILABLE (14): ill\n"));
    // Without rules again, and from the moment that it leaves, the server says what it is.
    say("rules: [{method: grpc.health.v1.Health/Check, reply: {status: SERVING}}]");
    let mut states = watch(&server, "a.None");
    while states.line() != "SERVING" {
        // Until the file was read.
        states = watch(&server, "a.None");
    }
    server.running.signal("TERM");
    assert_eq!(states.line(), "SERVICE_UNKNOWN");
    assert_eq!(asked(&server, &[]), (7, "NOT_SERVING".to_owned()));
}

#[test]
fn calls_go_to_those_that_are_well_by_their_rules() {
    let say = |who: &str| format!("SayHello => {{message: \"{who}\"}}");
    let sick = serve(&[
        "--rule",
        &say("sick"),
        "--rule",
        "grpc.health.v1.Health/Check => {status: \"NOT_SERVING\"}",
    ]);
    let well = serve(&["--rule", &say("well")]);
    let target = format!("{},{}", sick.target, well.target);
    let each = ["call", &target, "SayHello", "--each", "@", "--lb", "round_robin"];
    let folder = Folder::new();
    let calls = format!("@{}", folder.file("calls", "{}{}{}{}{}{}"));
    let with = |more: &[&str]| {
        let words: Vec<_> = each.iter().map(|word| if *word == "@" { &calls } else { *word }).collect();
        greet(&[&words[..], more].concat())
    };
    let ran = with(&["--health"]);
    assert_eq!((ran.code, ran.stdout), (0, "{\"message\":\"well\"}\n".repeat(6)));
    assert!(with(&[]).stdout.contains("sick"));
}

#[test]
fn rules_for_health_are_checked() {
    let folder = Folder::new();
    let check = |text: &str| {
        let file = folder.file("rules.yaml", text);
        greet(&["rules", "check", &file])
    };
    assert_eq!(check("rules: [{method: grpc.health.v1.Health/Check, reply: {status: UNKNOWN}}]").code, 0);
    let ran = check("rules: [{method: grpc.health.v1.Health/Check, reply: {status: SICK}}]");
    assert!(ran.code == 2 && ran.stderr.contains("SICK"), "{}", ran.shown());
    let ran = check("rules: [{method: grpc.health.v1.Health/Watch, reply: {status: UNKNOWN}}]");
    assert!(
        ran.code == 2 && ran.stderr.contains("did you mean grpc.health.v1.Health/Check?"),
        "{}",
        ran.shown()
    );
    let ran = check("rules: [{method: Check, reply: {status: UNKNOWN}}]");
    assert!(ran.code == 2 && ran.stderr.contains("no method is called 'Check'"), "{}", ran.shown());
    // A server that says nothing of its health has no such method.
    let ran = greet(&["serve", "--port", "0", "--no-health", "--rule", "grpc.health.v1.Health/Check => {}"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}
