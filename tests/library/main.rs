//! The library, as a test author uses it.

// A test that cannot go on is to end with a panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use greet::event::Kind;
use greet::{Client, Code, Expected, Rule, Schema, Server, Times};

const TALK: &str = r#"
syntax = "proto3";
package talk;
service Talk {
  rpc Once (Line) returns (Line);
  rpc Gather (stream Line) returns (Line);
  rpc Repeat (Line) returns (stream Line);
  rpc Chat (stream Line) returns (stream Line);
}
message Line { string text = 1; int64 number = 2; }
"#;

fn rule(text: &str) -> Rule {
    Rule::parse(text, "rule").unwrap()
}

async fn talk() -> Server {
    Server::builder()
        .schema(Schema::from_proto_text("talk.proto", TALK).unwrap())
        .rule(rule(r#"talk.Talk/Once when .text == "" => error({code: "INVALID_ARGUMENT", message: "say something"})"#))
        .rule(rule(r#"talk.Talk/Once => {text: "you said \(.text)"}"#))
        .rule(rule(r#"talk.Talk/Gather => {text: (map(.text) | join(" "))}"#))
        .rule(rule("talk.Talk/Repeat => range(.number) as $i | {number: $i}"))
        .rule(rule(r#"talk.Talk/Chat => {text: "re: \(.text)"}"#))
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_call_with_json_and_what_the_journal_saw() {
    let server = talk().await;
    let client = Client::connect(server.target()).await.unwrap();
    let reply = client.call("talk.Talk/Once", r#"{"text":"hi"}"#).await.unwrap();
    assert_eq!(reply.json().unwrap(), r#"{"text":"you said hi"}"#);
    assert_eq!(reply.to_value().unwrap()["text"], "you said hi");
    assert_eq!(reply.to_dynamic().unwrap().get_field_by_name("text").unwrap().as_str(), Some("you said hi"));

    let calls = server.journal().calls("talk.Talk/Once");
    assert_eq!(calls.len(), 1);
    let shown: Vec<String> =
        calls[0].iter().map(|event| serde_json::to_value(event).unwrap()["event"].to_string()).collect();
    assert_eq!(
        shown,
        [
            "\"start\"",
            "\"metadata\"",
            "\"request\"",
            "\"half_close\"",
            "\"rule\"",
            "\"message\"",
            "\"status\""
        ]
    );
    assert!(
        calls[0]
            .iter()
            .any(|event| matches!(&event.kind, Kind::Request { n: 1, body, .. } if body["text"] == "hi"))
    );
}

#[tokio::test]
async fn a_status_is_an_error_with_a_code() {
    let server = talk().await;
    let client = Client::connect(server.target()).await.unwrap();
    let error = client.call("Once", "{}").await.unwrap_err();
    let status = error.status().unwrap();
    assert_eq!((status.code, status.message.as_str()), (Code::INVALID_ARGUMENT, "say something"));
    let error = client.call("Once", r#"{"txt":1}"#).await.unwrap_err();
    assert_eq!(error.request().unwrap().nearest(), ["text"]);
    let error = client.call("Onec", "{}").await.unwrap_err();
    assert!(error.schema().unwrap().is_not_found());
    assert!(Client::connect("127.0.0.1:1").await.unwrap_err().connect().unwrap().is_refused());
}

#[tokio::test]
async fn all_four_shapes() {
    let server = talk().await;
    let client = Client::connect(server.target()).await.unwrap();

    let mut gather = client.start("Gather").await.unwrap();
    gather.send(r#"{"text":"a"}"#).await.unwrap();
    gather.send(r#"{"text":"b"}"#).await.unwrap();
    gather.half_close();
    assert_eq!(gather.next().await.unwrap().unwrap().json().unwrap(), r#"{"text":"a b"}"#);
    assert!(gather.next().await.unwrap().is_none());

    let mut repeat = client.start("Repeat").await.unwrap();
    repeat.send(r#"{"number":3}"#).await.unwrap();
    repeat.half_close();
    let mut numbers = Vec::new();
    while let Some(reply) = repeat.next().await.unwrap() {
        numbers.push(reply.json().unwrap());
    }
    assert_eq!(numbers, ["{}", r#"{"number":"1"}"#, r#"{"number":"2"}"#]);

    let mut chat = client.start("Chat").await.unwrap();
    for text in ["a", "b"] {
        chat.send(format!(r#"{{"text":"{text}"}}"#)).await.unwrap();
        assert_eq!(
            chat.next().await.unwrap().unwrap().json().unwrap(),
            format!(r#"{{"text":"re: {text}"}}"#)
        );
    }
    chat.half_close();
    assert!(chat.next().await.unwrap().is_none());
}

#[tokio::test]
async fn counts_are_kept_at_the_server() {
    use greet::client::{CallHead, ConnectOptions, Connection};
    let server = talk().await;
    let target = greet::Target::parse(server.target()).unwrap();
    let connection = Connection::connect(&target, &ConnectOptions::default()).await.unwrap();
    for path in ["/talk.Talk/Once", "/talk.Talk/Repeat"] {
        for count in [0, 2] {
            let (mut requests, mut replies) = connection.call(CallHead::new(path));
            for _ in 0..count {
                requests.send(bytes::Bytes::new()).await.unwrap();
            }
            requests.finish();
            let ending = loop {
                if let greet::client::Reply::End(ending) = replies.next().await {
                    break ending;
                }
            };
            assert_eq!(ending.status.code, Code::UNIMPLEMENTED, "{path} with {count} requests");
        }
    }
}

#[tokio::test]
async fn every_request_is_looked_at_even_when_the_reply_is_fixed() {
    use greet::client::{CallHead, ConnectOptions, Connection, Reply};
    let rules = "rules:\n- method: talk.Talk/Chat\n  reply: {text: fixed}\n";
    let server = Server::builder()
        .schema(Schema::from_proto_text("talk.proto", TALK).unwrap())
        .rules(greet::rules::file::parse(rules, "rules.yaml").unwrap())
        .start()
        .await
        .unwrap();
    let target = greet::Target::parse(server.target()).unwrap();
    let connection = Connection::connect(&target, &ConnectOptions::default()).await.unwrap();
    let (mut requests, mut replies) = connection.call(CallHead::new("/talk.Talk/Chat"));
    requests.send(bytes::Bytes::new()).await.unwrap();
    // A string of five bytes of which none come.
    requests.send(bytes::Bytes::from_static(b"\x0a\x05")).await.unwrap();
    requests.finish();
    let mut messages = 0;
    let ending = loop {
        match replies.next().await {
            Reply::End(ending) => break ending,
            Reply::Message(_) => messages += 1,
            Reply::Metadata(_) => {}
        }
    };
    assert_eq!((messages, ending.status.code), (1, Code::INTERNAL));
}

#[tokio::test]
async fn a_drain_lets_open_calls_end_and_a_dropped_server_is_gone() {
    let server = talk().await;
    let client = Client::connect(server.target()).await.unwrap();
    let mut chat = client.start("Chat").await.unwrap();
    chat.send(r#"{"text":"a"}"#).await.unwrap();
    chat.next().await.unwrap().unwrap();
    let (drained, ()) = tokio::join!(server.drain(Duration::from_secs(60)), async {
        chat.send(r#"{"text":"b"}"#).await.unwrap();
        assert_eq!(chat.next().await.unwrap().unwrap().json().unwrap(), r#"{"text":"re: b"}"#);
        chat.half_close();
        assert!(chat.next().await.unwrap().is_none());
    });
    assert_eq!(drained.cut, 0);
    let target = server.target().to_owned();
    drop(server);
    assert!(Client::connect(&target).await.unwrap_err().connect().unwrap().is_refused());
}

#[tokio::test]
async fn many_servers_live_in_one_process() {
    let servers = [talk().await, talk().await, Server::builder().start().await.unwrap()];
    let client = Client::connect(servers[2].target()).await.unwrap();
    assert_eq!(
        client.call("SayHello", r#"{"name":"World"}"#).await.unwrap().json().unwrap(),
        r#"{"message":"Hello, World!"}"#
    );
    for server in &servers[..2] {
        let client = Client::connect(server.target()).await.unwrap();
        assert_eq!(
            client.call("Once", r#"{"text":"x"}"#).await.unwrap().json().unwrap(),
            r#"{"text":"you said x"}"#
        );
        assert_eq!(server.journal().calls("Once").len(), 1);
    }
}

#[tokio::test]
async fn the_journal_is_as_the_page_on_events_shows_it() {
    let page = include_str!("../../docs/events.md");
    let example = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    // What differs from call to call; the names and their order stay.
    let settled = |line: &str| {
        let mut event: serde_json::Value = serde_json::from_str(line).unwrap();
        for name in ["at_ms", "time", "peer", "call"] {
            if let Some(value) = event.get_mut(name) {
                let kind = if value.is_number() { "number" } else { "string" };
                *value = kind.into();
            }
        }
        event
    };
    let server = Server::builder().start().await.unwrap();
    let client = Client::connect(server.target()).await.unwrap();
    client.call("greeter.Greeter/SayHello", r#"{"name":"World"}"#).await.unwrap();
    let calls = server.journal().calls("greeter.Greeter/SayHello");
    let kept: Vec<_> = calls[0].iter().map(|event| settled(&serde_json::to_string(event).unwrap())).collect();
    let mut shown: Vec<_> = example.lines().map(settled).collect();
    // The version is the page's only in form.
    shown[1]["metadata"]["user-agent"] = concat!("greet/", env!("CARGO_PKG_VERSION")).into();
    assert_eq!(kept, shown);
}

/// The event `rule` of each call of a method, as JSON without what is in every event.
fn chosen(server: &Server, method: &str) -> Vec<serde_json::Value> {
    let rule = |events: Vec<greet::Event>| {
        let event = events.into_iter().find(|event| matches!(event.kind, Kind::Rule { .. }))?;
        let mut value = serde_json::to_value(event.kind).unwrap();
        value.as_object_mut().unwrap().remove("event");
        Some(value)
    };
    server.journal().calls(method).into_iter().filter_map(rule).collect()
}

#[tokio::test]
async fn a_journal_says_which_rule_answers_and_why_others_do_not() {
    let rules = r#"
rules:
- {method: Once, when: '.text == "Ann" and .number == 3', reply: {text: ann}}
- {method: Once, when: .text | error, reply: {text: broken}}
- {method: Once, when: .number > 5, reply: {text: many}}
- {method: Once, per: .text, replies: [{reply: {text: first}}], then: next}
- {method: Once, when: .text == "b", reply: {text: later}}
"#;
    let server = Server::builder()
        .schema(Schema::from_proto_text("talk.proto", TALK).unwrap())
        .rules(greet::rules::file::parse(rules, "r.yaml").unwrap())
        .automatic(greet::answerer::Automatic::Off)
        .start()
        .await
        .unwrap();
    let client = Client::connect(server.target()).await.unwrap();
    for _ in 0..2 {
        client.call("Once", r#"{"text":"b","number":3}"#).await.unwrap();
    }
    let refused = client.call("Once", r#"{"text":"b","number":3}"#).await.map(|reply| reply.json().unwrap());
    assert_eq!(refused.unwrap(), r#"{"text":"later"}"#);
    client.call("Once", r#"{"text":"c"}"#).await.unwrap();
    let none = client.call("Once", r#"{"text":"c"}"#).await.unwrap_err();
    assert_eq!(none.status().unwrap().code, Code::UNIMPLEMENTED);
    let said = "no rule matches this call of talk.Talk/Once; the nearest is r.yaml:6:3: its reply was given for \"c\"";
    assert_eq!(none.status().unwrap().message, said);

    let passed = |why: &[(&str, &str)]| -> Vec<serde_json::Value> {
        why.iter().map(|(rule, why)| serde_json::json!({"rule": rule, "why": why})).collect()
    };
    let first = [
        ("r.yaml:3:3", r#".text is "b", not "Ann""#),
        ("r.yaml:4:3", "its condition fails: b"),
        ("r.yaml:5:3", ".number > 5 is false"),
    ];
    let spent = ("r.yaml:6:3", r#"its reply was given for "b""#);
    let seen = chosen(&server, "Once");
    assert_eq!(seen[0], serde_json::json!({"rule": "r.yaml:6:3", "passed": passed(&first)}));
    let then = [&first[..], &[spent]].concat();
    assert_eq!(seen[1], serde_json::json!({"rule": "r.yaml:7:3", "passed": passed(&then)}));
    assert!(seen[4].get("rule").is_none(), "{}", seen[4]);
    assert_eq!(seen[4]["passed"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn of_many_rules_a_few_are_named() {
    let text = |i: usize| format!("Once when .text == \"{i}\" => {{text: \"{i}\"}}");
    let server = Server::builder()
        .schema(Schema::from_proto_text("talk.proto", TALK).unwrap())
        .rules((0..40).map(|i| rule(&text(i))))
        .automatic(greet::answerer::Automatic::Off)
        .start()
        .await
        .unwrap();
    let client = Client::connect(server.target()).await.unwrap();
    client.call("Once", r#"{"text":"30"}"#).await.unwrap();
    let seen = chosen(&server, "Once").remove(0);
    assert_eq!((seen["passed"].as_array().unwrap().len(), &seen["more"]), (16, &serde_json::json!(14)));
    let none = client.call("Once", r#"{"text":"x"}"#).await.unwrap_err();
    let said =
        r#"no rule matches this call of talk.Talk/Once; the nearest is rule:1:1: .text is "x", not "0""#;
    assert_eq!(none.status().unwrap().message, said);
}

#[tokio::test]
async fn many_servers_in_one_process_know_nothing_of_each_other() {
    let started = (0..50).map(|i| async move {
        let reply = serde_json::json!({"message": format!("server {i}")});
        let rule = Rule::method("SayHello").when(&format!(".name == \"{i}\"")).with("expect", 1).reply(reply);
        Server::builder().rule(rule.unwrap()).start().await.unwrap()
    });
    let servers = futures_util::future::join_all(started).await;
    let calls = servers.iter().enumerate().map(|(i, server)| async move {
        let client = Client::connect(server.target()).await.unwrap();
        client.call("SayHello", &format!("{{\"name\":\"{i}\"}}")).await.unwrap().json().unwrap()
    });
    let replies = futures_util::future::join_all(calls).await;
    for (i, (server, reply)) in servers.iter().zip(replies).enumerate() {
        assert_eq!(reply, format!("{{\"message\":\"server {i}\"}}"));
        assert_eq!(server.journal().calls("SayHello").len(), 1);
        let own =
            Expected::of("SayHello", Times::exactly(1)).and(&format!(".name == \"{i}\""), "name").unwrap();
        assert!(server.verify(&own).holds && server.unmet().await.is_empty(), "{}", server.verify(&own));
        let none = Expected::of("SayHello", Times::exactly(0));
        assert!(!server.verify(&none).holds);
    }
    // Dropped, they are gone.
    let targets: Vec<String> = servers.iter().map(|server| server.target().to_owned()).collect();
    drop(servers);
    for target in targets {
        assert!(Client::connect(&target).await.is_err(), "{target}");
    }
}

#[tokio::test]
async fn a_rule_that_is_written_wrong_is_an_error() {
    let wrong = Rule::method("SayHello").with("wehn", "true").reply(serde_json::json!({})).unwrap_err();
    assert!(wrong.to_string().contains("the key 'wehn' is not known here"), "{wrong}");
    assert!(Rule::method("SayHello").build().is_err());
    let rule = Rule::method("SayHello").reply(serde_json::json!({"mesage": 1})).unwrap();
    let error = Server::builder().rule(rule).start().await.unwrap_err();
    assert!(error.rule().is_some_and(|error| error.nearest() == ["message"]), "{error}");
}

/// Three servers that say who they are, and a target of all of them.
async fn fleet() -> (Vec<Server>, String) {
    let mut servers = Vec::new();
    for who in 0..3 {
        let hello = Rule::method("SayHello").when(r#".name != "slow""#);
        let hello = hello.reply(serde_json::json!({"message": who.to_string()})).unwrap();
        let unavailable = Rule::method("SayHello").when(r#".name == "again""#);
        let once = serde_json::json!([{"error": "UNAVAILABLE"}]);
        let unavailable = unavailable.with("replies", once).with("then", "next").build().unwrap();
        let slow = rule("SayHello => hang");
        servers.push(Server::builder().rule(unavailable).rule(hello).rule(slow).start().await.unwrap());
    }
    let place = |server: &Server| format!("127.0.0.1:{}", server.port().unwrap());
    let target = servers.iter().map(place).collect::<Vec<_>>().join(",");
    (servers, target)
}

fn in_turn() -> greet::client::PoolOptions {
    let mut pool = greet::client::PoolOptions::new(greet::client::LoadBalancing::RoundRobin);
    // All are connected before the first call, however busy the machine is.
    pool.settle = Duration::from_secs(60);
    pool
}

fn answered(server: &Server) -> usize {
    server.journal().calls("greeter.Greeter/SayHello").len()
}

#[tokio::test]
async fn calls_are_spread_over_several_servers() {
    let (servers, target) = fleet().await;
    let client = Client::builder().balance(in_turn()).connect(&target).await.unwrap();
    for _ in 0..9 {
        client.call("SayHello", "{}").await.unwrap();
    }
    assert_eq!(servers.iter().map(answered).collect::<Vec<_>>(), [3, 3, 3]);
    // One that leaves takes no call with it, and streams are spread too.
    servers[0].drain(Duration::from_secs(60)).await;
    let pool = client.pool().unwrap();
    loop {
        let changed = pool.changed();
        if pool.ready().len() == 2 {
            break;
        }
        changed.await;
    }
    for _ in 0..6 {
        let mut call = client.start("greeter.Greeter/SayHello").await.unwrap();
        call.send("{}").await.unwrap();
        call.half_close();
        assert_ne!(call.next().await.unwrap().unwrap().json().unwrap(), r#"{"message":"0"}"#);
        assert!(call.next().await.unwrap().is_none());
    }
    let open: Vec<usize> = pool.backends().iter().map(|backend| backend.calls).collect();
    assert_eq!(open, [0, 0, 0]);
    // Without any that works it is said why.
    drop(servers);
    let error = loop {
        if let Err(error) = client.call("SayHello", "{}").await
            && error.ending().is_none()
        {
            break error;
        }
    };
    assert!(error.to_string().contains("connection refused"), "{error}");
    assert_eq!(error.layer(), greet::Layer::Connect);
}

#[tokio::test]
async fn a_service_config_says_how_calls_are_made() {
    let (servers, target) = fleet().await;
    let config = greet::client::ServiceConfig::parse(
        r#"{"loadBalancingConfig": [{"round_robin": {}}], "methodConfig": [{"name": [{}], "timeout": "0.2s",
            "maxRequestMessageBytes": 20, "retryPolicy": {"maxAttempts": 5, "initialBackoff": "0.001s",
            "maxBackoff": "0.001s", "backoffMultiplier": 1, "retryableStatusCodes": ["UNAVAILABLE"]}}]}"#,
    );
    let builder =
        || Client::builder().service_config(config.clone().unwrap()).timeout(Duration::from_secs(60));
    let slow = builder().connect(&target).await.unwrap();
    let late = slow.call("SayHello", r#"{"name":"slow"}"#).await.unwrap_err();
    assert_eq!(late.status().unwrap().code, Code::DEADLINE_EXCEEDED);
    let large = slow.call("SayHello", r#"{"name":"longer than twenty bytes"}"#).await.unwrap_err();
    assert_eq!(large.status().unwrap().code, Code::RESOURCE_EXHAUSTED);

    let mut patient = config.clone().unwrap();
    patient.methods[0].timeout = None;
    let client = Client::builder().balance(in_turn()).service_config(patient.clone());
    let client = client.connect(&target).await.unwrap();
    let before: usize = servers.iter().map(answered).sum();
    // Each server says no once; the fourth try goes through.
    client.call("SayHello", r#"{"name":"again"}"#).await.unwrap();
    assert_eq!(servers.iter().map(answered).sum::<usize>() - before, 4);

    let (_others, target) = fleet().await;
    patient.methods[0].retry = None;
    let client = Client::builder().balance(in_turn()).service_config(patient).connect(&target).await.unwrap();
    let refused = client.call("SayHello", r#"{"name":"again"}"#).await.unwrap_err();
    assert_eq!(refused.status().unwrap().code, Code::UNAVAILABLE);
}
