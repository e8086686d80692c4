//! What `greet serve` says of its health, by options and by a file, so that a test can make one backend sick.

use std::io::BufRead as _;

use crate::run::{Folder, Running, command, greet, serve};

#[test]
fn a_file_makes_a_server_sick_and_well_again() {
    let folder = Folder::new();
    let file = folder.path().join("health");
    let name = file.to_str().unwrap();
    let server = serve(&["--health-file", name]);
    let watch = |service: &str| {
        let mut watch = Running::start(command(&["health", &server.target, service, "--watch"]));
        assert_eq!(watch.line(), "SERVING");
        watch
    };
    let (mut all, mut one) = (watch(""), watch("greeter.Greeter"));
    let say = |text: &str| {
        let beside = folder.file("beside", text);
        std::fs::rename(beside, &file).unwrap();
    };
    say("# sick\ngreeter.Greeter = NOT_SERVING\n");
    assert_eq!(one.line(), "NOT_SERVING");
    // It answers calls all the same, and the others are well.
    assert_eq!(greet(&["call", &server.target, "SayHello"]).code, 0);
    assert_eq!(greet(&["health", &server.target]).stdout, "SERVING\n");
    say("NOT_SERVING\n");
    assert_eq!((one.line().as_str(), all.line().as_str()), ("SERVING", "NOT_SERVING"));
    say("UNKNOWN\nother.Service=SERVING\n");
    assert_eq!(all.line(), "UNKNOWN");
    assert_eq!(greet(&["health", &server.target, "other.Service"]).stdout, "SERVING\n");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(all.line(), "SERVING");
    assert_eq!(greet(&["health", &server.target, "other.Service"]).code, 69);
    server.running.signal("TERM");
    assert_eq!(all.line(), "NOT_SERVING");
    assert_eq!(server.running.end().code, 0);
}

#[test]
fn a_mistake_in_the_file_is_said_once_and_changes_nothing() {
    let folder = Folder::new();
    let file = folder.file("health", "NOT_SERVING\n");
    let server = serve(&["--health-file", &file]);
    assert_eq!(greet(&["health", &server.target]).stdout, "NOT_SERVING\n");
    std::fs::write(&file, "\nsick\n").unwrap();
    let mut server = server;
    let mut stderr = std::io::BufReader::new(server.running.child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(
        line,
        format!("note: {file}:2: 'sick' is no state of health; what was said of health still holds\n")
    );
    assert_eq!(greet(&["health", &server.target]).stdout, "NOT_SERVING\n");
    let mut watch = Running::start(command(&["health", &server.target, "--watch"]));
    assert_eq!(watch.line(), "NOT_SERVING");
    std::fs::write(&file, "").unwrap();
    assert_eq!(watch.line(), "SERVING");
    drop(server);
    line.clear();
    // Nothing more was said until its end.
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, "");
}

#[test]
fn states_are_said_by_options_and_bad_ones_refused() {
    let server = serve(&["--health-service", "greeter.Greeter=NOT_SERVING", "--health-service", "UNKNOWN"]);
    let ask = |words: &[&str]| greet(&[&["health", &server.target], words].concat()).stdout;
    assert_eq!((ask(&[]).as_str(), ask(&["greeter.Greeter"]).as_str()), ("UNKNOWN\n", "NOT_SERVING\n"));
    let ran = greet(&["serve", "--port", "0", "--health-service", "a=b"]);
    let error = "error: --health-service: 'a=b' is no state of health\n\
        hint: the form is SERVICE=STATE or STATE, and a state is SERVING, NOT_SERVING or UNKNOWN\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, error));
    assert_eq!(greet(&["serve", "--no-health", "--health-service", "SERVING"]).code, 2);
}
