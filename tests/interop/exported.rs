//! What greet exports as .proto files, protoc compiles to the same descriptors, comments and all.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::peers::run;
use crate::tools::{self, greet, python};

/// Compiles everything below the first root, exports it as a set and as a tree, and has the tree compiled again.
/// Gives the number of files.
fn there_and_back(roots: &[&str]) -> Option<usize> {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("in.binpb");
    let compiled = run(python("export.py")?.arg("compile").arg(&set).args(roots));
    assert_eq!(compiled.code, 0, "{roots:?}: {}", compiled.stderr);
    Some(back(folder.path(), &set))
}

/// The same for a set that is there.
pub(crate) fn back(folder: &Path, set: &Path) -> usize {
    let (raw, tree) = (folder.join("raw.binpb"), folder.join("tree"));
    let arguments = ["export", "--descriptor-set"];
    for (option, path) in [("--set", &raw), ("--dir", &tree)] {
        let exported = run(greet(arguments).arg(set).arg(option).arg(path));
        assert_eq!((exported.code, exported.stderr.as_str()), (0, ""), "{option}");
    }
    let mut script = python("export.py").expect("it has been there");
    let same = run(script.arg("same").arg(&raw).arg(&tree));
    assert_eq!(same.code, 0, "{}", same.stderr);
    same.stdout.trim().parse().unwrap()
}

#[test]
fn the_protos_of_python_packages_come_back_as_they_were() {
    let Some(own) = there_and_back(&["own"]) else { return };
    let packages = there_and_back(&["site"]).unwrap();
    assert!(own >= 13 && packages >= 60, "{own} and {packages}");
}

/// Protobuf's own tests, the conformance suite's messages, gRPC's: each folder of the variable has all it imports.
#[test]
fn the_protos_that_others_test_with_come_back_as_they_were() {
    let Some(folders) = tools::protos() else { return };
    for folder in folders {
        let roots = [folder.to_str().unwrap(), "site"];
        let Some(count) = there_and_back(&roots) else { return };
        assert!(count > 5, "{}: {count}", folder.display());
    }
}

/// Every .proto in the sources of the crates that greet is made of, those apart that protoc does not take either.
#[test]
fn the_protos_of_crates_come_back_as_they_were() {
    if python("export.py").is_none() {
        return;
    }
    let mut metadata = std::process::Command::new(env!("CARGO"));
    let told =
        run(metadata.current_dir(tools::PACKAGE).args(["metadata", "--format-version", "1", "--offline"]));
    let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let mut compared = BTreeSet::new();
    for package in told["packages"].as_array().unwrap() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let mut files = Vec::new();
        if !package["source"].is_null() {
            protos_below(manifest.parent().unwrap(), &mut files);
        }
        for file in files {
            let folder = tempfile::tempdir().unwrap();
            let set = folder.path().join("in.binpb");
            let compiles =
                file.ancestors().skip(1).take_while(|root| root.starts_with(manifest.parent().unwrap())).any(
                    |root| {
                        let name = file.strip_prefix(root).unwrap();
                        let mut script = python("export.py").expect("it has been there");
                        run(script.arg("one").arg(&set).arg(root).arg(name)).code == 0
                    },
                );
            if compiles {
                back(folder.path(), &set);
                compared.insert(file);
            }
        }
    }
    assert!(compared.len() >= 25, "{compared:?}");
}

fn protos_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            protos_below(&path, found);
        } else if path.extension().is_some_and(|end| end == "proto") {
            found.push(path);
        }
    }
}
