//! Everything that is wrong is said, once, at its place.

use std::fs;

use tempfile::TempDir;

use super::*;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn said(folder: &TempDir, includes: &[&str]) -> (usize, Vec<String>) {
    let includes = includes.iter().map(|name| folder.path().join(name));
    let checked = check([folder.path()], includes).unwrap();
    let prefix = format!("{}/", folder.path().display());
    let said = checked.problems().iter().map(|problem| problem.to_string().replace(&prefix, ""));
    (checked.files(), said.collect())
}

#[test]
fn each_file_is_reported_and_what_reaches_it_is_not() {
    let folder = folder(&[
        ("a.proto", "syntax = 'proto3';\nmessage A { Gone one = 1; Gone two = 2; }"),
        ("b.proto", "syntax = 'proto3';\nimport 'a.proto';\nmessage B { A a = 1; }"),
        ("c.proto", "syntax = 'proto3';\nimport 'none.proto';\n"),
        ("d.proto", "syntax = 'proto3';\nmessage D { int32 }"),
        ("e.proto", "syntax = 'proto3';\nmessage E { int32 good = 1; }"),
    ]);
    let (files, said) = said(&folder, &[]);
    assert_eq!(files, 5);
    let heads: Vec<_> =
        said.iter().map(|text| text.lines().next().unwrap().split(" (").next().unwrap()).collect();
    let wanted = [
        "a.proto:2:13: name 'Gone' is not defined",
        "a.proto:2:27: name 'Gone' is not defined",
        "c.proto:2:1: import 'none.proto' not found",
        "d.proto:2:19: expected an identifier, but found '}'",
    ];
    assert_eq!(heads, wanted);
    assert!(
        said[0].ends_with(" 2 | message A { Gone one = 1; Gone two = 2; }\n   |             ^^^^"),
        "{}",
        said[0]
    );
}

#[test]
fn what_two_files_declare_is_reported_at_the_second() {
    let folder = folder(&[
        ("a/one.proto", "syntax = 'proto3';\npackage a;\nmessage Same {}\nenum E { ZERO = 0; }"),
        ("a/two.proto", "syntax = 'proto3';\npackage a;\n message Same {}"),
        ("a/three.proto", "syntax = 'proto3';\npackage a;\nenum F { ZERO = 0; }"),
        ("b/four.proto", "syntax = 'proto3';\npackage a.Other.deep;\n"),
        ("c/five.proto", "syntax = 'proto3';\npackage a;\nmessage Other {}"),
    ]);
    let (_, said) = said(&folder, &["."]);
    let heads: Vec<_> = said.iter().map(|text| text.lines().next().unwrap()).collect();
    let wanted = [
        "a/three.proto:3:10: 'a.ZERO' is declared already, at a/one.proto:4:10",
        "a/two.proto:3:10: 'a.Same' is declared already, at a/one.proto:3:9",
        "c/five.proto:3:9: 'a.Other' is a package too, in b/four.proto",
    ];
    assert_eq!(heads, wanted);
}

#[test]
fn sets_are_linked_file_by_file_where_the_whole_does_not() {
    use prost::Message as _;
    use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};
    let file = |name: &str, imports: &[&str], field: &str| FileDescriptorProto {
        name: Some(format!("{name}.proto")),
        dependency: imports.iter().map(|import| format!("{import}.proto")).collect(),
        message_type: vec![DescriptorProto {
            name: Some(name.to_owned()),
            field: vec![FieldDescriptorProto {
                name: Some("field".to_owned()),
                number: Some(1),
                label: Some(1),
                r#type: Some(11),
                type_name: Some(format!(".{field}")),
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let set = FileDescriptorSet {
        file: vec![
            file("A", &[], "A"),
            file("B", &["A"], "Gone"),
            file("C", &["B"], "B"),
            file("D", &[], "Lost"),
        ],
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("set.binpb");
    fs::write(&path, set.encode_to_vec()).unwrap();
    let checked = check([&path], [] as [&str; 0]).unwrap();
    assert_eq!(checked.files(), 4);
    let said: Vec<_> = checked.problems().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    for (text, name) in said.iter().zip(["B.proto", "D.proto"]) {
        assert!(text.starts_with(&format!("{}: {name}: ", path.display())), "{text}");
    }
    fs::write(&path, FileDescriptorSet { file: set.file[..1].to_vec() }.encode_to_vec()).unwrap();
    assert!(check([&path], [] as [&str; 0]).unwrap().problems().is_empty());
}

#[test]
fn what_cannot_be_read_is_an_error_and_what_is_right_is_none() {
    let folder =
        folder(&[("a.proto", "syntax = 'proto3'; import 'google/protobuf/any.proto'; message A {}")]);
    assert_eq!(said(&folder, &[]), (1, Vec::new()));
    assert!(check([folder.path().join("none.proto")], [] as [&str; 0]).is_err());
    let empty = tempfile::tempdir().unwrap();
    let error = check([empty.path()], [] as [&str; 0]).unwrap_err();
    assert!(error.to_string().starts_with("there is no .proto file in '"), "{error}");
}
