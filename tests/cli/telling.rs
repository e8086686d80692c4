//! What is told of a call beside its replies: `-v`, `--timing`, `-w`; and who calls, how it is compressed.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;

use greet::Shape;
use greet::protocol::Status;
use greet::{Code, MetadataMap};

use crate::peer::{Peer, item, metadata};
use crate::run::{Folder, command, finish, greet, serve};

/// Ends `NOT_FOUND` after one reply.
fn peer() -> Peer {
    Peer::start(Shape::ServerStreaming, 100, |call| async move {
        let replies = call.replies;
        replies.metadata(metadata(&["x-who: me", "x-api-key: k1"]));
        replies.send(item("a")).await.unwrap();
        replies.finish(Status::new(Code::NOT_FOUND, "no more"), metadata(&["x-cost: 3"]));
    })
}

/// The numbers of times and ports taken out.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if plain.ends_with('#') => {}
            '0'..='9' => plain.push('#'),
            c => plain.push(c),
        }
    }
    plain
}

#[test]
fn v_tells_of_the_call_as_curl_does() {
    let peer = peer();
    let secrets = ["-H", "x-token: t1", "-H", "x-plain: p", "-H", "my-secret-bin: AQI", "-t", "30s"];
    let mut args = peer.call(&["Down", "{name: \"x\"}", "--verbose"]);
    args.extend(secrets);
    let ran = greet(&args);
    assert_eq!((ran.code, ran.stdout.as_str()), (69, "{\"name\":\"a\"}\n"), "{}", ran.shown());
    let told = plain(&ran.stderr);
    let version = plain(env!("CARGO_PKG_VERSION"));
    for line in [
        "* plaintext",
        "> POST /shapes.Shapes/Down HTTP/#",
        "> x-token: [redacted]",
        "> x-plain: p",
        "> my-secret-bin: [redacted]",
        "> te: trailers",
        "> grpc-timeout: #u",
        &format!("> user-agent: greet/{version}"),
        "< x-who: me",
        "< x-api-key: [redacted]",
        "< x-cost: #",
        "< grpc-status: # (NOT_FOUND)",
        "< grpc-message: no more",
        "* # request (# bytes); # reply (# bytes)",
        "* dns #.# ms, connect #.# ms, http# #.# ms, schema #.# ms, first message #.# ms, total #.# ms",
        "error: NOT_FOUND (#): no more",
    ] {
        assert_eq!(told.lines().filter(|told| *told == line).count(), 1, "{line}\n{told}");
    }
    assert!(told.starts_with("* connected to "), "{told}");
    args.push("--show-secrets");
    let told = greet(&args).stderr;
    for line in ["> x-token: t1\n", "> my-secret-bin: AQI\n", "< x-api-key: k1\n"] {
        assert!(told.contains(line), "{told}");
    }
}

#[test]
fn v_tells_of_failures_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap().to_string();
    drop(listener);
    let ran = greet(&["call", &nobody, "a.B/C", "-v", "--timing"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""));
    let lines: Vec<String> = ran.stderr.lines().map(plain).collect();
    let times = "dns #.# ms, connect #.# ms, total #.# ms";
    assert_eq!(lines[0], plain(&format!("* {nobody}: connection refused")));
    assert_eq!(lines[1..3], [format!("* {times}"), format!("timing: {times}")], "{}", ran.stderr);
    assert!(lines[3].starts_with("error: connection refused"), "{}", ran.stderr);

    let server = serve(&[]);
    let ran = greet(&["call", &server.target, "a.B/C", "-vv"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.starts_with("* connected to "), "{}", ran.stderr);
}

/// One of all groups of options, with every command that reaches a server.
#[test]
fn every_command_that_reaches_a_server_tells_of_it() {
    let server = serve(&[]);
    let symbol = "greeter.Greeter";
    for command in [
        &["call", &server.target, "greeter.Greeter/SayHello"][..],
        &["list", &server.target, symbol],
        &["describe", &server.target, symbol],
        &["export", &server.target, symbol, "--set", "-"],
        &["health", &server.target, symbol],
    ] {
        let options = [
            "-vv",
            "--timing",
            "--show-secrets",
            "--color",
            "always",
            "--error-format",
            "text",
            "-H",
            "x-a: b",
            "--resolve",
            "localhost:1:127.0.0.1",
            "--plaintext",
            "--proxy",
            "",
            "--connect-timeout",
            "9s",
            "--user-agent",
            "me",
        ];
        let ran = greet(&[command, &options].concat());
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let told: Vec<String> = ran.stderr.lines().map(plain).collect();
        assert!(
            told[0].starts_with(&plain(&format!("* connected to {} (", server.target))),
            "{}",
            ran.stderr
        );
        assert_eq!(told[1], "* plaintext", "{}", ran.stderr);
        let asked = format!("* reflection v#: file_containing_symbol {symbol}: # bytes, #.# ms");
        assert_eq!(told.contains(&asked), command[0] != "health", "{}", ran.stderr);
        let schema = if command[0] == "health" { "" } else { ", schema #.# ms" };
        let message = if command[0] == "call" { ", first message #.# ms" } else { "" };
        let times = format!("dns #.# ms, connect #.# ms, http# #.# ms{schema}{message}, total #.# ms");
        let last = &told[told.len() - 2..];
        assert_eq!(last, [format!("* {times}"), format!("timing: {times}")], "{}", ran.stderr);
        // Without these, nothing is told.
        assert_eq!(greet(command).stderr, "");
    }
}

#[test]
fn what_reflection_has_not_is_told_too() {
    let server = serve(&["--no-reflection"]);
    let ran = greet(&["list", &server.target, "-vv"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    let told: Vec<String> = ran.stderr.lines().map(plain).collect();
    for version in ["v#", "v#alpha"] {
        let start = format!("* reflection {version}: list_services: # bytes, #.# ms, UNIMPLEMENTED");
        assert_eq!(told.iter().filter(|line| line.starts_with(&start)).count(), 1, "{}", ran.stderr);
    }
    let server = serve(&[]);
    let ran = greet(&["describe", &server.target, "no.Such", "-vv"]);
    assert!(
        plain(&ran.stderr).contains("file_containing_symbol no.Such: # bytes, #.# ms, NOT_FOUND"),
        "{}",
        ran.stderr
    );
    // A failure before there is a connection.
    for command in [&["list", "127.0.0.1:1"][..], &["health", "127.0.0.1:1"]] {
        let ran = greet(&[command, &["-v", "--timing"]].concat());
        assert_eq!(ran.code, 5);
        assert!(ran.stderr.starts_with("* 127.0.0.1:1: connection refused\n* dns "), "{}", ran.stderr);
    }
}

#[test]
fn errors_are_json_and_coloured_with_every_command() {
    for words in [
        &["call", "127.0.0.1:1", "M"][..],
        &["list", "127.0.0.1:1"],
        &["describe", "127.0.0.1:1"],
        &["export", "127.0.0.1:1", "--set", "-"],
        &["health", "127.0.0.1:1"],
        &["convert", "a.B", "/nowhere"],
        &["serve", "--rules", "/nowhere"],
        &["check", "/nowhere"],
    ] {
        let ran = greet(&[words, &["--error-format", "json"]].concat());
        let error: serde_json::Value = serde_json::from_str(ran.stderr.lines().next().unwrap()).unwrap();
        assert_eq!(error["error"]["exit_code"], ran.code, "{words:?}: {}", ran.stderr);
        let ran = greet(&[words, &["--color", "always"]].concat());
        assert!(ran.stderr.contains("\x1b[1;31merror:\x1b[0m "), "{words:?}: {}", ran.stderr);
    }
}

#[test]
fn times_are_one_line_and_a_format_is_filled_in() {
    let peer = peer();
    let format = "%{code} %{name} %{message} %{exit_code} %{method} %{requests} %{replies} %{size_upload} %{size_download} [%{time_tls}]\\n";
    let ran = greet(&peer.call(&["Down", "{name: \"x\"}", "--timing", "--write-out", format]));
    let wanted = "{\"name\":\"a\"}\n5 NOT_FOUND no more 69 shapes.Shapes/Down 1 1 3 3 []\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (69, wanted), "{}", ran.shown());
    let timing: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with("timing: dns ")).collect();
    assert_eq!(timing.len(), 1, "{}", ran.stderr);

    let server = serve(&[]);
    let ran =
        greet(&["call", &server.target, "SayHello", "-o", "json", "-w", "%{peer} %{target} %{time_total}"]);
    let last = ran.stdout.lines().last().unwrap();
    let words: Vec<&str> = last.split(' ').collect();
    assert!(words[0].ends_with(words[1].trim_start_matches("localhost")), "{last}");
    assert!(words[2].parse::<f64>().unwrap() > 0.0, "{last}");
    // Where there is no call there is no code.
    let ran =
        greet(&["call", "nothing.invalid:1", "--plaintext", "a.B/C", "-w", "[%{code}] %{exit_code}\\n"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, "[] 5\n"), "{}", ran.shown());
    let ran = greet(&["call", &server.target, "SayHello", "-w", "%{time_totl}"]);
    assert_eq!(
        ran.shown(),
        "2\n--- stdout\n--- stderr\nerror: -w: there is no '%{time_totl}'\nhint: did you mean one of time_total, time_tls, time_http2?\n"
    );
}

/// What the server is sent, in the metadata of a call with these options.
fn sent(options: &[&str], variables: &[(&str, &str)]) -> Result<MetadataMap, String> {
    let (say, said) = mpsc::channel();
    let peer = Peer::start(Shape::Unary, 100, move |mut call| {
        let say = say.clone();
        async move {
            say.send(std::mem::take(&mut call.head.metadata)).unwrap();
            let replies = call.replies;
            let _ = replies.send(item("a")).await;
            replies.finish(Status::ok(), MetadataMap::new());
        }
    });
    let mut args = peer.call(&["Unary"]);
    args.extend(options);
    let mut command = command(&args);
    command.envs(variables.iter().copied());
    let ran = finish(command);
    if ran.code == 0 { Ok(said.recv().unwrap()) } else { Err(format!("{} {}", ran.code, ran.stderr)) }
}

#[test]
fn whoever_calls_says_so() {
    let folder = Folder::new();
    let token = folder.file("token", "from-file\n");
    let pair = folder.file("pair", "user:pass word\r\n");
    for (options, wanted) in [
        (["--bearer", "t1"], "Bearer t1"),
        (["--bearer", "@t1"], "Bearer @t1"),
        (["--bearer-file", &token], "Bearer from-file"),
        (["--bearer-env", "TOKEN"], "Bearer from-env"),
        (["--bearer-command", "echo from-$((1 + 1))"], "Bearer from-2"),
        (["--basic", "user:pass word"], "Basic dXNlcjpwYXNzIHdvcmQ="),
        (["--basic-file", &pair], "Basic dXNlcjpwYXNzIHdvcmQ="),
        (["--basic-env", "PAIR"], "Basic YTpi"),
    ] {
        let metadata = sent(&options, &[("TOKEN", "from-env"), ("PAIR", "a:b")]).unwrap();
        assert_eq!(metadata.get("authorization").unwrap(), wanted, "{options:?}");
    }
    for (options, wrong) in [
        (vec!["--bearer-env", "NONE"], "error: --bearer-env: the environment variable 'NONE' is not set"),
        (
            vec!["--bearer-file", "/nowhere"],
            "error: --bearer-file: cannot read '/nowhere': no such file or directory",
        ),
        (
            vec!["--bearer-command", "exit 3"],
            "error: --bearer-command: the command ended with exit status: 3",
        ),
        (vec!["--bearer-command", "true"], "error: --bearer-command: there is nothing in it"),
        (vec!["--basic", "user"], "error: --basic: there is no ':' in it"),
        (vec!["--bearer", "a\nb"], "error: --bearer: 'authorization' is no metadata"),
        (
            vec!["--bearer", "a", "-H", "Authorization: b"],
            "error: --bearer: authorization is given by -H too",
        ),
        (
            vec!["--bearer", "a", "--basic", "b:c"],
            "error: the argument '--bearer <TOKEN>' cannot be used with '--basic",
        ),
    ] {
        let said = sent(&options, &[]).unwrap_err();
        assert!(said.starts_with(&format!("2 {wrong}")), "{said}");
    }
}

#[test]
fn a_secret_is_asked_for_once() {
    let folder = Folder::new();
    let count = folder.path().join("count");
    let server = serve(&[]);
    let line = format!("echo x >> '{}'; echo token", count.display());
    let ran = greet(&["call", &server.target, "SayHello", "--bearer-command", &line]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(std::fs::read_to_string(&count).unwrap(), "x\n");
}

#[test]
fn metadata_comes_from_files_and_variables() {
    let folder = Folder::new();
    let file = folder.file("headers", "# of the team\nx-one: 1\n\nx-two: ${NAME}\r\n");
    let at = format!("@{file}");
    let text = |metadata: &MetadataMap, name: &str| metadata.get(name).unwrap().to_str().unwrap().to_owned();
    let variables = [("NAME", "Ann")];
    let metadata = sent(&["--header", &at, "--rpc-header", "x-three: ${NAME}"], &variables).unwrap();
    let three = ["x-one", "x-two", "x-three"].map(|name| text(&metadata, name));
    assert_eq!(three, ["1", "${NAME}", "${NAME}"]);
    let expanded =
        sent(&["-H", &at, "-H", "x-three: a${NAME}b$NAME", "--expand-headers"], &variables).unwrap();
    let three = ["x-one", "x-two", "x-three"].map(|name| text(&expanded, name));
    assert_eq!(three, ["1", "Ann", "aAnnb$NAME"]);
    let bad = format!("@{}", folder.file("bad", "x-one: 1\nnothing\n"));
    for (options, wrong) in [
        (vec!["-H", &bad], format!("error: -H {}:2: 'nothing' is no metadata", &bad[1..])),
        (vec!["-H", "@/nowhere"], "error: -H: cannot read '/nowhere'".to_owned()),
        (
            vec!["-H", "a: ${NONE}", "--expand-headers"],
            "error: -H: the environment variable 'NONE' is not set".to_owned(),
        ),
        (vec!["-H", "a: ${NONE", "--expand-headers"], "error: -H: '${' has no '}'".to_owned()),
        (
            vec!["-H", "grpc-encoding: x"],
            "error: -H: 'grpc-encoding' is no metadata: this name is reserved".to_owned(),
        ),
    ] {
        let said = sent(&options, &[]).unwrap_err();
        assert!(said.starts_with(&format!("2 {wrong}")), "{said}");
    }
}

/// Passes one connection on, and gives the number of bytes that the client sent when it has closed it.
fn counting(target: &str) -> (String, std::thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap().to_string();
    let port: u16 = target.rsplit(':').next().unwrap().parse().unwrap();
    let counted = std::thread::spawn(move || {
        let mut client = listener.accept().unwrap().0;
        let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut from, &mut to));
        let (mut count, mut buffer) = (0, vec![0; 65536]);
        while let Ok(read @ 1..) = client.read(&mut buffer) {
            count += read;
            server.write_all(&buffer[..read]).unwrap();
        }
        let _ = server.shutdown(Shutdown::Both);
        count
    });
    (here, counted)
}

#[test]
fn requests_are_compressed() {
    let server = serve(&[]);
    let folder = Folder::new();
    let name = "x".repeat(100_000);
    let each = format!("@{}", folder.file("each.ndjson", format!("{{\"name\":\"{name}\"}}")));
    let field = format!("name@{}", folder.file("name", &name));
    for (options, small) in [
        (vec![field.as_str()], false),
        (vec![&field, "--compress", "gzip"], true),
        (vec![&field, "--compress", "zstd"], true),
        (vec![&field, "--compress", "deflate"], true),
        (vec!["--each", &each, "--compress", "gzip"], true),
    ] {
        let (target, counted) = counting(&server.target);
        let mut args = vec!["call", &target, "SayHello"];
        args.extend(options);
        let ran = greet(&args);
        assert_eq!(ran.stdout, format!("{{\"message\":\"Hello, {name}!\"}}\n"), "{}", ran.stderr);
        let count = counted.join().unwrap();
        assert_eq!(count < 20_000, small, "{args:?}: {count} bytes");
    }
}
