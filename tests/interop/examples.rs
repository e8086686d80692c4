//! The services in `examples/`, which are nothing but rules, as clients of other kinds find them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::peers::{Peer, run, serve};
use crate::tools::{PACKAGE, greet, grpc_interop_client, protos, python, python_itself};

/// Those with a .proto of their own; it has the folder's name.
const OURS: [&str; 5] = ["key_value", "library", "route_guide", "told", "upload"];

/// gRPC's interoperability cases that need no cloud, no compression of single messages and no ORCA.
const CASES: [&str; 14] = [
    "empty_unary",
    "large_unary",
    "client_streaming",
    "server_streaming",
    "ping_pong",
    "empty_stream",
    "custom_metadata",
    "status_code_and_message",
    "special_status_message",
    "unimplemented_method",
    "unimplemented_service",
    "cancel_after_begin",
    "cancel_after_first_response",
    "timeout_on_sleeping_server",
];

/// What `greet serve` takes for one of [`OURS`].
fn ours(name: &str) -> [String; 3] {
    [format!("examples/{name}/{name}.proto"), "--rules".to_owned(), format!("examples/{name}/rules.yaml")]
}

/// The same for `grpc.testing.TestService`, whose .proto is gRPC's.
fn test_service() -> Option<Vec<String>> {
    let roots = protos()?.into_iter().flat_map(|folder| ["-I".to_owned(), folder.display().to_string()]);
    let named = ["-p", "grpc/testing/test.proto", "--rules", "examples/test_service/rules.yaml"];
    Some(roots.chain(named.map(ToOwned::to_owned)).collect())
}

fn served(arguments: &[String]) -> (Peer, String) {
    serve(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The folder of the code that grpcio's tools generate; made once a run. `None` without Python.
fn generated() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let make = || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
        std::fs::create_dir_all(&folder).unwrap();
        let mut protoc = python_itself()?;
        protoc.current_dir(PACKAGE).args(["-m", "grpc_tools.protoc"]);
        protoc.args(OURS.map(|name| format!("-Iexamples/{name}")));
        protoc.args(OURS.map(|name| format!("{name}.proto")));
        if let Some(roots) = protos() {
            protoc.args(roots.iter().map(|root| format!("-I{}", root.display())));
            protoc.args(["test", "messages", "empty"].map(|name| format!("grpc/testing/{name}.proto")));
        }
        let out = folder.display();
        let made = run(protoc.args([format!("--python_out={out}"), format!("--grpc_python_out={out}")]));
        assert_eq!(made.code, 0, "{}", made.stderr);
        Some(folder)
    };
    FOLDER.get_or_init(make).as_deref()
}

/// Runs scenarios of `examples.py` against one server.
#[track_caller]
fn pass(arguments: &[String], scenarios: &[&str]) {
    let Some(code) = generated() else { return };
    let (server, target) = served(arguments);
    for scenario in scenarios {
        let mut client = python("examples.py").expect("it was there just now");
        let ended = run(client.args([&target, *scenario]).arg(code));
        assert_eq!((ended.code, ended.stdout.as_str()), (0, "ok\n"), "{scenario}: {}", ended.stderr);
    }
    // Nothing of all that is left open, so nothing is cut.
    server.signal("TERM");
    let ended = server.end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

#[test]
fn each_is_checked_and_listed() {
    let folder = Path::new(PACKAGE).join("examples");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    found.sort();
    let mut wanted = [&OURS[..], &["test_service"]].concat();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
    for name in found {
        assert!(readme.contains(&format!("]({name}/)")), "{name} is not in examples/README.md");
        let (rules, schema) = if OURS.contains(&name.as_str()) {
            let [proto, _, rules] = ours(&name);
            (rules, vec!["-p".to_owned(), proto])
        } else {
            let Some(mut schema) = test_service() else { continue };
            let rules = schema.pop().unwrap();
            schema.truncate(schema.len() - 1);
            (rules, schema)
        };
        let mut check = greet(["rules", "check", &rules]);
        let ended = run(check.current_dir(PACKAGE).args(schema));
        assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{name}: {}", ended.stderr);
        assert!(ended.stderr.ends_with(" rules, nothing wrong\n"), "{name}: {}", ended.stderr);
    }
}

#[test]
fn grpc_go_passes_its_cases() {
    let Some(arguments) = test_service() else { return };
    if grpc_interop_client().is_none() {
        return;
    }
    let (_server, target) = served(&arguments);
    let (host, port) = target.rsplit_once(':').unwrap();
    // In its own words, `pick_first_unary` asks the server for a name of its own.
    for case in CASES.iter().chain(&["pick_first_unary"]) {
        let mut client = grpc_interop_client().expect("it was there just now");
        let ended = run(client.args(["-server_host", host, "-server_port", port, "-test_case", case]));
        assert_eq!(ended.code, 0, "{case}: {}", ended.stderr);
    }
}

#[test]
fn grpcio_passes_the_same_cases() {
    let Some(arguments) = test_service() else { return };
    pass(&arguments, &CASES);
    pass(&arguments, &["half_duplex"]);
}

#[test]
fn a_route_guide() {
    pass(&ours("route_guide"), &["route_guide", "route_chat"]);
}

#[test]
fn a_store_that_is_watched() {
    pass(&ours("key_value"), &["key_value", "watch"]);
}

#[test]
fn a_list_page_by_page() {
    pass(&ours("library"), &["paging"]);
}

#[test]
fn an_upload_that_ends_early() {
    pass(&ours("upload"), &["upload"]);
}

#[test]
fn a_server_that_does_what_it_is_told() {
    pass(&ours("told"), &["told_what_to_say", "told_in_turn"]);
}

#[test]
fn a_server_that_is_told_to_break() {
    pass(&ours("told"), &["told_to_break"]);
}
