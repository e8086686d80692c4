//! `--fault` and the headers that ask for trouble: what a client meets.

use crate::run::{Folder, SHAPES, greet, greet_with_input, serve};

#[test]
fn each_kind_is_met_as_what_it_is() {
    for (fault, code, words) in [
        ("RESOURCE_EXHAUSTED", 72, "RESOURCE_EXHAUSTED (8): a fault: --fault RESOURCE_EXHAUSTED"),
        ("SayHello => unavailable", 78, "UNAVAILABLE (14): a fault: --fault SayHello => unavailable"),
        ("reset:100%", 77, "the server reset the call (INTERNAL_ERROR)"),
        ("drop_trailers", 66, "UNKNOWN (2): "),
        ("http:502", 78, "the server answered HTTP 502"),
        ("hang", 68, "DEADLINE_EXCEEDED"),
        ("delay:1m", 68, "DEADLINE_EXCEEDED"),
        ("delay:p50=1ms/p99=2ms", 0, ""),
        ("goaway", 0, ""),
        ("UNAVAILABLE:0%", 0, ""),
    ] {
        let server = serve(&["--fault", fault]);
        let ran = greet(&["call", &server.target, "SayHello", "name=World", "--timeout", "400ms"]);
        assert!(ran.code == code && ran.stderr.contains(words), "{fault}\n{}", ran.shown());
        if code == 0 {
            assert_eq!(ran.stdout, "{\"message\":\"Hello, World!\"}\n", "{fault}");
        }
    }
}

#[test]
fn the_first_that_comes_about_happens_and_only_where_it_is_meant() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[
        &proto,
        "--fault",
        "Down => ABORTED",
        "--fault",
        "Shapes/* => NOT_FOUND:0%",
        "--fault",
        "INTERNAL",
    ]);
    assert_eq!(greet(&["call", &server.target, "Down", "{}"]).code, 74);
    assert_eq!(greet(&["call", &server.target, "Unary", "{}"]).code, 77);
    assert_eq!(greet(&["health", &server.target]).stdout, "SERVING\n");
}

#[test]
fn chance_is_the_same_for_the_same_seed() {
    let calls = "{}".repeat(400);
    let codes = |seed: &str| {
        let server = serve(&["--fault", "UNAVAILABLE:30%", "--fault", "ABORTED:10%", "--seed", seed]);
        let ran = greet_with_input(&["call", &server.target, "SayHello", "--each", "-"], &calls);
        let code = |line: &str| {
            ["UNAVAILABLE", "ABORTED"].into_iter().find(|name| line.contains(name)).unwrap_or("OK").to_owned()
        };
        ran.stdout.lines().map(code).collect::<Vec<_>>()
    };
    let first = codes("1");
    assert_eq!(first, codes("1"));
    assert_ne!(first, codes("2"));
    let count = |name: &str| first.iter().filter(|code| *code == name).count();
    assert!((80..160).contains(&count("UNAVAILABLE")) && (10..60).contains(&count("ABORTED")), "{first:?}");
}

#[test]
fn clients_ask_for_trouble_only_where_they_may() {
    let asks = ["-H", "x-envoy-fault-abort-grpc-request: 9"];
    let call = |target: &str, more: &[&str]| greet(&[&["call", target, "SayHello"], more].concat()).code;
    let careful = serve(&[]);
    assert_eq!(call(&careful.target, &asks), 0);
    let server = serve(&["--allow-fault-headers"]);
    assert_eq!(call(&server.target, &asks), 73);
    assert_eq!(call(&server.target, &[]), 0);
    let never = [&asks[..], &["-H", "x-envoy-fault-abort-request-percentage: 0"]].concat();
    assert_eq!(call(&server.target, &never), 0);
    let late = ["-H", "x-envoy-fault-delay-request: 60000", "--timeout", "200ms"];
    assert_eq!(call(&server.target, &late), 68);
    assert_eq!(call(&server.target, &["-H", "x-envoy-fault-abort-request: 503"]), 78);
}

#[test]
fn what_can_never_come_about_is_an_error() {
    let ran = greet(&["serve", "--port", "0", "--fault", "SayHelo => reset"]);
    assert_eq!(
        ran.shown(),
        "2\n--- stdout\n--- stderr\nerror: --fault 'SayHelo => reset': no method is called 'SayHelo'\n\
         hint: did you mean greeter.Greeter/SayHello?\n"
    );
    let ran = greet(&["serve", "--port", "0", "--fault", "UNAVAILABLE:200%"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}

#[test]
fn a_journal_tells_a_fault_from_a_client_that_left() {
    let folder = Folder::new();
    let journal = folder.path().join("journal.ndjson").to_str().unwrap().to_owned();
    for (more, said) in [
        (&["--fault", "reset"][..], "a fault: the call was reset"),
        (&["--fault", "http:502"], "a fault: HTTP status 502"),
        (&["--rule", "SayHello => drop_trailers"], "a fault: the trailers were left out"),
        (&["--rule", "SayHello => truncate({message: \"x\"})"], "a fault: a message was cut off"),
    ] {
        let server = serve(&[&["--journal", &journal], more].concat());
        greet(&["call", &server.target, "SayHello"]);
        let text = std::fs::read_to_string(&journal).unwrap();
        let ended = text.contains(&format!(r#""event":"failure","layer":"http2","cause":"{said}""#));
        assert!(ended && !text.contains(r#""event":"cancel""#), "{more:?}\n{text}");
    }
}
