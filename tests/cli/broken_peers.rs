//! Servers that are not there, or are something else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::run::{Folder, Ran, SHAPES, finish, greet};

/// A peer that answers whatever comes with these bytes, and keeps the connection.
fn peer(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut buffer = [0; 1024];
            let _ = socket.read(&mut buffer);
            let _ = socket.write_all(answer);
            // Reads on until the other side closes, as a server with an open connection does.
            while socket.read(&mut buffer).is_ok_and(|n| n > 0) {}
        }
    });
    target
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap().to_string();
    drop(listener);
    let ran = greet(&["call", &target, "a.B/C"]);
    assert_eq!(
        ran.shown(),
        format!(
            "5\n--- stdout\n--- stderr\nerror: connection refused by {target}\n\
             hint: is the server running, and is the port right?\n"
        )
    );
    let named = target.replace("127.0.0.1", "localhost");
    let ran = greet(&["list", &named]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(
        ran.stderr.contains(&target) && ran.stderr.contains("[::1]"),
        "every address is named: {}",
        ran.stderr
    );
}

/// greet (`"$0"`) as this script calls it, in a mount and network namespace of its own; `None`, said aloud, where such a
/// one may not be made.
fn in_a_world(script: &str) -> Option<Ran> {
    // Who may do it already need not become somebody else, and cannot in some containers.
    for who in [&["--user", "--map-root-user"][..], &[]] {
        let mut unshare = Command::new("unshare");
        unshare.args(who).args(["--mount", "--net", "sh", "-ec"]);
        if unshare.args(["mount --bind /etc/hosts /etc/hosts"]).status().is_ok_and(|status| status.success())
        {
            let mut unshare = Command::new("unshare");
            unshare.args(who).args(["--mount", "--net", "sh", "-ec", script, env!("CARGO_BIN_EXE_greet")]);
            unshare.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
            return Some(finish(unshare));
        }
    }
    let line = b"\nskipped: the resolver in a namespace of its own, which may not be made here\n";
    let _ = std::io::stderr().write_all(line);
    None
}

#[test]
fn no_such_name() {
    let ran = greet(&["call", "nothing.invalid:1", "a.B/C", "--plaintext"]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: cannot resolve 'nothing.invalid'"), "{}", ran.stderr);

    let folder = Folder::new();
    let names = folder.file("names", "hosts: files\n");
    let script = format!(
        "mount --bind {names} /etc/nsswitch.conf; exec \"$0\" call --plaintext nothing.invalid:1 a.B/C"
    );
    let Some(ran) = in_a_world(&script) else { return };
    assert_eq!(
        ran.shown(),
        "5\n--- stdout\n--- stderr\nerror: cannot resolve 'nothing.invalid': name or service not known\n\
         hint: check the spelling of the host\n"
    );
}

#[test]
fn a_resolver_that_cannot_be_reached() {
    let folder = Folder::new();
    let names = folder.file("names", "hosts: dns\n");
    let resolver = folder.file("resolver", "nameserver 127.0.0.1\n");
    let call = "\"$0\" call --plaintext nothing.invalid:1 a.B/C";
    let script = format!(
        "mount --bind {names} /etc/nsswitch.conf; mount --bind {resolver} /etc/resolv.conf; {call} -o events || exec {call}"
    );
    let Some(ran) = in_a_world(&script) else { return };
    let said = "cannot resolve 'nothing.invalid': temporary failure in name resolution";
    let hint =
        "the resolver cannot be asked: is there a network? --resolve host:port:address says the address";
    let shown = format!("error: {said}\nhint: {hint}\n");
    assert_eq!((ran.code, ran.stderr), (5, shown.repeat(2)));
    let failure = ran.stdout.lines().find(|line| line.contains("\"failure\"")).unwrap();
    let failure: serde_json::Value = serde_json::from_str(failure).unwrap();
    assert_eq!((&failure["layer"], &failure["cause"]), (&"resolve".into(), &said.into()));
    assert_eq!(failure["hint"], hint);
}

/// A port that takes no connection and refuses none, as its queue is full; for as long as this is held.
fn deaf() -> (String, socket2::Socket, Vec<TcpStream>) {
    let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    listener.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut queue = Vec::new();
    while let Ok(socket) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        queue.push(socket);
    }
    (address.to_string(), listener, queue)
}

#[test]
fn a_black_hole_is_left_in_time() {
    let (target, _listener, _queue) = deaf();
    let said = format!("no connection within 150ms to {target} (no answer)");
    for words in [&["list"][..], &["call", "a.B/C"], &["health"]] {
        let ran = greet(&[&words[..1], &[&target], &words[1..], &["--connect-timeout", "150ms"]].concat());
        assert_eq!(
            ran.shown(),
            format!(
                "5\n--- stdout\n--- stderr\nerror: {said}\nhint: more time is given by --connect-timeout\n"
            )
        );
    }
    let ran = greet(&["call", &target, "a.B/C", "--connect-timeout", "150ms", "-o", "events"]);
    let failure = ran.stdout.lines().find(|line| line.contains("\"failure\"")).unwrap();
    let failure: serde_json::Value = serde_json::from_str(failure).unwrap();
    assert_eq!((&failure["layer"], &failure["cause"]), (&"connect".into(), &said.into()));
    assert_eq!(failure["addresses"], serde_json::json!([target]));
}

#[test]
fn no_such_socket() {
    let ran = greet(&["call", "unix:/no/such/socket", "a.B/C"]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(
        ran.stderr.contains("unix:/no/such/socket") && ran.stderr.contains("no such file"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_tls_server_is_told_by_its_first_bytes() {
    let target = peer(b"\x15\x03\x01\x00\x02\x02\x46");
    let ran = greet(&["call", &target, "a.B/C"]);
    assert_eq!(
        ran.shown(),
        format!(
            "5\n--- stdout\n--- stderr\nerror: {target} speaks TLS, not plaintext HTTP/2\n\
             hint: the server speaks TLS: add --tls\n"
        )
    );
}

#[test]
fn an_http_1_server_is_told_by_its_first_bytes() {
    let target = peer(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let ran = greet(&["call", &target, "a.B/C"]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(
        ran.stderr.contains("speaks HTTP/1, not HTTP/2") && ran.stderr.contains("hint: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_server_that_says_nothing_is_left_in_time() {
    let target = peer(b"");
    let proto = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
    for schema in [vec![], vec!["-p", proto]] {
        let mut args = vec!["call", &target, "greeter.Greeter/SayHello", "--connect-timeout", "200ms"];
        args.extend(schema);
        let ran = greet(&args);
        assert_eq!(
            ran.shown(),
            format!(
                "5\n--- stdout\n--- stderr\nerror: {target} took the connection and has sent nothing at all within 200ms\n\
                 hint: more time is given by --connect-timeout\n"
            )
        );
    }
}

#[test]
fn a_server_that_does_not_answer_a_ping_is_given_up() {
    // The SETTINGS with which HTTP/2 begins, and nothing after them.
    let target = peer(&[0, 0, 0, 4, 0, 0, 0, 0, 0]);
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let said = format!(
        "error: {target} did not answer a ping within 1s: the connection was given up\n\
         hint: the server has stopped, or something on the way has dropped the connection silently\n"
    );
    let ran = greet(&["call", "-p", &proto, &target, "Unary", "--keepalive", "10ms"]);
    assert_eq!(ran.shown(), format!("5\n--- stdout\n--- stderr\n{said}"));
    // Questions about the schema are calls too.
    let ran = greet(&["list", &target, "--keepalive", "10ms"]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(ran.stderr.contains("did not answer a ping within 1s"), "{}", ran.stderr);
    let ran = greet(&["list", &target, "--keepalive", "0s"]);
    assert!(ran.code == 2 && ran.stderr.contains("it takes some time"), "{}", ran.shown());
}
