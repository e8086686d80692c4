//! `greet resolve`: addresses as they are and as they change, and calls to servers that a list names.

use std::fs;

use crate::run::{Running, command, greet, serve};

#[test]
fn a_pipe_gets_addresses_and_a_program_all_of_it() {
    let ran = greet(&["resolve", "localhost:1,unix:/s"]);
    // A list is of hosts; a socket stands alone.
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let ran = greet(&["resolve", "localhost:1,127.0.0.1:2", "--ipv4"]);
    assert_eq!(ran.shown(), "0\n--- stdout\n127.0.0.1:1\n127.0.0.1:2\n--- stderr\n");
    let ran = greet(&["resolve", "localhost:1", "--ipv6", "-o", "json"]);
    assert_eq!(
        ran.stdout,
        "{\"address\":\"[::1]:1\",\"port\":1,\"authority\":\"localhost:1\",\"source\":\"system\"}\n"
    );
    let ran = greet(&["resolve", "a.example", "--resolve", "a.example:443:10.0.0.1,10.0.0.2"]);
    assert_eq!(ran.stdout, "10.0.0.1:443\n10.0.0.2:443\n");
    let plain = ["resolve", "a.example", "--plaintext", "--resolve", "a.example:80:10.0.0.1"];
    assert_eq!(greet(&plain).stdout, "10.0.0.1:80\n");
    assert_eq!(greet(&["resolve", "127.0.0.1", "--tls"]).stdout, "127.0.0.1:443\n");
}

#[test]
fn a_program_is_run_only_where_that_is_allowed() {
    let ran = greet(&["resolve", "exec:echo 127.0.0.1:1"]);
    assert_eq!(
        ran.shown(),
        "2\n--- stdout\n--- stderr\nerror: 'exec:echo 127.0.0.1:1' would run a program\n\
         hint: --allow-exec lets a target be a program\n"
    );
    let list = "exec:echo '[{\"addr\":\"127.0.0.1:1\",\"weight\":3,\"metadata\":{\"zone\":\"a\"}}]'";
    let ran = greet(&["resolve", "--allow-exec", "-o", "json", list]);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        told,
        serde_json::json!({
            "address": "127.0.0.1:1", "port": 1, "authority": "127.0.0.1:1", "weight": 3,
            "metadata": { "zone": "a" }, "source": list,
        })
    );
    let ran = greet(&["resolve", "--allow-exec", "exec:echo no registry >&2; exit 4"]);
    assert_eq!(
        ran.shown(),
        "5\n--- stdout\n--- stderr\n\
         error: exec:echo no registry >&2; exit 4: it ended with exit status: 4: no registry\n"
    );
    let ran = greet(&["resolve", "--allow-exec", "--connect-timeout", "100ms", "exec:sleep 1000"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""));
    assert!(ran.stderr.contains("100ms"), "{}", ran.stderr);
}

#[test]
fn nothing_found_ends_with_5_in_every_command() {
    for words in [&["resolve"][..], &["list"], &["health"]] {
        let mut all = words.to_vec();
        all.push("file:/nowhere/backends.txt");
        assert_eq!(
            greet(&all).shown(),
            "5\n--- stdout\n--- stderr\n\
             error: cannot read /nowhere/backends.txt: no such file or directory\n"
        );
    }
    let ran = greet(&["--error-format", "json", "resolve", "file:/dev/null"]);
    assert_eq!(ran.code, 5);
    assert!(ran.stderr.contains("\"no backends in /dev/null\""), "{}", ran.stderr);
}

#[test]
fn a_watch_that_has_seen_nothing_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backends.txt");
    let target = format!("file:{}", path.display());
    let mut watch = Running::start(command(&["resolve", &target, "--watch", "--refresh", "100ms"]));
    let mut note = String::new();
    let mut said = std::io::BufReader::new(watch.child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut said, &mut note).unwrap();
    let cause = format!("cannot read {}: no such file or directory", path.display());
    assert_eq!(note, format!("note: {cause}; it is asked again\n"));
    fs::write(&path, "127.0.0.1:1").unwrap();
    assert!(watch.line().starts_with("{\"event\":\"add\",\"address\":\"127.0.0.1:1\""));
}

#[test]
fn a_watch_tells_of_what_comes_goes_and_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backends.txt");
    let say = |text: &str| {
        let beside = folder.path().join("beside");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, &path).unwrap();
    };
    say("127.0.0.1:1\n127.0.0.1:2");
    let target = format!("file:{}", path.display());
    let mut watch = Running::start(command(&["resolve", &target, "--watch", "--refresh", "100ms"]));
    let mut next = || {
        let mut told: serde_json::Value = serde_json::from_str(&watch.line()).unwrap();
        let told = told.as_object_mut().unwrap();
        for same in ["source", "authority", "port"] {
            assert!(told.remove(same).is_some(), "{told:?}");
        }
        serde_json::to_string(told).unwrap()
    };
    assert_eq!(next(), "{\"event\":\"add\",\"address\":\"127.0.0.1:1\"}");
    assert_eq!(next(), "{\"event\":\"add\",\"address\":\"127.0.0.1:2\"}");
    say("[{\"addr\":\"127.0.0.1:2\",\"weight\":5},\"127.0.0.1:3\"]");
    assert_eq!(next(), "{\"event\":\"remove\",\"address\":\"127.0.0.1:1\"}");
    assert_eq!(next(), "{\"event\":\"change\",\"address\":\"127.0.0.1:2\",\"weight\":5}");
    assert_eq!(next(), "{\"event\":\"add\",\"address\":\"127.0.0.1:3\"}");
    say("# nobody");
    assert_eq!(next(), "{\"event\":\"remove\",\"address\":\"127.0.0.1:2\",\"weight\":5}");
    assert_eq!(next(), "{\"event\":\"remove\",\"address\":\"127.0.0.1:3\"}");
    say("127.0.0.1:3");
    assert_eq!(next(), "{\"event\":\"add\",\"address\":\"127.0.0.1:3\"}");
    // A list that cannot be read changes nothing, and neither does one that is the same again.
    say("what?!");
    let mut said = std::io::BufReader::new(watch.child.stderr.take().unwrap());
    let mut note = || {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut said, &mut line).unwrap();
        line
    };
    assert_eq!(note(), format!("note: no backends in {}\n", path.display()));
    assert!(note().contains(":1: 'what?!' is no target"));
    say("127.0.0.1:3");
    assert_eq!(note(), format!("note: file:{}: there is an answer again\n", path.display()));
    say("127.0.0.1:4");
    let mut next = || watch.line();
    assert!(next().starts_with("{\"event\":\"remove\",\"address\":\"127.0.0.1:3\""));
    assert!(next().starts_with("{\"event\":\"add\",\"address\":\"127.0.0.1:4\""));
    watch.signal("INT");
    assert_eq!(watch.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_call_takes_the_first_of_a_list_that_answers() {
    let server = serve(&[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backends.txt");
    fs::write(&path, format!("127.0.0.1:1 # nobody\n{}\n", server.target)).unwrap();
    let target = format!("file:{}", path.display());
    let hello = ["greeter.Greeter/SayHello", "name=World"];
    // By its name alone nobody knows whether it may be plaintext.
    let ran = greet(&["call", &target, hello[0], hello[1]]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert!(ran.stderr.ends_with("hint: the server speaks plaintext: add --plaintext\n"), "{}", ran.stderr);
    let ran = greet(&["call", "--plaintext", &target, hello[0], hello[1]]);
    assert_eq!(ran.shown(), "0\n--- stdout\n{\"message\":\"Hello, World!\"}\n--- stderr\n");
    let target = format!("exec:cat {}", path.display());
    let ran = greet(&["call", "--plaintext", "--allow-exec", &target, hello[0], hello[1]]);
    assert_eq!(ran.shown(), "0\n--- stdout\n{\"message\":\"Hello, World!\"}\n--- stderr\n");
}
