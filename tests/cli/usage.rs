//! What was typed wrong: exit 2, in the house's own form.

use crate::run::{Folder, SHAPES, command, greet, serve, serve_command};

#[test]
fn usage_errors_look_like_all_others() {
    for (args, wanted) in [
        (vec!["call"], "error: the following required arguments were not provided"),
        (vec!["nothing"], "error: unrecognized subcommand 'nothing'"),
        (vec!["call", "localhost:1", "M", "--nope"], "error: unexpected argument '--nope' found"),
        (vec!["call", "localhost:1", "M", "-t", "5"], "a unit is missing"),
        (vec!["list", "localhost:1", "--connect-timeout", "1.5"], "hint: write 1.5s for seconds\n"),
        (vec!["call", "localhost:1", "M", "--max-recv-size", "x"], "'x' is no size"),
        (vec!["call", "user@host", "M"], "error: 'user@host' is no target: a target has no user"),
        (vec!["call", "dsn:h:1", "M"], "hint: did you mean dns:h:1?\n"),
        (vec!["call", "localhost:1", "M", "{}", "-d", "{}"], "cannot be used with"),
        (vec!["list"], "error: a TARGET is missing"),
        (vec!["call", "localhost:1,example.org:1", "M"], "mixes loopback and other hosts"),
        (vec!["serve", "--listen", "a b"], "a b"),
        (vec!["serve", "--threads", "0"], "0 is not in 1..=1024"),
        (vec!["serve", "--threads", "100000"], "100000 is not in 1..=1024"),
        (vec!["serve", "--port", "99999"], "99999 is not in 0..=65535"),
        (vec!["serve", "--port", "-1"], "unexpected argument '-1' found"),
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
fn hints_are_true() {
    let folder = Folder::new();
    let place = format!("unix:{}", folder.path().join("s").display());
    let server = serve_command(command(&["serve", "--listen", &place]));
    assert_eq!(server.target, place);
    let proto = folder.file("shapes.proto", SHAPES);
    let method = folder.file("method.yaml", "rules:\n- method: shapes.Shapes/Unry\n  reply: {}\n");
    let twice =
        folder.file("twice.yaml", "rules:\n- method: shapes.Shapes/Unary\n  reply: {}\n  reply: {}\n");
    for (args, code, said) in [
        // `-- -1` would be a command to run.
        (vec!["serve", "--port", "-1"], 2, "-- -1"),
        // A socket in the file system has no port.
        (vec!["serve", "--listen", &place], 5, "--port"),
        (vec!["call", "unix-abstract:greet-nobody-listens", "M"], 5, "port"),
        // There is no --basic here.
        (vec!["call", "user@host", "M"], 2, "--basic"),
        // Quotes mend neither of these.
        (vec!["serve", "--port", "0", &proto, "--rules", &method], 2, "quotes"),
        (vec!["serve", "--port", "0", &proto, "--rules", &twice], 2, "quotes"),
        // A file that is not there is no import.
        (vec!["list", "-p", "/no/such.proto"], 4, "-I"),
        (vec!["list", "--descriptor-set", "/no/such.bin"], 4, "-I"),
    ] {
        let ran = greet(&args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.shown());
        assert!(!ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn the_systems_words_are_lower_case_and_without_a_number() {
    let folder = Folder::new();
    let dir = folder.path().to_str().unwrap();
    let server = serve(&[]);
    for args in [
        vec!["serve", "--rules", dir],
        vec!["serve", "--port", "0", "--", "/no/such/command"],
        vec!["list", "-p", "/no/such.proto"],
        vec!["call", &server.target, "SayHello", &format!("@{dir}")],
        vec!["call", &server.target, "SayHello", &format!("name@{dir}")],
    ] {
        let ran = greet(&args);
        assert!(ran.code != 0 && !ran.stderr.contains("os error"), "{args:?}: {}", ran.stderr);
        let wanted = ["no such file or directory", "is a directory"];
        assert!(wanted.iter().any(|words| ran.stderr.contains(words)), "{args:?}: {}", ran.stderr);
    }
    let mut full = command(&["call", &server.target, "SayHello"]);
    full.stdout(std::fs::File::create("/dev/full").unwrap()).stderr(std::process::Stdio::piped());
    let ended = full.spawn().unwrap().wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert_eq!(said, "error: cannot write to standard output: no space left on device\n");
}

#[test]
fn what_cannot_be_sent_was_typed_wrong() {
    let server = serve(&[]);
    for (option, value) in [("--authority", "a b"), ("--user-agent", "a\nb")] {
        let ran = greet(&["call", &server.target, "SayHello", option, value]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.shown());
    }
}

#[test]
fn one_dash_before_a_long_name_shows_the_form_that_works() {
    for (word, mended) in [
        ("-plaintext", "--plaintext"),
        ("-proto=x", "--proto=…"),
        ("-import-path", "--include"),
        ("-emit-defaults", "--defaults"),
        ("-servername", "--server-name"),
        ("-cacert", "--cacert"),
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
fn a_line_for_grpcurl_is_spelled_out_as_one_of_greets_that_works() {
    let server = serve(&[]);
    let (folder, target) = (Folder::new(), &server.target);
    folder.file("a/greeter.proto", greeter());
    let protos = folder.path().join("a").to_str().unwrap().to_owned();
    for (theirs, ours) in [
        (vec![target, "list"], format!("greet list {target}")),
        (vec![target, "list", "greeter.Greeter"], format!("greet list {target} greeter.Greeter")),
        (vec![target, "describe"], format!("greet describe {target}")),
        (vec![target, "call", "SayHello"], format!("greet call {target} SayHello")),
        (vec![target, "health"], format!("greet health {target}")),
        (vec!["-plaintext", "list", target], format!("greet list {target} --plaintext")),
        (
            vec!["-import-path", &protos, "-proto", "greeter.proto", "list"],
            format!("greet list --include {protos} --proto greeter.proto"),
        ),
        (
            vec![
                "call",
                "-plaintext",
                "-max-time",
                "9",
                "-connect-timeout",
                "8",
                target,
                "SayHello",
                "-d",
                "{}",
            ],
            format!("greet call --plaintext --timeout 9s --connect-timeout 8s {target} SayHello -d '{{}}'"),
        ),
        (
            vec!["call", "-emit-defaults", "-format-error", "-use-reflection=true", target, "SayHello"],
            format!("greet call --defaults {target} SayHello"),
        ),
        (
            vec!["call", "-import-path", &protos, "-proto", "greeter.proto", target, "SayHello"],
            format!("greet call --include {protos} --proto greeter.proto {target} SayHello"),
        ),
        (
            vec!["describe", target, "greeter.HelloRequest", "-msg-template"],
            format!("greet describe {target} greeter.HelloRequest --template"),
        ),
        (vec!["-plaintext", &server.target, "list"], format!("greet list {} --plaintext", server.target)),
        (
            vec![&server.target, "greeter.Greeter/SayHello"],
            format!("greet call {} greeter.Greeter/SayHello", server.target),
        ),
        (
            vec!["-d", "{\"name\":\"it's\"}", "-max-time", "9", &server.target, "greeter.Greeter.SayHello"],
            format!(
                "greet call {} greeter.Greeter.SayHello -d \"{{\\\"name\\\":\\\"it's\\\"}}\" --timeout 9s",
                server.target
            ),
        ),
    ] {
        let ran = greet(&theirs);
        assert_eq!(ran.code, 2, "{theirs:?}: {}", ran.shown());
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
        let hint = ran.stderr.lines().find_map(|line| line.strip_prefix("hint: as a line of greet's: "));
        assert_eq!(hint, Some(ours.as_str()), "{theirs:?}: {}", ran.stderr);
        // The hint is true: the shell and greet take the line as it stands.
        let words = ours.strip_prefix("greet ").unwrap();
        let program = env!("CARGO_BIN_EXE_greet");
        let line = format!("'{program}' {words}");
        let mut shell = std::process::Command::new("sh");
        let run = shell.arg("-c").arg(&line).env_clear().current_dir(folder.path()).output().unwrap();
        assert!(run.status.success(), "{ours}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

/// The embedded schema's source.
fn greeter() -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("proto/greeter.proto"))
        .unwrap()
}
