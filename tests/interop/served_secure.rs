//! greet serves in TLS, with certificates of clients and tokens, and Python's grpcio, grpcurl and curl call.

use crate::peers::{Ended, Peer, run, serve};
use crate::tls::Made;
use crate::tools::{curl, grpcurl, python};

/// A server with `server.pem`, and its place without the scheme.
fn secure(made: &Made, options: &[&str]) -> (Peer, String) {
    let (cert, key) = (made.text("server.pem"), made.text("server.key"));
    let mut words = vec!["--quiet", "--cert", &cert, "--key", &key];
    words.extend(options);
    let (peer, target) = serve(&words);
    let place = target.strip_prefix("https://").expect("it says that it speaks TLS").to_owned();
    (peer, place)
}

/// Whose certificates openssl makes of version 3.
fn client_of(made: &Made, name: &str) -> (String, String) {
    made.openssl(&format!("ecparam -name prime256v1 -genkey -noout -out {name}.key"));
    made.issue(name, "-extfile names");
    (made.text(&format!("{name}.pem")), made.text(&format!("{name}.key")))
}

#[track_caller]
fn assert_said(ended: &Ended, stdout: &str) {
    assert_eq!((ended.code, ended.stdout.as_str()), (0, stdout), "{}", ended.stderr);
}

#[test]
fn grpcio_in_tls_with_a_certificate_and_with_a_token() {
    let (Some(made), Some(_)) = (Made::new(), python("client.py")) else { return };
    let ca = made.text("ca.pem");
    let ask = |place: &str, scenario: &str, options: &[&str]| {
        let mut command = python("client.py").expect("it was there just now");
        run(command.args([place, scenario, "--ca", &ca]).args(options))
    };
    let (_server, place) = secure(&made, &[]);
    assert_said(&ask(&place, "hello", &[]), "Hello, World!\n");

    let rule = "greeter.Greeter/SayHello => {message: ($peer | sub(\"^[^ ]+ \"; \"\"))}";
    let (_server, place) = secure(&made, &["--client-ca", &ca, "--rule", rule]);
    let (cert, key) = client_of(&made, "ann");
    assert_said(&ask(&place, "hello", &["--cert", &cert, "--key", &key]), "CN=ann\n");
    let refused = ask(&place, "refused", &[]);
    assert!(refused.stdout.starts_with("UNAVAILABLE "), "{} {}", refused.stdout, refused.stderr);

    let (_server, place) = secure(&made, &["--token", "s3cret"]);
    assert_said(&ask(&place, "hello", &["--token", "s3cret"]), "Hello, World!\n");
    let reflected = ask(&place, "reflection", &["--token", "s3cret"]);
    assert!(reflected.stdout.ends_with("\nHello, World!\n"), "{} {}", reflected.stdout, reflected.stderr);
    let without = "UNAUTHENTICATED 'this server demands a bearer token: authorization: Bearer TOKEN'\n";
    assert_said(&ask(&place, "refused", &[]), without);
    let wrong = "UNAUTHENTICATED 'the bearer token is not the one that this server demands'\n";
    assert_said(&ask(&place, "refused", &["--token", "secret"]), wrong);
}

#[test]
fn grpcurl_in_tls_with_a_certificate_and_a_token() {
    let (Some(made), Some(_)) = (Made::new(), grpcurl()) else { return };
    let (ca, (cert, key)) = (made.text("ca.pem"), client_of(&made, "ann"));
    let (_server, place) = secure(&made, &["--client-ca", &ca, "--token", "s3cret"]);
    let ask = |options: &[&str]| {
        let mut command = grpcurl().expect("it was there just now");
        run(command.args(["-cacert", &ca]).args(options).args([&place, "greeter.Greeter/SayHello"]))
    };
    let own = ["-cert", &cert, "-key", &key];
    let bearer = ["-H", "authorization: Bearer s3cret"];
    let greeted = ask(&[&own[..], &bearer, &["-d", r#"{"name":"World"}"#]].concat());
    assert!(greeted.code == 0 && greeted.stdout.contains("Hello, World!"), "{}", greeted.stderr);
    let refused = ask(&own);
    assert!(refused.code != 0 && refused.stderr.contains("demands a bearer token"), "{}", refused.stderr);
    assert_ne!(ask(&bearer).code, 0);
}

/// What curl shows of the answer: the status line and the body.
fn fetched(arguments: &[&str]) -> (String, String) {
    let ended = run(curl().expect("the test has asked for it").args(["-sS", "-i"]).args(arguments));
    assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.stderr);
    let text = ended.stdout.replace('\r', "");
    let (head, body) = text.split_once("\n\n").expect("a head ends with an empty line");
    (head.lines().next().unwrap_or_default().trim_end().to_owned(), body.trim_end().to_owned())
}

#[test]
fn curl_is_told_what_is_spoken_here() {
    if curl().is_none() {
        return;
    }
    let http1 = "this is a gRPC server: it speaks HTTP/2 and application/grpc only";
    let get = "this is a gRPC server: a gRPC call is a POST, not a GET";
    let form = "this is a gRPC server: the content type of a gRPC call is application/grpc, not \
                'application/x-www-form-urlencoded'";
    let said = |status: &str, words: &str| (status.to_owned(), words.to_owned());
    let (_server, target) = serve(&["--quiet"]);
    let url = format!("http://{target}/greeter.Greeter/SayHello");
    let h2 = "--http2-prior-knowledge";
    assert_eq!(fetched(&[&url]), said("HTTP/1.1 426 Upgrade Required", http1));
    assert_eq!(fetched(&["-d", "{}", &url]), said("HTTP/1.1 426 Upgrade Required", http1));
    assert_eq!(fetched(&[h2, &url]), said("HTTP/2 405", get));
    assert_eq!(fetched(&[h2, "-X", "DELETE", &url]).0, "HTTP/2 405");
    assert_eq!(fetched(&[h2, "-I", &url]), said("HTTP/2 405", ""));
    assert_eq!(fetched(&[h2, "-d", "{}", &url]), said("HTTP/2 415", form));
    let Some(made) = Made::new() else { return };
    let (_server, place) = secure(&made, &[]);
    let (ca, url) = (made.text("ca.pem"), format!("https://{place}/"));
    assert_eq!(fetched(&["--cacert", &ca, &url]), said("HTTP/2 405", get));
    assert_eq!(fetched(&["--cacert", &ca, "--http1.1", &url]).0, "HTTP/1.1 426 Upgrade Required");
    let plain = said("HTTP/1.1 400 Bad Request", "this server speaks TLS: ask for https, or add --tls");
    assert_eq!(fetched(&[&format!("http://{place}/")]), plain);
}
