//! How a server is reached: through a proxy, at an address that was said, or when it comes at last.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::run::{Folder, Ran, Running, Served, command, finish, greet, serve, serve_command};
use crate::secure::{Authority, Door};

const HELLO: [&str; 2] = ["greeter.Greeter/SayHello", "name=World"];
const REPLY: &str = "{\"message\":\"Hello, World!\"}\n";

fn call(target: &str, options: &[&str]) -> Ran {
    greet(&[&["call", target], &HELLO[..], options].concat())
}

#[track_caller]
fn assert_says(ran: &Ran, code: i32, stderr: &str) {
    assert_eq!(ran.shown(), format!("{code}\n--- stdout\n--- stderr\n{stderr}"));
}

#[track_caller]
fn assert_greets(ran: &Ran) {
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, REPLY, ""));
}

fn port_of(target: &str) -> u16 {
    target.rsplit_once(':').unwrap().1.parse().unwrap()
}

/// A proxy that leads everybody to `inner`, or answers with these bytes; and the heads of what it was asked.
fn proxy(inner: Result<u16, &'static [u8]>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let (heads, asked) = channel();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && socket.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            let _ = heads.send(String::from_utf8(head).unwrap());
            match inner {
                // In two pieces, the second with what a server says first behind it or not.
                Ok(port) => {
                    let _ = socket.write_all(b"HTTP/1.1 200 Connection established\r\nVia: te");
                    let inner = TcpStream::connect(("127.0.0.1", port)).unwrap();
                    let _ = socket.write_all(b"st\r\n\r\n");
                    join(socket, inner);
                }
                Err(answer) => {
                    let _ = socket.write_all(answer);
                }
            }
        }
    });
    (place, asked)
}

/// Passes bytes both ways.
fn join(outer: TcpStream, inner: TcpStream) {
    for (mut from, mut to) in [(outer.try_clone().unwrap(), inner.try_clone().unwrap()), (inner, outer)] {
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
}

#[test]
fn a_proxy_is_asked_for_the_server_and_the_name_is_its_business() {
    let inner = serve(&[]);
    let (place, asked) = proxy(Ok(port_of(&inner.target)));
    let through = format!("http://{place}");
    assert_greets(&call("greeter.test:1234", &["--plaintext", "--proxy", &through]));
    let head = asked.recv().unwrap();
    let agent = concat!("greet/", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        head,
        format!(
            "CONNECT greeter.test:1234 HTTP/1.1\r\nHost: greeter.test:1234\r\nUser-Agent: {agent}\r\n\r\n"
        )
    );
    // For loopback too, by its short name, and with an address in place of the name.
    let options = ["-x", &place, "--resolve", "[::1]:7:10.0.0.7"];
    assert_greets(&call("[::1]:7", &options));
    assert!(asked.recv().unwrap().starts_with("CONNECT 10.0.0.7:7 HTTP/1.1\r\n"));
    // In TLS, with user and password as they are decoded.
    let folder = Folder::new();
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let door = Door::new(authority.issue(&["greeter.test"])).before(&inner.target);
    let (place, asked) = proxy(Ok(door));
    let through = format!("http://ann:p%40ss@{place}/");
    assert_greets(&call("https://greeter.test", &["--cacert", &ca, "--proxy", &through]));
    let head = asked.recv().unwrap();
    assert!(head.starts_with("CONNECT greeter.test:443 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nProxy-Authorization: Basic YW5uOnBAc3M=\r\n"), "{head}");
    let ran = call("https://other.test", &["--cacert", &ca, "--proxy", &through]);
    let through = format!("other.test:443 through the proxy {place}");
    assert!(
        ran.stderr.contains(&format!("the certificate of {through} is not for 'other.test'")),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_environment_names_a_proxy_for_tls_to_others() {
    let (inner, folder) = (serve(&[]), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let door = Door::new(authority.issue(&["greeter.test", "localhost"])).before(&inner.target);
    let (place, asked) = proxy(Ok(door));
    let run = |target: &str, more: &[&str], environment: &[(&str, &str)]| {
        let mut command = command(&[&["call", target, "--cacert", &ca], &HELLO[..], more].concat());
        command.envs(environment.iter().copied());
        finish(command)
    };
    let set = [("HTTPS_PROXY", &place[..])];
    assert_greets(&run("greeter.test:1", &[], &set));
    assert!(asked.recv().unwrap().starts_with("CONNECT greeter.test:1 "));
    // Neither of these asks it.
    assert_greets(&run(&format!("localhost:{door}"), &[], &set));
    let here = format!("greeter.test:{door}:127.0.0.1");
    let target = format!("greeter.test:{door}");
    assert_greets(&run(&target, &["--resolve", &here], &[set[0], ("NO_PROXY", "x,.test")]));
    assert_greets(&run(&target, &["--resolve", &here, "--proxy", ""], &set));
    assert!(asked.try_recv().is_err());
    // Where it comes from is said when it does not work.
    let (place, _asked) = proxy(Err(b"HTTP/1.1 503 Busy\r\n\r\n"));
    assert_says(
        &run("greeter.test:1", &[], &[("https_proxy", &place)]),
        5,
        &format!(
            "error: the proxy {place} does not connect to greeter.test:1: it answered 503 Busy\n\
             hint: the proxy comes from https_proxy; --proxy '' goes without\n"
        ),
    );
}

#[test]
fn a_proxy_that_opens_no_tunnel_says_why() {
    for (answer, said) in [
        (
            &b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<html>broken</html>\r\n\r\n"[..],
            "does not connect to a.test:1: it answered 502 Bad Gateway\n",
        ),
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
            "wants a user and a password (407)\nhint: --proxy http://user:password@host:port says who is there\n",
        ),
        (b"HTTP/1.0 403\r\n\r\n", "does not connect to a.test:1: it answered 403\n"),
        (b"SSH-2.0-x\r\n", "is no HTTP proxy: it answered 'SSH-2.0-x\\r\\n'\n"),
        (b"HTTP/1.1 200 OK\r\nbroken", "is no HTTP proxy: it answered 'HTTP/1.1 200 OK\\r\\nbroken'\n"),
        (b"", "closed the connection when it was asked for a.test:1\n"),
    ] {
        let (place, _asked) = proxy(Err(answer));
        for security in ["--plaintext", "--tls"] {
            let ran = call("a.test:1", &[security, "--proxy", &format!("http://{place}")]);
            assert_says(&ran, 5, &format!("error: the proxy {place} {said}"));
        }
    }
    // The second is not as HTTP wants it, and is what tinyproxy says.
    for (answer, code) in [(&b"HTTP/1.1 407 No\r\n\r\n"[..], 407), (b"HTTP/1.1 401 No\r\n\r\n", 401)] {
        let (place, _asked) = proxy(Err(answer));
        let ran = call("a.test:1", &["--tls", "--proxy", &format!("http://ann:secret@{place}")]);
        assert_says(
            &ran,
            5,
            &format!(
                "error: the proxy {place} does not take the user and password ({code})\n\
                 hint: are the user and the password of the proxy right?\n"
            ),
        );
    }
}

#[test]
fn a_proxy_that_is_not_there_is_told_from_the_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    drop(listener);
    assert_says(
        &call("a.test:1", &["--tls", "--proxy", &place]),
        5,
        &format!(
            "error: connection refused by the proxy {place}\nhint: is the server running, and is the port right?\n"
        ),
    );
    let ran = call("a.test:1", &["--tls", "--proxy", "nothing.invalid:1"]);
    assert!(ran.stderr.starts_with("error: cannot resolve the proxy 'nothing.invalid': "), "{}", ran.shown());
}

#[test]
fn what_is_no_proxy_is_refused_without_showing_a_password() {
    for (proxy, said) in [
        ("https://ann:secret@p:1", "--proxy: a proxy by https:// is not supported, only by http://"),
        ("socks5://p:1", "--proxy: a proxy by socks5:// is not supported, only by http://"),
        ("ftp://ann:secret@p:1", "--proxy: a proxy is http://host:port"),
        (
            "http://ann:secret@p:x",
            "--proxy: a proxy is http://host:port, with user:password@ before the host if it wants that",
        ),
    ] {
        assert_says(&call("a:1", &["--proxy", proxy]), 2, &format!("error: {said}\n"));
    }
    assert_says(
        &call("unix:/a", &["--proxy", "p:1"]),
        2,
        "error: a unix socket is not reached through a proxy\n",
    );
}

#[test]
fn an_address_may_be_said_for_a_host() {
    let inner = serve(&[]);
    let port = port_of(&inner.target);
    let said = format!("greeter.test:{port}:127.0.0.1");
    assert_greets(&call(&format!("greeter.test:{port}"), &["--plaintext", "--resolve", &said]));
    // Another port is another server.
    let ran = call("nothing.invalid:1", &["--plaintext", "--resolve", "nothing.invalid:2:127.0.0.1"]);
    assert!(ran.stderr.starts_with("error: cannot resolve 'nothing.invalid'"), "{}", ran.shown());
    let ran = call(":1", &["--resolve", "a:1"]);
    assert!(ran.code == 2 && ran.stderr.contains("the form is HOST:PORT:ADDRESS"), "{}", ran.shown());
}

#[test]
fn one_family_of_addresses_may_be_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for (option, place) in [("--ipv4", "127.0.0.1"), ("--ipv6", "[::1]")] {
        let ran = call(&format!("localhost:{port}"), &[option]);
        // A machine without IPv6 says so in other words; it is the same address, and no other.
        let error = ran.stderr.lines().next().unwrap();
        assert!(error.contains(&format!("{place}:{port}")) && !error.contains(" and "), "{}", ran.shown());
    }
    assert_says(
        &call("127.0.0.1:1", &["--ipv6"]),
        5,
        "error: cannot resolve '127.0.0.1': it has no IPv6 address\n",
    );
    assert_eq!(call(":1", &["--ipv4", "--ipv6"]).code, 2);
}

#[test]
fn a_server_that_comes_later_is_waited_for() {
    let folder = Folder::new();
    let path = folder.path().join("s");
    let target = format!("unix:{}", path.display());
    for words in [&["call", &target, HELLO[0], HELLO[1]][..], &["list", &target], &["health", &target]] {
        let _ = std::fs::remove_file(&path);
        let mut waiting = Running::start(command(&[words, &["--wait", "60s"]].concat()));
        let mut said = vec![0; 17];
        waiting.child.stderr.as_mut().unwrap().read_exact(&mut said).unwrap();
        assert_eq!(String::from_utf8(said).unwrap(), "note: waiting for");
        let _server: Served = serve_command(command(&["serve", "--listen", &target]));
        let ran = waiting.end();
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let rest =
            format!(" {target}, at most 60s: cannot connect to {target} (no such file or directory)\n");
        assert_eq!(ran.stderr, rest, "it is said once");
    }
}

/// What listens for a server that is not there yet, as containers' ports do: the first connections are closed.
#[test]
fn a_port_that_hangs_up_is_waited_for_too() {
    let (inner, folder) = (serve(&[]), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let door = Door::new(authority.issue(&["localhost"])).before(&inner.target);
    for (port, options) in [(port_of(&inner.target), vec![]), (door, vec!["--cacert", &ca])] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("localhost:{}", listener.local_addr().unwrap().port());
        thread::spawn(move || {
            for (number, socket) in listener.incoming().enumerate() {
                // Each try asks twice: the second time in the other tongue, to see what it speaks.
                if number >= 4 {
                    join(socket.unwrap(), TcpStream::connect(("127.0.0.1", port)).unwrap());
                }
            }
        });
        let ran = call(&target, &[&options[..], &["--wait", "60s"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (0, REPLY), "{}", ran.shown());
        assert!(
            ran.stderr.starts_with(&format!("note: waiting for {target}, at most 60s: ")),
            "{}",
            ran.shown()
        );
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.shown());
    }
}

#[test]
fn waiting_has_an_end_and_mends_not_everything() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    drop(listener);
    assert_says(
        &call(&place, &["--wait", "120ms"]),
        5,
        &format!(
            "note: waiting for {place}, at most 120ms: connection refused by {place}\n\
             error: connection refused by {place}\n\
             hint: is the server running, and is the port right?\n\
             hint: it was waited for 120ms; --wait says how long\n"
        ),
    );
    // What a server is does not change, even if it hangs up without a word as servers on OpenSSL do.
    let (inner, long) = (serve(&[]), "20s");
    let ran = call(&inner.target, &["--tls", "--wait", long]);
    assert!(ran.code == 6 && ran.stderr.starts_with("error: "), "{}", ran.shown());
    let port = Door::new(Authority::new("Ours").issue(&["localhost"])).before(&inner.target);
    let ran = call(&format!("localhost:{port}"), &["--wait", long]);
    assert!(ran.code == 5 && ran.stderr.contains("the server speaks TLS: add --tls"), "{}", ran.shown());
    let ran = call(&format!("localhost:{port}"), &["--tls", "--wait", long]);
    assert!(ran.code == 6 && ran.stderr.starts_with("error: the certificate of"), "{}", ran.shown());
    assert_greets(&call(&inner.target, &["--wait", long]));
}

/// A try that the end of the waiting cuts short knows less than the one before it.
#[test]
fn the_last_whole_try_says_why() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        // The first try, and its question in plaintext, are hung up on; the next is never answered.
        let held: Vec<_> = listener.incoming().skip(2).collect();
        drop(held);
    });
    assert_says(
        &call(&place, &["--tls", "--wait", "2s"]),
        6,
        &format!(
            "note: waiting for {place}, at most 2s: {place} closed the connection in the TLS handshake\n\
             error: {place} closed the connection in the TLS handshake\n\
             hint: it was waited for 2s; --wait says how long\n"
        ),
    );
}
