//! Every long flag that help shows stands in some test.

use std::collections::BTreeSet;
use std::path::Path;

use crate::run::greet;

#[test]
fn every_long_flag_is_used_in_a_test() {
    let mut flags = BTreeSet::new();
    for command in [
        "call",
        "serve",
        "verify",
        "list",
        "describe",
        "explain",
        "health",
        "resolve",
        "export",
        "convert",
        "check",
        "rules check",
        "rules explain",
        "completions",
        "man",
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = greet(&words).stdout;
        for line in help.lines().map(str::trim_start).filter(|line| line.starts_with('-')) {
            let words = line
                .split([' ', ',', '=', '['])
                .filter(|word| word.starts_with("--") && word.ends_with(char::is_alphanumeric));
            flags.extend(words.map(ToOwned::to_owned));
        }
    }
    assert!(flags.contains("--descriptor-set") && flags.len() > 20, "{flags:?}");
    let mut tests = String::new();
    for folder in ["tests/cli", "tests/interop"] {
        for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("flags.rs") {
                tests.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let unused: Vec<_> = flags.iter().filter(|flag| !tests.contains(&format!("\"{flag}\""))).collect();
    assert!(unused.is_empty(), "no test uses {unused:?}");
}
