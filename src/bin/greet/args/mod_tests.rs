//! The structs are sound, and words are read as they are meant.

use super::*;

fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(Into::into).collect()
}

fn wrong(line: &str) -> (String, Vec<String>) {
    match parse(words(line)) {
        Err(NoCommand::Wrong { message, hints }) => (message, hints),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_structs_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn options_stand_anywhere_after_the_command() {
    for line in ["greet call -t 5s :1 M a=b", "greet call :1 M -t 5s a=b", "greet call :1 M a=b -t 5s"] {
        let Command::Call(args) = parse(words(line)).unwrap().command else { panic!("{line}") };
        assert_eq!(args.timeout, Some(std::time::Duration::from_secs(5)), "{line}");
        assert_eq!(
            (args.target.as_str(), args.data.as_slice()),
            (":1", ["a=b".to_owned()].as_slice()),
            "{line}"
        );
    }
}

#[test]
fn grpcurls_spellings_are_known() {
    for (theirs, ours) in [
        ("--import-path x --proto y", "--include x --proto y"),
        ("--emit-defaults --allow-unknown-fields", "--defaults --allow-unknown"),
        ("--max-msg-sz 5 --servername a", "--max-recv-size 5 --server-name a"),
        ("--protoset x", "--descriptor-set x"),
    ] {
        let read =
            |options: &str| format!("{:?}", parse(words(&format!("greet call :1 M {options}"))).unwrap());
        assert_eq!(read(theirs), read(ours));
        assert_ne!(read(theirs), read(""));
    }
    let Command::Describe(args) = parse(words("greet describe :1 M --msg-template")).unwrap().command else {
        panic!()
    };
    assert!(args.template);
}

#[test]
fn a_line_with_grpcurls_options_is_spelled_out() {
    for (line, mended) in [
        ("greet list localhost:1 -plaintext=true", "greet list localhost:1 --plaintext"),
        (
            "greet call -import-path x -proto=y.proto -max-time 5 :1 M -d -plaintext",
            "greet call --include x --proto y.proto --timeout 5s :1 M -d -plaintext",
        ),
        ("greet call :1 M -connect-timeout=1.5 -format-error", "greet call :1 M --connect-timeout 1.5s"),
        ("greet call :1 M --use-reflection -5", "greet call :1 M -5"),
        ("greet describe :1 M -msg-template -emit-defaults", "greet describe :1 M --template"),
        ("greet list :1 -max-msg-sz 5 -protoset-out x", "greet list :1 --max-recv-size 5"),
    ] {
        let (message, hints) = wrong(line);
        let word = message.split('\'').nth(1).unwrap();
        assert!(line.contains(word), "{message}");
        assert_eq!(hints.last().unwrap(), &format!("as a line of greet's: {mended}"), "{line}");
        assert!(parse(words(mended)).is_ok(), "{mended}");
    }
    // An option of greet's that is another command's is clap's to refuse.
    let (message, _) = wrong("greet check --cacert x y");
    assert_eq!(message, "unexpected argument '--cacert' found");
    for line in ["greet call :1 M -vv", "greet call :1 M -rq .a", "greet call :1 M -t5s -- -proto"] {
        assert!(parse(words(line)).is_ok(), "{line}");
    }
}

#[test]
fn data_takes_negative_numbers_and_d_takes_anything() {
    let Command::Call(args) = parse(words("greet call :1 M -5")).unwrap().command else { panic!() };
    assert_eq!(args.data, ["-5"]);
    let Command::Call(args) = parse(words("greet call :1 M -d --plaintext")).unwrap().command else {
        panic!()
    };
    assert_eq!(args.data_option.as_deref(), Some("--plaintext"));
    assert!(!args.connection.tls.plaintext);
    let Command::Call(args) = parse(words("greet call :1 M -")).unwrap().command else { panic!() };
    assert_eq!(args.data, ["-"]);
}

#[test]
fn other_options_refuse_a_value_that_begins_with_a_dash() {
    let (message, _) = wrong("greet call :1 M --authority --plaintext");
    assert!(message.contains("--authority"), "{message}");
}

#[test]
fn what_is_wrong_is_one_line_and_hints() {
    let (message, hints) = wrong("greet call :1 M --plaintxt");
    assert_eq!(message, "unexpected argument '--plaintxt' found");
    assert!(hints.iter().any(|hint| hint.contains("--plaintext")), "{hints:?}");
}

#[test]
fn words_after_two_dashes_are_the_command() {
    let Command::Serve(args) =
        parse(words("greet serve a.proto -- cmd -plaintext --port 1")).unwrap().command
    else {
        panic!()
    };
    assert_eq!(args.schema, [std::path::PathBuf::from("a.proto")]);
    assert_eq!(args.command, ["cmd", "-plaintext", "--port", "1"]);
    assert_eq!(args.port, None);
}
