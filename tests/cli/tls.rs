//! TLS: what is trusted and what is not, and what is said of it.

use std::io::{Read, Write};
use std::net::TcpListener;

use crate::run::{Folder, Ran, Served, command, finish, greet, serve};
use crate::secure::{Authority, Door, self_signed};

const HELLO: [&str; 2] = ["greeter.Greeter/SayHello", "name=World"];
const REPLY: &str = "{\"message\":\"Hello, World!\"}\n";

fn greeter() -> Served {
    serve(&[])
}

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

/// The four lines of a certificate.
fn lines(names: &str, issuer: &str) -> String {
    format!(
        "  certificate: CN=Test\n  names: {names}\n  issuer: CN={issuer}\n  \
         valid: 1975-01-01T00:00:00Z to 4096-01-01T00:00:00Z\n"
    )
}

#[test]
fn a_server_whose_authority_is_given_is_called() {
    let (inner, folder) = (greeter(), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let port = Door::new(authority.issue(&["localhost", "127.0.0.1"])).before(&inner.target);
    for target in
        [format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("https://localhost:{port}")]
    {
        assert_greets(&call(&target, &["--cacert", &ca]));
        assert_greets(&call(&target, &["--tls", "--cacert", &ca]));
    }
    let target = format!("localhost:{port}");
    for command in ["list", "describe", "health"] {
        let ran = greet(&[command, &target, "--cacert", &ca]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}");
    }
    // Both versions, and several files of which one has the authority.
    let other = folder.file("other.pem", Authority::new("Other").pem());
    let port = Door::new(authority.issue(&["localhost"])).of_tls_1_2().before(&inner.target);
    assert_greets(&call(&format!("localhost:{port}"), &["--cacert", &other, "--cacert", &ca]));
}

#[test]
fn an_unknown_issuer_is_named_and_what_takes_it() {
    let (inner, folder) = (greeter(), Folder::new());
    let port = Door::new(Authority::new("Ours").issue(&["localhost", "*.test"])).before(&inner.target);
    let target = format!("localhost:{port}");
    let said = format!(
        "error: the certificate of 127.0.0.1:{port} is issued by 'CN=Ours', which is not trusted\n{}\
         hint: --cacert FILE with the issuer's certificate takes it; --insecure takes any\n",
        lines("localhost, *.test", "Ours")
    );
    let other = folder.file("other.pem", Authority::new("Other").pem());
    assert_says(&call(&target, &["--cacert", &other]), 6, &said);
    // The system's roots do not know it either.
    assert_says(&call(&target, &["--tls"]), 6, &said);
    assert_greets(&call(&target, &["--insecure"]));
    assert_greets(&call(&target, &["-k"]));
}

#[test]
fn an_issuer_of_the_same_name_with_another_key_is_told_apart() {
    let (inner, folder) = (greeter(), Folder::new());
    let port = Door::new(Authority::new("Ours").issue(&["localhost"])).before(&inner.target);
    let ca = folder.file("ca.pem", Authority::new("Ours").pem());
    let said = format!(
        "error: the certificate of 127.0.0.1:{port} is not signed by the key of its issuer that is trusted\n{}\
         hint: --cacert FILE with the issuer's certificate takes it; --insecure takes any\n",
        lines("localhost", "Ours")
    );
    assert_says(&call(&format!("localhost:{port}"), &["--cacert", &ca]), 6, &said);
}

#[test]
fn a_certificate_that_signs_itself_is_trusted_when_it_is_given() {
    let (inner, folder) = (greeter(), Folder::new());
    let made = self_signed();
    let file = folder.file("itself.pem", &made.certificate);
    let port = Door::new(made).before(&inner.target);
    let target = format!("localhost:{port}");
    let said = format!(
        "error: the certificate of 127.0.0.1:{port} is signed by itself, and not trusted\n{}\
         hint: --cacert FILE with this certificate takes it; --insecure takes any\n",
        lines("localhost", "Test")
    );
    assert_says(&call(&target, &["--tls"]), 6, &said);
    let other = folder.file("other.pem", self_signed().certificate);
    let ran = call(&target, &["--cacert", &other]);
    assert_eq!(ran.code, 6, "{}", ran.shown());
    assert_greets(&call(&target, &["--cacert", &file]));
    // Its names hold all the same.
    let ran = call(&format!("127.0.0.1:{port}"), &["--cacert", &file]);
    assert!(ran.stderr.contains("is not for '127.0.0.1'"), "{}", ran.shown());
}

#[test]
fn a_certificate_for_other_names_shows_them_and_may_be_asked_for_by_one() {
    let (inner, folder) = (greeter(), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let port = Door::new(authority.issue(&["*.b.test", "a.test", "10.0.0.1"])).before(&inner.target);
    let target = format!("localhost:{port}");
    let said = |name: &str| {
        format!(
            "error: the certificate of 127.0.0.1:{port} is not for '{name}'\n{}\
             hint: --server-name a.test takes it\n",
            lines("*.b.test, a.test, 10.0.0.1", "Ours")
        )
    };
    assert_says(&call(&target, &["--cacert", &ca]), 6, &said("localhost"));
    assert_greets(&call(&target, &["--cacert", &ca, "--server-name", "c.b.test"]));
    assert_greets(&call(&target, &["--cacert", &ca, "--servername", "10.0.0.1"]));
    // The authority's host is asked for, unless a name is said.
    assert_greets(&call(&target, &["--cacert", &ca, "--authority", "a.test:9"]));
    assert_says(
        &call(&target, &["--cacert", &ca, "--authority", "a.test", "--server-name", "c.d.test"]),
        6,
        &said("c.d.test"),
    );
    let port = Door::new(authority.issue(&[])).before(&inner.target);
    let said = format!(
        "error: the certificate of 127.0.0.1:{port} is not for 'localhost'\n{}\
         hint: --insecure takes any certificate\n",
        lines("none (a common name, here 'Test', does not count)", "Ours")
    );
    assert_says(&call(&format!("localhost:{port}"), &["--cacert", &ca]), 6, &said);
}

#[test]
fn a_certificate_out_of_its_time_says_when_it_is_valid() {
    let (inner, folder) = (greeter(), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    for (from, to, what, hint) in [
        (2001, 2002, "expired on 2002-01-01T00:00:00Z", "--insecure takes any certificate"),
        (
            4000,
            4001,
            "is not valid before 4000-01-01T00:00:00Z",
            "is the clock of this machine right? --insecure takes any certificate",
        ),
    ] {
        let port = Door::new(authority.issue_for_years(from, to)).before(&inner.target);
        let said = format!(
            "error: the certificate of 127.0.0.1:{port} {what}\n  certificate: CN=Test\n  names: localhost\n  \
             issuer: CN=Ours\n  valid: {from}-01-01T00:00:00Z to {to}-01-01T00:00:00Z\nhint: {hint}\n"
        );
        let target = format!("localhost:{port}");
        assert_says(&call(&target, &["--cacert", &ca]), 6, &said);
        assert_greets(&call(&target, &["--cacert", &ca, "--insecure"]));
    }
}

#[test]
fn a_server_that_wants_a_certificate_says_so_and_gets_one() {
    let (inner, folder) = (greeter(), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let ours = authority.issue(&["client"]);
    let (cert, key) = (folder.file("cert.pem", &ours.certificate), folder.file("key.pem", &ours.key));
    let both = folder.file("both.pem", format!("{}{}", ours.key, ours.certificate));
    let stranger = Authority::new("Theirs").issue(&["client"]);
    let strange = folder.file("strange.pem", format!("{}{}", stranger.certificate, stranger.key));
    for older in [false, true] {
        let mut door = Door::new(authority.issue(&["localhost"])).of_clients(&authority);
        if older {
            door = door.of_tls_1_2();
        }
        let port = door.before(&inner.target);
        let target = format!("localhost:{port}");
        let said = format!(
            "error: 127.0.0.1:{port} wants a client certificate, and none was given\n\
             hint: add --cert FILE and --key FILE\n"
        );
        assert_says(&call(&target, &["--cacert", &ca]), 6, &said);
        assert_greets(&call(&target, &["--cacert", &ca, "--cert", &cert, "--key", &key]));
        assert_greets(&call(&target, &["--cacert", &ca, "--cert", &both]));
        let said = format!(
            "error: 127.0.0.1:{port} does not take the client certificate: unknown CA (alert 48)\n  \
             certificate: CN=Test\n  names: client\n  issuer: CN=Theirs\n  \
             valid: 1975-01-01T00:00:00Z to 4096-01-01T00:00:00Z\n\
             hint: another is given by --cert and --key\n"
        );
        assert_says(&call(&target, &["--cacert", &ca, "--cert", &strange]), 6, &said);
    }
}

#[test]
fn files_that_are_not_what_they_should_be() {
    let folder = Folder::new();
    let authority = Authority::new("Ours");
    let (one, two) = (authority.issue(&["a"]), authority.issue(&["b"]));
    let cert = folder.file("cert.pem", &one.certificate);
    let key = folder.file("key.pem", &one.key);
    let other = folder.file("other.pem", &two.key);
    let text = folder.file("text", "hello\n");
    let cut = folder.file("cut.pem", &one.certificate[..200]);
    let none = folder.path().join("none").to_str().unwrap().to_owned();
    let old = folder.file(
        "old.pem",
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n",
    );
    for (options, said) in [
        (vec!["--cacert", &none], format!("--cacert: cannot read {none}: no such file or directory\n")),
        (vec!["--cacert", &text], format!("--cacert {text}: there is no certificate in it\n")),
        (vec!["--cacert", &key], format!("--cacert {key}: there is no certificate in it\n")),
        (vec!["--cacert", &cut], format!("--cacert {cut}: its PEM cannot be read\n")),
        (vec!["--cert", &key], format!("--cert {key}: there is no certificate in it\n")),
        (
            vec!["--cert", &cert],
            format!("--cert {cert}: there is no private key in it\nhint: add --key FILE\n"),
        ),
        (vec!["--cert", &cert, "--key", &text], format!("--key {text}: there is no private key in it\n")),
        (
            vec!["--cert", &cert, "--key", &other],
            format!("--key {other}: its private key is not that of the certificate\n"),
        ),
        (
            vec!["--cert", &cert, "--key", &old],
            format!(
                "--key {old}: its private key is encrypted in OpenSSL's old way\n\
                 hint: openssl pkcs8 -topk8 -in FILE -out NEW makes it PKCS#8, which can be read\n"
            ),
        ),
        (
            vec!["--cert", &cert, "--key", &key, "--key-password-env", "NO_SUCH"],
            "--key-password-env NO_SUCH: the environment has no such variable\n".to_owned(),
        ),
        (
            vec!["--cert", &cert, "--key", &key, "--key-password-file", &none],
            format!("--key-password-file: cannot read {none}: no such file or directory\n"),
        ),
    ] {
        assert_says(&call("localhost:1", &options), 6, &format!("error: {said}"));
    }
}

/// Made by `openssl pkcs8 -topk8` of a P-256 key, with the password `open sesame`.
const LOCKED: &str = include_str!("locked.pem");
/// The certificate of that key, of version 1 as `openssl x509 -req` makes them, in DER.
const OF_LOCKED: &[u8] = include_bytes!("locked.der");

#[test]
fn an_encrypted_key_is_opened_by_its_password_which_nobody_sees() {
    let folder = Folder::new();
    let cert = folder.file("cert.der", OF_LOCKED);
    let key = folder.file("key.pem", LOCKED);
    let right = folder.file("right", "open sesame\n");
    let wrong = folder.file("wrong", "sesame");
    let both = ["--cert", &cert, "--key", &key];
    let ran = |more: &[&str]| {
        let mut command = command(&[&["call", "localhost:1", HELLO[0]], &both[..], more].concat());
        command.env("SECRET", "open sesame").env("WRONG", "seesaw");
        finish(command)
    };
    assert_says(
        &ran(&[]),
        6,
        &format!(
            "error: --key {key}: its private key is encrypted\n\
             hint: its password is given by --key-password-file FILE or --key-password-env NAME\n"
        ),
    );
    let locked = format!("error: --key {key}: the password does not open it\n");
    assert_says(&ran(&["--key-password-file", &wrong]), 6, &locked);
    assert_says(&ran(&["--key-password-env", "WRONG"]), 6, &locked);
    // Open: the next thing is that nobody listens.
    for more in [["--key-password-file", &right], ["--key-password-env", "SECRET"]] {
        let ran = ran(&more);
        assert!(ran.code == 5 && ran.stderr.contains("connection refused"), "{}", ran.shown());
    }
}

#[test]
fn options_that_contradict_each_other() {
    for (target, options) in [
        ("localhost:1", &["--plaintext", "--cacert", "x"][..]),
        ("localhost:1", &["--plaintext", "--insecure"]),
        ("localhost:1", &["--plaintext", "--tls"]),
        ("localhost:1", &["--key", "x"]),
        ("localhost:1", &["--key-password-env", "X"]),
        ("localhost:1", &["--cert", "x", "--key-password-env", "X", "--key-password-file", "x"]),
        ("http://localhost:1", &["--insecure"]),
        ("https://localhost:1", &["--plaintext"]),
        ("localhost:1", &["--server-name", "no good"]),
    ] {
        let ran = call(target, options);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{options:?}: {}", ran.shown());
    }
}

#[test]
fn a_server_without_alpn_is_called_with_a_note() {
    let (inner, folder) = (greeter(), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let port = Door::new(authority.issue(&["localhost"])).of_protocols(&[]).before(&inner.target);
    let ran = call(&format!("localhost:{port}"), &["--cacert", &ca]);
    assert_eq!(
        ran.shown(),
        format!(
            "0\n--- stdout\n{REPLY}--- stderr\nnote: the server did not agree on HTTP/2 in the TLS handshake (ALPN); \
             it is spoken all the same\n"
        )
    );
    let port = Door::new(authority.issue(&["localhost"])).of_protocols(&["http/1.1"]).before(&inner.target);
    assert_says(
        &call(&format!("localhost:{port}"), &["--cacert", &ca]),
        6,
        &format!(
            "error: 127.0.0.1:{port} does not speak HTTP/2: no application protocol (alert 120)\n\
             hint: gRPC needs HTTP/2: is it the right port?\n"
        ),
    );
}

#[test]
fn tls_over_a_unix_socket() {
    let (inner, folder) = (greeter(), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let target = Door::new(authority.issue(&["localhost"])).on_a_socket(&folder, &inner.target);
    assert_greets(&call(&target, &["--cacert", &ca]));
    let ran = call(&target, &["--cacert", &ca, "--server-name", "other"]);
    assert!(
        ran.code == 6 && ran.stderr.contains(&format!("of {target} is not for 'other'")),
        "{}",
        ran.shown()
    );
}

/// A peer that answers the first bytes with these and hangs up.
fn peer(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut buffer = [0; 4096];
            let _ = socket.read(&mut buffer);
            let _ = socket.write_all(answer);
        }
    });
    target
}

#[test]
fn a_mismatch_of_plaintext_and_tls_is_named_both_ways() {
    let inner = greeter();
    let place = inner.target.replace("localhost", "127.0.0.1");
    for (target, hint) in
        [(inner.target.clone(), "add --plaintext"), (format!("https://{}", inner.target), "write http://")]
    {
        let said = format!(
            "error: {place} speaks plaintext HTTP/2, not TLS\nhint: the server speaks plaintext: {hint}\n"
        );
        assert_says(&call(&target, if target.starts_with("https") { &[] } else { &["--tls"] }), 6, &said);
    }
    let port = Door::new(Authority::new("Ours").issue(&["localhost"])).before(&inner.target);
    for (target, hint) in
        [(format!("localhost:{port}"), "add --tls"), (format!("http://localhost:{port}"), "write https://")]
    {
        let said = format!(
            "error: 127.0.0.1:{port} speaks TLS, not plaintext HTTP/2; cannot connect to [::1]:{port} (connection \
             refused)\nhint: the server speaks TLS: {hint}\n"
        );
        assert_says(&call(&target, &[]), 5, &said);
    }
}

#[test]
fn peers_that_are_something_else() {
    for (answer, said) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "speaks plaintext HTTP/1, not TLS: it answered 'HTTP/1.1 400 Bad Request'\n\
             hint: gRPC needs HTTP/2: is it the right port?\n",
        ),
        // SETTINGS, as servers send that do not wait for the client's.
        (
            b"\0\0\0\x04\0\0\0\0\0",
            "speaks plaintext HTTP/2, not TLS\nhint: the server speaks plaintext: add --plaintext\n",
        ),
        (b"SSH-2.0-x\r\n", "does not speak TLS: it began with 'SSH-2.0-x\\r\\n'\n"),
        (b"", "closed the connection in the TLS handshake\n"),
        (b"\x15\x03\x03\0\x02\x02\x28", "refused the TLS handshake: handshake failure (alert 40)\n"),
        (b"\x15\x03\x03\0\x02\x02\x46", "speaks neither TLS 1.3 nor TLS 1.2\n"),
        (
            b"\x15\x03\x03\0\x02\x02\x70",
            "does not know the name 'localhost'\nhint: --server-name NAME asks for another\n",
        ),
        (b"\x15\x03\x03\0\x02\x02\xee", "refused the TLS handshake: alert 238\n"),
    ] {
        let target = peer(answer);
        let named = target.replace("127.0.0.1", "localhost");
        assert_says(&call(&named, &["--tls"]), 6, &format!("error: {target} {said}"));
    }
}

#[test]
fn a_handshake_that_is_not_answered_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let said = format!(
        "error: the TLS handshake with {target} was not done within 100ms\n\
         hint: more time is given by --connect-timeout\n"
    );
    assert_says(&call(&target, &["--tls", "--connect-timeout", "100ms"]), 6, &said);
}

#[test]
fn secrets_go_to_the_key_log_when_the_environment_names_one() {
    let (inner, folder) = (greeter(), Folder::new());
    let port = Door::new(self_signed()).before(&inner.target);
    let log = folder.path().join("keys");
    let mut call = command(&["call", &format!("localhost:{port}"), HELLO[0], HELLO[1], "-k"]);
    call.env("SSLKEYLOGFILE", &log);
    assert_greets(&finish(call));
    let kept = std::fs::read_to_string(log).unwrap();
    assert!(kept.contains("CLIENT_TRAFFIC_SECRET_0 "), "{kept}");
}

#[test]
fn roots_that_the_environment_names_are_those() {
    let (inner, folder) = (greeter(), Folder::new());
    let authority = Authority::new("Ours");
    let ca = folder.file("ca.pem", authority.pem());
    let port = Door::new(authority.issue(&["localhost"])).before(&inner.target);
    let run = |file: &str| {
        let mut call = command(&["call", &format!("https://localhost:{port}"), HELLO[0], HELLO[1]]);
        call.env("SSL_CERT_FILE", file);
        finish(call)
    };
    assert_greets(&run(&ca));
    let ran = run("/no/such/file");
    assert_eq!(ran.code, 6, "{}", ran.shown());
    let said = "error: there are no root certificates where SSL_CERT_FILE or SSL_CERT_DIR say: ";
    assert!(ran.stderr.starts_with(said) && ran.stderr.contains("/no/such/file"), "{}", ran.shown());
}

#[test]
fn the_line_of_an_example_reaches_the_server_as_it_was_asked_and_tells_no_secret() {
    let proto = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
    let options = "--tls --insecure --ipv4 --cacert ca.pem --cert c.pem --key k.pem --key-password-env PW \
                   --server-name x.test --resolve a.test:1:127.0.0.1";
    let options: Vec<&str> = options.split_whitespace().collect();
    for (proxy, shown) in [("http://p:1", " --proxy http://p:1"), ("http://ann:secret@p:1", "")] {
        let words = ["describe", "-p", proto, "greeter.Greeter/SayHello", "--example", "--proxy", proxy];
        let ran = greet(&[&words[..], &options].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.shown());
        let line = format!(
            " --tls --insecure --ipv4 --cacert ca.pem --cert c.pem --key k.pem --key-password-env PW \
             --server-name x.test{shown} --resolve a.test:1:127.0.0.1 localhost:50051 "
        );
        assert!(ran.stdout.contains(&line), "{}", ran.shown());
    }
}
