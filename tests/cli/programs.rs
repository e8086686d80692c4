//! `greet call` with jq programs: what is shown, what is expected, what is generated.

use crate::run::{Folder, Ran, SHAPES, Served, command, finish, greet, serve};

/// A server whose replies are known.
fn shapes() -> Served {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let rules = folder.file(
        "rules.yaml",
        "rules:\n\
         - method: shapes.Shapes/Unary\n  when: .name == \"gone\"\n  error: {code: NOT_FOUND, message: no such item}\n\
         - method: shapes.Shapes/Unary\n  reply: '{size: 7, name: .name}'\n\
         - method: shapes.Shapes/Down\n  when: .name == \"broken\"\n  reply: '{name: \"a\"}, error(\"ABORTED\")'\n\
         - method: shapes.Shapes/Down\n  reply: 'range(.size) as $i | {name: \"x\\($i)\", size: $i}'\n\
         - method: shapes.Shapes/Both\n  reply: '{name: \"re: \\(.name)\"}'\n\
         - method: shapes.Shapes/Up\n  reply: '{count: length}'\n",
    );
    serve(&[&proto, "--rules", &rules])
}

fn call(server: &Served, args: &[&str]) -> Ran {
    let mut all = vec!["call", &server.target];
    all.extend(args);
    greet(&all)
}

fn ok(ran: &Ran) -> &str {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
    &ran.stdout
}

#[test]
fn a_program_says_what_is_printed() {
    let server = shapes();
    let folder = Folder::new();
    let file = folder.file("program.jq", "# a comment\n.name\n");
    for (options, wanted) in [
        (vec!["-q", ".name"], "\"a\"\n"),
        (vec!["--query", ".size + 1, .tags"], "8\n[]\n"),
        (vec!["-f", &file], "\"a\"\n"),
        (vec!["--from-file", &file, "-r"], "a\n"),
        (vec!["-q", ".name", "--raw-output"], "a\n"),
        (vec!["-q", "{size, name}"], "{\"size\":7,\"name\":\"a\"}\n"),
        (vec!["-q", "{size, name}", "-S"], "{\"name\":\"a\",\"size\":7}\n"),
        (
            vec!["-q", "{size, name}", "--sort-keys", "-o", "pretty"],
            "{\n  \"name\": \"a\",\n  \"size\": 7\n}\n",
        ),
        (vec!["-q", "{size}", "--tab"], "{\n\t\"size\": 7\n}\n"),
        (vec!["-q", "{size}", "--indent", "3"], "{\n   \"size\": 7\n}\n"),
        (vec!["-q", "{size}", "--indent", "0", "-o", "pretty"], "{\"size\":7}\n"),
        (vec!["-q", "$x + $y.z", "--arg", "x", "-1", "--argjson", "$y", "{\"z\":\"2\"}"], "\"-12\"\n"),
        (vec!["-q", "$n, ($metadata | type)"], "1\n\"object\"\n"),
        (vec!["-q", "$status.name, $trailers, .name"], "\"OK\"\n{}\n\"a\"\n"),
        (vec!["-q", "empty"], ""),
    ] {
        let mut args = vec!["Unary", "name=a"];
        args.extend(options);
        assert_eq!(ok(&call(&server, &args)), wanted, "{args:?}");
    }
    // Alone, -r is -q .
    let shown = ok(&call(&server, &["Unary", "name=a", "-r"])).to_owned();
    assert!(
        shown.starts_with("{\"name\":\"a\",\"size\":7,\"colour\":\"COLOUR_UNSPECIFIED\",\"tags\":[]"),
        "{shown}"
    );
}

#[test]
fn on_a_stream_a_program_runs_for_each_message_or_once() {
    let server = shapes();
    assert_eq!(ok(&call(&server, &["Down", "size=3", "-q", "[$n, .size]"])), "[1,0]\n[2,1]\n[3,2]\n");
    assert_eq!(
        ok(&call(&server, &["Down", "size=3", "--slurp", "-q", "map(.size), $status.code"])),
        "[0,1,2]\n0\n"
    );
    assert_eq!(ok(&call(&server, &["Down", "size=0", "--slurp", "-q", "."])), "[]\n");
    // What is not known at a message is not asked for at one.
    let ran = call(&server, &["Down", "size=3", "-q", "$status"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.shown());
    assert!(ran.stderr.contains("hint: --slurp runs -q at the end"), "{}", ran.stderr);
    // What came before a failure is known, and how it failed.
    let ran = call(&server, &["Down", "name=broken", "--slurp", "-q", "length, $status.name"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (74, "1\n\"ABORTED\"\n"), "{}", ran.shown());
}

#[test]
fn an_error_in_a_program_is_a_line_and_exit_1_at_the_end() {
    let server = shapes();
    let ran = call(&server, &["Down", "size=3", "-q", "if .size == 1 then error(\"no\") else .size end"]);
    assert_eq!(ran.shown(), "1\n--- stdout\n0\n2\n--- stderr\nerror: -q:1:1: no (reply 2)\n");
    let ran = call(&server, &["Unary", "-q", "repeat(.)"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("the program was stopped: it yields too many values"), "{}", ran.stderr);
    // A status counts for more, and an expectation too.
    assert_eq!(call(&server, &["Down", "name=broken", "-q", "error"]).code, 74);
    assert_eq!(call(&server, &["Unary", "-q", "error", "--expect", "false"]).code, 7);
}

#[test]
fn what_cannot_be_run_is_told_before_anything_is_dialled() {
    for (options, said) in [
        (vec!["-q", ".a | nme"], "error: -q:1:6: nme/0 is not defined\n"),
        (vec!["--expect", ".a)"], "error: --expect:1:3: "),
        (vec!["--generate", "wiat(1)"], "error: --generate:1:1: wiat/1 is not defined"),
        (vec!["-q", "wait(1)"], "error: -q:1:1: wait is not available here"),
        (vec!["--generate", "$status"], "error: --generate:1:1: $status is not defined"),
        (vec!["-q", ".", "-f", "x"], "cannot be used with"),
        (vec!["-f", "/no/such.jq"], "error: cannot read '/no/such.jq': no such file or directory"),
        (vec!["--slurp"], "error: --slurp goes with -q\n"),
        (vec!["-S"], "error: -S goes with -q\n"),
        (vec!["-q", ".", "--tab", "--indent", "2"], "cannot be used with"),
        (vec!["-q", ".", "--indent", "17"], "17 is not in 0..=16"),
        (vec!["-q", ".", "--names", "proto"], "error: programs see fields by their JSON names"),
        (vec!["--arg", "n", "x"], "error: --arg: $n is greet's own\n"),
        (vec!["--arg", "a-b", "x"], "error: --arg: 'a-b' is no name of a variable\n"),
        (vec!["--arg", "a", "x", "--argjson", "a", "1"], "error: --argjson: $a is given twice\n"),
        (vec!["--argjson", "a", "{"], "error: --argjson a: '{' is no JSON: "),
        (vec!["--expect-code", "FOUND"], "'FOUND' is no status code"),
        (vec!["-n", "0"], "0 is not in 1.."),
        (vec!["--generate", "1", "{}"], "cannot be used with"),
    ] {
        let mut args = vec!["call", "localhost:1", "a.B/C"];
        args.extend(options);
        let ran = greet(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.shown());
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    }
    let server = shapes();
    for form in ["text", "binary"] {
        let ran = call(&server, &["Unary", "-q", ".", "-o", form]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.shown());
    }
}

#[test]
fn expectations_are_asked_of_every_reply() {
    let server = shapes();
    let held = call(&server, &["Down", "size=3", "--expect", ".size < 3", "--expect", ".name, true"]);
    assert_eq!(ok(&held).lines().count(), 3);
    let ran = call(&server, &["Down", "size=3", "--expect", ".size < 1", "-q", ".size"]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert_eq!(ran.stdout, "0\n1\n2\n");
    assert!(
        ran.stderr.starts_with(
            "error: --expect '.size < 1' does not hold for reply 2: {\"name\":\"x1\",\"size\":1,"
        ),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.ends_with(" (and 1 times more)\n"), "{}", ran.stderr);
    for (program, said) in [
        ("empty", "does not hold"),
        (".tags[0]", "does not hold"),
        ("true, false", "does not hold"),
        ("error(\"no\")", "fails for reply 1: no: {"),
        ("[limit(10000000; repeat(1))]", "fails for reply 1: the program was stopped: "),
    ] {
        let ran = call(&server, &["Unary", "--expect", program]);
        assert_eq!(ran.code, 7, "{program}: {}", ran.shown());
        assert!(ran.stderr.contains(said), "{program}: {}", ran.stderr);
    }
    let ran = call(&server, &["Down", "size=0", "--expect", "true", "--expect", "1"]);
    assert_eq!(
        ran.shown(),
        "7\n--- stdout\n--- stderr\nerror: 2 expectations do not hold\n  \
         --expect 'true' does not hold: there was no reply\n  --expect '1' does not hold: there was no reply\n"
    );
}

#[test]
fn with_the_status_or_the_trailers_it_is_asked_once_of_all() {
    let server = shapes();
    ok(&call(&server, &["Unary", "--expect", "$trailers == {} and length == 1 and .[0].size == 7"]));
    ok(&call(&server, &["Down", "size=0", "--expect", "$status.code == 0 and . == []"]));
    let ran = call(&server, &["Down", "size=2", "--expect", "$status.name == \"OK\" and length == 3"]);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert!(ran.stderr.contains("does not hold at the end: [{\"name\":\"x0\""), "{}", ran.stderr);
    // The status is said too, and decides.
    let ran = call(
        &server,
        &["Unary", "name=gone", "--expect", "$status.message == \"other\"", "--expect", "true"],
    );
    assert_eq!(
        ran.shown(),
        "69\n--- stdout\n--- stderr\nerror: --expect '$status.message == \"other\"' does not hold at the end: []\n\
         error: NOT_FOUND (5): no such item\n"
    );
}

#[test]
fn a_status_that_is_expected_is_no_failure() {
    let server = shapes();
    for code in ["NOT_FOUND", "notFound", "5"] {
        ok(&call(&server, &["Unary", "name=gone", "--expect-code", code]));
    }
    ok(&call(
        &server,
        &["Unary", "name=gone", "--expect-code", "5", "--expect", "$status.message == \"no such item\""],
    ));
    let ran = call(&server, &["Unary", "name=gone", "--expect-code", "ok"]);
    assert_eq!(
        ran.shown(),
        "7\n--- stdout\n--- stderr\nerror: the call ended NOT_FOUND (5): no such item, and --expect-code is OK (0)\n"
    );
    let ran = call(&server, &["Unary", "-q", ".size", "--expect-code", "5"]);
    assert_eq!(
        ran.shown(),
        "7\n--- stdout\n7\n--- stderr\nerror: the call ended OK (0), and --expect-code is NOT_FOUND (5)\n"
    );
    // A reply is still wanted where one is expected.
    assert_eq!(call(&server, &["Unary", "name=gone", "--expect-code", "5", "--expect", "true"]).code, 7);
    // No server at all is no status.
    assert_eq!(greet(&["call", "localhost:1", "a.B/C", "--expect-code", "14"]).code, 5);
}

#[test]
fn requests_are_generated() {
    let server = shapes();
    let generate = |method: &str, program: &str| call(&server, &[method, "--generate", program]);
    assert_eq!(
        ok(&generate("Both", "range(2) | {name: \"\\(.)\"}, wait(\"5ms\"), {name: \"w\"}, wait(0)")),
        "{\"name\":\"re: 0\"}\n{\"name\":\"re: w\"}\n{\"name\":\"re: 1\"}\n{\"name\":\"re: w\"}\n"
    );
    assert_eq!(ok(&generate("Up", "empty")), "{}\n");
    // More than a program may yield at once.
    assert_eq!(ok(&generate("Down", "{size: 1}")), "{\"name\":\"x0\"}\n");
    assert_eq!(ok(&generate("Up", "range(120000) | {}")), "{\"count\":120000}\n");
    assert_eq!(
        ok(&generate("Unary", "wait(\"1ms\"), {name: \"a\"}, wait(\"1ms\")")),
        "{\"name\":\"a\",\"size\":\"7\"}\n"
    );
    let ran = call(&server, &["Unary", "--generate", "{name: $who}", "--arg", "who", "me"]);
    assert_eq!(ok(&ran), "{\"name\":\"me\",\"size\":\"7\"}\n");
    for (method, program, said) in [
        (
            "Unary",
            "repeat({})",
            "error: shapes.Shapes/Unary takes exactly one request (unary), and there are several\n",
        ),
        ("Unary", "empty", "and there is none\n"),
        (
            "Both",
            "{}, {nme: 1}",
            "error: request 2 of --generate: unknown field \"nme\" in shapes.Item\nhint: did you mean name?\n",
        ),
        ("Both", "{}, error(\"no\")", "error: --generate:1:1: no\n"),
        ("Both", "{}, [wait(1)]", "a step, such as wait, is no value"),
        ("Both", "[range(10000000)] | {}", "the program was stopped: "),
        ("Both", "wait(\"soon\")", "'soon' is no duration"),
    ] {
        let ran = generate(method, program);
        assert_eq!(ran.code, 3, "{program}: {}", ran.shown());
        assert!(ran.stderr.contains(said), "{program}: {}", ran.stderr);
    }
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let server = shapes();
    let coloured = "\u{1b}[1;39m{\u{1b}[0m\u{1b}[34;1m\"message\"\u{1b}[0m\u{1b}[1;39m:\u{1b}[0m";
    let hello = serve(&[]);
    for (options, wanted) in [
        (vec![], false),
        (vec!["--color", "auto"], false),
        (vec!["--color", "never", "-o", "pretty"], false),
        (vec!["--color", "always"], true),
        (vec!["--color", "always", "-q", "."], true),
    ] {
        let mut args = vec!["SayHello", "name=World"];
        args.extend(&options);
        let ran = call(&hello, &args);
        assert_eq!(ok(&ran).starts_with(coloured), wanted, "{options:?}: {}", ran.stdout);
        assert_eq!(ran.stdout.contains('\u{1b}'), wanted, "{options:?}: {}", ran.stdout);
    }
    // It holds for what is said, too.
    let ran = call(&server, &["Unary", "name=gone", "--color", "always"]);
    assert_eq!(ran.stderr, "\u{1b}[1;31merror:\u{1b}[0m NOT_FOUND (5): no such item\n");
}

#[test]
fn errors_are_json_where_that_is_asked_for() {
    let server = shapes();
    let error = |args: &[&str]| -> serde_json::Value {
        let mut all = args.to_vec();
        all.extend(["--error-format", "json"]);
        let ran = finish(command(&all));
        let line = ran.stderr.strip_suffix('\n').unwrap_or_else(|| panic!("{}", ran.shown()));
        let error: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("{}", ran.shown()));
        assert_eq!(error["error"]["exit_code"], ran.code, "{}", ran.shown());
        error["error"].clone()
    };
    let status = error(&["call", &server.target, "Unary", "name=gone"]);
    assert_eq!(
        status.to_string(),
        "{\"kind\":\"status\",\"exit_code\":69,\"code\":5,\"name\":\"NOT_FOUND\",\"message\":\"no such item\"}"
    );
    assert_eq!(error(&["call", "localhost:1", "a.B/C"])["kind"], "connection");
    assert_eq!(error(&["call", &server.target, "Unary", "{nme: 1}"])["hints"][0], "did you mean name?");
    assert_eq!(error(&["call", &server.target, "Unary", "--expect", "false"])["kind"], "expectation");
    // Also where nothing else was understood.
    assert_eq!(error(&["call", "localhost:1", "a.B/C", "--nope"])["kind"], "usage");
}
