//! `greet call --each`: many unary calls, their results in the order of the input.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use greet::protocol::Status;
use greet::{Code, MetadataMap, Shape};
use tokio::sync::{Barrier, Notify};

use crate::peer::{Peer, item};
use crate::run::{Folder, Running, SHAPES, Served, command, greet, greet_with_input, serve};

/// Knows everybody but two.
fn users() -> Served {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    serve(&[
        &proto,
        "--rule",
        "shapes.Shapes/Unary when .name == \"gone\" => error({code: \"NOT_FOUND\", message: \"no such item\"})",
        "--rule",
        "shapes.Shapes/Unary when .name == \"shy\" => error(\"PERMISSION_DENIED\")",
        "--rule",
        "shapes.Shapes/Unary => {name: .name, size: 1}",
    ])
}

fn each(server: &Served, options: &[&str], input: &str) -> crate::run::Ran {
    let mut args = vec!["call", &server.target, "Unary", "--each", "-"];
    args.extend(options);
    greet_with_input(&args, input)
}

/// So many values, one a line.
fn numbered(count: usize) -> String {
    (0..count).fold(String::new(), |lines, n| lines + &format!("{{\"name\":\"{n}\"}}\n"))
}

#[test]
fn line_n_belongs_to_input_n() {
    let server = users();
    let input = "{\"name\":\"a\"}\n{name: 'gone'} {\"name\":\"b\"}\n{\"nme\":1}\n{\"name\":\n\"shy\"}{}";
    let wanted = "{\"name\":\"a\",\"size\":\"1\"}\n\
         {\"error\":{\"n\":2,\"code\":5,\"name\":\"NOT_FOUND\",\"message\":\"no such item\"}}\n\
         {\"name\":\"b\",\"size\":\"1\"}\n\
         {\"error\":{\"n\":4,\"kind\":\"request\",\"message\":\"request data on standard input, line 3, column 2: unknown field \\\"nme\\\" in shapes.Item\"}}\n\
         {\"error\":{\"n\":5,\"code\":7,\"name\":\"PERMISSION_DENIED\",\"message\":\"\"}}\n\
         {\"size\":\"1\"}\n";
    for jobs in ["1", "2", "50"] {
        let ran = each(&server, &["--jobs", jobs], input);
        assert_eq!(ran.stdout, wanted, "{}", ran.stderr);
        // The lowest that failed decides, whatever ended first.
        assert_eq!(ran.code, 69);
        assert_eq!(ran.stderr, "error: 3 of 6 inputs failed, the first is 2: NOT_FOUND (5): no such item\n");
    }
    let folder = Folder::new();
    let file = format!("@{}", folder.file("input.ndjson", input));
    let ran = greet(&["call", &server.target, "Unary", "--each", &file, "-j", "3"]);
    assert!(ran.stdout.lines().nth(1).is_some_and(|line| line.contains("\"n\":2")), "{}", ran.shown());
    let ran = each(&server, &[], "{\"name\":\"a\"}{\"nme\":1}");
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: input 2: request data on standard input"), "{}", ran.stderr);
    let none = each(&server, &[], " \n");
    assert_eq!(none.shown(), "0\n--- stdout\n--- stderr\n");
}

#[test]
fn what_failed_is_kept_for_another_try() {
    let server = users();
    let folder = Folder::new();
    let failed = folder.path().join("failed.ndjson");
    let failed = failed.to_str().unwrap();
    let input = "{\"name\":\"a\"}{\"name\":\n \"gone\"}\n{\"nme\":1}{name: 'shy', /* no */ }";
    let ran = each(&server, &["--failed", failed, "-j", "4"], input);
    assert_eq!(ran.code, 69, "{}", ran.shown());
    let kept = std::fs::read_to_string(failed).unwrap();
    assert_eq!(kept.lines().collect::<Vec<_>>()[..2], ["{\"name\":  \"gone\"}", "{\"nme\":1}"]);
    assert!(
        kept.lines().nth(2).is_some_and(|line| line.contains("\"shy\"") && !line.contains("/*")),
        "{kept}"
    );
    // It is an input in its turn.
    let at = format!("@{failed}");
    let again = greet(&["call", &server.target, "Unary", "--each", &at, "--expect-code", "NOT_FOUND"]);
    assert_eq!(again.stdout.lines().count(), 3, "{}", again.shown());
    // And when nothing fails, it is empty.
    assert_eq!(each(&server, &["--failed", failed], "{}").code, 0);
    assert_eq!(std::fs::read_to_string(failed).unwrap(), "");
    // What is read is not written.
    let same = greet(&["call", &server.target, "Unary", "--each", &at, "--failed", failed]);
    assert_eq!(same.code, 2, "{}", same.shown());
}

#[test]
fn so_many_calls_are_under_way_at_once() {
    // Nobody is answered before four have come.
    let (barrier, most) = (Arc::new(Barrier::new(4)), Arc::new(AtomicUsize::new(0)));
    let now = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&most);
    let peer = Peer::start(Shape::Unary, 100, move |call| {
        let (barrier, now, most) = (Arc::clone(&barrier), Arc::clone(&now), Arc::clone(&most));
        async move {
            let (mut requests, replies) = (call.requests, call.replies);
            let request = requests.only().await.unwrap();
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            barrier.wait().await;
            now.fetch_sub(1, Ordering::SeqCst);
            replies.send(request).await.unwrap();
            replies.finish(Status::ok(), MetadataMap::new());
        }
    });
    let input = numbered(40);
    let ran = greet_with_input(&peer.call(&["Unary", "--each", "-", "-j", "4"]), &input);
    assert_eq!(ran.shown(), format!("0\n--- stdout\n{input}--- stderr\n"));
    assert_eq!(seen.load(Ordering::SeqCst), 4);
}

#[test]
fn more_connections_are_made_where_the_server_asks_for_it() {
    let barrier = Arc::new(Barrier::new(6));
    let first = AtomicUsize::new(0);
    let peer = Peer::start(Shape::Unary, 2, move |call| {
        let wait = first.fetch_add(1, Ordering::SeqCst) > 0;
        let barrier = Arc::clone(&barrier);
        async move {
            let (mut requests, replies) = (call.requests, call.replies);
            let request = requests.only().await.unwrap();
            // The first call makes greet known to the server's limit; then six wait for each other.
            if wait {
                barrier.wait().await;
            }
            replies.send(request).await.unwrap();
            replies.finish(Status::ok(), MetadataMap::new());
        }
    });
    let input = numbered(13);
    let mut running = {
        let mut command = command(&peer.call(&["Unary", "--each", "-", "-j", "6"]));
        command.stdin(Stdio::piped());
        Running::start(command)
    };
    let (one, rest) = input.split_once('\n').unwrap();
    std::io::Write::write_all(running.stdin(), format!("{one}\n").as_bytes()).unwrap();
    assert_eq!(running.line(), one);
    std::io::Write::write_all(running.stdin(), rest.as_bytes()).unwrap();
    drop(running.child.stdin.take());
    assert_eq!(running.end().shown(), format!("0\n--- stdout\n{rest}--- stderr\n"));
}

#[test]
fn a_result_waits_for_those_before_it() {
    let answered = Arc::new(Notify::new());
    let peer = Peer::start(Shape::Unary, 100, move |call| {
        let answered = Arc::clone(&answered);
        async move {
            let (mut requests, replies) = (call.requests, call.replies);
            let request = requests.only().await.unwrap();
            let first = request == item("first");
            if first {
                answered.notified().await;
            }
            if request == item("bad") {
                replies.finish(Status::new(Code::new(10), "no"), MetadataMap::new());
                return;
            }
            let last = request == item("last");
            replies.send(request).await.unwrap();
            replies.finish(Status::ok(), MetadataMap::new());
            if last {
                answered.notify_one();
            }
        }
    });
    let input = "{\"name\":\"first\"}{\"name\":\"bad\"}{\"name\":\"last\"}";
    let ran = greet_with_input(&peer.call(&["Unary", "--each", "-", "-j", "3"]), input);
    assert_eq!(
        ran.shown(),
        "74\n--- stdout\n{\"name\":\"first\"}\n\
         {\"error\":{\"n\":2,\"code\":10,\"name\":\"ABORTED\",\"message\":\"no\"}}\n{\"name\":\"last\"}\n\
         --- stderr\nerror: input 2: ABORTED (10): no\n"
    );
}

#[test]
fn a_reply_is_seen_while_the_next_input_is_typed() {
    let server = users();
    let mut command =
        command(&["call", &server.target, "Unary", "--each", "-", "-j", "8", "--rate", "1000/s"]);
    command.stdin(Stdio::piped());
    let mut running = Running::start(command);
    for name in ["a", "b", "c"] {
        std::io::Write::write_all(running.stdin(), format!("{{\"name\":\"{name}\"}}").as_bytes()).unwrap();
        assert_eq!(running.line(), format!("{{\"name\":\"{name}\",\"size\":\"1\"}}"));
    }
    drop(running.child.stdin.take());
    assert_eq!(running.end().shown(), "0\n--- stdout\n--- stderr\n");
}

#[test]
fn a_rate_leaves_no_input_out() {
    let server = users();
    for jobs in ["1", "3"] {
        let input = "{\"name\":\"a\"}\n".repeat(500);
        let ran = each(&server, &["-j", jobs, "--rate", "1000/s"], &input);
        assert_eq!((ran.code, ran.stderr.as_str(), ran.stdout.lines().count()), (0, "", 500), "-j {jobs}");
    }
}

#[test]
fn programs_and_expectations_are_asked_for_each_call() {
    let server = users();
    let input = "{\"name\":\"a\"}{\"name\":\"gone\"}{\"name\":\"b\"}";
    let ran = each(&server, &["-q", "[$n, .name, $status.code]"], input);
    assert_eq!(ran.code, 69);
    assert_eq!(
        ran.stdout,
        "[1,\"a\",0]\n{\"error\":{\"n\":2,\"code\":5,\"name\":\"NOT_FOUND\",\"message\":\"no such item\"}}\n[3,\"b\",0]\n"
    );
    let ran = each(&server, &["--expect", ".name == \"a\"", "-j", "3"], "{\"name\":\"a\"}{\"name\":\"b\"}");
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert_eq!(ran.stdout, "{\"name\":\"a\",\"size\":\"1\"}\n{\"name\":\"b\",\"size\":\"1\"}\n");
    assert!(
        ran.stderr.starts_with("error: input 2: --expect '.name == \"a\"' does not hold for the reply: {"),
        "{}",
        ran.stderr
    );
    assert_eq!(each(&server, &["--expect", "$status.code == 0 and length == 1"], "{}{}").code, 0);
    assert_eq!(each(&server, &["--expect-code", "5"], "{\"name\":\"gone\"}").code, 0);
    assert_eq!(each(&server, &["--expect-code", "5"], "{\"name\":\"gone\"}{}").code, 7);
    let ran = each(&server, &["-q", "error(\"no\")"], "{}");
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{}", ran.shown());
}

#[test]
fn it_ends_where_it_cannot_go_on() {
    let server = users();
    // What comes after a value that never ends is not known.
    let ran = each(&server, &["-j", "2"], "{\"name\":\"a\"}{\"name\":");
    assert_eq!((ran.code, ran.stdout.lines().count()), (3, 2), "{}", ran.shown());
    assert!(ran.stderr.ends_with("\n  nothing was sent of what comes after input 2\n"), "{}", ran.stderr);
    // Nobody is there: the first says so, and nothing more is tried.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap().to_string();
    drop(listener);
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let ran = greet_with_input(&["call", "-p", &proto, &target, "Unary", "--each", "-", "-j", "2"], "{}{}{}");
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert_eq!(
        ran.stdout,
        format!(
            "{{\"error\":{{\"n\":1,\"kind\":\"connection\",\"message\":\"connection refused by {target}\"}}}}\n"
        )
    );
    assert!(
        ran.stderr.starts_with(&format!("error: input 1: connection refused by {target}\n")),
        "{}",
        ran.stderr
    );
    // The connection is gone in the middle.
    let mut command = command(&["call", &server.target, "Unary", "--each", "-"]);
    command.stdin(Stdio::piped());
    let mut running = Running::start(command);
    std::io::Write::write_all(running.stdin(), b"{\"name\":\"a\"}").unwrap();
    assert_eq!(running.line(), "{\"name\":\"a\",\"size\":\"1\"}");
    server.running.signal("TERM");
    assert_eq!(server.running.end().code, 0);
    std::io::Write::write_all(running.stdin(), b"{\"name\":\"b\"}{\"name\":\"c\"}").unwrap();
    drop(running.child.stdin.take());
    let ran = running.end();
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(ran.stdout.starts_with("{\"error\":{\"n\":2,\"kind\":\"connection\""), "{}", ran.shown());
}

#[test]
fn what_does_not_go_with_it_is_told() {
    let server = users();
    for (args, said) in [
        (
            vec!["Down", "--each", "-"],
            "error: --each makes unary calls, and shapes.Shapes/Down is server streaming\n",
        ),
        (vec!["Unary", "--each", "{}"], "error: --each: '{}' is neither - nor @FILE\n"),
        (vec!["Unary", "--each", "-", "-o", "text"], "error: --each prints one line for each input\n"),
        (vec!["Unary", "--each", "-", "-q", ".", "--tab"], "error: --each prints one line for each input\n"),
        (
            vec!["Unary", "--each", "-", "--failed", "/no/such/file"],
            "cannot write '/no/such/file': no such file or directory\n",
        ),
        (
            vec!["Unary", "--each", "-", "--in", "text", "--failed", "/no/such/file"],
            "error: --failed keeps inputs that are JSON\n",
        ),
        (vec!["Unary", "--each", "-", "{}"], "cannot be used with"),
        (vec!["Unary", "--each", "-", "-n", "1"], "cannot be used with"),
        (vec!["Unary", "-j", "2"], "--each"),
        (vec!["Unary", "--each", "-", "-j", "0"], "0 is not in 1..=10000"),
        (vec!["Unary", "--each", "-", "--rate", "5"], "'5' is no rate such as 50/s"),
    ] {
        let mut all = vec!["call", &server.target];
        all.extend(&args);
        let ran = greet_with_input(&all, "{}");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.shown());
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    }
    let ran = greet_with_input(
        &["call", &server.target, "Unary", "--each", "-", "--in", "text"],
        "name: 'a'\n# ---\nname: 'gone'",
    );
    assert_eq!((ran.code, ran.stdout.lines().count()), (69, 2), "{}", ran.shown());
}

/// The numbers of times and ports taken out of what is told.
fn plain(text: &str, server: &Served) -> String {
    let port = server.target.rsplit(':').next().unwrap();
    let is_time = |line: &str| line.starts_with("* dns ") || line.starts_with("timing: ");
    let lines = text.replace(port, "PORT");
    lines.lines().filter(|line| !is_time(line)).fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn events_of_many_calls_are_told_apart_in_the_order_of_the_input() {
    let server = users();
    let input = "{\"name\":\"a\"}\n{\"name\":\"gone\"}\n{\"nme\":1}\n{\"name\":\"b\"}\n";
    for jobs in ["1", "4"] {
        let ran = each(&server, &["-o", "events", "-j", jobs, "-H", "x-token: t"], input);
        assert_eq!(ran.code, 69, "{}", ran.shown());
        let events: Vec<serde_json::Value> =
            ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<String> = events
            .iter()
            .map(|event| format!("{} {}", event["call"].as_str().unwrap(), event["event"].as_str().unwrap()))
            .collect();
        let ok = ["start", "request", "half_close", "metadata", "message", "status", "timing"];
        let gone = ["start", "request", "half_close", "status", "timing"];
        let wrong = ["start", "failure", "timing"];
        let of = |n: u64, names: &[&str]| names.iter().map(|name| format!("{n} {name}")).collect::<Vec<_>>();
        assert_eq!(told, [of(1, &ok), of(2, &gone), of(3, &wrong), of(4, &ok)].concat(), "{}", ran.stdout);
        assert_eq!(events[1]["body"]["name"], "a");
        assert_eq!(events[4]["body"]["name"], "a");
        assert_eq!(events[10]["name"], "NOT_FOUND");
        assert_eq!(events[13]["layer"], "request");
        // Times grow within a call, and begin anew with each.
        for call in events.chunk_by(|one, two| one["call"] == two["call"]) {
            let times: Vec<f64> = call.iter().map(|event| event["at_ms"].as_f64().unwrap()).collect();
            assert!(times.is_sorted() && times[0] == 0.0, "{times:?}");
            assert_eq!(call.last().unwrap()["total"], *times.last().unwrap());
        }
        let schema = serde_json::from_str(include_str!("../../docs/events.schema.json")).unwrap();
        for event in &events {
            assert_eq!(crate::json_schema::check(&schema, &schema, event), Ok(()), "{event}");
        }
        // One call of it may be made again.
        let folder = Folder::new();
        let recording = format!("@{}", folder.file("calls.ndjson", &ran.stdout));
        let again = ["call", &server.target, "Unary", "--in", "events", &recording, "--call", "4"];
        assert_eq!(greet(&again).stdout, "{\"name\":\"b\",\"size\":\"1\"}\n");
    }
    // Where no call comes about, that is told.
    let ran = greet_with_input(&["call", "127.0.0.1:1", "a.B/C", "--each", "-", "-o", "events"], input);
    assert_eq!(ran.code, 5);
    let told: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = told.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["start", "failure", "timing"]);
}

#[test]
fn many_calls_are_told_of_one_after_the_other() {
    let server = users();
    let input = "{\"name\":\"a\"}{\"name\":\"gone\"}{\"nme\":1}";
    let ran = each(&server, &["-v", "--timing", "-j", "3", "-H", "x-token: t"], input);
    let sent = "> POST /shapes.Shapes/Unary HTTP/2\n> :authority: localhost:PORT\n> x-token: [redacted]\n\
         > te: trailers\n> content-type: application/grpc\n\
         > grpc-accept-encoding: identity,gzip,deflate,zstd\n> user-agent: greet/0.1.0\n>\n";
    let sent = sent.replace("0.1.0", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        plain(&ran.stderr, &server),
        format!(
            "* connected to localhost:PORT (127.0.0.1:PORT)\n* plaintext\n\
             * input 1\n{sent}<\n< grpc-status: 0 (OK)\n\
             * input 2\n{sent}< grpc-status: 5 (NOT_FOUND)\n< grpc-message: no such item\n\
             * input 3\n\
             * 2 requests (9 bytes); 1 reply (5 bytes)\n\
             error: 2 of 3 inputs failed, the first is 2: NOT_FOUND (5): no such item\n"
        )
    );
    assert_eq!(
        ran.stderr.lines().filter(|line| line.starts_with("timing: dns ")).count(),
        1,
        "{}",
        ran.stderr
    );
    // The line of a call, and then what is wanted of it.
    let format = "%{n} %{code} %{exit_code} %{replies} [%{message}]\\n";
    let ran = each(&server, &["-w", format, "-j", "3", "-q", ".name"], input);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        [lines[0], lines[1], lines[3]],
        ["\"a\"", "1 0 0 1 []", "2 5 69 0 [no such item]"],
        "{}",
        ran.stdout
    );
    assert_eq!((lines.len(), lines[5]), (6, "3  3 0 []"), "{}", ran.stdout);
    // Expectations that do not hold are its exit code.
    let ran = each(
        &server,
        &["-w", "%{n}:%{exit_code} ", "--expect", ".name == \"b\"", "-q", "empty"],
        "{\"name\":\"a\"}{\"name\":\"b\"}",
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (7, "1:7 2:0 "), "{}", ran.stderr);
}
