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

fn names(source: &ProtoFiles) -> Vec<&str> {
    source.set.files().iter().map(|file| file.name()).collect()
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
        match load(&folder, &["a.proto"], &[]) {
            Ok(_) => assert_eq!(shown, ""),
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
    let error = load(&folder, &["api/a.proto"], &[]).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("api/a.proto:2:1: import 'lib/b.proto' not found (looked in "), "{message}");
    assert!(message.contains("\n 2 | import 'lib/b.proto';"), "{message}");
    let missing = error.missing().unwrap();
    assert_eq!(missing.name(), "lib/b.proto");
    assert_eq!(missing.tried(), [folder.path().join("api")]);
    assert_eq!(missing.found_below(), Some(&*folder.path().join("third")));
    // And so it does.
    assert_eq!(names(&load(&folder, &["api/a.proto"], &["third"]).unwrap()[0]), ["lib/b.proto", "a.proto"]);
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
    assert_eq!(names(&sources[0]), ["common/c.proto", "shop/v1/types.proto", "shop/v1/api.proto"]);
    assert_eq!(names(&sources[1]), ["beside.proto", "api.proto"]);
    // Both from one folder are one source, and a file given twice is one.
    let files = ["src/shop/v1/api.proto", "src/shop/v1/types.proto", "src/shop/v1/../v1/api.proto"];
    assert!(load(&folder, &files[..2], &["src"]).unwrap()[0].set.files().len() == 3);
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
        ["a/a.proto", "a/b.proto"]
    );
    let source = &load(&folder, &["elsewhere/x.proto"], &["protos"]).unwrap()[0];
    assert_eq!(names(source), ["a/a.proto", "y.proto", "x.proto"]);
    // As an import names it.
    let source = &ProtoFiles::load(["a/b.proto"], [folder.path().join("protos")]).unwrap()[0];
    assert_eq!(names(source), ["a/a.proto", "a/b.proto"]);
    let error = load(&folder, &["protos/a/a.proto"], &["first", "protos"]).unwrap_err();
    assert!(error.to_string().contains("is hidden by"), "{error}");
    for (file, include) in
        [("protos/none.proto", "protos"), ("protos/a/a.proto", "nowhere"), ("protos", "protos")]
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
    assert_eq!(names(source), ["google/api/http.proto", "a.proto"]);
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
    let error = load(&folder, &["a.proto"], &[]).unwrap_err();
    assert!(error.to_string().contains("a.proto -> b.proto -> a.proto"), "{error}");
    for file in ["in/out.proto", "in/root.proto"] {
        let error = load(&folder, &[file], &[]).unwrap_err();
        assert!(error.to_string().contains(&format!("{file}:1:")), "{error}");
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
