//! `greet serve --admin`: what is answered is changed and looked at while it is served.

use serde_json::{Value, json};

use crate::run::{Folder, Ran, Running, SHAPES, Served, command, greet, serve};

/// Calls a method of the service with this request.
fn admin(server: &Served, method: &str, request: &Value) -> Ran {
    let method = format!("greet.admin.v1.Admin/{method}");
    greet(&["call", &server.target, &method, &request.to_string(), "--defaults"])
}

/// What a call prints that goes well.
fn done(server: &Served, method: &str, request: &Value) -> Value {
    let ran = admin(server, method, request);
    assert_eq!(ran.code, 0, "{method} {request}: {}", ran.shown());
    serde_json::from_str(&ran.stdout).unwrap_or_default()
}

fn unary(server: &Served, name: &str) -> String {
    let ran =
        greet(&["call", &server.target, "shapes.Shapes/Unary", &format!("name={name}"), "-q", ".name", "-r"]);
    format!("{}{}", ran.stdout, ran.stderr)
}

const RULES: &str = "rules: [{method: Unary, reply: {name: file}}]";

fn served(more: &[&str]) -> (Folder, Served) {
    let folder = Folder::new();
    let (proto, rules) = (folder.file("shapes.proto", SHAPES), folder.file("rules.yaml", RULES));
    let server = serve(&[&[&*proto, "--rules", &rules, "--admin"], more].concat());
    (folder, server)
}

#[test]
fn it_is_found_by_reflection_and_means_no_method_by_a_short_name() {
    let (_folder, server) = served(&["--no-auto"]);
    let listed = greet(&["list", &server.target]);
    assert!(listed.stdout.contains("greet.admin.v1.Admin\n"), "{}", listed.shown());
    let described = greet(&["describe", &server.target, "greet.admin.v1.ReadJournalRequest"]);
    assert!(described.stdout.contains("bool follow = 2;"), "{}", described.shown());
    assert_eq!(greet(&["call", &server.target, "AddRules"]).code, 4);
    // Who did not ask for it has none of it.
    let without = serve(&[]);
    let ran = admin(&without, "ListRules", &json!({}));
    assert_eq!(ran.code, 4, "{}", ran.shown());
}

#[test]
fn rules_come_before_those_of_files_and_stay_when_files_change() {
    let (folder, server) = served(&[]);
    assert_eq!(unary(&server, "a"), "file\n");
    let text = "rules:\n- {method: Unary, when: .name == \"a\", reply: {name: first}}\n- {method: Unary, when: .name == \"b\", reply: {name: second}}\n";
    assert_eq!(
        done(&server, "AddRules", &json!({"rules": text, "name": "t.yaml"})),
        json!({"ids": ["1", "2"]})
    );
    assert_eq!(
        [unary(&server, "a"), unary(&server, "b"), unary(&server, "c")],
        ["first\n", "second\n", "file\n"]
    );
    let one = |text: &str, position: &str| json!({"rules": text, "position": position});
    done(&server, "AddRules", &one("Unary => {name: \"last\"}", "LAST"));
    assert_eq!([unary(&server, "a"), unary(&server, "c")], ["first\n", "last\n"]);
    done(&server, "AddRules", &one("Unary when .name == \"a\" => {name: \"zeroth\"}", "FIRST"));
    assert_eq!(unary(&server, "a"), "zeroth\n");

    let listed = done(&server, "ListRules", &json!({}));
    let rules: Vec<String> = listed["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            let place = rule["place"].as_str().unwrap().rsplit('/').next().unwrap();
            format!(
                "{} {place} {} {}",
                rule["id"].as_str().unwrap(),
                rule["method"].as_str().unwrap(),
                rule["count"]
            )
        })
        .collect();
    let expected = [
        "4 admin:1:1 Unary \"1\"",
        "1 t.yaml:2:3 Unary \"2\"",
        "2 t.yaml:3:3 Unary \"1\"",
        "3 admin:1:1 Unary \"1\"",
        " rules.yaml:1:9 Unary \"2\"",
    ];
    assert_eq!(rules, expected);

    assert_eq!(done(&server, "RemoveRules", &json!({"ids": ["4", "3"]})), json!({"removed": 2}));
    assert_eq!([unary(&server, "a"), unary(&server, "c")], ["first\n", "file\n"]);
    folder.file("rules.yaml", "rules: [{method: Unary, reply: {name: edited}}]");
    while unary(&server, "c") != "edited\n" {}
    assert_eq!([unary(&server, "a"), unary(&server, "b")], ["first\n", "second\n"]);
    assert_eq!(done(&server, "RemoveRules", &json!({})), json!({"removed": 2}));
    assert_eq!(unary(&server, "a"), "edited\n");
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_changes_nothing() {
    let (_folder, server) = served(&[]);
    for (method, request, said) in [
        (
            "AddRules",
            json!({"rules": "rules:\n- {method: Unary, when: .nam == 1, reply: {}}", "name": "t.yaml"}),
            "INVALID_ARGUMENT (3): t.yaml:2:26: shapes.Item has no field ",
        ),
        (
            "AddRules",
            json!({"rules": "Unarry => {}"}),
            "INVALID_ARGUMENT (3): admin:1:1: no method is called 'Unarry'; did you mean shapes.Shapes/Unary",
        ),
        (
            "AddRules",
            json!({"rules": "include: [/etc/passwd]"}),
            "INVALID_ARGUMENT (3): admin:1:11: rules that stand in no file cannot name files from here",
        ),
        ("AddRules", json!({"rules": "nonsense"}), "INVALID_ARGUMENT (3): admin:1:1: "),
        (
            "AddRules",
            json!({"rules": RULES, "position": 7}),
            "INVALID_ARGUMENT (3): position is FIRST (0) or LAST (1), not 7",
        ),
        ("RemoveRules", json!({"ids": ["1"]}), "NOT_FOUND (5): no rule was added that has the id '1'"),
        ("Verify", json!({"method": "Unary", "where": [".name =="]}), "INVALID_ARGUMENT (3): where:1:"),
        (
            "Verify",
            json!({"method": "Unary", "times": 1, "at_most": 2}),
            "INVALID_ARGUMENT (3): times stands alone, without at_least and at_most",
        ),
        ("Verify", json!({}), "INVALID_ARGUMENT (3): method is missing"),
        ("SetHealth", json!({"service": "no.Such"}), "NOT_FOUND (5): unknown service no.Such"),
        ("SetHealth", json!({"status": 9}), "INVALID_ARGUMENT (3): status is "),
    ] {
        let ran = admin(&server, method, &request);
        assert!(ran.stderr.starts_with(&format!("error: {said}")), "{method} {request}: {}", ran.shown());
    }
    assert_eq!(done(&server, "ListRules", &json!({}))["rules"].as_array().unwrap().len(), 1);
    assert_eq!(unary(&server, "a"), "file\n");
}

#[test]
fn what_happened_is_read_counted_and_forgotten() {
    let (_folder, server) = served(&[]);
    done(
        &server,
        "AddRules",
        &json!({"rules": "Unary => remember({n: (state.n + 1)}), {name: \"\\($call) \\(state.n)\"}"}),
    );
    assert_eq!([unary(&server, "a"), unary(&server, "b")], ["1 1\n", "2 2\n"]);
    let journal = |request: &Value| -> Vec<Value> {
        let ran = admin(&server, "ReadJournal", request);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let all = journal(&json!({}));
    let kinds =
        |events: &[Value]| events.iter().map(|e| e["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let one = ["start", "metadata", "request", "half_close", "rule", "message", "status"];
    assert_eq!(kinds(&all), [one, one].concat());
    assert_eq!((&all[2]["body"]["name"], &all[9]["body"]["name"]), (&json!("a"), &json!("b")));
    assert_eq!(journal(&json!({"method": "Shapes/Unary"})), all);
    assert!(journal(&json!({"method": "Up"})).is_empty());

    let verify = |request: Value| done(&server, "Verify", &request);
    let seen =
        verify(json!({"method": "Unary", "where": [".name == \"a\"", "$status.code == 0"], "times": 2}));
    let said = "expected 2 calls of Unary where .name == \"a\" and $status.code == 0, and saw 1 of 2";
    assert_eq!(
        seen,
        json!({"holds": false, "count": "1", "ofMethod": "2", "said": said, "others": ["OK {\"name\":\"b\"}"]})
    );
    assert_eq!(verify(json!({"method": "Unary", "at_least": 2, "at_most": 3}))["holds"], true);
    assert_eq!(verify(json!({"method": "Unary", "at_most": 1}))["holds"], false);
    assert_eq!(verify(json!({"method": "Up"}))["holds"], false);

    done(&server, "Reset", &json!({"counters": true}));
    assert_eq!(unary(&server, "c"), "1 3\n");
    done(&server, "Reset", &json!({"state": true}));
    assert_eq!(unary(&server, "c"), "2 1\n");
    done(&server, "Reset", &json!({"journal": true}));
    assert!(journal(&json!({})).is_empty());
    done(&server, "Reset", &json!({"rules": true}));
    assert_eq!(unary(&server, "c"), "file\n");
    done(&server, "Reset", &json!({}));
    assert!(journal(&json!({})).is_empty());
    assert_eq!(done(&server, "ListRules", &json!({}))["rules"][0]["count"], "0");
}

#[test]
fn a_journal_that_is_followed_goes_on_until_the_server_stops() {
    for more in [&[][..], &["--no-health"]] {
        let (_folder, server) = served(more);
        unary(&server, "a");
        let request = json!({"follow": true, "method": "Unary"}).to_string();
        let words =
            ["call", &server.target, "greet.admin.v1.Admin/ReadJournal", &request, "-q", ".event", "-r"];
        let mut following = Running::start(command(&words));
        let next = |following: &mut Running| (0..7).map(|_| following.line()).collect::<Vec<_>>().join(" ");
        let one = "start metadata request half_close rule message status";
        assert_eq!(next(&mut following), one);
        unary(&server, "b");
        assert_eq!(next(&mut following), one);
        server.running.signal("TERM");
        let ran = following.end();
        assert!(ran.code == 78 && ran.stderr.contains("the server is stopping"), "{}", ran.shown());
        assert_eq!(server.running.end().code, 0);
    }
}

#[test]
fn health_is_set_and_readiness_waited_for() {
    let (_folder, server) = served(&[]);
    done(&server, "WaitUntilReady", &json!({}));
    done(&server, "SetHealth", &json!({"service": "shapes.Shapes", "status": "NOT_SERVING"}));
    let health = |service: &str| greet(&["health", &server.target, service]).stdout;
    assert_eq!([health("shapes.Shapes"), health("")], ["NOT_SERVING\n", "SERVING\n"]);
    done(&server, "SetHealth", &json!({"service": "shapes.Shapes", "status": "SERVING"}));
    assert_eq!(health("shapes.Shapes"), "SERVING\n");
    let (_folder, without) = served(&["--no-health"]);
    let ran = admin(&without, "SetHealth", &json!({}));
    assert!(ran.code == 73 && ran.stderr.contains("the server offers no health check"), "{}", ran.shown());
    assert_ne!(greet(&["health", &without.target]).code, 0);
}

#[test]
fn it_is_for_this_machine_only_unless_a_token_is_demanded() {
    let ran = greet(&["serve", "--admin", "--listen", "0.0.0.0:0", "--", "true"]);
    let said = "error: --admin: the admin service is for loopback only, unless a token is demanded of every call\nhint: add --token-file FILE, or listen on localhost\n";
    assert!(ran.code == 2 && ran.stderr.ends_with(said), "{}", ran.shown());
    for words in [
        &["--listen", "127.0.0.1:0"][..],
        &["--listen", "[::1]:0"],
        &["--listen", "0.0.0.0:0", "--token", "abc"],
    ] {
        let ran = greet(&[&["serve", "--admin"], words, &["--", "true"]].concat());
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.shown());
    }
    let (_folder, server) = served(&["--token", "abc"]);
    let ran = greet(&[
        "call",
        &server.target,
        "-p",
        concat!(env!("CARGO_MANIFEST_DIR"), "/proto/admin.proto"),
        "greet.admin.v1.Admin/ListRules",
    ]);
    assert_eq!(ran.code, 80, "{}", ran.shown());
}
