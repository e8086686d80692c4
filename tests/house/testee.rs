//! The rules about the conformance suite's testee: it has nothing but greet, and knows no message type.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::source::{File, Kind, Violation};

/// Where it lives.
const FOLDER: &str = "tests/conformance/testee/";
/// Macros that bring something in when it is compiled, which could be what was generated.
const BRINGS_IN: &[&str] = &["include", "include_bytes", "include_str"];
/// What the suite's message types are called.
const TYPE_NAMES: &[&str] = &["TestAllTypes", "protobuf_test_messages"];

/// It learns of message types from the descriptor set that it is given, and from nowhere else.
pub(crate) fn the_testee_knows_no_type(file: &File) -> Vec<Violation> {
    if !file.path.starts_with(FOLDER) {
        return Vec::new();
    }
    let named = |text: &str| TYPE_NAMES.iter().any(|name| text.contains(name));
    let mut found = Vec::new();
    for (at, token) in file.tokens.iter().enumerate() {
        let what = match &token.kind {
            Kind::Word(word) if BRINGS_IN.contains(&word.as_str()) && file.is_mark(at + 1, '!') => {
                format!("`{word}!` brings in what is not in its source")
            }
            Kind::Word(text) | Kind::Text(text) if named(text) => format!("`{text}` is a message type"),
            _ => continue,
        };
        found.push(file.violation(token.line, "the testee", what));
    }
    found
}

/// Its package has one dependency, greet as others' tests use it, and one target, the program: no build
/// script, no library, no tests with dependencies of their own.
pub(crate) fn the_testee_has_only_greet(root: &Path) -> Vec<Violation> {
    let folder = root.join(FOLDER);
    let manifest = File::new(&format!("{FOLDER}Cargo.toml"), "");
    let wrong = beside_greet(&metadata(&folder), root);
    wrong.into_iter().map(|what| manifest.violation(1, "the testee", what)).collect()
}

/// What a package has beside greet, which is in the folder `root`.
fn beside_greet(package: &Value, root: &Path) -> Vec<String> {
    let list = |key: &str| package[key].as_array().expect("cargo lists them").clone();
    let dependencies = list("dependencies");
    let is_greet = |dependency: &&Value| {
        let path = dependency["path"].as_str().map(PathBuf::from);
        // `kind` is null for what the program itself uses, `target` for what it uses everywhere.
        dependency["name"] == "greet"
            && ["kind", "target", "rename"].iter().all(|key| dependency[key].is_null())
            && dependency["uses_default_features"] == false
            && dependency["features"].as_array().is_some_and(Vec::is_empty)
            && path.and_then(|path| path.canonicalize().ok()) == root.canonicalize().ok()
    };
    let mut wrong: Vec<String> = dependencies
        .iter()
        .filter(|dependency| !is_greet(dependency))
        .map(|dependency| format!("depends on {dependency}"))
        .collect();
    if !dependencies.iter().any(|dependency| is_greet(&dependency)) {
        wrong.push("does not depend on the greet beside it, without default features".to_owned());
    }
    let program = |target: &Value| target["kind"] == serde_json::json!(["bin"]);
    wrong.extend(
        list("targets").iter().filter(|target| !program(target)).map(|target| format!("builds {target}")),
    );
    wrong
}

/// What cargo understands of the manifest in a folder.
fn metadata(folder: &Path) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut said: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let own = folder.join("Cargo.toml").canonicalize().expect("it is there");
    let packages = said["packages"].as_array_mut().expect("cargo lists packages");
    let is_own =
        |package: &Value| package["manifest_path"].as_str().is_some_and(|path| Path::new(path) == own);
    let at = packages.iter().position(is_own).expect("the package is among them");
    packages.swap_remove(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_testee_may_name_no_type() {
        let table = [
            ("tests/conformance/testee/src/main.rs", "let name = case.type_name;", false),
            ("tests/conformance/testee/src/main.rs", "// TestAllTypesProto3", false),
            ("tests/conformance/testee/src/main.rs", "struct TestAllTypesProto3;", true),
            ("tests/conformance/testee/src/main.rs", "\"protobuf_test_messages.proto2.X\"", true),
            (
                "tests/conformance/testee/src/main.rs",
                "include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));",
                true,
            ),
            ("tests/conformance/testee/src/main.rs", "include_bytes!(\"messages.binpb\");", true),
            ("tests/house/testee.rs", "\"protobuf_test_messages\"", false),
        ];
        for (path, text, expected) in table {
            let broken = !the_testee_knows_no_type(&File::new(path, text)).is_empty();
            assert_eq!(broken, expected, "{path}: {text}");
        }
    }

    #[test]
    fn the_testee_may_have_nothing_but_greet() {
        let greet = "[dependencies]\ngreet = { path = \"../greet\", default-features = false }\n";
        let table = [
            (greet.to_owned(), "src/main.rs", false),
            (String::new(), "src/main.rs", true),
            (greet.replace("false", "true"), "src/main.rs", true),
            (greet.replace(" }", ", features = [\"cli\"] }"), "src/main.rs", true),
            (greet.replace("../greet", "../other"), "src/main.rs", true),
            (greet.replace("path = \"../greet\"", "version = \"0.1\""), "src/main.rs", true),
            (format!("{greet}prost = \"0.14\"\n"), "src/main.rs", true),
            (format!("{greet}prost = {{ version = \"0.14\", optional = true }}\n"), "src/main.rs", true),
            (format!("{greet}[dev-dependencies]\nprost = \"0.14\"\n"), "src/main.rs", true),
            (format!("{greet}[build-dependencies]\nprost = \"0.14\"\n"), "src/main.rs", true),
            (format!("{greet}[target.'cfg(unix)'.dependencies]\nprost = \"0.14\"\n"), "src/main.rs", true),
            (greet.to_owned(), "build.rs", true),
            (greet.to_owned(), "src/lib.rs", true),
            (greet.to_owned(), "tests/t.rs", true),
        ];
        for (dependencies, other, expected) in table {
            let root = tempfile::tempdir().unwrap();
            package(&root.path().join("greet"), "greet", "[features]\ncli = []", &["src/lib.rs"]);
            package(&root.path().join("other"), "greet", "", &["src/lib.rs"]);
            let testee = root.path().join("testee");
            package(&testee, "testee", &dependencies, &["src/main.rs", other]);
            let wrong = beside_greet(&metadata(&testee), &root.path().join("greet"));
            assert_eq!(!wrong.is_empty(), expected, "{dependencies}{other}: {wrong:?}");
        }
    }

    fn package(folder: &Path, name: &str, rest: &str, files: &[&str]) {
        for file in files {
            let file = folder.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "fn main() {}").unwrap();
        }
        let head =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n");
        std::fs::write(folder.join("Cargo.toml"), head + rest).unwrap();
    }
}
