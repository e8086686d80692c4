//! `greet call`: the mission's lines, all four shapes, output forms.

use crate::run::{Folder, Ran, SHAPES, greet, greet_with_input, serve};

fn ok(ran: &Ran) -> &str {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
    &ran.stdout
}

#[test]
fn the_mission_in_every_spelling() {
    let server = serve(&[]);
    for data in [
        vec![r#"{"name":"World"}"#],
        vec![r#"<"name":"World">"#],
        vec!["name=World"],
        vec!["-d", r#"{"name":"World"}"#],
        vec!["--data", r#"{"name":"World"}"#],
        vec!["{name: 'World',} // relaxed"],
        vec!["--in", "text", "name: 'World'"],
    ] {
        let mut args = vec!["call", &server.target, "greeter.Greeter/SayHello"];
        args.extend(data);
        assert_eq!(ok(&greet(&args)), "{\"message\":\"Hello, World!\"}\n", "{args:?}");
    }
    for method in ["SayHello", "Greeter/SayHello", "greeter.Greeter.SayHello", "/greeter.Greeter/SayHello"] {
        let ran = greet(&["call", &server.target, method, "name=World"]);
        assert_eq!(ok(&ran), "{\"message\":\"Hello, World!\"}\n", "{method}");
    }
}

#[test]
fn no_data_is_the_empty_message() {
    let server = serve(&[]);
    assert_eq!(ok(&greet(&["call", &server.target, "SayHello"])), "{\"message\":\"Hello, !\"}\n");
}

#[test]
fn data_comes_from_files_and_standard_input() {
    let server = serve(&[]);
    let folder = Folder::new();
    let file = folder.file("request.json", "{\"name\":\n \"World\"}");
    let at = format!("@{file}");
    let name = folder.file("name.txt", "World");
    for data in [at.as_str(), "-", "@-"] {
        let ran = greet_with_input(&["call", &server.target, "SayHello", data], "{\"name\":\"World\"}");
        assert_eq!(ok(&ran), "{\"message\":\"Hello, World!\"}\n", "{data}");
    }
    let ran = greet_with_input(&["call", &server.target, "SayHello", "-d", "@"], "{\"name\":\"World\"}");
    assert_eq!(ok(&ran), "{\"message\":\"Hello, World!\"}\n");
    let ran = greet(&["call", &server.target, "SayHello", &format!("name@{name}")]);
    assert_eq!(ok(&ran), "{\"message\":\"Hello, World!\"}\n");
}

#[test]
fn output_has_four_forms() {
    let server = serve(&[]);
    for (form, wanted) in [
        ("json", "{\"message\":\"Hello, World!\"}\n"),
        ("pretty", "{\n  \"message\": \"Hello, World!\"\n}\n"),
        ("text", "message: \"Hello, World!\"\n"),
        ("binary", "\n\rHello, World!"),
    ] {
        let ran = greet(&["call", &server.target, "SayHello", "name=World", "-o", form]);
        assert_eq!(ok(&ran), wanted, "{form}");
    }
}

#[test]
fn a_schema_is_given_by_file_set_or_reflection() {
    let folder = Folder::new();
    let proto = folder.file("api/shapes.proto", SHAPES);
    let server = serve(&[&proto]);
    let given = serve(&[&proto, "--no-reflection"]);
    let method = "shapes.Shapes/Unary";
    let wanted = "{\"name\":\"x\"}\n";
    let rule = "shapes.Shapes/Unary => {name: .name}";
    let ruled = serve(&[&proto, "--rule", rule, "--no-reflection"]);
    assert_eq!(ok(&greet(&["call", "-p", &proto, &ruled.target, method, "name=x"])), wanted);
    let include = folder.path().join("api");
    let ran = greet(&[
        "call",
        "--proto",
        "shapes.proto",
        "-I",
        include.to_str().unwrap(),
        &ruled.target,
        method,
        "name=x",
    ]);
    assert_eq!(ok(&ran), wanted);
    for version in ["auto", "v1", "v1alpha"] {
        let ran = greet(&["call", &server.target, method, "name=x", "--reflection", version]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
    let ran = greet(&["call", &given.target, method]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(
        ran.stderr.contains("reflection") && ran.stderr.contains("hint: give the schema by -p"),
        "{}",
        ran.stderr
    );
    let ran = greet(&["call", &server.target, method, "--reflection", "off"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
}

#[test]
fn all_four_shapes_pass() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let rules = folder.file(
        "rules.yaml",
        "rules:\n\
         - method: shapes.Shapes/Up\n  reply: '{count: length, all: (map(.name) | join(\"+\"))}'\n\
         - method: shapes.Shapes/Down\n  reply: 'range(3) as $i | {name: \"\\(.name)\\($i)\"}'\n\
         - method: shapes.Shapes/Both\n  reply: '{name: \"re: \\(.name)\"}'\n",
    );
    let server = serve(&[&proto, "--rules", &rules]);
    let call = |method: &str, data: &[&str]| {
        let mut args = vec!["call", &server.target, method];
        args.extend(data);
        ok(&greet(&args)).to_owned()
    };
    assert_eq!(call("Up", &["{name:'a'} {name:'b'}", "{name:'c'}"]), "{\"count\":3,\"all\":\"a+b+c\"}\n");
    assert_eq!(call("Up", &[]), "{}\n");
    assert_eq!(call("Down", &["name=n"]), "{\"name\":\"n0\"}\n{\"name\":\"n1\"}\n{\"name\":\"n2\"}\n");
    assert_eq!(call("Both", &["{name:'a'}{name:'b'}"]), "{\"name\":\"re: a\"}\n{\"name\":\"re: b\"}\n");
    assert_eq!(call("Both", &[]), "");
    assert_eq!(
        call("Both", &["{name:'a'}{name:'b'}", "-o", "text"]),
        "name: \"re: a\"\n# ---\nname: \"re: b\"\n"
    );
    assert_eq!(call("Both", &["{name:'a'}", "-o", "binary"]), "\u{7}\n\u{5}re: a");
}

#[test]
fn bidi_is_duplex() {
    use std::io::Write;
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&proto, "--rule", "shapes.Shapes/Both => {name: \"re: \\(.name)\"}"]);
    let mut command = crate::run::command(&["call", &server.target, "shapes.Shapes/Both", "-"]);
    command.stdin(std::process::Stdio::piped());
    let mut running = crate::run::Running::start(command);
    for name in ["a", "b"] {
        // Half an object first: nothing is sent before its JSON closes.
        running.stdin().write_all(b"{\"name\":").unwrap();
        running.stdin().write_all(format!("\"{name}\"}}").as_bytes()).unwrap();
        assert_eq!(running.line(), format!("{{\"name\":\"re: {name}\"}}"));
    }
    drop(running.child.stdin.take());
    assert_eq!(running.end().shown(), "0\n--- stdout\n--- stderr\n");
}

#[test]
fn when_the_server_ends_first_greet_ends_at_once() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&proto, "--rule", "shapes.Shapes/Both => error(\"ABORTED\")"]);
    let mut command = crate::run::command(&["call", &server.target, "shapes.Shapes/Both", "-"]);
    command.stdin(std::process::Stdio::piped());
    let mut running = crate::run::Running::start(command);
    std::io::Write::write_all(running.stdin(), b"{}").unwrap();
    // Standard input stays open; greet does not wait for it.
    let stdin = running.child.stdin.take();
    let ran = running.end();
    drop(stdin);
    assert_eq!(ran.code, 74, "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: ABORTED (10)"), "{}", ran.stderr);
}

#[test]
fn output_options_change_the_spelling() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES.replace("string name = 1;", "string full_name = 1;"));
    let rule = "shapes.Shapes/Unary => {fullName: \"x\", size: 5, colour: \"RED\"}";
    let server = serve(&[&proto, "--rule", rule]);
    let call = |options: &[&str]| {
        let mut args = vec!["call", &server.target, "shapes.Shapes/Unary"];
        args.extend(options);
        ok(&greet(&args)).to_owned()
    };
    assert_eq!(call(&[]), "{\"fullName\":\"x\",\"size\":\"5\",\"colour\":\"RED\"}\n");
    assert_eq!(
        call(&["--names", "proto", "--int64", "number", "--enums", "number"]),
        "{\"full_name\":\"x\",\"size\":5,\"colour\":1}\n"
    );
    assert_eq!(
        call(&["--defaults"]),
        "{\"fullName\":\"x\",\"size\":\"5\",\"colour\":\"RED\",\"tags\":[],\"counts\":{}}\n"
    );
}

#[test]
fn a_status_is_the_exit_code() {
    let folder = Folder::new();
    let rules = folder.file(
        "rules.yaml",
        "rules:\n\
         - method: greeter.Greeter/SayHello\n  when: .name == \"\"\n  error:\n    code: INVALID_ARGUMENT\n    message: name is required\n    details:\n    - '@type': type.googleapis.com/google.rpc.BadRequest\n      fieldViolations:\n      - {field: name, description: is empty}\n\
         - method: greeter.Greeter/SayHello\n  when: .name == \"gone\"\n  error: NOT_FOUND\n\
         - method: greeter.Greeter/SayHello\n  reply: {message: hi}\n",
    );
    let server = serve(&["--rules", &rules]);
    let ran = greet(&["call", &server.target, "SayHello"]);
    assert_eq!(ran.code, 67, "{}", ran.shown());
    assert_eq!(
        ran.stderr,
        "error: INVALID_ARGUMENT (3): name is required\n  \
         {\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":[{\"field\":\"name\",\"description\":\"is empty\"}]}\n"
    );
    assert_eq!(greet(&["call", &server.target, "SayHello", "name=gone"]).code, 69);
    assert_eq!(ok(&greet(&["call", &server.target, "SayHello", "name=x"])), "{\"message\":\"hi\"}\n");
}

#[test]
fn metadata_goes_with_the_call() {
    let rule = "greeter.Greeter/SayHello => {message: \"\\($metadata.who) \\($metadata[\"x-bin\"])\"}";
    let server = serve(&["--rule", rule]);
    let ran = greet(&[
        "call",
        &server.target,
        "SayHello",
        "-H",
        "who: a",
        "--rpc-header",
        "Who: b",
        "--reflect-header",
        "no: c",
        "-H",
        "x-bin: AQI=",
    ]);
    assert_eq!(ok(&ran), "{\"message\":\"a, b AQI\"}\n");
    let ran = greet(&["call", &server.target, "SayHello", "--header", "te: x"]);
    assert_eq!(
        (ran.code, ran.stderr.contains("'te' is no metadata: this name is reserved")),
        (2, true),
        "{}",
        ran.shown()
    );
}

#[test]
fn user_agent_and_authority_are_set() {
    let rule = "greeter.Greeter/SayHello => {message: $metadata[\"user-agent\"]}";
    let server = serve(&["--rule", rule]);
    let ran =
        greet(&["call", &server.target, "SayHello", "--user-agent", "me/1", "--authority", "other.example"]);
    let wanted = format!("{{\"message\":\"me/1 greet/{}\"}}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(ok(&ran), wanted);
    let ran = greet(&["call", &server.target, "SayHello", "--authority", "a b"]);
    assert_ne!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_deadline_is_kept() {
    let rule = "greeter.Greeter/SayHello => {message: \"\\([range(3000000)] | length)\"}";
    let server = serve(&["--rule", rule]);
    let ran = greet(&["call", &server.target, "SayHello", "--timeout", "1ms"]);
    assert_eq!(ran.code, 68, "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: DEADLINE_EXCEEDED (4)"), "{}", ran.stderr);
}

#[test]
fn a_reply_too_large_is_refused() {
    let server = serve(&[]);
    let ran = greet(&["call", &server.target, "SayHello", "name=World", "--max-recv-size", "8"]);
    assert_eq!(ran.code, 72, "{}", ran.shown());
    assert!(ran.stderr.contains("hint: larger replies are taken with --max-recv-size"), "{}", ran.stderr);
}
