//! `greet serve`: what it answers, where it listens, what it says.

use crate::run::{Folder, SHAPES, command, finish, greet, serve, serve_command};

#[test]
fn the_ready_line_is_a_target() {
    let server = serve(&[]);
    let port = server.target.strip_prefix("localhost:").unwrap();
    assert!(port.parse::<u16>().unwrap() > 0);
    for target in
        [server.target.clone(), format!(":{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")]
    {
        let ran = greet(&["call", &target, "SayHello", "name=World"]);
        assert_eq!(ran.shown(), "0\n--- stdout\n{\"message\":\"Hello, World!\"}\n--- stderr\n", "{target}");
    }
}

#[test]
fn a_unix_socket_serves_too() {
    let folder = Folder::new();
    let listen = format!("unix:{}/greet.sock", folder.path().display());
    let server = serve_command(command(&["serve", "--listen", &listen]));
    assert_eq!(server.target, listen);
    let ran = greet(&["call", &server.target, "SayHello", "name=World"]);
    assert_eq!(ran.shown(), "0\n--- stdout\n{\"message\":\"Hello, World!\"}\n--- stderr\n");
    server.running.signal("TERM");
    assert_eq!(server.running.end().code, 0);
    assert!(!folder.path().join("greet.sock").exists());
}

#[test]
fn a_port_in_use_is_exit_5() {
    let server = serve(&[]);
    let port = server.target.rsplit(':').next().unwrap().to_owned();
    let ran = greet(&["serve", "--port", &port]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert_eq!(
        ran.stderr,
        format!(
            "error: cannot listen on localhost:{port}: address already in use\n\
             hint: take another by --port N, or any free one by --port 0\n"
        )
    );
}

#[test]
fn a_command_runs_against_the_server() {
    let script = "greet call $GREET_TARGET greeter.Greeter/SayHello name=World";
    let ran = greet(&["serve", "--", "sh", "-c", script]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"message\":\"Hello, World!\"}\n"), "{}", ran.shown());
    assert!(ran.stderr.starts_with("localhost:"), "the ready line goes to stderr: {}", ran.stderr);
    assert_eq!(greet(&["serve", "--", "sh", "-c", "exit 42"]).code, 42);
    assert_eq!(greet(&["serve", "--", "sh", "-c", "kill -9 $$"]).code, 137);
    let ran = greet(&["serve", "--", "/no/such/program"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("cannot run '/no/such/program'"), "{}", ran.stderr);
}

#[test]
fn every_method_has_a_made_up_answer() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&proto]);
    let call = |method: &str, data: &str| {
        let ran = greet(&["call", &server.target, method, data]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
        ran.stdout
    };
    // What the reply shares with the request is echoed, the rest is made up.
    let unary: serde_json::Value = serde_json::from_str(&call("Unary", "{name:'echo'}")).unwrap();
    assert_eq!((&unary["name"], &unary["inner"]["colour"]), (&"echo".into(), &"RED".into()), "{unary}");
    assert_eq!(unary["inner"]["tags"].as_array().unwrap().len(), 2, "{unary}");
    let sum = call("Up", "{name:'x'}");
    let reply: serde_json::Value = serde_json::from_str(&sum).unwrap();
    assert!(reply["count"].is_number() && reply["all"].is_string(), "{sum}");
    assert_eq!(sum, call("Up", "{name:'x'}"), "the same question has the same answer");
    assert_eq!(call("Down", "{name:'x'}").lines().count(), 3);
    assert_eq!(call("Up", "{name:'x'}{name:'y'}").lines().count(), 1);
    assert_eq!(call("Both", "{name:'x'}{name:'y'}").lines().count(), 2);
    let seeded = serve(&[&proto, "--seed", "7"]);
    let other = greet(&["call", &seeded.target, "Up", "{name:'x'}"]).stdout;
    assert_ne!(sum, other);
}

#[test]
fn rules_come_first_and_what_they_leave_is_said() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let rule = "shapes.Shapes/Unary when .name == \"a\" => {name: \"ruled\"}";
    let server = serve(&[&proto, "--rule", rule]);
    let ran = greet(&["call", &server.target, "Unary", "name=a"]);
    assert_eq!(ran.stdout, "{\"name\":\"ruled\"}\n");
    let ran = greet(&["call", &server.target, "Unary", "name=b"]);
    assert!(ran.stdout.contains("\"name\":\"b\""), "{}", ran.shown());
    server.running.signal("TERM");
    let said = server.running.end().stderr;
    assert!(said.contains("shapes.Shapes/Unary") && said.starts_with("note: "), "{said}");

    let server = serve(&[&proto, "--rule", rule, "--no-auto", "--quiet"]);
    let ran = greet(&["call", &server.target, "Unary", "name=b"]);
    assert_eq!(ran.code, 76, "{}", ran.shown());
    assert!(ran.stderr.contains("UNIMPLEMENTED (12)"), "{}", ran.stderr);
}

#[test]
fn a_rule_that_loops_ends_its_call_and_nothing_else() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let rules = folder.file(
        "r.yaml",
        "rules:\n- method: shapes.Shapes/Unary\n  when: .name == \"loop\"\n  reply: 'def f: f; f'\n\
         - method: shapes.Shapes/Unary\n  when: .name == \"bomb\"\n  reply: '{name: (\"x\" * 100000000000)}'\n\
         - method: shapes.Shapes/Unary\n  reply: '{name: \"fine\"}'\n",
    );
    let server = serve(&[&proto, "--rules", &rules]);
    for name in ["loop", "bomb"] {
        let ran = greet(&["call", &server.target, "Unary", &format!("name={name}")]);
        assert_eq!(ran.code, 72, "{name}: {}", ran.shown());
        assert!(
            ran.stderr.contains("RESOURCE_EXHAUSTED") && ran.stderr.contains("r.yaml:"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(greet(&["call", &server.target, "Unary"]).stdout, "{\"name\":\"fine\"}\n");
}

#[test]
fn many_rules_that_loop_at_once_leave_others_their_turn() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let rules = folder.file(
        "r.yaml",
        "rules:\n- method: shapes.Shapes/Unary\n  when: .name == \"loop\"\n  reply: 'def f: f; f'\n\
         - method: shapes.Shapes/Unary\n  reply: '{name: \"fine\"}'\n",
    );
    let server = serve(&[&proto, "--rules", &rules, "--threads", "1"]);
    let looping: Vec<_> = (0..6)
        .map(|_| {
            let args = ["call", &server.target, "Unary", "name=loop", "--timeout", "60s"];
            crate::run::Running::start(command(&args))
        })
        .collect();
    for _ in 0..5 {
        assert_eq!(greet(&["call", &server.target, "Unary"]).stdout, "{\"name\":\"fine\"}\n");
    }
    for call in looping {
        let ran = call.end();
        assert_eq!(ran.code, 72, "{}", ran.shown());
    }
}

#[test]
fn a_rule_that_is_wrong_stops_the_start_with_its_place() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    for (rules, wanted) in [
        ("rules:\n- method: shapes.Shapes/Unary\n  reply: '{name: lenght}'\n", "r.yaml:3:"),
        ("rules:\n- method: shapes.Shapes/Unary\n  reply: {nme: x}\n", "r.yaml:3:"),
        ("rules:\n- method: shapes.Shapes/Unry\n  reply: {}\n", "r.yaml:2:"),
        ("rules:\n- method: shapes.Shapes/Unary\n  rply: {}\n", "r.yaml:3:"),
        ("rules: [\n", "r.yaml:"),
    ] {
        let file = folder.file("r.yaml", rules);
        let ran = greet(&["serve", "--port", "0", &proto, "--rules", &file]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{rules}: {}", ran.shown());
        assert!(ran.stderr.contains(wanted), "{rules}: {}", ran.stderr);
    }
    let ran = greet(&["serve", "--port", "0", "--rule", "greeter.Greeter/SayHello {}"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}

#[test]
fn descriptor_sets_are_served_and_told_by_content() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let set = prost::Message::encode_to_vec(&protox::compile([&proto], [folder.path()]).unwrap());
    let set = folder.file("shapes.bin", set);
    for args in [vec![set.as_str()], vec!["--descriptor-set", &set], vec!["--proto", &proto]] {
        let server = serve(&args);
        let ran = greet(&["list", &server.target]);
        assert!(ran.stdout.starts_with("shapes.Shapes\n"), "{}", ran.shown());
    }
    let ran = greet(&["call", "--descriptor-set", &set, &serve(&[&set]).target, "Unary", "name=x"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn options_bound_what_is_served() {
    let server = serve(&["--max-recv-size", "8", "--threads", "1", "--no-health", "--grace", "1s"]);
    let proto = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
    let ran = greet(&["call", "-p", proto, &server.target, "SayHello", "name=a longer name"]);
    assert_eq!(ran.code, 72, "{}", ran.shown());
    let ran = greet(&["health", &server.target]);
    assert_eq!(ran.code, 76, "{}", ran.shown());
}

#[test]
fn http_1_gets_an_explanation() {
    use std::io::{Read, Write};
    let server = serve(&[]);
    let mut socket = std::net::TcpStream::connect(server.target.replace("localhost", "127.0.0.1")).unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("gRPC"), "{answer}");
}

#[test]
fn one_line_a_call_is_for_terminals_only() {
    let server = serve(&[]);
    greet(&["call", &server.target, "SayHello"]);
    server.running.signal("INT");
    assert_eq!(server.running.end().shown(), "0\n--- stdout\n--- stderr\n");
    let mut quiet = command(&["serve", "--port", "0", "--quiet", "--", "true"]);
    quiet.env("NO_COLOR", "1");
    assert_eq!(finish(quiet).code, 0);
}
