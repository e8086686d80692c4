//! Request data that does not fit: exit 3, with the place, before anything is sent.

use crate::run::{Folder, SHAPES, greet, greet_with_input, serve};

#[test]
fn bad_data_names_the_place_and_the_nearest_name() {
    let server = serve(&[]);
    for (data, wanted) in [
        (r#"{"nam":1}"#, "error: request data, line 1, column "),
        (r#"{"name":1}"#, ".name"),
        ("{\n \"name\": tru\n}", "line 2, column "),
        (r#"{"name":"x"#, "line 1, column 9: the string that begins here is never closed"),
        ("{name: World}", "hint: text stands in quotes, which a shell takes away"),
        ("{name: 'World'}}", "line 1, column 16: no valid JSON: '}' where a value was expected"),
        (
            "nam=x",
            "error: request data: unknown field \"nam\" in greeter.HelloRequest\nhint: did you mean name?",
        ),
        (r#"["a"]"#, "hint: several messages are several documents"),
        ("", "takes exactly one request"),
        ("{}{}", "and there are several"),
    ] {
        let ran = greet(&["call", &server.target, "SayHello", data]);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{data}: {}", ran.shown());
        assert!(ran.stderr.contains(wanted), "{data}: {}", ran.stderr);
    }
    let ran = greet(&["call", &server.target, "SayHello", r#"{"nam":1}"#]);
    assert!(ran.stderr.ends_with("hint: did you mean name?\n"), "{}", ran.stderr);
}

#[test]
fn documents_and_fields_do_not_mix() {
    let server = serve(&[]);
    let ran = greet(&["call", &server.target, "SayHello", "{}", "name=x"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("DATA is all documents or all fields"), "{}", ran.stderr);
    let ran = greet(&["call", &server.target, "SayHello", "World"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.starts_with("error: \"World\" is no field: a value is due, as in name=value\nhint: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn deep_data_is_refused_in_every_form() {
    let folder = Folder::new();
    let server = serve(&[&folder.file("shapes.proto", SHAPES)]);
    let times = 20_000;
    let json = folder.file("deep.json", format!("{}{}", "{\"inner\":".repeat(times), "}".repeat(times)));
    let text = folder.file("deep.txt", format!("{}{}", "inner{".repeat(times), "}".repeat(times)));
    let field = format!("{}name=x", "inner.".repeat(times));
    for (form, data) in [("json", format!("@{json}")), ("text", format!("@{text}")), ("json", field)] {
        let ran = greet(&["call", &server.target, "shapes.Shapes/Unary", "--in", form, &data]);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.shown());
        assert!(ran.stderr.contains("nested more than 100 levels deep"), "{}", ran.stderr);
    }
}

#[test]
fn a_pipe_that_nobody_reads_is_hinted_at() {
    let folder = Folder::new();
    let server =
        serve(&[&folder.file("shapes.proto", SHAPES), "--rule", "shapes.Shapes/Up => {count: length}"]);
    let hint = "hint: standard input is not read: say - to send what comes from it\n";
    let call = ["call", &server.target, "shapes.Shapes/Up"];
    let ran = greet_with_input(&call, "{\"name\":\"a\"}");
    assert_eq!(ran.shown(), format!("0\n--- stdout\n{{}}\n--- stderr\n{hint}"));
    // Not where it is read, where there is no pipe, or where no stream is taken.
    let reads = greet_with_input(&["call", &server.target, "shapes.Shapes/Up", "-"], "{\"name\":\"a\"}");
    assert_eq!(reads.shown(), "0\n--- stdout\n{\"count\":1}\n--- stderr\n");
    assert_eq!(greet(&call).stderr, "");
    assert_eq!(greet_with_input(&["call", &server.target, "shapes.Shapes/Unary"], "{}").stderr, "");
}

#[test]
fn strict_json_refuses_what_hands_type() {
    let server = serve(&[]);
    assert_eq!(greet(&["call", &server.target, "SayHello", "{name:'x'}", "--strict"]).code, 3);
    assert_eq!(greet(&["call", &server.target, "SayHello", "{\"name\":\"x\"}", "--strict"]).code, 0);
}

#[test]
fn unknown_members_are_dropped_when_asked() {
    let server = serve(&[]);
    let data = r#"{"name":"x","more":1}"#;
    assert_eq!(greet(&["call", &server.target, "SayHello", data]).code, 3);
    let ran = greet(&["call", &server.target, "SayHello", data, "--allow-unknown"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"message\":\"Hello, x!\"}\n"), "{}", ran.shown());
}

#[test]
fn bad_data_in_the_middle_of_a_stream_resets_the_call() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&proto, "--rule", "shapes.Shapes/Both => {name: .name}"]);
    let ran = greet_with_input(
        &["call", &server.target, "shapes.Shapes/Both", "-"],
        "{\"name\":\"a\"}\n{\"nme\":\"b\"}\n",
    );
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.starts_with("error: request data on standard input, line 2, column "),
        "{}",
        ran.stderr
    );
    let ran = greet(&["call", &server.target, "shapes.Shapes/Both", "@/no/such/file"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.contains("cannot read request data in /no/such/file: no such file or directory"),
        "{}",
        ran.stderr
    );
}

#[test]
fn every_kind_of_field_is_typed_by_the_schema() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&proto, "--rule", "shapes.Shapes/Unary => ."]);
    let ran = greet(&[
        "call",
        &server.target,
        "shapes.Shapes/Unary",
        "name=n",
        "size=-3",
        "colour=GREEN",
        "tags+=a",
        "tags+=b",
        "counts{x}=1",
        "inner.name=deep",
        "left:=\"l\"",
    ]);
    assert_eq!(
        ran.shown(),
        "0\n--- stdout\n{\"name\":\"n\",\"size\":\"-3\",\"colour\":\"GREEN\",\"tags\":[\"a\",\"b\"],\"counts\":{\"x\":1},\
         \"inner\":{\"name\":\"deep\"},\"left\":\"l\"}\n--- stderr\n"
    );
    for (field, wanted) in [
        ("colour=BLUE", "RED"),
        ("tags=a", "hint: a repeated field takes path+=value"),
        ("size=x", "size"),
        ("size=9223372036854775808", "9223372036854775808 is no int64"),
        ("size=-9.3e18", "-9.3e18 is no int64"),
        ("{\"size\":9223372036854775808}", "9223372036854775808 is no int64"),
        ("inner.nme=x", "hint: did you mean name?"),
    ] {
        let ran = greet(&["call", &server.target, "shapes.Shapes/Unary", field]);
        assert_eq!(ran.code, 3, "{field}: {}", ran.shown());
        assert!(ran.stderr.contains(wanted), "{field}: {}", ran.stderr);
    }
}

#[test]
fn a_request_that_is_larger_than_was_said_is_not_sent() {
    let server = serve(&[]);
    let said = "error: a request has 9 bytes, more than 8 bytes\n\
                hint: larger ones are sent with --max-send-size\n";
    let long = "{\"name\":\"1234567\"}";
    for data in [long, "name=1234567"] {
        let ran = greet(&["call", &server.target, "SayHello", data, "--max-send-size", "8"]);
        assert_eq!(ran.shown(), format!("3\n--- stdout\n--- stderr\n{said}"));
    }
    for size in ["9", "0"] {
        let ran = greet(&["call", &server.target, "SayHello", long, "--max-send-size", size]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
    let input = format!("{{}}{long}{{}}");
    let each = ["call", &server.target, "SayHello", "--each", "-", "--max-send-size", "8"];
    let ran = greet_with_input(&each, &input);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let second = ran.stdout.lines().nth(1).unwrap();
    assert!(second.contains("\"kind\":\"request\",\"message\":\"a request has 9 bytes"), "{second}");
    assert_eq!(ran.stdout.lines().count(), 3);

    // In the middle of a stream it resets the call.
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let shapes = serve(&[&proto]);
    let both = ["call", "-p", &proto, &shapes.target, "Both", "-", "--max-send-size", "8", "--lockstep"];
    let ran = greet_with_input(&both, &input);
    assert_eq!((ran.code, ran.stdout.lines().count(), ran.stderr.as_str()), (3, 1, said), "{}", ran.stdout);
}
