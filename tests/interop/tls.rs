//! greet in TLS with the server that Python's grpcio runs, and with certificates and keys that openssl makes.

use std::fs;
use std::path::PathBuf;

use crate::peers::{Ended, Peer, run};
use crate::tools::{greet, openssl, python};

/// A folder of certificates.
pub(crate) struct Made(tempfile::TempDir);

impl Made {
    /// An authority `ca.pem`, and `server.pem` for localhost with `server.key`.
    pub(crate) fn new() -> Option<Self> {
        openssl()?;
        let made = Self(tempfile::tempdir().unwrap());
        made.openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Ours");
        made.openssl("ecparam -name prime256v1 -genkey -noout -out server.key");
        fs::write(made.path("names"), "subjectAltName=DNS:localhost").unwrap();
        made.issue("server", "-extfile names");
        Some(made)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn openssl(&self, words: &str) {
        let ended = run(openssl().unwrap().current_dir(self.0.path()).args(words.split(' ')));
        assert_eq!(ended.code, 0, "openssl {words}: {}", ended.stderr);
    }

    /// `NAME.pem`, a certificate for `NAME.key`; of version 1 unless there are extensions.
    pub(crate) fn issue(&self, name: &str, extensions: &str) {
        self.openssl(&format!("req -new -key {name}.key -out {name}.csr -subj /CN={name}"));
        let words = format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out {name}.pem"
        );
        self.openssl(format!("{words} {extensions}").trim_end());
    }

    /// Python's server with `server.pem`; with `clients` it wants certificates of the authority.
    pub(crate) fn server(&self, clients: bool) -> Option<(Peer, String)> {
        let mut command = python("server.py")?;
        command.arg("localhost:0").arg("--tls").arg(self.path("server.pem")).arg(self.path("server.key"));
        if clients {
            command.arg("--client-ca").arg(self.path("ca.pem"));
        }
        let mut peer = Peer::start(&mut command);
        let target = peer.line();
        Some((peer, target))
    }

    fn call(&self, target: &str, options: &[&str]) -> Ended {
        let mut command = greet(["call", target, "greeter.Greeter/SayHello", "name=World"]);
        run(command.arg("--cacert").arg(self.path("ca.pem")).args(options))
    }
}

#[track_caller]
fn assert_greets(ended: &Ended) {
    let said = (ended.code, ended.stdout.as_str(), ended.stderr.as_str());
    assert_eq!(said, (0, "{\"message\":\"Hello, World!\"}\n", ""));
}

#[test]
fn a_server_in_tls() {
    let Some(made) = Made::new() else { return };
    let Some((_server, target)) = made.server(false) else { return };
    assert_greets(&made.call(&target, &[]));
    let place = target.replace("localhost", "127.0.0.1");
    let plain = run(&mut greet(["call", &target, "greeter.Greeter/SayHello"]));
    // What becomes of the other family is told beside it.
    let said = format!("error: {place} speaks TLS, not plaintext HTTP/2; ");
    assert!(plain.code == 5 && plain.stderr.starts_with(&said), "{}", plain.stderr);
    assert!(plain.stderr.ends_with("\nhint: the server speaks TLS: add --tls\n"), "{}", plain.stderr);
    let unknown = run(&mut greet(["call", &target, "greeter.Greeter/SayHello", "--tls"]));
    assert_eq!(unknown.code, 6, "{}", unknown.stderr);
    assert!(unknown.stderr.contains("is issued by 'CN=Ours', which is not trusted"), "{}", unknown.stderr);
}

#[test]
fn reflection_details_and_streams_in_tls_of_both_sides() {
    let Some(made) = Made::new() else { return };
    let Some((_server, target)) = made.server(true) else { return };
    made.openssl("ecparam -name prime256v1 -genkey -noout -out client.key");
    made.issue("client", "");
    let (ca, cert, key) = (made.text("ca.pem"), made.text("client.pem"), made.text("client.key"));
    let ask = |words: &[&str]| run(greet(words).args(["--cacert", &ca, "--cert", &cert, "--key", &key]));
    let listed = ask(&["list", &target]);
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    assert!(listed.stdout.starts_with("greeter.Greeter\nshapes.Shapes\n"), "{}", listed.stdout);
    let described = ask(&["describe", &target, "shapes.Shapes/Sum"]);
    assert!(described.stdout.contains("rpc Sum"), "{}", described.stderr);
    let healthy = ask(&["health", &target]);
    assert_eq!((healthy.code, healthy.stdout.as_str()), (0, "SERVING\n"), "{}", healthy.stderr);
    let counted = ask(&["call", &target, "shapes.Shapes/Count", "upTo=2"]);
    assert_eq!(counted.stdout, "{\"value\":\"1\"}\n{\"value\":\"2\"}\n", "{}", counted.stderr);
    let failed =
        ask(&["call", &target, "shapes.Shapes/Fail", r#"{"code":3,"message":"bad","details":true}"#]);
    assert_eq!((failed.code, failed.stdout.as_str()), (67, ""), "{}", failed.stderr);
    for part in ["INVALID_ARGUMENT (3): bad", "BadRequest", "must not be empty", "TOO_SHORT", "3s"] {
        assert!(failed.stderr.contains(part), "{part} is not in: {}", failed.stderr);
    }
    // In events they are data.
    let failed =
        ask(&["call", &target, "shapes.Shapes/Fail", r#"{"code":3,"details":true}"#, "-o", "events"]);
    let status = failed.stdout.lines().find(|line| line.contains(r#""event":"status""#)).unwrap();
    let status: serde_json::Value = serde_json::from_str(status).unwrap();
    assert_eq!(status["details"][0]["fieldViolations"][0]["field"], "name", "{status}");
}

#[test]
fn a_plaintext_server_that_is_asked_in_tls() {
    let Some(mut command) = python("server.py") else { return };
    let mut peer = Peer::start(&mut command);
    let target = peer.line();
    let ended = run(&mut greet(["call", &target, "greeter.Greeter/SayHello", "--tls"]));
    let place = target.replace("localhost", "127.0.0.1");
    let said = format!(
        "error: {place} speaks plaintext HTTP/2, not TLS\nhint: the server speaks plaintext: add --plaintext\n"
    );
    assert_eq!((ended.code, ended.stderr), (6, said));
}

#[test]
fn a_server_that_wants_a_certificate_gets_one_of_every_kind() {
    let Some(made) = Made::new() else { return };
    let Some((_server, target)) = made.server(true) else { return };
    let without = made.call(&target, &[]);
    assert_eq!(without.code, 6, "{}", without.stderr);
    assert!(without.stderr.contains("wants a client certificate, and none was given"), "{}", without.stderr);

    fs::write(made.path("password"), "open sesame\n").unwrap();
    for (name, key) in [
        ("rsa", "genrsa -out rsa.key 2048"),
        ("p256", "ecparam -name prime256v1 -genkey -noout -out p256.key"),
        ("p384", "ecparam -name secp384r1 -genkey -noout -out p384.key"),
    ] {
        made.openssl(key);
        made.issue(name, "");
        let sealed = "-passout file:password";
        for (form, words) in [
            ("pkcs8", format!("pkcs8 -topk8 -nocrypt -in {name}.key -out pkcs8")),
            ("traditional", format!("pkey -traditional -in {name}.key -out traditional")),
            ("der", format!("pkey -in {name}.key -outform DER -out der")),
            ("aes", format!("pkcs8 -topk8 -in {name}.key -out aes {sealed}")),
            ("aes.der", format!("pkcs8 -topk8 -in {name}.key -outform DER -out aes.der {sealed}")),
            ("des3", format!("pkcs8 -topk8 -v2 des3 -v2prf hmacWithSHA1 -in {name}.key -out des3 {sealed}")),
            ("scrypt", format!("pkcs8 -topk8 -scrypt -in {name}.key -out scrypt {sealed}")),
        ] {
            made.openssl(&words);
            let (cert, key) = (made.text(&format!("{name}.pem")), made.text(form));
            let mut options = vec!["--cert", &cert, "--key", &key];
            let password = made.text("password");
            if words.ends_with(sealed) {
                options.extend(["--key-password-file", &password]);
            }
            let ended = made.call(&target, &options);
            assert_eq!(ended.code, 0, "{name} {form}: {}", ended.stderr);
        }
        for how in ["", " -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1"] {
            made.openssl(&format!(
                "pkcs12 -export -inkey {name}.key -in {name}.pem -certfile ca.pem -out p12 {sealed}{how}"
            ));
            let (cert, password) = (made.text("p12"), made.text("password"));
            let ended = made.call(&target, &["--cert", &cert, "--key-password-file", &password]);
            assert_eq!(ended.code, 0, "{name} PKCS#12{how}: {}", ended.stderr);
        }
    }
    // OpenSSL's old way is told, not read.
    made.openssl("ec -aes256 -in p256.key -out old -passout file:password");
    let (cert, key) = (made.text("p256.pem"), made.text("old"));
    let ended = made.call(&target, &["--cert", &cert, "--key", &key]);
    assert!(ended.code == 6 && ended.stderr.contains("encrypted in OpenSSL's old way"), "{}", ended.stderr);
}

/// `openssl s_server`, which knows no ALPN unless it is told, and says what it is given.
#[test]
fn a_server_without_alpn_that_speaks_http_1() {
    let Some(made) = Made::new() else { return };
    let mut command = openssl().unwrap();
    command
        .current_dir(made.0.path())
        .args("s_server -accept 0 -naccept 1 -cert server.pem -key server.key".split(' '));
    let mut peer = Peer::start(&mut command);
    // `ACCEPT 0.0.0.0:PORT`, after a line or two.
    let port = loop {
        let line = peer.line();
        if let Some((_, port)) = line.strip_prefix("ACCEPT ").and_then(|place| place.rsplit_once(':')) {
            break port.to_owned();
        }
    };
    peer.say("HTTP/1.0 200 ok\n");
    let ended = made.call(&format!("localhost:{port}"), &["--ipv4"]);
    assert_eq!(ended.code, 5, "{}", ended.stderr);
    let said =
        "note: the server did not agree on HTTP/2 in the TLS handshake (ALPN); it is spoken all the same\n";
    assert!(ended.stderr.starts_with(said), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("speaks HTTP/1, not HTTP/2: it answered 'HTTP/1.0 200 ok'"),
        "{}",
        ended.stderr
    );
}
