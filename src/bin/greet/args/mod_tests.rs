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
