//! Targets as people type them, right and wrong.

use super::*;
use proptest::prelude::*;

fn shown(text: &str) -> Vec<String> {
    Target::parse(text).unwrap().places().iter().map(ToString::to_string).collect()
}

#[test]
fn every_form_is_read() {
    for (text, places) in [
        ("localhost:50051", vec!["localhost:50051"]),
        (":50051", vec!["localhost:50051"]),
        ("host", vec!["host"]),
        ("http://host", vec!["host"]),
        ("https://host:8443/a/b/", vec!["host:8443"]),
        ("HTTPS://host", vec!["host"]),
        ("unix:/tmp/s", vec!["unix:/tmp/s"]),
        ("unix:///tmp/s", vec!["unix:/tmp/s"]),
        ("unix:rel/s", vec!["unix:rel/s"]),
        ("unix-abstract:name", vec!["unix-abstract:name"]),
        ("dns:///host:1", vec!["host:1"]),
        ("dns:host:1", vec!["host:1"]),
        ("ipv4:127.0.0.1:1,127.0.0.2:2", vec!["127.0.0.1:1", "127.0.0.2:2"]),
        ("ipv6:[::1]:1", vec!["[::1]:1"]),
        ("[::1]:50051", vec!["[::1]:50051"]),
        ("[::1]", vec!["[::1]"]),
        ("::1", vec!["[::1]"]),
        ("a:1,b:2", vec!["a:1", "b:2"]),
        ("dns://8.8.8.8/host:1", vec!["dns://8.8.8.8/host:1"]),
        ("dns://[::1]:5353/host", vec!["dns://[::1]:5353/host"]),
        ("dns+srv:_grpc._tcp.host", vec!["dns+srv:_grpc._tcp.host"]),
        ("dns+srv:///host", vec!["dns+srv:host"]),
        ("dns+srv://127.0.0.1:53/host", vec!["dns+srv://127.0.0.1:53/host"]),
        ("file:a, b", vec!["file:a, b"]),
        ("file:///a/b", vec!["file:/a/b"]),
        ("exec:echo //a/b | sort", vec!["exec:echo //a/b | sort"]),
        ("etcd:///a/b", vec!["etcd:a/b"]),
        ("etcd://h:1,i:2/a/b", vec!["etcd://h:1,i:2/a/b"]),
        ("consul://h/a", vec!["consul://h/a"]),
        ("mdns:a", vec!["mdns:a"]),
        // A name before digits is a host, whatever else it may be.
        ("etcd:2379", vec!["etcd:2379"]),
        ("file:80,exec:81", vec!["file:80", "exec:81"]),
    ] {
        assert_eq!(shown(text), places, "{text}");
    }
}

#[test]
fn the_prefix_has_no_trailing_slash() {
    assert_eq!(Target::parse("https://host/a/b/").unwrap().prefix(), "/a/b");
    assert_eq!(Target::parse("https://host/").unwrap().prefix(), "");
}

#[test]
fn what_names_no_server_says_why() {
    for (text, why) in [
        ("", "empty"),
        ("a b", "blanks"),
        ("host:port", "no port"),
        ("host:70000", "no port"),
        ("host:+1", "no port"),
        ("host:", "no port"),
        ("50051", "a port alone is written ':50051'"),
        ("user@host:1", "no user"),
        ("https://user:x@host", "no user"),
        ("host?x=1", "no query"),
        ("https://host?x", "no query"),
        ("host/prefix", "http://"),
        ("ftp://host", "'ftp'"),
        ("[::1", "']'"),
        ("[nope]:1", "no IPv6"),
        ("[::1]x", "after ']'"),
        ("ipv4:host:1", "not an IPv4"),
        ("unix:", "path"),
        ("unix-abstract:", "name"),
        ("dns://8.8.8.8", "the form is dns://SERVER/NAME or dns:NAME"),
        ("dns:///", "a name is missing"),
        ("dns://8.8.8.8/a b", "blanks"),
        ("dns+srv:a/b", "a path"),
        ("file:", "a path is missing"),
        ("file://host/a", "file:///PATH"),
        ("exec: ", "a command is missing"),
        ("exec:a\nb", "control characters"),
        ("etcd://u:p@h/a", "no user"),
        ("a:1,,b:2", "host is missing"),
        ("{\"name\":1}", "no host name"),
    ] {
        let error = Target::parse(text).expect_err(text).to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn plaintext_is_for_loopback_by_its_text() {
    use Security::{Plaintext, Tls};
    for (text, explicit, wanted) in [
        ("localhost:1", None, Plaintext),
        ("api.localhost:1", None, Plaintext),
        ("127.9.9.9:1", None, Plaintext),
        ("[::1]:1", None, Plaintext),
        ("0.0.0.0:1", None, Plaintext),
        ("[::]:1", None, Plaintext),
        ("unix:/s", None, Plaintext),
        ("example.org:1", None, Tls),
        ("example.org:1", Some(Plaintext), Plaintext),
        ("localhost:1", Some(Tls), Tls),
        ("http://example.org", None, Plaintext),
        ("https://localhost", None, Tls),
        // What somebody else says must not turn TLS off.
        ("file:localhost", None, Tls),
        ("dns://127.0.0.1/localhost", None, Tls),
        ("dns:localhost", None, Plaintext),
    ] {
        assert_eq!(Target::parse(text).unwrap().security(explicit), Ok(wanted), "{text}");
    }
    for (text, explicit) in
        [("localhost:1,example.org:1", None), ("http://a", Some(Tls)), ("https://a", Some(Plaintext))]
    {
        assert!(Target::parse(text).unwrap().security(explicit).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = Target::parse(&text).map(|t| t.security(None));
    }

    #[test]
    fn punctuation_never_panics(text in "(unix|dns|dns[+]srv|file|exec|etcd|ipv4|ipv6|https?)?[:/,\\[\\]@?a0.%-]{0,20}") {
        let _ = Target::parse(&text).map(|t| t.security(None));
    }
}
