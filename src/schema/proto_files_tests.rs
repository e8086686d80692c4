//! Sources compiled from folders, and what is said when they do not compile.

use std::fs;

use futures_util::FutureExt as _;
use tempfile::TempDir;

use super::*;
use crate::schema::{Schema, Source, open};

fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("files are at hand")
}

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn load(folder: &TempDir, files: &[&str], includes: &[&str]) -> Result<Vec<ProtoFiles>, SchemaError> {
    let paths = |names: &[&str]| names.iter().map(|name| folder.path().join(name)).collect::<Vec<_>>();
    ProtoFiles::load(paths(files), paths(includes))
}

fn names(source: &ProtoFiles) -> Vec<String> {
    source.index.file_names()
}

/// What is said when each of the files that were given is reached.
fn reached(sources: &[ProtoFiles]) -> Result<(), SchemaError> {
    for source in sources {
        for name in names(source) {
            now(source.file(&name))?;
        }
    }
    Ok(())
}

/// The error of files that are there and do not compile.
fn broken(folder: &TempDir, files: &[&str]) -> SchemaError {
    reached(&load(folder, files, &[]).unwrap()).unwrap_err()
}

#[test]
fn an_error_names_file_line_and_column_and_shows_the_line() {
    let prefix = |folder: &TempDir| format!("{}/", folder.path().display());
    for (text, shown) in [
        (
            "syntax = \"proto3\";\nmessage M {\n  Bar bar = 1;\n}\n",
            "a.proto:3:3: name 'Bar' is not defined\n 3 |   Bar bar = 1;\n   |   ^^^",
        ),
        ("syntax = \"proto3\";\n\tmessage M", "a.proto:2:11: expected '{', but reached end of file"),
        ("syntax = 'proto3'; mesage M {}", "a.proto:1:20: expected "),
        ("syntax = 'proto3'; /* ü */ mesage M {}", "a.proto:1:28: expected "),
        ("", ""),
    ] {
        let folder = folder(&[("a.proto", text)]);
        match reached(&load(&folder, &["a.proto"], &[]).unwrap()) {
            Ok(()) => assert_eq!(shown, ""),
            Err(error) => {
                let message = error.to_string().replace(&prefix(&folder), "");
                assert!(message.starts_with(shown) && !shown.is_empty(), "{message}\n{shown}");
            }
        }
    }
}

#[test]
fn a_missing_import_names_the_importer_and_what_would_find_it() {
    let folder = folder(&[
        ("api/a.proto", "syntax = 'proto3';\nimport 'lib/b.proto';\n"),
        ("third/lib/b.proto", "syntax = 'proto3';"),
    ]);
    let error = broken(&folder, &["api/a.proto"]);
    let message = error.to_string();
    assert!(message.contains("api/a.proto:2:1: import 'lib/b.proto' not found (looked in "), "{message}");
    assert!(message.contains("\n 2 | import 'lib/b.proto';"), "{message}");
    let missing = error.missing().unwrap();
    assert_eq!(missing.name(), "lib/b.proto");
    assert_eq!(missing.tried(), [folder.path().join("api")]);
    assert_eq!(missing.found_below(), Some(&*folder.path().join("third")));
    // And so it does.
    let sources = load(&folder, &["api/a.proto"], &["third"]).unwrap();
    reached(&sources).unwrap();
    assert_eq!(names(&sources[0]), ["a.proto", "lib/b.proto"]);
}

#[test]
fn an_edition_that_nobody_knows_is_an_error_of_its_own() {
    let text = "// a comment\n/* and one */ edition = \"2042\";\nmessage M {}\n";
    let folder = folder(&[("a.proto", text), ("b.proto", "syntax = 'proto3'; import 'a.proto';")]);
    for file in ["a.proto", "b.proto"] {
        let error = broken(&folder, &[file]);
        assert!(error.is_edition());
        assert!(error.to_string().contains("a.proto:2:15: edition 2042 is not read from source"), "{error}");
    }
    for other in ["editions = 1;", "// edition = '2042';\nsyntax = 'proto3';", "/* edition = ", "edition"] {
        let error = ProtoFiles::parse("x.proto", other).err();
        assert!(error.is_none_or(|error| !error.is_edition()), "{other}");
    }
}

#[test]
fn the_folder_to_import_from_is_inferred() {
    let folder = folder(&[
        ("src/shop/v1/api.proto", "syntax='proto3'; package shop.v1; import 'shop/v1/types.proto';"),
        ("src/shop/v1/types.proto", "syntax='proto3'; package shop.v1; import 'common/c.proto';"),
        ("src/common/c.proto", "edition='2023'; package common; import 'google/rpc/status.proto';"),
        ("other/api.proto", "syntax='proto3'; package other; import 'beside.proto';"),
        ("other/beside.proto", "syntax='proto3'; package other;"),
    ]);
    let sources = load(&folder, &["src/shop/v1/api.proto", "other/api.proto"], &[]).unwrap();
    assert_eq!(sources.len(), 2);
    assert_eq!(names(&sources[0]), ["shop/v1/api.proto", "shop/v1/types.proto", "common/c.proto"]);
    assert_eq!(names(&sources[1]), ["api.proto", "beside.proto"]);
    // Both from one folder are one source, and a file given twice is one.
    let files = ["src/shop/v1/api.proto", "src/shop/v1/types.proto", "src/shop/v1/../v1/api.proto"];
    let sources = load(&folder, &files, &["src"]).unwrap();
    assert_eq!(sources.len(), 1);
    assert_eq!(names(&sources[0]), ["shop/v1/api.proto", "shop/v1/types.proto", "common/c.proto"]);
    reached(&sources).unwrap();
}

#[test]
fn given_folders_are_all_there_are_but_for_a_files_own() {
    let folder = folder(&[
        ("protos/a/a.proto", "syntax='proto3'; package a;"),
        ("protos/a/b.proto", "syntax='proto3'; package a; import 'a/a.proto';"),
        ("elsewhere/x.proto", "syntax='proto3'; package x; import 'a/a.proto'; import 'y.proto';"),
        ("elsewhere/y.proto", "syntax='proto3'; package y;"),
        ("first/a/a.proto", "syntax='proto3'; package hidden;"),
    ]);
    assert_eq!(
        names(&load(&folder, &["protos/a/b.proto"], &["protos"]).unwrap()[0]),
        ["a/b.proto", "a/a.proto"]
    );
    let source = &load(&folder, &["elsewhere/x.proto"], &["protos"]).unwrap()[0];
    assert_eq!(names(source), ["x.proto", "a/a.proto", "y.proto"]);
    // As an import names it.
    let source = &ProtoFiles::load(["a/b.proto"], [folder.path().join("protos")]).unwrap()[0];
    assert_eq!(names(source), ["a/b.proto", "a/a.proto"]);
    let error = load(&folder, &["protos/a/a.proto"], &["first", "protos"]).unwrap_err();
    assert!(error.to_string().contains("is hidden by"), "{error}");
    for (file, include) in
        [("protos/none.proto", "protos"), ("protos/a/a.proto", "nowhere"), ("protos/a", "nowhere")]
    {
        assert!(load(&folder, &[file], &[include]).is_err(), "{file} {include}");
    }
}

#[test]
fn what_is_bundled_is_found_and_google_protobuf_is_ours() {
    let folder = folder(&[
        ("a.proto", "syntax='proto3'; import 'google/protobuf/any.proto'; import 'google/api/http.proto';"),
        ("google/protobuf/any.proto", "this is not one"),
        ("google/api/http.proto", "syntax='proto3'; package google.api; message Mine {}"),
    ]);
    let source = &load(&folder, &["a.proto"], &[]).unwrap()[0];
    assert_eq!(names(source), ["a.proto", "google/api/http.proto"]);
    assert_eq!(now(source.file("a.proto")).unwrap().unwrap().dependencies().len(), 2);
    assert!(now(source.symbol("google.api.Mine")).unwrap().is_some());
}

#[test]
fn imports_that_go_round_or_out_are_errors() {
    let folder = folder(&[
        ("a.proto", "syntax='proto3'; import 'b.proto';"),
        ("b.proto", "syntax='proto3'; import 'a.proto';"),
        ("in/out.proto", "syntax='proto3'; import '../a.proto';"),
        ("in/root.proto", "syntax='proto3'; import '/etc/passwd';"),
    ]);
    let error = broken(&folder, &["a.proto"]);
    let shown = error.to_string();
    assert!(
        shown.contains("b.proto:1:18: the import goes round: a.proto -> b.proto -> a.proto\n"),
        "{error}"
    );
    for file in ["in/out.proto", "in/root.proto"] {
        let error = broken(&folder, &[file]);
        let wanted = format!("{file}:1:18: import '");
        assert!(
            error.to_string().contains(&wanted) && error.to_string().contains("no path that stays"),
            "{error}"
        );
    }
}

#[test]
fn files_and_sets_are_told_by_their_content() {
    let folder = folder(&[("a.txt", "\n\nsyntax='proto3'; package a; service A {}"), ("b.proto", "")]);
    let set: &[u8] = include_bytes!("../../proto/bundled.binpb");
    fs::write(folder.path().join("b.proto"), set).unwrap();
    let paths = ["a.txt", "b.proto"].map(|name| folder.path().join(name));
    let sources = open(paths, Vec::<PathBuf>::new()).unwrap();
    assert_eq!(sources.len(), 2);
    let services = now(Schema::new(sources).services()).unwrap();
    assert_eq!(services[..2], ["a.A", "grpc.health.v1.Health"]);
}
