//! `greet call --dry-run`: what would be sent is shown, and nothing is.

use serde_json::json;

use crate::events::events;
use crate::run::{Folder, SHAPES, greet, greet_with_input, serve};

fn agent() -> String {
    format!("greet/{}", env!("CARGO_PKG_VERSION"))
}

#[test]
fn a_call_is_shown_as_it_would_be_sent() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    // Nobody listens there, and nobody is looked up.
    let target = "https://nothing.invalid/pre";
    let ran = greet(&[
        "call",
        "-p",
        &proto,
        target,
        "Unary",
        "name=World",
        "colour=RED",
        "-H",
        "x-who: me",
        "--bearer",
        "t1",
        "-t",
        "5s",
        "--dry-run",
    ]);
    let agent = agent();
    let shown = format!(
        "0\n--- stdout\n\
         POST /pre/shapes.Shapes/Unary HTTP/2\n\
         :authority: nothing.invalid:443\n\
         x-who: me\n\
         authorization: [redacted]\n\
         te: trailers\n\
         content-type: application/grpc\n\
         grpc-accept-encoding: identity,gzip,deflate,zstd\n\
         grpc-timeout: 5000000u\n\
         user-agent: {agent}\n\
         # the call may take 5s\n\
         \n\
         # request 1, shapes.Item: 9 bytes\n\
         {{\"name\":\"World\",\"colour\":\"RED\"}}\n\
         # as text\n\
         name: \"World\"\ncolour: RED\n\
         # on the wire, behind the prefix 00 00 00 00 09\n\
         {:5}0  0a 05 57 6f 72 6c 64     string name = 1: \"World\"\n\
         {:5}7  18 01                    shapes.Colour colour = 3: RED (1)\n\
         \n\
         # no further request\n\
         --- stderr\n",
        "", ""
    );
    assert_eq!(ran.shown(), shown);

    let args =
        ["call", "-p", &proto, "unix:/no/such", "Unary", "{}", "--dry-run", "--show-secrets", "-o", "pretty"];
    let ran = greet(&[&args[..], &["--basic", "a:b", "--authority", "me:1"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.shown());
    for line in [
        "POST /shapes.Shapes/Unary HTTP/2\n:authority: me:1\n",
        "authorization: Basic YTpi\n",
        "# request 1, shapes.Item: 0 bytes\n{}\n# as text\n\n# on the wire, behind the prefix 00 00 00 00 00\n\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
}

#[test]
fn each_request_of_a_stream_is_shown_and_how_it_is_compressed() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let input = format!("{{\"name\":\"{}\"}}{{}}", "a".repeat(1000));
    let up = ["call", "-p", &proto, ":1", "Up", "-", "--dry-run", "--compress", "gzip"];
    let ran = greet_with_input(&up, &input);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
    assert!(ran.stdout.contains("grpc-encoding: gzip\n"), "{}", ran.stdout);
    let line = ran.stdout.lines().find(|line| line.starts_with("# on the wire")).unwrap();
    let (prefix, length) = line
        .strip_prefix("# on the wire, behind the prefix 01 00 00 00 ")
        .and_then(|rest| rest.split_once(", compressed by gzip to "))
        .unwrap_or_else(|| panic!("{line}"));
    assert_eq!(u8::from_str_radix(prefix, 16).unwrap().to_string(), length.strip_suffix(" bytes").unwrap());
    assert!(ran.stdout.contains("# request 2, shapes.Item: 0 bytes\n"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("# no further request\n"), "{}", ran.stdout);
    let ran = greet_with_input(&[&up[..], &["--no-half-close"]].concat(), "{\"nam\":1}");
    assert_eq!(ran.code, 3, "data is found to be wrong here too: {}", ran.shown());
}

#[test]
fn it_is_events_too_and_the_server_hears_of_the_schema_only() {
    // An automatic reply would be counted, and this rule would end the call.
    let rule = "greeter.Greeter/SayHello => error(\"ABORTED\")";
    let server = serve(&["--rule", rule]);
    let call = ["call", &server.target, "SayHello", "name=a", "--dry-run", "-o", "events", "-H", "k: v"];
    let ran = greet(&call);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
    let (all, names) = events(&ran);
    assert_eq!(names, ["start", "request", "half_close", "timing"]);
    assert_eq!(all[0]["metadata"], json!({"k": "v", "user-agent": agent()}));
    assert_eq!(all[1]["body"], json!({"name": "a"}));
    // What would have been sent can be sent.
    let folder = Folder::new();
    let file = format!("@{}", folder.file("a.ndjson", &ran.stdout));
    let ran = greet(&["call", &server.target, "SayHello", "--in", "events", &file]);
    assert_eq!(ran.code, 74, "{}", ran.shown());
    let ran = greet(&["call", &server.target, "SayHello", "--each", "-", "--dry-run"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}
