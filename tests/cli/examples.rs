//! The lines that help and the documents show are run as they stand, against a server of the test.

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::run::{Folder, Ran, Running, Served, finish, greet, serve};
use crate::secure::Authority;

/// The types and methods that the examples speak of.
const API: &str = r#"syntax = "proto3"; package pkg;
service Service { rpc Get (Id) returns (Id); rpc SayHello (Id) returns (Id); }
message Id { string id = 1; }
"#;
const USERS: &str = r#"syntax = "proto3"; package users;
service Users {
  rpc Create (User) returns (User); rpc Get (Id) returns (User); rpc List (Id) returns (All);
}
message Id { string id = 1; }
message All { repeated User users = 1; }
enum Role { ROLE_UNSPECIFIED = 0; ADMIN = 1; GUEST = 2; }
message Address { string city = 1; }
message User {
  string name = 1; int32 age = 2; Role role = 3; Address address = 4; repeated string tags = 5; bytes photo = 6;
}
"#;
const CHAT: &str = r#"syntax = "proto3"; package chat;
service Chat { rpc Talk (stream Text) returns (stream Text); }
message Text { string text = 1; }
"#;
const SHOP: &str = r#"syntax = "proto3"; package shop.v1;
service Shop { rpc Buy (Item) returns (Item); }
message Item { string name = 1; }
"#;
const RULES: &str = r#"rules:
- method: users.Users/Get
  when: .id == "8"
  error: {code: NOT_FOUND, message: no such user}
- method: users.Users/Get
  reply: {name: Ann, role: ADMIN}
- method: greeter.Greeter/SayHello
  reply: '{message: "Hello, \(if .name == "" then "World" else .name end)!"}'
"#;
/// Two calls of Ann's.
const JOURNAL: &str = r#"{"v":1,"event":"start","method":"greeter.Greeter/SayHello","time":"2026-01-01T00:00:00Z","call":"1","at_ms":0}
{"v":1,"event":"metadata","metadata":{"x-token":"1"},"call":"1","at_ms":0}
{"v":1,"event":"request","n":1,"body":{"name":"Ann"},"call":"1","at_ms":0}
{"v":1,"event":"start","method":"greeter.Greeter/SayHello","time":"2026-01-01T00:00:00Z","call":"2","at_ms":0}
{"v":1,"event":"request","n":1,"body":{"name":"Ann"},"call":"2","at_ms":0}
"#;
const USER: &str = "{\"name\":\"Ann\",\"age\":31}\n";

/// The server, and what it serves.
struct Stage {
    server: Served,
    _folder: Folder,
}

impl Stage {
    fn new() -> Self {
        let folder = Folder::new();
        let greeter = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto/greeter.proto");
        let files = [("users.proto", USERS), ("chat.proto", CHAT), ("rules.yaml", RULES)];
        let [users, chat, rules] = files.map(|(name, text)| folder.file(name, text));
        let server = serve(&[greeter.to_str().unwrap(), &users, &chat, "--rules", &rules]);
        Self { server, _folder: folder }
    }

    /// With the server of the test in the place of the one that is spoken of, and without long waits.
    fn line(&self, line: &str) -> String {
        let port = self.server.target.rsplit(':').next().unwrap();
        line.replace(":50051", &format!(":{port}"))
            .replace(":50052", ":1")
            .replace("--port 50051", "--port 0")
            .replace("wait(\"1s\")", "wait(\"1ms\")")
    }
}

/// A folder with every file that the examples read, and a PATH with greet; what else is called stands in for itself.
pub(crate) fn scene() -> Folder {
    let folder = Folder::new();
    let greeter = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto/greeter.proto");
    folder.file("protos/greeter.proto", std::fs::read_to_string(greeter).unwrap());
    for (name, text) in [
        ("api.proto", API),
        ("api/api.proto", API),
        ("users.proto", USERS),
        ("chat.proto", CHAT),
        ("protos/api.proto", SHOP),
        ("third_party/common/id.proto", "syntax = \"proto3\"; package pkg; message Id { string id = 1; }"),
        ("rules.yaml", "rules:\n- method: pkg.Service/Get\n  reply: {id: '1'}\n"),
        ("requests.ndjson", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n"),
        ("names.ndjson", "{\"name\":\"Ann\"}\n{\"name\":\"Bob\"}\n"),
        ("config.json", "{\"loadBalancingConfig\": [{\"round_robin\": {}}]}"),
        ("ids.ndjson", "{\"id\":\"1\"}\n{\"id\":\"2\"}\n"),
        ("journal.ndjson", JOURNAL),
        ("users.ndjson", USER),
        ("user.json", USER),
        ("me.png", "png"),
        ("backends.txt", "127.0.0.1:50051 # one\n127.0.0.1:50052\n"),
        ("home/.local/share/man/man1/x", ""),
        ("home/.local/share/bash-completion/completions/x", ""),
        ("bin/buf", "#!/bin/sh\ncat\n"),
        ("bin/man", "#!/bin/sh\ncat\n"),
    ] {
        let path = folder.file(name, text);
        if name.starts_with("bin/") {
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
        }
    }
    let authority = Authority::new("an authority");
    let shown = authority.issue(&["localhost"]);
    folder.file("ca.pem", authority.pem());
    folder.file("server.pem", shown.certificate);
    folder.file("server.key", shown.key);
    folder.file("token", "secret\n");
    folder.file("unknown.bin", b"\n\x05World\x12\x03\x08\x96\x01");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    symlink(env!("CARGO_BIN_EXE_greet"), path("bin/greet")).unwrap();
    for set in ["api.binpb", "api.bin"] {
        let ran =
            greet(&["export", "-p", &path("api.proto"), "-p", &path("users.proto"), "--set", &path(set)]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
    let mut made = shell(&folder, "greet convert -p users.proto User user.json -o binary > user.bin");
    assert_eq!(made.output().unwrap().status.code(), Some(0));
    folder
}

pub(crate) fn shell(folder: &Folder, line: &str) -> Command {
    let bin = folder.path().join("bin");
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env_clear().current_dir(folder.path()).stdin(Stdio::null());
    shell.env("PATH", format!("{}:/usr/bin:/bin", bin.display())).env("HOME", folder.path().join("home"));
    shell
}

/// Every file below, with the time when it was written.
fn files(folder: &Path) -> BTreeMap<String, SystemTime> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.display().to_string(), path.metadata().unwrap().modified().unwrap());
        }
    }
    all
}

/// Whether it goes on until it is told to stop.
fn goes_on(line: &str) -> bool {
    line.starts_with("greet serve") && !line.contains(" -- ") || line.contains("--watch")
}

/// Runs a line; one that goes on is interrupted when it has printed a line.
fn run(folder: &Folder, line: &str) -> Ran {
    if !goes_on(line) {
        return finish(shell(folder, line));
    }
    let port = if line.starts_with("greet serve") && !line.contains("--port") { " --port 0" } else { "" };
    let line = line.trim_end_matches(" &");
    let mut running = Running::start(shell(folder, &format!("exec {line}{port}")));
    let first = running.line();
    running.signal("INT");
    let ran = running.end();
    Ran { stdout: format!("{first}\n{}", ran.stdout), ..ran }
}

/// The examples of a help text.
fn examples(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| !["Example:", "Examples:", "Try it:"].contains(line)).skip(1);
    lines.take_while(|line| !line.is_empty()).map(str::trim).collect()
}

#[test]
fn every_example_of_every_help_runs() {
    let stage = Stage::new();
    let help = greet(&["--help"]).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|l| !l.is_empty());
    let commands = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 9, "{commands:?}");
    let mut count = 0;
    for command in std::iter::once("").chain(commands.into_iter().filter(|name| *name != "help")) {
        let help = if command.is_empty() { help.clone() } else { greet(&[command, "--help"]).stdout };
        let folder = scene();
        let lines = examples(&help);
        assert!(!lines.is_empty(), "{command} has no example");
        for line in lines {
            assert!(line.starts_with("greet "), "{command}: {line}");
            count += 1;
            let before = files(folder.path());
            let ran = run(&folder, &stage.line(line));
            assert_eq!(ran.code, 0, "{line}: {}", ran.shown());
            // What is right gives check nothing to say.
            let says = !ran.stdout.is_empty()
                || ["check", "rules check", "verify"]
                    .iter()
                    .any(|quiet| line.starts_with(&format!("greet {quiet}")));
            assert!(says || files(folder.path()) != before, "{line}: {}", ran.shown());
        }
        if !["completions", "man", ""].contains(&command) {
            assert!(help.contains("\nExit codes:\n"), "{command} does not say its exit codes");
        }
    }
    assert!(count > 30, "{count}");
}

/// With runs of digits as one mark, as times and ports differ.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if plain.ends_with('#') => {}
            '0'..='9' => plain.push('#'),
            c => plain.push(c),
        }
    }
    plain
}

/// A line of a document, and what stands below it.
pub(crate) struct Shown<'a> {
    pub(crate) line: &'a str,
    pub(crate) output: Vec<&'a str>,
}

/// The blocks of lines for a shell.
pub(crate) fn blocks(page: &str) -> Vec<Vec<Shown<'_>>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while lines.any(|line| line == "```console") {
        let mut block: Vec<Shown<'_>> = Vec::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            match line.strip_prefix("$ ") {
                Some(line) => block.push(Shown { line, output: Vec::new() }),
                None => block.last_mut().unwrap().output.push(line),
            }
        }
        blocks.push(block);
    }
    blocks
}

#[test]
fn the_lines_of_the_documents_run_and_print_what_is_shown() {
    let stage = Stage::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for page in [
        "README.md",
        "docs/call.md",
        "docs/schema.md",
        "docs/security.md",
        "docs/discovery.md",
        "docs/events.md",
        "docs/from-grpcurl.md",
    ] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        for block in blocks(&text) {
            let folder = scene();
            if page != "docs/from-grpcurl.md" {
                std::fs::remove_dir_all(folder.path().join("protos")).unwrap();
                folder.file("protos/shop/v1/shop.proto", SHOP);
            }
            if page == "docs/schema.md" {
                folder.file("third_party/common/money.proto", "syntax = \"proto3\"; package common;");
                folder.file(
                    "protos/shop/v1/api.proto",
                    "syntax = \"proto3\";\npackage shop.v1;\nimport \"common/money.proto\";",
                );
                std::fs::remove_file(folder.path().join("protos/shop/v1/shop.proto")).unwrap();
            }
            let mut last = 0;
            for Shown { line, output } in block {
                // Hosts that are nobody's here, and servers with certificates: tests/cli/tls.rs has those.
                if ["example.com", ":8443", "https://localhost"].iter().any(|other| line.contains(other)) {
                    continue;
                }
                if line == "greet check protos" && page == "README.md" {
                    let broken = "syntax = \"proto3\"; package pay;\nimport \"pay/receipt.proto\";\n\
                                  service Pay { rpc Charge(Card) returns (Receipt); }";
                    folder.file("protos/pay/pay.proto", broken);
                    folder.file(
                        "protos/pay/receipt.proto",
                        "syntax = \"proto3\"; package pay; message Receipt {}",
                    );
                }
                if line == "echo $?" {
                    assert_eq!(output, [last.to_string()], "{page}");
                    continue;
                }
                if line.starts_with("cat ") {
                    continue;
                }
                // No rule gives trailers.
                let line =
                    line.replace("$trailers[\"x-cache\"] == \"hit\"", "$trailers[\"x-cache\"] == null");
                // The schema of the example is another.
                let line = line.replace(
                    "api.proto --rule 'pay.Pay/Charge when .amount > 100",
                    "api.proto --rule 'pkg.Service/Get when .id == \"\"",
                );
                count += 1;
                let before = files(folder.path());
                let ran = run(&folder, &stage.line(&line));
                last = ran.code;
                let fails = output.first().is_some_and(|line| line.starts_with("error: "));
                assert_eq!(ran.code != 0, fails, "{page}: {line}: {}", ran.shown());
                assert!(
                    !ran.stdout.is_empty()
                        || files(folder.path()) != before
                        || fails
                        || line.contains("--expect-code"),
                    "{page}: {line}"
                );
                let all = plain(&format!("{}{}", ran.stdout, ran.stderr));
                let port = plain(&stage.server.target);
                for wanted in output.iter().filter(|wanted| !wanted.is_empty()) {
                    let wanted = plain(wanted).replace("localhost:#", &port);
                    assert!(
                        all.lines().any(|line| line == wanted),
                        "{page}: {line}: no line '{wanted}' in\n{all}"
                    );
                }
            }
        }
    }
    assert!(count > 35, "{count}");
}
