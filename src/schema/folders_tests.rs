//! Folders of .proto files: what is found in them, what the files are called, and what one that is broken damages.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use futures_util::FutureExt as _;
use tempfile::TempDir;

use super::*;
use crate::schema::{Depth, Schema, Shape};

fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("files are at hand")
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The names of the files of each source.
fn names(sources: &[ProtoFiles]) -> Vec<Vec<String>> {
    sources.iter().map(|source| source.index.file_names()).collect()
}

fn load(root: &Path, paths: &[&str], includes: &[&str]) -> Vec<ProtoFiles> {
    let under = |names: &[&str]| names.iter().map(|name| root.join(name)).collect::<Vec<_>>();
    ProtoFiles::load(under(paths), under(includes)).unwrap()
}

const API: &str = "syntax='proto3'; package shop.v1; import 'shop/v1/types.proto';
    service Shop { rpc Buy(stream Item) returns (Item); }";
const TYPES: &str = "syntax='proto3'; package shop.v1; message Item { string name = 1; message Part {} }";

#[test]
fn a_files_root_is_where_its_path_ends_in_its_package() {
    let folder = folder(&[
        ("protos/shop/v1/api.proto", API),
        ("protos/shop/v1/types.proto", TYPES),
        // Both its package and its import fit under two folders: the nearer is taken.
        ("protos/a/b/a/b/x.proto", "syntax='proto3'; package a.b; import 'a/b/y.proto';"),
        ("protos/a/b/a/b/y.proto", "syntax='proto3'; package a.b;"),
        // Its package says `protos`, its import only fits above.
        ("protos/up/z.proto", "syntax='proto3'; package up; import 'protos/up/w.proto';"),
        ("protos/up/w.proto", "syntax='proto3'; package up;"),
    ]);
    let wanted = [
        vec!["a/b/x.proto", "a/b/y.proto"],
        vec!["shop/v1/api.proto", "shop/v1/types.proto"],
        vec!["protos/up/w.proto", "protos/up/z.proto"],
    ];
    let sources = load(folder.path(), &["protos"], &[]);
    assert_eq!(names(&sources), wanted);
    for source in &sources {
        for name in source.index.file_names() {
            now(source.file(&name)).unwrap().unwrap();
        }
    }
}

#[test]
fn what_others_import_has_the_name_that_they_use() {
    let folder = folder(&[
        ("src/a.proto", "syntax='proto3'; package other; import 'common/types.proto';"),
        ("src/common/types.proto", "syntax='proto3'; message T {}"),
        ("src/common/alone.proto", "syntax='proto3';"),
    ]);
    let sources = load(folder.path(), &["src"], &[]);
    assert_eq!(names(&sources), [vec!["a.proto", "common/types.proto"], vec!["alone.proto"]]);
}

#[test]
fn an_import_is_found_under_the_roots_of_the_other_files() {
    let folder = folder(&[
        (
            "api/shop/v1/api.proto",
            "syntax='proto3'; package shop.v1; import 'shop/v1/t.proto'; import 'lib/l.proto';",
        ),
        ("api/shop/v1/t.proto", "syntax='proto3'; package shop.v1;"),
        ("third/lib/l.proto", "syntax='proto3'; package lib; import 'lib/deep.proto';"),
        ("third/lib/deep.proto", "syntax='proto3'; package lib;"),
    ]);
    let sources = load(folder.path(), &["."], &[]);
    let file = now(sources[0].file("shop/v1/api.proto")).unwrap().unwrap();
    assert_eq!(file.dependencies(), ["shop/v1/t.proto", "lib/l.proto"]);
    assert_eq!(sources.len(), 2);
}

#[test]
fn one_file_by_two_names_is_one() {
    let folder = folder(&[("p/shop/v1/api.proto", API), ("p/shop/v1/types.proto", TYPES)]);
    let root = folder.path();
    symlink(root.join("p/shop/v1/types.proto"), root.join("p/shop/v1/another.proto")).unwrap();
    symlink(root.join("p"), root.join("p/shop/loop")).unwrap();
    symlink(root.join("p/shop/v1/api.proto"), root.join("link.proto")).unwrap();
    let paths = ["p", "p/shop/v1/api.proto", "./p/../p/shop/v1/types.proto", "link.proto", "p/shop"];
    assert_eq!(names(&load(root, &paths, &[])), [["shop/v1/api.proto", "shop/v1/types.proto"]]);
    // A link alone is found the way of the file it leads to.
    let sources = load(root, &["link.proto"], &[]);
    assert_eq!(names(&sources), [["shop/v1/api.proto", "shop/v1/types.proto"]]);
    assert_eq!(now(sources[0].services()).unwrap(), ["shop.v1.Shop"]);
    // The name that is imported stays, were it that of a link.
    fs::write(root.join("p/shop/v1/api.proto"), API.replace("types", "another")).unwrap();
    assert_eq!(names(&load(root, &["p"], &[])), [["shop/v1/another.proto", "shop/v1/api.proto"]]);
}

#[test]
fn given_folders_to_import_from_override() {
    let folder = folder(&[
        ("a/x/one.proto", "syntax='proto3'; package far.away;"),
        ("b/x/two.proto", "syntax='proto3'; import 'x/one.proto';"),
        ("c/three.proto", "syntax='proto3'; package c; import 'x/one.proto';"),
        ("c/x/one.proto", "syntax='proto3'; package hidden;"),
    ]);
    let sources = load(folder.path(), &["a", "b", "c"], &["a", "b"]);
    assert_eq!(names(&sources), [["x/one.proto", "x/two.proto", "three.proto"]]);
}

#[test]
fn a_broken_file_damages_only_what_reaches_it() {
    let folder = folder(&[
        (
            "a/good.proto",
            "syntax='proto3'; package a; message Good {} service S { rpc M(Good) returns (Good); }",
        ),
        (
            "a/bad.proto",
            "syntax='proto3';\npackage a;\nmessage Bad { Gone gone = 1; }\nextend Ext { optional int32 e = 1; }",
        ),
        (
            "a/on_bad.proto",
            "syntax='proto3'; package a; import 'a/bad.proto'; service T { rpc M(Bad) returns (Bad); }",
        ),
        ("a/garbage.proto", "syntax='proto3'; package a; service Half { rpc M("),
        // Declared in another file too: each compiles, as long as nothing reaches both.
        (
            "a/twice.proto",
            "syntax='proto3'; package a; message Good { int32 x = 1; } service U { rpc M(Good) returns (Good); }",
        ),
    ]);
    let schema = Schema::from_files([folder.path()], [] as [&str; 0]).unwrap();
    assert_eq!(now(schema.services()).unwrap(), ["a.Half", "a.S", "a.T", "a.U"]);
    assert_eq!(now(schema.method("a.S/M")).unwrap().input(), "a.Good");
    let error = now(schema.method("a.T/M")).unwrap_err();
    let wanted = format!(
        "{}/a/bad.proto:3:15: name 'Gone' is not defined\n 3 | message Bad {{ Gone gone = 1; }}\n   |               ^^^^",
        folder.path().display()
    );
    assert_eq!(error.to_string(), wanted);
    // Once more, and after it what is good.
    assert_eq!(now(schema.method("a.T/M")).unwrap_err().to_string(), wanted);
    assert!(now(schema.method("U/M")).is_ok());
    assert!(now(schema.method("a.S/M")).is_ok());
    let error = now(schema.method("a.Half/M")).unwrap_err().to_string();
    assert!(error.contains("a/garbage.proto:1:50: "), "{error}");
}

#[test]
fn names_and_shapes_are_known_before_anything_is_compiled() {
    let folder = folder(&[
        ("shop/v1/api.proto", API),
        ("shop/v1/types.proto", TYPES),
        (
            "shop/v1/broken.proto",
            "syntax='proto3'; package shop.v1; service Broken { rpc Do(Gone) returns (stream Gone); }",
        ),
    ]);
    let sources = load(folder.path(), &["."], &[]);
    assert_eq!(sources[0].name(), folder.path().join(".").display().to_string());
    let methods = now(sources[0].methods("shop.v1.Broken")).unwrap();
    assert_eq!((methods[0].name.as_str(), methods[0].shape), ("Do", Shape::ServerStreaming));
    assert_eq!(now(sources[0].methods("shop.v1.Shop")).unwrap()[0].shape, Shape::ClientStreaming);
    assert!(now(sources[0].methods("shop.v1.Item")).unwrap().is_empty());
    let mut seen = BTreeSet::new();
    sources[0].declarations().unwrap().walk(Depth::Whole, &mut |declared| {
        seen.insert(declared.name.to_owned());
    });
    let wanted = ["Broken", "Broken.Do", "Item", "Item.Part", "Item.name", "Shop", "Shop.Buy"];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), wanted.map(|name| format!("shop.v1.{name}")));
    assert_eq!(now(sources[0].symbol("shop.v1.Item.Part")).unwrap().unwrap().name(), "shop/v1/types.proto");
    assert!(now(sources[0].symbol("shop.v1.Item.None")).unwrap().is_none());
    assert!(now(sources[0].file("shop/v1/none.proto")).unwrap().is_none());
}

#[test]
fn extensions_are_found_by_what_they_extend() {
    let folder = folder(&[
        ("b/base.proto", "syntax='proto2'; package b; message Base { extensions 100 to 300; message In { extensions 1 to 9; } }"),
        (
            "b/c/ext.proto",
            "syntax='proto2'; package b.c; import 'b/base.proto'; extend Base { optional int32 x = 100; repeated group G = 101 {} }
             message M { extend .b.Base.In { optional M m = 5; } extend Base.In { optional int32 n = 6; } }",
        ),
    ]);
    let source = &load(folder.path(), &["."], &[])[0];
    assert_eq!(now(source.extensions("b.Base")).unwrap(), [100, 101]);
    assert_eq!(now(source.extensions("b.Base.In")).unwrap(), [5, 6]);
    assert_eq!(now(source.extension("b.Base.In", 6)).unwrap().unwrap().name(), "b/c/ext.proto");
    assert!(now(source.extension("b.Base.In", 7)).unwrap().is_none());
    let mut extended = BTreeSet::new();
    source.declarations().unwrap().walk(Depth::Whole, &mut |declared| {
        extended.extend(declared.extends.map(|(message, number)| (message.to_owned(), number)));
    });
    assert_eq!(extended.len(), 4, "{extended:?}");
}

#[test]
fn a_chain_of_many_imports_is_refused_and_many_files_are_read() {
    let files: Vec<_> = (0..200)
        .map(|n| {
            (
                format!("c{n:03}.proto"),
                format!("syntax='proto3'; import 'c{:03}.proto'; message M{n} {{}}", n + 1),
            )
        })
        .collect();
    let mut files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.push(("c200.proto", "syntax='proto3'; message Last {}"));
    let folder = folder(&files);
    let source = &load(folder.path(), &["."], &[])[0];
    assert_eq!(source.index.file_names().len(), 201);
    let error = now(source.file("c000.proto")).unwrap_err().to_string();
    assert!(error.contains("c099.proto:1:18: a chain of more than 100 imports"), "{error}");
    assert!(now(source.file("c150.proto")).is_ok());
}

#[test]
fn text_that_is_not_utf8_may_stand_in_comments() {
    let folder = folder(&[]);
    fs::write(folder.path().join("a.proto"), b"// caf\xe9\nsyntax = 'proto3'; message A {}").unwrap();
    fs::write(
        folder.path().join("b.proto"),
        b"syntax = 'proto3';\nmessage B { string s = 1 [json_name = 'caf\xe9']; }",
    )
    .unwrap();
    let source = &load(folder.path(), &["."], &[])[0];
    assert!(now(source.symbol("A")).unwrap().is_some());
    let error = now(source.symbol("B")).unwrap_err().to_string();
    assert!(error.contains("b.proto:2:43: this is not UTF-8\n"), "{error}");
}
