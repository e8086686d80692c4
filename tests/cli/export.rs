//! `greet export`: what is written, and what is not, whatever a server says.

use std::path::Path;

use prost_reflect::prost::Message as _;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

use crate::run::{Folder, Ran, SHAPES, command, finish, greet, serve};

const TYPES: &str = "syntax = \"proto3\"; package common; message Id { string id = 1; }";
const API: &str = "syntax = \"proto3\";\n\n// All of it.\npackage api;\n\nimport \"common/types.proto\";\n\n\
    service Api {\n  rpc Get(common.Id) returns (common.Id);\n}\n\nmessage Other {}\n";

fn names(set: impl AsRef<[u8]>) -> Vec<String> {
    let set = FileDescriptorSet::decode(set.as_ref()).unwrap();
    set.file.iter().map(|file| file.name().to_owned()).collect()
}

/// Everything below a folder, with its text.
fn tree(root: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push((name, std::fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn quiet(ran: &Ran) {
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
}

#[test]
fn a_server_is_written_down_and_works_from_that() {
    let folder = Folder::new();
    folder.file("common/types.proto", TYPES);
    let api = folder.file("api/api.proto", API);
    let server = serve(&[&api, "-I", folder.path().to_str().unwrap()]);
    let (set, dir) = (folder.path().join("set.binpb"), folder.path().join("out"));
    let (set, dir) = (set.to_str().unwrap(), dir.to_str().unwrap());
    quiet(&greet(&["export", &server.target, "--set", set]));
    assert_eq!(names(std::fs::read(set).unwrap()), ["common/types.proto", "api/api.proto"]);
    quiet(&greet(&["export", &server.target, "--dir", dir]));
    let files = tree(Path::new(dir));
    assert_eq!(files[0], ("api/api.proto".to_owned(), API.to_owned()), "as it was written");
    assert_eq!(files.len(), 2);

    // What was written serves as well as the server, and only it is needed.
    let copy = format!("{dir}/api/api.proto");
    for schema in [["--descriptor-set", set], ["-p", &copy]] {
        let again = serve(&[schema[0], schema[1]]);
        let ran = greet(&["call", schema[0], schema[1], &again.target, "api.Api/Get", "id=7"]);
        assert_eq!(ran.shown(), "0\n--- stdout\n{\"id\":\"7\"}\n--- stderr\n");
    }
}

#[test]
fn symbols_choose_what_is_written() {
    let folder = Folder::new();
    folder.file("common/types.proto", TYPES);
    let (api, shapes) = (folder.file("api/api.proto", API), folder.file("shapes.proto", SHAPES));
    let set_of = |arguments: &[&str]| {
        let set = folder.path().join("set.binpb");
        let mut all = vec!["export", "--set", set.to_str().unwrap()];
        all.extend(arguments);
        quiet(&greet(&all));
        names(std::fs::read(set).unwrap())
    };
    let given = ["-p", &api, "-p", &shapes, "-I", folder.path().to_str().unwrap()];
    let with = |more: &[&str]| set_of(&[&given[..], more].concat());
    assert_eq!(with(&[]).len(), 3, "all files");
    assert_eq!(with(&["common.Id"]), ["common/types.proto"]);
    assert_eq!(with(&["Shapes/Unary", "api.Other"]), ["shapes.proto", "common/types.proto", "api/api.proto"]);
    let greeter = serve(&[]);
    assert_eq!(with(&["--target", &greeter.target, "HelloReply"]), ["greeter.proto"]);
    assert_eq!(with(&["--target", &greeter.target]).len(), 4);
    assert_eq!(set_of(&[&greeter.target]), ["greeter.proto"], "what every server has is left out");
    assert_eq!(set_of(&[&greeter.target, "grpc.health.v1.Health"]), ["grpc/health/v1/health.proto"]);
    let ran = greet(&["export", &greeter.target, "HelloRepli", "--set", "-"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
    assert!(ran.stderr.contains("did you mean greeter.HelloReply?"), "{}", ran.stderr);
}

#[test]
fn a_set_on_stdout_is_nothing_but_the_set() {
    let folder = Folder::new();
    let shapes = folder.file("shapes.proto", SHAPES);
    let output = command(&["export", "-p", &shapes, "--set", "-"]).output().unwrap();
    assert_eq!(names(&output.stdout), ["shapes.proto"]);
    assert!(output.stderr.is_empty());
}

#[test]
fn where_to_has_to_be_said_once() {
    let folder = Folder::new();
    let shapes = folder.file("shapes.proto", SHAPES);
    for more in [&[][..], &["--set", "-", "--dir", "x"]] {
        let ran = greet(&[&["export", "-p", &shapes], more].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    }
    let nowhere = folder.path().join("no/such/set");
    let ran = greet(&["export", "-p", &shapes, "--set", nowhere.to_str().unwrap()]);
    let error = format!("error: cannot write '{}': no such file or directory\n", nowhere.display());
    assert_eq!((ran.code, ran.stderr), (1, error));
}

/// A set as nobody's compiler makes it.
fn hostile(folder: &Folder, files: &[(&str, &str)]) -> String {
    let file = |(name, message): &(&str, &str)| FileDescriptorProto {
        name: Some((*name).to_owned()),
        syntax: Some("proto3".to_owned()),
        message_type: vec![prost_types::DescriptorProto {
            name: Some((*message).to_owned()),
            ..prost_types::DescriptorProto::default()
        }],
        ..FileDescriptorProto::default()
    };
    folder.file("hostile.binpb", FileDescriptorSet { file: files.iter().map(file).collect() }.encode_to_vec())
}

#[test]
fn nothing_is_written_outside_of_the_directory() {
    let folder = Folder::new();
    let outside = folder.file("outside/kept.proto", "kept");
    let dir = folder.path().join("dir");
    std::fs::create_dir(&dir).unwrap();
    std::os::unix::fs::symlink(folder.path().join("outside"), dir.join("link")).unwrap();
    let absolute = folder.path().join("absolute.proto");
    for (names, error) in [
        (vec!["../outside/kept.proto"], "a part of it is empty, '.' or '..'"),
        (vec!["good.proto", "a/../../outside/kept.proto"], "a part of it is empty, '.' or '..'"),
        (vec![absolute.to_str().unwrap()], "it is absolute"),
        (vec!["a\u{1b}[2J.proto"], "it has a control character, a backslash or a colon"),
        (
            vec!["a.proto", "A.proto"],
            "'a.proto' and 'A.proto' are in each other's way as files of one directory",
        ),
        (vec!["a", "a/b.proto"], "'a' and 'a/b.proto' are in each other's way as files of one directory"),
        (vec!["link/kept.proto"], "'link' is there and is no directory"),
    ] {
        let files: Vec<_> =
            ["A", "B"].into_iter().zip(&names).map(|(message, name)| (*name, message)).collect();
        let set = hostile(&folder, &files);
        let ran = greet(&["export", "--descriptor-set", &set, "--dir", dir.to_str().unwrap()]);
        assert_ne!(ran.code, 0, "{names:?}");
        assert!(ran.stderr.contains(error) && !ran.stderr.contains('\u{1b}'), "{names:?}: {}", ran.stderr);
        assert_eq!(std::fs::read_to_string(&outside).unwrap(), "kept");
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1, "{names:?}");
    }
    assert!(!absolute.exists());
}

#[test]
fn a_name_cannot_become_a_statement() {
    let folder = Folder::new();
    let set = hostile(&folder, &[("a.proto", "A {}\nimport \"/etc/passwd\";\nmessage B")]);
    let dir = folder.path().join("dir");
    let ran = greet(&["export", "--descriptor-set", &set, "--dir", dir.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""), "{}", ran.shown());
    assert!(ran.stderr.contains("message B' is no name"), "{}", ran.stderr);
    assert!(!dir.exists());
}

#[test]
fn what_is_missing_is_said_and_left_out() {
    let folder = Folder::new();
    let file = FileDescriptorProto {
        name: Some("a.proto".to_owned()),
        dependency: vec!["no/such.proto".to_owned()],
        ..FileDescriptorProto::default()
    };
    let set = folder.file("set.binpb", FileDescriptorSet { file: vec![file] }.encode_to_vec());
    let dir = folder.path().join("dir");
    let ran = finish(command(&["export", "--descriptor-set", &set, "--dir", dir.to_str().unwrap()]));
    let note = "note: 'no/such.proto', which 'a.proto' imports, is missing: no source has it\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, note));
    assert_eq!(
        tree(&dir)[0].1,
        "syntax = \"proto2\";\n\n// import \"no/such.proto\"; it is not known here\n"
    );
}
