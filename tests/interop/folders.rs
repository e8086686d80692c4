//! What greet reads from a folder of .proto files without compiling them, and what protoc compiles of them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use greet::schema::{Depth, DescriptorSet, ProtoFiles, Source, SymbolKind};

use crate::peers::run;
use crate::tools;

/// The folder that Python's googleapis-common-protos is in.
const WHERE: &str = "import google.api, os; print(os.path.dirname(list(google.api.__path__)[0]))";

/// Everything that sources declare, each with its kind and what it extends.
fn declared(sources: &[Arc<dyn Source>]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for source in sources {
        source.declarations().unwrap().walk(Depth::Whole, &mut |declared| {
            // The oneof around an optional field is not in the text, nor is what the other side adds of its own.
            let own = declared.name.rsplit('.').next().unwrap();
            let is_made = declared.kind == SymbolKind::Oneof && own.starts_with('_');
            if !is_made && !declared.name.starts_with("google.protobuf.") {
                all.insert(format!("{:?} {} {:?}", declared.kind, declared.name, declared.extends));
            }
        });
    }
    all
}

#[test]
fn a_folder_declares_what_protoc_compiles() {
    let (Some(mut python), Some(mut protoc)) = (tools::python_itself(), tools::python_itself()) else {
        return;
    };
    let found = run(python.args(["-c", WHERE]));
    assert_eq!(found.code, 0, "{}", found.stderr);
    let google = PathBuf::from(found.stdout.trim());
    let root = google.parent().unwrap();
    let sources = ProtoFiles::load([&google], [] as [&str; 0]).unwrap();
    let sources: Vec<Arc<dyn Source>> = sources.into_iter().map(|source| Arc::new(source) as _).collect();
    let names: Vec<String> =
        sources.iter().flat_map(|source| source.declarations().unwrap().file_names()).collect();
    assert!(names.len() > 50, "{names:?}");
    let out = tempfile::tempdir().unwrap();
    let set = out.path().join("set.binpb");
    protoc.args(["-m", "grpc_tools.protoc", "--include_imports"]).arg(format!("-I{}", root.display()));
    let ended = run(protoc.arg(format!("--descriptor_set_out={}", set.display())).args(&names));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let compiled: Arc<dyn Source> = Arc::new(DescriptorSet::load(&set).unwrap());
    let now =
        |source: &Arc<dyn Source>, service: &str| source.methods(service).now_or_never().unwrap().unwrap();
    for source in &sources {
        for service in source.services().now_or_never().unwrap().unwrap() {
            assert_eq!(now(source, &service), now(&compiled, &service), "{service}");
        }
    }
    let (ours, theirs) = (declared(&sources), declared(&[compiled]));
    let differing: Vec<_> = ours.symmetric_difference(&theirs).collect();
    assert!(differing.is_empty() && ours.len() > 900, "{} names: {differing:?}", ours.len());
}
