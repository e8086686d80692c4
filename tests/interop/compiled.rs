//! What greet makes of .proto sources is what protoc makes of them: descriptors, options, places and comments.

use std::collections::HashSet;
use std::fmt::Write as _;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use buffa::Message as _;
use buffa_descriptor::MessageDescriptor;
use buffa_descriptor::generated::descriptor::{FileDescriptorProto, FileDescriptorSet};
use futures_util::FutureExt as _;
use greet::schema::{Bundled, Closure, File, ProtoFiles, Source as _};
use greet::transcode::options::{JsonInput, JsonOutput};
use greet::transcode::{Plan, json};
use prost_reflect::{DynamicMessage, ReflectMessage as _};

use crate::peers::run;
use crate::random::draw::{self, Manner};
use crate::random::{Choices, wire};
use crate::tools::{self, PACKAGE};

/// What protoc and greet make of one file.
struct Compiled {
    name: String,
    text: String,
    /// What protoc makes of it, with all that it imports before it.
    theirs: Option<FileDescriptorSet>,
    ours: Result<Vec<Arc<File>>, String>,
}

/// Compiles the files of these names under a folder, each by itself, with more folders to import from.
fn compile(root: &Path, names: &[String], includes: &[PathBuf]) -> Option<Vec<Compiled>> {
    let mut protoc = tools::python("compiled.py")?;
    let out = tempfile::tempdir().unwrap();
    let folders: Vec<&Path> = std::iter::once(root).chain(includes.iter().map(PathBuf::as_path)).collect();
    let ended = run(protoc.arg(out.path()).args(names).arg("--").args(&folders));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let compiled = names.iter().enumerate().map(|(number, name)| {
        let set = std::fs::read(out.path().join(number.to_string())).ok();
        let ours = ProtoFiles::load([root.join(name)], folders.iter().copied());
        Compiled {
            name: name.clone(),
            text: std::fs::read_to_string(root.join(name)).unwrap(),
            theirs: set.map(|set| FileDescriptorSet::decode_from_slice(&set).unwrap()),
            ours: ours
                .map(|sources| {
                    let files = sources[0].declarations().unwrap().file_names().into_iter();
                    files
                        .map(|name| sources[0].file(&name).now_or_never().unwrap().unwrap().unwrap())
                        .collect()
                })
                .map_err(|error| error.to_string()),
        }
    });
    Some(compiled.collect())
}

impl Compiled {
    /// Where the two differ, if they do.
    fn difference(&self) -> Option<String> {
        let of_name = |file: &&FileDescriptorProto| file.name.as_deref() == Some(&self.name);
        match (&self.theirs, &self.ours) {
            (None, Err(_)) => None,
            (None, Ok(_)) => Some(format!("{}: only protoc refuses it", self.name)),
            (Some(_), Err(error)) => Some(format!("{}: only greet refuses it: {error}", self.name)),
            (Some(theirs), Ok(ours)) => {
                let theirs = theirs.file.iter().find(of_name).unwrap().clone();
                let ours = ours.iter().find(|file| file.name() == self.name).unwrap();
                let mut ours = FileDescriptorProto::decode_from_slice(ours.bytes()).unwrap();
                self.expand_tabs(&mut ours);
                let (theirs, ours) = (in_order(theirs), in_order(ours));
                if theirs == ours {
                    return None;
                }
                let (theirs, ours) = (format!("{theirs:#?}"), format!("{ours:#?}"));
                let differs = theirs.lines().zip(ours.lines()).position(|(a, b)| a != b).unwrap_or_default();
                let from = |text: &str| {
                    let lines: Vec<&str> = text.lines().skip(differs.saturating_sub(4)).take(16).collect();
                    lines.join("\n")
                };
                Some(format!("{}:\nprotoc:\n{}\ngreet:\n{}", self.name, from(&theirs), from(&ours)))
            }
        }
    }

    /// Counts columns as protoc does: a tab goes on to the next multiple of eight. greet counts bytes.
    fn expand_tabs(&self, file: &mut FileDescriptorProto) {
        let lines: Vec<&[u8]> = self.text.as_bytes().split(|&b| b == b'\n').collect();
        let expand = |line: i32, column: &mut i32| {
            let before = &lines[usize::try_from(line).unwrap()][..usize::try_from(*column).unwrap()];
            *column = before.iter().fold(0, |at, &b| if b == b'\t' { at + 8 - at % 8 } else { at + 1 });
        };
        for location in file.source_code_info.as_option_mut().into_iter().flat_map(|info| &mut info.location)
        {
            match &mut location.span[..] {
                [line, start, end] => [start, end].into_iter().for_each(|column| expand(*line, column)),
                [line, start, last, end] => {
                    expand(*line, start);
                    expand(*last, end);
                }
                _ => panic!("a span is of three or four numbers"),
            }
        }
    }

    /// What random messages of every type of the file are as JSON, by protoc's descriptors and by greet's.
    fn transcode(&self, choices: &mut Choices) -> usize {
        let theirs = self.theirs.as_ref().unwrap();
        let theirs =
            theirs.file.iter().map(|file| Arc::new(File::parse(file.encode_to_vec().into()).unwrap()));
        let theirs = Arc::new(Closure::link(theirs.collect()).unwrap());
        let mut ours = self.ours.clone().unwrap();
        let own: HashSet<String> = ours.iter().map(|file| file.name().to_owned()).collect();
        // What is bundled comes from the bundle, which is not among a source's files.
        ours.extend(theirs.files().iter().filter(|file| !own.contains(file.name())).cloned());
        let ours = Arc::new(Closure::link(ours).unwrap());
        let mut count = 0;
        let package =
            FileDescriptorProto::decode_from_slice(theirs.files().last().unwrap().bytes()).unwrap().package;
        let prefix = format!("{}.", package.unwrap_or_default());
        let types = theirs.descriptors().messages().iter().map(MessageDescriptor::full_name);
        for type_ in types.filter(|name| name.starts_with(&prefix)) {
            let plans = [&theirs, &ours].map(|closure| Plan::compile(closure, type_).unwrap());
            let pool = theirs.descriptors();
            let tree = draw::message(choices, pool, pool.message_index(type_).unwrap(), Manner::FOR_ORACLE);
            let bytes = wire::plain(&tree);
            let [theirs, ours] = plans.map(|plan| {
                let (mut text, mut back) = (Vec::new(), Vec::new());
                json::from_wire(&plan, &bytes, JsonOutput::default(), &mut text).unwrap();
                // Two fields of one JSON name do not come back.
                let came = json::to_wire(&plan, &text, JsonInput::default(), &mut back);
                (String::from_utf8(text).unwrap(), came.map(|()| back).map_err(|error| error.to_string()))
            });
            assert_eq!(theirs, ours, "{type_}");
            count += 1;
        }
        count
    }
}

/// A file with fields in the order of their numbers, and locations in that of their paths: protoc has options and
/// locations as they are read.
fn in_order(mut file: FileDescriptorProto) -> DynamicMessage {
    if let Some(info) = file.source_code_info.as_option_mut() {
        info.location.sort_by(|a, b| (&a.path, &a.span).cmp(&(&b.path, &b.span)));
    }
    let type_ = prost_types::FileDescriptorProto::default().descriptor();
    DynamicMessage::decode(type_, &file.encode_to_vec()[..]).unwrap()
}

/// The names of all .proto files under a folder.
fn under(root: &Path) -> Vec<String> {
    let (mut names, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "proto") {
                names.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    names.sort();
    names
}

fn check(compiled: &[Compiled]) {
    let wrong: Vec<String> = compiled.iter().filter_map(Compiled::difference).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), compiled.len(), wrong.join("\n"));
}

#[test]
fn every_statement_of_every_edition_is_compiled_as_protoc_does() {
    let root = Path::new(PACKAGE).join("tests/interop/sources");
    let Some(compiled) = compile(&root, &under(&root), &[]) else { return };
    assert!(compiled.iter().all(|compiled| compiled.theirs.is_some()), "protoc takes them all");
    check(&compiled);
    let editions = compiled.iter().filter(|compiled| compiled.name.starts_with("edition"));
    let mut choices = Choices::seed(1);
    let types: usize = editions.map(|compiled| compiled.transcode(&mut choices)).sum();
    assert!(types > 8, "{types}");
}

#[test]
fn what_packages_bring_is_compiled_as_protoc_does() {
    let Some(mut python) = tools::python_itself() else { return };
    let ended = run(python.args(["-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]));
    let packages = Path::new(ended.stdout.trim());
    // googleapis-common-protos; and protoc's own, which their names there keep from being taken from the bundle.
    let names = under(packages);
    for wanted in ["google/api/annotations.proto", "grpc_tools/_proto/google/protobuf/descriptor.proto"] {
        assert!(names.iter().any(|name| name == wanted), "{wanted}");
    }
    check(&compile(packages, &names, &[]).unwrap());
}

/// Files that are compiled to the same by other bytes: protoc writes an option that is set in parts as several messages,
/// which a reader merges into the one that greet writes.
const MERGED: [&str; 1] = ["google/protobuf/unittest_custom_options.proto"];

#[test]
fn what_is_elsewhere_is_compiled_as_protoc_does() {
    let Some(roots) = tools::protos() else { return };
    let mut choices = Choices::seed(2);
    for root in roots {
        let names = under(&root);
        assert!(!names.is_empty(), "nothing in {}", root.display());
        let Some(compiled) = compile(&root, &names, &[]) else { return };
        // What greet has bundled need not be on disk, and is the bundle's where it is.
        let is_bundled = |name: &str| Bundled.file(name).now_or_never().unwrap().unwrap().is_some();
        let compiled: Vec<Compiled> = compiled
            .into_iter()
            .filter(|compiled| compiled.theirs.is_some() && !is_bundled(&compiled.name))
            .filter(|compiled| compiled.ours.is_err() || !MERGED.contains(&compiled.name.as_str()))
            .collect();
        check(&compiled);
        compiled.iter().filter(|compiled| compiled.name.contains("edition")).for_each(|compiled| {
            compiled.transcode(&mut choices);
        });
    }
}

#[test]
fn defaults_of_floats_are_written_as_protoc_does() {
    let mut choices = Choices::seed(3);
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("edition = \"2023\";\nmessage M {\n");
    for number in 1..4000 {
        let type_ = choices.one_of(&["float", "double"]);
        let value = match choices.below(4) {
            0 => format!("{}", f64::from_bits(choices.next())),
            1 => format!("{:e}", f32::from_bits(u32::try_from(choices.next() >> 32).unwrap())),
            2 => format!("{}e{}", choices.within(-99_999, 99_999), choices.within(-30, 30)),
            _ => format!("{}.{}", choices.within(-999, 999_999_999), choices.within(0, 999_999_999)),
        };
        // A whole number that is too large for an integer is one for protoc only.
        let value = value.to_lowercase();
        let value = if value.len() > 15 && !value.contains(['.', 'e']) { value + ".0" } else { value };
        writeln!(text, "  {type_} f{number} = {number} [default = {value}];").unwrap();
    }
    text.push('}');
    std::fs::write(folder.path().join("floats.proto"), text).unwrap();
    if let Some(compiled) = compile(folder.path(), &["floats.proto".to_owned()], &[]) {
        assert!(compiled[0].theirs.is_some());
        check(&compiled);
    }
}

#[cfg(unix)]
#[test]
fn a_protoc_on_the_path_takes_what_greet_does_not() {
    let Some(python) = tools::python_itself() else { return };
    let folder = tempfile::tempdir().unwrap();
    let text = "edition = '2023'; package p;
        import 'google/protobuf/descriptor.proto'; import 'google/rpc/code.proto';
        message O { extensions 10 to 20; message Inner { extend O { int32 x = 10; } } google.rpc.Code code = 1; }
        extend google.protobuf.MessageOptions { O o = 50000; }
        message M { option (o) = { [O.Inner.x]: 3 }; string name = 1; }
        service S { rpc Call(M) returns (M); }";
    std::fs::write(folder.path().join("p.proto"), text).unwrap();
    let describe = || tools::greet(["describe", "-p", "p.proto", "p.M"].map(ToOwned::to_owned));
    let ended = run(describe().current_dir(folder.path()).env("PATH", folder.path().join("none")));
    assert_eq!(ended.code, 4, "{}", ended.stderr);
    assert!(ended.stderr.contains("p.proto:5:21: invalid value of type 'p.O'"), "{}", ended.stderr);
    assert!(ended.stderr.contains("protoc --include_imports --descriptor_set_out"), "{}", ended.stderr);
    // protoc, under the name by which it is looked for.
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let python = std::path::absolute(python.get_program()).unwrap();
    let script = format!("#!/bin/sh\nexec '{}' -m grpc_tools.protoc \"$@\"\n", python.display());
    std::fs::write(bin.join("protoc"), script).unwrap();
    std::fs::set_permissions(bin.join("protoc"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let ended = run(describe().current_dir(folder.path()).env("PATH", &bin));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.contains("message M {"), "{}", ended.stdout);
}
