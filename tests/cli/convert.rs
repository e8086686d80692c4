//! `greet convert`: every form into every other, what is refused and with which code.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use crate::run::{Folder, Ran, Running, SHAPES, command, finish, greet, greet_with_input};

const TWO: &str = "{\"name\":\"a\",\"size\":\"-3\"}\n{}\n";
const TWO_TEXT: &str = "name: \"a\"\nsize: -3\n# ---\n\n";
const TWO_DELIMITED: &[u8] = b"\x0e\x0a\x01a\x10\xfd\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00";

/// Runs to the end with these bytes on standard input; what it writes is bytes too.
fn convert(args: &[&str], input: &[u8]) -> (i32, Vec<u8>, String) {
    let mut command = command(args);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // The program may end before it has read everything.
    let _ = writer.join().unwrap();
    (output.status.code().unwrap(), output.stdout, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn streams_go_from_every_form_into_every_other() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let forms = [("json", TWO.as_bytes()), ("text", TWO_TEXT.as_bytes()), ("delimited", TWO_DELIMITED)];
    for (from, input) in forms {
        for (to, wanted) in forms {
            let args = ["convert", "-p", &proto, "shapes.Item", "-", "--in", from, "--output", to];
            let (code, stdout, stderr) = convert(&args, input);
            assert_eq!((code, stderr.as_str()), (0, ""), "{from} to {to}");
            assert_eq!(stdout, wanted, "{from} to {to}: {}", String::from_utf8_lossy(&stdout));
        }
    }
    let file = folder.file("two.bin", TWO_DELIMITED);
    let ran = greet(&["convert", "--proto", &proto, "Item", &file, "--in", "delimited", "-o", "pretty"]);
    assert_eq!(ran.shown(), "0\n--- stdout\n{\n  \"name\": \"a\",\n  \"size\": \"-3\"\n}\n{}\n--- stderr\n");
}

#[test]
fn binary_is_one_message() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let to = ["convert", "-p", &proto, "Item", "-", "-o", "binary"];
    assert_eq!(convert(&to, b"{\"name\":\"a\"}"), (0, b"\x0a\x01a".to_vec(), String::new()));
    assert_eq!(convert(&to, b"{}"), (0, Vec::new(), String::new()));
    let from = ["convert", "-p", &proto, "Item", "-", "--in", "binary"];
    assert_eq!(convert(&from, b"\x0a\x01a"), (0, b"{\"name\":\"a\"}\n".to_vec(), String::new()));
    assert_eq!(convert(&from, b""), (0, b"{}\n".to_vec(), String::new()));
    let both = ["convert", "-p", &proto, "Item", "-", "--in", "binary", "-o", "binary"];
    assert_eq!(convert(&both, b"\x0a\x01a"), (0, b"\x0a\x01a".to_vec(), String::new()));
    for (input, count) in [("", "is none"), ("{}{}", "are several")] {
        let (code, stdout, stderr) = convert(&to, input.as_bytes());
        assert_eq!((code, stdout.as_slice()), (3, &b""[..]), "{stderr}");
        assert_eq!(
            stderr,
            format!(
                "error: binary output is one message, and in standard input there {count}\n\
                 hint: -o delimited writes any number, each behind its length\n"
            )
        );
    }
}

#[test]
fn json_is_printed_as_asked() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let json = folder.file("item.json", r#"{"size":5,"colour":"RED","more":1,"inner":{}}"#);
    let plain = ["convert", "-p", &proto, "Item", &json, "--allow-unknown"];
    let said = |more: &[&str]| {
        let ran = greet(&[&plain[..], more].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{more:?}");
        ran.stdout
    };
    assert_eq!(said(&[]), "{\"size\":\"5\",\"colour\":\"RED\",\"inner\":{}}\n");
    assert_eq!(said(&["--int64", "number"]), "{\"size\":5,\"colour\":\"RED\",\"inner\":{}}\n");
    assert_eq!(said(&["--enums", "number"]), "{\"size\":\"5\",\"colour\":1,\"inner\":{}}\n");
    assert!(
        said(&["--defaults"]).starts_with("{\"name\":\"\",\"size\":\"5\",\"colour\":\"RED\",\"tags\":[]")
    );
    let method = folder.file("names.proto", "syntax = \"proto3\"; message M { string user_id = 1; }");
    let from = folder.file("m.json", r#"{"userId":"x"}"#);
    let named = ["convert", "-p", &method, "M", &from, "--names", "proto"];
    assert_eq!(greet(&named).stdout, "{\"user_id\":\"x\"}\n");
}

#[test]
fn what_does_not_fit_names_the_place() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    for (form, input, before, wanted) in [
        (
            "json",
            &b"{\"name\":\"a\"}\n{\"name\":\"b\",\n \"nam\":1}\n{}"[..],
            "{\"name\":\"a\"}\n",
            "FILE, line 3, column 2: unknown field \"nam\" in shapes.Item\nhint: did you mean name?\n",
        ),
        (
            "json",
            b"{}{\"inner\":{\"size\":\"x\"}}",
            "{}\n",
            "FILE, line 1, column 20, at .inner.size: \"x\" is no ",
        ),
        // Strict ProtoJSON: nothing of what hands type.
        (
            "json",
            b"{name:'a'}",
            "",
            "FILE, line 1, column 7: no valid JSON: ''' where a value was expected: strings stand in double quotes\n",
        ),
        (
            "json",
            b"[{}]",
            "",
            "FILE, line 1, column 1: an array is no shapes.Item: each message stands for itself\n\
            hint: several messages are several documents, one after the other, without [ ] around them\n",
        ),
        (
            "json",
            b"{\"name\":\"a\"",
            "",
            "FILE, line 1, column 1: the object that begins here is never closed\n",
        ),
        (
            "text",
            b"name: 'a'\n# ---\nnme: 'b'\n",
            "{\"name\":\"a\"}\n",
            "FILE, line 3, column 1: unknown field \"nme\"",
        ),
        ("binary", b"\x0a\x05a", "", "FILE, at .name: the bytes are no shapes.Item: "),
        (
            "delimited",
            b"\x03\x0a\x01a\x02\x0a\x05",
            "{\"name\":\"a\"}\n",
            "FILE, message 2 at byte 4, at .name: the bytes are no shapes.Item: ",
        ),
        (
            "delimited",
            b"\x03\x0a\x01a\x05\x0a",
            "{\"name\":\"a\"}\n",
            "FILE: the message at byte 4 ends after 1 of its 5 bytes\n",
        ),
    ] {
        let file = folder.file("input", input);
        let ran = greet(&["convert", "-p", &proto, "Item", &file, "--in", form]);
        let wanted = format!("error: {}", wanted.replace("FILE", &file));
        assert_eq!((ran.code, ran.stdout.as_str()), (3, before), "{}", ran.shown());
        assert!(ran.stderr.starts_with(&wanted), "{wanted}: {}", ran.stderr);
    }
    let absent = greet(&["convert", "-p", &proto, "Item", "/no/such/file"]);
    let said = "error: cannot read /no/such/file: no such file or directory\n";
    assert_eq!(absent.shown(), format!("3\n--- stdout\n--- stderr\n{said}"));
    let dir = folder.path().to_str().unwrap();
    assert_eq!(greet(&["convert", "-p", &proto, "Item", dir]).code, 3);
}

#[test]
fn what_was_taken_for_json_and_is_none_is_doubted() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let doubt = "hint: the input is read as JSON; another form is said by --in\n";
    let file = folder.file("item.bin", b"\x0a\x01a");
    let ran = greet(&["convert", "-p", &proto, "Item", &file]);
    assert!(ran.code == 3 && ran.stderr.ends_with(doubt), "{}", ran.shown());
    let ran = greet(&["convert", "-p", &proto, "Item", &file, "--in", "json"]);
    assert!(ran.code == 3 && !ran.stderr.contains("hint"), "{}", ran.shown());
    let file = folder.file("item.json", "{\"size\":true}");
    let ran = greet(&["convert", "-p", &proto, "Item", &file]);
    assert!(ran.code == 3 && !ran.stderr.contains("hint"), "{}", ran.shown());
}

#[test]
fn a_type_is_named_as_a_method_is() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let run = |args: &[&str]| -> Ran { greet_with_input(&[&["convert"], args, &["-"]].concat(), "{}") };
    for name in ["shapes.Item", ".shapes.Item", "Item"] {
        assert_eq!(run(&["-p", &proto, name]).shown(), "0\n--- stdout\n{}\n--- stderr\n", "{name}");
    }
    for (name, said) in [
        ("Itm", format!("message type 'Itm' not found in {proto}\nhint: did you mean shapes.Item?\n")),
        ("shapes.Shapes", "'shapes.Shapes' is no message type\n".to_owned()),
    ] {
        let ran = run(&["-p", &proto, name]);
        assert_eq!(ran.shown(), format!("4\n--- stdout\n--- stderr\nerror: {said}"));
    }
    // Without a schema the bundled types are known, and nothing else; no server is ever asked.
    assert_eq!(run(&["google.protobuf.Struct"]).shown(), "0\n--- stdout\n{}\n--- stderr\n");
    let ran = run(&["shapes.Item"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(
        ran.stderr.ends_with("hint: give the schema by -p FILE or --descriptor-set FILE\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_an_any_holds_is_looked_for_in_all_that_is_given() {
    let folder = Folder::new();
    let holds = "syntax = \"proto3\"; package h; import \"google/protobuf/any.proto\"; \
                 message Holds { google.protobuf.Any any = 1; }";
    let holds = folder.file("holds.proto", holds);
    let held = folder.file("held.proto", "syntax = \"proto3\"; package h; message Held { int32 n = 1; }");
    let json = "{\"any\":{\"@type\":\"type.googleapis.com/h.Held\",\"n\":5}}\n";
    let dir = folder.path().to_str().unwrap();
    let other = Folder::new();
    let set = other.file("held.binpb", set_of_held());
    for args in [
        vec!["convert", "--include", dir, "-p", &holds, "-p", &held, "Holds", "-"],
        // Each is a source of its own.
        vec!["convert", "-p", &holds, "--descriptor-set", &set, "Holds", "-"],
    ] {
        let ran = greet_with_input(&args, json);
        assert_eq!(ran.shown(), format!("0\n--- stdout\n{json}--- stderr\n"), "{args:?}");
    }
    let alone = greet_with_input(&["convert", "-p", &holds, "Holds", "-"], json);
    assert_eq!(alone.code, 3, "{}", alone.shown());
}

/// A descriptor set with `message Held { int32 n = 1; }` of package `h`, written out: name, package, the message
/// with its one optional field, syntax.
fn set_of_held() -> Vec<u8> {
    let field = b"\x0a\x01n\x18\x01\x20\x01\x28\x05";
    let message = [b"\x0a\x04Held\x12".as_slice(), &[9], field].concat();
    let file = [b"\x0a\x0aheld.proto\x12\x01h\x22".as_slice(), &[17], &message, b"\x62\x06proto3"].concat();
    [&[0x0a, u8::try_from(file.len()).unwrap()], &file[..]].concat()
}

#[test]
fn usage_is_checked_first() {
    for (args, wanted) in [
        (vec!["convert"], "required arguments were not provided"),
        (vec!["convert", "x.json"], "a TYPE is missing"),
        (vec!["convert", "a.B", "x.json", "y.json"], "unexpected argument 'y.json'"),
        (vec!["convert", "a.B", "-", "--in", "events"], "invalid value 'events'"),
        (vec!["convert", "a.B", "-", "-o", "yaml"], "invalid value 'yaml'"),
        (vec!["convert", "-in", "json", "a.B", "-"], "'-in' has one dash"),
    ] {
        let ran = greet(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.shown());
        assert!(ran.stderr.contains(wanted), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("hint: "), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn a_message_is_written_before_the_next_one_is_waited_for() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let mut command = command(&["convert", "-p", &proto, "Item", "-"]);
    command.stdin(Stdio::piped());
    let mut running = Running::start(command);
    for name in ["a", "b"] {
        let line = format!("{{\"name\":\"{name}\"}}");
        write!(running.stdin(), "{line}").unwrap();
        assert_eq!(running.line(), line);
    }
    drop(running.child.stdin.take());
    assert_eq!(running.end().code, 0);
}

/// A longer run of the same, of 4 GB, is measured by hand: docs/benchmarks.md.
#[test]
#[cfg(target_os = "linux")]
fn a_stream_passes_in_constant_memory() {
    const LINES: usize = 4000;
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let line = format!("{{\"name\":\"{}\"}}\n", "x".repeat(10_000));
    let mut command = command(&["convert", "-p", &proto, "Item", "-"]);
    command.stdin(Stdio::piped());
    let mut running = Running::start(command);
    let mut stdin = running.child.stdin.take().unwrap();
    let input = line.clone();
    let writer = std::thread::spawn(move || {
        for _ in 0..LINES {
            stdin.write_all(input.as_bytes()).unwrap();
        }
        stdin
    });
    // The program's own pages count too, and are many in a debug build: what counts is what comes on top.
    let most = |running: &Running| -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim();
        most.strip_suffix(" kB").unwrap().parse().unwrap()
    };
    let mut early = 0;
    for n in 0..LINES {
        assert_eq!(running.line() + "\n", line);
        if n == LINES / 10 {
            early = most(&running);
        }
    }
    // 36 MB have passed since then, and it waits for more.
    let late = most(&running);
    assert!(late < early + 4_000, "{early} kB, then {late} kB");
    drop(writer.join().unwrap());
    assert_eq!(running.end().code, 0);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let many = folder.file("many.json", "{\"name\":\"abcdefgh\"}\n".repeat(100_000));
    let mut command = command(&["convert", "-p", &proto, "Item", &many]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 8];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn a_full_disk_is_a_failure() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let one = folder.file("one.json", "{}");
    let mut full = command(&["convert", "-p", &proto, "Item", &one]);
    full.stdout(std::fs::File::create("/dev/full").unwrap());
    let said = "error: cannot write to standard output: no space left on device\n";
    assert_eq!(finish(full).shown(), format!("1\n--- stdout\n--- stderr\n{said}"));
}

#[test]
fn bytes_without_a_schema_are_shown_with_their_places() {
    let folder = Folder::new();
    let file = folder.file("a.bin", b"\x0a\x05World\x12\x03\x08\x96\x01");
    let shown = "1: \"World\"  # @0 len 5\n2 {  # @7 len 3\n  1: 150  # @9 varint\n}\n";
    for args in [
        vec!["convert", "--raw", &file],
        vec!["convert", &file, "--raw"],
        vec!["convert", "--raw", &file, "--in", "binary"],
    ] {
        assert_eq!(greet(&args).shown(), format!("0\n--- stdout\n{shown}--- stderr\n"), "{args:?}");
    }
    let shown = "1: 1  # @1 varint\n# ---\n# ---\n2: 1  # @5 varint\n";
    let (code, stdout, stderr) =
        convert(&["convert", "--raw", "-", "--in", "delimited"], b"\x02\x08\x01\x00\x02\x10\x01");
    assert_eq!((code, String::from_utf8(stdout).unwrap().as_str(), stderr.as_str()), (0, shown, ""));
}

#[test]
fn broken_bytes_are_shown_up_to_there() {
    let folder = Folder::new();
    let file = folder.file("a.bin", b"\x08\x01\x1a\x64abcde");
    let ran = greet(&["convert", "--raw", &file]);
    assert_eq!(
        ran.shown(),
        format!(
            "3\n--- stdout\n1: 1  # @0 varint\n--- stderr\n\
             error: {file}: field 3 at byte 2 has a value of 100 bytes, and 5 are left\n\
             hint: the input is read as one message; --in delimited reads any number behind their lengths\n"
        )
    );
    let (code, stdout, stderr) =
        convert(&["convert", "--raw", "-", "--in", "delimited"], b"\x02\x08\x01\x02\x08");
    assert_eq!((code, stdout.as_slice()), (3, &b"1: 1  # @1 varint\n"[..]));
    assert_eq!(stderr, "error: standard input: the message at byte 3 ends after 1 of its 2 bytes\n");
}

#[test]
fn raw_takes_nothing_that_needs_a_type() {
    for args in [
        vec!["convert", "--raw", "a.B", "-"],
        vec!["convert", "--raw", "-", "-o", "json"],
        vec!["convert", "--raw", "-", "-p", "x.proto"],
        vec!["convert", "--raw", "-", "--int64", "number"],
        vec!["convert", "--raw", "-", "--in", "json"],
        vec!["convert", "--raw"],
    ] {
        let ran = greet(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.shown());
        assert!(ran.stderr.contains("hint: "), "{args:?}: {}", ran.stderr);
    }
}

/// What others sent may lack what its type requires: it is shown, and that is said, once.
#[test]
fn what_lacks_a_required_field_is_shown_and_noted() {
    let folder = Folder::new();
    let old = folder.file(
        "old.proto",
        b"syntax = \"proto2\"; package old; message Item { required string name = 1; optional int32 size = 2; }",
    );
    let file = folder.file("input", b"\x02\x10\x05\x02\x10\x06\x03\x0a\x01a");
    let ran = greet(&["convert", "-p", &old, "Item", &file, "--in", "delimited"]);
    let shown = "{\"size\":5}\n{\"size\":6}\n{\"name\":\"a\"}\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, shown), "{}", ran.shown());
    let note = "note: a message is not complete: old.Item needs its field \"name\"\n";
    assert_eq!(ran.stderr, note);
    let given = folder.file("given", b"{\"size\":5}");
    let ran = greet(&["convert", "-p", &old, "Item", &given]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.shown());
    assert!(ran.stderr.contains("old.Item needs its field \"name\""), "{}", ran.stderr);
}
