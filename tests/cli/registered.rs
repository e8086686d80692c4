//! `greet serve` as it is registered, in a file here, and what is run when it comes and goes.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::run::{Folder, Running, command, greet, serve};

/// Waits until a file is as wanted; no test waits for it to pass.
#[track_caller]
fn until(path: &Path, wanted: impl Fn(&str) -> bool) -> String {
    let begun = Instant::now();
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if wanted(&text) {
            return text;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{} stays {text:?}", path.display());
    }
}

#[test]
fn a_server_is_a_line_in_a_file_until_it_stops() {
    let folder = Folder::new();
    let file = folder.file("servers", "# ours\n10.0.0.1:1\n");
    let (path, register) = (Path::new(&file), format!("file:{file}"));
    let others = folder.path().join("others");
    let more = format!("file:{}", others.display());
    let server = serve(&["--register", &register, "--register", &more, "--ttl", "1m"]);
    let address = server.target.replace("localhost", "127.0.0.1");
    until(path, |text| text == format!("# ours\n10.0.0.1:1\n{address}\n"));
    until(&others, |text| text == format!("{address}\n"));
    // Another beside it, and then a hand that takes both out.
    let second = serve(&["--register", &register, "--advertise", "greeter.test"]);
    let name = second.target.replace("localhost", "greeter.test");
    until(path, |text| text.ends_with(&format!("{address}\n{name}\n")));
    std::fs::write(&file, "10.0.0.2:2\n").unwrap();
    until(path, |text| text.lines().count() == 3);
    server.running.signal("TERM");
    let ran = server.running.end();
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(until(path, |_| true), format!("10.0.0.2:2\n{name}\n"));
    assert_eq!(std::fs::read_to_string(&others).unwrap(), "");
    let mut notes: Vec<_> = ran.stderr.lines().collect();
    notes.sort_unstable();
    assert_eq!(
        notes,
        [
            format!("note: registered in the file {} as {address}", others.display()),
            format!("note: registered in the file {file} as {address}"),
            format!("note: the file {file}: somebody has removed the line: it was written again"),
        ]
    );
}

#[test]
fn a_file_that_cannot_be_written_is_said_once_and_tried_again() {
    let folder = Folder::new();
    let path = folder.path().join("later/servers");
    let register = format!("file:{}", path.display());
    let ran = greet(&["serve", "--port", "0", "--register", &register, "--register-required"]);
    let why = format!("not registered in the file {}: no such file or directory", path.display());
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""), "{}", ran.shown());
    assert!(ran.stderr.contains(&format!("error: {why}\nhint: ")), "{}", ran.shown());

    let make = format!("mkdir {}", path.parent().unwrap().display());
    let server = serve(&["--register", &register, "--on-ready", &make]);
    until(&path, |text| !text.is_empty());
    server.running.signal("TERM");
    let ran = server.running.end();
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.shown());
    assert_eq!(lines[0], format!("note: {why}; it is tried until it goes well"));
    assert!(lines[1].starts_with("note: registered in the file"), "{}", ran.shown());
    assert!(lines[1].contains(", after "), "{}", ran.shown());
}

#[test]
fn commands_are_run_when_it_is_ready_and_before_it_stops_serving() {
    let folder = Folder::new();
    let list = folder.path().join("servers");
    let (register, told) = (format!("file:{}", list.display()), folder.path().join("told"));
    let greet_itself = env!("CARGO_BIN_EXE_greet");
    // Whether it is registered then, and what it says of its health.
    let ask = |moment: &str| {
        format!(
            "echo {moment} $GREET_ADVERTISE $(wc -l < {}) $({greet_itself} health $GREET_TARGET) >> {}; echo aloud",
            list.display(),
            told.display()
        )
    };
    let (ready, drain) = (ask("ready"), ask("drain") + "; exit 3");
    let server = serve(&["--register", &register, "--on-ready", &ready, "--on-drain", &drain]);
    let address = server.target.replace("localhost", "127.0.0.1");
    until(&told, |text| text == format!("ready {address} 1 SERVING\n"));
    server.running.signal("TERM");
    let ran = server.running.end();
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let said = std::fs::read_to_string(&told).unwrap();
    assert_eq!(said.lines().nth(1), Some(format!("drain {address} 0 SERVING").as_str()));
    // Stdout is greet's own.
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.stderr.matches("aloud\n").count(), 2, "{}", ran.shown());
    let ended = "note: --on-drain: the command ended with exit status: 3\n";
    assert!(ran.stderr.ends_with(ended), "{}", ran.shown());
}

#[test]
fn a_second_signal_does_not_wait_for_the_command() {
    let folder = Folder::new();
    let begun = folder.path().join("begun");
    let wait = format!("echo > {}; exec sleep 1000", begun.display());
    let server = serve(&["--on-drain", &wait, "--once"]);
    // A call ends it as a signal would.
    assert_eq!(greet(&["call", &server.target, "SayHello"]).code, 0);
    until(&begun, |text| !text.is_empty());
    server.running.signal("TERM");
    assert_eq!(server.running.end().code, 0);
}

#[test]
fn a_second_signal_ends_the_command_and_what_it_has_started() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let drain = format!("(sleep 30; echo late) > {} 2>&1 & wait", pipe.display());
    let server = serve(&["--on-drain", &drain]);
    server.running.signal("TERM");
    // It opens as soon as somebody writes.
    let mut read = std::fs::File::open(&pipe).unwrap();
    server.running.signal("TERM");
    let mut said = String::new();
    std::io::Read::read_to_string(&mut read, &mut said).unwrap();
    assert_eq!(said, "");
    assert_eq!(server.running.end().code, 0);
}

#[test]
fn a_server_beside_a_command_is_registered_too() {
    let folder = Folder::new();
    let list = folder.path().join("servers");
    let register = format!("file:{}", list.display());
    let words =
        ["serve", "--register", &register, "--register-required", "--", "cat", list.to_str().unwrap()];
    let mut running = Running::start(command(&words));
    assert!(running.line().starts_with("127.0.0.1:"));
    assert_eq!(running.end().code, 0);
    assert_eq!(std::fs::read_to_string(&list).unwrap(), "");
}

#[test]
fn what_is_no_place_or_no_address_is_refused_before_anything_listens() {
    for (words, error) in [
        (&["--register", "zookeeper://h/s"][..], "--register: 'zookeeper://h/s' is no place to register in"),
        (&["--register", "etcd://h:1"], "--register: a service is missing"),
        (&["--register", "file:x", "--advertise", "http://h"], "--advertise: 'http://h' is no address"),
        (&["--register", "file:x", "--advertise", "h:x"], "'h:x' is no address: 'x' is no port (0 to 65535)"),
        (&["--register", "file:x", "--ttl", "0s"], "invalid value '0s' for '--ttl <DURATION>'"),
        (&["--max-connection-age", "0s"], "invalid value '0s' for '--max-connection-age <DURATION>'"),
        (&["--register", "file:x", "--register-format", "kratos"], "--register-format is for etcd"),
        (&["--ttl", "3s"], "the following required arguments were not provided"),
    ] {
        let ran = greet(&[&["serve", "--port", "0"], words].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words:?}: {}", ran.shown());
        assert!(ran.stderr.contains(error), "{words:?}: {}", ran.shown());
    }
    let folder = Folder::new();
    let socket = format!("unix:{}/s", folder.path().display());
    let ran = greet(&["serve", "--listen", &socket, "--register", "file:x"]);
    let error = "error: --register: a unix socket is nothing that others reach\nhint: say it by --advertise HOST:PORT\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, error));
}
