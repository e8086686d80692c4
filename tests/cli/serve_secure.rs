//! `greet serve` in TLS and behind a token: what it reads, whom it lets in, what it says.

use std::path::Path;
use std::time::Duration;

use crate::run::{Folder, Ran, Served, command, finish, greet, serve};
use crate::secure::{Authority, Issued, self_signed};

const HELLO: &str = "{\"message\":\"Hello, World!\"}\n";

fn call(server: &Served, options: &[&str]) -> Ran {
    let mut words = vec!["call", &server.target, "SayHello", "name=World"];
    words.extend(options);
    greet(&words)
}

/// `NAME.pem` and `NAME.key`.
fn write(folder: &Folder, name: &str, issued: &Issued) -> (String, String) {
    let certificate = folder.file(&format!("{name}.pem"), &issued.certificate);
    (certificate, folder.file(&format!("{name}.key"), &issued.key))
}

#[test]
fn the_ready_line_of_tls_is_a_target_too() {
    let (folder, authority) = (Folder::new(), Authority::new("Ours"));
    let ca = folder.file("ca.pem", authority.pem());
    let (cert, key) = write(&folder, "server", &authority.issue(&["localhost"]));
    let server = serve(&["--cert", &cert, "--key", &key]);
    assert!(server.target.starts_with("https://localhost:"), "{}", server.target);
    let ran = call(&server, &["--cacert", &ca]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, HELLO, ""));
    assert_eq!(call(&server, &[]).code, 6, "nobody vouches for it");

    // One that begins in plaintext is told, on both sides.
    let place = server.target.strip_prefix("https://").unwrap();
    let ran = greet(&["call", place, "SayHello"]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(ran.stderr.contains("speaks TLS, not plaintext HTTP/2\nhint: "), "{}", ran.stderr);
    server.running.signal("TERM");
    let ran = server.running.end();
    assert_eq!(ran.code, 0);
    let [refused, plain] = ran.stderr.lines().collect::<Vec<_>>()[..] else { panic!("{}", ran.stderr) };
    assert!(
        refused.ends_with("the TLS handshake failed: it does not trust this server's certificate"),
        "{refused}"
    );
    assert!(plain.starts_with("note: a connection from 127.0.0.1:"), "{plain}");
    assert!(plain.ends_with(" is refused: it speaks plaintext, and this server speaks TLS"), "{plain}");
}

#[test]
fn several_certificates_and_one_file_for_both() {
    let (folder, authority) = (Folder::new(), Authority::new("Ours"));
    let ca = folder.file("ca.pem", authority.pem());
    let (one, other) = (authority.issue(&["localhost"]), authority.issue(&["other.example"]));
    let one = folder.file("one.pem", format!("{}{}", one.certificate, one.key));
    let (other, key) = write(&folder, "other", &other);
    let both = folder.file(
        "other-both.pem",
        [other.as_str(), &key].map(|file| std::fs::read_to_string(file).unwrap()).concat(),
    );
    let server = serve(&["--cert", &one, "--cert", &both]);
    for name in ["localhost", "other.example"] {
        let ran = call(&server, &["--cacert", &ca, "--server-name", name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, HELLO), "{name}: {}", ran.stderr);
    }
    assert_eq!(call(&server, &["--cacert", &ca, "--server-name", "third.example"]).code, 6);

    let ran = greet(&["serve", "--cert", &one, "--cert", &other, "--key", &key]);
    let said = "error: there are 2 --cert, and 1 --key\nhint: give a --key for each --cert, or none at all\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, said));
    let ran = greet(&["serve", "--cert", &one, "--key", &key]);
    assert!(ran.code == 6 && ran.stderr.contains("is not that of the certificate"), "{}", ran.shown());
    let ran = greet(&["serve", "--cert", &other]);
    assert!(ran.code == 6 && ran.stderr.contains("hint: add --key FILE"), "{}", ran.shown());
    let ran = greet(&["serve", "--cert", &one, "--client-ca", &key]);
    assert!(ran.code == 6 && ran.stderr.contains("--client-ca"), "{}", ran.shown());
}

#[test]
fn a_locked_key_is_opened_by_a_password() {
    let folder = Folder::new();
    let (cert, key) = ("tests/cli/locked.der", "tests/cli/locked.pem");
    let password = folder.file("password", "open sesame\n");
    let locked = greet(&["serve", "--cert", cert, "--key", key]);
    assert_eq!(locked.code, 6, "{}", locked.shown());
    assert!(
        locked.stderr.contains("hint: its password is given by --key-password-file"),
        "{}",
        locked.stderr
    );
    let server = serve(&["--cert", cert, "--key", key, "--key-password-file", &password]);
    // It is of version 1, and good enough for those who do not look.
    assert_eq!(call(&server, &["--insecure"]).stdout, HELLO);
    let mut words =
        command(&["serve", "--port", "0", "--cert", cert, "--key", key, "--key-password-env", "PASSWORD"]);
    words.env("PASSWORD", "open sesame");
    let server = crate::run::serve_command(words);
    assert_eq!(call(&server, &["--insecure"]).stdout, HELLO);
}

#[test]
fn a_client_shows_who_it_is_and_rules_see_it() {
    let (folder, authority) = (Folder::new(), Authority::new("Ours"));
    let ca = folder.file("ca.pem", authority.pem());
    let (cert, key) = write(&folder, "server", &authority.issue(&["localhost"]));
    let (own, own_key) = write(&folder, "own", &authority.issue(&[]));
    let rule = "greeter.Greeter/SayHello => {message: ($peer | sub(\"^[^ ]+ \"; \"\"))}";
    let server = serve(&["--cert", &cert, "--key", &key, "--client-ca", &ca, "--rule", rule]);
    let ran = call(&server, &["--cacert", &ca, "--cert", &own, "--key", &own_key]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("CN=Test"), "{}", ran.stdout);
    let ran = call(&server, &["--cacert", &ca]);
    assert_eq!(ran.code, 6, "{}", ran.shown());
    assert!(ran.stderr.contains("wants a client certificate, and none was given"), "{}", ran.stderr);
}

#[test]
fn secrets_of_connections_are_written_where_the_environment_says() {
    let folder = Folder::new();
    let (cert, key) = write(&folder, "server", &self_signed());
    let log = folder.path().join("keys");
    let mut words = command(&["serve", "--port", "0", "--cert", &cert, "--key", &key]);
    words.env("SSLKEYLOGFILE", &log);
    let server = crate::run::serve_command(words);
    assert_eq!(call(&server, &["--cacert", &cert]).stdout, HELLO);
    let written = std::fs::read_to_string(&log).unwrap();
    assert!(written.contains("SERVER_TRAFFIC_SECRET_0 "), "{written}");
}

/// Calls until it ends with this code; the test fails if it never does.
fn until(server: &Served, options: &[&str], code: i32) {
    let started = std::time::Instant::now();
    while call(server, options).code != code {
        assert!(started.elapsed() < Duration::from_secs(60), "it never ends with {code}");
    }
}

/// Puts a file in the place of another, in one step.
fn replace(path: &str, text: &str) {
    let beside = format!("{path}.new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, Path::new(path)).unwrap();
}

#[test]
fn certificates_are_read_again_when_they_change() {
    let folder = Folder::new();
    let (ours, theirs) = (Authority::new("Ours"), Authority::new("Theirs"));
    let (ca, other_ca) = (folder.file("ca.pem", ours.pem()), folder.file("other.pem", theirs.pem()));
    let (cert, key) = write(&folder, "server", &ours.issue(&["localhost"]));
    let mut server = serve(&["--cert", &cert, "--key", &key]);
    assert_eq!(call(&server, &["--cacert", &ca]).stdout, HELLO);

    let next = theirs.issue(&["localhost"]);
    replace(&cert, &next.certificate);
    // The key of the old one does not fit: that is said, and the old pair is shown still.
    let mut stderr = std::io::BufReader::new(server.running.child.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
    let said = "note: the certificates have changed and cannot be taken, those before still hold: --key ";
    assert!(line.starts_with(said) && line.contains("is not that of the certificate"), "{line}");
    assert_eq!(call(&server, &["--cacert", &ca]).stdout, HELLO);

    replace(&key, &next.key);
    until(&server, &["--cacert", &other_ca], 0);
    line.clear();
    std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
    assert!(
        // Those who were asked too early have said that they do not trust it.
        line.starts_with("note: the certificates have changed: ") || line.contains("does not trust"),
        "{line}"
    );
    assert_eq!(call(&server, &["--cacert", &ca]).code, 6);
}

#[test]
fn a_token_is_demanded_of_all_who_ask() {
    let folder = Folder::new();
    let file = folder.file("token", "s3cret\n");
    let mut by_env = command(&["serve", "--port", "0", "--token-env", "TOKEN"]);
    by_env.env("TOKEN", "s3cret");
    for server in
        [serve(&["--token", "s3cret"]), serve(&["--token-file", &file]), crate::run::serve_command(by_env)]
    {
        assert_eq!(call(&server, &["--bearer", "s3cret"]).stdout, HELLO);
        for options in
            [&["-p", "proto/greeter.proto"][..], &["-p", "proto/greeter.proto", "--bearer", "secret"]]
        {
            let ran = call(&server, options);
            assert_eq!(ran.code, 80, "{}", ran.shown());
            assert!(ran.stderr.starts_with("error: UNAUTHENTICATED (16): "), "{}", ran.stderr);
            assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
        }
        let health = greet(&["health", &server.target]);
        assert!(health.code != 0 && health.stderr.contains("UNAUTHENTICATED"), "{}", health.shown());
    }
    let empty = folder.file("empty", "\n");
    for words in [&["--token", "two words"][..], &["--token-file", &empty], &["--token-env", "NO_SUCH"]] {
        let mut all = vec!["serve", "--port", "0"];
        all.extend(words);
        let ran = finish(command(&all));
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.starts_with(&format!("error: {}: ", words[0])), "{}", ran.stderr);
    }
}

#[test]
fn a_token_in_plaintext_on_a_network_is_warned_of() {
    let server = crate::run::serve_command(command(&[
        "serve", "--port", "0", "--listen", "0.0.0.0", "--token", "s3cret",
    ]));
    server.running.signal("TERM");
    let said = "note: clients send the token in plaintext; --cert FILE and --key FILE would encrypt it\n";
    assert_eq!(server.running.end().stderr, said);
}
