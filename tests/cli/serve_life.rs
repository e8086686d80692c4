//! How `greet serve` begins and ends, and what its clients are kept to.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::run::{Folder, Running, SHAPES, Served, command, greet, serve, serve_command};

const HELLO: &str = "{\"message\":\"Hello, World!\"}\n";

fn hello(target: &str) -> (i32, String) {
    let ran = greet(&["call", target, "SayHello", "name=World"]);
    (ran.code, ran.stdout)
}

#[test]
fn a_file_says_the_port_while_it_is_served() {
    let folder = Folder::new();
    // Left behind by one that was killed: nobody may take it for ours.
    let file = folder.file("port", "1\n");
    let server = serve(&["--port-file", &file]);
    let port = std::fs::read_to_string(&file).unwrap();
    assert_eq!(server.target, format!("localhost:{}", port.trim_end()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    server.running.signal("TERM");
    assert_eq!(server.running.end().code, 0);
    assert!(!std::path::Path::new(&file).exists());

    let ran = greet(&["serve", "--port-file", &file, "--", "sh", "-c", "cat \"$0\"", &file]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stdout.trim_end().parse::<u16>().is_ok(), "{}", ran.shown());
    assert!(!std::path::Path::new(&file).exists());
    // One that is somebody else's by then is left alone.
    let server = serve(&["--port-file", &file]);
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, "7\n").unwrap();
    server.running.signal("TERM");
    server.running.end();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "7\n");

    let socket = format!("unix:{}/s", folder.path().display());
    let ran = greet(&["serve", "--listen", &socket, "--port-file", &file]);
    assert_eq!((ran.code, ran.stderr.as_str()), (2, "error: --port-file: a unix socket has no port\n"));
    let ran = greet(&["serve", "--port", "0", "--port-file", "/no/such/folder/port"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stderr.starts_with("error: --port-file: cannot write '/no/such/folder/port': "),
        "{}",
        ran.stderr
    );
}

#[test]
fn once_is_one_call_and_what_is_asked_on_the_way() {
    let server = serve(&["--once"]);
    // By reflection, which is no call.
    assert_eq!(greet(&["list", &server.target]).code, 0);
    assert_eq!(greet(&["health", &server.target]).code, 0);
    assert_eq!(hello(&server.target), (0, HELLO.to_owned()));
    let ran = server.running.end();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(greet(&["serve", "--once", "--", "true"]).code, 2);
}

/// One that is under way: it has said something, and its input is open.
fn talk(server: &Served, proto: &str) -> Running {
    let mut words = command(&["call", &server.target, "-p", proto, "Both", "-d", "@-"]);
    words.stdin(std::process::Stdio::piped());
    let mut call = Running::start(words);
    writeln!(call.stdin(), "{{name:'a'}}").unwrap();
    assert!(call.line().contains("\"name\":\"a\""));
    call
}

#[test]
fn a_drain_tells_watchers_and_waits_for_open_calls() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&proto, "--grace", "1h"]);
    let mut watch = Running::start(command(&["health", &server.target, "--watch"]));
    assert_eq!(watch.line(), "SERVING");
    let mut call = talk(&server, &proto);
    server.running.signal("TERM");
    assert_eq!(watch.line(), "NOT_SERVING");
    watch.end();
    // The call goes on as if nothing were, and the server ends after it, having cut nothing.
    writeln!(call.stdin(), "{{name:'b'}}").unwrap();
    assert!(call.line().contains("\"name\":\"b\""));
    drop(call.child.stdin.take());
    assert_eq!(call.end().code, 0);
    assert_eq!(server.running.end().code, 0);
}

#[test]
fn what_is_open_after_the_grace_is_cut_and_the_exit_code_says_so() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&proto, "--grace", "50ms"]);
    let call = talk(&server, &proto);
    server.running.signal("TERM");
    let ran = server.running.end();
    assert_eq!((ran.code, ran.stderr.lines().last()), (1, Some("error: 1 open call was cut")));
    drop(call);
}

#[test]
fn a_drain_delay_takes_calls_after_the_signal() {
    let server = serve(&["--drain-delay", "1h"]);
    let mut watch = Running::start(command(&["health", &server.target, "--watch"]));
    assert_eq!(watch.line(), "SERVING");
    server.running.signal("TERM");
    assert_eq!(watch.line(), "NOT_SERVING");
    assert_eq!(hello(&server.target), (0, HELLO.to_owned()));
    drop(watch);
    // A second signal does not wait for the end of it.
    server.running.signal("TERM");
    server.running.end();
}

/// What the server says until it hangs up.
fn until_the_end(target: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(target.replace("localhost", "127.0.0.1")).unwrap();
    stream.write_all(bytes).unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    said
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[test]
fn silent_and_idle_and_old_connections_end() {
    let server = serve(&["--handshake-timeout", "50ms"]);
    assert_eq!(until_the_end(&server.target, b"PRI * HT"), b"");
    // Each of these says its SETTINGS, and then that it is over or nothing at all.
    for limit in ["--idle-timeout", "--keepalive", "--max-connection-age"] {
        let server = serve(&[limit, "50ms"]);
        assert!(until_the_end(&server.target, PREFACE).len() > 9, "{limit}");
    }
    let never = serve(&["--idle-timeout", "0", "--keepalive", "0", "--handshake-timeout", "0"]);
    assert_eq!(hello(&never.target), (0, HELLO.to_owned()));
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let old = serve(&[&proto, "--max-connection-age", "50ms", "--max-connection-age-grace", "50ms"]);
    let mut call = Running::start({
        let mut words = command(&["call", &old.target, "-p", &proto, "Both", "-d", "@-"]);
        words.stdin(std::process::Stdio::piped());
        words
    });
    // Its input stays open; it ends all the same.
    let stdin = call.child.stdin.take();
    let ran = call.end();
    assert!(ran.code != 0 && ran.code != 124, "{}", ran.shown());
    drop(stdin);
}

#[test]
fn as_many_as_are_allowed_and_no_more() {
    let server =
        serve(&["--max-connections", "1", "--max-concurrent-streams", "1", "--max-header-list-size", "800B"]);
    let place = server.target.replace("localhost", "127.0.0.1");
    let mut first = TcpStream::connect(&place).unwrap();
    first.write_all(PREFACE).unwrap();
    let mut settings = [0; 64];
    assert!(first.read(&mut settings).unwrap() > 9);
    assert_eq!(hello(&server.target).0, 5, "there is no room");
    drop(first);
    let started = std::time::Instant::now();
    while hello(&server.target).0 != 0 {
        assert!(started.elapsed() < std::time::Duration::from_secs(60), "there is room again");
    }
    let large = format!("x-large: {}", "x".repeat(800));
    let ran = greet(&["call", &server.target, "-p", "proto/greeter.proto", "SayHello", "-H", &large]);
    assert!(ran.code != 0, "{}", ran.shown());
    server.running.signal("TERM");
    let said = server.running.end().stderr;
    assert!(said.contains(" is refused: too many connections are open\n"), "{said}");
}

#[test]
fn a_unix_socket_is_taken_over_from_the_dead_only() {
    let folder = Folder::new();
    let path = folder.path().join("s");
    let listen = format!("unix:{}", path.display());
    let mut killed = serve_command(command(&["serve", "--listen", &listen]));
    killed.running.child.kill().unwrap();
    killed.running.child.wait().unwrap();
    assert!(path.exists());
    let server = serve_command(command(&["serve", "--listen", &listen]));
    assert_eq!(hello(&server.target), (0, HELLO.to_owned()));
    let ran = greet(&["serve", "--listen", &listen]);
    assert!(ran.code == 5 && ran.stderr.contains("address already in use"), "{}", ran.shown());
    assert_eq!(hello(&server.target), (0, HELLO.to_owned()));
}
