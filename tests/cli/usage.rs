//! What was typed wrong: exit 2, in the house's own form.

use crate::run::{greet, serve};

#[test]
fn usage_errors_look_like_all_others() {
    for (args, wanted) in [
        (vec!["call"], "error: the following required arguments were not provided"),
        (vec!["nothing"], "error: unrecognized subcommand 'nothing'"),
        (vec!["call", "localhost:1", "M", "--nope"], "error: unexpected argument '--nope' found"),
        (vec!["call", "localhost:1", "M", "-t", "5"], "a unit is missing"),
        (vec!["call", "localhost:1", "M", "--max-recv-size", "x"], "'x' is no size"),
        (vec!["call", "user@host", "M"], "error: 'user@host' is no target: a target has no user"),
        (vec!["call", "localhost:1", "M", "{}", "-d", "{}"], "cannot be used with"),
        (vec!["list"], "error: a TARGET is missing"),
        (vec!["call", "localhost:1,example.org:1", "M"], "mixes loopback and other hosts"),
        (vec!["serve", "--listen", "a b"], "a b"),
        (vec![], "error: a command is missing"),
    ] {
        let ran = greet(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.shown());
        assert!(ran.stderr.starts_with("error: "), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(wanted), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("hint: "), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn one_dash_before_a_long_name_shows_the_form_that_works() {
    for (word, mended) in [
        ("-plaintext", "--plaintext"),
        ("-proto=x", "--proto=…"),
        ("-import-path", "--include"),
        ("-emit-defaults", "--defaults"),
    ] {
        let ran = greet(&["call", word, "localhost:1", "M"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains(&format!("hint: write {mended}\n")), "{word}: {}", ran.stderr);
    }
    // Data and metadata are never taken for options.
    let server = serve(&[]);
    let ran = greet(&["call", &server.target, "SayHello", "-H", "-proto: x", "-d", "-plaintext"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
}

#[test]
fn a_target_without_a_method_lists_the_services() {
    let server = serve(&[]);
    let ran = greet(&["call", &server.target]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: a METHOD is missing\n  greeter.Greeter\n"), "{}", ran.stderr);
}

#[test]
fn this_version_speaks_no_tls() {
    for args in [
        vec!["call", "localhost:1", "M", "--tls"],
        vec!["call", "https://localhost:1", "M"],
        vec!["call", "example.org:1", "M"],
        vec!["list", "example.org:1"],
        vec!["health", "example.org:1"],
    ] {
        let ran = greet(&args);
        assert_eq!(
            ran.shown(),
            "6\n--- stdout\n--- stderr\nerror: this version speaks no TLS\nhint: add --plaintext\n",
            "{args:?}"
        );
    }
}
